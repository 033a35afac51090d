"""Calling the student's code: a failure becomes one sentence, and nothing reaches stderr.

nbgrader gives no points to a cell that writes to stderr, so warnings are collected and stderr is shown as output.
"""

from __future__ import annotations

import contextlib
import inspect
import linecache
import sys
import traceback
import warnings
from collections.abc import Callable, Generator
from typing import Any, TypeVar

from course_utils.check import fingerprint, plain, rules
from course_utils.check.failed import Failed
from course_utils.check.origin import is_students
from course_utils.check.received import Received
from course_utils.check.watch import watch
from course_utils.student.devices import full_float32

_Arguments = tuple[tuple[Any, ...], dict[str, Any]]
AnyFunction = TypeVar("AnyFunction", bound=Callable[..., Any])

DRIVER_MARK = "is_check_driver"  # the attribute by which a driver is known


def call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Received:
    """Call the student's `function` with plain data and return what it returned, to be compared.

        X = check.rng().normal(size=(10, 3))
        check.call(np.cov, X, rowvar=False).equals(np.cov(X.T))

    args, kwargs: plain data of any shape and dtype, or what another call returned (`Received.value`).
    Raises Failed where the function is not implemented, raises, or returns None.
    """
    label = _label(function, args, kwargs)
    before = plain.snapshot((args, kwargs))
    value, warned = _run(function, args, kwargs, label)
    modified = _modified(function, before, (args, kwargs))
    fingerprint.note("modified its argument and returned" if modified else "returned", value)
    if value is None:
        raise Failed(f"{label} returned None. Does every path through it end in `return`?")
    return Received(value, label, modified=modified, warned=warned, returned=True)


