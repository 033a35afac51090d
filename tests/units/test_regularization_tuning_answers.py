"""The pictures of assignment 10 and the folds of its capstone: what the references are, and what a mistake looks like.

tests/units/test_answers_drawn.py shows that every answer of the catalogue can be drawn, and that the solution lies on
the reference.
"""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from support.units import ROOT

from autograder.settings import limits
from course_utils.data.digit_folds import Fold, digit_folds
from course_utils.drawing.digits import all_digits
from course_utils.drawing.pictures import Picture
from course_utils.regularization_tuning import answers as yours


def numbers(picture: Picture) -> tuple[list[float], ...]:
    """Return the numbers of the description before and after "Yours"."""
    return tuple(
        [float(n) for n in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", part)] for part in picture.description.split("Yours")
    )


# --- the folds of the capstone


@pytest.fixture(scope="module")
def folds() -> list[Fold]:
    return list(digit_folds(np.random.default_rng(5)))


def key(X: torch.Tensor) -> list[bytes]:
    return [row.tobytes() for row in X.numpy()]


def test_a_fold_is_a_split_of_all_images(folds):
    for fold in folds:
        assert [len(part) for part in fold] == [1100, 1100, 197, 197, 500, 500]
        assert fold.Xtr.dtype == torch.float32
        assert fold.ytr.dtype == torch.int64
        everything = sorted(key(fold.Xtr) + key(fold.Xva) + key(fold.Xte))
        assert len(set(everything)) == len(everything) == 1797
        assert torch.equal(fold.ytr, fold.ytr.sort().values)


def test_test_sets_do_not_overlap_and_a_seed_gives_the_same_folds(folds):
    tested = [row for fold in folds for row in key(fold.Xte)]
    assert len(set(tested)) == len(tested) == 3 * 500
    again = list(digit_folds(np.random.default_rng(5)))
    assert all(
        torch.equal(a, b) for fold, same in zip(folds, again, strict=True) for a, b in zip(fold, same, strict=True)
    )


def test_images_are_turned_alike_and_classes_are_renumbered_one_to_one(folds):
    X, y = all_digits()
    known = {}
    for turns in range(4):
        for mirrored in (False, True):
            images = np.rot90(X.reshape(-1, 8, 8), turns, axes=(1, 2))
            images = images[:, :, ::-1] if mirrored else images
            for row, label in zip(images.reshape(-1, 64).astype(np.float32), y, strict=True):
                known.setdefault(row.tobytes(), set()).add((turns, mirrored, int(label)))
    views, classes = set(), set()
    for fold in folds:
        for row, label in zip(key(fold.Xte), fold.yte.tolist(), strict=True):
            if len(known[row]) == 1:  # no other digit is this one turned
                (turns, mirrored, digit) = next(iter(known[row]))
                views.add((turns, mirrored))
                classes.add((digit, label))
    assert len(views) == 1
    assert len(classes) == len({digit for digit, _ in classes}) == len({label for _, label in classes}) == 10


def test_seeds_differ_in_view_and_in_the_numbers_of_the_classes():
    firsts = [next(digit_folds(np.random.default_rng(seed), folds=1)) for seed in range(12)]
    means = {tuple(fold.Xtr.mean(dim=0).round(decimals=1).tolist()) for fold in firsts}
    counts = {tuple(torch.bincount(torch.cat([f.ytr, f.yva, f.yte])).tolist()) for f in firsts}
    assert len(means) > 4
    assert len(counts) == 12


def test_no_distorted_image_is_one_of_the_package_in_any_view():
    X, _ = all_digits()
    views = [np.rot90(X.reshape(-1, 8, 8), turns, axes=(1, 2)) for turns in range(4)]
    views = torch.from_numpy(np.concatenate([v.reshape(-1, 64) for view in views for v in (view, view[:, :, ::-1])]))
    (fold,) = digit_folds(np.random.default_rng(3), folds=1, distorted=True)
    nearest = torch.cdist(fold.Xte.double(), views.double()).amin(dim=1)
    assert nearest.min() > 0.05
    assert fold.Xte.min() >= 0 and fold.Xte.max() <= 1


def test_distorted_images_of_one_seed_are_the_same_and_of_two_seeds_differ():
    first, again, other = (
        next(digit_folds(np.random.default_rng(seed), folds=1, distorted=True)) for seed in (1, 1, 2)
    )
    assert torch.equal(first.Xtr, again.Xtr)
    assert not set(key(first.Xtr)) & set(key(other.Xtr))


# --- the pictures


def test_the_moved_digit_has_its_centre_where_the_move_says():
    wrapping = yours.moved_digits(lambda images, dy, dx: np.roll(images, (dy, dx), axis=(-2, -1)))
    reference, own = numbers(wrapping)
    rows, columns = np.array(reference).reshape(-1, 2).T
    assert rows[1] > rows[0] > rows[3]  # two rows down, two rows up
    assert columns[4] > columns[3] > columns[0] > columns[2]  # three and one to the right, two to the left
    assert own[:2] == reference[:2]
    assert own[2:] != reference[2:]
    assert len(wrapping.figure.axes) == 10


def test_an_empty_image_is_told():
    assert "nothing left" in yours.moved_digits(lambda images, dy, dx: 0 * images).description


def test_linear_draws_have_nearly_all_of_their_share_in_the_last_decade():
    reference, own = numbers(yours.decades(lambda n, lo, hi, rng: rng.integers(lo, hi + 1, n)))
    assert reference[-4:] == pytest.approx([25] * 4, abs=2)
    assert own[-1] > 88


def test_the_reference_windows_move_first_and_then_shrink_to_the_best():
    windows = yours._windows(yours._window_after, (1e-6, 1e-3), 6)
    widths = np.log10(windows[:, 1] / windows[:, 0])
    assert widths.tolist() == pytest.approx([3, 3, 1.5, 0.75, 0.375, 0.1875])
    assert np.sqrt(windows.prod(axis=1))[1] == pytest.approx(windows[0, 1])
    assert windows[-1, 0] < 0.02 < windows[-1, 1]


def test_windows_that_never_move_are_seen_and_broken_ones_are_told():
    reference, own = numbers(yours.coarse_to_fine(lambda lo, hi, best: (lo, hi)))
    assert own[-2:] == [1e-6, 1e-3]
    assert reference[-2:] != own[-2:]
    broken = yours.coarse_to_fine(lambda lo, hi, best: (-1.0, hi))
    assert "only the reference" in broken.figure.get_suptitle()


def test_the_task_of_the_capstone_names_the_limit_that_is_in_force():
    text = (ROOT / "source" / "10_regularization_tuning" / "10_regularization_tuning.ipynb").read_text(encoding="utf-8")
    named = re.search(r"A call that computes for more than (\d+) seconds is stopped", text)
    assert named and float(named[1]) == limits(ROOT).call_cpu_seconds
