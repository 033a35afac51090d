"""Weight decay in Adam: as an L2 penalty in the gradient, and decoupled from it, as AdamW does it.

Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (2019).
"""

from __future__ import annotations

from functools import cache

import numpy as np

from course_utils.drawing.digits import CLASSES, PIXELS, TRAIN, digits
from course_utils.drawing.pictures import (
    BLACK,
    BLUE,
    GREY,
    VERMILION,
    Picture,
    finish,
    new_figure,
    powers_of_ten,
)
from course_utils.optimizers.update_rules import Gradient, Rate, State, adam

L2, DECOUPLED = "Adam with L2", "AdamW"
COLOURS = {L2: VERMILION, DECOUPLED: BLUE}


def decayed_step(
    method: str, gradient: Gradient, w: np.ndarray, state: State, learning_rate: Rate, t: int, decay: Rate
) -> tuple[np.ndarray, State]:
    """Update w, (..., d), by Adam with weight decay.

    method: L2 (decay in the gradient) or DECOUPLED (decay alongside Adam's step).
    """
    if method == L2:
        return adam(lambda w: gradient(w) + decay * w, w, state, learning_rate, t)
    stepped, state = adam(gradient, w, state, learning_rate, t)
    return stepped - learning_rate * decay * w, state


# --- two weights whose gradients are noise ---------------------------------------------------------------------------

STEPS, COPIES, STEP_RATE, STEP_DECAY = 300, 500, 0.01, 0.5


@cache
def forgotten(method: str, size: float) -> np.ndarray:
    """Return a weight that starts at 1 against the update, (301,), the mean of 500 runs.

    Its gradient is noise around 0 of this `size` (standard deviation), so that nothing but the decay moves it for good.
    """
    rng = np.random.default_rng(0)
    w, state, path = np.ones(COPIES), (0.0, 0.0), [1.0]
    for t in range(1, STEPS + 1):
        g = size * rng.normal(size=COPIES)
        w, state = decayed_step(method, lambda w, g=g: g, w, state, STEP_RATE, t, STEP_DECAY)
        path.append(float(w.mean()))
    return np.array(path)


# --- pixels in different units ---------------------------------------------------------------------------------------

SAMPLES, BATCH, UPDATES = 100, 20, 600
RATES = (0.02, 0.1)
DECAYS = {L2: 10.0 ** np.arange(-5, 0.6, 0.5), DECOUPLED: 10.0 ** np.arange(-3, 1.1, 0.5)}
SEEDS = (0, 1, 2)


@cache
def validation_losses(method: str, ratio: float, seed: int, rates: tuple[float, ...] = RATES) -> np.ndarray:
    """Train softmax regression on 100 digits with each of `rates` and each of DECAYS of `method`.

    ratio: of the largest to the smallest unit: each pixel is multiplied by a number between 1 / its root and its root.
    Every learning rate falls to 0 (cosine), so that the runs come to rest.
    Returns the losses on 797 other digits, (rates, decays).
    """
    X, labels, X_new, labels_new = digits()
    rng = np.random.default_rng(seed)
    rows, units = rng.permutation(TRAIN)[:SAMPLES], rng.permutation(np.geomspace(ratio**-0.5, ratio**0.5, PIXELS))
    A, y = X[rows] * units, labels[rows]
    first, decay = (grid.reshape(-1, 1) for grid in np.meshgrid(rates, DECAYS[method], indexing="ij"))

    def log_p(w: np.ndarray, A: np.ndarray) -> np.ndarray:
        logits = A @ w.reshape(-1, PIXELS, CLASSES)
        logits -= logits.max(axis=-1, keepdims=True)
        return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))

    def error(w: np.ndarray, batch: np.ndarray) -> np.ndarray:
        return (np.exp(log_p(w, A[batch])) - np.eye(CLASSES)[y[batch]]) / BATCH

    w, state = np.zeros((len(decay), PIXELS * CLASSES)), (0.0, 0.0)
    for t in range(1, UPDATES + 1):
        batch = rng.permutation(SAMPLES)[:BATCH]
        gradient = lambda w, b=batch: (A[b].T @ error(w, b)).reshape(len(w), -1)
        rate = first * (1 + np.cos(np.pi * (t - 1) / UPDATES)) / 2
        w, state = decayed_step(method, gradient, w, state, rate, t, decay)
    losses = -log_p(w, X_new * units)[:, np.arange(len(labels_new)), labels_new].mean(axis=1)
    return losses.reshape(len(rates), -1)


def best_losses(method: str, ratio: float) -> np.ndarray:
    """Return the validation loss with each of DECAYS of `method`, the mean of SEEDS, with the better of RATES.

    The shape is (n_decays,). method: L2 or DECOUPLED.
    """
    return np.mean([validation_losses(method, ratio, seed) for seed in SEEDS], axis=0).min(axis=0)


def draw_weight_decay(ratio: str) -> Picture:
    """Draw what decay does to weights with large and small gradients, and the validation loss with each decay.

    ratio: "1", "10", "100" or "1000": of the two sizes of gradients, and of the largest to the smallest pixel unit.
    """
    root = float(ratio) ** 0.5
    figure, (left, right) = new_figure(1, 2, size=(8.5, 3.3))
    kept, best = {}, {}
    for method, colour in COLOURS.items():
        for size, style, name in ((root, "-", "large"), (1 / root, "--", "small")):
            path = forgotten(method, size)
            kept[method, name] = path[100]
            left.plot(path, style, color=colour, lw=1.5, label=f"{method}, {name} gradient")
        losses = best_losses(method, float(ratio))
        chosen = int(losses.argmin())
        best[method] = f"{losses[chosen]:.2f} with {DECAYS[method][chosen]:.2g}"
        right.semilogx(DECAYS[method], losses, ".-", color=colour, lw=1.3, label=method)
        right.plot(DECAYS[method][chosen], losses[chosen], "*", color=colour, mec=BLACK, ms=12)
    left.axhline(0, color=GREY, lw=1)
    left.set(xlabel="update", ylabel="w, mean of 500 runs", xlim=(0, STEPS), ylim=(-0.1, 1.5), yticks=[0, 0.5, 1])
    left.set(xticks=[0, 100, 200, 300], title=f"gradients of noise, sizes {root:.3g} and {1 / root:.3g}")
    right.set(xlabel="weight decay λ", ylabel="validation loss", ylim=(0.3, 1.8), yticks=[0.4, 0.8, 1.2, 1.6])
    right.set_title(f"digits, pixels in units up to {ratio} : 1")
    powers_of_ten(right.xaxis, (-5, -4, -3, -2, -1, 0, 1))
    left.legend(loc="upper right", fontsize=7)
    right.legend(loc="upper center", fontsize=8)
    shares = "; ".join(f"{method} {kept[method, 'large']:.2f} and {kept[method, 'small']:z.2f}" for method in COLOURS)
    return finish(
        figure,
        f"Weights that start at 1, with decay {STEP_DECAY:g} and gradients of noise of sizes {root:.3g} and "
        f"{1 / root:.3g}, after 100 updates: {shares}. Digits with pixels in units up to {ratio} : 1, smallest "
        f"validation loss: {'; '.join(f'{method} {text}' for method, text in best.items())}.",
    )
