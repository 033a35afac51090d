"""A page of feedback as a student sees it: wide, on a phone, and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from support.axe import violations
from support.jupyterlab import SCREENSHOTS
from support.taught_class import TAGS, taught_class
from support.tiny_course import NAME

STUDENTS = ("sound", "slip", "hostile", "untouched", "crash", "broken")
WIDTHS = (1280, 390, 360)


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, Path]:
    """The pages of a class, by student."""
    root = taught_class(tmp_path_factory.mktemp("taught") / "course")
    return {student: root / "feedback" / student / NAME / f"{NAME}.html" for student in STUDENTS}


@pytest.fixture
def sheet(page: Page) -> Iterator[Page]:
    """A page of its own in the same browser, which the tests of JupyterLab do not see."""
    browser = page.context.browser
    assert browser
    sheet = browser.new_page()
    yield sheet
    sheet.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("student", STUDENTS)
def test_axe_finds_nothing_and_all_of_it_fits_the_width(sheet: Page, pages, student, width):
    asked = []
    sheet.on("request", lambda request: asked.append(request.url))
    sheet.on("dialog", lambda dialog: pytest.fail("what a student wrote ran"))
    sheet.set_viewport_size({"width": width, "height": 900})
    sheet.goto(pages[student].as_uri())
    sheet.screenshot(path=SCREENSHOTS / f"feedback-{student}-{width}.png", full_page=True)
    sheet.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert sheet.evaluate("document.documentElement.scrollWidth") <= width
    assert [url for url in asked if not url.startswith("data:")] == [pages[student].as_uri()]
    assert violations(sheet) == []


@pytest.mark.parametrize("width", [345, 305])
def test_long_words_in_the_table_fit_a_narrow_phone(sheet: Page, pages, width):
    sheet.set_viewport_size({"width": width, "height": 700})
    sheet.goto(pages["slip"].as_uri())
    sheet.evaluate("document.querySelector('tbody a').textContent = '1.2 Regularization by backpropagation'")
    sheet.evaluate("document.querySelector('tbody td').textContent = 'waits for your instructor'")
    sheet.evaluate("document.querySelector('tbody .points').textContent = '12.75 / 12.75'")
    assert sheet.evaluate("document.documentElement.scrollWidth") <= width


def test_the_total_is_seen_at_once_on_a_phone_and_the_table_leads_to_what_was_wrong(sheet: Page, pages):
    sheet.set_viewport_size({"width": 390, "height": 844})
    sheet.goto(pages["slip"].as_uri())
    expect(sheet.get_by_text("Score: 1.25 / 8.0")).to_be_in_viewport()
    sheet.get_by_role("row", name="1.2 Halve").get_by_role("link").click()
    expect(sheet.get_by_role("heading", name="1.2 Halve")).to_be_in_viewport()
    expect(sheet.get_by_text("Into how many parts do you divide?")).to_be_in_viewport()
    sheet.get_by_role("link", name="Back to the score").nth(1).click()
    expect(sheet.get_by_role("heading", level=1)).to_be_in_viewport()


def test_the_pictures_are_there_and_described(sheet: Page, pages):
    sheet.goto(pages["slip"].as_uri())
    picture = sheet.get_by_role("img", name="A line through the origin with slope 2.")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") == 640
    sheet.goto(pages["hostile"].as_uri())
    expect(sheet.get_by_role("img", name=TAGS, exact=True)).to_have_count(1)


def test_on_paper_there_is_everything_but_what_is_there_to_be_clicked(sheet: Page, pages):
    sheet.goto(pages["slip"].as_uri())
    sheet.emulate_media(media="print")
    expect(sheet.get_by_role("link", name="Back to the score")).to_have_count(0)
    expect(sheet.get_by_text("the visible part").first).to_be_hidden()
    expect(sheet.get_by_text("Is what you return really larger than x?")).to_be_visible()
    assert sheet.pdf(format="A4")[:5] == b"%PDF-"
