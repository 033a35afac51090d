"""What an answer uses: functions of libraries, operators, methods and loops, read off the text of the cells that ran.

Nothing is run. Names are followed from the answer through every cell that it depends on: through `import` under other
names, names given to functions (`f = np.dot`), `getattr` with a constant, base classes and decorators.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

# What is no name, but a way to write something: how `Use.what` calls it.
OPERATORS: dict[type[ast.AST], str] = {ast.MatMult: "@"}
LOOPS: dict[type[ast.AST], str] = {
    ast.For: "for",
    ast.AsyncFor: "for",
    ast.While: "while",
    ast.ListComp: "comprehension",
    ast.SetComp: "comprehension",
    ast.DictComp: "comprehension",
    ast.GeneratorExp: "comprehension",
}
RECURSION = "recursion"

# Methods by which a statement puts something into what a name stands for.
_CHANGES = frozenset(["append", "extend", "insert", "update", "setdefault", "add", "register", "__setitem__"])

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_MAGIC = re.compile(r"^[ \t]*[%!?].*$", re.MULTILINE)


class Use(NamedTuple):
    """One use. what: "numpy.dot", ".dot" (a method), "@", "for" or "recursion"; line: the student's own."""

    what: str
    line: str


def uses(cells: Sequence[str], names: Sequence[str], together: Iterable[str] = ()) -> list[Use]:
    """Return what the definitions of `names` use, and all that they depend on, in the order in which it is found.

    cells: the sources of the cells that have run, in order; the last definition of a name counts.
    together: names that belong to the same answer; methods of the classes that they use are the student's own.
    """
    others = tuple(name for name in together if name not in names)
    return _searched(tuple(cells), tuple(names)).uses(_searched(tuple(cells), others).own)


def imports_of(cells: Sequence[str], names: Iterable[str]) -> list[Use]:
    """Return what is imported in the cells that define `names` and all that they depend on, used or not.

    cells: as of `uses`.
    """
    followed = _searched(tuple(cells), tuple(names)).cells
    return list(dict.fromkeys(use for cell in followed for use in imports_in("\n".join(cell))))


def imports_in(cell: str) -> Iterator[Use]:
    """Yield what a cell imports, by its full name."""
    lines, tree = cell.splitlines(), parsed(cell)
    for statement in _flat(tree.body) if tree else ():
        if isinstance(statement, ast.Import):
            yield from (Use(alias.name, lines[statement.lineno - 1].strip()) for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom):
            for _, what in _imports(statement):
                yield Use(what, lines[statement.lineno - 1].strip())


@functools.lru_cache(maxsize=4)
def _searched(cells: tuple[str, ...], names: tuple[str, ...]) -> _Search:
    search = _Search(_table(cells))
    search.follow(names)
    return search


@dataclass
class _Binding:
    """What a name of the notebook stands for: statements of the cells, or what was imported, by its full name."""

    statements: list[tuple[ast.stmt, tuple[str, ...]]] = field(default_factory=list[Any])  # with the lines of the cell
    imported: str = ""


class _Table(NamedTuple):
    """The names of a notebook, and the modules from which everything was imported."""

    bindings: dict[str, _Binding]
    stars: list[str]


@functools.lru_cache(maxsize=16)
def _table(cells: tuple[str, ...]) -> _Table:
    table = _Table({}, [])
    for cell in cells:
        tree = parsed(cell)
        for statement in _flat(tree.body) if tree else ():
            _bind(table, statement, tuple(cell.splitlines()))
    return table


