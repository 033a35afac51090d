"""Which of the usual mistakes a wrong answer is.

What a failed check asked of the student's code is asked of the catalogue's wrong answers, too. The one that gives the
student's replies is the mistake. The catalogue is the instructor's, so it runs without walls; but some of its answers
never end, and some end their process. So this comes when the result is told already, in a process that has done its
work.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import signal
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import CodeType, SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from autograder.engine.worker import codec
from autograder.engine.worker.server import Worker
from autograder.notebooks.catalogue import Answer, Catalogue
from course_utils.check import plain

CPU_SECONDS, WALL_SECONDS, SECONDS = 2.0, 4.0, 10.0
"""How long one answer of the catalogue may take, and from when on no more is asked for one submission."""
AGAIN_SECONDS = 0.2
"""How soon an answer that catches what ends it is ended again."""
RTOL = 1e-6
"""Numbers this close come from the same mistake, computed in another order."""
TOLD_APART = 2
"""How many mistakes may give the same replies and still be worth naming."""


class Asked(NamedTuple):
    """A request of a check, and the reply of the student's side, as they went over the wire."""

    request: dict
    reply: dict


class _TooLong(BaseException):
    """Ends an answer that takes its time, through every `except Exception`."""


def compile_all(catalogue: Catalogue) -> None:
    """Compile the wrong answers, so that processes forked from this one need not."""
    for answer in catalogue.answers:
        if answer.kind == "wrong":
            with contextlib.suppress(SyntaxError):
                _compiled(answer.source)


@functools.cache
def _compiled(source: str) -> CodeType:
    return compile(source, "<answer>", "exec")


def names(
    setup: str, candidates: Mapping[str, Sequence[Answer]], asked: Mapping[str, Sequence[Asked]]
) -> Iterator[tuple[str, str, str]]:
    """Yield (exercise, the mistake that was made, "") or, where none is named, (exercise, "", why not).

    Call it where nothing else is left to do: an answer may end this process, and `os._exit` is put out of work.
    Two mistakes that cannot be told apart are joined by " or ".
    setup: source of the locked cell before all answers. candidates: the catalogue's wrong answers, by exercise.
    asked: what the checks asked, by exercise.
    """
    for kind in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(kind, _stop)
    os._exit = _stop  # an answer that ends its process is not to end this one
    deadline = time.monotonic() + SECONDS
    for exercise, answers in candidates.items():
        requests = [_frame(asked.request) for asked in asked[exercise]]
        replies = [asked.reply for asked in asked[exercise]]
        found = [a.name for a in answers if replies and _is_alike(setup, a.source, requests, replies)]
        if time.monotonic() > deadline:
            return
        if 0 < len(found) <= TOLD_APART:
            yield exercise, " or ".join(found), ""
        elif found:
            yield exercise, "", f"{len(found)} usual mistakes give the same replies"
        else:
            yield exercise, "", "no usual mistake gives the same replies" if replies else "it gave no reply"


def _is_alike(setup: str, source: str, requests: Sequence[_Frame], replies: Sequence[dict]) -> bool:
    try:
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS, AGAIN_SECONDS)
        signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS, AGAIN_SECONDS)
        return _replies_alike(setup, source, requests, replies)
    except (_TooLong, Exception, SystemExit):  # it took another way than the student's, and cannot go on
        return False
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _stop(*_: object) -> None:
    raise _TooLong


def _replies_alike(setup: str, source: str, requests: Sequence[_Frame], replies: Sequence[dict]) -> bool:
    """Ask an answer what the student's was asked, and say whether each reply is the student's."""
    names: dict[str, Any] = {"__name__": "__main__"}
    shell = SimpleNamespace(user_ns=names, shown=SimpleNamespace(outputs=[]))
    worker = Worker(None, shell)
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with contextlib.suppress(Exception):  # as in a notebook: what stood before the error is defined
            exec(_compiled(setup), names)
            exec(_compiled(source), names)
        return all(_alike_in_all(_ask(worker, *asked), reply) for asked, reply in zip(requests, replies, strict=True))


_Frame = tuple[bytes, bytes]
"""Header and body of what goes over the wire."""


def _frame(value: dict, opaque: Callable[[Any], dict] | None = None) -> _Frame:
    frame = codec.pack(value, opaque)
    header, _ = codec.lengths(frame[: codec.LENGTHS.size])
    end = codec.LENGTHS.size + header
    return frame[codec.LENGTHS.size : end], frame[end:]


def _ask(worker: Worker, header: bytes, body: bytes) -> dict:
    """Return the reply as a judge gets it. The request is read anew: some answers write into their arguments."""
    return codec.unpack(*_frame(worker.respond(codec.unpack(header, body)), worker.keep))


def _alike_in_all(mine: dict, theirs: dict) -> bool:
    if "raised" in mine or "raised" in theirs:
        return [mine.get("raised", {}).get(part) for part in ("name", "text")] == [
            theirs.get("raised", {}).get(part) for part in ("name", "text")
        ]
    parts = ("value", "changed", "missing")
    return all(_same(mine.get(part), theirs.get(part)) for part in parts)


def _same(one: Any, other: Any) -> bool:
    """Say whether two values are the same up to rounding."""
    if isinstance(one, plain.Opaque) and isinstance(other, plain.Opaque):
        return one.kind == other.kind
    if plain.is_array(one) and plain.is_array(other):
        return plain.is_tensor(one) == plain.is_tensor(other) and _same_numbers(one, other)
    if plain.is_number(one) and plain.is_number(other):
        return _same_numbers(one, other)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return type(one) is type(other) and one == other


def _same_numbers(one: Any, other: Any) -> bool:
    if plain.is_array(one) and plain.is_array(other) and one.dtype != other.dtype:
        return False
    one, other = plain.as_numpy(one), plain.as_numpy(other)
    if one.shape != other.shape or one.dtype.kind != other.dtype.kind:
        return False
    if one.dtype.kind not in "fc":
        return bool(np.array_equal(one, other))
    size = np.abs(other[np.isfinite(other)]).max(initial=0.0)
    rtol = max(RTOL, 100 * np.finfo(one.dtype).eps)
    return bool(np.allclose(one, other, rtol=rtol, atol=rtol * size, equal_nan=True))
