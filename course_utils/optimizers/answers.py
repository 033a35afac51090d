"""Pictures of the answers to the assignment on optimizers.

CIS5190-L15, "Accelerated gradient descent" to "Adaptive Learning Rates"; HPML-L3, "Learning rate schedule" and
"Cyclical Learning Rate".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes

from course_utils import check
from course_utils.checks import optimizers as drive
from course_utils.drawing.guarded_call import GuardedCall, guarded_call
from course_utils.drawing.pictures import BLACK, BLUE, GREEN, ORANGE, SKY, Picture, finish, new_figure
from course_utils.exercises.reference_style import REFERENCE_STYLE, titled
from course_utils.optimizers.update_rules import beale_gradient, beale_value

Function = Callable[..., Any]  # the student's, which may return anything

CONVENTIONS = ("lecture", "torch")
# Of `after_a_drop`: the learning rates of the first DROP steps and of those after them, and the momentum.
BEFORE, AFTER, DROP, MU = 0.1, 0.01, 40, 0.9

# Of `race`: its start, and the minimum of Beale's function.
START, MINIMUM = np.array([0.7, 1.4]), np.array([3.0, 0.5])
RACE_STEPS, ADAM_RATE = 300, 0.1
FRAME = ((-0.5, 4.5), (-1.0, 2.5))

CONSTANT = 0.115  # of `schedule`: about the best learning rate that does not change; 0.118 diverges
MODES = {"triangular": 1.0, "triangular2": 1.0, "exp_range": 0.97}  # of `cycles`, with their gamma


def after_a_drop(momentum_step: Function) -> Picture:
    """Draw the length of the steps under a constant gradient of 1, when the learning rate falls to a tenth."""
    rates = [BEFORE] * DROP + [AFTER] * DROP

    @check.driver
    def steps(convention: str) -> np.ndarray:
        """`momentum_step`, step after step."""
        path, state = [np.zeros(1)], None
        for lr in rates:
            w, state = momentum_step(path[-1].copy(), np.ones(1), state, lr, MU, convention)
            path.append(np.array(w))
        return -np.diff(np.concatenate(path))

    reference = _drops(rates)
    return _panels(
        "The learning rate falls to a tenth after 40 steps",
        CONVENTIONS,
        np.arange(1, len(rates) + 1),
        reference,
        [guarded_call(steps, name, like=curve) for name, curve in zip(CONVENTIONS, reference, strict=True)],
        ("step", "step length"),
        shown=(0, DROP - 1, DROP, DROP + 9, -1),
    )


def race(adam_step: Function) -> Picture:
    """Draw the paths of SGD, momentum and Adam on Beale's function, and that of the student's Adam."""
    paths = {
        "SGD": _walk(torch.optim.SGD, lr=0.002),
        "momentum": _walk(torch.optim.SGD, lr=0.002, momentum=0.9),
        "Adam, reference": _walk(torch.optim.Adam, lr=ADAM_RATE),
    }

    @check.driver
    def walk() -> np.ndarray:
        """`adam_step`, step after step."""
        path, state = [START], None
        for _ in range(RACE_STEPS):
            w, state = adam_step(path[-1].copy(), beale_gradient(path[-1]), state, ADAM_RATE)
            path.append(np.array(w))
        return np.array(path)

    yours, problem = guarded_call(walk, like=paths["Adam, reference"])

    figure, axes = new_figure(size=(7.2, 4.6))
    grid = np.meshgrid(np.linspace(*FRAME[0], 120), np.linspace(*FRAME[1], 90))
    heights = beale_value(np.stack(grid, axis=-1))
    axes.contour(*grid, heights, levels=10.0 ** np.arange(-2, 4, 0.5), colors=SKY, linewidths=0.8)
    styles: list[dict[str, Any]] = [{"color": ORANGE}, {"color": GREEN, "linewidth": 1.2}, REFERENCE_STYLE]
    for (name, path), style in zip(paths.items(), styles, strict=True):
        axes.plot(*path.T, label=name, **style)
    if yours is not None:
        axes.plot(*np.clip(yours, -100, 100).T, color=BLUE, linewidth=1.5, label="Adam, yours")
    axes.plot(*START, marker="s", color=BLACK, linestyle="", label="start")
    axes.plot(*MINIMUM, marker="*", markersize=12, color=BLACK, linestyle="", label="minimum")
    axes.set(xlim=FRAME[0], ylim=FRAME[1], xlabel="x₁", ylabel="x₂")
    axes.set_title(titled(f"{RACE_STEPS} steps on Beale's function", problem))
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    others = ", ".join(f"{name} {_distance(paths[name]):.3f}" for name in ("SGD", "momentum"))
    own = problem if yours is None else f"Yours: {_race_in_words(yours)}"
    return finish(
        figure,
        f"{RACE_STEPS} steps on Beale's function. Final distance from the minimum: {others}. "
        f"Reference: {_race_in_words(paths['Adam, reference'])} {own}",
    )


def schedule(designed_lr: Function) -> Picture:
    """Draw the learning rates of `designed_lr` and the mean loss with them, and those of the best constant rate."""
    constant = np.full(drive.UPDATES, CONSTANT)
    rates, problem = guarded_call(drive.rates_of_a_schedule, designed_lr, like=constant)

    figure, (left, right) = new_figure(1, 2, size=(7.2, 3.2))
    endings = []
    for curve, style in (
        (constant, REFERENCE_STYLE | {"label": "constant"}),
        (rates, {"color": BLUE, "label": "yours"}),
    ):
        if curve is None:
            continue
        losses = drive.losses_of_a_schedule(np.clip(curve, -1e6, 1e6), seed=0)
        left.plot(np.clip(curve, -1e6, 1e6), **style)
        right.semilogy(np.where(np.isfinite(losses), losses, np.nan), **style)
        endings.append(drive.outcome_of(losses))
    left.set(xlabel="update", ylabel="learning rate")
    right.set(xlabel="update", ylabel="mean of f")
    left.legend(fontsize="small")
    figure.suptitle(titled(f"{drive.UPDATES} updates", problem), fontsize="medium")
    own = problem if rates is None else f"Yours: {endings[1]}."
    return finish(figure, f"{drive.UPDATES} updates. Reference: with the constant {CONSTANT} {endings[0]}. {own}")


def cycles(cyclical_lr: Function) -> Picture:
    """Draw the three modes of `cyclical_lr` over three cycles between 0.1 and 1, with a step size of 10."""
    iterations = np.arange(61)

    @check.driver
    def rates(mode: str) -> np.ndarray:
        """`cyclical_lr`, iteration after iteration."""
        return np.array([float(cyclical_lr(int(it), 0.1, 1.0, 10, mode, gamma=MODES[mode])) for it in iterations])

    cycle, place = np.divmod(iterations, 20)
    scales = (np.ones(61), 0.5**cycle, MODES["exp_range"] ** iterations)
    reference = [0.1 + 0.9 * (1 - np.abs(place / 10 - 1)) * scale for scale in scales]
    return _panels(
        "Three modes of a cyclical learning rate",
        tuple(MODES),
        iterations,
        reference,
        [guarded_call(rates, mode, like=curve) for mode, curve in zip(MODES, reference, strict=True)],
        ("iteration", "learning rate"),
        shown=(0, 10, 20, 30, 50),
    )


def _walk(optimizer: Callable[..., torch.optim.Optimizer], **options: float) -> np.ndarray:
    """Return the path of one of torch's optimizers on Beale's function, (RACE_STEPS + 1, 2)."""
    weight = torch.tensor(START, requires_grad=True)
    running, path = optimizer([weight], **options), [START]
    for _ in range(RACE_STEPS):
        weight.grad = torch.from_numpy(beale_gradient(path[-1]))
        running.step()
        path.append(weight.detach().numpy().copy())
    return np.array(path)


def _distance(path: np.ndarray) -> float:
    return float(np.linalg.norm(path[-1] - MINIMUM))


def _race_in_words(path: np.ndarray) -> str:
    first = np.linalg.norm(path[1] - path[0])
    return f"Adam's first step has length {first:.3f}, and its final distance is {_distance(path):.3f}."


def _drops(rates: Sequence[float]) -> list[np.ndarray]:
    """Return the lengths of the steps under a gradient of 1, in both conventions: sums over all steps so far."""
    lr = np.array(rates)
    powers = np.tril(MU ** np.abs(np.subtract.outer(np.arange(len(lr)), np.arange(len(lr)))))
    return [powers @ lr, lr * powers.sum(axis=1)]


def _panels(
    title: str,
    names: Sequence[str],
    x: np.ndarray,
    reference: Sequence[np.ndarray],
    calls: Sequence[GuardedCall],
    labels: tuple[str, str],
    shown: Sequence[int],
) -> Picture:
    """Draw curves side by side, the student's over the references; the description has their values at `shown`."""
    problem = next((failed for _, failed in calls if failed), None)
    yours = None if problem else [curve for curve, _ in calls]

    figure, panels = new_figure(1, len(names), size=(max(7.2, 2.1 * len(names)), 3.2), sharey=True)
    top = max(curve.max() for curve in reference)
    for i, (axes, name) in enumerate(zip(panels, names, strict=True)):
        _reference_and_yours(axes, x, reference[i], None if yours is None else yours[i])
        axes.set(title=name, xlabel=labels[0], ylabel=labels[1] if i == 0 else "", ylim=(-0.25 * top, 1.25 * top))
    panels[0].legend(loc="lower left", fontsize="small")
    figure.suptitle(titled(title, problem), fontsize="medium")
    at = ", ".join(str(x[place]) for place in shown)
    own = problem if yours is None else f"Yours: {_in_words(names, yours, shown)}"
    return finish(
        figure,
        f"{title}: {labels[1]} at {labels[0]} {at}. Reference: {_in_words(names, reference, shown)} {own}",
    )


def _reference_and_yours(axes: Axes, x: np.ndarray, reference: np.ndarray, yours: np.ndarray | None) -> None:
    axes.plot(x, reference, label="reference", **REFERENCE_STYLE)
    if yours is not None:
        axes.plot(x, np.clip(yours, -1e6, 1e6), color=BLUE, linewidth=1.5, label="yours")


def _in_words(names: Sequence[str], curves: Sequence[np.ndarray], shown: Sequence[int]) -> str:
    values = [
        f"{name} " + ", ".join(f"{curve[at]:.3f}" for at in shown) for name, curve in zip(names, curves, strict=True)
    ]
    return "; ".join(values) + "."
