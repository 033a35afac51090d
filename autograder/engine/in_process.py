"""Run setup, answer and checks of an exercise in this process, without a sandbox: for the instructor's own answers."""

from __future__ import annotations

import contextlib
import io
import linecache
import os
from collections.abc import Iterator
from typing import NamedTuple

from autograder.notebooks.assignment import Exercise
from course_utils.check import SEED_VARIABLE, Failed


class Said(NamedTuple):
    """What a check cell said where it did not hold. `is_verdict`: it said so itself, it did not break."""

    sentence: str
    is_verdict: bool


def run_checks(setup: str, answer: str, exercise: Exercise, seed: int) -> dict[str, Said]:
    """Run an answer and the exercise's checks, hidden tests included, in this process, under `seed`.

    Returns what was said by each check cell that did not hold. Every check starts from a fresh run of setup and answer,
    so none depends on what another has left behind.
    """
    said = {}
    with seed_in_force(seed), contextlib.redirect_stdout(io.StringIO()):
        for cell in exercise.checks:
            names: dict[str, object] = {"__name__": "__main__"}
            try:
                _run_cell(setup, "setup", names)
                _run_cell(answer, exercise.name, names)
            except (Exception, SystemExit) as error:
                said[cell.grade_id] = Said(f"the answer cell raised {type(error).__name__}: {error}", True)
                continue
            try:
                _run_cell(cell.source, cell.grade_id, names)
            except Failed as failed:
                said[cell.grade_id] = Said(str(failed), True)
            except (Exception, SystemExit) as error:
                said[cell.grade_id] = Said(f"the check itself raised {type(error).__name__}: {error}", False)
    return said


def _run_cell(source: str, title: str, names: dict[str, object]) -> None:
    """Run a cell in `names`; its lines are kept, so that a trace can show them."""
    filename = f"<cell {title}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    exec(compile(source, filename, "exec"), names)


@contextlib.contextmanager
def seed_in_force(seed: int) -> Iterator[None]:
    before = os.environ.get(SEED_VARIABLE)
    os.environ[SEED_VARIABLE] = str(seed)
    try:
        yield
    finally:
        if before is None:
            del os.environ[SEED_VARIABLE]
        else:
            os.environ[SEED_VARIABLE] = before
