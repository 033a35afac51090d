"""The predictions of the lecture on PCA and least squares, each before its demonstration."""

from __future__ import annotations

import numpy as np

from course_utils.drawing.predictions import Number, OneOf, Predictions
from course_utils.pca_least_squares import least_squares, pca, subspaces

predict = Predictions("pca_least_squares")


@predict.question
def span() -> OneOf:
    return OneOf(
        "x₁ and x₂ are two arrows in ℝ³ that are not parallel, and the weights may be any numbers. Which part of the"
        " space can c₁ x₁ + c₂ x₂ reach?",
        ["two lines", "a plane", "the whole space"],
        answer=subspaces.SPANS[subspaces.rank(subspaces.PLANE)],
        why=(
            "Two directions that are not parallel span a plane through the origin. A point outside of it needs a third"
            " direction."
        ),
    )


@predict.question
def independence() -> OneOf:
    lifted = np.column_stack([subspaces.on_globe(0, 0), subspaces.on_globe(60, 0), subspaces.on_globe(120, 0.5)])
    options = ["by any amount", "by at least 45 degrees", "it cannot change"]
    return OneOf(
        "Three arrows lie on the floor, so their rank is 2. How far must one of them be lifted before the rank is 3?",
        options,
        answer=options[0] if subspaces.rank(lifted) == 3 else options[1],
        why=(
            "Vectors are either independent or not. The third singular value says how close they are to being"
            " dependent."
        ),
    )


@predict.question
def too_many() -> Number:
    draws = np.random.default_rng(0).normal(size=(3, 5))
    return Number(
        "Five vectors of ℝ³ are drawn at random, one after the other. How many of them add a new direction?",
        answer=sum(subspaces.new_directions(draws)),
        why=(
            "Three independent vectors already span the whole space, so every further one lies in their span, whatever"
            " the draw."
        ),
    )


@predict.question
def svd_basis() -> Number:
    X = subspaces.PLANE @ np.random.default_rng(1).normal(size=(2, 5))
    return Number(
        "Five arrows lie in a plane of ℝ³. How many of the three singular values of the 3 × 5 matrix are zero?",
        answer=int(np.sum(np.linalg.svd(X, compute_uv=False) < 1e-10)),
        why="The rank is the dimension of the plane, and it is the number of singular values that are not zero.",
    )


@predict.question
def projection() -> Number:
    error = subspaces.POINT - subspaces.PLANE @ subspaces.nearest(subspaces.POINT, subspaces.PLANE)
    angle = np.degrees(
        np.arccos(error @ subspaces.PLANE[:, 0] / np.linalg.norm(error) / np.linalg.norm(subspaces.PLANE[:, 0]))
    )
    return Number(
        "y is the point of a plane that is nearest to x. At which angle, in degrees, does the line from y to x meet the"
        " arrow x₁ in the plane?",
        answer=round(float(angle), 6),
        tolerance=1,
        unit="degrees",
        why=(
            "If the angle were smaller, a step along x₁ would bring y nearer to x. This is the condition from which the"
            " normal equations follow."
        ),
    )


@predict.question
def direction() -> Number:
    X = pca.centred(pca.flat_cloud())
    variances = [pca.variance_along(X, np.array([np.cos(t), np.sin(t)])) for t in np.radians(pca.ANGLES)]
    difference = abs(float(pca.ANGLES[np.argmax(variances)] - pca.ANGLES[np.argmin(variances)]))
    return Number(
        "The spread of the shadows is largest along one direction. How many degrees from there is it smallest?",
        answer=difference,
        tolerance=1,
        unit="degrees",
        why=(
            "The covariance matrix is symmetric, so its eigenvectors, the directions of largest and smallest variance,"
            " are at a right angle."
        ),
    )


@predict.question
def greedy() -> OneOf:
    return OneOf(
        "The cloud is a flattened cigar in ℝ³. A round finds the direction of largest variance and removes it. What is"
        " left after two rounds?",
        ["a flat cloud", "a line", "a point"],
        answer="a line",
        why=(
            "Each round removes one dimension. After three nothing is left, and an SVD finds the same directions at"
            " once."
        ),
    )


