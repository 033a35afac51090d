"""Pictures of four ways to compute the gradient of x_1 x_2 ... x_n, and of their cost.

Source: CS7643-BACKPROP, "Several ways to compute". The function is Speelpenning's product, the usual example of the
literature on automatic differentiation (Griewank and Walther, "Evaluating Derivatives", 2008). `x: (n,)` is a list.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch

from course_utils.drawing.pictures import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    VERMILION,
    Picture,
    finish,
    new_figure,
    power_of_ten,
)


class Counter:
    """Multiply and divide numbers, and count these operations."""

    def __init__(self) -> None:
        self.count = 0

    def multiply(self, a: float, b: float) -> float:
        """Return a * b and add 1 to the count."""
        self.count += 1
        return a * b

    def divide(self, a: float, b: float) -> float:
        """Return a / b and add 1 to the count. Raises ZeroDivisionError where b is 0."""
        self.count += 1
        return a / b


def product(x: list[float], counter: Counter) -> float:
    """Return x_1 x_2 ... x_n, from left to right: n - 1 multiplications."""
    result = x[0]
    for factor in x[1:]:
        result = counter.multiply(result, factor)
    return result


def by_hand(x: list[float], counter: Counter) -> list[float]:
    """Return the gradient by a formula found by hand: df/dx_i = f / x_i. Raises ZeroDivisionError where an x_i is 0."""
    f = product(x, counter)
    return [counter.divide(f, factor) for factor in x]


def symbolic(x: list[float], counter: Counter) -> list[float]:
    """Return the gradient by n formulas, df/dx_i = the product of all other factors, each evaluated on its own."""
    return [product([*x[:i], *x[i + 1 :]], counter) for i in range(len(x))]


def numerical(x: list[float], counter: Counter, h: float = 1e-5) -> list[float]:
    """Return the gradient by central differences: two evaluations of the product per factor."""

    def shifted(i: int, step: float) -> float:
        return product([*x[:i], x[i] + step, *x[i + 1 :]], counter)

    return [counter.divide(shifted(i, h) - shifted(i, -h), 2 * h) for i in range(len(x))]


def automatic(x: list[float], counter: Counter) -> list[float]:
    """Return the gradient by reverse-mode differentiation: store each partial product, then go back through them."""
    kept = [x[0]]
    for factor in x[1:]:
        kept.append(counter.multiply(kept[-1], factor))
    gradient, upstream = [0.0] * len(x), 1.0
    for i in range(len(x) - 1, 0, -1):
        gradient[i] = counter.multiply(upstream, kept[i - 1])
        upstream = counter.multiply(upstream, x[i])
    gradient[0] = upstream
    return gradient


WAYS = {"manual": by_hand, "symbolic": symbolic, "numerical": numerical, "automatic": automatic}
MOST_FACTORS = 40


def factors(n: int) -> list[float]:
    """Return n numbers near 1: the point at which the gradient is taken."""
    return [1 + 0.5 * float(np.sin(3 * i + 1)) for i in range(n)]


@cache
def work(way: str) -> np.ndarray:
    """Count the multiplications and divisions that a way takes for n = 3, ..., MOST_FACTORS: (38,) int64.

    way: a key of `WAYS`.
    """
    counts = []
    for n in range(3, MOST_FACTORS + 1):
        counter = Counter()
        WAYS[way](factors(n), counter)
        counts.append(counter.count)
    return np.array(counts)


def worst_error(way: str, n: int) -> float:
    """Return the largest relative error of the gradient of n factors against torch's in float64.

    way: a key of `WAYS`.
    """
    x = torch.tensor(factors(n), dtype=torch.float64, requires_grad=True)
    (expected,) = torch.autograd.grad(x.prod(), x)
    found = torch.tensor(WAYS[way](factors(n), Counter()), dtype=torch.float64)
    return float(((found - expected) / expected).abs().max())


def draw_work(n: int) -> Picture:
    """Draw the cost and the error of four ways to compute the gradient of x_1 ... x_n."""
    figure, (left, right) = new_figure(1, 2, size=(9, 3.8), width_ratios=[5, 4])
    colours = (GREY, ORANGE, VERMILION, BLUE)
    sizes = np.arange(3, MOST_FACTORS + 1)
    for way, colour in zip(WAYS, colours, strict=True):
        count = int(work(way)[n - 3])
        left.plot(sizes, np.log10(work(way)), color=colour, label=f"{way}: {count}")
        left.plot(n, np.log10(count), "o", color=colour, mec=BLACK)
    left.set(xticks=range(0, 41, 10))
    left.set_yticks(range(5), [power_of_ten(t) for t in range(5)])
    left.set(xlabel="n, number of factors", ylabel="multiplications", title=f"gradient of a product of n = {n} factors")
    left.legend(loc="lower right", fontsize=8)
    errors = [worst_error(way, n) for way in WAYS]
    for place, (error, colour) in enumerate(zip(errors, colours, strict=True)):  # dots: a logarithmic axis has no 0
        if error > 0:
            right.plot(np.log10(error), place, "o", color=colour, mec=BLACK, ms=9)
        else:
            right.text(-16.8, place, "0 (exact)", va="center", fontsize=9)
    right.set_yticks(range(len(WAYS)), list(WAYS))
    right.set_ylim(len(WAYS) - 0.5, -0.5)
    right.set_xticks(range(-16, -7, 4), [power_of_ten(t) for t in range(-16, -7, 4)])
    right.set(xlabel="largest relative error", ylabel="way", xlim=(-17, -7), title="error (float64)")
    counts = ", ".join(f"{way} {work(way)[n - 3]}" for way in WAYS)
    return finish(
        figure,
        f"Multiplications for the gradient of a product of n = {n} factors: {counts}. The largest relative error of "
        f"the numerical way is {'less' if errors[2] < 1e-8 else 'more'} than 1e-8, that of the others "
        f"{'less' if max(errors[0], errors[1], errors[3]) < 1e-14 else 'more'} than 1e-14.",
    )
