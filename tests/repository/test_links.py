"""Links in documents and notebooks lead somewhere."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from nbformat import read

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path for pattern in ("*.md", "docs/*.md", "notebooks/*.ipynb", "release/*/*.ipynb") for path in ROOT.glob(pattern)
)
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)|<(https?://[^>]+)>")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def text_of(page: Path) -> str:
    if page.suffix == ".ipynb":
        return "\n".join(cell.source for cell in read(page, as_version=4).cells if cell.cell_type == "markdown")
    return page.read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """The anchors that a page of Markdown has, as GitHub names them."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(text_of(page))}


def broken_links(page: Path) -> list[str]:
    broken = []
    for match in LINK.finditer(text_of(page)):
        target, _, anchor = (match[1] or match[2]).partition("#")
        if target.startswith(("http://", "https://")):
            continue  # the tests have no network
        there = (page.parent / target).resolve() if target else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            broken.append(match[0])
    return broken


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_within_the_project_leads_somewhere(page):
    assert broken_links(page) == []


def test_links_are_found_at_all():
    assert sum(len(LINK.findall(text_of(page))) for page in PAGES) > 10


@pytest.mark.parametrize("link", ["[a](gone.md)", "[a](#no-such-heading)", "[a](page.md#no-such-heading)"])
def test_a_link_that_leads_nowhere_is_found(tmp_path, link):
    page = tmp_path / "page.md"
    page.write_text(f"# A heading\n\n{link} and [b](#a-heading)\n")
    assert broken_links(page) == [link]


@pytest.mark.parametrize("notebook", [page for page in PAGES if page.suffix == ".ipynb"], ids=lambda page: page.stem)
def test_the_table_of_contents_leads_to_every_notebook(notebook):
    assert f"({notebook.relative_to(ROOT)})" in text_of(ROOT / "README.md")


def test_every_folder_that_the_readme_lists_is_in_the_repository():
    table = text_of(ROOT / "README.md").partition("| folder | what is in it |")[2].partition("\n\n")[0]
    folders = {name for row in table.splitlines() for name in re.findall(r"`(\w+)/`", row.split("|")[1] if row else "")}
    assert {"notebooks", "source", "release", "autograded", "course_utils"} <= folders
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert folders <= {line.split("/")[0] for line in tracked.splitlines()}
