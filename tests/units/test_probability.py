"""What unit 03 computes and draws, held against scipy, torch, scikit-learn and the definitions."""

import re
from fractions import Fraction

import numpy as np
import pytest
import scipy
import torch
from sklearn.metrics import mutual_info_score
from sklearn.mixture import GaussianMixture

from course_utils.probability import (
    change_of_variables,
    characters,
    conditional,
    distributions,
    gaussian_fits,
    gaussians,
    information,
    mutual_information,
)
from course_utils.probability.change_of_variables import AFFINE, DECREASING, SQUARE
from course_utils.probability.distributions import EXPONENTIAL, NORMAL, UNIFORM
from course_utils.probability.information import BITS, NATS
from course_utils.probability.mutual_information import COPY, INDEPENDENT, NOISY

NUMBER = r"(-?\d+(?:\.\d+)?)"


def numbers(pattern: str, text: str) -> list[float]:
    """Return the numbers that `text` has where `pattern` has NUMBER."""
    found = re.search(pattern, text)
    assert found, f"{pattern!r} is not in {text!r}"
    return [float(number) for number in found.groups()]


def some_distribution(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.ones(n))


def some_covariance(d: int, seed: int = 0) -> np.ndarray:
    A = np.random.default_rng(seed).normal(size=(d, d))
    return A @ A.T + 0.1 * np.eye(d)


# --- distributions ---------------------------------------------------------------------------------------------------

SCIPY = {NORMAL: scipy.stats.norm, UNIFORM: scipy.stats.uniform, EXPONENTIAL: scipy.stats.expon}


@pytest.mark.parametrize(("n", "p"), [(1, 0.0), (1, 1.0), (10, 0.3), (20, 0.55), (7, 1.0)])
def test_binomial_is_that_of_scipy(n, p):
    assert np.allclose(distributions.binomial(n, p), scipy.stats.binom(n, p).pmf(np.arange(n + 1)))


@pytest.mark.parametrize("family", SCIPY)
@pytest.mark.parametrize(("location", "scale"), [(0.0, 1.0), (-1.3, 0.1), (0.7, 1.9)])
def test_densities_and_distribution_functions_are_those_of_scipy(family, location, scale):
    x = np.linspace(-4.03, 4.01, 57)
    authority = SCIPY[family](location, scale)
    assert np.allclose(distributions.pdf(family, location, scale, x), authority.pdf(x))
    assert np.allclose(distributions.cdf(family, location, scale, x), authority.cdf(x))


@pytest.mark.parametrize(("n", "p", "x"), [(10, 0.3, 3), (4, 0.5, 9), (20, 0.95, 20), (3, 0.0, 0)])
def test_the_binomial_picture_tells_mass_and_sum(n, p, x):
    authority = scipy.stats.binom(n, p)
    told = numbers(rf"= {NUMBER}\. The bars .* = {NUMBER}, all", distributions.draw_binomial(n, p, x).description)
    assert np.allclose(told, [authority.pmf(x), authority.cdf(x)], atol=6e-4)


@pytest.mark.parametrize("family", SCIPY)
def test_the_density_picture_tells_slope_area_and_peak(family):
    authority = SCIPY[family](-0.5, 0.3)
    description = distributions.draw_density(family, -0.5, 0.3, -0.3).description
    told = numbers(rf"At x = -0.3 it is {NUMBER}, .* F\(x\) = {NUMBER}\.", description)
    assert np.allclose(told, [authority.pdf(-0.3), authority.cdf(-0.3)], atol=6e-4)
    assert "above 1 somewhere" in description
    assert "nowhere above 1" in distributions.draw_density(family, -0.5, 1.3, -0.3).description


# --- change of variables ---------------------------------------------------------------------------------------------

IMAGES = {
    SQUARE: scipy.stats.chi2(1),
    AFFINE: scipy.stats.norm(1, 2),
    change_of_variables.EXP: scipy.stats.lognorm(1),
    DECREASING: scipy.stats.norm(0, 2),
}


@pytest.mark.parametrize("name", change_of_variables.MAPS)
def test_transformed_densities_are_those_of_scipy_and_their_samples_follow_them(name):
    y = np.array([0.1, 0.9, 2.0, 4.5])
    assert np.allclose(change_of_variables.transformed_pdf(name, y), IMAGES[name].pdf(y))
    heights, edges = change_of_variables.histogram(name)
    expected = np.diff(IMAGES[name].cdf(edges))
    standard_error = np.sqrt(expected * (1 - expected) / 20_000)
    assert np.all(np.abs(heights * np.diff(edges) - expected) < 5 * standard_error + 1e-4)


