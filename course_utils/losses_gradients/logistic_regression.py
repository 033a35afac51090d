"""Pictures of logistic regression with one feature: the threshold, and linearly separable data.

Sources: HPML-L3, "Logistic regression"; PYTORCH-INTRO, "Advantage of Logistic Regression" and "Thresholding the
Logistic Sigmoid Function".
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.datasets import load_breast_cancer

from course_utils.drawing.activations import sigmoid
from course_utils.drawing.pictures import BLACK, BLUE, GREEN, ORANGE, VERMILION, Picture, finish, new_figure
from course_utils.drawing.thresholds import errors_at

STEPS_ON_POINTS = 100_000
# Points (x, label); in OVERLAPPING two lie on the wrong side of 0.
SEPARABLE = ((-2.0, 0), (-1.0, 0), (1.0, 1), (2.0, 1))
OVERLAPPING = (*SEPARABLE, (-0.5, 1), (0.5, 0))


@cache
def tumours() -> tuple[np.ndarray, np.ndarray]:
    """Return the standardised mean radius of 569 tumours, (569,) float64, and their labels, (569,) float64.

    The labels are 1 for malignant and 0 for benign.
    """
    features, benign = map(np.asarray, load_breast_cancer(return_X_y=True))
    radius = features[:, 0]
    return (radius - radius.mean()) / radius.std(), (benign == 0).astype(float)


def binary_cross_entropy(z: np.ndarray, y: np.ndarray) -> float:
    """Return the mean of -[y ln sigma(z) + (1 - y) ln(1 - sigma(z))]; z, y: (n,). Finite for every finite z."""
    return float(np.mean(np.logaddexp(0, z) - y * z))


def fit(x: np.ndarray, y: np.ndarray, learning_rate: float, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Fit weight and bias by `steps` steps of gradient descent from 0.

    x, y: (n,). Returns (weight, bias) before each step and after the last, (steps + 1, 2), and the mean cross entropy
    at each of them, (steps + 1,).
    """
    places, losses = np.zeros((steps + 1, 2)), np.zeros(steps + 1)
    inputs = np.stack([x, np.ones_like(x)])
    for k in range(steps + 1):
        z = places[k] @ inputs
        losses[k] = binary_cross_entropy(z, y)
        if k < steps:
            places[k + 1] = places[k] - learning_rate * inputs @ (sigmoid(z) - y) / len(y)
    return places, losses


def draw_threshold(weight: float, bias: float, threshold: float) -> Picture:
    """Draw sigma(w x + b) and a straight line on the tumours, and the errors for every threshold."""
    x, y = tumours()
    p = sigmoid(weight * x + bias)
    alarms, misses = (int(count[0]) for count in errors_at(p, y, np.array([threshold])))
    figure, (left, right) = new_figure(1, 2, size=(9, 3.8))
    grid = np.linspace(-2.2, 4.2, 161)
    slope, intercept = np.polyfit(x, y, 1)
    left.plot(grid, slope * grid + intercept, color=ORANGE, lw=1.5, label="linear regression")
    left.plot(grid, sigmoid(weight * grid + bias), color=BLUE, label="σ(wx + b)")
    left.plot(x[y == 0], y[y == 0], "|", color=GREEN, ms=14)
    left.plot(x[y == 1], y[y == 1], "|", color=VERMILION, ms=14)
    left.axhline(threshold, color=BLACK, lw=1, ls="--", label="threshold")
    loss = binary_cross_entropy(weight * x + bias, y)
    left.set(xlabel="radius (standard deviations)", ylabel="1: malignant, 0: benign", ylim=(-0.6, 1.8))
    left.set(xticks=range(-2, 5, 2), yticks=[0, 0.5, 1, 1.5])
    left.set_title(f"mean cross entropy {loss:.3f}")
    left.legend(loc="upper left", fontsize=8)
    thresholds = np.linspace(0, 1, 101)
    false_alarms, missed = errors_at(p, y, thresholds)
    right.plot(thresholds, false_alarms, color=GREEN, label="false alarms")
    right.plot(thresholds, missed, color=VERMILION, label="misses")
    right.axvline(threshold, color=BLACK, lw=1, ls="--")
    right.set(xlabel="threshold", ylabel="tumours", title=f"{alarms} false alarms, {misses} misses", ylim=(-10, 370))
    right.set(xticks=[0, 0.5, 1], yticks=[0, 100, 200, 300])
    right.legend(loc="upper center", fontsize=8)
    return finish(
        figure,
        f"569 tumours by radius and the curve sigma({weight:z.1f} x {bias:+z.1f}), mean cross entropy {loss:.3f}. At "
        f"threshold {threshold:.2f} there are {alarms} false alarms and {misses} misses. The straight line reaches "
        f"from {slope * x.min() + intercept:z.2f} to {slope * x.max() + intercept:z.2f}.",
    )


