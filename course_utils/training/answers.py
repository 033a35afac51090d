"""Draw the answers to assignment 07.

PYTORCH-INTRO, "Exercise"; HPML-L3, "Linear Regression Example" and "PyTorch Backpropagation and weights update";
CS7150-L1, "PyTorch: Training".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import nn

from course_utils import check
from course_utils.data.digit_folds import digit_folds
from course_utils.drawing.guarded_call import guarded_call
from course_utils.drawing.pictures import BLUE, GREY, ORANGE, VERMILION, Picture, arrow, finish, new_figure
from course_utils.drawing.threads import one_thread
from course_utils.exercises.reference_style import REFERENCE_STYLE, titled

Function = Callable[..., Any]

REACH = 3.0  # the plane of `boundary` goes from -REACH to REACH on both axes
# The bowl L = (0.5 w1^2 + 2 w2^2) / 2 of `steps_down`: starting point, curvatures, learning rate, number of steps.
BOWL_START, BOWL_CURVATURES, BOWL_RATE, BOWL_STEPS = (-2.6, 1.7), (0.5, 2.0), 0.35, 12


def boundary(LogisticRegression: Callable[[int], nn.Module]) -> Picture:
    """Train the student's module on two clouds of points, from zero parameters, and draw where its logit is 0."""
    points, labels = _two_clouds()
    grid = torch.cartesian_prod(*[torch.linspace(-REACH, REACH, 41, dtype=torch.float64)] * 2)

    def logits_after(model: nn.Module) -> np.ndarray:
        """Return the logits of the points, then those of the grid, (120 + 1681,), after 200 steps of training."""
        model = model.double()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.zero_()
        opt = torch.optim.SGD(model.parameters(), lr=0.5)
        for _ in range(200):
            opt.zero_grad()
            nn.functional.binary_cross_entropy_with_logits(model(points), labels).backward()
            opt.step()
        with torch.no_grad():
            return torch.cat([model(points), model(grid)]).numpy()

    @check.driver
    def trained() -> np.ndarray:
        """`LogisticRegression`, trained."""
        return logits_after(LogisticRegression(2))

    with one_thread():
        reference = logits_after(nn.Sequential(nn.Linear(2, 1), nn.Flatten(0)))
        yours, problem = guarded_call(trained, like=reference)
    figure, axes = new_figure(size=(5.4, 4.4))
    for label, colour in ((0, BLUE), (1, VERMILION)):
        axes.scatter(*points[labels == label].T, s=14, color=colour, label=f"class {label}")
    _zero_line(axes, reference[len(points) :], **_as_contour(REFERENCE_STYLE))
    axes.plot([], [], label="reference", **REFERENCE_STYLE)
    if yours is not None:
        _zero_line(axes, yours[len(points) :], colors="black", linewidths=1.5)
        axes.plot([], [], color="black", linewidth=1.5, label="your logit is 0")
    axes.set(xlabel="feature 1", ylabel="feature 2", aspect="equal")
    axes.set_title(titled("Logistic regression after 200 steps", problem))
    axes.legend(loc="lower left", fontsize="small")
    return finish(
        figure,
        f"Two clouds of 60 points. Reference: {_logits_in_words(reference, labels)} "
        f"{problem if yours is None else f'Yours: {_logits_in_words(yours, labels)}'}",
    )


def square_fit(MLP: Callable[[list[int]], nn.Module]) -> Picture:
    """Fit y = x^2 + noise, as the slides do, with the student's `MLP([1, 10, 1])`, and draw what it has learned."""
    x, y, start = _noisy_square()

    def fitted(model: nn.Module) -> np.ndarray:
        """Return the outputs, (100,), after 400 steps with learning rate 0.2, from `start`."""
        model = model.double()
        with torch.no_grad():
            for parameter, value in zip(model.parameters(), start, strict=True):
                parameter.copy_(value)
        opt = torch.optim.SGD(model.parameters(), lr=0.2)
        for _ in range(400):
            opt.zero_grad()
            nn.functional.mse_loss(model(x), y).backward()
            opt.step()
        with torch.no_grad():
            return model(x)[:, 0].numpy()

    @check.driver
    def outputs() -> np.ndarray:
        """`MLP([1, 10, 1])`, trained."""
        return fitted(MLP([1, 10, 1]))

    with one_thread():
        reference = fitted(nn.Sequential(nn.Linear(1, 10), nn.ReLU(), nn.Linear(10, 1)))
        yours, problem = guarded_call(outputs, like=reference)
    across = x[:, 0].numpy()
    figure, axes = new_figure(size=(6.2, 3.8))
    axes.scatter(across, y[:, 0].numpy(), s=10, color=ORANGE, label="data")
    axes.plot(across, reference, label="reference", **REFERENCE_STYLE)
    if yours is not None:
        axes.plot(across, yours, color=BLUE, linewidth=1.5, label="yours")
    axes.set(xlabel="x", ylabel="y")
    axes.set_title(titled("A network with 10 hidden units after 400 steps", problem))
    axes.legend(loc="upper center")
    return finish(
        figure,
        f"100 points of a noisy x². Reference: {_fit_in_words(reference, y)} "
        f"{problem if yours is None else f'Yours: {_fit_in_words(yours, y)}'}",
    )