@pytest.mark.parametrize(
    ("name", "absolute", "all_branches", "area"),
    [(SQUARE, True, True, 1), (SQUARE, True, False, 0.5), (SQUARE, False, True, 0), (SQUARE, False, False, 0.5)]
    + [(DECREASING, True, True, 1), (DECREASING, False, True, -1), (AFFINE, False, False, 1)]
    + [(change_of_variables.EXP, True, True, 1), (change_of_variables.EXP, False, False, 1)],
)
def test_only_the_whole_formula_has_area_one(name, absolute, all_branches, area):
    assert np.isclose(change_of_variables.area(name, absolute, all_branches), area, atol=1e-6)
    description = change_of_variables.draw_transform(name, 0.5, absolute, all_branches).description
    assert numbers(rf"area {NUMBER};", description) == [area]


@pytest.mark.parametrize("name", change_of_variables.MAPS)
@pytest.mark.parametrize(("x", "square"), [(1.0, 1.15**2 - 0.85**2), (-1.0, 1.15**2 - 0.85**2), (0.0, 0.15**2)])
def test_the_image_of_an_interval_has_its_width(name, x, square):
    ends = np.array([x - 0.15, x + 0.15])
    widths = {SQUARE: square, AFFINE: 0.6, DECREASING: 0.6, change_of_variables.EXP: np.diff(np.exp(ends))[0]}
    told = numbers(rf"one of {NUMBER} in y", change_of_variables.draw_transform(name, x, True, True).description)
    assert np.allclose(told, widths[name], atol=0.006)


@pytest.mark.parametrize(("stretch", "shear", "mirror"), [(1.5, 0.5, False), (0.2, -1.5, True), (2.5, 1.0, True)])
def test_the_area_picture_divides_the_density_by_the_determinant(stretch, shear, mirror):
    A = np.array([[stretch, shear], [0, -1 if mirror else 1]])
    description = change_of_variables.draw_area(stretch, shear, mirror).description
    authority = scipy.stats.multivariate_normal([0, 0], A @ A.T).pdf([0, 0])
    determinant, density = numbers(rf"det A = {NUMBER}\..* = {NUMBER}\.", description)
    assert np.isclose(determinant, torch.linalg.det(torch.tensor(A)), atol=0.006)
    assert np.isclose(density, authority, atol=6e-4)


# --- Gaussians and mixtures ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("d", [1, 2, 5])
def test_the_log_density_is_that_of_scipy_also_far_away(d):
    X = np.random.default_rng(d).normal(size=(6, d)) * np.array([1, 1, 1, 10, 60, 60])[:, None]
    mu, Sigma = np.arange(d) - 0.7, some_covariance(d)
    expected = scipy.stats.multivariate_normal(mu, Sigma).logpdf(X)
    assert np.allclose(gaussians.log_density(X, mu, Sigma), expected)


def test_the_log_density_does_not_underflow_and_refuses_a_singular_matrix():
    expected = 200 * scipy.stats.norm(0, 0.1).logpdf(0)
    assert np.isclose(gaussians.log_density(np.zeros((1, 200)), np.zeros(200), 0.01 * np.eye(200))[0], expected)
    with pytest.raises(np.linalg.LinAlgError):
        gaussians.log_density(np.zeros((1, 2)), np.zeros(2), np.diag([1.0, 0.0]))


@pytest.mark.parametrize("k", [0.5, 1, 2.45])
@pytest.mark.parametrize("rho", [-0.95, 0.0, 0.6])
def test_the_ellipse_lies_where_the_distance_is_k(k, rho):
    Sigma = gaussians.covariance_of(2.0, 0.7, rho)
    assert np.allclose(Sigma, [[4, 1.4 * rho], [1.4 * rho, 0.49]])
    points = gaussians.ellipse(Sigma, k)
    inverse = np.linalg.inv(Sigma)
    distances = [scipy.spatial.distance.mahalanobis(point, [0, 0], inverse) for point in points.T]
    assert np.allclose(distances, k)
    assert np.isclose(gaussians.mass_inside(k), scipy.stats.chi2(2).cdf(k**2))


