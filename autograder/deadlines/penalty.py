"""What a late submission costs, as data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction


class Per(StrEnum):
    """How often the percentage is taken: for each day or hour that has begun, or once."""

    day = "day"
    hour = "hour"
    once = "once"


class Of(StrEnum):
    """What the percentage is taken of: the points that the student got, or the points of the assignment."""

    score = "score"
    maximum = "maximum"


SECONDS = {Per.day: 86_400, Per.hour: 3_600}


@dataclass(frozen=True)
class Penalty:
    """A percentage for each day or hour that has begun, up to a cap. percent, cap: from 0 to 100."""

    percent: Decimal
    per: Per = Per.day
    of: Of = Of.score
    cap: Decimal = Decimal(100)

    def points(self, score: float, max_score: float, seconds_late: float) -> float:
        """Return the points that a submission with `score` of `max_score` points loses; at most `score`, never rounded.

        Points and percentages count as the decimal numbers that they are written as, so 10 % of 3.5 is 0.35.
        """
        if seconds_late <= 0:
            return 0.0
        times = math.ceil(Fraction(str(seconds_late)) / SECONDS[self.per]) if self.per in SECONDS else 1
        share = min(times * self.percent, self.cap) / 100
        base = score if self.of == Of.score else max_score
        return float(min(share * Decimal(str(base)), Decimal(str(score))))

    def __str__(self) -> str:
        """Return "10 % of the points of the assignment per started day, at most 50 %"."""
        base = "score" if self.of == Of.score else "points of the assignment"
        often = "" if self.per == Per.once else f" per started {self.per}"
        cap = f", at most {self.cap:f} %" if self.cap < 100 and self.per != Per.once else ""
        return f"{self.percent:f} % of the {base}{often}{cap}"
