"""Read notebooks, and bring them into the one form in which they are committed.

The form is byte for byte what nbformat writes, so JupyterLab and nbgrader do not change it.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import nbformat
from nbformat import NotebookNode

from autograder.errors import CourseError
from autograder.files import replace_text
from autograder.notebooks.cell_ids import name_cells
from autograder.paths import shown
from autograder.sentences import first_line, last_line

# The folders of notebooks in git, and whether their notebooks keep the outputs of their cells.
KEEPS_OUTPUTS = {"notebooks": True, "source": False, "release": False}

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
CELL_KEYS = ("attachments", "cell_type", "id", "metadata", "source")
# A saved view of a widget without the widget's state shows an error instead of the picture that is saved with it.
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
MAY_RAISE = "raises-exception"  # the tag of a cell that is meant to fail, as JupyterLab and nbclient know it


def read_notebook(path: Path) -> NotebookNode:
    """Read the notebook at `path`.

    Raises CourseError if there is none, or if the file is not JSON, not a notebook, or not in format 4.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CourseError(f"there is no notebook {path}; check its name.") from None
    except (ValueError, RecursionError) as error:
        raise CourseError(f"{path} is not JSON ({error}); restore the file from git or save it again.") from None
    if not isinstance(content, dict) or not isinstance(content.get("nbformat"), int):
        raise CourseError(f"{path} is JSON but not a notebook; restore the file from git.")
    if content["nbformat"] != 4:
        found = content["nbformat"]
        raise CourseError(f"{path} is in notebook format {found}, not 4; open it in JupyterLab and save it again.")
    if reason := _defect(content):
        raise CourseError(f"{path} is not a valid notebook: {reason}; restore the file from git or save it again.")
    return nbformat.v4.to_notebook(content)


def _defect(content: dict[str, Any]) -> str | None:
    """Return why `content` is not a notebook, None if it is one.

    Programs write format 4.0 to 4.5, of which only the last has cell ids; `normalize` gives them to cells that have
    none. So all are held to 4.5, with ids of our own.
    """
    cells = content.get("cells")
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        return "it has no list of cells"
    numbered = [cell | {"id": f"cell-{number}"} for number, cell in enumerate(cells)]
    try:
        nbformat.validate(
            content | {"cells": numbered, "nbformat_minor": 5}, version=4, version_minor=5, relax_add_props=True
        )
    except nbformat.ValidationError as error:
        return _explained(error, cells)
    return None


def _explained(error: Any, cells: list[dict[str, Any]]) -> str:
    """Return in which cell, and where in it, an error of nbformat is, and what it says."""
    place = [str(step) for step in error.relative_path]
    what = error.message
    if error.validator == "oneOf" and place[2:] == []:
        what = f"its cell_type is {cells[int(place[1])].get('cell_type')!r}; expected code, markdown or raw"
    if place[:1] == ["cells"] and len(place) > 1:
        number = int(place[1])
        name = cells[number].get("id")
        which = f"cell {number + 1}" + (f" ({name})" if isinstance(name, str) else "")
        place = [which, *place[2:]]
    where = ", ".join(place) or "the notebook"
    return f"{where}: {first_line(what)[:120]}"


def to_text(notebook: NotebookNode) -> str:
    """Return `notebook` as nbformat, and so nbgrader, writes it to a file."""
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def normalize(notebook: NotebookNode, keep_outputs: bool) -> NotebookNode:
    """Return a copy of `notebook` in the form in which it is committed.

    Raises CourseError, with the name of the cell, if kept outputs hold an error or something written to stderr.
    """
    cells = copy.deepcopy(notebook.cells)
    name_cells(cells)
    normal = [_normal_cell(cell, keep_outputs) for cell in cells]
    whole = nbformat.from_dict({"cells": normal, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5})
    return cast(NotebookNode, whole)  # of a dict; `from_dict` takes lists, too


def normalize_files(root: Path, paths: Sequence[Path] = (), check: bool = False) -> list[Path]:
    """Bring the notebooks at `paths`, or all of the course, into the committed form.

    paths: notebooks or folders of notebooks. check: write nothing.
    Returns the notebooks that were not in that form. Raises CourseError before anything is written.
    """
    drafts = {}
    for path in find_notebooks(root, paths):
        text = normal_text(read_notebook(path), path, root)
        if text != path.read_bytes().decode("utf-8"):
            drafts[path] = text
    if not check:
        for path, text in drafts.items():
            replace_text(path, text)
    return list(drafts)


