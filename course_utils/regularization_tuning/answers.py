"""Pictures of the answers to assignment 10, and the data of its capstone.

CIS5190-L15, "Early Stopping", "Data Augmentation", "Hyperparameter Choices" and "Hyperparameter Optimization Tips".
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from scipy import ndimage
from sklearn.datasets import load_digits

from course_utils import check
from course_utils.drawing.pictures import BLUE, GREY, VERMILION, Picture, finish, new_figure
from course_utils.exercises.attempt import attempt
from course_utils.exercises.reference_style import GHOST, titled

Function = Callable[..., object]


def stopping_point(EarlyStopping: type) -> Picture:
    """Draw sixty noisy validation losses, and where the student's `EarlyStopping` finds the best and stops."""
    patience = 8
    losses = _validation_losses()
    reference = _best_and_stop(losses, patience)

    @check.driver
    def found(losses: list[float], patience: int) -> np.ndarray:
        """`EarlyStopping`."""
        stopper, weight = EarlyStopping(patience), torch.zeros(1)
        for epoch, loss in enumerate(losses):
            weight.fill_(float(epoch))
            if stopper.step(loss, {"weight": weight}):
                break
        return np.array([stopper.best, stopper.best_epoch, float(stopper.state["weight"]), epoch], dtype=float)

    yours, trouble = attempt(found, losses.tolist(), patience, like=reference)
    figure, axes = new_figure(size=(6.8, 3.8))
    axes.plot(losses, color=GREY, linewidth=1, marker=".", label="validation loss")
    for place, look in ((1, GHOST), (3, GHOST | {"linestyle": ":"})):
        axes.axvline(reference[place], **look)
    if yours is not None:
        axes.plot(yours[1], yours[0], "o", color=BLUE, markersize=9, label="your best")
        axes.axvline(yours[3], color=VERMILION, linestyle="--", linewidth=1.5, label="you stop")
    axes.set(xlabel="epoch", ylabel="loss")
    axes.set_title(titled(f"Early stopping, patience {patience}", trouble))
    axes.legend(loc="upper right")
    return finish(
        figure,
        f"{len(losses)} noisy losses. Reference: {_stopping_in_words(reference)} "
        f"{trouble or f'Yours: {_stopping_in_words(yours)}'}",
    )


def moved_digits(shift_images: Function) -> Picture:
    """Draw a digit moved in five ways, as it should be above and as the student's `shift_images` has it below."""
    digit = load_digits().images[3] / 16
    moves = ((0, 0), (2, 0), (0, -2), (-2, 1), (1, 3))
    reference = np.stack([ndimage.shift(digit, move, order=0) for move in moves])

    @check.driver
    def moved(digit: np.ndarray, moves: tuple) -> np.ndarray:
        """`shift_images`."""
        return np.stack([shift_images(digit[None].copy(), dy, dx)[0] for dy, dx in moves])

    yours, trouble = attempt(moved, digit, moves, like=reference)
    rows = [reference] if yours is None else [reference, yours]
    figure, panels = new_figure(len(rows), len(moves), size=(7.2, 1.6 * len(rows) + 0.6), squeeze=False)
    for panels_of_row, images, whose in zip(panels, rows, ("reference", "yours"), strict=False):
        for axes, image, (dy, dx) in zip(panels_of_row, images, moves, strict=True):
            axes.imshow(image, cmap="gray_r", vmin=0, vmax=1)
            axes.set_title(f"dy {dy}, dx {dx}" if whose == "reference" else "")
            axes.set(xticks=[], yticks=[])
            axes.grid(False)
        panels_of_row[0].set_ylabel(whose)
    figure.suptitle(titled("A digit, moved", trouble), fontsize="medium")
    return finish(
        figure,
        f"A digit in five places. Reference: {_places_in_words(reference)} "
        f"{trouble or f'Yours: {_places_in_words(yours)}'}",
    )


def decades(sample_log_uniform: Function) -> Picture:
    """Draw the histogram, on a log scale, of 4,000 numbers between 0.0001 and 1 from `sample_log_uniform`."""
    lo, hi, n = 1e-4, 1.0, 4000
    reference = 10 ** np.random.default_rng(3).uniform(np.log10(lo), np.log10(hi), size=n)

    @check.driver
    def drawn(n: int, lo: float, hi: float) -> np.ndarray:
        """`sample_log_uniform`."""
        return sample_log_uniform(n, lo, hi, np.random.default_rng(3))

    yours, trouble = attempt(drawn, n, lo, hi, like=reference)
    bins = np.geomspace(lo, hi, 21)
    figure, axes = new_figure(size=(6.4, 3.6))
    axes.step(bins, [n / 20] * 21, label="reference: equal shares", **GHOST)
    if yours is not None:
        axes.hist(yours, bins=bins, color=BLUE, alpha=0.7, label="yours")
    axes.set(xscale="log", xlabel="learning rate, log scale", ylabel=f"how many of {n}")
    axes.margins(y=0.3)  # room for the legend
    axes.set_title(titled("Draws that are uniform on a log scale", trouble))
    axes.legend(loc="upper left")
    return finish(
        figure,
        f"Shares of four factors of 10, from 0.0001 on. Reference: {_shares_in_words(reference)} "
        f"{trouble or f'Yours: {_shares_in_words(yours)}'}",
    )


