"""Every master notebook keeps the rules for exercises, and each violation is reported."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import cast

import pytest
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from support.tiny_course import nbgrader_metadata

from autograder.authoring.validate import gaps, violations
from autograder.notebooks.assignment import assignment_of
from autograder.notebooks.catalogue import Answer, Catalogue, Kind, load
from autograder.notebooks.format import read_notebook
from autograder.paths import catalogue_path
from course_utils import checks

ROOT = Path(__file__).parents[2]
MASTERS = sorted((ROOT / "source").glob("*/*.ipynb"))

TITLE = "### 1.1 Twice (20 points, 5 minutes, difficulty 1/5)"
TWICE = '''\
def twice(x: np.ndarray) -> np.ndarray:
    """Return 2 x, (n,)."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION'''
TWICE_CHECK = """\
x = check.rng().normal(size=3)
check.call(twice, x).equals(x + x)"""
TWICE_CHECK_2 = """\
# Hidden cases: other lengths.
check.runs(twice, np.ones(2))
### BEGIN HIDDEN TESTS
for n in (1, 5):
    with check.case(f"n is {n}"):
        x = check.rng("hidden").normal(size=n)
        check.call(twice, x).equals(x + x)
check.raises(ValueError, twice, np.ones((2, 2)))
### END HIDDEN TESTS"""
COUNTER = '''\
class Counter:
    """Count upwards: `step()` returns 1, 2, ..."""
    ### BEGIN SOLUTION
    value = 0

    def step(self):
        self.value += 1
        return self.value
    ### END SOLUTION


rank = None  # the rank of the matrix of ones'''
COUNTER_CHECK = '''\
@check.driver
def steps(n):
    """`n` steps of a `Counter`."""
    import math

    counter = Counter()
    return [math.floor(counter.step()) for _ in range(n)]


check.call(steps, 3).equals([1, 2, 3])
check.read(rank, "rank").equals(1)'''
COUNTER_CHECK_2 = """\
# Hidden cases: the rank.
check.read(rank, "rank")
check.runs(Counter)
### BEGIN HIDDEN TESTS
check.read(rank, "rank").equals(1)
### END HIDDEN TESTS"""


def master():
    """A notebook that keeps the contract."""
    return new_notebook(
        cells=[
            new_markdown_cell("# Tiny", id="title"),
            new_code_cell("import numpy as np\nfrom course_utils import check", id="setup"),
            new_markdown_cell(TITLE + "\n\nDouble it.", id="twice-task"),
            new_code_cell(TWICE, id="twice-answer"),
            new_code_cell(TWICE_CHECK, id="twice-check"),
            new_code_cell(TWICE_CHECK_2, id="twice-check-2"),
            new_markdown_cell("### 1.2 Count (30 points, 15 minutes, difficulty 2/5)", id="counter-task"),
            new_code_cell(COUNTER, id="counter-answer"),
            new_code_cell(COUNTER_CHECK, id="counter-check"),
            new_code_cell(COUNTER_CHECK_2, id="counter-check-2"),
        ]
    )


METADATA = {
    "setup": nbgrader_metadata("setup", locked=True),
    "twice-answer": nbgrader_metadata("twice", solution=True),
    "twice-check": nbgrader_metadata("twice_check", grade=True, locked=True, points=5),
    "twice-check-2": nbgrader_metadata("twice_check_2", grade=True, locked=True, points=15),
    "counter-answer": nbgrader_metadata("counter", solution=True),
    "counter-check": nbgrader_metadata("counter_check", grade=True, locked=True, points=10),
    "counter-check-2": nbgrader_metadata("counter_check_2", grade=True, locked=True, points=20),
}


def tiny() -> NotebookNode:
    notebook = master()
    for cell in notebook.cells:
        cell.metadata.update(copy.deepcopy(METADATA.get(cell.id, {})))
        if "-check" in cell.id:
            cell.metadata["tags"] = ["raises-exception"]
    return cast(NotebookNode, from_dict(notebook))


def replaced(cell_id: str, old: str, new: str):
    """A defect: in a cell, `new` stands for `old`."""

    def plant(notebook):
        cell = next(cell for cell in notebook.cells if cell.id == cell_id)
        assert old in cell.source
        cell.source = cell.source.replace(old, new)

    return plant


