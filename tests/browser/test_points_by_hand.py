"""An instructor gives points by hand in formgrader; they stay when the class is graded again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from playwright.sync_api import Page, expect
from support.jupyterlab import SCREENSHOTS, TOKEN, jupyterlab
from support.small_class import WRONG, grade, hand_in
from support.tiny_course import NAME, make_course

from autograder.export.as_csv import read_rows
from autograder.gradebook.nbgrader_course import Course
from autograder.gradebook.rows import NotebookRow


@pytest.fixture
def course(tmp_path) -> Path:
    root = make_course(tmp_path / "course")
    hand_in(root, "ash", WRONG)
    grade(root)
    return root


@pytest.fixture
def lab(course, tmp_path) -> Iterator[str]:
    with jupyterlab(course, tmp_path / "jupyterlab.log") as address:
        yield address


def test_points_typed_in_formgrader_are_in_the_export_and_stay_after_a_regrade(page: Page, course, lab):
    with Course(course).gradebook() as gradebook:
        number = cast(NotebookRow, gradebook.find_submission_notebook(NAME, NAME, "ash")).id
    page.goto(f"{lab}/lab?token={TOKEN}")  # formgrader's pages save with a cookie, which this sets
    page.goto(f"{lab}/formgrader/submissions/{number}/?token={TOKEN}")
    points = page.locator("input.score")
    expect(points).to_have_attribute("placeholder", "0")
    points.click()
    page.keyboard.type("0.5")
    with page.expect_response(lambda reply: "/api/grade/" in reply.url and reply.request.method == "PUT") as reply:
        page.keyboard.press("Tab")
    assert reply.value.ok
    page.screenshot(path=SCREENSHOTS / "points-by-hand.png")
    assert [row["score"] for row in read_rows(course, [NAME])] == [0.5]
    grade(course)
    assert [row["score"] for row in read_rows(course, [NAME])] == [0.5]
