"""What ran in a student's notebook is what is graded: pieces of answers, names, and values that go back."""

from __future__ import annotations

import copy

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from support.tiny_course import answer, check, nbgrader_metadata

from autograder.engine.isolation import IsolationLevel
from autograder.engine.judge import Judge, Judged
from autograder.engine.plan import plan
from autograder.engine.sandbox import Sandbox
from autograder.notebooks.assignment import assignment_of, grade_id
from autograder.settings import Limits

SETUP = "import numpy as np\nimport torch\nfrom course_utils import check"
DOUBLE = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
SQUARES = "def squares(n):\n    ### BEGIN SOLUTION\n    return [i * i for i in range(n)]\n    ### END SOLUTION"
STEP = """\
def step(w, state):
    ### BEGIN SOLUTION
    t = 1 if state is None else state[0] + 1
    return w - t, (t, w)
    ### END SOLUTION"""
RESULT = (
    'def summary(x):\n    ### BEGIN SOLUTION\n    return {"sum": x.sum(), "pair": (1.0, 2.0)}\n    ### END SOLUTION'
)
CHECKS = {
    "double": (
        "X = np.arange(3.0)\nsize = len(X)\ncheck.call(double, X).equals(2 * X)",
        'H = check.rng("H").normal(size=4)\ncheck.call(double, H).equals(2 * H)',
    ),
    "squares": (
        "@check.driver\ndef added(n):\n"
        '    """the sum of `squares`"""\n'
        "    return sum(value for value, _ in zip(squares(n), range(n)))\n\n"
        "check.call(added, 4).equals(sum([0, 1, 4, 9]))\n"
        "check.call(squares, min(3, 4)).equals([0, 1, 4])",
    ),
    "step": (
        'w, state = check.call(step, np.ones(2), None).unpack("w", "state")\n'
        'again, _ = check.call(step, w.value, state.value).unpack("w", "state")\n'
        "again.equals(np.full(2, -2.0))",
    ),
    "summary": (
        "found = check.call(summary, np.ones(3))\n"
        'found.key("sum").equals(3.0)\n'
        'found.equals({"sum": 3.0, "pair": (1.0, 2.0)})',
    ),
}
ANSWERS = {"double": DOUBLE, "squares": SQUARES, "step": STEP, "summary": RESULT}


def _master():
    cells = [new_code_cell(SETUP, metadata=nbgrader_metadata("setup", locked=True))]
    for name, (visible, *hidden) in CHECKS.items():
        cells += [answer(name, ANSWERS[name]), check(f"{name}_check", visible)]
        cells += [
            check(f"{name}_check_2", f"### BEGIN HIDDEN TESTS\n{source}\n### END HIDDEN TESTS") for source in hidden
        ]
    return new_notebook(cells=cells)


MASTER = _master()
ALL = {name: float(len(checks)) for name, checks in CHECKS.items()}


@pytest.fixture(scope="module")
def sandbox():
    made = Sandbox(IsolationLevel.BUBBLEWRAP, ["numpy", "torch", "course_utils.check"])
    yield made
    made.close()


def judged(sandbox: Sandbox, notebook) -> Judged:
    judge = Judge(assignment_of(MASTER), plan(MASTER, notebook), sandbox)
    found = judge.judge()
    judge.close()
    return found


def lost(found: Judged) -> dict[str, str]:
    """Return what the checks say that did not pass."""
    return {name: verdict.message for name, verdict in found.verdicts.items() if verdict.message}


def solved(**answers: str):
    notebook = copy.deepcopy(MASTER)
    for cell in notebook.cells:
        cell.source = answers.get(grade_id(cell), cell.source)
    return notebook


def place_of(notebook, name: str) -> int:
    return next(place for place, cell in enumerate(notebook.cells) if grade_id(cell) == name)