def marked(cell_id: str, **changes):
    """A defect: a cell has other nbgrader metadata."""

    def plant(notebook):
        next(cell for cell in notebook.cells if cell.id == cell_id).metadata.nbgrader.update(changes)

    return plant


def without(cell_id: str):
    """A defect: a cell is missing."""

    def plant(notebook):
        notebook.cells = [cell for cell in notebook.cells if cell.id != cell_id]

    return plant


def ruling(rule: str, told: str | None, *checks: str):
    """A defect: these checks of `twice` rule something out, and the task tells it, or does not."""

    def plant(notebook):
        for cell in notebook.cells:
            if cell.id in checks:
                cell.source = f"# Hidden cases: other lengths.\ncheck.rules_out({rule})\n{cell.source}"
            elif cell.id == "twice-task" and told is not None:
                cell.source += f"\n\n**Not:** {told}."

    return plant


BOTH = ("twice-check", "twice-check-2")
ADDED = "check.call(twice, x).equals(x + x)"
DEFECTS = {
    "a cell is not Python": (
        replaced("twice-check", "x = ", "x = = "),
        "the cell twice-check is not Python: invalid syntax in line 1.",
    ),
    "a stub that is not Python": (
        replaced(
            "twice-check-2", "### BEGIN HIDDEN TESTS\nfor n in (1, 5):", "for n in (1, 5):\n    ### BEGIN HIDDEN TESTS"
        ),
        "the cell twice-check-2 is not Python in the release: expected an indented block",
    ),
    "no setup cell": (without("setup"), 'the first code cell must be the setup cell, with the grade_id "setup".'),
    "a name twice": (marked("counter-check", grade_id="twice_check"), "the grade_id twice_check is used 2 times."),
    "a check of nothing": (
        marked("twice-check", grade_id="double_check"),
        "the check cell double_check belongs to no answer cell; name it <exercise>_check.",
    ),
    "a check out of order": (
        marked("twice-check-2", grade_id="twice_check_3"),
        "twice has the check cells twice_check, twice_check_3; expected twice_check, twice_check_2.",
    ),
    "one check only": (
        without("twice-check-2"),
        "twice has 1 check cells; it needs a visible one and one with hidden tests.",
    ),
    "another name than it defines": (
        lambda notebook: [
            marked("twice-answer", grade_id="double")(notebook),
            marked("twice-check", grade_id="double_check")(notebook),
            marked("twice-check-2", grade_id="double_check_2")(notebook),
        ],
        "double defines twice; the grade_id must be the name that it defines.",
    ),
    "an old schema": (marked("setup", schema_version=2), "the cell setup must have nbgrader's schema_version 3."),
    "a locked answer": (
        marked("twice-answer", locked=True),
        "the cell twice must not be locked: students write in it.",
    ),
    "an open check": (marked("twice-check", locked=False), "the cell twice_check must be locked."),
    "no points": (
        marked("twice-check", points=0),
        "the cell twice_check must give points, more than 0.",
    ),
    "points forgotten": (
        lambda notebook: notebook.cells[4].metadata.nbgrader.pop("points"),
        "the cell twice_check must give points, more than 0.",
    ),
    "half points": (
        marked("twice-check", points=2.5),
        "the points add up to 47.5; an assignment has 50, so 2.5 are too few",
    ),
    "a check that stops Run All": (
        lambda notebook: notebook.cells[4].metadata.pop("tags"),
        "the cell twice_check needs the tag raises-exception, so that Run All goes on where it fails.",
    ),
    "a wrong sum": (
        marked("twice-check", points=6),
        "the points add up to 51; an assignment has 50, so 1 are too many",
    ),
    "a title that says other points": (
        replaced("twice-task", "20 points", "19 points"),
        "twice has 19 points in its title, and 20 in its checks; `autograder contents`",
    ),
    "a title of another form": (
        replaced("twice-task", ", difficulty 1/5", ""),
        'twice has the title "1.1 Twice (20 points, 5 minutes)"; write it as "### 2.4 PCA from data (7 points,',
    ),
    "no solution region": (
        replaced("twice-answer", "### BEGIN SOLUTION\n", "pass\n"),
        "twice has no region between BEGIN SOLUTION and END SOLUTION.",
    ),
    "no docstring": (
        replaced("twice-answer", '"""Return 2 x, (n,)."""', "pass"),
        "twice: twice has no docstring; say shapes, dtypes and the formula.",
    ),
    "no types": (
        replaced("twice-answer", "x: np.ndarray", "x"),
        "twice: twice needs a type for every argument and for what it returns.",
    ),
    "hidden tests in the first check": (
        replaced("twice-check", ADDED, f"### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS\n{ADDED}"),
        "twice_check has hidden tests; the first check of an exercise must be visible as a whole.",
    ),
    "no hidden tests in the second": (
        replaced("twice-check-2", "### BEGIN HIDDEN TESTS\n", ""),
        "twice_check_2 needs one region between BEGIN HIDDEN TESTS and END HIDDEN TESTS.",
    ),
    "kinds of hidden cases not told": (
        replaced("twice-check-2", "# Hidden cases: other lengths.\n", ""),
        "twice_check_2 must begin with a comment that says what kinds of cases are hidden.",
    ),
    "an untouched stub not told": (
        replaced("twice-check-2", "check.runs(twice, np.ones(2))\n", "x = 1\n"),
        "twice_check_2: a visible line must run twice, so that an untouched stub says so.",
    ),
    "one of two names not told": (
        replaced("counter-check-2", 'check.read(rank, "rank")\n', ""),
        "counter_check_2: a visible line must run rank, so that an untouched stub says so.",
    ),
    "a direct call": (
        replaced("twice-check", ADDED, f"y = twice(x)\n{ADDED}"),
        "twice_check: it uses twice in another way than as the argument of check.call, check.runs, check.read, "
        "check.raises, check.exposes, check.catches, check.prediction.",
    ),
    "a second argument": (
        replaced("twice-check", "check.call(twice, x)", "check.call(map, twice, x)"),
        "twice_check: it uses twice in another way than as the argument of",
    ),
    "an alias": (
        replaced("twice-check", ADDED, f"f = twice\n{ADDED}"),
        "twice_check: it uses twice in another way than as the argument of",
    ),
    "a new meaning": (
        replaced("twice-check", ADDED, f"twice = np.negative\n{ADDED}"),
        "twice_check: it redefines the student's name twice.",
    ),
    "a new meaning in a loop": (
        replaced("twice-check", ADDED, f"for twice in range(2):\n    pass\n{ADDED}"),
        "twice_check: it redefines the student's name twice.",
    ),
    "a new meaning by an import": (
        replaced("twice-check", ADDED, f"import math as twice\n{ADDED}"),
        "twice_check: it redefines the student's name twice.",
    ),
    "another exercise's name": (
        replaced("counter-check", "check.read(rank", "check.call(twice, np.ones(1))\ncheck.read(rank"),
        "counter_check: it uses twice, which belongs to another exercise.",
    ),
    "a driver called directly": (
        replaced("counter-check", "check.call(steps, 3)", "check.Received(steps(3), 'steps')"),
        "counter_check: it uses steps in another way than as the argument of check.call",
    ),
    "a driver that uses the setup's imports": (
        replaced("counter-check", "math.floor(counter.step())", "np.floor(counter.step())"),
        "counter_check: the driver steps uses np, which is neither an argument nor imported in it.",
    ),
    "a driver that uses an expected value": (
        replaced("counter-check", "for _ in range(n)]", "for _ in range(n) if expected]"),
        "counter_check: the driver steps uses expected, which is neither an argument nor imported in it.",
    ),
    "a driver with a default from outside": (
        replaced("counter-check", "def steps(n):", "def steps(n=many):"),
        "counter_check: the driver steps uses many, which is neither an argument nor imported in it.",
    ),
    "a driver that checks": (
        replaced("counter-check", "    counter = Counter()", "    counter = Counter()\n    check.rng()"),
        "counter_check: the driver steps uses check, which is neither an argument nor imported in it.",
    ),
    "a driver without a docstring": (
        replaced("counter-check", '    """`n` steps of a `Counter`."""\n', ""),
        "counter_check: the driver steps has no docstring; messages quote its first line.",
    ),
    "a visible check that is too long": (
        replaced("twice-check", ADDED, "y = x\n" * 12 + ADDED),
        "twice_check: students see 14 lines of it, and 12 are the most; move drivers to a module",
    ),
    "a module of drivers that does not exist": (
        replaced("setup", "import check", "import check\nfrom course_utils.checks import nowhere as drive"),
        "the setup cell imports course_utils.checks.nowhere, and there is no such module.",
    ),
    "a helper of the lectures in the setup cell": (
        replaced("setup", "import check", "import check\nfrom course_utils.drawing import digits"),
        "the setup cell imports course_utils.drawing.digits, which is not there when answers are graded; what graded",
    ),
    "a student's name in an argument that no driver takes": (
        replaced("counter-check", "check.call(steps, 3)", "check.call(drive.steps, Counter, 3)"),
        "counter_check: it uses Counter in another way than as the argument of check.call",
    ),
    "a value at the end": (
        replaced("twice-check", ADDED, "check.call(twice, x)"),
        "twice_check: the last line of the release leaves a value, which nbgrader may take for points; end on a check.",
    ),
    "a value at the end of the release": (
        replaced("twice-check-2", "check.runs(twice, np.ones(2))", "check.runs(twice, np.ones(2))\nnp.ones(2)"),
        "twice_check_2: the last line of the release leaves a value",
    ),
    "a value at the end of the hidden tests": (
        replaced("twice-check-2", "### END", "check.call(twice, x).has_shape(5)\n### END"),
        "twice_check_2: the last line leaves a value",
    ),
    "a print": (
        replaced("twice-check", ADDED, f"print(x)\n{ADDED}"),
        "twice_check: it uses print; a check prints nothing unless it fails.",
    ),
    "a rule for another name": (
        ruling('["twice", "thrice"], "numpy.add"', "`np.add`", *BOTH),
        "the checks of twice rule out something for twice, thrice; it defines twice.",
    ),
    "a rule of one check": (
        ruling('"twice", "numpy.add"', "`np.add`", "twice-check"),
        "the checks of twice rule out different things; give each the same line check.rules_out(...).",
    ),
    "a rule that is computed": (
        ruling('"twice", np.add.__name__', "`np.add`", *BOTH),
        "twice_check must have one line check.rules_out(...), whose arguments are written out as texts.",
    ),
    "a rule that the task does not tell": (
        ruling('"twice", "numpy.add"', None, *BOTH),
        'twice rules out numpy.add, and its task does not say so; begin a paragraph with "**Not:**".',
    ),
    "a rule that the task tells otherwise": (
        ruling('"twice", "numpy.add"', "`np.multiply`", *BOTH),
        "twice rules out numpy.add, which the line **Not:** of its task does not name.",
    ),
    "a rule that only the task tells": (
        ruling('"twice"', "`np.multiply`", *BOTH),
        "the task of twice has a line **Not:**, and its checks do not rule out anything.",
    ),
    "a rule on what does not exist": (
        ruling('"twice", "numpy.twice"', "`np.twice`", *BOTH),
        "twice rules out numpy.twice, which is neither a group nor anything that is installed here.",
    ),
    "a rule that the solution breaks": (
        lambda notebook: [
            ruling('"twice", "numpy.add"', "`np.add`", *BOTH)(notebook),
            replaced("twice-answer", "return 2 * x", "return np.add(x, x)")(notebook),
        ],
        "the solution of twice breaks the rule of its own task: `twice` uses `numpy.add`, which this task rules out",
    ),
    "inputs from elsewhere": (
        replaced("twice-check", "check.rng().normal", "np.random.normal"),
        "twice_check: it uses np.random; inputs come from check.rng() and check.generator().",
    ),
}


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.stem)
def test_a_master_keeps_the_rules(path):
    assert violations(read_notebook(path)) == []