@pytest.mark.parametrize(("sigma_1", "sigma_2", "rho", "k"), [(2.0, 1.0, 0.6, 1.0), (0.5, 2.0, -0.95, 3.0)])
def test_the_ellipse_picture_tells_half_axes_and_mass(sigma_1, sigma_2, rho, k):
    values = scipy.linalg.svdvals(np.diag([sigma_1, sigma_2]) @ [[1, rho], [rho, 1]] @ np.diag([sigma_1, sigma_2]))
    description = gaussians.draw_ellipse(sigma_1, sigma_2, rho, k).description
    told = numbers(rf"half axes {NUMBER} and {NUMBER}, .* is {NUMBER}%\. Of 400 samples {NUMBER}%", description)
    assert np.allclose(told[:2], k * np.sqrt(values), atol=0.006)
    assert np.isclose(told[2], 100 * scipy.stats.chi2(2).cdf(k**2), atol=0.06)
    assert abs(told[3] - told[2]) < 5 * 100 * np.sqrt(0.25 / 400)


WEIGHTS = np.array([0.3, 0.5, 0.2])
MEANS = np.array([[-2.0, 1.2], [0.5, -1.0], [2.5, 0.6]])
FAR = np.array([[-2.0, 0.0], [1.5, -0.2], [-200.0, 80.0], [3.0, 400.0]])


def test_mixtures_are_those_of_torch_and_scikit_learn():
    terms = gaussians.mixture_terms(FAR, WEIGHTS, MEANS, gaussians.COVARIANCES)
    parts = torch.distributions.MultivariateNormal(torch.tensor(MEANS), torch.tensor(gaussians.COVARIANCES))
    mixture = torch.distributions.MixtureSameFamily(torch.distributions.Categorical(torch.tensor(WEIGHTS)), parts)
    assert np.allclose(scipy.special.logsumexp(terms, axis=1), mixture.log_prob(torch.tensor(FAR)))
    fitted = GaussianMixture(3)
    fitted.weights_, fitted.means_ = WEIGHTS, MEANS
    fitted.precisions_cholesky_ = np.linalg.cholesky(np.linalg.inv(gaussians.COVARIANCES))
    resp = gaussians.responsibilities(terms)
    assert np.allclose(resp, fitted.predict_proba(FAR))
    assert np.allclose(resp.sum(axis=1), 1)


def test_samples_of_a_mixture_have_its_mean_and_covariance(monkeypatch):
    rng = np.random.default_rng(0)
    noise = rng.random(100_000), rng.normal(size=(100_000, 2))
    monkeypatch.setattr(gaussians, "mixture_noise", lambda: noise)
    X = gaussians.mixture_samples(WEIGHTS, MEANS, gaussians.COVARIANCES)
    mean = WEIGHTS @ MEANS
    second = np.einsum("c,cij->ij", WEIGHTS, gaussians.COVARIANCES + np.einsum("ci,cj->cij", MEANS, MEANS))
    assert np.allclose(X.mean(axis=0), mean, atol=0.03)
    assert np.allclose(np.cov(X.T), second - np.outer(mean, mean), atol=0.06)


def test_the_mixture_picture_counts_the_sure_samples():
    X = gaussians.mixture_samples(WEIGHTS, MEANS, gaussians.COVARIANCES)
    parts = [scipy.stats.multivariate_normal(m, C).pdf(X) for m, C in zip(MEANS, gaussians.COVARIANCES, strict=True)]
    joint = WEIGHTS * np.stack(parts, axis=1)
    best = (joint / joint.sum(axis=1, keepdims=True)).max(axis=1)
    description = gaussians.draw_mixture(3, 5, 2, -2.0, 0.5, 2.5).description
    sure, least = numbers(rf"300 samples {NUMBER} belong .* responsibility is {NUMBER}\.", description)
    assert sure == np.sum(best > 0.95)
    assert np.isclose(least, best.min(), atol=0.006)
    assert "blue 0.30, orange 0.50, green 0.20" in description


