"""Isolation levels: how students' code is kept away from this machine, from the strongest level to none.

A level is a row of `ISOLATION`: what builds the sandbox, and why it does not work here if it does not; what to ask
administrators for then is in `machine.py`. The module imports nothing large, because the command line takes its choices
from here.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path

from autograder.engine.worker import landlock
from autograder.errors import CourseError
from autograder.sentences import last_line
from autograder.settings import Limits
from course_utils.student import rooms

# The environment variable that asks for an isolation level where the command line does not.
VARIABLE = "COURSE_SANDBOX"

# The package `autograder`. A worker sees `engine/worker/` of it, and the two `__init__.py` above.
PACKAGE = Path(__file__).resolve().parents[1]

# The package `course_utils`. A worker sees what answers may import of it.
HELPERS = PACKAGE.parent / rooms.PACKAGE

# What a process of ours in the sandbox is started with: python -I -c START.format(module) FOLDER ARGUMENT ...
START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from autograder.engine.worker import {0}; {0}.main()"

# What of the system Python needs.
SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/fonts", "/etc/alternatives")

# How long it may take to try a level.
TRY_SECONDS = 60.0

# What Python prints before the text of an OSError.
_ERROR_PREFIX = re.compile(r"^(\w*Error: )?(\[Errno \d+\] )?")

ENVIRONMENT = {
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "MPLCONFIGDIR": "/tmp",
    "IPYTHONDIR": "/tmp",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PATH": "/usr/bin:/bin",
    "PYTHONDONTWRITEBYTECODE": "1",
    "CUDA_VISIBLE_DEVICES": "",  # marks do not depend on the machine, and a forked process cannot use a GPU
}


class IsolationLevel(StrEnum):
    """Names of the isolation levels, the strongest first; what `--sandbox` takes and what results record."""

    BUBBLEWRAP = "bubblewrap"
    LANDLOCK = "landlock"
    NONE = "none"


class Isolation:
    """What one isolation level does. This class isolates nothing: code runs as whoever grades, with limits only."""

    # Whether there is a sandbox: namespaces, a root of its own, no privileges.
    has_sandbox = False

    def command(self) -> list[str]:
        """Return the command that builds the sandbox; the program to run in it comes behind.

        Raises CourseError where this machine lacks something.
        """
        return []

    def place(self, path: str) -> str:
        """Return where code at this level finds `path`."""
        return place_in_sandbox(path) if self.has_sandbox else path

    def readable(self) -> list[str]:
        """Return the paths to which each worker restricts itself; empty where it need not."""
        return []

    def why_not(self) -> str:
        """Try it: build the sandbox, and confine a process in it as every worker is.

        Returns what the kernel or a program said where that does not work, as a clause; empty where it works.
        """
        settings = asdict(Limits()) | {"has_sandbox": self.has_sandbox, "readable": self.readable()}
        start = ["-I", "-c", START.format("confinement"), self.place(str(PACKAGE.parent)), json.dumps(settings)]
        try:
            command = [*self.command(), self.place(sys.executable), *start]
            done = subprocess.run(
                command, env=ENVIRONMENT, cwd="/", capture_output=True, text=True, check=False, timeout=TRY_SECONDS
            )
        except (CourseError, OSError) as error:
            return str(error).rstrip(".")
        except subprocess.TimeoutExpired:
            return f"it took more than {TRY_SECONDS:g} s"
        if done.returncode == 0:
            return ""
        return _ERROR_PREFIX.sub("", last_line(done.stderr, f"exit status {done.returncode}")).rstrip(".")

    def works_here(self) -> bool:
        """Say whether it works on this machine."""
        return not self.why_not()


class _Bubblewrap(Isolation):
    """A read-only root with Python and the course's helpers, no network, no environment, no other process.

    Needs the program bwrap and user namespaces, not root.
    """

    has_sandbox = True

    def command(self) -> list[str]:
        program = shutil.which("bwrap")
        if program is None:
            raise CourseError("the program bwrap is not installed (Debian: apt-get install bubblewrap).")
        command = [program, "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"]
        for name, value in ENVIRONMENT.items():
            command += ["--setenv", name, value]
        for path, place in _shown():
            command += ["--ro-bind", path, place]
        command += ["--dev", "/dev", "--tmpfs", "/tmp", "--proc", "/proc", "--remount-ro", "/dev", "--remount-ro", "/"]
        return [*command, "--chdir", "/tmp", "--"]


class _Landlock(Isolation):
    """The same root, built by `worker/namespaces.py`; and Landlock, by which the kernel refuses every other file.

    Needs user namespaces and a kernel with Landlock, not root and no program.
    """

    has_sandbox = True

    def command(self) -> list[str]:
        if not landlock.version():
            raise CourseError("the kernel has no Landlock: it is older than Linux 5.13, or has it switched off.")
        start = [sys.executable, "-I", "-c", START.format("namespaces"), str(PACKAGE.parent)]
        return [*start, json.dumps(_shown())]

    def readable(self) -> list[str]:
        # Python finds a module by the list of its folder. The root of the sandbox holds nothing else of this one.
        return [*(place for _, place in _shown()), place_in_sandbox(str(HELPERS))]


# One row per level, the strongest first.
ISOLATION: dict[IsolationLevel, Isolation] = {
    IsolationLevel.BUBBLEWRAP: _Bubblewrap(),
    IsolationLevel.LANDLOCK: _Landlock(),
    IsolationLevel.NONE: Isolation(),
}


def level_of(name: str) -> IsolationLevel:
    """Return the isolation level called `name`: "bubblewrap", "landlock" or "none".

    Raises CourseError where no level has that name.
    """
    try:
        return IsolationLevel(name)
    except ValueError:
        raise CourseError(f"there is no isolation level {name}; choose one of {', '.join(IsolationLevel)}.") from None


def level_asked_for() -> IsolationLevel | None:
    """Return the isolation level that the environment variable COURSE_SANDBOX names; None where it names none.

    Raises CourseError where no level has that name.
    """
    name = os.environ.get(VARIABLE, "")
    try:
        return level_of(name) if name else None
    except CourseError as error:
        raise CourseError(f"{VARIABLE} is set to {name}: {error}") from None


def chosen_level(name: str | None = None, tell: Callable[[str], None] | None = None) -> IsolationLevel:
    """Return the isolation level called `name`, else the one that COURSE_SANDBOX names, else the strongest.

    tell: as of `strongest_level`. Raises CourseError where no level has that name, or no sandbox can be built.
    """
    return (level_of(name) if name else level_asked_for()) or strongest_level(tell)


def strongest_level(tell: Callable[[str], None] | None = None) -> IsolationLevel:
    """Return the strongest isolation level that works on this machine. Each is tried, the strongest first.

    tell: is given a sentence where stronger levels do not work. Raises CourseError where none does.
    """
    reasons: list[str] = []
    for level, isolation in ISOLATION.items():
        if isolation.has_sandbox:
            reason = isolation.why_not()
            if not reason:
                if reasons and tell:
                    tell(f"{level} is the strongest isolation level that works here; {'; '.join(reasons)}.")
                return level
            reasons.append(f"{level} does not work here ({reason})")
    raise CourseError(
        f"there is no sandbox on this machine: {'; '.join(reasons)}. `autograder doctor` says what to ask the "
        "administrators for; without a sandbox, --sandbox none runs students' code as yourself."
    )


def place_in_sandbox(path: str) -> str:
    """Return where a sandbox shows `path`: at the same place, unless it is in /tmp, which is scratch there."""
    return f"/course{path}" if Path(path).is_relative_to("/tmp") else path


def _shown() -> list[tuple[str, str]]:
    """Return what a sandbox shows of this machine: (path, its place in the sandbox)."""
    shown = [path for path in SYSTEM if Path(path).exists()]
    for path in _python_folders():
        if not any(Path(path).is_relative_to(other) for other in shown):
            shown.append(path)
    engine = PACKAGE / "engine"
    shown += [str(PACKAGE / "__init__.py"), str(engine / "__init__.py"), str(engine / "worker")]
    shown += [str(HELPERS / part) for part in ("__init__.py", *rooms.OPEN_TO_ANSWERS)]
    return [(path, place_in_sandbox(path)) for path in shown]


def _python_folders() -> list[str]:
    folders = {sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")}
    folders.add(str(Path(os.path.realpath(sys.executable)).parents[1]))
    return sorted(folders)
