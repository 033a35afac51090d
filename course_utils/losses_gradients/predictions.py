"""The predictions of the lecture on losses and gradients, each before its demonstration."""

from __future__ import annotations

import numpy as np
import torch

from course_utils.drawing.predictions import Number, OneOf, Predictions
from course_utils.losses_gradients import (
    confidence,
    finite_differences,
    gradient_descent,
    logistic_regression,
    losses,
    models,
    number_formats,
    ways_to_a_gradient,
)

predict = Predictions("losses_gradients")


@predict.question
def line() -> OneOf:
    x, y = models.near_a_line(*models.OUTLIER)
    square, absolute = (fit(x, y)[0] for fit in (models.least_squares_line, models.least_absolute_line))
    return OneOf(
        "Twelve points lie near a line with slope 0.8, and one (orange) lies far from it. Which fitted line does that"
        " one point change more?",
        ["the one with the smallest L₁", "the one with the smallest L₂", "both to the same extent"],
        answer=(
            "the one with the smallest L₂"
            if abs(square - 0.8) > abs(absolute - 0.8)
            else "the one with the smallest L₁"
        ),
        why=(
            f"Squaring emphasizes large residuals, so the L₂ line moves towards the outlier: its slope is {square:.2f},"
            f" that of the L₁ line {absolute:.2f}."
        ),
    )


@predict.question
def logistic() -> OneOf:
    return OneOf(
        "The model predicts the probability that a tumour is malignant. Missing a malignant one is worse than a false"
        " alarm. Where should the threshold be?",
        ["above 0.5", "at 0.5", "below 0.5"],
        answer="below 0.5",
        why=(
            "A low threshold calls more tumours malignant. At 0.1 the model misses 9 malignant tumours instead of 45,"
            " at the cost of 148 false alarms instead of 25."
        ),
    )


@predict.question
def saturation() -> Number:
    z = torch.tensor(20.0, requires_grad=True)
    a = torch.sigmoid(z)
    torch.nn.functional.binary_cross_entropy(a, torch.zeros_like(a)).backward()
    assert z.grad is not None
    return Number(
        "A sample with y = 0 gets the score z = 20, which is badly wrong. What is the gradient of its loss with respect"
        " to z, if the loss is computed from the probability a = σ(z) in float32?",
        answer=z.grad.item(),
        tolerance=0.001,
        why=(
            "In float32 σ(20) is rounded to 1, and its slope a (1 − a) to 0. The model learns nothing from the sample"
            " with the largest error; computed from z itself, the gradient is 1."
        ),
    )


@predict.question
def separable() -> OneOf:
    weights = logistic_regression.weight_after(logistic_regression.SEPARABLE)
    options = [
        "it converges to a best weight",
        "it grows by about the same amount with each tenfold of the steps",
        "it grows in proportion to the steps",
    ]
    growth = np.diff(weights[[9, 99, 999, 9_999, 99_999]])
    return OneOf(
        "The labels of four points are separated by a gap, and logistic regression classifies all of them correctly"
        " after one step. How does the weight change with more training?",
        options,
        answer=options[1] if growth.max() < 1.5 * growth.min() else options[0],
        why=(
            "A steeper curve is always a little better, so there is no best weight, but the gradient becomes smaller"
            " and smaller. If two points are on the wrong side, the weight converges."
        ),
    )


@predict.question
def neuron() -> OneOf:
    return OneOf(
        "The second input is x₂ = −0.5. Which sign must w₂ have to increase z = w₁ x₁ + w₂ x₂ + b?",
        ["positive", "negative", "either; the activation decides"],
        answer="negative" if models.INPUTS[1] < 0 else "positive",
        why="The product w₂ x₂ must be positive, so w₂ has the sign of its input.",
    )


@predict.question
def activation() -> Number:
    z = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
    torch.sigmoid(z).backward()
    assert z.grad is not None
    slope = z.grad.item()
    return Number(
        "What is the largest slope of the sigmoid?",
        answer=slope,
        tolerance=0.01,
        why=(
            f"σ′ = σ (1 − σ) is largest at z = 0, where σ is one half. A product of ten such slopes is {slope**10:.0e},"
            " which is why deep networks with sigmoids train slowly."
        ),
    )


@predict.question
def network() -> OneOf:
    deep, wide = models.network_error(2, 4), models.network_error(1, 11)
    options = ["the one with two hidden layers", "neither: the wide one is at least as good"]
    return OneOf(
        "On this curve of one variable, two hidden layers of 4 units (33 parameters) compete with one of 11 units (34"
        " parameters). Which network is clearly better?",
        options,
        answer=options[1] if wide <= deep else options[0],
        why=(
            "At the same width an additional layer helps much. At the same number of parameters depth brings no"
            " advantage on a curve as simple as this one."
        ),
    )