# --- two variables ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rho", [-0.95, 0.0, 0.8])
@pytest.mark.parametrize("x", [-1.5, 0.0, 1.0])
def test_a_slice_is_the_conditional_normal_density(rho, x):
    cut, marginal = conditional.sliced(rho, x)
    assert np.isclose(marginal, scipy.stats.norm.pdf(x), atol=1e-4)
    known = scipy.stats.norm(rho * x, np.sqrt(1 - rho**2))
    assert np.allclose(cut, known.pdf(conditional.PLACES), atol=1e-3)
    told = numbers(
        rf"p\(x\) = {NUMBER}; .*? with mean {NUMBER} and standard deviation {NUMBER}\.",
        conditional.draw_slice(rho, x).description,
    )
    assert np.allclose(told, [scipy.stats.norm.pdf(x), known.mean(), known.std()], atol=0.006)


@pytest.mark.parametrize(
    ("base", "hit", "clear"), [(1, 90, 91), (10, 90, 91), (1, 100, 91), (50, 60, 70), (2, 50, 100)]
)
def test_the_posterior_is_that_of_counting_in_fractions(base, hit, clear):
    ill, healthy = Fraction(base, 100), 1 - Fraction(base, 100)
    found, alarmed = ill * Fraction(hit, 100), healthy * (1 - Fraction(clear, 100))
    expected = float(found / (found + alarmed))
    assert np.isclose(conditional.posterior(base / 100, hit / 100, clear / 100), expected)
    description = conditional.draw_bayes(base, hit, clear).description
    assert np.isclose(numbers(rf"positive\) = {NUMBER}%", description)[0], 100 * expected, atol=0.06)
    assert numbers(rf"positive for {NUMBER} of them and for {NUMBER} healthy", description) == [
        round(10_000 * found),
        round(10_000 * alarmed),
    ]


@pytest.mark.parametrize(("slope", "bend"), [(1.0, 0.0), (0.0, 1.0), (-1.5, -0.7)])
def test_the_covariance_picture_tells_that_of_numpy(slope, bend):
    x, y = conditional.scattered(slope, bend)
    expected = np.cov(x, y, ddof=0)[0, 1]
    assert np.isclose(expected, slope * np.var(x))  # neither the bend nor the noise adds to it
    told = numbers(
        rf"area of {NUMBER} .* and {NUMBER} on .* covariance {NUMBER}\.",
        conditional.draw_covariance(slope, bend).description,
    )
    assert np.isclose(told[2], expected, atol=0.006)
    assert np.isclose(told[0] + told[1], told[2], atol=0.011)


# --- entropy ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("base", [2, np.e, 10])
@pytest.mark.parametrize("n", [2, 5])
def test_entropy_and_divergence_are_those_of_scipy(n, base):
    p, q = some_distribution(n, 1), some_distribution(n, 2)
    assert np.isclose(information.entropy(p, base), scipy.stats.entropy(p, base=base))
    assert np.isclose(information.kl(p, q, base), scipy.stats.entropy(p, q, base=base))
    cross = torch.nn.functional.cross_entropy(torch.tensor(q).log()[None], torch.tensor(p)[None])
    assert np.isclose(information.cross_entropy(p, q, base) * np.log(base), cross)


def test_zeros_cost_nothing_or_everything():
    assert information.entropy([1, 0]) == 0
    assert information.kl([0.5, 0.5, 0], [0.5, 0.25, 0.25]) == 0.5
    assert information.kl([0.5, 0.5], [1, 0]) == information.cross_entropy([0.5, 0.5], [1, 0]) == np.inf
    assert information.kl([1, 0], [0.5, 0.5]) == 1
    assert np.isclose(information.cross_entropy([0, 1, 0], [0.2, 0.7, 0.1], np.e), -np.log(0.7))


def test_weights_become_probabilities():
    assert np.allclose(information.normalised([4, 2, 1, 1]), [0.5, 0.25, 0.125, 0.125])
    assert np.allclose(information.normalised([0, 0]), [0.5, 0.5])


@pytest.mark.parametrize(("unit", "base"), [(BITS, 2), (NATS, np.e)])
def test_the_coin_picture_tells_surprises_and_their_mean(unit, base):
    description = information.draw_coin(0.9, unit).description
    told = numbers(
        rf"surprise of heads is {NUMBER} {unit}, that of tails {NUMBER}; .* entropy {NUMBER} {unit}", description
    )
    heads, tails = -np.log([0.9, 0.1]) / np.log(base)
    assert np.allclose(told, [heads, tails, scipy.stats.entropy([0.9, 0.1], base=base)], atol=0.006)


