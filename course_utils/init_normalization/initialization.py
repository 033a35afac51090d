"""The scale of initial weights: signals forward and gradients backward through deep networks, drawn.

CIS5190-L15, "Weight Initialization"; HPML-L3, "Vanishing and Exploding Gradients" (the histograms) and "Popular Weight
Initializers". Samples are rows, a weight has the shape (fan_out, fan_in), and no layer has a bias.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from matplotlib.axes import Axes

from course_utils.drawing.guarded_call import GuardedCall, guarded_call
from course_utils.drawing.pictures import BLACK, BLUE, GREY, VERMILION, Picture, finish, new_figure
from course_utils.drawing.threads import one_thread
from course_utils.drawing.yours import YOURS, Function, finish_with, not_drawn
from course_utils.init_normalization.input_scaling import standardized_digits

# Name: function and derivative, of tensors: the networks here are large, and torch can be limited to one thread.
Elementwise = Callable[[torch.Tensor], torch.Tensor]
ACTIVATIONS: dict[str, tuple[Elementwise, Elementwise]] = {
    "linear": (lambda z: z, torch.ones_like),
    "tanh": (torch.tanh, lambda z: 1 - torch.tanh(z) ** 2),
    "ReLU": (torch.relu, lambda z: (z > 0).to(z.dtype)),
}

NORMAL, XAVIER, HALF, HE = "normal, σ from the slider", "Xavier (Glorot)", "Xavier as CIS5190 prints it", "He"
SCHEMES = (NORMAL, XAVIER, HALF, HE)
ASKED = {XAVIER: "xavier", HE: "he"}  # what the exercise calls the schemes that it asks for
FAN_IN, FAN_OUT, MEAN = "2 / fan_in", "2 / fan_out", "2 / mean of both"
FANS = (FAN_IN, FAN_OUT, MEAN)

LAYERS, WIDTH, SAMPLES = 5, 500, 128
GAIN_WIDTH, FAN_WIDE = 128, 512
BINS = 60
REACH = {"linear": (-3.0, 3.0), "tanh": (-1.0, 1.0), "ReLU": (0.0, 3.0)}  # interval in which activations are drawn


class Passes(NamedTuple):
    """A batch X = h_0 sent forward through L layers, and a gradient of length 1 with respect to h_L sent back.

    H: h_1 ... h_L, a list of (n, fan_out). forward: root mean squares of h_0 ... h_L, (L + 1,).
    to_z: norms of the gradients with respect to z_1 ... z_L, (L,). to_h: with respect to h_0 ... h_L, (L + 1,).
    """

    H: list[np.ndarray]
    forward: np.ndarray
    to_z: np.ndarray
    to_h: np.ndarray


@cache
def normals(*sizes: int) -> list[np.ndarray]:
    """Return a matrix (fan_out, fan_in) of standard normal numbers, float32, for each pair of neighbours in `sizes`."""
    rng = np.random.default_rng(0)
    return [rng.standard_normal((fan_out, fan_in), dtype=np.float32) for fan_in, fan_out in pairwise(sizes)]


def std_of(scheme: str, sigma: float, fan_in: int, fan_out: int) -> float:
    """Return the standard deviation of a weight by one of SCHEMES; `sigma` is that of NORMAL."""
    variances = {NORMAL: sigma**2, XAVIER: 2 / (fan_in + fan_out), HALF: 1 / (fan_in + fan_out), HE: 2 / fan_in}
    return float(np.sqrt(variances[scheme]))


@one_thread()
def passes(X: np.ndarray, weights: Sequence[np.ndarray], activation: str) -> Passes:
    """Send a batch X, (n, fan_in of the first weight), forward, and a random gradient of length 1 back.

    weights: (fan_out, fan_in) each. activation: a name of ACTIVATIONS.
    """
    phi, slope = ACTIVATIONS[activation]
    matrices = [torch.from_numpy(weight) for weight in weights]
    zs, H = [], [torch.from_numpy(X)]
    for weight in matrices:
        zs.append(H[-1] @ weight.T)
        H.append(phi(zs[-1]))
    upstream = np.random.default_rng(1).standard_normal(tuple(H[-1].shape), dtype=np.float32)
    dh = torch.from_numpy(upstream / np.linalg.norm(upstream)).to(H[-1].dtype)
    to_z, to_h = [], [1.0]
    for z, weight in zip(reversed(zs), reversed(matrices), strict=True):
        dz = dh * slope(z)
        dh = dz @ weight
        to_z.append(float(dz.norm()))
        to_h.append(float(dh.norm()))
    forward = [float(h.norm() / np.sqrt(h.numel())) for h in H]
    return Passes([h.numpy() for h in H[1:]], np.array(forward), np.array(to_z[::-1]), np.array(to_h[::-1]))


@cache
def five_layers(scheme: str, sigma: float, activation: str) -> Passes:
    """Send SAMPLES standardized digits through LAYERS new layers of WIDTH units.

    scheme: one of SCHEMES; sigma: the std of NORMAL. activation: a name of ACTIVATIONS.
    """
    X = standardized_digits()[0][:SAMPLES].astype(np.float32)
    drawn = normals(64, *[WIDTH] * LAYERS)
    weights = [np.float32(std_of(scheme, sigma, *reversed(normal.shape))) * normal for normal in drawn]
    return passes(X, weights, activation)


def draw_histograms(scheme: str, sigma: float, activation: str, yours: Function | None = None) -> Picture:
    """Draw the histograms of the activations of five layers, their standard deviations, and the sizes of the gradients.

    scheme: one of SCHEMES; sigma: the std of NORMAL. activation: a name of ACTIVATIONS. yours: the student's
    `init_layer`.
    """
    passed = five_layers(scheme, sigma, activation)
    H, backward = passed.H, passed.to_z
    deviations = [float(h.std()) for h in H]
    saturated = float(np.mean(np.abs(H[-1]) > 0.99))
    figure, (left, right) = new_figure(1, 2, size=(9, 3.9))
    _ridges(left, H, REACH[activation])
    name = f"normal, σ = {sigma:.3g}" if scheme == NORMAL else scheme
    left.set_title(f"{activation}; {name}", fontsize=10)
    layers = range(1, LAYERS + 1)
    _sizes(right, layers, deviations, (-6, 6), BLUE, "forward: std of h")
    _sizes(right, layers, backward, (-6, 6), VERMILION, "backward: ‖∂L/∂z‖")
    right.set(xlabel="layer", ylabel="size", title=f"h ends at {deviations[-1]:.2g}, gradient at {backward[0]:.2g}")
    said = "" if yours is None else _draw_yours(right, scheme, activation, yours)
    right.legend(loc="upper center", fontsize=8, ncols=2)
    summary = ", ".join(f"{d:.2g}" for d in deviations)
    return finish_with(
        figure,
        f"Activations of 5 {activation} layers of 500 units, {name}: standard deviations {summary}; {saturated:.0%} of "
        f"the last layer beyond 0.99. Of a gradient of length 1, {backward[-1]:.2g} is left in layer 5 and "
        f"{backward[0]:.2g} in layer 1.",
        said,
    )


def your_weights(scheme: str, yours: Function) -> GuardedCall:
    """Return the five weights, (fan_out, fan_in) float64, that a student's `init_layer` draws; scheme: one of ASKED."""
    rng, weights = np.random.default_rng(0), []
    for fan_in, fan_out in pairwise((64, *[WIDTH] * LAYERS)):
        like = (np.zeros((fan_out, fan_in)), np.zeros(fan_out))
        own, problem = guarded_call(yours, ASKED[scheme], fan_in, fan_out, rng, like=like)
        if problem is None and np.any(own[1]):
            problem = "its bias is not 0."
        if problem is not None:
            return GuardedCall(None, problem)
        weights.append(own[0])
    return GuardedCall(weights, None)


