"""The warm parent of all workers: inside the sandbox, everything imported, nothing of any student.

It waits on a descriptor for the sockets of a submission, and forks; or for more modules to import before that. Each
worker gets name spaces of its own, so it sees no process and no file of another, a scratch folder in memory, and
limits. A keeper stands between parent and worker: it kills the worker when the judge says so or goes away, and reports
how the worker ended and what it has used.
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
from pathlib import Path

from autograder.engine.worker import fork_memory, landlock, namespaces, seccomp, server
from autograder.engine.worker.shell import Shell, new_shell

READY, SETTLE, MAX_MESSAGE = b"ready", [], 1 << 17
"""What the parent says when it is ready, what it is told when all is imported, and how much it reads at once."""
SCRATCH = ("/tmp", "/dev/shm")


def main() -> None:
    """Serve on the descriptor that the first argument names; the second holds the settings as JSON."""
    control = socket.socket(fileno=int(sys.argv[1]))
    settings = json.loads(sys.argv[2])
    shell = new_shell()
    _import(settings["preload"])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers are not waited for
    control.send(READY)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, MAX_MESSAGE, 2)
        if not message:
            return
        if not descriptors:
            modules = json.loads(message)
            _import(modules)
            if modules == SETTLE:
                fork_memory.settle()
            control.send(READY)
            continue
        with contextlib.suppress(OSError):  # no process to be had: the judge sees the socket close
            if os.fork() == 0:
                _become_keeper(control, descriptors, shell, settings)
        for descriptor in descriptors:
            os.close(descriptor)


def _import(modules: list[str]) -> None:
    for module in modules:
        with contextlib.suppress(Exception):  # not there, or not to be imported so: the cell that wants it will tell
            importlib.import_module(module)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


def _become_keeper(control: socket.socket, descriptors: list[int], shell: Shell, settings: dict) -> None:
    """Be the keeper of one worker; never returns."""
    try:
        control.close()
        _keep(*(socket.socket(fileno=descriptor) for descriptor in descriptors), shell, settings)
    finally:
        os._exit(0)


def _keep(sock: socket.socket, leash: socket.socket, shell: Shell, settings: dict) -> None:
    """Fork the worker, and wait until it ends or is to be killed."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    folder = None
    if settings["namespaces"]:
        namespaces.separate()
    else:
        folder = tempfile.mkdtemp(prefix="worker-")
        os.chdir(folder)
    child = os.fork()
    if child == 0:
        leash.close()
        _limit(settings)
        if settings["namespaces"]:
            _own_files(settings["scratch_bytes"])
            if settings["readable"]:
                landlock.restrict(settings["readable"], ["/tmp", "/dev"])
            seccomp.give_up()
        server.serve(sock, shell)
    sock.close()
    ended = os.pidfd_open(child)
    readable, _, _ = select.select([leash, ended], [], [])
    if ended not in readable:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
    cpu_seconds = sum(usage.ru_utime + usage.ru_stime for usage in used)
    with contextlib.suppress(OSError):
        leash.send(f"{os.waitstatus_to_exitcode(status)} {cpu_seconds:.4f}".encode())


def _own_files(scratch_bytes: int) -> None:
    """Mount scratch folders in memory over all that can be written, and nothing over /proc, which shows the keepers."""
    namespaces.private_mounts()
    for folder in SCRATCH:
        namespaces.mount_memory(folder, f"size={scratch_bytes},mode=700")
    namespaces.mount_memory("/proc", "size=0,mode=500")
    os.chdir("/tmp")


def _limit(settings: dict) -> None:
    own = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    for kind, value in (
        (resource.RLIMIT_AS, own + settings["memory_bytes"]),
        (resource.RLIMIT_FSIZE, settings["scratch_bytes"]),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, settings["processes"]),
    ):
        resource.setrlimit(kind, (value, value))
