"""The table of a class: one line per student, one column per exercise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.sentences import counted

# How many lines of remarks go under a table.
MOST_REMARKS = 20


@dataclass
class Line:
    """One student: words for the first columns, and {exercise: (score, maximum)} of those that were graded."""

    words: Sequence[str]
    scores: dict[str, tuple[float, float]] = field(default_factory=dict)


def remark_lines(remarks: Iterable[tuple[str, Sequence[str]]], most: int = MOST_REMARKS) -> list[str]:
    """Return one line per remark with the students whom it is about; after `most` lines, how many remarks are left.

    remarks: (student, the remarks on the submission) per student.
    """
    about: dict[str, list[str]] = {}
    for student, sentences in remarks:
        for sentence in sentences:
            about.setdefault(sentence, []).append(student)
    lines = [f"{', '.join(students)}: {sentence}" for sentence, students in about.items()]
    hidden = len(lines) - most
    return lines[:most] + ([f"{counted(hidden, 'remark')} more; `autograder report` has all."] if hidden > 0 else [])


def class_table(title: str, headings: Sequence[str], lines: Sequence[Line], console: Console) -> Table:
    """Return the table of `lines`, as wide as the console at most. Its footer has the maximum points.

    headings: of the words. On a narrow console the last exercises are left out, and the caption says so; the total is
    always there.
    """
    maxima = {name: maximum for line in lines for name, (_, maximum) in line.scores.items()}
    unlimited = console.options.update(width=1000)
    for shown in range(len(maxima), 0, -1):
        table = _table(title, headings, lines, maxima, shown)
        if console.measure(table, options=unlimited).maximum <= console.width:
            return table
    return _table(title, headings, lines, maxima, 0)


def _table(title: str, headings: Sequence[str], lines: Sequence[Line], maxima: dict[str, float], shown: int) -> Table:
    """Return the table with the first `shown` exercises."""
    table = Table(title=title, title_justify="left", caption=_legend(list(maxima), shown), caption_justify="left")
    table.box, table.show_edge, table.padding, table.show_footer = SIMPLE_HEAD, False, 0, True
    for place, heading in enumerate(headings):
        widest = max(len(words) for words in (heading, *(line.words[place] for line in lines)))
        table.add_column(heading, no_wrap=True, min_width=widest + 1)  # numbers may be closer to each other than words
    table.columns[0].footer = "out of"
    names = list(maxima)[:shown]
    for number, name in enumerate(names, 1):
        table.add_column(str(number), f"{maxima[name]:g}", justify="right")
    table.add_column("total", f"{sum(maxima.values()):g}", justify="right", style="bold")
    for line in lines:
        points = [f"{line.scores[name][0]:g}" if name in line.scores else "–" for name in names]
        total = sum(score for score, _ in line.scores.values())
        table.add_row(*map(Text, line.words), *points, f"{total:g}" if line.scores else "–")
    return table


def _legend(names: Sequence[str], shown: int) -> str:
    """Return the names of the exercises by number, and how many have no column."""
    legend = ", ".join(f"{number} {name}" for number, name in enumerate(names[:shown], 1))
    hidden = len(names) - shown
    return legend if not hidden else f"{legend}{'; ' if legend else ''}{hidden} more on a wider screen"
