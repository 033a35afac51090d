"""The trial of a master: what fails on this machine, what its code imports, and which plain checks can be split."""

from __future__ import annotations

import contextlib
from typing import Any

from nbformat import NotebookNode

from autograder.engine.errors import MachineFailed
from autograder.engine.grade_one import Master, Unit
from autograder.engine.in_process import seed_in_force
from autograder.engine.judge import Judge, Verdict
from autograder.engine.plain_checks import PlainChecks
from autograder.engine.plan import plan
from autograder.engine.sandbox import Sandbox
from autograder.engine.submission import files_alongside
from autograder.engine.trusted_code import why_not_trusted
from autograder.errors import CourseError

# Why a check runs beside the student's code though it ends as it should where it is split.
NOT_PLAIN = "it looks at what is no plain data (numbers, texts, lists, tuples, dicts, arrays)"
OTHER_STUB = "it gives an untouched notebook {split} points where it is split, and {beside} beside it"


class MasterTrial:
    """Judges the masters of an assignment in this process. modules: what their workers have imported."""

    def __init__(self, unit: Unit, sandbox: Sandbox) -> None:
        self._unit, self._sandbox = unit, sandbox
        self._files, _ = files_alongside(None, unit.source, unit.ignore)
        self._first_failure = ""
        self.modules: set[str] = set()

    def run(self, master: Master) -> None:
        """Try a master: sets its `not_graded` and its `beside`. Raises CourseError where it could not be tried."""
        try:
            master.beside = dict.fromkeys(master.plain, "")
            verdicts = self._judge(master, master.notebook, master.beside)
            self._leave_out_what_fails(master, verdicts)
            master.beside = self._not_split(master, verdicts) if master.plain else {}
        except MachineFailed as failed:
            what = f"the master of {self._unit.name} could not be tried"
            raise CourseError(f"{what}: {failed}; then try again.") from None

    def require_some_exercise(self) -> None:
        """Raise CourseError where the masters fail in every exercise."""
        asked = [exercise.name for master in self._unit.masters for exercise in master.assignment.checked]
        if self._first_failure and len(asked) == sum(len(master.not_graded) for master in self._unit.masters):
            raise CourseError(
                f"the master of {self._unit.name} itself {self._first_failure}; "
                "fix the master, or what is installed, before anybody is graded."
            )

    def _judge(self, master: Master, notebook: NotebookNode, beside: dict[str, str]) -> dict[str, Verdict]:
        checks = PlainChecks(master.plain, beside, master.given, self._unit.stderr_costs)
        with contextlib.chdir(self._unit.source), seed_in_force(0):
            planned = plan(master.notebook, notebook)
            judge = _PreloadingJudge(master.assignment, planned, self._sandbox, self._files, checks)
            try:
                verdicts = judge.judge().verdicts
            finally:
                judge.close()
        self.modules |= judge.modules
        return verdicts

    def _leave_out_what_fails(self, master: Master, verdicts: dict[str, Verdict]) -> None:
        """Have the exercises not graded that the master fails."""
        failed = {
            name: " ".join(verdict.message.split())
            for name, verdict in verdicts.items()
            if verdict.message and (verdict.score == 0 or name not in master.plain)
        }
        for name, why in reversed(failed.items()):
            said = f"fails {master.prefix}{name} here ({why})"
            master.not_graded[master.assignment.exercise_of(name)] = said
            self._first_failure = said

    def _not_split(self, master: Master, beside: dict[str, Verdict]) -> dict[str, str]:
        """Return why, by check, plain checks cannot be split: on the solution, or on the released notebook."""
        split = self._judge(master, master.notebook, {})
        why = {
            name: reason
            for name, check in master.plain.items()
            if (reason := why_not_trusted(check.source) or _difference(split[name], beside[name]))
        }
        released = master.released or master.notebook
        stub_beside = self._judge(master, released, dict.fromkeys(master.plain, ""))
        stub_split = self._judge(master, released, why)
        for name in master.plain.keys() - why.keys():
            scores = {"split": stub_split[name].score, "beside": stub_beside[name].score}
            if scores["split"] != scores["beside"]:
                why[name] = OTHER_STUB.format(**scores)
        return why


def _difference(split: Verdict, beside: Verdict) -> str:
    """Return why a check cannot be split, given how it ended on the solution; empty where it can be."""
    if split.is_beside:
        return NOT_PLAIN
    return "" if split.score == beside.score else split.message or f"it gives {split.score:g} points where it is split"


class _PreloadingJudge(Judge):
    """Judges the master, and finds out what its code has the worker import."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.modules: set[str] = set()

    def _check(self, source: str, name: str) -> Verdict:
        verdict = super()._check(source, name)
        if not verdict.message:
            self.modules |= set(self.loaded())
        return verdict
