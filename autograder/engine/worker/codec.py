"""Plain data as bytes, and back.

A frame is two lengths, a header in JSON, and the numbers of all arrays one after the other. Nothing in it can execute:
decoding builds Python's own numbers, strings and containers, numpy arrays and torch tensors, and nothing else. What
comes from a worker is limited in bytes, in nesting and in the number of items before it is believed in any other way.
"""

from __future__ import annotations

import json
import math
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from course_utils.check import plain

LENGTHS = struct.Struct(">QQ")
DTYPES = frozenset(
    ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
    + ["float16", "float32", "float64", "complex64", "complex128"]
)
MAX_HEADER = 8 << 20
MAX_BODY = 64 << 20
MAX_DEPTH = 40
MAX_ITEMS = 400_000
MAX_KEYS = 10_000  # of all dicts together: keys can be chosen to collide, and then cost the square of their number
MAX_DIGITS = 4_000


class WireError(Exception):
    """Bytes that are no frame, or plain data that goes over a limit. The text says which in a sentence."""


def pack(value: Any, opaque: Callable[[Any], dict] | None = None) -> bytes:
    """Return a frame that holds `value`.

    opaque: is asked for what is not plain data, and returns what stands for it on the other side: a dict with the keys
    of `plain.Opaque`. Without it such a value is a WireError.
    Raises WireError where the value is nested too deeply or too large.
    """
    writer = _Writer(opaque)
    header = json.dumps(writer.write(value, 0), ensure_ascii=True, allow_nan=False).encode()
    if len(header) > MAX_HEADER or writer.size > MAX_BODY:
        raise WireError(f"the data are too large: {len(header) + writer.size:,} bytes")
    return b"".join((LENGTHS.pack(len(header), writer.size), header, *writer.body))


def lengths(prefix: bytes) -> tuple[int, int]:
    """Return (header bytes, body bytes) of the frame that `prefix` begins; WireError where they go over a limit."""
    header, body = LENGTHS.unpack(prefix)
    if header > MAX_HEADER or body > MAX_BODY:
        raise WireError(f"a reply announces {header + body:,} bytes, more than may come")
    return header, body


def unpack(header: bytes | bytearray, body: bytes | bytearray) -> Any:
    """Return the value of a frame. Raises WireError where the frame is not exactly what `pack` writes."""
    try:
        tree = json.loads(header.decode("ascii"), parse_constant=_no_constant, parse_int=_short_int)
    except (ValueError, RecursionError) as error:
        raise WireError(f"a reply is not in the expected form ({type(error).__name__})") from None
    reader = _Reader(memoryview(body))
    value = reader.read(tree, 0)
    if reader.used != len(body):
        raise WireError("a reply has bytes that belong to nothing")
    return value


@dataclass
class _Writer:
    opaque: Callable[[Any], dict] | None
    body: list[bytes] = field(default_factory=list)
    size: int = 0
    items: int = 0

    def write(self, value: Any, depth: int) -> Any:
        self.items += 1
        if depth > MAX_DEPTH or self.items > MAX_ITEMS:
            raise WireError("the data are nested too deeply" if depth > MAX_DEPTH else "the data have too many parts")
        kind = type(value)
        if value is None or kind in (bool, str):
            return value
        if kind is int:
            return value if value.bit_length() < 3 * MAX_DIGITS else self._opaque(value)
        if kind is float:
            return value if math.isfinite(value) else {"float": repr(value)}
        if kind is complex:
            return {"complex": [self.write(value.real, depth + 1), self.write(value.imag, depth + 1)]}
        if isinstance(value, tuple):  # numpy and torch return tuples with named parts
            kind = tuple
        if kind in (list, tuple):
            return {kind.__name__: [self.write(item, depth + 1) for item in value]}
        if kind is dict:
            return {"dict": [[self.write(key, depth + 1), self.write(item, depth + 1)] for key, item in value.items()]}
        return self._array(value)

    def _array(self, value: Any) -> Any:
        if isinstance(value, np.generic) and type(value).__module__ == "numpy":
            return self._numbers(np.asarray(value), "scalar") if value.dtype.name in DTYPES else self._opaque(value)
        if not plain.is_exact_array(value):
            return self._opaque(value)
        if not plain.is_tensor(value):
            return self._numbers(value, "array") if value.dtype.name in DTYPES else self._opaque(value)
        return self._tensor(value)

    def _tensor(self, value: Any) -> Any:
        import torch

        name = plain.dtype_name(value)
        if value.layout is not torch.strided or name not in DTYPES | {"bfloat16"}:
            return self._opaque(value)
        data = value.detach().cpu().resolve_conj().resolve_neg()
        numbers = (data.view(torch.int16) if name == "bfloat16" else data).numpy()
        written = self._numbers(numbers, "tensor")
        written["tensor"][0] = name
        kind = "parameter" if isinstance(value, torch.nn.Parameter) else "tensor"
        return {kind: written["tensor"], "requires_grad": bool(value.requires_grad)}

    def _numbers(self, numbers: np.ndarray, kind: str) -> dict:
        data = np.ascontiguousarray(numbers).astype(numbers.dtype.newbyteorder("<"), copy=False).tobytes()
        self.size += len(data)
        if self.size > MAX_BODY:
            raise WireError("the data are too large")
        self.body.append(data)
        return {kind: [numbers.dtype.name, *numbers.shape]}

    def _opaque(self, value: Any) -> dict:
        if isinstance(value, plain.Opaque):
            return {"opaque": [value.number, value.kind]}
        if self.opaque is None:
            raise WireError(f"{plain.kind(value)} is no plain data")
        stand_in = self.opaque(value)
        return {"opaque": [stand_in["number"], stand_in["kind"]]}


