"""IPython without a kernel: it runs a cell and keeps what a notebook would show."""

from __future__ import annotations

import io
import json
import os
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Any as AnyTrait
from traitlets import Type
from traitlets.config import Config

MAX_SHOWN = 2 << 20
"""Bytes that the outputs of one cell may take; what comes after is dropped and said to be."""


class Shown:
    """What a cell has shown so far, as the outputs of a notebook."""

    def __init__(self) -> None:
        self.outputs: list[dict] = []
        self._size = 0

    def add(self, output: dict) -> None:
        """Append an output; text on the stream of the last output is joined to it."""
        size = _size(output)
        if self._size > MAX_SHOWN:
            return
        self._size += size
        if self._size > MAX_SHOWN:
            output = {"output_type": "stream", "name": "stdout", "text": "\n(more output than is kept)\n"}
        last = self.outputs[-1] if self.outputs else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            last["text"] += output["text"]
        else:
            self.outputs.append(output)


def _size(output: dict) -> int:
    """Return about how many bytes an output takes when it is sent."""
    try:
        return len(json.dumps(output))
    except (TypeError, ValueError):  # holds what is no JSON: it will be refused, and not for its size
        return len(repr(output))


class Stream(io.TextIOBase):
    """Stands for sys.stdout or sys.stderr and writes into what the shell shows."""

    encoding = "utf-8"

    def __init__(self, shell: Shell, name: str) -> None:
        self._shell, self._name = shell, name

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if text:
            self._shell.shown.add({"output_type": "stream", "name": self._name, "text": text})
        return len(text)


class _Publisher(DisplayPublisher):
    def publish(self, data: dict, metadata: dict | None = None, **kwargs: Any) -> None:
        self.shell.shown.add({"output_type": "display_data", "data": data, "metadata": metadata or {}})


class _Hook(DisplayHook):
    def start_displayhook(self) -> None:
        self._data: dict = {}

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict, md_dict: dict | None = None) -> None:
        count = self.prompt_count
        shown = {"output_type": "execute_result", "data": format_dict, "metadata": md_dict or {}}
        self.shell.shown.add(shown | {"execution_count": count})

    def finish_displayhook(self) -> None:
        pass


class Shell(InteractiveShell):
    """An InteractiveShell whose output goes into `shown`."""

    shown = AnyTrait()
    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_Hook)

    def run(self, source: str) -> list[dict]:
        """Run a cell and return what it showed, its error included."""
        self.shown = Shown()
        self.run_cell(source, store_history=True)
        return self.shown.outputs

    def enable_gui(self, gui: Any = None) -> None:
        """No window ever opens."""

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        text = {"ename": etype.__name__, "evalue": str(evalue), "traceback": [str(line) for line in stb]}
        self.shown.add({"output_type": "error", **text})


def new_shell() -> Shell:
    """Make the shell of a warm parent. The history is off: its thread would not survive a fork."""
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell = Shell.instance(config=config)
    shell.shown = Shown()
    shell.user_ns["__name__"] = "__main__"
    shell.run_cell("pass", store_history=False)  # what IPython makes for its first cell is made before the forks
    return shell
