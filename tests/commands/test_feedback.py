"""nbgrader's own cycle with the settings of the course, and the pages of `autograder feedback`.

Grades are fair, a page tells what a student can learn from, and no hidden test is in it.
"""

from __future__ import annotations

import re
import shutil
from io import StringIO
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup, Tag
from nbconvert.exporters.exporter import ResourcesDict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from rich.console import Console
from support.html import there
from support.small_class import hand_in
from support.taught_class import DOUBLE as TAUGHT_DOUBLE
from support.taught_class import HALVE as TAUGHT_HALVE
from support.taught_class import HIDDEN_CHECK, SEEN, TAGS, taught_class
from support.tiny_course import DOUBLE, DOUBLE_CHECK, NAME, REPOSITORY, check, command, make_course, released

from autograder.errors import CourseError
from autograder.feedback.page import Page, read_page, render
from autograder.feedback.redact import TOO_LONG, HideHiddenTests
from autograder.feedback.write import feedback as write_feedback
from autograder.gradebook.nbgrader_course import Course
from autograder.notebooks.catalogue import Catalogue
from autograder.notebooks.regions import HIDDEN_TESTS, SOLUTION, cut
from autograder.notebooks.sanitize import markdown

SECRETS = cut(DOUBLE_CHECK, HIDDEN_TESTS).removed + cut(DOUBLE, SOLUTION).removed
NOISE = """\
import os, sys, warnings
def double(x):
    warnings.warn("careful")
    print("a word on stderr", file=sys.stderr)
    os.write(2, b"[W1121 02:33:20 NNPACK.cpp:61] Could not initialize NNPACK!")
    return 2 * x"""
TROUBLE = "import numpy as np\nnp.linalg.inv(np.zeros((2, 2)))"


def noisy(notebook):
    """Right, with noise on stderr, and the check cell deleted."""
    notebook.cells[1].source = NOISE
    del notebook.cells[2]


def wrong(notebook):
    notebook.cells[1].source = "def double(x):\n    return 2 * abs(x)"
    notebook.cells.append(new_code_cell(TROUBLE, id="trouble"))


def endless(notebook):
    notebook.cells[1].source = "def double(x):\n    while True:\n        pass"


def marked(notebook):
    """A student who writes nbgrader's marks must not stop the run for all."""
    notebook.cells[1].source = "def double(x):\n    ### BEGIN HIDDEN TESTS\n    return 2 * x"


CLASS = {"noisy": noisy, "wrong": wrong, "endless": endless, "marked": marked}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course in which a class has been graded by nbgrader and has its feedback."""
    root = make_course(tmp_path_factory.mktemp("graded"))
    with (root / "nbgrader_config.py").open("a") as config:
        config.write("\nc.Grading.call_cpu_seconds = 3\n")
    assert command(root, "generate").returncode == 0
    for student, work in CLASS.items():
        notebook = released(root)
        work(notebook)
        path = root / "submitted" / student / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    for step in (["autograde", NAME], ["generate_feedback", NAME]):
        done = command(root, *step, module="nbgrader")
        assert done.returncode == 0, done.stderr
    return root


def feedback(root, student):
    """The words of a student's page of feedback."""
    page = (root / "feedback" / student / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    return there(BeautifulSoup(page, "html.parser").find("body")).get_text()


def scores(root):
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "deep-learning") as gradebook:
        return {submission.student.id: submission.score for submission in gradebook.assignment_submissions(NAME)}


def test_warnings_and_native_noise_cost_no_points_and_a_missing_check_comes_back(graded):
    assert scores(graded) == {"noisy": 1, "wrong": 0, "endless": 0, "marked": 1}