@predict.question
def softmax() -> OneOf:
    scores = np.array([3.2, 5.1, -1.7])
    is_same = np.allclose(losses.softmax(scores), losses.softmax(scores + 1))
    options = ["all grow", "they do not change", "the largest grows, the others shrink"]
    return OneOf(
        "You add 1 to all three scores. How do the probabilities of the softmax change?",
        options,
        answer=options[1] if is_same else options[0],
        why=(
            "The factor e appears in the numerator and in the denominator and cancels: probabilities depend on"
            " differences of scores."
        ),
    )


@predict.question
def margin() -> OneOf:
    return OneOf(
        "The correct score leads by a margin of more than 1. Which loss still rewards a larger margin?",
        ["the hinge loss", "the cross entropy", "both", "neither"],
        answer="the cross entropy",
        why=(
            "Beyond a margin of 1 the hinge loss and its gradient are exactly 0. The cross entropy approaches 0 and"
            " never reaches it."
        ),
    )


@predict.question
def scale() -> OneOf:
    return OneOf(
        "All samples are classified correctly, and there is no penalty. Along the ray k W, for which k is the cross"
        " entropy smallest?",
        ["k = 1", "a finite k above 1", "there is none: it falls without end"],
        answer="there is none: it falls without end",
        why=(
            "A larger k raises the probability of each correct class, so every k can be improved. The hinge loss"
            " reaches 0 at a finite k, and a penalty makes the best k of the cross entropy finite, too."
        ),
    )


@predict.question
def why() -> OneOf:
    ends = dict(zip(losses.WHY, losses.after_steps(-4.0, 5), strict=True))
    return OneOf(
        "A score of −4 is badly wrong. Gradient descent takes five steps on each loss, with learning rate 1. Which loss"
        " ends at a positive score?",
        list(losses.WHY),
        answer=next(name for name, score in ends.items() if score > 0),
        why=(
            "The gradient of −ln σ(x) is nearly 1 in size where the prediction is wrong: the logarithm undoes the"
            " exponential. The other two losses are flat there."
        ),
    )


@predict.question
def smoothing() -> Number:
    epsilon, classes = 0.1, 10
    best = 1 - epsilon + epsilon / classes
    return Number(
        "With label smoothing ε = 0.1 and 10 classes, at which probability of the label is the loss smallest?",
        answer=best,
        tolerance=0.005,
        why=(
            "The loss is smallest where the probabilities are the smoothed labels: 0.9 + 0.1/10. Its value there is"
            f" {confidence.smoothed_loss(confidence.MARGINS, classes, epsilon).min():.3f}, not 0, and beyond it"
            " gradient descent lowers the score of the label."
        ),
    )


@predict.question
def temperature() -> OneOf:
    fitted = confidence.fitted_temperature()
    return OneOf(
        "The classifier is correct on all its training images, with near certainty on most. What is the temperature"
        " that fits held-out images best?",
        ["below 1", "1", "above 1"],
        answer="above 1" if fitted > 1 else "below 1",
        why=(
            f"It is {fitted:.2f}: on new images the classifier is overconfident, and T > 1 lowers its confidence. The"
            " order of the scores stays, so the accuracy does not change."
        ),
    )


@predict.question
def gradient() -> OneOf:
    kind = gradient_descent.stationary(np.array([1.0, -1.0]))
    return OneOf(
        "The gradient is 0 at a point, and the Hessian there has the eigenvalues 1 and −1. What is the point?",
        ["a minimum", "a maximum", "a saddle", "it cannot be said"],
        answer=next(name for name in ("a minimum", "a maximum", "a saddle") if name.split()[1] in kind),
        why=(
            "The function rises in one direction and falls in another. Gradient descent approaches such a point, slows"
            " down, and leaves it in the direction of the negative eigenvalue."
        ),
    )


@predict.question
def layouts() -> OneOf:
    function = torch.nn.Linear(5, 2)
    jacobian = torch.autograd.functional.jacobian(function, torch.ones(5))
    assert isinstance(jacobian, torch.Tensor)
    return OneOf(
        "A function maps 5 numbers to 2. Which shape does its Jacobian have in torch?",
        ["(5, 2)", "(2, 5)", "(10,)"],
        answer=str(tuple(jacobian.shape)),
        why=(
            "torch writes the shape of the output first, then the shape of the input: numerator layout. By the same"
            " rule the gradient of a scalar has the shape of its variable."
        ),
    )


