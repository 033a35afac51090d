"""Names that a visible check leaves in a notebook, for the student's cells that read them.

A check cell runs in the judge, so its names are not among the student's. In a notebook they are: `print(f(X))` below a
check that makes `X` shows something. Where a later cell reads such a name, the worker runs the check's text as it was
released, apart from the student's names, and takes over those that are read. Hidden tests are no part of that text.
"""

from __future__ import annotations

import re
import symtable
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

Message = dict[str, Any]

# Lines of a cell that are not Python: magics, and commands of the shell.
_NOT_PYTHON = re.compile(r"^\s*[%!?].*$|^.*\?$", re.MULTILINE)


class Names(NamedTuple):
    """Global names of a cell: those that it reads, and those that it binds at its top level."""

    read: frozenset[str]
    bound: frozenset[str]


class NamesOfChecks:
    """What the checks that have run would have left in the notebook, and no cell has bound anew since."""

    def __init__(self) -> None:
        self._left: dict[str, str] = {}  # the released text of the last check that binds a name, by the name

    def ran_check(self, released: str) -> None:
        """Note the names that a check binds. released: its text, as students have it."""
        self._left |= dict.fromkeys(names_of(released).bound, released)

    def requests_before(self, source: str) -> list[Message]:
        """Return what to ask of the worker before it runs a cell that reads names of checks; mostly nothing."""
        read, bound = names_of(source)
        wanted: dict[str, list[str]] = {}
        for name in sorted(self._left.keys() & read - bound):
            wanted.setdefault(self._left[name], []).append(name)
        for name in read | bound:
            self._left.pop(name, None)
        return [{"do": "names", "source": source, "names": names} for source, names in wanted.items()]


@cache
def names_of(source: str) -> Names:
    """Return the global names of a cell; of one that cannot be parsed, every word as read."""
    try:
        top = symtable.symtable(_NOT_PYTHON.sub("", source), "cell", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Names(frozenset(re.findall(r"[^\W\d]\w*", source)), frozenset())
    read = {symbol.get_name() for table in _tables(top) for symbol in table.get_symbols() if _reads(table, symbol)}
    bound = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported() or s.is_namespace()}
    return Names(frozenset(read), frozenset(bound))


def _reads(table: symtable.SymbolTable, symbol: symtable.Symbol) -> bool:
    return symbol.is_referenced() and (table.get_type() == "module" or symbol.is_global())


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)
