"""The student's process: it runs the student's cells and answers requests, and knows nothing worth stealing.

A conversation with the judge, in frames of plain data:

    {"do": "files", "files": {...}}      put files into the scratch    -> {}
    {"do": "cell", "source": ...}        run a cell                    -> what `CellOutputs.as_message` returns
    {"do": "names", "source": ..., ...}  run a check, keep names       -> {}
    {"do": "fork"} and a descriptor      a copy answers on it          -> {"ended": exit status} when it has ended

and, with the worker or with a copy, what a `Responder` answers:

    {"do": "read", "name": ...}          read a name                   -> {"value": ...} or {"missing": ...}
    {"do": "call", "name": ..., ...}     call what the student defined -> {"value": ...} or {"raised": ...}
    {"do": "driver", "source": ..., ...} run a driver's text, call it  -> {"value": ...} or {"raised": ...}

Arguments may hold `Defined` names, which stand for what the student's code calls so.

For the checks of an exercise, from one cell to the next, the process forks once and the copy answers them all: what
they break, or leave behind, ends with the copy. A copy per check would cost half as much again as the rest of a
worker's work, and protect nothing more, because what a check expects never comes here. Where calling the code has no
side effects (`side_effects.py`), there is no copy either.
"""

from __future__ import annotations

import builtins
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

from autograder.engine.worker.channel import Channel
from autograder.engine.worker.codec import Defined, Reference, StandIn
from autograder.engine.worker.errors import ConnectionClosed, ProtocolError
from autograder.engine.worker.references import References
from autograder.engine.worker.shell import Shell
from course_utils.check import plain
from course_utils.check.calls import students_line
from course_utils.check.watch import Watch
from course_utils.student.devices import full_float32

Message = dict[str, Any]

# Warnings of one call that are sent back.
MAX_WARNINGS = 20

# Characters of a warning, and of why a value cannot be sent.
MAX_WARNING = 500

# Characters of the text of an error.
MAX_ERROR = 2_000

# Files whose lines are not the student's: those of the engine, and the text of drivers.
ENGINE, DRIVER = str(Path(__file__).parent), "<driver>"

# What a worker says first, so that a failure to build the sandbox is not taken for the student's.
READY = "the sandbox is complete"


class Responder:
    """Answers requests about the names of one namespace. What is not plain data it keeps, and sends a stand-in."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self._kept: list[Any] = []  # by the number that the other side knows it by
        self._references = References()
        self._watched: tuple[tuple[str, ...], int] | None = None  # what `_watch` is for
        self._watch: Watch | None = None

    def respond(self, request: Message) -> Message:
        """Do what a request asks, and return the reply. Raises KeyError where it asks for something else."""
        answer = {"read": self._read, "call": self._call, "driver": self._driver}[request["do"]]
        try:
            return answer(request)
        except _NotDefinedError as error:
            return {"missing": error.name}

    def keep(self, value: Any) -> StandIn:
        """Keep a value here, and return what stands for it on the other side."""
        self._kept.append(value)
        return {"number": len(self._kept) - 1, "kind": plain.kind(value)}

    def with_references(self, reply: Message) -> Message:
        """Return a reply in which references stand for values that are more than plain data can say."""
        return reply | {"value": self._references.refer(reply["value"])} if "value" in reply else reply

    def take_names(self, source: str, wanted: list[str]) -> None:
        """Run a visible check as in a notebook, to its end or to its error, and put what it bound among the names."""
        names = _Layered(self._names)
        with contextlib.suppress(BaseException), warnings.catch_warnings():
            exec(_compiled(source), names)
        self._names |= {name: names[name] for name in wanted if name in names}

    def _read(self, request: Message) -> Message:
        name = request["name"]
        return {"value": self._names[name]} if name in self._names else {"missing": name}

    def _call(self, request: Message) -> Message:
        return self._called(self._defined(request["name"]), request)

    def _driver(self, request: Message) -> Message:
        """Run a driver's text and call it; the text of a check cell has the student's names behind its own."""

        def driven(*args: Any, **kwargs: Any) -> Any:
            names = _Layered({} if request.get("is_whole") else self._names)
            exec(_compiled(request["source"]), names)
            return names[request["name"]](*args, **kwargs)

        return self._called(driven, request)

    def _called(self, function: Callable[..., Any], request: Message) -> Message:
        """Call a function and return the reply; say, too, what it has used of what the check rules out."""
        args, kwargs = self._arguments(request)
        self._watch_for(tuple(request.get("watch", ())))
        if self._watch is None:
            return _called(function, args, kwargs)
        with self._watch.noting() as used:
            reply = _called(function, args, kwargs)
        return reply | {"used": [list(use) for use in used]} if used else reply

    def _watch_for(self, patterns: tuple[str, ...]) -> None:
        """Have functions watched from here on; they stay so from call to call, for to replace them takes time."""
        wanted = (patterns, len(sys.modules))  # a call may have imported some of them
        if wanted != self._watched:
            self.end_watch()
            self._watched, self._watch = wanted, Watch(patterns, self._names) if patterns else None

    def end_watch(self) -> None:
        """Put functions back that are watched: cells find what they would find in a notebook."""
        if self._watch is not None:
            self._watch.end()
        self._watched, self._watch = None, None

    def _defined(self, name: str) -> Any:
        if name not in self._names:
            raise _NotDefinedError(name=name)
        return self._names[name]

    def _arguments(self, request: Message) -> tuple[Any, Any]:
        return self._unkept(request["args"]), self._unkept(request["kwargs"])

    def _unkept(self, value: Any) -> Any:
        """Return what came with the student's own objects instead of what stands for them.

        Raises _NotDefinedError.
        """
        if isinstance(value, plain.Opaque):
            return self._kept[value.number]
        if isinstance(value, Reference):
            return self._references[value.number]
        if isinstance(value, Defined):
            return self._defined(value.name)
        if type(value) in (list, tuple):
            return type(value)(self._unkept(item) for item in value)
        if plain.is_dict(value):
            return {key: self._unkept(item) for key, item in value.items()}
        return value


class _NotDefinedError(NameError):
    """The student's code defines no such `name`."""