@predict.question
def secant() -> OneOf:
    far, near = (
        abs(
            finite_differences.quotient(finite_differences.wave, 0.7, h, finite_differences.CENTRAL)
            - finite_differences.wave_slope(0.7)
        )
        for h in (0.1, 0.01)
    )
    options = ["to about a tenth", "to about a hundredth", "to about a thousandth"]
    return OneOf(
        "You divide h by 10. How does the error of the central difference quotient change?",
        options,
        answer=options[round(float(np.log10(far / near))) - 1],
        why=(
            "Its error is proportional to h², that of the forward quotient to h: the errors on the two sides of x have"
            " opposite signs, and the average cancels their largest part."
        ),
    )


@predict.question
def card() -> Number:
    return Number(
        "Two losses are printed with five digits, so each is off by up to 0.000005. By how much can the slope be off"
        " that you compute from them with h = 0.0001?",
        answer=2 * 0.5e-5 / 1e-4,
        tolerance=0.01,
        why=(
            "Two rounding errors of half a digit are divided by h. A smaller h makes the error larger; a larger h makes"
            " it smaller, until the curvature of the loss matters."
        ),
    )


@predict.question
def errors() -> OneOf:
    errors = finite_differences.quotient_errors("float64", finite_differences.CENTRAL)
    best = finite_differences.STEPS[np.argmin(errors)]
    options = ["near 10⁻¹²", "near 10⁻⁸", "near 10⁻⁵", "near 10⁻²"]
    return OneOf(
        "Which step h is best for central differences in float64?",
        options,
        answer=min(
            options, key=lambda option: abs(np.log10(best) - {"¹²": -12, "⁸": -8, "⁵": -5, "²": -2}[option[8:]])
        ),
        why=(
            "Below it rounding dominates, whose error grows as 1/h; above it truncation, whose error grows as h². The"
            " best step is where the two meet."
        ),
    )


@predict.question
def ways() -> Number:
    n = 40
    automatic, numerical = (ways_to_a_gradient.work(way)[n - 3] for way in ("automatic", "numerical"))
    return Number(
        "f is a product of 40 numbers; it takes 39 multiplications. How many does automatic differentiation need for f"
        " and its whole gradient?",
        answer=automatic,
        tolerance=20,
        why=(
            "It needs three times as many as f itself, however many variables there are. The numerical way evaluates f"
            f" twice per variable, with {numerical} multiplications."
        ),
    )


@predict.question
def descent() -> OneOf:
    _, slope = gradient_descent.LANDSCAPES["hills"]
    path, _ = gradient_descent.descent_path(slope, 8.0, 0.1, gradient_descent.GRADIENT)
    options = ["at the global minimum, near −1.6", "at the nearest minimum, near 7.6", "nowhere: it diverges"]
    return OneOf(
        "On hills, gradient descent starts at x = 8 with learning rate 0.1. Where does it end?",
        options,
        answer=options[1] if abs(path[-1] - 7.63) < 0.05 else options[0],
        why=(
            "The gradient knows the slope at the current point only. Gradient descent follows it into the valley in"
            " which it began."
        ),
    )


@predict.question
def rates() -> OneOf:
    options = ["0.02 and 0.4", "0.02, 0.4 and 1.02", "0.4 and 1.02", "only 0.4"]
    return OneOf(
        "On a parabola with curvature 0.5 instead of 2, which of the learning rates 0.02, 0.4 and 1.02 converge?",
        options,
        answer=options[1] if all(rate < 2 / 0.5 for rate in gradient_descent.RATES) else options[0],
        why=(
            f"Gradient descent converges if the rate is below 2/H, which is {2 / 0.5:g} here and was 1 before. A"
            " learning rate is good or bad for a curvature."
        ),
    )


@predict.question
def loop() -> Number:
    return Number(
        "Before the first update all parameters of a logistic regression are 0. What is its cost?",
        answer=np.log(2),
        tolerance=0.01,
        why="Every probability is one half, so each sample costs ln 2, whatever the data are.",
    )


@predict.question
def blobs() -> Number:
    return Number(
        "Softmax regression with three classes starts at W = 0. What is the loss before the first step?",
        answer=np.log(3),
        tolerance=0.01,
        why=(
            "Every class has the probability 1/3. A network whose first loss is far from ln C starts with confident"
            " mistakes."
        ),
    )


@predict.question
def formats() -> Number:
    end = number_formats.repeated("bfloat16", 1.0, 0.001)[-1]
    return Number(
        "We add 0.001 to a weight of 1 in bfloat16, a thousand times. Which number does it end at?",
        answer=end,
        tolerance=0.005,
        why=(
            "The next number above 1 in bfloat16 is 1 + 2⁻⁷. An update of less than half that distance is rounded away,"
            " each of the thousand times."
        ),
    )
