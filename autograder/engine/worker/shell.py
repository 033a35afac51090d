"""IPython without a kernel: it runs a cell and keeps what a notebook would show."""

from __future__ import annotations

import io
import json
import os
from typing import Any, cast

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Instance, Type
from traitlets.config import Config

# Bytes that the outputs of one cell may take. What comes after is dropped, and a last line says so.
MAX_SHOWN = 2 << 20

# An output of a cell, as a notebook has it.
Output = dict[str, Any]


class CellOutputs:
    """What a cell has shown so far, as the outputs of a notebook."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []
        self._size = 0

    def add(self, output: Output) -> None:
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


def _size(output: Output) -> int:
    """Return about how many bytes an output takes when it is sent."""
    try:
        return len(json.dumps(output))
    except (TypeError, ValueError):  # holds what JSON cannot: it will be refused, and not for its size
        return len(repr(output))


class Stream(io.TextIOBase):
    """Stands in for sys.stdout or sys.stderr and writes into what the shell shows."""

    encoding = "utf-8"

    def __init__(self, shell: Shell, name: str) -> None:
        """name: "stdout" or "stderr"."""
        self._shell, self._name = shell, name

    def writable(self) -> bool:
        """Return True, as a stream for output does."""
        return True

    def isatty(self) -> bool:
        """Return False: there is no terminal."""
        return False

    def write(self, text: str) -> int:
        """Show `text` and return its length. Raises TypeError if it is not a string, as every text stream does."""
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance] # students' code is not typed
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if text:
            self._shell.shown.add({"output_type": "stream", "name": self._name, "text": text})
        return len(text)


class _Publisher(DisplayPublisher):
    shell: Shell

    def publish(  # pyright: ignore[reportIncompatibleMethodOverride] # the rest is taken by name, and not shown
        self, data: dict[str, Any], metadata: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        self.shell.shown.add({"output_type": "display_data", "data": data, "metadata": metadata or {}})


class _Hook(DisplayHook):
    shell: Shell

    def start_displayhook(self) -> None:
        self._data: dict[str, Any] = {}

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        count = cast("int", self.prompt_count)  # pyright: ignore[reportUnknownMemberType] # IPython has few types
        shown = {"output_type": "execute_result", "data": format_dict, "metadata": md_dict or {}}
        self.shell.shown.add(shown | {"execution_count": count})

    def finish_displayhook(self) -> None:
        pass


class Shell(InteractiveShell):
    """An InteractiveShell whose output goes into `shown`."""

    shown = Instance(CellOutputs, ())
    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_Hook)

    @property
    def names(self) -> dict[str, Any]:
        """The namespace in which cells run."""
        return cast("dict[str, Any]", self.user_ns)  # pyright: ignore[reportUnknownMemberType] # IPython has few types

    def run(self, source: str, store_history: bool = True) -> list[Output]:
        """Run a cell and return what it showed, its error included."""
        self.shown = CellOutputs()
        self.run_cell(source, store_history)  # pyright: ignore[reportUnknownMemberType] # IPython has few types
        return self.shown.outputs

    def enable_gui(self, gui: Any = None) -> None:
        """Do nothing: no window ever opens."""

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        text = {"ename": etype.__name__, "evalue": str(evalue), "traceback": [str(line) for line in stb]}
        self.shown.add({"output_type": "error", **text})


def new_shell() -> Shell:
    """Make the shell of a fork server. The history is off: its thread would not survive a fork."""
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell = Shell.instance(config=config)
    shell.names["__name__"] = "__main__"
    shell.run("pass", store_history=False)  # what IPython makes for its first cell is made before the forks
    shell.shown = CellOutputs()
    return shell
