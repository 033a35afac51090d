"""The linear scaling rule: one update with k times the batch and k times the learning rate in place of k updates.

Source: Goyal et al., "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour" (2017).
"""

from __future__ import annotations

from functools import cache

import numpy as np

from course_utils.drawing.digit_network import train
from course_utils.drawing.pictures import BLACK, BLUE, GREY, ORANGE, VERMILION, Picture, finish, new_figure
from course_utils.optimizers.update_rules import gradient_descent

FIRST_BATCH, FIRST_RATE, EPOCHS = 5, 0.05, 6
FACTORS = 2 ** np.arange(7)  # k
LINEAR, ROOT, SAME = "α × k", "α × √k", "α unchanged"
RULES = {LINEAR: lambda k: k, ROOT: np.sqrt, SAME: lambda k: k**0}
COLOURS = dict(zip(RULES, (BLUE, ORANGE, GREY), strict=True))


def kept(total: float | np.ndarray, k: int) -> np.ndarray:
    """Return the share of the error that k updates keep in a direction of a bowl.

    total: k times learning rate times curvature, any shape, which is the shape of the result.
    """
    return (1 - np.asarray(total) / k) ** k


@cache
def losses(seed: int = 0) -> np.ndarray:
    """Return the training loss on the digits after 6 epochs for each of FACTORS and each of RULES, (7, 3).

    With factor k a batch has 5 k samples; the learning rate for k = 1 is 0.05.
    """
    rows = []
    for k in FACTORS:
        rates = FIRST_RATE * np.array([rule(float(k)) for rule in RULES.values()])
        history = train(
            gradient_descent, lambda t, losses, r=rates: r, EPOCHS, lambda epoch, k=k: int(FIRST_BATCH * k), seed=seed
        )
        rows.append(history.train_loss[-1])
    return np.array(rows)


def draw_linear_scaling(power: int) -> Picture:
    """Draw k small updates and one large one in a bowl, and the digits with k = 2^power times the batch."""
    k, measured = 2**power, losses()
    figure, (left, right) = new_figure(1, 2, size=(8.5, 3.3))
    total = np.linspace(0, 3, 121)
    left.axhspan(-1, 1, color=GREY, alpha=0.15, lw=0)
    left.plot(total, kept(total, 1), color=VERMILION, label="one update with k α")
    left.plot(total, kept(total, k), color=BLUE, label=f"{k} updates with α")
    left.set(xlabel="k α c", ylabel="share of the error that is left", xlim=(0, 3), ylim=(-2.1, 1.1))
    left.set(xticks=[0, 1, 2, 3], yticks=[-2, -1, 0, 1], title="a direction of a bowl; outside the grey: divergence")
    left.legend(loc="lower left", fontsize=8)
    for (name, colour), values in zip(COLOURS.items(), measured.T, strict=True):
        right.loglog(FACTORS, np.minimum(values, 10), ".-", color=colour, lw=1.3, label=name)
        right.plot(k, min(values[power], 10), "o", color=colour, mec=BLACK, ms=8)
    right.set(xlabel="k", ylabel="training loss", ylim=(0.1, 12), xlim=(0.9, 72))
    right.set_xticks(FACTORS, [str(factor) for factor in FACTORS])
    right.set_yticks([0.1, 1, 10], ["0.1", "1", "10 or more"])
    right.minorticks_off()
    right.set_title(f"digits, {EPOCHS} epochs, batches of {FIRST_BATCH} k = {FIRST_BATCH * k}")
    right.legend(loc="upper left", fontsize=8)
    told = ", ".join(
        f"{name.replace('α', 'rate')} {'above 10' if loss > 10 else f'{loss:.2g}'}"
        for name, loss in zip(RULES, measured[power], strict=True)
    )
    return finish(
        figure,
        f"Where k alpha c = 1, {k} updates with alpha leave the share {kept(1.0, k):.2f} of the error, one update with "
        f"{k} alpha leaves 0. Training loss of the digits after {EPOCHS} epochs with batches of "
        f"{FIRST_BATCH * k}: {told}; with batches of {FIRST_BATCH} {measured[0, 0]:.2g}.",
    )
