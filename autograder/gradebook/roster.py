"""`autograder roster`: bring a class list into the gradebook, without erasing what the list does not have."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from nbgrader.api import Gradebook, Student

from autograder.files import draft_of
from autograder.gradebook.class_file import ClassFile, Entry, read_class_file
from autograder.gradebook.database import retry
from autograder.gradebook.nbgrader_course import Course
from autograder.gradebook.rows import StudentRow
from autograder.gradebook.sections import FILE, read_sections, sections_text

FIELDS = ("first_name", "last_name", "email", "lms_user_id")


@dataclass(frozen=True)
class RosterChange:
    """What a class list changes. new, changed: lines, one per student. same: students as they were. absent: ids."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    same: int
    absent: tuple[str, ...]


def roster(root: Path, path: Path, id_column: str | None = None, dry_run: bool = False) -> Iterator[str]:
    """Add the students of the CSV file `path` to the gradebook and update those who are there; yield what changes.

    A field that is empty in the file stays as it is in the gradebook, and nobody is removed. With `dry_run` nothing is
    written. Raises CourseError, and changes nothing, if the file or a line of it is wrong.
    """
    class_file = read_class_file(path, id_column)
    change = _bring_in(root, class_file, dry_run)
    used = ", ".join(f"{use} from {heading}" for use, heading in class_file.columns.items())
    unused = f"; not used: {', '.join(class_file.unused)}" if class_file.unused else ""
    yield f"{path}: {used}{unused}"
    yield from change.new
    yield from change.changed
    if change.absent:
        yield f"in the gradebook and not in {path}, and kept: {', '.join(change.absent)}"
    counts = f"{len(change.new)} new, {len(change.changed)} changed, {change.same} as they were"
    yield f"{counts}; nothing was written." if dry_run else f"{counts}."


@retry
def _bring_in(root: Path, class_file: ClassFile, dry_run: bool) -> RosterChange:
    """Write gradebook and sections together: the file is moved into place once the gradebook has taken the rest."""
    sections = read_sections(root)
    with Course(root).gradebook() as gradebook:
        known = {student.id: student for student in cast(list[StudentRow], gradebook.students)}
        new, changed = [], []
        for entry in class_file.entries:
            row = known.get(entry.student)
            before = {name: getattr(row, name) or "" for name in FIELDS} if row else {}
            before |= {"section": sections.get(entry.student, "")}
            moves = {name: value for name, value in entry.about.items() if before.get(name) != value}
            if row is None:
                new.append(f"{entry.student}: new{_shown(entry)}")
            elif moves:
                told = (f"{name} {before[name] or 'none'} -> {value}" for name, value in moves.items())
                changed.append(f"{entry.student}: {'; '.join(told)}")
            if not dry_run:
                _set(gradebook, entry.student, row, moves)
            if "section" in moves:
                sections[entry.student] = moves["section"]
        listed = {entry.student for entry in class_file.entries}
        if not dry_run:
            gradebook.db.flush()  # what the database refuses, it refuses before a file is written
            with draft_of(root / FILE) if sections else contextlib.nullcontext() as draft:
                if draft:
                    draft.write_text(sections_text(sections), encoding="utf-8", newline="\n")
                gradebook.db.commit()
    same = len(class_file.entries) - len(new) - len(changed)
    return RosterChange(tuple(new), tuple(changed), same, tuple(sorted(known.keys() - listed)))


def _set(gradebook: Gradebook, student: str, row: StudentRow | None, moves: dict[str, str]) -> None:
    fields = {name: value for name, value in moves.items() if name in FIELDS}
    if row is None:
        gradebook.db.add(Student(id=student, **fields))
    for name, value in fields.items():
        if row is not None:
            setattr(row, name, value)


def _shown(entry: Entry) -> str:
    about = entry.about
    name = " ".join(filter(None, (about.get("first_name"), about.get("last_name"))))
    section = f"section {about['section']}" if "section" in about else ""
    parts = [part for part in (name, about.get("email"), section) if part]
    return f" ({', '.join(parts)})" if parts else ""