class Worker:
    """Serves one submission on one socket."""

    def __init__(self, sock: socket.socket, shell: Shell) -> None:
        self._channel, self._socket, self._shell = Channel(sock), sock, shell
        self._responder = Responder(shell.names)

    def serve(self) -> None:
        """Answer until the judge hangs up."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                self._reply(self._respond(self._channel.receive()))

    def _respond(self, request: Message) -> Message:
        if request["do"] in ("cell", "names", "fork"):
            self._responder.end_watch()
        match request["do"]:
            case "files":
                return self._files(request)
            case "cell":
                return dict(self._shell.run(request["source"]))
            case "names":
                self._shell.inside_loop(self._responder.take_names, request["source"], request["names"])
                return {}
            case "fork":
                return self._fork()
            case _:
                reply = self._shell.inside_loop(self._responder.respond, request)
                loud = self._shell.forget()  # what calls print is not shown, and must not pile up
                return reply | {"loud": True} if loud else reply

    def _reply(self, reply: Message) -> None:
        try:
            self._channel.send(self._responder.with_references(reply), self._responder.keep)
        except ConnectionClosed:
            raise
        except Exception as error:  # too large, too deep, or an array that cannot be copied here
            reason = str(error)[:MAX_WARNING] if isinstance(error, ProtocolError) else type(error).__name__
            self._channel.send({"unsendable": reason})

    def _files(self, request: Message) -> Message:
        for name, content in request["files"].items():
            with contextlib.suppress(OSError):  # no room, or a name that no file can have
                path = Path(name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.tobytes())
                path.chmod(0o444)
        return {}

    def _fork(self) -> Message:
        """Fork a copy that serves the descriptor which comes next, and wait until it ends or the judge hangs up."""
        _, (descriptor,), _, _ = socket.recv_fds(self._socket, 1, 1)
        _kill_strays()
        child = os.fork()
        if child == 0:
            self._socket.close()
            self._shell.be_a_copy()
            with contextlib.suppress(BaseException):
                Worker(socket.socket(fileno=descriptor), self._shell).serve()
            os._exit(0)
        _wait_for_either(child, descriptor)
        _, status = os.waitpid(child, 0)
        _kill_strays()  # one of them might hold the descriptor, and the judge would wait
        return {"ended": os.waitstatus_to_exitcode(status)}


class _Layered(dict[str, Any]):
    """A namespace for a driver: its own names first, Python's built-ins next, and the student's behind them.

    So a student's variable called `sum` changes nothing for a driver that adds up.
    """

    def __init__(self, students: dict[str, Any]) -> None:
        super().__init__(__builtins__=__builtins__)
        self._students = students

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name):
            raise KeyError(name)  # and Python looks among its built-ins
        return self._students[name]


def _called(function: Callable[..., Any], args: Any, kwargs: Any) -> Message:
    """Call a function and return the reply: value or error, warnings, and the arguments if they were changed."""
    before = plain.snapshot((args, kwargs))
    reply: Message = {}
    with warnings.catch_warnings(record=True) as caught, full_float32():
        warnings.simplefilter("always")
        try:
            reply["value"] = function(*args, **kwargs)
        except BaseException as error:  # KeyboardInterrupt, too, may be raised by a line of the student's
            reply["raised"] = _raised(error)
    if plain.first_change(before, (args, kwargs), "") is not None:
        reply["changed"] = (args, kwargs)
    reply["warned"] = [str(warning.message)[:MAX_WARNING] for warning in caught[:MAX_WARNINGS]]
    return reply


def _raised(error: BaseException) -> Message:
    """Describe an error: the built-in kinds that it is, its own name and text, and the student's line."""
    kinds = [kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins"]
    try:
        text = str(error)
    except Exception:
        text = ""
    line = students_line(error, ENGINE, DRIVER)
    return {"kinds": kinds, "name": type(error).__name__, "text": text[:MAX_ERROR], "line": line}


@functools.cache
def _compiled(driver: str) -> CodeType:
    return compile(driver, DRIVER, "exec")


def _wait_for_either(child: int, descriptor: int) -> None:
    """Wait until the copy ends or the judge hangs up; then kill the copy, which might go on for ever."""
    ended, waiting = os.pidfd_open(child), select.poll()
    waiting.register(ended, select.POLLIN)
    waiting.register(descriptor, 0)  # poll always reports a hang-up
    waiting.poll()
    os.close(ended)
    os.close(descriptor)
    os.kill(child, signal.SIGKILL)  # a copy that has ended keeps its exit status


def _kill_strays() -> None:
    """Kill what the student's code has left running, so that it takes nothing from the checks to come."""
    if os.getpid() == 1:  # the first process of a namespace; elsewhere this would kill whoever else is there
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, 0):
                pass


def serve(sock: socket.socket, shell: Shell) -> None:
    """Be the worker of one submission; never returns."""
    shell.take_over()
    try:
        Channel(sock).send(READY)
        Worker(sock, shell).serve()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)
