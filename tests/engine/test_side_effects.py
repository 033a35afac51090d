"""Which code may be called in the worker itself, and that it does not matter to anybody's points."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from support.units import ROOT, UNITS

from autograder.engine.side_effects import has_no_side_effects, have_no_side_effects
from autograder.notebooks.assignment import Assignment, read_assignment
from autograder.notebooks.catalogue import Answer, load

FREE_OF_SIDE_EFFECTS = {
    "a formula": "def f(X):\n    return X @ X.T / len(X)",
    "a loop that fills an array": "import numpy as np\ndef f(n):\n    x = np.zeros(n)\n    x[0] += 1\n    return x",
    "a library's function": "from scipy import linalg\ndef f(X):\n    return linalg.svd(X)[1]",
    "a generator of its own": "import numpy as np\ndef f(n):\n    return np.random.default_rng(0).normal(size=n)",
    "a value": "answer = [1, 2.5, None]",
    "an argument called seed": "def f(seed):\n    return np.random.default_rng(seed).normal()",
    "a list of its own": "def f(n):\n    kept = []\n    kept.append(n)\n    return kept",
    "a function in a function": "def f(X):\n    scale = lambda x: x.sum()\n    return [scale(row) for row in X]",
    "a cell that ends where something is missing": "if find() is None:\n    error.shown = 1\n    raise error\nf = 1",
    "a loop that never ends": "def f(x):\n    while True:\n        x = x + 1",
}
WITH_SIDE_EFFECTS = {
    "a global": "n = 0\ndef f():\n    global n\n    n += 1",
    "a closure that counts": "def make():\n    n = 0\n    def f():\n        nonlocal n\n        n += 1\n    return f",
    "a list that stays": "kept = []\ndef f(x):\n    kept.append(x)",
    "a list of another cell": "def f(x):\n    kept[0].append(x)",
    "an array that stays": "count = [0]\ndef f(x):\n    count[0] += 1",
    "an attribute": "import numpy as np\ndef f():\n    np.pi = 3",
    "what may or may not end the cell": "if x:\n    y.shown = 1\n    raise y\nelse:\n    y.shown = 2",
    "a class": "class Net:\n    seen = []",
    "the seed of all": "import numpy as np\ndef f():\n    np.random.seed(0)",
    "the seed of torch": "import torch\ndef f():\n    torch.manual_seed(0)",
    "the dtype of torch": "from torch import set_default_dtype\nset_default_dtype(None)",
    "how numpy treats errors": "import numpy as np\ndef f():\n    np.seterr(all='raise')",
    "the system": "import os\ndef f():\n    os.chdir('/')",
    "another import": "def f():\n    import threading",
    "a library by name": "import importlib\ndef f():\n    importlib.import_module('os')",
    "by name": "def f():\n    __import__('os')",
    "by text": "def f():\n    exec('import os')",
    "an attribute by name": "import numpy as np\ndef f():\n    setattr(np, 'pi', 3)",
    "through the class": "def f(x):\n    return x.__class__.__mro__",
    "a name taken away": "def f():\n    pass\ndel f",
    "a magic": "%timeit 1",
    "not Python": "def f(",
    "a null byte": "x = '\0'",
}


@pytest.mark.parametrize("source", FREE_OF_SIDE_EFFECTS.values(), ids=FREE_OF_SIDE_EFFECTS)
def test_what_leaves_nothing_behind_has_no_side_effects(source):
    assert has_no_side_effects(source)


@pytest.mark.parametrize("source", WITH_SIDE_EFFECTS.values(), ids=WITH_SIDE_EFFECTS)
def test_what_may_leave_something_behind_may_have_side_effects(source):
    assert not has_no_side_effects(source)


def test_most_answers_of_a_light_unit_have_no_side_effects():
    """Otherwise the shortcut would save nothing."""
    asked, answers = unit("02_pca_least_squares")
    sources = [*(exercise.answer for exercise in asked.exercises), *(answer.source for answer in answers)]
    assert sum(map(has_no_side_effects, sources)) > 0.95 * len(sources)


@pytest.mark.parametrize("name", UNITS)
def test_the_setup_cell_of_a_unit_is_trusted_unless_a_student_changes_it(name):
    setup = unit(name)[0].setup
    assert have_no_side_effects([setup, "def f(x):\n    return 2 * x"], setup)
    assert not have_no_side_effects([f"{setup}\nsys.path.clear()"], setup)


def unit(name: str) -> tuple[Assignment, Sequence[Answer]]:
    return read_assignment(ROOT / "source" / name / f"{name}.ipynb"), load(ROOT / "answers" / f"{name}.py").answers


@pytest.mark.parametrize(
    "source", ["f = " + "lambda: " * 80 + "0\n", "def f(x):\n" + "    x = x + 1\n" * 500], ids=["lambdas", "lines"]
)
def test_a_megabyte_of_source_is_read_in_a_moment(source):
    began = time.process_time()
    have_no_side_effects([source * 2] * (1_000_000 // (2 * len(source))))
    have_no_side_effects([source * (90_000 // len(source))])
    assert time.process_time() - began < 2
