"""A real Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect, sync_playwright
from support.gate import record_use
from support.jupyterlab import SCREENSHOTS

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
WIDE = ViewportSize(width=1400, height=1000)


def pytest_collection_modifyitems(items):
    if CHROMIUM is None:
        skip = pytest.mark.skip(
            reason="Chromium is missing: install it (Debian: apt-get install chromium) to run these."
        )
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(skip)


@pytest.fixture(scope="module", autouse=True)
def wide_again(page: Page) -> None:
    """Give the page its size back before a module: the one before may have made it narrow.

    Empty it first: to lay out a notebook with all its pictures anew takes a busy machine longer than it may.
    """
    page.goto("about:blank")
    page.set_viewport_size(WIDE)


@pytest.fixture(scope="session")
def page() -> Iterator[Page]:
    """One page of a browser without a past; wide enough for JupyterLab's two columns."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = browser.new_page(viewport=WIDE)
        record_use("chromium")
        page.set_default_timeout(30_000)
        expect.set_options(timeout=30_000)  # a kernel takes its time on a busy machine
        yield page
        browser.close()
