"""The predictions of the lecture on optimizers, each before its demonstration."""

from __future__ import annotations

import numpy as np

from course_utils.drawing.predictions import Number, OneOf, Predictions
from course_utils.optimizers import (
    adaptive_rates,
    batch_size,
    gradient_accumulation,
    learning_rate_pictures,
    linear_scaling,
    momentum_rates,
    orthogonal_updates,
    update_rule_pictures,
)
from course_utils.optimizers import update_rules as opt

predict = Predictions("optimizers")


@predict.question
def valley() -> OneOf:
    options = ["it converges, with a zigzag", "it diverges", "it circles around the minimum for ever"]
    limit = update_rule_pictures.limit(opt.GD, largest=50.0)
    assert limit is not None
    return OneOf(
        "In a valley with curvatures 1 and κ = 50, what does gradient descent do with α = 0.042?",
        options,
        answer=options[1] if limit < 0.042 else options[0],
        why=(
            f"The limit is 2/κ = {limit:g}. Beyond it each step in the steep direction ends farther from the floor than"
            " it began, although the rate is good for the flat direction."
        ),
    )


@predict.question
def saddle() -> OneOf:
    far, near = (
        update_rule_pictures.updates_from_saddle()[opt.GD][np.argmin(abs(np.log(update_rule_pictures.DISTANCES / d)))]
        for d in (1e-4, 1e-8)
    )
    options = ["equally many", "about twice as many", "about ten thousand times as many"]
    return OneOf(
        "Gradient descent starts at a distance of 10⁻⁴ from the ridge of a saddle, and then at 10⁻⁸. How many updates"
        " does it need from the second start, compared with the first?",
        options,
        answer=options[1] if 1.5 < near / far < 2.5 else options[0],
        why=(
            "The distance from the ridge grows by the same factor in each update, so each factor of ten costs equally"
            " many updates. Adaptive methods divide by the size of the gradient, and a tiny start does not slow them"
            " down."
        ),
    )


@predict.question
def cloud() -> Number:
    spread = np.linalg.norm(batch_size.expected_deviation(batch_size.BEST, np.array([[4.0], [16.0]])), axis=-1)
    return Number(
        "The gradients of mini-batches scatter around the gradient of all samples. From B = 4 to B = 16, by which"
        " factor does the scatter (its standard deviation) fall?",
        answer=spread[0] / spread[1],
        tolerance=0.3,
        why=(
            "The standard deviation of a mean of B samples is proportional to 1/√B. When B reaches the number of"
            " samples, it is 0."
        ),
    )


@predict.question
def momentum() -> OneOf:
    overshoot = {mu: update_rule_pictures.overshoot(opt.MOMENTUM, mu)[1] for mu in (0.9, 0.99)}
    options = ["it no longer overshoots", "it overshoots less", "it overshoots more"]
    return OneOf(
        "In this valley momentum with μ = 0.9 overshoots the minimum. What changes with μ = 0.99?",
        options,
        answer=options[2] if overshoot[0.99] > overshoot[0.9] else options[1],
        why=(
            "The velocity adds up about 1/(1 − μ) gradients, so it takes longer to turn around: it overshoots by"
            f" {overshoot[0.99]:.2f} instead of {overshoot[0.9]:.2f}."
        ),
    )


@predict.question
def lookahead() -> OneOf:
    return OneOf(
        "The velocity carries w past the minimum. Which method slows down in this update?",
        ["momentum", "Nesterov momentum", "both"],
        answer="Nesterov momentum",
        why=(
            "It computes the gradient at the place to which the velocity leads, beyond the minimum, where the gradient"
            " points back. Momentum computes it before the minimum."
        ),
    )


@predict.question
def kappa() -> OneOf:
    updates = {mu: momentum_rates.updates_needed(1000, mu) for mu in (0.0, momentum_rates.best_momentum(1000), 0.99)}
    plain, best, large = updates.values()
    options = [
        "fewer than the best μ",
        "more than the best μ, and fewer than gradient descent",
        "more than gradient descent",
    ]
    return OneOf(
        "κ = 1000, and each μ gets its best learning rate. How many updates does μ = 0.99 need?",
        options,
        answer=options[1] if best < large < plain else options[0],
        why=(
            f"It needs {large}: with so large a μ each update multiplies the error by √μ, whatever the curvature. The"
            f" best μ, {momentum_rates.best_momentum(1000):.2f}, needs {best}, gradient descent {plain}."
        ),
    )


