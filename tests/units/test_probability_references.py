"""The solutions of the assignment, and helpers of the lecture, against libraries."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import optimize, special, stats
from sklearn.metrics import mutual_info_score
from sklearn.naive_bayes import CategoricalNB
from support.references import a_few, solution

from course_utils.checks import probability as drive
from course_utils.probability import characters, gaussians, information
from course_utils.probability.conditional import posterior
from course_utils.probability.gaussians import mass_inside
from course_utils.probability.mutual_information import covariance
from course_utils.probability.mutual_information import mutual_information as mutual_information_of_lecture

chances = st.one_of(st.just(0.0), st.floats(1e-200, 1e-10), st.floats(1e-3, 1.0))
POSTERIOR = solution("03_probability", "posterior")["posterior"]
INFORMATION = solution("03_probability", "mutual_information")["mutual_information"]
POLAR = solution("03_probability", "polar_pdf")["polar_pdf"]
LOGPDF = solution("03_probability", "gaussian_logpdf")["gaussian_logpdf"]
GMM = solution("03_probability", "gmm")["gmm"]
PREDICTION = solution("03_probability", "best_prediction")["best_prediction"]
ELLIPSE = solution("03_probability", "ellipse_axes")["ellipse_axes"]
NEXT_SYMBOL = solution("03_probability", "next_symbol")["next_symbol"]


def distribution(weights: np.ndarray) -> np.ndarray:
    assume(weights.sum() > 0.1)
    return weights / weights.sum()


@given(arrays(float, (3, 4), elements=st.integers(0, 9)), arrays(float, 3, elements=st.floats(0.01, 1)))
@a_few
def test_columns_of_posteriors_add_up_to_1_or_are_0(counts, weights):
    assume(counts.any(axis=1).all())
    sums = POSTERIOR(weights / weights.sum(), counts).sum(axis=0)
    assert np.allclose(sums, counts.any(axis=0), atol=1e-12)


@given(arrays(float, (3, 4), elements=st.integers(1, 9)), arrays(float, 3, elements=st.floats(0.01, 1)))
@a_few
def test_posteriors_are_those_of_naive_bayes_with_one_feature(counts, weights):
    prior = weights / weights.sum()
    i, j = np.indices(counts.shape).reshape(2, -1)
    model = CategoricalNB(alpha=1e-12, force_alpha=True, class_prior=prior)
    model.fit(j[:, None], i, sample_weight=counts.ravel())
    assert np.allclose(POSTERIOR(prior, counts), model.predict_proba(np.arange(4)[:, None]).T)


def test_the_faulty_posterior_is_right_where_all_classes_are_equally_likely_and_ignores_every_other_prior(rng):
    counts = rng.uniform(1, 9, size=(3, 4))
    priors = np.full(3, 1 / 3), np.array([0.98, 0.01, 0.01])
    even, uneven = (drive.faulty_posterior(prior, counts) for prior in priors)
    np.testing.assert_allclose(uneven, even)
    np.testing.assert_allclose(even, POSTERIOR(priors[0], counts))


def test_base_rate_neglect_takes_1_in_11_for_10_in_11():
    """The study finds 90% of the ill and 9% of the healthy positive, and one person in a hundred is ill."""
    given = np.array([0.01, 0.99]), np.array([[450.0, 50.0], [45.0, 455.0]])
    assert drive.faulty_posterior(*given)[0, 0] == pytest.approx(10 / 11)
    assert 1 / POSTERIOR(*given)[0, 0] == pytest.approx(11, abs=0.5)


@given(arrays(float, 5, elements=chances), arrays(float, 5, elements=chances), st.floats(1.1, 20))
@a_few
def test_entropies_are_those_of_scipy(p, q, base):
    p, q = distribution(p), distribution(q)
    wanted = {
        "entropy": special.entr(p).sum(),
        "cross_entropy": -special.xlogy(p, q).sum(),
        "kl": special.rel_entr(p, q).sum(),
    }
    of_the_driver = drive.three_entropies("right")(p, q, base)
    for (name, value), found in zip(wanted.items(), of_the_driver, strict=True):
        given_one = (p,) if name == "entropy" else (p, q)
        for number in (found, getattr(information, name)(*given_one, base)):
            assert number == pytest.approx(value / np.log(base), rel=1e-9, abs=1e-14), name


@pytest.mark.parametrize("variant", ["nats", "exchanged"])
def test_the_wrong_entropies_are_wrong(variant, rng):
    p, q = rng.dirichlet(np.ones(4), size=2)
    assert not np.allclose(drive.three_entropies(variant)(p, q, 2), drive.three_entropies("right")(p, q, 2))


@pytest.mark.parametrize("information_of", [INFORMATION, mutual_information_of_lecture], ids=["solution", "lecture"])
@given(arrays(int, (3, 4), elements=st.integers(0, 9)))
@a_few
def test_mutual_information_is_that_of_scikit_learn(information_of, counts):
    assume(counts.sum() > 0)
    wanted = mutual_info_score(None, None, contingency=counts)
    assert information_of(counts / counts.sum(), np.e) == pytest.approx(wanted, abs=1e-12)


def test_the_mean_information_of_rolled_dice_is_the_expected_one_and_not_0():
    """It has a closed form: the count of a cell is binomial, and so is that of a side."""

    def expected_entropy(n: int, p: float) -> float:
        counts = np.arange(1, n + 1)
        return float(np.sum(stats.binom.pmf(counts, n, p) * -counts / n * np.log2(counts / n)) / p)

    measured = solution("03_probability", "mutual_information")["mutual_information_measured"]
    for k, n, tables in ((8, 200, 400), (4, 50, 400), (3, 1000, 100)):
        expected = 2 * expected_entropy(n, 1 / k) - expected_entropy(n, 1 / k**2)
        spread = np.sqrt(2) * (k - 1) / (2 * n * np.log(2))  # that of a chi-squared variable
        for seed in range(5):
            counts = drive.independent_dice(seed, k, n, tables)
            assert counts.shape == (tables, k, k) and np.all(counts.sum(axis=(1, 2)) == n)
            assert measured(counts) == pytest.approx(expected, abs=5 * spread / np.sqrt(tables))
        if (k, n) == (8, 200):
            assert expected == pytest.approx(0.197, abs=5e-4)
            assert 49 / (2 * 200 * np.log(2)) == pytest.approx(0.177, abs=5e-4)


def test_as_much_information_as_the_counted_dice_have_dice_that_agree_in_33_of_100_rolls():
    joint = np.full((8, 8), 0.67 / 56)
    np.fill_diagonal(joint, 0.33 / 8)
    assert INFORMATION(joint) == pytest.approx(0.20, abs=0.005)


@pytest.mark.parametrize("information_of", [INFORMATION, mutual_information_of_lecture], ids=["solution", "lecture"])
def test_mutual_information_is_finite_where_the_product_of_two_rare_events_is_0_in_float64(information_of):
    assert information_of(np.array([[1.0, 0.0], [0.0, 1e-200]])) == pytest.approx(0, abs=1e-12)


@given(st.floats(-12, -0.001))
@a_few
def test_an_ellipse_holds_its_mass_however_small(exponent):
    mass = 10**exponent
    half_lengths, _ = ELLIPSE(np.diag([4.0, 1.0]), mass)
    k = np.sqrt(stats.chi2(2).ppf(mass))
    assert half_lengths == pytest.approx([2 * k, k], rel=1e-9)
    assert mass_inside(k) == pytest.approx(mass, rel=1e-9)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def positive_definite(rng: np.random.Generator, d: int) -> np.ndarray:
    A = rng.normal(size=(d, d))
    return A @ A.T + np.eye(d)


def test_directions_and_slopes_are_those_of_samples(rng):
    Sigma = positive_definite(rng, 2)
    X = rng.multivariate_normal(np.zeros(2), Sigma, size=100_000)
    theta, edges = np.arctan2(X[:, 1], X[:, 0]), np.linspace(-np.pi, np.pi, 25)
    places = np.linspace(-np.pi, np.pi, 24 * 200 + 1)
    density = POLAR(Sigma, np.ones_like(places), places, np.zeros(1))["angle"]
    within = np.add.reduceat((density[1:] + density[:-1]) / 2 * np.diff(places), np.arange(0, 4800, 200))
    assert np.histogram(theta, edges)[0] / len(X) == pytest.approx(within, abs=5 * np.sqrt(0.25 / len(X)))
    # Half of the slopes are below the slope of the regression line.
    assert np.mean(X[:, 1] / X[:, 0] < Sigma[0, 1] / Sigma[0, 0]) == pytest.approx(0.5, abs=5 * 0.5 / np.sqrt(len(X)))


def test_the_density_in_polar_coordinates_is_that_of_the_lecture_times_the_length(rng):
    Sigma, r, theta = positive_definite(rng, 2), rng.uniform(0.5, 2, size=6), rng.uniform(-3, 3, size=6)
    X = r[:, None] * np.stack([np.cos(theta), np.sin(theta)], axis=1)
    steps = POLAR(Sigma, r, theta, np.zeros(1))
    np.testing.assert_allclose(
        steps["polar"] / steps["determinant"], np.exp(gaussians.log_density(X, np.zeros(2), Sigma))
    )


@pytest.mark.parametrize("n, d", [(5, 3), (4, 4), (1, 2)])
def test_the_log_density_is_that_of_the_lecture(n, d, rng):
    X, mu, Sigma = rng.normal(size=(n, d)), rng.normal(size=d), positive_definite(rng, d)
    np.testing.assert_allclose(LOGPDF(X, mu, Sigma), gaussians.log_density(X, mu, Sigma))


def test_the_half_axes_end_on_the_ellipse_of_the_lecture(rng):
    Sigma, k = positive_definite(rng, 2), 1.7
    half_lengths, directions = ELLIPSE(Sigma, float(mass_inside(k)))
    drawn = np.linalg.norm(gaussians.ellipse(Sigma, k), axis=0)
    assert half_lengths == pytest.approx([drawn.max(), drawn.min()], rel=1e-3)
    ends = half_lengths * directions
    assert np.sum(ends * np.linalg.solve(Sigma, ends), axis=0) == pytest.approx([k**2, k**2])


def test_the_mixture_and_its_responsibilities_are_those_of_the_lecture(rng):
    X, w, M = rng.normal(size=(6, 2)), np.array([0.2, 0.3, 0.5]), rng.normal(size=(3, 2))
    S = np.stack([positive_definite(rng, 2) for _ in w])
    logpdf, resp = GMM(X, w, M, S)
    terms = gaussians.mixture_terms(X, w, M, S)
    assert np.allclose(logpdf, np.log(np.exp(terms).sum(axis=1)))
    assert np.allclose(resp, gaussians.responsibilities(terms))


@pytest.mark.parametrize("base_rate", [0.01, 0.3])
def test_the_posterior_is_that_of_the_lecture(base_rate):
    sensitivity, specificity = 0.9, 0.8
    counts = np.array([[sensitivity, 1 - sensitivity], [1 - specificity, specificity]]) * [[500], [300]]
    found = POSTERIOR(np.array([base_rate, 1 - base_rate]), counts)
    assert found[0, 0] == pytest.approx(posterior(base_rate, sensitivity, specificity))


def test_the_covariance_of_a_table_is_that_of_the_lecture(rng):
    P = rng.dirichlet(np.ones(12)).reshape(3, 4)
    xs, ys = rng.normal(size=3), rng.normal(size=4)
    assert PREDICTION(xs, ys, P)["cov"][0, 1] == pytest.approx(covariance(P, xs, ys))


def test_the_best_predictions_are_those_of_a_numerical_search(rng):
    P = rng.dirichlet(np.ones(12)).reshape(3, 4)
    xs, ys = rng.normal(size=3), rng.normal(size=4)
    cost = lambda g: float(np.sum(P * (ys - g[:, None]) ** 2))
    found = PREDICTION(xs, ys, P)
    of_any, of_lines = (
        optimize.minimize(f, np.zeros(k)) for f, k in ((cost, 3), (lambda b: cost(b[0] + b[1] * xs), 2))
    )
    np.testing.assert_allclose(found["best"], of_any.x, atol=1e-4)
    np.testing.assert_allclose(found["line"], of_lines.x, atol=1e-4)
    assert (found["best_cost"], found["line_cost"]) == pytest.approx((of_any.fun, of_lines.fun))
    assert found["best_cost"] <= found["line_cost"] <= found["cov"][1, 1]


def test_the_best_prediction_of_a_gaussian_is_a_line_and_that_of_the_lecture():
    grid = np.linspace(-6, 6, 121)
    places = np.stack(np.meshgrid(grid, grid, indexing="ij"), axis=-1).reshape(-1, 2)
    density = np.exp(gaussians.log_density(places, np.zeros(2), gaussians.covariance_of(1.0, 1.0, 0.8)))
    found = PREDICTION(grid, grid, density.reshape(121, 121) / density.sum())
    np.testing.assert_allclose(found["best"][40:81], 0.8 * grid[40:81], atol=1e-6)
    np.testing.assert_allclose(found["line"], [0, 0.8], atol=1e-6)
    assert found["best_cost"] == pytest.approx(found["line_cost"]) == pytest.approx(1 - 0.8**2)


def test_the_information_of_a_table_is_that_of_the_lecture(rng):
    joint = rng.dirichlet(np.ones(12)).reshape(3, 4)
    assert INFORMATION(joint, 3.0) == pytest.approx(mutual_information_of_lecture(joint, 3.0))


def test_the_bigram_that_is_the_yardstick_is_that_of_the_lecture():
    text = characters.symbols()
    train, new = text[:1000], text[1000:]
    bigram = np.ones((27, 27))
    for before, after in pairwise(train):
        bigram[before, after] += 1
    bigram /= bigram.sum(axis=1, keepdims=True)
    P = np.tile(bigram, (27, 1, 1))
    assert drive.bits_saved(P, train, new) == pytest.approx(0, abs=1e-12)
    assert drive.bits_per_symbol(P, new) == pytest.approx(-np.log2(bigram[new[1:-1], new[2:]]).mean())


def test_a_model_of_the_next_symbol_saves_bits_on_the_address_of_the_lecture_too():
    text = characters.symbols()
    assert drive.bits_saved(NEXT_SYMBOL(text[:1000]), text[:1000], text[1000:]) > 0.2


def test_texts_are_as_long_as_the_task_says_and_a_zero_that_comes_up_costs_infinity():
    pairs = list(drive.texts(np.random.default_rng(0), 8))
    assert [round(len(text) / 1000) for text, _ in pairs] == [1, 2, 4, 8] * 2
    assert all(3900 < len(new) < 4200 and set(np.unique(new)) <= set(range(27)) for _, new in pairs)
    text, new = pairs[0]
    P = NEXT_SYMBOL(text)
    P[new[0], new[1], new[2]] = 0
    assert drive.bits_per_symbol(P, new) == np.inf
