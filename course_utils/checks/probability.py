"""Drivers of unit 03: probability and information."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator
from functools import cache
from pydoc_data.topics import topics

import numpy as np

from course_utils import check

SYMBOLS = " " + string.ascii_lowercase


def faulty_posterior(prior: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the posterior of each class for each outcome, with the fault of exercise 3.5.

    prior: float64 array (nx,); counts: float64 array (nx, ny). Returns a float64 array (nx, ny).
    """
    joint = prior[:, None] * counts
    joint = joint / joint.sum(axis=1, keepdims=True)
    evidence = joint.sum(axis=0)
    return np.divide(joint, evidence, out=np.zeros_like(joint), where=evidence > 0)


@check.driver
def three_entropies(variant: str) -> Callable[[np.ndarray, np.ndarray, float], tuple[float, float, float]]:
    """an `entropies`

    variant: "right"; "nats" and "exchanged" are wrong. Returns a function of p and q, float64 (k,), and the base.
    """

    def entropies(p: np.ndarray, q: np.ndarray, base: float) -> tuple[float, float, float]:
        if variant == "exchanged":
            p, q = q, p
        p, q = p[p > 0], q[p > 0]
        unit = 1.0 if variant == "nats" else np.log(base)
        H = -float(np.sum(p * np.log(p))) / unit
        if not q.all():
            return H, np.inf, np.inf
        return H, -float(np.sum(p * np.log(q))) / unit, float(np.sum(p * np.log(p / q))) / unit

    return entropies


def independent_dice(seed: int, k: int = 8, n: int = 200, tables: int = 400) -> np.ndarray:
    """Roll two independent dice with k sides n times, and count; repeat it for each table.

    Returns float64 (tables, k, k); entry [t, i, j] says how often in table t the first die showed i and the second j.
    """
    rolls = np.random.default_rng(seed).multinomial(n, np.full(k * k, 1 / k**2), size=tables)
    return rolls.reshape(tables, k, k).astype(float)


def texts(rng: np.random.Generator, count: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield so many pairs of texts, one to count in and one to measure with, as numbers of 27 symbols, int64 (n,).

    Both are lines of Python's manual, drawn at random: letters, and one space between words. The first text of a pair
    has about 1,000, 2,000, 4,000 or 8,000 symbols, in turn, and the second about 4,000; the numbers of the symbols are
    permuted, differently in each pair.
    """
    lines = _lines_of_the_manual()
    for number in range(count):
        names, order = rng.permutation(27), rng.permutation(len(lines))
        size = 1000 * 2 ** (number % 4)
        ends = np.searchsorted(np.cumsum([len(lines[place]) for place in order]), [size, size + 4000]) + 1
        parts = order[: ends[0]], order[ends[0] : ends[1]]
        first, second = (names[np.concatenate([lines[place] for place in part])] for part in parts)
        yield first, second


@cache
def _lines_of_the_manual() -> list[np.ndarray]:
    """Return the lines with at least 40 letters, without punctuation, each with a space at its end."""
    texts_of_topics = "\n".join(topics[topic] for topic in sorted(topics)).lower().splitlines()
    lines = [" ".join(re.findall("[a-z]+", line)) + " " for line in texts_of_topics]
    return [np.array([SYMBOLS.index(symbol) for symbol in line]) for line in lines if len(line) > 40]


def bits_per_symbol(P: np.ndarray, text: np.ndarray) -> float:
    """Return the cross entropy in bits of a text (n,) for P[a, b, c], (27, 27, 27), the probability of c after a, b.

    It is infinite where P gives 0 to a symbol that occurs.
    """
    with np.errstate(divide="ignore"):
        return float(-np.log2(P[text[:-2], text[1:-1], text[2:]]).mean())


def bits_saved(P: np.ndarray, text: np.ndarray, new: np.ndarray) -> float:
    """Return how many bits per symbol P needs less on a new text than the lecture's bigram, which counts in `text`.

    P: (27, 27, 27), the probability of each symbol after each two. text, new: numbers of symbols, (n,) and (m,).
    """
    bigram = np.ones((27, 27))
    np.add.at(bigram, (text[:-1], text[1:]), 1)
    bigram /= bigram.sum(axis=1, keepdims=True)
    return bits_per_symbol(np.broadcast_to(bigram, (27, 27, 27)), new) - bits_per_symbol(P, new)
