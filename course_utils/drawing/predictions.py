"""Predictions: a question before a demonstration, answered by the reader before the answer is shown.

The questions of a lecture are in the module `predictions` of its unit:

    predict = Predictions("backprop")

    @predict.question
    def first_leaf() -> OneOf:
        return OneOf("Which leaves first?", ["Adam", "momentum"], answer=fastest(), why="...")

and a cell of the lecture is `predict("first-leaf")`. A question is computed when it is asked.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from course_utils.drawing.pictures import three_digits
from course_utils.student import predictions as notes

SCRIPT, STYLE = (Path(__file__).parent / "files" / f"predictions.{ending}" for ending in ("js", "css"))


@dataclass(frozen=True)
class OneOf:
    """A question with several `options`, of which `answer` is the right one.

    All texts are plain, with code between backticks. why: one or two sentences that follow the answer.
    """

    text: str
    options: Sequence[str]
    answer: str
    why: str

    def __post_init__(self) -> None:
        if self.answer not in self.options:
            raise ValueError(f"The answer {self.answer!r} is none of the options of {self.text!r}.")

    @property
    def form(self) -> dict[str, Any]:
        """What the script needs besides the texts."""
        return {
            "options": [{"value": option, "html": _inline(option)} for option in self.options],
            "right": self.answer,
        }

    @property
    def fields(self) -> str:
        """The options as HTML, where nothing can be entered."""
        return f"<ul>{''.join(f'<li>{_inline(option)}</li>' for option in self.options)}</ul>"

    def takes(self, entered: str) -> bool:
        """Return whether this can be entered."""
        return entered in self.options


@dataclass(frozen=True)
class Number:
    """A question whose answer is a number: what differs from it by at most `tolerance` is right.

    unit: what is written after the number, such as "%". The texts as in `OneOf`.
    """

    text: str
    answer: float
    why: str
    tolerance: float = 0
    unit: str = ""

    @property
    def form(self) -> dict[str, Any]:
        """What the script needs besides the texts."""
        return {"tolerance": float(self.tolerance), "number": float(self.answer), "unit": _inline(self.unit)} | (
            {"hint": f"An answer within {three_digits(self.tolerance)} counts as right."} if self.tolerance else {}
        )

    @property
    def fields(self) -> str:
        """Nothing: there is no list to choose from."""
        return ""

    def takes(self, entered: str) -> bool:
        """Return whether this can be entered; the script refuses what is no number."""
        return bool(entered)


Question = OneOf | Number


class Form(anywidget.AnyWidget):
    """The form of a question; `predictions.js` draws it, and says what is right when something was entered."""

    _esm = SCRIPT
    _css = STYLE
    question = traitlets.Dict().tag(sync=True)
    entered = traitlets.Unicode().tag(sync=True)
    is_right = traitlets.Bool(False).tag(sync=True)


class Prediction:
    """A question that a lecture asks. `Predictions` makes it; shown as the last value of a cell.

    It remembers what was entered in the student's notes.
    """

    def __init__(self, lecture: str, name: str, question: Question) -> None:
        self.name = name
        self.question = question
        earlier = notes.entered(lecture, name)
        self.form = Form(question=self._content(), entered=earlier if question.takes(earlier) else "")
        self.form.observe(
            lambda change: notes.note(lecture, name, self.form.entered, self.form.is_right), names="entered"
        )

    def html(self, is_alive: bool = False) -> str:
        """Return the question as HTML, with its answer folded.

        is_alive: a script of the page makes a form of it (`start` in `predictions.js`).
        """
        kept = {"data-name": self.name, "data-question": json.dumps(self._content())} if is_alive else {}
        data = "".join(f' {name}="{html.escape(text)}"' for name, text in kept.items())
        return (
            f'<div class="prediction"{data}><p><strong>Predict.</strong> {_inline(self.question.text)}</p>'
            f"{self.question.fields}<details><summary>Answer</summary>"
            f"<p>{self._answer} {_inline(self.question.why)}</p></details></div>"
        )

    @property
    def _answer(self) -> str:
        question = self.question
        if isinstance(question, OneOf):
            return f"<strong>{_inline(question.answer)}</strong>."
        unit = f" {question.unit}" if question.unit else ""
        return f"<strong>{_inline(three_digits(question.answer) + unit)}</strong>."

    def _content(self) -> dict[str, Any]:
        return self.question.form | {
            "text": _inline(self.question.text),
            "answer": self._answer,
            "why": _inline(self.question.why),
        }

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple[dict, dict]:
        form: Any = self.form._repr_mimebundle_() or {}
        controls = form[0] if isinstance(form, tuple) else form
        return controls | {"text/html": self.html(), "text/plain": self.question.text}, {}


class Predictions:
    """The questions of a lecture, by name: `predict("chain-rule")` asks the one of the function `chain_rule`.

    lecture: its topic, the name of the unit's folder.
    """

    def __init__(self, lecture: str) -> None:
        self.lecture = lecture
        self.questions: dict[str, Callable[[], Question]] = {}

    def question(self, ask: Callable[[], Question]) -> Callable[[], Question]:
        """Add the question that `ask` returns, under its name with hyphens. A decorator."""
        self.questions[ask.__name__.replace("_", "-")] = ask
        return ask

    def __call__(self, name: str) -> Prediction:
        """Ask the question `name`. Raises ValueError if there is none of that name."""
        if name not in self.questions:
            raise ValueError(f"There is no question {name!r}; there are {', '.join(self.questions)}.")
        return Prediction(self.lecture, name, self.questions[name]())


def _inline(text: str) -> str:
    """Return a plain text as HTML, with code between backticks."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))
