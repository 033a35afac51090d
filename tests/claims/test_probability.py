"""What the prose and the pictures of unit 03 say, computed again; each test is named after its cell."""

from collections import Counter
from itertools import pairwise, product

import numpy as np
import pytest
import scipy
import torch
from matplotlib.patches import Rectangle

from course_utils.drawing.pictures import GREEN, ORANGE, SKY, VERMILION
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


def boxes(axes):
    """Return the boxes of the bars of a picture."""
    return [bar.get_bbox() for bar in axes.patches if isinstance(bar, Rectangle)]


# --- 1 Distributions --------------------------------------------------------------------------------------------------


def test_mass_see_the_step_at_3_the_sum_up_to_3_and_where_the_staircase_ends():
    authority = scipy.stats.binom(10, 0.3)
    masses = distributions.binomial(10, 0.3)
    assert (round(masses[3], 3), round(masses[:4].sum(), 3)) == (0.267, 0.650)
    assert authority.cdf([2.0, 2.3, 2.999]) == pytest.approx(3 * [masses[:3].sum()])
    assert authority.cdf(3) - authority.cdf(2.999) == pytest.approx(masses[3])
    assert (authority.cdf(9.999) < 1, authority.cdf(10), authority.cdf(20)) == (True, 1, 1)
    left, right = distributions.draw_binomial(10, 0.3, 3).figure.axes
    staircase = next(line for line in right.lines if line.get_drawstyle() == "steps-post")
    assert np.diff(np.asarray(staircase.get_ydata()))[:11] == pytest.approx([box.height for box in boxes(left)])


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_mass_see_without_chance_one_bar_holds_everything(p):
    masses = distributions.binomial(10, p)
    assert masses.max() == 1
    assert np.count_nonzero(masses) == np.count_nonzero(np.diff(masses.cumsum(), prepend=0)) == 1


AUTHORITIES = {
    distributions.NORMAL: scipy.stats.norm,
    distributions.UNIFORM: scipy.stats.uniform,
    distributions.EXPONENTIAL: scipy.stats.expon,
}


@pytest.mark.parametrize("family", distributions.FAMILIES)
def test_density_see_height_is_slope_and_area_is_height_for_every_scale(family):
    for scale in (0.1, 0.5, 1.0, 2.0):
        authority = AUTHORITIES[family](0.3, scale)
        for x in (-0.5, 0.35, 0.9):
            area = scipy.integrate.quad(authority.pdf, -20, x, points=[0.3], limit=200)[0]
            slope = (authority.cdf(x + 1e-6) - authority.cdf(x - 1e-6)) / 2e-6
            assert distributions.cdf(family, 0.3, scale, x) == pytest.approx(area, abs=1e-7)
            assert distributions.pdf(family, 0.3, scale, x) == pytest.approx(slope, abs=1e-6)
        F = distributions.cdf(family, 0.3, scale, distributions.PLACES)
        assert F.min() >= 0
        assert F.max() <= 1
        assert (np.diff(F) >= 0).all()
    steepest = [np.diff(distributions.cdf(family, 0.3, s, distributions.PLACES)).max() for s in (2.0, 1.0, 0.5, 0.1)]
    assert (np.diff(steepest) > 0).all()


@pytest.mark.parametrize("family", distributions.FAMILIES)
def test_density_see_ten_times_as_narrow_is_ten_times_as_high(family):
    x = np.linspace(-2, 2, 41)
    assert np.allclose(AUTHORITIES[family](0, 0.1).pdf(x / 10), 10 * distributions.pdf(family, 0, 1, x))


def test_density_see_the_peaks_of_the_normal_and_of_the_uniform_density():
    assert [round(float(scipy.stats.norm(0, scale).pdf(0)), 3) for scale in (1, 0.1)] == [0.399, 3.989]
    assert [round(float(distributions.pdf("normal", 0, scale, 0.0)), 3) for scale in (1, 0.1)] == [0.399, 3.989]
    assert distributions.pdf("uniform", 0, 0.5, np.array([-0.1, 0.1, 0.4, 0.6])).tolist() == [0, 2, 2, 0]


@pytest.mark.parametrize("per_metre", [1, 100, 1000])
def test_erratum_density_other_units_have_other_heights_and_the_same_probabilities(per_metre):
    metres, other = scipy.stats.norm(0, 0.1), scipy.stats.norm(0, 0.1 * per_metre)
    assert metres.pdf(0) > 1
    assert other.pdf(0) == pytest.approx(metres.pdf(0) / per_metre)
    assert scipy.integrate.quad(other.pdf, -per_metre, per_metre, points=[0])[0] == pytest.approx(1)
    assert np.diff(other.cdf(np.array([0, 0.05]) * per_metre)) == pytest.approx(np.diff(metres.cdf([0, 0.05])))


def mean_error(name, absolute, all_branches):
    """Return the mean distance of the formula from a histogram of 200,000 samples, apart from the outermost bins."""
    this = change_of_variables.MAPS[name]
    samples = this.f(np.random.default_rng(1).normal(size=200_000))
    counts, edges = np.histogram(samples, 40, this.shown)
    middles = (edges[1:] + edges[:-1]) / 2
    formula = change_of_variables.transformed_pdf(name, middles, absolute, all_branches)
    return np.abs(formula - counts / len(samples) / (edges[1] - edges[0]))[2:-2].mean()


