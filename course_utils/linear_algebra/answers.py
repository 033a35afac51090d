"""Draw the answers to assignment 01 (CS7150-L1, "Linear algebra: vectors" to "Operators").

Answers get copies of what is drawn later: an answer that modifies its argument must not change the reference.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from course_utils.drawing.guarded_call import guarded_call
from course_utils.drawing.pictures import BLUE, GREEN, GREY, ORANGE, VERMILION, Picture, finish, new_figure
from course_utils.exercises.reference_style import REFERENCE_STYLE, titled
from course_utils.linear_algebra import matrices, norms_and_rank, vectors

Function = Callable[..., object]

# The form of a result that is one finite number.
NUMBER = np.zeros(())

BALLS = (0.5, 1.0, 2.0, np.inf)
COLOURS = (VERMILION, ORANGE, BLUE, GREEN)
_QUARTER = np.linspace(0, 1, 31)[:-1]
# Angles of the full circle, densest at the axes, where a star has its tips.
DIRECTIONS = np.pi / 2 * np.append((np.arange(4)[:, None] + _QUARTER**2 * (3 - 2 * _QUARTER)).ravel(), 4.0)

# Two mirror lines: a point of each, and its angle with the first axis in degrees.
LINES = (((-0.5, 0.0), 110), ((0.0, -1.2), 170))

KAPPA = 8.0
ANGLES = np.arange(0.0, 180.1, 2.5)


def unit_balls(lp_norm: Function) -> Picture:
    """Draw the boundary of the unit ball for four p: in each direction the vector whose `lp_norm` is 1."""
    circle = np.column_stack([np.cos(DIRECTIONS), np.sin(DIRECTIONS)])
    reference = np.array([[vectors.lp(x, p) for x in circle] for p in BALLS])
    attempts = [[guarded_call(lp_norm, x.copy(), p, like=NUMBER) for x in circle] for p in BALLS]
    problem = next((failed for row in attempts for _, failed in row if failed), None)

    figure, axes = new_figure(size=(6.8, 5.0))
    for lengths in reference:
        axes.plot(*_border(circle, lengths), **REFERENCE_STYLE)
    axes.plot([], [], label="reference", **REFERENCE_STYLE)
    if problem is None:
        yours = np.array([[float(length) for length, _ in row] for row in attempts])
        for p, lengths, colour in zip(BALLS, yours, COLOURS, strict=True):
            axes.plot(*_border(circle, lengths), color=colour, linewidth=1.5, label=f"yours, p = {p:g}")
    axes.set(xlim=(-1.5, 1.5), ylim=(-1.5, 1.5), aspect="equal", xlabel="x_1", ylabel="x_2")
    axes.set_title(titled("Vectors of length 1", problem))
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return finish(
        figure,
        "The unit balls of p = 0.5, 1, 2 and infinity: a star, a diamond, a disc and a square. Along the diagonal they "
        f"reach, reference: {_reach(reference)}. {problem or f'Yours: {_reach(yours)}.'}",
    )


def mirrored_letter(two_mirrors: Callable[..., Mapping[str, object]]) -> Picture:
    """Draw the outline of a letter, and where `two_mirrors` takes it by one mirror and by both."""
    corners = matrices.LETTER.T
    (q, alpha), (r, beta) = LINES
    once = _mirrored(corners, q, alpha)
    reference = once, _mirrored(once, r, beta)

    @functools.wraps(two_mirrors)
    def shapes(*args: object) -> tuple[object, object]:
        steps = two_mirrors(*args)
        return steps["once"], steps["twice"]

    attempt, problem = guarded_call(
        shapes, corners, np.array(q), np.radians(alpha), np.array(r), np.radians(beta), like=reference
    )

    figure, axes = new_figure(size=(6.8, 5.0))
    axes.fill(*corners.T, color=GREY, alpha=0.5, label="before")
    for (point, angle), style in zip(LINES, ("--", "-."), strict=True):
        slope = np.tan(np.radians(angle))
        axes.axline(point, slope=slope, color="black", linestyle=style, linewidth=0.8, label=f"mirror at {angle}°")
    for shape in reference:
        axes.plot(*_closed(shape).T, **REFERENCE_STYLE)
    axes.plot([], [], label="reference", **REFERENCE_STYLE)
    if problem is None:
        for shape, colour, label in zip(attempt, (ORANGE, BLUE), ("one mirror", "both mirrors"), strict=True):
            axes.plot(*_closed(shape).T, color=colour, linewidth=1.5, label=f"yours, {label}")
    axes.set(xlim=(-4, 4), ylim=(-4, 4), aspect="equal", xlabel="x", ylabel="y")
    axes.set_title(titled("A letter, mirrored in two lines", problem))
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return finish(
        figure,
        f"A letter F, mirrored in a line at {alpha} degrees and then in one at {beta} degrees. Position of its upper "
        f"right corner after one mirror and after both, reference: {_corner(reference)}. "
        f"{problem or f'Yours: {_corner(attempt)}.'}",
    )


def compressed_photograph(svd_from_eigh: Function, k: int) -> Picture:
    """Draw a photograph, and its reconstruction from the first `k` singular values."""
    photo = norms_and_rank.grey_image("flower")
    reference = norms_and_rank.low_rank("flower", k)
    factors, problem = guarded_call(svd_from_eigh, photo.copy(), like=norms_and_rank.factors("flower"))

    figure, panels = new_figure(1, 3, size=(9.0, 3.0))
    if problem is None:
        U, s, Vt = factors
        yours = U[:, :k] * s[:k] @ Vt[:k]
    shown = (photo, reference, np.ones_like(photo) if problem else yours)
    titles = (f"{photo.shape[0]} x {photo.shape[1]} pixels", f"reference, rank {k}", f"yours, rank {k}")
    for panel, picture, title in zip(panels, shown, titles, strict=True):
        panel.imshow(picture, cmap="gray", vmin=0, vmax=1)
        panel.set(title=title, xticks=[], yticks=[])
        panel.grid(False)
    if problem:
        panels[2].set_title("no answer to draw")
    figure.suptitle(titled(f"A photograph from {k} singular values", problem), fontsize="medium")
    return finish(
        figure,
        f"A flower of {photo.shape[0]} by {photo.shape[1]} pixels, and its reconstruction from {k} of "
        f"{min(photo.shape)} singular values. Root mean square error per pixel, reference: {_rms(reference - photo)}. "
        f"{problem or f'Yours: {_rms(yours - photo)}.'}",
    )


def amplification(error_amplification: Function, worst_case: Function) -> Picture:
    """Draw the growth of the relative error against the direction of e, and the e that `worst_case` returns."""
    A = matrices.givens(25) * [4.0, 4.0 / KAPPA] @ matrices.givens(-40)
    b = matrices.givens(25)[:, 0]
    errors = 0.1 * np.column_stack([np.cos(np.radians(ANGLES)), np.sin(np.radians(ANGLES))])
    reference = np.array([_error_growth(A, b, e) for e in errors])
    attempts = [guarded_call(error_amplification, A, b, e, like=NUMBER) for e in errors]
    pair, no_pair = guarded_call(worst_case, A, like=(b, b))
    problem = next((failed for _, failed in attempts if failed), no_pair)

    figure, axes = new_figure(size=(6.4, 4.2))
    axes.axhline(KAPPA, color=GREY, linestyle=":", label=f"condition number {KAPPA:g}")
    axes.plot(ANGLES, reference, label="reference", **REFERENCE_STYLE)
    if problem is None:
        yours = np.array([float(growth) for growth, _ in attempts])
        place, worst = np.degrees(np.arctan2(*pair[1][::-1])) % 180, _error_growth(A, *pair)
        axes.plot(ANGLES, yours, color=BLUE, linewidth=1.5, label="yours")
        axes.plot(place, worst, "o", color=VERMILION, label="your worst case")
    axes.set(xlim=(0, 180), ylim=(0, 1.7 * KAPPA), xlabel="direction of e (degrees)", ylabel="growth of the error")
    axes.set_title(titled("Growth of the relative error", problem))
    axes.legend(loc="upper left")
    return finish(
        figure,
        "The growth of the relative error of A x = b against the direction of the error e. Its largest value, and that "
        f"of the worst case, reference: {reference.max():.2f} and {KAPPA:.2f}. "
        f"{problem or f'Yours: {yours.max():.2f} and {worst:.2f}.'}",
    )


def _border(circle: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return the vectors of length 1 along `circle`, (n, 2), as columns, (2, n); NaN where there is none."""
    scale = np.divide(1.0, lengths, out=np.full_like(lengths, np.nan), where=lengths > 0)
    return scale * circle.T


