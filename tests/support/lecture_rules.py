"""The rules of a lecture notebook, as functions that return one sentence per violation."""

from __future__ import annotations

import ast
import base64
import contextlib
import csv
import io
import itertools
import os
import re
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
from bs4 import BeautifulSoup
from matplotlib.figure import Figure
from nbformat import NotebookNode

from course_utils.drawing import sliders
from course_utils.drawing.pictures import Picture
from support.proofs import choice

CODE_LINES = 20
SCREEN_LINES, SCREEN_COLUMNS = 45, 110
PICTURE_BYTES = 150_000
NOTEBOOK_BYTES = 1_600_000
# At most so many corners of a demonstration's controls are drawn, and so many random places; PROOFS=all takes more.
CORNERS, INSIDE = (12, 6) if choice() == "all" else (6, 3)
SECONDS_PER_REDRAW = 1.0  # loose on purpose: benchmarks/ measures how fast a picture is
SYMBOL_TABLE = re.compile(
    r"^\| symbol \| meaning \| shape \| code name \|\n\|[-| ]+\|\n(?:\|.+\|\n?){5,}", re.MULTILINE
)

OFFLINE = """
import sys

def refuse(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo"):
        address = args[0] if event == "socket.getaddrinfo" else args[1]
        host = address[0] if isinstance(address, tuple) else address
        inside = not isinstance(address, tuple) and event != "socket.getaddrinfo"  # a Unix socket
        if not inside and host not in (None, "", "localhost", "127.0.0.1", "::1", b"localhost"):
            raise RuntimeError(f"the network is off while notebooks run: {host}")

sys.addaudithook(refuse)
"""


# --- a notebook as a file --------------------------------------------------------------------------------------------


