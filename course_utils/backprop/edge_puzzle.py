"""An exercise on paper, in the notebook: type what each edge sends back; an edge that is right turns green."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import ipywidgets
import numpy as np

from course_utils.backprop.scalar_backprop import Recipe, Trace, trace
from course_utils.drawing.graphs import Edge, Graph, Node, draw_graph, number
from course_utils.drawing.pictures import GREEN, ORANGE, Picture, finish, new_figure

PUZZLE: Recipe = {
    "x": (), "y": (), "z": (), "q": ("+", "x", "y"), "m": ("max", "y", "z"), "f": ("×", "q", "m"),
}  # fmt: skip
INPUTS = {"x": 3.0, "y": -1.0, "z": -4.0}


@dataclass(frozen=True)
class Field:
    """A place to type a number; empty at the start. `answer` is what is right there (only the tests read it)."""

    label: str
    answer: float

    def widget(self) -> ipywidgets.Widget:
        return ipywidgets.Text(
            value="",
            placeholder="type a number, press Enter",
            description=self.label,
            continuous_update=False,
            style={"description_width": "16em"},
            layout=ipywidgets.Layout(width="36em"),
        )

    def corners(self) -> list[str]:
        return ["", number(self.answer)]

    def sample(self, rng: np.random.Generator) -> str:
        return f"{rng.integers(-5, 6)}"


@cache
def puzzle() -> Trace:
    """Return the trace of the exercise: f = (x + y) max(y, z) at x = 3, y = -1, z = -4."""
    return trace(PUZZLE, **INPUTS)


def fields() -> dict[str, Field]:
    """Return a field for each edge of the exercise, by the name "q_x" of the edge from x to q, output first."""
    edges = sorted(puzzle().edges, key=lambda edge: list(PUZZLE).index(edge[1]), reverse=True)
    return {f"{t}_{s}": Field(f"gradient that {t} sends to {s}", puzzle().sent((s, t))) for s, t in edges}


def judge(traced: Trace, typed: Mapping[Edge, str]) -> dict[Edge, bool]:
    """Say of each edge that something is typed for whether it is upstream times local, to 0.001.

    typed: by edge what stands in its field; blank is left out, and a text that is no number is wrong.
    """
    verdicts = {}
    for edge, text in typed.items():
        if text.strip():
            try:
                verdicts[edge] = abs(float(text.replace(",", ".")) - traced.sent(edge)) <= 1e-3
            except ValueError:
                verdicts[edge] = False
    return verdicts


def draw_answers(**typed: str) -> Picture:
    """Draw the exercise with what is typed: right edges green, wrong ones orange with a question mark.

    A node shows its gradient as soon as all that is sent to it is right; `typed` is by the names of `fields`.
    """
    traced = puzzle()
    answers = {tuple(reversed(name.split("_"))): text for name, text in typed.items()}
    verdicts = judge(traced, answers)
    texts = {edge: answers[edge].strip()[:8] + ("" if right else " ?") for edge, right in verdicts.items()}
    nodes = {}
    for name, step in PUZZLE.items():
        complete = all(verdicts.get(edge, False) for edge in traced.edges if edge[0] == name)
        kind = "output" if name == traced.output else "operation" if step else "leaf"
        label = f"{name}: {step[0]}" if step else name
        nodes[name] = Node(label, traced.values[name], traced.gradients[name] if complete else "?", kind)
    colours = {edge: GREEN if right else ORANGE for edge, right in verdicts.items()}
    figure, axes = new_figure(size=(7.6, 4.0))
    draw_graph(axes, Graph(nodes, traced.edges, texts), highlight=colours)
    good, total = sum(verdicts.values()), len(traced.edges)
    axes.set_title(f"f = (x + y) · max(y, z): {good} of {total} edges are right")
    wrong = ", ".join(f"{s} to {t}" for (s, t), right in verdicts.items() if not right)
    return finish(
        figure,
        f"f = (x + y) max(y, z) at x = 3, y = -1, z = -4. {good} of {total} edges carry the right gradient; "
        + (f"not right yet: {wrong}." if wrong else "none of those typed is wrong."),
    )
