"""`course_utils.check` is what course authors call: one list, an example for each entry, and a page made of these."""

from __future__ import annotations

import inspect
import re
import textwrap
from pathlib import Path

import numpy as np
import pytest
import torch

from autograder.authoring.checks_page import GROUPS, PAGE, example, page
from course_utils import check

ROOT = Path(__file__).parents[2]
MASTERS = sorted((ROOT / "source").glob("*/*.ipynb"))
NAMES = [name for names in GROUPS.values() for name in names]
QUESTIONS = [name for name in vars(check.Received) if not name.startswith("_")]

# A right answer to each question of the overview in the docstring of `check`.
ANSWERS = """
def covariance(X):
    if len(X) < 2:
        raise ValueError("one sample has no covariance")
    return np.cov(X.T)

def pca_fit(X, k):
    mean = X.mean(axis=0)
    return mean, np.linalg.svd(X - mean)[2][:k]

def loss(x):
    return np.sum(x**2)

def loss_gradient(x):
    return 2 * x

rank, x = 2, np.array([1.0, 2.0])
"""


def namespace() -> dict[str, object]:
    return {"np": np, "torch": torch, "check": check}


def test_the_list_is_all_that_the_module_offers():
    offered = {name for name, value in vars(check).items() if not name.startswith("_") and not inspect.ismodule(value)}
    assert offered == set(check.__all__)


def test_masters_use_nothing_else():
    texts = [path.read_text(encoding="utf-8") for path in MASTERS]
    used = {name for text in texts for name in re.findall(r"(?<![.\w])check\.(\w+)", text)}
    assert used <= set(check.__all__)
    # No master needs these: tests of the engine use them, `read` for exercises whose answer is a value.
    assert set(check.__all__) - used <= {"Failed", "read", "seed"}


def test_the_page_has_every_entry_and_every_question_once():
    assert sorted(NAMES) == sorted([*check.__all__, *(f".{name}" for name in QUESTIONS)])


@pytest.mark.parametrize("name", NAMES)
def test_every_entry_has_an_example_that_runs(name):
    code = example(name)
    assert name.lstrip(".") in code
    exec(code, namespace())


@pytest.mark.parametrize("wrong", ["X.T", "2 * np.cov(X.T)", "np.cov(X.T).tolist()"])
def test_an_example_fails_on_a_wrong_answer(wrong):
    code = example("call").replace("np.cov, X, rowvar=False", f"lambda X: {wrong}, X")
    with pytest.raises(check.Failed):
        exec(code, namespace())


def test_the_overview_of_the_module_runs():
    _, overview, *_ = (check.__doc__ or "").split("\n\n")
    assert len(overview.splitlines()) <= 10
    names = namespace()
    exec(ANSWERS, names)
    exec("X = check.rng().normal(size=(10, 3))\nVt = np.linalg.svd(X - X.mean(axis=0))[2]", names)
    exec(textwrap.dedent(overview), names)


def test_the_committed_page_is_what_the_docstrings_say():
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page(), "run `python -m autograder.authoring.checks_page`"
