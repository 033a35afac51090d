"""The report of a class says what was graded, names nobody where it should not, and is safe to open."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from bs4 import BeautifulSoup, Tag
from scipy.stats import pearsonr
from support.html import there
from support.reported_class import CLASS, FORMULA, LONG, RENAMED, graded_class, three_exercises
from support.small_class import RIGHT, grade, hand_in, results
from support.tiny_course import NAME, REPOSITORY, command, make_course

from autograder.errors import CourseError
from autograder.export import Format, export
from autograder.gradebook.nbgrader_course import Course
from autograder.notebooks.assignment import assignment_of, read_assignment
from autograder.notebooks.catalogue import Catalogue, load
from autograder.report import ReportOptions, report
from autograder.report.anonymous_code import OWN, tokens, without_comments
from autograder.report.similarity import groups


@pytest.fixture(scope="module")
def reported(tmp_path_factory) -> Path:
    """The class, graded and reported by the commands."""
    root = graded_class(tmp_path_factory.mktemp("class") / "course")
    inbound = root / "exchange" / "deep-learning" / "inbound"
    for when in ("2026-08-30 12:00:00", "2026-09-01 12:00:00", "2026-09-02 12:00:00"):
        (inbound / f"ash+{NAME}+{when} UTC+aGk=").mkdir(parents=True)
    assert printed(root, "report", NAME) == f"reports/{NAME}.html\n"
    for form in ("table", "canvas"):
        said = printed(root, "export", NAME, f"--format={form}", f"--to={form}.csv")
        assert said == f"{form}.csv: 10 rows, 8 with a score\n"
    return root


def printed(root: Path, *words: str) -> str:
    """Return what a command prints."""
    done = command(root, *words)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def read_page(root: Path) -> BeautifulSoup:
    return BeautifulSoup((root / "reports" / f"{NAME}.html").read_text(encoding="utf-8"), "html.parser")


@pytest.fixture(scope="module")
def page(reported) -> BeautifulSoup:
    return read_page(reported)


def section(page: BeautifulSoup, name: str) -> Tag:
    return there(there(page.find(id=name)).find_parent("section"))


def text(part: Tag | None) -> str:
    return " ".join(there(part).get_text(" ").split())


def rows(part: Tag) -> dict[str, dict[str, str]]:
    names = [cell.get_text() for cell in there(part.thead).find_all("th")]
    cells = [[text(cell) for cell in row.find_all(["th", "td"])] for row in there(part.tbody).find_all("tr")]
    return {row[0]: dict(zip(names, row, strict=True)) for row in cells}


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


# ---- figures


def test_the_table_of_exercises_counts_what_the_results_say(reported, page):
    graded = [result for result in results(reported).values() if result["score"] is not None]
    assert len(graded) == 8
    for name, row in rows(section(page, "exercises")).items():
        got = [(result["exercises"][name]["score"], result["exercises"][name]["max_score"]) for result in graded]
        assert row["all"] == str(sum(score == maximum for score, maximum in got))
        assert row["none"] == str(sum(score == 0 for score, _ in got))
        assert row["mean"] == f"{100 * np.mean([score / maximum for score, maximum in got]):.0f} %"


def test_what_an_exercise_separates_is_its_correlation_with_the_rest(reported, page):
    graded = [result for result in results(reported).values() if result["score"] is not None]
    shown = {name: row["separates"] for name, row in rows(section(page, "exercises")).items()}
    for name in ("double", "spread"):
        own = [result["exercises"][name]["score"] for result in graded]
        rest = [result["score"] - score for result, score in zip(graded, own, strict=True)]
        assert shown[name] == f"{pearsonr(own, rest)[0]:.2f}"
    assert shown["riddle"] == "–"
    assert "riddle : Nobody gets a point" in text(section(page, "exercises"))


def test_the_pictures_say_in_words_what_they_show(page):
    told = [image["alt"] for image in page.find_all("img")]
    assert len(told) == 3
    assert "8 scores, out of 4: lowest 0, median" in told[0] and "highest 3" in told[0]
    assert "8 students" in told[1] and "double 3, spread 5, riddle 0" in told[1]
    assert "not doubled in double 2" in told[2]


def test_a_mistake_comes_with_its_hint_and_with_examples_that_name_nobody(page):
    mistake = there(there(page.find("h3", string=re.compile("not doubled"))).find_parent("article"))
    assert "double: not doubled, 2 of 8" in text(mistake) and "Is 2 x more than x?" in text(mistake)
    examples = [example.get_text() for example in mistake.find_all("pre")]
    assert examples == ["def double(x):\n    of_somebody = x\n    return of_somebody"]


def test_what_was_left_unanswered_is_no_mistake(page):
    assert rows(section(page, "exercises"))["double"]["unanswered"] == "1"
    assert [text(other) for other in section(page, "mistakes").find_all("summary")] == [
        "riddle: 8 of 8. AssertionError (in the line `assert riddle(1) == 'never'`)",
        "spread: 3 of 8. AssertionError (in the line `assert spread([3, 1, 7]) == (6, 2, 1)`)",
        "double: 2 of 8. `double` is not defined: its cell ended in SyntaxError: invalid syntax (line 6).",
    ]


def test_no_example_holds_a_comment_a_docstring_or_a_name(page):
    shown = " ".join(text(example) for example in section(page, "mistakes").find_all("pre"))
    assert "return" in shown
    assert not re.search("birch|cedar|lola|#|By ", shown)


def test_each_status_is_counted_and_told_in_the_sentence_of_the_result(reported, page):
    told = text(section(page, "submissions"))
    assert "graded with crashes: 1" in told and "malformed: 1" in told and "nothing submitted: 1" in told
    for student in ("broken", "crash"):
        assert f"{student} , " in told.replace(f"{student},", f"{student} ,")
        assert results(reported)[student]["reason"] in told


def test_a_name_leads_to_that_submission_in_formgrader(reported, page):
    links = {link.get_text(): link["href"] for link in there(section(page, "submissions").tbody).find_all("a")}
    assert set(links) == set(CLASS)
    with Course(reported).gradebook() as gradebook:
        for student, href in links.items():
            at = re.fullmatch(r"http://localhost:8888/formgrader/submissions/(\w+)", str(href))
            assert at and gradebook.find_submission_notebook_by_id(at[1]).student.id == student


# ---- places to look


def test_a_copy_with_other_names_and_comments_is_found_and_nobody_else(page):
    found = section(page, "look").find_all("article")
    assert [text(group.h3) for group in found] == ["lola , mona"]
    assert "spread:" in text(found[0]) and "tokens in common" in text(found[0])
    assert "lola was here" not in text(found[0])


def units() -> list[str]:
    return sorted(
        path.stem
        for path in REPOSITORY.glob("source/*/*.ipynb")
        if (REPOSITORY / "answers" / f"{path.stem}.py").is_file()
    )


@pytest.mark.parametrize("unit", units())
def test_honest_answers_are_no_place_to_look_and_copies_of_them_are(unit):
    """Each student takes another right way of the catalogue, which is hidden from the comparison."""
    asked = read_assignment(REPOSITORY / "source" / unit / f"{unit}.ipynb")
    catalogue = load(REPOSITORY / "answers" / f"{unit}.py")
    ways = {exercise.name: catalogue.right(exercise.name) for exercise in asked.exercises}
    class_ = {
        f"s{i}": {name: answers[i].source for name, answers in ways.items() if i < len(answers)}
        for i in range(max(map(len, ways.values())))
    }
    assert groups(asked.exercises, Catalogue(()), class_) == []
    copied = class_ | {"copycat": {name: renamed(source) for name, source in class_["s0"].items()}}
    assert [group.students for group in groups(asked.exercises, Catalogue(()), copied)] == [("copycat", "s0")]
    # Equal answers that the catalogue has are explained, however many students have them.
    everybody = {f"e{i}": class_["s0"] for i in range(3)}
    assert groups(asked.exercises, catalogue, everybody) == []


def renamed(source: str) -> str:
    """Return the answer with other local names, and a comment in each line."""
    own = set(re.findall(r"^ +(\w+) = ", source, re.MULTILINE)) - {"self"}
    for number, name in enumerate(sorted(own, key=len, reverse=True)):
        source = re.sub(rf"(?<![\w.\"'])\b{name}\b(?!\s*=\s*\w+[,)])(?![\"'])", f"mine_{number}", source)
    return "\n".join(
        f"{line}  # mine" if line.strip() and "'''" not in line and '"""' not in line else line
        for line in source.split("\n")
    )


