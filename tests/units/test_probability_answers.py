"""The pictures of assignment 03 against what is known of them, and with answers that go far astray."""

from __future__ import annotations

import re

import numpy as np
import pytest
from matplotlib.patches import Rectangle
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


def transform(p, f_inv, df_inv, y):
    return p(f_inv(y)) * np.abs(df_inv(y))


def axes_of(Sigma, mass=0.95):
    U, values, _ = np.linalg.svd(Sigma)
    return np.sqrt(stats.chi2(2).ppf(mass) * values), U


def mixture(X, w, M, S):
    terms = np.stack([np.log(a) + stats.multivariate_normal(m, C).logpdf(X) for a, m, C in zip(w, M, S, strict=True)])
    return np.logaddexp.reduce(terms, axis=0), softmax(terms, axis=0).T


def entropy(p, base: float = 2):
    return stats.entropy(p, base=base)


def cross_entropy(p, q, base: float = 2):
    return stats.entropy(p, base=base) + stats.entropy(p, q, base=base)


def kl(p, q, base: float = 2):
    return stats.entropy(p, q, base=base)


def test_the_density_follows_the_samples_and_has_its_mode():
    picture = yours.decreasing_transform(transform)
    reference, own = told(picture)
    assert own == reference
    height, mode, _, area = reference
    assert mode == pytest.approx(np.exp(-yours.MEAN - yours.DEVIATION**2), abs=0.02)
    assert height == pytest.approx(stats.lognorm.pdf(mode, yours.DEVIATION, scale=np.exp(-yours.MEAN)), abs=1e-3)
    assert area == pytest.approx(stats.lognorm(yours.DEVIATION, scale=np.exp(-yours.MEAN)).cdf(8), abs=2e-3)
    boxes = [bar.get_bbox() for bar in picture.figure.axes[0].patches if isinstance(bar, Rectangle)]
    bars = np.array([((box.x0 + box.x1) / 2, box.height) for box in boxes])
    assert np.abs(np.interp(bars[:, 0], *drawn(picture, "yours").T) - bars[:, 1]).max() < 0.05


def test_a_negative_density_is_drawn_below_0():
    picture = yours.decreasing_transform(lambda p, f_inv, df_inv, y: p(f_inv(y)) * df_inv(y))
    reference, own = told(picture)
    assert own[0] == -reference[0] and own[3] == -reference[3]
    assert picture.figure.axes[0].get_ylim()[0] < 0


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


def test_the_curves_of_the_coin_meet_where_they_should():
    picture = yours.coin_entropies(entropy, cross_entropy, kl)
    reference, own = told(picture)
    assert own == reference
    H, cross, divergence = (drawn(picture, f"your {name}")[:, 1] for name in ("H(p)", "H(p, q)", "KL(p‖q)"))
    assert cross == pytest.approx(H + divergence)
    assert divergence.argmin() == 28 and divergence[28] == pytest.approx(0)
    assert np.diff(cross) == pytest.approx(np.full(40, np.diff(cross)[0]))


def test_nats_are_told_from_bits():
    in_nats = [lambda *args, f=f: f(*args, base=np.e) for f in (entropy, cross_entropy, kl)]
    reference, own = told(yours.coin_entropies(*in_nats))
    assert own == pytest.approx(np.array(reference) * np.log(2), abs=0.001)


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
        (yours.decreasing_transform, [transform]),
        (yours.gaussian_ellipse, [axes_of]),
        (yours.gaussian_mixture, [mixture]),
        (yours.coin_entropies, [entropy, cross_entropy, kl]),
    ],
    ids=["falling", "ellipse", "mixture", "coin"],
)
def test_an_answer_that_writes_into_its_argument_spoils_no_reference(draw, answers):
    none = [unimplemented] * len(answers)
    before = draw(*none).png()
    draw(*map(spoiling, answers))
    assert draw(*none).png() == before


@pytest.mark.parametrize(
    "picture",
    [
        lambda: yours.decreasing_transform(lambda p, f_inv, df_inv, y: p(f_inv(y)).sum()),
        lambda: yours.decreasing_transform(lambda p, f_inv, df_inv, y: np.log(-y)),
        lambda: yours.gaussian_ellipse(lambda Sigma, mass: np.ones(2)),
        lambda: yours.gaussian_mixture(lambda X, w, M, S: mixture(X, w, M, S)[::-1]),
        lambda: yours.coin_entropies(lambda p: -np.sum(p * np.log2(p)), cross_entropy, kl),
        lambda: yours.coin_entropies(entropy, cross_entropy, lambda p, q: 1 / 0),
    ],
)
def test_what_cannot_be_drawn_leaves_the_reference_and_a_sentence(picture):
    picture = picture()
    title = picture.figure.get_suptitle() + picture.figure.axes[0].get_title()
    assert "only the reference" in title
    assert "Yours" not in picture.description
    assert picture.png()
