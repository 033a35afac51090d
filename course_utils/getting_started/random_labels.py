"""Generalization: a network can fit random labels (CS7150-L1, "Open Problems").

Zhang, Bengio, Hardt, Recht, Vinyals, "Understanding Deep Learning Requires Rethinking Generalization" (2017), on a
smaller scale: 300 digits, 38,410 parameters.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from course_utils.drawing.digits import digits
from course_utils.drawing.pictures import BLUE, GREY, VERMILION, Picture, finish, new_figure
from course_utils.getting_started.first_network import accuracy, build, fit

IMAGES, SIZES, STEPS = 300, (64, 512, 10), 120
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
TICKS = (0, 0.5, 1)


class Accuracies(NamedTuple):
    """Accuracy on the training labels before each step, (STEPS,), and at the end on 797 correctly labelled digits."""

    train: np.ndarray
    test: float


def randomized_labels(share: float) -> np.ndarray:
    """Return the labels of the first IMAGES digits, (300,), with the given share replaced by random classes."""
    labels, rng = digits()[1][:IMAGES].copy(), np.random.default_rng(0)
    chosen = rng.permutation(IMAGES)[: round(share * IMAGES)]
    labels[chosen] = rng.integers(10, size=len(chosen))
    return labels


@cache
def fit_random_labels(share: float) -> Accuracies:
    """Train the network on labels of which the given share is random."""
    X, _, X_new, labels_new = digits()
    model = build(*SIZES)
    curve = fit(model, X[:IMAGES], randomized_labels(share), STEPS)
    return Accuracies(np.array(curve), accuracy(model, X_new, labels_new))


def draw_random_labels(share: float) -> Picture:
    """Draw the accuracy on the training labels, and that on new images after training; `share` is one of SHARES."""
    run, runs = fit_random_labels(share), [fit_random_labels(each) for each in SHARES]
    figure, (left, right) = new_figure(1, 2, size=(8.6, 3.4))
    left.plot(np.arange(STEPS), run.train, color=BLUE)
    left.axhline(0.1, color=GREY, ls="--", lw=1)
    left.set(xlabel="step of training", ylabel="accuracy on the 300 training labels", ylim=(0, 1.05))
    left.set(xticks=[0, 40, 80, 120], yticks=TICKS)
    left.set_title(f"training, {share:.0%} random labels")
    right.plot(SHARES, [each.train[-1] for each in runs], "o-", color=BLUE, label="training labels")
    right.plot(SHARES, [each.test for each in runs], "o-", color=VERMILION, label="797 new digits")
    right.plot(share, run.test, "o", color=VERMILION, ms=12)
    right.axhline(0.1, color=GREY, ls="--", lw=1, label="guessing")
    right.set(xlabel="share of random labels", ylabel="accuracy", ylim=(0, 1.05), title="after training")
    right.set(xticks=TICKS, yticks=TICKS)
    right.legend(loc="lower left", fontsize=8)
    return finish(
        figure,
        f"With {share:.0%} of the labels assigned at random the network reaches an accuracy of {run.train[-1]:.2f} on "
        f"the 300 training labels and of {run.test:.2f} on 797 new digits.",
    )
