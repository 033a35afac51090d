"""Dropout, drawn: thinned networks, the ensemble of all masks, hidden units that fail.

Sources: CIS5190-L15, "Dropout" and "Dropout at Test Time"; Srivastava et al., "Dropout: A Simple Way to Prevent Neural
Networks from Overfitting" (2014); Gal and Ghahramani, "Dropout as a Bayesian Approximation" (2016), for Monte-Carlo
dropout. p is the probability to *drop*, as in torch; q = 1 - p is the probability to keep.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import product

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from scipy.special import softmax

from course_utils.drawing.digits import digits
from course_utils.drawing.guarded_call import guarded_call
from course_utils.drawing.pictures import BLACK, BLUE, GREEN, GREY, ORANGE, SKY, VERMILION, Picture, finish, new_figure
from course_utils.drawing.threads import one_thread
from course_utils.drawing.yours import Function, finish_with, not_drawn

SIZES = (4, 6, 5, 2)  # units of the layers of the thinned network; the two hidden ones have dropout
HIDDEN = SIZES[1] + SIZES[2]

SHALLOW, DEEP = "one softmax layer", "a hidden layer between"
OPTIONS = (
    "all units, weights as trained",
    "all units, weights × q",
    "mean of all masks",
    "geometric mean of all masks",
)
SHARES = ("0.0", "0.2", "0.5", "0.8")  # drop probabilities of the trained networks of `draw_missing`

UNITS, DRAWS = 64, 12


def masks(n: int) -> np.ndarray:
    """Return every mask of n units, of shape (2^n, n): 1 keeps, 0 drops."""
    return np.array(list(product((0.0, 1.0), repeat=n)))


def chances(m: np.ndarray, p: float) -> np.ndarray:
    """Return the probability of each mask of m, (k, n), where a unit is dropped with probability p: (k,)."""
    return np.prod(np.where(m == 1, 1 - p, p), axis=1)


@cache
def _head(n: int, depth: str) -> tuple[np.ndarray, ...]:
    """Return n activations and the weights that turn them into three logits, straight or through 6 hidden units."""
    rng = np.random.default_rng(12)
    h, widths = rng.uniform(0.3, 1.5, size=8)[:n], (3,) if depth == SHALLOW else (6, 3)
    rng, scale = (np.random.default_rng(4), 1.3) if depth == SHALLOW else (np.random.default_rng(0), 0.7)
    matrices = [scale * rng.normal(size=(out, fan)) for out, fan in zip(widths, (8, 6), strict=False)]
    matrices[0] = matrices[0][:, :n]
    return h, *matrices


def predict(h: np.ndarray, matrices: Sequence[np.ndarray]) -> np.ndarray:
    """Return class probabilities, (k, 3), for activations h, (k, n): linear layers with ReLU between, then softmax.

    matrices: (fan_out, fan_in) each.
    """
    for W in matrices[:-1]:
        h = np.maximum(h @ W.T, 0)
    return softmax(h @ matrices[-1].T, axis=1)


def predictions_of_masks(n: int, p: float, depth: str) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Return the prediction of each mask, (2^n, 3), its chance, (2^n,), and the prediction of each of OPTIONS, (3,).

    depth: SHALLOW or DEEP. The layer is the lecture's: units that are kept are not rescaled in training. The geometric
    mean is weighted by the chances and normalised to sum 1.
    """
    h, *matrices = _head(n, depth)
    m = masks(n)
    each, chance = predict(m * h, matrices), chances(m, p)
    geometric = np.exp(chance @ np.log(each))
    singles = [predict(scale * h[None], matrices)[0] for scale in (1.0, 1 - p)]
    return each, chance, dict(zip(OPTIONS, [*singles, chance @ each, geometric / geometric.sum()], strict=True))


def draw_thinned(p: float, iteration: int, at_test: bool, yours: Function | None = None) -> Picture:
    """Draw the network that one training iteration updates, or, at test time, the whole network, its weights scaled.

    yours: the student's `dropout`; a second network has its masks, and the values that it makes of ones.
    """
    rng = np.random.default_rng(iteration)
    draws = [rng.random(size) for size in SIZES]
    kept = [np.ones(n, bool) if at_test or i in (0, 3) else draws[i] >= p for i, n in enumerate(SIZES)]
    own, said = (None, "") if yours is None else _yours(yours, p, iteration, at_test)
    figure, panels = new_figure(1, 1 if own is None else 2, size=(7.2 if own is None else 9.6, 3.8), squeeze=False)
    active = _draw_network(panels[0, 0], kept, ORANGE if at_test else BLUE)
    if own is not None:
        _draw_network(panels[0, 1], [value != 0 for value in own], BLACK, own)
        panels[0, 1].set_title("yours, with the value of each unit")
    dropped = sum(int((~on).sum()) for on in kept)
    if at_test:
        title = f"test: all units, weights after dropout × {1 - p:.1f}"
    else:
        title = f"training iteration {iteration}: {dropped} of {HIDDEN} units dropped"
    panels[0, 0].set_title(title)
    return finish_with(
        figure,
        f"A network 4-6-5-2 with drop probability {p:.1f}. "
        + (
            f"At test time all 74 connections are active and the weights after dropout are multiplied by {1 - p:.1f}."
            if at_test
            else f"In training iteration {iteration} {dropped} of the {HIDDEN} hidden units are dropped and "
            f"{active} of 74 connections are active."
        ),
        said,
    )