@pytest.mark.parametrize("name", change_of_variables.MAPS)
def test_transform_see_the_curve_follows_the_samples_with_both_boxes_and_where_neither_matters(name):
    increasing = name in (change_of_variables.AFFINE, change_of_variables.EXP)
    full = mean_error(name, True, True)
    assert full < 0.005
    areas = [change_of_variables.area(name, *boxes) for boxes in product((True, False), repeat=2)]
    assert areas[0] == pytest.approx(1, abs=1e-6)
    assert np.allclose(areas, 1, atol=1e-6) == increasing
    if not increasing:
        assert mean_error(name, False, True) > 10 * full


def test_transform_see_the_areas_without_a_branch_and_without_the_absolute_value():
    assert change_of_variables.area(change_of_variables.SQUARE, True, False) == pytest.approx(0.5, abs=0.005)
    assert change_of_variables.area(change_of_variables.SQUARE, False, True) == pytest.approx(0, abs=0.005)
    assert change_of_variables.area(change_of_variables.DECREASING, False, True) == pytest.approx(-1, abs=0.005)
    y = np.linspace(-6, 6, 101)
    assert (change_of_variables.transformed_pdf(change_of_variables.DECREASING, y, absolute=False) < 0).all()


def test_transform_see_the_peak_of_the_exponential_lies_left_of_1_where_it_squeezes():
    y = np.linspace(0.01, 7, 100_000)
    peak = y[scipy.stats.lognorm(s=1).pdf(y).argmax()]
    assert peak == pytest.approx(np.exp(-1), abs=1e-3)
    assert y[change_of_variables.transformed_pdf(change_of_variables.EXP, y).argmax()] == pytest.approx(peak, abs=1e-3)
    slope = (np.exp(np.log(peak) + 1e-6) - np.exp(np.log(peak) - 1e-6)) / 2e-6
    assert slope < 0.5  # where the slope of e^x is 1, at x = 0, y is 1


def test_transform_see_two_blue_intervals_fall_on_one_orange_interval_of_the_square():
    image = np.array([1.0, 1.3]) ** 2
    intervals = [
        np.sort(inverse(image)) for inverse, _ in change_of_variables.MAPS[change_of_variables.SQUARE].branches
    ]
    assert np.allclose(intervals, [[1.0, 1.3], [-1.3, -1.0]])
    assert [len(this.branches) for this in change_of_variables.MAPS.values()] == [2, 1, 1, 1]


@pytest.mark.parametrize(
    ("stretch", "shear", "mirror"), [(0.5, 0.0, 1), (0.5, 1.5, -1), (2.0, -1.0, 1), (1.0, 1.0, -1)]
)
def test_determinant_see_only_the_stretch_changes_the_density_and_only_the_mirror_the_sign(stretch, shear, mirror):
    A = np.array([[stretch, shear], [0.0, mirror]])
    x, y = A @ change_of_variables.UNIT_SQUARE
    area = 0.5 * abs(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))  # the shoelace formula
    at_zero = scipy.stats.multivariate_normal([0, 0], A @ A.T).pdf([0, 0])
    assert area == pytest.approx(stretch)
    assert at_zero == pytest.approx(scipy.stats.multivariate_normal([0, 0]).pdf([0, 0]) / stretch)
    assert np.sign(np.linalg.det(A)) == mirror
    if stretch == 0.5:
        assert (round(at_zero, 3), round(at_zero / 2, 3)) == (0.318, 0.159)
        description = change_of_variables.draw_area(stretch, shear, mirror < 0).description
        assert description.endswith("goes from 0.159 to 0.159 / 0.50 = 0.318.")


# --- 2 Gaussians ------------------------------------------------------------------------------------------------------


def test_erratum_definite_an_eigenvalue_0_leaves_a_distribution_without_a_density():
    root = np.random.default_rng(0).normal(size=(3, 2))
    Sigma = root @ root.T  # of rank 2 in three dimensions
    values, U = np.linalg.eigh(Sigma)
    assert values == pytest.approx([0, *values[1:]], abs=1e-12)
    samples = np.random.default_rng(1).normal(size=(1000, 2)) @ root.T
    assert np.allclose(samples @ U[:, 0], 0)  # all in one plane
    assert np.allclose(np.cov(samples.T), Sigma, atol=0.5)
    with pytest.raises(ValueError, match="PositiveDefinite"):
        torch.distributions.MultivariateNormal(torch.zeros(2), torch.ones(2, 2), validate_args=True)
    with pytest.raises(np.linalg.LinAlgError):
        gaussians.log_density(np.zeros((1, 2)), np.zeros(2), np.ones((2, 2)))


def share_inside(Sigma, k, samples):
    X = samples @ np.linalg.cholesky(Sigma).T
    return np.mean(np.einsum("ni,ij,nj->n", X, np.linalg.inv(Sigma), X) <= k**2)


@pytest.mark.parametrize(("k", "mass"), [(1, 39.3), (2, 86.5)])
def test_ellipse_see_less_than_on_a_line_and_the_mass_depends_on_k_alone(k, mass):
    assert round(100 * scipy.stats.chi2(2).cdf(k**2), 1) == mass
    assert mass < 100 * scipy.stats.chi2(1).cdf(k**2)
    assert 100 * gaussians.mass_inside(k) == pytest.approx(mass, abs=0.05)
    samples = np.random.default_rng(k).normal(size=(50_000, 2))
    for sigma_1, sigma_2, rho in ((2, 1, 0.6), (0.5, 2, -0.9), (1, 1, 0)):
        Sigma = gaussians.covariance_of(sigma_1, sigma_2, rho)
        assert 100 * share_inside(Sigma, k, samples) == pytest.approx(mass, abs=0.7)


