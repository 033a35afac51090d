"""A kernel's shell without a kernel: it runs a cell, and keeps what a notebook would show.

The shell, its publisher and its display hook are ipykernel's own, so what students' code asks of them has the answers
that it has in JupyterLab. Their messages go into a `CellOutputs` and not to a socket.
"""

from __future__ import annotations

import asyncio
import builtins
import getpass
import json
import os
import selectors
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn, TypeVar, cast

import comm
import numpy as np
from comm.base_comm import BaseComm
from ipykernel import zmqshell
from ipykernel.compiler import XCachingCompiler
from IPython.core.error import StdinNotImplementedError
from jupyter_client.session import Session
from traitlets.config import Config

from autograder.engine.worker.cell_outputs import CellOutputs
from autograder.engine.worker.streams import Streams

# How often tasks that a cell has started get a turn when it has ended. A kernel gives them one while it waits.
TURNS = 20

# How many turns there are where no task waits: a callback may.
LEAST_TURNS = 3

# The parent of every message: which cell it belongs to is plain here, and widgets want to know it.
PARENT: dict[str, Any] = {"header": {"msg_id": "cell"}}

# Names of the student, for code that asks who runs it.
USER = "student"

Result = TypeVar("Result")


class ZMQInteractiveShell(zmqshell.ZMQInteractiveShell):
    """The shell of a kernel. Its name is the one by which libraries know that they run in a notebook."""

    def enable_gui(self, gui: Any = None) -> None:
        """Do nothing: no window ever opens."""


class Shell:
    """Runs cells, and whatever else is the student's, as a kernel does: inside an event loop.

    names: the namespace in which cells run.
    """

    def __init__(self) -> None:
        """Make the shell of a fork server. The history is off: its thread would not survive a fork."""
        self._shown = CellOutputs()
        self._streams: Streams | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        _as_in_a_kernel()
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        config.IPKernelApp.connection_file = ""
        comm.create_comm = self._new_comm
        kernel = SimpleNamespace(eventloop=None, get_parent=_parent)
        made = ZMQInteractiveShell.instance(config=config, kernel=kernel, compiler_class=XCachingCompiler)
        self._shell = kernel.shell = cast("Any", made)  # IPython has few types
        session = _Session(self._take)
        self._shell.displayhook.session = self._shell.display_pub.session = kernel.session = session
        self._shell.set_parent(PARENT)
        self.names: dict[str, Any] = self._shell.user_ns
        self.names["__name__"] = "__main__"
        self._shell.run_cell("pass")  # what IPython makes for its first cell is made before the forks
        self._shell.execution_count = 1

    def show_an_error(self) -> None:
        """Make what IPython makes for its first traceback, which takes longer the more modules are imported.

        To be called before the forks: each of them would make it for itself.
        """
        self._shell.run_cell("raise Exception")
        for name in ("last_type", "last_value", "last_traceback", "last_exc"):
            sys.__dict__.pop(name, None)
        self._shell.execution_count = 1
        self.forget()

    def take_over(self) -> None:
        """Make this process the kernel of one notebook, in the current folder.

        What is written to stdout and stderr, by Python, child processes and native code, is shown from now on.
        """
        sys.path.insert(0, "")  # modules that a notebook writes can be imported
        self._streams = Streams(lambda name, text: self._shown.write(name, text))

    def run(self, source: str) -> dict[str, np.ndarray]:
        """Run a cell and return what it showed, its error included: JSON as bytes, uint8 (size,).

        The parts are those of `CellOutputs.as_message`.
        """
        self.forget()
        self._open_loop().run_until_complete(self._run(source))
        if self._streams:
            self._streams.collect()
        return self._shown.as_message()

    def forget(self) -> bool:
        """Drop what has been shown: it belongs to no cell. Return whether anything of it was written to stderr."""
        if self._streams:
            self._streams.collect()
        dropped, self._shown = self._shown, CellOutputs()
        return dropped.wrote_to("stderr")

    def be_a_copy(self) -> None:
        """Say that this process is a fork of the one that runs cells, and shows nothing."""
        if self._streams:
            self._streams.drop()
        if self._loop:
            self._loop.close()

    def inside_loop(self, function: Callable[..., Result], *args: Any) -> Result:
        """Call a function where `asyncio.get_running_loop()` returns a loop, as it does in a kernel."""

        async def called() -> Result:
            return function(*args)

        return self._open_loop().run_until_complete(called())

    async def _run(self, source: str) -> None:
        """Run a cell as ipykernel does: one that awaits is awaited, any other is run and done."""
        transformed = self._transformed(source)
        if transformed is not None and self._shell.should_run_async(source, transformed_cell=transformed):
            result = None
            try:
                result = await self._shell.run_cell_async(source, store_history=True, transformed_cell=transformed)
            finally:
                self._shell.events.trigger("post_execute")
                self._shell.events.trigger("post_run_cell", result)
        else:
            self._shell.run_cell(source, store_history=True)
        self._shell.payload_manager.clear_payload()
        for turn in range(TURNS):
            await asyncio.sleep(0)
            if turn >= LEAST_TURNS and len(asyncio.all_tasks()) == 1:  # this one
                break

    def _transformed(self, source: str) -> str | None:
        try:
            return self._shell.transform_cell(source)
        except Exception:  # the shell says what is wrong with it when it runs it
            return None

    def _open_loop(self) -> asyncio.AbstractEventLoop:
        """Return the event loop of this process; a new one at first, and where code or `be_a_copy` has closed it.

        It waits with poll and not with epoll, whose state two processes would share after a fork.
        """
        if self._loop is None or self._loop.is_closed():
            self._loop = asyncio.SelectorEventLoop(selectors.PollSelector())
            asyncio.set_event_loop(self._loop)
        return self._loop

    def _take(self, kind: str, content: dict[str, Any]) -> None:
        if self._streams:
            self._streams.collect()
        self._shown.take(kind, content)

    def _new_comm(self, *args: Any, **kwargs: Any) -> BaseComm:
        return _Comm(self, *args, **kwargs)

    def hide(self, hides: bool) -> None:
        """Say whether what is shown from now on belongs to a widget."""
        if self._streams:
            self._streams.collect()
        self._shown.is_hidden = hides


