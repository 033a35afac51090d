"""A unit can be removed: delete the files that docs/add-a-unit.md lists, and nothing of it is left.

Units 02 and 06 stay: they are the examples in documents, benchmarks and tests of the engine.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.units import UNITS

from autograder.notebooks.format import read_notebook

ROOT = Path(__file__).parents[2]
MAY_NAME_ANY_UNIT = {"docs/inventory.csv"}  # rows of the slides, with the units that teach them

IMPORT_ALL = """
import importlib, pkgutil
for name in ("autograder", "course_utils"):
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, f"{name}."):
        if module.name != "course_utils.student.start_lab":
            importlib.import_module(module.name)
"""


def rule() -> list[str]:
    """Return the patterns of a unit's files, with NN_topic and topic in them, from the table in docs/add-a-unit.md."""
    table = (ROOT / "docs" / "add-a-unit.md").read_text(encoding="utf-8").partition("| files | contents |")[2]
    return re.findall(r"^\| `([^`]+)`", table.partition("\n\n")[0], re.MULTILINE)


def of_unit(root: Path, unit: str) -> list[Path]:
    """Return the files and folders of a unit, "NN_topic", by the rule."""
    patterns = [pattern.replace("NN_topic", unit).replace("topic", unit[3:]) for pattern in rule()]
    return [path for pattern in patterns for path in root.glob(pattern.rstrip("/"))]


def tracked(root: Path) -> list[Path]:
    """Return the files of the repository, those not added yet included."""
    listed = subprocess.run(
        ["git", "ls-files", "-coz", "--exclude-standard"], cwd=root, capture_output=True, text=True, check=True
    )
    return [Path(name) for name in listed.stdout.split("\0") if name and (root / name).is_file()]


def names_unit(text: str, unit: str) -> bool:
    """Return whether a text names the folder, a file or a module of a unit."""
    topic = unit[3:]
    module = rf"\bcourse_utils[./](checks[./])?{topic}\b|\bfrom course_utils(\.checks)? import [^\n]*\b{topic}\b"
    return bool(re.search(rf"\b{unit}\b|{module}|\b(?:units|claims)/test_{topic}|\bcalibration[./]{topic}", text))


def text_of(path: Path) -> str:
    """Return the text of a file; of a notebook the cells without outputs, which `make execute` makes anew."""
    if path.suffix == ".ipynb":
        return "\n".join(cell.source for cell in read_notebook(path).cells)
    return path.read_text(encoding="utf-8", errors="ignore")


def leftovers(root: Path, files: list[Path], unit: str) -> Iterator[str]:
    """Yield the files of the tree that still name a unit."""
    for name in files:
        is_left = (root / name).is_file() and name.as_posix() not in MAY_NAME_ANY_UNIT
        if is_left and names_unit(text_of(root / name), unit):
            yield name.as_posix()


def run(root: Path, *command: str) -> str:
    """Run a command in `root`, on the packages that are there, and return its output; fail with it if it fails."""
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.fixture(params=[unit for unit in UNITS if unit[:2] in ("03", "08", "10")])
def without(request, tmp_path) -> tuple[Path, list[Path], str]:
    """Return a copy of the repository from which a unit was removed, its list of files, and the unit."""
    files, unit = tracked(ROOT), request.param
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, tmp_path / name)
    found = of_unit(tmp_path, unit)
    assert len(found) >= len(rule()) - 2  # not every unit has a calibration, or drivers
    for path in found:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return tmp_path, files, unit


def test_nothing_of_a_removed_unit_is_left(without):
    root, files, unit = without
    python = sys.executable
    assert run(root, python, "-m", "autograder.cli", "contents").split() == ["notebooks/index.ipynb", "README.md"]
    assert list(leftovers(root, files, unit)) == []
    run(root, python, "-c", IMPORT_ALL)
    run(root, str(Path(python).with_name("lint-imports")), "--no-logo")
    run(root, python, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider")
    run(root, python, "-m", "autograder.cli", "kit")


def test_the_rule_names_files_that_each_unit_has():
    patterns = rule()
    assert "source/NN_topic/" in patterns and "course_utils/topic/" in patterns
    for path in (ROOT / "source").iterdir():
        kinds = {found.relative_to(ROOT).parts[0] for found in of_unit(ROOT, path.name)}
        assert kinds >= {pattern.split("/")[0] for pattern in patterns} - {"benchmarks"}


@pytest.mark.parametrize(
    "text",
    [
        "see notebooks/99_kittens.ipynb",
        "from course_utils.kittens import fur",
        "from course_utils import check, kittens",
        "course_utils/kittens/",
        "from course_utils.checks import kittens as drive",
        "course_utils.checks.kittens",
        "tests/units/test_kittens_answers.py",
        "tests/claims/test_kittens.py",
        "from calibration.kittens import BOUND",
    ],
)
def test_a_planted_name_is_found(text):
    assert names_unit(text, "99_kittens")
    assert not names_unit(text, "98_cats")