@predict.question
def adaptive() -> OneOf:
    return OneOf(
        "One parameter gets a gradient at each update, another only at one update in ten, as for a rare word. To which"
        " one does AdaGrad give the larger learning rate?",
        ["the frequent one", "the rare one", "both get the same"],
        answer="the rare one",
        why=(
            "AdaGrad divides by the root of the sum of all squared gradients, which is smaller for the rare one. This"
            " sum only grows, so all rates of AdaGrad keep falling."
        ),
    )


@predict.question
def adam() -> Number:
    plain, _ = adaptive_rates.adam_steps(np.ones(1), 0.9, 0.999)
    return Number(
        "The gradient is 1 at every update, β₁ = 0.9 and β₂ = 0.999. How long is the first step of Adam without the"
        " bias correction, in units of α?",
        answer=plain[0],
        tolerance=0.2,
        unit="α",
        why=(
            "The averages are 1 − β₁ and 1 − β₂, and the step is (1 − β₁)/√(1 − β₂): the slow average lags behind, so"
            " the step is too long. With the correction it is exactly α."
        ),
    )


@predict.question
def decay() -> OneOf:
    return OneOf(
        "Two weights start at 1; the gradients of one are noise of size 10, those of the other of size 0.1. With Adam"
        " and an L₂ penalty in the gradient, which one decays faster?",
        ["the one with large gradients", "the one with small gradients", "both at the same rate"],
        answer="the one with small gradients",
        why=(
            "Adam divides the gradient of the penalty, too, by the size of the gradients: the weights keep 0.95 and"
            " 0.24. AdamW decays both alike, to 0.61."
        ),
    )


@predict.question
def muon() -> OneOf:
    layer = next(iter(orthogonal_updates.LAYERS))
    values = np.linalg.svd(orthogonal_updates.update_of_muon(orthogonal_updates.velocity(layer), 10), compute_uv=False)
    options = ["they are all 1", "they lie between 0.6 and 1.2", "they are as far apart as before"]
    return OneOf(
        "Muon makes the singular values of an update nearly equal, by an iteration of usually five steps. Where are"
        " they after ten steps?",
        options,
        answer=options[1] if 0.6 < values.min() < 0.9 else options[0],
        why=(
            "Its polynomial maps 1 to 0.70: the coefficients are chosen to increase small values fast, by a factor of"
            " 3.44 per step, and not to converge."
        ),
    )


@predict.question
def race() -> OneOf:
    paths = update_rule_pictures.race_paths("saddle", (0.0, 0.05))
    left = {name: int(np.argmax(abs(path[:, 1]) > 1)) for name, path in paths.items()}
    first = min(count for count in left.values() if count)
    winners = [name for name, count in left.items() if count == first]
    return OneOf(
        "On the saddle, from w₂ = 0.05, which methods leave first (|w₂| > 1)?",
        ["momentum and Nesterov", "AdaGrad and RMSProp", "Adam alone", "gradient descent"],
        answer=" and ".join(winners),
        why=(
            "Their first steps depend only on the sign of the gradient, not on its size, which is tiny near the ridge."
            " Gradient descent is last."
        ),
    )


@predict.question
def rate() -> OneOf:
    return OneOf(
        "Gradient descent works best with a learning rate of 1 here. What happens at three times that rate?",
        ["training is a little slower", "the final loss is the same", "training diverges"],
        answer="training diverges",
        why=(
            "Progress falls slowly towards smaller rates and ends abruptly towards larger ones. So the best rate lies"
            " close to the largest one that works."
        ),
    )


@predict.question
def range_test() -> OneOf:
    return OneOf(
        "The range test raises the learning rate from batch to batch. What does it find, with a single run of 150"
        " updates?",
        ["the best final accuracy", "roughly the rate at which training diverges", "the best schedule"],
        answer="roughly the rate at which training diverges",
        why=(
            "The smoothed loss is lowest shortly before training becomes unstable. Each rate is tried for one update"
            " only, so the number is a rough estimate."
        ),
    )


@predict.question
def schedule() -> OneOf:
    options = ["it converges to a low value", "it oscillates to the end", "it grows steadily"]
    return OneOf(
        "15% of the training labels are wrong, so the gradients of the batches contradict each other. What does the"
        " validation loss do in the last epochs with a constant rate of 1?",
        options,
        answer="it oscillates to the end",
        why=(
            "With a constant rate the noise of the gradients keeps the weights in motion. A falling rate averages it"
            " out; one that falls too fast stops before the minimum."
        ),
    )


