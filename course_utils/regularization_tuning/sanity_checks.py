"""First steps with a new network, drawn: overfit ten samples, and watch the magnitudes of weights and gradients.

Sources: CIS5190-L15, "More Practical Tips"; Karpathy, "A Recipe for Training Neural Networks" (2019).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import nn

from course_utils.drawing.digits import digits
from course_utils.drawing.pictures import BLACK, BLUE, GREY, ORANGE, VERMILION, Picture, finish, new_figure
from course_utils.drawing.threads import one_thread

FINE, SOFTMAX, SMALL_RATE, FROZEN, SIGMOIDS, HUGE = FAULTS = (
    "none", "softmax before the loss", "learning rate 1e-5", "optimizer has the last layer only",
    "five sigmoid layers", "initial weights × 8",
)  # fmt: skip
SAMPLES, STEPS, EVERY = 10, 100, 5  # samples, steps, and steps between two measurements of the magnitudes


@dataclass(frozen=True)
class Log:
    """Measurements of a training.

    losses: (101,). weights, gradients: root mean square of each layer's weight and of its gradient, (21, layers).
    """

    losses: np.ndarray
    weights: np.ndarray
    gradients: np.ndarray


def network(fault: str, generator: torch.Generator) -> nn.Sequential:
    """Return 64-64-64-10 with ReLU; He's weights, biases 0.

    fault: one of FAULTS; SIGMOIDS has five hidden layers with sigmoid, HUGE has weights 8 times as large.
    """
    hidden, activation = (5, nn.Sigmoid) if fault == SIGMOIDS else (2, nn.ReLU)
    layers: list[nn.Module] = []
    for width in [64] * hidden + [10]:
        linear = nn.Linear(64, width)
        nn.init.kaiming_normal_(linear.weight, nonlinearity="relu", generator=generator)
        nn.init.zeros_(linear.bias)
        if fault == HUGE:
            linear.weight.data *= 8
        layers += [linear, activation()]
    return nn.Sequential(*layers[:-1])


@cache
@one_thread()
def overfit(fault: str, seed: int = 0) -> Log:
    """Train on ten digits, always the same, for 100 steps of Adam, with a fault, one of FAULTS."""
    X, labels, *_ = digits()
    X, labels = torch.tensor(X[:SAMPLES], dtype=torch.float32), torch.tensor(labels[:SAMPLES])
    model = network(fault, torch.Generator().manual_seed(seed))
    linear = [layer for layer in model if isinstance(layer, nn.Linear)]
    trained = linear[-1:] if fault == FROZEN else linear
    rate = 1e-5 if fault == SMALL_RATE else 1e-2
    optimizer = torch.optim.Adam([p for layer in trained for p in layer.parameters()], lr=rate)
    losses, weights, gradients = [], [], []
    for step in range(STEPS + 1):
        model.zero_grad()
        scores = model(X).softmax(dim=1) if fault == SOFTMAX else model(X)
        loss = nn.functional.cross_entropy(scores, labels)
        loss.backward()
        losses.append(loss.item())
        if step % EVERY == 0:
            weights.append([layer.weight.square().mean().sqrt().item() for layer in linear])
            slopes = [layer.weight.grad for layer in linear]
            gradients.append([slope.square().mean().sqrt().item() for slope in slopes if slope is not None])
        optimizer.step()
    return Log(*(np.array(values) for values in (losses, weights, gradients)))


def draw_overfitting(fault: str, step: int) -> Picture:
    """Draw the loss on ten samples, and the magnitudes of weights and gradients layer by layer after `step` steps.

    fault: one of FAULTS.
    """
    log, good = overfit(fault), overfit(FINE)
    k, loss = step // EVERY, log.losses[step]
    figure, (left, middle, right) = new_figure(1, 3, size=(9, 3.2), width_ratios=[4, 3, 3])
    if fault != FINE:
        left.plot(np.log10(good.losses), color=GREY, lw=1.2, label="without the fault")
    left.plot(np.log10(np.maximum(log.losses, 1e-8)), color=BLUE, label=f"fault: {fault}")
    left.plot(step, np.log10(max(loss, 1e-8)), "o", color=VERMILION, ms=8)
    left.axhline(np.log10(np.log(10)), color=BLACK, lw=0.8, ls=":", label="guessing: ln 10")
    left.set(xlabel="step", ylabel="loss on ten samples", ylim=(-6, 3), title=f"step {step}: loss {loss:.2g}")
    left.set_yticks([-6, -4, -2, 0, 2], ["10⁻⁶", "10⁻⁴", "10⁻²", "1", "100"])
    left.legend(loc="lower left", fontsize=8)
    layers = np.arange(1, log.weights.shape[1] + 1)
    for panel, values, start, name in (
        (middle, log.weights[k], log.weights[0], "weight"),
        (right, log.gradients[k], log.gradients[0], "gradient"),
    ):
        panel.plot(layers, np.log10(np.maximum(start, 1e-9)), "o--", color=GREY, lw=1, ms=5, label="at the start")
        panel.plot(layers, np.log10(np.maximum(values, 1e-9)), "o-", color=ORANGE, mec=BLACK, label=f"step {step}")
        panel.set(
            xlabel="layer", ylabel=f"typical {name}", xticks=layers, title=f"{name}s", xlim=(0.5, len(layers) + 0.5)
        )
    middle.legend(loc="lower right", fontsize=8)
    middle.set(ylim=(-2.2, 0.7), yticks=[-2, -1, 0], yticklabels=["0.01", "0.1", "1"])
    right.set(ylim=(-9.2, 1), yticks=[-8, -6, -4, -2, 0], yticklabels=["10⁻⁸", "10⁻⁶", "10⁻⁴", "10⁻²", "1"])
    return finish(
        figure,
        f"Ten samples, fault: {fault}. After {step} steps the loss is {loss:.2g}, without a fault "
        f"{good.losses[step]:.2g}. Typical gradient in the first layer {log.gradients[k, 0]:.1e}, in the last "
        f"{log.gradients[k, -1]:.1e}; typical weight {log.weights[k, 0]:.2f} and {log.weights[k, -1]:.2f}.",
    )
