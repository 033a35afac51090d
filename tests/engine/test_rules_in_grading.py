"""In grading, a check reads the submission for what its task rules out, and the worker watches the calls."""

from __future__ import annotations

import shutil

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from support.tiny_course import answer, nbgrader_metadata
from support.tiny_course import check as check_cell

from autograder.engine.isolation import IsolationLevel
from autograder.engine.judge import Judge
from autograder.engine.plan import plan
from autograder.engine.sandbox import Sandbox
from autograder.notebooks.assignment import assignment_of
from autograder.settings import Limits

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")

STUB = '''\
def {name}(A, B):
    """Return {name}."""
    ### BEGIN SOLUTION
    return {solution}
    ### END SOLUTION'''
PRODUCT = """\
check.rules_out("product", "matrix products")
check.call(product, np.eye(2), np.ones((2, 2))).equals(np.ones((2, 2)))
check.call(product, np.eye(3), np.ones((3, 3))).equals(np.ones((3, 3)))"""
BOTH = """\
check.rules_out("both")
check.call(both, np.eye(2), np.ones((2, 2))).equals(2 * np.ones((2, 2)))"""
MASTER = new_notebook(
    cells=[
        new_code_cell(
            "import numpy as np\nfrom course_utils import check", metadata=nbgrader_metadata("setup", locked=True)
        ),
        new_markdown_cell("### product"),
        answer("product", STUB.format(name="product", solution="np.sum(A[:, :, None] * B[None], axis=1)")),
        check_cell("product_check", PRODUCT),
        check_cell("product_check_2", PRODUCT),
        new_markdown_cell("### both"),
        answer("both", STUB.format(name="both", solution="A @ B + np.dot(A, B)")),
        check_cell("both_check", BOTH),
        check_cell("both_check_2", BOTH),
    ]
)
LOOP = "def product(A, B):\n    return np.array([[sum(a * b) for b in B.T] for a in A])"
BY_NAME = "def product(A, B):\n    return getattr(np, 'd' + 'ot')(A, B)"
BOTH_BY_NAME = "def both(A, B):\n    return A @ B + getattr(np, 'd' + 'ot')(A, B)"


@pytest.fixture(scope="module")
def sandbox():
    made = Sandbox(IsolationLevel.BUBBLEWRAP, ["numpy", "course_utils.check"], Limits(call_cpu_seconds=2))
    yield made
    made.close()


def judged(sandbox, *cells: str) -> tuple[dict[str, str], NotebookNode]:
    """Return what the checks say of a submission with these cells instead of the two answers, and the notebook."""
    notebook = new_notebook(cells=[cell.copy() for cell in MASTER.cells])
    product, both, *others = cells
    notebook.cells[2].source, notebook.cells[6].source = product, both
    notebook.cells[5:5] = [new_code_cell(source) for source in others]
    judge = Judge(assignment_of(MASTER), plan(MASTER, notebook), sandbox)
    found = judge.judge()
    judge.close()
    return {name: verdict.message for name, verdict in found.verdicts.items()}, found.notebook


def test_what_a_name_is_put_together_from_at_run_time_is_seen_in_the_worker(sandbox):
    messages, _ = judged(sandbox, BY_NAME, BOTH_BY_NAME)
    line = "which this task rules out\n  in your line: return getattr(np, 'd' + 'ot')(A, B)"
    assert messages["product_check"] == messages["product_check_2"] == f"`product` uses `numpy.dot`, {line}"


def test_a_rule_holds_for_its_own_exercise_and_for_no_other(sandbox):
    assert set(judged(sandbox, LOOP, BOTH_BY_NAME)[0].values()) == {""}


def test_a_cell_between_two_exercises_finds_the_functions_themselves(sandbox):
    asks = "type(np.dot).__name__, type(np.matmul).__name__"
    _, notebook = judged(sandbox, LOOP, BOTH_BY_NAME, asks)
    [shown] = [cell.outputs for cell in notebook.cells if cell.source == asks]
    assert shown[0].data["text/plain"] == "('_ArrayFunctionDispatcher', 'ufunc')"


def test_a_name_that_a_cell_gave_to_a_function_is_watched_and_is_the_function_again_afterwards(sandbox):
    hidden = "def product(A, B):\n    return globals()['m' + 'ul'](A, B)"
    messages, notebook = judged(sandbox, f"mul = np.dot\n{hidden}", BOTH_BY_NAME, "mul is np.dot")
    assert "`product` uses `numpy.dot`" in messages["product_check"]
    [shown] = [cell.outputs for cell in notebook.cells if cell.source == "mul is np.dot"]
    assert shown[0].data["text/plain"] == "True"


def test_a_helper_of_the_lectures_earns_nothing_however_it_is_reached(sandbox):
    named = "from course_utils.linear_algebra import matrices\ndef product(A, B):\n    return matrices.product(A, B)"
    by_name = "importlib.import_module('course_utils.linear_' + 'algebra')"
    found = f"import importlib\ndef product(A, B):\n    return {by_name}.product(A, B)"
    assert judged(sandbox, named, BOTH_BY_NAME)[0]["product_check"].startswith(
        "`product` uses `course_utils.linear_algebra"
    )
    assert "ModuleNotFoundError" in judged(sandbox, found, BOTH_BY_NAME)[0]["product_check"]
