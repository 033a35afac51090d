"""Landlock: the kernel refuses a process, and all that it starts, every file but those it was given.

It comes on top of a root of the process's own (`namespaces`). Landlock alone would hide the contents of files, but not
that they are there, who owns them, and the sockets among them.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Sequence

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # system calls, the same numbers on every machine
ASK_VERSION, RULE_PATH_BENEATH = 1, 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, TRUNCATE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14
KNOWN_FILE_RIGHTS = ((1, (1 << 13) - 1), (2, 1 << 13), (3, 1 << 14), (5, 1 << 15))
"""Since which version (ABI) of Landlock the kernel can refuse which kinds of access to files."""
TCP, SCOPES = 0b11, 0b11
"""Both ways to use TCP (version 4), and sockets by abstract name and signals to processes outside (version 6)."""
_libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """Return the version of Landlock's interface that this kernel has; 0 where it has none, or it is switched off."""
    return max(0, _libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(ASK_VERSION)))


def restrict(readable: Sequence[str], writable: Sequence[str]) -> None:
    """Refuse this process everything but reading and running what is in `readable`, and all in `writable`; for good.

    Both are paths of files and folders; a folder stands for all that is in it. No TCP, and no signal to a process that
    was there before. Raises OSError where the kernel refuses, or a path is not there.
    """
    known = version()
    files = sum(rights for since, rights in KNOWN_FILE_RIGHTS if known >= since)
    handled = struct.pack("QQQ", files, TCP if known >= 4 else 0, SCOPES if known >= 6 else 0)
    handled = handled[: 8 if known < 4 else 16 if known < 6 else 24]  # an older kernel refuses what it does not know
    ruleset = _must(_libc.syscall(CREATE_RULESET, handled, ctypes.c_size_t(len(handled)), ctypes.c_uint(0)))
    try:
        for path in readable:
            _allow(ruleset, path, files & (EXECUTE | READ_FILE | READ_DIR))
        for path in writable:
            _allow(ruleset, path, files)
        _must(_libc.syscall(RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint(0)))
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):  # rights that only a folder has are refused for a file
            rights &= EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE
        rule = struct.pack("=Qi", rights, place)
        _must(_libc.syscall(ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(RULE_PATH_BENEATH), rule, ctypes.c_uint(0)))
    finally:
        os.close(place)


def _must(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{os.strerror(number)} (Landlock)")
    return result
