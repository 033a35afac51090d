"""A pencil-and-paper exercise in the notebook: type what each edge sends back; a correct edge turns green.

Sources: CS7643-BACKPROP, "Backpropagation (roughly)", "Backpropagation: a simple example" and "Patterns in backward
flow".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import ipywidgets
import numpy as np

from course_utils.backprop.scalar_backprop import Recipe, Trace, trace
from course_utils.drawing.graphs import UNKNOWN, Edge, Graph, Node, draw_graph, number
from course_utils.drawing.pictures import GREEN, ORANGE, Picture, finish, new_figure

PUZZLE: Recipe = {
    "x": (), "y": (), "z": (), "q": ("+", "x", "y"), "m": ("max", "y", "z"), "f": ("×", "q", "m"),
}  # fmt: skip
INPUTS = {"x": 3.0, "y": -1.0, "z": -4.0}


@dataclass(frozen=True)
class Field:
    """A text field for a number, empty at first. `answer` is the correct number; only the tests read it."""

    label: str
    answer: float

    def widget(self) -> ipywidgets.Text:
        """Return a new text field."""
        return ipywidgets.Text(
            value="",
            placeholder="type a number, press Enter",
            description=self.label,
            continuous_update=False,
        )

    def corners(self) -> list[str]:
        """Return the extreme contents of the field, for tests: nothing, and the correct answer."""
        return ["", number(self.answer)]

    def sample(self, rng: np.random.Generator) -> str:
        """Return a random whole number from -5 to 5 as text, for tests."""
        return f"{rng.integers(-5, 6)}"


@cache
def puzzle() -> Trace:
    """Return the trace of the exercise: f = (x + y) max(y, z) at x = 3, y = -1, z = -4."""
    return trace(PUZZLE, **INPUTS)


def fields() -> dict[str, Field]:
    """Return one field per edge, output first; the edge from x to q has the name "q_x"."""
    edges = sorted(puzzle().edges, key=lambda edge: list(PUZZLE).index(edge[1]), reverse=True)
    return {f"{t}_{s}": Field(f"gradient that {t} sends to {s}", puzzle().sent((s, t))) for s, t in edges}


def judge(traced: Trace, typed: Mapping[Edge, str]) -> dict[Edge, bool]:
    """Return per edge whether the typed number is upstream times local gradient, to 0.001.

    typed: the text of each edge's field. Blank fields are left out; text that is not a number is wrong.
    """
    verdicts: dict[Edge, bool] = {}
    for edge, text in typed.items():
        if text.strip():
            try:
                verdicts[edge] = abs(float(text.replace(",", ".")) - traced.sent(edge)) <= 1e-3
            except ValueError:
                verdicts[edge] = False
    return verdicts


def draw_answers(**typed: str) -> Picture:
    """Draw the exercise with the typed numbers: correct edges green, wrong ones orange with a question mark.

    typed: the text of each field, by the names of `fields`. A node shows its gradient once everything that is sent to
    it is correct.
    """
    traced = puzzle()
    answers: dict[Edge, str] = {}
    for name, text in typed.items():
        target, source = name.split("_")
        answers[source, target] = text
    verdicts = judge(traced, answers)
    texts = {edge: answers[edge].strip()[:8] + ("" if correct else " ?") for edge, correct in verdicts.items()}
    nodes = {}
    for name, step in PUZZLE.items():
        complete = all(verdicts.get(edge, False) for edge in traced.edges if edge[0] == name)
        kind = "output" if name == traced.output else "operation" if step else "leaf"
        label = f"{name}: {step[0]}" if step else name
        nodes[name] = Node(label, traced.values[name], traced.gradients[name] if complete else UNKNOWN, kind)
    colours = {edge: GREEN if correct else ORANGE for edge, correct in verdicts.items()}
    figure, axes = new_figure(size=(7.6, 4.0))
    draw_graph(axes, Graph(nodes, traced.edges, texts), highlight=colours)
    good, total = sum(verdicts.values()), len(traced.edges)
    axes.set_title(f"f = (x + y) · max(y, z): {good} of {total} edges are correct")
    wrong = ", ".join(f"{s} to {t}" for (s, t), correct in verdicts.items() if not correct)
    return finish(
        figure,
        f"f = (x + y) max(y, z) at x = 3, y = -1, z = -4. {good} of {total} edges have the correct gradient; "
        + (f"wrong: {wrong}." if wrong else "none of the typed ones is wrong."),
    )
