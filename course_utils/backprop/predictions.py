"""The predictions of the lecture on backprop, each before its demonstration."""

from __future__ import annotations

import torch

from course_utils.backprop import edge_puzzle, layer_backprop, network_backprop, scalar_backprop
from course_utils.drawing.predictions import Number, OneOf, Predictions

predict = Predictions("backprop")


@predict.question
def simple() -> OneOf:
    start, moved = (scalar_backprop.trace(scalar_backprop.SIMPLE, x=x, y=5, z=-4).gradients for x in (-2, 3))
    changed = [name for name in "xyz" if start[name] != moved[name]]
    return OneOf(
        "f = (x + y) z with x = −2, y = 5, z = −4. You move only x. Which gradients change?",
        ["only that of x", "only that of z", "those of x and y", "all three"],
        answer=f"only that of {changed[0]}" if len(changed) == 1 else "all three",
        why=(
            "∂f/∂z is q = x + y, so it follows x. An addition has the local derivative 1 whatever its inputs are, so x"
            " and y both receive ∂f/∂q = z."
        ),
    )


@predict.question
def logistic() -> OneOf:
    flat = scalar_backprop.trace(scalar_backprop.CHAIN[1], w=-4.0, x=1.23, b=0.1)
    options = ["nearly 0, since the sigmoid is flat there", "close to −1", "close to −125"]
    return OneOf(
        "The label is 1, and w₁ = −4 makes z very negative, where the sigmoid is flat. What is ∂L/∂z for L = −log"
        " σ(z)?",
        options,
        answer=options[1] if abs(flat.gradients["z"] + 1) < 0.05 else options[0],
        why=(
            f"The local derivative of the sigmoid is small ({flat.local['a'][0]:.4f}), but the upstream gradient is"
            f" large ({flat.gradients['a']:.0f}). Their product is σ(z) − 1: the logarithm undoes what the sigmoid"
            " flattens."
        ),
    )


@predict.question
def gates() -> OneOf:
    names = "xyzw"
    start = dict(x=3, y=-4, z=2, w=-1)
    slopes = scalar_backprop.trace(scalar_backprop.GATES, **start).gradients
    unmoved = [name for name in names if slopes[name] == 0]
    return OneOf(
        "f = 2 (x y + max(z, w)) with x = 3, y = −4, z = 2, w = −1. Which input can be changed a little without any"
        " effect on f?",
        list(names),
        answer=unmoved[0],
        why="The maximum routes the whole gradient to its larger input, z. As long as w stays below z, it receives 0.",
    )


@predict.question
def gates_scaled() -> OneOf:
    start, scaled = (scalar_backprop.trace(scalar_backprop.GATES, x=3, y=y, z=2, w=-1).gradients for y in (-4, -40))
    grown = [name for name in "xy" if scaled[name] == 10 * start[name]]
    return OneOf(
        "In the same function, y becomes ten times larger. Which gradient becomes ten times larger?",
        ["that of x", "that of y", "both", "neither"],
        answer=f"that of {grown[0]}" if len(grown) == 1 else "both",
        why=(
            "A product switches its inputs: ∂f/∂x = 2y and ∂f/∂y = 2x. So large inputs mean large gradients of the"
            " weights that multiply them, which is one reason to standardize features."
        ),
    )


@predict.question
def ties() -> OneOf:
    return OneOf(
        "z = w = 2, and both are moved up by the same small amount. Which conventions for the gradient of max(z, w)"
        " predict the growth of the maximum correctly?",
        ["only 1/2 and 1/2", "only 1 and 0", "each of 1/2 and 1/2, 1 and 0, 0 and 1", "1 and 1"],
        answer=(
            "each of 1/2 and 1/2, 1 and 0, 0 and 1"
            if all(sum(shares) == 1 for shares in scalar_backprop.TIES.values())
            else "1 and 1"
        ),
        why=(
            "The maximum grows by the same amount as its inputs, so the two shares must add up to 1; how they are"
            " divided is a convention."
        ),
    )


@predict.question
def fork() -> Number:
    forks = scalar_backprop.FORKS
    return Number(
        "L = x + x + y: both edges go from x to the same node. What is ∂L/∂x?",
        answer=scalar_backprop.trace(forks[scalar_backprop.X_TWICE], x=1.5, y=1.0).gradients["x"],
        why="Each edge sends its own gradient, and the gradients of all edges that leave a node are added.",
    )


