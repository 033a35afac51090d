"""What the gradebook knows about a class in one assignment besides its grades: who is late, and who is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast

from nbgrader.api import MissingEntry

from autograder.deadlines.course_file import read_deadlines
from autograder.deadlines.moments import show
from autograder.gradebook.lateness import Lateness, lateness
from autograder.gradebook.nbgrader_course import Course
from autograder.gradebook.rows import AssignmentRow, StudentRow
from autograder.gradebook.sections import read_sections


def late_submissions(root: Path, assignment: str, submitted: dict[str, str]) -> dict[str, tuple[Lateness, float]]:
    """Return {student: (how late, penalty in points)} for the students in `submitted` {student: timestamp}.

    Empty if the gradebook does not have the assignment.
    """
    deadlines = read_deadlines(root)
    with Course(root).gradebook() as gradebook:
        try:
            about = cast(AssignmentRow, gradebook.find_assignment(assignment))
        except MissingEntry:
            return {}
        rows = {row.student_id: row for row in about.submissions}
        found = {}
        for student, moment in submitted.items():
            row = rows.get(student)
            penalty = row.late_submission_penalty if row else 0.0
            found[student] = lateness(deadlines, about, student, row, moment), penalty
        return found


def missing_students(root: Path, assignment: str, submitters: Iterable[str]) -> Iterator[str]:
    """Yield a line for each section with students of the gradebook who are not among `submitters`."""
    deadlines, sections = read_deadlines(root), read_sections(root)
    deadline, there = deadlines.assignments.get(assignment), set(submitters)
    with Course(root).gradebook() as gradebook:
        students = sorted(cast(list[StudentRow], gradebook.students), key=lambda student: student.id)
        by_section: dict[str, list[str]] = {}
        for student in students:
            by_section.setdefault(sections.get(student.id, ""), [])
            if student.id not in there:
                name = " ".join(filter(None, (student.id, student.first_name, student.last_name)))
                more = bool(deadline and student.id in deadline.extensions)
                until = (
                    f" (extension until {show(deadline.due_of(student.id), deadlines.zone)})"
                    if deadline and more
                    else ""
                )
                by_section[sections.get(student.id, "")].append(f"{name}{until}")
        enrolled = {student.id: sections.get(student.id, "") for student in students}
    for section, missing in sorted(by_section.items()):
        if missing:
            where = f", section {section}" if section else ", no section" if len(by_section) > 1 else ""
            count = list(enrolled.values()).count(section)
            yield f"Nothing handed in{where}: {len(missing)} of {count}: {', '.join(missing)}."
