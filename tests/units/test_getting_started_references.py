"""The solutions of the assignment, and helpers of the lecture, against libraries and against each other."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.exercises import read
from support.references import a_few, solution
from support.units import master_cells

from autograder.engine.in_process import namespace
from course_utils import check
from course_utils.checks import getting_started as drive
from course_utils.drawing.digits import all_digits
from course_utils.getting_started import adversarial, convolution_sizes, first_network, tensors

UNIT = "00_getting_started"
TENSORS = solution(UNIT, "make_tensors")["make_tensors"]
DISTANCES = solution(UNIT, "pairwise_sq_dists")["pairwise_sq_dists"]
COPY = solution(UNIT, "to_torch_copy")["to_torch_copy"]
ONE_LAYER = solution(UNIT, "layers_as_one")["layers_as_one"]
TEST_FGSM = solution(UNIT, "test_fgsm")["test_fgsm"]
PRUNE = solution(UNIT, "prune_weights")["prune_weights"]
COUNTING = solution(UNIT, "count_fc_params")
COUNT = COUNTING["count_fc_params"]


def hints_of(name: str) -> str:
    """Return the text of the hints of an exercise, with the explanation, on one line."""
    (text,) = ("".join(cell["source"]) for cell in master_cells(UNIT) if cell["id"] == f"{name}-hints")
    return " ".join(text.split())


LAYERS = st.integers(1, 7).flatmap(lambda k: st.tuples(st.just(k), st.integers(1, 3), st.integers(0, k - 1)))


@given(st.integers(300, 500), st.lists(LAYERS, min_size=1, max_size=4))
@a_few
def test_a_stack_acts_like_one_layer_as_the_lecture_counts_its_positions(n, layers):
    one = ONE_LAYER(n, layers)
    sizes = convolution_sizes.sizes_through(n, [("", *layer) for layer in layers])
    assert one["size"] == sizes[-1] == convolution_sizes.places(n, one["window"], one["stride"], one["padding"])


@given(st.lists(LAYERS, min_size=2, max_size=4), st.integers(1, 3))
@a_few
def test_a_stack_may_be_replaced_by_its_one_layer_wherever_it_is_cut(layers, cut):
    parts = [ONE_LAYER(500, part) for part in (layers[:cut], layers[cut:]) if part]
    merged = [(part["window"], part["stride"], part["padding"]) for part in parts]
    assert ONE_LAYER(500, merged) == ONE_LAYER(500, layers)


def test_the_alexnet_of_the_exercise_is_that_of_the_lecture_and_the_explanation_gives_its_numbers():
    assert tuple(tuple(layer) for _, *layer in convolution_sizes.ALEXNET) == drive.ALEXNET
    assert ONE_LAYER(227, drive.ALEXNET) == {"stride": 32, "window": 195, "padding": 64, "size": 6}
    assert "For AlexNet $K = 195$, $S = 32$ and $P = 64$" in hints_of("layers-as-one")
    assert "one of the 6 by 6 outputs of the last pooling" in hints_of("layers-as-one")


@given(st.lists(st.integers(1, 40), min_size=1, max_size=5))
@a_few
def test_parameters_are_counted_as_in_the_lecture_and_as_its_network_has_them(sizes):
    assert COUNT(sizes) == first_network.parameters_of(sizes)
    if len(sizes) > 1:
        network = first_network.build(*sizes)
        assert COUNT(sizes) == sum(parameter.numel() for parameter in network.parameters())


def ratio_of_widths(*network):
    names = ("count_fc_params_off_by", "count_fc_params_guess")
    return drive.off_by_times_the_guess(*(COUNTING[name] for name in names), *network)


def test_the_widths_and_the_ratios_of_the_explanation_are_those_that_the_budget_allows():
    for hidden, width in ((1, 9008), (5, 485)):
        assert COUNT([100, *hidden * [width], 10]) <= 1_000_000 < COUNT([100, *hidden * [width + 1], 10])
    assert round(ratio_of_widths(100, 10, 5, 1_000_000), 1) == round(9008 / 485, 1) == 18.6
    assert round(ratio_of_widths(100, 10, 5, 10_000), 1) == 2.4
    assert COUNT([100, *5 * [37], 10]) == 4255 + 5476 + 10 <= 10_000 < COUNT([100, *5 * [38], 10])
    for words in ("9,008 units", "$w = 485$", "ratio is 18.6", "ratio is only 2.4"):
        assert words in hints_of("count-fc-params")


def pruned_by(name: str, case: drive.Trained) -> tuple[np.ndarray, ...]:
    """Return a network that an answer of the catalogue has pruned to a quarter of its weights."""
    (source,) = (answer.source for answer in read(UNIT)[1].answers if answer.name == name)
    return namespace(read(UNIT)[0].setup, source)["prune_weights"](case.network, case.X, 592)


def test_weights_of_pixels_that_do_not_vary_go_first_and_what_is_left_is_fitted_again():
    case = next(drive.trained_networks(np.random.default_rng(0), 1))
    whole = drive.accuracy_of(case.network, case.X_new, case.y_new)
    pruned = PRUNE(case.network, case.X, 592)
    assert drive.weights_left(case.network) == 64 * 32 + 32 * 10 == 4 * 592 == 2368
    assert drive.weights_left(pruned) == 592 == 64 * 8 + 8 * 10
    assert not pruned[0][:, case.X.std(axis=0) == 0].any()
    reached = [
        drive.accuracy_of(pruned_by(name, case), case.X_new, case.y_new)
        for name in ("a_random_quarter", "by_the_size_of_the_weights", "the_mean_in_the_biases")
    ]
    fitted = drive.accuracy_of(pruned, case.X_new, case.y_new)
    assert [*reached, fitted, whole] == sorted([*reached, fitted, whole])
    assert whole > 0.94


def test_a_network_is_trained_once_for_each_seed():
    first, again = (next(drive.trained_networks(np.random.default_rng(1), 1)) for _ in range(2))
    assert first is again


@pytest.mark.parametrize("direction", adversarial.DIRECTIONS)
@pytest.mark.parametrize("epsilon", [0.0, 0.07, 0.3])
def test_the_adversarial_step_that_the_check_shows_is_that_of_the_lecture(direction, epsilon):
    images, signs = adversarial.digits()[2], adversarial.signs(direction)
    stepped = drive.an_fgsm("formula")(torch.from_numpy(images), torch.from_numpy(3 * signs), epsilon)
    assert np.allclose(stepped, adversarial.attacked(direction, epsilon), atol=1e-12)


def test_the_test_of_an_adversarial_step_accepts_the_formula_and_rejects_the_wrong_steps_that_the_check_shows():
    TEST_FGSM(drive.an_fgsm("formula"))
    for variant in ("minus", "no range"):
        with pytest.raises(AssertionError):
            TEST_FGSM(drive.an_fgsm(variant))


@given(arrays(float, (3, 2), elements=st.floats(-1e3, 1e3)), arrays(float, (4, 2), elements=st.floats(-1e3, 1e3)))
@a_few
def test_squared_distances_are_those_of_torch(X, Y):
    X, Y = torch.from_numpy(X), torch.from_numpy(Y)
    wanted = torch.cdist(X, Y, compute_mode="donot_use_mm_for_euclid_dist").square()
    assert torch.allclose(DISTANCES(X, Y), wanted, rtol=1e-9, atol=1e-9)


def test_the_nearest_image_of_a_digit_is_itself():
    X = torch.from_numpy(all_digits()[0][:200])
    assert torch.equal(DISTANCES(X, X).argmin(dim=1), torch.arange(200))


@pytest.mark.parametrize("dtype", tensors.ARRAY_DTYPES)
def test_a_copy_shares_no_memory_and_holds_the_numbers_of_every_maker_of_the_lecture(dtype):
    a = np.arange(6).reshape(2, 3).astype(dtype)
    copied = COPY(a)
    assert not np.shares_memory(a, copied.numpy())
    for make in tensors.MAKERS.values():
        assert torch.equal(copied, make(a).float())


@pytest.mark.parametrize("dtype", [*tensors.ARRAY_DTYPES, "uint8", "float16"])
@pytest.mark.parametrize("view", ["a", "a[::-1]", "a[:, ::2]", "a.T"])
def test_the_faulty_copy_is_wrong_on_one_kind_of_array(dtype, view):
    a = eval(view, {"a": np.arange(12).reshape(3, 4).astype(dtype)})
    tensor = drive.faulty_to_torch_copy(a)
    assert torch.equal(tensor, COPY(a))
    assert np.shares_memory(a, tensor.numpy()) is (dtype == "float32" and view == "a")
    after = drive.faulty_tensor_after_an_edit(a)  # of a copy, which lies in one piece
    assert torch.equal(after, COPY(a)) is (dtype != "float32")


@given(arrays(np.float32, (2, 3), elements=st.floats(-1e6, 1e6, width=32)))
@a_few
def test_every_array_of_float32_tells_the_faulty_copy_from_a_right_one(a):
    check.exposes(check.read((a,), "counterexample"), drive.faulty_tensor_after_an_edit, COPY)


def test_the_tensor_with_three_axes_has_the_shape_and_the_addresses_that_the_lecture_draws():
    t3, middle = TENSORS()["t3"], TENSORS()["slice"]
    assert tuple(t3.shape) == tensors.shape_of(3, 4)
    assert torch.equal(t3.flatten(), torch.arange(64))
    assert (t3.stride(), middle.stride(), middle.storage_offset()) == ((16, 4, 1), (16, 1), 4)