def steps_down(sgd_update_: Function) -> Picture:
    """Draw twelve steps of the student's `sgd_update_` down a bowl, over those of gradient descent."""
    factors = (1 - BOWL_RATE * np.array(BOWL_CURVATURES)) ** np.arange(BOWL_STEPS + 1)[:, None]
    reference = np.array(BOWL_START) * factors

    @check.driver
    def path() -> np.ndarray:
        """`sgd_update_`, twelve times."""
        w = nn.Parameter(torch.tensor(BOWL_START, dtype=torch.float64))
        places = [w.detach().numpy().copy()]
        with torch.enable_grad():
            for _ in range(BOWL_STEPS):
                (torch.tensor(BOWL_CURVATURES) * w.square() / 2).sum().backward()
                sgd_update_(iter([w]), BOWL_RATE)
                places.append(w.detach().numpy().copy())
        return np.stack(places)

    yours, problem = guarded_call(path, like=reference)
    figure, axes = new_figure(size=(6.4, 4.2))
    across, up = np.linspace(-3.4, 3.4, 81), np.linspace(-2.4, 2.4, 61)
    bowl = BOWL_CURVATURES[0] * across**2 / 2 + BOWL_CURVATURES[1] * up[:, None] ** 2 / 2
    axes.contour(across, up, bowl, levels=[0.1, 0.5, 1, 2, 3, 4.5], colors=GREY, linewidths=0.7, alpha=0.6)
    axes.plot(*reference.T, label="reference", **REFERENCE_STYLE)
    if yours is not None:
        axes.plot(*yours.T, color=BLUE, linewidth=1, marker=".", markersize=8, label="yours")
        if not np.array_equal(yours[0], yours[1]):
            arrow(axes, yours[1], BLUE, start=yours[0])
    axes.set(xlabel="weight 1", ylabel="weight 2", xlim=(-3.4, 3.4), ylim=(-2.4, 2.4))
    axes.set_title(titled(f"{BOWL_STEPS} steps down a bowl, learning rate {BOWL_RATE}", problem))
    axes.legend(loc="upper right")
    return finish(
        figure,
        f"Steps from ({BOWL_START[0]}, {BOWL_START[1]}) towards the minimum, (0, 0). "
        f"Reference: {_path_in_words(reference)} "
        f"{problem if yours is None else f'Yours: {_path_in_words(yours)}'}",
    )


def losses_on_digits(fit: Function) -> Picture:
    """Draw the loss per epoch when the student's `fit` trains on digits sorted by class; give the test accuracy."""
    (fold,) = digit_folds(np.random.default_rng(7), folds=1)
    epochs = 12

    def trained(fit: Function) -> np.ndarray:
        """Return the losses of 12 epochs and the test accuracy, (13,)."""
        generator = torch.Generator().manual_seed(0)
        model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.uniform_(-0.125, 0.125, generator=generator)
        losses = fit(model, fold.Xtr.clone(), fold.ytr.clone(), epochs, 0.1, 64, 3)
        model.eval()
        with torch.no_grad():
            right = (model(fold.Xte).argmax(dim=1) == fold.yte).double().mean().item()
        return np.array([*losses, right], dtype=float)

    @check.driver
    def losses() -> np.ndarray:
        """`fit`."""
        return trained(fit)

    with one_thread():
        reference = trained(_sgd_with_momentum)
        yours, problem = guarded_call(losses, like=reference)
    figure, axes = new_figure(size=(6.4, 3.8))
    numbers = np.arange(1, epochs + 1)
    axes.plot(numbers, reference[:-1], label="reference", **REFERENCE_STYLE)
    if yours is not None:
        axes.plot(numbers, yours[:-1], color=BLUE, marker=".", label="yours")
    axes.set(xlabel="epoch", ylabel="mean loss of the epoch", ylim=(0, None))
    axes.set_title(titled("Training on digits sorted by class", problem))
    axes.legend()
    return finish(
        figure,
        f"{epochs} epochs on 1,100 images. Reference: {_training_in_words(reference)} "
        f"{problem if yours is None else f'Yours: {_training_in_words(yours)}'}",
    )