def short_cells(notebook: NotebookNode) -> list[str]:
    """Check that a code cell has at most CODE_LINES lines, and that no cell is longer than a screen."""
    violations = []
    for cell in notebook.cells:
        lines = cell.source.splitlines()
        on_screen = sum(1 + len(line) // SCREEN_COLUMNS for line in lines)
        if cell.cell_type == "code" and (count := _code_lines(cell.source)) > CODE_LINES:
            violations.append(f"{cell.id} has {count} lines of code, more than {CODE_LINES}")
        elif on_screen > SCREEN_LINES:
            violations.append(f"{cell.id} takes {on_screen} lines, more than a screen")
    return violations


def _code_lines(source: str) -> int:
    """Return how many lines of code a reader has to take in: an import counts once, however it is wrapped."""
    lines = len(source.splitlines())
    try:
        statements = ast.parse(source).body
    except SyntaxError:  # a magic of IPython's
        return lines
    return lines - sum((node.end_lineno or 0) - node.lineno for node in statements if isinstance(node, ast.ImportFrom))


def described_pictures(notebook: NotebookNode) -> list[str]:
    """Check that a picture has a description with numbers: as alternative text, below it, and as the output's text."""
    violations = []
    for cell, output in pictures(notebook):
        page = BeautifulSoup(output.data.get("text/html", ""), "html.parser")
        text = str(page.img["alt"]) if page.img else ""
        if len(text.split()) < 8 or not re.search(r"\d", text):
            violations.append(f"a picture of {cell.id} has no description with numbers: {text!r}")
        if output.data.get("text/plain") != text:
            violations.append(f"a picture of {cell.id} has a text that differs from its description")
        if text and (page.figcaption is None or page.figcaption.text != text):
            violations.append(f"a picture of {cell.id} does not show its description")
    return violations


def small_pictures(notebook: NotebookNode) -> list[str]:
    """Check that a picture has at most PICTURE_BYTES bytes."""
    sizes = [(cell, len(png(output))) for cell, output in pictures(notebook)]
    return [f"a picture of {cell.id} has {size} bytes" for cell, size in sizes if size > PICTURE_BYTES]


def opening(notebook: NotebookNode) -> list[str]:
    """Check that one of the first three cells has the table of symbols."""
    first = [cell.source for cell in notebook.cells[:3] if cell.cell_type == "markdown"]
    return (
        [] if any(SYMBOL_TABLE.search(source) for source in first) else ["the first three cells have no symbol table"]
    )


def predictions(notebook: NotebookNode) -> list[str]:
    """Check that the reader enters a prediction before each demonstration, and reads what to see after it."""
    violations, asked, waiting = [], False, None
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            if re.search(r"\*\*Predict\b", cell.source):
                violations.append(f"{cell.id} asks for a prediction that cannot be entered")
            if "<details><summary>What you should see</summary>" in cell.source:
                waiting = None
        elif cell.source.startswith("predict("):
            asked = True
        elif "explore(" in cell.source:
            violations += [] if asked else [f"nothing is predicted before the demonstration of {cell.id}"]
            violations += [f"nobody says what is to be seen in {waiting}"] if waiting else []
            asked, waiting = False, cell.id
    return violations + ([f"nobody says what is to be seen in {waiting}"] if waiting else [])


RULES = [short_cells, described_pictures, small_pictures, opening, predictions]


def pictures(notebook: NotebookNode) -> Iterator[tuple[NotebookNode, NotebookNode]]:
    """Yield each output with a PNG, after the cell that it belongs to."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if png(output):
                yield cell, output


def png(output: NotebookNode) -> bytes:
    """Return the picture of an output: a PNG by itself, or the one in its HTML; empty without one."""
    data = output.get("data", {})
    in_html = re.search(r'src="data:image/png;base64,([^"]+)"', data.get("text/html", ""))
    return base64.b64decode(data.get("image/png") or (in_html[1] if in_html else ""))


# --- a notebook that runs --------------------------------------------------------------------------------------------


def run_with_nbval(path: Path, scratch: Path) -> subprocess.CompletedProcess[str]:
    """Run a notebook in a fresh kernel without a network and compare what its cells show with what is stored.

    A copy runs in another folder: a lecture depends on no file alongside it. nbval takes a cell without an execution
    count for one that never ran, so the copy has counts.
    """
    startup = scratch / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00-offline.py").write_text(OFFLINE)
    notebook = nbformat.read(path, as_version=4)
    for count, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code":
            cell.execution_count = count
    copy = scratch / path.name
    nbformat.write(notebook, copy)
    # Which bytes a drawing has depends on the machine; nbval passes over a PNG by itself, and here over one in HTML.
    (scratch / "sanitize.cfg").write_text(r"""[picture]
regex: src="data:image/png;base64,[^"]+"
replace: src="PICTURE"
""")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval",
        "--nbval-sanitize-with",
        str(scratch / "sanitize.cfg"),
        "--nbval-current-env",
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    environment = {**os.environ, "IPYTHONDIR": str(scratch), "PYTEST_ADDOPTS": ""}
    return subprocess.run([*command, str(copy)], capture_output=True, text=True, env=environment, timeout=300)


def demonstrations(notebook: NotebookNode) -> list[sliders.Demo]:
    """Run the code of a notebook here and return the demonstrations that it makes."""
    before = len(sliders.DEMOS)
    names: dict[str, object] = {"__name__": "lecture"}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in notebook.cells:
            if cell.cell_type == "code":
                exec(compile(cell.source, cell.id, "exec"), names)
    return sliders.DEMOS[before:]


def sweep(demo: sliders.Demo, rng: np.random.Generator, inside: int = INSIDE) -> tuple[list[str], float]:
    """Move the controls of `demo` to its corners and to `inside` random places, then each control by itself.

    Of more corners than CORNERS, that many are drawn at random.
    Returns the violations (an exception, a warning, a number that is not finite, a control that changes nothing, slow)
    and the median computing time of a redraw in seconds, which other processes do not change.
    """
    violations, seconds = [], []

    def redraw(values: dict[str, Any]) -> bytes:
        begin = time.process_time()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                picture = demo.draw(**values)
                png = picture.png()
        except Exception as error:
            violations.append(f"{demo.draw.__name__}({values}) raised {error!r}")
            return b""
        seconds.append(time.process_time() - begin)
        violations.extend(f"{demo.draw.__name__}({values}) {violation}" for violation in strange(picture))
        return png

    corners = list(demo.corners())
    corners = [corners[i] for i in rng.permutation(len(corners))[:CORNERS]]
    for values in corners + [demo.sample(rng) for _ in range(inside)]:
        redraw(values)
    for name, control in demo.controls.items():
        # The corners of an angle are one place, and so may be a corner and a sample.
        places = [*control.corners(), *(control.sample(rng) for _ in range(3))]
        drawings = (redraw(demo.values | {name: place}) for place in places)
        first = next(drawings)
        if all(drawing == first for drawing in drawings):
            violations.append(f"{demo.draw.__name__}: {name} changes nothing")
    median = statistics.median(seconds) if seconds else float("nan")
    if median > SECONDS_PER_REDRAW:
        violations.append(f"{demo.draw.__name__} takes {median:.1f} s to redraw")
    return violations, median


def strange(picture: Picture) -> list[str]:
    """Return what in a drawn picture is not finite, or lacks a title, a label or a description."""
    violations = [
        f"draws {kind} that is not finite" for kind, data in drawn(picture.figure) if not np.isfinite(data).all()
    ]
    if re.search(r"\b(nan|inf)\b", picture.description) or len(picture.description.split()) < 8:
        violations.append(f"describes itself as {picture.description!r}")
    for axes in picture.figure.axes:
        if not (axes.get_title() and axes.get_xlabel() and axes.get_ylabel()):
            violations.append("has axes without title or labels")
    return violations


def drawn(figure: Figure) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the kind and the numbers, an array of any shape, of everything that is drawn in the axes of a figure."""
    for axes in figure.axes:
        for line in axes.lines:
            yield "a line", np.asarray(line.get_xydata(), dtype=float)
        for collection in axes.collections:
            yield "a marker", np.ma.getdata(collection.get_offsets()).astype(float)
            for path in collection.get_paths():
                yield "a path", np.asarray(path.vertices)
        for patch in axes.patches:
            yield "a patch", patch.get_patch_transform().transform(patch.get_path().vertices)
        for image in axes.images:
            yield "an image", np.asarray(image.get_array(), dtype=float)
        for text in axes.texts:
            yield "a text", np.asarray(text.get_position(), dtype=float)


