"""What a cell shows, as a notebook keeps it: what replaces, replaces, and what is too large is cut.

The messages are those of the Jupyter protocol (jupyter-client.readthedocs.io, "Messaging in Jupyter"), and what becomes
of each is what nbclient and JupyterLab make of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np

# Characters of text, and of all else as JSON, that the outputs of one cell may take. Neither takes the place of the
# other, so the last line that a cell prints is there however much it has drawn.
MAX_TEXT = 2 << 20
MAX_DISPLAYS = 2 << 20

# Outputs of one cell.
MAX_OUTPUTS = 2_000

# What stands at the end of outputs that were cut.
CUT = "\n(more output than is kept)\n"

# An output of a cell, or the content of a message, as a notebook has it.
Output = dict[str, Any]


@dataclass
class _Shown:
    """One output. pieces: the text of a stream, joined at the end, because joining each time costs the square."""

    output: Output
    size: int
    display_id: str | None = None
    pieces: list[str] = field(default_factory=list[str])

    def as_output(self) -> Output:
        return self.output | {"text": "".join(self.pieces)} if self.pieces else self.output


class CellOutputs:
    """The outputs of one cell so far.

    is_hidden: whether what comes belongs to a widget (`with Output():`), which shows it apart from the cell.
    """

    def __init__(self) -> None:
        self.is_hidden = False
        self._shown: list[_Shown] = []
        self._updates: dict[str, Output] = {}  # by display_id, of displays of earlier cells
        self._text_left, self._displays_left = MAX_TEXT, MAX_DISPLAYS
        self._clears_with_next = False
        self._is_cut = False

    def write(self, name: str, text: str) -> None:
        """Add text to the stream `name`; it is joined to the last output if that is the same stream's."""
        if self.is_hidden or not text:
            return
        self._begin()
        if len(text) > self._text_left:
            text, self._is_cut = text[: self._text_left], True
        self._text_left -= len(text)
        stream = self._stream_to_join(name)
        if stream is None:
            stream = _Shown({"output_type": "stream", "name": name}, 0)
            self._shown.append(stream)
        stream.pieces.append(text)
        stream.size += len(text)

    def take(self, kind: str, content: Output) -> None:
        """Take a message of the Jupyter protocol; one that shows nothing is ignored.

        kind: "display_data", "execute_result", "update_display_data", "error", "clear_output", or any other.
        content: as the protocol has it.
        """
        if self.is_hidden:
            return
        if kind == "clear_output":
            self._clears_with_next = bool(content.get("wait"))
            if not self._clears_with_next:
                self._clear()
        elif kind == "error":
            self._show(_Shown({"output_type": "error", **content}, _size(content)))
        elif kind in ("display_data", "execute_result", "update_display_data"):
            self._display(kind, content)

    def wrote_to(self, name: str) -> bool:
        """Say whether anything was written to the stream `name`."""
        return any(shown.output.get("name") == name for shown in self._shown)

    def as_message(self) -> dict[str, np.ndarray]:
        """Return the outputs, and what the cell has changed in displays of earlier cells: JSON as bytes, uint8 (size,).

        outputs: a list of outputs, in each of which "display_id" is the name by which later cells may change it.
        updates: by display_id, the new data and metadata.
        """
        outputs = [
            shown.as_output() | ({"display_id": shown.display_id} if shown.display_id else {}) for shown in self._shown
        ]
        if self._is_cut:
            outputs.append({"output_type": "stream", "name": "stdout", "text": CUT})
        parts = {"outputs": outputs, "updates": self._updates}
        return {name: np.frombuffer(json.dumps(part).encode(), np.uint8) for name, part in parts.items()}

    def _display(self, kind: str, content: Output) -> None:
        transient: Output = content.get("transient") or {}
        metadata: Output = content.get("metadata") or {}
        display_id = transient.get("display_id")
        if display_id:
            self._update(str(display_id), content["data"], metadata)
        if kind == "update_display_data":
            return
        output: Output = {"output_type": kind, "data": content["data"], "metadata": metadata}
        if kind == "execute_result":
            output["execution_count"] = content.get("execution_count")
        self._show(_Shown(output, _size(output), str(display_id) if display_id else None))

    def _update(self, display_id: str, data: Output, metadata: Output) -> None:
        """Replace what is displayed under this name, here and in earlier cells."""
        for shown in self._shown:
            if shown.display_id == display_id:
                self._displays_left += shown.size
                shown.output = shown.output | {"data": self._fitting(data), "metadata": metadata}
                shown.size = _size(shown.output)
                self._displays_left -= shown.size
        self._updates.pop(display_id, None)
        if len(self._updates) < MAX_OUTPUTS and sum(map(_size, self._updates.values())) + _size(data) <= MAX_DISPLAYS:
            self._updates[display_id] = {"data": data, "metadata": metadata}

    def _show(self, shown: _Shown) -> None:
        self._begin()
        if "data" in shown.output:
            shown.output["data"] = self._fitting(shown.output["data"])
            shown.size = _size(shown.output)
        if len(self._shown) >= MAX_OUTPUTS or shown.size > self._displays_left or shown.output.get("data") == {}:
            self._is_cut = True
            return
        self._displays_left -= shown.size
        self._shown.append(shown)

    def _fitting(self, data: Output) -> Output:
        """Return those forms of a display for which there is room, so that of a huge picture its text remains."""
        fitting: Output = {}
        left = self._displays_left
        for form in sorted(data, key=lambda form: _size(data[form])):
            left -= _size(data[form])
            if left >= 0:
                fitting[form] = data[form]
        self._is_cut |= len(fitting) < len(data)
        return {form: data[form] for form in data if form in fitting}

    def _stream_to_join(self, name: str) -> _Shown | None:
        """Return the stream to which text is added; None where it begins a new output."""
        if self._shown and self._shown[-1].output.get("name") == name:
            return self._shown[-1]
        if len(self._shown) < MAX_OUTPUTS:
            return None
        return next((shown for shown in reversed(self._shown) if shown.output.get("name") == name), None)

    def _begin(self) -> None:
        if self._clears_with_next:
            self._clears_with_next = False
            self._clear()

    def _clear(self) -> None:
        self._shown, self._is_cut = [], False
        self._text_left, self._displays_left = MAX_TEXT, MAX_DISPLAYS


def _size(content: object) -> int:
    return len(json.dumps(content))
