"""While a student's code runs: functions that the task rules out say who called them.

The text of an answer shows most of what it uses (`uses.py`). What a name stands for only when the code runs, as
`getattr(np, "d" + "ot")`, is seen here: for the time of a call each function that is ruled out is replaced, where its
module has it and where the student's names have it, by one that notes calls from the student's lines and does the same.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import linecache
import sys
from collections.abc import Callable, Generator, Iterator
from types import ModuleType
from typing import Any, NamedTuple

from course_utils.check.origin import is_students
from course_utils.check.ruled_out import found
from course_utils.check.uses import Use

_CLASS_OF_TENSORS = "torch.Tensor"

# The flag of a class that was defined in Python: others cannot be changed.
_CAN_BE_CHANGED = 1 << 9

_MISSING = object()


class _Uses:
    """The calls that came from lines of the student's, each once."""

    def __init__(self, besides: str | None) -> None:
        self.found: list[Use] = []
        self._others = ("<driver>",) if besides is None else ("<driver>", besides)

    def note(self, full: str) -> None:
        """Note a call of the function `full`, made by the caller of whoever calls this."""
        frame = inspect.currentframe()
        for _ in range(2):  # no name keeps this frame itself: it would hold all callers, and what is theirs, for ever
            frame = frame and frame.f_back
        if frame is None:
            return
        filename = frame.f_code.co_filename
        if is_students(filename, *self._others):
            use = Use(full, linecache.getline(filename, frame.f_lineno).strip())
            if use not in self.found:
                self.found.append(use)


_uses: _Uses | None = None  # of the call under way; None where nothing is watched


class _Watched(NamedTuple):
    """A function that is ruled out, where it is found, and what stands there meanwhile.

    before: what the owner itself had there; a class may have inherited it.
    """

    owner: Any
    name: str
    original: Any
    replacement: Any
    before: Any


class Watch:
    """Functions that are ruled out, each replaced by one that notes who calls it, until `end`.

    It takes longer to put them there than to call them, so that what calls several times does that once.
    """

    def __init__(
        self, patterns: tuple[str, ...], names: dict[str, Any] | None = None, besides: str | None = None
    ) -> None:
        """patterns, names, besides: as of `watch`."""
        self._names, self._besides = names if names is not None else {}, besides
        self._watched = [each for each in _watched(patterns, len(sys.modules)) if _replace(each)]
        by_function = {id(each.original): each.replacement for each in self._watched}
        self._renamed = {name: value for name, value in self._names.items() if id(value) in by_function}
        self._names |= {name: by_function[id(value)] for name, value in self._renamed.items()}

    @contextlib.contextmanager
    def noting(self) -> Generator[list[Use]]:
        """Note who calls the functions; give the list of uses."""
        global _uses
        before, _uses = _uses, _Uses(self._besides)
        try:
            yield _uses.found
        finally:
            _uses = before

    def end(self) -> None:
        """Put the functions back."""
        self._names |= self._renamed
        for each in reversed(self._watched):
            _put_back(each)


@contextlib.contextmanager
def watch(
    patterns: tuple[str, ...], names: dict[str, Any] | None = None, besides: str | None = None
) -> Generator[list[Use]]:
    """Note who calls what `patterns` rule out, as `ruled_out.patterns` returns them; give the list of uses.

    names: the student's names, in which functions may stand under other names (`d = np.dot`).
    besides: the file of a driver, whose own calls are not the student's.
    """
    watching = Watch(patterns, names, besides)
    try:
        with watching.noting() as used:
            yield used
    finally:
        watching.end()


@functools.lru_cache(maxsize=64)
def _watched(patterns: tuple[str, ...], loaded: int) -> list[_Watched]:
    """Return what stands in for the functions while they are watched; looked for again when modules were imported."""
    return [_watch(owner, name, full) for pattern in patterns for owner, name, full in _places(pattern)]


def _watch(owner: Any, name: str, full: str) -> _Watched:
    original = getattr(owner, name)
    make = _Function if isinstance(owner, ModuleType) else _method
    return _Watched(owner, name, original, make(original, full), vars(owner).get(name, _MISSING))


class _Function:
    """Stands in a module for a function of it: it has what the function has, and notes who calls it."""

    def __init__(self, function: Callable[..., Any], full: str) -> None:
        self._function, self._full = function, full

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if _uses is not None:
            _uses.note(self._full)
        return self._function(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if _uses is not None and name[:2] != "__":  # a method of it, as in `multivariate_normal.logpdf`
            _uses.note(self._full)
        return getattr(self._function, name)


def _method(method: Callable[..., Any], full: str) -> Callable[..., Any]:
    @functools.wraps(method)
    def watched(*args: Any, **kwargs: Any) -> Any:
        if _uses is not None:
            _uses.note(full)
        if method is object.__init__:  # of a class with a `__new__` alone, which has taken the arguments
            return None
        return method(*args, **kwargs)

    return watched


def _replace(watched: _Watched) -> bool:
    """Put the replacement in its place; return whether it could be done."""
    if getattr(watched.owner, watched.name, None) is not watched.original:
        return False
    try:
        setattr(watched.owner, watched.name, watched.replacement)
    except (AttributeError, TypeError):  # of a type that cannot be changed
        return False
    return True


def _put_back(watched: _Watched) -> None:
    if watched.before is _MISSING:
        delattr(watched.owner, watched.name)
    else:
        setattr(watched.owner, watched.name, watched.before)


def _places(pattern: str) -> Iterator[tuple[Any, str, str]]:
    """Yield (module or class, name in it, full name) of each function that a pattern means and that is imported."""
    if pattern[:1] == ".":
        tensors = found(_CLASS_OF_TENSORS)
        if tensors is not None and hasattr(tensors, pattern[1:]):
            yield tensors, pattern[1:], pattern
    elif pattern.endswith(".*"):
        module = found(pattern[:-2])
        for name in dir(module) if isinstance(module, ModuleType) else ():
            if name[:1] != "_" and not _is_a_class_of_another(getattr(module, name, None), module):
                yield from _places_in(module, name)
    elif "." in pattern:
        owner, _, name = pattern.rpartition(".")
        yield from _places_in(found(owner), name)


def _is_a_class_of_another(value: object, module: ModuleType) -> bool:
    """Say whether a module has only imported a class, as `torch.nn.init` has `Tensor`."""
    return isinstance(value, type) and not value.__module__.startswith(module.__name__)


def _places_in(module: object, name: str) -> Iterator[tuple[Any, str, str]]:
    """Yield the place of a function of a module, or of what makes the objects of a class."""
    if not isinstance(module, ModuleType) or module.__name__ == "builtins":
        return
    value, full = getattr(module, name, None), f"{module.__name__}.{name}"
    if isinstance(value, type):
        if value.__flags__ & _CAN_BE_CHANGED:
            yield value, "__init__", full
    elif callable(value):
        yield module, name, full