def _parent(channel: str | None = None) -> dict[str, Any]:
    return PARENT


class _Comm(BaseComm):
    """A line to a widget in a browser that is not there. An Output widget says on it which outputs are its own."""

    def __init__(self, shell: Shell, *args: Any, **kwargs: Any) -> None:
        self._of_shell = shell
        super().__init__(*args, **kwargs)

    def publish_msg(self, msg_type: str, data: Any = None, *args: Any, **kwargs: Any) -> None:
        content: dict[str, Any] = data or {}
        state: dict[str, Any] = content.get("state") or {}
        if "msg_id" in state and msg_type == "comm_msg":
            self._of_shell.hide(bool(state["msg_id"]))


class _Session(Session):
    """Hands messages over as they arrive in a notebook: as JSON, with bytes and numbers written as ipykernel does."""

    def __init__(self, take: Callable[[str, dict[str, Any]], None]) -> None:
        super().__init__(key=b"")
        self._take_message = take

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, *args: Any, **kwargs: Any) -> Any:
        is_message = isinstance(msg_or_type, dict)
        message: dict[str, Any] = cast(Any, msg_or_type) if is_message else _message(self, msg_or_type, content)
        *_, written = cast("list[bytes]", cast(Any, self).serialize(message))  # the last part is the content
        self._take_message(message["header"]["msg_type"], json.loads(written))
        return message


def _message(session: Any, kind: str, content: dict[str, Any] | None) -> dict[str, Any]:
    return session.msg(kind, content)


def _refusing(asking: str) -> Callable[..., NoReturn]:
    """Return what refuses to ask, in the words of a kernel whose notebook is run from its first cell to its last."""

    def refuse(prompt: str = "", stream: Any = None) -> NoReturn:
        raise StdinNotImplementedError(f"{asking} was called, but this frontend does not support input requests.")

    return refuse


def _as_in_a_kernel() -> None:
    """Set what code finds in the process of a kernel, and a fork server would not have."""
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    os.environ["USER"] = USER
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    sys.breakpointhook = _no_debugger
    builtins.input, getpass.getpass = _refusing("raw_input"), _refusing("getpass")


def _no_debugger(*args: Any, **kwargs: Any) -> None:
    """Do nothing: a kernel has debugpy's hook, which waits for nobody either."""
