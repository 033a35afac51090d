"""Which of the usual mistakes a wrong answer is.

What a failed check asked of the student's code is asked of the catalogue's wrong answers, too. The one that gives the
student's replies is the mistake. The catalogue is the instructor's, so it runs without a sandbox; but some of its
answers never end, and some end their process. So this comes when the result has been reported, in a process that has
nothing else left to do.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

from autograder.engine.in_process import compiled, namespace, quiet
from autograder.engine.proxies import RecordedRequest
from autograder.engine.worker import codec
from autograder.engine.worker.server import Message, Responder
from autograder.notebooks.catalogue import Answer, Catalogue
from autograder.settings import WALL_PER_CPU, Limits
from course_utils.check import plain

# How soon an answer that catches what ends it is ended again.
AGAIN_SECONDS = 0.2

# Numbers this close come from the same mistake, computed in another order.
RTOL = 1e-6

# How many mistakes may give the same replies and still be worth naming.
MAX_ALIKE = 2

TITLE = "answer"


class _TooLong(BaseException):
    """Ends an answer that takes its time, through every `except Exception`."""


def compile_all(catalogue: Catalogue) -> None:
    """Compile the wrong answers, so that processes forked from this one need not."""
    for answer in catalogue.answers:
        if answer.kind == "wrong":
            with contextlib.suppress(SyntaxError):
                compiled(answer.source, f"<cell {TITLE}>")


def names(
    setup: str,
    candidates: Mapping[str, Sequence[Answer]],
    requests: Mapping[str, Sequence[RecordedRequest]],
    limits: Limits,
) -> Iterator[tuple[str, list[str], str]]:
    """Yield (exercise, mistakes, why none is named): the name of the mistake, or of a few that give the same replies.

    Call it where nothing else is left to do: an answer may end this process, and `os._exit` is replaced.
    setup: source of the locked cell before all answers. candidates: the catalogue's wrong answers, by exercise.
    requests: what the checks asked, with the student's replies, by exercise.
    """
    for kind in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(kind, _stop)
    os._exit = _stop  # an answer that ends its process is not to end this one
    started = time.process_time(), time.monotonic()
    for exercise, answers in candidates.items():
        asked = [_frame(recorded.request) for recorded in requests[exercise]]
        replies = [recorded.reply for recorded in requests[exercise]]
        found = [a.name for a in answers if replies and _is_alike(setup, a.source, asked, replies, limits)]
        computed, took = time.process_time() - started[0], time.monotonic() - started[1]
        if computed > limits.mistakes_cpu_seconds or took > WALL_PER_CPU * limits.mistakes_cpu_seconds:
            return
        if 0 < len(found) <= MAX_ALIKE:
            yield exercise, found, ""
        elif found:
            yield exercise, [], f"{len(found)} usual mistakes give the same replies"
        else:
            yield exercise, [], "no usual mistake gives the same replies" if replies else "it gave no reply"


def _is_alike(setup: str, source: str, requests: Sequence[_Frame], replies: Sequence[Message], limits: Limits) -> bool:
    try:
        signal.setitimer(signal.ITIMER_PROF, limits.mistake_cpu_seconds, AGAIN_SECONDS)
        signal.setitimer(signal.ITIMER_REAL, WALL_PER_CPU * limits.mistake_cpu_seconds, AGAIN_SECONDS)
        return _replies_alike(setup, source, requests, replies)
    except (_TooLong, Exception, SystemExit):  # it took another way than the student's, and cannot go on
        return False
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _stop(*_: object) -> NoReturn:
    raise _TooLong


def _replies_alike(setup: str, source: str, requests: Sequence[_Frame], replies: Sequence[Message]) -> bool:
    """Ask an answer what the student's was asked, and say whether each reply is the student's."""
    with quiet():
        responder = Responder(namespace(setup, source, TITLE, as_far_as_it_goes=True))
        return all(
            _alike_in_all(_reply(responder, *asked), reply) for asked, reply in zip(requests, replies, strict=True)
        )


# Header and body of what goes through a channel.
_Frame = tuple[bytes, bytes]


def _frame(value: Message, stand_in: Callable[[Any], codec.StandIn] | None = None) -> _Frame:
    frame = codec.pack(value, stand_in)
    header, _ = codec.lengths(frame[: codec.LENGTHS.size])
    end = codec.LENGTHS.size + header
    return frame[codec.LENGTHS.size : end], frame[end:]


def _reply(responder: Responder, header: bytes, body: bytes) -> Message:
    """Return the reply as a judge gets it. The request is read anew: some answers write into their arguments."""
    return codec.unpack(*_frame(responder.respond(codec.unpack(header, body)), responder.keep))


def _alike_in_all(mine: Message, theirs: Message) -> bool:
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
    if plain.is_sequence(one) and plain.is_sequence(other):
        return len(one) == len(other) and all(map(_same, one, other))
    if plain.is_dict(one) and plain.is_dict(other):
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