def coarse_to_fine(next_window: Function) -> Picture:
    """Draw the windows of five rounds of search over a learning rate; the first one does not hold the best value."""
    first, rounds = (1e-6, 1e-3), 6
    reference = _windows(_window_after, first, rounds)

    @check.driver
    def searched(first: tuple[float, float], rounds: int) -> np.ndarray:
        """`next_window`."""
        return _windows(next_window, first, rounds)

    yours, trouble = attempt(searched, first, rounds, like=reference)
    figure, (above, below) = new_figure(2, 1, size=(6.6, 4.6), sharex=True, height_ratios=[2, 3])
    rates = np.geomspace(1e-7, 1e1, 200)
    above.plot(rates, _loss_at(rates), color=GREY)
    above.set(xscale="log", ylabel="loss")
    for number, (lo, hi) in enumerate(reference):
        below.plot([lo, hi], [number, number], **GHOST, label="reference" if number == 0 else None)
    if yours is not None:
        for number, (lo, hi) in enumerate(yours):
            below.plot([lo, hi], [number, number], "|-", color=BLUE, label="yours" if number == 0 else None)
    below.set(xlabel="learning rate, log scale", ylabel="round", xlim=(1e-7, 1e1), yticks=range(rounds))
    below.invert_yaxis()
    below.legend(loc="lower left")
    figure.suptitle(titled("From coarse to fine", trouble), fontsize="medium")
    return finish(
        figure,
        f"{rounds} windows. Reference: {_windows_in_words(reference)} "
        f"{trouble or f'Yours: {_windows_in_words(yours)}'}",
    )


# --- what is computed ------------------------------------------------------------------------------------------------


def _validation_losses() -> np.ndarray:
    """Losses (60,) that fall, rise slowly from epoch 25 on, and are noisy."""
    epochs = np.arange(60)
    smooth = 0.5 + 1.2 * np.exp(-epochs / 8) + 0.0004 * np.maximum(epochs - 15, 0) ** 2
    return smooth + 0.04 * np.random.default_rng(2).normal(size=60)


def _best_and_stop(losses: np.ndarray, patience: int) -> np.ndarray:
    """Return best loss, its epoch, the epoch of the kept state, and the epoch in which the training stops, (4,)."""
    for epoch in range(len(losses)):
        best = int(np.argmin(losses[: epoch + 1]))
        if epoch - best >= patience:
            break
    return np.array([losses[best], best, best, epoch], dtype=float)


def _loss_at(rate: np.ndarray) -> np.ndarray:
    """A validation loss over the learning rate, lowest at 0.02."""
    return 0.1 + 0.15 * (np.log10(rate) - np.log10(0.02)) ** 2


def _window_after(lo: float, hi: float, best: float) -> tuple[float, float]:
    """The reference of 10.9, in powers of 10: half as wide, or as wide where best is near an end."""
    bottom, top, centre = np.log10([lo, hi, best])
    near = min(centre - bottom, top - centre) < 0.1 * (top - bottom)
    half = (top - bottom) / (2 if near else 4)
    return 10 ** (centre - half), 10 ** (centre + half)


def _windows(next_window: Function, first: tuple[float, float], rounds: int) -> np.ndarray:
    """Search `rounds` times among 9 values of each window; return the windows, (rounds, 2)."""
    windows = [first]
    while len(windows) < rounds:
        lo, hi = windows[-1]
        if not 0 < lo < hi:
            raise ValueError(f"no window on a log scale: {lo:.3g} to {hi:.3g}")
        tried = np.geomspace(lo, hi, 9)
        windows.append(next_window(lo, hi, float(tried[np.argmin(_loss_at(tried))])))
    return np.array(windows, dtype=float)


# --- what is said ----------------------------------------------------------------------------------------------------


def _stopping_in_words(found: np.ndarray) -> str:
    best, epoch, kept, stop = found
    return (
        f"best loss {best:.3f} in epoch {epoch:.0f}, the state of epoch {kept:.0f} is kept, stop in epoch {stop:.0f}."
    )


def _places_in_words(images: np.ndarray) -> str:
    places = [
        "{:.2f} {:.2f}".format(*ndimage.center_of_mass(image)) if image.sum() else "nothing left" for image in images
    ]
    return f"the centres of the strokes are in row and column {', '.join(places)}."


def _shares_in_words(numbers: np.ndarray) -> str:
    counts, _ = np.histogram(numbers, bins=np.geomspace(1e-4, 1.0, 5))
    return f"{', '.join(f'{share:.1%}' for share in counts / len(numbers))}."


def _windows_in_words(windows: np.ndarray) -> str:
    return f"{', '.join(f'{lo:.2g} to {hi:.2g}' for lo, hi in windows)}."
