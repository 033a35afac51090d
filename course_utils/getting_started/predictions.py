"""The predictions of the first lecture, each before its demonstration."""

from __future__ import annotations

import numpy as np
import torch

from course_utils.drawing.predictions import Number, OneOf, Predictions
from course_utils.getting_started import (
    adversarial,
    applications,
    carbon_footprint,
    convolution_sizes,
    first_network,
    kinds_of_learning,
    local_minima,
    random_labels,
    tensors,
)

predict = Predictions("getting_started")


@predict.question
def hidden() -> OneOf:
    X = np.array([[1.0, 2.0], [2.0, 5.0]])
    passes = np.array_equal(X.mean(axis=0), X.mean(axis=1))
    return OneOf(
        "An answer takes the mean along the wrong axis. The visible check uses the matrix with rows (1, 2) and (2, 5)."
        " Will it notice?",
        ["yes", "no"],
        answer="no" if passes else "yes",
        why=(
            "The matrix is symmetric, so its rows and columns have the same means. Hidden tests use other shapes and"
            " numbers."
        ),
    )


@predict.question
def family() -> OneOf:
    return OneOf(
        "A program plays chess by rules that people wrote down. What is it?",
        ["AI, not machine learning", "machine learning, not deep learning", "deep learning"],
        answer="AI, not machine learning",
        why=(
            "Nothing in it was fitted to data. A straight line fitted to house prices is machine learning, but has no"
            " layer between input and output."
        ),
    )


@predict.question
def layers() -> OneOf:
    small, large = (first_network.parameters_of([4, width, width, 3]) for width in (3, 6))
    options = ["it doubles", "it more than doubles", "it less than doubles"]
    return OneOf(
        "You double the width of both hidden layers. How does the number of parameters change?",
        options,
        answer=options[1] if large > 2 * small else options[0],
        why=(
            "Both sides of the weight matrix between the hidden layers have that width, so it grows with the square of"
            " the width."
        ),
    )


@predict.question
def hidden_representation() -> OneOf:
    narrow = 100 * first_network.silencing_curve(16)[1].mean()
    options = ["96%, as before", "about 86%: it loses one digit", "about 75%"]
    return OneOf(
        "A network with 16 hidden units is right on 96% of new digits. One of its living units is set to 0. How much is"
        " left, on average?",
        options,
        answer=min(options, key=lambda option: abs(float(option.strip("about ")[:2]) - narrow)),
        why=(
            "No unit has a digit of its own: each is on for many digits, so each one that is silenced costs accuracy on"
            " several. With 64 hidden units others carry the same information, and 96% are left."
        ),
    )


@predict.question
def end_to_end() -> OneOf:
    curves = kinds_of_learning.learning_curves()
    methods = [kinds_of_learning.HAND_CRAFTED, kinds_of_learning.PIXELS, kinds_of_learning.NETWORK]
    last = {name: curves[name][-1] for name in methods}
    return OneOf(
        "Three ways to read digits. Which one falls behind as the number of training images grows to 1000?",
        methods,
        answer=min(last, key=lambda name: float(last[name])),
        why=(
            "No number of images recovers what sums of rows and columns do not contain. A network learns its features"
            " from the pixels."
        ),
    )


@predict.question
def atlas() -> Number:
    return Number(
        "In which year did attention enter deep learning, by the landmarks of this lecture?",
        answer=2014,
        tolerance=1,
        why=(
            "Bahdanau, Cho and Bengio let a recurrent network look back at all words of a sentence. The Transformer of"
            " 2017 did not invent attention: it removed the recurrence."
        ),
    )


@predict.question
def alexnet() -> Number:
    top_5 = [errors[1] for errors in applications.ERRORS.values()]
    return Number(
        "The winner of 2010 had a top-5 error of 28.2%, the best method before AlexNet 25.7%. Which top-5 error did"
        " AlexNet have?",
        answer=top_5[-1],
        tolerance=2,
        unit="%",
        why=(
            f"Earlier work had gained {top_5[0] - top_5[1]:.1f} points; the network gained {top_5[1] - top_5[2]:.1f} at"
            " once, which removed about a third of the errors."
        ),
    )


@predict.question
def places() -> Number:
    return Number(
        "AlexNet's first layer: a row of n = 224 pixels, a window of k = 11, stride s = 4, no padding. How often does"
        " the window fit?",
        answer=convolution_sizes.places(224, 11, 4),
        why=(
            f"The formula gives {convolution_sizes.exact_places(224, 11, 4)} before rounding down, so the last pixel is"
            " never seen. With 227 pixels nothing is left over."
        ),
    )


@predict.question
def kinds() -> OneOf:
    found = len(np.unique(kinds_of_learning.groups(0.8, 5)))
    options = ["three, the right number", "five, as asked", "it reports an error"]
    return OneOf(
        "The data are three clouds, and k-means is asked for five groups. How many does it find?",
        options,
        answer=options[1] if found == 5 else options[0],
        why="Without right answers there is no error to measure, so nothing tells k-means that five is wrong.",
    )


