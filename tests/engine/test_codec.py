"""The transport between judge and worker: what goes in comes out, and bytes that nobody packed do no harm."""

from __future__ import annotations

import json
import math
import socket
import struct
import threading
import time
import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from autograder.engine.worker import codec
from autograder.engine.worker.channel import Channel
from autograder.engine.worker.errors import ConnectionClosed, ProtocolError, TimedOut
from course_utils.check.plain import Opaque

SIZE = codec.LENGTHS.size
PLAIN_DTYPES = st.sampled_from(sorted(codec.DTYPES)).map(np.dtype)
ARRAYS = PLAIN_DTYPES.flatmap(
    lambda dtype: arrays.arrays(dtype, arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(),
    ARRAYS,
    st.builds(Opaque, st.integers(0, 99), st.text(max_size=20)),
)
KEYS = st.one_of(st.text(), st.integers(), st.booleans(), st.none(), st.tuples(st.integers(), st.text()))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner), st.lists(inner).map(tuple), st.dictionaries(KEYS, inner)),
    max_leaves=12,
)


def sent(value):
    """Return what arrives of `value`."""
    frame = codec.pack(value)
    header, body = codec.lengths(frame[:SIZE])
    assert len(frame) == SIZE + header + body
    return codec.unpack(frame[SIZE : SIZE + header], frame[SIZE + header :])


def assert_same(one, other):
    """Compare type, dtype, shape and every bit that has a meaning."""
    assert type(one) is type(other)
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    elif isinstance(one, (list, tuple)):
        assert len(one) == len(other)
        for mine, theirs in zip(one, other, strict=True):
            assert_same(mine, theirs)
    elif isinstance(one, dict):
        assert_same(list(one.items()), list(other.items()))
    elif isinstance(one, complex):
        assert_same([one.real, one.imag], [other.real, other.imag])
    elif isinstance(one, float) and math.isnan(one):
        assert math.isnan(other)
    else:
        assert one == other
        assert str(one) == str(other)  # -0.0 is not 0.0


@given(VALUES)
@settings(max_examples=150)
def test_plain_data_arrive_as_they_were_sent(value):
    assert_same(value, sent(value))


@pytest.mark.parametrize(
    "dtype", [torch.float32, torch.float64, torch.bfloat16, torch.float16, torch.int64, torch.bool, torch.complex64]
)
def test_tensors_arrive_as_they_were_sent(dtype):
    tensor = torch.tensor([[0, 1, 1], [1, 0, 1]]).to(dtype)
    for sample in (tensor, tensor.T, tensor[:, ::2], tensor[:0], tensor[0, 0], tensor.expand(2, 2, 3)):
        arrived = sent(sample)
        assert (type(arrived), arrived.dtype, arrived.shape) == (torch.Tensor, dtype, sample.shape)
        assert torch.equal(arrived, sample)


def test_a_tensor_says_whether_it_requires_gradients_and_is_a_parameter():
    weights = torch.nn.Parameter(torch.ones(2))
    frozen = torch.nn.Parameter(torch.ones(2), requires_grad=False)
    arrived = sent([weights, frozen, torch.ones(2, requires_grad=True), weights * 2])
    assert [type(one) is torch.nn.Parameter for one in arrived] == [True, True, False, False]
    assert [one.requires_grad for one in arrived] == [True, False, True, True]
    assert all(one.is_leaf for one in arrived)


def test_an_array_that_arrives_is_nobody_elses():
    original = np.zeros(3)
    arrived = sent(original)
    arrived[0] = 1
    assert original[0] == 0


@pytest.mark.parametrize(
    "value", [object(), len, np.array([object()]), np.array(["a"]), {1, 2}, torch.ones(2).to_sparse()]
)
def test_what_is_no_plain_data_is_not_sent(value):
    with pytest.raises(ProtocolError):
        codec.pack(value)
    assert isinstance(unpacked(codec.pack(value, lambda _: {"number": 7, "kind": "a thing"})), Opaque)


def unpacked(frame: bytes):
    """Return the value of a frame as a judge does it."""
    header, body = codec.lengths(frame[:SIZE])
    return codec.unpack(frame[SIZE : SIZE + header], frame[SIZE + header : SIZE + header + body])


def assert_harmless(header: bytes, body: bytes = b"") -> None:
    """Read bytes that anybody may have written: a value, or a ProtocolError, and nothing else."""
    try:
        codec.unpack(header, body)
    except ProtocolError as error:
        assert str(error)


@given(st.binary(max_size=200), st.binary(max_size=40))
@settings(max_examples=300)
def test_random_bytes_are_refused(header, body):
    assert_harmless(header, body)


@given(VALUES, st.data())
@settings(max_examples=300)
def test_a_frame_that_was_tampered_with_is_read_or_refused(value, data):
    frame = bytearray(codec.pack(value))
    header, _ = codec.lengths(bytes(frame[:SIZE]))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(SIZE, len(frame) - 1))
        match data.draw(st.sampled_from(["change", "insert", "delete"])):
            case "change":
                frame[place] = data.draw(st.integers(0, 255))
            case "insert":
                frame.insert(place, data.draw(st.sampled_from(b'[]{}",0129eE.-:ntf')))
            case "delete" if len(frame) > SIZE + 1:
                del frame[place]
    assert_harmless(bytes(frame[SIZE : SIZE + header]), bytes(frame[SIZE + header :]))


