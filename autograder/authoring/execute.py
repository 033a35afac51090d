"""Run the notebooks whose outputs are committed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from autograder.errors import CourseError
from autograder.files import replace_text
from autograder.notebooks.format import find_notebooks, keeps_outputs, normal_text, normalize, read_notebook
from autograder.paths import shown
from autograder.sentences import last_line

SECONDS_PER_CELL = 120


def execute_files(
    root: Path, paths: Sequence[Path] = (), progress: Callable[[Path, int, int], None] = lambda *_: None
) -> Iterator[tuple[Path, float]]:
    """Run the notebooks at `paths`, or all of notebooks/, each in a new kernel, and write their outputs into them.

    progress(path, done, total): called before each cell and after the last. Yields (path, seconds) per notebook.
    Raises CourseError at the first cell that fails; that notebook's file is not changed.
    """
    for path in find_notebooks(root, paths or [root / "notebooks"]):
        if not keeps_outputs(path, root):
            raise CourseError(f"{shown(path, root)} is kept without outputs; only notebooks/ are executed.")
        notebook = normalize(read_notebook(path), keep_outputs=False)
        start = time.perf_counter()
        run(notebook, path, root, progress)
        seconds = time.perf_counter() - start
        replace_text(path, normal_text(notebook, path, root))
        yield path, seconds


def run(notebook: NotebookNode, path: Path, root: Path, progress: Callable[[Path, int, int], None]) -> None:
    """Run all cells of `notebook` in place, in the folder of `path`. Raises CourseError at the first that fails."""
    current = "-"

    def cell_starts(cell: NotebookNode, cell_index: int) -> None:
        nonlocal current
        current = cell.id
        progress(path, cell_index, len(notebook.cells))

    client = NotebookClient(
        notebook,
        timeout=SECONDS_PER_CELL,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=["--log-level=ERROR"],  # each kernel warns that it listens on this machine's own network
        on_cell_start=cell_starts,
    )
    try:
        client.execute()
    except CellExecutionError as error:
        _give_up(path, root, current, f"{error.ename}: {last_line(error.evalue, '')}")
    except CellTimeoutError:
        _give_up(path, root, current, f"it ran for more than {SECONDS_PER_CELL} seconds")
    except DeadKernelError:
        _give_up(path, root, current, "the kernel died")
    progress(path, len(notebook.cells), len(notebook.cells))


def _give_up(path: Path, root: Path, cell: str, reason: str) -> None:
    raise CourseError(
        f"{shown(path, root)}: the cell {cell} failed ({reason}); fix it, the file is as it was."
    ) from None
