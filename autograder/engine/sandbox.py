"""The sandbox: a fork server inside an isolation level, and handles on the workers that it forks."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import IO, Any, cast

from autograder.engine.cpu_time import Usage, sender, tell_sender, usage_of
from autograder.engine.isolation import ENVIRONMENT, ISOLATION, PACKAGE, START, IsolationLevel
from autograder.engine.worker.channel import Channel
from autograder.engine.worker.errors import EngineError
from autograder.engine.worker.forkserver import FAILED, OVER_MEMORY, READY
from autograder.errors import CourseError
from autograder.settings import Limits

# How long a worker may take to be ready, in wall-clock time; one that cannot start says so at once.
START_SECONDS = 120.0

# How long a worker may take to end when its supervisor has killed it.
KILL_SECONDS = 5.0

# How long a supervisor may take to say why it could not start a worker.
EXIT_SECONDS = 1.0

# Modules named in one message to the fork server, which reads a limited number of bytes at once.
MAX_NAMES = 500


class WorkerHandle:
    """One worker: the channel to it, and the means to end it.

    limits: as of its sandbox. is_alone: whether it sees no other process, so that none of its own can end it.
    Known when it has ended: `cpu_seconds`, what it used; `over_memory`, whether the supervisor ended it for its memory.
    """

    def __init__(self, sock: socket.socket, supervisor: socket.socket, limits: Limits, is_alone: bool) -> None:
        """sock: leads to the worker. supervisor: leads to the process that kills it and says how it ended."""
        self.socket, self.channel, self._supervisor = sock, Channel(sock), supervisor
        self.limits, self.is_alone = limits, is_alone
        self.cpu_seconds, self.over_memory = 0.0, False
        self._pid = 0
        tell_sender(sock)

    def wait_until_ready(self) -> None:
        """Wait until the sandbox around the worker is complete. Raises CourseError where it cannot be built."""
        try:
            self.socket.settimeout(START_SECONDS)
            self._pid = sender(self.socket)
            self.channel.receive(START_SECONDS)
        except (OSError, EngineError):
            reason = self._why_not_started()
            self.kill()
            raise CourseError(
                f"a worker could not be started in the sandbox ({reason}); `autograder doctor` says what to ask for."
            ) from None

    def _why_not_started(self) -> str:
        """Return what the supervisor says of a worker that could not be started."""
        try:
            self._supervisor.settimeout(EXIT_SECONDS)
            said = self._supervisor.recv(1024).decode(errors="replace")
        except OSError:
            said = ""
        return said.removeprefix(FAILED) if said.startswith(FAILED) else "no reason given; is there memory left?"

    def usage(self) -> Usage:
        """Return what the worker and all that it has started have used so far, while it runs."""
        return usage_of(self._pid)

    def start_to_kill(self) -> None:
        """Have the worker and every process that it has started killed, and do not wait for it."""
        with contextlib.suppress(OSError):
            self._supervisor.shutdown(socket.SHUT_WR)
        self.channel.close()

    def kill(self) -> None:
        """Kill the worker and every process that it has started, and wait until it has ended."""
        self.start_to_kill()
        self.exit_status(KILL_SECONDS)
        self._supervisor.close()

    def exit_status(self, seconds: float) -> int | None:
        """Wait at most `seconds` for the worker's exit status (below 0: a signal); None if there is none by then.

        The supervisor tells it once: a second call returns None.
        """
        try:
            self._supervisor.settimeout(seconds)
            status, cpu_seconds, *why = self._supervisor.recv(64).decode().split()
            self.cpu_seconds, self.over_memory = float(cpu_seconds), why == [OVER_MEMORY]
            return int(status)
        except (OSError, ValueError):  # not yet, asked a second time, or the supervisor itself was killed
            return None


class Sandbox:
    """A fork server in a sandbox. It has imported what workers need, so a worker costs a fork."""

    def __init__(self, level: IsolationLevel, preload: Sequence[str] = (), limits: Limits | None = None) -> None:
        """Start the fork server and wait until it has imported the modules named in `preload`.

        Raises CourseError where the sandbox cannot be built here.
        """
        self.level, self.limits = level, limits or Limits()
        isolation = ISOLATION[level]
        settings = asdict(self.limits) | {
            "preload": list(preload),
            "has_sandbox": isolation.has_sandbox,
            "readable": isolation.readable(),
        }
        start = ["-I", "-c", START.format("forkserver"), isolation.place(str(PACKAGE.parent))]
        command = [*isolation.command(), isolation.place(sys.executable), *start]
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [*command, str(theirs.fileno()), json.dumps(settings)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=ENVIRONMENT,
                cwd="/",
            )
        self._stderr = cast("IO[bytes]", self._process.stderr)  # a pipe, as asked for
        if self._control.recv(64) != READY:
            lines = self._stderr.read().decode(errors="replace").strip().splitlines()
            reason = lines[-1] if lines else "no reason given"
            self.close()
            raise CourseError(f"the sandbox {level} does not start here ({reason}); see docs/autograder.md.")

    def preload(self, modules: Sequence[str]) -> None:
        """Import these modules, too, and prepare for many forks. Modules that do not exist are left out."""
        pieces = [list(modules[start : start + MAX_NAMES]) for start in range(0, len(modules), MAX_NAMES)]
        with contextlib.suppress(OSError):  # a fork server that has ended is noticed by the first submission
            for piece in pieces:
                self._tell({"do": "import", "modules": piece})
            self._tell({"do": "freeze"})

    def start_worker(self) -> WorkerHandle:
        """Fork a worker that has run nothing yet; it is usable when `wait_until_ready` returns."""
        (ours, theirs), (supervisor, their_supervisor) = socket.socketpair(), socket.socketpair()
        has_sandbox = ISOLATION[self.level].has_sandbox
        worker = WorkerHandle(ours, supervisor, self.limits, has_sandbox)  # before the other side sends anything
        with theirs, their_supervisor, contextlib.suppress(OSError):
            message = json.dumps({"do": "fork"}).encode()
            socket.send_fds(self._control, [message], [theirs.fileno(), their_supervisor.fileno()])
        return worker

    def is_alive(self) -> bool:
        """Say whether the fork server still runs; when it ends, its workers end, too."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the fork server and, with it, its workers."""
        self._control.close()
        self._process.terminate()
        self._process.wait()
        self._stderr.close()

    def _tell(self, message: dict[str, Any]) -> None:
        """Send a message to the fork server and wait until it has been carried out."""
        self._control.send(json.dumps(message).encode())
        self._control.recv(64)
