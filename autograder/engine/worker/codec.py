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
from typing import Any, Literal, NoReturn, TypedDict, TypeGuard, cast

import numpy as np
from numpy.typing import NDArray

from autograder.engine.worker.errors import ProtocolError
from course_utils.check import plain

LENGTHS = struct.Struct(">QQ")
DTYPES = frozenset(
    ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
    + ["float16", "float32", "float64", "complex64", "complex128"]
)

# numpy has no bfloat16; such numbers travel as int16.
TENSOR_DTYPES = DTYPES | {"bfloat16"}

MAX_HEADER = 8 << 20
MAX_BODY = 64 << 20
MAX_DEPTH = 40
MAX_ITEMS = 400_000
MAX_KEYS = 10_000  # of all dicts together: keys can be chosen to collide, and then cost the square of their number
MAX_DIGITS = 4_000
MAX_AXES = 32
MAX_KIND = 200  # characters of what a stand-in is

Bytes = bytes | bytearray
Array = NDArray[Any]


class StandIn(TypedDict):
    """What is sent instead of a value that is not plain data: the fields of `plain.Opaque`."""

    number: int
    kind: str


@dataclass(frozen=True)
class Reference:
    """A value that also stayed where it comes from, and by its number can be passed back as the very object it is.

    value: what it looks like as plain data; None on the way back.
    """

    number: int
    value: Any = None


