"""The predictions of the lecture on regularization and tuning, each before its demonstration."""

from __future__ import annotations

import numpy as np

from course_utils.drawing.predictions import Number, OneOf, Predictions
from course_utils.regularization_tuning import (
    bayesian_optimization,
    dropout,
    hyperparameter_search,
    sanity_checks,
)

predict = Predictions("regularization_tuning")


@predict.question
def strength() -> OneOf:
    return OneOf(
        "A fifth of the training labels is noisy. As λ grows from nearly 0, the share of these noisy labels that the"
        " network reproduces falls. What does the accuracy on new digits do at first?",
        ["it falls, too", "it rises", "it stays the same"],
        answer="it rises",
        why=(
            "A network that reproduces wrong labels has learned the noise. Too large a λ hurts again: the weights are"
            " then too small to fit even the right labels."
        ),
    )


@predict.question
def strength_blank() -> OneOf:
    return OneOf(
        "With which regularizer do many weights become exactly 0, so that the images of the weights have blank pixels?",
        ["L1", "L2", "both"],
        answer="L1",
        why=(
            "The slope of |w| is the same however small w is, so it pulls a weight all the way to 0. The slope of w²"
            " vanishes with w."
        ),
    )


@predict.question
def descent() -> OneOf:
    return OneOf(
        "100 samples with some wrong labels. The test error peaks at 100 features, where exactly one fit exists. Where"
        " is it with 2000 features?",
        ["it is as high as there", "it is higher still", "it is lower than with any number below 100"],
        answer="it is lower than with any number below 100",
        why=(
            "With more features many fits exist, and the one with the smallest norm has a smaller norm, although it"
            " reproduces every wrong label. The harm comes from the size of the weights, not from their number."
        ),
    )


@predict.question
def thinned() -> Number:
    hidden = sum(dropout.SIZES[1:3])
    return Number(
        f"A network has {hidden} hidden units with dropout. How many different thinned networks are there?",
        answer=2**hidden,
        why=(
            "Each unit is present or absent. All these networks share their weights, so training one updates many"
            " others."
        ),
    )


@predict.question
def thinned_connections() -> Number:
    return Number(
        "The drop probability is 1/2 in two consecutive hidden layers. Which percentage of the connections between them"
        " is active, on average?",
        answer=100 * 0.5 * 0.5,
        tolerance=1,
        unit="%",
        why="A connection is active only if both its units are.",
    )


@predict.question
def missing() -> OneOf:
    return OneOf(
        "Four networks were trained with p = 0, 0.2, 0.5 and 0.8. Then half of the hidden units are removed. Which"
        " network loses most?",
        [f"the one with p = {float(share):g}" for share in dropout.SHARES],
        answer="the one with p = 0",
        why=(
            "It has never seen a missing unit, and loses 14 points; with p = 0.5 it is 4. More dropout is not always"
            " better: with all units present p = 0.8 is the worst of the four."
        ),
    )


@predict.question
def ensemble() -> OneOf:
    return OneOf(
        "One softmax layer behind dropout. The network with scaled weights predicts exactly the same as one of these."
        " Which one?",
        [
            "the arithmetic mean of the ensemble",
            "the geometric mean of the ensemble",
            "the network with unchanged weights",
        ],
        answer="the geometric mean of the ensemble",
        why=(
            "The softmax turns a mean of scores into a geometric mean of probabilities, renormalized. With a hidden"
            " layer in between, the two differ a little."
        ),
    )


@predict.question
def mc() -> OneOf:
    return OneOf(
        "Monte Carlo dropout averages T passes, and the band shows their standard deviation. Does the band get narrower"
        " as T grows?",
        ["yes, like 1/√T", "yes, like 1/T", "no"],
        answer="no",
        why=(
            "The band shows how far the thinned networks differ from each other. More passes estimate this better; what"
            " falls like 1/√T is the error of their mean."
        ),
    )


@predict.question
def stopping() -> OneOf:
    return OneOf(
        "With patience 1 training stops at the first epoch that is not better than the best before. When is that,"
        " compared with the epoch of the lowest validation loss?",
        ["before the best epoch", "at the best epoch", "after the best epoch"],
        answer="before the best epoch",
        why=(
            "The validation loss is noisy, so a single worse epoch says little: patience 1 stops after epoch 17, while"
            " the lowest loss comes at epoch 45. Waiting is safer, since the best parameters are kept."
        ),
    )


