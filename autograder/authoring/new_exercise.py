"""Begin an exercise: its cells in the master, its answers in the catalogue, its rows in the inventory.

What it writes runs from the first minute: a task that doubles a vector. Each place where the author is to write says
so, and the release is refused until all of them are written.
"""

from __future__ import annotations

import csv
import io
import keyword
import string
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.authoring.exercise_table import with_table
from autograder.authoring.index import INVENTORY
from autograder.authoring.validate import TO_WRITE
from autograder.errors import CourseError
from autograder.files import replace_text
from autograder.notebooks.assignment import assignment_of, cells_of
from autograder.notebooks.format import MAY_RAISE, normalize, read_notebook, to_text
from autograder.paths import catalogue_path, master_path, require_assignment

TASK = f"""\
### $number $title ($points points, $minutes minutes, difficulty $difficulty/5)

{TO_WRITE} the slide, as in CS7150-L1, *Linear algebra*.

{TO_WRITE} the task in a few short sentences, with the formula and the shapes."""

ANSWER = f'''\
def $name(x: np.ndarray) -> np.ndarray:
    """{TO_WRITE} what it returns, with shapes, dtypes and what the axes are."""
    ### BEGIN SOLUTION
    return 2 * x  # {TO_WRITE} the solution
    ### END SOLUTION'''

CHECK = f"""\
# {TO_WRITE} what is tried, with numbers that a person verifies by hand, or with a property
check.call($name, np.array([1.0, -3.0])).equals(np.array([2.0, -6.0]))"""

CHECK_2 = f"""\
# Hidden cases: {TO_WRITE} which kinds of cases.
check.runs($name, np.ones(2))
### BEGIN HIDDEN TESTS
rng = check.rng("hidden")
for n in (1, 7):
    with check.case(f"x has length {{n}}"):  # {TO_WRITE} the cases, and an authority that is not the solution
        x = rng.normal(size=n)
        check.call($name, x).equals(x + x)
### END HIDDEN TESTS"""

HINTS = f"""\
<details><summary>Hint 1</summary>

{TO_WRITE} a question that leads to the first step.

</details>
<details><summary>Hint 2</summary>

{TO_WRITE} a question that leads to the second.

</details>
<details><summary>Why it is so</summary>

{TO_WRITE} the reason.

</details>"""

ANSWERS = f'''

# $number $title


@right("$name")
def added_to_itself():
    def $name(x):
        return x + x  # {TO_WRITE} another way to the right answer, and at least one more


@wrong("$name", hint="{TO_WRITE} the question that leads to the mistake")
def squared():
    def $name(x):
        return x * x  # {TO_WRITE} a usual mistake, and at least six more
'''


@dataclass(frozen=True)
class Plan:
    """What a new exercise is to be.

    name: of its answer cell, which is the function's; title: without number; points: an even split of the two checks;
    minutes; difficulty: 1 to 5; rows: of docs/inventory.csv, that it exercises.
    """

    name: str
    title: str
    points: int = 5
    minutes: int = 10
    difficulty: int = 2
    rows: Sequence[str] = ()


def new_exercise(root: Path, unit: str, plan: Plan) -> list[str]:
    """Add an exercise to the end of the unit's master and catalogue; return a line for each file, and what is next.

    Raises CourseError, before anything is written, where the unit or a row is unknown or the name cannot be used.
    """
    require_assignment(root, unit)
    master = read_notebook(master_path(root, unit))
    known = [exercise.name for exercise in assignment_of(master).exercises]
    _require_name(plan.name, known, unit)
    number = f"{int(unit[:2])}.{len(known) + 1}" if unit[:2].isdigit() else f"1.{len(known) + 1}"
    drafts = {
        master_path(root, unit): _master(master, known, plan, number),
        catalogue_path(root, unit): _catalogue(catalogue_path(root, unit), plan, number),
    }
    if plan.rows:
        drafts[root / INVENTORY] = _inventory(root / INVENTORY, plan.rows, f"E{number}")
    for path, text in drafts.items():
        replace_text(path, text)
    return [*(str(path.relative_to(root)) for path in drafts), *_next(unit, plan, number)]


