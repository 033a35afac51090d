"""The course card: what differs from one term to the next. An instructor edits this file and nothing else.

After an edit run `make execute`, so that the table in `notebooks/00_getting_started.ipynb` follows.
"""

from __future__ import annotations

from collections.abc import Mapping

from IPython.display import Markdown

ASK = "your instructor says so in the first class"

PRACTICAL: Mapping[str, str] = {
    "Course": "Deep Learning",
    "People": ASK,
    "Classes": f"days and hours: {ASK}; basics before the mid-term, advanced topics and guest lectures after it",
    "Office hours": ASK,
    "Announcements": "homework and quizzes with the hour that they are due: see the course page",
    "Books": (
        "no book is required; free to read on the web: Goodfellow, Bengio, Courville, *Deep Learning* (2016); "
        "Prince, *Understanding Deep Learning* (2023); Zhang, Lipton, Li, Smola, *Dive into Deep Learning* (2023)"
    ),
    "Late homework": f"{ASK}; what is submitted late is graded and marked as late",
    "Own work": "talk about ideas as much as you like; write what you submit yourself, and name who or what helped",
    "Computers": "a laptop with Python 3.11 or newer is enough; the Khoury cluster where you have an account",
}
"""Rows of the card, in order. Markdown is allowed. No e-mail addresses: notebooks travel."""

GRADES: Mapping[str, int] = {"homework": 20, "paper presentation": 20, "mid-term exam": 20, "project": 40}
"""What counts how much, in percent."""


def show() -> Markdown:
    """Return the card as a table. Raises ValueError where the parts of the grade do not add up to 100 percent."""
    if sum(GRADES.values()) != 100:
        raise ValueError(f"the parts of the grade add up to {sum(GRADES.values())} percent; mend GRADES")
    weights = " + ".join(f"{weight}% {name}" for name, weight in GRADES.items())
    rows = [*PRACTICAL.items(), ("Grades", weights)]
    return Markdown("\n".join(["| | |", "| --- | --- |", *(f"| **{name}** | {text} |" for name, text in rows)]))
