"""A wrong answer is called by the name of its mistake, however it is written; an unusual one has no name."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest

from autograder.engine import in_process, mistakes
from autograder.engine.isolation import strongest_level
from autograder.errors import CourseError
from autograder.notebooks.assignment import CheckCell
from autograder.notebooks.catalogue import Answer, submission
from autograder.settings import Limits
from course_utils.check.trace import Note

ROOT = Path(__file__).parents[2]
UNIT = "02_pca_least_squares"

try:
    strongest_level()
except CourseError as error:
    pytestmark = pytest.mark.skip(reason=str(error))

# Ways to write the catalogue's mistakes that the catalogue does not have.
WRITTEN_OTHERWISE = {
    "covariance": (
        """
def covariance(X, k, ddof=1):
    n, d = X.shape
    C = np.empty((d, d))
    for i in range(d):
        for j in range(d):
            C[i, j] = sum(k[s] * X[s, i] * X[s, j] for s in range(n)) / (k.sum() - ddof)
    return C
""",
        "not_centred",
    ),
    "project": (
        "def project(x, X, w):\n"
        "    root = np.diag(w**0.5)\n"
        "    return x - X @ np.linalg.pinv(root @ X, rcond=1e-10) @ root @ x",
        "residual",
    ),
}
NO_USUAL_MISTAKE = {
    "covariance": "def covariance(X, k, ddof=1):\n    Z = X - X.mean(0)\n    return Z.T @ Z / (len(X) - ddof) + 0.125",
    "project": "def project(x, X, w):\n    raise ValueError('no idea')",
}


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> dict[str, dict]:
    """Grade two students and an untouched release; give the results by student."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(ROOT / "source" / UNIT, root / "source" / UNIT)
    (root / "answers").mkdir()
    shutil.copy(ROOT / "answers" / f"{UNIT}.py", root / "answers")
    released = nbformat.read(ROOT / "release" / UNIT / f"{UNIT}.ipynb", as_version=4)
    usual = {exercise: source for exercise, (source, _) in WRITTEN_OTHERWISE.items()}
    for student, answers in (("usual", usual), ("unusual", NO_USUAL_MISTAKE), ("untouched", {})):
        path = root / "submitted" / student / UNIT / f"{UNIT}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(submission(released, answers), path)
    command = [sys.executable, "-m", "autograder.cli", "grade", UNIT, "--json", "all.json"]
    done = subprocess.run(command, cwd=root, env=os.environ | {"COLUMNS": "100"}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return {result["student"]: result for result in json.loads((root / "all.json").read_text())}


@pytest.mark.parametrize("exercise", WRITTEN_OTHERWISE)
def test_a_usual_mistake_is_named_however_it_is_written(results, exercise):
    about = results["usual"]["exercises"][exercise]
    assert about["score"] < about["max_score"]
    assert WRITTEN_OTHERWISE[exercise][1] in about["mistakes"]


@pytest.mark.parametrize("exercise", NO_USUAL_MISTAKE)
def test_what_is_no_usual_mistake_has_no_name(results, exercise):
    about = results["unusual"]["exercises"][exercise]
    assert about["score"] < about["max_score"]
    assert about["mistakes"] == []
    assert about["why_unnamed"] == "no usual mistake gives the same replies"


def test_nothing_is_named_where_nothing_was_answered(results):
    assert [about for about in results["untouched"]["exercises"].values() if about["mistakes"]] == []


SETUP = "from course_utils import check\nimport numpy as np"


@pytest.fixture
def named(monkeypatch):
    """Return a function that names the mistake in a wrong `f`: of its source, a check and its reply."""
    before = {kind: signal.getsignal(kind) for kind in (signal.SIGALRM, signal.SIGPROF)}
    monkeypatch.setattr(os, "_exit", os._exit)  # `names` replaces it

    def named(source: str, check: str, value: object) -> list[str]:
        said = in_process.outcome(check, "f_check", dict(in_process.namespace(SETUP, source)))
        assert said is not None
        verdicts = {"f_check": mistakes.Verdict(said.message, [Note("returned", value)])}
        evidence = {"f": mistakes.Evidence(source, [CheckCell("f_check", 1, check)], verdicts)}
        candidates = {"f": [Answer("f", "the_mistake", "wrong", "", source)]}
        ((_, found, _),) = mistakes.names(SETUP, candidates, evidence, Limits())
        return found

    yield named
    for kind, handler in before.items():
        signal.signal(kind, handler)


def test_a_mistake_that_returns_booleans_beside_numbers_is_named(named):
    mask = np.array([True, False])
    source = "def f(x):\n    return x > 1, x + 0.1234567"
    check = "check.call(f, np.array([2.0, 1.0])).unpack('mask', 'y')[1].equals(np.array([2.0, 1.0]))"
    assert named(source, check, (mask, np.array([2.1234567, 1.1234567]))) == ["the_mistake"]


def test_a_check_may_call_something_as_the_answer_does(named):
    source = "memory = {'n': 0}\n\ndef f(x):\n    memory['n'] += 1\n    return x + 0.1234567"
    assert named(source, "memory = []\ncheck.call(f, 1.0).equals(1.0)", 1.1234567) == ["the_mistake"]
