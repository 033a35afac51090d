"""The predictions of the lecture on probability, each before its demonstration."""

from __future__ import annotations

import numpy as np

from course_utils.drawing.predictions import Number, OneOf, Predictions
from course_utils.probability import (
    change_of_variables,
    conditional,
    distributions,
    gaussian_fits,
    gaussians,
    information,
    mutual_information,
)

predict = Predictions("probability")


@predict.question
def mass() -> OneOf:
    options = ["it rises along a straight line", "it is constant", "it is not defined there"]
    return OneOf(
        "The number of successes in ten trials has the distribution function F(x) = P(X ≤ x). What does F do between x"
        " = 2 and x = 3?",
        options,
        answer="it is constant",
        why=(
            "No probability lies between two integers. F jumps at each integer by the probability there, by"
            f" {distributions.binomial(10, 0.3)[3]:.3f} at 3."
        ),
    )


@predict.question
def density() -> Number:
    return Number(
        "A uniform density on an interval of length 0.5: how high is it?",
        answer=1 / 0.5,
        why=(
            "Its area must be 1. A density is a probability per length, so it may exceed 1; the distribution function"
            " may not."
        ),
    )


@predict.question
def transform() -> OneOf:
    y = np.linspace(0.05, 4, 2000)
    peak = y[change_of_variables.transformed_pdf(change_of_variables.EXP, y).argmax()]
    options = ["at 1, where the peak of X is mapped to", "to the left of 1", "to the right of 1"]
    return OneOf(
        "X is standard normal and Y = e^X. Where is the peak of the density of Y?",
        options,
        answer=options[1] if peak < 0.9 else options[0],
        why=(
            "Left of 1 the slope of the map is below 1, so it compresses intervals and raises the density. A peak is"
            " not simply mapped to a peak."
        ),
    )


@predict.question
def determinant() -> OneOf:
    stretch, shear, mirror = np.diag([0.5, 1.0]), np.array([[1.0, 0.5], [0.0, 1.0]]), np.diag([-1.0, 1.0])
    changed = [
        name
        for name, A in {"the stretch": stretch, "the shear": shear, "the reflection": mirror}.items()
        if abs(np.linalg.det(A)) != 1
    ]
    return OneOf(
        "Samples are stretched, sheared or reflected by a matrix. Which of the three changes their density at 0?",
        ["the stretch", "the shear", "the reflection", "all three"],
        answer=changed[0] if len(changed) == 1 else "all three",
        why=(
            "The density is divided by |det A|, the factor by which areas change. A shear keeps areas, and a reflection"
            " changes only the sign of det A."
        ),
    )


@predict.question
def ellipse() -> Number:
    return Number(
        "On a line, 68% of a Gaussian lies within one standard deviation. How much of a Gaussian in the plane lies"
        " inside the ellipse of one standard deviation?",
        answer=100 * float(gaussians.mass_inside(1.0)),
        tolerance=8,
        unit="%",
        why=(
            "A sample has to be near the mean in two directions at once. The number depends neither on the standard"
            " deviations nor on the correlation."
        ),
    )


@predict.question
def mixture() -> OneOf:
    return OneOf(
        "Two components of a mixture overlap, and one gets ten times the weight of the other. To which one do the"
        " ambiguous samples then belong?",
        ["to the one with the larger weight", "to the nearer one, whatever the weights", "to both equally"],
        answer="to the one with the larger weight",
        why=(
            "The responsibility of a component is proportional to its weight times its density at the sample, so"
            " between the two the weight decides."
        ),
    )


@predict.question
def slice() -> Number:
    y = np.linspace(-6, 6, 4001)
    density = conditional.joint_density(1.0, y, 0.8)
    density = density / density.sum()
    return Number(
        "Two standard normal variables have the correlation 0.8, and x = 1 is known. What is the mean of y now?",
        answer=round(float(density @ y), 6),
        tolerance=0.05,
        why=(
            "It is ρ x. The density of y is narrower than before, with standard deviation √(1 − ρ²) ="
            f" {np.sqrt(1 - 0.8**2):.1f}, at any x."
        ),
    )


@predict.question
def bayes() -> OneOf:
    ill = 100 * float(conditional.posterior(0.01, 0.90, 0.91))
    return OneOf(
        "One person in a hundred is ill. A test is positive for 90% of the ill and negative for 91% of the healthy."
        " Your test is positive. How likely is it that you are ill?",
        ["about 90%", "about 50%", "about 10%"],
        answer=min(["about 90%", "about 50%", "about 10%"], key=lambda option: abs(float(option[6:8]) - ill)),
        why=(
            "Nearly all people are healthy, and 9% of them test positive: most positive tests are false alarms. The"
            f" exact number is {ill:.1f}%."
        ),
    )


@predict.question
def covariance() -> OneOf:
    x, y = conditional.scattered(0.0, 1.0)
    value = float(np.mean((x - x.mean()) * (y - y.mean())))
    options = ["covariance 0, so they are independent", "covariance 0, and y depends on x", "a positive covariance"]
    return OneOf(
        "y is a parabola of x that is symmetric about the mean of x. Which is true?",
        options,
        answer=options[1] if abs(value) < 0.005 else options[2],
        why="Positive and negative products of deviations cancel. Covariance measures only linear dependence.",
    )


