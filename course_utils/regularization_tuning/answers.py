"""Pictures of the answers to the assignment on regularization and tuning.

CIS5190-L15, "Data Augmentation", "Hyperparameter Choices" and "Hyperparameter Optimization Tips".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import ndimage

from course_utils import check
from course_utils.drawing.digits import all_digits
from course_utils.drawing.guarded_call import guarded_call
from course_utils.drawing.pictures import BLUE, GREY, Picture, finish, new_figure
from course_utils.exercises.reference_style import REFERENCE_STYLE, titled

Function = Callable[..., Any]  # the student's, which may return anything
DECADES = [1, 10, 100, 1000, 10_000]


def moved_digits(shift_images: Function) -> Picture:
    """Draw five shifts of a digit, the reference above and those of the student's `shift_images` below."""
    digit = all_digits()[0][3].reshape(8, 8)
    moves = ((0, 0), (2, 0), (0, -2), (-2, 1), (1, 3))
    reference = np.stack([ndimage.shift(digit, move, order=0) for move in moves])

    @check.driver
    def moved(digit: np.ndarray, moves: tuple[tuple[int, int], ...]) -> np.ndarray:
        """`shift_images`."""
        return np.stack([shift_images(digit[None].copy(), dy, dx)[0] for dy, dx in moves])

    yours, problem = guarded_call(moved, digit, moves, like=reference)
    own = problem if yours is None else f"Yours: {_places_in_words(yours)}"
    rows = [reference] if yours is None else [reference, yours]
    figure, panels = new_figure(len(rows), len(moves), size=(7.2, 1.6 * len(rows) + 0.6), squeeze=False)
    for panels_of_row, images, whose in zip(panels, rows, ("reference", "yours"), strict=False):
        for axes, image, (dy, dx) in zip(panels_of_row, images, moves, strict=True):
            axes.imshow(image, cmap="gray_r", vmin=0, vmax=1)
            axes.set_title(f"dy {dy}, dx {dx}" if whose == "reference" else "")
            axes.set(xticks=[], yticks=[])
            axes.grid(False)
        panels_of_row[0].set_ylabel(whose)
    figure.suptitle(titled("Five shifts of a digit", problem), fontsize="medium")
    return finish(
        figure,
        f"Five shifts of a digit. Reference: {_places_in_words(reference)} {own}",
    )


def decades(sample_log_uniform: Function) -> Picture:
    """Draw how many of 4,000 whole numbers from 1 to 9,999 `sample_log_uniform` puts into each factor of 10."""
    lo, hi, n = 1, 9999, 4000
    reference = (10 ** np.random.default_rng(3).uniform(0, 4, size=n)).astype(np.int64)

    @check.driver
    def drawn(n: int, lo: int, hi: int) -> np.ndarray:
        """`sample_log_uniform`."""
        return sample_log_uniform(n, lo, hi, np.random.default_rng(3))

    yours, problem = guarded_call(drawn, n, lo, hi, like=reference)
    own = problem if yours is None else f"Yours: {_shares_in_words(yours)}"
    figure, axes = new_figure(size=(6.4, 3.6))
    axes.step(DECADES, [n / 4] * 5, label="reference: equal shares", **REFERENCE_STYLE)
    if yours is not None:
        axes.hist(yours, bins=DECADES, color=BLUE, alpha=0.7, label="yours")
    axes.set(xscale="log", xlabel="width, log scale", ylabel=f"how many of {n}")
    axes.margins(y=0.3)  # room for the legend
    axes.set_title(titled("Whole numbers that are uniform on a log scale", problem))
    axes.legend(loc="upper left")
    return finish(
        figure,
        f"Shares of four factors of 10, from 1 on. Reference: {_shares_in_words(reference)} {own}",
    )


def coarse_to_fine(next_window: Function) -> Picture:
    """Draw the windows of six rounds of search over a learning rate; the first one does not contain the best value."""
    first, rounds = (1e-6, 1e-3), 6
    reference = _windows(_window_after, first, rounds)

    @check.driver
    def searched(first: tuple[float, float], rounds: int) -> np.ndarray:
        """`next_window`."""

        def checked(lo: float, hi: float, best: float) -> tuple[float, float]:
            lo, hi = next_window(lo, hi, best)
            if not 0 < lo < hi:
                raise ValueError(f"no window on a log scale: {lo:.3g} to {hi:.3g}")
            return lo, hi

        return _windows(checked, first, rounds)

    yours, problem = guarded_call(searched, first, rounds, like=reference)
    own = problem if yours is None else f"Yours: {_windows_in_words(yours)}"
    figure, (above, below) = new_figure(2, 1, size=(6.6, 4.6), sharex=True, height_ratios=[2, 3])
    rates = np.geomspace(1e-7, 1e1, 200)
    above.plot(rates, _loss_at(rates), color=GREY)
    above.set(xscale="log", ylabel="loss")
    for number, (lo, hi) in enumerate(reference):
        below.plot([lo, hi], [number, number], **REFERENCE_STYLE, label="reference" if number == 0 else None)
    if yours is not None:
        for number, (lo, hi) in enumerate(yours):
            below.plot([lo, hi], [number, number], "|-", color=BLUE, label="yours" if number == 0 else None)
    below.set(xlabel="learning rate, log scale", ylabel="round", xlim=(1e-7, 1e1), yticks=range(rounds))
    below.invert_yaxis()
    below.legend(loc="lower left")
    figure.suptitle(titled("From coarse to fine", problem), fontsize="medium")
    return finish(
        figure,
        f"{rounds} windows. Reference: {_windows_in_words(reference)} {own}",
    )


# --- computations ----------------------------------------------------------------------------------------------------


def _loss_at(rate: np.ndarray) -> np.ndarray:
    """Return a validation loss for each learning rate, lowest at 0.02."""
    return 0.1 + 0.15 * (np.log10(rate) - np.log10(0.02)) ** 2


def _window_after(lo: float, hi: float, best: float) -> tuple[float, float]:
    """Return the next window, in powers of 10: half as wide, or equally wide where best is near an end."""
    bottom, top, centre = np.log10([lo, hi, best])
    near = min(centre - bottom, top - centre) < 0.1 * (top - bottom)
    half = (top - bottom) / (2 if near else 4)
    return 10 ** (centre - half), 10 ** (centre + half)


def _windows(next_window: Function, first: tuple[float, float], rounds: int) -> np.ndarray:
    """Search `rounds` times among 9 values of each window; return the windows, (rounds, 2)."""
    windows = [first]
    while len(windows) < rounds:
        lo, hi = windows[-1]
        tried = np.geomspace(lo, hi, 9)
        windows.append(next_window(lo, hi, float(tried[np.argmin(_loss_at(tried))])))
    return np.array(windows, dtype=float)


# --- descriptions ----------------------------------------------------------------------------------------------------


def _places_in_words(images: np.ndarray) -> str:
    places = [
        "{:.2f} {:.2f}".format(*ndimage.center_of_mass(image)) if image.sum() else "nothing left" for image in images
    ]
    return f"the centres of the strokes are in row and column {', '.join(places)}."


def _shares_in_words(numbers: np.ndarray) -> str:
    counts, _ = np.histogram(numbers, bins=DECADES)
    return f"{', '.join(f'{share:.1%}' for share in counts / len(numbers))}."


def _windows_in_words(windows: np.ndarray) -> str:
    return f"{', '.join(f'{lo:.2g} to {hi:.2g}' for lo, hi in windows)}."
