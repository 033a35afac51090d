"""The numbers and superlatives in the prose of unit 00, computed again; each test is named after its cell."""

import copy
from itertools import pairwise

import numpy as np
import pytest
import scipy
import torch
from matplotlib.patches import Rectangle
from sklearn.datasets import make_blobs
from sklearn.linear_model import LogisticRegression

from course_utils import check
from course_utils.drawing.digits import digits
from course_utils.getting_started import (
    adversarial,
    applications,
    carbon_footprint,
    convolution_sizes,
    first_network,
    kinds_of_learning,
    local_minima,
    random_labels,
    tensors,
)


def trained(width, seed):
    X, labels, _, _ = digits()
    model = first_network.build(64, width, 10, seed=seed)
    first_network.fit(model, X, labels)
    return model.requires_grad_(False)


def mean_accuracies(model, most=4):
    """Return the accuracy over random choices of 0, 1, ..., `most` living units that are silenced."""
    orders = first_network.silencing_orders(model)
    return [first_network.silenced_accuracies(model, orders[:, :count]).mean() for count in range(most + 1)]


# --- 1 The first ten minutes -----------------------------------------------------------------------------------------


def verdict(answer, X):
    """Return what a check says about an answer that should be the means of the columns of X; nothing if it holds."""
    try:
        check.call(answer, X).equals(X.mean(axis=0))
    except check.Failed as failed:
        return str(failed)
    return ""


SQUARE = np.array([[1.0, 2.0], [2.0, 5.0]])


def test_check_see_the_answer_in_a_hurry_fails_with_its_type():
    said = verdict(lambda X: X.mean(), SQUARE)
    assert "is a float64; expected a numpy array" in said


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ([[9, 9, 9]], "list"),  # type, shape, dtype and values are wrong
        (np.array([9, 9, 9]), "shape"),  # shape, dtype and values
        (np.array([9, 9]), "dtype"),  # dtype and values
        (np.array([9.0, 9.0]), "wrong values"),
    ],
    ids=["type", "shape", "dtype", "values"],
)
def test_check_see_a_check_names_the_first_of_type_shape_dtype_and_values(wrong, named):
    said = verdict(lambda X: copy.copy(wrong), SQUARE)
    assert [word for word in ("list", "shape", "dtype", "wrong values") if word in said] == [named]


AXIS_MISTAKES = {
    "means of rows": lambda X: X.mean(axis=1),
    "transposed": lambda X: X.T.mean(axis=0),
    "the last axis": lambda X: X.mean(axis=-1),
    "sum of columns, divided by their number": lambda X: X.sum(axis=0) / X.shape[1],
    "sum of rows, divided by the number of columns": lambda X: np.add.reduce(X, axis=1) / X.shape[0],
}


@pytest.mark.parametrize("mistake", AXIS_MISTAKES)
def test_hidden_see_a_matrix_that_is_not_square_finds_mistakes_with_axes_that_the_square_one_does_not(mistake):
    oblong = np.random.default_rng(0).normal(size=(3, 5))
    assert verdict(AXIS_MISTAKES[mistake], SQUARE) == ""
    assert verdict(AXIS_MISTAKES[mistake], oblong) != ""
    assert "has shape (3,); expected (5,)" in verdict(AXIS_MISTAKES["means of rows"], oblong)
    assert verdict(lambda X: X.mean(axis=0), oblong) == ""


# --- 2 What deep learning is -----------------------------------------------------------------------------------------


def test_family_see_where_the_chess_program_and_the_straight_line_belong():
    inside_out = list(applications.FAMILY)
    assert inside_out == ["artificial intelligence", "machine learning", "deep learning"]
    assert [word for word in inside_out if "hand-written rules" in applications.FAMILY[word]] == inside_out[:1]
    assert [word for word in inside_out if "regression" in applications.FAMILY[word]] == inside_out[1:2]
    assert "fitted" in applications.FAMILY["machine learning"] and "layers" in applications.FAMILY["deep learning"]
    line = first_network.build(1, 1)
    assert [type(layer).__name__ for layer in line] == ["Linear"]  # no layer between input and output


def counts_of(width, hidden_layers=2):
    """Return the parameters of each layer of the picture, counted in torch."""
    model = first_network.build(4, *hidden_layers * [width], 3)
    return [sum(p.numel() for p in layer.parameters()) for layer in model if isinstance(layer, torch.nn.Linear)]


