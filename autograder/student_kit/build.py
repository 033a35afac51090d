"""`autograder kit`: what students get, as a folder, a zip and a git branch, and nothing else.

A kit is a dict from the paths of its files to their bytes. Folder, zip and branch are written from it alone.
"""

from __future__ import annotations

import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

from autograder.errors import CourseError
from autograder.paths import CONFIG, shown
from autograder.student_kit.audit import RELEASE, troubles
from autograder.student_kit.branch import write_branch

Kit = dict[str, bytes]

NAME = "deep-learning"
"""The name of a kit as a package, and of the folder that the zip unpacks into."""
COPIED = {"notebooks": "*.ipynb", "course_utils": "*.py", RELEASE: "*"}
"""The folders of a kit, and which of their files. What a release may hold is for `leaks` to say."""
AS_THEY_ARE = (CONFIG, "environment.yml", "requirements.lock", "LICENSE")
WRITTEN = {
    "README.md": "README.md",
    "Makefile": "Makefile",
    ".gitignore": "gitignore",
    ".gitattributes": "gitattributes",
}
"""The files that are written for students, and what they are called in `files/`, where git is not to obey them."""
NOT_FOR_STUDENTS = ("__pycache__", ".ipynb_checkpoints")
ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def make_kit(root: Path, folder: Path, with_zip: bool = False, branch: str | None = None) -> list[str]:
    """Write the student kit of the course `root` into `folder`; return a line for each thing that was written.

    with_zip: a zip of the same name beside the folder. branch: a commit on this branch of the repository of `root`.
    Raises CourseError, with nothing written, where the kit would give something away, `folder` is something else than
    an earlier kit, or `branch` is not a branch of kits.
    """
    kit = student_kit(root)
    if found := troubles(root, kit):
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
    """Return the kit of the course in `root`. Raises CourseError where a part of it is missing or is a link."""
    kit = {name: _read(root / name) for name in AS_THEY_ARE}
    for name, pattern in COPIED.items():
        files = list(_files(root / name, pattern))
        if not files:
            raise CourseError(f"there is nothing for students in {root / name}; run `make release`, or restore it.")
        kit |= {path.relative_to(root).as_posix(): _read(path) for path in files}
    for name, kept_as in WRITTEN.items():
        kit[name] = _read(Path(__file__).with_name("files") / kept_as)
    kit["pyproject.toml"] = _pyproject(root).encode()
    return dict(sorted(kit.items()))


def write_folder(kit: Kit, folder: Path) -> None:
    """Put the kit into the place of `folder`; whoever reads it finds the old one or the new one."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".kit-", dir=folder.parent) as scratch:
        new, old = Path(scratch, "new"), Path(scratch, "old")
        for name, content in kit.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if folder.exists():
            folder.rename(old)
        new.rename(folder)


def write_zip(kit: Kit, path: Path) -> None:
    """Write the kit as a zip, the same bytes each time: no dates, no owners, everything in one folder."""
    draft = path.with_name(f".{path.name}")
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as file:
            for name, content in kit.items():
                entry = zipfile.ZipInfo(f"{NAME}/{name}", ZIP_DATE)
                entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o100644 << 16
                file.writestr(entry, content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _files(folder: Path, pattern: str) -> Iterator[Path]:
    """Yield the files of `folder` that match, but for what Python, Jupyter and editors leave behind."""
    for path in sorted(folder.rglob(pattern)):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part[0] == "." or part in NOT_FOR_STUDENTS for part in parts):
            yield path


def _read(path: Path) -> bytes:
    if path.is_symlink():
        raise CourseError(f"{path} is a link, which may lead anywhere; put the file itself there.")
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
        raise CourseError(f"{path} cannot be read ({error}); mend it.") from None
    lines = ["[build-system]", 'requires = ["setuptools>=80"]', 'build-backend = "setuptools.build_meta"', ""]
    lines += ["[project]", f'name = "{NAME}"', f'version = "{version}"', 'description = "A deep-learning course."']
    lines += ['license = "BSD-3-Clause"', 'license-files = ["LICENSE"]', f'requires-python = "{python}"']
    lines += ["dependencies = [", *(f'    "{need}",' for need in needs), "]", ""]
    return "\n".join([*lines, "[tool.setuptools.packages.find]", 'include = ["course_utils*"]', ""])


def _refuse_another_folder(folder: Path) -> None:
    if folder.is_dir() and (not any(folder.iterdir()) or _is_kit(folder)):
        return
    if folder.exists():
        raise CourseError(f"{folder} exists and is no student kit; name another --output, or move it away.")


def _is_kit(folder: Path) -> bool:
    path = folder / "pyproject.toml"
    return path.is_file() and f'name = "{NAME}"' in path.read_text(encoding="utf-8").splitlines()
