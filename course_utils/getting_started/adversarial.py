"""Adversarial examples: a small step along the sign of the gradient changes the class (CS7150-L1, "Open Problems").

Goodfellow, Shlens, Szegedy, "Explaining and Harnessing Adversarial Examples" (2015): the fast gradient sign method.
Pixels are between 0 and 1; samples are rows.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from matplotlib.axes import Axes
from torch.nn import functional as F

from course_utils.drawing.digits import digits
from course_utils.drawing.pictures import BLUE, GREY, SKY, VERMILION, Picture, finish, new_figure
from course_utils.drawing.threads import one_thread
from course_utils.getting_started.first_network import digit_classifier

HIDDEN = 64
GRADIENT, RANDOM = "sign of the gradient", "random signs"
DIRECTIONS = (GRADIENT, RANDOM)
STRENGTHS = np.round(np.arange(0, 0.301, 0.01), 2)


@cache
def signs(direction: str) -> np.ndarray:
    """Return the signs, (797, 64), of a step for each new digit.

    direction: GRADIENT, the signs of the gradient of the loss with respect to the pixels, or RANDOM.
    """
    _, _, X, labels = digits()
    if direction == RANDOM:
        return np.random.default_rng(1).choice([-1.0, 1.0], size=X.shape)
    images = torch.tensor(X, dtype=torch.float32, requires_grad=True)
    with one_thread():
        loss = F.cross_entropy(digit_classifier(HIDDEN)(images), torch.tensor(labels), reduction="sum")
        (gradient,) = torch.autograd.grad(loss, images)
    return gradient.sign().numpy().astype(float)


def attacked(direction: str, epsilon: float) -> np.ndarray:
    """Return the new digits, (797, 64), after a step of epsilon in each pixel, clipped to [0, 1].

    direction: GRADIENT or RANDOM.
    """
    return np.clip(digits()[2] + epsilon * signs(direction), 0, 1)


def probabilities(images: np.ndarray) -> np.ndarray:
    """Return the probabilities of the classes, (n, 10), that the network predicts for images, (n, 64)."""
    with torch.no_grad():
        return digit_classifier(HIDDEN)(torch.tensor(images, dtype=torch.float32)).softmax(dim=1).numpy()


@cache
def accuracies(direction: str) -> np.ndarray:
    """Return the accuracy on the 797 new digits at each of STRENGTHS, (31,); `direction` is one of DIRECTIONS."""
    labels = digits()[3]
    answers = [probabilities(attacked(direction, epsilon)).argmax(axis=1) for epsilon in STRENGTHS]
    return (np.array(answers) == labels).mean(axis=1)


def draw_attack(epsilon: float, image: int, direction: str) -> Picture:
    """Draw a digit, the step added to it, the sum, and the predictions before and after.

    direction: GRADIENT or RANDOM.
    """
    X, label = digits()[2][image], int(digits()[3][image])
    changed = attacked(direction, epsilon)[image]
    before, after = probabilities(np.stack([X, changed]))
    figure, axes = new_figure(1, 4, size=(9.4, 2.7), width_ratios=[2, 2, 2, 4])
    predictions = f"“{before.argmax()}” {before.max():.0%}", f"“{after.argmax()}” {after.max():.0%}"
    _image(axes[0], X, f"x: {predictions[0]}", "Greys", (0, 1))
    _image(axes[1], epsilon * signs(direction)[image], f"+ {epsilon:.2f} × sign", "RdBu", (-0.3, 0.3))
    _image(axes[2], changed, f"sum: {predictions[1]}", "Greys", (0, 1))
    axes[3].bar(np.arange(10) - 0.2, before, width=0.4, color=SKY, label="before")
    axes[3].bar(np.arange(10) + 0.2, after, width=0.4, color=VERMILION, label="after")
    axes[3].set(xlabel="class", ylabel="probability", ylim=(0, 1.35), xticks=range(10))
    axes[3].set(title=f"the digit is a {label}", yticks=[0, 0.5, 1])
    axes[3].legend(loc="upper center", ncols=2)
    return finish(
        figure,
        f"Image {image}, a {label}. The network predicts {before.argmax()} with probability {before.max():.2f} for the "
        f"original image, and {after.argmax()} with probability {after.max():.2f} after a step of {epsilon:.2f} along "
        f"{'the sign of the gradient' if direction == GRADIENT else 'random signs'}.",
    )


def draw_accuracy(epsilon: float) -> Picture:
    """Draw the accuracy against the size of the step, along the signs of the gradient and along random signs."""
    figure, axes = new_figure(size=(6.4, 3.4))
    at = int(np.argmin(np.abs(STRENGTHS - epsilon)))
    for direction, colour in zip(DIRECTIONS, (VERMILION, BLUE), strict=True):
        axes.plot(STRENGTHS, accuracies(direction), color=colour, label=direction)
        axes.plot(STRENGTHS[at], accuracies(direction)[at], "o", color=colour)
    axes.axvline(STRENGTHS[at], color=GREY, lw=1)
    axes.axhline(0.1, color=GREY, ls="--", lw=1, label="guessing")
    axes.set(xlabel="ε, change of each pixel (a pixel goes from 0 to 1)", ylabel="accuracy on 797 new digits")
    axes.set(ylim=(-0.03, 1.05), title=f"ε = {STRENGTHS[at]:.2f}")
    axes.legend(loc="center right", bbox_to_anchor=(1.0, 0.4))
    along_gradient, at_random = (accuracies(direction)[at] for direction in DIRECTIONS)
    return finish(
        figure,
        f"After a change of {STRENGTHS[at]:.2f} in each pixel the network is right on {along_gradient:.0%} of 797 "
        f"digits if the change follows the sign of the gradient, and on {at_random:.0%} if the signs are random.",
    )


def _image(axes: Axes, pixels: np.ndarray, title: str, colours: str, limits: tuple[float, float]) -> None:
    axes.imshow(pixels.reshape(8, 8), cmap=colours, vmin=limits[0], vmax=limits[1])
    axes.set(xticks=[], yticks=[], xlabel="pixels", ylabel="pixels")
    axes.set_title(title, fontsize=10)
    axes.grid(visible=False)
