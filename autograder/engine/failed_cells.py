"""The cells of a submission that ended in an error: why a name is not there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nbformat import NotebookNode

# Characters of an error's text that are quoted.
MAX_QUOTED = 200

# How IPython names the place of a syntax error: "(4711.py, line 2)". Only the line says something to a student.
_PLACE = re.compile(r" \([^()]*, line (\d+)\)$")

# How Python names the file of a module from which a name could not be imported.
_FILE = re.compile(r" \((?:/[^()]*|unknown location)\)$")

# An error by which Python says that a helper of the lectures is not there, and what a student reads of it.
_HELPER = re.compile(r"No module named 'course_utils\.|cannot import name '\w+' from 'course_utils'")
_NOT_THERE = " (a helper of the lectures; none is there when answers are graded)"

# An error by which Python says that a name is missing.
_MISSING = re.compile(r"name '(\w+)' is not defined")


class FailedCells:
    """Remembers how cells failed, and says of a name whether a cell that was to define it is among them."""

    def __init__(self) -> None:
        self._failed: list[tuple[str, str]] = []  # (source, how it failed)

    def ended(self, source: str, outputs: Sequence[NotebookNode]) -> None:
        """Note how a cell ended that has run, where its last output is an error."""
        if outputs and outputs[-1].output_type == "error":
            text = (outputs[-1].evalue.strip().splitlines() or [""])[0]
            text = _FILE.sub("", _PLACE.sub(r" (line \1)", text))
            said = f"{outputs[-1].ename}: {text}".rstrip(": .") + (_NOT_THERE if _HELPER.match(text) else "")
            self._failed.append((source, f"ended in {said[:MAX_QUOTED]}."))

    def lost(self, source: str, how: str) -> None:
        """Note a cell in which the worker was lost. how: what the cell did, as a clause without its subject."""
        self._failed.append((source, how))

    def about(self, name: str) -> str:
        """Return why `name` is not defined, in a sentence; empty where no failed cell was to define it."""
        defines = re.compile(rf"^\s*(?:(?:async\s+)?def|class)\s+{name}\b|^\s*{name}\s*[:=](?!=)", re.MULTILINE)
        hows = [how for source, how in self._failed if defines.search(source)]
        return f"`{name}` is not defined: its cell {hows[-1]}" if hows else ""

    def about_error(self, text: str) -> str:
        """Return as `about` does, for the text of an error by which Python says that a name is missing."""
        found = _MISSING.match(text)
        return self.about(found[1]) if found else ""
