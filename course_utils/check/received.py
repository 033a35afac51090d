"""What the student's code returned, and the questions that a check asks about it.

Every question looks in the same order, and the student reads the first thing that it finds: wrong type, shape, dtype,
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
    """A value that came from the student, and the questions about it. `call` and `read` return it.

        received = check.call(np.linalg.eigh, np.diag([1.0, 2.0]))
        values, vectors = received.unpack("values", "vectors")
        check.Received(values.value.sum(), "the sum of the eigenvalues").equals(3.0)

    A check makes one itself for what it has computed from answers.
    label: its name in messages, "`covariance(array (2, 10))`", followed by the part of the answer that it is.
    returned: whether the label is that of a call, and this is all that the call returned.
    """

    def __init__(
        self,
        value: Any,
        label: str,
        modified: str | None = None,
        warned: list[str] | None = None,
        returned: bool = False,
    ) -> None:
        self._value = value
        self._is, self._has = ("returned", "returned") if returned else ("is", "has")
        self._label = label
        self._call = label  # of a part: the call that returned it
        self._modified = modified
        self._warned = warned or []

    @property
    def value(self) -> Any:
        """The value itself, to compute with or to pass to another call.

            Q, R = check.call(np.linalg.qr, np.eye(3)[:, :2]).unpack("Q", "R")
            Q.satisfies(np.allclose(Q.value.T @ Q.value, np.eye(2)), "its columns are not orthonormal.")

        Raises Failed where the call modified an argument in place.
        """
        self._demand_untouched_arguments()
        return self._value

    def unpack(self, *names: str) -> tuple[Received, ...]:
        """Split a tuple into its parts, one per name, and return them.

            mantissa, exponent = check.call(np.frexp, 6.0).unpack("mantissa", "exponent")
            mantissa.equals(0.75)

        Raises Failed where it is not a tuple (or list) of that many values.
        """
        if not plain.is_sequence(self._value):
            kind = plain.kind(self._value)
            raise Failed(f"{self._label} {self._is} {kind}; expected {_enumerate(names)} as a tuple.")
        if len(self._value) != len(names):
            count = f"{len(self._value)} value{'s' * (len(self._value) != 1)}"
            raise Failed(f"{self._label} {self._has} {count}; expected {len(names)}: {_enumerate(names)}.")
        return tuple(self._part(value, name) for value, name in zip(self._value, names, strict=True))

    def key(self, name: str) -> Received:
        """Return one entry of a dict.

            check.read({"rank": 2, "norm": 0.5}, "summary").key("rank").equals(2)

        Raises Failed where it is not a dict, or has no such key.
        """
        if not plain.is_dict(self._value):
            kind = plain.kind(self._value)
            raise Failed(f"{self._label} {self._is} {kind}; expected a dict with the key {name!r}.")
        if name not in self._value:
            present = ", ".join(repr(key) for key in self._value) or "none"
            raise Failed(f"{self._label}: the key {name!r} is missing; its keys are: {present}.")
        return self._part(self._value[name], f"[{name!r}]")

    def has_shape(self, *shape: int, like: Any = None) -> Received:
        """Check for an array of this `shape` with finite numbers, and return self.

            check.call(np.ones, (2, 3)).has_shape(2, 3)
            check.call(torch.ones, 2, 3).has_shape(2, 3, like=torch.zeros(1)).satisfies(True, "all are 1.")

        like: an array that has the expected class and dtype; without it numpy float64.
        Raises Failed with the first thing that is wrong.
        """
        self._compare_form(np.zeros(shape) if like is None else like, shape)
        self._demand_untouched_arguments()
        return self

    def equals(self, expected: Any, *, rtol: float | None = None, atol: float | None = None, **sizes: float) -> None:
        """Check for the `expected` number, array (of any shape and dtype), string, list, tuple or dict.

            X = check.rng().normal(size=(10, 3))
            check.call(np.cov, X, rowvar=False).equals((X - X.mean(axis=0)).T @ X / 9, n=10)
            check.call(divmod, 7, 2).equals((3, 1))

        rtol, atol: tolerances; without them those of the dtype (`course_utils.check.tolerance`).
        sizes: the sizes that a wrong factor may consist of, by their names in the task: `n=10, d=3`. The message then
        names the factor (n - 1)/n.
        Raises Failed with the first thing that is wrong.
        """
        if plain.is_dict(expected):
            self._demand_keys(expected)
            for key, item in expected.items():
                self.key(key).equals(item, rtol=rtol, atol=atol, **sizes)
        elif plain.is_sequence(expected):
            self._demand_length(expected)
            for index, item in enumerate(expected):
                self._part(self._value[index], f"[{index}]").equals(item, rtol=rtol, atol=atol, **sizes)
        elif plain.is_array(expected) or plain.is_number(expected):
            self._equals_numbers(expected, align.as_it_is, "", rtol, atol, sizes)
        else:
            self._equals_word(expected)

    def equals_up_to_sign(
        self, expected: Any, *, axis: int = 0, rtol: float | None = None, atol: float | None = None, **sizes: float
    ) -> None:
        """Check as `equals`, where every row (`axis=0`) or column (`axis=1`) may have the other sign.

            A = np.array([[2.0, 1.0], [1.0, 2.0]])
            columns = np.array([[1.0, 1.0], [-1.0, 1.0]]) / np.sqrt(2)
            values, vectors = check.call(np.linalg.eigh, A).unpack("values", "vectors")
            vectors.equals_up_to_sign(columns, axis=1)

        For singular vectors, and for eigenvectors of simple eigenvalues.
        expected: (m, n), or (n,), which may have the other sign as a whole.
        rtol, atol, sizes: as in `equals`.
        Raises Failed with the first thing that is wrong.
        """
        self._equals_numbers(expected, align.signs(axis), " up to sign", rtol, atol, sizes)

    def equals_up_to_rotation(self, expected: np.ndarray) -> None:
        """Check for an orthonormal basis of a subspace: `expected @ R` with any orthogonal R.

            turn = np.array([[0.6, -0.8], [0.8, 0.6]])
            check.read(np.eye(3)[:, :2] @ turn, "Q").equals_up_to_rotation(np.eye(3)[:, :2])

        expected: an orthonormal basis of the subspace, (m, r).
        Raises Failed where the columns are not orthonormal, and where they span another subspace.
        """
        self._compare_form(expected, expected.shape)
        self._demand_untouched_arguments()
        problem = diagnosis.another_subspace(plain.as_numpy(self._value), plain.as_numpy(expected))
        if problem:
            raise Failed(f"{self._label} {problem}")

    def is_gradient_of(
        self, function: Callable[[np.ndarray], Any], at: np.ndarray, *, upstream: Any = None, **sizes: float
    ) -> None:
        """Check for the gradient of `sum(upstream * function(x))` at `x = at`, against central differences.

            def squared_norm_gradient(x):
                return 2 * x

            x = check.rng().normal(size=(2, 3))
            check.call(squared_norm_gradient, x).is_gradient_of(lambda x: np.sum(x**2), x)

        function: takes a float64 array of the shape of `at`, returns a number or an array.
        at: a float64 array of any shape.
        upstream: an array of the shape of the function's value; it may be left out where the value is a number.
        sizes: as in `equals`.
        Raises Failed with the entry that differs most, and TypeError where `at` is not float64.
        """
        expected = gradients.central_differences(function, at, upstream)
        try:
            self._equals_numbers(expected, align.as_it_is, "", 1e-5, 1e-7 * _scale(expected), sizes)
        except Failed as failed:
            step = gradients.STEP
            raise Failed(f"{failed}\n  The expected numbers are central differences with a step of {step:g}.") from None

    def satisfies(self, condition: bool | np.bool, sentence: str) -> None:
        """Check a property that the check itself has computed.

            p = check.call(np.exp, np.log([0.25, 0.75]))
            p.satisfies(np.isclose(p.value.sum(), 1.0), f"the probabilities add up to {p.value.sum():.3g}, not 1.")

        sentence: what is wrong, with the numbers that show it.
        Raises Failed with the sentence where the `condition` is false, or where the call modified an argument.
        """
        self._demand_untouched_arguments()
        if not condition:
            raise Failed(f"{self._label}: {sentence}")

    def is_one_of(self, *choices: str) -> None:
        """Check for one of several words.

            check.read("b", "fault").is_one_of("a", "b", "c")

        Raises Failed with the choices where it is something else.
        """
        self._demand_untouched_arguments()
        if not isinstance(self._value, str) or self._value not in choices:
            wanted = _enumerate(tuple(map(repr, choices)), "or")
            raise Failed(f"{self._label} is {plain.summary(self._value)}; expected {wanted}.")

    def _part(self, value: Any, name: str) -> Received:
        joint = "" if name.startswith("[") else ", "
        part = Received(value, f"{self._label}{joint}{name}", self._modified, self._warned)
        part._call = self._call
        return part

    def _equals_numbers(
        self,
        expected: Any,
        aligned: align.Alignment,
        up_to: str,
        rtol: float | None,
        atol: float | None,
        sizes: Mapping[str, float],
    ) -> None:
        self._compare_form(expected, np.shape(expected))
        self._demand_untouched_arguments()
        default = tolerance_for(expected)
        tolerance = Tolerance(default.rtol if rtol is None else rtol, default.atol if atol is None else atol)
        received, wanted = plain.as_numpy(self._value), plain.as_numpy(expected)
        problem = diagnosis.difference(received, wanted, aligned, tolerance, sizes)
        if problem:
            wrong = "the wrong value" if received.size == 1 else "wrong values"
            raise Failed(f"{self._label} has {wrong}{up_to and f' (compared{up_to})'}.\n{problem}")

    def _equals_word(self, expected: str | bool | None) -> None:
        self._demand_untouched_arguments()
        received = bool(self._value) if plain.is_boolean(self._value) else self._value
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
            received, dtype = plain.dtype_name(self._value), plain.dtype_name(expected)
            raise Failed(f"{self._label} has dtype {received}; expected {dtype}.")

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

    def _demand_keys(self, expected: dict[Any, Any]) -> None:
        for key in expected:
            self.key(key)
        extra = [repr(key) for key in self._value if key not in expected]
        if extra:
            raise Failed(f"{self._label} has unexpected keys: {', '.join(extra)}.")

    def _demand_length(self, expected: list[Any] | tuple[Any, ...]) -> None:
        if not plain.is_sequence(self._value):  # a list does for a tuple, and the other way round
            raise Failed(f"{self._label} is {plain.kind(self._value)}; expected {plain.kind(expected)}.")
        if len(self._value) != len(expected):
            raise Failed(f"{self._label} has length {len(self._value)}; expected length {len(expected)}.")


def _enumerate(names: tuple[str, ...], word: str = "and") -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"


def _scale(expected: np.ndarray) -> float:
    return max(1.0, float(np.max(np.abs(expected), initial=0.0)))
