"""Entropy, cross entropy and KL divergence, in bits and in nats (CS7150-L1, "Entropy").

Distributions are arrays that sum to 1. 0 log 0 counts as 0; where q is 0 and p is not, the cost is infinite.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike
from scipy.special import entr, rel_entr

from course_utils.drawing.moving import in_browser, moving
from course_utils.drawing.pictures import BLACK, BLUE, GREY, ORANGE, PURPLE, SKY, VERMILION, Picture, finish, new_figure

BITS, NATS = "bits", "nats"
BASE: Mapping[str, float] = {BITS: 2.0, NATS: np.e}
CHANCES = np.linspace(0.005, 0.995, 199)
CEILING = 5.0  # end of the axis, and of a bar of infinite length


def entropy(p: ArrayLike, base: float = 2) -> float:
    """Return H(p) = -sum p log p of an array of probabilities p of any shape."""
    return float(np.sum(entr(p)) / np.log(base))


def cross_entropy(p: ArrayLike, q: ArrayLike, base: float = 2) -> float:
    """Return H(p, q) = -sum p log q for arrays p and q of the same shape; inf if q is 0 where p is not."""
    return entropy(p, base) + kl(p, q, base)


def kl(p: ArrayLike, q: ArrayLike, base: float = 2) -> float:
    """Return KL(p || q) = sum p log(p / q) for arrays p and q of the same shape; inf if q is 0 where p is not."""
    return float(np.sum(rel_entr(p, q)) / np.log(base))


def normalised(weights: Sequence[float]) -> np.ndarray:
    """Return n non-negative weights divided by their sum, (n,); the uniform distribution if all are 0."""
    w = np.asarray(weights, dtype=float)
    return w / w.sum() if w.any() else np.full(len(w), 1 / len(w))


def draw_coin(p: float, unit: str) -> Picture:
    """Draw the surprise -log of heads and tails, and the entropy of a coin with P(heads) = p, 0 < p < 1.

    unit: BITS or NATS.
    """
    base = BASE[unit]
    surprise = -np.log([p, 1 - p]) / np.log(base)
    H = entropy([p, 1 - p], base)
    most = np.log(2) / np.log(base)
    figure, (left, right) = new_figure(1, 2, size=(9, 3.8))
    left.plot(CHANCES, -np.log(CHANCES) / np.log(base), color=BLACK)
    for name, chance, height, colour in zip(("heads", "tails"), (p, 1 - p), surprise, (BLUE, VERMILION), strict=True):
        left.plot(
            chance, height, "o", color=colour, ms=9, label=f"{name}: probability {chance:.2f}, {height:.2f} {unit}"
        )
    left.set(
        title="surprise: −log p", xlabel="probability", ylabel=unit, xlim=(0, 1), ylim=(0, 8 * most), xticks=[0, 0.5, 1]
    )
    left.legend(loc="upper right")
    right.plot(CHANCES, (entr(CHANCES) + entr(1 - CHANCES)) / np.log(base), color=BLACK)
    right.plot(p, H, "o", color=PURPLE, ms=9, label=f"{H:.3f} {unit}")
    right.set(title="entropy: expected surprise", xlabel="P(heads)", ylabel=unit, xlim=(0, 1), ylim=(0, 1.15 * most))
    right.set_xticks([0, 0.5, 1])
    right.legend(loc="lower center")
    return finish(
        figure,
        f"A coin with P(heads) = {p:.2f}. The surprise of heads is {surprise[0]:.2f} {unit}, that of tails "
        f"{surprise[1]:.2f}; the expected surprise is the entropy {H:.3f} {unit}. Its maximum is {most:.3f}, at 1/2.",
    )


@in_browser("information.js", "lab", lambda: {"base": BASE, "ceiling": CEILING})
def draw_lab(p_1: int, p_2: int, p_3: int, p_4: int, q_1: int, q_2: int, q_3: int, q_4: int, unit: str) -> Picture:
    """Draw two distributions of four outcomes, given by weights, with H(p), H(p, q) and KL in both directions.

    unit: BITS or NATS.
    """
    p, q, base = normalised([p_1, p_2, p_3, p_4]), normalised([q_1, q_2, q_3, q_4]), BASE[unit]
    numbers = {
        "H(p)": entropy(p, base),
        "KL(p‖q)": kl(p, q, base),
        "H(p, q)": cross_entropy(p, q, base),
        "KL(q‖p)": kl(q, p, base),
    }
    figure, (left, right) = new_figure(1, 2, size=(9, 3.8))
    places = np.arange(1, 5)
    p_bars = left.bar(places - 0.2, [p_1, p_2, p_3, p_4], 0.38, color=BLUE, label="p, the truth")
    q_bars = left.bar(places + 0.2, [q_1, q_2, q_3, q_4], 0.38, color=ORANGE, label="q, the model")
    for i, (p_bar, q_bar) in enumerate(zip(p_bars, q_bars, strict=True), start=1):
        p_bar.set_gid(moving(f"bar of p_{i}"))
        q_bar.set_gid(moving(f"bar of q_{i}"))
    left.set(title="two distributions, by weights", xlabel="outcome", ylabel="weight", xticks=places, ylim=(0, 9.8))
    left.legend(loc="upper right", ncols=2)
    _bars(right, numbers, unit)
    listed = ", ".join(f"{name.replace('‖', '||')} = {_amount(value)}" for name, value in numbers.items())
    return finish(figure, f"p = {_listed(p)} and q = {_listed(q)}. In {unit}: {listed}.")


def _bars(axes: Axes, numbers: Mapping[str, float], unit: str) -> None:
    """Draw H(p) and KL(p || q) end to end above H(p, q), and KL(q || p) below; infinite bars are cut at CEILING."""
    H, divergence, cross, reverse = (min(value, CEILING) for value in numbers.values())
    bars = [*axes.barh(0, H, color=BLUE), *axes.barh(0, min(divergence, CEILING - H), left=H, color=VERMILION)]
    bars += axes.barh([1, 2], [cross, reverse], color=[SKY, GREY])
    for bar, name in zip(bars, ("entropy", "divergence", "cross entropy", "reverse"), strict=True):
        bar.set_gid(moving(name))
    labels = [f"H(p) + KL(p‖q)\n{_amount(numbers['H(p)'])} + {_amount(numbers['KL(p‖q)'])}"]
    labels += [f"{name}\n{_amount(numbers[name])}" for name in ("H(p, q)", "KL(q‖p)")]
    axes.set_yticks([0, 1, 2], labels)
    axes.plot([H, H], [-0.6, 2.6], color=BLACK, ls="--", lw=1, gid=moving("end of the entropy"))
    axes.set(title=f"H(p) blue, KL(p‖q) red, in {unit}", xlabel=unit, ylabel="quantity", xlim=(0, CEILING))
    axes.set_ylim(2.6, -0.6)


def _amount(value: float) -> str:
    return f"{value:z.3f}" if np.isfinite(value) else "infinite"


def _listed(p: np.ndarray) -> str:
    return "(" + ", ".join(f"{value:.3f}" for value in p) + ")"