def _draw_network(axes: Axes, kept: Sequence[np.ndarray], colour: str, values: Sequence[np.ndarray] = ()) -> int:
    """Draw the units that are kept and their connections, and return how many connections there are.

    kept: a mask per layer, of the shapes SIZES. values: what to write into the units, of the same shapes.
    """
    columns = [np.stack([np.full(n, 1.0 * i), (n - 1) / 2 - np.arange(n)], axis=1) for i, n in enumerate(SIZES)]
    connections = []
    for i in range(3):
        connections += product(columns[i][kept[i]], columns[i + 1][kept[i + 1]])
    axes.add_collection(LineCollection(connections, colors=colour, lw=0.8, zorder=1))
    for column, on in zip(columns, kept, strict=True):
        axes.scatter(*column[on].T, s=200, color="white", edgecolors=BLACK, zorder=2)
        axes.scatter(*column[~on].T, s=200, color="white", edgecolors=GREY, zorder=2)
        axes.scatter(*column[~on].T, s=90, color=VERMILION, marker="x", zorder=3)
    for column, numbers in zip(columns, values, strict=False):
        for (x, y), number in zip(column, numbers, strict=True):
            if number:
                axes.text(x, y, f"{number:.3g}", ha="center", va="center", fontsize=7, zorder=4)
    names = ["input", "hidden 1\n(dropout)", "hidden 2\n(dropout)", "output"]
    axes.set(xlim=(-0.4, 3.4), ylim=(-3, 3), xticks=range(4), xticklabels=names, yticks=[], ylabel="units")
    axes.set_xlabel("layer")
    axes.grid(visible=False)
    return len(connections)


CALLS = 2000  # of the student's function, for its averages


def _yours(yours: Function, p: float, iteration: int, at_test: bool) -> tuple[list[np.ndarray] | None, str]:
    """Return what a student's `dropout` makes of units that are 1, one array per layer of SIZES, and its averages.

    The averages are over CALLS units: the share that is dropped, and the mean, in one sentence with what is expected.
    None where it cannot be drawn; the sentence then says why.
    """
    rng, values = np.random.default_rng(iteration), []
    for i, n in enumerate(SIZES):
        ones = np.ones(n)
        if i in (0, 3):
            values.append(ones)
            continue
        own, problem = guarded_call(yours, ones, p, rng, train=not at_test, like=(ones, ones > 0))
        if problem is not None:
            return None, not_drawn(problem)
        values.append(own[0])
    ones = np.ones(CALLS)
    own, problem = guarded_call(yours, ones, p, rng, train=not at_test, like=(ones, ones > 0))
    if problem is not None:
        return None, not_drawn(problem)
    share, mean, expected = np.mean(own[0] == 0), own[0].mean(), 0.0 if at_test else p
    is_right = abs(share - expected) < 0.06 and abs(mean - 1) < 0.06 / (1 - p)
    return values, (
        f"Yours {'does what it should' if is_right else 'differs'}: of {CALLS} units that are 1 it drops {share:.0%} "
        f"and their mean is then {mean:.2f}; expected about {expected:.0%} and 1."
    )


