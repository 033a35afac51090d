"""Drivers of a module of checks: the judge sends their text, so what is done to the module changes nothing."""

from __future__ import annotations

import importlib
import shutil
import sys

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from support.tiny_course import answer, nbgrader_metadata
from support.tiny_course import check as check_cell

from autograder.engine.driver_texts import driver_texts
from autograder.engine.isolation import IsolationLevel
from autograder.engine.judge import Judge
from autograder.engine.plan import plan
from autograder.engine.preload import import_for_the_judge, workers_imports
from autograder.engine.sandbox import Sandbox
from autograder.notebooks.assignment import assignment_of
from autograder.settings import Limits
from course_utils import checks

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")

MODULE = '''\
"""Drivers of a tiny unit."""
from __future__ import annotations

import math
from collections.abc import Callable

from course_utils import check

STEPS = 2
UNUSED = 5


def _rounded(x: float) -> int:
    return math.floor(x)


@check.driver
def steps_of(rule: Callable[[float], float], x: float) -> list[int]:
    """Two steps of `rule`."""
    seen = []
    for _ in range(STEPS):
        x = rule(x)
        seen.append(_rounded(x))
    return seen


@check.driver
def of_each(rules: dict[str, list[Callable[[float], float]]], x: float) -> list[float]:
    """Each rule."""
    return [rule(x) for rule in rules["all"]]
'''
SETUP = "from course_utils import check\nfrom course_utils.checks import tiny as drive"
RULE = '''\
def rule(x):
    """Return 2 x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION'''
RIGHT, WRONG = "def rule(x):\n    return 2 * x", "def rule(x):\n    return 3 * x"
STEPS, EACH = (
    "check.call(drive.steps_of, rule, 1.5).equals([3, 6])",
    'check.call(drive.of_each, {"all": [rule]}, 2.0).equals([4.0])',
)
MASTER = new_notebook(
    cells=[
        new_code_cell(SETUP, metadata=nbgrader_metadata("setup", locked=True)),
        new_markdown_cell("### rule"),
        answer("rule", RULE),
        check_cell("rule_check", STEPS),
        check_cell("rule_check_2", EACH),
    ]
)


@pytest.fixture(scope="module", autouse=True)
def module(tmp_path_factory):
    """Make the module `tiny` in `course_utils.checks` of this process; a worker has no such module."""
    folder = tmp_path_factory.mktemp("checks")
    (folder / "tiny.py").write_text(MODULE)
    checks.__path__.append(str(folder))
    yield importlib.import_module("course_utils.checks.tiny")
    checks.__path__.remove(str(folder))
    del sys.modules["course_utils.checks.tiny"]


@pytest.fixture(scope="module")
def sandbox():
    made = Sandbox(IsolationLevel.BUBBLEWRAP, ["numpy", "course_utils.check"], Limits(call_cpu_seconds=2))
    yield made
    made.close()


def messages(sandbox, source: str) -> list[str]:
    """Return what the checks say of an answer."""
    notebook = new_notebook(cells=[cell.copy() for cell in MASTER.cells])
    notebook.cells[2].source = source
    judge = Judge(assignment_of(MASTER), plan(MASTER, notebook), sandbox)
    found = judge.judge()
    judge.close()
    return [verdict.message for verdict in found.verdicts.values()]


def test_the_text_of_a_driver_has_what_it_needs_and_no_more(module):
    text = driver_texts(module)["steps_of"]
    assert "def _rounded" in text and "import math" in text and "STEPS = 2" in text
    assert "UNUSED" not in text and "of_each" not in text and "check" not in text


def test_a_students_function_is_an_argument_also_inside_lists_and_dicts(sandbox):
    assert messages(sandbox, RIGHT) == ["", ""]


def test_a_wrong_answer_is_told_so_in_the_words_of_the_driver(sandbox):
    first, second = messages(sandbox, WRONG)
    assert "Two steps of `rule`" in first
    assert "Each rule" in second


def test_a_stub_is_not_implemented_and_a_name_that_is_missing_is_not_defined(sandbox):
    assert all(
        "is not implemented yet" in message
        for message in messages(sandbox, "def rule(x):\n    raise NotImplementedError")
    )
    assert all("`rule` is not defined" in message for message in messages(sandbox, "other = 1"))


def test_the_students_line_is_quoted_and_no_line_of_the_driver(sandbox):
    first, _ = messages(sandbox, "def rule(x):\n    return x.missing")
    assert "return x.missing" in first and "rule(x)" not in first.replace("def rule(x)", "")


def test_an_answer_that_replaces_the_module_gains_nothing(sandbox):
    forged = (
        "import sys, types\n"
        "forged = types.ModuleType('course_utils.checks.tiny')\n"
        "forged.steps_of, forged.of_each = lambda *_: [3, 6], lambda *_: [4.0]\n"
        "sys.modules['course_utils.checks.tiny'] = drive = forged\n"
        "steps_of = of_each = _rounded = lambda *_: 3\nSTEPS = 0\n"
    )
    assert all(messages(sandbox, forged + WRONG))
    assert messages(sandbox, forged + RIGHT) == ["", ""]


def test_the_module_is_imported_before_a_submission_comes_here_and_in_the_worker():
    import_for_the_judge(MASTER, "01_tiny")
    assert "course_utils.checks.tiny" in workers_imports([MASTER])
