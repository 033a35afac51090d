"""Whether two sentences of a check say the same, up to what differs between two answers with one mistake.

A check knows what is free in an answer: signs of axes, the form of a cache, random numbers. Its sentence names only
what is wrong, so two answers with the same mistake get the same sentence. The numbers in it are the same,
too, or nearly so where the answers drew at random or took another way.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

# Numbers this close are the same number, printed with 6 digits after another order of the same operations.
RTOL = 2e-5

# Draws of one distribution differ by about this much in what a check says of them: shares, means, deviations.
NEARLY = 0.15

# Counts of work (lines that ran, multiplications) may differ by this share between two ways to write one loop.
WORK = 0.6

# A count of work is larger than what a task asks to count.
MANY = 10

# Fewer significant digits than these are equal by chance: 0, 1, 2.5.
TELLING_DIGITS = 4

_STUDENTS_LINE = re.compile(r"\n  in your line: .*")
_RAISED = re.compile(r"raised (\w+)(: [^\n]*|\.)?")
_ARGUMENTS = re.compile(r"(?<=\w)\([^`\n]*\)(?=`)")
_PLACE = re.compile(r"(?<=at )\[[\d, ]+\]")
_EXAMPLES = re.compile(r"(?<=: )\[[\d, ]+\](?= \.\.\.)|(?<=among them )\[[^\]]*\]")
_NUMBER = re.compile(r"(?<![\w.])-?(?:\d[\d,]*\d|\d)(?:\.\d+)?(?:e[+-]?\d+)?(?![\w])|\binf\b|\bnan\b")
_COUNT = re.compile(r"(\d+) of (\d+) numbers differ")
_ONLY_ONE = re.compile(r"(?<= numbers )differs, at")
_COMPARED = re.compile(r"received (\S+), expected (\S+)")


@dataclass(frozen=True)
class Likeness:
    """How alike two sentences are: the words are the same, and the numbers differ by `distance`, 0 for the same ones.

    is_telling: whether a number in them has so many digits that it is not the same by chance, or the sentence was
    written for this one property.
    """

    distance: float
    is_telling: bool


def likeness(one: str, other: str, deliberate: bool = False, same_replies: bool = False) -> Likeness | None:
    """Compare two sentences of one check; None where they do not say the same.

    deliberate: whether both answers raised the error of which the sentences speak by `raise` or `assert`: then its text
    is the author's own and says nothing. same_replies: whether both answers gave the check the same replies: then it is
    rounding that chose which number is named.
    """
    said, also_said = (_free_of_authors_words(text, deliberate) for text in (one, other))
    if _words(said) != _words(also_said):
        return None
    if said == also_said or same_replies:
        return Likeness(0.0, _is_telling(said))
    compared, also_compared = _COMPARED.search(said), _COMPARED.search(also_said)
    if compared and also_compared:
        counts = _of_counts(said, also_said)
        distance = max(counts, _of_compared(_pair(compared), _pair(also_compared), _strict(said, also_said)))
    else:
        distance = _largest(_numbers(said), _numbers(also_said))
    return None if math.isinf(distance) else Likeness(distance, _is_telling(said))


def _free_of_authors_words(text: str, deliberate: bool) -> str:
    """Return a sentence without what its author chose: the quoted line, the arguments, the text of a raised error."""
    text = _ARGUMENTS.sub("(...)", _STUDENTS_LINE.sub("", text))
    return _RAISED.sub(r"raised \1", text) if deliberate else text


def _words(text: str) -> str:
    return _NUMBER.sub("#", _EXAMPLES.sub("[]", _PLACE.sub("[]", _ONLY_ONE.sub("differ, most at", text))))


def _numbers(text: str) -> list[float]:
    text = _EXAMPLES.sub("[]", _PLACE.sub("[]", text))
    return [float(found.replace(",", "")) for found in _NUMBER.findall(text)]


def _strict(one: str, other: str) -> bool:
    return _PLACE.findall(one) == _PLACE.findall(other)


def _pair(found: re.Match[str]) -> tuple[float, float]:
    try:
        received, expected = (float(part.replace(",", "")) for part in found.groups())
    except ValueError:  # a complex number, or a word
        return math.nan, math.nan
    return received, expected


def _of_counts(one: str, other: str) -> float:
    """Compare "k of n numbers differ": equal, near as two draws of one distribution are, or neither."""
    found = [_COUNT.search(text) for text in (one, other)]
    if None in found or one == other:
        return 0.0
    (k, n), (also_k, also_n) = ([int(part) for part in count.groups()] for count in found if count)
    if n != also_n:
        return math.inf
    return 0.0 if k == also_k else NEARLY if abs(k - also_k) <= 3 * math.sqrt(k + also_k) else math.inf


def _of_compared(one: tuple[float, float], other: tuple[float, float], is_same_place: bool) -> float:
    """Compare "received r, expected e": numbers where one is expected of both, else how far off each is."""
    if any(map(math.isnan, (*one, *other))):
        return math.inf
    if _apart(one[1], other[1]) <= RTOL:
        if _apart(one[0], other[0]) <= RTOL:
            return 0.0 if is_same_place else NEARLY
        return math.inf
    if not one[1] or not other[1]:
        return math.inf
    return NEARLY if abs(one[0] / one[1] - other[0] / other[1]) < 1e-3 else math.inf


def _largest(ones: list[float], others: list[float]) -> float:
    pairs = [pair for pair in zip(ones, others, strict=True) if _apart(*pair)]
    distance = max((_apart(*pair) for pair in pairs), default=0.0)
    allowed = WORK if all(number.is_integer() and number > MANY for pair in pairs for number in pair) else NEARLY
    return distance if distance <= allowed else math.inf


def _apart(one: float, other: float) -> float:
    """Return how far two numbers are apart, as a share of the larger; infinite where only one of them is finite."""
    if one == other or (math.isnan(one) and math.isnan(other)):
        return 0.0
    size = max(abs(one), abs(other))
    apart = abs(one - other) / size if math.isfinite(size) else math.inf
    return 0.0 if apart <= RTOL or size < 1e-12 else apart


def _is_telling(text: str) -> bool:
    compared = _COMPARED.search(text)
    if compared is None:
        return True
    digits = re.sub(r"e.*|\D", "", compared[1]).strip("0")
    return len(digits) >= TELLING_DIGITS
