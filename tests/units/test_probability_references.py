"""The solutions of the assignment, and helpers of the lecture, against libraries."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import special, stats
from sklearn.metrics import mutual_info_score
from support.references import a_few, solution

from course_utils.probability import information
from course_utils.probability.gaussians import mass_inside
from course_utils.probability.mutual_information import mutual_information as mutual_information_of_lecture

chances = st.one_of(st.just(0.0), st.floats(1e-200, 1e-10), st.floats(1e-3, 1.0))
CONDITIONAL = solution("03_probability", "conditional")["conditional"]
ENTROPY = solution("03_probability", "entropy")
INFORMATION = solution("03_probability", "mutual_information")["mutual_information"]
ELLIPSE = solution("03_probability", "ellipse_axes")["ellipse_axes"]


def distribution(weights: np.ndarray) -> np.ndarray:
    assume(weights.sum() > 0.1)
    return weights / weights.sum()


@given(arrays(float, (3, 4), elements=chances))
@a_few
def test_rows_of_a_conditional_table_add_up_to_1_or_are_0(weights):
    joint = distribution(weights)
    sums = CONDITIONAL(joint).sum(axis=1)
    assert np.allclose(sums, joint.any(axis=1), atol=1e-12)


@given(arrays(float, 5, elements=chances), arrays(float, 5, elements=chances), st.floats(1.1, 20))
@a_few
def test_entropies_are_those_of_scipy(p, q, base):
    p, q = distribution(p), distribution(q)
    wanted = {
        "entropy": special.entr(p).sum(),
        "cross_entropy": -special.xlogy(p, q).sum(),
        "kl": special.rel_entr(p, q).sum(),
    }
    for name, value in wanted.items():
        for found in (ENTROPY[name], getattr(information, name)):
            given_one = (p,) if name == "entropy" else (p, q)
            assert found(*given_one, base) == pytest.approx(value / np.log(base), rel=1e-9, abs=1e-14), name


@pytest.mark.parametrize("information_of", [INFORMATION, mutual_information_of_lecture], ids=["solution", "lecture"])
@given(arrays(int, (3, 4), elements=st.integers(0, 9)))
@a_few
def test_mutual_information_is_that_of_scikit_learn(information_of, counts):
    assume(counts.sum() > 0)
    wanted = mutual_info_score(None, None, contingency=counts)
    assert information_of(counts / counts.sum(), np.e) == pytest.approx(wanted, abs=1e-12)


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
