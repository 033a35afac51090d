"""The predictions of the lecture on training, each before its demonstration."""

from __future__ import annotations

import numpy as np

from course_utils.drawing.predictions import Number, OneOf, Predictions
from course_utils.training import (
    checkpoints,
    curve_fit,
    lenet_shapes,
    train_and_eval,
    two_layer_network,
)

predict = Predictions("training")


@predict.question
def lenet() -> OneOf:
    shapes, _ = lenet_shapes.trace(64, 25, lenet_shapes.VIEW)
    rows = shapes[-1][0]
    return OneOf(
        "25 images of 64 × 64, twice the size that LeNet expects, go in. The slide makes rows with `x.view(-1, 400)`."
        " What happens?",
        ["an error is raised", "the network answers for 25 images", f"the network answers for {rows} images"],
        answer=f"the network answers for {rows} images",
        why=(
            "`view` cuts all numbers into rows of 400, each with pieces of one or two images. `flatten(1)` keeps the"
            " batch axis, so a wrong size raises an error."
        ),
    )


@predict.question
def broadcast() -> Number:
    outputs, targets = lenet_shapes.pairs(4)
    return Number(
        "The outputs have the shape (4, 1), the targets (4,). How many differences does `outputs - targets` compute?",
        answer=(np.ravel(outputs)[:, None] - np.ravel(targets)).size,
        why=(
            "Broadcasting pairs every output with every target. Training then pulls each output towards the mean of all"
            " targets, and no error is raised."
        ),
    )


@predict.question
def two_layer() -> OneOf:
    raw, module = (
        float(two_layer_network.losses_of_descent(kind, np.array([1e-9]), 1).ravel()[0])
        for kind in (two_layer_network.RAW, two_layer_network.MODULE)
    )
    options = {"by about a factor of 10": 1, "by about a factor of 1000": 3, "by more than a factor of 10,000": 4.7}
    return OneOf(
        "Once the weights are drawn from N(0, 1); `nn.Linear` draws its own from a range of ±1/√1000 in the first"
        " layer. By how much is the loss of the first network larger at the start?",
        list(options),
        answer=min(options, key=lambda option: abs(options[option] - np.log10(raw / module))),
        why=(
            "With weights of size 1 a hidden unit sums a thousand products, and an output a hundred of those. Gradients"
            " are large, too, so this network needs a much smaller learning rate."
        ),
    )


@predict.question
def curve() -> Number:
    losses = {hidden: curve_fit.least_loss(hidden) for hidden in (1, 2)}
    return Number(
        "How many hidden ReLU units does a network need at least to follow a noisy parabola, with one bend on each"
        " side?",
        answer=2 if losses[2] < losses[1] / 5 else 1,
        why=(
            "One kink per side, and flat in between, is enough. That a run with two units often fails is a matter of"
            " training: extra units are an insurance against a bad start."
        ),
    )


@predict.question
def anatomy() -> OneOf:
    return OneOf(
        "Which line of the training loop can be removed without any change of the two curves?",
        ["`optimizer.zero_grad()`", "`model.eval()`", "`with torch.no_grad():`", "`model.train()`"],
        answer="`with torch.no_grad():`",
        why=(
            "It saves memory for a backward pass that never happens. Without `zero_grad` gradients add up; without"
            " `train` or `eval` dropout and batch norm are in the wrong mode."
        ),
    )


@predict.question
def modes() -> OneOf:
    changes = [
        layers
        for layers in (train_and_eval.DROPOUT, train_and_eval.NORM)
        if np.ptp(train_and_eval.outputs(layers, False, 3)[0]) > 1e-6
    ]
    return OneOf(
        "One sample goes through a network twenty times in eval mode, in a batch with other samples that change. In"
        " which networks does its output change?",
        ["with dropout", "with batch norm", "with either", "in none"],
        answer="with either" if len(changes) == 2 else changes[0] if changes else "in none",
        why=(
            "In eval mode dropout is off and batch norm uses its running statistics. In train mode both make the output"
            " change, and batch norm even changes the network."
        ),
    )


@predict.question
def boundary() -> OneOf:
    return OneOf(
        "You lower the threshold τ from 0.5 to 0.05. What does the decision boundary do?",
        ["it turns", "it shifts and stays parallel", "it bends"],
        answer="it shifts and stays parallel",
        why=(
            "The boundary is w · x + b = log(τ/(1 − τ)): τ changes a number on the right side, not w. Fewer tumours are"
            " missed, at the cost of more false alarms."
        ),
    )


@predict.question
def checkpoint() -> OneOf:
    whole = checkpoints.uninterrupted(checkpoints.MOMENTUM)
    again = checkpoints.resumed(checkpoints.MOMENTUM, 20, model=True, optimizer=False, generator=True)
    first = int(np.argmax(whole != again))
    options = ["the first after the interruption", "the second after the interruption", "none"]
    return OneOf(
        "A run with momentum is interrupted after step 20. Model and generator are restored, the optimizer is not."
        " Which loss is the first to be wrong?",
        options,
        answer=options[first - 20] if first >= 20 else "none",
        why=(
            "The weights are right, so the first loss is. The step after it starts from velocity 0. The curve looks"
            " almost normal, so this mistake is rarely noticed."
        ),
    )
