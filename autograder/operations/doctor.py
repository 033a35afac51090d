"""`autograder doctor`: what this machine has of what grading needs, and what to ask for where something is missing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.version import Version

from autograder.engine.worker import landlock
from autograder.settings import nbgrader_config
from course_utils.student import devices
from course_utils.student.environment import installed, needed, python_line

LOCK = Path(__file__).resolve().parents[2] / "requirements.lock"
MARKED_BY = ("torch", "nbgrader")
"""Packages that a line each is for; the others share one."""
NAMED = 5
"""Of the packages that differ, so many are named."""
ENOUGH_GB = 2.0
"""Free space that a class wants: a result and a notebook for each submission, of a megabyte or so together."""
NOBODY = 65534
PATIENCE_SECONDS = 30.0
"""How long a program may take to answer."""
CLOSED = {
    "user.max_user_namespaces": "0",
    "kernel.unprivileged_userns_clone": "0",
    "kernel.apparmor_restrict_unprivileged_userns": "1",
}
"""Settings of Linux, and the value of each that forbids ordinary users what the walls are made of."""

# In a process of its own, so that it can be another user's: a worker is really started behind the walls.
TRY_THE_WALLS = """
import sys
sys.path.insert(0, sys.argv[1])
from autograder.engine.sandbox import Sandbox, best_rung
from autograder.errors import CourseError
try:
    rung = best_rung()
    sandbox = Sandbox(rung)
    worker = sandbox.worker()
    worker.wait_until_ready()
    worker.kill()
    sandbox.close()
except CourseError as error:
    sys.exit(str(error))
print(rung)
"""


@dataclass(frozen=True)
class Finding:
    """What was found of one thing. is_fine False: `text` says what is wrong, and what to do or to ask for."""

    about: str
    is_fine: bool
    text: str

    def __str__(self) -> str:
        return f"{'ok    ' if self.is_fine else 'MEND  '} {self.about}: {self.text}"


def doctor(root: Path) -> list[Finding]:
    """Look at this machine and at the course in `root`. What is only convenient, such as a GPU, is never amiss."""
    looks = (_sandbox, _python, _packages, lambda: _exchange(root), lambda: _space(root), _gpu, _slurm)
    return [finding for look in looks for finding in look()]


def to_json(findings: Sequence[Finding]) -> str:
    """Return the findings as a list of {about, is_fine, text}."""
    return json.dumps([asdict(finding) for finding in findings], indent=1)


def _sandbox() -> Iterator[Finding]:
    """Yield which rung holds for an ordinary user: what root may, a grader on a cluster may not."""
    try:
        done, whom = _try_the_walls(NOBODY if os.geteuid() == 0 else None), "an ordinary user"
    except PermissionError:
        done, whom = _try_the_walls(None), "root alone, as others may not read this Python"
    rung, ask = done.stdout.strip(), "; ".join(_to_ask_for())
    if done.returncode == 0:
        better = f"; for bubblewrap, ask the administrators: {ask}" if ask and rung != "bubblewrap" else ""
        yield Finding("sandbox", True, f"{rung} holds for {whom}{better}")
    else:
        ask = ask or "what forbids user name spaces?"
        yield Finding("sandbox", False, f"{_why(done)}; ask the administrators: {ask}")


def _try_the_walls(user: int | None) -> subprocess.CompletedProcess:
    """Start a worker behind the best walls, as `user` or as oneself. Raises PermissionError where Python is closed."""
    other = {} if user is None else {"user": user, "group": user, "extra_groups": []}
    return _run([sys.executable, "-c", TRY_THE_WALLS, str(LOCK.parent)], cwd="/", **other)


def _to_ask_for() -> Iterator[str]:
    """Yield what the administrators can do for the walls."""
    if not shutil.which("bwrap"):
        yield "install the package bubblewrap"
    for name, closed in CLOSED.items():
        path = Path("/proc/sys") / name.replace(".", "/")
        if path.exists() and path.read_text().strip() == closed:
            yield f"allow user name spaces (sysctl {name} is {closed})"
    if not landlock.version():
        yield "a kernel with Landlock (Linux 5.13 or newer, named in /sys/kernel/security/lsm)"


def _python() -> Iterator[Finding]:
    state, text = python_line(sys.version_info[:2]).split(maxsplit=1)
    yield Finding("Python", state == "ok", text)


def _packages() -> Iterator[Finding]:
    """Yield the versions that marks depend on most, and whether the others are those of the lock, too.

    Of the lock, only what the course itself needs must be there: the rest is for maintainers.
    """
    must = {*MARKED_BY, *(Requirement(text).name for text in needed())}
    pins = [Requirement(line) for line in LOCK.read_text().splitlines() if line and not line.lstrip().startswith("#")]
    other = {pin.name: pin for pin in pins if not _is_met(pin) and (pin.name in must or installed(pin.name))}
    mend = "install it: make .venv"
    for name in MARKED_BY:
        version, pin = installed(name) or "not installed", other.pop(name, None)
        text = f"{version}, as in requirements.lock" if pin is None else f"{version}, and not {pin}; {mend}"
        yield Finding(name, pin is None, text)
    if other:
        named = ", ".join([*map(str, other.values())][:NAMED]) + (", ..." if len(other) > NAMED else "")
        yield Finding("packages", False, f"{len(other)} are not those of requirements.lock ({named}); {mend}")
    else:
        yield Finding("packages", True, "as in requirements.lock")


def _is_met(pin: Requirement) -> bool:
    """Say whether what `pin` asks for is here; a local build, such as torch's `+cpu`, counts as its version."""
    version = installed(pin.name)
    return version is not None and pin.specifier.contains(Version(version).public, prereleases=True)


