"""Rules for what students see of the checks: short cells, and modules of drivers that know nothing of the grader."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path

from autograder.engine.driver_texts import PACKAGE
from autograder.notebooks.assignment import CheckCell, Exercise, drivers

# Lines of code, without comments and rules, of what a student sees of a check.
MOST_LINES = 12

# Exercises whose visible checks are still longer, or still show references. To be emptied.
TO_SHORTEN = frozenset(
    [
        "violating_pair",
        "error_amplification",
        "project",
        "pca_fit",
        "lasso_ista",
        "transform_pdf",
        "gmm",
        "numerical_gradient",
        "numerical_jacobian",
        "gradient_descent",
        "train_mlp",
        "Value",
        "toposort",
        "backward",
        "MyReLU",
        "MySigmoid",
        "MyLinear",
        "SoftmaxCE",
        "GradReverse",
        "jacobian_by_vjp",
        "sgd_step",
        "momentum_step",
        "nesterov",
        "minibatches",
        "train_accumulate",
        "PReLU",
        "init_layer",
        "forward_stats",
        "Standardizer",
        "bn_backward",
        "dropout",
        "MyDropout",
        "mc_dropout",
        "EarlyStopping",
        "split_indices",
        "sample_log_uniform",
        "build_and_train",
    ]
)


def too_long(cell: CheckCell, exercise: Exercise) -> Iterator[str]:
    """Yield a sentence where students see more of a check than a person verifies by hand."""
    lines = lines_of_code(cell.visible_source)
    if lines > MOST_LINES and exercise.name not in TO_SHORTEN:
        yield (
            f"students see {lines} lines of it, and {MOST_LINES} are the most; move drivers to a module of {PACKAGE} "
            "and references between the marks of hidden tests."
        )


def lines_of_code(source: str) -> int:
    """Return how many lines of a cell are neither blank nor comments, nor say what is ruled out."""
    return sum(not line.strip().startswith(("#", "check.rules_out(")) for line in source.splitlines() if line.strip())


def modules_of_checks(setup: str) -> dict[str, str]:
    """Return the modules of `course_utils.checks` that a setup cell imports, by the name that it gives them."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(ast.parse(setup))
        if isinstance(node, ast.ImportFrom) and node.module == PACKAGE
        for alias in node.names
    }


def rules_for_modules(setup: str) -> Iterator[str]:
    """Yield one sentence for each rule that a module of `course_utils.checks` breaks which the setup cell imports."""
    for name in modules_of_checks(setup).values():
        found = importlib.util.find_spec(f"{PACKAGE}.{name}")
        if found is None or found.origin is None:
            yield f"the setup cell imports {PACKAGE}.{name}, and there is no such module."
            continue
        tree = ast.parse(Path(found.origin).read_text(encoding="utf-8"))
        if any(module.split(".")[0] == "autograder" for module in _imported(tree)):
            yield f"{PACKAGE}.{name} imports autograder, which students do not have; a driver runs beside their code."
        for driver in drivers(tree):
            if not ast.get_docstring(driver):
                yield f"the driver {name}.{driver.name} has no docstring; messages quote its first line."


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