def test_the_tiny_master_keeps_the_rules():
    assert violations(tiny()) == []


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_is_named(defect):
    plant, sentence = DEFECTS[defect]
    notebook = tiny()
    plant(notebook)
    found = violations(notebook)
    assert any(line.startswith(sentence) for line in found), found


def test_a_rule_that_the_task_tells_and_all_checks_have_is_kept():
    notebook = tiny()
    ruling('["twice"], "numpy.add", "matrix products"', "`np.add`, matrix products (`@`)", *BOTH)(notebook)
    assert violations(notebook) == []


@pytest.fixture
def drivers(tmp_path, monkeypatch):
    """The path of a module `course_utils.checks.drivers` that a test may write."""
    monkeypatch.setattr(checks, "__path__", [str(tmp_path)])
    return tmp_path / "drivers.py"


def driven_by(module: Path, source: str) -> list[str]:
    """Return what violates a rule where a check of the tiny master calls a driver of this module."""
    module.write_text(source)
    notebook = tiny()
    cells = {cell.id: cell for cell in notebook.cells}
    cells["setup"].source += "\nfrom course_utils.checks import drivers as drive"
    cells["twice-check"].source = "x = np.ones(1)\ncheck.call(drive.of, [twice], x).equals(x + x)"
    return violations(notebook)


