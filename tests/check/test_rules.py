"""What a task rules out is found however it is written, and what it allows is not taken for it."""

from __future__ import annotations

import gc
import linecache
import weakref
from pathlib import Path

import numpy as np
import pytest
import torch

import course_utils
from course_utils import check
from course_utils.check import ruled_out, rules
from course_utils.check.uses import uses
from course_utils.check.watch import watch
from course_utils.student import rooms

SETUP = "import numpy as np\nimport torch\nfrom torch import nn\n"

FOUND = {
    "the operator": ("def f(A, B):\n    return A @ B", "@"),
    "the operator in place": ("def f(A, B):\n    A @= B\n    return A", "@"),
    "a function": ("def f(A, B):\n    return np.dot(A, B)", "numpy.dot"),
    "a module under another name": ("import numpy.linalg as la\ndef f(A):\n    return la.svd(A)", "numpy.linalg.svd"),
    "a function under another name": ("from torch import relu as r\ndef f(x):\n    return r(x)", "torch.relu"),
    "a name given to a function": ("d = np.dot\ndef f(A, B):\n    return d(A, B)", "numpy.dot"),
    "a name given to a module": ("la = np.linalg\nd = la.svd\ndef f(A):\n    return d(A)", "numpy.linalg.svd"),
    "a name given in the function": ("def f(A):\n    la = np.linalg\n    return la.svd(A)", "numpy.linalg.svd"),
    "an import in the function": ("def f(A, B):\n    from numpy import dot\n    return dot(A, B)", "numpy.dot"),
    "everything imported": ("from numpy import *\ndef f(A, B):\n    return dot(A, B)", "numpy.dot"),
    "a module by name": (
        "import importlib\ndef f(A, B):\n    return importlib.import_module('numpy').dot(A, B)",
        "numpy.dot",
    ),
    "an attribute by name": ("def f(A, B):\n    return getattr(np, 'dot')(A, B)", "numpy.dot"),
    "a method by name": ("def f(A, B):\n    return getattr(A, 'dot')(B)", ".dot"),
    "a method": ("def f(A, B):\n    return A.T.dot(B)", ".dot"),
    "a kernel of torch": ("def f(x):\n    return torch.ops.aten.relu(x)", "torch.ops.aten.relu"),
    "a static method": ("class f:\n    apply = staticmethod(torch.relu)", "torch.relu"),
    "a static method, later": ("class f:\n    pass\nf.apply = staticmethod(torch.relu)", "torch.relu"),
    "an attribute set by name": ("class f:\n    pass\nsetattr(f, 'apply', torch.relu)", "torch.relu"),
    "a base class": ("class f(nn.PReLU):\n    pass", "torch.nn.PReLU"),
    "a function of another cell": ("def g(x):\n    return x @ x\ndef f(x):\n    return g(x)", "@"),
    "a list of functions": ("ops = []\nops.append(np.dot)\ndef f(A, B):\n    return ops[0](A, B)", "numpy.dot"),
    "a table of functions": ("ops = {'m': np.matmul}\ndef f(A, B):\n    return ops['m'](A, B)", "numpy.matmul"),
    "a default": ("def f(A, B, d=np.dot):\n    return d(A, B)", "numpy.dot"),
    "a decorator": ("@np.vectorize\ndef f(x):\n    return x", "numpy.vectorize"),
    "functools.partial": ("from functools import partial\nf = partial(np.dot, out=None)", "numpy.dot"),
    "the function itself": ("f = np.matmul", "numpy.matmul"),
    "the function, imported": ("from numpy import matmul as f", "numpy.matmul"),
    "a lambda": ("f = lambda A, B: A @ B", "@"),
    "recursion": ("def f(n):\n    return n and f(n - 1)", "recursion"),
    "recursion by two": ("def g(n):\n    return f(n)\ndef f(n):\n    return n and g(n - 1)", "recursion"),
    "a cell with a magic": ("%matplotlib inline\ndef f(A, B):\n    return A @ B", "@"),
    "a function whose name is another one's within the answer": (
        "d = np.dot\ndef f(A, B):\n    def g():\n        d = 1\n        return d\n    return g() * d(A, B)",
        "numpy.dot",
    ),
    "a loop": ("def f(x):\n    for a in x:\n        pass", "for"),
    "a comprehension": ("def f(x):\n    return [a for a in x]", "comprehension"),
}

