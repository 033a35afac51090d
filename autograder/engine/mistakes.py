"""Which of the usual mistakes a wrong answer is.

The checks decide that, too: they run on the catalogue's wrong answers, and the one about which they say what they said
about the student's is the mistake. A check knows what is free in an answer, such as signs, random numbers or the form
of a cache, and its sentence names only what is wrong; so the idea is compared, and not how it is written
(`verdict_forms.py`). Where several mistakes get the same sentences, those whose replies are the student's are
preferred (`likeness.py`), and then those that are written alike (`structure.py`).

The catalogue is the instructor's, so it runs without a sandbox; but some of its answers never end, and some end their
process. So this comes when the result has been reported, in a process that has nothing else left to do.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn

from autograder.engine.direct_calls import recorded
from autograder.engine.in_process import CRASHED, compiled, namespace, outcome, quiet, seed_in_force
from autograder.engine.likeness import forms, same_replies, same_reply
from autograder.engine.seeds import exercise_seed
from autograder.engine.structure import share_of_marks, written_most_like
from autograder.engine.verdict_forms import NEARLY, likeness
from autograder.notebooks.assignment import CheckCell
from autograder.notebooks.catalogue import Answer, Catalogue
from autograder.settings import WALL_PER_CPU, Limits
from course_utils.check import fingerprint, seed
from course_utils.check.trace import Note, Trace

# How soon an answer that catches what ends it is ended again.
AGAIN_SECONDS = 0.2

# How many mistakes may fit and still be worth naming.
MAX_ALIKE = 2

# Where behaviour alone does not prove it, which share of a mistake's own marks an answer must have.
WRITTEN_ALIKE = 0.3

TITLE = "answer"


class Verdict(NamedTuple):
    """What a check said of an answer ("" where it passed), and what the answer had replied to it."""

    message: str
    replies: Sequence[Note]


@dataclass(frozen=True)
class Evidence:
    """A student's wrong answer to an exercise: its source, and the verdict of each of its checks, by grade_id.

    checks: the cells, in the order of the notebook. right: sources of right answers, the master's among them.
    """

    source: str
    checks: Sequence[CheckCell]
    verdicts: Mapping[str, Verdict]
    right: Sequence[str] = ()


class _TooLong(BaseException):
    """Ends an answer that takes its time, through every `except Exception`."""


class _Differs(BaseException):
    """Ends the check of a mistake that has passed where the student's answer failed."""


class _OtherReply(BaseException):
    """Ends the check of a mistake that has replied otherwise than the student's answer, where the same is wanted."""


class _Fit(NamedTuple):
    """A mistake of which the checks say what they say of the student's answer."""

    answer: Answer
    distance: float
    is_telling: bool
    same_replies: bool
    same_forms: bool


def compile_all(catalogue: Catalogue) -> None:
    """Compile the wrong answers, so that processes forked from this one need not."""
    for answer in catalogue.answers:
        if answer.kind == "wrong":
            with contextlib.suppress(SyntaxError):
                compiled(answer.source, f"<cell {TITLE}>")


def names(
    setup: str, candidates: Mapping[str, Sequence[Answer]], evidence: Mapping[str, Evidence], limits: Limits
) -> Iterator[tuple[str, list[str], str]]:
    """Yield (exercise, mistakes, why none is named): the name of the mistake, or of the two that fit.

    Call it where nothing else is left to do, in the folder and with the seed of the submission: an answer may end this
    process, and `os._exit` is replaced.
    setup: source of the locked cell before all answers. candidates: the catalogue's wrong answers, by exercise.
    """
    for kind in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(kind, _stop)
    os._exit = _stop  # an answer that ends its process is not to end this one
    started = time.process_time(), time.monotonic()
    for exercise, answers in candidates.items():
        about = evidence[exercise]
        replied = any(verdict.replies for verdict in about.verdicts.values())
        with seed_in_force(exercise_seed(seed(), exercise)):
            fits = _fits(setup, answers, about, limits) if replied else []
        computed, took = time.process_time() - started[0], time.monotonic() - started[1]
        if computed > limits.mistakes_cpu_seconds or took > WALL_PER_CPU * limits.mistakes_cpu_seconds:
            return
        found = _best(fits, about)
        if found:
            yield exercise, found, ""
        elif fits:
            yield exercise, [], f"{len(fits)} usual mistakes give the same replies" if len(fits) > 1 else UNSURE
        else:
            yield exercise, [], "no usual mistake gives the same replies" if replied else "it gave no reply"


UNSURE = "a usual mistake fails in the same way, but is written in another"


def _fits(setup: str, answers: Sequence[Answer], about: Evidence, limits: Limits) -> list[_Fit]:
    """Return the mistakes that fit; where some give the student's very replies, none that replies otherwise.

    Those come first, because an answer that does not is seen at its first reply, and the rest of the checks is saved.
    """
    fits: list[_Fit] = []
    others: list[Answer] = []
    for answer in answers:
        try:
            fits += _fit(setup, answer, about, limits, wants_same_replies=True)
        except _OtherReply:
            others.append(answer)
    if not any(fit.same_replies for fit in fits):
        fits += [fit for answer in others for fit in _fit(setup, answer, about, limits)]
    return sorted(fits, key=lambda fit: answers.index(fit.answer))