DRIVER = 'from course_utils import check\n\n\n@check.driver\ndef of(functions, x):\n    """It."""\n    return 2 * x\n'


def test_a_driver_of_a_module_takes_the_students_functions_as_arguments(drivers):
    assert driven_by(drivers, DRIVER) == []


def test_a_module_of_drivers_that_imports_the_grader_is_named(drivers):
    (sentence,) = driven_by(drivers, f"from autograder import paths\n{DRIVER}")
    assert sentence.startswith("course_utils.checks.drivers imports autograder, which students do not have")


def test_a_driver_of_a_module_needs_a_docstring(drivers):
    (sentence,) = driven_by(drivers, DRIVER.replace('    """It."""\n', ""))
    assert sentence == "the driver drivers.of has no docstring; messages quote its first line."


@pytest.mark.parametrize("line", ["import multiprocessing", "import os\n\nF = os.fork", "from subprocess import run"])
def test_a_module_of_drivers_that_starts_a_process_is_named(drivers, line):
    (sentence,) = driven_by(drivers, f"{line}\n{DRIVER}")
    assert sentence.startswith("course_utils.checks.drivers starts a process (")


def test_a_usual_mistake_that_its_task_rules_out_is_refused_and_a_shortcut_is_not():
    notebook = tiny()
    for cell in notebook.cells:
        if cell.id.startswith("twice-check"):
            cell.source = f'check.rules_out("twice", "numpy.add")\n{cell.source}'
    assignment = assignment_of(notebook)
    source = "def twice(x):\n    return np.add(x, 1)"
    kinds: tuple[Kind, ...] = ("wrong", "shortcut")
    answers = [Answer("twice", f"of_{kind}", kind, "", source) for kind in kinds]
    found = list(gaps(assignment.exercises[0], Catalogue(tuple(answers)), assignment.setup))
    assert [line for line in found if "of_shortcut" in line] == []
    [sentence] = [line for line in found if "of_wrong" in line]
    assert sentence.startswith(
        "the usual mistake of_wrong of twice would be told the rule of its task and not its hint"
    )
    assert "make it a @shortcut" in sentence


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.stem)
def test_a_catalogue_lacks_nothing(path):
    assignment = assignment_of(read_notebook(path))
    catalogue = load(catalogue_path(ROOT, path.stem))
    assert [line for each in assignment.exercises for line in gaps(each, catalogue, assignment.setup)] == []


def test_a_notebook_is_read_into_exercises_with_their_points_and_what_students_see():
    twice, counter = assignment_of(tiny()).exercises
    assert (twice.name, twice.points, twice.names) == ("twice", 20, ("twice",))
    assert (counter.name, counter.points, counter.names) == ("counter", 30, ("Counter", "rank"))
    assert twice.title == TITLE.removeprefix("### ")
    assert "2 * x" not in twice.stub
    assert twice.stub.endswith('    raise NotImplementedError("Replace this line with your answer.")')
    assert [cell.grade_id for cell in twice.checks] == ["twice_check", "twice_check_2"]
    assert twice.checks[1].visible_source == "# Hidden cases: other lengths.\ncheck.runs(twice, np.ones(2))"
    assert "ValueError" in twice.checks[1].source
