"""Open what others have handed in: regular files and folders, never through a link.

Each part of a path is opened from the folder above it (`openat`), so a link that appears meanwhile is refused, too.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Generator
from io import BufferedReader
from pathlib import Path

from autograder.engine.errors import Refused

# Without O_NONBLOCK, opening a named pipe would wait for somebody who writes into it.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC


@contextlib.contextmanager
def open_regular(path: Path, trusted: Path) -> Generator[BufferedReader]:
    """Open the regular file `path` for reading. `trusted`: a folder above it, which itself may be a link.

    Raises Refused where `path` leads through a link, is no regular file, or is another user's file under a second name
    (a hard link); FileNotFoundError or another OSError where it cannot be opened.
    """
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
        for part in path.relative_to(trusted).parts:
            walked /= part
            below = _open(part, _FOLDER, descriptor, walked)
            os.close(descriptor)
            descriptor = below
        yield descriptor
    finally:
        os.close(descriptor)


def links_in(path: Path, trusted: Path) -> list[str]:
    """Return the links in the folder `path`, relative to it and in order; empty where there is no such folder.

    trusted: as of `open_regular`. Raises Refused where `path` is a link or leads through one.
    """
    found: list[str] = []
    with contextlib.suppress(FileNotFoundError, NotADirectoryError), open_folder(path, trusted) as descriptor:
        for where, folders, files, below in os.fwalk(dir_fd=descriptor):
            found += [str(Path(where) / name) for name in (*folders, *files) if _is_link(name, below)]
    return sorted(found)


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
