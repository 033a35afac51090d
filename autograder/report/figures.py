"""The pictures of the report, each with a description computed from its data."""

from __future__ import annotations

import io
from collections.abc import Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from autograder.report.statistics import ExerciseFigures, MistakeFigures
from course_utils.drawing.pictures import BLACK, BLUE, GREY, ORANGE, VERMILION, Picture, finish, new_figure

WIDTH = 5.6
"""Inches: on a phone, which shows it smaller, the words can still be read."""
BINS, FEW = 10, 15
"""Bars of a histogram; up to FEW points each point has one."""
MOST = 12
"""Mistakes that are drawn; the list below the picture has them all."""


def svg(picture: Picture) -> bytes:
    """Return the picture as SVG, the same bytes each time."""
    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "report"}):
        picture.figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def distribution(scores: np.ndarray, max_score: float) -> Picture:
    """Draw how many students got how many points. scores: (n,), n > 0; max_score: of all points."""
    figure, axes = new_figure(size=(WIDTH, 3.2))
    top = max(max_score, scores.max(), 1)
    edges = np.arange(-0.5, top + 1) if top <= FEW else np.linspace(0, top, BINS + 1)
    axes.set_axisbelow(True)
    counts, _, _ = axes.hist(scores, edges, color=BLUE, edgecolor="white")
    median = float(np.median(scores))
    axes.axvline(median, color=VERMILION, linestyle="--", label=f"median {median:g}")
    axes.set(
        title="Scores of the class", xlabel=f"points, of {max_score:g}", ylabel="students", ylim=(0, counts.max() * 1.2)
    )
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(loc="upper left")
    fullest = int(counts.argmax())
    low, high = edges[fullest : fullest + 2]
    where = f"at {low + 0.5:g}" if top <= FEW else f"from {low:g} to {high:g}"
    description = (
        f"Histogram of {_many(len(scores), 'score')}, out of {max_score:g}: lowest {scores.min():g}, "
        f"median {median:g}, mean {scores.mean():.3g}, highest {scores.max():g}. The highest bar has "
        f"{_many(int(counts[fullest]), 'student')}, {where} points."
    )
    return finish(figure, description)


def solved(figures: Sequence[ExerciseFigures]) -> Picture:
    """Draw a bar an exercise: how many got all points, some, or none."""
    figure, axes = _bars(len(figures))
    names = [its.exercise.name for its in figures]
    left = np.zeros(len(figures))
    for part, color, label in (("full", BLUE, "all points"), ("part", ORANGE, "some"), ("none", GREY, "none")):
        counts = np.array([getattr(its, part) for its in figures])
        axes.barh(names, counts, left=left, color=color, edgecolor="white", label=label)
        left += counts
    for row, its in enumerate(figures):
        axes.text(left[row], row, f" {its.full}", va="center", color=BLACK)
    axes.set_title("Exercises: how many solve them", pad=28)
    axes.set(xlabel="students (the number: who got all points)", ylabel="exercise", xlim=(0, left.max() * 1.1))
    axes.invert_yaxis()
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)
    got = ", ".join(f"{its.exercise.name} {its.full}" for its in figures)
    return finish(figure, f"Bars of {_many(int(left.max()), 'student')}, one an exercise. All points got: {got}.")


def frequencies(figures: Sequence[MistakeFigures]) -> Picture:
    """Draw how often each mistake was made, the most frequent first."""
    shown = figures[:MOST]
    figure, axes = _bars(len(shown))
    axes.barh(range(len(shown)), [len(its.students) for its in shown], height=0.4, color=VERMILION)
    for row, its in enumerate(shown):  # above its bar: beside it, long words would leave no room for the bars
        axes.text(0, row - 0.26, f"{its.exercise.name}: {its.title}", va="bottom")
    axes.set(title="The most frequent mistakes", xlabel="students", ylabel="mistake", yticks=[])
    axes.set_ylim(len(shown) - 0.6, -0.8)
    parts = [f"{its.title} in {its.exercise.name} {len(its.students)}" for its in shown]
    return finish(figure, f"Bars of how many students made each mistake: {', '.join(parts)}.")


def _bars(rows: int) -> tuple[Figure, Axes]:
    """Return a figure with room for so many bars that lie."""
    figure, axes = new_figure(size=(WIDTH, 1.5 + 0.4 * rows))
    axes.set_axisbelow(True)
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure, axes


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
