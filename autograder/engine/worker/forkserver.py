"""The fork server of all workers: inside the sandbox, everything imported, nothing of any student.

It waits on a socket for messages, in JSON:

    {"do": "import", "modules": [...]}      import them                           -> READY
    {"do": "freeze"}                        prepare for many forks                -> READY
    {"do": "fork"} and two descriptors      fork a worker, which answers on the first; the second is its supervisor's

Each worker gets namespaces of its own, so it sees no process and no file of another, a scratch folder in memory, and
limits. A supervisor stands between fork server and worker: it kills the worker when the judge says so or ends, and
reports how the worker ended and what it has used. It also ends a worker that, with all that it has started, uses more
memory than a submission may.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import select
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Sequence

from autograder.engine.worker import confinement, fork_memory, memory, namespaces, server
from autograder.engine.worker.shell import Shell

# What the fork server says when it has started, and when it has carried out a message.
READY = b"ready"

# Bytes of one message.
MAX_MESSAGE = 1 << 17

# What the supervisor says of a worker that it has ended by itself.
OVER_MEMORY = "memory"

# What comes before the reason why a worker could not be started.
FAILED = "failed "


class Settings(confinement.Settings):
    """What the fork server is started with."""

    preload: list[str]


def main() -> None:
    """Serve on the descriptor that the first argument names; the second holds the `Settings` as JSON.

    Raises ValueError on a message that it does not know.
    """
    control = socket.socket(fileno=int(sys.argv[1]))
    settings: Settings = json.loads(sys.argv[2])
    shell = Shell()
    _import(settings["preload"])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for supervisors
    control.send(READY)
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, MAX_MESSAGE, 2)
        if not data:
            return
        message = json.loads(data)
        match message["do"]:
            case "fork":
                _fork(control, descriptors, shell, settings)
                continue
            case "import":
                _import(message["modules"])
            case "freeze":
                shell.show_an_error()
                fork_memory.freeze()
            case _:
                raise ValueError(f"unknown message {message}")
        control.send(READY)


def _import(modules: Sequence[str]) -> None:
    for module in modules:
        with contextlib.suppress(Exception):  # missing, or not importable here: the cell that wants it will say so
            importlib.import_module(module)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


def _fork(control: socket.socket, descriptors: Sequence[int], shell: Shell, settings: Settings) -> None:
    """Fork a supervisor, which forks a worker."""
    with contextlib.suppress(OSError):  # no process is left: the judge sees the socket close
        if os.fork() == 0:
            try:
                control.close()
                worker, supervisor = (socket.socket(fileno=descriptor) for descriptor in descriptors)
                _supervise(worker, supervisor, shell, settings)
            finally:
                os._exit(0)
    for descriptor in descriptors:
        os.close(descriptor)


def _supervise(sock: socket.socket, control: socket.socket, shell: Shell, settings: Settings) -> None:
    """Fork a worker that serves on `sock`, wait until it ends or is to be killed, and report on `control`."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    folder, proc = None, memory.open_proc()  # the worker mounts something else over /proc
    try:
        if settings["has_sandbox"]:
            namespaces.enter_new()
        else:
            folder = tempfile.mkdtemp(prefix="worker-")
            os.chdir(folder)
    except OSError as error:
        control.send(f"{FAILED}{error}".encode())
        return
    child = os.fork()
    if child == 0:
        os.close(proc)
        try:
            confinement.confine(settings)
        except OSError as error:
            control.send(f"{FAILED}{error}".encode())
            os._exit(1)
        control.close()
        server.serve(sock, shell)
    sock.close()
    why = _wait_for_the_end(child, control, settings["submission_memory_bytes"], proc)
    _, status = os.waitpid(child, 0)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
    cpu_seconds = sum(usage.ru_utime + usage.ru_stime for usage in used)
    with contextlib.suppress(OSError):
        control.send(f"{os.waitstatus_to_exitcode(status)} {cpu_seconds:.4f} {why}".encode())


def _wait_for_the_end(child: int, control: socket.socket, memory_bytes: int, proc: int) -> str:
    """Wait until a worker has ended, `control` says to kill it, or it uses too much memory; kill it if it still runs.

    Returns OVER_MEMORY where it used too much, else an empty text.
    """
    ended, over = os.pidfd_open(child), False
    while not over:
        readable, _, _ = select.select([control, ended], [], [], memory.LOOK_SECONDS)
        if ended in readable:
            return ""
        if readable:
            break
        over = memory.uses_more_than(memory_bytes, child, proc)
    os.kill(child, signal.SIGKILL)
    return OVER_MEMORY if over else ""
