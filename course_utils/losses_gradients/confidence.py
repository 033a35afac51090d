"""How sure a classifier should be: label smoothing, temperature, calibration (unit 04, section 2.6).

Sources: Szegedy et al., "Rethinking the Inception Architecture for Computer Vision" (2016); Guo et al., "On Calibration
of Modern Neural Networks" (2017).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression

from course_utils.drawing.digits import all_digits
from course_utils.drawing.pictures import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    VERMILION,
    Picture,
    finish,
    new_figure,
    powers_of_ten,
)
from course_utils.losses_gradients.losses import cross_entropy, softmax

MARGINS = np.linspace(-2, 12, 281)
TRAINED, VALIDATED = 200, 700  # images up to these: for training, for the temperature; all others are held out
BINS = 10
TEMPERATURES = np.geomspace(0.3, 30, 61)


def smoothed_loss(margin: float | np.ndarray, classes: int, epsilon: float) -> np.ndarray:
    """Return the cross entropy of a smoothed label, of the shape of `margin`.

    margin: the score of the label minus each of the other scores, which are equal.
    epsilon: the part of the target that is spread evenly over all classes, 0 to 1.
    """
    log_sum = np.log1p((classes - 1) * np.exp(-np.asarray(margin)))  # -log p(label)
    return log_sum + epsilon * (classes - 1) / classes * margin


def draw_smoothing(epsilon: float, classes: int, margin: float) -> Picture:
    """Draw the loss of a smoothed label against the margin, and target and probabilities at `margin`."""
    loss = smoothed_loss(MARGINS, classes, epsilon)
    target = np.full(classes, epsilon / classes)
    target[0] += 1 - epsilon
    p = softmax(np.append(margin, np.zeros(classes - 1)))
    figure, (left, right) = new_figure(1, 2, size=(8.8, 3.6))
    left.plot(MARGINS, smoothed_loss(MARGINS, classes, 0.0), color=GREY, lw=1.5, label="one-hot label")
    left.plot(MARGINS, loss, color=BLUE, label=f"ε = {epsilon:.2f}")
    left.plot(margin, smoothed_loss(margin, classes, epsilon), "o", color=BLUE, mec=BLACK, ms=8)
    if 0 < loss.argmin() < len(loss) - 1:
        least = f"smallest at margin {MARGINS[loss.argmin()]:.2f}, where it is {loss.min():.3f}"
        left.plot(MARGINS[loss.argmin()], loss.min(), "*", color=GREEN, mec=BLACK, ms=14)
    else:
        least = "smaller at every larger margin"
    left.set(xlabel="margin: score of the label − each other", ylabel="loss", title=f"loss, {classes} classes")
    left.set(xlim=(-2, 12), ylim=(-0.1, 4), xticks=[0, 4, 8, 12], yticks=[0, 1, 2, 3])
    left.legend(loc="upper right")
    places = np.arange(1, classes + 1)
    right.bar(places, p, color=[GREEN, *(classes - 1) * [GREY]])
    right.bar(places, target, color="none", edgecolor=BLACK, ls="--", label="target q")
    right.set(title=f"at margin {margin:z.1f}", xlabel="class (1 is the label)", ylabel="probability", ylim=(0, 1.05))
    right.set(yticks=[0, 0.5, 1], xticks=[1, classes])
    right.legend(loc="upper right")
    return finish(
        figure,
        f"Cross entropy with {classes} classes and label smoothing {epsilon:.2f}: {least}. At margin {margin:z.1f} the "
        f"label has probability {p[0]:.3f}, its target is {target[0]:.3f}.",
    )


@cache
def overconfident() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return pixels X, (1797, 64), labels, (1797,), and scores, (1797, 10), of a classifier that is too sure.

    It is fitted, with hardly any regularization, to the first TRAINED images.
    """
    X, labels = all_digits()
    model = LogisticRegression(C=1e4, max_iter=1000, tol=1e-8).fit(X[:TRAINED], labels[:TRAINED])
    return X, labels, X @ model.coef_.T + model.intercept_


def held_out() -> tuple[np.ndarray, np.ndarray]:
    """Return scores, (1097, 10), and labels, (1097,), of the images that neither weights nor temperature have seen."""
    _, labels, scores = overconfident()
    return scores[VALIDATED:], labels[VALIDATED:]


