"""Learning rates, constant and changing, and the training that they lead to, drawn.

Sources: CIS5190-L15, "Learning Rate"; HPML-L3, "Constant Learning Rate" to "Cyclical Learning Rate"; Smith, "Cyclical
Learning Rates for Training Neural Networks" (2017), for the range test.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np

from course_utils import check
from course_utils.check import plain
from course_utils.drawing.digit_network import BATCH, History, gradient, initial, loss_and_accuracy, train
from course_utils.drawing.digits import TRAIN, digits
from course_utils.drawing.guarded_call import GuardedCall, guarded_call
from course_utils.drawing.moving import in_browser, moving
from course_utils.drawing.pictures import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    VERMILION,
    Picture,
    finish,
    new_figure,
    powers_of_ten,
)
from course_utils.drawing.yours import YOURS, Function, clipped, compared, finish_with
from course_utils.optimizers import learning_rate_schedules as s
from course_utils.optimizers.update_rules import ADAM, COLOURS, GD, MOMENTUM, RULES, gradient_descent

METHODS = (GD, MOMENTUM, ADAM)
EXPONENTS = np.arange(-4, 1.01, 0.25)
EPOCHS, UPDATES_AN_EPOCH = 20, TRAIN // BATCH
GUIDES = (-3, -2, -1, 0)  # exponents of the rates that are always drawn


# --- one rate for all ------------------------------------------------------------------------------------------------


@cache
def sweep(method: str) -> History:
    """Train the digits network by `method`, one of METHODS, with each of 10 ** EXPONENTS; each entry is (21, 21)."""
    rates = 10.0**EXPONENTS
    return train(RULES[method], lambda t, losses: rates, EPOCHS)


def draw_rate(exponent: float, method: str) -> Picture:
    """Draw the training loss against the epoch for some learning rates, and the final loss against the learning rate.

    exponent: of the learning rate, between -4 and 1. method: one of METHODS.
    """
    history, chosen = sweep(method), int(np.abs(EXPONENTS - exponent).argmin())
    losses, accuracy = history.train_loss, history.accuracy[-1]
    figure, (left, right) = new_figure(1, 2, size=(8.6, 3.4))
    for guide in GUIDES:
        left.semilogy(
            _shown(losses[:, np.abs(EXPONENTS - guide).argmin()]), color=GREY, lw=1, label=f"α = {10.0**guide:g}"
        )
    left.semilogy(_shown(losses[:, chosen]), color=COLOURS[method], lw=2.5)
    left.set(xlim=(0, EPOCHS), xticks=[0, 10, 20], xlabel="epoch", ylabel="training loss")
    left.set_title(f"{method}, α = {10.0**exponent:.2g}")
    right.semilogy(EXPONENTS, _shown(losses[-1]), ".-", color=COLOURS[method], lw=1)
    right.plot(EXPONENTS[chosen], _shown(losses[-1, chosen]), "o", color=ORANGE, mec=BLACK, ms=9)
    right.set_xticks(range(-4, 2), ["0.0001", "0.001", "0.01", "0.1", "1", "10"])
    right.set(
        xlabel="learning rate α", ylabel="loss after 20 epochs", title=f"validation accuracy {accuracy[chosen]:.3f}"
    )
    for axes in (left, right):
        axes.set_ylim(1e-3, 20)
        powers_of_ten(axes.yaxis, (-3, -2, -1, 0, 1))
    for guide in GUIDES:
        end = _shown(losses[-1, np.abs(EXPONENTS - guide).argmin()])
        left.text(EPOCHS, end, f" {10.0**guide:g}", fontsize=8, color=GREY, va="center")
    best = int(losses[-1].argmin())
    return finish(
        figure,
        f"{method} on digits with learning rate {10.0**exponent:.2g}: training loss {_two_digits(losses[-1, chosen])} "
        f"and validation accuracy {_two_digits(accuracy[chosen])} after 20 epochs. The smallest of {len(EXPONENTS)} "
        f"losses, {_two_digits(losses[-1, best])}, has learning rate {10.0 ** EXPONENTS[best]:.2g}.",
    )


def _shown(losses: np.ndarray) -> np.ndarray:
    return np.clip(losses, 1e-3, 20)


def _two_digits(value: float) -> str:
    """Write two digits: a run that nearly diverges has no more that are the same on every machine."""
    return "above 10" if value > 10 else f"{value:.2g}"


@cache
def range_test(batches: int) -> tuple[np.ndarray, np.ndarray]:
    """Return learning rates from 0.001 to 10 and the loss of each batch before its update, both (batches,)."""
    X, labels, _, _ = digits()
    rng = np.random.default_rng(0)
    w, losses, rates = initial()[None], [], np.geomspace(1e-3, 10, batches)
    for rate in rates:
        batch = rng.choice(TRAIN, BATCH, replace=False)
        losses.append(float(loss_and_accuracy(w, X[batch], labels[batch])[0][0]))
        w, _ = gradient_descent(lambda w, b=batch: gradient(w, X[b], labels[b]), w, (0.0, 0.0), rate, 1)
    return rates, np.array(losses)


def smoothed(values: np.ndarray, beta: float) -> np.ndarray:
    """Return the exponential moving average of `values`, (n,), with bias correction, as in Adam."""
    mean, result = 0.0, []
    for t, value in enumerate(values.tolist(), start=1):
        mean = beta * mean + (1 - beta) * value
        result.append(mean / (1 - beta**t))
    return np.array(result)


def draw_range_test(batches: int, smoothing: float) -> Picture:
    """Draw the loss of one run whose learning rate grows from batch to batch (a learning-rate range test)."""
    rates, losses = range_test(batches)
    smooth = smoothed(losses, smoothing)
    lowest = int(smooth.argmin())
    figure, axes = new_figure(size=(7, 3.6))
    axes.semilogx(rates, np.minimum(losses, 4), ".", color=GREY, ms=4, label="one batch")
    axes.semilogx(rates, np.minimum(smooth, 4), color=BLUE, label="smoothed")
    axes.axvline(rates[lowest], color=VERMILION, ls="--", lw=1.5, label=f"lowest, α = {rates[lowest]:.2g}")
    axes.axvspan(rates[lowest] / 10, rates[lowest] / 3, color=ORANGE, alpha=0.25, label="a third to a tenth of it")
    axes.set(xlim=(1e-3, 10), ylim=(0, 4), xlabel="learning rate α", ylabel="loss")
    axes.set_title(f"{batches} batches, one run")
    axes.set_xticks([1e-3, 1e-2, 0.1, 1, 10], ["0.001", "0.01", "0.1", "1", "10"])
    axes.set_yticks([0, 1, 2, 3, 4])
    axes.legend(loc="upper left", fontsize=8)
    return finish(
        figure,
        f"Range test on digits: {batches} batches while the learning rate grows from 0.001 to 10, smoothed with "
        f"{smoothing:.2f}. The smoothed loss starts at {smooth[0]:.2f} and is lowest, {smooth[lowest]:.2f}, at "
        f"learning rate {rates[lowest]:.2g}.",
    )


# --- decay -----------------------------------------------------------------------------------------------------------

STRENGTHS = np.arange(0.5, 4.01, 0.5)
FIRST_RATE, MILESTONES, WRONG = 1.0, (7, 12), 0.15
DECAY_EPOCHS, DECAY_BATCH, LAST = 16, 20, 5
KINDS = (s.INVERSE, s.EXPONENTIAL, s.POLYNOMIAL, s.MULTI_STEP, s.COSINE, s.PLATEAU)


def scheduled(kind: str, epoch: float, strength: np.ndarray) -> np.ndarray:
    """Return the rate for each strength, (runs,), at an epoch (a number that grows from update to update): (runs,).

    kind: one of KINDS except PLATEAU, whose rates depend on the losses.
    """
    rates = {
        s.INVERSE: lambda: s.inverse(epoch, FIRST_RATE, 0.5 * strength),
        s.EXPONENTIAL: lambda: s.exponential(epoch, FIRST_RATE, 0.1 * strength),
        s.POLYNOMIAL: lambda: s.polynomial(epoch, FIRST_RATE, DECAY_EPOCHS, strength),
        s.MULTI_STEP: lambda: s.multi_step(epoch, FIRST_RATE, MILESTONES, 10 ** (-strength / 4)),
        s.COSINE: lambda: np.full(len(strength), s.cosine(epoch, FIRST_RATE, DECAY_EPOCHS)),
    }[kind]()
    return np.asarray(rates)


@cache
def decayed(kind: str) -> History:
    """Train with one of KINDS in all STRENGTHS; in the last run the rate stays constant.

    A share WRONG of the training labels is wrong: without labels that cannot be fitted, this network on these data has
    no noise at the minimum, and does not profit from a smaller rate.
    """
    runs = len(STRENGTHS)
    plateau = s.ReduceOnPlateau(np.full(runs, FIRST_RATE), 10 ** (-STRENGTHS / 4), patience=1)
    seen = [0]

    def rate_at(t: int, losses: Sequence[np.ndarray]) -> np.ndarray:
        if kind == s.PLATEAU:
            if len(losses) > max(seen[0], 1):  # one call for each finished epoch
                seen[0] = len(losses)
                plateau.step(losses[-1][:runs])
            rates = plateau.rates
        else:
            rates = scheduled(kind, (t - 1) * DECAY_BATCH / TRAIN, STRENGTHS)
        return np.append(rates, FIRST_RATE)

    return train(gradient_descent, rate_at, DECAY_EPOCHS, lambda epoch: DECAY_BATCH, WRONG)


def draw_schedule(kind: str, strength: float) -> Picture:
    """Draw a schedule, one of KINDS, and the losses with it and with a constant rate."""
    history, chosen = decayed(kind), int(np.abs(STRENGTHS - strength).argmin())
    figure, (left, right) = new_figure(1, 2, size=(8.6, 3.4))
    left.step(range(DECAY_EPOCHS + 1), history.rates[:, chosen], where="post", color=BLUE)
    left.axhline(FIRST_RATE, color=GREY, lw=1, ls="--")
    left.set(xlabel="epoch", ylabel="learning rate α", xlim=(0, DECAY_EPOCHS), ylim=(0, 1.1), yticks=[0, 0.5, 1])
    left.set_title(f"{kind}: {_formula(kind, strength)}")
    for losses, colour, name in (
        (history.train_loss, BLUE, "training"),
        (history.validation_loss, ORANGE, "validation"),
    ):
        right.plot(losses[:, chosen], color=colour, label=f"{name}, with the schedule")
        right.plot(losses[:, -1], color=colour, lw=1, ls="--", label=f"{name}, constant rate")
    right.set(xlabel="epoch", ylabel="loss", xlim=(0, DECAY_EPOCHS), ylim=(0, 2), yticks=[0, 1, 2])
    with_it, without = (_span(history.accuracy[-LAST:, run]) for run in (chosen, -1))
    right.set_title(f"accuracy {with_it}, constant {without}", fontsize=10)
    right.legend(loc="upper right", fontsize=8)
    for axes in (left, right):
        axes.set_xticks([0, 4, 8, 12, 16])
    return finish(
        figure,
        f"{kind} schedule, {_formula(kind, strength)}: the learning rate falls from {FIRST_RATE:g} to "
        f"{history.rates[-1, chosen]:.2g} in {DECAY_EPOCHS} epochs of digits with some wrong labels. Validation "
        f"accuracy over the last {LAST} epochs: {with_it} with it, {without} with a constant rate.",
    )


NODES = (0.0, 4.0, 10.0, float(DECAY_EPOCHS))  # the epochs at which a schedule drawn by hand has its nodes


@lru_cache(maxsize=64)
def by_hand(rates: tuple[float, ...]) -> History:
    """Train with a schedule that goes in straight lines from node to node, and in a second run with a constant rate.

    rates: the learning rate at each of NODES.
    """

    def rate_at(t: int, losses: Sequence[np.ndarray]) -> np.ndarray:
        return np.array([np.interp((t - 1) * DECAY_BATCH / TRAIN, NODES, rates), FIRST_RATE])

    return train(gradient_descent, rate_at, DECAY_EPOCHS, lambda epoch: DECAY_BATCH, WRONG)


@in_browser("learning_rates.js", "byHand", lambda: {"nodes": NODES})
def draw_by_hand(rate_0: float, rate_1: float, rate_2: float, rate_3: float) -> Picture:
    """Draw a schedule through four nodes, and the losses with it and with a constant rate.

    rate_0, ...: the learning rates at NODES.
    """
    rates = (rate_0, rate_1, rate_2, rate_3)
    history = by_hand(rates)
    figure, (left, right) = new_figure(1, 2, size=(7.0, 2.6))
    left.plot(NODES, rates, "o-", color=BLUE, gid=moving("schedule"))
    left.axhline(FIRST_RATE, color=GREY, lw=1, ls="--")
    left.set(xlabel="epoch", ylabel="learning rate α", ylim=(-0.05, 2.1), yticks=[0, 1, 2], title="drag the nodes")
    for losses, colour, name in (
        (history.train_loss, BLUE, "training"),
        (history.validation_loss, ORANGE, "validation"),
    ):
        right.plot(losses[:, 0], color=colour, label=f"{name}, with the schedule")
        right.plot(losses[:, 1], color=colour, lw=1, ls="--", label=f"{name}, constant rate")
    right.set(xlabel="epoch", ylabel="loss", ylim=(0, 2), yticks=[0, 1, 2])
    with_it, without = (_span(history.accuracy[-LAST:, run]) for run in (0, 1))
    right.set_title(f"accuracy {with_it}, constant {without}", fontsize=10)
    right.legend(loc="upper right", fontsize=7)
    for axes in (left, right):
        axes.set(xticks=[0, 4, 8, 12, 16], xlim=(-0.4, DECAY_EPOCHS + 0.4))
    listed = ", ".join(f"{rate:.2f} at epoch {epoch:.0f}" for epoch, rate in zip(NODES, rates, strict=True))
    return finish(
        figure,
        f"A schedule in straight lines between {listed}. Validation accuracy over the last {LAST} epochs: {with_it} "
        f"with it, {without} with a constant rate of {FIRST_RATE:g}.",
    )


def _span(values: np.ndarray) -> str:
    return f"{values.min():.2f} to {values.max():.2f}"


def _formula(kind: str, strength: float) -> str:
    return {
        s.INVERSE: f"1 / (1 + {0.5 * strength:.2f} t)",
        s.EXPONENTIAL: f"exp(-{0.1 * strength:.2f} t)",
        s.POLYNOMIAL: f"(1 - t/16)^{strength:.1f}",
        s.MULTI_STEP: f"times {10 ** (-strength / 4):.2f} at 7 and 12",
        s.COSINE: "(1 + cos(π t / 16)) / 2",
        s.PLATEAU: f"times {10 ** (-strength / 4):.2f}, patience 1",
    }[kind]


# --- cycles ----------------------------------------------------------------------------------------------------------

BASE, MOST, GAMMA = 0.1, 1.0, 0.995
MODES = (s.TRIANGULAR, s.TRIANGULAR2, s.EXP_RANGE)


@cache
def cycled(step_size: int) -> History:
    """Train with the three cyclical modes and, in the last run, with the fixed rate BASE."""

    def rate_at(t: int, losses: Sequence[np.ndarray]) -> np.ndarray:
        return np.array([s.cyclical(t - 1, BASE, MOST, step_size, mode, GAMMA) for mode in MODES] + [BASE])

    return train(gradient_descent, rate_at, EPOCHS)


def draw_cycle(mode: str, step_size: int, yours: Function | None = None) -> Picture:
    """Draw a cyclical learning rate, one of MODES, and the validation accuracy with it and with the fixed base rate.

    yours: the student's `cyclical_lr`.
    """
    history, chosen = cycled(step_size), MODES.index(mode)
    t = np.arange(EPOCHS * UPDATES_AN_EPOCH + 1)
    figure, (left, right) = new_figure(1, 2, size=(8.6, 3.3))
    reference, said = np.asarray(s.cyclical(t, BASE, MOST, step_size, mode, GAMMA)), ""
    left.plot(t, reference, color=BLUE)
    if yours is not None:
        own = your_cycle(yours, mode, step_size, reference)
        if own.problem is None:
            left.plot(t, clipped(own.value), **YOURS)
        said = compared(own, reference)
    left.axvspan(0, step_size, color=ORANGE, alpha=0.25, label=f"step size {step_size}")
    left.set(ylim=(0, 1.3), yticks=[0, 0.5, 1], ylabel="learning rate α", title=mode)
    left.legend(loc="upper right", fontsize=8)
    right.plot(history.updates, history.accuracy[:, chosen], color=BLUE, label=mode)
    right.plot(history.updates, history.accuracy[:, -1], color=GREY, label=f"fixed at {BASE}")
    right.set(ylim=(0.7, 1), yticks=[0.7, 0.8, 0.9, 1], ylabel="validation accuracy", title="digits, 400 updates")
    right.legend(loc="lower right", fontsize=8)
    for axes in (left, right):
        axes.set(xlabel="update", xlim=(0, t[-1]), xticks=[0, 200, 400])
    return finish_with(
        figure,
        f"Cyclical learning rate, {mode}, between {BASE} and {MOST} with step size {step_size}: a cycle takes "
        f"{2 * step_size} updates. Validation accuracy on digits after {t[-1]} updates: "
        f"{history.accuracy[-1, chosen]:.3f}, with the fixed rate {BASE} {history.accuracy[-1, -1]:.3f}.",
        said,
    )


def your_cycle(yours: Function, mode: str, step_size: int, reference: np.ndarray) -> GuardedCall:
    """Return the rates of a student's `cyclical_lr` in one of MODES, of the shape of the reference, (updates + 1,)."""
    name = f"`{getattr(yours, '__name__', 'your function')}`"

    def rates() -> np.ndarray:
        found = []
        for t in range(len(reference)):
            rate = yours(t, BASE, MOST, step_size, mode, gamma=GAMMA)
            received = check.Received(rate, f"{name} at update {t}")
            received.satisfies(plain.is_number(rate), f"it is {plain.kind(rate)}; expected a number.")
            found.append(float(rate))
        return np.array(found)

    rates.__doc__ = name
    return guarded_call(check.driver(rates), like=reference)
