"""Plain checks that run in the judge, with proxies instead of what answers define."""

from __future__ import annotations

import ast
import builtins
import contextlib
import io
import os
import tempfile
import traceback
import warnings
from collections.abc import Generator
from functools import cache
from types import CodeType
from typing import Any

from autograder.engine.names_of_checks import names_of
from autograder.engine.plain_checks import LOUD, Ended, PlainChecks, failed, partial_credit
from autograder.engine.proxies import Abandoned, Proxies
from autograder.engine.trusted_code import why_not_trusted
from autograder.notebooks.assignment import CheckCell

# The file name by which a trace knows the lines of a check.
CHECK = "<check>"


class SplitChecks:
    """Runs the split checks of one notebook, in their order: later ones see what earlier ones have bound."""

    def __init__(self, checks: PlainChecks) -> None:
        self._checks = checks
        self._given: dict[str, Any] | None = None  # what the instructor's cells import and define
        self._left: dict[str, Any] = {}  # what checks that ran here have bound
        self._ran: set[str] = set()
        self._removed: int | None = None

    def can_run(self, name: str) -> bool:
        """Say whether a check is one that is split, and all earlier ones whose names it reads ran here, too."""
        if name in self._checks.beside or why_not_trusted(self._checks.checks[name].source):
            return False
        return self._ran.issuperset(self._checks.read_by(name))

    def run(self, check: CheckCell, proxies: Proxies, answers: list[tuple[str, str]]) -> Ended:
        """Run a check with the student's names as proxies; `answers`: (name, source that defines it).

        It runs where there is no file: those that it would find next to the master are not those of the submission.
        Raises EngineError where the worker is lost.
        """
        if self._given is None:
            self._given = given_names(self._checks.given)
        found = Ended(0.0, proxies.failed)
        names: dict[str, Any] = {}
        try:
            with _apart(self._nowhere()):
                names |= self._given | self._left | proxies.names(answers)
                shown = value_of(check.source, names)
            found = Ended(check.points) if shown is None else partial_credit(shown, check)
            if proxies.wrote_to_stderr:
                found = LOUD if self._checks.stderr_costs else found._replace(stderr_mattered=True)
        except (Exception, SystemExit) as error:
            name = getattr(error, "students_name", type(error).__name__)
            found = failed(name, str(error), _line(error, check.source), check)
        except Abandoned:
            pass
        if proxies.error:
            raise proxies.error
        if proxies.beyond_plain_data:
            return found
        self._left |= {name: names[name] for name in names_of(check.source).bound if name in names}
        self._ran.add(check.grade_id)
        return Ended(0.0, proxies.failed) if proxies.failed else found

    def _nowhere(self) -> int:
        """Return the descriptor of a folder that has been removed: nothing is in it, and nothing can be put there."""
        if self._removed is None:
            folder = tempfile.mkdtemp(prefix="check-")
            self._removed = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            os.rmdir(folder)  # noqa: PTH106 - a name, as mkdtemp gives it
        return self._removed


def value_of(source: str, names: dict[str, Any]) -> str | None:
    """Run a check cell in `names`; return its last expression as a notebook shows it, None where it shows none."""
    body, last = _compiled(source)
    exec(body, names)
    value: object = None if last is None else eval(last, names)
    return None if value is None else repr(value)


def given_names(source: str) -> dict[str, Any]:
    """Run what `plain_checks.given_source` returns, statement by statement, as far as each can run here."""
    names: dict[str, Any] = {"__name__": "__main__", "__builtins__": builtins}
    for statement in ast.parse(source).body:
        with contextlib.suppress(Exception):  # what is not there makes a check that needs it run beside
            exec(compile(ast.Module([statement], []), "<given>", "exec"), names)
    return names


@contextlib.contextmanager
def _apart(folder: int) -> Generator[None]:
    """Keep what a check prints and warns of off the screen, and the check itself in `folder`, a descriptor."""
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield


def _line(error: BaseException, source: str) -> str:
    """Return the line of the check in which an error happened; empty where it happened before the check ran."""
    numbers = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == CHECK]
    lines = source.splitlines()
    return lines[numbers[0] - 1] if numbers and numbers[0] and numbers[0] <= len(lines) else ""


@cache
def _compiled(source: str) -> tuple[CodeType, CodeType | None]:
    """Compile a cell, its last expression apart. A semicolon behind it keeps a notebook from showing it."""
    tree = ast.parse(source)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr) or source.rstrip().endswith(";"):
        return compile(tree, CHECK, "exec"), None
    tree.body.pop()
    return compile(tree, CHECK, "exec"), compile(ast.Expression(last.value), CHECK, "eval")
