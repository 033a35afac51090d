"""The pictures of the report, each with a description that is computed from its data."""

from __future__ import annotations

import io
from collections.abc import Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from autograder.report.statistics import ExerciseFigures, MistakeFigures
from autograder.sentences import counted
from course_utils.drawing.pictures import BLACK, BLUE, GREY, ORANGE, VERMILION, Picture, finish, new_figure

WIDTH = 5.6  # inches; a phone shrinks the picture, and the words stay legible
BINS, FEW = 10, 15  # bars of a histogram; up to FEW points, each number of points has its own bar
MOST = 12  # mistakes that are drawn; the list below the picture has all


def svg(picture: Picture) -> bytes:
    """Return the picture as SVG, the same bytes each time."""
    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "report"}):
        picture.figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def distribution(scores: np.ndarray, max_score: float) -> Picture:
    """Draw a histogram of the scores. scores: (n,) float, n > 0. max_score: the points of the whole assignment."""
    figure, axes = new_figure(size=(WIDTH, 3.2))
    top = max(max_score, float(scores.max()), 1.0)
    edges = np.arange(-0.5, top + 1) if top <= FEW else np.linspace(0, top, BINS + 1)
    counts, _ = np.histogram(scores, edges)
    axes.set_axisbelow(True)
    axes.bar(edges[:-1], counts, np.diff(edges), align="edge", color=BLUE, edgecolor="white")
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
        f"Histogram of {counted(len(scores), 'score')}, out of {max_score:g}: lowest {scores.min():g}, "
        f"median {median:g}, mean {scores.mean():.3g}, highest {scores.max():g}. The highest bar has "
        f"{counted(int(counts[fullest]), 'student')}, {where} points."
    )
    return finish(figure, description)


def solved(figures: Sequence[ExerciseFigures]) -> Picture:
    """Draw one bar per exercise: how many students got all points, some, or none."""
    figure, axes = _horizontal_bars(len(figures))
    names = [row.exercise.name for row in figures]
    left = np.zeros(len(figures))
    for part, color, label in (("full", BLUE, "all points"), ("part", ORANGE, "some"), ("none", GREY, "none")):
        counts = np.array([getattr(row, part) for row in figures])
        axes.barh(names, counts, left=left, color=color, edgecolor="white", label=label)
        left += counts
    for place, row in enumerate(figures):
        axes.text(left[place], place, f" {row.full}", va="center", color=BLACK)
    axes.set_title("Exercises: how many solve them", pad=28)
    axes.set(xlabel="students (the number: who got all points)", ylabel="exercise", xlim=(0, left.max() * 1.1))
    axes.invert_yaxis()
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)
    got = ", ".join(f"{row.exercise.name} {row.full}" for row in figures)
    students = counted(int(left.max()), "student")
    return finish(figure, f"Bars of {students}, one bar per exercise. Students with all points: {got}.")


def frequencies(figures: Sequence[MistakeFigures]) -> Picture:
    """Draw one bar per mistake, the most frequent first."""
    shown = figures[:MOST]
    figure, axes = _horizontal_bars(len(shown))
    axes.barh(range(len(shown)), [len(row.students) for row in shown], height=0.4, color=VERMILION)
    for place, row in enumerate(shown):  # above the bar: next to it, long names would leave no room for the bars
        axes.text(0, place - 0.26, f"{row.exercise.name}: {row.title}", va="bottom")
    axes.set(title="The most frequent mistakes", xlabel="students", ylabel="mistake", yticks=[])
    axes.set_ylim(len(shown) - 0.6, -0.8)
    parts = [f"{row.title} in {row.exercise.name} {len(row.students)}" for row in shown]
    return finish(figure, f"Bars of how many students made each mistake: {', '.join(parts)}.")


def _horizontal_bars(number: int) -> tuple[Figure, Axes]:
    """Return an empty figure that is high enough for `number` horizontal bars."""
    figure, axes = new_figure(size=(WIDTH, 1.5 + 0.4 * number))
    axes.set_axisbelow(True)
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure, axes
