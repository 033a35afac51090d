"""Update rules on surfaces of two numbers, drawn: valley, saddle, overshoot, race.

Sources: CIS5190-L15, "Challenge 1: Narrow Valleys" to "Adaptive Learning Rates".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from course_utils.drawing.moving import in_browser, moving
from course_utils.drawing.pictures import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    VERMILION,
    Picture,
    arrow,
    finish,
    new_figure,
    powers_of_ten,
    three_digits,
)
from course_utils.drawing.yours import YOURS, Function, compared, finish_with
from course_utils.optimizers.update_rules import (
    COLOURS,
    GD,
    MOMENTUM,
    NESTEROV,
    RMSPROP,
    RULES,
    run,
    settled_after,
    steps_until,
    surfaces,
    valley,
)
from course_utils.optimizers.your_rule import STEPS, method_of, your_path

START, DONE, MOST_STEPS, SADDLE_STEPS = np.array([-8.0, 1.0]), 1e-6, 600, 400
DISTANCES = np.geomspace(1e-8, 0.3, 16)  # from the ridge of the saddle
WATCHED = 2000  # updates during which a run that has converged has to stay where it is
RATES = np.geomspace(1e-3, 1, 49)
MU = 0.9


def limit(method: str, largest: float, mu: float = MU) -> float | None:
    """Return the learning rate above which `method` diverges on a quadratic with this largest curvature.

    method: GD, MOMENTUM or NESTEROV; for the other RULES, whose steps do not grow with the gradient, None.
    """
    limits = {GD: 2.0, MOMENTUM: 2 * (1 + mu), NESTEROV: 2 * (1 + mu) / (1 + 2 * mu)}
    return limits[method] / largest if method in limits else None


@cache
def steps_in_valley(kappa: float, method: str) -> tuple[np.ndarray, np.ndarray]:
    """Return, for each of RATES, when the loss is below DONE for the first time and when for good, (49,) int each.

    method: one of RULES. -1: not within MOST_STEPS; a run is watched for WATCHED updates.
    """
    value, gradient = valley(kappa)
    losses = value(run(RULES[method], gradient, START, RATES[:, None], WATCHED))
    first, settled = steps_until(losses, DONE), settled_after(losses, DONE)
    return np.where(first > MOST_STEPS, -1, first), np.where(settled > MOST_STEPS, -1, settled)


def _verdict(method: str, kappa: float, learning_rate: float, losses: np.ndarray) -> str:
    most, settled = limit(method, kappa), int(settled_after(losses, DONE))
    if most is not None and learning_rate >= most:
        return "diverges"
    if 0 <= settled <= MOST_STEPS:
        return f"{settled} updates"
    if settled < 0 and (first := int(steps_until(losses, DONE))) >= 0:
        return f"not for good (first at {first}), {losses[-1]:.2g} at {WATCHED}"
    return f"more than {MOST_STEPS} updates"


def draw_valley(kappa: float, learning_rate: float, method: str) -> Picture:
    """Draw the path of one of RULES, `method`, in a narrow valley, and the updates it needs with each learning rate."""
    value, gradient = valley(kappa)
    path = run(RULES[method], gradient, START, learning_rate, WATCHED)
    verdict, most = _verdict(method, kappa, learning_rate, value(path)), limit(method, kappa)
    figure, (left, right) = new_figure(1, 2, size=(8.6, 3.4), width_ratios=[5, 4])
    _ellipses(left, kappa)
    left.plot(*path[:151].T, ".-", color=COLOURS[method], lw=0.9, ms=4)
    _ends(left, START, (0, 0))
    left.set(xlim=(-9, 9), ylim=(-2.2, 2.2), xlabel="w₁ (curvature 1)", ylabel=f"w₂ (curvature {three_digits(kappa)})")
    left.set(xticks=[-8, 0, 8], yticks=[-2, 0, 2], title=f"α = {learning_rate:.3g}: {verdict}")
    first, settled = steps_in_valley(kappa, method)
    only_passes, stays = (first >= 0) & (settled < 0), settled >= 0
    right.semilogx(RATES[stays], settled[stays], ".-", color=COLOURS[method], lw=1, label="stays below")
    if only_passes.any():
        right.semilogx(RATES[only_passes], first[only_passes], "x", color=GREY, ms=4, label="below once, not for good")
    right.axvline(learning_rate, color=ORANGE, label="this α")
    if most is not None:
        right.axvline(most, color=VERMILION, ls="--", label="limit")
    _log_rates(right, (1e-3, 1))
    right.set(ylim=(0, MOST_STEPS), yticks=[0, 200, 400, 600], xlabel="learning rate α")
    right.set(ylabel="updates to stay below 10⁻⁶", title=method)
    right.legend(loc="upper right", fontsize=8)
    best = (
        f"The best of {len(RATES)} rates, {RATES[stays][settled[stays].argmin()]:.2g}, needs {settled[stays].min()}."
        if stays.any()
        else f"With none of {len(RATES)} rates does the loss stay below 1e-6 within {MOST_STEPS} updates."
    )
    bound = f"The limit is {most:.3g}." if most is not None else "There is no limit of the form c / curvature."
    return finish(
        figure,
        f"A valley with condition number {three_digits(kappa)}, {method} with learning rate {learning_rate:.3g}: "
        f"{verdict}. {bound} {best}",
    )


def path_from_saddle(method: str, distance: float | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the path of one of RULES from (1, distance), (401, ..., 2), and its first update with |w_2| > 1, (...).

    method: one of RULES. distance: of the start from the ridge, any shape. -1: not within 400 updates.
    """
    chosen, away = surfaces()["saddle"], np.asarray(distance, dtype=float)
    start = np.stack([np.ones_like(away), away], axis=-1)
    path = run(RULES[method], chosen.gradient, start, chosen.rates[method], SADDLE_STEPS)
    return path, steps_until(-np.abs(path[..., 1]), -1)