@predict.question
def surprise() -> OneOf:
    coin, fair = (information.entropy([p, 1 - p]) for p in (0.9, 0.5))
    options = ["larger", "smaller", "the same"]
    return OneOf(
        "A coin lands heads 90% of the time. Is its mean surprise larger or smaller than that of a fair coin?",
        options,
        answer=options[int(coin < fair)],
        why=(
            f"Tails surprises a lot, but rarely: the mean is {coin:.3f} bits, while the fair coin has {fair:g} bit. An"
            " outcome that is nearly certain carries little information."
        ),
    )


@predict.question
def cross() -> OneOf:
    return OneOf(
        "You change only q. Which of these numbers does not change?",
        ["the entropy H(p)", "the cross entropy H(p, q)", "the divergence KL(p‖q)"],
        answer="the entropy H(p)",
        why=(
            "H(p, q) = H(p) + KL(p‖q), and H(p) does not contain q. So minimizing the cross entropy over q minimizes"
            " the divergence."
        ),
    )


@predict.question
def label() -> Number:
    return Number(
        "The true class is 2, and the model gives it the probability 5/8. What is the cross-entropy loss in nats?",
        answer=information.cross_entropy([0, 1, 0, 0], [1 / 8, 5 / 8, 1 / 8, 1 / 8], base=np.e),
        tolerance=0.02,
        why=(
            "It is −ln(5/8): how the model spreads the rest does not matter, since the label gives these classes"
            " the probability 0."
        ),
    )


@predict.question
def fits() -> OneOf:
    options = ["the minimum of KL(p‖q)", "the minimum of KL(q‖p)", "both"]
    wide = [
        name for name in (gaussian_fits.FORWARD, gaussian_fits.REVERSE) if gaussian_fits.best_fit(name, 6.0, 0.4)[1] > 2
    ]
    return OneOf(
        "p has two peaks far apart, and q is one Gaussian. Which fit of q covers both peaks?",
        options,
        answer=f"the minimum of {wide[0]}" if len(wide) == 1 else "both",
        why=(
            "KL(p‖q) becomes large wherever p has mass and q is nearly 0, so q must cover all of p. KL(q‖p) does not"
            " mind where q is nearly 0, so q settles on one peak."
        ),
    )


@predict.question
def perplexity() -> Number:
    uniform = np.full(27, 1 / 27)
    return Number(
        "What is the perplexity of a model that gives all 27 symbols of an alphabet the same probability?",
        answer=round(2 ** information.entropy(uniform), 9),
        why=(
            "Perplexity is two to the power of the cross entropy in bits: the number of equally likely symbols among"
            " which the model hesitates."
        ),
    )


@predict.question
def circles() -> OneOf:
    tables = {"(1, 1, 1, 1)": [[1, 1], [1, 1]], "(8, 4, 4, 2)": [[8, 4], [4, 2]], "(4, 0, 0, 4)": [[4, 0], [0, 4]]}
    shared = {
        name: mutual_information.mutual_information(np.array(table) / np.sum(table)) for name, table in tables.items()
    }
    return OneOf(
        "Weights of a joint table of two binary variables, row by row. Which table is not one of independent"
        " variables?",
        list(tables),
        answer=max(shared, key=lambda name: shared[name]),
        why=(
            "Variables are independent if the table is the product of its marginals, that is, if its rows are"
            " proportional. Then the mutual information is 0."
        ),
    )


@predict.question
def divergence() -> OneOf:
    xs, ys = mutual_information.THREE, np.array([0.0, 1.0])
    joint = np.array([[0, 1], [1, 0], [0, 1]]) / 3
    shared, of_y = mutual_information.mutual_information(joint), information.entropy(joint.sum(axis=0))
    options = ["0, as the covariance", "H(Y)", "H(X)"]
    is_uncorrelated = abs(mutual_information.covariance(joint, xs, ys)) < 1e-12
    return OneOf(
        "x is −1, 0 or 1 with equal probabilities, and y = x². What is the mutual information of x and y?",
        options,
        answer="H(Y)" if is_uncorrelated and np.isclose(shared, of_y) else "0, as the covariance",
        why=(
            "x determines y, so knowing x removes all of the uncertainty about y. The covariance is 0 all the same: y"
            " does not depend on x linearly."
        ),
    )


@predict.question
def gauss_information() -> OneOf:
    half, full = (float(mutual_information.gaussian_information(rho)) for rho in (0.5, 0.8))
    options = ["more than half", "about half", "less than half"]
    return OneOf(
        "Two jointly Gaussian variables: how much of the mutual information at correlation 0.8 is there at correlation"
        " 0.5?",
        options,
        answer=options[2] if half < 0.4 * full else options[1],
        why=(
            f"It is {half:.3f} bits instead of {full:.3f}. A correlation gives little information unless it is large;"
            " for ρ → 1 the information grows without bound."
        ),
    )
