"""Run setup, answer and checks in this process, without a sandbox: for the instructor's own answers.

`namespace` runs setup and answer, `outcome` runs a check in it, and `quiet` keeps both off the screen. `run_checks` is
all of it for one exercise, under a seed. The engine's judge is the other way to run checks, for answers of students.
"""

from __future__ import annotations

import contextlib
import functools
import io
import linecache
import os
import warnings
from collections.abc import Generator
from types import CodeType
from typing import Any, NamedTuple

from autograder.notebooks.assignment import Exercise
from course_utils.check import Failed, rules
from course_utils.check.seeds import SEED_VARIABLE

# How the message of an outcome begins where the check itself crashed.
CRASHED = "the check itself raised "


class Outcome(NamedTuple):
    """How a check ended that did not pass. is_verdict: it says so itself; False: it crashed."""

    message: str
    is_verdict: bool


def run_checks(setup: str, answer: str, exercise: Exercise, seed: int) -> dict[str, Outcome]:
    """Run the checks of an exercise, hidden tests included, on an answer; return how those ended that did not pass.

    Every check starts from a fresh run of setup and answer, so none depends on what another has left behind. Where
    they raise an error, that is the outcome.
    """
    outcomes: dict[str, Outcome] = {}
    with seed_in_force(seed), quiet():
        for check in exercise.checks:
            try:
                names = namespace(setup, answer, exercise.name)
            except (Exception, SystemExit) as error:
                outcomes[check.grade_id] = Outcome(f"the answer cell raised {type(error).__name__}: {error}", True)
            else:
                if found := outcome(check.source, check.grade_id, names):
                    outcomes[check.grade_id] = found
    return outcomes


def namespace(setup: str, answer: str, title: str = "answer", as_far_as_it_goes: bool = False) -> dict[str, Any]:
    """Run setup and answer in a namespace of their own, and return it.

    title: of the answer's cell in traces. as_far_as_it_goes: an Exception ends them and is not raised, and what was
    defined before it stays, as in a notebook.
    """
    names: dict[str, Any] = {"__name__": "__main__", "In": ["", setup, answer]}  # as IPython keeps what ran
    with contextlib.suppress(Exception) if as_far_as_it_goes else contextlib.nullcontext():
        run_cell(setup, "setup", names)
        run_cell(answer, title, names)
    return names


def outcome(check: str, title: str, names: dict[str, Any]) -> Outcome | None:
    """Run the source of a check cell in `names`; return None where it passes, and how it ended otherwise."""
    rules.begin()
    try:
        run_cell(check, title, names)
    except Failed as failed:
        return Outcome(str(failed), True)
    except (Exception, SystemExit) as error:
        return Outcome(f"{CRASHED}{named(error)}", False)
    return None


def named(error: BaseException) -> str:
    """Return an error's name and its first line, as a check that it has ended says."""
    first = (str(error).strip().splitlines() or [""])[0]
    return f"{type(error).__name__}: {first}".rstrip(": ")


def run_cell(source: str, title: str, names: dict[str, Any]) -> None:
    """Run the source of a cell in `names`. Its lines are kept, so that a trace can show them."""
    filename = f"<cell {title}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    exec(compiled(source, filename), names)


@functools.cache
def compiled(source: str, filename: str) -> CodeType:
    """Compile the source of a cell, once in a process and all that are forked from it later."""
    return compile(source, filename, "exec")


@contextlib.contextmanager
def quiet() -> Generator[None]:
    """Drop what is printed, and all warnings."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def seed_in_force(seed: int) -> Generator[None]:
    """Have the checks draw their inputs from `seed`."""
    before = os.environ.get(SEED_VARIABLE)
    os.environ[SEED_VARIABLE] = str(seed)
    try:
        yield
    finally:
        if before is None:
            del os.environ[SEED_VARIABLE]
        else:
            os.environ[SEED_VARIABLE] = before
