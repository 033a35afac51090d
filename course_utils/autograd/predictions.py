"""The predictions of the lecture on automatic differentiation, each before its demonstration."""

from __future__ import annotations

import numpy as np
import torch

from course_utils.autograd import (
    control_flow,
    custom_functions,
    static_graphs,
    toy_autodiff,
    toy_autodiff_pictures,
)
from course_utils.drawing.predictions import Number, OneOf, Predictions

predict = Predictions("autograd")


@predict.question
def ways() -> OneOf:
    runs = toy_autodiff_pictures.runs_for_jacobian(1_000_000, 1)
    fewest = min(runs, key=lambda name: runs[name])
    options = ["forward mode", "reverse mode", "central differences"]
    return OneOf(
        "A network has a million weights and one loss. Which way takes the fewest runs for the whole gradient?",
        options,
        answer=next(option for option in options if option.split()[0] in fewest),
        why=(
            "Reverse mode takes one backward run per output, forward mode one run per input, and central differences"
            " two. Forward mode is cheaper if there are fewer inputs than outputs."
        ),
    )


@predict.question
def engine() -> Number:
    result, names = toy_autodiff_pictures.build(toy_autodiff_pictures.SUM_XXY)
    gradients = toy_autodiff.backward(result, np.ones((2, 2)))
    x = next(node for node in gradients if names.get(node) == "x")
    return Number(
        "For `x + x + y`, which number will be in every entry of the gradient of x?",
        answer=float(gradients[x].max()),
        why=(
            "Two edges lead from x into the first sum, and an addition passes its gradient on unchanged along each of"
            " them."
        ),
    )


@predict.question
def fork() -> OneOf:
    return OneOf(
        "L = e^x + x² at x = 1.5. An engine overwrites gradients instead of adding them. Is the slope that it reports"
        " correct?",
        ["yes", "no, it is too small", "no, it is too large"],
        answer="no, it is too small",
        why=(
            "Only the contribution of the branch that arrives last is left, and both are positive here. At x = 0 the"
            " other branch contributes 0, and the mistake has no effect."
        ),
    )


@predict.question
def order() -> Number:
    a = 2.0
    return Number(
        "L = X + (3X)² with X = a², at a = 2. An engine visits the nearest nodes first and passes the gradient of X on"
        " too early. Which gradient does it report for a?",
        answer=1 * 2 * a,
        why=(
            "When X is processed, only the 1 of the short path has arrived, and it is multiplied by 2a. In reverse"
            " topological order X waits for 1 + 72, and a receives 292."
        ),
    )


@predict.question
def walk() -> Number:
    x, w1, w2 = torch.ones(2, 3), torch.ones(3, 4, requires_grad=True), torch.ones(4, 1, requires_grad=True)
    function, count = x.mm(w1).clamp(min=0).mm(w2).grad_fn, 0
    waiting = [function]
    while waiting:
        node = waiting.pop()
        if node is not None and "AccumulateGrad" not in node.name():
            count += 1
            waiting += [source for source, _ in node.next_functions]
    return Number(
        "`x.mm(w1).clamp(min=0).mm(w2)`, where `x` is data and the two weights require gradients. How many backward"
        " functions are in its graph, without those of the leaves?",
        answer=count,
        why="There is one per operation. The data is not in the graph: torch never computes a gradient for it.",
    )


@predict.question
def image() -> Number:
    return Number(
        "How many leaves does one more linear layer with ReLU add to the graph of a network?",
        answer=len(list(torch.nn.Linear(3, 3).parameters())),
        why=(
            "They are its weight and its bias. The graph grows in proportion to the depth, and so do the time and the"
            " memory of a backward pass."
        ),
    )


@predict.question
def running() -> OneOf:
    return OneOf(
        "None of these three formulas is in the code below. Which line computes them?",
        ["`y_pred = x.mm(w1).clamp(min=0).mm(w2)`", "`loss = (y_pred - y).pow(2).sum()`", "`loss.backward()`"],
        answer="`loss.backward()`",
        why=(
            "The other two lines compute values and record the graph. `backward` goes through it from the loss to the"
            " leaves and adds what it finds to their `.grad`."
        ),
    )


@predict.question
def requires() -> OneOf:
    x, y, z = torch.ones(2), torch.ones(2), torch.ones(2, requires_grad=True)
    a = x + y
    b = a + z
    b.sum().backward()
    tracked = [name for name, tensor in {"a": a, "b": b}.items() if tensor.requires_grad]
    return OneOf(
        "x and y are plain data, and only z requires a gradient. a = x + y and b = a + z. For which of a and b is"
        " `requires_grad` true?",
        ["only a", "only b", "both", "neither"],
        answer=f"only {tracked[0]}" if len(tracked) == 1 else "both",
        why=(
            "A result is tracked if one of its inputs is. After `b.sum().backward()` only z, the leaf that requires it,"
            " has a `.grad`."
        ),
    )


@predict.question
def lab() -> OneOf:
    return OneOf(
        "`y.backward(v)` is called three times on the same graph. How does `x.grad` compare with its value after the"
        " first call?",
        ["it is the same", "it is three times as large", "it is v times as large"],
        answer="it is three times as large",
        why="Each call adds the same again, until your code resets `.grad`. v scales the gradient, entry by entry.",
    )