@predict.question
def augmentation() -> OneOf:
    return OneOf(
        "A network has learned upright digits. A 6 is rotated by 180 degrees. What does it predict?",
        ["6, with less confidence", "9, with a probability near 1", "all digits with about the same probability"],
        answer="9, with a probability near 1",
        why=(
            "Rotated by 180 degrees a 6 is a 9: the label is no longer right. Augmentation must use changes that keep"
            " the label."
        ),
    )


@predict.question
def strength_of_copies() -> OneOf:
    return OneOf(
        "In this data set each digit is centred, also in the test set. Does training on shifted copies help?",
        ["yes, at every strength", "only with few images", "no, it costs accuracy"],
        answer="no, it costs accuracy",
        why=(
            "No new digit is off-centre, so the network learns a variation that it never meets. Slant, wobble and noise"
            " vary in the test set, too, and help with 100 images."
        ),
    )


@predict.question
def helps() -> OneOf:
    return OneOf(
        "New digits are shifted, and training images may be augmented by shifts. Where is the gain larger?",
        ["with 100 training images", "with 1000 training images", "it is the same"],
        answer="with 100 training images",
        why=(
            "It is large there: 67% instead of 38%. With 1000 images the images themselves show most digits in most"
            " positions."
        ),
    )


@predict.question
def split() -> OneOf:
    error = 100 * float(hyperparameter_search.standard_error(0.95, 356))
    options = ["yes", "no"]
    return OneOf(
        "The true accuracy is about 95%, and the validation set has 356 samples. Two settings differ by half a point."
        " Can the validation set tell which one is better?",
        options,
        answer=options[int(error > 0.5)],
        why=f"The standard error of one accuracy is √(a(1 − a)/n) = {error:.2f} points, more than the difference.",
    )


@predict.question
def grid() -> Number:
    return Number(
        "Grid search and random search have nine trials each, for two hyperparameters. How many different values of the"
        " first one does grid search try?",
        answer=len(np.unique(hyperparameter_search.grid_points()[:, 0])),
        why=(
            "Random search tries nine. Where only one hyperparameter matters, six of the nine trials of the grid repeat"
            " a value that was tried already."
        ),
    )


@predict.question
def log() -> Number:
    return Number(
        "10,000 values are drawn uniformly between 0.0001 and 1. Which percentage is below 0.1?",
        answer=100 * (0.1 - 1e-4) / (1 - 1e-4),
        tolerance=2,
        unit="%",
        why=(
            "Three of the four decades get a tenth of the trials. Drawn uniformly in the logarithm, each decade gets a"
            " quarter."
        ),
    )


@predict.question
def windows() -> OneOf:
    return OneOf(
        "A search narrows its window around the best trial in each round, and starts with learning rates that are all"
        " too small. Can it still find the valley?",
        ["no: it never leaves its first window", "yes, if a window whose best trial is near the border moves"],
        answer="yes, if a window whose best trial is near the border moves",
        why=(
            "It moves at full width while the best trial is near its border. If windows shrink very fast, they can"
            " become too small before they reach the valley."
        ),
    )


@predict.question
def bayes() -> OneOf:
    places, _ = bayesian_optimization.search(3, bayesian_optimization.BOUND, 2.0)
    low, high = sorted(bayesian_optimization.FIRST)
    options = ["next to the better of the two", "between the two", "outside of the two"]
    return OneOf(
        "Bayesian optimization has two trials, one at each end of the range, and counts uncertainty as promising. Where"
        " is the third trial?",
        options,
        answer=options[1] if low + 0.3 < places[2] < high - 0.3 else options[0],
        why=(
            "There the model is most uncertain, so the loss may be low. A search that ignores the uncertainty tries a"
            " point next to the best one, again and again."
        ),
    )


@predict.question
def seeds() -> OneOf:
    return OneOf(
        "Five learning rates are compared with a single seed. How often does it select the rate that is best on average"
        " over ten seeds?",
        ["always", "about half of the time", "never"],
        answer="about half of the time",
        why="Six of ten seeds select it. One run varies by about a point, so smaller differences need several seeds.",
    )


@predict.question
def recipe() -> OneOf:
    return OneOf(
        "Each of these mistakes raises no error. With which one can a network never overfit ten samples, however long"
        " it is trained?",
        [sanity_checks.SOFTMAX, sanity_checks.SMALL_RATE, sanity_checks.FROZEN, sanity_checks.HUGE],
        answer=sanity_checks.SOFTMAX,
        why=(
            "Probabilities are then used as logits, and their loss cannot fall below 1.46. The other faults only slow"
            " the network down or make its start worse."
        ),
    )