def _reach(lengths: np.ndarray) -> str:
    diagonal = int(np.argmin(np.abs(DIRECTIONS - np.pi / 4)))
    border = _border(np.ones((1, 1)), lengths[:, diagonal])
    return ", ".join(f"{reach:.2f}" for reach in border.ravel())


def _closed(shape: np.ndarray) -> np.ndarray:
    return np.vstack([shape, shape[:1]])


def _mirrored(P: np.ndarray, point: tuple[float, float], degrees: float) -> np.ndarray:
    """Return the rows of P, (n, 2), mirrored in the line through `point` at this angle."""
    along = np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    foot = point + ((P - point) @ along)[:, None] * along
    return 2 * foot - P


def _corner(shapes: Sequence[np.ndarray]) -> str:
    """Say where the third corner of the letter is, the upper right one."""
    return ", ".join(f"({x:.2f}, {y:.2f})" for x, y in (shape[2] + 0.0 for shape in shapes))


def _rms(difference: np.ndarray) -> str:
    return f"{np.sqrt(np.mean(difference**2)):.4f}"


def _error_growth(A: np.ndarray, b: np.ndarray, e: np.ndarray) -> float:
    """Return (||A^-1 e|| / ||A^-1 b||) / (||e|| / ||b||); NaN if b or e is zero."""
    x, error = np.linalg.solve(A, np.column_stack([b, e])).T
    lengths = [np.linalg.norm(v) for v in (error, x, e, b)]
    return float(lengths[0] / lengths[1] / lengths[2] * lengths[3]) if min(lengths) > 0 else float("nan")
