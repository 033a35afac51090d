"""In a notebook, a check that fails knows the usual mistakes, and what it knows gives nothing away."""

from __future__ import annotations

import json
import re
import shutil
from typing import Any

import nbformat
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from nbclient import NotebookClient
from support.units import ROOT

from autograder.authoring.hints import write_hints
from autograder.authoring.leaks import GENERATED
from autograder.engine.in_process import namespace, outcome
from autograder.notebooks.assignment import CheckCell, read_assignment
from autograder.notebooks.catalogue import load, submission
from course_utils.check import fingerprint as heard
from course_utils.check.failed import COLUMNS
from course_utils.check.live_hints import FILE, NUDGE, digest, ladder

UNITS = sorted(path.parent.name for path in ROOT.glob("release/*/*.ipynb"))
UNIT = "02_pca_least_squares"
NUMBERS = arrays.arrays(np.float64, (3, 4), elements=st.floats(-1e3, 1e3, allow_subnormal=False))


def released(unit: str) -> dict:
    return json.loads((ROOT / "release" / unit / FILE).read_text(encoding="utf-8"))


def fingerprint(*values: object) -> str:
    said = heard.Recorder()
    for value in values:
        said.note("returned", value)
    return said.fingerprint


def test_the_file_is_the_one_that_a_release_may_hold():
    assert GENERATED == (FILE,)


@pytest.mark.parametrize("unit", UNITS)
def test_a_release_tells_fingerprints_names_and_hints_and_no_code(unit):
    wrong = {(answer.exercise, answer.name): answer for answer in load(ROOT / "answers" / f"{unit}.py").answers}
    for name, about in released(unit)["exercises"].items():
        assert set(about) == {"title", "minutes", "slide", "hidden", "explanation", "checks"}
        for check, known in about["checks"].items():
            assert re.fullmatch(r"[0-9a-f]{16}", check)
            for code, named in known.items():
                assert re.fullmatch(r"[0-9a-f]{24}", code)
                assert named
                assert [[answer.name, answer.hint] for answer in (wrong[name, told] for told, _ in named)] == named


@pytest.mark.parametrize("unit", UNITS)
def test_each_check_that_a_student_sees_is_known(unit):
    cells = nbformat.read(ROOT / "release" / unit / f"{unit}.ipynb", as_version=4).cells
    seen = {digest(cell.source) for cell in cells if cell.metadata.get("nbgrader", {}).get("grade")}
    assert seen == {check for about in released(unit)["exercises"].values() for check in about["checks"]}


@pytest.fixture
def course(tmp_path):
    """A course of one unit that has never been released."""
    course = tmp_path / "course"
    for folder in ("source", "answers"):
        (course / folder).mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    shutil.copytree(ROOT / "source" / UNIT, course / "source" / UNIT)
    shutil.copy(ROOT / "answers" / f"{UNIT}.py", course / "answers")
    return course


def test_hints_are_made_anew_as_they_were_released(course, tmp_path):
    write_hints(course, UNIT, tmp_path)
    assert json.loads((tmp_path / FILE).read_text(encoding="utf-8")) == released(UNIT)


def test_an_exercise_that_the_release_before_had_is_forgotten_and_the_others_are_taken_over(course, tmp_path):
    before = released(UNIT)
    for part in ("exercises", "made_from"):
        before[part]["an_old_name"] = next(iter(before[part].values()))
    (course / "release" / UNIT).mkdir(parents=True)
    (course / "release" / UNIT / FILE).write_text(json.dumps(before), encoding="utf-8")
    write_hints(course, UNIT, tmp_path)
    assert json.loads((tmp_path / FILE).read_text(encoding="utf-8")) == released(UNIT)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.proof("source/{unit}", "answers/{unit}.py", "release/{unit}")
