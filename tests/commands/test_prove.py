"""The prover finds the tests that are wrong: too strict, too lax, broken, or right under some seeds only."""

from __future__ import annotations

import os

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from rich.console import Console
from support.tiny_course import nbgrader_metadata, write

from autograder.authoring.proof import Result
from autograder.authoring.proof_report import misjudged
from autograder.authoring.prove import prove_command, prove_exercise, read_unit
from autograder.errors import CourseError
from course_utils.check.seeds import SEED_VARIABLE

UNIT = "01_tiny"
TWICE = '''\
def twice(x: np.ndarray) -> np.ndarray:
    """Return 2 x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION'''
NOT = "\n\n**Not:** `np.add`."
RULE = 'check.rules_out("twice", "numpy.add")'
CHECK = "check.call(twice, np.array([2.0])).equals(np.array([4.0]))"
CHECK_2 = """\
# Hidden cases: other numbers.
check.runs(twice, np.ones(1))
### BEGIN HIDDEN TESTS
x = check.rng().normal(size=3)
check.call(twice, x).equals(2 * x)
### END HIDDEN TESTS"""
ANSWERS = """
from answers import right, wrong


@right("twice")
def by_adding():
    def twice(x):
        return x + x


@wrong("twice", hint="What is twice 3?")
def squared():
    def twice(x):
        return x**2


@wrong("twice", hint="What does your function return?")
def raises():
    def twice(x):
        return x["two"]


@wrong("twice", hint="Does the cell run?")
def cell_does_not_run():
    def twice(x):
        return 3 * x

    one / 0
"""


def graded(name: str, points: int) -> dict:
    return nbgrader_metadata(name, grade=True, locked=True, points=points) | {"tags": ["raises-exception"]}


@pytest.fixture
def course(tmp_path):
    """Make a course of one exercise; give what plants a defect: `course(check=..., answers=...)` returns its root."""

    def make(check=CHECK, check_2=CHECK_2, answers=ANSWERS, told=""):
        cells = [
            new_code_cell(
                "import numpy as np\n\nfrom course_utils import check", metadata=nbgrader_metadata("setup", locked=True)
            ),
            new_markdown_cell(f"### 1.1 Twice (50 points, 5 minutes, difficulty 1/5){told}"),
            new_code_cell(TWICE, metadata=nbgrader_metadata("twice", solution=True)),
            new_code_cell(check, metadata=graded("twice_check", 10)),
            new_code_cell(check_2, metadata=graded("twice_check_2", 40)),
        ]
        write(tmp_path / "source" / UNIT / f"{UNIT}.ipynb", new_notebook(cells=cells))
        (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
        (tmp_path / "answers").mkdir(exist_ok=True)
        (tmp_path / "answers" / f"{UNIT}.py").write_text(answers, encoding="utf-8")
        return tmp_path

    return make


def proved(root, seeds) -> list[Result]:
    """Return what the checks say of the solution and of all answers, each run in this process."""
    assignment, answers = read_unit(UNIT, root)
    return [
        result for exercise in assignment.exercises for result in prove_exercise(assignment, exercise, answers, seeds)
    ]


def sentences(results) -> str:
    return "\n".join(misjudged(results))


def test_good_tests_pass_for_the_solution_and_for_every_answer_and_seed(course):
    results = proved(course(), [1, 2])
    assert [(r.answer.name, r.seed) for r in results] == [
        (name, seed) for name in ("solution", "by_adding", "squared", "raises", "cell_does_not_run") for seed in (1, 2)
    ]
    assert all(result.is_as_listed for result in results)


def test_the_sentence_that_a_student_would_read_is_kept_with_the_students_own_line(course):
    outcomes = {result.answer.name: result.outcomes for result in proved(course(), [1])}
    assert outcomes["solution"] == {}
    assert outcomes["squared"].keys() == {"twice_check_2"}  # 2 squared is twice 2: only the hidden tests see it
    assert outcomes["raises"]["twice_check"].message.endswith('in your line: return x["two"]')
    assert outcomes["cell_does_not_run"]["twice_check"].message == (
        "the answer cell raised NameError: name 'one' is not defined"
    )


def test_a_test_that_is_too_lax_is_found(course):
    root = course(check_2=CHECK_2.replace("check.call(twice, x).equals(2 * x)", "check.runs(twice, x)"))
    assert sentences(proved(root, [1])) == "twice: the wrong answer squared was accepted under seed 1."


def test_a_test_that_is_too_strict_is_found(course):
    root = course(check="check.call(twice, np.array([2.0])).equals(np.array([4.000001]))")
    found = sentences(proved(root, [1]))
    assert "twice: the right answer solution was rejected under seed 1.\n  twice_check: `twice(array (1,))`" in found
    assert "twice: the right answer by_adding was rejected" in found


def test_a_test_that_passes_under_some_seeds_only_is_found(course):
    lax = CHECK_2.replace("x = check.rng()", "x = 2.0 if check.seed() == 3 else check.rng()").replace(
        "equals(2 * x)", "equals(x + x)"
    )
    lax = lax.replace(".normal(size=3)", ".normal()")
    root = course(check_2=lax.replace("np.ones(1)", "1.0"))
    results = proved(root, [1, 2, 3])
    assert sentences(results) == "twice: the wrong answer squared was accepted under seed 3."


def test_a_check_that_breaks_on_a_wrong_answer_is_found(course):
    """A student reads a sentence, not the trace of a check that could not go on."""
    root = course(check="y = check.call(twice, np.array([2.0])).value\ncheck.read(y[7], 'y').equals(1.0)")
    found = sentences(proved(root, [1]))
    assert "the wrong answer squared was more than a check could handle under seed 1" in found
    assert "the check itself raised IndexError: index 7 is out of bounds" in found


def test_a_check_starts_from_what_the_answer_defines_and_not_from_another_check(course):
    root = course(check=f"left_behind = 1\n{CHECK}", check_2=CHECK_2.replace("size=3", "size=2 + left_behind"))
    assert "the check itself raised NameError" in sentences(proved(root, [1]))


def test_the_seed_of_the_process_is_as_it_was(course, monkeypatch):
    monkeypatch.setenv(SEED_VARIABLE, "77")
    proved(course(), [1])
    assert os.environ[SEED_VARIABLE] == "77"
    monkeypatch.delenv(SEED_VARIABLE)
    proved(course(), [1])
    assert SEED_VARIABLE not in os.environ


def printed(*args, **kwargs) -> tuple[bool, str]:
    console = Console(width=120, record=True, file=open(os.devnull, "w"))  # noqa: PTH123, SIM115
    as_listed = prove_command(*args, **kwargs, console=console)
    return as_listed, console.export_text()


def test_the_command_counts_by_exercise_and_says_whether_all_were_judged_as_listed(course):
    as_listed, text = printed([UNIT], course(), seeds=[1, 2])
    assert as_listed
    assert ["twice", "2/2", "3/3", "3/3", "0/0"] in [line.replace("│", " ").split() for line in text.splitlines()]
    as_listed, text = printed(
        [UNIT], course(check_2=CHECK_2.replace("equals(2 * x)", "has_shape(3)\n_ = 0")), seeds=[1]
    )
    assert not as_listed
    assert ["twice", "2/2", "2/3"] in [line.replace("│", " ").split()[:3] for line in text.splitlines()]
    assert "the wrong answer squared was accepted under seed 1." in text


def test_the_command_prints_what_students_would_read_where_asked(course):
    _, text = printed([UNIT], course(), seeds=[1], sentences=True)
    assert "twice: squared\n  hint: What is twice 3?\n  twice_check_2: `twice(array (3,))` has wrong values." in text


def test_another_catalogue_can_be_proved(course, tmp_path):
    root = course()
    other = tmp_path / "other.py"
    other.write_text('@wrong("twice", hint="?")\ndef by_multiplying():\n    def twice(x):\n        return 2 * x\n')
    as_listed, text = printed([UNIT], root, catalogue=other, seeds=[1])
    assert not as_listed
    assert "the wrong answer by_multiplying was accepted" in text


def test_one_exercise_is_proved_alone_whatever_the_others_and_the_sum_of_points_are(course):
    root = course()
    path = root / "source" / UNIT / f"{UNIT}.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace('"points": 10', '"points": 11'), encoding="utf-8")
    text = path.read_text(encoding="utf-8").replace("(50 points", "(51 points")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match="the points add up to 51"):
        proved(root, [1])
    assert prove_command([UNIT], root, seeds=[1], only=["twice"])
    with pytest.raises(CourseError, match="01_tiny has no exercise thrice; it has twice"):
        prove_command([UNIT], root, seeds=[1], only=["thrice"])


