"""Landlock: the kernel refuses a process, and all that it starts, every file except those it was given.

It is added to a root of the process's own (`namespaces`). Landlock alone would hide the contents of files, but not that
they exist, who owns them, and the sockets among them.
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

# Since which version (ABI) of Landlock the kernel can refuse which kinds of access to files.
KNOWN_FILE_RIGHTS = ((1, (1 << 13) - 1), (2, 1 << 13), (3, 1 << 14), (5, 1 << 15))

# Both ways to use TCP: to bind and to connect (version 4).
TCP = 0b11

# Sockets with abstract names, and signals to processes outside (version 6).
SCOPES = 0b11

_libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """Return the version of Landlock's interface that this kernel has; 0 if it has none, or it is switched off."""
    return max(0, _libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(ASK_VERSION)))


def restrict(readable: Sequence[str], writable: Sequence[str]) -> None:
    """Allow this process only to read and run what is in `readable`, and everything in `writable`; for good.

    Both are paths of files and folders; a folder stands for all that is in it. No TCP, and no signal to a process that
    existed before. Raises OSError if the kernel refuses, or a path does not exist.
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
    """Add a rule. A file gets no right that only a folder can have, because the kernel refuses such a rule."""
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
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
