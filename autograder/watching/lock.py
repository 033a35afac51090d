"""One watcher per course: a lock that the kernel frees when its process ends, however it ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from autograder.errors import CourseError

# How often a watcher in standby tries to get the lock.
STANDBY_SECONDS = 1.0


@contextlib.contextmanager
def only_watcher(path: Path, standby: bool, tell: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock in the file `path`. standby: wait until another watcher has ended, and take over.

    `flock` on a local disk, and on NFS of Linux, where it is a lock of the server's. Raises CourseError where another
    watcher has it, and where the file system has no locks.
    """
    with path.open("a+", encoding="utf-8") as file:
        told = False
        while not _lock(file.fileno(), path):
            file.seek(0)
            other = file.read().strip() or "another process"
            if not standby:
                raise CourseError(f"{other} watches this course already; end it first, or add --standby to take over.")
            if not told:
                tell(f"{other} watches this course; this watcher takes over when that one ends.")
                told = True
            time.sleep(STANDBY_SECONDS)
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()}\n")
        file.flush()
        yield


def _lock(descriptor: int, path: Path) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise CourseError(
            f"{path} cannot be locked ({error.strerror}); two watchers would grade the same submissions, so put the "
            "course on a file system with locks."
        ) from None
    return True
