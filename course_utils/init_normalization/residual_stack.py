"""Stacks of up to fifty layers, with and without skip connections and layer norm, drawn: signal, gradient, training.

A layer takes h, (n, WIDTH), to W relu(h) + b. With layer norm it takes relu of the normalized h, and with a skip
connection h is added. The weights are He's. The last layer, to ten logits, never has a skip connection.

Sources: He and others, "Identity Mappings in Deep Residual Networks" (2016); Xiong and others, "On Layer Normalization
in the Transformer Architecture" (2020). The data are handwritten digits: 1000 to train on, 797 to test.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch.nn import functional as F

from course_utils.drawing.pictures import BLUE, GREEN, ORANGE, VERMILION, Picture, finish, new_figure, power_of_ten
from course_utils.drawing.threads import one_thread
from course_utils.init_normalization.batch_norm_training import digit_tensors


@dataclass(frozen=True)
class Kind:
    """What a layer of a stack consists of, and how its curve is drawn."""

    has_skip: bool
    has_norm: bool
    colour: str
    style: str


PLAIN, NORMED = "plain", "plain, layer norm"
SKIP, PRE_NORM = "skip connection", "skip connection, layer norm"
KINDS = {
    PLAIN: Kind(False, False, VERMILION, "-"),
    NORMED: Kind(False, True, ORANGE, "--"),
    SKIP: Kind(True, False, GREEN, "-."),
    PRE_NORM: Kind(True, True, BLUE, "-"),
}

WIDTH, BATCH, PROBE, STEPS, EVERY = 32, 50, 128, 100, 10
RATES = (1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0)
# The depths that can be chosen, and for each of KINDS the learning rate of RATES with the best accuracy in the end.
BEST = {5: (0.1, 0.1, 0.03, 0.3), 20: (0.03, 0.01, 1e-4, 0.3), 50: (0.01, 3e-3, 1e-6, 0.3)}


@cache
def pixels() -> torch.Tensor:
    """Return all digits, (1797, 64), with mean 0 and variance 1 over all pixels of the training digits together."""
    X, _ = digit_tensors()
    return (X - X[:1000].mean()) / X[:1000].std()


def parameters(depth: int, seed: int) -> list[torch.Tensor]:
    """Return He's weights of the first layer, of `depth` equal ones and of the last one; then their biases, 0.

    The shapes are (WIDTH, 64), (WIDTH, WIDTH) and (10, WIDTH).
    """
    generator = torch.Generator().manual_seed(seed)
    sizes = [(WIDTH, 64)] + [(WIDTH, WIDTH)] * depth + [(10, WIDTH)]
    gains = [1] + [2] * (depth + 1)  # pixels come in without a ReLU
    weights = [
        torch.randn(size, dtype=torch.float64, generator=generator) * (gain / size[1]) ** 0.5
        for size, gain in zip(sizes, gains, strict=True)
    ]
    return [p.requires_grad_() for p in (*weights, *(torch.zeros(len(w), dtype=torch.float64) for w in weights))]


def forward(params: list[torch.Tensor], X: torch.Tensor, kind: str) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """Return the logits, (n, 10), and h after the first layer and after each of the others, (n, WIDTH) each.

    params: as `parameters` returns them. X: images (n, 64). kind: one of KINDS.
    """
    has_skip, has_norm = KINDS[kind].has_skip, KINDS[kind].has_norm
    count = len(params) // 2
    layers = list(zip(params[:count], params[count:], strict=True))
    H = [F.linear(X, *layers[0])]
    for weight, bias in layers[1:]:
        entering = F.layer_norm(H[-1], (WIDTH,)) if has_norm else H[-1]
        branch = F.linear(F.relu(entering), weight, bias)
        H.append(H[-1] + branch if has_skip and len(weight) == WIDTH else branch)
    return H[-1], H[:-1]


@cache
@one_thread()
def sizes(kind: str, depth: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return the root mean square of h and the norm of the gradient with respect to h behind each layer of a new stack.

    kind: one of KINDS. Two arrays (depth + 1,), from the first layer on; PROBE digits are sent forward and backward.
    """
    logits, H = forward(parameters(depth, seed), pixels()[:PROBE], kind)
    loss = F.cross_entropy(logits, digit_tensors()[1][:PROBE])
    gradients = torch.autograd.grad(loss, H)
    signal = [float(h.detach().square().mean().sqrt()) for h in H]
    return np.array(signal), np.array([float(gradient.norm()) for gradient in gradients])


