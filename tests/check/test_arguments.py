"""What a student's code does to its arguments in another process is reported as if it had happened here."""

from __future__ import annotations

import shutil

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from support.tiny_course import answer, check, nbgrader_metadata

from autograder.engine.isolation import IsolationLevel
from autograder.engine.judge import Judge
from autograder.engine.plan import plan
from autograder.engine.sandbox import Sandbox
from autograder.notebooks.assignment import assignment_of

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
SETUP = "import numpy as np\nimport torch\n\nfrom course_utils import check"
SIZE = '''\
def size(things):
    """Return how many things there are."""
    ### BEGIN SOLUTION
    return len(things)
    ### END SOLUTION'''
CHECK = """\
check.call(size, [1.0, 2.0, 3.0]).equals(3)
check.call(size, {"weight": np.ones(2), "bias": np.zeros(1)}).equals(2)
check.call(size, np.arange(6.0).reshape(2, 3)).equals(2)
check.call(size, torch.arange(6.0).reshape(2, 3)).equals(2)"""
LEAVES_ITS_ARGUMENTS_ALONE = "def size(things):\n    return len(things)"
CHANGES_ITS_ARGUMENTS = {
    "pops": "if isinstance(things, list): things.pop()",
    "appends": "if isinstance(things, list): things.append(0)",
    "exchanges": "things[0] = 7.0",
    "deletes a key": "if isinstance(things, dict): things.popitem()",
    "adds a key": "if isinstance(things, dict): things['n'] = n",
    "writes into an array": "if isinstance(things, np.ndarray): things[0, 0] = 7",
    "gives an array another shape": "if isinstance(things, np.ndarray): things.shape = (3, 2)",
    "makes an array smaller": "if isinstance(things, np.ndarray): things.resize((1, 3), refcheck=False)",
    "writes into a tensor": "if torch.is_tensor(things): things.mul_(2)",
    "transposes a tensor": "if torch.is_tensor(things): things.t_()",
}


@pytest.fixture(scope="module")
def message_for():
    """Judge an answer and return the message of the check."""
    locked = nbgrader_metadata("setup", locked=True)
    master = new_notebook(
        cells=[new_code_cell(SETUP, metadata=locked), answer("size", SIZE), check("size_check", CHECK)]
    )
    sandbox = Sandbox(IsolationLevel.BUBBLEWRAP, ["numpy", "torch", "course_utils.check"])

    def judged(source: str) -> str:
        filled = new_notebook(cells=[*master.cells[:1], answer("size", source), *master.cells[2:]])
        judge = Judge(assignment_of(master), plan(master, filled), sandbox)
        message = judge.judge().verdicts["size_check"].message
        judge.close()
        return message

    yield judged
    sandbox.close()


def test_an_answer_that_leaves_its_arguments_alone_is_right(message_for):
    assert message_for(LEAVES_ITS_ARGUMENTS_ALONE) == ""


@pytest.mark.parametrize("way", CHANGES_ITS_ARGUMENTS)
def test_a_changed_argument_is_reported(message_for, way):
    source = f"def size(things):\n    n = len(things)\n    {CHANGES_ITS_ARGUMENTS[way]}\n    return n"
    assert "modified its argument in place" in message_for(source)