@pytest.mark.parametrize(("sigma_1", "sigma_2", "k"), [(2, 1, 1), (0.5, 1.5, 2), (1, 2, 3)])
def test_ellipse_see_without_correlation_the_half_axes_are_k_sigma(sigma_1, sigma_2, k):
    reach = gaussians.ellipse(gaussians.covariance_of(sigma_1, sigma_2, 0), k)
    assert reach.max(axis=1) == pytest.approx([k * sigma_1, k * sigma_2])
    tips = np.abs(reach[:, np.linalg.norm(reach, axis=0).argmax()])
    assert sorted(tips) == pytest.approx([0, k * max(sigma_1, sigma_2)], abs=1e-9)


def test_erratum_axes_the_quantiles_in_the_plane_and_on_a_line():
    assert round(scipy.stats.chi2(2).ppf(0.95), 3) == 5.991
    assert round(1.96**2, 3) == 3.842
    assert scipy.stats.chi2(1).ppf(0.95) == pytest.approx(1.96**2, abs=1e-3)
    Sigma = np.array([[4.0, 1.2], [1.2, 1.0]])
    samples = np.random.default_rng(0).normal(size=(100_000, 2))
    shares = [100 * share_inside(Sigma, np.sqrt(square), samples) for square in (5.991, 1, 4)]
    assert shares == pytest.approx([95, 39.3, 86.5], abs=0.5)
    assert share_inside(Sigma, 1.96, samples) < 0.87
    values = np.linalg.eigvalsh(Sigma)
    lengths = np.linalg.norm(gaussians.ellipse(Sigma, np.sqrt(5.991)), axis=0)
    assert [lengths.min(), lengths.max()] == pytest.approx(np.sqrt(5.991 * values))


def angle(sigma_1, sigma_2, rho):
    """Return the angle of the long axis of the ellipse in degrees, from 0 to 180."""
    covariance = rho * sigma_1 * sigma_2
    _, U = np.linalg.eigh([[sigma_1**2, covariance], [covariance, sigma_2**2]])
    return np.degrees(np.arctan2(U[1, 1], U[0, 1])) % 180


def test_ellipse_see_all_three_turn_it_unless_rho_is_zero():
    assert [round(angle(sigma_1, 1, 0.6)) for sigma_1 in (2, 1, 0.5)] == [19, 45, 71]
    assert [round(angle(1, sigma_2, 0.6)) for sigma_2 in (2, 1, 0.5)] == [71, 45, 19]
    assert {round(angle(sigma_1, 1, 0.0)) % 90 for sigma_1 in (2, 0.5)} == {0}
    assert angle(2, 1, 0.3) != pytest.approx(angle(2, 1, 0.6), abs=1)


@pytest.mark.parametrize(
    ("places", "posterior"),
    [((0.01, 0.9, 0.91), 9.2), ((0.01, 1, 0.91), 10.1), ((0.01, 0.9, 0.99), 47.6), ((0.1, 0.9, 0.91), 52.6)],
)
def test_bayes_see_the_posteriors(places, posterior):
    assert 100 * conditional.posterior(*places) == pytest.approx(posterior, abs=0.05)


def test_bayes_see_one_dot_per_person_and_none_is_hidden():
    axes = conditional.draw_bayes(1, 90, 91).figure.axes[0]
    assert axes.get_legend_handles_labels()[1] == [
        "ill, positive: 9",
        "ill, negative: 1",
        "healthy, positive: 89",
        "healthy, negative: 901",
    ]
    dots = np.concatenate([np.asarray(group.get_offsets()) for group in axes.collections])
    assert len(dots) == len(np.unique(dots, axis=0)) == 1000
    assert len({VERMILION, SKY, ORANGE, GREEN}) == 4
    perfect = conditional.draw_bayes(1, 90, 100).figure.axes[0]
    assert "healthy, positive: 0" in perfect.get_legend_handles_labels()[1]  # no orange left


@pytest.mark.parametrize(
    ("base", "sensitivity", "specificity"), [(1, 50, 50), (50, 100, 100), (33, 67, 91), (1, 100, 100)]
)
def test_bayes_demo_every_setting_draws_a_thousand_people(base, sensitivity, specificity):
    axes = conditional.draw_bayes(base, sensitivity, specificity).figure.axes[0]
    assert sum(len(np.asarray(group.get_offsets())) for group in axes.collections) == 1000


@pytest.mark.parametrize("seed", range(3))
def test_slice_derivation_the_general_formula_for_a_conditional_gaussian(seed):
    rng = np.random.default_rng(seed)
    root, mu = rng.normal(size=(2, 2)), rng.normal(size=2)
    Sigma = root @ root.T + 0.1 * np.eye(2)
    x, y = rng.normal(), np.linspace(-3, 3, 7)
    joint = scipy.stats.multivariate_normal(mu, Sigma).pdf([(x, value) for value in y])
    marginal = scipy.stats.norm(mu[0], np.sqrt(Sigma[0, 0])).pdf(x)
    mean = mu[1] + Sigma[1, 0] / Sigma[0, 0] * (x - mu[0])
    spread = np.sqrt(Sigma[1, 1] - Sigma[1, 0] ** 2 / Sigma[0, 0])
    assert joint / marginal == pytest.approx(scipy.stats.norm(mean, spread).pdf(y))


