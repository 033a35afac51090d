"""Pictures of a network that learns a parabola, step by step (HPML-L3, "Linear Regression Example (1)" to "(4)")."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np
import torch
from torch import nn

from course_utils.drawing.pictures import BLACK, BLUE, GREEN, GREY, ORANGE, VERMILION, Picture, finish, new_figure
from course_utils.drawing.threads import one_thread

STEPS, EVERY = 200, 5
# Variance of 0.2 times a uniform number between 0 and 1: the part of the loss that no function of x can remove.
NOISE_FLOOR = 0.2**2 / 12
HIGHEST = 0.3  # higher losses are drawn here


@cache
def noisy_parabola() -> tuple[torch.Tensor, torch.Tensor]:
    """Return x from -1 to 1 and y = x^2 + 0.2 uniform noise, both (100, 1) float32."""
    x = torch.linspace(-1, 1, 100).unsqueeze(dim=1)
    return x, x.pow(2) + 0.2 * torch.rand(x.shape, generator=torch.Generator().manual_seed(0))


def one_hidden_layer(hidden: int) -> nn.Sequential:
    """Return a 1-hidden-1 network with ReLU and torch's default weights of seed 0.

    The state of torch's global generator does not change.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return nn.Sequential(nn.Linear(1, hidden), nn.ReLU(), nn.Linear(hidden, 1))


@cache
@one_thread()
def fit(hidden: int, learning_rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Take 200 steps of gradient descent on all samples.

    Returns the prediction at every 5th step, (41, 100), and the mean squared error at every step, (201,).
    """
    (x, y), model = noisy_parabola(), one_hidden_layer(hidden)
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    predictions, losses = [], []
    for step in range(STEPS + 1):
        prediction = model(x)
        loss = nn.functional.mse_loss(prediction, y)
        losses.append(loss.item())
        if step % EVERY == 0:
            predictions.append(prediction.detach().numpy().ravel())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return np.array(predictions), np.array(losses)


@cache
def straight_line() -> tuple[np.ndarray, float]:
    """Return the least-squares line at x, (100,), and its mean squared error."""
    x, y = (tensor.numpy().ravel().astype(float) for tensor in noisy_parabola())
    line = np.polyval(np.polyfit(x, y, 1), x)
    return line, float(np.mean((line - y) ** 2))


@cache
def least_loss(hidden: int) -> float:
    """Return the least mean squared error that a network with 1 or 2 hidden units can have, however it is trained.

    Each unit is a kink at t that opens to the left or to the right: max(s (x - t), 0), s = -1 or 1. Kinks are tried
    on a grid, the output layer is a least-squares problem.
    """
    x, y = (tensor.numpy().ravel().astype(float) for tensor in noisy_parabola())
    places, losses = np.linspace(-0.95, 0.95, 39), []
    for kinks in itertools.combinations(places, hidden):
        for sides in itertools.product((-1, 1), repeat=hidden):
            units = [np.maximum(side * (x - kink), 0) for side, kink in zip(sides, kinks, strict=True)]
            A = np.column_stack([*units, np.ones_like(x)])
            losses.append(np.mean((A @ np.linalg.lstsq(A, y)[0] - y) ** 2))
    return float(min(losses))


def draw_fit(hidden: int, learning_rate: float, step: int) -> Picture:
    """Draw the network's curve after `step` steps (0 to 200), and the loss over all steps with two reference levels."""
    x, y = (tensor.numpy().ravel() for tensor in noisy_parabola())
    rate = round(learning_rate, 4)
    predictions, losses = fit(hidden, rate)
    (line, line_loss), now = straight_line(), losses[step]
    figure, (left, right) = new_figure(1, 2, size=(9, 3.7))
    left.plot(x, y, "o", color=BLUE, ms=3, alpha=0.6, label="samples")
    left.plot(x, line, color=GREY, ls="--", lw=1.5, label="straight line")
    left.plot(x, np.clip(predictions[step // EVERY], -0.38, 1.38), color=VERMILION, lw=3, label="network")
    left.set(xlabel="x", ylabel="y", ylim=(-0.4, 1.4), xticks=[-1, 0, 1], yticks=[0, 0.5, 1])
    left.set_title(f"step {step}: loss {now:.4f}")
    left.legend(loc="lower left", fontsize=8)
    right.plot(np.minimum(losses, HIGHEST), color=VERMILION)
    right.axhline(line_loss, color=GREY, ls="--", lw=1.5, label=f"straight line {line_loss:.3f}")
    right.axhline(NOISE_FLOOR, color=GREEN, ls=":", lw=1.5, label=f"noise floor {NOISE_FLOOR:.4f}")
    right.plot(step, min(now, HIGHEST), "o", color=ORANGE, mec=BLACK, ms=8)
    right.set(xlabel="step", ylabel="mean squared error", ylim=(-0.01, 0.32), yticks=[0, 0.1, 0.2, 0.3])
    right.set(xticks=[0, 100, 200], title=f"{hidden} hidden units, learning rate {rate:.3g}")
    right.legend(loc="upper right", fontsize=8)
    return finish(
        figure,
        f"A 1-{hidden}-1 network on 100 samples of a parabola, learning rate {rate:.3g}. Mean squared error "
        f"{losses[0]:.4f} at the start, {now:.4f} at step {step}, {losses[-1]:.4f} at step 200; a straight line has "
        f"{line_loss:.4f}, the noise {NOISE_FLOOR:.4f}.",
    )