def test_layers_see_double_the_width_is_more_than_double_the_parameters():
    narrow, wide = counts_of(3), counts_of(6)
    assert (sum(narrow), sum(wide)) == (39, 93)
    assert (narrow[1], wide[1]) == (12, 42)
    assert np.argmax(np.subtract(wide, narrow)) == np.argmax(np.divide(wide, narrow)) == 1
    drawn = first_network.draw_layers(2, 6, 4).figure.axes[1]
    bars = [bar.get_bbox().height for bar in drawn.patches if isinstance(bar, Rectangle)]
    assert bars == wide
    for width in range(2, 8):
        assert counts_of(width)[1] == width**2 + width
        assert counts_of(width, 4)[1:4] == 3 * [counts_of(width)[1]]  # a bar of the same height per extra layer


# --- 2.3 Hidden representations ---------------------------------------------------------------------------------------


def test_hidden_representation_see_six_of_16_units_are_dead_and_14_of_64():
    _, _, X_new, _ = digits()
    for width, dead in ((16, 6), (64, 14)):
        model = first_network.digit_classifier(width)
        assert width - len(first_network.living_units(model)) == dead
        on = (model[:2](torch.tensor(X_new, dtype=torch.float32)) > 0).any(dim=0)
        assert set(np.flatnonzero(on)) <= set(first_network.living_units(model))


def test_hidden_representation_see_each_living_unit_of_16_serves_several_digits():
    _, _, X_new, labels = digits()
    model = first_network.digit_classifier(16)
    living = first_network.living_units(model)
    on = (model[:2](torch.tensor(X_new, dtype=torch.float32)) > 0).numpy()[:, living]  # (797, 10)
    share = np.stack([on[labels == digit].mean(axis=0) for digit in range(10)])  # (10 digits, 10 units)
    assert (share > 0.5).sum(axis=0).min() == 8
    everything = first_network.silenced_accuracies(model, living[:1, None][:, :0])
    one_off = first_network.silenced_accuracies(model, living[:, None])
    hurt = (everything - one_off > 0.05).sum(axis=1)
    assert (min(hurt), max(hurt)) == (4, 6)
    assert one_off.mean(axis=1).min() == pytest.approx(0.57, abs=0.005)
    assert one_off.mean(axis=1).max() == pytest.approx(0.89, abs=0.005)


def test_hidden_representation_see_what_is_left_without_one_and_four_units():
    small, large = (mean_accuracies(first_network.digit_classifier(width)) for width in (16, 64))
    assert np.round([small[0], small[1], small[4]], 2).tolist() == [0.96, 0.75, 0.37]
    assert np.round([large[1], large[4]], 2).tolist() == [0.96, 0.94]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_hidden_representation_see_redundancy_tolerates_a_loss_for_other_starts_too(seed):
    small, large = (mean_accuracies(trained(width, seed)) for width in (16, 64))
    assert small[0] - small[1] > 0.05  # one living unit of 16
    assert small[4] < 0.75 < 0.9 < large[4]


# --- 2.4 By hand or end to end ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("draw", [0, 1, 2])
def test_end_to_end_see_who_leads_and_by_how_much(draw):
    curves = kinds_of_learning.learning_curves(draw)
    by_hand, pixels, network = (
        curves[method]
        for method in (kinds_of_learning.HAND_CRAFTED, kinds_of_learning.PIXELS, kinds_of_learning.NETWORK)
    )
    lead = network - pixels  # with 20, 50, 100, 200, 500 and 1000 images
    assert (lead[3:] > 0).all()
    assert lead.max() < 0.02
    assert (lead[1] > 0) == (draw == 0)  # with 50 images: luck
    assert (by_hand[1:] < np.minimum(pixels, network)[1:]).all()
    assert by_hand[-1] == pytest.approx(0.89, abs=0.005)
    if draw == 0:
        assert pixels[0] > max(by_hand[0], network[0])
        assert (by_hand[0], pixels[0]) == pytest.approx((0.59, 0.65), abs=0.005)
        assert by_hand[0] <= network[0] <= pixels[0]  # with 20 images


# --- 3.1 A map -------------------------------------------------------------------------------------------------------