def _exchange(root: Path) -> Iterator[Finding]:
    """Yield whether students can hand in: nbgrader wants its folder to be writable for everybody."""
    folder = Path(nbgrader_config(root).Exchange.root)
    mend = f"mkdir -p {folder} && chmod a+rwx {folder}"
    if not folder.is_dir():
        yield Finding(
            "exchange", False, f"there is no {folder}; type  {mend}, or set COURSE_EXCHANGE to another folder"
        )
    elif not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding("exchange", False, f"you may not write to {folder}; ask its owner to type  chmod a+rwx {folder}")
    elif folder.stat().st_mode & 0o007 != 0o007:
        yield Finding("exchange", False, f"students may not write to {folder}; its owner types  chmod a+rwx {folder}")
    else:
        yield Finding("exchange", True, f"{folder} is writable for everybody")


def _space(root: Path) -> Iterator[Finding]:
    for folder in (root, Path(tempfile.gettempdir())):
        free = shutil.disk_usage(folder).free / 1e9
        more = "" if free >= ENOUGH_GB else f"; make room, for a class takes up to {ENOUGH_GB:g} GB"
        yield Finding("space", not more, f"{free:.0f} GB free in {folder}{more}")


def _gpu() -> Iterator[Finding]:
    if installed("torch") is None:
        return  # which a line of its own says
    device, why = devices.choose()
    yield Finding("GPU", True, why if device.type == "cuda" else f"none is needed; {why}")


def _slurm() -> Iterator[Finding]:
    """Yield whether a Slurm answers here. Without one nothing is missing, as the class is graded on this machine."""
    if not shutil.which("sinfo"):
        yield Finding("Slurm", True, "none here, and none is needed; --executor slurm is for a cluster")
        return
    done = _run(["sinfo", "--noheader", "--format=%R"])
    if done.returncode == 0:
        yield Finding("Slurm", True, f"answers; partitions: {', '.join(sorted(set(done.stdout.split()))) or 'none'}")
    else:
        yield Finding("Slurm", False, f"is installed and does not answer ({_why(done)}); ask the administrators")


def _run(command: Sequence[str], **options: Any) -> subprocess.CompletedProcess:
    """Run a program and return what it said; silence is an error, too."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS, **options)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 1, "", f"no answer in {PATIENCE_SECONDS:g} s")


def _why(done: subprocess.CompletedProcess) -> str:
    """Return the last line that a program wrote to stderr, to stand inside a sentence."""
    return (done.stderr.strip().splitlines() or ["no reason given"])[-1].rstrip(".")
