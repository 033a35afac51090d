"""Which of the usual mistakes a wrong answer is.

What a failed check asked of the student's code is asked of the catalogue's wrong answers, too. The one that gives the
student's replies is the mistake. The catalogue is the instructor's, so it runs without walls, but in a process of its
own: some of its answers never end, and some end their process.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import select
import signal
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from autograder.answers import Answer
from autograder.engine import wire
from autograder.engine.worker import Worker
from course_utils.check import plain

CANDIDATE_SECONDS, SECONDS = 1.0, 10.0
"""How long one answer of the catalogue may take, and all of them together for one submission."""
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


def names(
    setup: str, candidates: Mapping[str, Sequence[Answer]], asked: Mapping[str, Sequence[Asked]]
) -> dict[str, str]:
    """Return the mistake that was made in each exercise where it is a usual one.

    setup: source of the locked cell before all answers. candidates: the catalogue's wrong answers, by exercise.
    asked: what the checks asked, by exercise. Two mistakes that cannot be told apart are joined by " or ".
    """
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        _find_and_tell(setup, candidates, asked, there)
    os.close(there)
    told = b""
    with os.fdopen(here, "rb", buffering=0) as pipe:
        while select.select([pipe], [], [], SECONDS)[0] and (piece := pipe.read(1 << 16)):
            told += piece
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return dict(json.loads(line) for line in told.split(b"\n")[:-1])


def _find_and_tell(setup: str, candidates: Mapping, asked: Mapping, descriptor: int) -> None:
    """Write a line for each exercise whose mistake is known; never returns."""
    try:
        signal.signal(signal.SIGALRM, _stop)
        for exercise, answers in candidates.items():
            found = list(_alike(setup, answers, asked[exercise]))
            if 0 < len(found) <= TOLD_APART:
                os.write(descriptor, json.dumps([exercise, " or ".join(found)]).encode() + b"\n")
    finally:
        os._exit(0)


def _alike(setup: str, candidates: Sequence[Answer], conversation: Sequence[Asked]) -> Iterator[str]:
    for answer in candidates:
        try:
            signal.setitimer(signal.ITIMER_REAL, CANDIDATE_SECONDS)
            if _replies_alike(setup, answer.source, conversation):
                yield answer.name
        except (_TooLong, Exception, SystemExit):  # it took another way than the student's, and cannot go on
            continue
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


def _stop(*_: object) -> None:
    raise _TooLong


def _replies_alike(setup: str, source: str, conversation: Sequence[Asked]) -> bool:
    """Ask an answer what the student's was asked, and say whether each reply is the student's."""
    names: dict[str, Any] = {"__name__": "__main__"}
    shell = SimpleNamespace(user_ns=names, shown=SimpleNamespace(outputs=[]))
    worker = Worker(None, shell)
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with contextlib.suppress(Exception):  # as in a notebook: what stood before the error is defined
            exec(setup, names)
            exec(source, names)
        return all(_alike_in_all(_ask(worker, asked.request), asked.reply) for asked in conversation)


def _ask(worker: Worker, request: dict) -> dict:
    """Return the reply as a judge gets it. The request is sent, too: some answers write into their arguments."""
    return _over_the_wire(worker.respond(_over_the_wire(request)), worker.keep)


def _over_the_wire(value: dict, opaque: Callable[[Any], dict] | None = None) -> dict:
    frame = wire.pack(value, opaque)
    header, _ = wire.lengths(frame[: wire.LENGTHS.size])
    end = wire.LENGTHS.size + header
    return wire.unpack(frame[wire.LENGTHS.size : end], frame[end:])


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
    one, other = plain.as_numpy(one), plain.as_numpy(other)
    if one.shape != other.shape or one.dtype.kind != other.dtype.kind:
        return False
    if one.dtype.kind not in "fc":
        return bool(np.array_equal(one, other))
    size = np.abs(other[np.isfinite(other)]).max(initial=0.0)
    rtol = max(RTOL, 100 * np.finfo(one.dtype).eps)
    return bool(np.allclose(one, other, rtol=rtol, atol=rtol * size, equal_nan=True))