def test_atlas_see_attention_enters_in_2014_and_before_the_transformer():
    language = {mark.name: mark for mark in applications.ATLAS["language"]}
    assert (language["attention"].year, language["attention"].source) == (2014, "arXiv 1409.0473")
    assert language["Transformer"].year == 2017
    every = [mark for marks in applications.ATLAS.values() for mark in marks]
    assert [mark.year for mark in sorted(every)[:2]] == [2009, 2012]
    assert {mark.name for mark in applications.ATLAS["image classification"]} >= {"ImageNet", "AlexNet"}
    assert max(every).name in language
    assert max(every).year == 2025


def test_erratum_code_papers_a_number_of_arxiv_begins_with_the_year_of_the_landmark():
    marks = [mark for marks in applications.ATLAS.values() for mark in marks]
    numbers = [(mark.source.removeprefix("arXiv "), mark.year) for mark in marks if "arXiv" in mark.source]
    assert len(numbers) > 15
    assert all(number[:2] == f"{year % 100:02}" for number, year in numbers)
    assert all(mark.source for mark in marks)


def test_alexnet_see_the_steps_of_the_errors():
    top_1, top_5 = zip(*applications.ERRORS.values(), strict=True)
    assert top_5 == (28.2, 25.7, 17.0)
    assert top_5[0] - top_5[1] == pytest.approx(2.5)
    assert top_5[1] - top_5[2] == pytest.approx(8.7)
    assert 1 - top_5[2] / top_5[1] == pytest.approx(1 / 3, abs=0.01)
    assert 1 - top_1[2] / top_1[1] == pytest.approx(1 / 5, abs=0.03)


def positions(n, window, stride, padding):
    """Return how often a window fits into a padded row, and how many pixels at its end none covers, by trying."""
    row = np.zeros(n + 2 * padding, dtype=bool)
    starts = range(0, len(row) - window + 1, stride)
    for start in starts:
        row[start : start + window] = True
    return len(starts), int(np.argmax(row[::-1]))


def test_places_see_54_positions_one_pixel_unseen_and_two_ways_to_55():
    assert convolution_sizes.exact_places(224, 11, 4) == 54.25
    assert positions(224, 11, 4, 0) == (54, 1)
    assert positions(227, 11, 4, 0) == (55, 0)
    assert convolution_sizes.exact_places(227, 11, 4) == 55
    assert positions(224, 11, 4, 2) == (55, 1)
    assert "covers: 1." in convolution_sizes.draw_places(224, 11, 4, 0).description
    for n, padding in ((224, 0), (227, 0), (224, 2)):
        side = torch.nn.functional.conv2d(
            torch.zeros(1, 1, n, 11), torch.zeros(1, 1, 11, 11), stride=4, padding=padding
        )
        assert side.shape[2] == positions(n, 11, 4, padding)[0] == convolution_sizes.places(n, 11, 4, padding)


# --- 4 Learning from data --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spread", [0.4, 0.8, 1.4, 2.0])
def test_kinds_see_k_means_finds_as_many_groups_as_it_is_asked_for_with_sharp_borders(spread):
    X, _ = kinds_of_learning.blobs(spread)
    inertia = []
    for k in range(2, 7):
        found = kinds_of_learning.groups(spread, k)
        assert sorted(set(found.tolist())) == list(range(k))
        centres = np.stack([X[found == j].mean(axis=0) for j in range(k)])
        far = scipy.spatial.distance.cdist(X, centres, "sqeuclidean")
        assert np.array_equal(far.argmin(axis=1), found)  # each group ends at a straight line, whatever the spread
        inertia.append(far.min(axis=1).sum())
    assert (np.diff(inertia) < 0).all()  # what k-means makes small prefers five groups to three


@pytest.mark.parametrize("seed", range(3))
def test_kinds_see_the_classifier_is_right_less_often_when_the_clouds_overlap(seed):
    shares = []
    for spread in (0.4, 0.8, 1.2, 1.6, 2.0):
        X, labels, *_ = make_blobs(150, centers=kinds_of_learning.CENTRES, cluster_std=spread, random_state=seed)
        shares.append(LogisticRegression().fit(X, labels).score(X, labels))
    assert 1 >= shares[0] >= shares[1] > shares[2] > shares[3] > shares[4]
    if seed == 0:
        assert shares[0] == kinds_of_learning.boundary(0.4)[0]