@pytest.mark.parametrize(("unit", "base"), [(BITS, 2), (NATS, np.e)])
def test_the_lab_tells_what_scipy_computes(unit, base):
    p, q = np.array([4, 2, 1, 1]) / 8, np.array([1, 5, 2, 0]) / 8
    description = information.draw_lab(4, 2, 1, 1, 1, 5, 2, 0, unit).description
    assert "KL(p||q) = infinite, H(p, q) = infinite" in description
    backwards = numbers(rf"KL\(q\|\|p\) = {NUMBER}\.", description)
    assert np.allclose(backwards, scipy.stats.entropy(q, p, base=base), atol=6e-4)
    finite = information.draw_lab(1, 5, 2, 0, 4, 2, 1, 1, unit).description
    told = numbers(rf"H\(p\) = {NUMBER}, KL\(p\|\|q\) = {NUMBER}, H\(p, q\) = {NUMBER}", finite)
    H, divergence = scipy.stats.entropy(q, base=base), scipy.stats.entropy(q, p, base=base)
    assert np.allclose(told, [H, divergence, H + divergence], atol=6e-4)


# --- mutual information ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(2, 2), (3, 2), (3, 4), (1, 5)])
def test_mutual_information_is_that_of_scikit_learn(shape):
    counts = np.random.default_rng(sum(shape)).integers(0, 9, size=shape) + np.eye(*shape, dtype=int)
    joint = counts / counts.sum()
    authority = mutual_info_score(None, None, contingency=counts)
    assert np.isclose(mutual_information.mutual_information(joint, np.e), authority)
    assert np.isclose(mutual_information.mutual_information(joint), authority / np.log(2))


def test_the_tables_are_distributions_with_the_information_that_they_promise():
    for joint, ys in mutual_information.PRESETS.values():
        assert np.isclose(joint.sum(), 1)
        assert joint.shape == (3, len(ys))
    information_of = {
        name: mutual_information.mutual_information(joint) for name, (joint, _) in mutual_information.PRESETS.items()
    }
    assert np.isclose(information_of[mutual_information.SQUARE], scipy.stats.entropy([1, 2], base=2))
    assert np.isclose(information_of[COPY], np.log2(3))
    assert np.isclose(information_of[INDEPENDENT], 0)
    assert 0.1 < information_of[NOISY] < np.log2(3) - 0.1


def test_the_covariance_of_a_table_is_that_of_numpy():
    joint = some_distribution(12).reshape(3, 4)
    xs, ys = np.array([-1.0, 0.5, 3.0]), np.array([2.0, 0.0, 1.0, 7.0])
    x, y = np.meshgrid(xs, ys, indexing="ij")
    authority = np.cov(x.ravel(), y.ravel(), aweights=joint.ravel(), ddof=0)[0, 1]
    assert np.isclose(mutual_information.covariance(joint, xs, ys), authority)


@pytest.mark.parametrize("rho", [-0.99, -0.3, 0.0, 0.8])
def test_gaussian_information_is_the_difference_of_entropies(rho):
    pair = scipy.stats.multivariate_normal([0, 0], [[1, rho], [rho, 1]])
    expected = 2 * scipy.stats.norm.entropy() - pair.entropy()
    assert np.isclose(mutual_information.gaussian_information(rho, np.e), expected)
    told = numbers(rf"information is {NUMBER} nats", mutual_information.draw_gaussian(rho, NATS).description)
    assert np.allclose(told, expected, atol=6e-4)


@pytest.mark.parametrize(("r", "s", "d"), [(1.0, 1.0, 0.7), (1.0, 0.4, 0.9), (1.0, 0.4, 0.62), (0.3, 0.5, 0.79)])
def test_the_lens_has_the_area_of_the_points_in_both_circles(r, s, d):
    x, y = np.meshgrid(np.linspace(-2, 2, 1601), np.linspace(-2, 2, 1601))
    both = (x**2 + y**2 <= r**2) & ((x - d) ** 2 + y**2 <= s**2)
    area = mutual_information.lens(r, s, d)
    assert np.isclose(area, both.sum() * 0.0025**2, atol=2e-3)
    assert np.isclose(mutual_information.distance(r, s, area), d, atol=1e-5)


