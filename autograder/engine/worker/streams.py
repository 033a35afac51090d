"""sys.stdout and sys.stderr of a worker, and what programs and native code write to the descriptors below them."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Callable

# Bytes of what programs have written that are read at once; what is beyond is dropped.
MAX_PIECE = 1 << 20

# What torch's native code says once because the sandbox hides /proc. The student's machine does not say it.
NOTICE = b"Error in cpuinfo: failed to parse processor information from /proc/cpuinfo\n"

DESCRIPTORS = {"stdout": 1, "stderr": 2}

# Takes the name of a stream, and text.
Write = Callable[[str, str], None]


class Streams:
    """The two streams. Text from Python, from child processes and from native code arrives in the order of writing.

    The descriptors lead into files without a name in the scratch folder, so they count against its limit, and nothing
    has to read while a program writes.
    """

    def __init__(self, write: Write) -> None:
        """Replace the streams of this process. write: takes what is written."""
        self._write = write
        self._nowhere = os.open(os.devnull, os.O_RDWR)
        self._owner = os.getpid()
        os.dup2(self._nowhere, 0)
        sys.stdin = open(os.devnull)  # noqa: SIM115, PTH123 - for the life of the process
        for name, descriptor in DESCRIPTORS.items():
            _into_a_file(descriptor, self._nowhere)
            setattr(sys, name, Stream(self, name, self._nowhere))

    def write(self, name: str, text: str) -> None:
        """Take what Python writes to the stream `name`: "stdout" or "stderr"."""
        if os.getpid() != self._owner:  # a child of the student's code: its memory is not that of the notebook
            os.write(DESCRIPTORS[name], text.encode("utf-8", "replace"))
            return
        self.collect()
        self._write(name, text)

    def collect(self) -> None:
        """Take what has been written to the descriptors since the last time."""
        for name, descriptor in DESCRIPTORS.items():
            if text := _taken_from(descriptor).replace(NOTICE, b""):
                self._write(name, text.decode("utf-8", "replace"))

    def drop(self) -> None:
        """Let what is written from now on go nowhere: this process is a copy, and the files are the original's."""
        self._owner = os.getpid()
        for descriptor in DESCRIPTORS.values():
            os.dup2(self._nowhere, descriptor)


class Stream(io.TextIOBase):
    """Stands in for sys.stdout or sys.stderr, as a kernel's streams do."""

    encoding = "utf-8"
    errors = "strict"

    def __init__(self, streams: Streams, name: str, nowhere: int) -> None:
        """name: "stdout" or "stderr". nowhere: a descriptor, for who asks for one; a kernel shows nothing of it."""
        self._streams, self.name, self._nowhere = streams, name, nowhere

    def writable(self) -> bool:
        """Return True, as a stream for output does."""
        return True

    def isatty(self) -> bool:
        """Return False: there is no terminal."""
        return False

    def fileno(self) -> int:
        """Return a descriptor that can be written to."""
        return self._nowhere

    def write(self, text: str) -> int:
        """Show `text` and return its length. Raises TypeError if it is not a string, as every text stream does."""
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance] # students' code is not typed
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if text:
            self._streams.write(self.name, text)
        return len(text)


def _into_a_file(descriptor: int, nowhere: int) -> None:
    """Let a descriptor lead into a file without a name; nowhere, where none can be made."""
    try:
        made, path = tempfile.mkstemp()
        os.close(made)
        made = os.open(path, os.O_RDWR | os.O_APPEND)
        os.unlink(path)  # noqa: PTH108 - descriptors throughout
    except OSError:
        os.dup2(nowhere, descriptor)
        return
    os.dup2(made, descriptor)
    os.close(made)


def _taken_from(descriptor: int) -> bytes:
    """Return what a file holds, and empty it."""
    try:
        if not os.fstat(descriptor).st_size:  # also of a descriptor that leads elsewhere
            return b""
        text = os.pread(descriptor, MAX_PIECE, 0)
        os.ftruncate(descriptor, 0)
    except OSError:  # the student's code has closed or replaced it
        return b""
    return text