def best_rate(kind: str, depth: int) -> float:
    """Return the learning rate at which a stack of one of KINDS learns most in STEPS steps."""
    return BEST[depth][list(KINDS).index(kind)]


@cache
@one_thread()
def training(kind: str, depth: int, rate: float, seed: int = 0) -> np.ndarray:
    """Return the test accuracy before training and after every EVERY steps of SGD.

    The shape is (1 + STEPS // EVERY,). kind: one of KINDS. A run that diverges ends at the accuracy of a guess.
    """
    X, labels = pixels(), digit_tensors()[1]
    params, generator, found = parameters(depth, seed), torch.Generator().manual_seed(seed), []
    for step in range(STEPS + 1):
        if step % EVERY == 0:
            with torch.no_grad():
                found.append(float((forward(params, X[1000:], kind)[0].argmax(1) == labels[1000:]).double().mean()))
        i = torch.randint(1000, (BATCH,), generator=generator)
        loss = F.cross_entropy(forward(params, X[i], kind)[0], labels[i])
        with torch.no_grad():
            for p, gradient in zip(params, torch.autograd.grad(loss, params), strict=True):
                p -= rate * gradient
    return np.array(found)


def draw_stack(kind: str, depth: str) -> Picture:
    """Draw signal and gradient behind each layer of a new stack, and the test accuracy while it is trained.

    kind: one of KINDS, drawn wide. depth: one of the depths of BEST as text. Each kind has its own best learning rate.
    """
    layers, rate = int(depth), best_rate(kind, int(depth))
    figure, panels = new_figure(1, 3, size=(11, 3.9))
    for name, look in KINDS.items():
        signal, gradient = sizes(name, layers)
        accuracy = training(name, layers, best_rate(name, layers))
        width = 3.5 if name == kind else 1.2
        curves = (np.log10(signal), np.log10(gradient / gradient[-1]), accuracy)
        for axes, curve in zip(panels, curves, strict=True):
            x = np.arange(len(curve)) * (EVERY if axes is panels[-1] else 1)
            axes.plot(x, curve, look.style, color=look.colour, lw=width, label=name)
    (signal, gradient), accuracy = sizes(kind, layers), training(kind, layers, rate)
    for axes in panels[:2]:
        axes.set(xlabel="layer", xlim=(-0.03 * layers, 1.03 * layers), ylim=(-2.3, 8.3))
        axes.set_yticks(range(-2, 9, 2), [power_of_ten(e) if e else "1" for e in range(-2, 9, 2)])
    panels[0].set(ylabel="root mean square of h", title=f"signal: {signal[0]:.2g} to {signal[-1]:.2g}")
    panels[0].legend(loc="upper left", fontsize=8)
    ratio = gradient[0] / gradient[-1]
    panels[1].set(ylabel="‖∂L/∂h‖ / that of the last layer", title=f"gradient: first / last {ratio:.2g}")
    panels[2].set(xlabel="training step", ylabel="test accuracy", ylim=(0, 1), yticks=[0.1, 0.5, 0.9])
    panels[2].set_title(f"rate {rate:g}: accuracy {accuracy[-1]:.0%}")
    others = ", ".join(
        f"{name} {training(name, layers, best_rate(name, layers))[-1]:.0%}" for name in KINDS if name != kind
    )
    return finish(
        figure,
        f"{layers} layers of {WIDTH} units, {kind}: the root mean square of h goes from {signal[0]:.2g} to "
        f"{signal[-1]:.3g}, and the gradient at the first layer is {ratio:.3g} times that at the last. After {STEPS} "
        f"steps at its best learning rate, {rate:g}, {accuracy[-1]:.0%} of the test digits are right; the others: "
        f"{others}.",
    )
