"""Plain data: all that passes between a check and the student's code.

Numbers, strings, None, numpy arrays, torch tensors, and lists, tuples and dicts of these. Anything else (a cache, a
module that the student wrote) is opaque: a check may pass it back to another call and do nothing else with it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

if TYPE_CHECKING:
    import torch

    Array = np.ndarray | torch.Tensor


# Bytes of the largest number that passes between a check and the student's code: complex128.
LARGEST_ITEM = 16


@dataclass(frozen=True)
class Opaque:
    """Stands, in the process of a check, for a value that is not plain data and stayed in the student's process.

    number: by which that process knows it; kind: what it is, in the words of `kind`.
    """

    number: int
    kind: str


def is_tensor(value: object) -> TypeGuard[torch.Tensor]:
    """Say whether `value` is a torch tensor of any class and shape; torch is not imported for it."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def is_numpy(value: object) -> TypeGuard[np.ndarray]:
    """Say whether `value` is a numpy array of any class and shape."""
    return isinstance(value, np.ndarray)


def is_array(value: object) -> TypeGuard[Array]:
    """Say whether `value` is a numpy array or a torch tensor (of any class)."""
    return is_numpy(value) or is_tensor(value)


def is_exact_array(value: object) -> TypeGuard[Array]:
    """Say whether `value` is an array of exactly the library's own class; `nn.Parameter` counts as a tensor.

    A subclass may redefine what comparing means, so a check does not take one.
    """
    if is_tensor(value):
        torch = sys.modules["torch"]
        return type(value) in (torch.Tensor, torch.nn.Parameter)
    return type(value) is np.ndarray


def is_sequence(value: object) -> TypeGuard[list[Any] | tuple[Any, ...]]:
    """Say whether `value` is a list or a tuple."""
    return isinstance(value, (list, tuple))


def is_dict(value: object) -> TypeGuard[dict[Any, Any]]:
    """Say whether `value` is a dict."""
    return isinstance(value, dict)


def is_boolean(value: object) -> TypeGuard[bool]:
    """Say whether `value` is a boolean, Python's or numpy's."""
    return isinstance(value, (bool, np.bool))


def is_number(value: object) -> bool:
    """Say whether `value` is a single number: Python's or numpy's, or an array without axes."""
    if is_array(value):
        return is_exact_array(value) and value.ndim == 0
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool)


def as_numpy(value: Any) -> np.ndarray:
    """Return numbers as a numpy array of the same shape, of a dtype that numpy can compute with.

    value: numbers, an array or a tensor. A tensor is detached and copied to the CPU; bfloat16 becomes float32.
    """
    if is_tensor(value):
        torch = sys.modules["torch"]
        value = value.detach().cpu()
        return (value.float() if value.dtype == torch.bfloat16 else value).numpy()
    return np.asarray(value)


def dtype_name(array: Array) -> str:
    """Return the dtype of an array without its library's name: `float64`, `int64`, `bool`."""
    return str(array.dtype).removeprefix("torch.")


def kind(value: object) -> str:
    """Say in words what `value` is: "a numpy array", "a torch tensor", "a list", "None"."""
    if value is None:
        return "None"
    if isinstance(value, Opaque):
        return value.kind
    if is_exact_array(value):
        unusual = is_numpy(value) and (value.dtype.kind not in "biufc" or value.dtype.itemsize > LARGEST_ITEM)
        return "a torch tensor" if is_tensor(value) else f"a numpy array{f' of dtype {value.dtype}' if unusual else ''}"
    name = type(value).__name__
    if is_array(value):
        base = "torch.Tensor" if is_tensor(value) else "numpy.ndarray"
        return f"{type(value).__module__}.{name}, a subclass of {base}"
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def summary(value: object) -> str:
    """Say in a few characters what was passed: a number as it is, an array by its shape."""
    if is_array(value) and value.ndim > 0:
        return f"{'array' if is_numpy(value) else 'tensor'} {shape_text(tuple(value.shape))}"
    if is_sequence(value):
        if len(value) > 3:
            return f"{type(value).__name__} of {len(value)}"
        inner = ", ".join(summary(item) for item in value)
        return f"[{inner}]" if isinstance(value, list) else f"({inner}{',' * (len(value) == 1)})"
    if is_dict(value):
        return f"dict of {len(value)}"
    if is_number(value):
        return f"{as_numpy(value).item():.6g}"
    text = repr(value) if isinstance(value, (str, bool, type(None))) else kind(value).split(" ", 1)[-1]
    return text if len(text) <= 40 else text[:37] + "..."


def shape_text(shape: tuple[int, ...]) -> str:
    """Write a shape as Python does: `(3,)`, `(3, 2)`."""
    return str(tuple(int(size) for size in shape))


def snapshot(value: Any) -> Any:
    """Return a copy of plain data that later changes to `value` do not reach; opaque values are not copied."""
    if is_tensor(value):
        return value.detach().clone()
    if is_numpy(value):
        return value.copy()
    if type(value) in (list, tuple):
        return type(value)(snapshot(item) for item in value)
    if is_dict(value) and type(value) is dict:
        return {key: snapshot(item) for key, item in value.items()}
    return value


def size_in_bytes(value: Any) -> int:
    """Return how many bytes the arrays and tensors of plain data take, of any shape and dtype."""
    if is_tensor(value):
        return value.element_size() * value.nelement()
    if is_numpy(value):
        return value.nbytes
    if is_dict(value):
        return sum(map(size_in_bytes, value.values()))
    return sum(map(size_in_bytes, value)) if is_sequence(value) else 0


def first_change(before: Any, after: Any, name: str) -> str | None:
    """Say where `after` differs from its earlier `snapshot`, in one clause; None where nothing changed.

    name: what the value is called, for example `X` or `params`.
    """
    if is_array(before) and is_array(after):
        if before.shape != after.shape:
            return f"{name} had shape {shape_text(before.shape)} and now has {shape_text(after.shape)}"
        old, new = as_numpy(before), as_numpy(after)
        changed = np.argwhere(~((old == new) | ((old != old) & (new != new))))
        if changed.size == 0:
            return None
        where = tuple(int(i) for i in changed[0])
        return f"{name}{list(where) if where else ''} was {old[where]:.6g} and is now {new[where]:.6g}"
    if is_dict(before) and is_dict(after):
        if len(before) == len(after) and before.keys() != after.keys():
            return f"{name} has different keys than before"
        return _change_of_a_part(before, after, list(before), name)
    if is_sequence(before) and is_sequence(after):
        return _change_of_a_part(before, after, range(len(before)), name)
    return None if _is_same(before, after) else f"{name} was {summary(before)} and is now {summary(after)}"


def _change_of_a_part(before: Any, after: Any, keys: Sequence[Any], name: str) -> str | None:
    """Say which part of a list, tuple or dict has changed, the first by `keys`; None where none has."""
    if len(before) != len(after):
        return f"{name} had {len(before)} entries and now has {len(after)}"
    changes = (first_change(before[key], after[key], f"{name}[{key!r}]") for key in keys)
    return next((change for change in changes if change is not None), None)


def _is_same(before: Any, after: Any) -> bool:
    """Say whether two values without parts are the same number or text, or both of a kind that nobody looks into."""
    if is_number(before) and is_number(after):
        return before == after or (before != before and after != after)
    is_read = isinstance(before, (bool, int, float, complex, str, bytes))
    return type(before) is type(after) and not (is_read and before != after)
