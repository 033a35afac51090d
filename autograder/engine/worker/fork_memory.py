"""Make a process cheap to fork. A fork costs the pages that it copies, at once or when they are written to."""

from __future__ import annotations

import ctypes
import gc
from pathlib import Path

LARGE_PAGE = 2 << 20
MADV_COLLAPSE = 25
_libc = ctypes.CDLL(None)


def freeze() -> None:
    """Prepare this process for many forks. Call it when everything is imported, before the first fork.

    The garbage collector leaves alone what exists now, because a collection writes to every object. And memory is put
    into large pages, of which a fork copies one entry instead of 512. A kernel that cannot (before 6.1) refuses, and
    everything works as before.
    """
    gc.collect()
    gc.freeze()
    for start, end in _own_memory():
        start, end = -(-start // LARGE_PAGE) * LARGE_PAGE, end // LARGE_PAGE * LARGE_PAGE
        if start < end:
            _libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), MADV_COLLAPSE)


def _own_memory() -> list[tuple[int, int]]:
    """Return (start, end) of the writable ranges that belong to no file."""
    ranges: list[tuple[int, int]] = []
    for line in Path("/proc/self/maps").read_text().splitlines():
        span, permissions, _, _, inode, *name = line.split()
        if permissions.startswith("rw") and inode == "0" and name in ([], ["[heap]"]):
            start, end = span.split("-")
            ranges.append((int(start, 16), int(end, 16)))
    return ranges
