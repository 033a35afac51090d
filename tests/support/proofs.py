"""A slow proof that was made before on the very same contents is not made again.

`tests/proofs.json` holds, by the name of a proof, a digest of all that it depends on. It is written when the proof has
been made, and committed. So the proof is made again when, and only when, something of it has changed; with
COURSE_PROOFS=all it is made in any case.
"""

from __future__ import annotations

import ast
import fcntl
import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTES = Path(__file__).with_name("proofs.json")
ALWAYS = (ROOT / "requirements.lock", Path(__file__))
"""What every proof depends on, besides Python itself."""


class Proof:
    """One proof, by its name, and the files and folders that it depends on."""

    def __init__(self, name: str, paths: Iterable[Path]) -> None:
        self._name, self._made_on = name, digest(paths)

    def skip_if_made(self) -> None:
        """Skip the test where this proof has been made on these contents."""
        if os.environ.get("COURSE_PROOFS") != "all" and _notes().get(self._name) == self._made_on:
            pytest.skip("proved before on these very contents; COURSE_PROOFS=all proves it again")

    def note(self) -> None:
        """Say that it has been made."""
        with NOTES.with_suffix(".lock").open("w") as lock:  # several workers write
            fcntl.flock(lock, fcntl.LOCK_EX)
            notes = _notes() | {self._name: self._made_on}
            NOTES.write_text(json.dumps(dict(sorted(notes.items())), indent=1) + "\n", encoding="utf-8")


def digest(paths: Iterable[Path]) -> str:
    """Return a digest of the contents of files and of folders of files."""
    made = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for file in sorted({file for path in (*paths, *ALWAYS) for file in _files(path)}):
        made.update(f"\0{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return made.hexdigest()[:32]


def of_unit(unit: str) -> list[Path]:
    """Return what the verdicts on a unit's answers depend on: master, catalogue, and the helpers that these import."""
    folder = ROOT / "source" / unit
    modules = modules_of(*folder.glob("*.ipynb"), ROOT / "course_utils" / "check" / "__init__.py")
    return [folder, ROOT / "answers" / f"{unit}.py", *modules]


def modules_of(*sources: Path) -> set[Path]:
    """Return the files of course_utils that notebooks and modules import, and what these import in turn."""
    found: set[Path] = set()
    waiting = list(sources)
    while waiting:
        new = {module for module in _imports(waiting.pop()) if module not in found}
        found |= new
        waiting += new
    return found


@cache
def _imports(path: Path) -> frozenset[Path]:
    if path.suffix == ".ipynb":
        cells = nbformat.read(path, as_version=4).cells
        sources = [cell.source for cell in cells if cell.cell_type == "code"]
    else:
        sources = [path.read_text(encoding="utf-8")]
    return frozenset(file for source in sources for name in _names(source) for file in _module_files(name))


def _names(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _module_files(name: str) -> Iterator[Path]:
    if name.split(".")[0] != "course_utils":
        return
    path = ROOT.joinpath(*name.split("."))
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.is_file():
            yield file


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from (file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    else:
        yield path


def _notes() -> dict[str, str]:
    return json.loads(NOTES.read_text(encoding="utf-8")) if NOTES.is_file() else {}
