"""The report of a class as an instructor sees it: wide, narrow, printed, and without a mouse."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from support.axe import violations
from support.jupyterlab import SCREENSHOTS, TOKEN, jupyterlab
from support.reported_class import graded_class
from support.tiny_course import NAME

from autograder.report import ReportOptions, report


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A class in which everything happens, graded."""
    return graded_class(tmp_path_factory.mktemp("class") / "course")


@pytest.fixture(scope="module")
def address(course) -> str:
    """The report of the class."""
    return report(course, NAME, ReportOptions()).as_uri()


@pytest.fixture(params=[1280, 390], ids=["wide", "narrow"])
def opened(request, page: Page, address) -> Page:
    page.set_viewport_size({"width": request.param, "height": 900})
    page.goto(address)
    page.screenshot(path=SCREENSHOTS / f"report-{request.param}.png", full_page=True)
    return page


def test_axe_finds_nothing_wrong_with_the_report(opened):
    opened.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    assert violations(opened) == []


def test_axe_would_find_a_picture_without_words(opened):
    opened.evaluate("document.querySelector('img').removeAttribute('alt')")
    assert [line.split(":")[0] for line in violations(opened)] == ["image-alt"]


def test_all_pictures_are_shown_and_nothing_is_fetched(page, address):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    sizes = page.locator("img").evaluate_all("images => images.map(image => image.naturalWidth)")
    assert len(sizes) == 3 and min(sizes) > 100
    assert [url for url in asked if not url.startswith("data:")] == [address]


@pytest.mark.parametrize("width", [1280, 900, 390, 360, 305])
def test_the_page_never_scrolls_sideways(page, address, width):
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(address)
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_what_is_folded_is_printed(page, address):
    page.goto(address)
    code = page.locator("details pre").first
    assert not code.is_visible()
    page.emulate_media(media="print")
    try:
        assert code.is_visible() and not page.locator("nav").is_visible()
    finally:
        page.emulate_media(media="screen")


def test_a_name_leads_to_the_submission_in_formgrader(page, course, tmp_path):
    with jupyterlab(course, tmp_path / "jupyterlab.log") as lab:
        path = report(course, NAME, ReportOptions(tmp_path / "report.html", lab))
        page.goto(f"{lab}/tree?token={TOKEN}")
        page.goto(path.as_uri())
        page.locator("#submissions ~ .scroll").get_by_role("link", name="lola").click()
        expect(page.locator("body")).to_contain_text("largest, smallest = numbers[0], numbers[0]")
        assert "/formgrader/submissions/" in page.url
