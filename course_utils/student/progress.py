"""How far a student has come: which exercises hold here, how long they were meant to take, and what comes next.

    from course_utils import progress
    progress.show()

It reads what the checks have noted on this computer, in the student's home folder. Nothing is sent anywhere, and a mark
says only what the visible checks said: hidden cases run when the notebook is graded.
"""

from __future__ import annotations

import contextlib
import html
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

RELEASE = Path(__file__).parents[2] / "release"
FOLDER_VARIABLE = "COURSE_PROGRESS"
"""The environment variable that names another folder to keep the notes in."""


@dataclass(frozen=True)
class Exercise:
    """An exercise as it was released. `checks`: how each of its check cells went; None: it has not been run."""

    title: str
    minutes: int
    checks: tuple[bool | None, ...]

    @property
    def holds(self) -> bool:
        """Whether all its checks have held when they last ran."""
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
    def held(self) -> tuple[Exercise, ...]:
        """Those whose checks hold."""
        return tuple(exercise for exercise in self.exercises if exercise.holds)


def note(assignment: str, exercise: str, check: str, holds: bool) -> None:
    """Keep how a check went; where the notes cannot be written, do nothing."""
    notes = _notes()
    notes.setdefault(assignment, {}).setdefault(exercise, {})[check] = holds
    path = _path()
    draft = path.with_name(f".{os.getpid()}.draft")
    with contextlib.suppress(OSError):  # a full disk or a home that cannot be written to must not stop an exercise
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps(notes, indent=1), encoding="utf-8")
        draft.replace(path)


def units(release: Path = RELEASE) -> list[Unit]:
    """Return all units that have been released into `release`, with how their exercises went here."""
    notes, found = _notes(), []
    for path in sorted(release.glob("*/hints.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        went = notes.get(content["assignment"], {})
        exercises = tuple(
            Exercise(
                about["title"], about["minutes"], tuple(went.get(name, {}).get(check) for check in about["checks"])
            )
            for name, about in content["exercises"].items()
        )
        found.append(Unit(content["assignment"], exercises))
    return found


def page(released: list[Unit]) -> str:
    """Return the progress as a piece of HTML that stands by itself."""
    return "\n".join(_lines(released))


def show(release: Path = RELEASE) -> None:
    """Show the progress in a notebook."""
    from IPython.display import HTML, display

    display(HTML(page(units(release))))


def _lines(released: list[Unit]) -> Iterator[str]:
    if not released:
        yield f"<p>There is no released assignment in {html.escape(str(RELEASE))}.</p>"
        return
    yield "<table><caption>Exercises whose visible checks hold here</caption>"
    yield "<tr><th scope='col'>unit</th><th scope='col'>hold</th><th scope='col'></th><th scope='col'>minutes</th></tr>"
    for unit in released:
        held, of = len(unit.held), len(unit.exercises)
        bar = f"<progress max='{of}' value='{held}' aria-label='{html.escape(unit.name)}: {held} of {of}'></progress>"
        done, all_minutes = (sum(exercise.minutes for exercise in some) for some in (unit.held, unit.exercises))
        yield f"<tr><th scope='row' style='text-align:left'>{html.escape(unit.name)}</th><td>{held} of {of}</td>"
        yield f"<td>{bar}</td><td>{done} of {all_minutes}</td></tr>"
    yield f"</table><p>{_next(released)}</p>"


def _next(released: list[Unit]) -> str:
    """Say what to do next: what was begun and does not hold, else the first exercise that was not begun."""
    open_ones = [(unit, exercise) for unit in released for exercise in unit.exercises if not exercise.holds]
    if not open_ones:
        return "All visible checks hold. What is left are the hidden cases, which run when the notebooks are graded."
    unit, exercise = next(((unit, exercise) for unit, exercise in open_ones if exercise.is_begun), open_ones[0])
    verb = "Go on with" if exercise.is_begun else "Next is"
    return f"{verb} <b>{html.escape(exercise.title)}</b> of {unit.name}, meant to take {exercise.minutes} minutes."


def _path() -> Path:
    folder = os.environ.get(FOLDER_VARIABLE)
    return (Path(folder) if folder else Path.home() / ".deep-learning-course") / "progress.json"


def _notes() -> dict[str, dict[str, dict[str, bool]]]:
    try:
        notes = json.loads(_path().read_text(encoding="utf-8"))
        return notes if isinstance(notes, dict) else {}
    except (OSError, ValueError):  # none yet, or not ours
        return {}
