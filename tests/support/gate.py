"""The gate is green only where it has tried everything: each skip is listed, and what tests need has been used.

Where workers of xdist share the tests, they have kept to the groups of support/groups.py.

Tests say what they have used with `record_use`. Where CI=true, a skip that no line of MAY_SKIP admits fails the run,
and so does a run of the whole suite that has not used all of MUST_BE_USED.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import pytest

from support.groups import spread
from support.proofs import is_gate


class Skip(NamedTuple):
    """A skip that the gate admits: patterns for the test and for the reason that it gives, and why that is fine."""

    test: str
    reason: str
    why: str


MAY_SKIP = (Skip(r"tests/check/test_devices\.py::", r"needs a GPU", "the gate's machine has none"),)
MUST_BE_USED = ("bubblewrap", "landlock", "slurm", "postgresql", "chromium", "two users")
# Options of pytest that leave tests out.
CHOOSING = ("keyword", "markexpr", "deselect", "lf", "stepwise", "ignore", "ignore_glob", "collectonly")

_used: set[str] = set()
_skipped: set[tuple[str, str]] = set()


def record_use(what: str) -> None:
    """Say that a test has really used `what`, one of MUST_BE_USED."""
    assert what in MUST_BE_USED, what
    _used.add(what)


def complaints(used: Iterable[str], skipped: Iterable[tuple[str, str]], is_whole: bool) -> list[str]:
    """Return one sentence for each skip (test, reason) that is not listed, and each thing that a whole run missed."""
    admitted = lambda test, reason: any(re.search(may.test, test) and re.search(may.reason, reason) for may in MAY_SKIP)
    strange = [
        f"{test} was skipped, which the gate does not admit: {reason}"
        for test, reason in sorted(skipped)
        if not admitted(test, reason)
    ]
    missed = [what for what in MUST_BE_USED if what not in set(used)] if is_whole else []
    return strange + [f"no test has used {what}" for what in missed]


# --- hooks of pytest; with xdist, each worker tells the controller what it has seen


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _note_skip(report)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    _note_skip(report)


def _note_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        _skipped.add((report.nodeid, reason))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take in what a worker of xdist has seen."""
    output = getattr(node, "workeroutput", {})
    _used.update(output.get("used", ()))
    _skipped.update((test, reason) for test, reason in output.get("skipped", ()))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output |= {"used": sorted(_used), "skipped": sorted(_skipped)}
    elif is_gate() and _complaints(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if is_gate() and (found := _complaints(config)):
        terminalreporter.section("not green in the gate")
        terminalreporter.write_line("\n".join(found), red=True)


def _complaints(config: pytest.Config) -> list[str]:
    return complaints(_used, _skipped, is_whole(config)) + spread()


def is_whole(config: pytest.Config) -> bool:
    """Say whether this run is one of all tests."""
    everything = {str(config.rootpath / name) for name in config.getini("testpaths")}
    chosen = {str(config.invocation_params.dir / name) for name in config.args}
    return chosen == everything and not any(config.getoption(name, None) for name in CHOOSING)