@pytest.mark.parametrize(
    ("r", "s", "shared", "d"),
    [(1.0, 0.5, 0.0, 1.5), (1.0, 0.5, np.pi / 4, 0.5), (0.7, 0.7, 0.49 * np.pi, 0.0), (0.5, 0.0, 0.0, 0.5)],
)
def test_circles_apart_or_one_in_the_other(r, s, shared, d):
    assert np.isclose(mutual_information.distance(r, s, shared), d, atol=1e-5)


@pytest.mark.parametrize("weights", [(4, 1, 1, 4), (8, 4, 4, 2), (0, 3, 5, 0), (7, 0, 1, 2)])
def test_the_table_picture_tells_the_entropies(weights):
    counts = np.reshape(weights, (2, 2))
    description = mutual_information.draw_table(*weights, unit=BITS).description
    told = numbers(rf"H\(X\) = {NUMBER}, H\(Y\) = {NUMBER}, H\(X, Y\) = {NUMBER} and I\(X; Y\) = {NUMBER}", description)
    entropies = [scipy.stats.entropy(part, base=2) for part in (counts.sum(1), counts.sum(0), counts.ravel())]
    assert np.allclose(told[:3], entropies, atol=6e-4)
    assert np.isclose(told[3], mutual_info_score(None, None, contingency=counts) / np.log(2), atol=6e-4)
    assert ("not independent" in description) == (np.linalg.matrix_rank(counts) == 2)


PROMISES = [
    (distributions.draw_binomial, (10, 0.3, 3), "P(X = 3) = 0.267"),
    (distributions.draw_density, (NORMAL, 0.0, 0.1, 0.0), "peak is 3.989"),
    (distributions.draw_density, (UNIFORM, 0.0, 0.5, 0.0), "peak is 2.000"),
    (change_of_variables.draw_area, (0.5, 0.5, False), "= 0.318."),
    (gaussians.draw_ellipse, (2.0, 1.0, 0.6, 1.0), "probability is 39.3%"),
    (gaussians.draw_ellipse, (0.7, 1.3, -0.2, 2.0), "probability is 86.5%"),
    (gaussians.draw_mixture, (3, 5, 2, -2.0, 0.5, 2.5), "Of 300 samples 262 belong"),
    (conditional.draw_slice, (0.8, 1.0), "p(x) = 0.242; divided by it, it is p(y|x) with mean 0.80"),
    (conditional.draw_slice, (0.8, -2.0), "standard deviation 0.60."),
    (conditional.draw_bayes, (1, 90, 91), "= 9.2%"),
    (conditional.draw_bayes, (1, 100, 91), "= 10.1%"),
    (conditional.draw_bayes, (1, 90, 99), "= 47.6%"),
    (conditional.draw_bayes, (10, 90, 91), "= 52.6%"),
    (conditional.draw_covariance, (1.0, 0.0), "covariance 1.45"),
    (
        conditional.draw_covariance,
        (0.0, 1.0),
        "0.62 on the positive side and -0.62 on the negative side: covariance 0.00",
    ),
    (information.draw_coin, (0.9, BITS), "entropy 0.469 bits"),
    (information.draw_coin, (0.5, BITS), "entropy 1.000 bits"),
    (information.draw_coin, (0.99, BITS), "entropy 0.081 bits"),
    (information.draw_lab, (4, 2, 1, 1, 1, 5, 1, 1, BITS), "H(p) = 1.750, KL(p||q) = 0.670, H(p, q) = 2.420"),
    (information.draw_lab, (4, 2, 1, 1, 4, 2, 1, 1, BITS), "KL(p||q) = 0.000, H(p, q) = 1.750, KL(q||p) = 0.000"),
    (information.draw_lab, (4, 2, 1, 1, 0, 5, 1, 1, BITS), "H(p, q) = infinite, KL(q||p) = 1.137"),
    (information.draw_lab, (0, 1, 0, 0, 1, 5, 1, 1, NATS), "H(p) = 0.000, KL(p||q) = 0.470, H(p, q) = 0.470"),
    (information.draw_lab, (0, 1, 0, 0, 2, 5, 0, 1, NATS), "KL(p||q) = 0.470"),
    (mutual_information.draw_table, (4, 1, 1, 4, BITS), "I(X; Y) = 0.278 bits"),
    (mutual_information.draw_table, (0, 4, 4, 0, BITS), "I(X; Y) = 1.000 bits"),
    (mutual_information.draw_table, (8, 4, 4, 2, BITS), "by 0.000: independent"),
    (mutual_information.draw_preset, (mutual_information.SQUARE, 0.0, BITS), "I(X; Y) = 0.918 bits"),
    (mutual_information.draw_preset, (mutual_information.SQUARE, 0.5, BITS), "covariance is 0.000"),
    (mutual_information.draw_preset, (mutual_information.SQUARE, 1.0, BITS), "I(X; Y) = 0.000 bits"),
    (mutual_information.draw_preset, (COPY, 0.0, BITS), "I(X; Y) = 1.585 bits"),
    (mutual_information.draw_preset, (INDEPENDENT, 0.3, BITS), "I(X; Y) = 0.000 bits"),
    (mutual_information.draw_gaussian, (0.8, BITS), "0.737 bits"),
    (mutual_information.draw_gaussian, (0.5, BITS), "0.208 bits"),
    (mutual_information.draw_gaussian, (0.99, BITS), "2.826 bits"),
]


