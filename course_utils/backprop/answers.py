"""Draw the answers to assignment 05.

PYTORCH-INTRO, "Chain Rule"; CS7643-BACKPROP, "Backward pass of a module"; HPML-L3, "Backward Propagation - Parameter
Updates" and "Training - Gradient Descent". The references are torch's own derivatives.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes

from course_utils.checks.backprop import is_network, share_right, spiral, turned_and_mirrored, two_spirals
from course_utils.drawing.guarded_call import guarded_call
from course_utils.drawing.pictures import BLUE, GREEN, ORANGE, VERMILION, Picture, finish, new_figure
from course_utils.exercises.reference_style import REFERENCE_STYLE, titled

Function = Callable[..., Any]
Arrays = dict[str, np.ndarray]

KINDS = ("relu", "sigmoid", "tanh")


def loss_and_slope(logistic_chain: Function) -> Picture:
    """Draw the loss of one sample over its weight, and the slope dL_dw as tangents at three weights."""
    x, b, y = 1.23, 0.1, 1
    weights, marked = np.linspace(-4.0, 4.0, 41), np.array([-2.0, 0.2, 2.0])

    def loss(w: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.softplus(w * x + b) - y * (w * x + b)

    w = torch.tensor(marked, requires_grad=True)
    (slopes,) = torch.autograd.grad(loss(w).sum(), w)
    reference = (loss(torch.tensor(weights)).numpy(), loss(w).detach().numpy(), slopes.numpy())

    def over_weights() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        curve = [logistic_chain(x, float(w), b, y)["L"] for w in weights]
        points = [logistic_chain(x, float(w), b, y) for w in marked]
        losses, slopes = [point["L"] for point in points], [point["dL_dw"] for point in points]
        return np.array(curve, dtype=float), np.array(losses, dtype=float), np.array(slopes, dtype=float)

    yours, problem = guarded_call(functools.wraps(logistic_chain)(over_weights), like=reference)
    figure, axes = new_figure(size=(6.4, 4.0))
    axes.plot(weights, reference[0], label="reference", **REFERENCE_STYLE)
    _tangents(axes, marked, *reference[1:], **REFERENCE_STYLE)
    if yours is not None:
        axes.plot(weights, yours[0], color=BLUE, label="your loss L")
        _tangents(axes, marked, *yours[1:], color=VERMILION, label="your slope dL_dw")
    axes.set(xlabel="weight w", ylabel="loss L", ylim=(-0.3, 5.5))
    axes.set_title(titled("The slope is the tangent of the loss, x = 1.23, y = 1", problem))
    axes.legend()
    return finish(
        figure,
        f"The loss of one sample against its weight, with tangents at w = -2, 0.2 and 2. "
        f"Reference: {_slopes_in_words(*reference[1:])} "
        f"{problem if yours is None else f'Yours: {_slopes_in_words(*yours[1:])}'}",
    )


def local_gradients(act_backward: Function) -> Picture:
    """Draw the gradient that three activations pass on from an upstream gradient of 1, for z from -5 to 5 without 0."""
    z = np.linspace(-5.0, 5.0, 80)
    ones = np.ones_like(z)
    references = [_slopes_of(kind, z) for kind in KINDS]
    attempts = [guarded_call(act_backward, ones, z, kind, like=z) for kind in KINDS]
    problem = next((failed for _, failed in attempts if failed), None)
    yours = None if problem else [dz for dz, _ in attempts]

    figure, panels = new_figure(1, 3, size=(8.0, 3.2), sharey=True)
    for i, (panel, kind) in enumerate(zip(panels, KINDS, strict=True)):
        panel.plot(z, references[i], label="reference", **REFERENCE_STYLE)
        if yours is not None:
            panel.plot(z, yours[i], color=BLUE, label="yours")
        panel.set(title=kind, xlabel="z", ylim=(-0.5, 1.6))
    panels[0].set_ylabel("dz for dout = 1")
    panels[0].legend(loc="upper left")
    figure.suptitle(titled("Gradient that passes through an activation", problem), fontsize="medium")
    return finish(
        figure,
        f"The local gradients of relu, sigmoid and tanh for z from -5 to 5. "
        f"Reference: {_gates_in_words(z, references)} "
        f"{problem if yours is None else f'Yours: {_gates_in_words(z, yours)}'}",
    )


def gradients_of_a_network(mlp_backward: Function) -> Picture:
    """Draw each of the 49 gradients of a network of widths 3, 5, 4, 1 against that of torch."""
    params, X, Y = _small_network()
    cache, reference = _torch_gradients(params, X, Y)
    yours, problem = guarded_call(_entries(mlp_backward, *params), params, cache, Y, like=tuple(reference.values()))

    figure, axes = new_figure(size=(5.6, 4.4))
    reach = max(np.abs(gradient).max() for gradient in reference.values())
    axes.plot([-reach, reach], [-reach, reach], label="reference", **REFERENCE_STYLE)
    if yours is not None:
        for layer, colour in ((1, BLUE), (2, ORANGE), (3, GREEN)):
            across, up = (_of_layer(layer, gradients) for gradients in (tuple(reference.values()), yours))
            axes.scatter(across, up, color=colour, s=24, label=f"your layer {layer}", zorder=3)
    axes.set(xlabel="gradient by torch", ylabel="your gradient")
    axes.set_title(titled("Every gradient of a network", problem))
    axes.legend()
    return finish(
        figure,
        f"The gradients of 49 weights and biases in three layers. "
        f"Reference: {_layers_in_words(tuple(reference.values()))} "
        f"{problem if yours is None else f'Yours: {_layers_in_words(yours)}'}",
    )


def spirals_apart(train_mlp: Function) -> Picture:
    """Draw two spirals of points, the line halfway between them, and the boundary of a network trained on them."""
    X, Y, fresh, labels = two_spirals(np.random.default_rng(1))
    params, problem = guarded_call(train_mlp, X, Y, 0)
    if problem is None and not is_network(params):
        problem = f"`{train_mlp.__name__}` did not return the parameters of a network, so no boundary is drawn."
    figure, axes = new_figure(size=(5.4, 5.0))
    axes.scatter(*X.T, c=np.where(Y[:, 0] == 1, VERMILION, BLUE), s=10)
    along = np.linspace(0.0, 1.0, 200)[:, None]
    turned, mirrored = turned_and_mirrored(np.random.default_rng(1))
    for arm in (0.5, 1.5):
        axes.plot(*spiral(along, arm, turned, mirrored).T, **REFERENCE_STYLE)
    if problem is None:
        _boundary(axes, params, color=GREEN, linewidths=2)
    axes.set(xlabel="feature 1", ylabel="feature 2", aspect="equal")
    axes.set_title(titled("Where the output is 0.5", problem))
    yours = f"Yours: {share_right(params, fresh, labels):.0%}." if problem is None else problem
    return finish(
        figure,
        "400 points on two spirals, the line halfway between them, and the boundary of a network. The share of 2,000 "
        f"fresh points that come out right. Reference: by the line halfway, 100%. {yours}",
    )


def _tangents(axes: Axes, at: np.ndarray, heights: np.ndarray, slopes: np.ndarray, **look: Any) -> None:
    """Draw a short piece of the line through each point; `label` goes into the legend once."""
    for w, height, slope in zip(at, heights, slopes, strict=True):
        ends = np.array([-0.8, 0.8])
        axes.plot(w + ends, height + slope * ends, **look)
        look.pop("label", None)


def _slopes_of(kind: str, z: np.ndarray) -> np.ndarray:
    leaf = torch.tensor(z, requires_grad=True)
    (slopes,) = torch.autograd.grad(getattr(torch, kind)(leaf).sum(), leaf)
    return slopes.numpy()


def _entries(function: Function, *names: str) -> Function:
    """Return `function` with the named entries of its dict as a tuple, so that `guarded_call` sees their form."""

    @functools.wraps(function)
    def picked(*args: Any) -> tuple:
        result = function(*args)
        return tuple(result[name] for name in names)

    return picked


def _small_network() -> tuple[Arrays, np.ndarray, np.ndarray]:
    """Return (params, X, Y) of a network with widths 3, 5, 4, 1 and six samples."""
    rng = np.random.default_rng(8)
    params = {}
    for layer, (before, after) in enumerate(((3, 5), (5, 4), (4, 1)), start=1):
        params[f"W{layer}"] = rng.normal(size=(after, before)) * np.sqrt(2 / before)
        params[f"b{layer}"] = 0.5 * rng.normal(size=after)
    return params, rng.normal(size=(6, 3)), np.array([[1.0, 0.0, 0.0, 1.0, 1.0, 0.0]]).T


def _of_layer(layer: int, gradients: tuple[np.ndarray, ...]) -> np.ndarray:
    """Return the entries of the gradients of one layer, (k,); `gradients` has the order W1, b1, W2, b2, ..."""
    return np.concatenate([gradient.ravel() for gradient in gradients[2 * layer - 2 : 2 * layer]])


def _forward(params: dict[str, torch.Tensor], X: torch.Tensor) -> tuple[list[torch.Tensor], torch.Tensor]:
    """Return the values of all layers, (m, n_l) each, and the logits of the last, (m, 1)."""
    values, logits, layers = [X], X, len(params) // 2
    for layer in range(1, layers + 1):
        logits = torch.nn.functional.linear(values[-1], params[f"W{layer}"], params[f"b{layer}"])
        values.append(torch.relu(logits) if layer < layers else torch.sigmoid(logits))
    return values, logits


def _torch_gradients(params: Arrays, X: np.ndarray, Y: np.ndarray) -> tuple[list[np.ndarray], Arrays]:
    """Return the values of all layers and the gradients of the mean cross entropy, by name."""
    leaves = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
    values, logits = _forward(leaves, torch.tensor(X))
    cost = torch.nn.functional.binary_cross_entropy_with_logits(logits, torch.tensor(Y))
    gradients = torch.autograd.grad(cost, list(leaves.values()))
    by_name = {name: gradient.numpy() for name, gradient in zip(leaves, gradients, strict=True)}
    return [value.detach().numpy() for value in values], by_name


def _boundary(axes: Axes, params: Arrays, color: Any, **look: Any) -> None:
    across, up = np.meshgrid(*[np.linspace(-2.3, 2.3, 120)] * 2)
    grid = np.stack([across.ravel(), up.ravel()], axis=1)
    logits = _forward({name: torch.tensor(value) for name, value in params.items()}, torch.tensor(grid))[1]
    if logits.min() < 0 < logits.max():
        axes.contour(across, up, logits.reshape(across.shape), levels=[0.0], colors=[color], **look)


def _slopes_in_words(losses: np.ndarray, slopes: np.ndarray) -> str:
    parts = [f"{loss:.3f} with slope {slope:.3f}" for loss, slope in zip(losses, slopes, strict=True)]
    return f"the losses there are {', '.join(parts)}."


def _gates_in_words(z: np.ndarray, slopes: list[np.ndarray]) -> str:
    low, high = (int(np.argmin(np.abs(z - near))) for near in (-2, 2))
    parts = [f"{kind} {slope[low]:.2f} and {slope[high]:.2f}" for kind, slope in zip(KINDS, slopes, strict=True)]
    return f"near z = -2 and 2 the local gradients are {', '.join(parts)}."


def _layers_in_words(gradients: Sequence[np.ndarray]) -> str:
    sizes = [np.abs(gradient).max() for gradient in gradients]
    weights = ", ".join(f"{size:.3f}" for size in sizes[::2])
    return f"the largest weight gradients of the three layers have size {weights}."
