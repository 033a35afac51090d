"""The predictions of the lecture on initialization and normalization, each before its demonstration."""

from __future__ import annotations

import numpy as np

from course_utils.drawing.predictions import Number, OneOf, Predictions
from course_utils.init_normalization import (
    batch_norm,
    batch_norm_training,
    dead_units,
    input_scaling,
    normalization_axes,
    vanishing_gradients,
)

predict = Predictions("init_normalization")


@predict.question
def slopes() -> Number:
    z = np.linspace(-5, 5, 1001)
    return Number(
        "What is the steepest slope of tanh?",
        answer=float(vanishing_gradients.value_and_slope("tanh", z, 0.1)[1].max()),
        tolerance=0.05,
        why=(
            "It is reached at z = 0. The sigmoid is never steeper than 0.25, and both slopes are nearly 0 far from 0,"
            " where a unit saturates."
        ),
    )


@predict.question
def product() -> Number:
    return Number(
        "Ten sigmoid neurons in a row are all at z = 0. For which weight w does the gradient neither vanish nor"
        " explode?",
        answer=1 / 0.25,
        tolerance=0.1,
        why=(
            "Each neuron contributes the factor w σ′(0), and σ′(0) is a quarter. Without a bias a larger weight also"
            " moves z away from 0, where the slope is small."
        ),
    )


@predict.question
def depth() -> OneOf:
    norms = vanishing_gradients.gradient_norms(
        next(name for name in vanishing_gradients.NETWORKS if "sigmoid" in name), 10
    )
    ratio = float(norms[0] / norms[-1])
    options = {"about a tenth": 0.1, "about a hundredth": 0.01, "about a millionth": 1e-6}
    return OneOf(
        "A network has ten weight matrices, with sigmoids, and is not trained. How large is the gradient of the first"
        " matrix, compared with that of the last?",
        list(options),
        answer=min(options, key=lambda option: abs(np.log(options[option] / ratio))),
        why=(
            "Each sigmoid multiplies the gradient by a slope of at most a quarter, so the first layers hardly learn."
            " With tanh or ReLU and suitable weights the gradients are equally large."
        ),
    )


@predict.question
def dead() -> OneOf:
    return OneOf(
        "All biases of a ReLU layer are so negative that no unit is active for any image. Can training revive the"
        " units?",
        ["yes, with a small learning rate", "yes, with a large learning rate", "no"],
        answer="no",
        why=(
            "A unit that is 0 for every image has the gradient 0 for every weight. A leaky ReLU has a small slope"
            " there, so its units can come back."
        ),
    )


@predict.question
def symmetry() -> Number:
    weights, _ = dead_units.training_run(dead_units.CONSTANT, "tanh")
    return Number(
        "All weights of a network with 16 hidden units start at 0.05. Which rank does its 16 × 64 weight matrix have"
        " after 200 steps?",
        answer=dead_units.rank(weights[-1]),
        why=(
            "All units compute the same and receive the same gradient, so they stay equal: the network is worth one"
            " hidden unit. Random weights break the symmetry."
        ),
    )


@predict.question
def histograms() -> OneOf:
    return OneOf(
        "Five tanh layers of 500 units start with weights of standard deviation 1. Where do most values of the last"
        " layer lie?",
        ["near 0", "spread evenly between −1 and 1", "near −1 and 1"],
        answer="near −1 and 1",
        why=(
            "A sum of 500 terms with large weights is far from 0, where tanh is flat. With 0.01 instead, each histogram"
            " is narrower than the one before."
        ),
    )


@predict.question
def gain() -> Number:
    return Number(
        "Thirty ReLU layers start with Var W = gain / fan_in. Which gain preserves the size of the signal?",
        answer=2,
        tolerance=0.1,
        why=(
            "A ReLU sets half of the values to 0, which halves the mean square; the gain makes up for it. With gain 1 a"
            " factor of 2 is lost per layer: 10⁻⁹ is left after 30."
        ),
    )


@predict.question
def fans() -> OneOf:
    options = ["it gets worse with every layer", "the errors of the inner layers cancel", "it is exactly right"]
    return OneOf(
        "The widths are 512, 64, 512, 64, … and the variance is 2/fan_in, which preserves the signal. What happens to"
        " the size of the gradient?",
        options,
        answer="the errors of the inner layers cancel",
        why=(
            "Each layer is off by the ratio of its two widths. In the product of these ratios the inner widths cancel,"
            " and only the first and the last matter."
        ),
    )


@predict.question
def scaling() -> OneOf:
    few, many = (
        input_scaling.steps_needed(two.T @ two / len(two))
        for two in (input_scaling.two_features(s) for s in (10.0, 20.0))
    )
    options = ["as many", "about twice as many", "about four times as many"]
    return OneOf(
        "The standard deviation of feature 2 is ten times that of feature 1, and then twenty times. How many more steps"
        " of gradient descent does the second case need?",
        options,
        answer=options[2] if 3 < many / few < 5 else options[1],
        why=(
            "The condition number grows with the square of the scale. With standardized features a few steps are enough"
            " at every scale."
        ),
    )


