"""A real JupyterLab. Screenshots are kept in build/screenshots/."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect

ROOT = Path(__file__).parents[2]


SCREENSHOTS = ROOT / "build" / "screenshots"


TOKEN = "browser-test"

RUNNING = ".jp-Notebook-ExecutionIndicator[data-status='busy']"


@contextmanager
def jupyterlab(folder: Path, log: Path) -> Iterator[str]:
    """Start JupyterLab in `folder` as `make lab` does, and give its address; its log goes to `log`."""
    port = _free_port()
    options = (f"--ServerApp.token={TOKEN}", "--no-browser", "--allow-root", "--LabApp.news_url=None")
    start = [sys.executable, "-m", "course_utils.student.start_lab", "--port", str(port), str(folder)]
    command = [*start, f"--ServerApp.root_dir={folder}", *options]
    with log.open("w") as output:
        server = subprocess.Popen(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/api?token={TOKEN}", server, log)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def open_notebook(page: Page, address: str, path: str) -> None:
    """Open a notebook and wait until its kernel is there."""
    page.goto(f"{address}/lab/tree/{path}?token={TOKEN}&reset")
    expect(page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell").first).to_be_visible()
    expect(page.locator(".jp-Toolbar-kernelName")).to_contain_text("Python 3")
    expect(page.locator(f"{RUNNING}, [data-status='idle']").first).to_be_visible()
    news = page.get_by_role("button", name="No", exact=True)
    if news.is_visible():
        news.click()


def menu(page: Page, name: str, item: str) -> None:
    """Choose an item of a menu of JupyterLab."""
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile(f"^{name}$")).click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{item}$")).first.click()


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(url: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(240):
        assert server.poll() is None, f"JupyterLab ended early: {log.read_text()[-2000:]}"
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.25)
    raise AssertionError(f"JupyterLab did not answer within a minute: {log.read_text()[-2000:]}")
