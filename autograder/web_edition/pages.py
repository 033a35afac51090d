"""Turn a lecture into the notebook that Sphinx reads: pictures as files, cells folded, links that lead somewhere."""

from __future__ import annotations

import copy
import html
import json
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.notebooks.format import METADATA

# Where the frames of a page are, from the page.
FRAMES = PurePosixPath("_static/frames")

# The index by slide, whose name in `notebooks/` the front page takes.
SLIDES = "slides"

# The cell that says what to do in a kernel without the course; a page has no kernel.
KERNEL = "kernel"

# How the ids of cells end that tell how a demonstration shows the reader's own function; a page cannot run one.
YOURS = "-yours"

_TO_A_RELEASE = re.compile(r"\[([^\]]*)\]\(\.\./(release/[^)]*)\)")
_TO_THE_INDEX = re.compile(r"\]\(index\.ipynb")


def page(notebook: NotebookNode, stem: str, drawn: Mapping[str, Any], assignments: str) -> NotebookNode:
    """Return the page's notebook of a lecture.

    stem: of the lecture's file. drawn: what `demonstrations.draw_all` returns. assignments: the address of the folder
    that has `release/`, with a slash at its end; empty: links to assignments become plain text.
    """
    made = copy.deepcopy(notebook)
    made.metadata = copy.deepcopy(METADATA)
    made.cells = [cell for cell in made.cells if not _needs_a_kernel(cell.get("id", ""))]
    for cell in made.cells:
        if cell.cell_type == "markdown":
            cell.source = _with_links(cell.source, assignments)
            continue
        shown = drawn.get(cell.get("id", ""))
        if shown is not None and "question" in shown:
            cell.metadata = {"tags": ["remove-input"]}
            cell.outputs = [new_output("display_data", {"text/html": shown["question"]})]
            continue
        is_folded = shown is not None or cell.metadata.get("jupyter", {}).get("source_hidden", False)
        cell.metadata = {"tags": ["hide-input"]} if is_folded else {}
        if shown is not None:
            cell.outputs = [new_output("display_data", {"text/html": figure(shown, FRAMES / stem, cell.id)})]
    return made


def figure(shown: Mapping[str, Any], folder: PurePosixPath, name: str) -> str:
    """Return a picture as HTML; a script gives it its controls, from the file `NAME.json` in `folder`."""
    file, width, height, description = shown.get("still") or next(iter(shown["frames"].values()))
    text = html.escape(description)
    controls = f' data-frames="{folder / name}.json"' if shown["controls"] else ""
    return (
        f'<figure class="demonstration"{controls}><div class="controls"></div>'
        f'<img class="dark-light" src="{folder / file}" width="{width}" height="{height}" alt="{text}" '
        'loading="lazy" decoding="async">'
        f'<figcaption aria-live="polite">{text}</figcaption></figure>'
    )


def frames_file(shown: Mapping[str, Any]) -> str:
    """Return the file that the script of a page reads: the controls, and each frame's picture and description."""
    return json.dumps(shown, separators=(",", ":"), ensure_ascii=False)


def title(notebook: NotebookNode) -> str:
    """Return the first heading of a notebook."""
    return next(cell.source.splitlines()[0].lstrip("# ") for cell in notebook.cells if cell.source.startswith("# "))


def _needs_a_kernel(name: str) -> bool:
    return name == KERNEL or name.endswith(YOURS)


def _with_links(source: str, assignments: str) -> str:
    source = _TO_THE_INDEX.sub(f"]({SLIDES}.ipynb", source)
    return _TO_A_RELEASE.sub(rf"[\1]({assignments}\2)" if assignments else r"\1", source)
