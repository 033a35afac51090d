"""CPU time of a worker while it runs, and how long it had to wait for a CPU, measured from outside.

Counted are the worker, the processes that it has started and still has, and those that it has waited for. Not counted
are processes that ended without anybody waiting for them, and, on a kernel without `/proc/PID/task/TID/children`, those
that still run. The wall-clock limits end what escapes this count.
"""

from __future__ import annotations

import os
import socket
import struct
from dataclasses import dataclass, field

from autograder.engine.worker import memory

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
CREDENTIALS = struct.Struct("3i")  # process, user, group


def tell_sender(sock: socket.socket) -> None:
    """Have the kernel add to each message on `sock` which process sent it. Call it before the other side sends."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)


def sender(sock: socket.socket) -> int:
    """Wait for a message and return the id of the process that sent it, as this process sees it; read nothing of it.

    The kernel translates the id out of the sender's PID namespace. Raises OSError where nothing comes.
    """
    _, about, _, _ = sock.recvmsg(1, socket.CMSG_SPACE(CREDENTIALS.size), socket.MSG_PEEK)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
    for level, kind, content in about:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
            return CREDENTIALS.unpack(content[: CREDENTIALS.size])[0]
    return 0


@dataclass(frozen=True)
class Usage:
    """What a process and its descendants have used so far.

    cpu_seconds: of all together. waiting: by process, the seconds in which it could have run and no CPU was free; empty
    where the kernel does not say it.
    """

    cpu_seconds: float = 0.0
    waiting: dict[int, float] = field(default_factory=dict[int, float])

    def waited_since(self, earlier: Usage) -> float:
        """Return for how long a process has waited for a CPU since then: of all processes the one that waited most."""
        return max((total - earlier.waiting.get(pid, 0.0) for pid, total in self.waiting.items()), default=0.0)


def usage_of(pid: int) -> Usage:
    """Return what a process and its descendants have used; nothing where it cannot be seen."""
    ticks, waiting, proc = 0, dict[int, float](), memory.open_proc()
    try:
        for member in memory.family_of(pid, proc):
            numbers = memory.read(f"{member}/stat", proc).rpartition(b")")[2].split()
            ticks += sum(map(int, numbers[11:15]))  # its own, and of children that it has waited for
            if scheduled := memory.read(f"{member}/schedstat", proc).split():
                waiting[member] = int(scheduled[1]) / 1e9
    finally:
        os.close(proc)
    return Usage(ticks / TICKS_PER_SECOND, waiting)
