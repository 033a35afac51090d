"""Memory of a whole submission: the worker and everything that it has started.

`RLIMIT_AS` limits each process alone. So the supervisor adds them up while they run and ends the worker where they use
too much together; and where the machine itself runs out of memory, the kernel is told to end workers before others.
Memory that belongs to no process, such as a file without a name, would not be seen here: `seccomp.py` refuses to make
it.
"""

from __future__ import annotations

import contextlib
import os
import resource
from collections.abc import Iterator
from pathlib import Path

# How often the supervisor adds up the memory of a worker that runs.
LOOK_SECONDS = 0.1

# What the kernel ends first when memory is short, from -1000 (never) to 1000 (before all others): workers, then judges.
WORKER_SCORE, JUDGE_SCORE = 1000, 500

_PAGE = resource.getpagesize()

# Fields of smaps_rollup, in KiB: memory divided by the number of processes that share it, without files on a disk.
_OWN = (b"Pss_Anon:", b"Pss_Shmem:")


def go_first(score: int) -> None:
    """Have the kernel end this process, and those that it starts, before others where the machine has no memory left.

    score: one of the two constants above. It can be raised and, without privileges, not be lowered again.
    """
    with contextlib.suppress(OSError):  # /proc is not there, or the score is higher already
        Path("/proc/self/oom_score_adj").write_text(str(score))


def open_proc() -> int:
    """Return a descriptor of /proc, by which it can be read after something else has been mounted over it."""
    return os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def uses_more_than(limit: int, pid: int, proc: int) -> bool:
    """Say whether a process and its descendants use more than `limit` bytes together. proc: as of `open_proc`."""
    family = list(family_of(pid, proc))
    if sum(_resident(member, proc) for member in family) <= limit:  # counts shared memory several times, and is cheap
        return False
    used = 0
    for member in family:
        used += _own(member, proc)
        if used > limit:
            return True
    return False


def family_of(pid: int, proc: int) -> Iterator[int]:
    """Yield a process and its descendants, as far as the kernel names them."""
    members = [pid]
    for member in members:
        yield member
        for thread in _entries(f"{member}/task", proc):
            members += map(int, read(f"{member}/task/{thread}/children", proc).split())


def _resident(pid: int, proc: int) -> int:
    """Return the bytes of a process that are in memory; 0 where it has ended."""
    numbers = read(f"{pid}/statm", proc).split()
    return int(numbers[1]) * _PAGE if numbers else 0


def _own(pid: int, proc: int) -> int:
    """Return the bytes of memory that are a process's own, and its part of what it shares; 0 where it has ended."""
    lines = (line.split() for line in read(f"{pid}/smaps_rollup", proc).splitlines())
    return sum(int(words[1]) << 10 for words in lines if words[0] in _OWN)


def _entries(path: str, proc: int) -> list[str]:
    try:
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY, dir_fd=proc)
    except OSError:  # it has ended
        return []
    try:
        return os.listdir(folder)  # noqa: PTH208 - a descriptor has no path
    except OSError:
        return []
    finally:
        os.close(folder)


def read(path: str, proc: int) -> bytes:
    """Return what a file of /proc says; empty where its process has ended."""
    try:
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags, dir_fd=proc)) as file:
            return file.read()
    except OSError:
        return b""
