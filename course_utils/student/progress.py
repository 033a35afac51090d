"""A student's progress: exercises that pass their visible checks, what comes next, and predictions made in lectures.

    from course_utils import progress
    progress.show()

It reads what checks and lectures have noted on this computer, in the student's home folder. It sends nothing anywhere.
It knows only the visible checks: hidden cases run when the notebook is graded.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from course_utils.student import notes, predictions

RELEASE = Path(__file__).parents[2] / "release"
NOTES = "progress"


@dataclass(frozen=True)
class Exercise:
    """An exercise as it was released. `checks`: whether each of its check cells passed; None: it has not run."""

    title: str
    minutes: int
    checks: tuple[bool | None, ...]

    @property
    def passes(self) -> bool:
        """Whether all its checks passed when they last ran."""
        return all(self.checks)

    @property
    def is_begun(self) -> bool:
        """Whether one of its checks has run on an answer."""
        return any(check is not None for check in self.checks)


@dataclass(frozen=True)
class Unit:
    """The exercises of an assignment."""

    name: str
    exercises: tuple[Exercise, ...]

    @property
    def passed(self) -> tuple[Exercise, ...]:
        """The exercises whose checks pass."""
        return tuple(exercise for exercise in self.exercises if exercise.passes)


def note(assignment: str, exercise: str, check: str, passes: bool) -> None:
    """Note whether a check passes; do nothing where the notes cannot be written.

    check: the digest of its cell, as `hints.json` has it.
    """
    kept = notes.read(NOTES)
    kept.setdefault(assignment, {}).setdefault(exercise, {})[check] = passes
    notes.write(NOTES, kept)


def units(release: Path = RELEASE) -> list[Unit]:
    """Return all units in the folder `release`, with what the notes say about their exercises."""
    kept, found = notes.read(NOTES), []
    for path in sorted(release.glob("*/hints.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        went = kept.get(content["assignment"], {})
        exercises = tuple(
            Exercise(
                about["title"], about["minutes"], tuple(went.get(name, {}).get(check) for check in about["checks"])
            )
            for name, about in content["exercises"].items()
        )
        found.append(Unit(content["assignment"], exercises))
    return found


def page(released: list[Unit], lectures: Sequence[predictions.Lecture] = ()) -> str:
    """Return the progress in the `released` units, and the predictions made in the `lectures`, as HTML."""
    return "\n".join([*_lines(released), *_predictions(lectures)])


def show(release: Path = RELEASE) -> None:
    """Show the progress in a notebook."""
    from IPython.display import HTML, display

    display(HTML(page(units(release), predictions.lectures())))


def _lines(released: list[Unit]) -> Iterator[str]:
    if not released:
        yield f"<p>There is no released assignment in {html.escape(str(RELEASE))}.</p>"
        return
    yield "<table><caption>Exercises that pass their visible checks on this computer</caption>"
    columns = "".join(f"<th scope='col'>{name}</th>" for name in ("unit", "passed", "", "minutes"))
    yield f"<tr>{columns}</tr>"
    for unit in released:
        passed, of = len(unit.passed), len(unit.exercises)
        name, share = html.escape(unit.name), f"{passed} of {of}"
        wide = "style='width:10em;max-width:15vw'"  # a phone has little room
        bar = f"<progress {wide} max='{of}' value='{passed}' aria-label='{name}: {share}'></progress>"
        done, all_minutes = (sum(exercise.minutes for exercise in some) for some in (unit.passed, unit.exercises))
        yield f"<tr><th scope='row' style='text-align:left;overflow-wrap:anywhere'>{name}</th><td>{share}</td>"
        yield f"<td>{bar}</td><td>{done} of {all_minutes}</td></tr>"
    yield f"</table><p>{_next(released)}</p>"


def _next(released: list[Unit]) -> str:
    """Say what to do next: an exercise that was begun and does not pass, else the first exercise that was not begun."""
    open_ones = [(unit, exercise) for unit in released for exercise in unit.exercises if not exercise.passes]
    if not open_ones:
        return "All visible checks pass. The hidden cases run when the notebooks are graded."
    unit, exercise = next(((unit, exercise) for unit, exercise in open_ones if exercise.is_begun), open_ones[0])
    verb = "Continue with" if exercise.is_begun else "Next:"
    return f"{verb} <b>{html.escape(exercise.title)}</b> in {unit.name}, about {exercise.minutes} minutes."


def _predictions(lectures: Sequence[predictions.Lecture]) -> Iterator[str]:
    begun = [lecture for lecture in lectures if lecture.made]
    if begun:
        items = "".join(f"<li><b>{html.escape(lecture.name)}</b>: {lecture.sentence}.</li>" for lecture in begun)
        yield f"<p>Predictions, which nobody grades:</p><ul>{items}</ul>"
