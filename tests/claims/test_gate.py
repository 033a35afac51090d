"""Every claim of a lecture has a test that is named after its cell: a gate, and the list of those that wait for one.

What readers should see, and the answer to a question, are claims where they hold a number or a word such as "first",
"best" or "never". `test_NAME_...` in the module of the unit computes it anew; NAME is the id of the cell. `WAITING` in
that module lists the cells whose test is still to be written: it may only become shorter.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from nbformat import NotebookNode
from support.units import ROOT, UNITS

from autograder.notebooks.format import read_notebook

FOLDER = Path(__file__).parent

SEEN, ANSWER = "<details><summary>What you should see</summary>", "<details><summary>Answer</summary>"

# A number that is no part of a reference (section 3.1, unit 08, exercise 2.4), and words that say more than "here".
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?%?")
REFERENCE = re.compile(r"(?:sections?|units?|exercises?|lecture|cell)\s+\d+(?:\.\d+)?(?:\s+and\s+\d+(?:\.\d+)?)?")
SUPERLATIVE = re.compile(
    r"\b(?:all|always|any|best|every|exactly|fastest|first|highest|largest|last|least|lowest|most|never|no|none|nothing|only|"
    r"slowest|smallest|sooner|twice|worst|half|longer|shorter|faster|slower|more|fewer|less)\b"
)


def is_claim(cell: NotebookNode) -> bool:
    """Return whether a cell tells its reader what is to be seen, with a number or a superlative."""
    if cell.cell_type != "markdown" or not (SEEN in cell.source or ANSWER in cell.source):
        return False
    said = REFERENCE.sub("", cell.source.partition("</summary>")[2])
    return bool(NUMBER.search(said) or SUPERLATIVE.search(said))


def claims(unit: str) -> list[str]:
    """Return the ids of the cells of a lecture that hold claims."""
    return [cell.id for cell in read_notebook(ROOT / "notebooks" / f"{unit}.ipynb").cells if is_claim(cell)]


def module(unit: str) -> str:
    """Return the source of the tests of claims of a unit."""
    return (FOLDER / f"test_{unit[3:]}.py").read_text(encoding="utf-8")


def names_of_tests(unit: str) -> list[str]:
    """Return the names of the tests of claims of a unit, without "test_"."""
    tree = ast.parse(module(unit))
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [name.removeprefix("test_") for name in names if name.startswith("test_")]


def is_tested(cell: str, names: list[str]) -> bool:
    """Return whether one of the tests begins with the id of a cell."""
    stem = cell.replace("-", "_")
    return any(f"{name}_".startswith((f"{stem}_", f"{stem.removesuffix('_see')}_see_")) for name in names)


def waiting(unit: str) -> set[str]:
    """Return the ids of cells that a module says still wait for their test."""
    tree = ast.parse(module(unit))
    found = [
        node.value for node in tree.body if isinstance(node, ast.Assign) and "WAITING" in map(ast.unparse, node.targets)
    ]
    return {cell for value in found for cell in ast.literal_eval(value).split()}


@pytest.mark.parametrize("unit", UNITS)
def test_a_claim_has_a_test_named_after_its_cell_or_waits_for_one(unit):
    found, names = claims(unit), names_of_tests(unit)
    untested = {cell for cell in found if not is_tested(cell, names)}
    print(f"\n{unit}: {len(found)} cells with claims, {len(found) - len(untested)} tested, {len(names)} tests", end="")
    assert untested == waiting(unit)


@pytest.mark.parametrize("unit", UNITS)
def test_a_test_of_a_claim_is_named_after_a_cell_that_exists(unit):
    cells = [cell.id for cell in read_notebook(ROOT / "notebooks" / f"{unit}.ipynb").cells]
    assert [name for name in names_of_tests(unit) if not any(is_tested(cell, [name]) for cell in cells)] == []


def planted(text: str, summary: str = SEEN) -> NotebookNode:
    from nbformat.v4 import new_markdown_cell

    return new_markdown_cell(f"{summary}\n\n{text}\n\n</details>")


@pytest.mark.parametrize(
    "text", ["It takes 40 updates.", "Adam is never ahead.", "The error halves: 0.5.", "About 12% are."]
)
def test_a_number_or_a_superlative_is_a_claim(text):
    assert is_claim(planted(text)) and is_claim(planted(text, ANSWER))
    assert not is_claim(planted(text, "<details><summary>Hint</summary>"))


def test_a_reference_is_no_claim():
    assert not is_claim(planted("A curve that bends, as in section 3.1 and in unit 08."))


def test_a_test_belongs_to_the_cell_whose_id_begins_its_name():
    assert is_tested("momentum-see", ["momentum_see_the_methods"]) and is_tested(
        "erratum-zero", ["erratum_zero_counts"]
    )
    assert not is_tested("momentum-see", ["momentum_rates_differ"]) and not is_tested("race", ["races_are_won"])