def mixture(weights=(3, 5, 2), first_coordinates=(-2.0, 0.5, 2.5)):
    """Return the weights and the means of a mixture of the picture; those of its start unless said otherwise."""
    weights = np.array(weights, dtype=float)
    return weights / weights.sum(), np.stack([first_coordinates, gaussians.HEIGHTS], axis=1)


def told_apart(X, weights, means):
    """Return the responsibilities, (n, 3), by scipy's densities and Bayes' rule."""
    densities = [
        scipy.stats.multivariate_normal(mu, Sigma).pdf(X)
        for mu, Sigma in zip(means, gaussians.COVARIANCES, strict=True)
    ]
    joint = weights * np.stack(densities, axis=1)
    return joint / joint.sum(axis=1, keepdims=True)


def test_mixture_see_262_of_300_samples_are_sure_at_the_start():
    weights, means = mixture()
    X = gaussians.mixture_samples(weights, means, gaussians.COVARIANCES)
    assert (told_apart(X, weights, means).max(axis=1) > 0.95).sum() == 262
    assert "Of 300 samples 262 belong" in gaussians.draw_mixture(3, 5, 2, -2.0, 0.5, 2.5).description


@pytest.mark.parametrize("seed", range(3))
def test_mixture_see_mixed_colours_outside_the_inner_ellipses_only_and_about_as_far_from_two(seed):
    weights, means = mixture()
    rng = np.random.default_rng(seed)
    c, z = rng.choice(3, 3000, p=weights), rng.normal(size=(3000, 2))
    X = means[c] + np.einsum("nij,nj->ni", np.linalg.cholesky(gaussians.COVARIANCES)[c], z)
    away = X[:, None] - means
    far = np.sqrt(np.einsum("nci,cij,ncj->nc", away, np.linalg.inv(gaussians.COVARIANCES), away))
    nearest, second, _ = np.sort(far, axis=1).T
    doubtful = told_apart(X, weights, means).max(axis=1) <= 0.95
    assert nearest[doubtful].min() > 0.99
    assert (second - nearest)[doubtful].max() < 2 < np.median((second - nearest)[~doubtful])


def test_mixture_see_a_heavier_component_claims_the_doubtful_samples():
    together = (0.5, 0.5, 2.5)
    X = np.random.default_rng(0).uniform([-2, -2], [2, 2], size=(2000, 2))
    even, heavy = (told_apart(X, *mixture((blue, 5, 2), together)) for blue in (5, 50))
    assert (heavy[:, 0] >= even[:, 0]).all()
    doubtful = (even[:, 0] > 0.25) & (even[:, 1] > 0.25)
    assert doubtful.sum() > 100
    assert (heavy[doubtful, 0] > heavy[doubtful, 1]).all()


def test_mixture_see_the_layers_add_up_to_a_density_with_several_peaks():
    weights, means = mixture()
    line = np.stack([np.linspace(-6, 6, 601), np.zeros(601)], axis=1)
    layers = np.exp(gaussians.mixture_terms(line, weights, means, gaussians.COVARIANCES))
    by_scipy = [
        w * scipy.stats.multivariate_normal(mu, Sigma).pdf(line)
        for w, mu, Sigma in zip(weights, means, gaussians.COVARIANCES, strict=True)
    ]
    assert np.allclose(layers.T, by_scipy)
    assert len(scipy.signal.find_peaks(layers.sum(axis=1))[0]) == 3
    black = gaussians.draw_mixture(3, 5, 2, -2.0, 0.5, 2.5).figure.axes[1].lines[-1].get_ydata()
    assert np.max(np.asarray(black)) == pytest.approx(layers.sum(axis=1).max(), rel=1e-3)


@pytest.mark.parametrize(("shift", "width"), [(0.0, 1.0), (0.5, 1.0), (0.0, 1.5), (3.0, 1.0)])
def test_mixture_see_only_equal_components_make_a_gaussian(shift, width):
    x = np.linspace(-8, 8, 321)
    density = 0.4 * scipy.stats.norm(0, 1).pdf(x) + 0.6 * scipy.stats.norm(shift, width).pdf(x)
    bends = np.diff(np.log(density), 2)  # those of a Gaussian are all the same
    assert (np.ptp(bends) < 1e-9) == ((shift, width) == (0.0, 1.0))


# --- 3 Two variables --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("x", [-2.5, -1.0, 0.0, 1.0, 2.5])
def test_slice_see_the_area_of_the_cut_its_middle_and_its_width_wherever_it_is(x):
    joint = scipy.stats.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]])
    integrate = lambda f: scipy.integrate.quad(lambda y: f(y) * joint.pdf([x, y]), -8, 8)[0]
    area = integrate(lambda y: 1)
    mean = integrate(lambda y: y) / area
    spread = np.sqrt(integrate(lambda y: (y - mean) ** 2) / area)
    assert area == pytest.approx(scipy.stats.norm.pdf(x))
    assert mean == pytest.approx(0.8 * x, abs=1e-6)
    assert round(spread, 2) == 0.60
    if x == 1:
        assert (round(area, 3), round(mean, 2)) == (0.242, 0.80)
    cut, marginal = conditional.sliced(0.8, x)
    assert marginal == pytest.approx(area, abs=1e-4)
    assert cut == pytest.approx(joint.pdf([(x, y) for y in conditional.PLACES]) / area, abs=1e-3)


