"""Joint and conditional probability, Bayes' rule, covariance.

Sources: CS7150-L1, "Conditional Probability" and "Expectation, Variance, Covariance".
"""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from scipy.integrate import trapezoid

from course_utils.drawing.moving import in_browser, moving
from course_utils.drawing.pictures import BLACK, BLUE, GREEN, GREY, ORANGE, SKY, VERMILION, Picture, finish, new_figure
from course_utils.probability.distributions import NORMAL, pdf
from course_utils.probability.gaussians import covariance_of, ellipse, log_density

PLACES = np.linspace(-4, 4, 321)
PEOPLE = 10_000
DOTS, DOTS_PER_COLUMN = 1000, 25  # people that are drawn
POINTS = 24


def joint_density(x: float, y: np.ndarray, rho: float) -> np.ndarray:
    """Return p(x, y), (n,), of two standard normal variables with correlation rho, at one x and n values y, (n,)."""
    points = np.stack([np.full_like(y, x), y], axis=1)
    return np.exp(log_density(points, np.zeros(2), covariance_of(1, 1, rho)))


def sliced(rho: float, x: float) -> tuple[np.ndarray, float]:
    """Return p(y|x) at PLACES, (321,), and p(x): the slice of the joint density at x over its area, and that area."""
    joint = joint_density(x, PLACES, rho)
    marginal = trapezoid(joint, PLACES)
    return joint / marginal, marginal


def posterior(base_rate: float | np.ndarray, sensitivity: float, specificity: float) -> float | np.ndarray:
    """Return P(ill | positive) by Bayes' rule, a number or an array with the shape of `base_rate`.

    base_rate = P(ill), sensitivity = P(positive | ill), specificity = P(negative | healthy).
    """
    ill = base_rate * sensitivity
    return ill / (ill + (1 - base_rate) * (1 - specificity))


@cache
def scatter_noise() -> tuple[np.ndarray, np.ndarray]:
    """Return x, (24,), symmetric about 0, and noise, (24,), with mean 0 and no covariance with x."""
    x = np.linspace(-2, 2, POINTS)
    noise = 0.4 * np.random.default_rng(7).normal(size=POINTS)
    noise = noise - noise.mean()
    return x, noise - x * (x @ noise) / (x @ x)