def _require_name(name: str, known: Sequence[str], unit: str) -> None:
    if not name.isidentifier() or keyword.iskeyword(name):
        raise CourseError(f"{name} cannot be the name of a function; an exercise has the name of what it defines.")
    if name in known:
        raise CourseError(f"{unit} has an exercise {name}; choose another name.")


def _master(master: NotebookNode, known: Sequence[str], plan: Plan, number: str) -> str:
    visible = max(1, plan.points // 4)
    fill = lambda text: _filled(text, plan, number)
    stem = plan.name.replace("_", "-")
    cells = [
        new_markdown_cell(fill(TASK), id=f"{stem}-task", metadata={"tags": [f"row:{row}" for row in plan.rows]}),
        new_code_cell(fill(ANSWER), id=f"{stem}-answer", metadata=_nbgrader(plan.name, solution=True)),
        new_code_cell(fill(CHECK), id=f"{stem}-check", metadata=_graded(f"{plan.name}_check", visible)),
        new_code_cell(
            fill(CHECK_2), id=f"{stem}-check-2", metadata=_graded(f"{plan.name}_check_2", plan.points - visible)
        ),
        new_markdown_cell(fill(HINTS), id=f"{stem}-hints"),
    ]
    place = _end_of(master, known[-1]) if known else len(master.cells)
    master.cells[place:place] = cells
    return to_text(normalize(with_table(master), keep_outputs=False))


def _end_of(master: NotebookNode, exercise: str) -> int:
    """Return the index behind the last cell of `exercise`: code, or hints. Text that closes the notebook stays last."""
    own = [cell for cell in cells_of(master, exercise) if cell.cell_type == "code" or "<details>" in cell.source]
    return 1 + max(i for i, cell in enumerate(master.cells) if any(cell is one for one in own))


def _nbgrader(grade_id: str, **kind: Any) -> dict[str, Any]:
    usual = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    return {"nbgrader": usual | {"grade_id": grade_id} | kind}


def _graded(grade_id: str, points: int) -> dict[str, Any]:
    return _nbgrader(grade_id, grade=True, locked=True, points=points) | {"tags": [MAY_RAISE]}


def _catalogue(path: Path, plan: Plan, number: str) -> str:
    if path.is_file():
        before = path.read_text(encoding="utf-8").rstrip("\n") + "\n"
    else:
        before = f'"""Answers to assignment {path.stem}."""\n\nfrom answers import right, wrong\n'
    return before + _filled(ANSWERS, plan, number)


def _filled(text: str, plan: Plan, number: str) -> str:
    about = {key: str(value) for key, value in vars(plan).items()}
    return string.Template(text).substitute(about, number=number)


def _inventory(path: Path, rows: Sequence[str], element: str) -> str:
    """Return docs/inventory.csv with `element` added to what teaches each of `rows`."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        lines, columns = list(reader), reader.fieldnames or ()
    known = {line["row"] for line in lines}
    for row in rows:
        if row not in known:
            raise CourseError(f"{INVENTORY} has no row {row}; look there for the slide's rows.")
    for line in lines:
        if line["row"] in rows:
            line["elements"] = "/".join(filter(None, (line["elements"], element)))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()


def _next(unit: str, plan: Plan, number: str) -> list[str]:
    return [
        f"{number} {plan.name} runs. Next:",
        f'  write what says "{TO_WRITE}", in source/{unit}/{unit}.ipynb and answers/{unit}.py;',
        f"  autograder prove {unit} --exercise {plan.name} --sentences",
        f"  take {plan.points} points from other checks, then: autograder contents",
        f"  autograder generate {unit}",
    ]