def test_slice_see_without_correlation_the_red_and_the_grey_curve_are_the_same():
    for x in (-2.0, 0.0, 1.0):
        assert conditional.sliced(0.0, x)[0] == pytest.approx(scipy.stats.norm.pdf(conditional.PLACES), abs=1e-4)
        assert conditional.sliced(0.3, x)[0] != pytest.approx(scipy.stats.norm.pdf(conditional.PLACES), abs=1e-2)


def test_covariance_see_slope_1_and_the_bend_whose_areas_cancel():
    x, y = conditional.scattered(1.0, 0.0)
    assert np.mean(x * y > 0) > 0.9
    assert round(np.cov(x, y, ddof=0)[0, 1], 2) == 1.45
    x, y = conditional.scattered(0.0, 1.0)
    signed = x * y
    assert [round(signed[side].sum() / 24, 2) for side in (signed > 0, signed < 0)] == [0.62, -0.62]
    assert np.cov(x, y)[0, 1] == pytest.approx(0, abs=1e-9)
    assert np.corrcoef(x**2, y)[0, 1] > 0.9  # x says where to look for y
    assert all(abs(np.cov(*conditional.scattered(0.0, bend))[0, 1]) < 1e-9 for bend in np.arange(-1, 1.05, 0.1))


# --- 4 Entropy --------------------------------------------------------------------------------------------------------


def test_surprise_see_the_entropies_of_three_coins_and_the_scale_of_nats():
    bits = {p: scipy.stats.entropy([p, 1 - p], base=2) for p in (0.5, 0.9, 0.99)}
    assert [round(H, 3) for H in bits.values()] == [1, 0.469, 0.081]
    for p, H in bits.items():
        assert information.entropy([p, 1 - p]) == pytest.approx(H)
        assert information.entropy([p, 1 - p], np.e) == pytest.approx(H * np.log(2))
    left, right = information.draw_coin(0.9, information.BITS).figure.axes
    for ours, other in zip((left, right), information.draw_coin(0.9, information.NATS).figure.axes, strict=True):
        curves = [np.asarray(axes.lines[0].get_ydata()) for axes in (ours, other)]
        assert np.allclose(curves[0] * np.log(2), curves[1])
        assert ours.get_ylim()[1] * np.log(2) == pytest.approx(other.get_ylim()[1])  # so the pictures look the same


@pytest.mark.parametrize("seed", range(3))
def test_erratum_units_a_discrete_entropy_is_never_negative_and_a_differential_one_may_be(seed):
    for p in np.random.default_rng(seed).dirichlet(np.full(5, 0.2), size=200):
        assert scipy.stats.entropy(p) >= 0
        nats = torch.distributions.Categorical(probs=torch.tensor(p)).entropy().item()
        assert nats == pytest.approx(information.entropy(p) * np.log(2), abs=1e-6)
    assert information.entropy([1.0, 0.0]) == 0
    metres, millimetres = scipy.stats.norm(0, 0.1).entropy(), scipy.stats.norm(0, 100).entropy()
    assert metres < 0 < millimetres
    assert millimetres - metres == pytest.approx(np.log(1000))
    with np.errstate(all="ignore"):
        assert np.isnan(np.float64(0) * np.log(np.float64(0)))


def four(p, q):
    """Return H(p), KL(p||q), H(p, q) and KL(q||p) in bits by scipy, of distributions that are given by weights."""
    p, q = np.array(p) / sum(p), np.array(q) / sum(q)
    H = scipy.stats.entropy(p, base=2)
    forth, back = scipy.stats.entropy(p, q, base=2), scipy.stats.entropy(q, p, base=2)
    return H, forth, H + forth, back


def test_cross_see_the_bars_of_the_start_with_q_equal_to_p_and_with_q_1_at_zero():
    p = (4, 2, 1, 1)
    assert [round(bar, 3) for bar in four(p, (1, 5, 1, 1))[:3]] == [1.750, 0.670, 2.420]
    assert [round(bar, 3) for bar in four(p, p)] == [1.750, 0, 1.750, 0]
    denied = four(p, (0, 5, 1, 1))
    assert np.isinf(denied[1]) and round(denied[3], 3) == 1.137
    for q in ((1, 5, 1, 1), p, (0, 5, 1, 1)):
        ours = four(p, q)
        p_of_x, q_of_x = information.normalised(p), information.normalised(q)
        H, cross = information.entropy(p_of_x), information.cross_entropy(p_of_x, q_of_x)
        assert [H, information.kl(p_of_x, q_of_x), cross, information.kl(q_of_x, p_of_x)] == pytest.approx(ours)
    assert "KL(p||q) = infinite" in information.draw_lab(*p, 0, 5, 1, 1, information.BITS).description


def test_cross_see_infinite_bars_reach_the_edge_and_weights_of_zero_count_as_even():
    axes = information.draw_lab(4, 2, 1, 1, 0, 5, 1, 1, information.BITS).figure.axes[1]
    ends = [box.x1 for box in boxes(axes)]  # H(p), KL(p||q), H(p, q), KL(q||p)
    assert ends[1] == ends[2] == axes.get_xlim()[1] > ends[3]
    finite = information.draw_lab(4, 2, 1, 1, 1, 5, 1, 1, information.BITS).figure.axes[1]
    ends = [box.x1 for box in boxes(finite)]
    assert ends[1] == pytest.approx(ends[2])  # both end to end are as long as the bar below
    assert information.normalised([0, 0, 0, 0]).tolist() == 4 * [0.25]


