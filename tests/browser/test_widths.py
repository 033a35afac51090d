"""Lectures and assignments fit the width that a reader has: nothing is cut off, nothing scrolls sideways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from playwright.sync_api import Page, expect
from support.demonstrations import blank_lectures
from support.jupyterlab import ROOT, RUNNING, SCREENSHOTS, jupyterlab, menu, open_notebook

LECTURES = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
ASSIGNMENTS = sorted((ROOT / "release").glob("[0-9][0-9]_*/[0-9][0-9]_*.ipynb"))
WIDTHS = (1280, 900, 390)
MESSAGES = ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr'] pre"
ERRORS = ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']"
DEMONSTRATIONS = ".jp-OutputArea-output:has(.stage img)"

# What sticks out of an output of a cell, or is cut within it.
STICKS_OUT = """outputs => outputs.flatMap(output => {
    const right = output.getBoundingClientRect().right + 1;
    const parts = [...output.querySelectorAll("img, figcaption, .widget-readout, .noUi-base, select, output")];
    const out = parts.filter(part => part.getBoundingClientRect().right > right);
    const cut = [...output.querySelectorAll(".widget-label")].filter(part => part.scrollWidth > part.clientWidth);
    const scrolled = output.scrollWidth > output.clientWidth + 1 ? [output] : [];
    return [...scrolled, ...out, ...cut].map(part => part.className + " " + part.textContent.slice(0, 60));
})"""


SCROLLS = "panels => panels.filter(panel => panel.scrollWidth > panel.clientWidth).map(panel => panel.scrollWidth)"

# Words of messages that a line ends within; what is longer than a line may be.
BROKEN = """messages => messages.flatMap(message => {
    const texts = document.createTreeWalker(message, NodeFilter.SHOW_TEXT);
    const broken = [], range = document.createRange();
    for (let text = texts.nextNode(); text; text = texts.nextNode())
        for (const word of text.data.matchAll(/\\S{1,30}(?!\\S)/g)) {
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            if (new Set([...range.getClientRects()].map(part => Math.round(part.top))).size > 1) broken.push(word[0]);
        }
    return broken;
})"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[str]:
    """JupyterLab on the demonstrations of all lectures and on all untouched assignments; it makes all cells at once."""
    folder = tmp_path_factory.mktemp("course")
    nbformat.write(blank_lectures(LECTURES), folder / "lectures.ipynb")
    nbformat.write(together(ASSIGNMENTS), folder / "assignments.ipynb")
    settings = folder / ".settings" / "@jupyterlab" / "notebook-extension" / "tracker.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"windowingMode": "none"}')
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("JUPYTERLAB_SETTINGS_DIR", str(folder / ".settings"))
        environment.setenv("COURSE_PROGRESS", str(folder / "notes"))
        with jupyterlab(folder, folder / "jupyterlab.log") as address:
            yield address


@pytest.fixture(scope="module")
def opened(page: Page, lab) -> Page:
    """The demonstrations after *Run All*, beside the file browser."""
    page.set_viewport_size({"width": 1280, "height": 900})
    open_notebook(page, lab, "lectures.ipynb")
    menu(page, "Run", "Run All Cells")
    page.wait_for_timeout(1000)
    expect(page.locator(RUNNING)).to_have_count(0, timeout=300_000)
    assert page.locator(ERRORS).all_inner_texts() == []
    expect(page.locator(DEMONSTRATIONS)).to_have_count(len(explored()), timeout=60_000)
    return page


@pytest.mark.parametrize("width", WIDTHS)
def test_every_demonstration_of_the_lectures_fits_beside_the_file_browser(opened: Page, width):
    narrowed(opened, width)
    opened.screenshot(path=SCREENSHOTS / f"demonstrations-{width}.png")
    assert opened.locator(DEMONSTRATIONS).evaluate_all(STICKS_OUT) == []


@pytest.fixture(scope="module")
def untouched(page: Page, lab) -> Page:
    """The assignments after *Run All*: every check has a message, and every picture says what is missing."""
    page.set_viewport_size({"width": 1280, "height": 900})
    open_notebook(page, lab, "assignments.ipynb")
    menu(page, "Run", "Run All Cells")
    page.wait_for_timeout(1000)
    expect(page.locator(RUNNING)).to_have_count(0, timeout=300_000)
    page.wait_for_timeout(1000)
    return page


@pytest.mark.parametrize("width", WIDTHS)
def test_every_message_and_picture_of_an_assignment_fits_beside_the_file_browser(untouched: Page, width):
    narrowed(untouched, width)
    untouched.screenshot(path=SCREENSHOTS / f"assignments-{width}.png")
    messages = untouched.locator(MESSAGES)
    assert messages.count() > 10 * len(ASSIGNMENTS)
    assert untouched.locator(".jp-OutputArea-output img").count() == len(pictures())
    assert untouched.locator(".jp-OutputArea-output").evaluate_all(STICKS_OUT) == []
    assert untouched.locator(".jp-WindowedPanel-outer").evaluate_all(SCROLLS) == []
    assert messages.evaluate_all(BROKEN) == []


@pytest.mark.parametrize("path", [*LECTURES, *ASSIGNMENTS], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_saved_notebook_as_a_web_page_fits_a_phone(page: Page, path, tmp_path):
    html, _ = HTMLExporter().from_filename(str(path))
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto((tmp_path / "page.html").as_uri(), wait_until="domcontentloaded")
    assert page.locator("body").evaluate_all(SCROLLS) == []
    assert page.locator(".jp-OutputArea-output").evaluate_all(STICKS_OUT) == []


def narrowed(page: Page, width: int) -> None:
    """Give the page a width, and let it come to rest. A phone has no room for the file browser."""
    page.set_viewport_size({"width": width, "height": 900})
    if width == 390:
        page.keyboard.press("Control+b")
    page.wait_for_timeout(1000)


def together(paths: list[Path]) -> NotebookNode:
    """Return the code cells of notebooks in one notebook."""
    cells = [cell for path in paths for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    return nbformat.v4.new_notebook(cells=cells, metadata=nbformat.read(paths[0], as_version=4).metadata)


def pictures() -> list[str]:
    """Return the cells of all assignments that draw an answer."""
    return [cell.source for cell in together(ASSIGNMENTS).cells if "picture" in cell.metadata.get("tags", [])]


def explored() -> list[str]:
    """Return the cells of all lectures with a demonstration."""
    cells = [cell for path in LECTURES for cell in nbformat.read(path, 4).cells]
    return [cell.source for cell in cells if cell.cell_type == "code" and "explore(" in cell.source]