@predict.question
def life() -> OneOf:
    return OneOf(
        "A network with ten outputs has not been trained yet. How accurate is it on new digits?",
        ["about 10% or less", "about 50%", "about 90%"],
        answer="about 10% or less",
        why=(
            "Its weights are random, so it does not do better than guessing among ten classes; an unlucky draw can do"
            " worse."
        ),
    )


@predict.question
def tensors_index() -> OneOf:
    x = torch.arange(64).reshape(4, 4, 4)
    return OneOf(
        "`x` has the shape (4, 4, 4). What is the shape of `x[:, 1, :]`?",
        ["(4, 1, 4)", "(4, 4)", "(4,)", "(4, 4, 4)"],
        answer=str(tuple(x[:, 1, :].shape)),
        why="An index removes its axis, and a slice keeps its axis. To keep an axis of length 1, write `x[:, 1:2, :]`.",
    )


@predict.question
def alias() -> OneOf:
    maker = next(name for name in tensors.MAKERS if ".float()" in name and "from_numpy" in name)
    follows = [dtype for dtype in ("float32", "float64") if tensors.share(maker, dtype, tensors.EDITS[0])[2]]
    return OneOf(
        "`t = torch.from_numpy(a).float()`, and then `a[0, 1] = 9`. For which dtype of `a` does `t` change, too?",
        ["float32", "float64", "both", "neither"],
        answer=follows[0] if len(follows) == 1 else "both" if follows else "neither",
        why=(
            "`from_numpy` shares memory. `.float()` copies where the dtype changes, and returns what it was given where"
            " it does not."
        ),
    )


@predict.question
def gradient() -> Number:
    x, y = (torch.tensor(values, requires_grad=True) for values in ((1.0, 2.0), (3.0, 4.0)))
    torch.dot(x, y).backward()
    assert x.grad is not None
    return Number(
        "z = x · y with x = (1, 2) and y = (3, 4). What is ∂z/∂x₂?",
        answer=x.grad[1].item(),
        why=(
            "The gradient of a product with respect to one factor is the other factor: y₂. If x₂ grows by a little, z"
            " grows by four times as much."
        ),
    )


@predict.question
def landing() -> OneOf:
    ends = local_minima.descent_paths(0, 0.05, 0.0, False)[-1]
    found, best = local_minima.minima(False), local_minima.height(local_minima.minima(False), False).argmin()
    share = float(np.mean(abs(ends - found[best]) < 0.2))
    options = ["almost all", "about a half", "about one in seven"]
    return OneOf(
        "Gradient descent starts from 500 random places on a curve with several minima. Which share of the starts"
        " reaches the best minimum?",
        options,
        answer=min(
            options, key=lambda option: abs({"almost all": 0.97, "about a half": 0.5}.get(option, 1 / 7) - share)
        ),
        why=(
            "Each start ends in the valley that it began in. Noise in the gradient, as that of mini-batches, lets some"
            " of them jump to a better one."
        ),
    )


@predict.question
def random() -> Number:
    accuracy = np.ravel(np.asarray(random_labels.fit_random_labels(1.0)[0]))[-1]
    return Number(
        "All labels are assigned at random. Which accuracy does the network reach on the labels that it was given?",
        answer=100 * float(accuracy),
        tolerance=5,
        unit="%",
        why=(
            "It has enough parameters to memorize anything. On new digits it is then no better than guessing, so the"
            " fit alone says nothing about generalization."
        ),
    )


@predict.question
def attack() -> OneOf:
    return OneOf(
        "Every pixel of a digit changes by at most 0.3, once along the sign of the gradient and once with random signs."
        " Which change makes the network wrong on this digit?",
        ["both", "only the one along the gradient", "only the random one", "neither"],
        answer="only the one along the gradient",
        why=(
            "What counts is the direction of the change, not its size: from 0.09 on the change along the gradient is"
            " enough, and you still read the digit."
        ),
    )


@predict.question
def attack_all() -> Number:
    index = int(np.argmin(abs(adversarial.STRENGTHS - 0.1)))
    along, by_chance = (100 * float(adversarial.accuracies(name)[index]) for name in adversarial.DIRECTIONS)
    return Number(
        "The network is right on 97% of new digits. How many stay right if each pixel moves by 0.1 along the sign of"
        " the gradient?",
        answer=along,
        tolerance=10,
        unit="%",
        why=(
            f"With random signs {by_chance:.0f}% stay right. The attack does not blur the image, it searches for"
            " errors."
        ),
    )


@predict.question
def carbon() -> OneOf:
    training = next(name for name in carbon_footprint.TRAININGS if "search" not in name and "ransformer" in name)
    flights = carbon_footprint.amount(training, "flights")
    options = ["about a tenth of a flight", "about ten flights", "about a thousand flights"]
    return OneOf(
        "How much CO₂ did one training of a large Transformer cause in 2019, compared with a seat on a flight from New"
        " York to San Francisco?",
        options,
        answer=min(
            options,
            key=lambda option: abs(np.log10({options[0]: 0.1, options[1]: 10, options[2]: 1000}[option] / flights)),
        ),
        why=(
            "What is expensive is the number of trainings: the search for an architecture was estimated at 316 flights."
        ),
    )