ALLOWED = {
    "another function's operator": ("def g(A, B):\n    return A @ B\ndef f(x):\n    return x\nprint(g(1, 2))", "@"),
    "a cell of one's own that compares": ("def f(A):\n    return A\nassert np.allclose(f(A), A @ I)", "@"),
    "an own method": (
        "class f:\n    def dot(self, x):\n        return x\n    def g(self, x):\n        return self.dot(x)",
        ".dot",
    ),
    "an own attribute": (
        "class f:\n    def __init__(self):\n        self.dot = len\n    def g(self, x):\n        return self.dot(x)",
        ".dot",
    ),
    "an own function of that name": ("def dot(x):\n    return x\ndef f(x):\n    return dot(x)", "numpy.dot"),
    "a count of the answer's, of which a cell has one, too": (
        "n = np.dot(1, 1)\ndef f(x):\n    n = 0\n    def g():\n        nonlocal n\n        n += x\n    return g(), n",
        "numpy.dot",
    ),
    "a function in a block, of which a cell has one, too": (
        "g = np.dot\ndef f(x):\n    if x:\n        def g(y):\n            return y\n    return g(x)",
        "numpy.dot",
    ),
    "an argument of that name": ("def f(dot):\n    return dot(1)", "numpy.dot"),
    "a decorator of the standard library": (
        "from functools import cache\n@cache\ndef f(x):\n    return x",
        "numpy.dot",
    ),
    "a definition that was replaced": ("def f(A, B):\n    return A @ B\ndef f(A, B):\n    return A", "@"),
    "a cell that is no Python": ("def f(:", "@"),
}


def whats(source: str) -> set[str]:
    return {use.what for use in uses([SETUP, source], ["f"])}


@pytest.mark.parametrize(("source", "what"), FOUND.values(), ids=FOUND)
def test_what_an_answer_uses_is_found(source, what):
    assert what in whats(source)


@pytest.mark.parametrize(("source", "what"), ALLOWED.values(), ids=ALLOWED)
def test_what_an_answer_does_not_use_is_not_found(source, what):
    assert what not in whats(source)


@pytest.mark.parametrize(("source", "what"), FOUND.values(), ids=FOUND)
def test_what_an_answer_uses_is_refused_where_it_is_ruled_out(source, what):
    assert rules.broken([SETUP, source], ["f"], ["numpy.cov"]) == ""
    assert rules.broken([SETUP, source], ["f"], [what]).startswith("`f` uses ")


def test_the_sentence_quotes_the_line_and_names_the_group():
    said = rules.broken([SETUP, FOUND["a name given to a function"][0]], ["f"], ["matrix products"])
    assert said == "`f` uses `numpy.dot`, which this task rules out (matrix products)\n  in your line: return d(A, B)"


def test_what_the_package_offers_and_every_open_folder_is_there():
    assert set(rooms.OFFERED) == set(course_utils.__all__)
    folders = {path.name for path in Path(course_utils.__file__).parent.iterdir()}
    assert set(rooms.OPEN_TO_ANSWERS) < folders


def test_a_helper_of_the_lectures_is_ruled_out_without_being_named():
    source = "from course_utils.training import layers\ndef f(x):\n    return layers.forward(x)"
    said = rules.broken([SETUP, source], ["f"], [])
    assert said.startswith("`f` uses `course_utils.training.layers.forward`, a helper of the lectures")


OWN = "def g(x):\n    return x\n"
DRAWING, AMONG = "import course_utils.drawing", "from course_utils import drawing as d, check"


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        (["from course_utils.drawing import digits\n" + OWN, "f = g"], "from course_utils.drawing import digits"),
        ([f"try:\n    import course_utils.drawing\nexcept ImportError:\n    pass\n{OWN}", "f = g"], DRAWING),
        ([f"{AMONG}\n{OWN}", "f = g"], AMONG),
        ([f"import course_utils.drawing\n{OWN.replace('g', 'f')}"], DRAWING),
    ],
    ids=["in the cell of a helper", "in a block", "among others", "in the cell of the answer"],
)
def test_a_helper_of_the_lectures_that_a_cell_of_the_answer_imports_is_ruled_out_used_or_not(cells, line):
    said = rules.broken([SETUP, *cells], ["f"], [])
    assert said.startswith("The cell of `f` imports `course_utils.")
    assert said.endswith(f"none is there when answers are graded\n  in your line: {line}")


@pytest.mark.parametrize(
    "cells",
    [
        ["import course_utils.data.digit_folds as d\ndef f(x):\n    return d.digit_folds(x)"],
        ["from course_utils import check as c, student\ndef f(x):\n    return c.run(student.progress, x)"],
        ["from course_utils import device\ndef f(x):\n    return x.to(device())"],
        ["import course_utils\ndef f(x):\n    course_utils.progress.show()\n    return x"],
        ["from course_utils.drawing import pictures\npictures.show()", "def f(x):\n    return x"],
    ],
)
def test_what_is_there_when_answers_are_graded_and_what_the_answer_does_not_need_is_allowed(cells):
    assert rules.broken([SETUP, *cells], ["f"], []) == ""


def test_a_function_under_another_full_name_is_the_same():
    assert ruled_out.matches("torch.nn.functional.tanh", "torch.nn.functional.tanh")
    assert ruled_out.matches("numpy.linalg._linalg.svd", "numpy.linalg.svd")
    assert not ruled_out.matches("numpy.linalg.solve", "numpy.linalg.svd")
    assert ruled_out.matches("numpy.linalg.solve", "numpy.linalg.*")


