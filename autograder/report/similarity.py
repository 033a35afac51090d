"""Answers that are the same beyond what skeleton, catalogue and class explain: places to look, and no verdicts.

rapidfuzz compares, on tokens of Python without the names that a student chose (`code.py`). Tools that compare files by
fingerprints of k characters (copydetect, as MOSS does) find little in answers of five to fifteen lines, and cannot tell
what everybody writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Indel, LCSseq
from scipy.sparse.csgraph import connected_components

from autograder.notebooks.assignment import Exercise
from autograder.notebooks.catalogue import Catalogue
from autograder.report.anonymous_code import tokens

ALIKE = 0.9
"""Share of tokens, in order, that two answers have in common to be the same."""
SHORT = 25
"""Tokens beyond the skeleton below which an answer says nothing: there are few ways to write so little."""
ENOUGH = 60
"""Tokens in common, in all exercises together, from which on a pair is worth a look."""
COMMON, FEW = 0.25, 3
"""An answer that more than this share of the class has, and more than FEW students, is what everybody writes."""


@dataclass(frozen=True)
class Shared:
    """An exercise that all `students` answered the same; `tokens`: of the shortest answer, beyond the skeleton."""

    exercise: str
    students: tuple[str, ...]
    tokens: int


@dataclass(frozen=True)
class Group:
    """Students who have more in common than is explained, and what it is, the longest first."""

    students: tuple[str, ...]
    shared: tuple[Shared, ...]


def groups(
    exercises: Sequence[Exercise], catalogue: Catalogue, answers: Mapping[str, Mapping[str, str]]
) -> list[Group]:
    """Return the groups of students whose answers are the same beyond what is explained.

    answers: {student: {exercise: source}}, without those that are as they were released.
    """
    shared = [
        match
        for exercise in exercises
        for match in _shared(
            exercise, catalogue, {who: its[exercise.name] for who, its in answers.items() if exercise.name in its}
        )
    ]
    students = sorted({student for match in shared for student in match.students})
    place = {student: i for i, student in enumerate(students)}
    common = np.zeros((len(students), len(students)))
    for match in shared:
        rows = [place[student] for student in match.students]
        common[np.ix_(rows, rows)] += match.tokens
    return [_group(members, shared) for members in _components(students, common >= ENOUGH)]


def _group(members: Sequence[str], shared: Sequence[Shared]) -> Group:
    found = [
        Shared(match.exercise, both, match.tokens)
        for match in shared
        if len(both := tuple(student for student in match.students if student in members)) > 1
    ]
    return Group(tuple(members), tuple(sorted(found, key=lambda match: -match.tokens)))


def _shared(exercise: Exercise, catalogue: Catalogue, answers: Mapping[str, str]) -> Iterator[Shared]:
    """Yield what students wrote alike in one exercise, where nothing explains it."""
    spell = _Speller(exercise)
    of_catalogue = [*catalogue.right(exercise.name), *catalogue.wrong(exercise.name)]
    known = [spell.own(source) for source in (exercise.answer, *(answer.source for answer in of_catalogue))]
    writers: dict[str, list[str]] = {}
    for student, source in answers.items():
        text = spell.own(source)
        if len(text) >= SHORT:
            writers.setdefault(text, []).append(student)
    texts = list(writers)
    explained = _alike(texts, known).any(axis=1)
    texts = [text for text, is_known in zip(texts, explained, strict=True) if not is_known]
    for alike in _components(texts, _alike(texts, texts), alone=True):
        students = tuple(sorted(student for text in alike for student in writers[text]))
        if 1 < len(students) <= max(FEW, COMMON * len(answers)):
            yield Shared(exercise.name, students, min(map(len, alike)))


class _Speller:
    """Writes an answer as a string of a character a token, without what stands in the skeleton in the same order."""

    def __init__(self, exercise: Exercise) -> None:
        self._names, self._letters = exercise.names, {}
        self._stub = self._spell(exercise.stub)

    def own(self, source: str) -> str:
        text = self._spell(source)
        parts = LCSseq.opcodes(self._stub, text)
        return "".join(text[part.dest_start : part.dest_end] for part in parts if part.tag == "insert")

    def _spell(self, source: str) -> str:
        number = lambda token: self._letters.setdefault(token, len(self._letters))
        return "".join(chr(1 + number(token)) for token in tokens(source, self._names))


def _alike(some: Sequence[str], others: Sequence[str]) -> np.ndarray:
    """Return (len(some), len(others)) whether two texts are the same."""
    if not some or not others:
        return np.zeros((len(some), len(others)), dtype=bool)
    return process.cdist(some, others, scorer=Indel.normalized_similarity, score_cutoff=ALIKE) >= ALIKE


def _components(items: Sequence[str], related: np.ndarray, alone: bool = False) -> list[list[str]]:
    """Return the items that hang together by `related`, square; those that stand alone where `alone` asks for them."""
    if not len(items):
        return []
    number, label = connected_components(related, directed=False)
    found = [[item for item, its in zip(items, label, strict=True) if its == k] for k in range(number)]
    return [members for members in found if alone or len(members) > 1]