def test_what_everybody_writes_is_no_place_to_look():
    asked = assignment_of(three_exercises()).exercises
    everybody = {f"s{i}": {"spread": LONG} for i in range(8)}
    assert groups(asked, Catalogue(()), everybody) == []
    two = {"s0": {"spread": LONG}, "s1": {"spread": RENAMED}}
    assert [group.students for group in groups(asked, Catalogue(()), two)] == [("s0", "s1")]
    double, short = asked[0], "def double(x):\n    return sum([x] * 2)"
    many = [replace(double, name=f"double_{i}") for i in range(9)]
    assert groups(many, Catalogue(()), {key: {its.name: short for its in many} for key in ("s0", "s1")}) == []


def test_names_that_a_student_chose_are_one_token_and_those_of_libraries_are_kept():
    source = (
        "import numpy as np\ndef f(x: int) -> int:\n    'text'\n    y: int = x  # why\n    return np.sum(y, axis=0)"
    )
    assert " ".join(tokens(source, ["f"])) == f"def f ( {OWN} ) : {OWN} = {OWN} return {OWN} . sum ( {OWN} , axis = 0 )"
    assert (
        without_comments("%matplotlib inline\nx = 1  # one")
        == "get_ipython().run_line_magic('matplotlib', 'inline')\nx = 1"
    )


@pytest.mark.parametrize(
    "source", ["def", "x = '\0'", "(" * 5000, "x = " + "-" * 40_000 + "1", "x = " + "-" * 900 + "1", "a" * 60_000, ""]
)
def test_code_that_cannot_be_parsed_has_no_form(source):
    assert tokens(source, []) == [] and not without_comments(source)


