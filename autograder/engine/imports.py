"""What a judge and a worker have imported before a submission comes, read off the master."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from nbformat import NotebookNode

from autograder.engine.plan import PICTURE
from autograder.errors import CourseError
from autograder.exercises import drivers

WARMABLE = {
    r"(?:import|from) torch\b": ("torch", "torch.nn.functional"),
    r"torch\.optim\b|import optim\b": ("torch.optim", "torch._dynamo"),  # which the first optimizer imports
    r"(?:import|from) scipy\b": ("scipy.linalg", "scipy.special", "scipy.signal"),
    r"(?:import|from) sklearn\b": ("sklearn.decomposition", "sklearn.linear_model"),
}
"""What is imported where the text of a submission shows its use. Cold it costs one student a second, warm all a bit."""
SAMPLE, MAX_SCANNED = 50, 1 << 20


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


def often_imported(submissions: Sequence[Path]) -> list[str]:
    """Return the modules worth having warm, as some of the first `SAMPLE` submissions import their package.

    Only the course's own packages are looked for, by name: what a student writes decides no more than yes or no.
    """
    texts = [_beginning(path) for path in submissions[:SAMPLE]]
    found = (modules for use, modules in WARMABLE.items() if any(re.search(use, text) for text in texts))
    return [module for modules in found for module in modules]


def _beginning(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(MAX_SCANNED).decode(errors="replace")
    except OSError:  # the submission itself will tell
        return ""


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