@pytest.mark.parametrize("group", ruled_out.GROUPS)
def test_every_name_of_a_group_exists_in_the_libraries(group):
    assert [name for name in ruled_out.GROUPS[group] if ruled_out.unknown(name)] == []


def test_a_method_of_a_class_that_another_function_of_the_answer_uses_is_the_students_own():
    layer = "class Layer:\n    def backward(self, dy):\n        return dy\n"
    answer = layer + "def forward(x):\n    return x, Layer()\ndef backward(dy, cache):\n    return cache.backward(dy)"
    assert not rules.broken([SETUP, answer], ["forward", "backward"], [".backward"])
    assert rules.broken([SETUP, answer], ["backward"], [".backward"])


def test_a_name_that_does_not_exist_is_unknown():
    assert ruled_out.unknown("numpy.dott")
    assert ruled_out.unknown("matrix product")


WHILE_IT_RUNS = """
import numpy as np, torch
from scipy import stats
from torch import nn
d = np.dot
def by_parts(A, B): return getattr(np, "d" + "ot")(A, B)
def renamed(A, B): return d(A, B)
def class_by_parts(A, B): return getattr(nn, "Drop" + "out")(0.5)
def method_by_parts(A, B): return getattr(torch.ones(2), "soft" + "max")(dim=0)
def part_of_it(A, B): return getattr(stats, "multivariate" + "_normal").logpdf(A[0], B[0])
def a_library_that_uses_it(A, B): return np.cov(A)
def a_layer_that_starts_at_random(A, B): return nn.Linear(2, 2), torch.Tensor([1.0])
"""


@pytest.fixture
def students():
    lines: list[str] = list(WHILE_IT_RUNS.splitlines(keepends=True))
    linecache.cache["<cell f>"] = (len(WHILE_IT_RUNS), None, lines, "<cell f>")
    names: dict = {}
    exec(compile(WHILE_IT_RUNS, "<cell f>", "exec"), names)
    return names


@pytest.mark.parametrize(
    ("name", "group", "called"),
    [
        ("by_parts", "matrix products", ["numpy.dot"]),
        ("renamed", "matrix products", ["numpy.dot"]),
        ("class_by_parts", "dropout of libraries", ["torch.nn.Dropout"]),
        ("method_by_parts", "activations of libraries", [".softmax"]),
        ("part_of_it", "multivariate densities of libraries", ["scipy.stats.multivariate_normal"]),
        ("a_library_that_uses_it", "matrix products", []),
        ("a_layer_that_starts_at_random", "initializers of libraries", []),
    ],
)
def test_while_it_runs_a_function_says_who_called_it_and_is_itself_again_afterwards(students, name, group, called):
    before = (np.dot, torch.nn.Dropout.__init__, torch.Tensor.softmax, students["d"])
    with watch(ruled_out.patterns([group]), students) as used:
        students[name](np.eye(2), np.eye(2))
    assert [use.what for use in used] == called
    assert all(name in use.line for use in used)
    assert before == (np.dot, torch.nn.Dropout.__init__, torch.Tensor.softmax, students["d"])


def test_a_watched_class_that_has_no_init_of_its_own_can_be_made():
    import dis

    with watch(("dis.*",), {}):
        assert dis.Positions(1, 2, 3, 4).lineno == 1


def test_what_a_watched_call_held_is_let_go_when_it_ends(students):
    """Guards of torch's that live as long as a frame, as the one of `print(tensor)`, would be in force for ever."""

    class Held:
        pass

    def answer() -> weakref.ref[Held]:
        held = Held()
        students["by_parts"](np.eye(2), np.eye(2))
        return weakref.ref(held)

    gc.disable()  # which would find it, sooner or later
    try:
        with watch(ruled_out.patterns(["matrix products"]), students) as used:
            assert answer()() is None
    finally:
        gc.enable()
    assert [use.what for use in used] == ["numpy.dot"]


def test_a_call_that_used_what_is_ruled_out_fails_in_a_sentence(students, monkeypatch):
    monkeypatch.setattr(rules, "_in_force", rules.rule_out([], "by_parts", ["matrix products"]))
    with pytest.raises(check.Failed, match=r"`by_parts` uses `numpy.dot`, which this task rules out"):
        check.call(students["by_parts"], np.eye(2), np.eye(2))

    @check.driver
    def twice(product, A):
        """two products"""
        return product(product(A, A), A)

    with pytest.raises(check.Failed, match=r"`by_parts` uses `numpy.dot`"):  # the answer, not the driver, uses it
        check.call(twice, students["by_parts"], np.eye(2))
    rules.begin()
    check.call(students["by_parts"], np.eye(2), np.eye(2))
