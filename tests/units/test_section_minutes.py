"""Sections of lectures say how long they take, and unit 00 leads to a first check within ten cells."""

from __future__ import annotations

import re

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from support.units import ROOT, UNITS

from autograder.authoring.section_minutes import minutes, with_minutes
from autograder.notebooks.format import read_notebook


def words(count: int) -> str:
    return " ".join(["word"] * count)


def lecture(*cells):
    return new_notebook(cells=[new_markdown_cell("# A unit"), *cells, new_markdown_cell("## Summary\n\nAll of it.")])


def said(notebook) -> list[int]:
    return [int(found) for cell in notebook.cells for found in re.findall(r"\*About (\d+) minutes\.\*", cell.source)]


def test_a_section_says_its_minutes_below_its_heading_and_once():
    once = with_minutes(lecture(new_markdown_cell(f"## 1 Layers\n\n{words(900)}"), new_markdown_cell("## 2 Losses")))
    assert said(once) == [10, 5]
    assert once.cells[1].source.startswith("## 1 Layers\n\n*About 10 minutes.*\n\nword word")
    assert with_minutes(once).cells == once.cells
    assert said(with_minutes(lecture())) == []


def test_demonstrations_and_code_take_time_and_folded_cells_none():
    text = new_markdown_cell(words(900))
    demo, code = new_code_cell("explore(draw, x=Slider(0, 1, 0))"), new_code_cell("x = 1")
    folded = new_code_cell("agree(x, 1)", metadata={"jupyter": {"source_hidden": True}})
    assert minutes([text]) == minutes([text, folded, folded, folded, folded, folded]) == 10
    assert minutes([text, demo, demo, demo, demo, demo]) == 25
    assert minutes([text, *[code] * 10]) == 20


@pytest.mark.parametrize("unit", UNITS)
def test_every_numbered_section_of_a_lecture_says_its_minutes(unit):
    cells = read_notebook(ROOT / "notebooks" / f"{unit}.ipynb").cells
    sections = [cell.source for cell in cells if re.match(r"## \d", cell.source)]
    assert sections and all(re.match(r"## \d+ .+\n\n\*About \d+ minutes\.\*", source) for source in sections)


def test_a_unit_of_two_sittings_marks_its_break():
    texts = {unit[:2]: (ROOT / "notebooks" / f"{unit}.ipynb").read_text(encoding="utf-8") for unit in UNITS}
    breaks = {number for number, text in texts.items() if "A good place for a break" in text}
    assert breaks == {"08", "10"} & set(texts)


def test_ten_cells_lead_to_the_first_check_of_the_course():
    cells = read_notebook(ROOT / "notebooks" / "00_getting_started.ipynb").cells
    first = next(i for i, cell in enumerate(cells) if cell.cell_type == "code" and "check.call(" in cell.source)
    assert first < 10
