"""The student's process: it runs the student's cells and answers calls, and knows nothing worth stealing.

A conversation with the judge, in frames of plain data:

    {"do": "files", "files": {...}}      put files into the scratch    -> {}
    {"do": "cell", "source": ...}        run a cell                    -> {"outputs": [...]}
    {"do": "fork"} and a descriptor      a copy answers calls on it    -> {"ended": exit status} when it is done
    {"do": "call", "name": ..., ...}     call what the student defined -> {"value": ...} or {"raised": ...}

For the checks of an exercise, from one cell to the next, the process forks once and the copy answers them all: what
they break, or leave behind, ends with the copy. A copy for each check would cost half as much again as all the rest of
a worker's work, and protect nothing more, as what a check expects never comes here. Where the code is such that calling
it leaves nothing behind (`calm.py`), there is no copy either.
"""

from __future__ import annotations

import contextlib
import functools
import os
import select
import signal
import socket
import sys
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

from autograder.engine.worker.channel import Channel, Gone
from autograder.engine.worker.codec import WireError
from autograder.engine.worker.shell import Shell, Stream
from course_utils.check import plain
from course_utils.check.calls import students_line
from course_utils.student.devices import full_float32

MAX_WARNINGS = 20
READY = "the walls stand"
"""What a worker says first, so that trouble with its walls is not taken for the student's."""


class Worker:
    """Serves one submission on one socket."""

    def __init__(self, sock: socket.socket, shell: Shell) -> None:
        self._channel, self._socket, self._shell = Channel(sock), sock, shell
        self._kept: list[Any] = []  # what stays here, by the number that the judge knows it by

    def serve(self) -> None:
        """Answer until the judge goes away."""
        with contextlib.suppress(Gone):
            while True:
                self._reply(self.respond(self._channel.receive()))

    def respond(self, request: dict) -> dict:
        """Do what a request asks, and return the answer."""
        answers = {
            "files": self._files,
            "cell": self._cell,
            "fork": self._fork,
            "call": self._call,
            "driver": self._driver,
            "read": self._read,
        }
        return answers[request["do"]](request)

    def keep(self, value: Any) -> dict:
        """Keep a value here, and return what stands for it on the other side."""
        self._kept.append(value)
        return {"number": len(self._kept) - 1, "kind": plain.kind(value)}

    def _reply(self, answer: dict) -> None:
        try:
            self._channel.send(answer, self.keep)
        except Gone:
            raise
        except Exception as error:  # too large, too deep, or an array that cannot be copied here
            self._channel.send(
                {"unsendable": str(error)[:500] if isinstance(error, WireError) else type(error).__name__}
            )

    def _files(self, request: dict) -> dict:
        for name, content in request["files"].items():
            with contextlib.suppress(OSError):  # no room, or a name that no file can have
                path = Path(name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.tobytes())
                path.chmod(0o444)
        return {}

    def _cell(self, request: dict) -> dict:
        return {"outputs": self._shell.run(request["source"])}

    def _fork(self, request: dict) -> dict:
        _, (descriptor,), _, _ = socket.recv_fds(self._socket, 1, 1)
        _end_strays()
        child = os.fork()
        if child == 0:
            self._socket.close()
            with contextlib.suppress(BaseException):
                Worker(socket.socket(fileno=descriptor), self._shell).serve()
            os._exit(0)
        _wait_for_either(child, descriptor)
        _, status = os.waitpid(child, 0)
        _end_strays()  # one of them might hold the descriptor, and the judge would wait
        return {"ended": os.waitstatus_to_exitcode(status)}

    def _read(self, request: dict) -> dict:
        name = request["name"]
        return {"value": self._shell.user_ns[name]} if name in self._shell.user_ns else {"missing": name}

    def _call(self, request: dict) -> dict:
        name = request["name"]
        if name not in self._shell.user_ns:
            return {"missing": name}
        return self._answer(self._shell.user_ns[name], request)

    def _driver(self, request: dict) -> dict:
        """Run a driver's text beside the student's code and call it."""

        def driven(*args: Any, **kwargs: Any) -> Any:
            space = _Beside(self._shell.user_ns)
            exec(_compiled(request["source"]), space)
            return space[request["name"]](*args, **kwargs)

        return self._answer(driven, request)

    def _answer(self, function: Callable[..., Any], request: dict) -> dict:
        args, kwargs = self._here(request["args"]), self._here(request["kwargs"])
        before = plain.snapshot((args, kwargs))
        self._shell.shown.outputs.clear()
        answer: dict[str, Any] = {}
        with warnings.catch_warnings(record=True) as caught, full_float32():
            warnings.simplefilter("always")
            try:
                answer["value"] = function(*args, **kwargs)
            except BaseException as error:  # KeyboardInterrupt, too, may be raised by a line of the student's
                answer["raised"] = _told(error)
        if plain.first_change(before, (args, kwargs), "") is not None:
            answer["changed"] = (args, kwargs)
        answer["warned"] = [str(warning.message)[:500] for warning in caught[:MAX_WARNINGS]]
        return answer

    def _here(self, value: Any) -> Any:
        """Put what was kept back in the place of what stood for it."""
        if isinstance(value, plain.Opaque):
            return self._kept[value.number]
        if type(value) in (list, tuple):
            return type(value)(self._here(item) for item in value)
        if type(value) is dict:
            return {key: self._here(item) for key, item in value.items()}
        return value


@functools.cache
def _compiled(driver: str) -> CodeType:
    return compile(driver, "<driver>", "exec")


class _Beside(dict):
    """A namespace for a driver: its own names first, the student's behind them."""

    def __init__(self, students: dict) -> None:
        super().__init__(__builtins__=__builtins__)
        self._students = students

    def __missing__(self, name: str) -> Any:
        return self._students[name]


def _wait_for_either(child: int, descriptor: int) -> None:
    """Wait until the copy ends or the judge hangs up, and then end the copy, which might go on for ever."""
    ended, waiting = os.pidfd_open(child), select.poll()
    waiting.register(ended, select.POLLIN)
    waiting.register(descriptor, 0)  # poll always tells of a hang-up
    waiting.poll()
    os.close(ended)
    os.close(descriptor)
    os.kill(child, signal.SIGKILL)  # a copy that has ended has its status already


def _end_strays() -> None:
    """Kill what the student's code has left running, so that it takes nothing from the checks to come."""
    if os.getpid() == 1:  # of a name space of our own; elsewhere this would kill whoever else is there
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, 0):
                pass


def _told(error: BaseException) -> dict:
    """Say what was raised: the built-in kinds that it is, its own name and text, and the student's line."""
    kinds = [kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins"]
    try:
        text = str(error)
    except Exception:
        text = ""
    return {"kinds": kinds, "name": type(error).__name__, "text": text[:2000], "line": students_line(error)}


def quiet_streams(shell: Shell) -> None:
    """Send what Python prints into the shell's outputs, and what native code prints nowhere."""
    sys.stdin = open(os.devnull)  # noqa: SIM115, PTH123 - for the life of the process
    sys.stdout, sys.stderr = Stream(shell, "stdout"), Stream(shell, "stderr")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)


def serve(sock: socket.socket, shell: Shell) -> None:
    """Be the worker of one submission; never returns."""
    quiet_streams(shell)
    try:
        Channel(sock).send(READY)
        Worker(sock, shell).serve()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)
