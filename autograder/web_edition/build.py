"""`autograder site`: build the web edition, as a folder that any web server can serve."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograder.authoring.passages import revealed
from autograder.engine.fingerprint import code_imported_by
from autograder.errors import CourseError
from autograder.files import replace_folder
from autograder.notebooks.format import read_notebook
from autograder.paths import ONE_THREAD
from autograder.sentences import last_line
from autograder.web_edition.demonstrations import INDEX
from autograder.web_edition.pages import FRAMES, SLIDES, frames_file, page, title
from autograder.web_edition.settings import Site, read_site
from course_utils.drawing.predictions import SCRIPT, STYLE
from course_utils.drawing.stage import FILES as STAGE

BUILD, CACHE = "build", "site-cache"
FILES = Path(__file__).parent / "files"
INDEX_BY_SLIDE, ERRATA = "index.ipynb", "errata.md"

# What pictures depend on, besides the lecture and what it imports of the course.
LIBRARIES = ("numpy", "torch", "matplotlib", "scipy", "scikit-learn", "pillow")

# The program that draws them.
DRAWN_BY = "import autograder.web_edition.demonstrations"

# What the theme writes (sphinx-book-theme 1.4, myst-nb 1.4), and what is there instead.
UNWANTED = {
    r"<script [^>]*fontawesome\.js[^>]*></script>": "",  # draws the icons that a font has drawn, in 1.5 MB
    r' aria-label="Search"(?= data-bs)': "",  # the button says Search
    r' aria-label="Toggle hidden content"': "",  # the line says what it shows
    r'class="bd-sidebar-primary bd-sidebar"': r'\g<0> role="navigation" aria-label="Site"',
}

Tell = Callable[[str], None]


def make_site(root: Path, folder: Path, tell: Tell, jobs: int) -> Path:
    """Build the web edition of the course `root` in `folder`, and return the folder.

    jobs: lectures whose pictures are drawn at the same time. Pictures are kept in `build/site-cache`, and drawn again
    when the lecture, the code that draws them, or a library changes.
    Raises CourseError where `site.toml` is wrong, a page would show a secret, a lecture fails, or a program is missing.
    """
    site = read_site(root)
    lectures = sorted(path for path in (root / "notebooks").glob("*.ipynb") if path.name != INDEX_BY_SLIDE)
    if not lectures:
        raise CourseError(f"there is no lecture in {root / 'notebooks'}.")
    _require_programs()
    _refuse_secrets(root, [*lectures, root / "notebooks" / INDEX_BY_SLIDE, root / "docs" / ERRATA])
    cache = root / BUILD / CACHE
    drawn = _draw(root, lectures, cache, tell, jobs)
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch, "source")
        _write_source(root, site, lectures, drawn, source)
        _unpack_katex(cache, source / "_static" / "katex")
        tell("writing the pages")
        made = Path(scratch, "made", "html")
        _run_sphinx(source, made)
        _trim(made)
        draft = folder.with_name(f".{folder.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(made, draft)
    replace_folder(draft, folder)
    return folder


def _require_programs() -> None:
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise CourseError(f"{program} is missing, which draws the formulas; install Node.js.")
    if find_spec("sphinx") is None:
        raise CourseError("Sphinx is missing, which writes the pages; install the extra `site` (see pyproject.toml).")


def _draw(root: Path, lectures: list[Path], cache: Path, tell: Tell, jobs: int) -> dict[str, Path]:
    """Return {stem of a lecture: folder with its frames}; those that are not in the cache are drawn."""
    folders = {path.stem: cache / f"{path.stem}-{_digest(path)}" for path in lectures}
    missing = [path for path in lectures if not (folders[path.stem] / INDEX).is_file()]

    def draw(path: Path) -> None:
        _draw_lecture(root, path, folders[path.stem])
        tell(f"{path.stem}: {len(list(folders[path.stem].glob('*.webp')))} pictures")

    with ThreadPoolExecutor(max(1, jobs)) as pool:
        list(pool.map(draw, missing))
    for old in cache.iterdir():  # of earlier versions of a lecture, and of builds that were stopped
        if old.is_dir() and old not in folders.values():
            shutil.rmtree(old)
    return folders


def _draw_lecture(root: Path, path: Path, folder: Path) -> None:
    draft = folder.with_name(f".{folder.name}")
    shutil.rmtree(draft, ignore_errors=True)
    command = [sys.executable, "-m", "autograder.web_edition.demonstrations", str(path), str(draft)]
    environment = os.environ | dict.fromkeys(ONE_THREAD, "1") | {"MPLBACKEND": "agg"}
    ran = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        shutil.rmtree(draft, ignore_errors=True)
        raise CourseError(f"{path.name}: {last_line(ran.stderr, 'its pictures could not be drawn')}; fix the lecture.")
    replace_folder(draft, folder)


def _digest(path: Path) -> str:
    """Return a digest of all that a lecture's pictures depend on: its cells, what they import, and the libraries."""
    cells = read_notebook(path).cells
    code = [DRAWN_BY, *(cell.source for cell in cells if cell.cell_type == "code")]
    parts = [*(cell.source.encode() for cell in cells), *(f"{name} {version(name)}".encode() for name in LIBRARIES)]
    digest = hashlib.blake2b(digest_size=8)
    imported = code_imported_by(code)
    modules = sorted({module for file in imported for module in file.parent.glob("*.js")})
    for part in (*parts, *(file.read_bytes() for file in (*imported, *modules))):
        digest.update(part + b"\0")
    return digest.hexdigest()


