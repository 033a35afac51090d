"""Every argument and every constant of a task is seen by some check: mutants of the solutions are rejected.

A mutant ignores an argument, has another constant, a comparison that is more or less strict, or a case fewer. Some are
right answers all the same; they are listed below with the reason.
"""

from __future__ import annotations

import signal
from collections.abc import Generator
from contextlib import contextmanager

import pytest
from support.exercises import exercise_of, read
from support.mutants import RECORDER, Mutant, instrumented, mutants, plain_values
from support.units import UNITS, exercise_names

from autograder.engine.in_process import namespace, outcome, quiet, run_cell, seed_in_force
from autograder.notebooks.assignment import Exercise

SEED = 2
SECONDS_FOR_A_CHECK = 60  # a mutant may run forever

# Right answers: mutants that differ from the solution in nothing that the task asks for.
EQUIVALENT = {
    # Equality of two computed floats, which happens by chance or never.
    "orthonormal_basis": ["s > rtol * s[0]: GtE"],
    "project": ["s > 1e-10 * s[0]: GtE"],
    "lstsq_nearest": ["s > 1e-10 * s[0]: GtE"],
    # A bound that is never met, and where a search begins.
    "leading_direction": ["iters, sine = (0, 1.0)", "1000 is", "sine >= 1e-06: Gt", "iters < 1000: "],
    # A factor of a matrix, which changes no condition number; where a search begins, and where it would end.
    "svd_summary": ["hilbert = ", "000.0)): 1 is 2", "100 is 101", ">= 1000000000000.0: Gt"],
    "svd_from_eigh": ["eigenvalues > 1e-12 * eigenvalues[0]: GtE"],
    "dropout": ["rng.random(x.shape) >= p_drop: Gt"],
    "MyDropout": ["torch.rand(x.shape[:2], device=x.device) >= self.p: Gt"],
    "nesterov_rate": ["discriminant >= 0: Gt"],
    "next_window": ["edge <= place <= 1 - edge: Lt", "(found := loss(value)) < least: LtE"],
    # A kink, of which the task says that it is never tested, or a value that both branches share.
    "sigmoid": ["z >= 0: Gt"],
    "bce_with_logits": ["z >= 0: Gt"],
    "backprop_gates": ["z > x: GtE"],
    "act_backward": ["z > 0: GtE"],
    "MyReLU": ["x > 0: GtE"],
    "activation": ["z > 0: GtE"],
    "PReLU": ["x > 0: GtE"],
    "toeplitz_circulant": ["down >= 0: Gt", "0 is 1"],  # both take c[0] on the diagonal
    "violating_pair": ["a > b: GtE"],  # where they are equal, nothing is left over
    # Any answer with a property will do.
    "LeNet": ["torch.zeros(1, 3, 32, 32)", "layer.weight[0].numel(): 0 is 1"],  # all filters are as large
    # The formula gives the same without the special case, or NumPy and Python do.
    "lp_norm": ["if p == np.inf: always False"],
    "split_indices": ["0.2 is 0.3"],  # the last part is what is left
    "shift_images": ["0 is 1", "LtE"],  # an empty slice
    # Closer together than a check can tell: steps, tolerances, and numbers of steps after convergence.
    "lasso_ista": ["3000 is 3001"],
    "gradient_descent": ["1000 is 1001", "20000 is 20001"],
    "numerical_jacobian": ["1e-05 is 1.0000000000000001e-07"],
    # Cases that the task does not ask for: powers of 0, and a layer that is frozen.
    "Value": ["self.data == 0 and 0 < n < 1", "if n == 0: always False", "0 < n < 1: LtE", "self.data > 0: GtE"],
    "train_accumulate": ["if parameter.grad is not None: always True"],
}
# `__init__` of Value is given.
EQUIVALENT["Value"].append("self.data, self.grad = (float(data), 0.0)")

# Kinds of which every good enough answer is right: a test that catches enough, a design that reaches its goal.
NOT_CHANGED = {"test", "experiment"}


class TakesTooLong(BaseException):
    """A mutant that does not come to an end; no check and no answer catches it."""


@contextmanager
def limit(seconds: float) -> Generator[None]:
    """Raise TakesTooLong inside the block after `seconds`."""

    def stop(*_: object) -> None:
        raise TakesTooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def is_rejected(setup: str, mutant: Mutant, exercise: Exercise) -> bool:
    for check in reversed(exercise.checks):  # most mutants are found by the hidden cases, which come last
        try:
            with limit(SECONDS_FOR_A_CHECK):
                names = namespace(setup, mutant.source, exercise.name)
                if outcome(check.source, check.grade_id, names):
                    return True
        except (Exception, TakesTooLong):  # the cell itself fails, or it does not end
            return True
    return False


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        pytest.param(unit, name, id=f"{unit}-{name}")
        for unit in UNITS
        for name in exercise_names(unit)
        if exercise_of(unit, name).kind not in NOT_CHANGED
    ],
)
@pytest.mark.proof("source/{unit}")
def test_a_check_sees_every_argument_and_constant_of_the_task(unit, name):
    (assignment, _), exercise = read(unit), exercise_of(unit, name)
    recorded: list[tuple] = []
    with seed_in_force(SEED), quiet():
        for check in exercise.checks:
            names = namespace(assignment.setup, "") | {RECORDER: recorded}
            run_cell(instrumented(exercise.answer), name, names)
            assert outcome(check.source, check.grade_id, names) is None
        accepted = [
            mutant.what
            for mutant in mutants(exercise.answer, plain_values(recorded))
            if not any(part in mutant.what for part in EQUIVALENT.get(name, []))
            and not is_rejected(assignment.setup, mutant, exercise)
        ]
    assert accepted == []