def in_pieces(name: str, *sources: str):
    """Return the solved notebook in which an answer cell was split: each piece has its metadata."""
    notebook = solved()
    place = place_of(notebook, name)
    pieces = [copy.deepcopy(notebook.cells[place]) for _ in sources]
    for number, (piece, source) in enumerate(zip(pieces, sources, strict=True)):
        piece.source, piece["id"] = source, f"piece-{number}"
    notebook.cells[place : place + 1] = pieces
    return notebook


def with_cell(source: str, behind: str = "setup", **answers: str):
    notebook = solved(**answers)
    notebook.cells.insert(place_of(notebook, behind) + 1, new_code_cell(source))
    return notebook


# ---- pieces of an answer

PIECES = {
    "a constant above": ("SCALE = 2", "def double(x):\n    return SCALE * x"),
    "an import above": ("import operator", "def double(x):\n    return operator.mul(2, x)"),
    "a trial below": (DOUBLE, "double(np.ones(2))"),
    "a trial below that fails": (DOUBLE, "double(1, 2, 3)"),
    "an empty cell below": (DOUBLE, "  \n"),
    "three pieces": ("a = 1", "b = 1", "def double(x):\n    return (a + b) * x"),
}


@pytest.mark.parametrize("pieces", PIECES)
def test_the_pieces_of_a_split_answer_run_in_their_order_and_count_together(sandbox, pieces):
    notebook = in_pieces("double", *PIECES[pieces])
    assert lost(judged(sandbox, notebook)) == {}
    planned = plan(MASTER, notebook)
    assert [grade_id(cell) for cell in planned.cells].count("double") == 1, "one cell has the id"
    assert next(cell.source for cell in planned.cells if grade_id(cell) == "double").strip(), "and it is not empty"
    assert f"occurs {len(PIECES[pieces])} times" in planned.remarks[0]


def test_a_copy_of_an_answer_that_became_a_trial_further_down_does_not_replace_it(sandbox):
    notebook = solved()
    trial = copy.deepcopy(notebook.cells[place_of(notebook, "double")])
    trial.source, trial["id"] = "double(np.ones(2))", "trial"
    notebook.cells.append(trial)
    assert lost(judged(sandbox, notebook)) == {}


def test_own_cells_between_two_pieces_run_between_them(sandbox):
    notebook = in_pieces("double", "a = 1", "def double(x):\n    return a * x")
    notebook.cells.insert(place_of(notebook, "double") + 1, new_code_cell("a = 2"))
    assert lost(judged(sandbox, notebook)) == {}


def test_the_pieces_of_an_answer_in_words_are_one_text_again():
    about = nbgrader_metadata("why") | {}
    about["nbgrader"] |= {"solution": True, "grade": True, "locked": False, "points": 2}
    master = new_notebook(cells=[new_markdown_cell("Why?", metadata=about)])
    submitted = new_notebook(
        cells=[new_markdown_cell(text, metadata=copy.deepcopy(about)) for text in ("One.", "Two.")]
    )
    assert [cell.source for cell in plan(master, submitted).cells] == ["One.\n\nTwo."]


# ---- the student's names

SHADOWS = ["sum = 0", "zip = range = len = 7", "from numpy import *", "min = 3.0; id = 7; list = [1]"]


@pytest.mark.parametrize("source", SHADOWS)
def test_a_driver_does_not_depend_on_what_the_students_variables_are_called(sandbox, source):
    squares = "def squares(n):\n    return [i * i for i in np.arange(n).tolist()]"
    assert lost(judged(sandbox, with_cell(source, squares=squares))) == {}


def test_no_line_of_the_engine_is_quoted_as_the_students(sandbox):
    found = judged(sandbox, with_cell("double = double(np.eye(3))", behind="double_check"))
    assert "not callable" in lost(found)["double_check_2"] and "in your line" not in lost(found)["double_check_2"]
    found = judged(sandbox, solved(double="def double():\n    return 2"))
    assert "in your line" not in lost(found)["double_check"]
    found = judged(sandbox, solved(double="def double(x):\n    return 2 * input()"))
    assert "in your line: return 2 * input()" in lost(found)["double_check"]


