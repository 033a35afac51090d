"""Every claim of a lecture has a test that is named after its cell: a gate, and the list of those that wait for one.

What readers should see, and the answer to a question, are claims where they hold a number or a word such as "first",
"best" or "never". `test_NAME_...` in the module of the unit computes it anew; NAME is the id of the cell. `WAITING` in
that module lists the cells whose test is still to be written: it may only become shorter.

The answer to a prediction is a claim, too. What its function computes needs no test. What is typed there needs one,
named after the cell of the question or after the cell that says what is to be seen, which then has its numbers.
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
# In the reason of an answer these are parts of formulas.
FORMULA = {"0", "1", "2"}
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


# --- predictions -----------------------------------------------------------------------------------------------------


def typed(node: ast.AST) -> str:
    """Return what is typed in an expression that makes a text: its constants, without what is computed between them."""
    match node:
        case ast.Constant(value):
            return f" {value} "
        case ast.JoinedStr(values=parts):
            return "".join(str(part.value) if isinstance(part, ast.Constant) else " " for part in parts)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value)):
            return f" {value} "
        case _:
            return ""


def typed_claims(source: str) -> dict[str, tuple[str, str]]:
    """Return {question: (what is typed in its answer and its reason, what is typed in its question)} of a module."""
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and "predict.question" in map(ast.unparse, node.decorator_list):
            (asked,) = (last.value for last in node.body if isinstance(last, ast.Return))
            assert isinstance(asked, ast.Call)
            said = {keyword.arg: keyword.value for keyword in asked.keywords}
            given = " ".join(typed(part) for argument in asked.args for part in ast.walk(argument))
            found[node.name.replace("_", "-")] = f"{typed(said['answer'])} {typed(said['why'])}", given
    return found


def untested_answers(cells: list[NotebookNode], source: str, names: list[str]) -> list[str]:
    """Return the questions of a lecture whose answer or reason is a claim without a test."""
    found = []
    for question, (claim, given) in typed_claims(source).items():
        at = next((i for i, cell in enumerate(cells) if cell.source == f'predict("{question}")'), None)
        if at is None:
            found.append(f"{question} is not asked")
            continue
        if is_tested(cells[at].id, names) or not (NUMBER.search(claim) or SUPERLATIVE.search(claim)):
            continue
        seen = next((cell for cell in cells[at:] if SEEN in cell.source), None)
        new = set(NUMBER.findall(claim)) - set(NUMBER.findall(given)) - FORMULA
        if seen is None or not is_tested(seen.id, names):
            found.append(f"{question}: neither its cell nor the next that says what is to be seen has a test")
        elif new := sorted(number for number in new if number.rstrip("%") not in plain(seen.source)):
            found.append(f"{question}: no test computes {', '.join(new)}")
    return found


def plain(text: str) -> set[str]:
    """Return the numbers of a text of a lecture as a question writes them: without TeX between their digits."""
    return {number.rstrip("%") for number in NUMBER.findall(re.sub(r"(?<=\d)(?:\{,\}|,)(?=\d{3})", "", text))}


@pytest.mark.parametrize("unit", UNITS)
def test_the_answer_to_a_prediction_is_computed_or_has_a_test(unit):
    source = (ROOT / "course_utils" / unit[3:] / "predictions.py").read_text(encoding="utf-8")
    cells = read_notebook(ROOT / "notebooks" / f"{unit}.ipynb").cells
    assert untested_answers(cells, source, names_of_tests(unit)) == []


QUESTION = """
@predict.question
def order():
    return Number("Of 50 layers?", answer={answer}, why={why})
"""


@pytest.mark.parametrize(
    ("answer", "why", "complaint"),
    [
        ("count()", "f'It takes {count()}.'", None),
        ("count()", "'It takes 44.8 for 50.'", None),  # the cell says so, and has a test
        ("count()", "'It takes 45.'", "order: no test computes 45"),
        ("-7", "'It is so.'", "order: no test computes 7"),
    ],
)
def test_what_is_typed_in_an_answer_needs_a_test_and_what_is_computed_needs_none(answer, why, complaint):
    from nbformat.v4 import new_code_cell

    cells = [new_code_cell('predict("order")', id="order-predict"), planted("It is 44.8 times as many.")]
    cells[1].id = "order-see"
    source = QUESTION.format(answer=answer, why=why)
    expected = [complaint] if complaint else []
    assert untested_answers(cells, source, ["order_see_the_ratio"]) == expected
    assert untested_answers(cells, source, ["order_predict_the_ratio"]) == []
    assert untested_answers(cells[1:], source, []) == ["order is not asked"]


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
