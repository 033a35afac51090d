"""What keeps sandboxes from working on this machine, and what to ask administrators for."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterator
from pathlib import Path

from autograder.engine.worker import landlock

# Settings of Linux that forbid user namespaces to ordinary users: the value that does, and what to ask for.
FORBIDDING = {
    "user.max_user_namespaces": ("0", "set it above 0"),
    "kernel.unprivileged_userns_clone": ("0", "set it to 1"),
    "kernel.apparmor_restrict_unprivileged_userns": (
        "1",
        "Ubuntu has an AppArmor profile that allows them to bwrap (package apparmor-profiles: bwrap-userns-restrict); "
        "or set it to 0",
    ),
}

# How a process is filtered by seccomp, in /proc/self/status.
FILTERED = "2"


def to_ask_for() -> list[str]:
    """Return what administrators can do so that the sandbox works here; nothing where nothing is known."""
    return [*_programs(), *_sysctls(), *_container()]


def _programs() -> Iterator[str]:
    if not shutil.which("bwrap"):
        yield "install the package bubblewrap"
    if not landlock.version():
        here = f"named in /sys/kernel/security/lsm; here: {platform.release()}"
        yield f"a kernel with Landlock (Linux 5.13 or newer, {here})"


def _sysctls() -> Iterator[str]:
    for name, (forbids, cure) in FORBIDDING.items():
        path = Path("/proc/sys") / name.replace(".", "/")
        if path.exists() and path.read_text().strip() == forbids:
            yield f"allow user namespaces (sysctl {name} is {forbids}; {cure})"


def _container() -> Iterator[str]:
    """Yield what the settings of a container around this process forbid."""
    if _status("Seccomp") == FILTERED:
        yield (
            "a seccomp filter without unshare, clone, mount and pivot_root among what it refuses (Docker's default "
            "refuses them: --security-opt seccomp=FILE; Kubernetes: seccompProfile)"
        )
    covered = [place for place in _mounts() if place.startswith("/proc/") and place != "/proc/sys/fs/binfmt_misc"]
    if covered:
        yield (
            f"a /proc over which nothing is mounted (here: {', '.join(covered[:3])}; Docker: --security-opt "
            "systempaths=unconfined; Kubernetes: procMount: Unmasked)"
        )


def _status(field: str) -> str:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next((line.split()[1] for line in lines if line.startswith(f"{field}:")), "")


def _mounts() -> list[str]:
    return [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
