"""Confine a process that is about to run a student's code: limits, files of its own, no privileges.

    python -c "...confinement.main()" SETTINGS

tries it without any student's code, so that an isolation level is known to work before it is chosen.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from typing import TypedDict

from autograder.engine.worker import landlock, memory, namespaces, seccomp

# Folders in which a worker may write.
SCRATCH = ("/tmp", "/dev/shm")

MAX_OPEN_FILES = 256


class Settings(TypedDict):
    """What a worker is confined to: fields of `settings.Limits`, and those of the isolation level.

    readable: paths that a worker restricts itself to by Landlock; empty where it need not.
    """

    has_sandbox: bool
    readable: list[str]
    memory_bytes: int
    submission_memory_bytes: int
    scratch_bytes: int
    processes: int


def main() -> None:
    """Do in this process what is done for each worker; exit with 0 where all of it worked, else say what did not."""
    settings: Settings = json.loads(sys.argv[1])
    try:
        namespaces.enter_new()
        child = os.fork()
        if child == 0:
            try:
                confine(settings)
            except (OSError, ValueError) as error:
                os.write(2, f"{error}\n".encode())
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
    except OSError as error:
        sys.exit(str(error))
    sys.exit(status != 0)


def confine(settings: Settings) -> None:
    """Limit this process and all that it starts and, where there is a sandbox, take its files and privileges away.

    Call it in the first process of new namespaces. Raises OSError where the kernel refuses.
    """
    _limit(settings)
    if settings["has_sandbox"]:
        _own_files(settings["scratch_bytes"])
        if settings["readable"]:
            landlock.restrict(settings["readable"], ["/tmp", "/dev"])
        seccomp.drop_privileges()


def _limit(settings: Settings) -> None:
    """Set the limits. Memory counts on top of what the fork server's imports take.

    A limit that the machine has set lower already stays; `shell_limits.py` tells which.
    """
    memory.go_first(memory.WORKER_SCORE)
    imported = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    for kind, value in (
        (resource.RLIMIT_AS, imported + settings["memory_bytes"]),
        (resource.RLIMIT_FSIZE, settings["scratch_bytes"]),
        (resource.RLIMIT_NOFILE, MAX_OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, settings["processes"]),
    ):
        _, hard = resource.getrlimit(kind)
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (allowed, allowed))


def _own_files(scratch_bytes: int) -> None:
    """Mount memory over every writable folder, and an empty folder over /proc, which shows the supervisors."""
    namespaces.private_mounts()
    for folder in SCRATCH:
        namespaces.mount_memory(folder, f"size={scratch_bytes},mode=700")
    namespaces.mount_memory("/proc", "size=0,mode=500")
    _tell_threadpoolctl()
    os.chdir("/tmp")


def _tell_threadpoolctl() -> None:
    """Have scikit-learn find its libraries without /proc; threadpoolctl 3.8 looks for it once, when it is imported."""
    if loaded := sys.modules.get("threadpoolctl"):
        vars(loaded)["_HAS_PROCFS"] = False
