"""An exercise is begun by one command, and what is missing until it is whole is said at once."""

from __future__ import annotations

import csv
import re
import shutil

import pytest
from support.tiny_course import REPOSITORY, command

from autograder.authoring.validate import TO_WRITE, violations
from autograder.notebooks.assignment import assignment_of, cells_of, grade_id
from autograder.notebooks.format import read_notebook, to_text

UNIT = "02_pca_least_squares"
ROW = "CS7150-L1.102"
GIVES = ("orthonormal_basis_check_2", "lasso_ista_check_2")  # the checks that give their points to the new exercise


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A course of unit 02 with a new exercise, and what the command printed."""
    root = tmp_path_factory.mktemp("course")
    (root / "docs").mkdir()
    (root / "notebooks").mkdir()
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    shutil.copy(REPOSITORY / "docs" / "inventory.csv", root / "docs")
    shutil.copytree(REPOSITORY / "source" / UNIT, root / "source" / UNIT)
    shutil.copytree(REPOSITORY / "answers", root / "answers")
    done = command(root, "new-exercise", UNIT, "whitened", "--title", "White data", "--points", "6", "--row", ROW)
    assert done.returncode == 0, done.stderr
    return root, done.stdout


@pytest.fixture
def course(begun, tmp_path):
    return shutil.copytree(begun[0], tmp_path / "course")


def master_of(root):
    return root / "source" / UNIT / f"{UNIT}.ipynb"


def finish(root):
    """Write what is to be written, and take the points from the exercise before."""
    path = master_of(root)
    notebook = read_notebook(path)
    for cell in notebook.cells:
        cell.source = cell.source.replace(TO_WRITE, "Written:")
        if grade_id(cell) in GIVES:
            cell.metadata.nbgrader.points -= 3
    path.write_text(to_text(notebook), encoding="utf-8")
    answers = root / "answers" / f"{UNIT}.py"
    text = answers.read_text(encoding="utf-8").replace(TO_WRITE, "Written:")
    text += '\n\n@right("whitened")\ndef by_two():\n    def whitened(x):\n        return x * 2\n'
    for number in range(3, 9):
        text += f'\n\n@wrong("whitened", hint="How often?")\ndef times_{number}():\n    def whitened(x):\n'
        text += f"        return x * {number}\n"
    answers.write_text(text, encoding="utf-8")


def test_the_cells_stand_behind_the_last_exercise_and_before_what_closes_the_notebook(begun):
    notebook = read_notebook(master_of(begun[0]))
    ids = [cell.id for cell in notebook.cells]
    new = ["whitened-task", "whitened-answer", "whitened-check", "whitened-check-2", "whitened-hints"]
    assert ids[-6:] == [*new, "closing"]
    whitened = assignment_of(notebook).exercises[-1]
    assert whitened.title == "2.10 White data (6 points, 10 minutes, difficulty 2/5)"
    assert whitened.points == 6
    assert cells_of(notebook, "whitened")[0].metadata.tags == [f"row:{ROW}"]


def test_the_table_at_the_top_and_the_inventory_know_it(begun):
    root, _ = begun
    assert "| 2.10 White data | write | ●●○○○ | 10 | 6 |" in read_notebook(master_of(root)).cells[0].source
    with (root / "docs" / "inventory.csv").open(encoding="utf-8", newline="") as file:
        elements = {line["row"]: line["elements"] for line in csv.DictReader(file)}
    assert elements[ROW].endswith("/E2.10")


def test_it_runs_before_anything_is_written(begun):
    done = command(begun[0], "prove", UNIT, "--exercise", "whitened", "--seeds", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"together\W+2/2\W+1/1\W+1/1", done.stdout), done.stdout


def test_all_that_is_missing_is_said_at_once_and_nothing_is_released(begun):
    root, _ = begun
    done = command(root, "generate", UNIT)
    assert done.returncode == 1
    first, *others = done.stderr.splitlines()
    assert first == f"error: source/{UNIT}/{UNIT}.ipynb breaks {len(others)} rules for exercises:"
    assert others[0].startswith("  the points add up to 56; an assignment has 50, so 6 are too many")
    assert len([line for line in others if TO_WRITE in line]) == len(others) - 1 >= 10
    assert not (root / "release" / UNIT).exists()


def test_a_catalogue_with_too_few_answers_is_refused(course):
    path = master_of(course)
    finish(course)
    answers = course / "answers" / f"{UNIT}.py"
    text = answers.read_text(encoding="utf-8")
    answers.write_text(text[: text.index('\n\n@wrong("whitened", hint="How often?")')], encoding="utf-8")
    command(course, "contents")
    done = command(course, "generate", UNIT)
    assert violations(read_notebook(path)) == []
    assert done.stderr == (
        f"error: answers/{UNIT}.py breaks a rule for exercises: whitened has 2 right answers and 1 wrong in the "
        "catalogue; it needs 2 and 7.\n"
    )


def test_points_taken_elsewhere_reach_titles_and_table_by_contents(course):
    finish(course)
    assert any("points in its title" in line for line in violations(read_notebook(master_of(course))))
    done = command(course, "contents")
    assert f"source/{UNIT}/{UNIT}.ipynb" in done.stdout.split()
    notebook = read_notebook(master_of(course))
    assert violations(notebook) == []
    minutes = sum(int(re.findall(r"(\d+) minutes", its.title)[-1]) for its in assignment_of(notebook).exercises)
    assert f"| together | | | {minutes} | 50 |" in notebook.cells[0].source
    assert command(course, "contents", "--check").returncode == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((UNIT, "lasso_ista"), f"{UNIT} has an exercise lasso_ista; choose another name."),
        ((UNIT, "white-data"), "white-data cannot be the name of a function"),
        ((UNIT, "lambda"), "lambda cannot be the name of a function"),
        (("99_none", "f"), "there is no assignment 99_none in source/"),
        ((UNIT, "f", "--row", "CS7150-L1.9999"), "docs/inventory.csv has no row CS7150-L1.9999"),
    ],
)
def test_what_cannot_be_begun_is_one_sentence_and_changes_nothing(begun, words, sentence):
    root, _ = begun
    before = {
        path: path.read_bytes() for path in root.rglob("*") if path.is_file() and path.suffix in (".ipynb", ".py")
    }
    done = command(root, "new-exercise", *words)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert all(path.read_bytes() == content for path, content in before.items())
