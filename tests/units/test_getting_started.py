"""What unit 00 computes and draws, held against torch, scikit-learn, scipy and the definitions."""

import re
import subprocess
import sys
from importlib import metadata
from itertools import pairwise

import numpy as np
import pytest
import scipy
import torch
from packaging.requirements import Requirement
from sklearn.metrics import accuracy_score
from torch.nn import functional as F

from course_utils.drawing.digits import digits
from course_utils.getting_started import (
    adversarial,
    applications,
    carbon_footprint,
    convolution_sizes,
    course_card,
    first_network,
    kinds_of_learning,
    local_minima,
    random_labels,
    tensors,
)
from course_utils.student import environment

NUMBER = r"(-?\d+(?:\.\d+)?)"


def numbers(pattern: str, text: str) -> list[float]:
    """Return the numbers that `text` has where `pattern` has NUMBER."""
    found = re.search(pattern, text)
    assert found, f"{pattern!r} is not in {text!r}"
    return [float(number) for number in found.groups()]


# --- environment and card --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("requirement", "version"),
    [("torch==2.13.0", "2.13.0"), ("torch==2.13.0", "2.13.0+cpu"), ("numpy>=2.4,<3", "2.4.0"), ("numpy", "0.1")],
)
def test_a_version_that_is_allowed_is_ok(requirement, version):
    line = environment.package_line(requirement, version)
    assert line.startswith("ok ")
    assert Requirement(line.split(maxsplit=1)[1].replace(" ", "")) == Requirement(requirement)


@pytest.mark.parametrize(
    ("requirement", "version", "state"),
    [
        ("torch==2.13.0", "2.12.1", "is 2.12.1"),
        ("numpy>=2.4,<3", "3.0", "is 3.0"),
        ("numpy>=2.4,<3", "1.26.4", "is 1.26.4"),
        ("nbgrader>=0.9.6,<0.10", None, "is not installed"),
    ],
)
def test_a_version_that_is_not_allowed_comes_with_the_command_that_mends_it(requirement, version, state):
    line = environment.package_line(requirement, version)
    assert line.startswith(f"FIX    {Requirement(requirement).name} {state};")
    (typed,) = re.findall(r'%pip install "(.+?)"', line)
    assert Requirement(typed) == Requirement(requirement)


def test_python_and_the_course_itself_are_looked_at():
    assert environment.python_line((3, 11)).startswith("ok ")
    assert environment.python_line((3, 9)).startswith("FIX    python is 3.9")
    assert environment.python_line((4, 0)).startswith("ok ")
    assert environment.course_line(["numpy"]).startswith("ok ")
    assert "make lab" in environment.course_line([])


def test_the_report_has_a_line_for_each_package_of_the_project(capsys):
    environment.report()
    printed = capsys.readouterr().out
    wanted = [Requirement(text) for text in metadata.requires("deep-learning-notebooks") or []]
    for requirement in wanted:
        assert (f" {requirement.name} " in printed) == (requirement.marker is None)
    assert len(printed.splitlines()) == 2 + len(environment.needed())
    assert "torch" in {Requirement(text).name for text in environment.needed()}


def test_what_is_not_installed_is_said_and_raises_nothing():
    assert environment.installed("no-such-package-anywhere") is None
    assert environment.installed("numpy") == np.__version__
    assert environment.needed("no-such-package-anywhere") == []


def test_the_report_runs_where_the_libraries_are_missing():
    missing = "import sys; sys.modules.update(dict.fromkeys(['torch', 'numpy', 'matplotlib', 'scipy', 'sklearn']))"
    code = f"{missing}; from course_utils.student import environment; environment.report()"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert len(printed.splitlines()) == 2 + len(environment.needed())


def test_the_card_shows_all_its_rows_and_no_address():
    table = str(course_card.show().data)
    assert all(f"| **{name}** | {text} |" in table for name, text in course_card.PRACTICAL.items())
    assert all(f"{weight}% {name}" in table for name, weight in course_card.GRADES.items())
    assert "@" not in table
    assert all(line.count("|") == 3 for line in table.splitlines())


