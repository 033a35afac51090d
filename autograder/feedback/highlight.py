"""Colours for the code that a page shows, in a time that grows with the code and not with its square."""

from __future__ import annotations

from typing import Any

from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers.python import PythonLexer
from pygments.token import Comment


class NotebookLexer(PythonLexer):
    r"""Python, and lines that begin with %, ! or ?.

    Rules of pygments and of IPython's lexer begin with `^\s*`, which is tried at each of many blank lines and each time
    reads all that follow. Here, blanks before a line stay in their line.
    """

    name = "Python in a notebook"
    tokens: dict[str, list[Any]] = {  # noqa: RUF012 - as pygments declares it
        **PythonLexer.tokens,
        "root": [
            (r"^[^\S\n]*[%!?][^\n]*", Comment.Preproc),
            *(
                (rule[0].replace(r"^(\s*)", r"^([^\S\n]*)"), *rule[1:]) if isinstance(rule, tuple) else rule
                for rule in PythonLexer.tokens["root"]
            ),
        ],
    }


def for_formgrader(source: str, language: str | None = None, metadata: object = None) -> str:
    """Return code with colours, as nbconvert's filter `highlight_code` does, whatever language the notebook names."""
    return highlight(source, NotebookLexer(stripnl=False), HtmlFormatter(cssclass=" highlight hl-ipython3"))
