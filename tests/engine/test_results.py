"""Results on the disk: their format has a number, and a file that cannot be read is reported."""

from __future__ import annotations

import json

import pytest

from autograder.engine import results
from autograder.engine.results import CheckResult, ExerciseResult, Result, Status, UnreadableResult, path_of

# As the autograder wrote results before they had a number of their format.
FORMAT_1 = """{
 "student": "juniper",
 "assignment": "02_pca_least_squares",
 "status": "graded with crashes",
 "reason": "The student's code ended its process (SIGSEGV).",
 "score": 8.0,
 "max_score": 14.0,
 "seconds": 1.2034,
 "cpu_seconds": 0.4112,
 "worker_cpu_seconds": 0.3201,
 "sandbox": "bubblewrap",
 "seed": 8206563123087221463,
 "submitted": "2026-09-01 12:00:00.000000 UTC",
 "digest": "0f5b8a3f",
 "versions": "python 3.11.7; torch 2.13.0; numpy 2.4.0; nbgrader 0.9.6",
 "remarks": ["the answer cell ridge stands 2 times; the last copy counts."],
 "unanswered": ["pca_fit"],
 "waiting": ["reflection"],
 "exercises": {
  "center": {
   "score": 8.0,
   "max_score": 8.0,
   "message": "",
   "mistake": null,
   "unnamed": ""
  },
  "ridge": {
   "score": 0.0,
   "max_score": 4.0,
   "message": "`ridge(array (4, 3))` has wrong values.",
   "mistake": "penalty_doubled or penalty_squared",
   "unnamed": ""
  },
  "scree": {
   "score": 0.0,
   "max_score": 2.0,
   "message": "The student's code ended its process (SIGSEGV).",
   "mistake": null,
   "unnamed": "it gave no reply"
  }
 },
 "checks": {
  "ridge_check": {
   "score": 0.0,
   "max_score": 4.0,
   "message": "`ridge(array (4, 3))` has wrong values.",
   "broke": true
  }
 }
}
"""


@pytest.fixture
def kept(tmp_path):
    """A place for one result; called with a text, it puts that there. Returns what is read."""
    path = path_of(tmp_path, "01_unit", "ash")
    path.parent.mkdir(parents=True)

    def read(text: str) -> Result | None:
        path.write_text(text, encoding="utf-8")
        return results.load(tmp_path, "01_unit", "ash")

    return read


def test_a_result_without_a_number_of_its_format_is_read(kept):
    result = kept(FORMAT_1)
    assert (result.status, result.score, result.is_graded) == (Status.CRASHED, 8.0, True)
    assert result.exercises["center"] == ExerciseResult(8.0, 8.0)
    assert result.exercises["ridge"].mistakes == ["penalty_doubled", "penalty_squared"]
    assert result.exercises["scree"].mistakes == []
    assert result.exercises["scree"].why_unnamed == "it gave no reply"
    assert result.checks["ridge_check"] == CheckResult(0.0, 4.0, "`ridge(array (4, 3))` has wrong values.", True)


def test_a_result_is_read_as_it_was_written(tmp_path):
    result = Result("ash", "01_unit", Status.GRADED, score=3.0, max_score=4.0)
    result.exercises["double"] = ExerciseResult(3.0, 4.0, "has wrong values.", ["halved", "doubled_twice"])
    result.checks["double_check"] = CheckResult(3.0, 4.0, "has wrong values.")
    results.save(tmp_path, result)
    assert results.load(tmp_path, "01_unit", "ash") == result
    written = json.loads(path_of(tmp_path, "01_unit", "ash").read_text())
    assert written["format"] == results.FORMAT and written["status"] == "graded"
    assert written["exercises"]["double"]["mistakes"] == ["halved", "doubled_twice"]


def test_where_nothing_was_graded_there_is_no_result(tmp_path):
    assert results.load(tmp_path, "01_unit", "ash") is None


NEW = Result("ash", "01_unit", Status.MISSING).to_dict()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Expecting value"),
        (FORMAT_1[:500], "Expecting|Unterminated"),
        ("[]", "it is not an object"),
        (json.dumps(NEW | {"format": 3}), "it is in format 3, and this autograder knows formats up to 2"),
        (json.dumps(NEW | {"format": "2"}), "it is in format 2"),
        (json.dumps(NEW | {"mark": 1.0}), "unexpected keyword argument 'mark'"),
        (json.dumps({name: value for name, value in NEW.items() if name != "status"}), "'status'"),
        (json.dumps(NEW | {"status": "fine"}), "'fine' is not a valid Status"),
        (json.dumps(NEW | {"score": "4"}), "score is not of the kind"),
        (json.dumps(NEW | {"status": "graded"}), "it is graded and has no score"),
        (json.dumps(NEW | {"exercises": {"double": 4}}), "a field is missing, unknown or of another kind"),
        (json.dumps(NEW | {"remarks": "none"}), "remarks is not of the kind"),
    ],
)
def test_a_result_that_cannot_be_read_is_one_sentence(kept, text, why):
    with pytest.raises(UnreadableResult, match=why) as caught:
        kept(text)
    assert "ash.json cannot be read as a result (" in str(caught.value)
    assert str(caught.value).endswith("; grade ash again, or restore the file.")


def test_of_a_class_each_result_that_cannot_be_read_is_named(tmp_path):
    for student in ("ash", "birch"):
        results.save(tmp_path, Result(student, "01_unit", Status.MISSING))
    path_of(tmp_path, "01_unit", "birch").write_text("{")
    kept, unreadable = results.load_class(tmp_path, "01_unit", ["ash", "birch", "cedar"])
    assert list(kept) == ["ash"] and list(unreadable) == ["birch"]
    assert "birch.json cannot be read as a result" in unreadable["birch"]