def test_life_see_3_percent_before_training_and_96_after():
    X, labels, X_new, labels_new = digits()
    for seed in range(3):
        network = first_network.build(64, 32, 10, seed=seed)
        before = first_network.accuracy(network, X_new, labels_new)
        first_network.fit(network, X, labels, steps=100)
        assert round(first_network.accuracy(network, X_new, labels_new), 2) == pytest.approx(0.96, abs=0.011)
        if seed == 0:
            assert round(before, 2) == 0.03
            assert round(first_network.accuracy(network, X_new, labels_new), 2) == 0.96


def test_life_see_other_draws_of_the_weights_guess_at_10_percent():
    _, _, X_new, labels_new = digits()
    drawn = [first_network.accuracy(first_network.build(64, 32, 10, seed=i), X_new, labels_new) for i in range(25)]
    assert np.mean(drawn) == pytest.approx(0.1, abs=0.015)
    assert np.mean(np.array(drawn) <= drawn[0]) < 0.1  # an unlucky one


# --- 5 Tensors -------------------------------------------------------------------------------------------------------


def test_tensors_see_an_index_takes_its_axis_away():
    x = torch.arange(64).reshape(4, 4, 4)
    assert x[:, 1, :].shape == x[0].shape == (4, 4)
    assert torch.equal(x[:, 1, :], torch.stack([x[i][1] for i in range(4)]))  # row 1 of every slice
    one = torch.arange(64)[5]
    assert (one.shape, one.ndim, one.numel()) == ((), 0, 1)
    assert tensors.draw_tensor(3, "4", 1, 1, "float32").description.endswith(
        "x[:, 1, :] selects 16 of them: shape (4, 4)."
    )


@pytest.mark.parametrize(("rank", "axis", "index"), [(1, 1, 0), (2, 2, 0), (3, 0, 4), (3, 2, 7)])
def test_tensors_see_an_axis_or_an_index_that_is_not_there_is_an_error(rank, axis, index):
    x = torch.arange(64).reshape(tensors.shape_of(rank, 4))
    with pytest.raises(IndexError):
        x[(slice(None),) * axis + (index,)]
    assert "IndexError" in tensors.draw_tensor(rank, "4", axis, index, "float32").description


@pytest.mark.parametrize("dtype", tensors.DTYPES)
def test_tensors_see_reshaping_moves_no_number_and_the_type_sets_the_memory(dtype):
    x = torch.arange(64).to(tensors.DTYPES[dtype])
    shapes = {tensors.shape_of(rank, int(first)) for rank in (1, 2, 3) for first in tensors.FIRST_AXES}
    views = [x.reshape(shape) for shape in shapes]
    assert {view.data_ptr() for view in views} == {x.data_ptr()}
    assert len({view.stride() for view in views}) > 5
    assert {view.nbytes for view in views} == {64 * tensors.DTYPES[dtype].itemsize}


def test_tensors_see_reshaping_copies_a_transposed_tensor():
    x = torch.arange(64).reshape(8, 8)
    flat = x.T.reshape(64)
    assert flat.data_ptr() != x.data_ptr()
    assert flat.tolist() == [8 * j + i for i in range(8) for j in range(8)]


def test_tensors_see_from_64_to_512_bytes():
    sizes = [torch.arange(64).to(dtype).nbytes for dtype in tensors.DTYPES.values()]
    assert (min(sizes), max(sizes)) == (64, 512)


@pytest.fixture
def what_nobody_fills_is_nan():
    """Let torch mark the memory that it hands out without filling it."""
    torch.use_deterministic_algorithms(True)
    yield
    torch.use_deterministic_algorithms(False)


@pytest.mark.usefixtures("what_nobody_fills_is_nan")
def test_erratum_uninitialised_nobody_has_filled_a_tensor_of_a_shape():
    assert torch.Tensor(2, 3).shape == (2, 3)
    assert torch.Tensor(2, 3).isnan().all()
    assert torch.empty(2, 3).isnan().all()
    for filled in (torch.zeros(2, 3), torch.ones(2, 3), torch.rand(2, 3), torch.tensor([2, 3])):
        assert not filled.isnan().any()
    vector = torch.Tensor([2, 3])
    assert (vector.dtype, vector.tolist()) == (torch.float32, [2.0, 3.0])


