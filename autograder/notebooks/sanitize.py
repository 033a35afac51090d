"""Reduce cells to what can only be read: text, tables, formulas and pictures that cannot act in a browser.

formgrader shows graded notebooks as the instructor, whose session can change every grade. So a script, a handler, a
form, a style sheet, a link or a picture from elsewhere that a student put into a notebook is not kept. Everything is
decided by lists of what is kept. Text that looks like such a thing stays readable.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Iterator
from typing import Any
from xml.etree import ElementTree

import nh3
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from nbformat import NotebookNode

from autograder.notebooks.cell_ids import VALID

# What a cell is shown with instead of all that was left out.
NOT_KEPT = "(This is shown only where it was made: a graded notebook keeps text, tables and pictures.)"

# Pictures whose bytes are pixels, which a notebook holds in base64.
PIXELS = ("image/png", "image/jpeg", "image/gif", "image/webp")
SVG = "image/svg+xml"

# Characters of HTML in one output and in a notebook that are kept: deep nesting costs its square.
MAX_HTML, MAX_HTML_IN_ALL = 100_000, 1_000_000

_TAGS = {
    *(
        "b",
        "blockquote",
        "br",
        "caption",
        "center",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
    ),
    *("em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre"),
    *(
        "progress",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
    ),
    *("thead", "tr", "u", "ul", "var"),
}
_ATTRIBUTES = {
    "*": {"align", "class", "style", "title", "valign"},
    "img": {"alt", "height", "src", "width"},
    "li": {"value"},
    "ol": {"start"},
    "progress": {"max", "value"},
    "table": {"border"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_STYLES = {"background-color", "color", "font-style", "font-weight", "text-align", "white-space"}
_CLASSES = {"dataframe"}  # of a pandas table; others could be taken for formgrader's own

MAX_SIZE = 10_000  # of a picture, in pixels

_BASE64 = re.compile(r"[A-Za-z0-9+/\s]*={0,2}")
_DATA = re.compile(rf"data:(?:{'|'.join(PIXELS)});base64,{_BASE64.pattern}")
_NAME = re.compile(r"[\w.-]{1,100}")

# In markdown: a "<" that begins a tag other than these; a link, unless it leads to a notebook or within the text, or
# is a picture in the text itself; an address, which would become a link.
_TAGS_IN_MARKDOWN = r"b|br|code|details|em|hr|i|kbd|mark|s|small|strong|sub|summary|sup|u"
_TAG = re.compile(rf"<(?=[A-Za-z/!?])(?!/?(?:{_TAGS_IN_MARKDOWN})\s?/?>)", re.IGNORECASE)
_LINK = re.compile(
    r"\](?=\(|\s{0,3}:)"
    rf"(?!\((?:#[\w.-]*|(?:\.\./)*[\w-]+(?:/[\w-]+)*\.ipynb|{_DATA.pattern})\))"
)
_ATTACHED = re.compile(r"\(attachment:([^()\s<>]+)\)")
_ADDRESS = re.compile(r"(https?:)(?=//)", re.IGNORECASE)
# Commands by which MathJax makes links, styles and ids.
_COMMAND = re.compile(r"\\(?=(?:href|require|cssId|class|style|data)\b)")

_SVG_SPACE, _LINK_SPACE = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
_SVG_TAGS = {
    *("svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "defs", "use"),
    *("clipPath", "image", "linearGradient", "radialGradient", "stop", "marker", "pattern", "mask", "symbol", "title"),
    *("desc", "style"),
}
_SVG_LINK = re.compile(rf"#[\w.-]+|{_DATA.pattern}")
_SVG_FOREIGN = re.compile(r"url\s*\((?!\s*['\"]?#)|@|\\|javascript:", re.IGNORECASE)
ElementTree.register_namespace("", _SVG_SPACE[1:-1])
ElementTree.register_namespace("xlink", _LINK_SPACE[1:-1])


def sanitize(notebook: NotebookNode, trusted: Collection[str] = ()) -> None:
    """Reduce the cells of `notebook`, in place, to what can only be read.

    trusted: sources of text cells that stay as they are, because the instructor wrote them.
    """
    _drop_long_html(notebook)
    for cell in notebook.cells:
        sanitize_cell(cell, is_trusted=cell.source in trusted)


def sanitize_cell(cell: NotebookNode, is_trusted: bool = False) -> None:
    """Reduce `cell`, in place, to what can only be read. is_trusted: its source is the instructor's, and stays.

    A raw cell becomes a markdown cell that shows its source, because nbconvert puts raw cells into a page as they are.
    """
    cell.metadata = NotebookNode(_metadata(cell.get("metadata")))
    if not VALID.fullmatch(str(cell.get("id", ""))):
        cell.pop("id", None)
    if cell.cell_type == "code":
        cell.execution_count = _count(cell)
        cell.outputs = [_output(output) for output in cell.get("outputs", [])]
        return
    pasted = attachments(cell.pop("attachments", None))
    if pasted:
        cell.attachments = NotebookNode(pasted)
    if cell.cell_type != "markdown":
        cell.cell_type, cell.source = "markdown", _as_code(cell.source)
    elif not is_trusted:
        cell.source = markdown(cell.source, pasted)


def markdown(source: str, pasted: Collection[str] = ()) -> str:
    """Return markdown in which tags with attributes, links and addresses have become text, by a space in each.

    Formulas, tables, code and plain tags stay, and so do pictures with the names `pasted`.
    """

    def split(match: re.Match[str]) -> str:
        attached = _ATTACHED.match(source, match.end())
        return "]" if attached and attached[1] in pasted else "] "

    written = _LINK.sub(split, source)
    written = _TAG.sub("< ", _ADDRESS.sub(r"\1 ", written))
    return _COMMAND.sub(r"\\ ", written)


def attachments(found: object) -> dict[str, NotebookNode]:
    """Return the pictures among the attachments of a cell, {name: {kind: base64}}. `found` may be anything."""
    kept: dict[str, NotebookNode] = {}
    for name, data in found.items() if isinstance(found, dict) else ():
        pairs = data.items() if isinstance(data, dict) else ()
        forms = {kind: drawn for kind, content in pairs if (drawn := _attached(kind, content))}
        if forms and isinstance(name, str):
            kept[name] = NotebookNode(forms)
    return kept


def html(source: str) -> str:
    """Return HTML with the tags, attributes, styles and pictures in base64 that are kept."""
    kept = nh3.clean(
        source,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        clean_content_tags={"script", "style"},
        filter_style_properties=_STYLES,
        url_schemes={"data"},
        link_rel=None,
    )
    return _COMMAND.sub(r"\\ ", kept)


def svg(source: str) -> str:
    """Return a picture in SVG with the elements that draw; empty where it cannot be read."""
    try:
        root = fromstring(source)
        if root.tag != f"{_SVG_SPACE}svg":
            return ""
        waiting = [root]
        while waiting:
            element = waiting.pop()
            element[:] = [child for child in element if _is_drawn(child)]
            waiting += element
            for name, value in list(element.attrib.items()):
                if not _is_svg_attribute(name, value):
                    del element.attrib[name]
        return ElementTree.tostring(root, encoding="unicode")
    except (ElementTree.ParseError, DefusedXmlException, ValueError, RecursionError):
        return ""


def _drop_long_html(notebook: NotebookNode) -> None:
    """Drop HTML of outputs that is longer than what is kept; the other forms of these outputs stay."""
    room = MAX_HTML_IN_ALL
    for data in _data_of_outputs(notebook):
        size = len(_text(data.get("text/html")))
        if size > min(room, MAX_HTML):
            del data["text/html"]
        else:
            room -= size


def _data_of_outputs(notebook: NotebookNode) -> Iterator[dict[str, Any]]:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if isinstance(data := output.get("data"), dict):
                yield data


def _metadata(metadata: object) -> dict[str, Any]:
    """Return the tags of a cell and what nbgrader says of it, if its name can stand in a page."""
    kept: dict[str, Any] = {}
    if isinstance(metadata, dict):
        if isinstance(metadata.get("tags"), list):
            kept["tags"] = [tag for tag in metadata["tags"] if _is_name(tag)]
        if isinstance(metadata.get("nbgrader"), dict) and _is_name(metadata["nbgrader"].get("grade_id")):
            kept["nbgrader"] = metadata["nbgrader"]
    return kept


def _is_name(name: object) -> bool:
    return isinstance(name, str) and bool(_NAME.fullmatch(name))


def _count(part: NotebookNode) -> int | None:
    count = part.get("execution_count")
    return count if type(count) is int else None


def _output(output: NotebookNode) -> NotebookNode:
    """Return an output as far as it can only be read."""
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return NotebookNode(output_type="stream", name=name, text=_text(output.get("text")))
    if kind == "error":
        lines = output.get("traceback")
        traceback = [_text(line) for line in lines] if isinstance(lines, list) else []
        name, message = _text(output.get("ename")), _text(output.get("evalue"))
        return NotebookNode(output_type="error", ename=name, evalue=message, traceback=traceback)
    forms = output.get("data")
    pairs = forms.items() if isinstance(forms, dict) else ()
    data = {form: kept for form, content in pairs if (kept := _content(form, content))} or {"text/plain": NOT_KEPT}
    metadata = _descriptions(output.get("metadata"))
    if kind == "execute_result":
        count = _count(output)
        return NotebookNode(output_type=kind, data=NotebookNode(data), metadata=metadata, execution_count=count)
    return NotebookNode(output_type="display_data", data=NotebookNode(data), metadata=metadata)


def _text(text: object) -> str:
    return text if isinstance(text, str) else "".join(map(str, text)) if isinstance(text, list) else ""


def _content(kind: str, content: object) -> str:
    """Return what is kept of one form of an output; empty for a form that is not kept."""
    if not isinstance(content, str):
        return ""
    if kind in PIXELS:
        return content if _BASE64.fullmatch(content.strip()) else ""
    match kind:
        case "text/plain":
            return content
        case "text/html":
            return html(content)
        case "text/markdown":
            return markdown(content)
        case "text/latex":
            return _TAG.sub("< ", _COMMAND.sub(r"\\ ", content))
        case "image/svg+xml":
            return svg(content)
        case _:
            return ""


def _descriptions(metadata: object) -> NotebookNode:
    """Return descriptions and sizes of pictures, the only metadata of an output that is kept."""
    kept = NotebookNode()
    for kind, about in metadata.items() if isinstance(metadata, dict) else ():
        if kind in (*PIXELS, SVG) and isinstance(about, dict):
            sizes = {name: about[name] for name in ("width", "height") if _is_size(about.get(name))}
            alt = {"alt": about["alt"]} if isinstance(about.get("alt"), str) else {}
            kept[kind] = NotebookNode(sizes | alt)
    return kept


def _attached(kind: str, content: object) -> str:
    """Return one form of an attachment in base64, as which a notebook holds SVG, too; empty for what is not kept."""
    if not isinstance(content, str) or not _BASE64.fullmatch(content.strip()):
        return ""
    if kind in PIXELS:
        return content
    if kind != SVG:
        return ""
    try:
        drawn = svg(base64.b64decode(content).decode())
    except (binascii.Error, ValueError):
        return ""
    return base64.b64encode(drawn.encode()).decode()


def _is_size(size: object) -> bool:
    return isinstance(size, int | float) and 0 < size < MAX_SIZE


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Return the value of an attribute; None for one that is not kept."""
    if name == "class":
        return " ".join(part for part in value.split() if part in _CLASSES) or None
    if name == "src":
        return value if _DATA.fullmatch(value) else None
    return value


def _is_drawn(element: ElementTree.Element) -> bool:
    """Say whether an element of SVG draws, and nothing else. (The tag of a comment is no text.)"""
    tag: object = element.tag
    if not isinstance(tag, str) or tag.removeprefix(_SVG_SPACE) not in _SVG_TAGS:
        return False
    return not (tag == f"{_SVG_SPACE}style" and _SVG_FOREIGN.search("".join(element.itertext())))


def _is_svg_attribute(name: str, value: str) -> bool:
    if name in ("href", f"{_LINK_SPACE}href"):
        return bool(_SVG_LINK.fullmatch(value.strip()))
    return not name.lower().startswith("on") and not _SVG_FOREIGN.search(value)


def _as_code(source: str) -> str:
    """Return markdown that shows `source` as it is."""
    longest = max(map(len, re.findall(r"`+", source)), default=0)
    fence = "`" * max(3, longest + 1)
    return markdown(f"{fence}text\n{source}\n{fence}")