def _best(fits: Sequence[_Fit], about: Evidence) -> list[str]:
    """Return the names of the mistakes that fit best, one or two; none where more do, or chance may have made them fit.

    The proof by behaviour is the same replies, or a sentence with numbers that are not the same by chance. Without one,
    the answer must be written like the mistake, too.
    """
    by_behaviour = (
        [fit for fit in fits if fit.same_replies],
        [fit for fit in fits if fit.distance == 0],
        [fit for fit in fits if fit.distance <= NEARLY],
        fits,
    )
    group = next((level for level in by_behaviour if level), fits)
    group = [fit for fit in group if fit.same_forms] or group
    if len(group) > MAX_ALIKE:
        group = [group[place] for place in written_most_like(about.source, [fit.answer.source for fit in group])]
    return [fit.answer.name for fit in group if _is_proved(fit) or _is_written_alike(fit, about)]


def _is_proved(fit: _Fit) -> bool:
    return fit.same_replies or (fit.distance <= NEARLY and fit.is_telling)


def _is_written_alike(fit: _Fit, about: Evidence) -> bool:
    return share_of_marks(about.source, fit.answer.source, about.right) >= WRITTEN_ALIKE


def _fit(setup: str, answer: Answer, about: Evidence, limits: Limits, wants_same_replies: bool = False) -> list[_Fit]:
    """Run the checks on an answer of the catalogue; return how it fits, or nothing where they say something else.

    Raises _OtherReply at a reply that is not the student's, where `wants_same_replies`.
    """
    try:
        signal.setitimer(signal.ITIMER_PROF, limits.mistake_cpu_seconds, AGAIN_SECONDS)
        signal.setitimer(signal.ITIMER_REAL, WALL_PER_CPU * limits.mistake_cpu_seconds, AGAIN_SECONDS)
        with quiet():
            names = namespace(setup, answer.source, TITLE, as_far_as_it_goes=True)
            fit = _compared(names, answer, about, wants_same_replies)
    except (_TooLong, Exception, SystemExit):  # it took another way than the student's, and cannot go on
        return []
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        fingerprint.recorder = None
    return [fit] if fit else []


def _stop(*_: object) -> NoReturn:
    raise _TooLong


def _compared(names: dict[str, Any], answer: Answer, about: Evidence, wants_same_replies: bool) -> _Fit | None:
    """Compare verdict by verdict, those that failed first: most mistakes differ there, and are done with."""
    distance, is_telling, same, same_forms = 0.0, False, True, True
    for check in sorted(about.checks, key=lambda check: not about.verdicts[check.grade_id].message):
        students = about.verdicts[check.grade_id]
        verdict = _verdict(names, check, students.replies if students.message else None, wants_same_replies)
        if verdict is None or bool(verdict.message) != bool(students.message):
            return None
        if not students.message:
            continue
        alike = same_replies(students.replies, verdict.replies)
        deliberate = _is_deliberate(students.message) and _is_deliberate(verdict.message)
        found = likeness(students.message, verdict.message, deliberate, alike)
        if found is None:
            return None
        distance, is_telling = max(distance, found.distance), is_telling or found.is_telling
        same, same_forms = same and alike, same_forms and forms(students.replies) == forms(verdict.replies)
    return _Fit(answer, distance, is_telling, same, same_forms)


def _verdict(
    names: dict[str, Any], check: CheckCell, replies: Sequence[Note] | None, wants_same_replies: bool
) -> Verdict | None:
    """Run a check; None where it goes on after the place where it must fail.

    replies: the student's to a check that must fail; None of one that must pass. The check's own names are not the
    answer's, as in grading: either may call something `memory`.
    """
    fingerprint.recorder = trace = Trace() if replies is None else _Bounded(replies, wants_same_replies)
    try:
        found = outcome(check.source, check.grade_id, dict(recorded(names, check.source)))
    except _Differs:
        return None
    finally:
        fingerprint.recorder = None
    return Verdict(found.message.removeprefix(CRASHED) if found else "", trace.notes)


class _Bounded(Trace):
    """A trace that ends the check at one reply more than `replies`, or at another reply, where the same are wanted."""

    def __init__(self, replies: Sequence[Note], wants_same_replies: bool) -> None:
        super().__init__()
        self._replies, self._wants_same = replies, wants_same_replies

    def note(self, word: str, value: Any = None) -> None:
        super().note(word, value)
        place = len(self.notes) - 1
        if place >= len(self._replies):
            raise _Differs
        if self._wants_same and not same_reply(self._replies[place], self.notes[place]):
            raise _OtherReply


def _is_deliberate(message: str) -> bool:
    """Say whether a sentence quotes a line by which an answer refuses: the author's words in it are free."""
    _, _, line = message.partition("\n  in your line: ")
    return line.startswith(("raise", "assert"))
