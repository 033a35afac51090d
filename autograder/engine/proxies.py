"""The student's names, as a check cell sees them: a call sends plain data to the worker, and gets plain data back."""

from __future__ import annotations

import ast
import builtins
import functools
import hashlib
import inspect
import warnings
from collections.abc import Callable, Sequence
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from autograder.engine.direct_calls import calls_directly
from autograder.engine.driver_texts import driver_texts, drivers_of, is_module_of_checks
from autograder.engine.errors import WorkerLost
from autograder.engine.failed_cells import FailedCells
from autograder.engine.worker import codec
from autograder.engine.worker.codec import Defined, Reference, is_list
from autograder.engine.worker.errors import EngineError
from course_utils import check
from course_utils.check import calls, fingerprint, plain, rules
from course_utils.check.uses import Use

# Characters of what a check says to a student.
MAX_TEXT = 4_000

# Warnings of one call that are passed on.
MAX_WARNINGS = 20

# Bytes of what came with a reference in one check, and may go back as that reference.
MAX_REFERRED = 32 << 20

# What is replaced where a call has changed it in a list or dict; what is larger is changed in place.
_SCALARS = (bool, int, float, complex, str, type(None))

# Kinds of errors that are not raised again: the first two would end a loop of the check and nothing else; the others
# cannot be made from a text.
_SPECIAL = (StopIteration, StopAsyncIteration, BaseExceptionGroup, UnicodeError)

# The attribute of a proxy that holds the name of what it stands for, if that is the student's own.
_STUDENTS_NAME = "students_name"

Message = dict[str, Any]


class Abandoned(BaseException):
    """Ends a check cell whose worker is lost. No `except Exception` on the way may take it for a student's error."""


