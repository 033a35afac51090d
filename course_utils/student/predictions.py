"""A student's predictions in the lectures: what they entered before a demonstration, and whether it turned out so.

Nobody grades them, and they stay on this computer.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_utils.student import notes

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
NOTES = "predictions"

_ASKED = re.compile(r'^predict\("([^"]+)"\)', re.MULTILINE)


@dataclass(frozen=True)
class Lecture:
    """The predictions of a lecture: how many it asks for, how many were made, and how many of these were right."""

    name: str
    asked: int
    made: int
    right: int

    @property
    def sentence(self) -> str:
        """What the progress page says about the lecture."""
        return f"you have made {self.made} of {self.asked} predictions of this lecture, {self.right} as it turned out"


def note(lecture: str, question: str, entered: str, is_right: bool) -> None:
    """Note what was predicted; do nothing where the notes cannot be written. lecture: its topic, such as "backprop"."""
    made = _made(lecture) | {question: {"entered": entered, "is_right": is_right}}
    notes.write(NOTES, notes.read(NOTES) | {lecture: made})


def entered(lecture: str, question: str) -> str:
    """Return what was predicted earlier; empty if nothing was."""
    return _made(lecture).get(question, {}).get("entered", "")


def lectures(notebooks: Path = NOTEBOOKS) -> list[Lecture]:
    """Return the lectures in the folder `notebooks` that ask for predictions, with what the notes say about them."""
    found = []
    for path in sorted(notebooks.glob("[0-9][0-9]_*.ipynb")):
        asked, made = _questions(path), _made(path.stem[3:])
        if asked:
            right = [made[name]["is_right"] for name in asked if name in made]
            found.append(Lecture(path.stem, len(asked), len(right), sum(right)))
    return found


def _questions(path: Path) -> list[str]:
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError):  # a student may have changed the file
        return []
    return [name for source in sources for name in _ASKED.findall(source)]


def _made(lecture: str) -> dict[str, Any]:
    made = notes.read(NOTES).get(lecture, {})
    if not isinstance(made, dict):
        return {}
    return {
        question: about
        for question, about in made.items()
        if isinstance(about, dict) and isinstance(about.get("entered"), str) and isinstance(about.get("is_right"), bool)
    }