@cache
def saturated(precision: str) -> dict[str, np.ndarray]:
    """Return loss and dL/dz for y = 0 and z from 0 to 60, computed through a = sigma(z) and directly from z.

    precision: "float32" or "float64". Keys: "z", (241,), and "BCELoss" and "BCEWithLogitsLoss", (2, 241) each: the loss
    in row 0, its derivative in row 1.
    """
    z = torch.linspace(0, 60, 241, dtype=getattr(torch, precision), requires_grad=True)
    curves = {"z": z.detach().numpy()}
    for name, loss in (("BCELoss", _through_a), ("BCEWithLogitsLoss", F.binary_cross_entropy_with_logits)):
        values = loss(z, torch.zeros_like(z), reduction="none")
        (slopes,) = torch.autograd.grad(values.sum(), z)
        curves[name] = np.stack([values.detach().numpy(), slopes.numpy()])
    return curves


def draw_saturation(z: float, precision: str) -> Picture:
    """Draw loss and gradient of a sample with y = 0 against z, computed through the probability and directly from z.

    precision: "float32" or "float64".
    """
    curves = saturated(precision)
    here = int(np.abs(curves["z"] - z).argmin())
    figure, (left, right) = new_figure(1, 2, size=(8.8, 3.6))
    values_here = []
    for name, colour in (("BCELoss", VERMILION), ("BCEWithLogitsLoss", BLUE)):
        for panel, values in zip((left, right), curves[name], strict=True):
            panel.plot(curves["z"], values, color=colour, label=name)
            panel.plot(z, values[here], "o", color=colour, mec=BLACK, ms=8)
        values_here.append(f"{name} {curves[name][0, here]:.2f} with gradient {curves[name][1, here]:.3f}")
    left.set(xlabel="z", ylabel="loss, y = 0", ylim=(-5, 110), xticks=[0, 20, 40, 60], yticks=[0, 50, 100])
    left.set_title(f"{precision}: loss at z = {z:.2f}")
    right.set(xlabel="z", ylabel="∂L/∂z", ylim=(-0.1, 1.6), xticks=[0, 20, 40, 60], yticks=[0, 0.5, 1, 1.5])
    right.set_title("derivative with respect to z")
    right.legend(loc="center right", fontsize=8)
    return finish(figure, f"A sample with y = 0 and z = {z:.2f} in {precision}: {', '.join(values_here)}.")


def _through_a(z: torch.Tensor, y: torch.Tensor, reduction: str) -> torch.Tensor:
    return F.binary_cross_entropy(torch.sigmoid(z), y, reduction=reduction)


@cache
def weight_after(points: tuple[tuple[float, int], ...]) -> np.ndarray:
    """Return the weight after 0, 1, ..., STEPS_ON_POINTS steps of gradient descent from 0, learning rate 1: (100001,).

    points: (x, label) pairs. No bias is fitted: the points lie symmetrically, so it would stay at 0.
    """
    weights, w = [0.0], 0.0  # Python floats: the fastest for four points
    for _ in range(STEPS_ON_POINTS):
        w -= sum((1 / (1 + math.exp(-w * x)) - y) * x for x, y in points) / len(points)
        weights.append(w)
    return np.array(weights)


def draw_separable(steps: float, overlap: bool) -> Picture:
    """Draw the fitted curve after `steps` steps, and the growth of the weight over the steps.

    steps: 1 to 100,000, rounded. overlap: take OVERLAPPING instead of SEPARABLE.
    """
    steps = round(steps)
    points = OVERLAPPING if overlap else SEPARABLE
    weights = weight_after(points)
    figure, (left, right) = new_figure(1, 2, size=(8.8, 3.6))
    grid = np.linspace(-3, 3, 241)
    left.plot(grid, sigmoid(weights[steps] * grid), color=BLUE)
    left.plot(*np.transpose(points), "o", color=ORANGE, mec=BLACK, ms=8)
    left.set(xlabel="x", ylabel="label and σ(wx)", title=f"steps: {steps}, w = {weights[steps]:.2f}")
    shown = np.unique(np.logspace(0, 5, 81).astype(int))
    right.plot(np.log10(shown), weights[shown], color=BLUE)
    right.plot(np.log10(steps), weights[steps], "o", color=ORANGE, mec=BLACK, ms=8)
    right.set_xticks(range(6), ["1", "10", "100", "1000", "10⁴", "10⁵"])
    left.set(xticks=[-2, 0, 2], yticks=[0, 0.5, 1])
    right.set(xlabel="steps", ylabel="weight w", ylim=(0, 12), yticks=[0, 5, 10], title="does it stop growing?")
    x, y = np.transpose(points)
    loss = binary_cross_entropy(weights[steps] * x, y)
    kind = "overlapping" if overlap else "separable"
    return finish(
        figure,
        f"Logistic regression on {len(points)} {kind} points. Steps taken: {steps}, w = {weights[steps]:.2f}, "
        f"mean cross entropy {loss:.6f}; after {STEPS_ON_POINTS} steps w = {weights[-1]:.2f}.",
    )