@predict.question
def ruler() -> OneOf:
    options = ["nearly all", "about half", "none"]
    return OneOf(
        "40 test samples, all of class 1, are standardized with their own mean and standard deviation. How many are"
        " classified correctly?",
        options,
        answer="about half",
        why=(
            "Their mean moves to 0, right on the decision boundary: 19 of 40 are correct. With the statistics of the"
            " training set 39 are."
        ),
    )


@predict.question
def shift() -> OneOf:
    return OneOf(
        "Follow the mean of one input of the third layer while a network without batch normalization is trained. What"
        " does it do?",
        ["it stays as it is at the start", "it drifts", "it goes to 0"],
        answer="it drifts",
        why=(
            "The layers below change, and with them what they send. Batch normalization keeps mean and standard"
            " deviation nearly constant, although the outputs still change."
        ),
    )


@predict.question
def layer() -> OneOf:
    x = batch_norm.skewed()
    y, _ = batch_norm.batch_norm(x, np.ones(x.shape[1]), np.zeros(x.shape[1]))
    keeps = np.isclose(np.corrcoef(x.T)[0, 1], np.corrcoef(y.T)[0, 1], atol=1e-3)
    return OneOf(
        "Two features are far from 0, have different scales, are correlated and skewed. Which of these four properties"
        " does batch norm change?",
        ["all four", "mean and scale", "mean, scale and skew", "mean, scale and correlation"],
        answer="mean and scale" if keeps else "all four",
        why=(
            "It subtracts a number from each feature and divides by a number. That moves and stretches the cloud, and"
            " leaves its shape as it was."
        ),
    )


@predict.question
def running() -> Number:
    momentum = 0.1
    batches = next(k for k in range(1, 1000) if batch_norm.weights_of_batches(momentum, k)[0] < 0.01)
    return Number(
        "The running mean begins at 0, and `momentum` is 0.1. After how many batches does this 0 have less than 1% of"
        " the weight in it?",
        answer=batches,
        tolerance=4,
        why=(
            f"Each batch leaves it a share of 1 − 0.1. After {batches} batches"
            f" {batch_norm.weights_of_batches(momentum, batches)[0]:.2%} is left."
        ),
    )


@predict.question
def modes() -> OneOf:
    accuracy = 100 * batch_norm_training.in_train_mode(2, batch_norm_training.SHUFFLED)
    options = ["89%, as in evaluation mode", "about 80%", "about 30%"]
    return OneOf(
        "A network with batch norm has an accuracy of 89% in evaluation mode. `model.eval()` is forgotten, and the test"
        " batches have 2 samples. What is the accuracy?",
        options,
        answer="about 30%" if accuracy < 50 else options[0],
        why=(
            "Each sample is then normalized with the mean and variance of two samples, which say little. Batches of"
            " about 100 hide the mistake."
        ),
    )


@predict.question
def rates() -> OneOf:
    best = {
        place: batch_norm_training.RATES[int(np.argmax(batch_norm_training.tolerance(place)))]
        for place in (batch_norm_training.WITHOUT, batch_norm_training.BEFORE)
    }
    options = ["a smaller one", "the same", "a larger one"]
    return OneOf(
        "Which learning rate is best with batch norm before the activation, compared with none?",
        options,
        answer=options[2] if best[batch_norm_training.BEFORE] > best[batch_norm_training.WITHOUT] else options[1],
        why="With batch norm the network still learns at rates at which it only guesses without it.",
    )


@predict.question
def axes() -> OneOf:
    changed = [
        norm
        for norm in normalization_axes.NORMS
        if not np.allclose(
            normalization_axes.normalized(norm, normalization_axes.numbers(6))[1],
            normalization_axes.normalized(norm, normalization_axes.numbers(6, factor=10.0))[1],
            atol=1e-3,
        )
    ]
    return OneOf(
        "Sample 1 of a batch is multiplied by 10. With which normalization does the output of sample 2 change?",
        list(normalization_axes.NORMS),
        answer=changed[0],
        why=(
            "Batch norm computes one mean and variance per feature over the batch, so samples depend on each other."
            " Layer norm and RMS norm compute them per sample."
        ),
    )


@predict.question
def stack() -> OneOf:
    options = [
        "plain layers with layer norm",
        "skip connections alone",
        "skip connections with layer norm",
        "all three",
    ]
    return OneOf(
        "Networks of 50 layers, each with its own best learning rate. Which of them learn the digits in 100 steps?",
        options,
        answer="skip connections with layer norm",
        why=(
            "It reaches 88%, the others at most 21%. Layer norm preserves the size of signal and gradient, which is"
            " necessary but not sufficient: the direct path of the gradient makes the difference."
        ),
    )
