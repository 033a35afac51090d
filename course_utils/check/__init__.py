"""The checker of the exercises: what a check cell may call.

    X = check.rng().normal(size=(10, 3))                            # inputs, from a seed that is secret in grading
    check.call(covariance, X).equals(np.cov(X.T), n=10)             # call a function, compare a value
    check.read(rank, "rank").equals(2)                              # take a value instead
    mean, axes = check.call(pca_fit, X, 2).unpack("mean", "axes")   # or `.key("mean")`: parts of an answer
    mean.has_shape(3).satisfies(np.any(mean.value), "it is 0.")     # form, and a property
    axes.equals_up_to_sign(Vt[:2])                                  # or `equals_up_to_rotation`: what is not unique
    check.call(loss_gradient, x).is_gradient_of(loss, x)            # against central differences
    with check.case("X has one row"):                               # name the case in the message
        check.raises(ValueError, covariance, X[:1])

Exercises that ask for more than a function have questions of their own: `exposes` (find the bug), `catches` (test it)
and `prediction` (predict, then measure).

A check raises `Failed`, whose text names one thing to fix in the words of the exercise, or returns None:

    AssertionError
    `-- check.Failed        a check has failed: what the student reads

It says nothing on success, where `live_hints` adds a line in a notebook, and never writes to stderr. The same check
runs in JupyterLab, under `nbgrader autograde` and in the autograder. `docs/checks.md` has an example of everything that
a check can ask.
"""

from course_utils.check import live_hints, own_names
from course_utils.check.calls import call, driver, prediction, raises, read, runs
from course_utils.check.cases import case
from course_utils.check.counterexamples import exposes
from course_utils.check.failed import Failed
from course_utils.check.gradients import central_differences
from course_utils.check.mutation_score import catches
from course_utils.check.received import Received
from course_utils.check.rules import rules_out
from course_utils.check.seeds import generator, rng, seed

__all__ = [
    "Failed",
    "Received",
    "call",
    "case",
    "catches",
    "central_differences",
    "driver",
    "exposes",
    "generator",
    "prediction",
    "raises",
    "read",
    "rng",
    "rules_out",
    "runs",
    "seed",
]

live_hints.attach()
own_names.attach()