@predict.question
def rules() -> OneOf:
    return OneOf(
        "w is a leaf that requires a gradient. Which update of w raises an error?",
        ["`w -= 0.1 * w.grad`", "`w = w - 0.1 * w.grad`", "`with torch.no_grad(): w -= 0.1 * w.grad`"],
        answer="`w -= 0.1 * w.grad`",
        why=(
            "A leaf must not be changed in place while operations are recorded. The second way makes a new tensor,"
            " which is no leaf, so training stops silently; the third is correct."
        ),
    )


@predict.question
def func() -> OneOf:
    return OneOf(
        "A softmax classifier with a 10 × 64 weight is trained on 1000 digits, and still misclassifies 53 of them."
        " Which samples have the gradients with the largest norms?",
        ["those that it classifies correctly", "those that it misclassifies", "all about the same"],
        answer="those that it misclassifies",
        why=(
            "The gradient of a sample is proportional to p minus its one-hot label. Near the end of training the"
            " gradients of all samples nearly cancel in the mean, although single ones are large."
        ),
    )


@predict.question
def function() -> OneOf:
    return OneOf(
        "A custom `backward` returns the local derivative and ignores the upstream gradient. Which test does not reveal"
        " this?",
        ["`y.sum().backward()`", "`(y ** 2).sum().backward()`", "`(3 * y).sum().backward()`"],
        answer="`y.sum().backward()`",
        why=(
            "The upstream gradient of a sum is 1 everywhere, and a factor of 1 may as well be missing. Test with"
            " upstream gradients that are not constant."
        ),
    )


@predict.question
def check() -> OneOf:
    accepts = custom_functions.gradcheck_accepts(custom_functions.KINKED, 1e-7, torch.float64)
    return OneOf(
        "torch's own ReLU is correct. What does gradcheck, with its step of 10⁻⁶, return at x = 10⁻⁷?",
        ["True", "False"],
        answer=str(accepts),
        why=(
            "The step crosses the kink, so the difference quotient is about half of the slope. So test gradients in"
            " float64, and never at a kink."
        ),
    )


@predict.question
def when() -> OneOf:
    z = torch.tensor(1000.0, dtype=torch.float64, requires_grad=True)
    y = torch.log(1 + torch.exp(z))
    slope = torch.autograd.grad(y, z)[0]
    said = {(True, True): "both are `inf`", (True, False): "the value is `inf`, the gradient `nan`"}
    return OneOf(
        "At z = 1000 the correct values of softplus and its slope are 1000 and 1. What do `torch.log(1 + torch.exp(z))`"
        " and its gradient give?",
        ["1000 and 1", "both are `inf`", "the value is `inf`, the gradient `nan`"],
        answer=said[bool(y.isinf()), not bool(slope.isnan())],
        why=(
            "The exponential overflows, and the chain rule then multiplies 0, the slope of the logarithm, by infinity."
            " A function of your own can use a formula without overflow."
        ),
    )


@predict.question
def dynamic() -> OneOf:
    return OneOf(
        "When does torch create the first node of the graph of an iteration?",
        [
            "when the program starts",
            "with the first operation on a tensor that requires a gradient",
            "when `backward` is called",
        ],
        answer="with the first operation on a tensor that requires a gradient",
        why=(
            "The forward pass records each operation while it computes. The nodes disappear when the next iteration"
            " replaces the loss; weights and their `.grad` remain."
        ),
    )


@predict.question
def control() -> Number:
    _, slope = control_flow.value_and_gradient(control_flow.LOOP, 0.6)
    return Number(
        "A program doubles x until it is at least 8. What is the derivative of its result at x = 0.6?",
        answer=slope,
        why=(
            "Each of the four doublings multiplies the slope by 2. Autograd differentiates the run that took place; the"
            " jump, where the number of doublings changes, does not show."
        ),
    )


@predict.question
def grow() -> OneOf:
    return OneOf(
        "sin(x²) is a graph of 2 operations, and autograd's graph of its derivative has 6. How many operations does"
        " that of the second derivative have?",
        ["6", "9", "19"],
        answer="19",
        why=(
            "autograd applies the product rule to each product and does not simplify the graph. As a formula, the"
            " second derivative takes 9 operations."
        ),
    )


@predict.question
def fusion() -> Number:
    return Number(
        "Four pointwise operations are applied to an array that does not fit into the cache. By which factor can fusion"
        " speed them up, at best?",
        answer=static_graphs.memory_passes(4, fused=False) / static_graphs.memory_passes(4, fused=True),
        tolerance=0.1,
        why=(
            "Each operation reads and writes the whole array; fused, it is read once and written once. Where the"
            " arithmetic takes most of the time, as in a matrix product, fusion gains little."
        ),
    )


@predict.question
def compile() -> OneOf:
    def branch(x: torch.Tensor) -> torch.Tensor:
        if x.sum() > 0:
            return torch.exp(x) * 2
        return x**2

    graphs = len(static_graphs.captured(branch, torch.ones(3)))
    return OneOf(
        "A function has an `if` that depends on the data. What does torch capture from it?",
        ["one graph", "several graphs", "nothing: it raises an error"],
        answer="several graphs" if graphs > 1 else "one graph",
        why=(
            "The condition is a number that is known only when the function runs, so the graph breaks there and Python"
            " decides how to go on."
        ),
    )


@predict.question
def compile_time() -> Number:
    return Number(
        "Fusion makes one pass of five pointwise operations. By which factor can that speed them up at best, if all the"
        " time is spent on reading and writing?",
        answer=static_graphs.memory_passes(5, fused=False) / static_graphs.memory_passes(5, fused=True),
        tolerance=0.1,
        why=(
            "Five times reading and writing become one. The compilation itself takes seconds, so it pays off only after"
            " many calls."
        ),
    )
