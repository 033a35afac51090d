"""A class list in whatever form it comes: added and updated, never erased, and never half of it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import cast

import pytest
from support.in_process import refused, run
from support.small_class import RIGHT, WRONG, grade, hand_in
from support.tiny_course import NAME, enrol, make_course

from autograder.gradebook.nbgrader_course import Course
from autograder.gradebook.rows import StudentRow


def students(root: Path) -> dict[str, tuple]:
    with Course(root).gradebook() as gradebook:
        rows = cast(list[StudentRow], gradebook.students)
        return {row.id: (row.first_name, row.last_name, row.email, row.lms_user_id) for row in rows}


@pytest.fixture
def course(tmp_path) -> Path:
    root = make_course(tmp_path / "course")
    enrol(root, "ada", first_name="Ada", last_name="King", email="ada@example.org", lms_user_id="17")
    return root


def listed(root: Path, text: str, encoding: str = "utf-8") -> str:
    (root / "class.csv").write_bytes(text.encode(encoding))
    return "class.csv"


def test_what_the_list_does_not_have_stays_and_what_it_has_is_updated(course):
    file = listed(course, "Username,Last Name,Email,Section\nada,Lovelace,,A\nbob,Núñez,b@example.org,B\n")
    said = run(course, "roster", file)
    assert "ada: last_name King -> Lovelace; section none -> A" in said
    assert "bob: new (Núñez, b@example.org, section B)" in said
    assert said.endswith("1 new, 1 changed, 0 as they were.\n")
    assert students(course) == {
        "ada": ("Ada", "Lovelace", "ada@example.org", "17"),
        "bob": (None, "Núñez", "b@example.org", None),
    }
    assert (course / "sections.csv").read_text() == "student_id,section\nada,A\nbob,B\n"
    assert run(course, "roster", file).endswith("0 new, 0 changed, 2 as they were.\n")


def test_a_dry_run_says_the_same_and_writes_nothing(course):
    file, before = listed(course, "id,email,section\nada,new@example.org,A\ncleo,,\n"), students(course)
    said = run(course, "roster", file, "--dry-run")
    assert "ada: email ada@example.org -> new@example.org" in said and "cleo: new\n" in said
    assert said.endswith("1 new, 1 changed, 0 as they were; nothing was written.\n")
    assert students(course) == before and not (course / "sections.csv").exists()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Student ID,Last Name,First Name,Email\nbob,Bo,B.,b@x.org\n", ("B.", "Bo", "b@x.org", None)),
        (
            'Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (9)\n"    Points Possible",,,,,10\n'
            '"Bo, B.",4711,900,bob,CS-1,\n"Student, Test",5,,x y,CS-1,\n',
            ("B.", "Bo", None, "4711"),
        ),
        ("First name;Surname;Username;Email address\nB.;Bo;bob;b@x.org\n", ("B.", "Bo", "b@x.org", None)),
        ("OrgDefinedId\tUsername\tLast Name\tFirst Name\n#900\tbob\tBo\tB.\n", ("B.", "Bo", None, None)),
        ("id,first_name,last_name,email,lms_user_id\nbob,B.,Bo,,4711\n", ("B.", "Bo", None, "4711")),
        ("Name,Login\nB. Bo,bob\n\n", ("B.", "Bo", None, None)),
    ],
    ids=["Banner", "Canvas", "Moodle", "Brightspace", "nbgrader", "one name"],
)
def test_the_usual_headings_are_understood(course, text, found):
    run(course, "roster", listed(course, text))
    assert students(course)["bob"] == found and set(students(course)) == {"ada", "bob"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_file_of_a_spreadsheet_is_read_in_its_encoding(course, encoding):
    run(course, "roster", listed(course, "id,last_name\nbob,Núñez\n", encoding))
    assert students(course)["bob"][1] == "Núñez"


def test_lines_that_are_wrong_are_all_told_with_their_numbers_and_nothing_is_changed(course):
    file = listed(
        course,
        'id,first_name,email\nbob,"two\nlines",b@x.org\n,Nobody,\na/b,A,\n../x,A,\ncleo,C,c.x.org\ndan,D\nbob,Bo,b@x.org\n'
        f"eve,{'e' * 200},\n",
    )
    before = students(course)
    said = refused(course, "roster", file)
    for line, what in [(4, "id is empty"), (5, "'a/b' cannot be"), (6, "'../x' cannot be"), (7, "not an e-mail")]:
        assert f"line {line}: " in said and what in said, said
    assert "line 8: it has 2 cells under 3 headings" in said and "bob is also in line 2" in said
    assert "line 10: 'eeeeeeeeeeeeeeeeeeee'... is longer than 128 characters" in said
    assert students(course) == before and not (course / "sections.csv").exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04", "is a workbook of a spreadsheet; save it as CSV"),
        (b"Vorname,Nachname\nA,B\n", "no column for the students' names in nbgrader"),
        (b'id\n"a\n', "this is not CSV"),
    ],
)
def test_a_file_that_is_no_class_list_is_one_sentence(course, content, sentence):
    (course / "class.csv").write_bytes(content)
    assert sentence in refused(course, "roster", "class.csv")


def test_a_column_can_be_named(course):
    file = listed(course, "Username,Email,Code\nx,a@x.org,bob\n")
    run(course, "roster", file, "--id-column", "Code")
    assert "bob" in students(course)
    assert "has no column Kode; it has Username, Email, Code" in refused(course, "roster", file, "--id-column", "Kode")


def test_after_grading_it_is_said_who_is_missing_by_section(course):
    run(course, "roster", listed(course, "id,name,section\nada,,A\nbob,B. Bo,B\ncleo,,B\ndan,,B\neve,,\n"))
    run(course, "deadline", NAME, "2026-11-01")
    run(course, "extend", NAME, "cleo", "--days", "2")
    hand_in(course, "ada")
    hand_in(course, "dan")
    said = grade(course)
    assert "Nothing handed in, section B: 2 of 3: bob B. Bo, cleo (extension until 2026-11-03 23:59:59 UTC)." in said
    assert "Nothing handed in, no section: 1 of 1: eve." in said and "section A" not in said
    assert "Nothing handed in" not in grade(course, "--student", "ada")
    run(course, "export", NAME)
    with (course / "grades.csv").open(newline="") as file:
        assert {line["student_id"]: line["section"] for line in csv.DictReader(file)}["bob"] == "B"


def test_the_lowest_assignment_can_be_left_out_of_the_total(course):
    other = "02_small"
    (course / "source" / other).mkdir()
    text = (course / "source" / NAME / f"{NAME}.ipynb").read_text().replace('"points": 1', '"points": 4')
    (course / "source" / other / f"{other}.ipynb").write_text(text)
    for name in (NAME, other):
        Course(course).generate(name)
    for student, (first, second) in {"ada": (RIGHT, WRONG), "bob": (WRONG, RIGHT), "cleo": (RIGHT, b"{")}.items():
        hand_in(course, student, first)
        (folder := course / "submitted" / student / other).mkdir()
        source = hand_in(course, student, second) / f"{NAME}.ipynb"
        source.rename(folder / f"{other}.ipynb")
        hand_in(course, student, first)
    enrol(course, "eve")
    for name in (NAME, other):
        run(course, "grade", name)
    run(course, "export", "--format", "course", "--to", "course.csv", "--drop-lowest", "1")
    with (course / "course.csv").open(newline="") as file:
        found = {line["student_id"]: line for line in csv.DictReader(file)}
    assert [found["ada"][key] for key in (NAME, other, "total", "max_total", "dropped")] == [
        "1.0",
        "0.0",
        "1.0",
        "1.0",
        other,
    ]
    assert [found["bob"][key] for key in ("total", "max_total", "dropped", "open")] == ["4.0", "4.0", NAME, ""]
    assert [found["cleo"][key] for key in (NAME, other, "total", "open")] == ["1.0", "", "", other]
    assert (found["eve"]["total"], found["eve"][NAME]) == ("0.0", "")
    assert "leaves nothing of 2" in refused(course, "export", "--format", "course", "--drop-lowest", "2")
    assert "add --format course" in refused(course, "export", "--drop-lowest", "1")
