"""Numbers of 16 and of 32 bits, and what becomes of small updates (unit 04, section 4.5).

Source: Micikevicius et al., "Mixed Precision Training" (2018).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
import torch.nn.functional as F

from course_utils.drawing.digits import all_digits
from course_utils.drawing.pictures import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    VERMILION,
    Picture,
    finish,
    new_figure,
    powers_of_ten,
)

FORMATS: Mapping[str, torch.dtype] = {
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
    "float32": torch.float32,
}
COLOURS = {"bfloat16": VERMILION, "float16": BLUE, "float32": GREEN}
UPDATES = 1000
TRAINED = 1000  # images; the others are held out


def spacing(name: str, x: np.ndarray) -> np.ndarray:
    """Return the distance from x to the next larger number of a format, of the shape of x.

    name: one of FORMATS. x: positive numbers in the range of the format.
    """
    limits = torch.finfo(FORMATS[name])
    return limits.eps * np.exp2(np.floor(np.log2(np.maximum(x, limits.tiny))))


def repeated(name: str, start: float, update: float, times: int = UPDATES) -> np.ndarray:
    """Return start, start + update, start + 2 update, ..., each sum rounded to a format, (times + 1,).

    name: one of FORMATS, "bfloat16", "float16" or "float32".
    """
    value, step = (torch.tensor(number, dtype=FORMATS[name]) for number in (start, update))
    values = [value]
    for _ in range(times):
        values.append(values[-1] + step)
    return torch.stack(values).double().numpy()


def draw_updates(name: str, start: float, update: float) -> Picture:
    """Draw the spacing of three formats, and a weight to which `update` is added UPDATES times in one of them.

    name: one of FORMATS, "bfloat16", "float16" or "float32".
    """
    values = repeated(name, start, update)
    exact = start + update * np.arange(UPDATES + 1)
    gap = float(spacing(name, np.array(values[0])))
    moving = int(np.count_nonzero(np.diff(values)))
    figure, (left, right) = new_figure(1, 2, size=(9, 3.8))
    x = np.logspace(-3, 3, 601)
    for other, colour in COLOURS.items():
        left.loglog(x, spacing(other, x), color=colour, lw=2.5 if other == name else 1, label=other)
    left.axhline(2 * update, color=GREY, ls="--", label="twice the update")
    left.plot(values[0], gap, "o", color=BLACK, ms=8)
    left.set(title="distance to the next number", xlabel="size of the number", ylabel="spacing", xlim=(1e-3, 1e3))
    powers_of_ten(left.xaxis, range(-3, 4, 3))
    powers_of_ten(left.yaxis, range(-9, 2, 3))
    left.set_ylim(1e-10, 1e2)
    left.legend(loc="upper left", fontsize=8)
    right.plot(exact, color=GREY, ls="--", label="exact")
    right.plot(values, color=COLOURS[name], label=name)
    right.set(title=f"{UPDATES} times + {update:.2g}", xlabel="updates", ylabel="weight", xticks=[0, 500, 1000])
    right.set_ylim(start - 0.1 * UPDATES * update, start + 1.15 * UPDATES * update)
    right.legend(loc="upper left", fontsize=8)
    return finish(
        figure,
        f"A weight of {start:.4g} in {name}, where the next number is {gap:.2g} away, and {UPDATES} updates of "
        f"{update:.2g}: {moving} of them change it, and it ends at {values[-1]:.4g}; exact is {exact[-1]:.4g}.",
    )


def digits_trained(weights: str, arithmetic: str, steps: int = 1000, learning_rate: float = 0.1) -> dict[str, float]:
    """Train a linear softmax classifier on 1000 digits by gradient descent, and return what became of it.

    weights, arithmetic: the formats, names of FORMATS, that the weights are kept in and that products are computed in.
    Returns the final "loss" on the training images, the "accuracy" on the others, and the share of weights that the
    last step changed, "moving"; loss and accuracy are computed in float32.
    """
    pixels, labels = all_digits()
    X, y = torch.tensor(pixels, dtype=torch.float32), torch.tensor(labels)
    inputs, one_hot = X[:TRAINED].to(FORMATS[arithmetic]), F.one_hot(y[:TRAINED], 10)
    W = torch.zeros(10, 64, dtype=FORMATS[weights])
    moved = torch.zeros(())
    for _ in range(steps):
        p = torch.softmax((inputs @ W.to(FORMATS[arithmetic]).T).float(), dim=1)
        gradient = (p - one_hot).to(FORMATS[arithmetic]).T @ inputs / TRAINED
        after = W - (learning_rate * gradient).to(FORMATS[weights])
        moved, W = (after != W).float().mean(), after
    scores = X @ W.float().T
    return {
        "loss": F.cross_entropy(scores[:TRAINED], y[:TRAINED]).item(),
        "accuracy": (scores[TRAINED:].argmax(dim=1) == y[TRAINED:]).float().mean().item(),
        "moving": moved.item(),
    }
