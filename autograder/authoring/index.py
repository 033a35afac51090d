"""Write what is made from the notebooks' headings, tags and points.

That is notebooks/index.ipynb, from slides to sections and exercises; the table of units in README.md; in each master
the points of its titles and the table of its exercises; and in each lecture the minutes of its sections.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from autograder.authoring.exercise_table import with_table
from autograder.authoring.section_minutes import with_minutes
from autograder.errors import CourseError
from autograder.files import replace_text
from autograder.notebooks.format import normalize, read_notebook, to_text
from autograder.paths import master_path

INDEX = Path("notebooks/index.ipynb")
README = Path("README.md")
INVENTORY = Path("docs/inventory.csv")
LECTURES = {
    "CS7150-L1": "Northeastern CS7150, lecture 1: deep learning nowadays, mathematics, programming",
    "CIS5190-L15": "Penn CIS 4190/5190, lecture 15: neural networks, part 3",
    "HPML-L3": "NYU ECE-GY 9143 HPML, lecture 3: machine learning and PyTorch basics",
    "PYTORCH-INTRO": "PyTorch workshop: understanding PyTorch",
    "CS7643-BACKPROP": "Georgia Tech CS 4644/7643: backpropagation and automatic differentiation",
}
HEADING = re.compile(r"^#{2,3} (\d+(?:\.\d+)?) ", re.MULTILINE)
UNIT = re.compile(r"\d\d_\w+")
TABLE_OF_UNITS = re.compile(r"(?<=<!-- units -->\n\n).*?(?=\n\n<!-- end of units -->)", re.DOTALL)

OPENING = """\
# Contents

Where each slide is taught and practised. The number after a unit is a section of its lecture notebook, or an exercise.
Each unit begins with what you will be able to do."""


def contents(root: Path) -> str:
    """Return the text of notebooks/index.ipynb.

    Raises CourseError if a notebook cannot be read, or if the inventory of slides is missing.
    """
    lectures, masters = _notebooks(root / "notebooks"), _notebooks(root / "source")
    sections, exercises = ({unit: _places(notebook) for unit, notebook in all.items()} for all in (lectures, masters))
    cells = [
        new_markdown_cell(OPENING, id="contents"),
        new_markdown_cell(_units(lectures, masters, "", "../release/"), id="units"),
    ]
    slides = _slides(root / INVENTORY)
    for lecture, title in LECTURES.items():
        lines = [f"## {lecture}", "", title + ".", "", "| slide | taught in | practised in |", "| --- | --- | --- |"]
        for (of, slide), rows in slides.items():
            if of == lecture:
                taught, practised = _links(sections, rows, ""), _links(exercises, rows, "../release/{0}/")
                escaped = slide.replace("|", r"\|")
                lines.append(f"| {escaped} | {taught} | {practised} |")
        cells.append(new_markdown_cell("\n".join(lines), id=lecture.lower()))
    return to_text(normalize(new_notebook(cells=cells), keep_outputs=False))


def with_table_of_units(readme: str, root: Path) -> str:
    """Return the text of README.md with today's units in its table; a text without the table's marks as it is.

    Raises CourseError if a notebook cannot be read.
    """
    table = _units(_notebooks(root / "notebooks"), _notebooks(root / "source"), "notebooks/", "release/")
    return TABLE_OF_UNITS.sub(lambda _: table, readme)


def write_contents(root: Path, check: bool = False) -> list[Path]:
    """Update index, README.md, masters and lectures unless `check` is set; return those that were out of date.

    Raises CourseError if a notebook cannot be read, or if the inventory of slides is missing.
    """
    texts, stale = {INDEX: contents(root)}, []
    for unit, master in _notebooks(root / "source").items():
        written = normalize(with_table(master), keep_outputs=False)
        if written.cells != normalize(master, keep_outputs=False).cells:
            texts[master_path(root, unit).relative_to(root)] = to_text(written)
    for unit, lecture in _notebooks(root / "notebooks").items():
        written = normalize(with_minutes(lecture), keep_outputs=True)
        if written.cells != normalize(lecture, keep_outputs=True).cells:
            texts[Path("notebooks") / f"{unit}.ipynb"] = to_text(written)
    if (root / README).is_file():
        texts[README] = with_table_of_units((root / README).read_text(encoding="utf-8"), root)
    for name, text in texts.items():
        path = root / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not check:
                replace_text(path, text)
    return stale


def _notebooks(folder: Path) -> dict[str, NotebookNode]:
    paths = sorted([*folder.glob("*.ipynb"), *folder.glob("*/*.ipynb")])
    return {path.stem: read_notebook(path) for path in paths if UNIT.fullmatch(path.stem)}


def _places(notebook: NotebookNode) -> dict[str, list[str]]:
    """Return {row: numbers of the sections (or exercises) whose cells have the tag of that row}."""
    places: dict[str, dict[str, None]] = {}
    section = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            section = next(iter(HEADING.findall(cell.source)[-1:]), section)
        for tag in cell.metadata.get("tags", []):
            if tag.startswith("row:") and section:
                places.setdefault(tag.removeprefix("row:"), {})[section] = None
    return {row: list(found) for row, found in places.items()}


def _slides(path: Path) -> dict[tuple[str, str], list[str]]:
    """Return {(lecture, slide): rows}, in the order of the lectures."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = list(csv.DictReader(file))
    except FileNotFoundError:
        raise CourseError(f"there is no {path}; restore it from git.") from None
    slides: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        slides.setdefault((line["row"].rsplit(".", 1)[0], line["slide"]), []).append(line["row"])
    return slides


def _links(places: dict[str, dict[str, list[str]]], rows: list[str], folder: str) -> str:
    """Return the places that teach any of `rows`, one link per unit: "[02](...) 1.2, 2.1"."""
    return "; ".join(_links_of_units(places, rows, folder))


def _links_of_units(places: dict[str, dict[str, list[str]]], rows: list[str], folder: str) -> Iterator[str]:
    for unit, by_row in places.items():
        found = sorted({place for row in rows for place in by_row.get(row, ())}, key=_by_number)
        if found:
            yield f"[{unit[:2]}]({folder.format(unit)}{unit}.ipynb) {', '.join(found)}"


def _by_number(place: str) -> list[int]:
    return [int(part) for part in place.split(".")]


def _units(lectures: dict[str, NotebookNode], masters: dict[str, NotebookNode], here: str, release: str) -> str:
    """Return the table of units; `here` and `release`: the folders of lectures and assignments, seen from the page."""
    lines = ["| unit | lecture | assignment |", "| --- | --- | --- |"]
    for unit in sorted({*lectures, *masters}):
        lecture = f"[{_title(lectures[unit])}]({here}{unit}.ipynb)" if unit in lectures else ""
        asked = sum(bool(re.match(r"### ", cell.source)) for cell in masters[unit].cells) if unit in masters else 0
        exercises = f"{asked} exercise{'s' if asked > 1 else ''}"
        assignment = f"[{exercises}]({release}{unit}/{unit}.ipynb)" if asked else ""
        lines.append(f"| {unit[:2]} | {lecture} | {assignment} |")
    return "\n".join(lines)


def _title(notebook: NotebookNode) -> str:
    return notebook.cells[0].source.splitlines()[0].lstrip("# ")
