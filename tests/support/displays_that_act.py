"""Cells by which a student might try to act in the browser of whoever looks at them. All they do is set a variable."""

from __future__ import annotations

import base64

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

MARK = "window.top.acted = true"
PIXEL = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
        "1f15c4890000000d49444154789c636060f8cf00000202010033e9f9230000000049454e44ae426082"
    )
).decode()
SVG = (
    f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="{MARK}"><script>{MARK}</script>'
    f'<foreignObject><body xmlns="http://www.w3.org/1999/xhtml" onload="{MARK}"/></foreignObject>'
    f'<a href="javascript:{MARK}"><circle r="4" onmouseover="{MARK}"/></a><rect width="5" height="5"/></svg>'
)
TABLE = (
    '<div><style scoped>.dataframe {color: red}</style><table border="1" class="dataframe">'
    "<thead><tr><th>loss</th></tr></thead><tbody><tr><td>0.25</td></tr></tbody></table></div>"
)

# What is put into a page as it is, in each way that formats of outputs and text cells know.
HTML = {
    "a script": f"<script>{MARK}</script>",
    "a picture that fails": f'<img src="none.png" onerror="{MARK}">',
    "a handler of a tag that is kept": f'<details open ontoggle="{MARK}"><summary>more</summary></details>',
    "a drawing": SVG,
    "a frame": f'<iframe srcdoc="<script>{MARK}</script>"></iframe>',
    "a form": f'<form action="javascript:{MARK}"><button id="pressed">press</button></form>',
    "a tag in capitals": f'<IMG SRC="none.png" ONERROR="{MARK}">',
    "a tag in a formula": f'<math><mtext><img src="none.png" onerror="{MARK}"></mtext></math>',
    "a tag that is left open": f'<img src="none.png" onerror="{MARK}" x="',
}

MARKDOWN = {
    **HTML,
    "a link": f"[press](javascript:{MARK.replace(' ', '')})",
    "a link by a reference": f"[press][there]\n\n[there]: javascript:{MARK.replace(' ', '')}",
    "an address": f"<javascript:{MARK.replace(' ', '')}>",
    "a heading": f'### <span onclick="{MARK}">press</span>',
    "a formula": f"$\\href{{javascript:{MARK}}}{{press}}$",
}

OUTPUTS = {
    "javascript": {"application/javascript": MARK, "text/plain": "a script"},
    "html": {"text/html": "".join(HTML.values()), "text/plain": "a page"},
    "markdown": {"text/markdown": "\n\n".join(MARKDOWN.values()), "text/plain": "a text"},
    "latex": {"text/latex": HTML["a script"] + "$x^2$", "text/plain": "a formula"},
    "svg": {"image/svg+xml": SVG, "text/plain": "a drawing"},
    "a picture that is none": {"image/png": f'" onerror="{MARK}', "text/plain": "a picture"},
    "a widget": {"application/vnd.jupyter.widget-view+json": {"model_id": HTML["a script"]}, "text/plain": "a slider"},
}
# What does no harm, and is still there to be seen.
HARMLESS = {
    "a table": {"text/html": TABLE, "text/plain": "   loss"},
    "a picture": {"image/png": PIXEL, "text/plain": "<Figure>"},
}


def cells() -> list[NotebookNode]:
    """Return the student's own cells: each display once, and with metadata that acts."""
    shown = [new_output("display_data", data) for data in (OUTPUTS | HARMLESS).values()]
    shown.append(
        new_output("display_data", {"image/png": PIXEL}, metadata={"image/png": {"width": f"9 onload={MARK}"}})
    )
    shown.append(
        new_output("display_data", {"text/html": HTML["a script"]}, metadata={"text/html": {"isolated": True}})
    )
    shown.append(new_output("stream", name="stdout", text=HTML["a script"]))
    shown.append(new_output("error", ename="Error", evalue=HTML["a script"], traceback=[HTML["a script"]]))
    attachments = {
        "plot.svg": {"image/svg+xml": base64.b64encode(SVG.encode()).decode()},
        "p.png": {"image/png": PIXEL},
    }
    made = [
        new_code_cell("1", outputs=shown),
        *(new_markdown_cell(source) for source in MARKDOWN.values()),
        *(new_raw_cell(source) for source in HTML.values()),
        new_markdown_cell(
            "![a](attachment:plot.svg) ![b](attachment:p.png) ![c](attachment:none.png)", attachments=attachments
        ),
        new_markdown_cell("A **bold** word, $a<b$ and `x < y`."),
    ]
    made[0].metadata.tags = [HTML["a script"]]
    return made
