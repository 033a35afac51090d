"""The pictures of assignment 09: what their references are, and what a wrong answer looks like in them.

tests/units/test_answers_drawn.py shows that every answer of the catalogue can be drawn, and that the solution lies on
the reference.
"""

from __future__ import annotations

import re

import numpy as np
import pytest
from matplotlib.axes import Axes

from course_utils.drawing.pictures import Picture
from course_utils.init_normalization import answers as yours

NUMBER = r"-?\d+\.?\d*"


def numbers(picture: Picture) -> tuple[list[float], list[float]]:
    """Return the numbers of the description before and after "Yours"."""
    reference, own = picture.description.split("Yours")
    return [float(n) for n in re.findall(NUMBER, reference)], [float(n) for n in re.findall(NUMBER, own)]


def lines(axes: Axes) -> dict[str, np.ndarray]:
    """Return the heights of the lines that have a label, by label."""
    labelled = {str(line.get_label()): np.asarray(line.get_ydata()) for line in axes.lines}
    return {label: heights for label, heights in labelled.items() if not label.startswith("_")}


def nothing(*args, **options):
    raise NotImplementedError


CLOSED_FORMS = {
    "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
    "leaky_relu": (lambda z: np.where(z > 0, z, 0.1 * z), lambda z: np.where(z > 0, 1.0, 0.1)),
    "softplus": (lambda z: np.log(1 + np.exp(z)), lambda z: np.exp(z) / (1 + np.exp(z))),
    "silu": (lambda z: z / (1 + np.exp(-z)), lambda z: (1 + np.exp(-z) * (1 + z)) / (1 + np.exp(-z)) ** 2),
}


def test_the_reference_of_the_activations_is_the_closed_form():
    def closed_form(kind, z, alpha):
        assert alpha == 0.1
        return tuple(curve(z) for curve in CLOSED_FORMS[kind])

    picture = yours.activation_curves(closed_form)
    for panel in picture.figure.axes:
        value, slope = (np.asarray(line.get_ydata()) for line in panel.lines[:2])
        np.testing.assert_allclose(lines(panel)["your value"], value, atol=1e-12)
        np.testing.assert_allclose(lines(panel)["your slope"], slope, atol=1e-12)


def test_one_activation_that_fails_leaves_the_reference_alone():
    def three_of_them(kind, z, alpha):
        if kind == "tanh":
            raise NotImplementedError
        return tuple(curve(z) for curve in CLOSED_FORMS[kind])

    picture = yours.activation_curves(three_of_them)
    assert all(set(lines(panel)) <= {"reference"} for panel in picture.figure.axes)
    assert "`three_of_them` is not implemented yet" in picture.description


def test_small_weights_lose_a_tenth_per_layer_and_large_ones_saturate():
    """A sum of 100 terms with weights of 0.01 is a tenth of its inputs in size."""
    picture = yours.spread_by_layer(nothing)
    small, large, xavier = (np.asarray(line.get_ydata()) for line in picture.figure.axes[0].lines)
    np.testing.assert_allclose(small[1:] / small[:-1], 0.1, rtol=0.1)
    assert large.min() > 0.9
    assert 0.2 < xavier[-1] < xavier[0] < 0.7


def test_stats_before_the_activation_are_seen_and_told():
    def linear(X, Ws, act):
        std = []
        for W in Ws:
            Z = X @ W.T
            std.append(Z.std())
            X = act(Z)
        return np.array(std), np.zeros(len(Ws))

    picture = yours.spread_by_layer(linear)
    drawn = lines(picture.figure.axes[0])
    assert drawn["yours, weights with std 1"].min() > 5
    assert numbers(picture)[1] != numbers(picture)[0][-len(numbers(picture)[1]) :]


def test_the_running_statistics_approach_those_of_all_data_from_0_and_1():
    picture = yours.running_statistics(nothing)
    mean, variance = (lines(panel)["reference"] for panel in picture.figure.axes)
    batches = np.random.default_rng(3).normal(4.0, 2.0, size=(60, 8))
    assert mean[0] == pytest.approx(0.1 * batches[0].mean())
    assert variance[0] == pytest.approx(0.9 + 0.1 * batches[0].var(ddof=1))
    assert mean[-20:].mean() == pytest.approx(4.0, abs=0.3)
    assert variance[-20:].mean() == pytest.approx(4.0, abs=0.5)


def test_statistics_that_are_never_updated_are_a_flat_line():
    def frozen(x, gamma, beta, running_mean, running_var, train):
        return x, running_mean, running_var

    picture = yours.running_statistics(frozen)
    mean, variance = picture.figure.axes
    assert set(lines(mean)["your running mean"]) == {0.0}
    assert set(lines(variance)["your running variance"]) == {1.0}
    assert numbers(picture)[1] == [1, 10, 60, 0, 1, 0, 1, 0, 1]


def test_a_batch_norm_that_returns_one_value_is_told():
    picture = yours.running_statistics(lambda x, gamma, beta, running_mean, running_var, train: x)
    assert "only the reference" in picture.figure.get_suptitle()
    assert "ValueError" in picture.description