@predict.question
def hand() -> OneOf:
    schedules = {
        "1, 1, 0.5, 0: large, and 0 at the end": (1.0, 1.0, 0.5, 0.0),
        "0.2, 0.1, 0, 0: small from the start": (0.2, 0.1, 0.0, 0.0),
        "2, 1, 0.3, 0: very large at first": (2.0, 1.0, 0.3, 0.0),
    }
    last = {
        name: learning_rate_pictures.by_hand(rates).accuracy[-learning_rate_pictures.LAST :, 0]
        for name, rates in schedules.items()
    }
    best = max(last, key=lambda name: last[name].min())
    return OneOf(
        "You set the learning rate at the epochs 0, 4, 10 and 16, with straight lines between. Which rates give the"
        " best validation accuracy over the last five epochs?",
        list(schedules),
        answer=best,
        why=(
            "A run that starts with a very large rate throws w far away, and a run with a small one stops early. The"
            " rate at the beginning says where the run ends, the rate at the end how much it still oscillates there."
        ),
    )


@predict.question
def warm() -> OneOf:
    options = ["it explodes", "it stalls at the loss of a guess", "it oscillates around a low value"]
    return OneOf(
        "A deep network starts with weights that are too large, and the learning rate is too large, too. What does the"
        " loss do after the first updates?",
        options,
        answer="it stalls at the loss of a guess",
        why=(
            "The first updates move the weights so far that all units of some layer output 0 for every digit, and a"
            " ReLU that is always 0 has no gradient. Warm-up and clipping make these updates shorter."
        ),
    )


@predict.question
def cycle() -> Number:
    return Number(
        "A cyclical schedule has the step size 60. How many updates does a full cycle take?",
        answer=2 * 60,
        why="The step size is half a cycle: the rate rises for one step size and falls for another.",
    )


@predict.question
def noise() -> OneOf:
    before, after = (batch_size.noise_scale(rate, batch_size.N, size) for rate, size in ((0.05, 8), (0.1, 16)))
    options = ["it gets larger", "it stays about the same", "it gets smaller"]
    return OneOf(
        "SGD fluctuates around a minimum. You double the learning rate and the batch size, from 0.05 and 8. How does"
        " the cloud of its weights change?",
        options,
        answer=options[1] if abs(after / before - 1) < 0.1 else options[0],
        why=(
            f"The cloud depends on the noise scale g = ε (N/B − 1) alone, which goes from {before:.2f} to {after:.2f}."
            " Momentum makes g ten times as large."
        ),
    )


@predict.question
def scaling() -> OneOf:
    return OneOf(
        "Batches of 5 digits become k = 64 times as large, and the learning rate grows from 0.05 in proportion. What"
        " happens?",
        ["the same final loss, with a 64th of the updates", "a lower loss", "training diverges"],
        answer="training diverges",
        why=(
            f"The rule works while the rate is well below the limit of this loss; {linear_scaling.FIRST_RATE * 64:g} is"
            " beyond it. Up to k = 8 the loss stays the same, with an eighth of the updates."
        ),
    )


@predict.question
def trade() -> OneOf:
    return OneOf(
        "Once the rate is divided by 5 at epochs 6 and 12, and once the batch size is multiplied by 5 there. Plotted"
        " against epochs, how do the two losses compare?",
        ["they coincide", "the falling rate is far ahead", "the growing batch is far ahead"],
        answer="they coincide",
        why=(
            "Both divide the noise scale by the same factor. The growing batch needs fewer updates, 372 instead of 900,"
            " so it suits hardware that computes large batches fast."
        ),
    )


@predict.question
def sharp() -> Number:
    loss = batch_size.two_minima
    place = batch_size.PLACES[1]
    grown = loss(np.array([place + 0.3]), 20.0) - loss(np.array([place]), 20.0)
    return Number(
        "Near a minimum the loss is c δ²/2 with curvature c = 20. The test loss is shifted by δ = 0.3. By how much does"
        " the loss at the minimum grow?",
        answer=float(np.ravel(grown)[0]),
        tolerance=0.05,
        why=(
            f"It grows in proportion to the curvature: at a flat minimum with c = {batch_size.FLAT} the same shift"
            " costs 0.02."
        ),
    )


@predict.question
def accumulation() -> Number:
    _, _, updates = gradient_accumulation.compare(5, batch_norm=False)[gradient_accumulation.RIGHT]
    return Number(
        "There are 12 batches, and gradients are accumulated over k = 5. How many updates does a correct loop make per"
        " epoch?",
        answer=updates,
        why=(
            "Two full groups and one for the rest. A loop that updates only after each fifth batch loses the last two"
            " batches."
        ),
    )