@functools.lru_cache(maxsize=512)
def parsed(cell: str) -> ast.Module | None:
    """Return the syntax tree of a cell without its magics; None where it is no Python."""
    for source in (cell, _MAGIC.sub("pass", cell)):
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def _flat(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements, and those in the blocks of `if`, `try`, `with` and loops, which bind the same names."""
    for statement in body:
        yield statement
        if not isinstance(statement, _DEFINITIONS):
            yield from _flat(node for node in _blocks(statement) if isinstance(node, ast.stmt))


def _blocks(statement: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, (ast.ExceptHandler, ast.match_case)):
            yield from _blocks(child)
        else:
            yield child


def _bind(table: _Table, statement: ast.stmt, lines: tuple[str, ...]) -> None:
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        for name, imported in _imports(statement):
            if name == "*":
                table.stars.append(imported)
            else:
                table.bindings[name] = _Binding([(statement, lines)], imported)
    elif isinstance(statement, _DEFINITIONS):
        table.bindings[statement.name] = _Binding([(statement, lines)])
    else:
        stored = {node.id for node in _own(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        is_new = isinstance(statement, (ast.Assign, ast.AnnAssign))
        for name in stored | _changed(statement):
            if is_new and name in stored:
                table.bindings[name] = _Binding([(statement, lines)])
            else:
                table.bindings.setdefault(name, _Binding()).statements.append((statement, lines))


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a statement that bind names in its own scope: functions and classes, but nothing in them."""
    waiting = [node]
    for current in waiting:
        yield current
        if not isinstance(current, (*_DEFINITIONS, ast.Lambda)):
            waiting += ast.iter_child_nodes(current)


def _changed(statement: ast.stmt) -> set[str]:
    """Return the names of what a statement writes into: `Net.forward = f`, `table["f"] = f`, `table.append(f)`."""
    found: set[str] = set()
    for node in _own(statement):
        if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Store):
            found.add(_root(node))
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGES:
                found.add(_root(node.func))
            elif isinstance(node.func, ast.Name) and node.func.id == "setattr" and node.args:
                found.add(_root(node.args[0]))
    return found - {""}


