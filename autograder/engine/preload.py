"""Modules that a judge and a worker import before a submission comes, read off the master."""

from __future__ import annotations

import ast
import contextlib
import importlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from nbformat import NotebookNode

from autograder.engine.driver_texts import PACKAGE, driver_texts, is_module_of_checks
from autograder.engine.plan import PICTURE, Plan, plan
from autograder.engine.submission import read_submission
from autograder.errors import CourseError
from autograder.notebooks.assignment import checker_names, drivers
from autograder.notebooks.code import names_read, parsed_cell

# What every check cell imports, and with it every worker.
CHECKER = "course_utils.check"

# Modules that are worth having imported before, by what shows their use in code. Importing them costs a submission up
# to a second.
PRELOADABLE = {
    r"(?:import|from) torch\b": ("torch", "torch.nn.functional"),
    r"torch\.optim\b|import optim\b": ("torch.optim", "torch._dynamo"),  # which the first optimizer imports
    r"(?:import|from) scipy\b": ("scipy.linalg", "scipy.special"),
    r"scipy\.signal\b|import signal\b": ("scipy.signal",),
    r"(?:import|from) sklearn\b": ("sklearn.decomposition", "sklearn.linear_model"),
    r"(?:import|from) matplotlib\b": ("matplotlib.pyplot",),
    r"(?:import|from) pandas\b": ("pandas",),
}

# How many submissions are looked at.
SAMPLE = 50

# Bytes above which a submission is not looked at, because it is read in the parent of all judges.
MAX_SAMPLED = 1 << 20

# How many submissions must share their imports to get a sandbox of their own.
WORTH_A_SANDBOX = 50

# How many such sandboxes there are at most, besides the lean one and one for all other imports.
MAX_SHARED = 3


def import_for_the_judge(master: NotebookNode, name: str) -> None:
    """Import what the code cells of the master `name` import; picture cells are not run in grading.

    Raises CourseError where something is not installed and the master's checks run in the judge. Where they are plain,
    the trial of the master says which of them fail.
    """
    is_plain = not checker_names(master)
    for module in _imported(parsed_cell(cell.source) for cell in graded_code([master])):
        try:
            imported = importlib.import_module(module)
        except ImportError:
            if is_plain:
                continue
            raise CourseError(
                f"the master source/{name} imports {module}, which is not installed here; install it and grade again."
            ) from None
        if is_module_of_checks(imported):
            driver_texts(imported)  # read here, once for all judges


def workers_imports(masters: Sequence[NotebookNode]) -> list[str]:
    """Return the modules that the student's process imports: those of all cells that run there, and of drivers."""
    trees: list[ast.AST] = []
    for master in masters:
        checker = checker_names(master)
        for cell in graded_code([master]):
            tree = parsed_cell(cell.source)
            is_in_the_judge = cell.metadata.get("nbgrader", {}).get("grade") and not checker.isdisjoint(
                names_read(tree)
            )
            trees += drivers(tree) if is_in_the_judge else [tree]
    return _imported(trees)


def wanted(planned: Plan) -> frozenset[str]:
    """Return the modules that are worth having imported before a submission's own code runs.

    Only the packages of `PRELOADABLE` are looked for: what a student writes decides yes or no, and no name.
    """
    cells = zip(planned.cells, planned.kinds, strict=True)
    code = "\n".join(cell.source for cell, kind in cells if kind in ("students", "answer"))
    return frozenset(module for use, modules in PRELOADABLE.items() if re.search(use, code) for module in modules)


def preload_sets(submissions: Sequence[Path], masters: Mapping[str, NotebookNode]) -> list[frozenset[str]]:
    """Return the sets of modules worth a sandbox of their own, as far as the first `SAMPLE` notebooks tell.

    masters: by the names of the files. A set that many share is one; all that the others import is another.
    """
    sample, sets = submissions[:SAMPLE], Counter[frozenset[str]]()
    for path in sample:
        with contextlib.suppress(Exception):  # only a guess is lost here; the submission is graded later
            if path.stat().st_size <= MAX_SAMPLED:
                sets[wanted(plan(masters[path.stem], read_submission(path)))] += 1
    del sets[frozenset()]
    expected = {modules: count * len(submissions) / len(sample) for modules, count in sets.most_common()}
    shared = [modules for modules, number in expected.items() if number >= WORTH_A_SANDBOX][:MAX_SHARED]
    others = [modules for modules in expected if modules not in shared]
    return [*shared, frozenset().union(*others)] if others else shared


def graded_code(masters: Sequence[NotebookNode]) -> list[NotebookNode]:
    """Return the code cells of masters that grading runs: all except picture cells."""
    cells = (cell for master in masters for cell in master.cells if cell.cell_type == "code")
    return [cell for cell in cells if PICTURE not in cell.metadata.get("tags", [])]


def _imported(trees: Iterable[ast.AST]) -> list[str]:
    """Return the modules that import statements name, each once, in their order."""
    found: dict[str, None] = {}
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            found |= {alias.name: None for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= dict.fromkeys(
                [f"{PACKAGE}.{alias.name}" for alias in node.names] if node.module == PACKAGE else [node.module]
            )
    return list(found)