def test_label_see_the_loss_the_spread_and_the_other_direction():
    label = (0, 1, 0, 0)
    loss = torch.nn.functional.nll_loss(torch.log(torch.tensor([[1, 5, 1, 1]]) / 8), torch.tensor([1])).item()
    assert round(loss, 3) == round(-np.log(5 / 8), 3) == 0.470
    others = [(a, 5, b, 3 - a - b) for a in range(4) for b in range(4 - a)]
    for q in others:
        H, forth, cross, _ = (bar * np.log(2) for bar in four(label, q))
        assert (H, forth, cross) == pytest.approx((0, loss, loss))
    assert np.isinf(four(label, (1, 0, 1, 1))[2])
    for q in product(range(3), repeat=4):  # the other direction
        if any(q):
            assert np.isfinite(four(label, q)[3]) == (q[0] == q[2] == q[3] == 0)


def two_peaks(gap, weight=0.6):
    """Return log p of weight N(-gap/2, 1) + (1 - weight) N(gap/2, 1)."""
    left, right = scipy.stats.norm(-gap / 2), scipy.stats.norm(gap / 2)
    return lambda x: np.logaddexp(np.log(weight) + left.logpdf(x), np.log1p(-weight) + right.logpdf(x))


def by_quadrature(direction, gap, mean, deviation):
    """Return a divergence of the mixture of two peaks and a Gaussian, by Gauss-Legendre quadrature."""
    log_p, log_q = two_peaks(gap), scipy.stats.norm(mean, deviation).logpdf
    sign, log_weight = (1, log_p) if direction == gaussian_fits.FORWARD else (-1, log_q)
    return scipy.integrate.fixed_quad(lambda x: sign * np.exp(log_weight(x)) * (log_p(x) - log_q(x)), -30, 30, n=400)[0]


def closest(direction, gap, starts):
    """Return the distinct (mean, standard deviation, divergence) in which searches from the `starts` end, by mean."""
    ends = []
    for start in starts:
        found = scipy.optimize.minimize(
            lambda q: by_quadrature(direction, gap, *q), start, method="Nelder-Mead", bounds=[(-6, 6), (0.3, 6)]
        )
        if all(abs(found.x[0] - mean) > 0.05 for mean, *_ in ends):
            ends.append((*found.x, found.fun))
    return sorted(ends)


STARTS = [(-4.0, 1.0), (-3.0, 2.0), (-0.5, 2.5), (0.5, 3.0), (3.0, 1.0), (4.0, 2.0)]


def test_fits_see_the_forward_fit_covers_both_peaks_and_the_gap():
    [(mean, deviation, least)] = closest(gaussian_fits.FORWARD, 6.0, STARTS)  # one minimum
    assert (round(mean, 2), round(deviation, 2)) == (-0.60, 3.10)
    assert gaussian_fits.best_fit(gaussian_fits.FORWARD, 6.0, 0.6) == pytest.approx((mean, deviation, least), abs=1e-3)
    assert scipy.stats.norm(mean, deviation).pdf(0) > 10 * np.exp(two_peaks(6.0)(0.0))


def test_fits_see_the_reverse_fit_has_three_minima_and_is_smallest_at_the_heavier_peak():
    ends = closest(gaussian_fits.REVERSE, 6.0, STARTS)
    left, _, right = (mean for mean, *_ in ends)
    assert abs(left + 3) < 0.1 and abs(right - 3) < 0.1
    mean, deviation, least = min(ends, key=lambda end: end[2])
    assert (mean, round(mean, 2), round(deviation, 2)) == (left, -2.99, 1.02)
    assert gaussian_fits.best_fit(gaussian_fits.REVERSE, 6.0, 0.6) == pytest.approx((mean, deviation, least), abs=1e-3)


def test_fits_see_the_curves_on_the_right_have_one_minimum_and_three():
    axes = gaussian_fits.draw_fits(6.0, 0.6).figure.axes[1]
    curves = [np.asarray(line.get_ydata()) for line in axes.lines if len(np.asarray(line.get_ydata())) > 1]
    assert [np.sum((y[1:-1] < y[:-2]) & (y[1:-1] < y[2:])) for y in curves] == [1, 3]


def test_fits_see_two_close_peaks_are_covered_by_both():
    forward, reverse = (closest(direction, 2.0, [(0.0, 1.5)])[0] for direction in gaussian_fits.COLOURS)
    assert np.abs(np.subtract(forward, reverse))[:2].max() < 0.05
    for mean, deviation, _ in (forward, reverse):
        assert mean - deviation < -1 and mean + deviation > 1  # the peaks lie within one standard deviation


def perplexity(counts, before, symbols):
    """Return the perplexity of a model with 1 added to its counts; counts[b]: the symbols that followed b."""
    surprise = 0.0
    for b, symbol in zip(before, symbols, strict=True):
        seen = counts.get(b, Counter())
        surprise -= np.log2((seen[symbol] + 1) / (seen.total() + 27))
    return 2 ** (surprise / len(symbols))


