"""The device on which torch computes, a GPU if it can use one, otherwise the CPU; and the precision of float32.

HPML-L3, "PyTorch Tensors" (`.to(device)`).
"""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

# The environment variable that chooses the device instead of this module: "cpu", "cuda", "cuda:1".
VARIABLE = "COURSE_DEVICE"


def device() -> torch.device:
    """Return the device to compute on, and print one line that says which it is and why.

        model = model.to(course_utils.device())

    The environment variable COURSE_DEVICE ("cpu", "cuda", "cuda:1") chooses another one.
    """
    chosen, why = choose()
    print(f"Computing on {'the CPU' if chosen.type == 'cpu' else chosen}: {why}.")
    return chosen


def choose() -> tuple[torch.device, str]:
    """Return the device to compute on, and why it is this one: that of COURSE_DEVICE, else a GPU, else the CPU.

    It chooses a device only after it has computed something there: an old GPU, or one whose memory others have filled,
    raises an error then.
    """
    import torch  # only here: units that need no torch load without it

    wanted = os.environ.get(VARIABLE)
    if not wanted:
        return _best()
    if refusal := _refusal(wanted):
        best, why = _best()
        return best, f"{VARIABLE}={wanted} is not available ({refusal}), and {why}"
    return torch.device(wanted), f"{VARIABLE}={wanted}"


@contextlib.contextmanager
def full_float32() -> Iterator[None]:
    """Let products and convolutions of float32 keep all 24 bits inside the block, and restore the settings after it.

    GPUs from Ampere on convolve float32 with 11 bits (TF32) by default, which is coarser than the tolerance
    of a check. It does nothing where torch is not loaded.

    One thing torch has no way to restore: until it is set, the precision of cuDNN's convolutions follows
    `torch.backends.fp32_precision`; afterwards it is a setting of its own, of the same value.
    """
    torch = sys.modules.get("torch")
    if torch is None:
        yield
        return
    places, cudnn = _precisions(torch.backends), torch.backends.cudnn
    before = [place.fp32_precision for place in places]
    flags = _tf32_flags(torch)
    try:
        for place in places:
            place.fp32_precision = "ieee"
        if flags is not None:
            torch.set_float32_matmul_precision("highest")
            cudnn.allow_tf32 = False
        yield
    finally:
        if flags is not None:
            torch.set_float32_matmul_precision(flags[0])
            cudnn.allow_tf32 = flags[1]
        for place, precision in zip(places, before, strict=True):
            place.fp32_precision = precision


def _tf32_flags(torch: Any) -> tuple[str, bool] | None:
    """Return torch's older flags for matrix products and for cuDNN; None where they disagree with the newer ones.

    torch 2.13 raises RuntimeError when an older flag is read after only the newer ones were set, also inside
    `torch.backends.cudnn.flags(...)`, which has nothing to do with precision. So whoever can read them must still be
    able to inside the block.
    """
    try:
        return torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
    except RuntimeError:
        return None


def _best() -> tuple[torch.device, str]:
    import torch

    cpu = torch.device("cpu")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        is_there = torch.cuda.is_available()
    if not is_there:
        return cpu, _why_there_is_none([str(warning.message) for warning in caught])
    if refusal := _refusal("cuda"):
        return cpu, f"torch finds a GPU, but cannot compute on it ({refusal})"
    return torch.device("cuda"), f"torch can use the GPU {torch.cuda.get_device_name()}"


def _refusal(name: str) -> str:
    """Return why torch cannot compute on the device `name`; empty where it can."""
    import torch

    try:
        place = torch.device(name)
    except RuntimeError:
        return "torch knows no such device"
    try:
        torch.ones(1, device=place).add(1).item()
    except (RuntimeError, AssertionError) as error:  # AssertionError: a build of torch without this kind of device
        return _first_sentence(str(error))
    return ""


def _why_there_is_none(warned: list[str]) -> str:
    import torch

    if torch.version.cuda is None and torch.version.hip is None:
        return "this build of torch is for CPUs only"
    return f"torch finds no GPU ({_first_sentence(warned[0])})" if warned else "torch finds no GPU"


def _first_sentence(text: str) -> str:
    return text.strip().splitlines()[0].split(". ")[0].rstrip(".")


def _precisions(backends: Any) -> list[Any]:
    """Return every object that holds the precision of float32: for cuBLAS, cuDNN and, on CPUs, oneDNN."""
    cudnn, onednn = backends.cudnn, backends.mkldnn
    return [backends.cuda.matmul, cudnn.conv, cudnn.rnn, onednn.matmul, onednn.conv, onednn.rnn]