@predict.question
def map() -> OneOf:
    return OneOf(
        "PCA keeps two numbers of 64, without any labels. Which two digits overlap most?",
        ["0 and 6", "5 and 8", "4 and 6"],
        answer="5 and 8",
        why=(
            "PCA looks for variance, not for what separates classes. A later component with less variance may separate"
            " two digits."
        ),
    )


@predict.question
def rebuild() -> Number:
    X = pca.centred(pca.digits()[0])
    shares = np.cumsum(np.linalg.svd(X, compute_uv=False) ** 2)
    return Number(
        "How many of the 64 principal components are needed to keep more than 95% of the variance of the digits?",
        answer=int(np.argmax(shares > 0.95 * shares[-1])) + 1,
        tolerance=6,
        why=(
            "Neighbouring pixels vary together, so fewer than half suffice. Even the exact image needs only 61, since"
            " three pixels are white in every image."
        ),
    )


@predict.question
def fit() -> OneOf:
    points = least_squares.scattered_points(*least_squares.MOVABLE)
    vertical, perpendicular = (
        line(*points)[0] for line in (least_squares.vertical_line, least_squares.perpendicular_line)
    )
    options = [
        "the one with the least vertical distances",
        "the one with the least perpendicular distances",
        "both have the same slope",
    ]
    return OneOf(
        "Two lines are fitted to the same rising cloud. One minimizes the squared vertical distances, the other the"
        " squared perpendicular ones. Which is steeper?",
        options,
        answer=options[int(perpendicular > vertical)],
        why=(
            "The perpendicular line follows the long axis of the cloud. The vertical one follows the mean of y at each"
            " t, which rises less steeply."
        ),
    )


@predict.question
def wide() -> OneOf:
    A, b = least_squares.two_unknowns(least_squares.ONE_ROW)
    ridge, lasso = (least_squares.solve(A, b, 1e-3, kind) for kind in (least_squares.RIDGE, least_squares.LASSO))
    has_zero = [name for name, x in {"ridge": ridge, "lasso": lasso}.items() if np.min(abs(x)) < 1e-6]
    return OneOf(
        "x₁ + 2 x₂ = 2 has many solutions. With a tiny λ, which regularizer chooses one in which an unknown is"
        " exactly 0?",
        ["ridge", "lasso", "both", "neither"],
        answer=has_zero[0] if len(has_zero) == 1 else "neither",
        why=(
            "The diamond of the L¹ norm touches the line with a corner. Ridge chooses the point nearest to the origin,"
            " which is A†b."
        ),
    )


@predict.question
def lasso() -> OneOf:
    A, b = least_squares.two_unknowns(least_squares.MANY_ROWS)
    x = least_squares.solve(A, b, 20.0, least_squares.LASSO)
    return OneOf(
        "The ball of the L¹ norm touches an ellipse of the error with a corner. What does that mean for the solution?",
        ["both unknowns are equal", "one unknown is exactly 0", "the error is 0"],
        answer="one unknown is exactly 0" if np.min(abs(x)) < 1e-9 else "both unknowns are equal",
        why=(
            "The corners lie on the axes. They stick out, so ellipses from many directions touch them first. A disc has"
            " no corners, so ridge shrinks without reaching 0."
        ),
    )


@predict.question
def paths() -> OneOf:
    A, _, names = least_squares.diabetes()
    inflation = least_squares.variance_inflation(A)[names.index("s1")]
    pair = least_squares.variance_inflation(A[:, [names.index("s1"), names.index("s2")]])[0]
    return OneOf(
        "At the left end the blood values `s1` and `s2` have the coefficients −792 and 477; their correlation is 0.90."
        " Does that correlation explain such large numbers of opposite sign?",
        ["yes", "no: more than two columns are nearly dependent"],
        answer="no: more than two columns are nearly dependent" if inflation > 5 * pair else "yes",
        why=(
            f"The variance of the coefficient of `s1` is {inflation:.0f} times as large as with independent columns;"
            f" with `s1` and `s2` alone it would be {pair:.0f} times. Five columns, `s1` to `s5`, are nearly dependent."
        ),
    )
