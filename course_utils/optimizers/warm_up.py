"""Warm-up and gradient clipping: a deep network that starts steep, trained with and without them.

Sources: Goyal et al., "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour" (2017), for the warm-up; Pascanu,
Mikolov and Bengio, "On the difficulty of training recurrent neural networks" (2013), for clipping.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import torch

from course_utils.drawing.digits import CLASSES, PIXELS, TRAIN, digits
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
    three_digits,
)

SIZES = (PIXELS, 32, 32, 32, 32, CLASSES)
STEEPNESS = 2.0  # the weights start so many times as large as He's initialization makes them
MU, BATCH, EPOCHS = 0.9, 50, 10
UPDATES = EPOCHS * TRAIN // BATCH
RATES = 0.005 * 2.0 ** np.arange(7)
SEEDS = tuple(range(6))
WARM_UP, CLIP = 100, 1.0  # updates until the full rate; largest norm of the gradient
NEITHER, WARM, CLIPPED, BOTH = "neither", "warm-up", "clipping", "both"
VARIANTS = {NEITHER: (1, np.inf), WARM: (WARM_UP, np.inf), CLIPPED: (1, CLIP), BOTH: (WARM_UP, CLIP)}
AVERAGED = 10  # updates in the picture of the loss
TRAINED = 0.5  # a loss below this counts as trained; that of a guess is ln 10 = 2.3


def initial(seed: int) -> list[torch.Tensor]:
    """Return the weights, (fan_out, fan_in), and biases, (fan_out,), layer by layer, in float64."""
    generator = torch.Generator().manual_seed(seed)
    parameters = []
    for fan_in, fan_out in pairwise(SIZES):
        weight = torch.randn(fan_out, fan_in, generator=generator, dtype=torch.float64)
        parameters += [STEEPNESS * (2 / fan_in) ** 0.5 * weight, torch.zeros(fan_out, dtype=torch.float64)]
    return parameters


def batches(seed: int) -> torch.Tensor:
    """Return the rows of the batch of each update, (200, 50) int: a new order in every epoch."""
    generator = torch.Generator().manual_seed(seed)
    orders = [torch.randperm(TRAIN, generator=generator) for _ in range(EPOCHS)]
    return torch.cat(orders).reshape(UPDATES, BATCH)


@dataclass(frozen=True)
class Runs:
    """Runs with each of several seeds and each of RATES.

    losses, norms: of each update's batch and of its gradient before clipping, (200, seeds, 7). ends: the loss of all
    training samples after the last update, (seeds, 7).
    """

    losses: np.ndarray
    norms: np.ndarray
    ends: np.ndarray


@cache
def train(warm_up: int, clip: float, seeds: tuple[int, ...] = SEEDS) -> Runs:
    """Train with momentum 0.9 for each seed and each of RATES.

    warm_up: updates in which the rate grows in proportion to t. clip: largest norm of the gradient; inf: no clipping.
    """
    X, y, *_ = (torch.tensor(part) for part in digits())
    runs = len(seeds) * len(RATES)  # in one array, so that 42 runs cost little more than one
    each = lambda parts: torch.stack(parts).repeat_interleave(len(RATES), dim=0)
    parameters = [each(parts).requires_grad_() for parts in zip(*map(initial, seeds), strict=True)]
    rows = each([batches(seed) for seed in seeds])
    rates = torch.tensor(np.tile(RATES, len(seeds)))
    velocities = [torch.zeros_like(p) for p in parameters]

    def loss_of(inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        h = inputs
        for layer, (W, b) in enumerate(zip(parameters[::2], parameters[1::2], strict=True)):
            h = torch.baddbmm(b[:, None], torch.relu(h) if layer else h, W.transpose(1, 2))
        logits = h.transpose(1, 2)  # cross_entropy wants the classes in the second axis
        return torch.nn.functional.cross_entropy(logits, labels, reduction="none").mean(dim=1)

    losses, norms = [], []
    for t in range(1, UPDATES + 1):
        loss = loss_of(X[rows[:, t - 1]], y[rows[:, t - 1]])
        gradients = torch.autograd.grad(loss.sum(), parameters)
        norm = sum(g.flatten(1).square().sum(dim=1) for g in gradients) ** 0.5
        losses.append(loss.detach())
        norms.append(norm)
        share = torch.clamp(clip / (norm + 1e-6), max=1.0)  # as in clip_grad_norm_
        step = rates * min(1.0, t / warm_up)
        with torch.no_grad():
            for p, v, g in zip(parameters, velocities, gradients, strict=True):
                wide = (-1,) + (1,) * (p.ndim - 1)
                v.mul_(MU).add_(g * share.reshape(wide))
                p.sub_(v * step.reshape(wide))
    with torch.no_grad():
        ends = loss_of(X.expand(runs, -1, -1), y.expand(runs, -1))
    shape = (len(seeds), len(RATES))
    rows_of = lambda parts: torch.stack(parts).reshape(UPDATES, *shape).numpy()
    return Runs(rows_of(losses), rows_of(norms), ends.reshape(shape).numpy())


def medians(variant: str, seeds: tuple[int, ...] = SEEDS) -> np.ndarray:
    """Return the median loss at the end over the seeds for each of RATES, (7,).

    variant: one of VARIANTS. A run that overflowed counts as inf.
    """
    return np.median(np.nan_to_num(train(*VARIANTS[variant], seeds).ends, nan=np.inf), axis=0)


COLOURS = dict(zip(VARIANTS, (BLACK, BLUE, ORANGE, GREEN), strict=True))


def draw_warm_up(rate: str, seed: int) -> Picture:
    """Draw the loss of one seed with one learning rate in the four VARIANTS, and the final loss against the rate.

    rate: one of RATES as text.
    """
    chosen = [f"{r:g}" for r in RATES].index(rate)
    figure, (left, right) = new_figure(1, 2, size=(8.5, 3.3))
    t, trained, best = np.arange(AVERAGED, UPDATES + 1), {}, {}
    for name, (warm_up, clip) in VARIANTS.items():
        runs, ends = train(warm_up, clip), medians(name)
        trained[name], best[name] = int((runs.ends[:, chosen] < TRAINED).sum()), int(ends.argmin())
        smooth = np.convolve(runs.losses[:, seed, chosen], np.full(AVERAGED, 1 / AVERAGED), "valid")
        left.semilogy(t, np.clip(smooth, 0.01, 100), color=COLOURS[name], lw=1.3)
        right.loglog(RATES, np.minimum(ends, 5), ".-", color=COLOURS[name], lw=1.3, label=name)
        right.plot(RATES[best[name]], ends[best[name]], "*", color=COLOURS[name], mec=BLACK, ms=11)
    for axes in (left, right):
        axes.axhline(np.log(CLASSES), color=GREY, ls="--", lw=1)
    left.text(UPDATES, 2.5, "a guess", fontsize=8, color=GREY, ha="right", va="bottom")
    left.set(
        xlabel="update",
        ylabel=f"loss, mean of {AVERAGED} updates",
        xlim=(0, UPDATES),
        ylim=(0.01, 100),
        xticks=[0, 100, 200],
    )
    left.set_title(f"α = {rate}, start {seed + 1} of {len(SEEDS)}")
    powers_of_ten(left.yaxis, (-2, -1, 0, 1, 2))
    right.axvline(RATES[chosen], color=VERMILION, lw=1, ls=":")
    right.set(xlabel="learning rate α", ylabel="loss after 200 updates", ylim=(0.02, 6))
    right.set_title(f"median of {len(SEEDS)} starts; star: best rate")
    right.set_xticks(RATES[::2], [f"{r:g}" for r in RATES[::2]])
    right.set_yticks([0.1, 0.3, 1, 3], ["0.1", "0.3", "1", "3"])
    right.minorticks_off()
    right.legend(loc="lower left", fontsize=8)
    lowest = {name: (medians(name)[place], three_digits(float(RATES[place]))) for name, place in best.items()}
    told = "; ".join(
        f"{name} {trained[name]} (best median {loss:.2f}, with {at})" for name, (loss, at) in lowest.items()
    )
    return finish(
        figure,
        f"A network of five layers on digits with learning rate {rate}: of {len(SEEDS)} starts so many reach a loss "
        f"below {TRAINED:g}: {told}.",
    )