def test_a_master_that_breaks_a_rule_is_not_proved(course):
    with pytest.raises(CourseError, match=r"01_tiny\.ipynb breaks a rule for exercises: twice_check: it uses print"):
        proved(course(check=f"print(1)\n{CHECK}"), [1])


DIES = """

@wrong("twice", hint="Does your function end?")
def ends_the_process():
    def twice(x):
        import os

        os._exit(3)
"""
# Three that give the same replies are told apart by how they are written.
ALIKE = "".join(
    f'\n\n@wrong("twice", hint="What is twice 3?")\ndef {name}():\n    def twice(x):\n        return x * {sum_of}\n'
    for name, sum_of in (("four_times", "4"), ("twice_twice", "(2 + 2)"), ("times_four", "(5 - 1)"))
)


def test_the_command_counts_the_whole_course_and_says_why_a_mistake_has_no_name(course):
    as_listed, text = printed([UNIT, UNIT], course(answers=ANSWERS + DIES + ALIKE), seeds=[1])
    assert as_listed
    assert ["together", "2/2", "7/7", "6/7", "0/0"] in [line.replace("│", " ").split() for line in text.splitlines()]
    assert "twice: ends_the_process has no name: it gave no reply." in text
    in_all = "right answers accepted 2/2, wrong ones rejected 7/7, mistakes named 6/7, called by another's name 0, "
    in_all += "shortcuts rejected 0/0."
    assert f"All units: {in_all}" in " ".join(text.split())


SHORTCUTS = """

@shortcut("twice", uses="`np.add`")
def the_function():
    def twice(x):
        return np.add(x, x)


@shortcut("twice", uses="`np.add`, by a name that is put together when it runs")
def name_of_parts():
    def twice(x):
        return getattr(np, "a" + "dd")(x, x)
"""


def test_a_shortcut_gets_no_point_where_its_task_rules_it_out(course):
    ruled = {"check": f"{RULE}\n{CHECK}", "check_2": CHECK_2.replace("check.runs", f"{RULE}\ncheck.runs"), "told": NOT}
    as_listed, text = printed([UNIT], course(answers=ANSWERS + SHORTCUTS, **ruled), seeds=[1, 2], sentences=True)
    assert as_listed
    assert ["twice", "2/2", "3/3", "3/3", "2/2"] in [line.replace("│", " ").split() for line in text.splitlines()]
    assert text.count("`twice` uses `numpy.add`, which this task rules out") == 4


def test_a_shortcut_that_gets_points_is_told_with_the_checks_that_gave_them(course):
    as_listed, text = printed([UNIT], course(answers=ANSWERS + SHORTCUTS), seeds=[1])
    assert not as_listed
    assert "twice: the shortcut name_of_parts was accepted by 2 of 2 checks under seed 1." in text