@pytest.mark.parametrize(("draw", "places", "promise"), PROMISES)
def test_the_pictures_show_what_the_lecture_says_you_should_see(draw, places, promise):
    assert promise in draw(*places).description


# --- fits and texts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("direction", gaussian_fits.COLOURS)
@pytest.mark.parametrize(("mean", "deviation"), [(-5.0, 0.7), (0.3, 1.0), (6.0, 5.0)])
def test_a_divergence_is_that_of_an_integral(direction, mean, deviation):
    p = gaussian_fits.log_mixture(3.0, 0.8)
    q = gaussian_fits.log_gaussian(mean, deviation)
    parts = torch.distributions.Normal(torch.tensor([-1.5, 1.5]).double(), torch.ones(2).double())
    mixture = torch.distributions.MixtureSameFamily(torch.distributions.Categorical(torch.tensor([0.8, 0.2])), parts)
    log_p = lambda x: mixture.log_prob(torch.as_tensor(x)).numpy()
    over = lambda x: (log_p(x) - scipy.stats.norm(mean, deviation).logpdf(x)) * (1 if direction == "KL(p‖q)" else -1)
    weight = lambda x: np.exp(log_p(x)) if direction == "KL(p‖q)" else scipy.stats.norm(mean, deviation).pdf(x)
    integral = scipy.integrate.fixed_quad(lambda x: weight(x) * over(x), -40, 40, n=500)[0]
    assert gaussian_fits.divergence(direction, p, q) == pytest.approx(integral, rel=1e-4)


@pytest.mark.parametrize("direction", gaussian_fits.COLOURS)
def test_the_best_deviation_of_each_mean_is_the_best_of_all_and_two_equal_gaussians_have_no_divergence(direction):
    log_p = gaussian_fits.log_mixture(5.0, 0.7)
    smallest, deviations = gaussian_fits.by_mean(direction, 5.0, 0.7)
    for i in (0, 17, 60):
        costs = [
            gaussian_fits.divergence(direction, log_p, gaussian_fits.log_gaussian(gaussian_fits.MEANS[i], deviation))
            for deviation in gaussian_fits.DEVIATIONS
        ]
        assert smallest[i] == pytest.approx(min(costs))
        assert deviations[i] == gaussian_fits.DEVIATIONS[int(np.argmin(costs))]
    same = gaussian_fits.log_gaussian(0.5, 1.2)
    assert gaussian_fits.divergence(direction, same, same) == 0


def test_the_picture_of_the_fits_tells_both_of_them():
    description = gaussian_fits.draw_fits(4.0, 0.9).description
    told = numbers(rf"is {NUMBER} nats, smallest at {NUMBER} ± {NUMBER}; .* is {NUMBER} nats", description)
    mean, deviation, least = gaussian_fits.best_fit(gaussian_fits.FORWARD, 4.0, 0.9)
    assert told == pytest.approx(
        [least, mean, deviation, gaussian_fits.best_fit(gaussian_fits.REVERSE, 4.0, 0.9)[2]], abs=6e-3
    )


def test_the_text_is_one_line_of_symbols():
    text = "".join(characters.SYMBOLS[i] for i in characters.symbols())
    assert text.startswith("four score and seven years ago our fathers") and text.endswith("from the earth")
    assert "  " not in text and len(text) == 1419