@cache
def fitted_temperature() -> float:
    """Return the temperature with the smallest mean cross entropy on the 500 images from TRAINED to VALIDATED."""
    _, labels, scores = overconfident()
    s, y = scores[TRAINED:VALIDATED], labels[TRAINED:VALIDATED]
    found = minimize_scalar(lambda log_t: cross_entropy(s / np.exp(log_t), y).mean(), bounds=(-2, 4), method="bounded")
    return float(np.exp(found.x))


def calibration(scores: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return, per bin of confidence that is not empty, mean confidence, share of right answers and number of samples.

    scores: (n, C). labels: (n,). The confidence of a sample is its largest probability; BINS equal bins from 0 to 1.
    """
    p = softmax(scores)
    confidence, is_right = p.max(axis=1), p.argmax(axis=1) == labels
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    groups = [bins == b for b in np.unique(bins)]
    means = np.array([(confidence[group].mean(), is_right[group].mean(), group.sum()) for group in groups])
    return means[:, 0], means[:, 1], means[:, 2]


def calibration_error(scores: np.ndarray, labels: np.ndarray) -> float:
    """Return the expected calibration error: the mean over samples of |confidence - accuracy| of their bin.

    scores: (n, C). labels: (n,).
    """
    confidence, accuracy, count = calibration(scores, labels)
    return float(np.average(np.abs(confidence - accuracy), weights=count))


@cache
def _losses_by_temperature() -> np.ndarray:
    scores, labels = held_out()
    return np.array([cross_entropy(scores / temperature, labels).mean() for temperature in TEMPERATURES])


def draw_temperature(temperature: float, image: int) -> Picture:
    """Draw one prediction, the calibration on held-out digits and their cross entropy, at a temperature.

    image: 0 to 1096, which of the held-out images.
    """
    scores, labels = held_out()
    loss = cross_entropy(scores / temperature, labels).mean()
    confidence, accuracy, count = calibration(scores / temperature, labels)
    mean_confidence = softmax(scores / temperature).max(axis=1).mean()
    share_right = np.mean(scores.argmax(axis=1) == labels)
    error, best = calibration_error(scores / temperature, labels), fitted_temperature()
    figure, (left, middle, right) = new_figure(1, 3, size=(9.6, 3.4))
    colours = [GREEN if j == labels[image] else GREY for j in range(10)]
    left.bar(range(10), softmax(scores[image] / temperature), color=colours)
    left.bar(range(10), softmax(scores[image]), color="none", edgecolor=BLACK, ls="--", label="T = 1")
    left.set(title=f"image of a {labels[image]}", xlabel="class", ylabel="probability", ylim=(0, 1.05))
    left.set(xticks=range(0, 10, 3), yticks=[0, 0.5, 1])
    left.legend(loc="best", fontsize=8)
    middle.plot([0, 1], [0, 1], color=GREY, lw=1)
    middle.scatter(confidence, accuracy, s=10 + 200 * count / count.sum(), color=ORANGE, edgecolor=BLACK)
    middle.set(title=f"calibration error {error:.3f}", xlabel="confidence", ylabel="share of right answers")
    middle.set(xlim=(0, 1.03), ylim=(0, 1.03), xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    right.semilogx(TEMPERATURES, _losses_by_temperature(), color=BLUE)
    right.plot(temperature, loss, "o", color=BLUE, mec=BLACK, ms=8)
    right.axvline(best, color=VERMILION, ls="--", label=f"fitted: {best:.2f}")
    right.set(title=f"cross entropy {loss:.3f}", xlabel="temperature T", ylabel="mean loss, held out", ylim=(0, 3))
    powers_of_ten(right.xaxis, range(2))
    right.set(yticks=[0, 1, 2, 3])
    right.legend(loc="upper right", fontsize=8)
    return finish(
        figure,
        f"1097 held-out digits at temperature {temperature:.2f}: the classifier is {mean_confidence:.1%} sure on "
        f"average and right in {share_right:.1%}; calibration error {error:.3f}, mean cross entropy {loss:.3f}. The "
        f"temperature fitted to 500 other images is {best:.2f}.",
    )