def test_a_card_whose_grades_do_not_add_up_is_refused(monkeypatch):
    monkeypatch.setattr(course_card, "GRADES", {"homework": 50, "project": 40})
    with pytest.raises(ValueError, match="90 percent"):
        course_card.show()


# --- the first network -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sizes", [(256, 120, 84, 10), (10, 20, 2), (1000, 100, 10), (3, 4), (7,)])
def test_parameters_are_as_many_as_torch_makes(sizes):
    layers = [torch.nn.Linear(a, b) for a, b in pairwise(sizes)]
    assert first_network.parameters_of(sizes) == sum(p.numel() for layer in layers for p in layer.parameters())


def test_building_is_repeatable_and_leaves_the_global_random_state_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    one, other, third = first_network.build(4, 3, 2), first_network.build(4, 3, 2), first_network.build(4, 3, 2, seed=1)
    assert torch.equal(torch.rand(3), expected)
    weights = [next(network.parameters()) for network in (one, other, third)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
    assert [type(layer).__name__ for layer in one] == ["Linear", "ReLU", "Linear"]


def test_training_starts_from_the_accuracy_of_the_untrained_network_and_learns():
    X, labels, X_new, labels_new = digits()
    model = first_network.build(64, 32, 10)
    before = first_network.accuracy(model, X[:200], labels[:200])
    curve = first_network.fit(model, X[:200], labels[:200], steps=60)
    assert curve[0] == pytest.approx(before)
    assert len(curve) == 60
    assert curve[-1] > 0.95
    with torch.no_grad():
        chosen = model(torch.tensor(X_new).float()).argmax(dim=1).numpy()
    assert first_network.accuracy(model, X_new, labels_new) == pytest.approx(accuracy_score(labels_new, chosen))


@pytest.mark.parametrize(("layers", "width", "inputs"), [(1, 2, 2), (2, 3, 4), (4, 7, 7)])
def test_the_layers_picture_counts_what_torch_counts(layers, width, inputs):
    text = first_network.draw_layers(layers, width, inputs).description
    model = first_network.build(inputs, *[width] * layers, 3)
    weights = sum(p.numel() for name, p in model.named_parameters() if name.endswith("weight"))
    everything = sum(p.numel() for p in model.parameters())
    assert numbers(f"{NUMBER} weights and {NUMBER} biases, {NUMBER} parameters", text) == [
        weights, everything - weights, everything,
    ]  # fmt: skip


def test_without_hidden_units_only_the_bias_decides():
    _, _, X, labels = digits()
    model = first_network.digit_classifier(16)
    *_, bias = model.parameters()
    (by_class,) = first_network.silenced_accuracies(model, np.arange(16)[None])
    assert by_class.tolist() == (np.arange(10) == int(bias.argmax())).tolist()
    (by_class,) = first_network.silenced_accuracies(model, np.empty((1, 0), dtype=int))
    weights = np.bincount(labels) / len(labels)
    assert by_class @ weights == pytest.approx(first_network.accuracy(model, X, labels))


def test_only_living_units_are_silenced_and_the_picture_states_what_it_costs():
    living = first_network.living_units(first_network.digit_classifier(16))
    assert (np.sort(first_network.silencing_orders(first_network.digit_classifier(16)), axis=1) == living).all()
    text = first_network.draw_hidden(3, "16", 4).description
    dead, silenced, mean = numbers(
        rf"hidden units are active, {NUMBER} are dead; living units set to 0: {NUMBER}\. .* is {NUMBER}% on average",
        text,
    )
    curve = first_network.silencing_curve(16)
    assert (dead, silenced, mean) == (16 - len(living), 4, round(100 * curve[4].mean()))


# --- adversarial steps -----------------------------------------------------------------------------------------------


def test_the_signs_are_those_of_central_differences_of_the_loss():
    _, _, X, labels = digits()
    model = first_network.build(64, adversarial.HIDDEN, 10).double()
    model.load_state_dict(
        {k: v.double() for k, v in first_network.digit_classifier(adversarial.HIDDEN).state_dict().items()}
    )
    x, label, h = torch.tensor(X[3]), torch.tensor(labels[3]), 1e-5
    loss = lambda pixels: F.cross_entropy(model(pixels), label).item()
    slopes = np.array([(loss(x + h * e) - loss(x - h * e)) / (2 * h) for e in torch.eye(64, dtype=torch.float64)])
    clear = np.abs(slopes) > 1e-7
    assert clear.sum() > 50
    assert np.array_equal(adversarial.signs(adversarial.GRADIENT)[3][clear], np.sign(slopes[clear]))


@pytest.mark.parametrize("direction", adversarial.DIRECTIONS)
@pytest.mark.parametrize("epsilon", [0.0, 0.07, 0.3])
def test_no_pixel_moves_by_more_than_epsilon_or_leaves_0_to_1(direction, epsilon):
    X = digits()[2]
    changed = adversarial.attacked(direction, epsilon)
    assert np.abs(changed - X).max() <= epsilon + 1e-12
    assert changed.min() >= 0
    assert changed.max() <= 1
    assert (epsilon == 0) == np.array_equal(changed, X)


def test_the_gradient_fools_the_network_and_chance_does_not():
    along, at_random = (adversarial.accuracies(direction) for direction in adversarial.DIRECTIONS)
    assert (
        along[0] == at_random[0] == first_network.accuracy(first_network.digit_classifier(64), digits()[2], digits()[3])
    )
    assert along[10] < 0.5 < 0.9 < at_random[10]
    assert along[20] < 0.1
    said = numbers(
        rf"is right on {NUMBER}% .* and on {NUMBER}% if the signs are", adversarial.draw_accuracy(0.1).description
    )
    assert said == [round(100 * along[10]), round(100 * at_random[10])]


# --- random labels ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", random_labels.SHARES)
def test_the_share_of_labels_is_random_and_the_rest_stays(share):
    given, right = random_labels.randomized_labels(share), digits()[1][:300]
    changed = np.mean(given != right)
    assert changed <= share
    assert changed == pytest.approx(0.9 * share, abs=0.06)
    assert set(given) <= set(range(10))
    assert np.array_equal(digits()[1][:300], right)


def test_random_labels_are_learned_by_heart_and_worth_nothing():
    right, half, none = (random_labels.fit_random_labels(share) for share in (0.0, 0.5, 1.0))
    assert min(run.train[-1] for run in (right, half, none)) > 0.99
    assert right.test > 0.9 > half.test > none.test
    assert none.test < 0.2


# --- tensors ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("first", tensors.FIRST_AXES)
def test_every_shape_holds_64_numbers(rank, first):
    shape = tensors.shape_of(rank, int(first))
    assert len(shape) == rank
    assert np.prod(shape) == 64
    assert rank == 1 or shape[0] == int(first)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("index", [0, 3, 7])
def test_the_tensor_picture_selects_what_numpy_selects(rank, axis, index):
    text = tensors.draw_tensor(rank, "4", axis, index, "int64").description
    array = np.arange(64).reshape(tensors.shape_of(rank, 4))
    try:
        expected = array.take(index, axis=axis)
    except (IndexError, ValueError):
        assert "selects 0 of them: IndexError" in text
    else:
        assert f"selects {expected.size} of them: shape {expected.shape}." in text
    assert f"{array.nbytes} bytes" in text


@pytest.mark.parametrize("maker", tensors.MAKERS)
@pytest.mark.parametrize("dtype", tensors.ARRAY_DTYPES)
@pytest.mark.parametrize("edit", tensors.EDITS)
def test_who_shares_memory_follows_and_who_does_not_stays(maker, dtype, edit):
    a, t, shared = tensors.share(maker, dtype, edit)
    assert np.array_equal(a, t.numpy()) == shared
    copies = maker == "torch.tensor(a)" or "clone" in maker
    assert shared == (not copies and (".float()" not in maker or dtype == "float32"))
    said = tensors.draw_alias(maker, dtype, edit).description
    assert ("changed too" in said) == ("have shared memory" in said) == shared


@pytest.mark.parametrize("values", [(1, 2, 3, 4), (-5, 0, 2, 5), (0, 0, 0, 0)])
def test_the_first_gradient_is_that_of_autograd(values):
    x, y = (torch.tensor(values[i : i + 2], dtype=torch.float64, requires_grad=True) for i in (0, 2))
    z = (x * y).sum()
    gradients = torch.autograd.grad(z, (x, y))
    text = tensors.draw_first_gradient(*values).description
    pair = rf"\[{NUMBER}, {NUMBER}\]"
    assert numbers(f"z = {NUMBER}", text) == [z.item()]
    assert numbers(f"x.grad = {pair}.* y.grad = {pair}", text) == torch.cat(gradients).tolist()


def test_a_product_takes_time():
    assert 0 < tensors.product_time(50, torch.device("cpu")) < 1


# --- where training lands --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("convex", [False, True])
def test_slope_and_minima_are_those_of_torch_and_scipy(convex):
    x = torch.linspace(-9, 9, 37, dtype=torch.float64, requires_grad=True)
    upstream = torch.arange(1.0, 38.0, dtype=torch.float64)
    (gradient,) = torch.autograd.grad(0.1 * x**2 + (0 if convex else torch.sin(3 * x)), x, upstream)
    assert np.allclose(upstream.numpy() * local_minima.slope(x.detach().numpy(), convex), gradient)
    for place in local_minima.minima(convex):
        best = scipy.optimize.minimize_scalar(
            local_minima.height, bounds=(place - 0.1, place + 0.1), args=(convex,), method="bounded"
        )
        assert best.x == pytest.approx(place, abs=1e-4)
    assert len(local_minima.minima(True)) == 1


def test_without_noise_small_steps_end_in_a_minimum_and_never_go_up():
    paths = local_minima.descent_paths(0, 0.05, 0.0, False)
    assert paths.shape == (local_minima.STEPS + 1, local_minima.STARTS)
    assert np.abs(local_minima.slope(paths[-1], False)).max() < 1e-8
    heights = local_minima.height(paths, False)
    assert (np.diff(heights, axis=0) <= 1e-12).all()
    assert np.count_nonzero(local_minima.arrivals(paths[-1], False)) == 7


def test_the_convex_curve_is_descended_as_the_closed_form_says():
    paths = local_minima.descent_paths(3, 0.4, 0.0, True)
    assert np.allclose(paths, paths[0] * (1 - 0.08) ** np.arange(local_minima.STEPS + 1)[:, None])
    assert local_minima.arrivals(paths[-1], True).tolist() == [local_minima.STARTS]


def test_arrivals_count_every_start_once_at_the_nearest_minimum():
    places = local_minima.minima(False)
    assert local_minima.arrivals(places + 0.3, False).tolist() == [1] * len(places)
    assert local_minima.arrivals(np.full(5, places[2] - 0.2), False)[2] == 5


# --- layer sizes, errors, carbon -------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [16, 32, 224, 227])
@pytest.mark.parametrize(("window", "stride", "padding"), [(5, 1, 0), (2, 2, 0), (11, 4, 0), (3, 3, 1), (7, 2, 3)])
def test_places_are_as_many_as_torch_finds_and_the_picture_says_so(n, window, stride, padding):
    made = F.conv1d(torch.zeros(1, 1, n), torch.zeros(1, 1, window), stride=stride, padding=padding).shape[-1]
    assert convolution_sizes.places(n, window, stride, padding) == made
    text = convolution_sizes.draw_places(n, window, stride, padding).description
    assert numbers(rf"down to {NUMBER} positions\. .* never covers: {NUMBER}\.", text) == [
        made, n + 2 * padding - (stride * (made - 1) + window),
    ]  # fmt: skip


def test_a_window_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        convolution_sizes.places(8, 11, 1, 1)
    assert convolution_sizes.places(8, 10, 1, 1) == 1


def test_the_sizes_of_lenet_and_alexnet_are_the_published_ones():
    assert convolution_sizes.sizes_through(32, convolution_sizes.LENET) == [32, 28, 14, 10, 5]
    assert convolution_sizes.sizes_through(227, convolution_sizes.ALEXNET) == [227, 55, 27, 27, 13, 13, 13, 13, 6]


@pytest.mark.parametrize("measure", [applications.TOP_1, applications.TOP_5])
def test_the_share_of_errors_that_are_gone_is_computed_from_the_table(measure):
    text = applications.draw_errors(measure).description
    new, old, gone = numbers(rf"network is {NUMBER}%, .* before it {NUMBER}%: {NUMBER}%", text)
    assert gone == round(100 * (old - new) / old)


@pytest.mark.parametrize("area", applications.ATLAS)
def test_landmarks_are_in_order_and_all_named(area):
    years = [mark.year for mark in applications.ATLAS[area]]
    assert years == sorted(years)
    assert all(mark.name in applications.draw_atlas(area).description for mark in applications.ATLAS[area])


@pytest.mark.parametrize("name", carbon_footprint.POUNDS)
def test_units_of_carbon_are_those_of_scipy(name):
    pounds = carbon_footprint.POUNDS[name]
    assert carbon_footprint.amount(name, "pounds") == pounds
    assert carbon_footprint.amount(name, "tonnes") == pytest.approx(pounds * scipy.constants.pound / 1000)
    assert carbon_footprint.amount(name, "flights") == pytest.approx(pounds / 1984)


@pytest.mark.parametrize("unit", carbon_footprint.UNITS)
@pytest.mark.parametrize("logarithmic", [False, True])
def test_the_carbon_picture_says_its_largest_and_the_ratio(unit, logarithmic):
    picture = carbon_footprint.draw_footprint(unit, logarithmic)
    assert "16,055 times" in picture.description
    assert picture.figure.axes[0].get_xscale() == ("log" if logarithmic else "linear")
    low, high = picture.figure.axes[0].get_xlim()
    assert low < min(carbon_footprint.amount(name, unit) for name in carbon_footprint.POUNDS)
    assert high > carbon_footprint.amount(carbon_footprint.REVISED, unit)


# --- kinds of learning -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [2, 3, 6])
def test_groups_are_those_of_the_nearest_centre(k):
    X, _ = kinds_of_learning.blobs(0.8)
    found = kinds_of_learning.groups(0.8, k)
    centres = np.stack([X[found == j].mean(axis=0) for j in range(k)])
    assert np.array_equal(scipy.spatial.distance.cdist(X, centres).argmin(axis=1), found)
    angles = np.arctan2(centres[:, 1], centres[:, 0])
    assert (np.diff(angles) > 0).all()
    text = kinds_of_learning.draw_two_kinds(0.8, k).description
    sizes = numbers(rf"{k} clusters of {', '.join([NUMBER] * k)} points", text)
    assert sizes == np.bincount(found).tolist()


def test_hand_crafted_features_are_the_means_of_rows_and_columns():
    X = np.arange(64.0)[None]
    expected = [*np.arange(64).reshape(8, 8).mean(axis=1), *np.arange(64).reshape(8, 8).mean(axis=0)]
    assert np.allclose(kinds_of_learning.hand_crafted(X), [expected])
    assert kinds_of_learning.hand_crafted(np.zeros((5, 64))).shape == (5, 16)


def test_hand_crafted_features_fall_behind_and_all_methods_gain_from_data():
    curves = kinds_of_learning.learning_curves()
    assert all(values[-1] > values[0] for values in curves.values())
    assert curves[kinds_of_learning.HAND_CRAFTED][-1] < min(
        curves[kinds_of_learning.PIXELS][-1], curves[kinds_of_learning.NETWORK][-1]
    )
    text = kinds_of_learning.draw_learning_curves("200").description
    for method, values in curves.items():
        assert f"{method} {values[3]:.2f}" in text
