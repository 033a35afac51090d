"""What `lint-imports` cannot see of the import contracts in pyproject.toml: cells, and folders that no one names."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest
from support.units import ROOT, UNITS, master_cells

LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
CONTRACTS = {contract["name"]: contract for contract in LINTER["contracts"]}
DRAWS_NOTHING = CONTRACTS["what graded cells import draws nothing"]["source_modules"]
SHARED = CONTRACTS["arrows of the students' side go down"]["layers"]


def imported(source: str) -> Iterator[tuple[str, str]]:
    """Yield (name, module) of all that a cell imports from course_utils."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "course_utils":
            for alias in node.names:
                path = ROOT.joinpath(*node.module.split("."), alias.name)
                is_module = path.is_dir() or path.with_suffix(".py").exists()
                yield alias.asname or alias.name, f"{node.module}.{alias.name}" if is_module else node.module


def drawing_in_graded_cells(cells: list[dict]) -> list[str]:
    """Return one line for each module that a graded cell uses and that no contract keeps from drawing."""
    sources = [("".join(cell["source"]), cell) for cell in cells if cell["cell_type"] == "code"]
    modules = {name: module for source, _ in sources for name, module in imported(source)}
    found = []
    for source, cell in sources:
        about = cell["metadata"].get("nbgrader", {})
        used = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
        used |= {name for name, _ in imported(source)}
        for name in sorted(used & modules.keys() if about.get("grade") or about.get("solution") else ()):
            if not any(fnmatchcase(modules[name], pattern + end) for pattern in DRAWS_NOTHING for end in ("", ".*")):
                found.append(f"{cell['id']} uses {modules[name]}")
    return found


@pytest.mark.parametrize("unit", UNITS)
def test_graded_cells_use_only_what_draws_nothing(unit):
    assert drawing_in_graded_cells(master_cells(unit)) == []


def test_a_picture_in_a_graded_cell_is_seen():
    code = lambda name, source, **about: {
        "cell_type": "code",
        "id": name,
        "source": [source],
        "metadata": {"nbgrader": about},
    }
    setup = code("setup", "from course_utils import check\nfrom course_utils.training import answers as yours")
    fine, bad = code("fine", "check.call(f)", grade=True), code("bad", "yours.draw()", grade=True)
    picture = code("picture", "yours.draw()")
    assert drawing_in_graded_cells([setup, fine, bad, picture]) == ["bad uses course_utils.training.answers"]


def test_each_folder_of_course_utils_is_a_units_or_a_layer():
    layers = {name for layer in SHARED for name in layer.replace(":", "|").replace(" ", "").split("|")}
    folders = {path.parent.name for path in (ROOT / "course_utils").glob("*/__init__.py")}
    assert folders - layers <= {unit[3:] for unit in UNITS}


def test_each_module_of_the_engine_has_its_layer():
    """lint-imports is told to ask for that."""
    assert CONTRACTS["arrows inside the engine go down"]["exhaustive"]
    assert CONTRACTS["arrows of the instructor's side go down"]["exhaustive"]
