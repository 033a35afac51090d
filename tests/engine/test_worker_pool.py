"""A worker comes from the leanest parent that has imported what its submission imports."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from support.attacked import master

from autograder.engine.preload import MOST, WORTH_A_PARENT, sets_to_keep_warm
from autograder.engine.sandbox import Limits, best_rung
from autograder.engine.worker_pool import Parents
from autograder.errors import CourseError
from autograder.notebooks.catalogue import submission

MASTER = master()
EXERCISE = "total"
SCIPY, SKLEARN = frozenset({"scipy.linalg"}), frozenset({"sklearn.linear_model"})
SHOWN = "import sys; print('sklearn' in sys.modules, 'scipy.linalg' in sys.modules)"


@pytest.fixture(scope="module")
def parents():
    try:
        rung = best_rung()
    except CourseError as trouble:
        pytest.skip(str(trouble))
    made = Parents(rung, Limits(), ["course_utils.check"])
    made.warm_up([f"no_such_module_{number}" for number in range(9_000)], [SCIPY, SCIPY | SKLEARN])
    yield made
    made.close()


@pytest.mark.parametrize(
    ("wanted", "has"),
    [
        (frozenset(), "False False\n"),
        (SCIPY, "False True\n"),
        (SKLEARN, "True True\n"),
        (frozenset({"torch"}), "False False\n"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, frozenset) else None,
)
def test_a_worker_has_what_its_submission_imports_and_little_more(parents, wanted, has):
    leash = parents.of(wanted).worker()
    leash.wait_until_ready()
    leash.channel.send({"do": "cell", "source": SHOWN})
    shown = leash.channel.receive(10)["outputs"][0]["text"]
    leash.kill()
    assert shown == has


def test_a_set_that_many_share_has_a_parent_and_all_others_one_together(tmp_path):
    uses = {"numpy": "", "torch": "import torch", "scipy": "import scipy", "plot": "from matplotlib import pyplot"}
    counts = {"numpy": 10, "torch": WORTH_A_PARENT, "scipy": 1, "plot": 1}
    submissions = [_submission(tmp_path, use, uses[use]) for use in counts for _ in range(counts[use])]
    sets = sets_to_keep_warm(submissions[::-1], MASTER)
    assert [sorted({name.split(".")[0] for name in modules}) for modules in sets] == [
        ["torch"],
        ["matplotlib", "scipy"],
    ]
    assert len(sets_to_keep_warm(submissions[-2:], MASTER)) == 1 <= MOST


def test_what_the_master_imports_in_its_own_cells_is_not_kept_apart(tmp_path):
    assert sets_to_keep_warm([_submission(tmp_path, "own", "")], MASTER) == []


def _submission(folder: Path, name: str, line: str) -> Path:
    path = folder / f"{name}.ipynb"
    nbformat.write(submission(MASTER, {EXERCISE: f"{line}\ndef {EXERCISE}(x):\n    return x"}), path)
    return path


@pytest.mark.parametrize(
    "content", [b"", b"[" * 100_000, b'{"nbformat": 4, "cells": [[1], {"source": {}}]}', b" " * (2 << 20)]
)
def test_a_submission_that_cannot_be_looked_at_stops_nobody(tmp_path, content):
    odd = tmp_path / "odd.ipynb"
    odd.write_bytes(content)
    others = [_submission(tmp_path, "torch", "import torch"), tmp_path / "not_there.ipynb"]
    assert len(sets_to_keep_warm([odd, *others], MASTER)) == 1
