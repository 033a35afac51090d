"""The student's own functions in the demonstrations of unit 09: activations, the start of a layer."""

from __future__ import annotations

import re

import numpy as np
import pytest
from support.references import solution
from support.yours import assert_broken_functions_are_said_to_be_so, said, sweep

from course_utils.init_normalization import initialization, vanishing_gradients

UNIT, SLOPES, HISTOGRAMS, RUNNING = "09_init_normalization", "slopes-demo", "histograms-demo", "running-demo"
ACTIVATION = solution(UNIT, "activation")["activation"]
INIT = solution(UNIT, "init_layer")["init_layer"]
BATCH_NORM = solution(UNIT, "bn_forward")["bn_forward"]


@pytest.mark.parametrize("name", vanishing_gradients.KINDS)
def test_a_right_activation_coincides_with_each_that_the_exercise_asks_for(name):
    assert said(UNIT, SLOPES, ACTIVATION, name=name, slope=0.3) == "Yours coincides with the reference."


def test_an_activation_with_a_wrong_slope_differs_and_others_are_not_asked():
    wrong = lambda kind, z, alpha: (np.tanh(z), 1 - z**2)
    assert said(UNIT, SLOPES, wrong, name="tanh") == "Yours differs from the reference, by up to 24."
    assert said(UNIT, SLOPES, wrong, name="GELU").startswith("Yours is not asked for GELU, only for tanh")


def deviations(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"\d[\d.e-]*\d", text)]


@pytest.mark.parametrize("scheme", initialization.ASKED)
@pytest.mark.parametrize("activation", ["tanh", "ReLU"])
def test_a_right_initializer_keeps_the_signal_as_the_reference_does(scheme, activation):
    values = {"scheme": scheme, "activation": activation}
    reference = [h.std() for h in initialization.five_layers(scheme, 0.01, activation).H]
    *own, weights, expected = deviations(said(UNIT, HISTOGRAMS, INIT, **values))
    np.testing.assert_allclose(own, reference, rtol=0.25)  # other random numbers
    assert weights == pytest.approx(expected, rel=0.02)


def test_an_initializer_with_another_variance_or_a_bias_is_said_to_be_wrong():
    def of_ones(scheme, fan_in, fan_out, rng):
        return rng.normal(size=(fan_out, fan_in)), np.zeros(fan_out)

    def with_bias(scheme, fan_in, fan_out, rng):
        return rng.normal(size=(fan_out, fan_in)), np.ones(fan_out)

    *_, weights, expected = deviations(said(UNIT, HISTOGRAMS, of_ones, scheme=initialization.HE))
    assert weights > 15 * expected
    assert said(UNIT, HISTOGRAMS, with_bias, scheme=initialization.HE) == ("Yours cannot be drawn: its bias is not 0.")
    assert said(UNIT, HISTOGRAMS, INIT, scheme=initialization.NORMAL).startswith("Yours is not asked for this scheme")


def test_a_right_batch_norm_coincides_and_one_that_stores_the_biased_variance_does_not():
    def biased(x, gamma, beta, mean, var, train, momentum):
        y, mean, _ = BATCH_NORM(x, gamma, beta, mean, var, train, momentum)
        return y, mean, (1 - momentum) * var + momentum * x.var(axis=0)

    for momentum in (0.05, 0.1, 1.0):
        values = {"momentum": momentum, "size": 2}
        assert said(UNIT, RUNNING, BATCH_NORM, **values) == "Yours coincides with the reference."
        assert said(UNIT, RUNNING, biased, **values).startswith("Yours differs from the reference, by up to ")


@pytest.mark.parametrize(
    ("cell", "right", "values"),
    [
        (SLOPES, ACTIVATION, {"name": "tanh"}),
        (HISTOGRAMS, INIT, {"scheme": initialization.HE}),
        (RUNNING, BATCH_NORM, {}),
    ],
)
def test_a_broken_function_is_said_to_be_so_and_the_picture_stays(cell, right, values):
    assert_broken_functions_are_said_to_be_so(UNIT, cell, right, **values)


@pytest.mark.parametrize(("cell", "right"), [(SLOPES, ACTIVATION), (HISTOGRAMS, INIT), (RUNNING, BATCH_NORM)])
def test_a_picture_with_a_function_of_the_students_can_be_drawn_for_every_value_of_its_controls(cell, right):
    assert sweep(UNIT, cell, right) == []
