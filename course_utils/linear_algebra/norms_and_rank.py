"""Matrix norms, trace, and rank (CS7150-L1, "Operators")."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

import numpy as np
from matplotlib.axes import Axes
from sklearn.datasets import load_sample_image

from course_utils.drawing.pictures import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    SKY,
    VERMILION,
    Picture,
    finish,
    new_figure,
    powers_of_ten,
)
from course_utils.linear_algebra.vectors import lp

# The five matrix norms of the slides, in the order in which `matrix_norms` returns them.
NORMS = ("1: column sum", "∞: row sum", "Frobenius", "2: spectral", "nuclear")

# Standard deviation of the noise in the entries of a matrix, by how accurately they are known.
ROUNDING, MEASURED = "rounding alone", "measured to 6 digits"
NOISE = MappingProxyType({ROUNDING: 0.0, MEASURED: 1e-6})

TRUE_RANK, SIZE = 3, 8
SMALLEST = 1e-18  # singular values that are exactly 0 are drawn here on a logarithmic axis

# The two photographs that come with scikit-learn.
IMAGES = MappingProxyType({"temple": "china.jpg", "flower": "flower.jpg"})


def matrix_norms(A: np.ndarray) -> np.ndarray:
    """Return the five norms in NORMS, (5,), of A, (m, n)."""
    size, s = np.abs(A), np.linalg.svd(A, compute_uv=False)
    return np.array([size.sum(axis=0).max(), size.sum(axis=1).max(), np.sqrt(np.sum(A**2)), s[0], s.sum()])


def entry_norms(A: np.ndarray) -> np.ndarray:
    """Return the L^1, L^inf and L^2 norm, (3,), of A, (m, n), flattened to a vector, as `torch.norm(A, p)` does."""
    return np.array([lp(A.ravel(), p) for p in (1, np.inf, 2)])


@cache
def trace_ratios(size: int, pairs: int = 1000) -> np.ndarray:
    """Return tr(AB) / (||A||_F ||B||_F) of random matrices A, B, (size, size): (pairs,)."""
    A, B = np.random.default_rng(size).normal(size=(2, pairs, size, size))
    traces = np.einsum("kij,kji->k", A, B)
    return traces / np.linalg.norm(A, axis=(1, 2)) / np.linalg.norm(B, axis=(1, 2))


@cache
def grey_image(image: str) -> np.ndarray:
    """Return every third pixel of a photograph in grey levels from 0 to 1, (142, 213); `image` is a key of IMAGES."""
    return load_sample_image(IMAGES[image])[::3, ::3].mean(axis=2)[:142, :213] / 255


@cache
def factors(image: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the thin SVD of `grey_image(image)`: U, (142, 142), s, (142,), and Vt, (142, 213)."""
    return np.linalg.svd(grey_image(image), full_matrices=False)


def low_rank(image: str, k: int) -> np.ndarray:
    """Return the matrix of rank `k` nearest to `grey_image(image)`, (142, 213) (Eckart and Young, 1936)."""
    U, s, Vt = factors(image)
    return U[:, :k] * s[:k] @ Vt[:k]


@cache
def nearly_of_low_rank(noise: str) -> np.ndarray:
    """Return the singular values, (8,), of an 8 x 8 matrix of rank 3 plus noise; `noise` is a key of NOISE."""
    rng = np.random.default_rng(0)
    A = rng.normal(size=(SIZE, TRUE_RANK)) @ rng.normal(size=(TRUE_RANK, SIZE))
    return np.linalg.svd(A + NOISE[noise] * rng.normal(size=A.shape), compute_uv=False)


def draw_norms(a11: float, a12: float, a21: float, a22: float) -> Picture:
    """Draw a 2 x 2 matrix with its row and column sums, and its norms alongside those of `torch.norm`."""
    A = np.array([[a11, a12], [a21, a22]])
    norms, entries = matrix_norms(A), entry_norms(A)
    figure, (left, right) = new_figure(1, 2, size=(9, 3.8), width_ratios=[2, 3])
    _sums(left, A)
    rows = np.arange(len(NORMS))
    right.barh(rows - 0.2, norms, height=0.38, color=BLUE, label="matrix norm")
    right.barh([0.2, 1.2, 3.2], entries, height=0.38, color=ORANGE, label="torch.norm(A, p) for p = 1, ∞, 2")
    right.set_yticks(rows, NORMS)
    right.set(xlim=(0, 17), ylim=(6.2, -0.6), xlabel="value", ylabel="norm", xticks=[0, 4, 8, 12, 16])
    right.set_title("norms of A")
    right.legend(loc="lower right")
    return finish(
        figure,
        f"A = [[{a11:z.1f}, {a12:z.1f}], [{a21:z.1f}, {a22:z.1f}]]: 1-norm {norms[0]:.2f}, infinity-norm "
        f"{norms[1]:.2f}, Frobenius {norms[2]:.2f}, spectral {norms[3]:.2f}, nuclear {norms[4]:.2f}. "
        f"torch.norm with p = 1, infinity, 2 gives {entries[0]:.2f}, {entries[1]:.2f}, {entries[2]:.2f}.",
    )


