"""The checker of the exercises.

A check calls the student's function with plain data and asks questions of what comes back:

    X = check.rng().normal(size=(3, 10))
    check.call(covariance, X).equals(np.cov(X), n=10)

    mean, components, variance = check.call(pca_fit, X, 2).unpack("mean", "components", "variance")
    components.equals_up_to_sign(Vt[:2])

It raises `check.Failed`, whose text is one thing to mend in the words of the exercise, or returns None. It says nothing
on success and never writes to stderr. The same check runs in JupyterLab, under `nbgrader autograde` and in the
autograder.
"""

from course_utils.check import live_hints
from course_utils.check.calls import call, driver, raises, read, runs
from course_utils.check.cases import case
from course_utils.check.failed import Failed
from course_utils.check.gradients import central_differences
from course_utils.check.received import Received
from course_utils.check.seeds import SEED_VARIABLE, generator, rng, seed

__all__ = [
    "SEED_VARIABLE",
    "Failed",
    "Received",
    "call",
    "case",
    "central_differences",
    "driver",
    "generator",
    "raises",
    "read",
    "rng",
    "runs",
    "seed",
]

live_hints.attach()