def _write_source(root: Path, site: Site, lectures: list[Path], drawn: Mapping[str, Path], source: Path) -> None:
    """Write what Sphinx reads: configuration, pages, pictures, and the front page."""
    static = source / "_static"
    static.mkdir(parents=True)
    shutil.copy(FILES / "conf.py", source)
    (source / "settings.json").write_text(json.dumps(asdict(site)), encoding="utf-8")
    ours = (FILES / name for name in ("frames.js", "questions.js", "site.css"))
    for file in (*ours, SCRIPT, STYLE, STAGE / "stage.js", STAGE / "stage.css"):
        shutil.copy(file, static)
    notebooks = {path.stem: read_notebook(path) for path in lectures}
    for stem, notebook in notebooks.items():
        shown = json.loads((drawn[stem] / INDEX).read_text(encoding="utf-8"))
        frames = source / FRAMES / stem
        frames.mkdir(parents=True)
        for file in drawn[stem].glob("*.webp"):
            shutil.copy(file, frames)
        for cell, about in shown.items():
            if "frames" in about:
                (frames / f"{cell}.json").write_text(frames_file(about), encoding="utf-8")
        _write(page(notebook, stem, shown, site.assignments), source / f"{stem}.ipynb")
    slides = page(read_notebook(root / "notebooks" / INDEX_BY_SLIDE), SLIDES, {}, site.assignments)
    _write(slides, source / f"{SLIDES}.ipynb")
    errata = (root / "docs" / ERRATA).read_text(encoding="utf-8")
    (source / ERRATA).write_text(re.sub(r"\[([^\]]*)\]\((?!http)[^)]*\)", r"\1", errata), encoding="utf-8")
    _write(_front_page(site, notebooks), source / "index.ipynb")


def _refuse_secrets(root: Path, paths: Sequence[Path]) -> None:
    for sentence in revealed(root, {path.name: path.read_bytes() for path in paths}):
        raise CourseError(f"the web edition would be wrong: {sentence} Nothing was written.")


def _front_page(site: Site, notebooks: Mapping[str, NotebookNode]) -> NotebookNode:
    contents = "\n".join([*notebooks, f"Where each slide is taught <{SLIDES}>", Path(ERRATA).stem])
    units = "\n".join(f"| {stem[:2]} | [{title(notebook)}]({stem}.ipynb) |" for stem, notebook in notebooks.items())
    text = (FILES / "front_page.md").read_text(encoding="utf-8")
    text = text.replace("{{title}}", site.title).replace("{{units}}", units).replace("{{contents}}", contents)
    return nbformat.v4.new_notebook(cells=[new_markdown_cell(text)])


def _write(notebook: NotebookNode, path: Path) -> None:
    nbformat.write(notebook, path)


def _unpack_katex(cache: Path, target: Path) -> None:
    """Put the style and fonts of KaTeX there, in the version that draws the formulas."""
    from sphinxcontrib.katex import katex_version

    packed = cache / f"katex-{katex_version}.tgz"
    if not packed.exists():
        command = ["npm", "pack", "--silent", f"katex@{katex_version}"]
        ran = subprocess.run(command, cwd=cache, capture_output=True, text=True, check=False)
        if ran.returncode:
            raise CourseError(f"npm could not fetch KaTeX ({last_line(ran.stderr, 'it said nothing')}); try again.")
    with tarfile.open(packed) as archive:
        for member in archive.getmembers():
            name = member.name.removeprefix("package/dist/")
            if name == "katex.min.css" or name.endswith(".woff2"):
                content: Any = archive.extractfile(member)
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                (target / name).write_bytes(content.read())


def _run_sphinx(source: Path, made: Path) -> None:
    # In one process: with -j, sphinxcontrib-katex 0.9.11 leaves a server per process behind, which holds the pipes.
    command = [sys.executable, "-m", "sphinx", "-q", "-d", str(source / ".doctrees"), str(source), str(made)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    complaints = [line for line in ran.stderr.splitlines() if "WARNING" in line or "ERROR" in line]
    if ran.returncode or complaints:
        first = complaints[0] if complaints else last_line(ran.stderr, "it said nothing")
        raise CourseError(f"Sphinx could not write the pages ({first.replace(str(source) + '/', '')}).")


def _trim(made: Path) -> None:
    """Remove what no page needs, and what screen readers read in place of visible text."""
    for path in made.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        for pattern, instead in UNWANTED.items():
            text = re.sub(pattern, instead, text)
        path.write_text(text, encoding="utf-8")
    for pattern in (".buildinfo", "objects.inv", "_sources", "genindex.html", "**/*.map", "**/fontawesome.js*"):
        for path in made.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
