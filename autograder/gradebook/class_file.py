"""A class list as other systems write it: read a CSV file into students, or say in which lines it is wrong."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CourseError

# Headings of Canvas, Banner, Moodle, Brightspace, Blackboard and nbgrader, in small letters and digits, the best first.
HEADINGS = {
    "login": ("sisloginid", "loginid", "login", "username", "netid", "uid"),
    "id": ("studentid", "id", "idnumber", "orgdefinedid", "sisuserid", "sisid"),
    "first_name": ("firstname", "givenname", "forename"),
    "last_name": ("lastname", "surname", "familyname"),
    "email": ("email", "emailaddress", "mail"),
    "lms_user_id": ("lmsuserid", "canvasid", "canvasuserid"),
    "section": ("section", "sections", "coursesection", "group", "groups"),
    "name": ("student", "name", "fullname", "studentname"),
}

# Rows of Canvas's own that are no students.
NOBODY = ("points possible", "student, test", "test student")

# What can be the name of a folder, and of a folder of the exchange, where + separates names.
STUDENT_ID = re.compile(r"\w[\w.@-]*")
LONGEST = 128  # characters of a field, in nbgrader's tables


@dataclass(frozen=True)
class Entry:
    """A student of a class list. about: those of first_name, last_name, email, lms_user_id, section that are given."""

    line: int
    student: str
    about: dict[str, str]


@dataclass(frozen=True)
class ClassFile:
    """A class list. columns: {what it is used for: heading}. unused: the other headings."""

    entries: tuple[Entry, ...]
    columns: dict[str, str]
    unused: tuple[str, ...]


def read_class_file(path: Path, id_column: str | None = None) -> ClassFile:
    """Return the students of the CSV file `path`, whatever its delimiter and encoding.

    id_column: the heading of the column with the students' names in nbgrader; None: the login if there is one, else an
    id. Raises CourseError if the file cannot be read, has no such column, or has lines that are wrong: all of them.
    """
    rows = list(_rows(path))
    if not rows:
        raise CourseError(f"{path} is empty; it needs a line of headings and a line for each student.")
    (_, headings), *others = rows
    headings = [heading.strip() for heading in headings]
    columns = _columns(path, headings, id_column)
    entries: dict[str, Entry] = {}
    wrong = []
    for line, cells in others:
        try:
            entry = _entry(line, cells, headings, columns)
            if entry and (before := entries.setdefault(entry.student, entry)).about != entry.about:
                raise ValueError(f"{entry.student} is also in line {before.line}, with other data")
        except ValueError as error:
            wrong.append(f"  line {line}: {error}")
    if wrong:
        raise CourseError(
            "\n".join([f"{path} has lines that are wrong, so nothing was changed; correct them:", *wrong])
        )
    unused = tuple(heading for heading in headings if heading and heading not in columns.values())
    return ClassFile(tuple(entries.values()), columns, unused)


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield (number of the first line, cells) of each row that is not blank."""
    text = _text(path)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise CourseError(f"{path}, line {line}: this is not CSV ({error}); nothing was changed.") from None


def _text(path: Path) -> str:
    data = path.read_bytes()
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        raise CourseError(f"{path} is a workbook of a spreadsheet; save it as CSV.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")  # what Excel writes in many countries


def _columns(path: Path, headings: Sequence[str], id_column: str | None) -> dict[str, str]:
    """Return {use: heading}, with the column of the students' names in nbgrader as "student"."""
    plain = {re.sub(r"[^a-z0-9]", "", heading.lower()): heading for heading in reversed(headings)}
    found = {use: next((plain[name] for name in names if name in plain), "") for use, names in HEADINGS.items()}
    login, other = found.pop("login"), found.pop("id")
    if id_column is not None and id_column not in headings:
        raise CourseError(f"{path} has no column {id_column}; it has {', '.join(headings)}.")
    student = id_column or login or other
    if not student:
        raise CourseError(
            f"{path} has no column for the students' names in nbgrader, such as SIS Login ID, Username or Student ID; "
            f"it has {', '.join(headings)}. Name it with --id-column."
        )
    if plain.get("id") not in (None, student) and plain.get("sisloginid"):
        found["lms_user_id"] = plain["id"]  # Canvas calls its own number so
    if found["first_name"] or found["last_name"]:
        found["name"] = ""
    return {"student": student} | {use: heading for use, heading in found.items() if heading and heading != student}


def _entry(line: int, cells: list[str], headings: Sequence[str], columns: dict[str, str]) -> Entry | None:
    """Return a student; None for a row that is nobody. Raises ValueError with what is wrong."""
    while len(cells) > len(headings) and not cells[-1].strip():
        cells = cells[:-1]
    row = dict(zip(headings, (" ".join(cell.split()) for cell in cells), strict=False))
    about = {use: row.get(heading, "") for use, heading in columns.items()}
    if about.get("name", "").lower() in NOBODY:
        return None
    if len(cells) != len(headings):
        raise ValueError(f"it has {len(cells)} cells under {len(headings)} headings")
    student, name = about.pop("student"), about.pop("name", "")
    if name:
        about |= _split(name)
    if not student:
        raise ValueError(f"the column {columns['student']} is empty")
    if not STUDENT_ID.fullmatch(student):
        raise ValueError(f"{student!r} cannot be a student's name in nbgrader: letters, digits and . _ - @ can")
    if about.get("email") and about["email"].count("@") != 1:
        raise ValueError(f"{about['email']!r} is not an e-mail address")
    for value in (student, *about.values()):
        if len(value) > LONGEST:
            raise ValueError(f"{value[:20]!r}... is longer than {LONGEST} characters")
    return Entry(line, student, {use: value for use, value in about.items() if value})


def _split(name: str) -> dict[str, str]:
    """Return first and last name of "Last, First" or "First Last"."""
    if "," in name:
        last, first = (part.strip() for part in name.split(",", 1))
    else:
        first, _, last = name.rpartition(" ")
    return {"first_name": first, "last_name": last}
