"""The predictions of the lecture on linear algebra, each before its demonstration."""

from __future__ import annotations

import numpy as np

from course_utils.drawing.predictions import Number, OneOf, Predictions
from course_utils.linear_algebra import conditioning, decompositions, matrices, norms_and_rank, vectors

predict = Predictions("linear_algebra")


@predict.question
def inner() -> Number:
    return Number(
        "x points to 20 degrees and has length 2, y points to 20 degrees, too, and has length 3. What is their inner"
        " product?",
        answer=2 * 3 * np.cos(0.0),
        why="It is ‖x‖ ‖y‖ cos 0. The inner product is 0 at a right angle, on either side of x.",
    )


@predict.question
def ball() -> OneOf:
    return OneOf(
        "For which p is the unit ball of the p-norm in the plane a diamond?",
        ["p = 1", "p = 2", "p = ∞"],
        answer="p = 1",
        why=(
            "|x₁| + |x₂| = 1 is a straight line in each quadrant. Its corners on the axes are why an L¹ penalty makes"
            " weights exactly zero."
        ),
    )


@predict.question
def triangle() -> Number:
    return Number(
        "For p = 0.5, which “length” (|x₁|^p + |x₂|^p)^(1/p) does the sum of e₁ and e₂ have? Each of the two has"
        " length 1.",
        answer=vectors.lp([1, 1], 0.5),
        tolerance=0.1,
        why=(
            "It is longer than the detour along e₁ and e₂, of length 2: the triangle inequality fails, so for p below 1"
            " this is no norm."
        ),
    )


@predict.question
def product() -> Number:
    (m, n), (_, p) = matrices.A_OF_PRODUCT.shape, matrices.B_OF_PRODUCT.shape
    return Number(
        f"A is {m} × {n} and B is {n} × {p}. How many multiplications does AB take?",
        answer=m * n * p,
        why=f"AB is {m} × {p}, and each of its {m * p} entries is an inner product of {n} pairs.",
    )


@predict.question
def gallery() -> OneOf:
    return OneOf(
        "Which of the terms symmetric, orthogonal, Toeplitz and circulant apply to the cyclic shift, which moves every"
        " entry of x down by one?",
        ["orthogonal", "Toeplitz and circulant", "orthogonal, Toeplitz and circulant", "all four"],
        answer="orthogonal, Toeplitz and circulant",
        why=(
            "It permutes entries, so it preserves lengths, and its ones lie on a diagonal that comes back on the other"
            " side. Its transpose shifts up, so it is not symmetric."
        ),
    )


@predict.question
def convolution() -> OneOf:
    return OneOf(
        "The circulant matrix “mean of three neighbours” has 20 columns. Where are the three weights of its first row?",
        ["at positions 1, 2 and 3", "at positions 1 and 2 only", "at positions 1, 2 and 20"],
        answer="at positions 1, 2 and 20",
        why=(
            "In a circulant matrix the left neighbour of the first position is the last one: the signal is continued"
            " periodically."
        ),
    )


@predict.question
def rotation() -> OneOf:
    sign = np.sign(np.linalg.det(matrices.givens(180.0)))
    return OneOf(
        "Does any rotation turn the letter F into its mirror image?",
        ["yes, by 90 degrees", "yes, by 180 degrees", "no"],
        answer="no" if sign > 0 else "yes, by 180 degrees",
        why=(
            "Every rotation has the determinant 1, a reflection −1. Both preserve lengths; only the reflection reverses"
            " the sense of rotation."
        ),
    )


@predict.question
def svd() -> OneOf:
    return OneOf(
        "A = U Σ Vᵀ maps the unit circle to an ellipse. What are its semi-axes?",
        ["the singular values of A", "the eigenvalues of A", "the entries on the diagonal of A"],
        answer="the singular values of A",
        why=(
            "Vᵀ turns the circle into itself, Σ stretches it along the axes, and U turns the ellipse. Eigenvalues can"
            " even be complex."
        ),
    )


@predict.question
def eigen() -> Number:
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    return Number(
        "An eigenvector keeps its line. How many lines in the plane does a rotation by 90 degrees keep?",
        answer=len(decompositions.eigen_angles(turn)),
        why=(
            "It turns every line by 90 degrees: its eigenvalues are not real. A symmetric matrix keeps two lines, at a"
            " right angle."
        ),
    )


