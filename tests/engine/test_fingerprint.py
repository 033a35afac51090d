"""What a kept result depends on: after which change `--resume` grades again, and after which it does not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNIT, OTHER = "06_autograd", "02_pca_least_squares"

DIGEST = f"""
from pathlib import Path
from autograder.engine.fingerprint import shared_digest
from autograder.engine.grade_one import load_unit
from autograder.engine.isolation import IsolationLevel
print(shared_digest(load_unit(Path(), "{UNIT}", None), IsolationLevel.BUBBLEWRAP).hex())
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course, code included, so that its files can be changed."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for package in ("autograder", "course_utils"):
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    for unit in (UNIT, OTHER):
        shutil.copytree(ROOT / "source" / unit, root / "source" / unit)
        (root / "answers").mkdir(exist_ok=True)
        shutil.copy(ROOT / "answers" / f"{unit}.py", root / "answers")
    return root


def digest(root: Path) -> str:
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", DIGEST], cwd=root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def before(course):
    return digest(course)


def changed(course: Path, file: str, old: str, new: str) -> str:
    """Return the digest with `old` replaced in a file of the course, and put the file back."""
    path = course / file
    text = path.read_text(encoding="utf-8") if path.is_file() else None
    assert text is None or old in text
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.write_text((text or "").replace(old, new, 1) if text else new, encoding="utf-8")
        return digest(course)
    finally:
        if text is None:
            path.unlink()
        else:
            path.write_text(text, encoding="utf-8")


MASTER = f"source/{UNIT}/{UNIT}.ipynb"
FIRST = "from __future__ import annotations\n"
COMMENTED = FIRST + "# x\n"

DEPENDS = {
    "the points of a check": (MASTER, '"points": ', '"points": 1'),
    "the rules of regions": ("autograder/notebooks/regions.py", FIRST, COMMENTED),
    "which cells are checks, and their points": ("autograder/notebooks/assignment.py", FIRST, COMMENTED),
    "how notebooks are read": ("autograder/notebooks/format.py", FIRST, COMMENTED),
    "how the catalogue is read": ("autograder/notebooks/catalogue.py", FIRST, COMMENTED),
    "the catalogue of the unit": (f"answers/{UNIT}.py", '"""Answers', '"""All answers'),
    "which files are ignored": ("nbgrader_config.py", '"feedback",', '"feedback", "*.csv",'),
    "a limit": ("nbgrader_config.py", "c.Execute.timeout", "c.Grading.call_cpu_seconds = 21\nc.Execute.timeout"),
    "the defaults of limits": ("autograder/settings.py", "processes: int = 200", "processes: int = 201"),
    "the judge": ("autograder/engine/judge.py", FIRST, COMMENTED),
    "the worker": ("autograder/engine/worker/server.py", FIRST, COMMENTED),
    "a new folder of the engine": ("autograder/engine/another/module.py", "", "x = 1\n"),
    "the checker": ("course_utils/check/received.py", FIRST, COMMENTED),
    "what the checker imports": ("course_utils/student/devices.py", FIRST, COMMENTED),
    "what cells of the master import": ("course_utils/checks/autograd.py", FIRST, COMMENTED),
}
DOES_NOT = {
    "a picture module of a lecture": ("course_utils/getting_started/applications.py", FIRST, COMMENTED),
    "a picture module of this unit": ("course_utils/autograd/toy_autodiff_pictures.py", FIRST, COMMENTED),
    "what a picture cell of the master imports": ("course_utils/autograd/answers.py", FIRST, COMMENTED),
    "what all pictures are drawn with": ("course_utils/drawing/pictures.py", FIRST, COMMENTED),
    "another unit's master": (f"source/{OTHER}/{OTHER}.ipynb", '"points": ', '"points": 1'),
    "another unit's catalogue": (f"answers/{OTHER}.py", '"""Answers', '"""All answers'),
    "a setting that grading does not read": ("nbgrader_config.py", "max_lines = 200", "max_lines = 100"),
    "the report": ("autograder/report/statistics.py", FIRST, COMMENTED),
    "the rules for masters": ("autograder/authoring/validate.py", FIRST, COMMENTED),
}


@pytest.mark.parametrize("what", DEPENDS)
def test_a_kept_result_depends_on(course, before, what):
    assert changed(course, *DEPENDS[what]) != before


@pytest.mark.parametrize("what", DOES_NOT)
def test_a_kept_result_does_not_depend_on(course, before, what):
    assert changed(course, *DOES_NOT[what]) == before
