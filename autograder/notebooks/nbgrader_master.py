"""A master of any nbgrader course: what its course's settings make of it, by nbgrader's own steps.

Delimiters, stubs, headers and AUTOTEST lines are nbgrader's and each course may set its own, so nbgrader itself is
asked for the released cells and for the checks.
"""

from __future__ import annotations

import contextlib
import copy
import os
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from traitlets.config import Config

from autograder.notebooks.assignment import grade_id
from autograder.notebooks.explanations import without_explanation
from autograder.notebooks.format import read_notebook
from autograder.notebooks.regions import Marks
from autograder.paths import shown
from autograder.sentences import first_line

# nbgrader's own steps from a master to its release, as far as they change the source of a cell.
_OF_THE_MASTER = ("IncludeHeaderFooter", "InstantiateTests")
_OF_THE_RELEASE = ("ClearSolutions", "ClearHiddenTests", "ClearMarkScheme")

PYTHON = "python"


@dataclass
class NbgraderMaster:
    """A notebook of source/, with headers and AUTOTEST lines filled in, and as students get it.

    refused: why nobody can be graded by it, as a clause after "the master"; empty where all is well.
    """

    notebook: NotebookNode
    released: NotebookNode
    refused: str = ""


def read_nbgrader_master(path: Path, root: Path, config: Config) -> NbgraderMaster:
    """Read the master at `path` of the course `root`, whose settings are `config`.

    Raises CourseError where it is no notebook.
    """
    notebook = read_notebook(path)
    with contextlib.suppress(KeyError, AttributeError):  # nbgrader takes what is not there for Python
        notebook.metadata.kernelspec.setdefault("language", PYTHON)
    if refused := _refusal(notebook):
        return NbgraderMaster(notebook, notebook, refused)
    try:
        with contextlib.chdir(root):  # which settings of headers and AUTOTEST are relative to
            made = _by_nbgrader(notebook, _OF_THE_MASTER, config, path.parent)
            released = _by_nbgrader(made, _OF_THE_RELEASE, config, path.parent)
    except Exception as error:  # whatever nbgrader, or a kernel, refuses in it
        why = first_line(str(error), type(error).__name__)
        return NbgraderMaster(notebook, notebook, f"{shown(path, root)} is refused by nbgrader ({why})")
    for cell in released.cells:
        if cell.cell_type == "markdown":
            cell.source = without_explanation(cell.source)
    return NbgraderMaster(made, released)


def hidden_test_marks(config: Config) -> Marks:
    """Return the delimiters of hidden tests in a course with these settings."""
    section = config.get("ClearHiddenTests", {})
    return Marks(
        section.get("begin_test_delimeter", "BEGIN HIDDEN TESTS"), section.get("end_test_delimeter", "END HIDDEN TESTS")
    )


def notebooks_of(root: Path, name: str) -> list[Path]:
    """Return the master notebooks of the assignment `name`, in order; the one with its name where there is none."""
    folder = root / "source" / name
    return sorted(folder.glob("*.ipynb")) or [folder / f"{name}.ipynb"]


def _refusal(notebook: NotebookNode) -> str:
    """Return why nobody can be graded by a master, as far as its cells tell; empty where nothing is wrong."""
    about: Any = notebook.metadata
    language = str(about.get("kernelspec", {}).get("language") or about.get("language_info", {}).get("name") or PYTHON)
    if language.lower() not in (PYTHON, "ipython"):
        kernel = about.get("kernelspec", {}).get("display_name") or language
        return f"is written for the kernel {kernel}, and the autograder runs Python"
    times = Counter(name for cell in notebook.cells if (name := grade_id(cell)))
    if twice := [name for name, count in times.items() if count > 1]:
        return f"has {times[twice[0]]} cells with the grade_id {twice[0]}, of which nbgrader allows one"
    return ""


def _by_nbgrader(notebook: NotebookNode, steps: tuple[str, ...], config: Config, folder: Path) -> NotebookNode:
    """Return a copy of the notebook after these steps of nbgrader."""
    from nbgrader import preprocessors  # which takes a while, and masters of this course need none of it

    made, resources = copy.deepcopy(notebook), {"metadata": {"path": str(folder)}}
    with quiet_kernels():
        for step in steps:
            made, resources = getattr(preprocessors, step)(config=config).preprocess(made, resources)
    return made


@contextlib.contextmanager
def quiet_kernels() -> Generator[None]:
    """Keep off the screen what kernels write to stderr that nbgrader starts: warnings about this machine's network."""
    nowhere, kept = os.open(os.devnull, os.O_WRONLY), os.dup(2)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
