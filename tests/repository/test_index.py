"""notebooks/index.ipynb leads from each slide to the cells that carry its tags; README.md has a table of the units."""

from __future__ import annotations

import csv
from pathlib import Path

from nbformat import reads, write
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from support.tiny_course import command

from autograder.authoring.index import contents

ROOT = Path(__file__).parents[2]


def line_of(text: str, slide: str) -> str:
    """Return the row of the table that stands for a slide."""
    lines = [line for cell in reads(text, as_version=4).cells for line in cell.source.splitlines()]
    (line,) = [line for line in lines if line.startswith(f"| {slide} |")]
    return line


def make_course(root: Path) -> Path:
    """A course of one lecture and one assignment, and an inventory of two slides."""
    lecture = [
        new_markdown_cell("# Sums"),
        new_markdown_cell("## 1 Adding\n\n### 1.1 Two numbers"),
        new_code_cell("1 + 1", metadata={"tags": ["row:HPML-L3.002"]}),
        new_markdown_cell("### 1.2 Three", metadata={"tags": ["row:HPML-L3.001"]}),
    ]
    exercise = [new_markdown_cell("### 7.1 Add (5 points)", metadata={"tags": ["row:HPML-L3.002"]})]
    for folder, cells in (("notebooks", lecture), ("source/07_sums", exercise)):
        (root / folder).mkdir(parents=True)
        write(new_notebook(cells=cells), root / folder / "07_sums.ipynb")
    (root / "docs").mkdir()
    rows = "row,slide,topic,elements\nHPML-L3.001,A | B,,T7.1\nHPML-L3.002,A | B,,T7.1\nHPML-L3.003,Later,,T8.1\n"
    (root / "docs" / "inventory.csv").write_text(rows)
    (root / "nbgrader_config.py").touch()
    return root


def test_a_slide_leads_to_the_sections_and_exercises_of_all_its_rows(tmp_path):
    text = contents(make_course(tmp_path))
    taught, practised = "[07](07_sums.ipynb) 1.1, 1.2", "[07](../release/07_sums/07_sums.ipynb) 7.1"
    assert line_of(text, "A \\| B") == f"| A \\| B | {taught} | {practised} |"
    assert line_of(text, "Later") == "| Later |  |  |"
    assert line_of(text, "07") == "| 07 | [Sums](07_sums.ipynb) | [1 exercise](../release/07_sums/07_sums.ipynb) |"


def test_the_committed_index_is_what_the_tags_say():
    done = command(ROOT, "contents", "--check")
    assert done.returncode == 0, done.stderr


def test_an_index_that_is_out_of_date_is_named(tmp_path):
    done = command(make_course(tmp_path), "contents", "--check")
    assert done.returncode == 1
    assert done.stderr.startswith("error: notebooks/index.ipynb does not agree with the notebooks")
    assert command(tmp_path, "contents").returncode == 0
    assert command(tmp_path, "contents", "--check").returncode == 0


def test_the_table_of_units_in_the_readme_follows_the_notebooks(tmp_path):
    readme = make_course(tmp_path) / "README.md"
    readme.write_text("# A course\n\n<!-- units -->\n\nold\n\n<!-- end of units -->\n\nMore.\n")
    written = command(tmp_path, "contents").stdout.split()
    assert written == ["notebooks/index.ipynb", "notebooks/07_sums.ipynb", "README.md"]
    row = "| 07 | [Sums](notebooks/07_sums.ipynb) | [1 exercise](release/07_sums/07_sums.ipynb) |"
    assert row in readme.read_text() and "old" not in readme.read_text() and readme.read_text().endswith("\n\nMore.\n")
    (tmp_path / "notebooks" / "07_sums.ipynb").unlink()
    assert command(tmp_path, "contents", "--check").returncode == 1


def test_every_slide_of_the_lectures_has_its_line():
    text = contents(ROOT)
    with (ROOT / "docs" / "inventory.csv").open(encoding="utf-8", newline="") as file:
        slides = {line["slide"].replace("|", "\\|") for line in csv.DictReader(file)}
    lines = [line for cell in reads(text, as_version=4).cells for line in cell.source.splitlines()]
    assert [slide for slide in slides if not any(line.startswith(f"| {slide} |") for line in lines)] == []
