"""What a judge and a worker have imported before a submission comes, read off the master."""

from __future__ import annotations

import ast
import contextlib
import importlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from nbformat import NotebookNode

from autograder.engine.plan import PICTURE, Plan, plan
from autograder.engine.submission import read_submission
from autograder.errors import CourseError
from autograder.notebooks.assignment import drivers

WARMABLE = {
    r"(?:import|from) torch\b": ("torch", "torch.nn.functional"),
    r"torch\.optim\b|import optim\b": ("torch.optim", "torch._dynamo"),  # which the first optimizer imports
    r"(?:import|from) scipy\b": ("scipy.linalg", "scipy.special"),
    r"scipy\.signal\b|import signal\b": ("scipy.signal",),
    r"(?:import|from) sklearn\b": ("sklearn.decomposition", "sklearn.linear_model"),
    r"(?:import|from) matplotlib\b": ("matplotlib.pyplot",),
}
"""What is worth having imported before, by what shows its use in code. Cold it costs a submission up to a second."""
SAMPLE, MAX_SAMPLED = 50, 1 << 20
"""How many submissions are looked at, and bytes above which one is not: it is read in the parent of all judges."""
WORTH_A_PARENT, MOST = 50, 3
"""How many submissions must share their imports before these are kept warm apart, and how many such sets there are."""


def import_for_the_judge(master: NotebookNode, name: str) -> None:
    """Import what the code cells of the master `name` import; picture cells are not run in grading.

    Raises CourseError where something is not installed.
    """
    for module in _imported(_parsed(cell.source) for cell in _graded_code(master)):
        try:
            importlib.import_module(module)
        except ImportError:
            raise CourseError(
                f"the master source/{name} imports {module}, which is not installed here; install it and grade again."
            ) from None


def workers_imports(master: NotebookNode) -> list[str]:
    """Return the modules that are imported beside the student's code: by all cells but checks, and by drivers."""
    trees: list[ast.AST] = []
    for cell in _graded_code(master):
        tree = _parsed(cell.source)
        trees += drivers(tree) if cell.metadata.get("nbgrader", {}).get("grade") else [tree]
    return _imported(trees)


def wanted(made: Plan) -> frozenset[str]:
    """Return the modules that are worth having imported before a submission's own code runs.

    Only the course's own packages are looked for, by name: what a student writes decides no more than yes or no.
    """
    cells = zip(made.cells, made.kinds, strict=True)
    code = "\n".join(cell.source for cell, kind in cells if kind in ("students", "answer"))
    return frozenset(module for use, modules in WARMABLE.items() if re.search(use, code) for module in modules)


def sets_to_keep_warm(submissions: Sequence[Path], master: NotebookNode) -> list[frozenset[str]]:
    """Return the sets of modules worth having warm apart, as far as the first `SAMPLE` submissions tell.

    A set that many share is one; all that the others import is another.
    """
    sample, sets = submissions[:SAMPLE], Counter[frozenset[str]]()
    for path in sample:
        with contextlib.suppress(Exception):  # only a guess is lost here; the submission's own turn will come
            if path.stat().st_size <= MAX_SAMPLED:
                sets[wanted(plan(master, read_submission(path)))] += 1
    del sets[frozenset()]
    expected = {modules: count * len(submissions) / len(sample) for modules, count in sets.most_common()}
    shared = [modules for modules, number in expected.items() if number >= WORTH_A_PARENT][:MOST]
    others = [modules for modules in expected if modules not in shared]
    return [*shared, frozenset().union(*others)] if others else shared


def _graded_code(master: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in master.cells if cell.cell_type == "code" and PICTURE not in cell.metadata.get("tags", [])]


def _parsed(source: str) -> ast.Module:
    """Parse a cell; lines that are for IPython and no Python are left out."""
    try:
        return ast.parse(source)
    except SyntaxError:
        lines = [] if source.startswith("%%") else source.splitlines()
        return ast.parse("\n".join(line for line in lines if line.lstrip()[:1] not in ("%", "!")))


def _imported(trees: Iterable[ast.AST]) -> list[str]:
    found: dict[str, None] = {}
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            found |= {alias.name: None for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found[node.module] = None
    return list(found)
