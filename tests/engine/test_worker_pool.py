"""A worker comes from the leanest sandbox that has imported what its submission imports."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from support.attacked import master

from autograder.engine.isolation import strongest_level
from autograder.engine.outputs import read_outputs
from autograder.engine.preload import MAX_SHARED, WORTH_A_SANDBOX, preload_sets
from autograder.engine.worker_pool import WorkerPool
from autograder.errors import CourseError
from autograder.notebooks.catalogue import submission
from autograder.settings import Limits

MASTER = master()
NOTEBOOK, EXERCISE = "homework", "total"
MASTERS = {NOTEBOOK: MASTER}
SCIPY, SKLEARN = frozenset({"scipy.linalg"}), frozenset({"sklearn.linear_model"})
SHOWN = "import sys; print('sklearn' in sys.modules, 'scipy.linalg' in sys.modules)"


@pytest.fixture(scope="module")
def pool():
    try:
        level = strongest_level()
    except CourseError as error:
        pytest.skip(str(error))
    made = WorkerPool(level, Limits(), ["course_utils.check"])
    made.preload([f"no_such_module_{number}" for number in range(9_000)], [SCIPY, SCIPY | SKLEARN])
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
def test_a_worker_has_what_its_submission_imports_and_little_more(pool, wanted, has):
    worker = pool.sandbox_for(wanted).start_worker()
    worker.wait_until_ready()
    worker.channel.send({"do": "cell", "source": SHOWN})
    [shown] = read_outputs(worker.channel.receive(60)["outputs"]).shown
    worker.kill()
    assert shown.text == has


def test_a_set_that_many_share_has_a_sandbox_and_all_others_one_together(tmp_path):
    uses = {"numpy": "", "torch": "import torch", "scipy": "import scipy", "plot": "from matplotlib import pyplot"}
    counts = {"numpy": 10, "torch": WORTH_A_SANDBOX, "scipy": 1, "plot": 1}
    submissions = [_submission(tmp_path, use, uses[use]) for use in counts for _ in range(counts[use])]
    sets = preload_sets(submissions[::-1], MASTERS)
    assert [sorted({name.split(".")[0] for name in modules}) for modules in sets] == [
        ["torch"],
        ["matplotlib", "scipy"],
    ]
    assert len(preload_sets(submissions[-2:], MASTERS)) == 1 <= MAX_SHARED


def test_what_the_master_imports_in_its_own_cells_is_not_kept_apart(tmp_path):
    assert preload_sets([_submission(tmp_path, "own", "")], MASTERS) == []


def _submission(folder: Path, name: str, line: str) -> Path:
    path = folder / name / f"{NOTEBOOK}.ipynb"
    path.parent.mkdir(exist_ok=True)
    nbformat.write(submission(MASTER, {EXERCISE: f"{line}\ndef {EXERCISE}(x):\n    return x"}), path)
    return path


@pytest.mark.parametrize(
    "content",
    [b"", b"[" * 100_000, b'{"nbformat": 4, "cells": [[1], {"source": {}}]}', b" " * (2 << 20)],
    ids=["empty", "nested", "no cells", "too large"],
)
def test_a_submission_that_cannot_be_looked_at_stops_nobody(tmp_path, content):
    odd = tmp_path / f"{NOTEBOOK}.ipynb"
    odd.write_bytes(content)
    others = [_submission(tmp_path, "torch", "import torch"), tmp_path / "not_there" / f"{NOTEBOOK}.ipynb"]
    assert len(preload_sets([odd, *others], MASTERS)) == 1
