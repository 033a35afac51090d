"""In a notebook: the picture of an answer is drawn again when a check of the answer passes.

The cell of a picture stands below the check. A student who repairs an answer runs the answer and its check again; the
picture would go on showing the old answer, or that there is none.
"""

from __future__ import annotations

import ast
import contextlib
import symtable
import uuid
from types import ModuleType
from typing import Any, NamedTuple

from course_utils.check import fingerprint
from course_utils.drawing.pictures import Picture
from course_utils.student.kernel import shell_of_this_kernel


class _Drawn(NamedTuple):
    """A picture on the page. `answers`: the student's objects that it shows, by name."""

    display_id: str
    answers: dict[str, Any]


def attach() -> None:
    """Follow the cells of the notebook of which this process is the kernel; do nothing without one."""
    shell = shell_of_this_kernel()
    if shell is not None:
        _Listener(shell)


class _Listener:
    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._drawn: dict[str, _Drawn] = {}  # by the source of the cell
        self._shown: str | None = None
        shell.display_formatter.ipython_display_formatter.for_type(Picture, self._show)
        shell.events.register("post_run_cell", self._end)

    def _show(self, picture: Picture) -> None:
        """Show a picture as `display` does with a `display_id`: the value of a cell could not be replaced later."""
        self._shown = uuid.uuid4().hex
        self._publish(picture, self._shown)

    def _end(self, result: Any) -> None:
        source, shown = result.info.raw_cell, self._shown
        self._shown = None
        if shown is not None:
            self._drawn[source] = _Drawn(shown, self._answers(source))
        elif result.success and fingerprint.recorder is not None and fingerprint.recorder.is_answered:
            self._redraw(self._answers(source))

    def _redraw(self, passed: dict[str, Any]) -> None:
        """Draw again what shows an answer that has `passed` and has changed since it was drawn."""
        for source, drawn in self._drawn.items():
            answers = self._answers(source)
            if passed.keys() & answers.keys() and any(drawn.answers.get(name) is not answers[name] for name in answers):
                with contextlib.suppress(Exception):  # what cannot be drawn stays as it is; its own cell says why
                    self._publish(_value(source, dict(self._shell.user_ns)), drawn.display_id, update=True)
                    self._drawn[source] = drawn._replace(answers=answers)

    def _publish(self, picture: Picture, display_id: str, update: bool = False) -> None:
        data, metadata = picture._repr_mimebundle_()
        self._shell.display_pub.publish(data, metadata, transient={"display_id": display_id}, update=update)

    def _answers(self, source: str) -> dict[str, Any]:
        """Return what a cell reads of the names of the notebook, modules excepted."""
        names = {name: self._shell.user_ns[name] for name in _read(source) if name in self._shell.user_ns}
        return {name: value for name, value in names.items() if not isinstance(value, ModuleType)}


def _read(source: str) -> set[str]:
    """Return the names that a cell, or a function in it, reads and the cell does not bind."""
    try:
        tables = [symtable.symtable(source, "cell", "exec")]
    except (SyntaxError, ValueError):  # a magic of IPython's
        return set()
    bound = {symbol.get_name() for symbol in tables[0].get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    read: set[str] = set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        is_top = table.get_type() == "module"
        read |= {symbol.get_name() for symbol in table.get_symbols() if is_top or symbol.is_global()}
    return read - bound


def _value(source: str, names: dict[str, Any]) -> Any:
    """Run a cell among `names`; return the value of its last line."""
    *before, last = ast.parse(source).body
    assert isinstance(last, ast.Expr)
    exec(compile(ast.Module(before, []), "<picture>", "exec"), names)
    return eval(compile(ast.Expression(last.value), "<picture>", "eval"), names)
