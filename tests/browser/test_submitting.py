"""A student types an answer, submits it in the Assignment List, and gets the points for it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from support.jupyterlab import ROOT, SCREENSHOTS, TOKEN, jupyterlab
from support.small_class import RIGHT, grade, results
from support.tiny_course import NAME, make_course

from autograder.authoring.release import generate
from autograder.gradebook.nbgrader_course import Course


@pytest.fixture
def course(tmp_path) -> Path:
    """A course with a released assignment."""
    root = make_course(tmp_path / "course")
    generate(root)
    Course(root).release(NAME)
    return root


@pytest.fixture
def lab(course, tmp_path, monkeypatch) -> Iterator[tuple[str, Path]]:
    """(the address of a student's JupyterLab, the root of the student's kit), in a home of the student's own."""
    desk = tmp_path / "home" / "deep-learning"
    shutil.copytree(course / "release", desk / "release")
    shutil.copy(ROOT / "nbgrader_config.py", desk)
    for name, value in (("HOME", desk.parent), ("COURSE_EXCHANGE", course / "exchange")):
        monkeypatch.setenv(name, str(value))
    with jupyterlab(desk, tmp_path / "jupyterlab.log") as address:
        yield address, desk


def test_what_a_student_types_and_submits_in_the_assignment_list_is_what_is_graded(page: Page, course, lab):
    address, _ = lab
    page.goto(f"{address}/lab/tree/release/{NAME}/{NAME}.ipynb?token={TOKEN}&reset")
    expect(page.locator(".jp-NotebookPanel .jp-Cell").first).to_be_visible()

    press_submit(page)
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("No answer is written")
    expect(dialog).to_contain_text("Submit once more if you want to hand it in as it is.")
    said = dialog.locator("pre").inner_text()
    assert said.startswith("No answer is written") and "Traceback" not in said and "File " not in said
    page.screenshot(path=SCREENSHOTS / "submitting-without-an-answer.png")
    dialog.locator("button").last.click()

    page.locator(".lm-TabBar-tabLabel", has_text=f"{NAME}.ipynb").click()
    page.locator(".jp-CodeCell").filter(has_text="def double(x)").locator(".cm-content").first.click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(RIGHT)
    page.keyboard.press("Control+S")
    page.wait_for_timeout(1500)

    press_submit(page)
    submitted = page.locator("#submitted_assignments_list")
    expect(submitted).to_contain_text(NAME)
    page.screenshot(path=SCREENSHOTS / "submitted.png")

    Course(course).collect(NAME)
    grade(course)
    (result,) = results(course).values()
    assert (result["score"], result["max_score"], result["remarks"]) == (1.0, 1.0, [])


def press_submit(page: Page) -> None:
    """Open the Assignment List, in which the folder of the kit counts as downloaded, and press Submit."""
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Nbgrader$")).click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Assignment List$")).first.click()
    fetched = page.locator("#fetched_assignments_list")
    expect(fetched).to_contain_text(NAME)
    fetched.get_by_role("button", name="Submit").click()