def _root(node: ast.AST) -> str:
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _imports(statement: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """Yield (name, what it stands for); the name is "*" where all names of a module are imported."""
    for alias in statement.names:
        if isinstance(statement, ast.ImportFrom):
            module = statement.module or ""
            yield (alias.asname or alias.name, module if alias.name == "*" else f"{module}.{alias.name}")
        elif alias.asname:
            yield alias.asname, alias.name
        else:
            first = alias.name.partition(".")[0]
            yield first, first


@dataclass
class _Scope:
    """The names of a function, or of the notebook's cells (`local` is empty there). modules: by local name."""

    local: set[str] = field(default_factory=set[str])
    modules: dict[str, str] = field(default_factory=dict[str, str])
    outer: _Scope | None = None
    lines: tuple[str, ...] = ()


class _Search:
    """Follows names through a notebook and collects what is used on the way."""

    def __init__(self, table: _Table) -> None:
        self._table = table
        self.cells: dict[tuple[str, ...], None] = {}  # the lines of each that was followed, in order
        self._found: dict[Use, None] = {}  # in order, each once
        self.own: set[str] = set()  # methods and attributes of the student's classes: they are no library's
        self._under_way: list[str] = []
        self._done: set[str] = set()

    def follow(self, names: Iterable[str]) -> None:
        """Follow the names that an answer defines."""
        for name in names:
            self._follow(name)

    def uses(self, own: set[str]) -> list[Use]:
        """Return what was used on the way, in the order in which it was found. own: more methods of the student's."""
        return [use for use in self._found if not (use.what[:1] == "." and use.what[1:] in self.own | own)]

    def _follow(self, name: str) -> None:
        binding = self._table.bindings.get(name)
        if binding is None or name in self._done:
            return
        self._done.add(name)
        self._under_way.append(name)
        for statement, lines in binding.statements:
            self.cells.setdefault(lines)
            if binding.imported:
                self._note(binding.imported, statement, _Scope(lines=lines))
            self._visit(statement, _Scope(lines=lines))
        self._under_way.pop()

    def _visit(self, node: ast.AST, scope: _Scope) -> None:
        if isinstance(node, (ast.Import, ast.ImportFrom)):  # what is imported counts where its name is used
            return
        if isinstance(node, _FUNCTIONS):
            self._visit_function(node, scope)
            return
        if isinstance(node, ast.ClassDef):
            self.own |= {part.name for part in node.body if isinstance(part, _DEFINITIONS)}
        if kind := LOOPS.get(type(node)):
            self._note(kind, node, scope)
        if isinstance(node, (ast.BinOp, ast.AugAssign)) and (operator := OPERATORS.get(type(node.op))):
            self._note(operator, node, scope)
        if (name := self._qualified(node, scope)) is not None:
            self._note(name, node, scope)
            return
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            self._load(node, scope)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            self.own.add(node.attr)
        elif isinstance(node, ast.Attribute):
            self._note(f".{node.attr}", node, scope)
        elif isinstance(node, ast.Call) and (attribute := _constant_getattr(node)):
            self._note(f".{attribute}", node, scope)
        self._visit_all(ast.iter_child_nodes(node), scope)

    def _visit_all(self, nodes: Iterable[ast.AST], scope: _Scope) -> None:
        for node in nodes:
            self._visit(node, scope)

    def _visit_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, outer: _Scope) -> None:
        body = node.body if isinstance(node.body, list) else [node.body]
        outside = [*node.args.defaults, *filter(None, node.args.kw_defaults), *getattr(node, "decorator_list", [])]
        self._visit_all(outside, outer)
        scope = _Scope(outer=outer, lines=outer.lines)
        scope.local = {argument.arg for argument in ast.walk(node.args) if isinstance(argument, ast.arg)}
        own = [part for statement in body for part in _own(statement)]
        not_local = {name for part in own if isinstance(part, (ast.Global, ast.Nonlocal)) for name in part.names}
        for part in own:
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                scope.local.add(part.id)
            elif isinstance(part, _DEFINITIONS):
                scope.local.add(part.name)
            elif isinstance(part, (ast.Import, ast.ImportFrom)):
                scope.modules |= dict(_imports(part))
        scope.local -= not_local
        for part in own:  # `linalg = np.linalg`
            if isinstance(part, ast.Assign) and (name := self._qualified(part.value, scope)):
                scope.modules |= {target.id: name for target in part.targets if isinstance(target, ast.Name)}
        name = getattr(node, "name", "")
        if name and outer.outer is not None and any(_loads(part, name) for part in body):
            self._note(RECURSION, node, outer)
        self._visit_all(body, scope)

    def _load(self, node: ast.Name, scope: _Scope) -> None:
        """Go on to what a name stands for; a name of Python's own is a use."""
        if _is_local(node.id, scope):
            return
        if node.id in self._under_way and self._is_function(node.id):
            self._note(RECURSION, node, scope)
        elif node.id in self._table.bindings:
            self._follow(node.id)
        else:
            self._note(f"builtins.{node.id}", node, scope)
            for module in self._table.stars:
                self._note(f"{module}.{node.id}", node, scope)

    def _is_function(self, name: str) -> bool:
        return any(isinstance(statement, _FUNCTIONS) for statement, _ in self._table.bindings[name].statements)

    def _qualified(self, node: ast.AST, scope: _Scope) -> str | None:
        """Return the full name of something imported: "numpy.linalg.svd" for `la.svd`; None for anything else."""
        if isinstance(node, ast.Name):
            return self._imported(node.id, scope) if isinstance(node.ctx, ast.Load) else None
        if isinstance(node, ast.Attribute):
            inner = self._qualified(node.value, scope)
            return f"{inner}.{node.attr}" if inner else None
        if isinstance(node, ast.Call) and len(node.args) >= 1:
            if attribute := _constant_getattr(node):
                inner = self._qualified(node.args[0], scope)
                return f"{inner}.{attribute}" if inner else None
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__") and isinstance(node.args[0], ast.Constant):
                return str(node.args[0].value)
        return None

    def _imported(self, name: str, scope: _Scope) -> str | None:
        current: _Scope | None = scope
        while current is not None:
            if name in current.modules:
                return current.modules[name]
            if name in current.local:
                return None
            current = current.outer
        binding = self._table.bindings.get(name)
        if binding is None:
            return None
        if binding.imported:
            return binding.imported
        if len(binding.statements) == 1 and isinstance(assigned := binding.statements[0][0], ast.Assign):
            others = {target.id for target in assigned.targets if isinstance(target, ast.Name)}
            if not any(_loads(assigned.value, other) for other in others):
                return self._qualified(assigned.value, _Scope())
        return None

    def _note(self, what: str, node: ast.AST, scope: _Scope) -> None:
        number = getattr(node, "lineno", 0)
        line = scope.lines[number - 1].strip() if 0 < number <= len(scope.lines) else ""
        self._found.setdefault(Use(what, line))


def _is_local(name: str, scope: _Scope | None) -> bool:
    while scope is not None:
        if name in scope.local:
            return True
        scope = scope.outer
    return False


def _loads(node: ast.AST, name: str) -> bool:
    return any(
        isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Load) for part in ast.walk(node)
    )


def _constant_getattr(node: ast.Call) -> str:
    """Return the attribute that `getattr(x, "name")` reads; empty where the call is something else."""
    match node:
        case ast.Call(func=ast.Name("getattr"), args=[_, ast.Constant(str(attribute)), *_]):
            return attribute
        case _:
            return ""