def test_perplexity_see_two_models_on_the_counted_part_and_on_the_rest():
    text = [characters.SYMBOLS[i] for i in characters.symbols()]
    train, test = text[:1000], text[1000:]
    pairs = {b: Counter(after for before, after in pairwise(train) if before == b) for b in characters.SYMBOLS}
    alone = {b: Counter(train) for b in characters.SYMBOLS}
    on_rest = [perplexity(counts, test[:-1], test[1:]) for counts in (alone, pairs)]
    on_counted = [perplexity(counts, train[:-1], train[1:]) for counts in (alone, pairs)]
    assert [round(found, 2) for found in on_rest] == [16.07, 11.43]
    assert [round(found, 2) for found in on_counted] == [15.66, 9.54]
    assert on_rest[1] / on_counted[1] > on_rest[0] / on_counted[0]
    assert (27**2, len(train) - 1) == (729, 999) and len(characters.SYMBOLS) == 27
    assert round(np.log2(27), 3) == 4.755
    assert sum(pairs[b].total() for b in characters.SYMBOLS) == 999


# --- 5 Mutual information ---------------------------------------------------------------------------------------------


def entropies(tables):
    """Return H(X), H(Y) and I(X; Y) in bits of tables, (k, 2, 2), that each sum to 1."""
    H = lambda p: scipy.special.entr(p).reshape(len(tables), -1).sum(axis=1) / np.log(2)
    H_x, H_y = H(tables.sum(axis=2)), H(tables.sum(axis=1))
    return H_x, H_y, H_x + H_y - H(tables)


def test_circles_see_the_circles_coincide_for_one_diagonal_only_and_touch_for_a_product():
    weights = np.array([w for w in product(range(9), repeat=4) if any(w)])  # all that the sliders can say
    tables = (weights / weights.sum(axis=1, keepdims=True)).reshape(-1, 2, 2)
    H_x, H_y, shared = entropies(tables)
    one_circle = (H_x > 1e-9) & np.isclose(shared, H_x) & np.isclose(shared, H_y)
    a, b, c, d = weights.T
    one_diagonal = ((b == 0) & (c == 0) & (a > 0) & (d > 0)) | ((a == 0) & (d == 0) & (b > 0) & (c > 0))
    assert np.array_equal(one_circle, one_diagonal)
    products = np.einsum("ki,kj->kij", tables.sum(axis=2), tables.sum(axis=1))
    independent = np.isclose(tables, products).all(axis=(1, 2))
    assert np.array_equal(np.isclose(shared, 0, atol=1e-9), independent)
    assert independent.sum() > 100
    full_bit = weights[one_circle & np.isclose(shared, 1)].tolist()
    assert [4, 0, 0, 4] in full_bit and [0, 4, 4, 0] in full_bit
    assert {(1, 1, 1, 1), (8, 4, 4, 2)} <= set(map(tuple, weights[independent].tolist()))


def drawn_circles(picture):
    """Return the radii of the two circles and the distance of their centres."""
    x, y = picture.figure.axes[2].patches
    return x.get_radius(), y.get_radius(), float(np.hypot(*np.subtract(x.get_center(), y.get_center())))


def test_circles_see_the_picture_of_one_circle_of_two_that_touch_and_of_the_start():
    draw = lambda a, b, c, d: mutual_information.draw_table(a, b, c, d, information.BITS)
    r, s, distance = drawn_circles(draw(4, 0, 0, 4))
    assert r == s and distance == pytest.approx(0)
    r, s, distance = drawn_circles(draw(8, 4, 4, 2))
    assert distance == pytest.approx(r + s)
    assert "I(X; Y) = 0.278 bits" in draw(4, 1, 1, 4).description
    assert entropies(np.array([[[0.4, 0.1], [0.1, 0.4]]]))[2][0] == pytest.approx(0.278, abs=5e-4)


def with_luck(preset, luck):
    joint, ys = mutual_information.PRESETS[preset]
    return (1 - luck) * joint + luck * np.outer(joint.sum(axis=1), joint.sum(axis=0)), ys


def shared_bits(joint):
    """Return I(X; Y) in bits as a divergence, by scipy."""
    return scipy.stats.entropy(joint.ravel(), np.outer(joint.sum(axis=1), joint.sum(axis=0)).ravel(), base=2)


def test_divergence_see_the_square_is_uncorrelated_at_every_share_of_luck_and_its_information_falls_to_0():
    found = []
    for luck in np.linspace(0, 1, 21):
        joint, ys = with_luck(mutual_information.SQUARE, luck)
        x, y = mutual_information.THREE, ys
        covariance = x @ joint @ y - (x @ joint.sum(axis=1)) * (y @ joint.sum(axis=0))
        assert covariance == pytest.approx(0, abs=1e-12)
        found.append(shared_bits(joint))
        assert mutual_information.mutual_information(joint) == pytest.approx(found[-1], abs=1e-9)
    assert round(found[0], 3) == round(scipy.stats.entropy([1 / 3, 2 / 3], base=2), 3) == 0.918
    assert (np.diff(found) < 0).all()
    assert found[-1] == pytest.approx(0, abs=1e-9)


def test_divergence_see_the_circles_of_the_square_and_of_the_copy_and_the_independent_table():
    draw = lambda preset, luck: mutual_information.draw_preset(preset, luck, information.BITS)
    r, s, distance = drawn_circles(draw(mutual_information.SQUARE, 0.0))
    assert distance + s == pytest.approx(r, abs=1e-6) and s < r  # the circle of y inside that of x
    r, s, distance = drawn_circles(draw(mutual_information.COPY, 0.0))
    assert r == pytest.approx(s) and distance == pytest.approx(0, abs=1e-6)
    assert round(shared_bits(with_luck(mutual_information.COPY, 0.0)[0]), 3) == round(np.log2(3), 3) == 1.585
    independent = [with_luck(mutual_information.INDEPENDENT, luck)[0] for luck in np.linspace(0, 1, 21)]
    assert np.allclose([shared_bits(joint) for joint in independent], 0)