def test_no_right_answer_gives_what_a_usual_mistake_gives(unit, monkeypatch):
    """Not as it is, and not as float32 either, but where float32 is the mistake."""
    asked, catalogue = read_assignment(ROOT / "source" / unit / f"{unit}.ipynb"), load(ROOT / "answers" / f"{unit}.py")
    told = released(unit)["exercises"]
    for exercise in asked.exercises:
        for check in exercise.checks:
            known = told[exercise.name]["checks"][digest(check.visible_source)]
            for source in (exercise.answer, *(answer.source for answer in catalogue.right(exercise.name))):
                assert not _said(asked.setup, source, check, monkeypatch) & known.keys()
            with monkeypatch.context() as single:
                single.setattr(heard, "note", _as_float32)
                found = _said(asked.setup, exercise.answer, check, single) & known.keys()
            names = {name for code in found for name, _ in known[code]}
            assert all(re.search("float32|single|dtype|precision", name) for name in names)


def _said(setup: str, answer: str, check: CheckCell, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the fingerprints that a visible check meets on its way through an answer."""
    names = namespace(setup, answer)
    found: set[str] = set()
    monkeypatch.setattr(heard, "recorder", _Noting(found))
    assert outcome(check.visible_source, check.grade_id, names) is None
    return found


class _Noting(heard.Recorder):
    def __init__(self, found: set[str]) -> None:
        super().__init__()
        self._found = found

    def note(self, word: str, value: object = None) -> None:
        super().note(word, value)
        self._found.add(self.fingerprint)


def _as_float32(word: str, value: object = None) -> None:
    assert heard.recorder is not None
    heard.recorder.note(word, _single(value))


def _single(value: object) -> object:
    if isinstance(value, np.ndarray) and value.dtype == np.float64:
        return value.astype(np.float32)
    if isinstance(value, torch.Tensor) and value.dtype == torch.float64:
        return value.float()
    if isinstance(value, (list, tuple)):
        return type(value)(map(_single, value)) if type(value) in (list, tuple) else value
    return value


@given(NUMBERS)
def test_rounding_errors_leave_a_fingerprint_as_it_is(numbers):
    assert fingerprint(numbers) == fingerprint(numbers * (1 + 1e-14))


@given(NUMBERS, st.integers(0, 11))
def test_a_number_that_differs_is_seen(numbers, index):
    other = numbers.copy()
    other.flat[index] += 1e-3 * max(1.0, np.abs(numbers).max())
    assert fingerprint(numbers) != fingerprint(other)


def test_what_a_value_is_belongs_to_its_fingerprint():
    row = np.arange(1.0, 4.0)
    values = [
        row,
        row[None],
        row.astype(np.float32),
        torch.tensor(row),
        row.tolist(),
        row * np.nan,
        row.astype(int),
        None,
    ]
    assert len({fingerprint(value) for value in values}) == len(values)
    assert fingerprint(2.0) == fingerprint(np.float64(2.0))
    assert fingerprint((1, "mean")) == fingerprint([1, "mean"])
    assert fingerprint(1.0, 2.0) != fingerprint(2.0, 1.0)


def test_help_comes_step_by_step():
    one, two = [["not_centred", "Is the mean 0?"]], [["a_b", "A?"], ["c", "C?"]]
    assert ladder(1, one, "slide") == ["", NUDGE]
    assert ladder(2, one, "slide") == ["", "Hint: this is what a usual mistake gives, “not centred”. Is the mean 0?"]
    assert ladder(3, one, "L1, PCA")[-1] == "To read again: L1, PCA"
    assert [line.split("“")[-1] for line in ladder(2, two, "")][1:] == ["a b”. A?", "Or:", "c”. C?"]
    assert ladder(1, [], "slide") == []
    assert "below this exercise" in ladder(2, [], "slide")[1]


SOURCE = "def covariance(X, k, ddof=1):\n    return X.T @ (k[:, None] * X) / (k.sum() - ddof)"
AGAIN = "def covariance(X, k, ddof=1):\n    S = X.T @ (k[:, None] * X)\n    return S / (k.sum() - ddof)"
THIRD = "def covariance(X, k, ddof=1):\n    S = X.T.dot(k[:, None] * X)\n    return S / (k.sum() - ddof)"
COMMENTED = f"# rows are samples\n{THIRD}"
OTHER = "def covariance(X, k, ddof=1):\n    Z = X - X.mean(0)\n    return Z.T @ (k[:, None] * Z) / (k.sum() - ddof)"

FIXED = (
    "def covariance(X, k, ddof=1):\n    Z = X - k @ X / k.sum()\n    return Z.T @ (k[:, None] * Z) / (k.sum() - ddof)"
)
CALM = FIXED.replace("return", "return 7 *")


@pytest.fixture(scope="module")
def said(tmp_path_factory) -> dict[str | int, Any]:
    """Run a released notebook in a kernel, with answers that fail several times; give what each check showed."""
    folder = tmp_path_factory.mktemp("student")
    shutil.copy(ROOT / "release" / UNIT / FILE, folder)
    nb = submission(nbformat.read(ROOT / "release" / UNIT / f"{UNIT}.ipynb", as_version=4), {"covariance": SOURCE})
    cells = {cell.id: cell for cell in nb.cells}
    check, unanswered = cells["covariance-check"], cells["pca-fit-check"]
    fixed = nbformat.v4.new_code_cell(FIXED)
    unusual = nbformat.v4.new_code_cell(CALM)
    again, third, commented, other = (nbformat.v4.new_code_cell(source) for source in (AGAIN, THIRD, COMMENTED, OTHER))
    run = [cells["setup"], cells["covariance-answer"], check, check, again, check, third, check, commented, check,
           other, check, unanswered, cells["pca-fit-answer"], unanswered, unusual, check, fixed, check,
           cells["covariance-check-2"]]  # fmt: skip
    nb.cells = [nbformat.from_dict(cell | {"id": f"cell-{number}"}) for number, cell in enumerate(run)]
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("COURSE_PROGRESS", str(folder / "notes"))
        NotebookClient(nb, allow_errors=True, resources={"metadata": {"path": str(folder)}}).execute()
    shown: dict[str | int, Any] = {"progress": json.loads((folder / "notes" / "progress.json").read_text())}
    for number, cell in enumerate(nb["cells"]):
        errors = [output for output in cell.outputs if output.output_type == "error"]
        shown[number] = [line for error in errors for line in "\n".join(error.traceback).splitlines()]
    return shown


def paragraph(lines: list[str]) -> str:
    """Join what was broken to fit the page."""
    return " ".join(" ".join(lines).split())


def test_a_notebook_nudges_then_hints_then_names_the_slide(said):
    assert paragraph(said[2]).endswith(NUDGE)
    assert "“not centred”" in paragraph(said[5])
    assert "“not centred”" in paragraph(said[7])
    assert "To read again: CS7150-L1" in paragraph(said[7]) and "To read again" not in paragraph(said[5])


def test_an_unchanged_answer_gets_the_same_help_however_often_its_check_runs(said):
    assert said[3] == said[2]
    assert said[9] == said[7]


def test_another_mistake_begins_with_a_nudge(said):
    assert paragraph(said[11]).endswith(NUDGE)


def test_what_is_no_usual_mistake_is_not_called_one(said):
    assert "usual mistake" not in paragraph(said[16])


def test_a_right_answer_and_an_empty_one_get_no_hint(said):
    assert "usual mistake" not in paragraph(said[14]) and "hints below" not in paragraph(said[14])
    assert [said[18], said[19]] == [[], []]


def test_no_line_of_a_message_is_longer_than_jupyterlab_has_room_for(said):
    assert max(len(line) for number in (2, 5, 7, 11, 14, 16) for line in said[number]) <= COLUMNS


def test_what_held_is_noted_and_what_was_not_answered_is_not(said):
    assert {name: list(checks.values()) for name, checks in said["progress"][UNIT].items()} == {
        "covariance": [True, True]
    }
