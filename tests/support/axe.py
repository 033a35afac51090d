"""axe finds what keeps people out of a page. It is fetched once, into build/, and is no part of the repository."""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from pathlib import Path

import pytest
from playwright.sync_api import Page

VERSION = "4.14.1"
CACHE = Path(__file__).parents[2] / "build" / "axe"


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with the page, in a line each; skip the test where axe cannot be had."""
    page.evaluate(_script())  # not as a tag, which the page's own policy would refuse
    found = page.evaluate("async () => (await axe.run()).violations")
    return [f"{rule['id']}: {rule['help']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def _script() -> str:
    path = CACHE / f"axe-{VERSION}.min.js"
    if not path.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:  # the tests of another page may fetch it just now, too
            _fetch(Path(scratch)).replace(path)
    return path.read_text(encoding="utf-8")


def _fetch(folder: Path) -> Path:
    command = ["npm", "pack", "--silent", f"axe-core@{VERSION}", "--pack-destination", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    except (OSError, subprocess.SubprocessError):
        pytest.skip(f"axe-core {VERSION} cannot be fetched: npm is missing, or its registry cannot be reached.")
    path = folder / "axe.min.js"
    with tarfile.open(folder / f"axe-core-{VERSION}.tgz") as archive:
        content = archive.extractfile("package/axe.min.js")
        assert content
        path.write_bytes(content.read())
    return path
