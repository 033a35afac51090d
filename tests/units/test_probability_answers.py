"""The pictures of assignment 03 against what is known of them, and with answers that go far astray."""

from __future__ import annotations

import re

import numpy as np
import pytest
from matplotlib.patches import StepPatch
from scipy import stats
from scipy.special import softmax

from course_utils.drawing.pictures import Picture
from course_utils.probability import answers as yours


def told(picture: Picture) -> tuple[list[float], list[float]]:
    """Return the numbers of the reference and those of the student's own."""
    reference, own = picture.description.split("Reference:")[1].split("Yours")
    number = re.compile(r"-?\d[\d.]*(?<!\.)")
    return [float(n) for n in number.findall(reference)], [float(n) for n in number.findall(own)]


def drawn(picture: Picture, label: str, panel: int = 0) -> np.ndarray:
    """Return the points of the line with this label, (n, 2)."""
    return next(np.asarray(line.get_xydata()) for line in picture.figure.axes[panel].lines if line.get_label() == label)


def polar(Sigma, r, theta, t):
    P, norm = np.linalg.inv(Sigma), 2 * np.pi * np.sqrt(np.linalg.det(Sigma))
    form = lambda e: np.sum(e * (P @ e), axis=0)
    q = form(np.array([np.cos(theta), np.sin(theta)]))
    polar = r * np.exp(-(r**2) * q / 2) / norm
    return {
        "determinant": r,
        "polar": polar,
        "angle": 1 / (norm * q),
        "slope": 2 / norm / form(np.array([0 * t + 1, t])),
    }


def axes_of(Sigma, mass=0.95):
    U, values, _ = np.linalg.svd(Sigma)
    return np.sqrt(stats.chi2(2).ppf(mass) * values), U


def mixture(X, w, M, S):
    terms = np.stack([np.log(a) + stats.multivariate_normal(m, C).logpdf(X) for a, m, C in zip(w, M, S, strict=True)])
    return np.logaddexp.reduce(terms, axis=0), softmax(terms, axis=0).T


def test_the_density_of_the_direction_follows_the_samples():
    picture = yours.directions(polar)
    reference, own = told(picture)
    assert own == reference
    height, degrees, area = reference
    _, U = axes_of(yours.SIGMA)
    along = np.degrees(np.arctan2(U[1, 0], U[0, 0])) % 180
    assert degrees % 180 == pytest.approx(along, abs=0.51)
    assert height == pytest.approx(
        polar(yours.SIGMA, np.ones(1), np.radians([along]), np.ones(1))["angle"][0], abs=1e-3
    )
    assert area == pytest.approx(1, abs=0.005)
    heights, edges, _ = next(
        patch for patch in picture.figure.axes[0].patches if isinstance(patch, StepPatch)
    ).get_data()
    middle, line = (edges[1:] + edges[:-1]) / 2, drawn(picture, "yours")
    assert np.abs(np.interp(middle, *line.T) - heights).max() < 0.09  # five standard errors at the peak


def test_a_density_of_one_half_is_drawn_below_the_reference():
    reference, own = told(yours.directions(lambda *given: {n: v / 2 for n, v in polar(*given).items()}))
    assert own[0] == pytest.approx(reference[0] / 2, abs=1e-3) and own[2] == pytest.approx(reference[2] / 2, abs=1e-3)


def test_a_density_that_is_no_number_is_not_drawn():
    steps = polar(yours.SIGMA, np.ones(720), np.ones(720), np.ones(720))
    for broken in (
        {**steps, "angle": np.full(720, np.nan)},
        {**steps, "angle": np.ones(3)},
        {"slope": np.ones(720)},
        3.0,
    ):
        assert "Yours" not in yours.directions(lambda *given, broken=broken: broken).description


def test_the_ellipse_holds_the_mass_it_should():
    picture = yours.gaussian_ellipse(axes_of)
    reference, own = told(picture)
    assert own == reference
    assert reference[3] / 100 == pytest.approx(yours.MASS, abs=0.03)
    border = drawn(picture, "yours")
    distances = np.sum(border @ np.linalg.inv(yours.SIGMA) * border, axis=1)
    assert distances == pytest.approx(np.full(len(border), stats.chi2(2).ppf(yours.MASS)))


def test_directions_that_are_not_the_axes_lose_samples():
    reference, own = told(yours.gaussian_ellipse(lambda Sigma, mass: (axes_of(Sigma, mass)[0], np.eye(2)[::-1])))
    assert own[:2] == reference[:2]
    assert own[3] < reference[3] - 20


def test_half_lengths_of_0_and_huge_ones_can_be_drawn():
    _, own = told(yours.gaussian_ellipse(lambda Sigma, mass: (np.zeros(2), np.eye(2))))
    assert own[3] == 0
    _, own = told(yours.gaussian_ellipse(lambda Sigma, mass: (np.full(2, 1e300), np.eye(2))))
    assert own[3] == 100


def test_responsibilities_along_the_line_add_up_to_1_and_the_density_is_that_of_the_mixture():
    picture = yours.gaussian_mixture(mixture)
    reference, own = told(picture)
    assert own == reference
    columns = [drawn(picture, name, panel=1)[:, 1] for name in ("blue", "orange", "green")]
    assert np.sum(columns, axis=0) == pytest.approx(np.ones(len(columns[0])))
    x, density = drawn(picture, "yours").T
    points = np.stack([x, np.zeros_like(x)], axis=1)
    assert density == pytest.approx(np.exp(mixture(points, yours.WEIGHTS, yours.MEANS, yours.gaussians.COVARIANCES)[0]))


def test_log_densities_far_above_0_can_be_drawn():
    _, own = told(yours.gaussian_mixture(lambda X, w, M, S: (np.full(len(X), 1e9), np.full((len(X), 3), -1e9))))
    assert own[1] == -1e9


def spoiling(function):
    """Return an answer that writes into every array that it gets."""

    def spoils(*args, **kwargs):
        result = function(*args, **kwargs)
        for array in args:
            if isinstance(array, np.ndarray):
                array *= -2
        return result

    return spoils


def unimplemented(*_):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("draw", "answers"),
    [
        (yours.directions, [polar]),
        (yours.gaussian_ellipse, [axes_of]),
        (yours.gaussian_mixture, [mixture]),
    ],
    ids=["directions", "ellipse", "mixture"],
)
def test_an_answer_that_writes_into_its_argument_spoils_no_reference(draw, answers):
    none = [unimplemented] * len(answers)
    before = draw(*none).png()
    draw(*map(spoiling, answers))
    assert draw(*none).png() == before


@pytest.mark.parametrize(
    "picture",
    [
        lambda: yours.directions(lambda Sigma, r, theta, t: {"angle": theta.sum()}),
        lambda: yours.directions(lambda Sigma, r, theta: theta),
        lambda: yours.gaussian_ellipse(lambda Sigma, mass: np.ones(2)),
        lambda: yours.gaussian_mixture(lambda X, w, M, S: mixture(X, w, M, S)[::-1]),
    ],
)
def test_what_cannot_be_drawn_leaves_the_reference_and_a_sentence(picture):
    picture = picture()
    title = picture.figure.get_suptitle() + picture.figure.axes[0].get_title()
    assert "only the reference" in title
    assert "Yours" not in picture.description
    assert picture.png()