@dataclass
class _Reader:
    body: memoryview
    used: int = 0
    items: int = 0
    keys: int = 0

    def read(self, tree: Any, depth: int) -> Any:
        self.items += 1
        if depth > MAX_DEPTH or self.items > MAX_ITEMS:
            raise WireError("a reply is nested too deeply or has too many parts")
        if tree is None or isinstance(tree, (bool, str, int, float)):
            return tree
        if not isinstance(tree, dict) or not tree:
            raise WireError("a reply is not in the expected form")
        kind, content = next(iter(tree.items()))
        method = getattr(self, f"_read_{kind}", None) if kind in _KINDS else None
        if method is None or (len(tree) > 1 and kind not in ("tensor", "parameter")):
            raise WireError("a reply holds something that is no plain data")
        return method(content, tree, depth + 1)

    def _read_float(self, content: Any, tree: dict, depth: int) -> float:
        if content not in ("nan", "inf", "-inf"):
            raise WireError("a reply holds a number that is none")
        return float(content)

    def _read_complex(self, content: Any, tree: dict, depth: int) -> complex:
        parts = [self.read(part, depth) for part in _list(content)]
        if len(parts) != 2 or not all(isinstance(part, float) for part in parts):
            raise WireError("a reply holds a complex number that is none")
        return complex(*parts)

    def _read_list(self, content: Any, tree: dict, depth: int) -> list:
        return [self.read(item, depth) for item in _list(content)]

    def _read_tuple(self, content: Any, tree: dict, depth: int) -> tuple:
        return tuple(self._read_list(content, tree, depth))

    def _read_dict(self, content: Any, tree: dict, depth: int) -> dict:
        self.keys += len(_list(content))
        if self.keys > MAX_KEYS:
            raise WireError(f"a reply holds dicts of more than {MAX_KEYS:,} keys")
        pairs = [[self.read(part, depth) for part in _list(pair)] for pair in content]
        try:
            return {key: value for key, value in pairs}
        except (TypeError, ValueError):
            raise WireError("a reply holds a dict that is none") from None

    def _read_array(self, content: Any, tree: dict, depth: int) -> np.ndarray:
        name, shape = _dtype_and_shape(content)
        if name not in DTYPES:
            raise WireError("a reply holds an array of an unknown dtype")
        return self._take(np.dtype(name), shape)

    def _read_scalar(self, content: Any, tree: dict, depth: int) -> np.generic:
        return self._read_array(content, tree, depth)[()] if content and len(_list(content)) == 1 else _refuse()

    def _read_tensor(self, content: Any, tree: dict, depth: int) -> Any:
        import torch

        name, shape = _dtype_and_shape(content)
        requires_grad = tree.get("requires_grad", False)
        if name not in DTYPES | {"bfloat16"} or set(tree) - {"tensor", "parameter", "requires_grad"}:
            raise WireError("a reply holds a tensor of an unknown dtype")
        numbers = self._take(np.dtype("int16" if name == "bfloat16" else name), shape)
        tensor = torch.from_numpy(numbers)
        tensor = tensor.view(torch.bfloat16) if name == "bfloat16" else tensor
        floating = tensor.is_floating_point() or tensor.is_complex()
        return tensor.requires_grad_() if requires_grad is True and floating else tensor

    def _read_parameter(self, content: Any, tree: dict, depth: int) -> Any:
        import torch

        tensor = self._read_tensor(content, tree, depth)
        return torch.nn.Parameter(tensor.detach(), requires_grad=tensor.requires_grad)

    def _read_opaque(self, content: Any, tree: dict, depth: int) -> plain.Opaque:
        match content:
            case [int(number), str(kind)]:
                return plain.Opaque(number, kind[:200])
        raise WireError("a reply holds something that is no plain data")

    def _take(self, dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
        size = dtype.itemsize * math.prod(shape)
        if size > len(self.body) - self.used:
            raise WireError("a reply announces more numbers than it holds")
        data = self.body[self.used : self.used + size]
        self.used += size
        try:
            numbers = np.frombuffer(data, dtype=dtype.newbyteorder("<")).reshape(shape)
        except ValueError:  # more axes than numpy has, or an empty array whose other sizes go over its limits
            raise WireError("a reply holds an array of an impossible shape") from None
        if dtype.kind == "b":  # a byte that is neither 0 nor 1 is neither true nor false to numpy
            return np.asarray(numbers.view(np.uint8) != 0)
        return numbers.astype(dtype)  # a copy of its own, in the machine's order


_KINDS = frozenset(name.removeprefix("_read_") for name in vars(_Reader) if name.startswith("_read_"))


def _dtype_and_shape(content: Any) -> tuple[str, tuple[int, ...]]:
    match content:
        case [str(name), *shape] if len(shape) <= 32 and all(type(n) is int and 0 <= n <= MAX_BODY for n in shape):
            return name, tuple(shape)
    return _refuse()


def _list(content: Any) -> list:
    return content if isinstance(content, list) else _refuse()


def _refuse() -> Any:
    raise WireError("a reply is not in the expected form")


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _short_int(digits: str) -> int:
    if len(digits) > MAX_DIGITS + 1 or len(digits) > sys.get_int_max_str_digits() > 0:
        raise ValueError("a number is too long")
    return int(digits)
