"""The explanation of an exercise: the block "Why it is so" of its master.

It tells the solution, so the release leaves it out of the notebook. `hints.json` brings it to a student whose answer
passes, and the feedback page shows it to everybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from nbformat import NotebookNode

SUMMARY = "Why it is so"

_BLOCK = re.compile(rf"\n*<details>\s*<summary>{SUMMARY}</summary>(.*?)</details>", re.DOTALL)


def explanation_of(cells: Iterable[NotebookNode]) -> str:
    """Return the explanation among the cells of an exercise, as Markdown; empty where there is none."""
    texts = (cell.source for cell in cells if cell.cell_type == "markdown")
    return "\n\n".join(match[1].strip() for text in texts for match in _BLOCK.finditer(text))


def folded(explanation: str) -> str:
    """Return an explanation as the block that a notebook shows folded; empty where there is none."""
    return f"<details><summary>{SUMMARY}</summary>\n\n{explanation}\n\n</details>" if explanation else ""


def is_unclosed(text: str) -> bool:
    """Say whether an explanation begins in the text of a markdown cell and does not end, so that it would stay."""
    return f"<summary>{SUMMARY}</summary>" in without_explanation(text)


def without_explanation(text: str) -> str:
    """Return the text of a markdown cell without its explanation."""
    return _BLOCK.sub("", text)