def _draw_yours(axes: Axes, scheme: str, activation: str, yours: Function) -> str:
    """Draw the standard deviations after the student's five layers, and say how large they and their weights are."""
    if scheme not in ASKED:
        return f"Yours is not asked for this scheme, only for {' and '.join(ASKED)}."
    weights, problem = your_weights(scheme, yours)
    if problem is not None:
        return not_drawn(problem)
    X = standardized_digits()[0][:SAMPLES].astype(np.float32)
    deviations = [float(h.std()) for h in passes(X, [weight.astype(np.float32) for weight in weights], activation).H]
    axes.plot(range(1, LAYERS + 1), np.log10(np.clip(deviations, 1e-30, 1e30)), **YOURS)
    return (
        f"Yours: {', '.join(f'{d:.2g}' for d in deviations)}; its last weights have the standard deviation "
        f"{weights[-1].std():.3g}, expected {std_of(scheme, 0.0, WIDTH, WIDTH):.3g}."
    )


def histogram(h: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return how many entries of h, any shape, lie in each of BINS equal bins, (60,) int; the outer ones are open."""
    places = ((h.ravel() - low) * (BINS / (high - low))).clip(0, BINS - 1).astype(np.int64)
    return np.bincount(places, minlength=BINS)


def _ridges(axes: Axes, H: Sequence[np.ndarray], reach: tuple[float, float]) -> None:
    """Draw one histogram per layer, all of the same height; a bar far above all others is cut."""
    edges = np.linspace(*reach, BINS + 1)
    for layer, h in enumerate(H, start=1):
        counts = histogram(h, *reach)
        top = max(np.sort(counts)[-2], counts.max() / 10)
        heights = 0.85 * np.minimum(counts / top, 1)
        axes.stairs(layer - heights, edges, baseline=layer, fill=True, color=BLUE, alpha=0.7)
    axes.set_xticks(np.linspace(*reach, 5 if reach[0] < 0 else 4))
    axes.set(
        ylim=(len(H) + 0.15, -0.05), xlim=reach, yticks=range(1, len(H) + 1), ylabel="layer", xlabel="activation h"
    )


def _sizes(
    axes: Axes,
    layers: Sequence[int] | np.ndarray,
    values: Sequence[float] | np.ndarray,
    decades: tuple[int, int],
    colour: str = VERMILION,
    label: str | None = None,
) -> None:
    """Draw positive sizes layer by layer on a logarithmic axis with a line at 1. Plain labels are drawn fast."""
    axes.axhline(0, color=BLACK, lw=0.8)
    axes.plot(layers, np.log10(np.maximum(values, 1e-30)), "o-", color=colour, ms=5, label=label)
    low, high = decades
    ticks = np.linspace(low, high, 5, dtype=int)
    axes.set_yticks(ticks, ["1" if e == 0 else f"10{_raised(e)}" for e in ticks])
    axes.set_ylim(low - 0.3, high + 0.3)
    axes.set_xticks([layers[0], layers[len(layers) // 2], layers[-1]])


def _raised(exponent: int) -> str:
    return str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


# --- variance through depth ------------------------------------------------------------------------------------------


@cache
def noise(width: int) -> np.ndarray:
    """Return a batch of 64 samples of standard normal numbers, (64, width), float32."""
    return np.random.default_rng(2).standard_normal((64, width), dtype=np.float32)


@cache
def deep(gain: float, activation: str, layers: int) -> Passes:
    """Send noise through equal layers of GAIN_WIDTH units with weights of variance gain / fan_in.

    activation: a name of ACTIVATIONS.
    """
    std = np.float32(np.sqrt(gain / GAIN_WIDTH))
    weights = [std * normal for normal in normals(*[GAIN_WIDTH] * (layers + 1))]
    return passes(noise(GAIN_WIDTH), weights, activation)


def draw_depth(gain: float, activation: str, layers: int) -> Picture:
    """Draw the mean square of a signal layer by layer, forward and backward, and what the formula predicts.

    gain: fan_in times the variance of a weight. activation: a name of ACTIVATIONS.
    """
    passed = deep(gain, activation, layers)
    forward, backward = passed.forward**2, passed.to_h**2
    kept = gain / 2 if activation == "ReLU" else gain
    figure, (left, right) = new_figure(1, 2, size=(9, 3.8))
    depths = np.arange(layers + 1)
    for axes, sizes, powers in ((left, forward, depths), (right, backward, layers - depths)):
        axes.plot(depths, powers * np.log10(kept), color=GREY, lw=5, alpha=0.5, label=f"{kept:.3g} per layer")
        _sizes(axes, depths, sizes, (-8, 8))
        axes.set(xlabel="layer", xlim=(-0.5, 30.5), xticks=[0, 10, 20, 30])
        axes.legend(loc="upper left", fontsize=8)
    left.set(ylabel="mean of h²", title=f"forward: {forward[-1]:.2g} after {layers} layers")
    right.set(ylabel="‖∂L/∂h‖²", title=f"backward: {backward[0]:.2g} at the input")
    return finish(
        figure,
        f"{layers} layers of {GAIN_WIDTH} {activation} units, variance of a weight {gain:.2f} / fan_in: the mean "
        f"square of the signal goes from 1 to {forward[-1]:.2g}; a factor of {kept:.3g} per layer would make it "
        f"{kept**layers:.2g}. The squared gradient at the input is {backward[0]:.2g} of that at the output.",
    )


# --- fan-in or fan-out -----------------------------------------------------------------------------------------------


def fan_variance(rule: str, fan_in: int, fan_out: int) -> float:
    """Return the variance of a weight of a ReLU layer by a rule, one of FANS."""
    return 2 / {FAN_IN: fan_in, FAN_OUT: fan_out, MEAN: (fan_in + fan_out) / 2}[rule]


@cache
def alternating(rule: str, narrow: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Send noise through seven ReLU layers, alternately `narrow` and FAN_WIDE units wide, the last one narrow.

    rule: one of FANS. Returns four arrays (8,), from the input to layer 7: the mean square of an entry of h, and its
    expectation; the same of an entry of the gradient with respect to h, where that of the last layer is 1.
    """
    widths = np.array([FAN_WIDE, narrow] * 4)
    variances = np.array([fan_variance(rule, *pair) for pair in pairwise(widths)])
    weights = [np.float32(np.sqrt(v)) * normal for v, normal in zip(variances, normals(*widths), strict=True)]
    passed = passes(noise(FAN_WIDE), weights, "ReLU")
    forward = np.cumprod(np.append(1.0, variances * widths[:-1] / 2))
    backward = np.cumprod(np.append(1.0, (variances * widths[1:] / 2)[::-1]))[::-1]
    entry = passed.to_h**2 / widths
    return passed.forward**2, forward, entry / entry[-1], backward


def draw_fans(rule: str, narrow: int) -> Picture:
    """Draw the mean squares of signal and gradient through layers of changing width, and their expectations.

    rule: one of FANS.
    """
    forward, expected, backward, back_expected = alternating(rule, narrow)
    figure, (left, right) = new_figure(1, 2, size=(9, 3.8))
    layers = np.arange(len(forward))
    for axes, sizes, line in ((left, forward, expected), (right, backward, back_expected)):
        axes.plot(layers, np.log10(line), color=GREY, lw=5, alpha=0.5, label="expected")
        _sizes(axes, layers, sizes, (-2, 2))
        axes.set(xlabel="layer", xticks=layers)
        axes.legend(loc="upper left", fontsize=8)
    left.set(ylabel="mean of h²", title=f"forward: {forward[-1]:.2g} (expected {expected[-1]:.3g})")
    right.set(ylabel="mean of (∂L/∂h)²", title=f"backward: {backward[0]:.2g} (expected {back_expected[0]:.3g})")
    return finish(
        figure,
        f"ReLU layers of {FAN_WIDE} and {narrow} units in turn, variance {rule}: the mean square of the signal ends "
        f"at {forward[-1]:.2g} of 1, expected {expected[-1]:.3g}; that of the gradient at {backward[0]:.2g}, expected "
        f"{back_expected[0]:.3g}.",
    )