KINDS = [
    "array",
    "tensor",
    "parameter",
    "scalar",
    "list",
    "tuple",
    "dict",
    "float",
    "complex",
    "opaque",
    "used",
    "read",
]
NAMES = st.one_of(
    st.sampled_from([*sorted(codec.DTYPES), "bfloat16", "object", "O", "nan", "inf"]), st.text(max_size=3)
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), NAMES, st.sampled_from([0, 2**29, 2**62, -1])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.dictionaries(st.sampled_from([*KINDS, "requires_grad"]), inner, min_size=1, max_size=2),
        st.builds(lambda name, shape: [name, *shape], NAMES, st.lists(st.integers(0, 2**26), max_size=40)),
    ),
    max_leaves=15,
)


@given(JSON, st.binary(max_size=64))
@settings(max_examples=500)
@example({"array": ["float64", *[2**26] * 20, 0]}, b"")
@example({"array": ["float64", *[1] * 70]}, bytes(8))
@example({"tensor": ["bfloat16", 0, 2**26, 2**26, 2**26]}, b"")
@example({"scalar": ["float64", 2]}, bytes(16))
@example({"scalar": []}, b"")
@example({"complex": [1.0]}, b"")
@example({"dict": [[{"list": []}, 1]]}, b"")
@example({"dict": [[1, 2, 3]]}, b"")
@example({"opaque": [True, 3]}, b"")
@example({"float": []}, b"")
def test_well_formed_headers_that_say_nonsense_are_refused(tree, body):
    assert_harmless(json.dumps(tree).encode(), body)


@pytest.mark.parametrize(
    "header",
    [
        b"[" * 5_000_000,
        b'{"list":[' * 800_000,
        b"[" + b"{}," * 2_600_000 + b"{}]",
        b'{"list":[' + b"0," * 3_900_000 + b"0]}",
        b"9" * 8_000_000,
        b"0." + b"9" * 8_000_000,
        b"1e" + b"9" * 1_000,
        b'"' + b"\\ud800" * 1_000_000 + b'"',
        b'{"dict":[' + b",".join(b"[%d,0]" % (i * (2**61 - 1)) for i in range(150_000)) + b"]}",
        b'{"dict":[' + b",".join(b"[%d,0]" % (i * (2**61 - 1)) for i in range(9_000)) + b"]}",
    ],
    ids=[
        "lists",
        "nested",
        "objects",
        "items",
        "digits",
        "decimals",
        "exponent",
        "half characters",
        "keys",
        "few keys",
    ],
)
def test_a_header_of_megabytes_costs_seconds_and_megabytes_at_most(header):
    began = time.process_time()
    assert_harmless(header)
    assert time.process_time() - began < 6
    tracemalloc.start()
    assert_harmless(header[: len(header) // 8])  # tracing is slow; the cost grows no faster than the length
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 64 << 20


def test_a_frame_that_announces_too_much_is_refused_before_it_is_read():
    for lengths in ((codec.MAX_HEADER + 1, 0), (0, codec.MAX_BODY + 1), (2**64 - 1, 2**64 - 1)):
        with pytest.raises(ProtocolError, match="announces"):
            codec.lengths(struct.pack(">QQ", *lengths))


def test_a_boolean_is_true_or_false_whatever_its_byte():
    arrived = codec.unpack(b'{"array":["bool",4]}', bytes([0, 1, 2, 255]))
    assert arrived.view(np.uint8).tolist() == [0, 1, 1, 1]


@pytest.fixture
def pair():
    ends = socket.socketpair()
    yield Channel(ends[0]), ends[1]
    for end in ends:
        end.close()


def test_one_who_sends_a_byte_at_a_time_has_no_more_time_than_others(pair):
    channel, other = pair

    def trickle():
        for byte in codec.pack("slow" * 100):
            try:
                other.send(bytes([byte]))
            except OSError:
                return
            time.sleep(0.02)

    sender = threading.Thread(target=trickle)
    sender.start()
    began = time.monotonic()
    with pytest.raises(TimedOut):
        channel.receive(0.2)
    assert time.monotonic() - began < 5  # all bytes would take 8 s
    channel.close()
    sender.join()


def test_one_who_does_not_read_does_not_stop_the_sender(pair):
    channel, _ = pair
    began = time.monotonic()
    with pytest.raises(TimedOut):
        channel.send("x" * 5_000_000, seconds=0.2)
    assert time.monotonic() - began < 30  # without a limit it would never end


def test_one_who_hangs_up_in_the_middle_of_a_frame_is_gone(pair):
    channel, other = pair
    other.send(codec.pack([1, 2, 3])[:-2])
    other.close()
    with pytest.raises(ConnectionClosed):
        channel.receive(1.0)


def test_a_tuple_with_named_parts_arrives_as_a_tuple():
    """What numpy.linalg.svd returns, handed on as it is, is an honest answer."""
    arrived = sent(np.linalg.svd(np.array([[2.0, 1.0], [0.0, 1.0]])))
    assert type(arrived) is tuple and len(arrived) == 3
    assert type(sent(torch.linalg.qr(torch.eye(2)))) is tuple
