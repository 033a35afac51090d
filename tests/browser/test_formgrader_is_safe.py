"""What a student displays does not act in formgrader, which shows it as the instructor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page, expect
from support import displays_that_act
from support.jupyterlab import SCREENSHOTS, TOKEN, jupyterlab
from support.small_class import answered, grade, hand_in
from support.tiny_course import NAME, make_course

from autograder.gradebook.nbgrader_course import Course

SHOWS = """\
from IPython.display import display
for data in DATA:
    display(data, raw=True)
def double(x):
    return 2 * x"""


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A course with two submissions: one graded now, and one whose graded notebook was stored as it came."""
    root = make_course(tmp_path_factory.mktemp("acts") / "course")
    forms = list((displays_that_act.OUTPUTS | displays_that_act.HARMLESS).values())
    notebook = answered(SHOWS.replace("DATA", repr(forms)))
    notebook.cells += displays_that_act.cells()
    hand_in(root, "graded", notebook)
    hand_in(root, "stored")
    grade(root)
    path = root / "autograded" / "stored" / NAME / f"{NAME}.ipynb"
    stored = nbformat.read(path, as_version=4)
    stored.cells += displays_that_act.cells()
    stored.metadata.widgets = {"application/vnd.jupyter.widget-state+json": {"x": displays_that_act.HTML["a script"]}}
    path.chmod(0o644)
    nbformat.write(stored, path)
    return root


@pytest.fixture(scope="module")
def lab(course, tmp_path_factory) -> Iterator[str]:
    with jupyterlab(course, tmp_path_factory.mktemp("log") / "jupyterlab.log") as address:
        yield address


@pytest.fixture
def sheet(page: Page) -> Iterator[Page]:
    browser = page.context.browser
    assert browser
    sheet = browser.new_page()
    yield sheet
    sheet.close()


def address_of(course: Path, student: str) -> str:
    with Course(course).gradebook() as gradebook:
        submission = gradebook.find_submission_notebook(NAME, NAME, student)
        return f"formgrader/submissions/{submission.id}/?token={TOKEN}"


@pytest.mark.parametrize("student", ["graded", "stored"])
def test_nothing_that_a_student_displays_acts_and_tables_and_pictures_are_seen(sheet: Page, course, lab, student):
    asked = []
    sheet.on("request", lambda request: asked.append(request.url))
    sheet.goto(f"{lab}/{address_of(course, student)}")
    expect(sheet.locator("input.score")).to_have_count(1)
    for press in sheet.locator("#notebook").get_by_text("press", exact=True).all():
        press.click(force=True)
    for part in sheet.locator("#notebook summary, #notebook svg, #notebook img").all():
        part.hover(force=True)
    sheet.wait_for_timeout(500)
    sheet.screenshot(path=SCREENSHOTS / f"formgrader-{student}.png", full_page=True)
    assert sheet.evaluate("window.acted") is None
    assert sheet.locator("#notebook a, #notebook iframe, #notebook form, #notebook script").count() == 0
    assert not [url for url in asked if url.endswith("none.png")]
    expect(sheet.locator("table.dataframe td").first).to_have_text("0.25")
    assert sheet.locator("#notebook img[src^='data:image/png']").first.evaluate("image => image.naturalWidth") == 1
    expect(sheet.locator("#notebook strong").first).to_have_text("bold")
    expect(sheet.locator("#notebook").first).to_contain_text("$a< b$")


def test_what_is_stored_after_grading_names_nothing_that_acts(course):
    text = (course / "autograded" / "graded" / NAME / f"{NAME}.ipynb").read_text()
    notebook = nbformat.reads(text, as_version=4)
    forms = {form for cell in notebook.cells for output in cell.get("outputs", []) for form in output.get("data", {})}
    assert forms <= {"text/plain", "text/html", "text/markdown", "text/latex", "image/png", "image/svg+xml"}
    assert not [cell for cell in notebook.cells if cell.cell_type == "raw"]
    drawn = [output.data["image/svg+xml"] for cell in notebook.cells for output in cell.get("outputs", [])
             if "image/svg+xml" in output.get("data", {})]  # fmt: skip
    assert drawn and all("<rect" in picture and "acted" not in picture for picture in drawn)
