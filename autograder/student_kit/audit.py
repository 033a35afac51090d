"""Audit a student kit: nothing of the instructors' side may be in it."""

from __future__ import annotations

import ast
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from autograder.authoring.leaks import leaks
from autograder.authoring.passages import revealed
from autograder.paths import master_path

RELEASE = "release"

# What may be at the top of a kit.
TOP = frozenset(
    (
        *("notebooks", RELEASE, "course_utils", "nbgrader_config.py", "environment.yml", "requirements.lock"),
        *("pyproject.toml", "LICENSE", "README.md", "Makefile", ".gitignore", ".gitattributes"),
        "jupyter",
    )
)

# The packages and folders that nothing in a kit may import.
INSTRUCTORS = ("autograder", "answers", "source")

A_HOME = re.compile(rb"(?:/home|/Users|C:\\+Users\\+)[/\\]*[A-Za-z][\w.-]*")


def problems(root: Path, kit: Mapping[str, bytes]) -> list[str]:
    """Return one sentence for each thing in the `kit` of the course `root` that is not for students.

    kit: {path of a file: content}. Checked are the places of files; every release against its master (`leaks`);
    nbgrader's delimiters, and passages of solutions, hidden tests and catalogues, in every file; imports; and paths of
    the computer on which the kit was made.
    """
    found = [f"{name} does not belong into a kit." for name in kit if is_out_of_place(name)]
    found += _leaks_of_releases(root, kit)
    found += revealed(root, kit)
    for name, content in kit.items():
        found += [f"{name} imports {module}, which students do not have." for module in _imports(name, content)]
        found += [f"{name} names a folder of this computer: {path}." for path in _paths(root, content)]
    return list(dict.fromkeys(found))


def is_out_of_place(name: str) -> bool:
    """Return whether a file of this path does not belong into a kit."""
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or path.parts[0] not in TOP


def _leaks_of_releases(root: Path, kit: Mapping[str, bytes]) -> Iterator[str]:
    """Yield what `leaks` finds in each release. It reads the kit's bytes, not the files of the course."""
    names = sorted({parts[1] for name in kit if (parts := PurePosixPath(name).parts)[0] == RELEASE and len(parts) > 1})
    with tempfile.TemporaryDirectory() as scratch:
        for name in names:
            master = master_path(root, name)
            if not master.is_file():
                yield f"{RELEASE}/{name} has no master in source/ to compare it with."
                continue
            for path, content in kit.items():
                if path.startswith(f"{RELEASE}/{name}/"):
                    copy = Path(scratch, path)
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    copy.write_bytes(content)
            yield from (f"{RELEASE}/{name}: {sentence}" for sentence in leaks(master, Path(scratch, RELEASE, name)))


def _imports(name: str, content: bytes) -> Iterator[str]:
    if not name.endswith(".py"):
        return
    for node in ast.walk(ast.parse(content)):
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules = [node.module]
        yield from (module for module in modules if module.split(".")[0] in INSTRUCTORS)


def _paths(root: Path, content: bytes) -> Iterator[str]:
    for folder in {str(root.resolve()), str(Path.home())} - {"/", "/root"}:
        if folder.encode() in content:
            yield folder
    yield from (match.decode() for match in A_HOME.findall(content))