@dataclass(frozen=True)
class Defined:
    """What the student's code calls `name`: a check passes it on to a driver, and never sees it."""

    name: str


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Say whether `value` is a list; for values from the other side, whose types nobody has checked."""
    return isinstance(value, list)


def items(value: dict[Any, Any]) -> list[tuple[Any, Any]]:
    """Return the items of a dict as dict itself tells them, whatever a subclass says."""
    return list(dict[Any, Any].items(value))


def pack(value: Any, opaque: Callable[[Any], StandIn] | None = None) -> bytes:
    """Return a frame that holds `value`.

    opaque: returns the stand-in of a value that is not plain data; without it such a value is a ProtocolError.
    Raises ProtocolError if the value is nested too deeply or too large.
    """
    writer = _Writer(opaque)
    header = json.dumps(writer.write(value, 0), ensure_ascii=True, allow_nan=False).encode()
    if len(header) > MAX_HEADER or writer.size > MAX_BODY:
        raise ProtocolError(f"the data are too large: {len(header) + writer.size:,} bytes")
    return b"".join((LENGTHS.pack(len(header), writer.size), header, *writer.body))


def lengths(prefix: Bytes) -> tuple[int, int]:
    """Return (header bytes, body bytes) of the frame that `prefix` begins.

    Raises ProtocolError if they exceed a limit.
    """
    header, body = LENGTHS.unpack(prefix)
    if header > MAX_HEADER or body > MAX_BODY:
        raise ProtocolError(f"a reply announces {header + body:,} bytes, more than may come")
    return header, body


def unpack(header: Bytes, body: Bytes) -> Any:
    """Return the value of a frame. Raises ProtocolError if the frame is not exactly what `pack` writes."""
    try:
        tree = json.loads(header.decode("ascii"), parse_constant=_no_constant, parse_int=_short_int)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"a reply is not in the expected form ({type(error).__name__})") from None
    reader = _Reader(memoryview(body))
    value = reader.read(tree, 0)
    if reader.used != len(body):
        raise ProtocolError("a reply has bytes that belong to nothing")
    return value


@dataclass
class _Writer:
    """Turns one value into the tree of a header, and collects the bytes of its arrays."""

    opaque: Callable[[Any], StandIn] | None
    body: list[bytes] = field(default_factory=list[bytes])
    size: int = 0
    items: int = 0

    def write(self, value: Any, depth: int) -> Any:
        self.items += 1
        if depth > MAX_DEPTH:
            raise ProtocolError("the data are nested too deeply")
        if self.items > MAX_ITEMS:
            raise ProtocolError("the data have too many parts")
        kind = cast("type[object]", type(value))
        if value is None or kind in (bool, str):
            return value
        if kind in (int, float, complex):
            return self._number(value, depth)
        if issubclass(kind, Reference):
            return {"kept": [value.number, self.write(value.value, depth + 1)]}
        if issubclass(kind, Defined):
            return {"defined": value.name}
        if issubclass(kind, (list, tuple)):  # numpy and torch return tuples with named parts
            return {"list" if issubclass(kind, list) else "tuple": [self.write(item, depth + 1) for item in value]}
        if issubclass(kind, dict):
            return {"dict": [[self.write(key, depth + 1), self.write(item, depth + 1)] for key, item in items(value)]}
        return self._array(value)

    def _number(self, value: Any, depth: int) -> Any:
        if type(value) is complex:
            return {"complex": [self.write(value.real, depth + 1), self.write(value.imag, depth + 1)]}
        if type(value) is float:
            return value if math.isfinite(value) else {"float": repr(value)}
        return value if value.bit_length() < 3 * MAX_DIGITS else self._opaque(value)

    def _array(self, value: Any) -> Any:
        """Write an array, a numpy scalar or a tensor of exactly these classes; of other values a stand-in."""
        kind = cast("type[object]", type(value))
        if issubclass(kind, np.generic) and kind.__module__ == "numpy" and value.dtype.name in DTYPES:
            return self._numbers(np.asarray(value), "scalar")
        if kind is np.ndarray and value.dtype.name in DTYPES:
            return self._numbers(value, "array")
        if plain.is_tensor(value) and plain.is_exact_array(value):
            return self._tensor(value)
        return self._opaque(value)

    def _tensor(self, value: Any) -> Any:
        import torch

        name = plain.dtype_name(value)
        if value.layout is not torch.strided or name not in TENSOR_DTYPES:
            return self._opaque(value)
        data = value.detach().cpu().resolve_conj().resolve_neg()
        numbers = (data.view(torch.int16) if name == "bfloat16" else data).numpy()
        written = self._numbers(numbers, "tensor")
        written["tensor"][0] = name
        kind = "parameter" if isinstance(value, torch.nn.Parameter) else "tensor"
        return {kind: written["tensor"], "requires_grad": bool(value.requires_grad)}

    def _numbers(self, numbers: Array, kind: Literal["scalar", "array", "tensor"]) -> dict[str, list[Any]]:
        data = np.ascontiguousarray(numbers).astype(numbers.dtype.newbyteorder("<"), copy=False).tobytes()
        self.size += len(data)
        if self.size > MAX_BODY:
            raise ProtocolError("the data are too large")
        self.body.append(data)
        return {kind: [numbers.dtype.name, *numbers.shape]}

    def _opaque(self, value: Any) -> dict[str, list[Any]]:
        if isinstance(value, plain.Opaque):
            return {"opaque": [value.number, value.kind]}
        if self.opaque is None:
            raise ProtocolError(f"{plain.kind(value)} is not plain data")
        stand_in = self.opaque(value)
        return {"opaque": [stand_in["number"], stand_in["kind"]]}


@dataclass
class _Reader:
    """Builds one value from the tree of a header, which anybody may have written, and from the bytes of its arrays."""

    body: memoryview
    used: int = 0
    items: int = 0
    keys: int = 0

    def read(self, tree: Any, depth: int) -> Any:
        self.items += 1
        if depth > MAX_DEPTH or self.items > MAX_ITEMS:
            raise ProtocolError("a reply is nested too deeply or has too many parts")
        if tree is None or isinstance(tree, (bool, str, int, float)):
            return tree
        if not plain.is_dict(tree) or not tree:
            raise ProtocolError("a reply is not in the expected form")
        kind, content = next(iter(tree.items()))
        if kind in _TENSOR_READERS:
            return _TENSOR_READERS[kind](self, content, tree)
        if kind not in _READERS or len(tree) > 1:
            raise ProtocolError("a reply holds something that is not plain data")
        return _READERS[kind](self, content, depth + 1)

    def read_float(self, content: Any, depth: int) -> float:
        if content not in ("nan", "inf", "-inf"):
            raise ProtocolError("a reply holds a number in an unknown form")
        return float(content)

    def read_complex(self, content: Any, depth: int) -> complex:
        match [self.read(part, depth) for part in _list(content)]:
            case [float(real), float(imaginary)]:
                return complex(real, imaginary)
            case _:
                raise ProtocolError("a reply holds a complex number in an unknown form")

    def read_list(self, content: Any, depth: int) -> list[Any]:
        return [self.read(item, depth) for item in _list(content)]

    def read_tuple(self, content: Any, depth: int) -> tuple[Any, ...]:
        return tuple(self.read_list(content, depth))

    def read_dict(self, content: Any, depth: int) -> dict[Any, Any]:
        self.keys += len(_list(content))
        if self.keys > MAX_KEYS:
            raise ProtocolError(f"a reply holds dicts of more than {MAX_KEYS:,} keys")
        pairs = [[self.read(part, depth) for part in _list(pair)] for pair in content]
        try:
            return {key: value for key, value in pairs}
        except (TypeError, ValueError):  # a key that cannot be hashed, or not a pair
            raise ProtocolError("a reply holds a dict in an unknown form") from None

    def read_array(self, content: Any, depth: int) -> Array:
        name, shape = _dtype_and_shape(content)
        if name not in DTYPES:
            raise ProtocolError("a reply holds an array of an unknown dtype")
        return self._take(np.dtype(name), shape)

    def read_scalar(self, content: Any, depth: int) -> Any:
        return self.read_array(content, depth)[()] if content and len(_list(content)) == 1 else _refuse()

    def read_tensor(self, content: Any, tree: dict[Any, Any]) -> Any:
        import torch

        name, shape = _dtype_and_shape(content)
        requires_grad = tree.get("requires_grad", False)
        if name not in TENSOR_DTYPES or set(tree) - {"tensor", "parameter", "requires_grad"}:
            raise ProtocolError("a reply holds a tensor of an unknown dtype")
        numbers = self._take(np.dtype("int16" if name == "bfloat16" else name), shape)
        tensor = torch.from_numpy(numbers)  # pyright: ignore[reportUnknownMemberType] # its argument has no type
        tensor = tensor.view(torch.bfloat16) if name == "bfloat16" else tensor
        floating = tensor.is_floating_point() or tensor.is_complex()
        return tensor.requires_grad_() if requires_grad is True and floating else tensor

    def read_parameter(self, content: Any, tree: dict[Any, Any]) -> Any:
        import torch

        tensor = self.read_tensor(content, tree)
        return torch.nn.Parameter(tensor.detach(), requires_grad=tensor.requires_grad)

    def read_reference(self, content: Any, depth: int) -> Reference:
        match content:
            case [int(number), tree]:
                return Reference(number, self.read(tree, depth))
            case _:
                _refuse()

    def read_defined(self, content: Any, depth: int) -> Defined:
        return Defined(content) if isinstance(content, str) else _refuse()

    def read_opaque(self, content: Any, depth: int) -> plain.Opaque:
        match content:
            case [int(number), str(kind)]:
                return plain.Opaque(number, kind[:MAX_KIND])
            case _:
                raise ProtocolError("a reply holds something that is not plain data")

    def _take(self, dtype: np.dtype[Any], shape: tuple[int, ...]) -> Array:
        """Return the next numbers of the body. Nothing is made before the body is known to hold them."""
        size = dtype.itemsize * math.prod(shape)
        if size > len(self.body) - self.used:
            raise ProtocolError("a reply announces more numbers than it holds")
        data = self.body[self.used : self.used + size]
        self.used += size
        try:
            numbers = np.frombuffer(data, dtype=dtype.newbyteorder("<")).reshape(shape)
        except ValueError:  # more axes than numpy has, or an empty array whose other sizes exceed its limits
            raise ProtocolError("a reply holds an array of an impossible shape") from None
        if dtype.kind == "b":  # a byte that is neither 0 nor 1 is neither true nor false to numpy
            return np.asarray(numbers.view(np.uint8) != 0)
        return numbers.astype(dtype)  # a copy of its own, in the machine's order


# What reads each kind of part. A kind that is in neither table is refused.
_READERS: dict[str, Callable[[_Reader, Any, int], Any]] = {
    "float": _Reader.read_float,
    "complex": _Reader.read_complex,
    "list": _Reader.read_list,
    "tuple": _Reader.read_tuple,
    "dict": _Reader.read_dict,
    "array": _Reader.read_array,
    "scalar": _Reader.read_scalar,
    "opaque": _Reader.read_opaque,
    "kept": _Reader.read_reference,
    "defined": _Reader.read_defined,
}

# Kinds with a second key, which says whether they require gradients.
_TENSOR_READERS: dict[str, Callable[[_Reader, Any, dict[Any, Any]], Any]] = {
    "tensor": _Reader.read_tensor,
    "parameter": _Reader.read_parameter,
}


def _dtype_and_shape(content: Any) -> tuple[str, tuple[int, ...]]:
    match content:
        case [str(name), *shape] if len(shape) <= MAX_AXES and all(map(_is_size, shape)):
            return name, tuple(shape)
        case _:
            _refuse()


def _is_size(value: object) -> bool:
    return type(value) is int and 0 <= value <= MAX_BODY


def _list(content: Any) -> list[Any]:
    return content if is_list(content) else _refuse()


def _refuse() -> NoReturn:
    raise ProtocolError("a reply is not in the expected form")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _short_int(digits: str) -> int:
    if len(digits) > MAX_DIGITS + 1 or len(digits) > sys.get_int_max_str_digits() > 0:
        raise ValueError("a number is too long")
    return int(digits)
