"""`autograder kit`: write what students get, as a folder, a zip and a git branch.

A kit is a dict, {path of a file: its bytes}. Folder, zip and branch are written from this dict alone.
"""

from __future__ import annotations

import json
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

from autograder.errors import CourseError
from autograder.files import draft_of, replace_folder
from autograder.paths import CONFIG, shown
from autograder.student_kit.audit import RELEASE, problems
from autograder.student_kit.branch import write_branch

Kit = dict[str, bytes]

# The name of a kit as a package, and of the folder into which the zip unpacks.
NAME = "deep-learning"

# The folders of a kit, and which of their files are copied. `leaks` checks what is in a release.
COPIED = {"notebooks": ("*.ipynb",), "course_utils": ("*.py", "*.js", "*.css"), RELEASE: ("*",)}
AS_THEY_ARE = (
    *(CONFIG, "environment.yml", "requirements.lock", "LICENSE"),
    *("jupyter/jupyter_server_config.json", "jupyter/custom/custom.css"),
)

# The files that are written for students, and their names in `files/`, where git must not obey them.
WRITTEN = {
    "README.md": "README.md",
    "Makefile": "Makefile",
    ".gitignore": "gitignore",
    ".gitattributes": "gitattributes",
    "jupyter/labconfig/page_config.json": "page_config.json",  # no instructors' menus in a student's JupyterLab
}

NOT_FOR_STUDENTS = ("__pycache__", ".ipynb_checkpoints")
ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def make_kit(root: Path, folder: Path, with_zip: bool = False, branch: str | None = None) -> list[str]:
    """Write the student kit of the course `root` into `folder`; return one line for each thing that was written.

    with_zip: also write a zip of the same name next to the folder. branch: also commit to this branch of the repository
    of `root`. Raises CourseError, and writes nothing, if the kit would reveal something, if `folder` exists and is not
    an earlier kit, or if `branch` is not a branch of kits.
    """
    kit = student_kit(root)
    if found := problems(root, kit):
        raise CourseError(f"the kit would be wrong: {found[0]} Nothing was written.")
    _refuse_another_folder(folder)
    lines = []
    if branch is not None:
        lines.append(f"branch {branch}: {write_branch(root, branch, kit)}")
    write_folder(kit, folder)
    lines.append(f"{shown(folder, root)}: {len(kit)} files, {sum(map(len, kit.values())) / 1e6:.1f} MB")
    if with_zip:
        path = folder.with_name(f"{folder.name}.zip")
        write_zip(kit, path)
        lines.append(f"{shown(path, root)}: {path.stat().st_size / 1e6:.1f} MB")
    return lines


def student_kit(root: Path) -> Kit:
    """Return the kit of the course in `root`. Raises CourseError if a part of it is missing or is a link."""
    kit = {name: _read(root / name) for name in AS_THEY_ARE}
    for name, patterns in COPIED.items():
        files = [path for pattern in patterns for path in _files(root / name, pattern)]
        if not files:
            raise CourseError(f"there is nothing for students in {root / name}; run `make release`, or restore it.")
        kit |= {path.relative_to(root).as_posix(): _read(path) for path in files}
    for name, kept_as in WRITTEN.items():
        kit[name] = _read(Path(__file__).with_name("files") / kept_as)
    kit["pyproject.toml"] = _pyproject(root).encode()
    return dict(sorted(kit.items()))


def write_folder(kit: Kit, folder: Path) -> None:
    """Replace `folder` by the kit, so that a reader finds the old one or the new one."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".kit-", dir=folder.parent) as scratch:
        new = Path(scratch, "new")
        for name, content in kit.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for path in (new, *new.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)  # others are to read it, whatever the umask
        replace_folder(new, folder)


def write_zip(kit: Kit, path: Path) -> None:
    """Write the kit as a zip, the same bytes each time: no dates, no owners, everything in one folder."""
    with draft_of(path) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in kit.items():
            entry = zipfile.ZipInfo(f"{NAME}/{name}", ZIP_DATE)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o100644 << 16
            file.writestr(entry, content)
    path.chmod(0o644)


def _files(folder: Path, pattern: str) -> Iterator[Path]:
    """Yield the files of `folder` that match, except what Python, Jupyter and editors leave behind."""
    for path in sorted(folder.rglob(pattern)):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part[0] == "." or part in NOT_FOR_STUDENTS for part in parts):
            yield path


def _read(path: Path) -> bytes:
    if path.is_symlink():
        raise CourseError(f"{path} is a link, which may lead anywhere; replace it by the file itself.")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise CourseError(f"there is no {path}; restore it from git.") from None


def _pyproject(root: Path) -> str:
    """Return a pyproject.toml with which `pip install` installs course_utils and what it needs."""
    path = root / "pyproject.toml"
    try:
        project = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
        version, python, needs = project["version"], project["requires-python"], project["dependencies"]
    except FileNotFoundError:
        raise CourseError(f"there is no {path}; restore it from git.") from None
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise CourseError(f"{path} cannot be read ({error}); fix it.") from None
    tables = {
        "build-system": {"requires": ["setuptools>=80"], "build-backend": "setuptools.build_meta"},
        "project": {
            "name": NAME,
            "version": version,
            "description": "A deep-learning course.",
            "license": "BSD-3-Clause",
            "license-files": ["LICENSE"],
            "requires-python": python,
            "dependencies": needs,
        },
        "tool.setuptools.packages.find": {"include": ["course_utils*"]},
        "tool.setuptools.package-data": {"course_utils": ["**/*.js", "**/*.css"]},
    }
    return "\n".join(_toml_table(name, table) for name, table in tables.items())


def _toml_table(name: str, table: dict[str, str | list[str]]) -> str:
    """Return a table of TOML. Strings, and lists of them, are written in TOML as in JSON."""
    return "\n".join([f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items()), ""])


def _refuse_another_folder(folder: Path) -> None:
    if folder.is_dir() and (not any(folder.iterdir()) or _is_kit(folder)):
        return
    if folder.exists():
        raise CourseError(f"{folder} exists and is not a student kit; name another --output, or move it away.")


def _is_kit(folder: Path) -> bool:
    path = folder / "pyproject.toml"
    return path.is_file() and f'name = "{NAME}"' in path.read_text(encoding="utf-8").splitlines()
