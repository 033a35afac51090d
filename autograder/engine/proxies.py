"""The student's names, as a check cell sees them: a call sends plain data to the worker, and gets plain data back."""

from __future__ import annotations

import ast
import builtins
import contextlib
import functools
import inspect
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograder.engine.mistakes import Asked
from autograder.engine.worker.channel import Gone, TooSlow
from autograder.engine.worker.codec import WireError
from course_utils import check
from course_utils.check import calls, plain

MAX_TEXT = 4_000
"""Characters of what is said to a student about one check."""
MAX_WARNINGS = 20


class Lost(Exception):
    """The worker, or its copy, is gone or cannot be understood. The text says how in a clause."""


class Abandoned(BaseException):
    """Ends a check cell whose worker is lost. No `except Exception` on the way may take it for a student's error."""


class Remote:
    """The student's names, as a check cell sees them."""

    def __init__(self, ask: Callable[[dict], dict], source: str) -> None:
        self._ask_worker, self._source = ask, source
        self._lent = False  # whether the arguments of the call under way are copies
        self.trouble: Exception | None = None  # why the worker is lost
        self.failed = ""  # what is wrong with the answer, where that ends the check
        self.asked: list[Asked] = []

    def names(self, students: list[tuple[str, str]]) -> dict[str, Any]:
        """Return a proxy for each function and class, and the value of each value; `students`: (name, stub)."""
        return {name: self._name(name, stub) for name, stub in students if name in self._source}

    def _name(self, name: str, stub: str) -> Any:
        callables = _callables(stub)
        if name in callables:
            return self._proxy(name, callables[name], {"do": "call", "name": name})
        reply = self._ask({"do": "read", "name": name})
        return reply.get("value")

    @contextlib.contextmanager
    def in_place_of_check(self) -> Iterator[None]:
        """Let `check.call` and `check.driver` be the ones of here."""
        before = check.call, check.driver
        check.call, check.driver = self.call, self.driver
        try:
            yield
        finally:
            check.call, check.driver = before

    def call(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> check.Received:
        """Stand for `check.call`: what the student's code says it did to its arguments is done to copies.

        So it is found and told, and the numbers that the check goes on with are its own.
        """
        self._lent = True
        try:
            return calls.call(function, *_copy(args), **_copy(kwargs))
        finally:
            self._lent = False

    def driver(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Stand for `check.driver`: the driver's text runs beside the student's code."""
        request = {
            "do": "driver",
            "name": function.__name__,
            "source": _driver_text(self._source, function.__name__),
        }
        proxy = self._proxy(function.__name__, inspect.signature(function), request)
        proxy.__doc__, proxy.is_check_driver = function.__doc__, True
        return proxy

    def _proxy(self, name: str, signature: inspect.Signature | None, request: dict) -> Callable[..., Any]:
        def proxy(*args: Any, **kwargs: Any) -> Any:
            return self._value(self._ask(request | {"args": args, "kwargs": kwargs}), name, (args, kwargs))

        proxy.__name__ = name
        if signature is not None:
            proxy.__signature__ = signature
        return proxy

    def _ask(self, request: dict) -> dict:
        if self.trouble is None and not self.failed:
            try:
                self.asked.append(Asked(request, self._ask_worker(request)))
                return self.asked[-1].reply
            except (Lost, Gone, TooSlow, WireError) as trouble:
                self.trouble = trouble
        raise Abandoned

    def _value(self, reply: dict, name: str, given: tuple) -> Any:
        if "missing" in reply:
            self.failed = f"`{name}` is not defined: the cell that should define it is missing, empty or failed."
        elif "unsendable" in reply:
            self.failed = f"`{name}` returned what cannot be looked at: {_text(reply['unsendable'], 200)}."
        if self.failed:
            raise Abandoned
        if self._lent and reply.get("changed"):
            asked = self.asked.pop()
            args, kwargs = _copy(list(given))
            self.asked.append(asked._replace(request=asked.request | {"args": args, "kwargs": kwargs}))
            _take_over(given, reply["changed"])
        for text in texts(reply.get("warned"))[:MAX_WARNINGS]:
            warnings.warn(text[:MAX_TEXT], stacklevel=1)
        if "raised" in reply:
            raise _rebuilt(reply["raised"])
        if "value" not in reply:
            self.trouble = Lost("sent something that is no reply")
            raise Abandoned
        return reply["value"]


def _copy(value: Any) -> Any:
    """Return a copy of plain data in all that a student's code is told of it; handles stand for themselves."""
    if plain.is_tensor(value):
        copy = value.detach().clone()
        return (
            type(value)(copy, value.requires_grad) if _is_parameter(value) else copy.requires_grad_(value.requires_grad)
        )
    if type(value) in (list, tuple):
        return type(value)(_copy(item) for item in value)
    if type(value) is dict:
        return {key: _copy(item) for key, item in value.items()}
    return plain.snapshot(value)


def _is_parameter(tensor: Any) -> bool:
    return type(tensor).__name__ == "Parameter"


def _take_over(given: Any, changed: Any) -> None:
    """Do to the arguments here, which are copies, what the student's code did to its own."""
    if plain.is_array(given) and plain.is_array(changed):
        if isinstance(given, np.ndarray) and isinstance(changed, np.ndarray):
            given.resize(changed.shape, refcheck=False)
            np.copyto(given, changed, casting="unsafe")
        elif plain.is_tensor(given) and plain.is_tensor(changed):
            given.data = changed.data.to(given.dtype)
    elif isinstance(given, list) and isinstance(changed, list) and len(given) != len(changed):
        given[:] = changed
    elif isinstance(given, (list, tuple)) and isinstance(changed, (list, tuple)) and len(given) == len(changed):
        for mine, theirs in zip(given, changed, strict=True):
            _take_over(mine, theirs)
    elif isinstance(given, dict) and isinstance(changed, dict):
        for key in given.keys() - changed.keys():
            del given[key]
        for key, theirs in changed.items():
            _take_over(given.setdefault(key, theirs), theirs)


def _rebuilt(told: Any) -> Exception:
    """Make the error that the student's code raised, as far as it is one of Python's own kinds.

    StopIteration is none of them here: raised inside a loop of the check it would end the loop, and nothing else.
    """
    told = told if isinstance(told, dict) else {}
    kinds = [getattr(builtins, name, None) for name in texts(told.get("kinds"))[:20]]
    kind = next((kind for kind in kinds if _can_be_raised_here(kind)), RuntimeError)
    kind = type(kind.__name__, (kind,), {"__str__": lambda self: self.args[0]})  # KeyError would quote its text again
    error = kind.__new__(kind)
    error.args = (_text(told.get("text"), MAX_TEXT),)
    error.students_name = _text(told.get("name"), 100) or "Error"
    error.students_line = _text(told.get("line"), 500) or None
    return error


def _can_be_raised_here(kind: Any) -> bool:
    of_errors = isinstance(kind, type) and issubclass(kind, (Exception, SystemExit))
    return of_errors and not issubclass(kind, (StopIteration, StopAsyncIteration, BaseExceptionGroup))


def _text(value: Any, size: int) -> str:
    return value[:size] if isinstance(value, str) else ""


def texts(value: Any) -> list[str]:
    """Return the strings of a list that the worker sent; nothing where it is none."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


@functools.cache
def _callables(stub: str) -> dict[str, inspect.Signature | None]:
    """Return what an answer is to define that can be called: functions with their signatures, and classes."""
    statements = [s for s in ast.parse(stub).body if isinstance(s, (ast.FunctionDef, ast.ClassDef))]
    return {statement.name: _signature(statement) for statement in statements}


@functools.cache
def _driver_text(source: str, name: str) -> str:
    """Return the text of a driver of a check cell without its decorator."""
    found = next(n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef) and n.name == name)
    found.decorator_list = []
    return ast.unparse(found)


def _signature(statement: ast.FunctionDef | ast.ClassDef) -> inspect.Signature | None:
    if isinstance(statement, ast.ClassDef):
        return None
    arguments = statement.args
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Signature([inspect.Parameter(a.arg, kind) for a in arguments.posonlyargs + arguments.args])