def test_alias_see_who_shares_and_who_copies():
    shares = {
        (maker, dtype): {tensors.share(maker, dtype, edit)[2] for edit in tensors.EDITS}
        for maker in tensors.MAKERS
        for dtype in tensors.ARRAY_DTYPES
    }
    for (maker, dtype), shared in shares.items():
        expected = {
            "torch.from_numpy(a)": True,
            "torch.as_tensor(a)": True,
            "torch.tensor(a)": False,
            "torch.from_numpy(a).clone()": False,
            "torch.from_numpy(a).float()": dtype == "float32",
        }
        assert shared == {expected[maker]}
    for maker, dtype in shares:
        a, t, shared = tensors.share(maker, dtype, "a[0, 1] = 9")
        assert (t[0, 1].item() == 9) == shared
        a, t, shared = tensors.share(maker, dtype, "t[1, 2] = 9")
        assert (a[1, 2] == 9) == shared
    t = torch.from_numpy(np.ones(2, dtype=np.float32))
    assert t.float() is t  # it returns what it was given


@pytest.mark.parametrize("seed", range(3))
def test_gradient_see_z_is_11_and_each_input_receives_its_partner(seed):
    pair = ([1.0, 2.0], [3.0, 4.0]) if seed == 0 else np.random.default_rng(seed).integers(-5, 6, size=(2, 2)) * 1.0
    x, y = (torch.tensor(values, dtype=torch.float64, requires_grad=True) for values in pair)
    z = (x * y).sum()
    by_x, by_y = (gradient.tolist() for gradient in torch.autograd.grad(z, (x, y)))
    assert (by_x, by_y) == (y.tolist(), x.tolist())
    (x_1, x_2), (y_1, y_2) = pair
    nodes = tensors.inner_product_graph((x_1, x_2), (y_1, y_2)).nodes
    assert [nodes[name].gradient for name in ("x₁", "x₂", "y₁", "y₂")] == [*by_x, *by_y]
    assert nodes["z"].value == z.item()
    if seed == 0:
        assert (z.item(), by_x, by_y) == (11, [3, 4], [1, 2])
        assert ((x + torch.tensor([0, 0.01])) * y).sum().item() - 11 == pytest.approx(4 * 0.01)


# --- 6 What is not solved --------------------------------------------------------------------------------------------

VALLEYS = local_minima.minima(False)
# The hills between the minima, where the slope is zero as well.
HILLS = np.array(
    [
        scipy.optimize.brentq(lambda x: local_minima.slope(np.array(x), False), low + 0.1, high - 0.1)
        for low, high in pairwise(VALLEYS)
    ]
)
BEST = int(local_minima.height(VALLEYS, False).argmin())


def ends(seed, rate, noise=0.0):
    """Return the valleys in which the 500 starts begin and end, and whether each has settled in its minimum."""
    paths = local_minima.descent_paths(seed, rate, noise, False)
    settled = np.abs(local_minima.slope(paths[-1], False)) < 1e-3
    return np.searchsorted(HILLS, paths[0]), np.searchsorted(HILLS, paths[-1]), settled


@pytest.mark.parametrize("seed", range(10))
def test_landing_see_seven_minima_and_one_start_in_seven_comes_to_the_best(seed):
    _, end, settled = ends(seed, 0.05)
    counts = np.bincount(end, minlength=len(VALLEYS))
    assert settled.all()
    assert np.count_nonzero(counts > 2) == 7
    assert np.count_nonzero(counts) == 7 or counts[7 + np.flatnonzero(counts)[0]] in (1, 2)
    assert counts[BEST] / 500 == pytest.approx(1 / 7, abs=0.05)
    if seed == 0:
        assert np.count_nonzero(counts) == 7
        assert round(counts[BEST] / 500, 2) == 0.15


def test_landing_see_most_seeds_find_an_eighth_minimum_at_the_right_end():
    found = [np.unique(ends(seed, 0.05)[1]) for seed in range(10)]
    assert sum(len(valleys) == 8 for valleys in found) > 5
    assert all((valleys[:7] == found[0]).all() for valleys in found)  # the eighth is the last


@pytest.mark.parametrize("seed", range(3))
def test_landing_see_up_to_which_rate_starts_stay_and_settle(seed):
    for rate in (0.05, 0.1, 0.21, 0.25, 0.3):
        begin, end, settled = ends(seed, rate)
        assert np.array_equal(begin, end)
        assert settled.all() == (rate <= 0.21)
    assert not ends(seed, 0.26)[2].any()
    assert not ends(seed, 0.3)[2].any()
    _, end, settled = ends(seed, 0.22)
    middle = np.abs(end - BEST) <= 1
    assert not settled[middle].any() and settled[~middle].all()
    begin, end, _ = ends(seed, 0.35)
    assert (begin != end).any()


