"""Open what others have handed in: regular files and folders, never through a link.

Each part of a path is opened from the folder above it (`openat`), so a link that appears meanwhile is refused, too.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Generator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from autograder.engine.errors import Refused

# Files and folders of a submission; what has more was not made by hand. And how deeply its folders are nested.
MAX_ENTRIES, MAX_DEPTH = 5_000, 30

# Without O_NONBLOCK, opening a named pipe would wait for somebody who writes into it.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC


@contextlib.contextmanager
def open_regular(path: Path, trusted: Path) -> Generator[BufferedReader]:
    """Open the regular file `path` for reading. `trusted`: a folder above it, which itself may be a link.

    Raises Refused where `path` leads through a link, is no regular file, or is another user's file under a second name
    (a hard link); FileNotFoundError or another OSError where it cannot be opened.
    """
    path, trusted = path.absolute(), trusted.absolute()
    with open_folder(path.parent, trusted) as folder:
        descriptor = _open(path.name, _FILE, folder, path.relative_to(trusted))
        with os.fdopen(descriptor, "rb") as file:
            about, owner = os.fstat(descriptor), os.fstat(folder).st_uid
            if not stat.S_ISREG(about.st_mode):
                raise Refused(f"{path.relative_to(trusted)} is not a regular file")
            if about.st_nlink > 1 and about.st_uid != owner:
                raise Refused(f"{path.relative_to(trusted)} is a link to a file of another user")
            yield file


@contextlib.contextmanager
def open_folder(path: Path, trusted: Path) -> Generator[int]:
    """Open the folder `path` and give its file descriptor. `trusted`: as of `open_regular`.

    Raises Refused where `path` is a link or leads through one; an OSError where it cannot be opened.
    """
    descriptor = os.open(trusted, _FOLDER & ~os.O_NOFOLLOW)
    try:
        walked = Path()
        for part in path.absolute().relative_to(trusted.absolute()).parts:
            walked /= part
            below = _open(part, _FOLDER, descriptor, walked)
            os.close(descriptor)
            descriptor = below
        yield descriptor
    finally:
        os.close(descriptor)


@dataclass(frozen=True)
class Entry:
    """What a folder holds: a path below the folder that was listed, and whether it is a link or a folder."""

    path: Path
    is_link: bool
    is_folder: bool


def entries_in(path: Path, trusted: Path, most: int = MAX_ENTRIES) -> list[Entry]:
    """Return all that is in the folder `path` and in its folders, in order; empty where there is no such folder.

    trusted: as of `open_regular`. most: how many entries are listed. Raises Refused where there are more, where they
    are nested too deeply, and where `path` is a link or leads through one.
    """
    found, folders = list[Entry](), [Path()]
    with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):
        for folder in folders:
            with open_folder(path / folder, trusted) as descriptor, os.scandir(descriptor) as listed:
                for entry in listed:
                    made = Entry(folder / entry.name, entry.is_symlink(), entry.is_dir(follow_symlinks=False))
                    found.append(made)
                    if made.is_folder:
                        folders.append(made.path)
                    if len(found) > most or len(made.path.parts) > MAX_DEPTH:
                        limits = f"{most:,} files and folders, or folders nested more than {MAX_DEPTH} deep"
                        raise Refused(f"{path.relative_to(trusted)} holds more than {limits}")
    return sorted(found, key=lambda entry: entry.path)


def copy_folder(path: Path, target: Path, trusted: Path) -> None:
    """Copy the folder `path` to `target`, which is made. trusted: as of `open_regular`.

    Raises Refused at the first link, pipe or device in it, and where `path` is a link or leads through one.
    """
    with open_folder(path, trusted) as descriptor:
        for where, folders, files, below in os.fwalk(dir_fd=descriptor):
            (target / where).mkdir(parents=True, exist_ok=True)
            for name in (*folders, *files):
                if _is_link(name, below):
                    raise Refused(f"{path.relative_to(trusted) / where / name} is a link")
            for name in files:
                with open_regular(path / where / name, trusted) as file, (target / where / name).open("xb") as copy:
                    shutil.copyfileobj(file, copy)


def links_in(path: Path, trusted: Path) -> list[str]:
    """Return the links in the folder `path`, relative to it and in order; empty where there is no such folder.

    trusted, and what it raises: as of `entries_in`.
    """
    return [str(entry.path) for entry in entries_in(path, trusted) if entry.is_link]


def _open(name: str, flags: int, folder: int, shown: Path) -> int:
    try:
        return os.open(name, flags, dir_fd=folder)
    except OSError:
        if _is_link(name, folder):
            raise Refused(f"{shown} is a link") from None
        raise


def _is_link(name: str, folder: int) -> bool:
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except OSError:
        return False
