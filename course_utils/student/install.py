"""Install the course into the environment of this Python, with the build of torch that suits the machine.

    .venv/bin/python course_utils/student/install.py --requirement requirements.lock

The arguments are pip's. On Linux, pip finds a torch with CUDA, several GB of it, which a machine without an NVIDIA GPU
cannot use. There the CPU build is taken from PyTorch's own index, where that index answers; TORCH=cpu or TORCH=cuda in
the environment chooses, and TORCH_INDEX names another index with CPU builds. The index is one more to those that pip
is told of. This is a script of the standard library alone: it runs before anything is installed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from typing import NamedTuple

INDEX = "https://download.pytorch.org/whl/cpu"
SECONDS = 3.0  # a machine that can reach the index has its answer sooner
# What a newcomer need not read: a folder of packages that somebody's settings name and this machine lacks.
NOISE = re.compile(r"WARNING: Location .* is ignored")


class Choice(NamedTuple):
    """Which torch is installed. options: for pip; why: half a sentence for the reader."""

    options: tuple[str, ...]
    why: str


def choose(asked: str, index: str) -> Choice:
    """Return which torch to install.

    asked: "cpu", "cuda", or "" for what suits the machine. index: the address of an index with CPU builds.
    Raises ValueError, with a sentence for the reader, where `asked` is none of these or cannot be had.
    """
    from_index = Choice(("--extra-index-url", index), f"torch for the CPU, from {index}")
    if asked == "cpu":
        if not answers(index):
            raise ValueError(f"{index} does not answer; leave out TORCH=cpu to take the torch that pip finds.")
        return from_index
    if asked == "cuda":
        return Choice((), "torch as pip finds it")
    if asked:
        raise ValueError(f"TORCH={asked} is unknown; it may be cpu or cuda.")
    if sys.platform != "linux":
        return Choice((), "torch as pip finds it")
    if has_gpu():
        return Choice((), "torch as pip finds it, for the NVIDIA GPU of this machine")
    if not answers(index):
        return Choice((), f"torch as pip finds it, as {index} does not answer")
    return Choice(from_index.options, f"{from_index.why}, as there is no NVIDIA GPU here")


def has_gpu() -> bool:
    """Say whether this machine has an NVIDIA GPU with a driver."""
    if Path("/proc/driver/nvidia/version").exists():
        return True
    program = shutil.which("nvidia-smi")
    if program is None:
        return False
    try:
        found = subprocess.run([program, "-L"], capture_output=True, text=True, check=False, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return found.returncode == 0 and "GPU" in found.stdout


def answers(index: str, seconds: float = SECONDS) -> bool:
    """Say whether an index of packages has torch and says so within `seconds`."""
    found: list[int] = []

    def ask() -> None:
        try:
            with urllib.request.urlopen(f"{index.rstrip('/')}/torch/", timeout=seconds) as reply:
                found.append(reply.status)
        except (OSError, ValueError):
            pass

    asking = threading.Thread(target=ask, daemon=True)  # a name server that is silent keeps no timeout of ours
    asking.start()
    asking.join(seconds)
    return found == [200]


def pip_install(options: list[str]) -> int:
    """Run `pip install`, show what it says except NOISE, and return its exit status."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as pip:
        assert pip.stderr is not None
        for line in pip.stderr:
            if not NOISE.match(line):
                print(line, end="", file=sys.stderr)
    return pip.returncode


def main() -> int:
    """Install what the arguments say, and say in one line which torch comes along."""
    try:
        choice = choose(os.environ.get("TORCH", ""), os.environ.get("TORCH_INDEX") or INDEX)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"Installing the course into .venv, {choice.why}; this takes a few minutes.", flush=True)
    return pip_install([*choice.options, *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