def scattered(slope: float, bend: float) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y, (24,) each: y = slope x + bend (x^2 - mean of x^2) + noise."""
    x, noise = scatter_noise()
    return x, slope * x + bend * (x**2 - np.mean(x**2)) + noise


@in_browser("conditional.js", "slice", lambda: {"places": PLACES})
def draw_slice(rho: float, x: float) -> Picture:
    """Draw the ellipses of a joint density, its slice at x, the conditional density and the marginal p(y)."""
    conditional, marginal = sliced(rho, x)
    figure, (left, right) = new_figure(1, 2, size=(9, 4))
    for k in (1, 2, 3):
        left.plot(*ellipse(covariance_of(1, 1, rho), k), color=BLUE, lw=2 - 0.5 * k)
    left.plot([x, x], [-4, 4], color=VERMILION, gid=moving("known"))
    left.set(title="p(x, y): 1, 2, 3 standard deviations", xlabel="x", ylabel="y", xlim=(-4, 4), ylim=(-4, 4))
    left.set(aspect="equal", xticks=[-4, -2, 0, 2, 4], yticks=[-4, -2, 0, 2, 4])
    sliced_label, label = f"slice p({x:.1f}, y), area {marginal:.3f}", f"p(y | x = {x:.1f}), area 1"
    right.plot(PLACES, conditional * marginal, color=VERMILION, ls="--", label=sliced_label, gid=moving("slice"))
    right.plot(PLACES, conditional, color=VERMILION, label=label, gid=moving("conditional"))
    right.plot(PLACES, pdf(NORMAL, 0, 1, PLACES), color=GREY, label="p(y), x unknown")
    right.set(title="the slice, divided by its area", xlabel="y", ylabel="density", xlim=(-4, 4), ylim=(0, 1.7))
    right.set(xticks=[-4, -2, 0, 2, 4], yticks=[0, 0.5, 1, 1.5])
    right.legend(loc="upper left")
    mean = trapezoid(PLACES * conditional, PLACES)
    spread = np.sqrt(trapezoid((PLACES - mean) ** 2 * conditional, PLACES))
    return finish(
        figure,
        f"Two standard normal variables with correlation {rho:.2f}. The slice of their joint density at "
        f"x = {x:.1f} has area p(x) = {marginal:.3f}; divided by it, it is p(y|x) with mean {mean:z.2f} "
        f"and standard deviation {spread:.2f}. "
        f"Without knowing x, y has mean 0 and standard deviation 1.",
    )


def draw_bayes(base_rate: int, sensitivity: int, specificity: int) -> Picture:
    """Draw people as dots, by illness and test result, and the posterior; all three arguments in percent."""
    base, hit, clear = base_rate / 100, sensitivity / 100, specificity / 100
    after = posterior(base, hit, clear)
    figure, (left, right) = new_figure(1, 2, size=(9, 4))
    _population(left, base, hit, clear)
    rates = np.linspace(0.002, 0.6, 120)
    right.plot(rates, posterior(rates, hit, clear), color=BLACK)
    right.plot([0, 0.6], [0, 0.6], color=GREY, ls=":", lw=1, label="without a test")
    right.plot(base, after, "o", color=VERMILION, ms=9, label=f"P(ill | positive) = {after:.1%}")
    right.set(title="after a positive test", xlabel="base rate P(ill)", ylabel="P(ill | positive)")
    right.set(xlim=(0, 0.6), ylim=(0, 1.05), xticks=[0, 0.2, 0.4, 0.6], yticks=[0, 0.5, 1])
    right.legend(loc="lower right")
    ill = PEOPLE * base
    return finish(
        figure,
        f"Of {PEOPLE} people {ill:.0f} are ill. The test is positive for {ill * hit:.0f} of them and for "
        f"{(PEOPLE - ill) * (1 - clear):.0f} healthy people. So P(ill | positive) = {after:.1%}; "
        f"before the test it was {base:.0%}.",
    )


def draw_covariance(slope: float, bend: float) -> Picture:
    """Draw points, the rectangle from the mean to each of them coloured by its sign, and the mean signed areas."""
    x, y = scattered(slope, bend)
    signed = x * y  # both have mean 0
    figure, (left, right) = new_figure(1, 2, size=(9, 4), width_ratios=[1.5, 1])
    corners = np.stack([[0 * x, 0 * x], [x, 0 * x], [x, y], [0 * x, y]]).transpose(2, 0, 1)
    colours = np.where(signed > 0, BLUE, VERMILION)
    left.add_collection(PolyCollection(list(corners), facecolors=colours, alpha=0.12))
    left.scatter(x, y, c=colours, s=25)
    left.set(title="blue counts as +, red as −", xlabel="x − E[x]", ylabel="y − E[y]", xlim=(-2.3, 2.3), ylim=(-5, 5))
    left.set(xticks=[-2, 0, 2], yticks=[-4, -2, 0, 2, 4])
    plus, minus, covariance = signed.clip(min=0).mean(), signed.clip(max=0).mean(), signed.mean()
    right.bar(["+ areas", "− areas", "sum"], [plus, minus, covariance], color=[BLUE, VERMILION, BLACK], width=0.6)
    right.axhline(0, color=BLACK, lw=1)
    right.set(title=f"covariance {covariance:z.2f}", xlabel="mean over the points", ylabel="area", ylim=(-3.5, 3.5))
    return finish(
        figure,
        f"{POINTS} points with slope {slope:.1f} and bend {bend:.1f}. The rectangles from their mean have a mean area "
        f"of {plus:.2f} on the positive side and {minus:z.2f} on the negative side: covariance {covariance:z.2f}.",
    )


def _population(axes: Axes, base: float, hit: float, clear: float) -> None:
    """Draw DOTS people as dots, column by column: the ill first, and in each group those with a positive test first."""
    side = np.arange(DOTS)
    x, y = side // DOTS_PER_COLUMN, side % DOTS_PER_COLUMN
    ill = round(DOTS * base)
    ends = np.cumsum([round(ill * hit), ill - round(ill * hit), round((DOTS - ill) * (1 - clear))])
    groups = np.split(side, ends)
    names = ("ill, positive", "ill, negative", "healthy, positive", "healthy, negative")
    for group, name, colour in zip(groups, names, (VERMILION, SKY, ORANGE, GREEN), strict=True):
        alpha = 0.25 if colour == GREEN else 1.0
        axes.scatter(x[group], y[group], color=colour, s=14, lw=0, alpha=alpha, label=f"{name}: {len(group)}")
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set(title=f"{DOTS} people", xlabel="ill at the left, healthy at the right", ylabel="people")
    axes.set(xticks=[], yticks=[])
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncol=2, fontsize=8)
