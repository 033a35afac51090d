"""One assignment as Gradescope reads an autograder's results (`--format gradescope`).

Gradescope imports no table of scores. Its autograder reads `results.json` of a submission, and that is what is written
for each student: https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder.export.class_data import Class, GradedStudent, only_one, read_class
from autograder.files import draft_of


def export(root: Path, to: Path, assignments: Sequence[str]) -> tuple[int, int]:
    """Write a zip with STUDENT/results.json of each graded student; return (files, files with a score).

    The score is the one after grading by hand and penalties. Messages of hidden checks are left out.
    Raises CourseError as `read_class` does, and if `assignments` has not exactly one; OSError if `to` cannot be
    written.
    """
    about = read_class(root, only_one(assignments))
    graded = [student for student in about.graded if student.row["score"] != ""]
    with draft_of(to) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as file:
        for student in graded:
            file.writestr(f"{student.name}/results.json", json.dumps(_results(student, about), indent=1))
    return len(graded), len(graded)


def _results(student: GradedStudent, about: Class) -> dict[str, Any]:
    """Return results.json: the score of the whole, and one test per exercise that was graded."""
    tests = []
    for number, exercise in enumerate(about.exercises, 1):
        if exercise.name in student.result.not_graded:
            continue
        found = student.result.exercises.get(exercise.name)
        tests.append(
            {
                "number": str(number),
                "name": exercise.title or exercise.name,
                "score": found.score if found else 0.0,
                "max_score": float(exercise.points),
                "visibility": "after_published",
            }
        )
    return {"score": float(student.row["score"]), "visibility": "after_published", "tests": tests}
