"""Answers that are more alike than skeleton, catalogue and class explain: a reason to look, not a verdict.

rapidfuzz compares tokens of Python without the names that a student chose (`anonymous_code.py`). Tools that compare
files by fingerprints of k characters (copydetect, MOSS) find little in answers of five to fifteen lines, and cannot
tell what everybody writes.
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

# Share of tokens, in order, that two answers must have in common to count as the same.
ALIKE = 0.9

# An answer with fewer tokens than this beyond the skeleton proves nothing: there are few ways to write so little.
SHORT = 25

# Tokens in common, in all exercises together, from which on a pair is worth a look.
MIN_TOKENS = 60

# An answer that more than this share of the class has, and more than FEW students, is what everybody writes.
COMMON, FEW = 0.25, 3


@dataclass(frozen=True)
class Shared:
    """An exercise that all `students` answered the same. `tokens`: of the shortest answer, without the skeleton."""

    exercise: str
    students: tuple[str, ...]
    tokens: int


@dataclass(frozen=True)
class Group:
    """Students with the same answers, and the exercises that they share, the longest answer first."""

    students: tuple[str, ...]
    shared: tuple[Shared, ...]


def groups(
    exercises: Sequence[Exercise], catalogue: Catalogue, answers: Mapping[str, Mapping[str, str]]
) -> list[Group]:
    """Return the groups of students whose answers are the same, and not explained by skeleton, catalogue or class.

    answers: {student: {exercise: source}}, without those that are as they were released.
    """
    shared = [
        match
        for exercise in exercises
        for match in _shared(
            exercise, catalogue, {who: own[exercise.name] for who, own in answers.items() if exercise.name in own}
        )
    ]
    students = sorted({student for match in shared for student in match.students})
    place = {student: i for i, student in enumerate(students)}
    common = np.zeros((len(students), len(students)))
    for match in shared:
        rows = [place[student] for student in match.students]
        common[np.ix_(rows, rows)] += match.tokens
    return [_group(members, shared) for members in _components(students, common >= MIN_TOKENS)]


def _group(members: Sequence[str], shared: Sequence[Shared]) -> Group:
    found = [
        Shared(match.exercise, both, match.tokens)
        for match in shared
        if len(both := tuple(student for student in match.students if student in members)) > 1
    ]
    return Group(tuple(members), tuple(sorted(found, key=lambda match: -match.tokens)))


def _shared(exercise: Exercise, catalogue: Catalogue, answers: Mapping[str, str]) -> Iterator[Shared]:
    """Yield the answers to one exercise that several students share and nothing explains."""
    spell = _Speller(exercise)
    catalogued = [*catalogue.right(exercise.name), *catalogue.wrong(exercise.name)]
    known = [spell.own(source) for source in (exercise.answer, *(answer.source for answer in catalogued))]
    writers: dict[str, list[str]] = {}
    for student, source in answers.items():
        text = spell.own(source)
        if len(text) >= SHORT:
            writers.setdefault(text, []).append(student)
    texts = list(writers)
    texts = [text for text, alike in zip(texts, _alike(texts, known), strict=True) if not alike.any()]
    for alike in _components(texts, _alike(texts, texts), alone=True):
        students = tuple(sorted(student for text in alike for student in writers[text]))
        if 1 < len(students) <= max(FEW, COMMON * len(answers)):
            yield Shared(exercise.name, students, min(map(len, alike)))


class _Speller:
    """Writes an answer as a string of one character per token, without the tokens of the skeleton."""

    def __init__(self, exercise: Exercise) -> None:
        self._names = exercise.names
        self._letters: dict[str, int] = {}
        self._stub = self._spell(exercise.stub)

    def own(self, source: str) -> str:
        """Return the tokens of `source` that are not in the skeleton in the same order."""
        text = self._spell(source)
        parts = LCSseq.opcodes(self._stub, text)
        return "".join(text[part.dest_start : part.dest_end] for part in parts if part.tag == "insert")

    def _spell(self, source: str) -> str:
        number = lambda token: self._letters.setdefault(token, len(self._letters))
        return "".join(chr(1 + number(token)) for token in tokens(source, self._names))


def _alike(texts: Sequence[str], others: Sequence[str]) -> np.ndarray:
    """Return (len(texts), len(others)) bool: whether two texts are the same."""
    if not texts or not others:
        return np.zeros((len(texts), len(others)), dtype=bool)
    return process.cdist(texts, others, scorer=Indel.normalized_similarity, score_cutoff=ALIKE) >= ALIKE


def _components(items: Sequence[str], related: np.ndarray, alone: bool = False) -> list[list[str]]:
    """Return the connected components of `items` in the graph `related`, (n, n) bool.

    alone: whether components of a single item count.
    """
    if not len(items):
        return []
    number, labels = connected_components(related, directed=False)
    found = [[item for item, label in zip(items, labels, strict=True) if label == k] for k in range(number)]
    return [members for members in found if alone or len(members) > 1]