def draw_trace(blend: float, size: int) -> Picture:
    """Draw tr(AB) over its bound for 1000 random pairs, and for one pair whose B tends to A^T as `blend` tends to 1."""
    A, R = np.random.default_rng(100 + size).normal(size=(2, size, size))
    B = (1 - blend) * R + blend * A.T
    ratio = np.trace(A @ B) / np.linalg.norm(A) / np.linalg.norm(B)
    ratios = trace_ratios(size)
    figure, axes = new_figure(size=(6.6, 3.8))
    axes.hist(
        ratios, bins=np.linspace(-1, 1, 41).tolist(), color=SKY, edgecolor=BLUE, lw=0.5, label="1000 random pairs"
    )
    axes.axvline(1, color=VERMILION, label="the bound")
    axes.axvline(ratio, color=BLUE, ls="--")
    axes.plot(ratio, 0, "o", color=BLUE, ms=10, clip_on=False, label=f"B = {1 - blend:.2f} R + {blend:.2f} Aᵀ")
    axes.set(xlabel="tr(AB) / (‖A‖ ‖B‖), Frobenius norms", ylabel="pairs", xticks=[-1, -0.5, 0, 0.5, 1])
    axes.set(xlim=(-1.08, 1.08), title=f"n = {size}: this pair reaches {ratio:z.3f} of the bound")
    axes.legend(loc="upper left", fontsize=8)
    return finish(
        figure,
        f"tr(AB) divided by ||A||_F ||B||_F for 1000 random pairs of {size} x {size} matrices is between "
        f"{ratios.min():z.2f} and {ratios.max():z.2f}. For B = {1 - blend:.2f} R + {blend:.2f} A^T it is {ratio:z.3f}.",
    )


def draw_low_rank(image: str, k: int) -> Picture:
    """Draw a photograph, the matrix of rank `k` nearest to it, and its singular values; `image` is a key of IMAGES."""
    A, (_, s, _) = grey_image(image), factors(image)
    near, (m, n) = low_rank(image, k), A.shape
    lost = np.sqrt(np.sum(s[k:] ** 2) / np.sum(s**2))
    figure, (left, middle, right) = new_figure(1, 3, size=(10, 3.1), width_ratios=[4, 4, 3])
    for panel, pixels, title in ((left, A, f"A, {m} × {n}"), (middle, near, f"rank {k}")):
        frame = (0.5, n + 0.5, m + 0.5, 0.5)
        panel.imshow(pixels, cmap="gray", vmin=0, vmax=1, interpolation="nearest", extent=frame)
        panel.grid(visible=False)
        panel.set(title=title, xlabel="column", ylabel="row", xticks=[1, n], yticks=[1, m])
    index = np.arange(1, len(s) + 1)
    right.semilogy(index, s, color=GREY)
    right.semilogy(index[:k], s[:k], color=BLUE, lw=4)
    right.set(xlabel="index i", ylabel="σᵢ", xticks=[1, 70, m], title="σᵢ (kept: blue)")
    powers_of_ten(right.yaxis, (-2, -1, 0, 1, 2))
    return finish(
        figure,
        f"The photograph '{image}' as a {m} x {n} matrix, and the nearest matrix of rank {k}: relative error "
        f"{lost:.3f} in the Frobenius norm, from {k * (m + n + 1)} instead of {m * n} numbers.",
    )


def draw_rank(tolerance: float, noise: str) -> Picture:
    """Draw the singular values of a noisy 8 x 8 matrix of rank 3, and which of them exceed tolerance * sigma_1.

    noise: a key of NOISE.
    """
    s = np.maximum(nearly_of_low_rank(noise), SMALLEST)
    index, cut = np.arange(1, SIZE + 1), tolerance * s[0]
    above = s > cut
    figure, axes = new_figure(size=(6.6, 3.8))
    axes.semilogy(index[above], s[above], "o", color=BLUE, ms=9, label="counted")
    axes.semilogy(index[~above], s[~above], "X", color=VERMILION, ms=9, label="treated as zero")
    axes.axhline(cut, color=BLACK, ls="--", label="tolerance · σ₁")
    axes.set(xlim=(0.5, 8.5), ylim=(1e-19, 1e4), xlabel="index i", ylabel="σᵢ", xticks=index)
    axes.set_title(f"rank {above.sum()} (true rank {TRUE_RANK})")
    powers_of_ten(axes.yaxis, (-16, -12, -8, -4, 0))
    axes.legend(loc="upper right", ncols=3, fontsize=8)
    return finish(
        figure,
        f"Singular values of an 8 x 8 product of 8 x 3 and 3 x 8, {noise}. With a tolerance of {tolerance:.0e} times "
        f"the largest, {above.sum()} of 8 are counted: rank {above.sum()}; the true rank is {TRUE_RANK}.",
    )


def _sums(axes: Axes, A: np.ndarray) -> None:
    """Draw A, (2, 2), as a table, with the sums of absolute values at the ends of its rows and columns."""
    table = np.pad(A, ((0, 1), (0, 1)))
    table[2, :2], table[:2, 2] = np.abs(A).sum(axis=0), np.abs(A).sum(axis=1)
    axes.imshow(np.pad(A, ((0, 1), (0, 1))), cmap="PuOr", vmin=-10, vmax=10, extent=(0.5, 3.5, 3.5, 0.5))
    for (i, j), entry in np.ndenumerate(table):
        if (i, j) != (2, 2):
            colour = BLACK if i < 2 and j < 2 else GREEN
            axes.text(j + 1, i + 1, f"{entry:z.1f}", ha="center", va="center", color=colour, weight="bold")
    axes.grid(visible=False)
    axes.set_xticks([1, 2, 3], ["1", "2", "sum"])
    axes.set_yticks([1, 2, 3], ["1", "2", "sum"])
    axes.set(title="A, and sums of |entries|", xlabel="column", ylabel="row")