def test_landing_see_the_limit_in_a_valley_is_2_over_its_curvature():
    limits = 2 / (0.2 - 9 * np.sin(3 * VALLEYS))
    assert limits[BEST] == limits.min() == pytest.approx(0.2175, abs=5e-5)
    reached = np.unique(np.concatenate([ends(seed, 0.05)[1] for seed in range(10)]))
    assert 0.25 < limits[reached].max() < 0.26


def test_landing_see_about_86_percent_end_in_another_valley_at_0_5_and_noise_brings_a_third_to_the_best():
    moved = [np.mean(begin != end) for begin, end, _ in (ends(seed, 0.5) for seed in range(10))]
    assert moved == pytest.approx(10 * [0.86], abs=0.02)
    for seed in range(10):
        to_best = [np.mean(ends(seed, 0.1, noise)[1] == BEST) for noise in (0.0, 1.0, 4.0)]
        assert to_best[2] > 1 / 3 > 0.2 > max(to_best[:2])


def test_landing_see_without_the_sine_every_start_goes_to_the_one_minimum():
    assert len(local_minima.minima(True)) == 1
    for rate in (0.1, 0.3, 0.5):
        assert np.abs(local_minima.descent_paths(0, rate, 0.0, True)[-1]).max() < 0.05
    slow = np.abs(local_minima.descent_paths(0, 0.01, 0.0, True))
    assert slow[-1].max() > 1
    assert (np.diff(slow, axis=0) < 0).all()


@pytest.mark.parametrize(("share", "test"), [(0.0, 0.95), (0.5, 0.55), (1.0, 0.12)])
def test_random_see_the_training_labels_are_always_learned_and_new_digits_are_not(share, test):
    run = random_labels.fit_random_labels(share)
    assert run.train[-1] == 1
    assert round(run.test, 2) == test
    assert np.mean(random_labels.randomized_labels(share) != digits()[1][:300]) == pytest.approx(0.9 * share, abs=0.05)


@pytest.mark.parametrize("seed", [1, 2])
def test_random_see_other_random_labels_are_learned_by_heart_as_well(seed):
    X, _, X_new, labels_new = digits()
    model = first_network.build(*random_labels.SIZES, seed=seed)
    labels = np.random.default_rng(seed).integers(10, size=300)
    first_network.fit(model, X[:300], labels, random_labels.STEPS)
    assert first_network.accuracy(model, X[:300], labels) == 1
    assert first_network.accuracy(model, X_new, labels_new) < 0.2


def seen_as(step):
    """Return what the network says about image 3, a seven, after a step in its pixels, and how sure it is of it."""
    said = adversarial.probabilities(np.clip(digits()[2][3] + step, 0, 1)[None])[0]
    return int(said.argmax()), float(said.max())


def test_attack_see_a_nine_from_0_09_on_and_98_percent_sure_at_0_12():
    signs = adversarial.signs(adversarial.GRADIENT)[3]
    said = [seen_as(epsilon * signs)[0] for epsilon in adversarial.STRENGTHS]
    assert digits()[3][3] == 7
    assert said == 9 * [7] + 22 * [9]
    assert seen_as(0.02 * signs)[1] == pytest.approx(seen_as(0.0 * signs)[1], abs=0.002)  # nothing happens
    assert round(seen_as(0.12 * signs)[1], 2) == 0.98


def test_attack_see_the_signs_are_those_of_the_gradient():
    _, _, X, labels = digits()
    model = copy.deepcopy(first_network.digit_classifier(64)).double()
    loss = lambda v: torch.nn.functional.cross_entropy(model(torch.tensor(v[None])), torch.tensor(labels[3:4])).item()
    differences = check.central_differences(loss, X[3])
    large = np.abs(differences) > 1e-3 * np.abs(differences).max()
    assert np.array_equal(np.sign(differences)[large], adversarial.signs(adversarial.GRADIENT)[3][large])
    assert large.sum() > 50


def test_attack_see_random_signs_do_not_move_it_and_one_choice_in_twenty_does_at_0_3():
    drawn = adversarial.signs(adversarial.RANDOM)[3]
    assert {seen_as(epsilon * drawn)[0] for epsilon in adversarial.STRENGTHS} == {7}
    others = np.random.default_rng(5).choice([-1.0, 1.0], size=(2000, 64))
    moved = adversarial.probabilities(np.clip(digits()[2][3] + 0.3 * others, 0, 1)).argmax(axis=1) != 7
    assert moved.mean() == pytest.approx(1 / 20, abs=0.02)


