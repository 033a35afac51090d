"""An assignment as it was released is no attempt: no check of it counts, in any unit."""

from __future__ import annotations

import contextlib
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell
from support.units import ROOT, UNITS

from autograder.engine.in_process import namespace, outcome, quiet
from autograder.notebooks.assignment import read_assignment
from course_utils.check import Failed, call, fingerprint, raises, read


def recording(monkeypatch: pytest.MonkeyPatch) -> fingerprint.Recorder:
    recorder = fingerprint.Recorder()
    monkeypatch.setattr(fingerprint, "recorder", recorder)
    return recorder


@pytest.mark.parametrize("unit", UNITS)
def test_no_check_of_an_untouched_release_counts_as_an_answer_or_passes(unit, monkeypatch):
    asked = read_assignment(ROOT / "source" / unit / f"{unit}.ipynb")
    monkeypatch.chdir(ROOT / "source" / unit)
    for exercise in asked.exercises:
        for check in exercise.checks:
            with quiet():
                names = namespace(asked.setup, exercise.stub, as_far_as_it_goes=True)
                recorder = recording(monkeypatch)
                found = outcome(check.visible_source, check.grade_id, names)
            assert found and "is not implemented yet" in found.message, check.grade_id
            assert not recorder.is_answered, check.grade_id


class Untouched:
    def forward(self) -> None:
        raise NotImplementedError("Replace this line with your answer.")


class Written(Untouched):
    def forward(self) -> int:
        return 3


def answered(monkeypatch, answer: type[Untouched]) -> bool:
    """Read a class and call its method, as the checks of class exercises do; return whether that was an answer."""
    recorder = recording(monkeypatch)
    read(answer, "Answer")
    with contextlib.suppress(Failed):
        call(answer().forward)
    return recorder.is_answered


def test_reading_a_class_is_an_answer_only_if_its_methods_are_written(monkeypatch):
    assert not answered(monkeypatch, Untouched)
    assert answered(monkeypatch, Written)


def test_a_stub_where_an_error_is_wanted_and_an_empty_value_are_no_answers_either(monkeypatch):
    for ask in (lambda: raises(ValueError, Untouched().forward), lambda: read(..., "rank")):
        recorder = recording(monkeypatch)
        fingerprint.note("returned", 1)
        with pytest.raises(Failed, match="not implemented"):
            ask()
        assert not recorder.is_answered


def test_the_ladder_of_a_class_exercise_begins_with_the_first_answer(tmp_path: Path, monkeypatch):
    """In a kernel: the untouched class, then two different wrong ones; the second one is told where the hints are."""
    unit = "07_training"
    notebook = nbformat.read(ROOT / "release" / unit / f"{unit}.ipynb", as_version=4)
    by_name = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in notebook.cells}
    name = "LogisticRegression"
    check, reads = by_name[f"{name}_check"].source, by_name[f"{name}_check_2"].source
    run = [by_name["setup"].source, by_name[name].source, check, reads]
    for number in (2, 3):
        run += [f"class {name}(nn.Module):\n    def forward(self, x):\n        return {number} * x", check]
    notebook.cells = [new_code_cell(source) for source in run]
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path))
    folder = {"metadata": {"path": str(ROOT / "release" / unit)}}
    NotebookClient(notebook, allow_errors=True, resources=folder).execute()
    shown = ["\n".join(line for output in cell.outputs for line in output.traceback) for cell in notebook.cells]
    assert "not implemented" in shown[2] and "not implemented" in shown[3]
    assert "open the hints below" not in " ".join(shown[5].split())
    assert "open the hints below" in " ".join(shown[7].split())
