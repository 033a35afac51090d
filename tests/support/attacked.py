"""A tiny assignment to attack: numpy, a value, a cache that is handed back, torch, and a driver."""

from __future__ import annotations

import copy
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.engine.judge import Judge, Judged
from autograder.engine.plan import Plan, plan
from autograder.engine.sandbox import Sandbox
from autograder.notebooks.assignment import assignment_of, exercise_of, grade_id
from autograder.settings import Limits
from support.tiny_course import answer, check, nbgrader_metadata

SETUP = """\
import numpy as np
import torch
from course_utils import check

DATA = np.arange(1.0, 7.0).reshape(2, 3)"""

TOTAL = '''\
def total(X):
    """Return the sum of every row of X: (n, d) float64, as (n,)."""
    ### BEGIN SOLUTION
    return X.sum(axis=1)
    ### END SOLUTION'''

RANK = """\
rank = None
### BEGIN SOLUTION
rank = 2
### END SOLUTION"""

SCALE = '''\
### BEGIN SOLUTION
class Cache:
    def __init__(self, X, s):
        self.X, self.s = X, s

### END SOLUTION
def scale_forward(X, s):
    """Return s X, and what the backward pass needs."""
    ### BEGIN SOLUTION
    return s * X, Cache(X, s)
    ### END SOLUTION

def scale_backward(dY, cache):
    """Return the gradients with respect to X and s."""
    ### BEGIN SOLUTION
    return cache.s * dY, float((dY * cache.X).sum())
    ### END SOLUTION'''

SOFTPLUS = '''\
def softplus(x):
    """Return log(1 + exp(x)), elementwise."""
    ### BEGIN SOLUTION
    return torch.log1p(torch.exp(x))
    ### END SOLUTION'''

MOMENTUM = '''\
class Momentum:
    """Gradient descent that remembers half of its last step."""
    ### BEGIN SOLUTION
    def __init__(self, lr):
        self.lr, self.v = lr, 0.0

    def step(self, w, g):
        self.v = 0.5 * self.v - self.lr * g
        return w + self.v
    ### END SOLUTION'''

STEPS = '''\
@check.driver
def three_steps(w, gradients, lr):
    """three steps of `Momentum`"""
    rule = Momentum(lr)
    for g in gradients:
        w = rule.step(w, g)
    return w

def expected(w, gradients, lr):
    v = 0.0
    for g in gradients:
        v = 0.5 * v - lr * g
        w = w + v
    return w

'''

CHECKS = {
    "total": (
        "assert np.allclose(total(DATA), DATA.sum(axis=1))",
        # Expected values after the call on purpose: here a change of X would pay.
        'X = check.rng("total").normal(size=(4, 5))\n'
        "received = check.call(total, X)\n"
        "received.equals(X.sum(axis=1))\n"
        "total(X)\n"
        "assert abs(X).max() > 0.1",
    ),
    "rank": ('check.read(rank, "rank").equals(2)',),
    "scale": (
        'Y, cache = check.call(scale_forward, DATA, 3.0).unpack("Y", "cache")\nY.equals(3 * DATA)',
        'X, dY = check.rng("scale").normal(size=(2, 3, 2))\n'
        "Y, cache = scale_forward(X, 2.5)\n"
        'dX, ds = check.call(scale_backward, dY, cache).unpack("dX", "ds")\n'
        "dX.equals(2.5 * dY)\n"
        "ds.equals(float((dY * X).sum()))",
    ),
    "softplus": (
        "x = torch.tensor([-1.0, 0.5, 2.0])\ncheck.call(softplus, x).equals(torch.nn.functional.softplus(x))",
        'x = torch.randn(3, 2, generator=check.generator("softplus"), dtype=torch.float64)\n'
        "check.call(softplus, x).equals(torch.nn.functional.softplus(x))",
    ),
    "momentum": (
        STEPS + "w, G = np.ones(2), np.ones((3, 2))\ncheck.call(three_steps, w, G, 0.1).equals(expected(w, G, 0.1))",
        STEPS + 'w, G = check.rng("w").normal(size=3), check.rng("G").normal(size=(3, 3))\n'
        "check.call(three_steps, w, G, 0.3).equals(expected(w, G, 0.3))",
    ),
}
ANSWERS = {"total": TOTAL, "rank": RANK, "scale": SCALE, "softplus": SOFTPLUS, "momentum": MOMENTUM}
POINTS = {name: sum(range(1, len(checks) + 1)) for name, checks in CHECKS.items()}