@predict.question
def symmetric() -> OneOf:
    values = {"along U₁, as 3 > −5": 3.0, "along U₂, as |−5| > 3": -5.0}
    return OneOf(
        "A symmetric matrix has the eigenvalues 3 (along U₁) and −5 (along U₂). In which direction does it stretch"
        " most?",
        list(values),
        answer=max(values, key=lambda name: abs(values[name])),
        why=(
            "The length of Ax counts, so the absolute value decides. In descending order the most stretching direction"
            " may come last."
        ),
    )


@predict.question
def form() -> OneOf:
    return OneOf(
        "A symmetric matrix has the eigenvalues 2 and 0. Which surface is its quadratic form qᵀAq?",
        ["a bowl", "a saddle", "a valley whose floor is a line"],
        answer="a valley whose floor is a line",
        why=(
            "Along the eigenvector with eigenvalue 0 the form does not change. Two positive eigenvalues give a bowl,"
            " two signs a saddle."
        ),
    )


@predict.question
def norms() -> OneOf:
    A = np.array([[1.0, 2.0], [3.0, 4.0]])
    values: dict[str, float] = dict(zip(norms_and_rank.NORMS, norms_and_rank.matrix_norms(A), strict=True))
    names = {"the spectral norm": "2: spectral", "the Frobenius norm": "Frobenius", "the nuclear norm": "nuclear"}
    return OneOf(
        "Which of these norms of a matrix is largest?",
        list(names),
        answer=max(names, key=lambda name: values[names[name]]),
        why=(
            "They are the L^∞, the L² and the L¹ norm of the singular values, which come in this order for any vector."
            " They are equal if only one singular value is not zero."
        ),
    )


@predict.question
def bound() -> OneOf:
    small, large = (float(np.median(np.abs(norms_and_rank.trace_ratios(n)))) for n in (2, 20))
    options = ["for small matrices", "for large matrices", "the size makes no difference"]
    return OneOf(
        "The bound |tr(AB)| ≤ ‖A‖_F ‖B‖_F is reached for B = Aᵀ. For which random pairs is tr(AB) nearer to the bound?",
        options,
        answer=options[int(large > small)],
        why=(
            "tr(AB) is the inner product of the entries of Aᵀ and B, and random vectors of high dimension are almost"
            " orthogonal."
        ),
    )


@predict.question
def low_rank() -> Number:
    rows, columns = norms_and_rank.grey_image("temple").shape
    return Number(
        f"A photograph has {rows} × {columns} pixels. A term of the SVD takes {rows} + {columns} + 1 numbers. From"
        " which rank on does the sum take more numbers than the photograph?",
        answer=rows * columns // (rows + columns + 1) + 1,
        tolerance=5,
        why=(
            "The pixels, divided by the numbers per term. Far fewer terms show what is in the picture, and that is the"
            " gain."
        ),
    )


@predict.question
def rank() -> OneOf:
    values = norms_and_rank.nearly_of_low_rank(norms_and_rank.MEASURED)
    found = int(np.sum(values > len(values) * np.finfo(float).eps * values.max()))
    return OneOf(
        "An 8 × 8 matrix of rank 3 is known to six digits only. Which rank does a library find with its default"
        " tolerance, near 10⁻¹⁵?",
        ["3", "6", "8"],
        answer=str(found),
        why=(
            "The errors of the entries make all singular values larger than this tolerance, which fits rounding errors."
            " Choose it according to the precision of the data."
        ),
    )


@predict.question
def condition() -> OneOf:
    kappa = 10.0
    A = conditioning.conditioned(kappa)
    _, _, Vt = np.linalg.svd(A)
    inverse_direction = np.linalg.svd(np.linalg.inv(A))[0][:, 0]
    is_second = abs(inverse_direction @ Vt[1]) > abs(inverse_direction @ Vt[0])
    options = ["along V₁, where A stretches most", "along V₂, where A stretches least", "it stays a disc"]
    return OneOf(
        "b is known up to an error inside a disc. The solutions of Ax = b then fill an ellipse. Along which direction"
        " is it longest?",
        options,
        answer=options[int(is_second)],
        why=(
            "Where A has shrunk most, the inverse must stretch most. Whether an error is multiplied by κ depends on its"
            " direction and on that of b."
        ),
    )


@predict.question
def descent() -> Number:
    distances = np.linalg.norm(conditioning.quadratic_descent(1.0, 5), axis=0)
    return Number(
        "How many steps of gradient descent, with the best learning rate, does a round bowl (κ = 1) take?",
        answer=int(np.argmax(distances < 1e-12)),
        why=(
            "The gradient of a round bowl points to the minimum. For a large κ it does not, and the path jumps from"
            " wall to wall of a valley."
        ),
    )
