"""A wrong answer is called by the name of its mistake, however it is written; an unusual one has no name."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from autograder.engine.isolation import strongest_level
from autograder.errors import CourseError
from autograder.notebooks.catalogue import submission

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
def covariance(X, ddof=1):
    m, n = X.shape
    C = np.empty((m, m))
    for i in range(m):
        for j in range(m):
            C[i, j] = sum(X[i, k] * X[j, k] for k in range(n)) / (n - ddof)
    return C
""",
        "not_centred",
    ),
    "project": ("def project(x, X):\n    p = np.linalg.lstsq(X, x, rcond=1e-10)[0]\n    return x - X @ p", "residual"),
}
NO_USUAL_MISTAKE = {
    "covariance": "def covariance(X, ddof=1):\n    return np.cov(X, ddof=ddof) + 0.125",
    "project": "def project(x, X):\n    raise ValueError('no idea')",
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