def normal_text(notebook: NotebookNode, path: Path, root: Path) -> str:
    """Return the committed form of `notebook` for the file `path`. Raises CourseError as `normalize` does."""
    try:
        return to_text(normalize(notebook, keeps_outputs(path, root)))
    except CourseError as error:
        raise CourseError(f"{shown(path, root)}: {error}") from None


def keeps_outputs(path: Path, root: Path) -> bool:
    """Return whether a notebook at `path` keeps its outputs.

    Raises CourseError if `path` is in none of the folders of notebooks.
    """
    parts = Path(shown(path, root)).parts
    if not parts or parts[0] not in KEEPS_OUTPUTS:
        folders = ", ".join(f"{folder}/" for folder in KEEPS_OUTPUTS)
        raise CourseError(f"{path} is in none of {folders}; move it into one of them.")
    return KEEPS_OUTPUTS[parts[0]]


def find_notebooks(root: Path, paths: Sequence[Path] = ()) -> Iterator[Path]:
    """Yield the notebooks at `paths`, of a folder all notebooks in it; without paths, all of the course."""
    for path in paths or [root / folder for folder in KEEPS_OUTPUTS]:
        if not path.is_dir():
            if paths:
                yield path
            continue
        for notebook in sorted(path.rglob("*.ipynb")):
            if ".ipynb_checkpoints" not in notebook.parts:
                yield notebook


def _normal_cell(cell: NotebookNode, keep_outputs: bool) -> dict:
    normal = {key: cell[key] for key in CELL_KEYS if key in cell} | {"metadata": _normal_metadata(cell.metadata)}
    if cell.cell_type == "code":
        normal["execution_count"] = None
        normal["outputs"] = _normal_outputs(cell) if keep_outputs else []
    return normal


def _normal_metadata(metadata: NotebookNode) -> dict:
    """Keep what the course uses; drop what editors leave behind, and what is the default anyway."""
    normal = {key: metadata[key] for key in ("nbgrader", "tags") if metadata.get(key)}
    normal |= {key: False for key in ("deletable", "editable") if metadata.get(key) is False}
    if metadata.get("jupyter", {}).get("source_hidden"):
        normal["jupyter"] = {"source_hidden": True}
    return normal


def _normal_outputs(cell: NotebookNode) -> list[dict]:
    from nbconvert.preprocessors import CoalesceStreamsPreprocessor  # a second to import, and not always needed

    # Where the kernel flushes a stream is random, so the pieces of a stream are joined.
    cell, _ = CoalesceStreamsPreprocessor().preprocess_cell(cell, {}, 0)
    outputs = [_normal_output(output, cell) for output in cell.outputs]
    return [output for output in outputs if output.get("data") != {}]


def _normal_output(output: NotebookNode, cell: NotebookNode) -> dict:
    if output.output_type == "stream":
        if output.name == "stderr":
            written = last_line(output.text, "an empty line")
            raise CourseError(f"the cell {cell.id} wrote to stderr ({written}); fix the cell so that it does not.")
        return {"output_type": "stream", "name": output.name, "text": output.text}
    if output.output_type == "error":
        return _normal_error(output, cell)
    data = {kind: content for kind, content in output.data.items() if kind != WIDGET_VIEW}
    if data.get("image/png", "").strip() in data.get("text/html", ""):  # the HTML holds the picture: keep it once
        data.pop("image/png", None)
    alternatives = {
        kind: {"alt": about["alt"]}
        for kind, about in output.get("metadata", {}).items()
        if kind in data and isinstance(about, dict) and "alt" in about
    }
    normal = {"output_type": output.output_type, "data": data, "metadata": alternatives}
    return normal | ({"execution_count": None} if output.output_type == "execute_result" else {})


def _normal_error(output: NotebookNode, cell: NotebookNode) -> dict:
    """Reduce a meant error to its last line: the trace above it holds paths of one machine."""
    sentence = f"{output.ename}: {output.evalue}"
    if MAY_RAISE not in cell.metadata.get("tags", []):
        raise CourseError(
            f"the cell {cell.id} shows {sentence}; fix the cell, or tag it {MAY_RAISE} if it is meant to fail."
        )
    return {"output_type": "error", "ename": output.ename, "evalue": output.evalue, "traceback": [sentence]}
