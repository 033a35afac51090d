"""The explanation of an exercise as HTML that loads nothing. Formulas are pictures, with their TeX as description."""

from __future__ import annotations

import base64
import io
import re
from functools import lru_cache

from markupsafe import Markup, escape
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

POINTS_PER_EM = 12.0  # of a page whose letters are 16 pixels high

# What matplotlib calls otherwise than TeX, or does not know and a line can do without.
MATPLOTLIBS = {
    r"\le": r"\leq",
    r"\ge": r"\geq",
    r"\ne": r"\neq",
    r"\big": "",
    r"\Vert": r"\Vert ",
    r"\bmod": r"\;\mathrm{mod}\;",
    r"\texttt": r"\mathtt",
    r"\frac12": r"\frac{1}{2}",
}
OTHER_NAMES = re.compile("|".join(rf"{re.escape(name)}(?![a-zA-Z])" for name in MATPLOTLIBS))

# What an SVG of matplotlib says about itself.
NOT_DRAWN = re.compile(rb"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>|<!--.*?-->|\n *", re.DOTALL)


@lru_cache(maxsize=1024)  # all pages of a class show the same explanations
def as_html(explanation: str) -> Markup:
    """Return an explanation in Markdown, formulas between dollar signs, as HTML. HTML in it is shown as text."""
    return Markup(MarkdownWithMath(renderer=_Renderer(escape=True)).render(explanation)) if explanation else Markup()


class _Renderer(IPythonRenderer):
    def inline_math(self, body: str) -> str:
        """Return a formula in a line."""
        return _picture(" ".join(body.split()))

    def block_math(self, body: str) -> str:
        """Return a formula in a paragraph of its own."""
        return f"<p>{self.inline_math(body)}</p>"


@lru_cache(maxsize=4096)
def _picture(tex: str) -> str:
    """Return a formula as a picture on the base line; one that matplotlib cannot draw, as its TeX."""
    from matplotlib import rc_context  # takes half a second, and a page without explanations needs none of it
    from matplotlib.mathtext import math_to_image

    drawn, formula = io.BytesIO(), OTHER_NAMES.sub(lambda match: MATPLOTLIBS[match[0]], tex)
    try:
        with rc_context({"mathtext.fontset": "stix", "font.size": POINTS_PER_EM}):
            depth = math_to_image(f"${formula}$", drawn, dpi=72, format="svg")
    except ValueError:
        return f"<code>{escape(tex)}</code>"
    content = base64.b64encode(NOT_DRAWN.sub(b"", drawn.getvalue())).decode()
    uri = f"data:image/svg+xml;base64,{content}"
    return (
        f'<img class="formula" style="vertical-align:-{depth / POINTS_PER_EM:.3f}em" src="{uri}" alt="{escape(tex)}">'
    )