def test_names_that_a_visible_check_makes_are_there_for_the_cells_behind_it(sandbox):
    notebook = with_cell("print(double(X), size)", behind="double_check")
    found = judged(sandbox, notebook)
    shown = next(cell.outputs for cell in found.notebook.cells if cell.source == "print(double(X), size)")
    assert [output.get("text") for output in shown] == ["[0. 2. 4.] 3\n"]
    looks = "print(X.shape)\ndef squares(n):\n    return [i * i for i in range(n)]"
    assert lost(judged(sandbox, solved(squares=looks))) == {}


def test_names_of_a_check_change_no_name_that_a_student_has_given_since(sandbox):
    notebook = with_cell("size = 'mine'", behind="double_check")
    notebook.cells.insert(place_of(notebook, "squares"), new_code_cell("print(X, size)"))
    found = judged(sandbox, notebook)
    shown = next(cell.outputs for cell in found.notebook.cells if cell.source == "print(X, size)")
    assert [output.get("text") for output in shown] == ["[0. 1. 2.] mine\n"]


def test_no_name_of_a_hidden_check_is_ever_there(sandbox):
    found = judged(sandbox, with_cell("print(H)", behind="double_check_2"))
    shown = next(cell.outputs for cell in found.notebook.cells if cell.source == "print(H)")
    assert [output.get("ename") for output in shown] == ["NameError"]


@pytest.mark.parametrize("source", ["sum = 0; zip = range = len = 7; min = 3.0", "from numpy import *"])
def test_in_a_notebook_a_check_does_not_depend_on_them_either(source):
    squares = "def squares(n):\n    return [i * i for i in np.arange(n).tolist()]"
    notebook = with_cell(source, squares=squares)
    NotebookClient(notebook, timeout=120).execute()
    assert notebook.cells[1].source == source


# ---- values that go back into the student's own code

STATES = {
    "a named tuple": (
        "from collections import namedtuple\nState = namedtuple('State', 't w')\n"
        "def step(w, state):\n    t = 1 if state is None else state.t + 1\n    return w - t, State(t, w)"
    ),
    "a typed named tuple": (
        "from typing import NamedTuple\nclass State(NamedTuple):\n    t: int\n    w: object\n"
        "def step(w, state):\n    t = 1 if state is None else state.t + 1\n    return w - t, State(t=t, w=w)"
    ),
    "a named tuple in a dict": (
        "from collections import namedtuple\nState = namedtuple('State', 't')\n"
        "def step(w, state):\n    t = 1 if state is None else state['s'].t + 1\n    return w - t, {'s': State(t)}"
    ),
    "a dict with a default": (
        "from collections import defaultdict\n"
        "def step(w, state):\n    state = defaultdict(int) if state is None else state\n"
        "    t = state['new'] + 1 if 't' not in state else state['t'] + 1 + state['never set']\n"
        "    made = defaultdict(int, t=t)\n    return w - t, made"
    ),
    "tensors with their graph": (
        "def step(w, state):\n"
        "    if state is None:\n"
        "        x = torch.ones(2, requires_grad=True)\n"
        "        return w - 1, (x * 2, [x])\n"
        "    (g,) = torch.autograd.grad(state[0], state[1], torch.ones(2))\n"
        "    return w - g.numpy(), state"
    ),
    "a tensor with its graph alone": (
        "x = torch.ones(2, requires_grad=True)\n"
        "def step(w, state):\n"
        "    if state is None:\n        return w - 1, x * 2\n"
        "    (g,) = torch.autograd.grad(state, [x], torch.ones(2))\n"
        "    return w - g.numpy(), state"
    ),
}


@pytest.mark.parametrize("state", STATES)
def test_a_state_in_any_form_comes_back_as_it_was(sandbox, state):
    source = STATES[state]
    if "graph" in state:
        source = source.replace("w - g.numpy()", "w - g.numpy().astype(float)")
    assert lost(judged(sandbox, solved(step=source))) == {}


