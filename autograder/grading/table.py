"""The table of a class: a student a line, an exercise a column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.box import SIMPLE_HEAD
from rich.table import Table


@dataclass
class Line:
    """One student: words for the first columns, and (score, maximum) by exercise, empty where nothing was graded."""

    words: Sequence[str]
    scores: dict[str, tuple[float, float]] = field(default_factory=dict)


def class_table(title: str, headings: Sequence[str], lines: Sequence[Line]) -> Table:
    """Return the table of `lines`; `headings` name their words. The footer says what the points are out of."""
    maxima = {name: maximum for line in lines for name, (_, maximum) in line.scores.items()}
    table = Table(title=title, title_justify="left", caption=_legend(maxima), caption_justify="left")
    table.box, table.padding, table.pad_edge, table.show_footer = SIMPLE_HEAD, (0, 1, 0, 0), False, True
    for heading in headings:
        table.add_column(heading, no_wrap=True)
    table.columns[0].footer = "out of"
    for number, maximum in enumerate(maxima.values(), 1):
        table.add_column(str(number), f"{maximum:g}", justify="right")
    table.add_column("total", f"{sum(maxima.values()):g}", justify="right", style="bold")
    for line in lines:
        points = [f"{line.scores[name][0]:g}" if line.scores else "–" for name in maxima]
        total = sum(score for score, _ in line.scores.values())
        table.add_row(*line.words, *points, f"{total:g}" if line.scores else "–")
    return table


def _legend(maxima: dict[str, float]) -> str:
    return ", ".join(f"{number} {name}" for number, name in enumerate(maxima, 1))