def master() -> NotebookNode:
    """Return the master: a visible check of one point, and a hidden one of two points where there is a second."""
    cells = [new_code_cell(SETUP, metadata=nbgrader_metadata("setup", locked=True))]
    for name, checks in CHECKS.items():
        cells += [new_markdown_cell(f"### {name}"), answer(name, ANSWERS[name]), check(f"{name}_check", checks[0])]
        for hidden in checks[1:]:
            marked = f"### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"
            cells.append(check(f"{name}_check_2", marked, points=2))
    return new_notebook(cells=cells)


FOLDER = Path(__file__).parents[1] / "engine" / "attacks"
ATTACKS = sorted(path.stem for path in FOLDER.glob("*.py"))
MASTER = master()
ASSIGNMENT = assignment_of(MASTER)

# Little CPU time, so that attacks which compute end soon; and much wall-clock time, for a busy machine changes no mark.
LIMITS = Limits(
    memory_bytes=256 << 20,
    submission_memory_bytes=400 << 20,
    scratch_bytes=4 << 20,
    processes=40,
    call_cpu_seconds=0.6,
    call_wall_seconds=5.0,
    cell_cpu_seconds=0.6,
    cell_wall_seconds=5.0,
    submission_cpu_seconds=20.0,
    submission_wall_seconds=240.0,
)

# A cell of those who write to the judge's socket themselves.
FORGERY = """
import json, os, stat, struct
from autograder.engine.worker import codec

def raw(data):
    for number in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                left = data
                while left:
                    left = left[os.write(number, left):]
        except OSError:
            pass

def header(text, body=b""):
    raw(struct.pack(">QQ", len(text), len(body)) + text + body)

def tree(written, body=b"", whole=False):
    made = {written[0]: written[1]}
    header(json.dumps(made if whole else {"dict": [["value", made]]}).encode(), body)

def forge(value):
    raw(codec.pack(value))

def shown(outputs):
    import numpy
    return numpy.frombuffer(json.dumps(outputs).encode(), numpy.uint8)
"""


class Trial(NamedTuple):
    """A submission that was judged. cpu_seconds: of the judge and of its workers together."""

    judged: Judged
    plan: Plan
    cpu_seconds: float


def judged(sandbox: Sandbox, notebook: nbformat.NotebookNode, limits: dict[str, Any] | None = None) -> Trial:
    """Judge a submission; `limits`: fields of Limits in which they differ from the sandbox's."""
    began, before = time.process_time(), sandbox.limits
    planned = plan(MASTER, notebook)
    sandbox.limits = replace(before, **limits or {})
    try:
        judge = Judge(ASSIGNMENT, planned, sandbox)
        found = judge.judge()
        judge.close()
    finally:
        sandbox.limits = before
    return Trial(found, planned, time.process_time() - began + judge.worker_cpu_seconds)


def scores(found: Judged) -> dict[str, float]:
    """Return the points of every exercise."""
    totals = dict.fromkeys(POINTS, 0.0)
    for name, verdict in found.verdicts.items():
        totals[exercise_of(name)] += verdict.score
    return totals


def submission(attack: dict) -> nbformat.NotebookNode:
    """Return the notebook that an attack hands in."""
    notebook = copy.deepcopy(MASTER)
    for cell in notebook.cells:
        cell.source = attack.get("ANSWERS", {}).get(grade_id(cell), cell.source)
    forgery = [new_code_cell(FORGERY)] if attack.get("FORGES") else []
    before, after = ([new_code_cell(source) for source in attack.get(word, [])] for word in ("BEFORE", "AFTER"))
    notebook.cells = forgery + before + notebook.cells + after
    attack.get("tamper", lambda notebook: None)(notebook)
    return notebook
