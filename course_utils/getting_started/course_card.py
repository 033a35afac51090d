"""The course card: what changes from term to term (CS7150-L1, "Logistics" and "Textbooks"). Instructors edit this file.

After an edit run `make execute`, so that the table in `notebooks/00_getting_started.ipynb` follows.
"""

from __future__ import annotations

from collections.abc import Mapping

from IPython.display import Markdown

ASK = "your instructor announces this in the first class"

# Rows of the card, in order. Markdown is allowed. No e-mail addresses: notebooks travel.
PRACTICAL: Mapping[str, str] = {
    "Course": "Deep Learning",
    "People": ASK,
    "Classes": f"days and hours: {ASK}; basics before the mid-term, advanced topics and guest lectures after it",
    "Office hours": ASK,
    "Announcements": "homework and quizzes with their deadlines: see the course page",
    "Books": (
        "no book is required; free to read on the web: Goodfellow, Bengio, Courville, *Deep Learning* (2016); "
        "Prince, *Understanding Deep Learning* (2023); Zhang, Lipton, Li, Smola, *Dive into Deep Learning* (2023)"
    ),
    "Late homework": f"{ASK}; what is submitted late is graded and marked as late",
    "Own work": "discuss ideas as much as you like; write what you submit yourself, and name who or what helped you",
    "Computers": "a laptop with Python 3.11 or newer is enough; so is the Khoury cluster if you have an account",
}

# Weights of the parts of the grade, in percent.
GRADES: Mapping[str, int] = {"homework": 20, "paper presentation": 20, "mid-term exam": 20, "project": 40}


def show() -> Markdown:
    """Return the card as a Markdown table. Raises ValueError if the weights of GRADES do not add up to 100 percent."""
    if sum(GRADES.values()) != 100:
        raise ValueError(f"the parts of the grade add up to {sum(GRADES.values())} percent; correct GRADES")
    weights = " + ".join(f"{weight}% {name}" for name, weight in GRADES.items())
    rows = [*PRACTICAL.items(), ("Grades", weights)]
    return Markdown("\n".join(["| | |", "| --- | --- |", *(f"| **{name}** | {text} |" for name, text in rows)]))