def test_the_graded_notebook_holds_what_feedback_must_not_show(graded):
    notebook = (graded / "autograded" / "wrong" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")
    assert "secret_argument" in notebook and "site-packages" in notebook


@pytest.mark.parametrize("student", CLASS)
def test_feedback_shows_no_hidden_test_no_solution_and_no_folder(student, graded):
    page = feedback(graded, student)
    for secret in SECRETS:
        assert secret.strip() not in page
    assert "site-packages" not in page and str(graded) not in page and str(REPOSITORY) not in page
    assert not re.search(r"(?<![\w/:.])~?/\w+/\w+", page)


def test_feedback_of_a_failed_check_is_the_sentence_of_the_check(graded):
    page = feedback(graded, "wrong")
    assert "double gives the wrong number for a negative one." in page
    assert "check.Failed" not in page and "Failed:" not in page
    assert "assert double(2) == 4" in page, "the visible test stays"


def test_an_error_in_the_students_own_cell_keeps_its_trace(graded):
    page = feedback(graded, "wrong")
    assert "np.linalg.inv(np.zeros((2, 2)))" in page and "LinAlgError: Singular matrix" in page
    assert "_linalg.py" in page, "the file is named, its folder is not"


def test_a_check_that_ran_too_long_says_so(graded):
    text = feedback(graded, "endless")
    assert "The student's code took more than" in text and "and was stopped" in text


# --- what a check cell can die of


def shown(*outputs, source="assert double(2) == 4\n### BEGIN HIDDEN TESTS\nhidden_line = 1\n### END HIDDEN TESTS"):
    """What a student sees of a graded cell that showed `outputs`."""
    cell = check("double_check", source)
    cell.outputs = list(outputs)
    notebook, _ = HideHiddenTests().preprocess(new_notebook(cells=[cell]), ResourcesDict())
    return notebook.cells[0]


def died(ename, evalue):
    trace = ["\x1b[0;31m---\x1b[0m", "Cell In[3], line 2\n----> \x1b[32mhidden_line\x1b[39m = 1", f"{ename}: {evalue}"]
    return new_output("error", ename=ename, evalue=evalue, traceback=trace)


DEATHS = {
    "a check that says no": (died("Failed", "Row 2 is\noff by 2."), "Row 2 is\noff by 2."),
    "nothing to unpack": (died("TypeError", "cannot unpack None"), "TypeError: cannot unpack None"),
    "no words": (died("AssertionError", ""), "AssertionError"),
    "numbers that were expected": (
        died("AssertionError", "\nNot equal to tolerance rtol=1e-07\n\n DESIRED: array([3.25])"),
        "AssertionError: Not equal to tolerance rtol=1e-07",
    ),
    "a file": (died("FileNotFoundError", "no '/home/ada/course/x.csv'"), "FileNotFoundError: no 'x.csv'"),
    "a quoted test": (died("SyntaxError", "invalid: hidden_line = 1"), "(a line of a hidden test)"),
    "too long a time": (died("KeyboardInterrupt", ""), TOO_LONG),
}


@pytest.mark.parametrize(("death", "sentence"), DEATHS.values(), ids=DEATHS)
def test_a_failed_check_is_reduced_to_one_sentence(death, sentence):
    cell = shown(new_output("stream", text="printed on the way\n"), death)
    (output,) = cell.outputs
    assert output.traceback == [sentence]
    assert "hidden_line" not in str(cell)


def test_what_a_passed_check_printed_loses_hidden_lines_and_folders():
    printed = new_output(
        "stream", text="see /home/ada/course/data.csv\nIn[3]: hidden_line = 1\nhttps://a.org/b/c 1/2/3\n"
    )
    (output,) = shown(printed).outputs
    assert output.text == "see data.csv\n(a line of a hidden test)\nhttps://a.org/b/c 1/2/3\n"


def test_a_picture_is_left_alone():
    picture = new_output("display_data", data={"image/jpeg": "/9j/4AAQ/Sk/ZJRg", "text/plain": "<Figure>"})
    assert shown(picture).outputs[0].data["image/jpeg"] == "/9j/4AAQ/Sk/ZJRg"


def test_the_description_of_a_picture_loses_hidden_lines_and_folders():
    about = {"image/png": {"alt": "see /home/ada/course/data.csv\nhidden_line = 1"}}
    cell = shown(new_output("display_data", data={"image/png": "iVBORw0KGgo="}, metadata=about))
    assert cell.outputs[0].metadata["image/png"]["alt"] == "see data.csv\n(a line of a hidden test)"


# --- the page


@pytest.fixture(scope="module")
def taught(tmp_path_factory) -> Path:
    """A class that the engine graded, with the pages of `autograder feedback`."""
    return taught_class(tmp_path_factory.mktemp("taught") / "course")


def file_of(root: Path, student: str) -> Path:
    return root / "feedback" / student / NAME / f"{NAME}.html"


def page_of(root: Path, student: str) -> BeautifulSoup:
    return BeautifulSoup(file_of(root, student).read_text(encoding="utf-8"), "html.parser")


def words(part: Tag | None) -> str:
    return " ".join(there(part).get_text(" ").split())


def section_of(page: BeautifulSoup, title: str) -> Tag:
    """The section under the heading `title`."""
    (heading,) = (heading for heading in page.find_all("h2") if words(heading) == title)
    return there(heading.find_parent("section"))


def total(page: BeautifulSoup) -> str:
    return words(page.find(class_="total"))


def test_the_command_says_how_many_pages_it_wrote_and_where(taught):
    assert (taught / "told.txt").read_text() == (
        f"11 pages in feedback/STUDENT/{NAME}/{NAME}.html; 4 without a grade, with the reason.\n"
    )
    assert {path.parent.parent.name for path in taught.glob(f"feedback/*/{NAME}/{NAME}.html")} == {
        path.parent.name for path in taught.glob(f"submitted/*/{NAME}")
    }


def test_the_total_comes_first_with_what_being_late_cost_and_what_is_still_to_be_read(taught):
    page = page_of(taught, "sound")
    assert words(page.h1) == "Twice and half"
    before_the_table = there(page.find("table")).find_previous(class_="total")
    assert there(page.h1).find_next(class_="total") is before_the_table
    assert total(page).startswith("Score: 5.0 / 8.0 2 of 3 exercises solved.")
    assert "6.0 for the work, minus 1.0 for handing it in late." in total(page)
    assert "the score so far" in total(page)
    assert total(page_of(taught, "slip")) == "Score: 1.25 / 8.0 0 of 3 exercises solved."


def test_the_table_says_how_each_exercise_went_and_links_to_its_section(taught):
    page = page_of(taught, "slip")
    rows = [[words(cell) for cell in row.find_all(["th", "td"])] for row in there(page.tbody).find_all("tr")]
    assert rows == [
        ["1.1 Double", "not solved", "0.0 / 4.0"],
        ["1.2 Halve", "not solved", "0.0 / 2.0"],
        ["1.3 Why", "partly solved", "1.25 / 2.0"],
    ]
    for link in there(page.tbody).find_all("a"):
        target = there(page.find(id=str(link["href"]).removeprefix("#")))
        assert target.name == "h2" and words(target) == words(link)
    states = [words(row.td) for row in there(page_of(taught, "untouched").tbody).find_all("tr")]
    assert states == ["not answered"] * 3


def test_a_section_says_what_was_wrong_in_the_words_of_each_check(taught):
    verdicts = section_of(page_of(taught, "slip"), "1.1 Double").find_all(class_="verdict")
    assert [verdict.get_text() for verdict in verdicts] == [
        "double(2) should be 4.\n  Here x is two.",
        "double gives the wrong number for a negative one.",
    ]
    solved = section_of(page_of(taught, "sound"), "1.1 Double")
    assert words(solved).count("passed") == 2 and not solved.find(class_="verdict")


def test_a_usual_mistake_brings_its_hint_and_two_that_look_alike_bring_both(taught):
    page = page_of(taught, "slip")
    (one,) = section_of(page, "1.1 Double").find_all(class_="hint")
    assert words(one).endswith("a common mistake, “unchanged”. Is what you return really larger than x?")
    (both,) = section_of(page, "1.2 Halve").find_all(class_="hint")
    assert [words(hint) for hint in both.find_all("p")] == [
        "This is the result of a common mistake, “a third”. Into how many parts do you divide?",
        "Or of another one, “one of three shares”. What do the shares sum up to?",
    ]
    for student in ("sound", "untouched", "crash"):
        assert not page_of(taught, student).find(class_="hint"), student


def test_a_page_shows_the_students_code_pictures_and_what_cells_said(taught):
    page = page_of(taught, "slip")
    assert "def double(x):\n    return x" in section_of(page, "1.1 Double").get_text()
    picture, pasted = page.find_all("img")
    assert pasted.find_parent("section") is section_of(page, "1.3 Why") and pasted["alt"]
    assert picture["alt"] == SEEN and str(picture["src"]).startswith("data:image/png;base64,iVBOR")
    assert picture.find_parent("section") is section_of(page, "1.1 Double")
    assert "draw(double)" not in page.get_text(), "the drawing cell is the instructor's"
    assert there(page.find(class_="shown")).get_text() == "tried 4"
    assert {"def", "return"} <= {word.get_text() for word in page.find_all("span", class_="c-k")}, "code is coloured"


def test_what_a_person_wrote_and_gave_is_on_the_page(taught):
    page = page_of(taught, "slip")
    why = section_of(page, "1.3 Why")
    assert "Partly solved , 1.25 of 2.0 points" in words(why)
    assert "See ![](attachment:sketch.png)" in words(why)
    assert there(there(why.find(class_="comment")).p).get_text() == f"Say which law.\nThen it is whole. {TAGS}"
    assert words(section_of(page, "1.1 Double").find(class_="comment")) == "Comment Nearly!"
    assert "No response" not in page_of(taught, "untouched").get_text()


REASONS = {
    "broken": f"could not be graded: {NAME}.ipynb is not JSON",
    "renamed": f"could not be graded: there is no {NAME}.ipynb in the submission; there is mine.ipynb.",
    "ours": "Grading failed, and not because of your work.",
    "fresh": "Your submission has not been graded yet.",
}


@pytest.mark.parametrize(("student", "reason"), REASONS.items(), ids=REASONS)
def test_a_page_without_a_grade_says_why_and_shows_no_number(student, reason, taught):
    page = page_of(taught, student)
    assert reason in words(page.body)
    assert total(page) == "No grade yet That is not a score of 0."
    assert "judge" not in page.get_text() and "--resume" not in page.get_text()


def test_what_was_handed_in_after_one_that_could_not_be_read_waits_to_be_graded(taught, tmp_path):
    root = shutil.copytree(taught, tmp_path / "course")
    hand_in(root, "broken", when="2026-09-01 20:00:00")
    said = StringIO()
    write_feedback(root, NAME, ["broken"], Console(file=said))
    page = page_of(root, "broken")
    assert (
        words(page.find(class_="note")) == "Your submission has not been graded yet."
        and "2026-09-01 20:00 UTC" in page.get_text()
    )
    assert said.getvalue().startswith("1 page in feedback/")


def test_other_things_that_happened_to_a_submission_are_told(taught):
    notes = {student: words(page_of(taught, student).find(class_="note")) for student in ("crash", "again", "read")}
    assert notes["crash"].startswith("Some of your code was stopped or crashed. Your code ended its process")
    assert notes["again"] == "You have handed in a newer version. This page is about the one before."
    assert notes["read"] == "Your instructor has read what you handed in and given these points."
    assert total(page_of(taught, "read")) == "Score: 4.0 / 8.0"


def test_no_page_shows_a_hidden_test_or_a_folder_nor_the_solution_to_who_has_none(taught):
    hidden = [line.strip() for line in cut(HIDDEN_CHECK, HIDDEN_TESTS).removed]
    solution = [line.strip() for text in (TAUGHT_DOUBLE, TAUGHT_HALVE) for line in cut(text, SOLUTION).removed]
    assert len(hidden) == 3 and len(solution) == 4
    pages = {path.parent.parent.name: path.read_text() for path in taught.glob(f"feedback/*/{NAME}/{NAME}.html")}
    for student, text in pages.items():
        seen = BeautifulSoup(text, "html.parser").get_text()
        secrets = hidden + (solution if student == "untouched" else [])
        assert [line for line in secrets if line in seen] == [], student
        assert str(taught) not in text and str(REPOSITORY) not in text and "site-packages" not in text


def test_what_students_write_is_text_and_the_page_asks_no_other_host(taught):
    page = page_of(taught, "hostile")
    assert page.get_text().count(TAGS) >= 6, "in code, comment, output, verdicts, answer and another cell"
    assert page.find(class_="shown") and not page.find_all(["script", "iframe", "object", "embed", "link", "svg"])
    pictures = page.find_all("img")
    assert [picture["alt"] for picture in pictures] == [
        TAGS,
        f"A picture that your code for “{markdown(TAGS)}” drew; it has no description.",  # as graded
    ]
    for tag in page.find_all():
        assert not [name for name in tag.attrs if name.startswith("on")]
        for name in ("src", "href"):
            assert str(tag.get(name, "#")).startswith(("#", "data:image/"))
    style = there(page.style).get_text()
    assert "url(" not in style and "@import" not in style


def test_nbgraders_own_command_and_formgraders_button_write_the_same_page(taught):
    for student in ("slip", "sound", "crash"):
        ours = file_of(taught, student).read_bytes()
        Course(taught).generate_feedback(NAME, student)
        assert file_of(taught, student).read_bytes() == ours, student


def test_beside_a_page_is_what_nbgrader_releases_it_by_and_no_link_is_followed(taught):
    assert (file_of(taught, "broken").parent / "timestamp.txt").read_text() == "2026-09-01 12:00:00.000000 UTC"
    again = (file_of(taught, "again").parent / "timestamp.txt").read_text()
    assert again.startswith("2026-09-01 12:00:00"), "of the submission that the page is about"
    secret = taught / "submitted" / "broken" / NAME / "submission_secret.txt"
    secret.symlink_to(taught / "gradebook.db")
    write_feedback(taught, NAME, ["broken"], Console(quiet=True))
    assert not (file_of(taught, "broken").parent / secret.name).exists()
    secret.unlink()
    secret.write_text("abc")
    write_feedback(taught, NAME, ["broken"], Console(quiet=True))
    assert (file_of(taught, "broken").parent / secret.name).read_text() == "abc"


def test_without_the_engines_results_the_graded_notebook_is_enough(taught, tmp_path):
    root = shutil.copytree(taught, tmp_path / "course")
    shutil.rmtree(root / ".results")
    write_feedback(root, NAME, ["slip", "sound"], Console(quiet=True))
    page = page_of(root, "slip")
    assert total(page) == total(page_of(taught, "slip"))
    assert len(page.find_all(class_="verdict")) == 3 and there(page.find("img"))["alt"] == SEEN
    assert not page.find(class_="hint"), "who made a mistake is known from the results alone"


def test_pictures_pasted_into_an_answer_are_shown():
    """The engine keeps an answer's text alone; nbgrader's own autograde keeps what was pasted, too."""
    about = {"grade_id": "why", "grade": True, "solution": True, "points": 2, "score": 2, "waits": False}
    cell = new_markdown_cell("See the sketch.", metadata={"nbgrader": about})
    cell.attachments = {"sketch.png": {"image/png": "iVBORw0K\nGgo="}}
    page = Page(NAME, "ada", score=2, max_score=2)
    read_page(page, new_notebook(cells=[cell]), None, Catalogue(()), {})
    picture = there(BeautifulSoup(render(page), "html.parser").img)
    assert (picture["src"], picture["alt"]) == (
        "data:image/png;base64,iVBORw0KGgo=",
        "The picture sketch.png of your answer",
    )


def bad_catalogue(root: Path) -> None:
    (root / "answers" / f"{NAME}.py").write_text("def (")


def no_gradebook_row(root: Path) -> None:
    with Course(root).gradebook() as gradebook:
        gradebook.remove_submission(NAME, "slip")


def no_submissions(root: Path) -> None:
    shutil.rmtree(root / "submitted")


TROUBLES = {
    "an unknown assignment": (None, "99_none", "slip", f"there is no assignment 99_none in source/; there are {NAME}."),
    "an unknown student": (None, NAME, "nobody", "nobody has no folder"),
    "no submission": (no_submissions, NAME, "slip", "there is no submission of"),
    "no row in the gradebook": (no_gradebook_row, NAME, "slip", "the gradebook has no grade of slip"),
    "a broken catalogue": (bad_catalogue, NAME, "slip", f"{NAME}.py is not Python"),
}


@pytest.mark.parametrize(("spoil", "assignment", "student", "reason"), TROUBLES.values(), ids=TROUBLES)
def test_trouble_is_one_sentence_and_the_earlier_page_stays(spoil, assignment, student, reason, taught, tmp_path):
    root = shutil.copytree(taught, tmp_path / "course")
    before = file_of(root, "slip").read_bytes()
    if spoil:
        spoil(root)
    with pytest.raises(CourseError, match=re.escape(reason)) as trouble:
        write_feedback(root, assignment, [student], Console(quiet=True))
    assert "\n" not in str(trouble.value)
    assert file_of(root, "slip").read_bytes() == before