@pytest.mark.parametrize("seed", range(3))
def test_erratum_iff_no_information_if_and_only_if_independent(seed):
    rng = np.random.default_rng(seed)
    xs, ys = rng.normal(size=3), rng.normal(size=4)
    for _ in range(20):
        independent = np.outer(rng.dirichlet(np.ones(3)), rng.dirichlet(np.ones(4)))
        assert mutual_information.mutual_information(independent) == pytest.approx(0, abs=1e-12)
        assert mutual_information.covariance(independent, xs, ys) == pytest.approx(0, abs=1e-12)
        any_table = rng.dirichlet(np.ones(12)).reshape(3, 4)
        assert mutual_information.mutual_information(any_table) > 1e-4
        # Take the covariance away, and let the variables depend on each other all the same.
        change = np.outer([1.0, -1.0], [1.0, -1.0])
        signs = np.zeros((3, 4))
        signs[:2, :2] = change / (change.ravel() @ np.outer(xs[:2], ys[:2]).ravel())
        signs[1:, 2:] -= change / (change.ravel() @ np.outer(xs[1:], ys[2:]).ravel())
        uncorrelated = independent + 0.5 * signs * np.min(independent / (np.abs(signs) + 1e-12))
        assert uncorrelated.min() > 0 and uncorrelated.sum() == pytest.approx(1)
        assert mutual_information.covariance(uncorrelated, xs, ys) == pytest.approx(0, abs=1e-12)
        assert mutual_information.mutual_information(uncorrelated) > 1e-9


def test_gauss_information_see_the_information_of_three_correlations_and_of_none():
    def by_entropies(rho):
        pair = scipy.stats.multivariate_normal([0, 0], [[1, rho], [rho, 1]])
        return (2 * scipy.stats.norm.entropy() - pair.entropy()) / np.log(2)

    rhos = (0.8, 0.5, 0.99, 0.0)
    assert [round(float(by_entropies(rho)), 3) for rho in rhos] == [0.737, 0.208, 2.826, 0]
    assert [mutual_information.gaussian_information(rho) for rho in rhos] == pytest.approx(
        list(map(by_entropies, rhos))
    )
    assert by_entropies(0.5) < by_entropies(0.8) / 2
    closer = mutual_information.gaussian_information(1 - 10.0 ** -np.arange(1, 12))
    assert np.diff(closer)[1:] == pytest.approx(np.log2(10) / 2, rel=0.05)  # each digit adds as much again


# --- Questions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "distribution", [scipy.stats.norm(2, 0.5), scipy.stats.uniform(1, 2)], ids=["normal", "uniform"]
)
def test_questions_metres_and_centimetres(distribution):
    mean, spread = distribution.mean(), distribution.std()
    name = distribution.dist
    loc, scale = distribution.args
    centimetres = name(100 * loc, 100 * scale)
    assert (centimetres.mean(), centimetres.std()) == pytest.approx((100 * mean, 100 * spread))
    assert centimetres.pdf(200) == pytest.approx(distribution.pdf(2) / 100)
    assert centimetres.entropy() - distribution.entropy() == pytest.approx(np.log(100))
    assert round(np.log(100), 3) == 4.605
    assert centimetres.cdf(230) - centimetres.cdf(150) == pytest.approx(distribution.cdf(2.3) - distribution.cdf(1.5))


def test_questions_a_divergence_and_a_mutual_information_do_not_depend_on_units():
    divergence = lambda unit: torch.distributions.kl_divergence(
        torch.distributions.Normal(2.0 * unit, 0.5 * unit), torch.distributions.Normal(1.0 * unit, 0.7 * unit)
    ).item()
    assert divergence(1) == pytest.approx(divergence(100))
    shared = []
    for unit in (1, 100):
        Sigma = np.array([[unit**2, 0.8 * unit], [0.8 * unit, 1.0]])
        pair = scipy.stats.multivariate_normal([0, 0], Sigma)
        shared.append(scipy.stats.norm(0, unit).entropy() + scipy.stats.norm(0, 1).entropy() - pair.entropy())
    assert shared[0] == pytest.approx(shared[1])
    assert scipy.stats.uniform(1, 2).pdf(2) == 0.5
    assert scipy.stats.uniform(100, 200).pdf(200) == 0.005


def test_questions_two_positive_tests():
    first = float(conditional.posterior(0.001, 0.99, 0.99))
    second = float(conditional.posterior(first, 0.99, 0.99))
    assert (round(100 * first, 1), round(100 * second, 2)) == (9.0, 90.75)
    assert second == pytest.approx(99 * 99 / (99 * 99 + 999))  # in odds
    both = 0.001 * 0.99**2
    assert second == pytest.approx(both / (both + 0.999 * 0.01**2))


def test_questions_the_losses_of_two_classifiers():
    even = torch.nn.functional.cross_entropy(torch.zeros(1, 10), torch.tensor([3])).item()
    assert round(even, 3) == 2.303
    said = np.array(99 * [0.999] + [1e-9])
    losses = -np.log(said)
    assert round(losses.mean(), 3) == 0.208 < even
    assert (round(losses[0], 3), round(losses[-1], 2), round(losses[-1] / 100, 3)) == (0.001, 20.72, 0.207)
