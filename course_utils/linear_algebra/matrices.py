"""Matrix products, special matrices and rotations (CS7150-L1, "Linear algebra" and "Special Matrices")."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

import numpy as np
import scipy
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from course_utils.drawing.moving import in_browser, moving
from course_utils.drawing.pictures import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    SKY,
    VERMILION,
    Picture,
    arrow,
    finish,
    new_figure,
)

# The factors of the drawn product: A, (2, 3), times B, (3, 4).
A_OF_PRODUCT = np.array([[1, 0, 2], [-1, 3, 1]])
B_OF_PRODUCT = np.array([[3, 1, 0, 2], [2, 1, -1, 0], [1, 0, 4, -2]])

# The outline of a letter F, (2, 10): rotations and reflections are visible in it.
LETTER = np.array([[0, 0, 1.3, 1.3, 0.4, 0.4, 1, 1, 0.4, 0.4], [0, 2, 2, 1.6, 1.6, 1.2, 1.2, 0.8, 0.8, 0]])

# The signal to which the circulant matrices are applied, (20,); the neighbour of its last entry is the first one.
SIGNAL = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0.5, 1, 0.5, 0, 0, 0, 0, 0, 0.8])

# The first columns of circulant matrices, as {offset below the diagonal: entry}.
KERNELS = MappingProxyType(
    {
        "mean of three neighbours": {-1: 1 / 3, 0: 1 / 3, 1: 1 / 3},
        "difference to the one before": {0: 1.0, 1: -1.0},
        "shift by four": {4: 1.0},
    }
)

# The properties on the slides, each with a test of a square matrix, (n, n).
PROPERTIES: MappingProxyType[str, Callable[[np.ndarray], bool]] = MappingProxyType(
    {
        "diagonal": lambda A: np.allclose(A, np.diag(np.diag(A))),
        "symmetric": lambda A: np.allclose(A, A.T),
        "orthogonal": lambda A: np.allclose(A.T @ A, np.eye(len(A))),
        "Toeplitz": lambda A: np.allclose(A[1:, 1:], A[:-1, :-1]),
        "circulant": lambda A: np.allclose(A, np.roll(A, (1, 1), axis=(0, 1))),
    }
)

# The matrices of the gallery: a function from n to the matrix, (n, n), by name.
MATRICES: MappingProxyType[str, Callable[[int], np.ndarray]] = MappingProxyType(
    {
        "Toeplitz": lambda n: scipy.linalg.toeplitz(np.arange(n), -np.arange(n)),
        "circulant": lambda n: scipy.linalg.circulant(np.arange(n) - n // 2),
        "cyclic shift": lambda n: np.roll(np.eye(n), 1, axis=0),
        "diagonal": lambda n: np.diag(np.arange(1, n + 1) - 3),
        "identity": np.eye,
        "symmetric": lambda n: _irregular(n) + _irregular(n).T,
        "orthogonal (cosines)": lambda n: scipy.fft.dct(np.eye(n), axis=0, norm="ortho"),
        "none of these": lambda n: _irregular(n),
    }
)


def givens(angle: float) -> np.ndarray:
    """Return the matrix, (2, 2), that rotates vectors of the plane counter-clockwise by `angle` degrees."""
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return np.array([[c, -s], [s, c]])


def kernel_column(kernel: str, n: int = len(SIGNAL)) -> np.ndarray:
    """Return the first column, (n,), of the circulant matrix with the entries KERNELS[kernel]."""
    column = np.zeros(n)
    for offset, weight in KERNELS[kernel].items():
        column[offset % n] = weight
    return column


def draw_product(row: int, column: int) -> Picture:
    """Draw A, B and AB as tables, and mark entry (row, column) of AB, counted from 1, with its row and column."""
    i, j = row - 1, column - 1
    terms = list(zip(A_OF_PRODUCT[i], B_OF_PRODUCT[:, j], strict=True))
    figure, axes = new_figure(1, 3, size=(9, 2.9), width_ratios=[3, 4, 4])
    tables = {"A (2 × 3)": A_OF_PRODUCT, "B (3 × 4)": B_OF_PRODUCT, "AB (2 × 4)": A_OF_PRODUCT @ B_OF_PRODUCT}
    for panel, (name, table) in zip(axes, tables.items(), strict=True):
        _heat_map(panel, table, name, numbers=True)
    _frame(axes[0], row, 1, 1, 3, ORANGE)
    _frame(axes[1], 1, column, 3, 1, GREEN)
    _frame(axes[2], row, column, 1, 1, BLACK)
    total = " + ".join(f"({a})({b})" for a, b in terms)
    return finish(
        figure,
        f"Row {row} of A times column {column} of B: entry ({row}, {column}) of AB is "
        f"{total} = {sum(a * b for a, b in terms)}.",
    )


def draw_special(kind: str, size: int) -> Picture:
    """Draw a matrix of the gallery, `size` x `size`, its transpose, A^T A, and its properties.

    kind: a key of MATRICES.
    """
    A = np.asarray(MATRICES[kind](size), dtype=float)
    properties = {name: bool(test(A)) for name, test in PROPERTIES.items()}
    figure, axes = new_figure(1, 4, size=(10, 3.3), width_ratios=[3, 3, 3, 1.5])
    for panel, matrix, name in zip(axes[:3], (A, A.T, A.T @ A), ("A", "Aᵀ", "AᵀA"), strict=True):
        _heat_map(panel, matrix, name)
    _yes_and_no(axes[3], properties)
    yes = [name for name, answer in properties.items() if answer]
    return finish(
        figure,
        f"A {size} x {size} matrix of the gallery, '{kind}', its transpose and A^T A. "
        f"It has {len(yes)} of the five properties: {', '.join(yes) or 'none'}.",
    )


def draw_circulant(kernel: str, row: int) -> Picture:
    """Draw the circulant matrix C of KERNELS[kernel], its row `row`, counted from 1, with the signal x, and C x."""
    C = scipy.linalg.circulant(kernel_column(kernel))
    n, result = len(SIGNAL), C @ SIGNAL
    place = np.arange(1, n + 1)
    figure, (left, middle, right) = new_figure(1, 3, size=(10, 3.3), width_ratios=[3, 4, 4])
    _heat_map(left, C, "C")
    _frame(left, row, 1, 1, n, ORANGE)
    middle.bar(place, C[row - 1], color=ORANGE, label=f"row {row} of C")
    middle.plot(place, SIGNAL, "o-", color=BLUE, ms=4, lw=1, label="x")
    right.plot(place, SIGNAL, "o-", color=GREY, ms=3, lw=1, label="x")
    right.plot(place, result, "o-", color=BLUE, ms=4, lw=1, label="C x")
    right.plot(row, result[row - 1], "o", color=ORANGE, ms=10, mec=BLACK, label=f"entry {row}")
    for panel, title in ((middle, "one row and the signal"), (right, "C x, a circular convolution")):
        panel.set(ylim=(-1.3, 1.9), xlabel="index", ylabel="value", title=title, xticks=[1, 10, 20], yticks=[-1, 0, 1])
        panel.legend(loc="upper center", ncols=3, fontsize=8, columnspacing=1)
    return finish(
        figure,
        f"The circulant matrix '{kernel}', {n} x {n}: row {row} has weights at "
        f"{', '.join(str(k) for k in place[C[row - 1] != 0])}, so entry {row} of C x is {result[row - 1]:z.2f}.",
    )


@in_browser("matrices.js", "orthogonal", lambda: {"letter": LETTER.T})
def draw_orthogonal(angle: float, mirror: bool) -> Picture:
    """Draw a letter and its image under a rotation by `angle` degrees, which may follow a reflection."""
    Q = givens(angle) @ np.diag([1.0, -1.0 if mirror else 1.0])
    figure, axes = new_figure(size=(5.6, 4.8))
    axes.fill(*LETTER, facecolor="none", edgecolor=GREY, lw=1.5)
    colour, edge = (ORANGE, VERMILION) if mirror else (SKY, BLUE)
    axes.fill(*(Q @ LETTER), facecolor=colour, edgecolor=edge, alpha=0.6, gid=moving("letter"))
    arrow(axes, Q[:, 0], BLACK, "column 1: where e₁ goes", gid=moving("angle"))
    arrow(axes, Q[:, 1], GREEN, "column 2: where e₂ goes", gid=moving("column 2"))
    axes.set(xlim=(-2.6, 2.6), ylim=(-2.6, 2.6), aspect="equal", xlabel="coordinate 1", ylabel="coordinate 2")
    what = "reflected, then rotated" if mirror else "rotated"
    axes.set_title(f"{what} by {angle:.0f} degrees: det = {-1 if mirror else 1}")
    axes.legend(loc="lower left", fontsize=8)
    (a, b), (c, d) = Q
    return finish(
        figure,
        f"A letter F {what} by {angle:.0f} degrees by the matrix "
        f"[[{a:z.2f}, {b:z.2f}], [{c:z.2f}, {d:z.2f}]] with determinant {np.linalg.det(Q):.0f}. "
        f"Its height was 2.00 and is {np.linalg.norm(Q @ (LETTER[:, 1] - LETTER[:, 0])):.2f}.",
    )


def _irregular(n: int) -> np.ndarray:
    """Return whole numbers from -3 to 3, (n, n), with none of PROPERTIES."""
    return np.random.default_rng(5).integers(-3, 4, size=(8, 8))[:n, :n]


def _heat_map(axes: Axes, A: np.ndarray, title: str, numbers: bool = False) -> None:
    """Draw a matrix as a heat map, orange below 0 and purple above, rows and columns counted from 1."""
    m, n = A.shape
    reach = np.abs(A).max() * (2.5 if numbers else 1.3)  # numbers need pale colours behind them
    axes.imshow(A, cmap="PuOr", vmin=-reach, vmax=reach, extent=(0.5, n + 0.5, m + 0.5, 0.5))
    axes.grid(visible=False)
    axes.set(title=title, xlabel="column", ylabel="row", xticks=[1, n], yticks=[1, m])
    if numbers:
        for (i, j), entry in np.ndenumerate(A):
            axes.text(j + 1, i + 1, f"{entry:g}", ha="center", va="center")


def _frame(axes: Axes, row: int, column: int, rows: int, columns: int, colour: str) -> None:
    """Frame `rows` x `columns` entries of a heat map, of which (row, column) is the first."""
    axes.add_patch(Rectangle((column - 0.5, row - 0.5), columns, rows, fill=False, edgecolor=colour, lw=3))


def _yes_and_no(axes: Axes, properties: dict[str, bool]) -> None:
    answers = np.array(list(properties.values()))
    rows = np.arange(len(properties))
    axes.plot(answers[answers], rows[answers], "o", color=GREEN, ms=11)
    axes.plot(answers[~answers], rows[~answers], "X", color=VERMILION, ms=9)
    axes.set_xticks([0, 1], ["no", "yes"])
    axes.set_yticks(rows, list(properties))
    axes.set(xlim=(-0.5, 1.5), ylim=(len(properties) - 0.5, -0.5), title="is A …", xlabel="answer", ylabel="property")