def draw_ensemble(n: int, p: float, depth: str) -> Picture:
    """Draw the predictions of all 2^n thinned networks for class 1, and four ways to combine them.

    depth: SHALLOW or DEEP.
    """
    each, chance, options = predictions_of_masks(n, p, depth)
    figure, (left, right) = new_figure(1, 2, size=(9.6, 3.7), width_ratios=[4, 5])
    left.hist(each[:, 0], bins=np.linspace(0, 1, 26), weights=chance, color=SKY, histtype="stepfilled")
    for (name, value), (colour, dash) in zip(options.items(), _LOOKS, strict=True):
        left.axvline(value[0], color=colour, ls=dash, label=name)
    left.set(xlabel="probability of class 1", ylabel="share of the ensemble", xlim=(0, 1), ylim=(0, 1))
    left.set(title=f"{2**n} masks", xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    for i, ((name, value), (colour, _)) in enumerate(zip(options.items(), _LOOKS, strict=True)):
        right.bar(np.arange(3) + 0.2 * i - 0.3, value, width=0.18, color=colour, label=name)
    right.set(xlabel="class", ylabel="probability", xticks=range(3), xticklabels=[1, 2, 3], ylim=(0, 1.45))
    gap = np.abs(options[OPTIONS[1]] - options[OPTIONS[3]]).max()
    right.set(title=f"weights × q and geometric mean: {gap:.3f} apart", yticks=[0, 0.5, 1])
    right.legend(loc="upper right", fontsize=7.5, ncols=2)
    summary = ", ".join(f"{name} {value[0]:.3f}" for name, value in options.items())
    return finish(
        figure,
        f"With {n} units, drop probability {p:.2f} and {depth} the {2**n} masks predict class 1 with "
        f"probabilities from {each[:, 0].min():.3f} to {each[:, 0].max():.3f}. At test time: {summary}.",
    )


_LOOKS = ((VERMILION, "-"), (BLUE, "-"), (GREEN, "--"), (BLACK, ":"))


@cache
@one_thread()
def trained_digits() -> dict[str, list[np.ndarray]]:
    """Return weights and biases, W1 (64, 64), b1 (64,), W2 (64, 10), b2 (10,), of a ReLU network for each of SHARES.

    The four networks have the same initial weights and batches, and train at once, stacked along the first axis.
    """
    X, labels, *_ = digits()
    X, one_hot = torch.tensor(X, dtype=torch.float32), torch.eye(10)[torch.tensor(labels)]
    generator = torch.Generator().manual_seed(0)
    bounds = [(1, 64, UNITS), (1, 1, UNITS), (1, UNITS, 10), (1, 1, 10)]
    starts = [torch.empty(shape).uniform_(-1 / 8, 1 / 8, generator=generator) for shape in bounds]
    W1, b1, W2, b2 = parameters = [start.repeat(len(SHARES), 1, 1).requires_grad_() for start in starts]
    q = 1 - torch.tensor([float(share) for share in SHARES])[:, None, None]
    optimizer = torch.optim.Adam(parameters, lr=1e-2)
    for _ in range(15):
        for batch in torch.randperm(len(X), generator=generator).split(50):
            h = torch.relu(X[batch] @ W1 + b1)
            h = h * (torch.rand(h.shape, generator=generator) < q) / q
            loss = -(one_hot[batch] * torch.log_softmax(h @ W2 + b2, dim=-1)).sum(dim=-1).mean(dim=1).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    arrays = [parameter.detach().double().numpy() for parameter in parameters]
    return {share: [array[i].squeeze() for array in arrays] for i, share in enumerate(SHARES)}


@cache
def accuracy_without(share: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the counts 0, 4, ..., 60 of hidden units that fail, and the accuracy of the network then, (16,) each.

    share: one of SHARES. Mean over DRAWS draws of the units that fail; the others are rescaled as in training.
    """
    W1, b1, W2, b2 = trained_digits()[share]
    *_, X, labels = digits()
    H = np.maximum(X @ W1 + b1, 0)
    counts, rng = np.arange(0, UNITS, 4), np.random.default_rng(0)
    orders = [rng.permutation(UNITS) for _ in range(DRAWS)]
    hits = [
        np.mean(
            [((H[:, order[k:]] * UNITS / (UNITS - k)) @ W2[order[k:]] + b2).argmax(1) == labels for order in orders]
        )
        for k in counts
    ]
    return counts, np.array(hits)


def draw_missing(removed: int, share: str) -> Picture:
    """Draw the accuracy of four networks on new digits when hidden units fail.

    share: one of SHARES, highlighted.
    """
    figure, axes = new_figure(size=(6.6, 3.8))
    accuracies = {}
    for name, colour in zip(SHARES, (VERMILION, GREEN, BLUE, ORANGE), strict=True):
        counts, hits = accuracy_without(name)
        accuracies[name] = hits[removed // 4]
        front = name == share
        axes.plot(counts, hits, color=colour, lw=3 if front else 1.2, label=f"trained with p = {name}")
        axes.plot(removed, accuracies[name], "o", color=colour, mec=BLACK if front else colour, ms=9 if front else 5)
    axes.axvline(removed, color=GREY, lw=1, ls=":")
    axes.set(xlabel="hidden units that fail, of 64", ylabel="accuracy on new digits", ylim=(0, 1.02))
    axes.set(
        xticks=range(0, 61, 12),
        yticks=[0, 0.5, 1],
        title=f"{removed} units fail: p = {share} has accuracy {accuracies[share]:.1%}",
    )
    axes.legend(loc="lower left", fontsize=8)
    values = ", ".join(f"{value:.1%} for p = {name}" for name, value in accuracies.items())
    return finish(
        figure,
        f"Accuracy on 797 new digits when {removed} of 64 hidden units fail: {values}. Highlighted: p = {share}.",
    )