def test_attack_all_see_how_many_stay_right_along_the_gradient_and_by_chance():
    gradient, chance = adversarial.accuracies(adversarial.GRADIENT), adversarial.accuracies(adversarial.RANDOM)
    assert adversarial.STRENGTHS[[10, 20]].tolist() == [0.1, 0.2]
    assert np.round(gradient[[0, 10, 20]], 2).tolist() == [0.97, 0.30, 0.01]
    assert np.round(chance[[0, 10, 20]], 2).tolist() == [0.97, 0.94, 0.86]
    _, _, X, labels = digits()
    for seed in range(3):
        signs = np.random.default_rng(10 + seed).choice([-1.0, 1.0], size=X.shape)
        right = [
            np.mean(adversarial.probabilities(np.clip(X + epsilon * signs, 0, 1)).argmax(axis=1) == labels)
            for epsilon in (0.1, 0.2)
        ]
        assert right == pytest.approx([0.94, 0.86], abs=0.02)


# --- 7 What it does to the world -------------------------------------------------------------------------------------


def test_carbon_see_five_of_eight_bars_can_be_seen_on_a_linear_axis():
    figure = carbon_footprint.draw_footprint("pounds", logarithmic=False).figure
    figure.canvas.draw()
    pixels = [bar.get_window_extent().width for bar in figure.axes[0].patches]
    assert sum(width > 3 for width in pixels) == 5
    assert sum(width < 1.5 for width in pixels) == 3
    hidden = {name for name, width in zip(carbon_footprint.POUNDS, pixels, strict=True) if width < 1.5}
    assert hidden == {"flight New York - San Francisco, 1 seat", "NLP pipeline", "Transformer (big)"}
    logarithmic = carbon_footprint.draw_footprint("pounds", logarithmic=True).figure.axes[0]
    ticks = [place for place in logarithmic.get_xticks() if place <= 1e6]
    assert np.allclose(np.divide(ticks[1:], ticks[:-1]), 10)  # each line is ten times the one before
    assert min(carbon_footprint.POUNDS.values()) > logarithmic.get_xlim()[0]  # all eight have a length


def test_carbon_see_a_training_is_a_tenth_of_a_flight_and_the_search_316():
    assert carbon_footprint.amount("Transformer (big)", "flights") == pytest.approx(0.1, abs=0.005)
    assert round(carbon_footprint.amount(carbon_footprint.REVISED, "flights")) == 316


def test_erratum_carbon_the_second_estimate_is_nearly_90_times_less():
    first = carbon_footprint.amount(carbon_footprint.REVISED, "tonnes")
    assert round(first) == 284
    assert 85 < first / carbon_footprint.REVISED_TONNES < 90


# --- Questions -------------------------------------------------------------------------------------------------------


def test_questions_inputs_that_the_visible_check_has_not_find_what_it_does_not():
    answers = {
        "not square": (lambda X: X.mean(axis=1), np.ones((3, 5))),
        "one sample": (lambda X: X.sum(axis=0) / max(len(X), 2), np.ones((1, 2))),
        "negative numbers": (lambda X: np.abs(X).mean(axis=0), -np.ones((2, 2))),
        "another dtype": (lambda X: X.mean(axis=0, dtype=X.dtype), np.array([[1, 2], [2, 5]])),
    }
    for answer, other in answers.values():
        assert verdict(answer, SQUARE) == ""
        assert verdict(answer, other) != ""


@pytest.mark.parametrize(("dtype", "changed"), [("float32", True), ("float64", False), ("int64", False)])
def test_questions_float_returns_the_same_tensor_for_float32_only(dtype, changed):
    a = np.zeros(3, dtype=dtype)
    t = torch.from_numpy(a).float()
    t += 1
    assert bool((a == 1).all()) == changed
    safe = torch.tensor(a, dtype=torch.float32)
    safe += 7
    assert not (a == 7).any() and not (a == 8).any()


def test_questions_random_labels_are_fitted_as_well():
    assert first_network.parameters_of(random_labels.SIZES) == 38_410
    run = random_labels.fit_random_labels(1.0)
    assert (run.train[-1], round(run.test, 2)) == (1, 0.12)
    assert len(random_labels.randomized_labels(1.0)) == 300
