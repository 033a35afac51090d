"""Diagnosis of wrong numbers, in words.

`difference` compares, and where the numbers differ it tries the usual mistakes in turn and names the one that explains
every number. A mistake is named only when it explains them all.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import numpy as np

from course_utils.check.align import Alignment
from course_utils.check.plain import shape_text
from course_utils.check.tolerance import Tolerance

# So many numbers that differ from each other are not related by chance.
INDEPENDENT = 3

# A single number with so many significant digits is not related to another by chance.
TELLING_DIGITS = 4

# A constant factor beyond this is no factor that a formula has: the numbers have diverged, or are nearly 0.
LARGEST_FACTOR = 1000.0

# How a size begins in a formula that has words for it.
WORDS = "(number of "


def wrong_shape(received: tuple[int, ...], expected: tuple[int, ...]) -> str:
    """Say that a shape is not the expected one, and how the two are related."""
    text = f"has shape {shape_text(received)}; expected {shape_text(expected)}"
    text += _shape_relation(received, expected)
    return text if text.endswith("?") else f"{text}."


def _shape_relation(received: tuple[int, ...], expected: tuple[int, ...]) -> str:
    without_ones = tuple(size for size in received if size != 1)
    if len(received) == 2 and received[::-1] == expected:
        if 1 in received:
            return ": a column instead of a row" if received[1] == 1 else ": a row instead of a column"
        return ": is it transposed?"
    if len(expected) == 1 and len(received) == 2 and without_ones == expected:
        return f": a {'column' if received[1] == 1 else 'row'} instead of a vector with one axis"
    if without_ones == tuple(size for size in expected if size != 1):
        return ": the axes of length 1 differ"
    if len(received) == 2 and len(expected) == 1 and received == expected * 2:
        return ": is it a diagonal matrix, or did a column and a row broadcast?"
    if not received and expected:
        return ": one number instead of an array, was everything summed?"
    return ""


def not_finite(received: np.ndarray) -> str | None:
    """Say how many entries of `received`, of any shape, are NaN or infinite, and where the first is; None for none."""
    if received.dtype.kind not in "fc":
        return None
    bad = ~np.isfinite(received)
    if not bad.any():
        return None
    where = tuple(int(i) for i in np.argwhere(bad)[0])
    what = "NaN" if np.isnan(received[where]) else "infinite"
    if not where:
        return f"is {what}."
    if bad.sum() == 1:
        return f"has 1 entry of {received.size} that is NaN or infinite, at {list(where)} ({what})."
    return f"has {bad.sum()} of {received.size} entries that are NaN or infinite, the first at {list(where)} ({what})."


def another_subspace(received: np.ndarray, expected: np.ndarray) -> str | None:
    """Say why the columns of `received` (m, r) are not an orthonormal basis of a subspace; None where they are.

    expected: an orthonormal basis of the subspace, (m, r).
    The angle is the largest principal angle between the two subspaces.
    """
    gram = received.T @ received
    if not np.allclose(gram, np.eye(len(gram)), atol=1e-7):
        lengths = np.sqrt(np.diag(gram))
        worst = int(np.argmax(np.abs(lengths - 1)))
        if abs(lengths[worst] - 1) > 1e-7:
            return f"has a column of length {lengths[worst]:.6g} (column {worst}); every column should have length 1."
        i, j = divmod(int(np.argmax(np.abs(np.triu(gram, 1)))), len(gram))
        return f"has columns that are not orthogonal: the inner product of columns {i} and {j} is {gram[i, j]:.6g}."
    # The sine comes from the part of `received` outside the span: accurate for small angles, where the cosine is not.
    sine = np.linalg.norm(received - expected @ (expected.T @ received), ord=2)
    if sine <= 1e-7:
        return None
    angle = np.degrees(np.arcsin(min(1.0, float(sine))))
    return f"is orthonormal, but spans a different subspace, at an angle of {angle:.3g} degrees to the expected one."


@np.errstate(all="ignore")  # an overflow in a comparison does not concern the student
def difference(
    received: np.ndarray, expected: np.ndarray, aligned: Alignment, tolerance: Tolerance, sizes: Mapping[str, float]
) -> str | None:
    """Say where `received` and `expected`, of one shape, differ and which usual mistake explains it; None if equal."""
    if received.dtype.kind == "b" and expected.dtype.kind == "b":
        received, expected = received.astype(int), expected.astype(int)
    got = aligned(received, expected)
    if tolerance.accepts(got, expected).all():
        return None
    lines = [_where(got, expected, tolerance)]
    if received.size > 1 or received.ndim == 0:
        lines.extend(_explanation(received, expected, aligned, tolerance, sizes))
    return "\n".join(f"  {line}" for line in lines)


def _where(received: np.ndarray, expected: np.ndarray, tolerance: Tolerance) -> str:
    if received.ndim == 0:
        return _pair(received, expected)
    wrong = ~tolerance.accepts(received, expected)
    error = np.where(wrong, np.abs(received - expected), 0)
    where = tuple(int(i) for i in np.unravel_index(int(np.argmax(error)), error.shape))
    differ = "differs, at" if wrong.sum() == 1 else "differ, most at"
    of = f"{received.size} number" if received.size == 1 else f"{received.size} numbers"
    return f"{wrong.sum()} of {of} {differ} {list(where)}: {_pair(received[where], expected[where])}"


def _pair(received: np.ndarray, expected: np.ndarray) -> str:
    """Name two different numbers with as many digits as it takes to tell them apart."""
    digits = 6 if _number(received) != _number(expected) else 17
    return f"received {_number(received, digits)}, expected {_number(expected, digits)}"


def _explanation(
    received: np.ndarray, expected: np.ndarray, aligned: Alignment, tolerance: Tolerance, sizes: Mapping[str, float]
) -> Iterator[str]:
    """Yield the one sentence that explains all numbers, or nothing."""
    # A mistake's own rounding is not the answer's: compare with more room than an answer gets.
    room = Tolerance(max(tolerance.rtol * 10, 1e-6), tolerance.atol * 10)

    def explains(version: np.ndarray) -> bool:
        return bool(room.accepts(aligned(received, version), version).all())

    if explains(expected):
        yield "They are close, but differ by more than rounding: is precision lost, or is a small number added?"
        return
    if expected.size > 1 and not np.any(received):
        yield "Every number is 0."
        return
    if not _excludes_chance(received, expected):
        return
    for version, sentence in _mistaken_versions(expected):
        if explains(version):
            yield sentence
            return
    factor = _constant_factor(aligned(received, expected), expected, room)
    if factor is not None:
        yield from _name_factor(factor, sizes, of_one=expected.size == 1)
        return
    yield from _shifted(aligned(received, expected), expected, room)


def _excludes_chance(received: np.ndarray, expected: np.ndarray) -> bool:
    """Say whether a relation between the numbers would be no coincidence.

    Two small numbers, such as counts, are always related somehow: 4 is twice 2 and its square. A relation says
    something where several different numbers have it, or where a single number has many digits.
    """
    if len({_number(abs(value)) for value in expected.flat if value}) >= INDEPENDENT:
        return True
    return all(_digits(value) >= TELLING_DIGITS for value in (*received.flat, *expected.flat))


def _digits(value: np.ndarray) -> int:
    """Return how many significant digits the size of a number has, of the six that a message prints."""
    mantissa, _, _ = _number(abs(value)).partition("e")
    return len(mantissa.replace(".", "").strip("0"))


def _mistaken_versions(expected: np.ndarray) -> Iterator[tuple[np.ndarray, str]]:
    """Yield what usual mistakes make of the expected numbers, with the question that each raises."""
    if not np.any(expected):
        return
    of_one = expected.size == 1
    if expected.ndim == 2 and expected.shape[0] == expected.shape[1]:
        yield expected.T, "These are the expected numbers transposed: are rows and columns swapped?"
    yield -expected, "It has the wrong sign." if of_one else "Every number has the wrong sign."
    if expected.dtype.kind == "f" and np.all((expected >= 0) & (expected <= 1)):
        yield 1 - expected, f"{'It is' if of_one else 'These are'} 1 minus the expected number{'' if of_one else 's'}."
    for axis in range(expected.ndim):
        order = "in reverse order" if expected.ndim == 1 else f"in reverse order along axis {axis}"
        yield np.flip(expected, axis), f"These are the expected numbers {order}."
    if expected.dtype.kind == "f" and np.all(expected >= 0):
        these, numbers = ("It is", "number") if of_one else ("These are", "numbers")
        yield np.sqrt(expected), f"{these} the square root{'' if of_one else 's'} of the expected {numbers}."
        yield expected**2, f"{these} the square{'' if of_one else 's'} of the expected {numbers}."


def _constant_factor(received: np.ndarray, expected: np.ndarray, room: Tolerance) -> float | None:
    largest = np.unravel_index(int(np.argmax(np.abs(expected))), expected.shape)
    if expected[largest] == 0:
        return None
    factor = float((received[largest] / expected[largest]).real)
    return factor if room.accepts(received, factor * expected).all() else None


def _name_factor(factor: float, sizes: Mapping[str, float], of_one: bool) -> Iterator[str]:
    """Name the factor. Two single numbers always have one, so an unusual factor is named only for several numbers.

    Where the sizes explain it in more than one way, the two simplest ways are named.
    """
    subject = "It" if of_one else "Every number"
    for sign, word in ((1, ""), (-1, "minus ")):
        names = [name for value, name in _usual_factors(sizes) if np.isclose(factor, sign * value, rtol=1e-6, atol=0)]
        if names:
            yield f"{subject} is {word}{f' or {word}'.join(names[:2])} times the expected one."
            return
    if not of_one and 1 / LARGEST_FACTOR <= abs(factor) <= LARGEST_FACTOR:
        yield f"Every number is {factor:.6g} times the expected one: is a constant factor missing, or one too many?"


def _usual_factors(sizes: Mapping[str, float]) -> Iterator[tuple[float, str]]:
    """Yield the factors that mistakes leave behind, with their names, the simplest first.

    They are 2, the sizes, the sizes less 1, roots of sizes, ratios of two of them, and roots of ratios.
    """
    counts = [(float(size), _symbol(name)) for name, size in sizes.items()]
    less_one = [(size - 1, f"({_bare(symbol)} - 1)") for size, symbol in counts if size > 2]
    words = {symbol for _, symbol in counts if symbol.startswith(WORDS)}
    yield 2.0, "2"
    yield 0.5, "1/2"
    for value, symbol in counts + less_one:
        yield value, f"the {_bare(symbol)}" if symbol in words else symbol
        yield 1 / value, f"1/{symbol}"
    for value, symbol in counts:
        yield value**0.5, f"sqrt({_bare(symbol)})"
        yield value**-0.5, f"1/sqrt({_bare(symbol)})"
    ratios = [
        (above / below, f"{one}/{other}")
        for (above, one), (below, other) in itertools.permutations(counts + less_one, 2)
    ]
    yield from ratios
    yield from ((value**0.5, f"sqrt({name})") for value, name in ratios)


def _bare(symbol: str) -> str:
    return symbol[1:-1] if symbol.startswith("(") else symbol


def _symbol(name: str) -> str:
    """Return how a size is called in a formula: `n` as it is, `units` in words, and `ln_2` as a function."""
    if name.startswith("ln_"):
        return f"ln({name.removeprefix('ln_')})"
    return name if len(name) <= 2 or "_" in name or not name.endswith("s") else f"{WORDS}{name})"


def _shifted(received: np.ndarray, expected: np.ndarray, room: Tolerance) -> Iterator[str]:
    """Name a vector or number by which every row, every column or every number is off."""
    if received.ndim == 0:
        return
    shift = received - expected
    differ_all = not room.accepts(received, expected).any()

    def same(reference: np.ndarray) -> bool:
        return bool(room.accepts(received, expected + reference).all())

    if same(shift.flat[0]):
        yield f"Every number is off by the same amount, {_number(shift.flat[0])}."
    elif differ_all and received.ndim == 2 and received[1:].size >= INDEPENDENT and same(shift[:1]):
        yield "Every row is off by the same vector: is a term missing that all rows share?"
    elif differ_all and received.ndim == 2 and received[:, 1:].size >= INDEPENDENT and same(shift[:, :1]):
        yield "Every column is off by the same vector: is a term missing that all columns share?"


def _number(value: np.ndarray | float, digits: int = 6) -> str:
    number = np.asarray(value).item()
    return str(number) if isinstance(number, int) else f"{number:.{digits}g}"
