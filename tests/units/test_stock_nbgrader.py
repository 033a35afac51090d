"""The proof of the tests in stock nbgrader: real kernels, nbgrader's own scores.

Answers to different exercises share a submission, so that a catalogue costs as many kernels as its longest exercise has
answers. A kernel takes seconds, so what was proved is not proved again before master, catalogue or checker change
(tests/proofs.py). The same check cells judge the catalogue in tests/test_answers.py and, in the engine, in
tests/test_prove_units.py.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from nbformat import read, write
from support.proofs import Proof, of_unit

from autograder.gradebook.nbgrader_course import Course
from autograder.notebooks.catalogue import group, load, submission

ROOT = Path(__file__).parents[2]
UNITS = sorted(path.name for path in (ROOT / "source").iterdir() if path.is_dir())


@pytest.fixture(scope="module", params=UNITS)
def graded(request, tmp_path_factory):
    """Grade master, untouched release and the whole catalogue; give (course, unit, groups of answers)."""
    unit, failed = request.param, request.session.testsfailed
    proof = Proof(f"stock nbgrader on {unit}", [*of_unit(unit), ROOT / "nbgrader_config.py", Path(__file__)])
    proof.skip_if_made()
    yield graded_class(unit, tmp_path_factory.mktemp("course"))
    if request.session.testsfailed == failed:
        proof.note()


def graded_class(unit: str, root: Path):
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(ROOT / "source" / unit, root / "source" / unit)
    course = Course(root, stock=True)
    course.generate(unit)
    groups = group(load(ROOT / "answers" / f"{unit}.py"))
    released = read(root / "release" / unit / f"{unit}.ipynb", as_version=4)
    hand_in(root, unit, "master", read(ROOT / "source" / unit / f"{unit}.ipynb", as_version=4))
    hand_in(root, unit, "untouched", released)
    for number, answers in enumerate(groups):
        filled = submission(released, {name: answer.source for name, answer in answers.items()})
        hand_in(root, unit, f"group-{number}", filled)
    for student in sorted(path.name for path in (root / "submitted").iterdir()):
        assert course.autograde(unit, student) is None, student
    return course, unit, groups


def hand_in(root: Path, unit: str, student: str, notebook) -> None:
    folder = root / "submitted" / student / unit
    folder.mkdir(parents=True)
    write(notebook, folder / f"{unit}.ipynb")


def test_the_master_scores_everything(graded):
    course, unit, _ = graded
    scores = course.scores(unit, "master")
    assert sum(maximum for _, maximum in scores.values()) == 50
    assert [name for name, (score, maximum) in scores.items() if score != maximum] == []


def test_the_untouched_release_scores_nothing_and_every_check_says_why(graded):
    course, unit, _ = graded
    assert {score for score, _ in course.scores(unit, "untouched").values()} == {0}
    notebook = read(course.root / "autograded" / "untouched" / unit / f"{unit}.ipynb", as_version=4)
    checks = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert len(checks) >= 2 * len(course.scores(unit, "untouched"))
    for cell in checks:
        errors = [output for output in cell.outputs if output.output_type == "error"]
        assert len(errors) == 1 and "is not implemented yet" in errors[0].evalue, cell.id


def test_every_right_answer_gets_full_marks_and_every_wrong_one_loses_some(graded):
    course, unit, groups = graded
    misjudged = []
    for number, answers in enumerate(groups):
        scores = course.scores(unit, f"group-{number}")
        for name, answer in answers.items():
            score, maximum = scores[name]
            if (score == maximum) != (answer.kind == "right"):
                misjudged.append(f"{name}: {answer.kind} answer {answer.name} got {score:g} of {maximum:g}")
    assert misjudged == []
