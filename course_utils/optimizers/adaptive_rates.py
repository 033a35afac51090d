"""Learning rates per parameter: AdaGrad, RMSProp, and the bias correction of Adam, drawn.

Sources: CIS5190-L15, "Adaptive Learning Rates"; Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015).
"""

from __future__ import annotations

import numpy as np

from course_utils.drawing.pictures import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    VERMILION,
    Picture,
    finish,
    new_figure,
    powers_of_ten,
    three_digits,
)

# Updates in the right picture of `draw_bias_correction`.
WAY = 100


def draw_effective_rates(period: int, decay: float) -> Picture:
    """Draw 1 / sqrt(G) for a parameter with a gradient at each update and one with a gradient at every `period`-th.

    decay: that of RMSProp; AdaGrad has none.
    """
    t = np.arange(1, 201)
    gradients = np.stack([np.ones(200), (t % period == 0).astype(float)])  # (2, 200)
    sums = np.cumsum(gradients**2, axis=1)
    means, G = np.empty_like(sums), np.zeros(2)
    for i, g in enumerate(gradients.T):
        G = decay * G + (1 - decay) * g**2
        means[:, i] = G
    figure, axes = new_figure(1, 2, size=(9, 3.4), sharey=True)
    for panel, G, name in zip(axes, (sums, means), ("AdaGrad", "RMSProp"), strict=True):
        for row, colour, label in zip(G, (BLUE, ORANGE), ("every update", f"one update in {period}"), strict=True):
            panel.semilogy(t[row > 0], 1 / np.sqrt(row[row > 0]), color=colour, label=f"gradient at {label}")
        panel.set(xlabel="update", ylim=(0.03, 100), xlim=(0, 200), xticks=[0, 100, 200], title=name)
        panel.set_ylabel("1 / √G")
        panel.legend(loc="upper right", fontsize=8)
    powers_of_ten(axes[0].yaxis, (-1, 0, 1, 2))
    ends = {name: 1 / np.sqrt(G[:, -1]) for name, G in (("AdaGrad", sums), ("RMSProp", means))}
    summary = "; ".join(
        f"{name} {three_digits(often)} and {three_digits(seldom)}" for name, (often, seldom) in ends.items()
    )
    return finish(
        figure,
        f"The factor on a gradient of 1, 1 / sqrt(G), after 200 updates, for a parameter with a gradient at each "
        f"update and one with a gradient at one update in {period}: {summary} (decay {decay:g}).",
    )


def adam_steps(gradients: np.ndarray, beta_1: float, beta_2: float) -> tuple[np.ndarray, np.ndarray]:
    """Return step / alpha at t = 1, 2, ..., both (T,), without and with bias correction, for gradients, (T,).

    No epsilon: the gradients are not 0.
    """
    mean = square = 0.0
    plain, corrected = [], []
    for t, g in enumerate(gradients.tolist(), start=1):
        mean, square = beta_1 * mean + (1 - beta_1) * g, beta_2 * square + (1 - beta_2) * g * g
        plain.append(mean / square**0.5)
        corrected.append(mean / (1 - beta_1**t) / (square / (1 - beta_2**t)) ** 0.5)
    return np.array(plain), np.array(corrected)


def draw_bias_correction(beta_1: float, beta_2: float, noise: float) -> Picture:
    """Draw the size of Adam's step against t with and without bias correction, and how far w has come by then.

    The gradient is 1 plus noise.
    """
    gradients = 1 + noise * np.random.default_rng(0).normal(size=1000)
    moves = adam_steps(gradients, beta_1, beta_2)
    plain, corrected = (np.abs(steps) for steps in moves)
    figure, (size, way) = new_figure(1, 2, size=(8.5, 3.3), width_ratios=(3, 2))
    t = np.arange(1, 1001)
    size.loglog(t, np.maximum(plain, 1e-3), color=VERMILION, label="as the slide prints it")
    size.loglog(t, np.maximum(corrected, 1e-3), color=BLUE, label="with bias correction")
    size.axhline(1, color=GREY, lw=1, ls="--")
    peak = int(plain.argmax())
    size.plot(t[peak], plain[peak], "o", color=ORANGE, mec=BLACK, label=f"largest: {plain[peak]:.2f} at t = {peak + 1}")
    size.set(xlabel="update t", ylabel="step / α", xlim=(1, 1000), ylim=(0.02, 50))
    size.set(title=f"β₁ = {beta_1:.2f}, β₂ = {beta_2:.4g}: first step {plain[0]:.2f} α without correction")
    size.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1000"])
    powers_of_ten(size.yaxis, (-1, 0, 1))
    size.legend(loc="lower right", fontsize=8)
    far = [np.abs(np.cumsum(steps[:WAY])) for steps in moves]
    for distance, colour in zip(far, (VERMILION, BLUE), strict=True):
        way.plot(np.arange(WAY + 1), [0.0, *distance], color=colour)
    way.set(xlabel="update t", ylabel="distance from the start / α", xlim=(0, WAY), title=f"the first {WAY} updates")
    way.set_ylim(bottom=0)
    return finish(
        figure,
        f"Adam's step divided by alpha for gradients of 1 with noise {noise:.1f}, beta_1 = {beta_1:.2f} and beta_2 = "
        f"{beta_2:.4g}. Without bias correction: {plain[0]:.3f} at first, {plain[peak]:.2f} at t = {peak + 1}, "
        f"{plain[-1]:.2f} at t = 1000. With it: {corrected[0]:.3f} at first, {corrected[-1]:.2f} at t = 1000. After "
        f"{WAY} updates w is {far[0][-1]:.0f} alpha from its start without correction, {far[1][-1]:.0f} with it.",
    )
