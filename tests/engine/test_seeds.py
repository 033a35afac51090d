"""The inputs of checks: secret, the same for the same work, and others for other work."""

from __future__ import annotations

from functools import cache

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from support.small_class import answered, grade, hand_in, results
from support.tiny_course import NAME, answer, check, make_course, nbgrader_metadata

from autograder.engine.seeds import FILE, course_secret
from autograder.errors import CourseError

SAYS = "def {0}(x):\n    raise ValueError(repr(float(x)))  # {1}"
CALLS = "check.call({0}, float(check.rng('hidden').normal())).equals(0.0)"


def master():
    cells = [new_code_cell("from course_utils import check", metadata=nbgrader_metadata("setup", locked=True))]
    for name in ("double", "triple"):
        stub = f"def {name}(x):\n    ### BEGIN SOLUTION\n    return 0.0\n    ### END SOLUTION"
        cells += [answer(name, stub), check(f"{name}_check", CALLS.format(name))]
    return new_notebook(cells=cells)


@cache  # cells have random ids
def says(comment: str):
    """Return a submission whose answers raise their input as an error."""
    notebook = answered(SAYS.format("double", comment), master())
    return answered(SAYS.format("triple", comment), notebook, "triple")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return make_course(tmp_path_factory.mktemp("seeds") / "course", master())


def inputs(root, table: str = "", comment: str = "", when: str = "2026-09-01 12:00:00") -> tuple[str, ...]:
    """Hand in, grade, and return what the messages say of the inputs of each exercise."""
    (hand_in(root, "ash", says(comment), when) / "table.txt").write_text(table)
    grade(root)
    return tuple(check["message"] for check in results(root)["ash"]["checks"].values())


def test_the_same_work_is_asked_with_the_same_inputs_and_other_work_with_others(root):
    """So what messages tell of them is of no use, neither in the notebook nor in a file next to it."""
    first = inputs(root)
    assert inputs(root, when="2026-09-02 12:00:00") == first, "the time is no part of the work"
    others = [inputs(root, comment="another"), inputs(root, table="known: 1.5")]
    assert len({found[0] for found in (first, *others)}) == 3


def test_two_exercises_draw_different_numbers_under_one_name(root):
    one, other = inputs(root)
    assert one.replace("double", "triple") != other


def test_a_result_is_for_its_owner_only_because_it_holds_the_seed(root):
    inputs(root)
    grade(root, "--json", "all.json")
    path = root / ".results" / NAME / "ash.json"
    path.chmod(0o644)  # as earlier versions left it
    grade(root)
    assert [file.stat().st_mode & 0o777 for file in (path, root / "all.json")] == [0o600, 0o600]


def test_a_damaged_secret_is_told_with_what_its_removal_costs(tmp_path):
    (tmp_path / FILE).write_text("short")
    with pytest.raises(CourseError, match=r"is damaged; restore it from a backup.*--regrade"):
        course_secret(tmp_path)