# --- all notebooks together ------------------------------------------------------------------------------------------


def read_inventory(path: Path) -> dict[str, list[str]]:
    """Return, for each row of the lectures, the elements of the curriculum that teach it (T2.1, D2.3, E2.4)."""
    with path.open(encoding="utf-8", newline="") as file:
        return {line["row"]: line["elements"].split("/") for line in csv.DictReader(file)}


def taught_rows(notebooks: Iterable[NotebookNode]) -> set[str]:
    """Return the rows that cells are tagged with."""
    cells = itertools.chain.from_iterable(notebook.cells for notebook in notebooks)
    tags = itertools.chain.from_iterable(cell.metadata.get("tags", []) for cell in cells)
    return {tag.removeprefix("row:") for tag in tags if tag.startswith("row:")}


def unit(element: str) -> int:
    """Return the unit of an element: 10 of "D10.2"."""
    return int(element[1:].split(".")[0])


def is_due(elements: list[str], lectures: set[int], assignments: set[int]) -> bool:
    """Return whether a row must be taught by now: all the lectures that it belongs to exist.

    A row that no lecture teaches (only exercises do) is due when their assignments exist.
    """
    taught = {unit(element) for element in elements if element[0] in "TD"}
    if taught:
        return taught <= lectures
    return {unit(element) for element in elements} <= assignments


def coverage(inventory: dict[str, list[str]], taught: set[str], lectures: set[int], assignments: set[int]) -> list[str]:
    """Check that every tag names a row, and that every row that is due has a cell."""
    unknown = [f"the tag row:{row} names no row of the inventory" for row in sorted(taught - set(inventory))]
    missing = [
        f"{row} ({'/'.join(elements)}) has no cell"
        for row, elements in inventory.items()
        if row not in taught and is_due(elements, lectures, assignments)
    ]
    return unknown + missing


def rows_without_cells(inventory: dict[str, list[str]], taught: set[str]) -> dict[int, list[str]]:
    """Return, for each unit, those of its rows that no cell teaches."""
    units: dict[int, list[str]] = {}
    for row, elements in inventory.items():
        for number in sorted({unit(element) for element in elements}):
            units.setdefault(number, [])
            if row not in taught:
                units[number].append(row)
    return dict(sorted(units.items()))
