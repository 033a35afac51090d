"""The pictures of assignment 05: what their references are, and what a wrong answer looks like in them.

That every answer of the catalogue can be drawn, and that the solution lies on the reference, tests/test_yours.py shows.
"""

from __future__ import annotations

import re

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.contour import ContourSet

from course_utils.backprop import answers as yours
from course_utils.drawing.pictures import Picture


def numbers(picture: Picture) -> tuple[list[float], list[float]]:
    """Return the numbers of the description before and after "Yours"."""
    reference, _, own = picture.description.partition("Yours")
    return _numbers(reference), _numbers(own)


def _numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+\.?\d*", text)]


def lines(axes: Axes) -> dict[str, np.ndarray]:
    """Return the heights of the lines that have a label, by label."""
    labelled = {str(line.get_label()): np.asarray(line.get_ydata()) for line in axes.lines}
    return {label: heights for label, heights in labelled.items() if not label.startswith("_")}


def chain(x, w, b, y, sign=1.0):
    a = 1 / (1 + np.exp(-(w * x + b)))
    return {"L": -np.log(a if y else 1 - a), "dL_dw": sign * (a - y) * x}


def test_the_tangents_have_the_slope_of_the_curve():
    picture = yours.loss_and_slope(chain)
    drawn = lines(picture.figure.axes[0])
    np.testing.assert_allclose(drawn["your loss L"], drawn["reference"], atol=1e-12)
    tangent = next(line for line in picture.figure.axes[0].lines if line.get_label() == "your slope dL_dw")
    (x0, y0), (x1, y1) = np.asarray(tangent.get_xydata())
    w = (x0 + x1) / 2
    step = 1e-6
    slope = (chain(1.23, w + step, 0.1, 1)["L"] - chain(1.23, w - step, 0.1, 1)["L"]) / (2 * step)
    assert (y1 - y0) / (x1 - x0) == pytest.approx(slope, rel=1e-6)


def test_a_slope_of_the_wrong_sign_is_drawn_and_reported():
    reference, own = numbers(yours.loss_and_slope(lambda x, w, b, y: chain(x, w, b, y, sign=-1.0)))
    assert own[0::2] == reference[-6::2]
    assert own[1::2] == [-slope for slope in reference[-5::2]]


def test_the_reference_of_the_gates_is_the_closed_form():
    slopes = {
        "relu": lambda z: (z > 0) * 1.0,
        "sigmoid": lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
        "tanh": lambda z: 1 / np.cosh(z) ** 2,
    }
    picture = yours.local_gradients(lambda dout, z, kind: dout * slopes[kind](z))
    for panel in picture.figure.axes:
        drawn = lines(panel)
        np.testing.assert_allclose(drawn["yours"], drawn["reference"], atol=1e-12)


def test_one_kind_that_fails_leaves_the_reference_alone():
    def relu_only(dout, z, kind):
        if kind != "relu":
            raise NotImplementedError
        return dout * (z > 0)

    picture = yours.local_gradients(relu_only)
    assert all(set(lines(panel)) == {"reference"} for panel in picture.figure.axes)
    assert "`relu_only` is not implemented yet" in picture.description


def test_the_reference_gradients_are_the_slopes_of_the_cost():
    params, X, Y = yours._small_network()
    _, gradients = yours._torch_gradients(params, X, Y)

    def cost() -> float:
        A = X
        for layer in (1, 2, 3):
            Z = A @ params[f"W{layer}"].T + params[f"b{layer}"]
            A = np.maximum(Z, 0)
        return float(np.mean(np.logaddexp(0, Z) - Y * Z))

    for name, value in params.items():
        for index in np.ndindex(*value.shape):
            before = value[index]
            value[index] = before + 1e-5
            up = cost()
            value[index] = before - 1e-5
            down = cost()
            value[index] = before
            assert gradients[name][index] == pytest.approx((up - down) / 2e-5, abs=1e-8)


def test_every_entry_of_every_gradient_is_a_point_and_a_missing_key_is_reported():
    params, X, Y = yours._small_network()
    _, gradients = yours._torch_gradients(params, X, Y)
    picture = yours.gradients_of_a_network(lambda params, cache, Y: {k: 2 * g for k, g in gradients.items()})
    points = np.concatenate([dots.get_offsets() for dots in picture.figure.axes[0].collections])
    assert len(points) == sum(value.size for value in params.values()) == 49
    np.testing.assert_allclose(points[:, 1], 2 * points[:, 0])
    picture = yours.gradients_of_a_network(lambda params, cache, Y: {"W1": gradients["W1"]})
    assert "KeyError: 'b1'" in picture.description
    assert "only the reference" in picture.figure.axes[0].get_title()


def test_a_network_that_never_changes_its_mind_has_no_boundary():
    def constant(X, Y, seed):
        return {"W1": np.zeros((1, 2)), "b1": np.ones(1)}

    picture = yours.spirals_apart(constant)
    _, (own,) = numbers(picture)
    assert 45 < own < 55
    assert not [drawn for drawn in picture.figure.axes[0].collections if isinstance(drawn, ContourSet)]
    assert picture.png()


def test_what_is_no_network_is_reported():
    picture = yours.spirals_apart(lambda X, Y, seed: {"W1": np.zeros((1, 3)), "b1": np.zeros(1)})
    assert "did not return the parameters of a network" in picture.description
    assert "only the reference" in picture.figure.axes[0].get_title()


def test_the_line_halfway_tells_the_spirals_apart():
    figure = yours.spirals_apart(lambda X, Y, seed: {}).figure
    (points,) = figure.axes[0].collections
    _, Y, *_ = yours.two_spirals(np.random.default_rng(1))
    # Halfway lines are as far from both spirals, so no point is nearer to a line than a third of the gap between turns.
    halfway = np.concatenate([line.get_xydata() for line in figure.axes[0].lines])
    at = np.asarray(points.get_offsets())
    distances = np.linalg.norm(at[:, None] - halfway[None], axis=2).min(axis=1)
    assert np.mean(distances > 0.08) > 0.97
    assert len(at) == Y.size