@cache
def updates_from_saddle() -> dict[str, np.ndarray]:
    """Return the updates that each of RULES needs from each of DISTANCES, (16,) int."""
    return {name: path_from_saddle(name, DISTANCES)[1] for name in RULES}


def draw_saddle(distance: float, on_ridge: bool, method: str) -> Picture:
    """Draw the path of one of RULES, `method`, near a saddle, and the updates that all need against the distance.

    distance: of the start from the ridge; on_ridge: start exactly on it. The learning rates are those of the race.
    """
    start = np.array([1.0, 0.0 if on_ridge else distance])
    path, _ = path_from_saddle(method, start[1])
    left_after = {name: int(path_from_saddle(name, start[1])[1]) for name in RULES}
    figure, (left, right) = new_figure(1, 2, size=(8.5, 3.3), width_ratios=[4, 5])
    t = np.linspace(-1.5, 1.5, 31)
    arm = np.sqrt(0.4 + t**2)  # w_1^2 - w_2^2 is 0.4, or minus that
    for sign in (1, -1):
        left.plot(sign * arm, t, color=ORANGE, lw=0.7)
        left.plot(t, sign * arm, color=PURPLE, lw=0.7)
    left.plot(*path.T, ".-", color=COLOURS[method], lw=1, ms=3)
    left.plot(*start, "s", color=ORANGE, mec=BLACK, ms=8)
    left.plot(0, 0, "+", color=BLACK, ms=12)
    left.set(xlim=(-1.4, 1.4), ylim=(-1.4, 1.4), xlabel="w₁", ylabel="w₂", xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    left.set_title("Hessian eigenvalues +2 and -2")
    for name, counts in updates_from_saddle().items():
        label = f"{name}: {left_after[name]}" if left_after[name] >= 0 else f"{name}: never"
        inside = counts >= 0
        style = "--" if name == RMSPROP else "-"  # it lies on AdaGrad's line
        width = 3 if name == method else 1.5
        right.semilogx(DISTANCES[inside], counts[inside], style, color=COLOURS[name], lw=width, label=label)
    if not on_ridge:
        right.axvline(distance, color=GREY, lw=1)
    right.set(xlim=(1e-8, 0.4), ylim=(0, SADDLE_STEPS), xlabel="start: distance from the ridge", ylabel="updates")
    right.set(yticks=[0, 100, 200, 300, 400], title="updates until |w₂| > 1")
    powers_of_ten(right.xaxis, (-8, -6, -4, -2))
    right.legend(loc="upper right", fontsize=8)
    summary = ", ".join(f"{name} {count if count >= 0 else 'never'}" for name, count in left_after.items())
    return finish(
        figure,
        f"Leaving the saddle of w_1^2 - w_2^2, whose Hessian has eigenvalues 2 and -2, from w_2 = {start[1]:.1e} with "
        f"the learning rates of the race. Updates until |w_2| is above 1 (at most {SADDLE_STEPS}): {summary}.",
    )


# --- momentum and Nesterov -------------------------------------------------------------------------------------------

OVERSHOOT_RATE, OVERSHOOT_KAPPA, SHOWN = 0.02, 50.0, 200


def overshoot(method: str, mu: float) -> tuple[np.ndarray, float]:
    """Return the path in the valley, (601, 2), and the overshoot of w_1: how far it goes past the minimum, at least 0.

    method: GD, MOMENTUM or NESTEROV; mu is not used by GD.
    """
    settings = {} if method == GD else {"mu": mu}
    path = run(RULES[method], valley(OVERSHOOT_KAPPA)[1], START, OVERSHOOT_RATE, MOST_STEPS, **settings)
    return path, max(0.0, float(path[:, 0].max()))


def draw_momentum(mu: float, step: int) -> Picture:
    """Draw heavy-ball and Nesterov momentum up to update `step`, and how far each overshoots the minimum."""
    paths = {method: overshoot(method, mu) for method in (GD, MOMENTUM, NESTEROV)}
    figure, (left, right) = new_figure(1, 2, size=(8.5, 3.3), width_ratios=[5, 4])
    _ellipses(left, OVERSHOOT_KAPPA)
    for method, (path, far) in paths.items():
        left.plot(*path[: step + 1].T, ".-", color=COLOURS[method], lw=0.9, ms=4)
        right.plot(path[: SHOWN + 1, 0], color=COLOURS[method], lw=1.5, label=f"{method}: {far:.2f}")
        right.plot(step, path[step, 0], "o", color=COLOURS[method], ms=5)
    _ends(left, START, (0, 0))
    left.set(xlim=(-9, 9), ylim=(-1.4, 1.4), xlabel="w₁", ylabel="w₂", xticks=[-8, 0, 8], yticks=[-1, 0, 1])
    left.set_title(f"μ = {mu:.2f}, after {step} updates")
    right.axhline(0, color=GREY, lw=1)
    right.set(xlabel="update", ylabel="w₁", ylim=(-9, 9), xlim=(0, SHOWN), yticks=[-8, 0, 8], xticks=[0, 100, 200])
    right.set_title("overshoot of w₁ past 0")
    right.legend(loc="lower right", fontsize=8)
    summary = ", ".join(f"{method} {far:.2f}" for method, (_, far) in paths.items())
    return finish(
        figure,
        f"A valley with condition number 50, learning rate 0.02, mu = {mu:.2f}. After {step} updates w_1 is "
        f"{', '.join(f'{method} {path[step, 0]:z.2f}' for method, (path, _) in paths.items())}. Overshoot of w_1 "
        f"past the minimum: {summary}.",
    )


RHO, LOOK_RATE, LOOK_KAPPA = np.array([1.0, -0.25]), 0.25, 4.0


def next_places(w: np.ndarray, rho: np.ndarray, mu: float) -> dict[str, np.ndarray]:
    """Return, for w and rho, (2,), the lookahead point and the next points of momentum and Nesterov, each (2,).

    The keys are "lookahead", MOMENTUM and NESTEROV; alpha is 0.25.
    """
    gradient = valley(LOOK_KAPPA)[1]
    ahead = w + mu * rho
    return {
        "lookahead": ahead,
        MOMENTUM: ahead - LOOK_RATE * gradient(w),
        NESTEROV: ahead - LOOK_RATE * gradient(ahead),
    }


@in_browser("update_rules.js", "lookahead", lambda: {"rho": RHO, "rate": LOOK_RATE, "kappa": LOOK_KAPPA})
def draw_lookahead(w: tuple[float, float], mu: float) -> Picture:
    """Draw one update of momentum and one of Nesterov from the same point with the same velocity."""
    places = next_places(np.array(w), RHO, mu)
    figure, axes = new_figure(size=(6.6, 3.3))
    radii = np.array([0.4, 0.8, 1.2, 1.6])
    axes.plot(np.cos(_TURN)[:, None] * radii, np.sin(_TURN)[:, None] * radii / 2, color=GREY, lw=0.6)
    ahead = places["lookahead"]
    arrow(axes, ahead, BLACK, "μρ, for both", start=w, gid=moving("both"))
    arrow(axes, places[MOMENTUM], BLUE, "momentum: −α gradient at w", start=ahead, gid=moving(MOMENTUM))
    arrow(axes, places[NESTEROV], GREEN, "Nesterov: −α gradient at w + μρ", start=ahead, gid=moving(NESTEROV))
    axes.plot(*ahead, "D", color=ORANGE, mec=BLACK, ms=7, gid=moving("ahead"))
    _ends(axes, w, (0, 0))
    axes.set(xlim=(-1.7, 1.7), ylim=(-0.85, 0.85), xlabel="w₁", ylabel="w₂", xticks=[-1, 0, 1], yticks=[-0.5, 0, 0.5])
    heights = {name: float(valley(LOOK_KAPPA)[0](places[name])) for name in (MOMENTUM, NESTEROV)}
    axes.set_title(f"f after the update: momentum {heights[MOMENTUM]:.2f}, Nesterov {heights[NESTEROV]:.2f}")
    axes.legend(loc="lower left", fontsize=8)
    where = ", ".join(f"{name} ({place[0]:z.2f}, {place[1]:z.2f})" for name, place in places.items())
    return finish(
        figure,
        f"One update from ({w[0]:z.2f}, {w[1]:z.2f}) with velocity (1.00, -0.25) and mu = {mu:.2f}: {where}. Values "
        f"of f after it: momentum {heights[MOMENTUM]:.2f}, Nesterov {heights[NESTEROV]:.2f}.",
    )


# --- the race --------------------------------------------------------------------------------------------------------


DRAWN_WITHIN = 6.0  # a path that goes farther from 0 in a coordinate has no value to show


RACE_STEPS = 300


@lru_cache(maxsize=64)
def race_paths(surface: str, start: tuple[float, float]) -> dict[str, np.ndarray]:
    """Return the path of each of RULES, (301, 2), from one start, with its own learning rate for that surface.

    surface: a name of `update_rules.surfaces`.
    """
    chosen = surfaces()[surface]
    return {name: run(rule, chosen.gradient, start, chosen.rates[name], RACE_STEPS) for name, rule in RULES.items()}


@cache
def _contour_grid(surface: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    chosen = surfaces()[surface]
    west, east, south, north = chosen.window
    x, y = np.meshgrid(np.linspace(west, east, 61), np.linspace(south, north, 51))
    return x, y, chosen.value(np.stack([x, y], axis=-1))


def _race_constants() -> dict[str, Any]:
    return {"steps": RACE_STEPS} | {name: {"rates": it.rates, "shown": it.shown} for name, it in surfaces().items()}


@in_browser("update_rules.js", "race", _race_constants)
def draw_race(surface: str, start: tuple[float, float], step: int, yours: Function | None = None) -> Picture:
    """Draw six methods after `step` updates from one start, and the value of f for each.

    surface: a name of `update_rules.surfaces`. yours: a function of the student's, with a name of `your_rule.STEPS`.
    """
    chosen, paths = surfaces()[surface], race_paths(surface, start)
    figure, (left, right) = new_figure(1, 2, size=(7.4, 3.1), width_ratios=[5, 4])
    west, east, south, north = chosen.window
    left.contour(*_contour_grid(surface), levels=chosen.levels, colors=GREY, linewidths=0.6, linestyles="-")
    (low, high), values = chosen.shown, {}
    for name, path in paths.items():
        left.plot(*path[: step + 1].T, color=COLOURS[name], lw=1.4, gid=moving(f"{name}, path"))
        left.plot(*path[step], "o", color=COLOURS[name], mec=BLACK, ms=6, gid=moving(f"{name}, now"))
        values[name] = _value(chosen.value, path[step])
        shown = np.clip(chosen.value(path), low, high)
        look = {"color": COLOURS[name], "lw": 1.3, "label": f"{name}: {values[name]}"}
        right.plot(shown, **look, gid=moving(f"{name}, values"))
    said = "" if yours is None else _draw_yours((left, right), surface, start, step, yours)
    _ends(left, start, chosen.goal)
    left.set(xlim=(west, east), ylim=(south, north), xlabel="w₁", ylabel="w₂", xticks=[-4, 0, 4], yticks=[-2, 0, 2])
    left.set_title(f"{surface}, after {step} updates")
    right.plot([step, step], [low, high], color=GREY, lw=1, gid=moving("update"))
    if low > 0:
        right.set_yscale("log")
        powers_of_ten(right.yaxis, (-4, -2, 0, 2, 4))
    right.set(xlabel="update", ylabel="f", xlim=(0, RACE_STEPS), xticks=[0, 100, 200, 300], ylim=(low, high))
    right.set_title("value of f")
    right.legend(loc="upper right", fontsize=8)
    summary = ", ".join(f"{name} {value}" for name, value in values.items())
    return finish_with(
        figure,
        f"Six methods, {surface}, from ({start[0]:z.2f}, {start[1]:z.2f}) after {step} updates. Values of f: "
        f"{summary}.",
        said,
    )


def _draw_yours(panels: tuple[Axes, Axes], surface: str, start: tuple[float, float], step: int, yours: Function) -> str:
    """Draw the path of the student's function and its values of f, and say how it compares with its method."""
    method = method_of(yours)
    if method is None:
        return f"Yours has to be one of {', '.join(STEPS)}."
    chosen = surfaces()[surface]
    own = your_path(yours, chosen, start, RACE_STEPS)
    if own.problem is None:
        panels[0].plot(*own.value[: step + 1].T, gid=moving("yours, path"), **YOURS)
        panels[1].plot(np.clip(chosen.value(own.value), *chosen.shown), gid=moving("yours, values"), **YOURS)
    return compared(own, race_paths(surface, start)[method]).replace("the reference", method)


def _value(value: Callable[[np.ndarray], np.ndarray], w: np.ndarray) -> str:
    return "outside" if np.abs(w).max() > DRAWN_WITHIN else three_digits(float(value(w)))


# --- parts of pictures -----------------------------------------------------------------------------------------------

_TURN = np.linspace(0, 2 * np.pi, 73)


def _ellipses(axes: Axes, kappa: float) -> None:
    """Draw contours of the valley: at (r cos, r sin / sqrt(kappa)) f is r^2 / 2."""
    radii = np.array([2.0, 5, 8])
    axes.plot(np.cos(_TURN)[:, None] * radii, np.sin(_TURN)[:, None] * radii / np.sqrt(kappa), color=GREY, lw=0.6)


def _ends(axes: Axes, start: np.ndarray | Sequence[float], goal: tuple[float, float] | None) -> None:
    axes.plot(*start, "s", color=ORANGE, mec=BLACK, ms=8, gid=moving("start"))
    if goal is not None:
        axes.plot(*goal, "*", color=GREEN, mec=BLACK, ms=13)


def _log_rates(axes: Axes, reach: tuple[float, float]) -> None:
    """Put the ticks of a logarithmic axis of learning rates at powers of ten, in plain text."""
    exponents = range(round(np.log10(reach[0])), round(np.log10(reach[1])) + 1)
    axes.set_xticks([10.0**e for e in exponents], [f"{10.0**e:g}" for e in exponents])
    axes.xaxis.minorticks_off()
    axes.set_xlim(*reach)