# ---- tables


def test_the_table_has_a_column_an_exercise_and_what_reproduces_a_grade(reported):
    found = {line["student_id"]: line for line in lines(reported / "table.csv")}
    result = results(reported)["birch"]
    birch = found["birch"]
    assert (birch["double"], birch["spread"], birch["riddle"], birch["score"]) == ("0.0", "2.0", "0.0", "2.0")
    assert birch["digest"] == result["digest"]
    assert str(result["seed"]) not in (reported / "table.csv").read_text(), "seeds are secret, and tables are passed on"
    assert "torch" in birch["versions"] and birch["sandbox"] == result["sandbox"]
    broken = found["broken"]
    assert (broken["status"], broken["score"], broken["double"]) == ("malformed", "", "")
    assert (found["ash"]["attempt"], birch["attempt"]) == ("2", "")
    assert found["absent"]["status"] == "nothing submitted"


@pytest.mark.parametrize("name", ["table.csv", "canvas.csv"])
def test_no_cell_of_a_table_begins_like_a_formula(reported, name):
    ids = ("ID", "SIS Login ID")  # Canvas finds students by them, so they are written as they are
    cells = [cell for line in lines(reported / name) for column, cell in line.items() if column not in ids]
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r") and cell]
    assert f"'{FORMULA}" in cells


def test_canvas_gets_its_columns_the_points_possible_and_no_score_that_is_none(reported):
    first, *students = lines(reported / "canvas.csv")
    assert list(first) == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", NAME]
    assert (first["Student"].strip(), first[NAME]) == ("Points Possible", "4")
    found = {line["SIS Login ID"]: line for line in students}
    assert (found["ash"]["Student"], found["ash"]["ID"], found["ash"][NAME]) == ("Ada Ash", "4711", "1.0")
    assert found["broken"][NAME] == found["absent"][NAME] == ""
    assert found["absent"]["Student"] == "<i>A</i> =cmd|' /C calc'!A0"


# ---- the page as a page


def test_the_page_asks_nothing_of_another_host_and_runs_nothing(reported, page):
    html = str(page)
    assert not page.find_all(["script", "link", "iframe", "object", "form"])
    assert all(image["src"].startswith("data:image/svg+xml;base64,") for image in page.find_all("img"))
    assert not re.findall(r"@import|url\(", html)
    assert "<script>alert" not in html and "<i>A</i>" not in html
    assert str(reported) not in html


def test_headings_go_down_one_step_at_a_time_and_headers_of_tables_say_what_they_head(page):
    levels = [int(heading.name[1]) for heading in page.find_all(re.compile(r"^h\d$"))]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(header["scope"] in ("col", "row") for header in page.find_all("th"))
    assert there(page.html)["lang"] == "en" and page.find("meta", attrs={"name": "viewport"})


# ---- small classes


def made(root: Path) -> BeautifulSoup:
    report(root, NAME, ReportOptions())
    for form in (Format.table, Format.canvas):
        export(root, root / f"{form}.csv", [NAME], form)
    return read_page(root)


def test_a_class_of_nobody_of_one_and_of_equals_has_a_report(tmp_path):
    root = make_course(tmp_path / "course")
    page = made(root)
    assert "Nobody is enrolled or has handed anything in" in text(page) and not page.find_all("img")
    assert (lines(root / "table.csv"), len(lines(root / "canvas.csv"))) == ([], 1)

    hand_in(root, "ash", RIGHT)
    page = made(root)
    assert "Nothing has been graded yet" in text(page)
    assert [(line["student_id"], line["status"]) for line in lines(root / "table.csv")] == [("ash", "not graded")]

    grade(root)
    page = made(root)
    assert rows(section(page, "exercises"))["double"]["separates"] == "–"
    assert "Everybody solves it." in text(section(page, "exercises"))
    assert "1 score, out of 1: lowest 1, median 1" in there(page.img)["alt"]

    hand_in(root, "oak", RIGHT)
    hand_in(root, "elm", RIGHT)
    grade(root, "--resume")
    page = made(root)
    assert rows(section(page, "exercises"))["double"]["all"] == "3"
    assert "No group was found." in text(section(page, "look"))
    assert "No mistake of the catalogue was recognised." in text(section(page, "mistakes"))


def test_an_error_is_one_sentence(tmp_path):
    root = make_course(tmp_path / "course")
    with pytest.raises(CourseError, match=f"there is no assignment 99_none in source/; there are {NAME}"):
        report(root, "99_none", ReportOptions())
    with pytest.raises(CourseError, match="not an address of JupyterLab"):
        report(root, NAME, ReportOptions(lab="javascript:alert(1)"))
    (root / ".results" / NAME).mkdir(parents=True)
    (root / ".results" / NAME / "ash.json").write_text(json.dumps({}))
    with pytest.raises(CourseError, match="does not know 01_tiny, of which there are results"):
        report(root, NAME, ReportOptions())
    done = command(root, "report", NAME, "--output=nowhere/page.html")
    assert done.returncode == 1 and done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