class Proxies:
    """The student's names for one check cell. What the worker says is believed only as a value.

    error: why the worker is lost, if it is. failed: what is wrong with the answer, where that ends the check.
    beyond_plain_data: whether a plain check was given something that is more than plain data say. wrote_to_stderr:
    whether a call warned or wrote there.
    """

    def __init__(
        self,
        send: Callable[[Message], Message],
        source: str,
        failed_cells: FailedCells,
        cells: Sequence[str] = (),
        is_plain: bool = False,
    ) -> None:
        """send: sends a request to the worker and returns its reply.

        source: of the check cell. cells: the sources of the cells that have run in the worker. is_plain: the check is
        written for code in its own process, so what is missing is no name, and what a call changes is changed here.
        """
        self._send, self._source, self._failed_cells, self._cells = send, source, failed_cells, cells
        self._is_plain, self.beyond_plain_data, self.wrote_to_stderr = is_plain, False, False
        self._ruled_out = rules.RuledOut()
        self._is_called_directly = calls_directly(source)
        self._missing: set[str] = set()  # values that the student's process does not have
        self._lends_copies = False  # whether the arguments of the call under way are copies
        self._referred = _Referred()
        self.error: EngineError | None = None
        self.failed = ""

    def names(self, answers: list[tuple[str, str]]) -> dict[str, Any]:
        """Return a proxy for each function and class, and the value of each value; `answers`: (name, stub).

        Raises Abandoned where the worker is lost while a value is read.
        """
        found = {name: self._name(name, stub) for name, stub in answers if name in self._source}
        return {name: found[name] for name in found.keys() - (self._missing if self._is_plain else set())}

    def of_setup(self, names: dict[str, Any]) -> dict[str, Any]:
        """Return the names of the setup cell for a check cell: with the checker of here, and proxies of drivers."""
        return {name: self._of_setup(value) for name, value in names.items()}

    def _of_setup(self, value: Any) -> Any:
        if value is check:
            return self.checker()
        return self._with_drivers(value) if is_module_of_checks(value) else value

    def _with_drivers(self, module: ModuleType) -> SimpleNamespace:
        """Return what stands for a module of `course_utils.checks`: its drivers run in the worker."""
        texts_of_drivers = driver_texts(module)
        proxies = {
            name: self._driver_proxy(function, texts_of_drivers[name], is_whole=True)
            for name, function in drivers_of(module).items()
        }
        return SimpleNamespace(**vars(module) | proxies)

    def checker(self) -> SimpleNamespace:
        """Return what a check cell uses as `check`: all that `course_utils.check` has, with some functions of here."""
        own = {"call": self.call, "read": self.read, "driver": self.driver, "rules_out": self.rules_out}
        return SimpleNamespace(**vars(check) | own)

    def call(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> check.Received:
        """Stand in for `check.call`: changes that the student's code reports are made to copies of the arguments.

        So `check.call` finds a changed argument, and the numbers that the check goes on with stay its own. Raises what
        `check.call` raises.
        """
        self._lends_copies = True
        try:
            return calls.call(function, *self._referred.copy(args), **self._referred.copy(kwargs))
        finally:
            self._lends_copies = False

    def read(self, value: Any, name: str) -> check.Received:
        """Stand in for `check.read`: a value that is missing because its cell failed is said to be so.

        Raises Failed as `check.read` does.
        """
        if name in self._missing and (why := self._failed_cells.about(name)):
            raise check.Failed(why)
        return calls.read(value, name)

    def driver(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Stand in for `check.driver`: the text of the driver runs in the worker."""
        return self._driver_proxy(function, _driver_text(self._source, function.__name__), is_whole=False)

    def _driver_proxy(self, function: Callable[..., Any], text: str, is_whole: bool) -> Callable[..., Any]:
        """Return a proxy of a driver. is_whole: its text uses no names of the student's; they come as arguments."""
        name = function.__name__
        request: Message = {"do": "driver", "name": name, "source": text, "is_whole": is_whole}
        proxy = self._proxy(name, inspect.signature(function), request)
        proxy.__doc__ = function.__doc__
        vars(proxy)["is_check_driver"] = True
        return proxy

    def rules_out(self, answer: str | Sequence[str], *ruled_out: str) -> None:
        """Stand in for `check.rules_out`: what is read is the submission, and the worker watches its own calls.

        Raises Failed as `check.rules_out` does.
        """
        self._ruled_out = rules.rule_out(self._cells, answer, ruled_out)

    def _name(self, name: str, stub: str) -> Any:
        callables = _callables(stub)
        if name in callables:
            proxy = self._proxy(name, callables[name], {"do": "call", "name": name})
            vars(proxy)[_STUDENTS_NAME] = name
            return proxy
        reply = self._ask({"do": "read", "name": name})
        if "missing" in reply:
            self._missing.add(name)
        return reply.get("value")

    def _proxy(self, name: str, signature: inspect.Signature | None, request: Message) -> Callable[..., Any]:
        def proxy(*args: Any, **kwargs: Any) -> Any:
            asked = request | {"args": args, "kwargs": kwargs}
            if self._ruled_out.patterns:
                asked["watch"] = self._ruled_out.patterns
            return self._value(self._ask(asked), name, (args, kwargs))

        proxy.__name__ = name
        if signature is not None:
            vars(proxy)["__signature__"] = signature
        return proxy

    def _ask(self, request: Message) -> Message:
        """Send a request and return the reply. Raises Abandoned where the check cannot go on."""
        if self.error is None and not self.failed:
            try:
                sent = _with_names(self._referred.with_references(request))
                reply = self._send(sent)
                self.beyond_plain_data |= self._is_plain and _is_beyond_plain_data(reply)
                self.wrote_to_stderr |= bool(reply.get("loud") or reply.get("warned"))
                return self._referred.without_references(reply)
            except EngineError as error:
                self.error = error
        raise Abandoned

    def _value(self, reply: Message, name: str, arguments: tuple[Any, Any]) -> Any:
        """Return the value that a reply holds, or raise what it says that the student's code raised."""
        if "missing" in reply:
            name = _text(reply["missing"], 100) or name  # an argument may be what is missing
            if self._is_plain:
                raise NameError(f"name '{name}' is not defined")
            self.failed = self._failed_cells.about(name) or (
                f"`{name}` is not defined: the cell that should define it is missing, empty or failed."
            )
        elif "unsendable" in reply:
            self.failed = f"`{name}` returned what cannot be looked at: {_text(reply['unsendable'], 200)}."
        elif said := rules.called(self._ruled_out, name, _uses(reply.get("used"))):
            fingerprint.note("used", said)
            self.failed = said
        elif "raised" in reply and not self._is_plain:
            self.failed = self._failed_cells.about_error(_error_text(reply["raised"]))
        if self.failed:
            raise Abandoned
        if (self._lends_copies or self._is_plain) and reply.get("changed"):
            _apply_changes(arguments, reply["changed"])
        for text in texts(reply.get("warned"))[:MAX_WARNINGS]:
            warnings.warn(text[:MAX_TEXT], stacklevel=1)
        if "raised" in reply:
            raised = _rebuilt(reply["raised"])
            self._note_if_direct("raised", type(raised).__name__)
            raise raised
        if "value" not in reply:
            self.error = WorkerLost("sent something that is not a reply")
            raise Abandoned
        self._note_if_direct("returned", reply["value"])
        return reply["value"]

    def _note_if_direct(self, word: str, value: Any) -> None:
        if self._is_called_directly:
            fingerprint.note(word, value)


def _is_beyond_plain_data(value: Any) -> bool:
    """Say whether a reply holds what is more than plain data say, or could not be sent at all."""
    if plain.is_dict(value):
        return "unsendable" in value or any(map(_is_beyond_plain_data, value.values()))
    if type(value) in (list, tuple):
        return any(map(_is_beyond_plain_data, value))
    return isinstance(value, (Reference, plain.Opaque))


class _Referred:
    """What came with a reference: as long as it is unchanged, it goes back as the reference alone."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, int, bytes]] = {}  # by id: the value, its number, and what it was
        self._room = MAX_REFERRED

    def without_references(self, value: Any) -> Any:
        """Return what came as plain data, and remember the parts to which references belong."""
        if isinstance(value, Reference):
            data = self.without_references(value.value)
            self._remember(data, value.number)
            return data
        return _rebuilt_from_parts(value, self.without_references)

    def with_references(self, value: Any) -> Any:
        """Return what is to be sent, with references instead of what came with one and is as it came."""
        if not self._known:
            return value
        known = self._known.get(id(value))
        if known and _digest(value) == known[2]:
            return Reference(known[1])
        return _rebuilt_from_parts(value, self.with_references)

    def copy(self, value: Any) -> Any:
        """Return a copy of plain data, with all that the student's code sees; handles stand for themselves."""
        if plain.is_tensor(value):
            copied = _copy_of_tensor(value)
        elif type(value) in (list, tuple, dict):
            copied = _rebuilt_from_parts(value, self.copy)
        else:
            copied = plain.snapshot(value)
        if id(value) in self._known:
            self._remember(copied, self._known[id(value)][1])
        return copied

    def _remember(self, value: Any, number: int) -> None:
        if self._room < 0:  # and nothing is packed: a reply may hold references in references
            return
        packed = codec.pack(value)
        self._room -= len(packed)
        if self._room >= 0:  # what there is no room for goes back as plain data
            self._known[id(value)] = (value, number, hashlib.sha256(packed).digest())


def _digest(value: Any) -> bytes:
    return hashlib.sha256(codec.pack(value)).digest()


def _with_names(value: Any) -> Any:
    """Return a request with names instead of the proxies that stand for what the student defined."""
    name = getattr(value, _STUDENTS_NAME, "") if callable(value) else ""
    return Defined(name) if name else _rebuilt_from_parts(value, _with_names)


def _rebuilt_from_parts(value: Any, part: Callable[[Any], Any]) -> Any:
    """Return a list, tuple or dict of what `part` returns for each item; other values as they are."""
    if plain.is_dict(value):
        return {key: part(item) for key, item in value.items()}
    return type(value)(part(item) for item in value) if type(value) in (list, tuple) else value


def _copy_of_tensor(value: Any) -> Any:
    copy = value.detach().clone()
    return type(value)(copy, value.requires_grad) if _is_parameter(value) else copy.requires_grad_(value.requires_grad)


def _is_parameter(tensor: Any) -> bool:
    return type(tensor).__name__ == "Parameter"


def _apply_changes(arguments: Any, changed: Any) -> None:
    """Do to the arguments here, which are copies, what the student's code did to its own.

    In place, because `check.call` compares the very objects that it passed with how they were before. `changed` comes
    from the worker: it may have any form, and where it does not fit, nothing is changed.
    """
    if plain.is_array(arguments) and plain.is_array(changed):
        if isinstance(arguments, np.ndarray) and isinstance(changed, np.ndarray):
            arguments.resize(changed.shape, refcheck=False)
            np.copyto(arguments, changed, casting="unsafe")
        elif plain.is_tensor(arguments) and plain.is_tensor(changed):
            arguments.data = changed.data.to(arguments.dtype)
    elif is_list(arguments) and is_list(changed) and len(arguments) != len(changed):
        arguments[:] = changed
    elif plain.is_sequence(arguments) and plain.is_sequence(changed) and len(arguments) == len(changed):
        for place, (ours, theirs) in enumerate(zip(arguments, changed, strict=True)):
            _apply_changes(ours, theirs)
            if is_list(arguments) and isinstance(theirs, _SCALARS):
                arguments[place] = theirs
    elif plain.is_dict(arguments) and plain.is_dict(changed):
        for key in arguments.keys() - changed.keys():
            del arguments[key]
        for key, theirs in changed.items():
            _apply_changes(arguments.setdefault(key, theirs), theirs)
            if isinstance(theirs, _SCALARS):
                arguments[key] = theirs


class _UnquotedKeyError(KeyError):
    """A KeyError whose text is shown as it is: KeyError shows the repr of its argument, and the text is one already."""

    def __str__(self) -> str:
        return str(self.args[0])


def _rebuilt(raised: Any) -> BaseException:
    """Return the error that the student's code raised, as far as it is one of Python's own kinds.

    raised: what the worker says of it, in any form. `calls.call` reads the names and lines that are put on the error.
    """
    about: dict[Any, Any] = raised if plain.is_dict(raised) else {}
    error = _of_a_kind(texts(about.get("kinds"))[:20], _error_text(raised))
    vars(error).update(
        students_name=_text(about.get("name"), 100) or type(error).__name__,
        students_line=_text(about.get("line"), 500) or None,
    )
    return error


def _error_text(raised: Any) -> str:
    """Return the text of the error that the worker tells of, in any form."""
    return _text(raised.get("text"), MAX_TEXT) if plain.is_dict(raised) else ""


def _of_a_kind(kinds: list[str], text: str) -> BaseException:
    """Return an error of the first of these built-in kinds that a text alone can make, else a RuntimeError."""
    for kind in (getattr(builtins, name, None) for name in kinds):
        if kind is KeyError:
            return _UnquotedKeyError(text)
        if isinstance(kind, type) and issubclass(kind, (Exception, SystemExit)) and not issubclass(kind, _SPECIAL):
            return kind(text)
    return RuntimeError(text)


def _uses(used: object) -> list[Use]:
    """Return what the worker says that the student's code has called, in any form."""
    pairs = [texts(pair) for pair in used] if is_list(used) else []
    return [Use(pair[0][:200], pair[1][:500]) for pair in pairs if len(pair) == 2]


def _text(value: object, size: int) -> str:
    return value[:size] if isinstance(value, str) else ""


def texts(value: object) -> list[str]:
    """Return the strings of a list that the worker sent; an empty list where it sent something else."""
    return [item for item in value if isinstance(item, str)] if is_list(value) else []


@functools.cache
def _callables(stub: str) -> dict[str, inspect.Signature | None]:
    """Return what an answer must define that can be called: functions with their signatures, and classes."""
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
