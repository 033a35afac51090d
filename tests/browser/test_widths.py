"""Lectures and assignments fit the width that a reader has: nothing is cut off, nothing scrolls sideways."""

from __future__ import annotations

from collections.abc import Iterator

import nbformat
import pytest
from playwright.sync_api import Page, expect
from support.demonstrations import blank_lectures
from support.jupyterlab import ROOT, SCREENSHOTS, jupyterlab, menu, open_notebook

LECTURES = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
WIDTHS = (1280, 900, 390)
DEMONSTRATIONS = ".jp-OutputArea-output:has(.widget-gridbox)"

# What sticks out of an output of a cell, or is cut within it.
STICKS_OUT = """outputs => outputs.flatMap(output => {
    const right = output.getBoundingClientRect().right + 1;
    const parts = [...output.querySelectorAll("img, figcaption, [role=status], .widget-readout, .noUi-base, select")];
    const out = parts.filter(part => part.getBoundingClientRect().right > right);
    const cut = [...output.querySelectorAll(".widget-label")].filter(part => part.scrollWidth > part.clientWidth);
    const scrolled = output.scrollWidth > output.clientWidth + 1 ? [output] : [];
    return [...scrolled, ...out, ...cut].map(part => part.className + " " + part.textContent.slice(0, 60));
})"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[str]:
    """JupyterLab on a notebook with the demonstrations of all lectures, which makes all cells at once."""
    folder = tmp_path_factory.mktemp("lectures")
    nbformat.write(blank_lectures(LECTURES), folder / "all.ipynb")
    settings = folder / ".settings" / "@jupyterlab" / "notebook-extension" / "tracker.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"windowingMode": "none"}')
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("JUPYTERLAB_SETTINGS_DIR", str(folder / ".settings"))
        with jupyterlab(folder, folder / "jupyterlab.log") as address:
            yield address


@pytest.fixture(scope="module")
def opened(page: Page, lab) -> Page:
    """The notebook after *Run All*, beside the file browser."""
    page.set_viewport_size({"width": 1280, "height": 900})
    open_notebook(page, lab, "all.ipynb")
    menu(page, "Run", "Run All Cells")
    expect(page.locator(DEMONSTRATIONS)).to_have_count(len(explored()), timeout=120_000)
    return page


@pytest.mark.parametrize("width", WIDTHS)
def test_every_demonstration_of_the_lectures_fits_beside_the_file_browser(opened: Page, width):
    opened.set_viewport_size({"width": width, "height": 900})
    if width == 390:  # a phone has no room for the file browser
        opened.keyboard.press("Control+b")
    opened.wait_for_timeout(1000)
    opened.screenshot(path=SCREENSHOTS / f"demonstrations-{width}.png")
    assert opened.locator(DEMONSTRATIONS).evaluate_all(STICKS_OUT) == []


def explored() -> list[str]:
    """Return the cells of all lectures with a demonstration."""
    cells = [cell for path in LECTURES for cell in nbformat.read(path, 4).cells]
    return [cell.source for cell in cells if cell.cell_type == "code" and "explore(" in cell.source]
