"""The walls around the workers, from the strongest that this machine allows to none.

bubblewrap  a file system of its own, read-only, with Python and the course's helpers and nothing else; no network; no
            environment; no other process. Needs the program `bwrap` and user name spaces, not root.
landlock    the same view, built by `namespaces` where there is no `bwrap`, and Landlock on top, by which the kernel
            refuses every other file. Needs user name spaces and a kernel with Landlock, not root.
none        limits on time, memory and files only. The student's code runs as whoever grades. Refused unless asked for.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.engine.worker import landlock
from autograder.engine.worker.channel import Channel, Gone, TooSlow
from autograder.engine.worker.codec import WireError
from autograder.engine.worker.forkserver import READY, SETTLE
from autograder.errors import CourseError

PACKAGE = Path(__file__).resolve().parents[1]
"""The package `autograder`; of it, a worker sees only `engine/worker/`."""
START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from autograder.engine.worker import {0}; {0}.main()"
SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/fonts", "/etc/alternatives")


@dataclass(frozen=True)
class Limits:
    """What one worker may use. Bytes and seconds."""

    memory_bytes: int = 4 << 30
    scratch_bytes: int = 64 << 20
    processes: int = 200
    call_seconds: float = 20.0
    cell_seconds: float = 60.0
    submission_seconds: float = 600.0


START_SECONDS = 30.0
MAX_NAMES = 500
"""Modules named in one message to the parent, which has an end."""


class Leash:
    """Holds one worker: its channel, and the means to end it. `cpu_seconds`: of the worker, known when it has ended."""

    def __init__(self, sock: socket.socket, leash: socket.socket) -> None:
        self.socket, self.channel, self._leash = sock, Channel(sock), leash
        self.cpu_seconds = 0.0

    def wait_until_ready(self) -> None:
        """Wait until the walls stand around the worker. Raises CourseError where they cannot be built."""
        try:
            self.channel.receive(START_SECONDS)
        except (Gone, TooSlow, WireError):
            self.kill()
            raise CourseError("a worker could not be started in the sandbox; is there memory left?") from None

    def let_go(self) -> None:
        """Have the worker ended, with every process it has started, and do not wait for it."""
        with contextlib.suppress(OSError):
            self._leash.shutdown(socket.SHUT_WR)
        self.channel.close()

    def kill(self) -> None:
        """End the worker, with every process it has started, and wait until it has ended."""
        self.let_go()
        self.ended(5.0)
        self._leash.close()

    def ended(self, seconds: float) -> int | None:
        """Return the exit status of a worker that has ended (below 0: the signal); None where it has not in time."""
        try:
            self._leash.settimeout(seconds)
            status, cpu_seconds = self._leash.recv(64).split()
            self.cpu_seconds = float(cpu_seconds)
            return int(status)
        except (OSError, ValueError):  # not yet, asked a second time, or the keeper itself was killed
            return None


class Sandbox:
    """A warm parent of workers behind walls. `rung` says which walls hold."""

    def __init__(self, rung: str, preload: Sequence[str] = (), limits: Limits | None = None) -> None:
        """Start the parent and wait until it has imported what it is to keep warm.

        rung: "bubblewrap", "landlock" or "none". preload: names of modules.
        Raises CourseError where the walls cannot be built here.
        """
        self.rung, self.limits = rung, limits or Limits()
        walls, place = _WALLS[rung](), str if rung == "none" else _behind
        settings = asdict(self.limits) | {"preload": list(preload), "namespaces": rung != "none"}
        settings["readable"] = [place for _, place in _seen()] if rung == "landlock" else []
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        python = [place(sys.executable), "-I", "-c", START.format("forkserver"), place(str(PACKAGE.parent))]
        command = [*walls, *python, str(theirs.fileno()), json.dumps(settings)]
        with theirs:
            self._process = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=ENVIRONMENT,
                cwd="/",
            )
        if self._control.recv(64) != READY:
            reason = self._process.stderr.read().decode(errors="replace").strip().splitlines()[-1:] or [
                "no reason given"
            ]
            raise CourseError(f"the sandbox {rung} does not start here ({reason[0]}); see docs/autograder.md.")

    def warm_up(self, modules: Sequence[str]) -> None:
        """Import these, too, and settle for many workers. Modules that are not there are left out."""
        pieces = [list(modules[start : start + MAX_NAMES]) for start in range(0, len(modules), MAX_NAMES)]
        with contextlib.suppress(OSError):  # a parent that is gone is noticed by the first submission
            for piece in [*pieces, SETTLE]:
                self._control.send(json.dumps(piece).encode())
                self._control.recv(64)

    def worker(self) -> Leash:
        """Fork a worker that has run nothing yet; it is there when `wait_until_ready` returns."""
        (mine, theirs), (leash, keeper) = socket.socketpair(), socket.socketpair()
        with theirs, keeper, contextlib.suppress(OSError):
            socket.send_fds(self._control, [b"fork"], [theirs.fileno(), keeper.fileno()])
        return Leash(mine, leash)

    def is_alive(self) -> bool:
        """Say whether the parent still runs; when it ends, so do its workers."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the parent; its workers end with it."""
        self._control.close()
        self._process.terminate()
        self._process.wait()
        self._process.stderr.close()


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


