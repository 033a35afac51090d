"""What the student's code returned, and the questions a check asks of it.

Each question is asked in the same order, and the first thing found is what the student reads: wrong type, shape, dtype,
NaN or inf, an argument modified in place, and only then the values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_utils.check import align, diagnosis, gradients, plain
from course_utils.check.failed import Failed
from course_utils.check.tolerance import Tolerance, tolerance_for


class Received:
    """A value that came from the student, with the words for it.

    `label` stands for it in messages: "`covariance(array (2, 10))`", or with what part of the answer it is.
    """

    def __init__(self, value: Any, label: str, modified: str | None = None, warned: list[str] | None = None) -> None:
        self._value = value
        self._label = label
        self._call = label  # of a part: the call that it is a part of
        self._modified = modified
        self._warned = warned or []

    @property
    def value(self) -> Any:
        """The value itself, to compute with or to hand to another call; Failed where an argument was modified."""
        self._demand_untouched_arguments()
        return self._value

    def unpack(self, *names: str) -> tuple[Received, ...]:
        """Split a tuple into its parts, one a name: `mean, components = call.unpack("mean", "components")`.

        Raises Failed where it is not a tuple (or list) of that many values.
        """
        if not isinstance(self._value, (tuple, list)):
            raise Failed(f"{self._label} returned {plain.kind(self._value)}; expected {_enumerate(names)} as a tuple.")
        if len(self._value) != len(names):
            raise Failed(
                f"{self._label} returned {len(self._value)} values; expected {len(names)}: {_enumerate(names)}."
            )
        return tuple(self._part(value, name) for value, name in zip(self._value, names, strict=True))

    def key(self, name: str) -> Received:
        """Take one entry of a dict. Raises Failed where it is not a dict, or has no such key."""
        if type(self._value) is not dict:
            raise Failed(f"{self._label} returned {plain.kind(self._value)}; expected a dict with the key {name!r}.")
        if name not in self._value:
            present = ", ".join(repr(key) for key in self._value) or "none"
            raise Failed(f"{self._label}: the key {name!r} is missing; its keys are: {present}.")
        return self._part(self._value[name], f"[{name!r}]")

    def has_shape(self, *shape: int, like: Any = None) -> Received:
        """Check for an array of this shape with finite numbers, and return self.

        like: an array whose class and dtype are asked for; without it numpy float64.
        """
        self._compare_form(np.zeros(shape) if like is None else like, shape)
        self._demand_untouched_arguments()
        return self

    def equals(self, expected: Any, *, rtol: float | None = None, atol: float | None = None, **sizes: int) -> None:
        """Check for the expected number, array, string, list, tuple or dict.

        rtol, atol: tolerances; without them those of the dtype (`course_utils.check.tolerance`).
        sizes: the sizes by which a wrong answer may be off, by the name they have in the task: `n=10, d=3`. An answer
        that is (n - 1) / n times the expected one is then told so.
        Raises Failed with the first thing that is wrong.
        """
        if isinstance(expected, Mapping):
            self._demand_keys(expected)
            for key, item in expected.items():
                self.key(key).equals(item, rtol=rtol, atol=atol, **sizes)
        elif isinstance(expected, (list, tuple)):
            self._demand_length(expected)
            for index, item in enumerate(expected):
                self._part(self._value[index], f"[{index}]").equals(item, rtol=rtol, atol=atol, **sizes)
        elif plain.is_array(expected) or plain.is_number(expected):
            self._equals_numbers(expected, align.as_it_is, "", rtol, atol, sizes)
        else:
            self._equals_word(expected)

    def equals_up_to_sign(
        self, expected: Any, *, axis: int = 0, rtol: float | None = None, atol: float | None = None, **sizes: int
    ) -> None:
        """Check as `equals`, where every row (`axis=0`) or column (`axis=1`) may have the other sign.

        A vector may have the other sign as a whole. For singular vectors and eigenvectors of simple values.
        """
        self._equals_numbers(expected, align.signs(axis), " up to sign", rtol, atol, sizes)

    def equals_up_to_rotation(self, expected: np.ndarray) -> None:
        """Check an orthonormal basis whose columns may be turned among themselves: `received @ R` with orthogonal R.

        expected: an orthonormal basis (m, r) of the same subspace.
        Raises Failed where the columns are not orthonormal, and where they span another subspace.
        """
        self._compare_form(expected, expected.shape)
        self._demand_untouched_arguments()
        problem = diagnosis.another_subspace(plain.as_numpy(self._value), plain.as_numpy(expected))
        if problem:
            raise Failed(f"{self._label} {problem}")

    def equals_up_to_permutation(
        self, expected: Any, *, axis: int = 0, rtol: float | None = None, atol: float | None = None, **sizes: int
    ) -> None:
        """Check as `equals`, where the rows (`axis=0`) or columns (`axis=1`) may stand in another order."""
        self._equals_numbers(expected, align.permutation(axis), " up to the order", rtol, atol, sizes)

    def is_gradient_of(
        self, function: Callable[[np.ndarray], Any], at: np.ndarray, *, upstream: Any = None, **sizes: int
    ) -> None:
        """Check for the gradient of `sum(upstream * function(x))` at `x = at`, found by central differences.

        function: (of an array of the shape of `at`) to a number or an array; at: float64 array.
        upstream: array of the shape of the function's value; for a number it may be left out.
        Raises Failed with the entry that is most off, TypeError where `at` is not float64.
        """
        expected = gradients.central_differences(function, at, upstream)
        try:
            self._equals_numbers(expected, align.as_it_is, "", 1e-5, 1e-7 * _scale(expected), sizes)
        except Failed as failed:
            step = gradients.STEP
            raise Failed(
                f"{failed}\n  Expected are central differences: each entry moved by {step:g} both ways."
            ) from None

    def satisfies(self, holds: bool | np.bool_, sentence: str) -> None:
        """Check a property, told in one sentence with the numbers that show it: "its columns have length 1 and 2.4"."""
        self._demand_untouched_arguments()
        if not holds:
            raise Failed(f"{self._label}: {sentence}")

    def _part(self, value: Any, name: str) -> Received:
        joint = "" if name.startswith("[") else ", "
        part = Received(value, f"{self._label}{joint}{name}", self._modified, self._warned)
        part._call = self._call
        return part

    def _equals_numbers(
        self,
        expected: Any,
        aligned: align.Aligned,
        up_to: str,
        rtol: float | None,
        atol: float | None,
        sizes: Mapping[str, int],
    ) -> None:
        self._compare_form(expected, np.shape(expected))
        self._demand_untouched_arguments()
        default = tolerance_for(expected)
        tolerance = Tolerance(default.rtol if rtol is None else rtol, default.atol if atol is None else atol)
        received, wanted = plain.as_numpy(self._value), plain.as_numpy(expected)
        problem = diagnosis.difference(received, wanted, aligned, tolerance, sizes)
        if problem:
            raise Failed(f"{self._label} has wrong values{up_to and f' (compared{up_to})'}.\n{problem}")

    def _equals_word(self, expected: str | bool | None) -> None:
        self._demand_untouched_arguments()
        received = bool(self._value) if isinstance(self._value, np.bool_) else self._value
        if type(received) is not type(expected):
            raise Failed(f"{self._label} is {plain.kind(received)}; expected {expected!r}.")
        if received != expected:
            raise Failed(f"{self._label} is {received!r}; expected {expected!r}.")

    def _compare_form(self, expected: Any, shape: tuple[int, ...]) -> None:
        if plain.is_array(expected) and np.ndim(expected) > 0:
            self._demand_array(expected, shape)
        elif not plain.is_number(self._value):
            if plain.is_exact_array(self._value):
                raise Failed(
                    f"{self._label} has shape {plain.shape_text(self._value.shape)}; expected a single number."
                )
            raise Failed(f"{self._label} is {plain.kind(self._value)}; expected a number.")
        elif isinstance(expected, int) and not np.issubdtype(plain.as_numpy(self._value).dtype, np.integer):
            number = plain.as_numpy(self._value).item()
            raise Failed(f"{self._label} is {number!r}, a floating-point number; expected an integer.")
        self._demand_finite(expected)

    def _demand_array(self, expected: Any, shape: tuple[int, ...]) -> None:
        wanted = "a torch tensor (torch.Tensor)" if plain.is_tensor(expected) else "a numpy array (numpy.ndarray)"
        if not plain.is_exact_array(self._value) or plain.is_tensor(self._value) != plain.is_tensor(expected):
            raise Failed(f"{self._label} is {plain.kind(self._value)}; expected {wanted}.")
        if tuple(self._value.shape) != tuple(shape):
            raise Failed(f"{self._label} {diagnosis.wrong_shape(tuple(self._value.shape), tuple(shape))}")
        if self._value.dtype != expected.dtype:
            received, asked = plain.dtype_name(self._value), plain.dtype_name(expected)
            raise Failed(f"{self._label} has dtype {received}; expected {asked}.")

    def _demand_finite(self, expected: Any) -> None:
        received, wanted = plain.as_numpy(self._value), plain.as_numpy(expected)
        if received.shape == wanted.shape and not np.all(np.isfinite(wanted)):
            return  # the task itself asks for inf here
        problem = diagnosis.not_finite(received)
        if problem:
            warned = f" While it ran, Python warned: {self._warned[0]}." if self._warned else ""
            raise Failed(f"{self._label} {problem}{warned}")

    def _demand_untouched_arguments(self) -> None:
        if self._modified:
            raise Failed(f"{self._call} modified its argument in place: {self._modified}. Work on a copy.")

    def _demand_keys(self, expected: Mapping) -> None:
        for key in expected:
            self.key(key)
        extra = [repr(key) for key in self._value if key not in expected]
        if extra:
            raise Failed(f"{self._label} has keys that are not asked for: {', '.join(extra)}.")

    def _demand_length(self, expected: list | tuple) -> None:
        if not isinstance(self._value, type(expected)):  # a tuple with named parts is a tuple
            raise Failed(f"{self._label} is {plain.kind(self._value)}; expected {plain.kind(expected)}.")
        if len(self._value) != len(expected):
            raise Failed(f"{self._label} has {len(self._value)} entries; expected {len(expected)}.")


def _enumerate(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _scale(expected: np.ndarray) -> float:
    return max(1.0, float(np.max(np.abs(expected), initial=0.0)))