# --- computation -----------------------------------------------------------------------------------------------------


def _two_clouds() -> tuple[torch.Tensor, torch.Tensor]:
    """Return points of two clouds that overlap, (120, 2) float64, and their labels, (120,), 0.0 or 1.0."""
    rng = np.random.default_rng(4)
    centres = np.repeat([[-0.9, -0.5], [0.9, 0.8]], 60, axis=0)
    return torch.from_numpy(centres + 0.8 * rng.normal(size=(120, 2))), torch.arange(120).div(60).floor().double()


def _noisy_square() -> tuple[torch.Tensor, torch.Tensor, list[torch.Tensor]]:
    """Return inputs and outputs, (100, 1) each, and initial parameters of a [1, 10, 1] network."""
    rng = np.random.default_rng(1)
    x = torch.linspace(-1, 1, 100, dtype=torch.float64)[:, None]
    y = x**2 + 0.2 * torch.from_numpy(rng.random((100, 1)))
    shapes, limits = ((10, 1), (10,), (1, 10), (1,)), (1.0, 1.0, 0.3, 0.3)
    return x, y, [torch.from_numpy(rng.uniform(-b, b, s)) for s, b in zip(shapes, limits, strict=True)]


def _sgd_with_momentum(
    model: nn.Module, X: torch.Tensor, y: torch.Tensor, epochs: int, lr: float, batch_size: int, seed: int
) -> list[float]:
    """Train as exercise 7.8 asks, with the step of SGD written out; return the mean loss per epoch."""
    generator, losses = torch.Generator().manual_seed(seed), []
    parameters = list(model.parameters())
    velocity = [torch.zeros_like(parameter) for parameter in parameters]
    for _ in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(X), generator=generator).split(batch_size):
            loss = nn.functional.cross_entropy(model(X[rows]), y[rows])
            gradients = torch.autograd.grad(loss * len(rows) / batch_size, parameters)
            with torch.no_grad():
                for parameter, v, gradient in zip(parameters, velocity, gradients, strict=True):
                    parameter -= lr * v.mul_(0.9).add_(gradient)
            total += loss.item() * len(rows)
        losses.append(total / len(X))
    return losses


# --- drawing and description -----------------------------------------------------------------------------------------


def _zero_line(axes: Axes, logits: np.ndarray, **look: Any) -> None:
    """Draw the line on which the logits, (41 * 41,), are 0, where they change sign."""
    side = int(len(logits) ** 0.5)
    along = np.linspace(-REACH, REACH, side)
    if logits.min() < 0 < logits.max():
        axes.contour(along, along, logits.reshape(side, side).T, levels=[0.0], **look)


def _as_contour(look: dict[str, Any]) -> dict[str, Any]:
    return {"colors": look["color"], "linewidths": look["linewidth"], "alpha": look["alpha"]}


def _logits_in_words(logits: np.ndarray, labels: torch.Tensor) -> str:
    of_points = logits[: len(labels)]
    correct = ((of_points > 0) == (labels.numpy() == 1)).mean()
    return (
        f"the logits of the points go from {of_points.min():.2f} to {of_points.max():.2f}, and {correct:.1%} are "
        "classified correctly."
    )


def _fit_in_words(outputs: np.ndarray, y: torch.Tensor) -> str:
    error = np.mean((outputs - y[:, 0].numpy()) ** 2)
    return f"a mean squared error of {error:.4f}, and outputs from {outputs.min():.3f} to {outputs.max():.3f}."


def _path_in_words(places: np.ndarray) -> str:
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    distance = np.linalg.norm(places[-1])
    return f"the first step has length {steps[0]:.2f}, and the last point is {distance:.3f} away from the minimum."


def _training_in_words(numbers: np.ndarray) -> str:
    return f"the loss goes from {numbers[0]:.2f} to {numbers[-2]:.3f}, and the test accuracy is {numbers[-1]:.1%}."