def runs(function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Check only that the student's `function` is implemented and returns something for these arguments.

        check.runs(np.linalg.norm, np.ones(3))

    Raises Failed as `call` does.
    """
    call(function, *args, **kwargs)


def raises(error: type[Exception], function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Check that the student's `function` rejects these arguments with an `error`.

        check.raises(ValueError, np.ones(3).reshape, (2, 2))

    error: the class of the exception; a subclass passes, too.
    Raises Failed where it returns, is not implemented, or raises something else.
    """
    label = _label(function, args, kwargs)
    try:
        with _quiet(), _watched(function):
            value = function(*args, **kwargs)
    except Failed:
        raise
    except error as raised:
        if _is_stub(raised):
            raise _not_implemented(function) from None
        fingerprint.note("refused")
        return
    except (Exception, SystemExit) as other:
        if _is_stub(other):
            raise _not_implemented(function) from None
        fingerprint.note("raised", _as_raised(other))
        raise Failed(f"{label} must raise {error.__name__}; it {_what_was_raised(other, function)}") from None
    fingerprint.note("returned", value)
    raise Failed(f"{label} must raise {error.__name__}; it returned {plain.kind(value)}.")


def result_of(function: Callable[..., Any], *args: Any, label: str | None = None) -> Any:
    """Return what a `function` of the check's own, or one that other checks have called, returns for copies of `args`.

    label: what messages call it; by default the call itself.
    What it uses is not looked at. Raises Failed where it raises, or is not implemented.
    """
    label = label or _label(function, args, {})
    value, _ = _run(function, tuple(map(plain.snapshot, args)), {}, label, rules.RuledOut())
    return value


def problem_found_by(test: Callable[..., Any], implementation: Any) -> str | None:
    """Return what a student's `test` raised for an implementation, "raised AssertionError: ..."; None where nothing.

    Raises Failed where the test is not implemented, or used what the task rules out.
    """
    try:
        with _quiet(), _watched(test):
            test(implementation)
    except Failed:
        raise
    except BaseException as error:
        if not (isinstance(error, (Exception, SystemExit)) or _is_of_pytest(error)):
            raise
        if _is_stub(error):
            raise _not_implemented(test) from None
        fingerprint.note("rejected")
        return _what_was_raised(error, test)
    fingerprint.note("accepted")
    return None


def prediction(function: Callable[..., Any], least: float, most: float) -> Received:
    """Call the student's `function`, which returns what the student expects to measure; any number in range will do.

        def share_of_zeros():
            return 0.4

        guess = check.prediction(share_of_zeros, 0.0, 1.0).value

    least, most: the range. Raises Failed where the function is not implemented, and where it returns something else.
    """
    label = _label(function, (), {})
    value, _ = _run(function, (), {}, label)
    fingerprint.note("predicted")  # and not what: a mistake is the same, whatever was guessed
    received = Received(value, label, returned=True)
    is_number = plain.is_number(value) and not plain.is_boolean(value)
    received.satisfies(
        is_number and least <= float(plain.as_numpy(value)) <= most,
        f"it is {plain.summary(value)}; expected your guess, a number from {least:g} to {most:g}.",
    )
    return received


def read(value: Any, name: str) -> Received:
    """Take a value that the student worked out, called `name`, to be compared.

        rank = 2
        check.read(rank, "rank").equals(2)

    Raises Failed where it is still None or `...`, as the release leaves it.
    """
    if value is None or value is ...:
        raise _as_released(f"`{name}` is not implemented yet: give it a value in the cell above, and run that cell.")
    fingerprint.note("is", value)
    return Received(value, f"`{name}`")


def driver(function: AnyFunction) -> AnyFunction:
    """Mark a `function` that runs alongside the student's code, for what has state.

        @check.driver
        def three_steps(optimizer_class, momentum):
            \"\"\"three steps of gradient descent\"\"\"
            w = torch.ones(2, requires_grad=True)
            optimizer = optimizer_class([w], lr=0.1, momentum=momentum)
            for _ in range(3):
                optimizer.zero_grad()
                (w**2).sum().backward()
                optimizer.step()
            return w.detach()

        check.call(three_steps, torch.optim.SGD, 0.0).equals(torch.full((2,), 0.8**3))

    It stands in a module of `course_utils.checks`. It takes plain data and the student's functions and classes, returns
    plain data, and holds no expected value. Only its text travels to the student's process, with the imports, constants
    and helpers of its module that it uses. The first line of its docstring says what it does and is its name in
    messages: "ten steps of `adam_step`".
    """
    setattr(function, DRIVER_MARK, True)
    return function


def students_line(error: BaseException, *others: str) -> str | None:
    """Return the innermost line of an error's traceback that is in no library: the student's own; None without one.

    others: files and folders whose lines are not the student's either, such as the file of the driver that was called.
    """
    if "students_line" in vars(error):  # from another process, where the traceback stayed
        return vars(error)["students_line"]
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if is_students(frame.filename, *others):
            return (frame.line or linecache.getline(frame.filename, frame.lineno or 0)).strip() or None
    return None


def _run(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    label: str,
    ruled_out: rules.RuledOut | None = None,
) -> tuple[Any, list[str]]:
    try:
        with _quiet() as caught, _watched(function, ruled_out):
            value = function(*args, **kwargs)
    except Failed:  # the autograder's proxy of a function that is not defined raises it
        raise
    except (Exception, SystemExit) as error:
        if _is_stub(error):
            raise _not_implemented(function) from None
        fingerprint.note("raised", _as_raised(error))
        label = f"{label}: this" if _is_driver(function) else label
        raise Failed(f"{label} {_what_was_raised(error, function)}") from None
    return value, [str(warning.message) for warning in caught]


@contextlib.contextmanager
def _quiet() -> Generator[list[warnings.WarningMessage]]:
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stderr(sys.stdout), full_float32():
        warnings.simplefilter("always")
        yield caught


@contextlib.contextmanager
def _watched(function: Callable[..., Any], ruled_out: rules.RuledOut | None = None) -> Generator[None]:
    """Raise Failed after a call that used what is ruled out: where `ruled_out` is None, by the check cell."""
    ruled = rules.in_force() if ruled_out is None else ruled_out
    if not ruled.patterns:
        yield
        return
    driver = function.__code__.co_filename if _is_driver(function) else None
    names = getattr(inspect.unwrap(function), "__globals__", None)
    with watch(ruled.patterns, names, driver) as used:
        try:
            yield
        finally:
            rules.refuse(rules.called(ruled, getattr(function, "__name__", ""), used))


def _is_of_pytest(error: BaseException) -> bool:
    """Say whether `pytest.raises` or `pytest.fail` raised this; what they raise is no Exception."""
    return any(kind.__module__ == "_pytest.outcomes" for kind in type(error).__mro__)


def _is_stub(error: BaseException) -> bool:
    """Say whether an error is the one of an answer that was left as released; a subclass says something else."""
    return type(error) is NotImplementedError and vars(error).get("students_name", "NotImplementedError") == (
        "NotImplementedError"
    )


def _not_implemented(function: Callable[..., Any]) -> Failed:
    return _as_released(
        f"{_name(function)} is not implemented yet: the line `raise NotImplementedError(...)` still runs. "
        "Replace it with your answer, and run that cell."
    )


def _as_released(sentence: str) -> Failed:
    """Return the error of a part of the answer that is as it was released, which is no attempt at the exercise."""
    fingerprint.note_stub()
    return Failed(sentence)


def _as_raised(error: BaseException) -> list[str]:
    return [type(error).__name__, str(error)]


def _what_was_raised(error: BaseException, function: Callable[..., Any]) -> str:
    # An error from another process brings its name and line along.
    name = vars(error).get("students_name", type(error).__name__)
    text = f"raised {name}: {error}".rstrip(": ")
    line = students_line(error, *((function.__code__.co_filename,) if _is_driver(function) else ()))
    return f"{text}\n  in your line: {line}" if line else f"{text}."


def _modified(function: Callable[..., Any], before: _Arguments, after: _Arguments) -> str | None:
    (old_args, old_kwargs), (args, kwargs) = before, after
    names = _parameter_names(function, len(args))
    for name, old, new in zip(names, old_args, args, strict=True):
        change = plain.first_change(old, new, name)
        if change:
            return change
    return next(filter(None, (plain.first_change(old_kwargs[name], kwargs[name], name) for name in kwargs)), None)


def _parameter_names(function: Callable[..., Any], count: int) -> list[str]:
    try:
        names = [parameter.name for parameter in inspect.signature(function).parameters.values()]
    except (TypeError, ValueError):
        names = []
    return [names[i] if i < len(names) else f"argument {i + 1}" for i in range(count)]


def _is_driver(function: Callable[..., Any]) -> bool:
    return getattr(function, DRIVER_MARK, False)


def _name(function: Callable[..., Any]) -> str:
    if _is_driver(function):
        return (inspect.getdoc(function) or function.__name__).splitlines()[0].rstrip(".")
    return f"`{getattr(function, '__name__', 'your function')}`"


def _label(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    if _is_driver(function):
        return _name(function)
    shown = [plain.summary(arg) for arg in args] + [f"{name}={plain.summary(arg)}" for name, arg in kwargs.items()]
    return f"`{getattr(function, '__name__', 'your function')}({', '.join(shown)})`"