@predict.question
def fill() -> OneOf:
    traced = edge_puzzle.puzzle()
    zero = [f"{source} → {target}" for source, target in traced.edges if traced.sent((source, target)) == 0]
    return OneOf(
        "f = (x + y) · max(y, z) with x = 3, y = −1, z = −4. Which edge carries the gradient 0?",
        ["x → q", "y → q", "y → m", "z → m"],
        answer=zero[0],
        why="The maximum m takes the value of y, which is larger than z, so it routes the whole gradient to y.",
    )


@predict.question
def duality() -> OneOf:
    column = torch.ones(4, 1, requires_grad=True)
    column.expand(4, 3).sum().backward()
    assert column.grad is not None
    shape = tuple(column.grad.shape)
    return OneOf(
        "A column of shape (4, 1) is broadcast to (4, 3). What is the shape of its gradient, and how is it computed?",
        ["(4, 3), a copy of the upstream gradient", "(4, 1), a sum over axis 1", "(3,), a sum over axis 0"],
        answer="(4, 1), a sum over axis 1" if shape == (4, 1) else "(4, 3), a copy of the upstream gradient",
        why=(
            "A gradient has the shape of its variable. Each entry was copied along axis 1, and the gradients of all"
            " copies are added."
        ),
    )


@predict.question
def network() -> Number:
    layer = torch.nn.Linear(5, 4)
    return Number(
        "A layer of 4 neurons follows one of 5. How many parameters does it have, weights and biases together?",
        answer=sum(parameter.numel() for parameter in layer.parameters()),
        why=(
            f"It has {layer.weight.numel()} weights, one per pair of neurons, and {layer.bias.numel()} biases, one per "
            "neuron. Neither number depends on the number of samples: all samples share one W."
        ),
    )


@predict.question
def module() -> OneOf:
    stack = layer_backprop.stack()
    shapes = [gradients[1].shape for gradients in (stack.d_weights, stack.d_inputs)]
    return OneOf(
        "h⁽¹⁾ has the shape (8, 5) and W⁽²⁾ the shape (4, 5). Which gradients does module 2 compute?",
        ["(4, 5) and (8, 5)", "(8, 4) and (8, 5)", "(4, 5) and (8, 4)", "(5, 4) and (5, 8)"],
        answer=f"{shapes[0]} and {shapes[1]}",
        why=(
            "Each gradient has the shape of its variable, W⁽²⁾ or h⁽¹⁾. What module 2 receives has the shape of its"
            f" output, {stack.outgoing[1].shape}."
        ),
    )


@predict.question
def training() -> OneOf:
    options = [
        "the cost falls ten times as fast",
        "the cost oscillates and then falls as before",
        "the cost stays where guessing is, with gradients that are 0",
        "the cost becomes infinite",
    ]
    name = network_backprop.CIRCLES
    X, Y = network_backprop.points(name)
    last = network_backprop.train_network(name, 10.0)[0][-1]
    slopes, _ = network_backprop.gradients(last, X, Y)
    return OneOf(
        "With a learning rate of 1 the network learns the circles. What happens with a learning rate of 10?",
        options,
        answer=options[2] if not slopes["W1"].any() else options[1],
        why=(
            "The first large steps move every ReLU into the region where its output and its gradient are 0. Then W⁽¹⁾"
            " and b⁽¹⁾ receive no gradient any more, and no later step repairs that."
        ),
    )


@predict.question
def order() -> Number:
    counts = layer_backprop.multiplications([50] * 9)
    vector, matrices = counts[layer_backprop.VECTOR], counts[layer_backprop.MATRICES]
    return Number(
        "Eight layers of width 50 with 50 outputs, and the gradients of all layers are wanted. How many times as many"
        " multiplications are needed if matrices are multiplied first, with the shared prefix kept, instead of the"
        " vector?",
        answer=matrices / vector,
        tolerance=15,
        unit="times",
        why=(
            f"A vector times a matrix takes 50² multiplications, a matrix times a matrix 50³: {matrices:,} instead of "
            f"{vector:,} in all. With a single output there is almost no difference."
        ),
    )