def best_rung() -> str:
    """Return the strongest rung that holds on this machine.

    Raises CourseError where there is none but "none".
    """
    if shutil.which("bwrap") and _stand(_bubblewrap()):
        return "bubblewrap"
    if landlock.version() and _stand(_own_namespaces()):
        return "landlock"
    raise CourseError(
        "there is no sandbox on this machine: install bubblewrap (Debian: apt-get install bubblewrap), "
        "or accept to run students' code as yourself with --sandbox none."
    )


def _stand(walls: list[str]) -> bool:
    return subprocess.run([*walls, "/bin/true"], env=ENVIRONMENT, capture_output=True, check=False).returncode == 0


def _bubblewrap() -> list[str]:
    """Return the command that builds the walls, up to the program that is to run behind them.

    Raises CourseError where there is no bubblewrap.
    """
    if not shutil.which("bwrap"):
        raise CourseError(
            "the sandbox bubblewrap needs the program bwrap: install it (Debian: apt-get install bubblewrap)."
        )
    command = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"]
    for name, value in ENVIRONMENT.items():
        command += ["--setenv", name, value]
    for path, place in _seen():
        command += ["--ro-bind", path, place]
    command += ["--dev", "/dev", "--tmpfs", "/tmp", "--proc", "/proc", "--remount-ro", "/dev", "--remount-ro", "/"]
    return [*command, "--chdir", "/tmp", "--"]


def _own_namespaces() -> list[str]:
    """Return the command that builds such walls without bubblewrap.

    Raises CourseError where the kernel has no Landlock to put on top of them.
    """
    if not landlock.version():
        raise CourseError(
            "the sandbox landlock needs a kernel with Landlock, Linux 5.13 or newer with landlock among its security "
            "modules; install bubblewrap, or grade on another machine."
        )
    start = [sys.executable, "-I", "-c", START.format("namespaces"), str(PACKAGE.parent)]
    return [*start, json.dumps(_seen())]


_WALLS = {"bubblewrap": _bubblewrap, "landlock": _own_namespaces, "none": list}


def _seen() -> list[tuple[str, str]]:
    """Return what is to be seen behind the walls: (path, where it is there)."""
    seen = [path for path in SYSTEM if Path(path).exists()]
    for path in _python_folders():
        if not any(Path(path).is_relative_to(other) for other in seen):
            seen.append(path)
    engine = PACKAGE / "engine"
    seen += [str(PACKAGE / "__init__.py"), str(engine / "__init__.py"), str(engine / "worker")]
    seen.append(str(PACKAGE.parent / "course_utils"))
    return [(path, _behind(path)) for path in seen]


def _behind(path: str) -> str:
    """Return where `path` is behind the walls: where it is, but for what lies in /tmp, which is scratch there."""
    return f"/course{path}" if Path(path).is_relative_to("/tmp") else path


def _python_folders() -> list[str]:
    folders = {sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")}
    folders.add(str(Path(os.path.realpath(sys.executable)).parents[1]))
    return sorted(folders)