FORMS = {
    "an ordered dict": (
        "from collections import OrderedDict\ndef summary(x):\n    return OrderedDict(pair=(1.0, 2.0), sum=x.sum())"
    ),
    "a dict with a default": (
        "from collections import defaultdict\n"
        "def summary(x):\n    return defaultdict(float, sum=x.sum(), pair=(1.0, 2.0))"
    ),
    "a list for a tuple": "def summary(x):\n    return {'sum': x.sum(), 'pair': [1.0, 2.0]}",
    "values without axes": (
        "def summary(x):\n    return {'sum': np.squeeze(x.sum(keepdims=True)), 'pair': (np.array(1.0), 2.0)}"
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_container_is_taken_in_any_form_that_says_the_same(sandbox, form):
    assert lost(judged(sandbox, solved(summary=FORMS[form]))) == {}


# ---- what a cell shows

MANY = {
    "a progress bar": (
        "from course_utils.progress_bar import with_bar\nfor _ in with_bar(range(3000), 'training'): pass"
    ),
    "updates": "h = display(0, display_id=True)\nfor i in range(3000): h.update(i)",
    "cleared displays": (
        "from IPython.display import clear_output\nfor i in range(3000):\n    clear_output(wait=True)\n    display(i)"
    ),
    "displays": "for i in range(3000): display(i)",
    "two streams in turn": "import sys\nfor i in range(4000): print(i, file=(sys.stdout, sys.stderr)[i % 2])",
    "a huge picture": "display({'image/png': b'0' * (5 << 20), 'text/plain': 'huge'}, raw=True)",
    "huge text": "print('x' * (5 << 20))",
    "a picture without a form": "display({'image/png': 3 + 4j}, raw=True)",
}


@pytest.mark.parametrize("many", MANY)
def test_what_a_cell_shows_never_costs_what_it_defines(sandbox, many):
    source = f"{DOUBLE}\nprint('first')\n{MANY[many]}"
    found = judged(sandbox, solved(double=source))
    assert (lost(found), found.crashes) == ({}, [])
    outputs = next(cell.outputs for cell in found.notebook.cells if cell.source == source)
    assert outputs and len(outputs) <= 2_002
    if many in ("a progress bar", "updates"):
        assert len(outputs) == 2, "the text, and the last state"


def test_the_last_line_is_kept_however_much_was_drawn_before_it(sandbox):
    source = "for i in range(60): display({'image/png': b'0' * 40_000}, raw=True)\nprint('accuracy 0.9')"
    found = judged(sandbox, with_cell(source))
    outputs = next(cell.outputs for cell in found.notebook.cells if cell.source == source)
    assert "accuracy 0.9\n" in [output.get("text") for output in outputs]


def test_a_display_is_updated_where_it_was_shown(sandbox):
    notebook = with_cell("shown = display('old', display_id=True)")
    notebook.cells.insert(place_of(notebook, "double"), new_code_cell("shown.update('new')"))
    found = judged(sandbox, notebook)
    first, second = (cell.outputs for cell in found.notebook.cells if "shown" in cell.source)
    assert [output.data["text/plain"] for output in first] == ["'new'"] and second == []


def test_a_call_may_take_as_long_as_a_cell():
    assert Limits().call_cpu_seconds == Limits().cell_cpu_seconds == 60


# ---- libraries that look around

CLUSTERED = """\
def squares(n):
    from sklearn.cluster import KMeans

    KMeans(2, n_init=1, random_state=0).fit(np.array([[0.0], [0.1], [5.0], [5.1]]))
    return [i * i for i in range(n)]"""


@pytest.mark.parametrize("level", [IsolationLevel.BUBBLEWRAP, IsolationLevel.LANDLOCK])
@pytest.mark.parametrize("imported", [[], ["sklearn.cluster"]], ids=["by the answer", "before"])
def test_a_library_that_asks_proc_for_its_threads_works_where_proc_is_hidden(level, imported):
    sandbox = Sandbox(level, ["numpy", "torch", "course_utils.check", *imported])
    try:
        assert lost(judged(sandbox, solved(squares=CLUSTERED))) == {}
    finally:
        sandbox.close()
