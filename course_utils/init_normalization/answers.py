"""Pictures of the answers to the assignment on activations, initialization and normalization.

HPML-L3, "Activation Functions Derivatives", "Vanishing and Exploding Gradients", "Batch normalization" and "Preventing
vanishing gradients". The references are those of torch.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from course_utils.drawing.guarded_call import guarded_call
from course_utils.drawing.pictures import BLACK, BLUE, GREEN, ORANGE, VERMILION, Picture, finish, new_figure
from course_utils.exercises.reference_style import REFERENCE_STYLE, titled

Function = Callable[..., Any]  # the student's, which may return anything
Arrays = tuple[np.ndarray, ...]

KINDS = ("tanh", "leaky_relu", "softplus", "silu")
ALPHA = 0.1  # of the leaky ReLU: ten times the default, so that the slope can be seen

# Of `spread_by_layer`: its layers, and the standard deviations of the weights. Between layers of one width Xavier's
# variance 2 / (fan_in + fan_out) is 1 / WIDTH.
WIDTH, DEPTH = 100, 8
SPREADS = {"std 0.01": 0.01, "std 1": 1.0, "Xavier": WIDTH**-0.5}

MEAN, STD, BATCHES = 4.0, 2.0, 60  # of `running_statistics`: the feature, and the number of batches of 8


def activation_curves(activation: Function) -> Picture:
    """Draw value and derivative of the four activations for z from -4 to 4, without 0."""
    z = np.linspace(-4.0, 4.0, 80)
    references = [_value_and_slope(kind, z) for kind in KINDS]
    calls = [guarded_call(activation, kind, z, alpha=ALPHA, like=(z, z)) for kind in KINDS]
    problem = next((failed for _, failed in calls if failed), None)
    yours = None if problem else [curves for curves, _ in calls]
    own = problem if yours is None else f"Yours: {_curves_in_words(z, yours)}"

    figure, panels = new_figure(1, 4, size=(9.6, 3.2), sharey=True)
    for i, (panel, kind) in enumerate(zip(panels, KINDS, strict=True)):
        for curve, label in zip(references[i], ("reference", None), strict=True):
            panel.plot(z, curve, label=label, **REFERENCE_STYLE)
        if yours is not None:
            for curve, colour, label in zip(yours[i], (BLUE, VERMILION), ("your value", "your slope"), strict=True):
                panel.plot(z, curve, color=colour, label=label)
        panel.set(title=kind, xlabel="z", xticks=[-4, -2, 0, 2, 4], ylim=(-1.3, 2.2))
    panels[0].legend(loc="upper left")
    figure.suptitle(titled(f"Four activations and their slopes, alpha = {ALPHA:g}", problem), fontsize="medium")
    return finish(
        figure,
        f"Values and slopes of four activations for z from -4 to 4. Reference: {_curves_in_words(z, references)} {own}",
    )


def spread_by_layer(forward_stats: Function) -> Picture:
    """Draw the standard deviation after each of DEPTH tanh layers, for the three SPREADS of the weights."""
    rng = np.random.default_rng(9)
    X = rng.normal(size=(200, WIDTH))
    stacks = [[spread * rng.normal(size=(WIDTH, WIDTH)) for _ in range(DEPTH)] for spread in SPREADS.values()]
    references = [_tanh_stats(X, Ws) for Ws in stacks]
    calls = [guarded_call(forward_stats, X, Ws, np.tanh, like=references[0]) for Ws in stacks]
    problem = next((failed for _, failed in calls if failed), None)
    yours = None if problem else [stats for stats, _ in calls]
    own = problem if yours is None else f"Yours: {_stats_in_words(yours)}"

    figure, axes = new_figure(size=(6.8, 4.0))
    layers = np.arange(1, DEPTH + 1)
    for i, (name, colour) in enumerate(zip(SPREADS, (VERMILION, ORANGE, GREEN), strict=True)):
        axes.plot(layers, references[i][0], label="reference" if i == 0 else None, **REFERENCE_STYLE)
        if yours is not None:
            axes.plot(layers, yours[i][0], color=colour, marker="o", markersize=4, label=f"yours, weights with {name}")
    axes.set(yscale="log", xlabel="layer", ylabel="standard deviation of its outputs", xticks=layers)
    axes.set_title(titled("Standard deviation layer by layer", problem))
    axes.legend()
    return finish(
        figure,
        f"{DEPTH} tanh layers of {WIDTH} units, whose weights have standard deviation 0.01, 1 or Xavier's. "
        f"Reference: {_stats_in_words(references)} {own}",
    )


def running_statistics(bn_forward: Function) -> Picture:
    """Draw the running mean and variance of one feature, from 0 and 1 on, over BATCHES batches of 8 samples."""
    batches = np.random.default_rng(3).normal(MEAN, STD, size=(BATCHES, 8, 1))
    reference = _running_by_torch(batches)

    def over_the_batches(batches: np.ndarray) -> Arrays:
        mean, var, means, variances = np.zeros(1), np.ones(1), [], []
        for batch in batches:
            _, mean, var = bn_forward(batch, np.ones(1), np.zeros(1), mean.copy(), var.copy(), True)
            means.append(mean)
            variances.append(var)
        return np.array(means, dtype=float), np.array(variances, dtype=float)

    yours, problem = guarded_call(wraps(bn_forward)(over_the_batches), batches, like=reference)
    own = problem if yours is None else f"Yours: {_running_in_words(*yours)}"
    figure, panels = new_figure(1, 2, size=(8.4, 3.6))
    seen = np.arange(1, BATCHES + 1)
    for i, (panel, name, truth) in enumerate(zip(panels, ("mean", "variance"), (MEAN, STD**2), strict=True)):
        panel.axhline(truth, color=BLACK, linewidth=1, linestyle=":", label=f"{name} of all data")
        panel.plot(seen, reference[i], label="reference", **REFERENCE_STYLE)
        if yours is not None:
            panel.plot(seen, yours[i], color=BLUE, linewidth=1.5, label=f"your running {name}")
        panel.set(xlabel="batches seen", ylabel=f"running {name}", ylim=(0, None))
        panel.legend(loc="lower right")
    figure.suptitle(titled("Running statistics of batch normalization, momentum = 0.1", problem), fontsize="medium")
    return finish(
        figure,
        f"Running statistics of a feature with mean {MEAN:g} and variance {STD**2:g}, from batches of 8. "
        f"Reference: {_running_in_words(*reference)} {own}",
    )


def _value_and_slope(kind: str, z: np.ndarray) -> Arrays:
    leaf = torch.tensor(z, requires_grad=True)
    value = F.leaky_relu(leaf, ALPHA) if kind == "leaky_relu" else getattr(F, kind)(leaf)
    return value.detach().numpy(), torch.autograd.grad(value.sum(), leaf)[0].numpy()


def _tanh_stats(X: np.ndarray, Ws: list[np.ndarray]) -> Arrays:
    """Return std and share of saturated outputs, (L,) each, of tanh layers."""
    H, stats = torch.tensor(X), []
    for W in Ws:
        H = torch.tanh(F.linear(H, torch.tensor(W)))
        stats.append((H.std(correction=0).item(), (H.abs() > 0.99).double().mean().item()))
    return tuple(np.array(stats).T)


def _running_by_torch(batches: np.ndarray) -> Arrays:
    """Return the running means and variances, (BATCHES, 1) each, after each batch."""
    layer, means, variances = torch.nn.BatchNorm1d(1, dtype=torch.float64), [], []
    for batch in torch.tensor(batches):
        layer(batch)
        statistics = layer.state_dict()
        means.append(statistics["running_mean"].numpy().copy())
        variances.append(statistics["running_var"].numpy().copy())
    return np.array(means), np.array(variances)


def _curves_in_words(z: np.ndarray, curves: list[Arrays]) -> str:
    low, high = (int(np.argmin(np.abs(z - near))) for near in (-1, 1))
    parts = [
        f"{kind} {value[low]:.3f} with slope {slope[low]:.3f} and {value[high]:.3f} with slope {slope[high]:.3f}"
        for kind, (value, slope) in zip(KINDS, np.round(curves, 3) + 0.0, strict=True)  # which makes 0 of -0
    ]
    return f"near z = -1 and 1 they are {', '.join(parts)}."


def _stats_in_words(stats: list[Arrays]) -> str:
    parts = [f"{std[0]:.3g} and {std[-1]:.3g}, saturated {share[-1]:.2f}" for std, share in stats]
    return f"the standard deviations of the outputs of the first and the last layer are {'; '.join(parts)}."


def _running_in_words(means: np.ndarray, variances: np.ndarray) -> str:
    shown = ", ".join(f"{means[i, 0]:.3f} and {variances[i, 0]:.3f}" for i in (0, 9, -1))
    return f"after 1, 10 and {BATCHES} batches mean and variance are {shown}."
