"""A reader enters predictions: in JupyterLab, where they are remembered, and on the web edition without a kernel."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Locator, Page, expect
from support.axe import violations
from support.jupyterlab import RUNNING, SCREENSHOTS, jupyterlab, menu, open_notebook
from support.small_site import ASKED, STEM, build, served, small_course

from autograder.notebooks.format import METADATA


@pytest.fixture(scope="module")
def notes(tmp_path_factory) -> Iterator[Path]:
    """Where the student's notes are kept."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("notes")
        patch.setenv("COURSE_PROGRESS", str(folder))
        yield folder / "predictions.json"


@pytest.fixture(scope="module")
def lab(tmp_path_factory, notes) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("lecture")
    cells = [new_code_cell(source) for source in (ASKED, 'predict("bars")', 'predict("sum-of-bars")')]
    nbformat.write(new_notebook(cells=cells, metadata=METADATA), folder / f"{STEM}.ipynb")
    with jupyterlab(folder, folder / "jupyterlab.log") as address:
        yield address


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[str]:
    root = small_course(tmp_path_factory.mktemp("site") / "course")
    build(root)
    with served(root / "site") as at:
        yield at


def forms(page: Page) -> tuple[Locator, Locator]:
    """Return the form with options, and the one for a number."""
    found = page.locator("form.prediction")
    expect(found).to_have_count(2)
    return found.nth(0), found.nth(1)


def run_all(page: Page) -> None:
    menu(page, "Run", "Run All Cells")
    expect(page.locator(RUNNING)).to_have_count(0)


def test_a_prediction_is_entered_by_keyboard_answered_and_remembered_after_a_restart(page: Page, lab, notes):
    open_notebook(page, lab, f"{STEM}.ipynb")
    run_all(page)
    options, number = forms(page)
    expect(options.get_by_role("group", name="Which bar is higher?")).to_be_visible()
    expect(options.locator("code")).to_have_text("rate")
    expect(options.get_by_text("It starts at 1.")).to_have_count(0)

    options.get_by_role("button", name="Enter").click()
    expect(options.get_by_role("status")).to_have_text("Choose one of the options.")
    options.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowDown")  # to the second option
    page.keyboard.press("Enter")
    said = options.get_by_role("status")
    expect(said).to_have_text("You predicted “rate”. The answer: height. It starts at 1.")
    expect(said).to_be_focused()
    expect(options.get_by_role("radio").first).to_be_disabled()

    field = number.get_by_label("Your number")
    expect(number.get_by_text("An answer within 0.05 counts as right.")).to_be_visible()
    field.fill("0,5")
    page.keyboard.press("Enter")
    expect(number.get_by_role("status")).to_have_text("Enter a number such as 12 or 0.25; “0,5” is not one.")
    field.fill("1.15")
    page.keyboard.press("Enter")
    answered = "You predicted 1.15, as it turned out. The answer: 1.1 cm. 1 and 0.1 are added."
    expect(number.get_by_role("status")).to_have_text(answered)
    page.screenshot(path=SCREENSHOTS / "predictions-lab.png")
    assert json.loads(notes.read_text()) == {
        "small": {
            "bars": {"entered": "`rate`", "is_right": False},
            "sum-of-bars": {"entered": "1.15", "is_right": True},
        }
    }

    menu(page, "Kernel", "Restart Kernel and Run All Cells…")
    page.locator(".jp-Dialog .jp-mod-accept").click()
    expect(page.locator(RUNNING)).to_have_count(0)
    options, number = forms(page)
    expect(options.get_by_role("radio").nth(1)).to_be_checked()
    expect(options.get_by_role("status")).to_contain_text("You predicted “rate”.")
    expect(number.get_by_role("status")).to_have_text(answered)
    expect(number.get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_prediction_is_entered_on_the_web_without_a_kernel(page: Page, site, scheme):
    page.emulate_media(color_scheme=scheme)
    first_visit(page, site)
    options, number = forms(page)
    expect(options.get_by_text("It starts at 1.")).to_have_count(0)
    expect(page.get_by_text('predict("bars")')).to_have_count(0)
    options.get_by_label("height").check()
    options.get_by_role("button", name="Enter").click()
    expect(options.get_by_role("status")).to_have_text("You predicted “height”, as it turned out. It starts at 1.")
    number.get_by_label("Your number").fill("−2")  # a minus sign, as the lecture writes it
    page.keyboard.press("Enter")
    expect(number.get_by_role("status")).to_have_text("You predicted −2. The answer: 1.1 cm. 1 and 0.1 are added.")
    options.scroll_into_view_if_needed()
    page.screenshot(path=SCREENSHOTS / f"predictions-site-{scheme}.png")
    assert violations(page) == []
    page.emulate_media(color_scheme="light")


def test_a_prediction_on_the_web_is_remembered_by_this_browser_and_by_no_other(page: Page, site):
    first_visit(page, site)
    options, number = forms(page)
    options.get_by_label("rate").check()
    options.get_by_role("button", name="Enter").click()
    number.get_by_label("Your number").fill("1.15")
    page.keyboard.press("Enter")
    page.reload()
    options, number = forms(page)
    expect(options.get_by_role("status")).to_have_text("You predicted “rate”. The answer: height. It starts at 1.")
    expect(options.get_by_role("radio").nth(1)).to_be_checked()
    expect(options.get_by_role("button")).to_have_count(0)
    expect(number.get_by_role("status")).to_contain_text("You predicted 1.15, as it turned out.")
    page.goto(f"{site}index.html")
    page.evaluate("Object.keys(localStorage).forEach((key) => localStorage.setItem(key, 'no longer offered'))")
    page.goto(f"{site}{STEM}.html")
    for form in forms(page):
        expect(form.get_by_role("button", name="Enter")).to_be_visible()
    other = another_browser(page)
    other.goto(f"{site}{STEM}.html")
    for form in forms(other):
        expect(form.get_by_role("button", name="Enter")).to_be_visible()
    other.context.close()


def test_a_prediction_is_entered_where_the_browser_stores_nothing(page: Page, site):
    other = another_browser(page)
    other.add_init_script("Storage.prototype.getItem = Storage.prototype.setItem = () => { throw new Error('full'); }")
    other.goto(f"{site}{STEM}.html")
    options, _ = forms(other)
    options.get_by_label("height").check()
    options.get_by_role("button", name="Enter").click()
    expect(options.get_by_role("status")).to_have_text("You predicted “height”, as it turned out. It starts at 1.")
    other.context.close()


def first_visit(page: Page, site: str) -> None:
    """Open the lecture's page in a browser that remembers nothing of it."""
    page.goto(f"{site}{STEM}.html")
    page.evaluate("localStorage.clear()")
    page.reload()


def another_browser(page: Page) -> Page:
    """Return a page that shares nothing with `page`; its context is to be closed."""
    browser = page.context.browser
    assert browser is not None
    return browser.new_context().new_page()


def test_without_scripts_a_question_of_the_web_is_read_with_its_options_and_a_folded_answer(page: Page, site):
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(f"{site}{STEM}.html")
    question = plain.locator(".prediction").first
    expect(question).to_contain_text("Predict. Which bar is higher?")
    expect(question.get_by_role("listitem")).to_have_text(["height", "rate"])
    expect(question.get_by_text("It starts at 1.")).to_be_hidden()
    question.get_by_text("Answer").click()
    expect(question.get_by_text("It starts at 1.")).to_be_visible()
    context.close()
