"""Which device the course computes on and why, and that a check compares what was computed with all digits."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
import torch
from support.small_class import RIGHT, grade, hand_in, results
from support.tiny_course import make_course
from torch.nn import functional as F

import course_utils
from course_utils import check
from course_utils.student.devices import choose

on_a_gpu = pytest.mark.skipif(choose()[0].type == "cpu", reason=f"needs a GPU: {choose()[1]}")


CUDNN, ONEDNN = torch.backends.cudnn, torch.backends.mkldnn
PLACES = (torch.backends.cuda.matmul, CUDNN.conv, CUDNN.rnn, ONEDNN.matmul, ONEDNN.conv, ONEDNN.rnn)


def precisions() -> list[str]:
    """How precise float32 is, everywhere where torch keeps it."""
    return [str(place.fp32_precision) for place in PLACES]


@pytest.fixture
def coarse():
    """Float32 as coarse as torch can have it, as a student may have set it; and as it was, afterwards."""
    before = precisions()
    for place in PLACES:
        place.fp32_precision = "tf32"
    yield precisions()
    for place, precision in zip(PLACES, before, strict=True):
        place.fp32_precision = precision


def ask(**environment: str) -> subprocess.CompletedProcess:
    """Ask for the device in a process of its own."""
    code = "import course_utils\ndevice = course_utils.device()\nprint(device.type)"
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)


def test_one_line_says_which_device_it_is_and_why():
    line, device = ask(COURSE_DEVICE="").stdout.splitlines()
    assert device == ("cuda" if torch.cuda.is_available() else "cpu")
    where, why = line.removeprefix("Computing on ").rstrip(".").split(": ", 1)
    assert where == {"cpu": "the CPU"}.get(device, device) and why


def test_a_device_that_the_environment_names_is_taken_and_the_line_says_so():
    assert ask(COURSE_DEVICE="cpu").stdout.splitlines() == ["Computing on the CPU: COURSE_DEVICE=cpu.", "cpu"]


@pytest.mark.parametrize("name", ["abacus", "cuda:77", "meta"])
def test_a_device_that_cannot_be_had_is_said_and_the_best_there_is_is_taken(name):
    done = ask(COURSE_DEVICE=name)
    line, device = done.stdout.splitlines()
    assert device == ("cuda" if torch.cuda.is_available() else "cpu") and done.stderr == ""
    assert re.search(rf": COURSE_DEVICE={name} is not available \(.+\), and .+\.$", line)


def test_a_hidden_gpu_is_none():
    line, device = ask(CUDA_VISIBLE_DEVICES="", COURSE_DEVICE="").stdout.splitlines()
    assert device == "cpu" and line.startswith("Computing on the CPU: ")


@pytest.mark.parametrize("ends", ["returns", "raises"])
def test_an_answer_computes_with_full_float32_while_it_is_checked_and_only_then(coarse, ends):
    seen = []

    def answer(x):
        seen.extend(precisions())
        if ends == "raises":
            raise ArithmeticError("on purpose")
        return x

    if ends == "raises":
        with pytest.raises(check.Failed):
            check.call(answer, 1.0)
    else:
        check.call(answer, 1.0)
    assert set(seen) == {"ieee"} and "ieee" not in coarse and precisions() == coarse


def older_flags() -> list[object]:
    """What torch's older interface says of precision; it raises where it finds the newer one in conflict with it."""
    with torch.backends.cudnn.flags(enabled=True):  # it reads them all, to put them back
        pass
    return [torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32]


@pytest.mark.parametrize("precision", ["highest", "high", "medium"])
def test_an_answer_may_use_the_older_interface_while_it_is_checked(precision):
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision(precision)
    try:
        outside, inside = (older_flags(), precisions()), []
        check.call(lambda x: inside.append(older_flags()) or x, 1.0)
        assert inside[0] == [False, False]
        assert (older_flags(), precisions()) == outside
    finally:
        torch.set_float32_matmul_precision(before)


def test_in_grading_there_is_full_float32_and_no_gpu_whatever_the_machine_has(tmp_path):
    root = make_course(tmp_path / "course")
    asks = "\n".join(
        [
            "import os, torch",
            "torch.set_float32_matmul_precision('medium')",
            "def double(x):",
            "    coarse = torch.backends.cuda.matmul.fp32_precision != 'ieee'",
            "    seen = torch.cuda.is_available() or os.environ['CUDA_VISIBLE_DEVICES']",
            "    return 0 * x if coarse or seen else 2 * x",
        ]
    )
    hand_in(root, "ash", asks)
    hand_in(root, "birch", asks.replace("!= 'ieee'", "== 'ieee'"))
    hand_in(root, "cedar", RIGHT)
    grade(root)
    assert {name: about["score"] for name, about in results(root).items()} == {"ash": 1, "birch": 0, "cedar": 1}


# --- on a machine with a GPU


@on_a_gpu
def test_a_check_accepts_what_a_gpu_computes_and_would_not_with_tf32(coarse):
    generator = torch.Generator().manual_seed(0)
    images, weight = (torch.randn(shape, generator=generator) for shape in ((8, 64, 16, 16), (64, 64, 3, 3)))
    exact = F.conv2d(images.double(), weight.double()).float()

    def convolve(images, weight):
        return F.conv2d(images.cuda(), weight.cuda())

    check.call(convolve, images, weight).equals(exact)
    with pytest.raises(check.Failed):
        check.read(convolve(images, weight), "convolved").equals(exact)


@on_a_gpu
def test_a_seed_gives_the_same_training_on_a_gpu_twice():
    device = course_utils.device()

    def train() -> torch.Tensor:
        torch.manual_seed(3)
        with device:
            layer = torch.nn.Linear(64, 10)
            optimizer = torch.optim.Adam(layer.parameters())
            for _ in range(20):
                optimizer.zero_grad()
                layer(torch.randn(32, 64)).square().mean().backward()
                optimizer.step()
        return layer.weight.detach().cpu()

    assert torch.equal(train(), train())
