"""`autograder doctor`: say what grading needs and this machine lacks, and what to ask for."""

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

from joblib import cpu_count
from packaging.requirements import Requirement
from packaging.version import Version

from autograder.engine.isolation import IsolationLevel
from autograder.engine.machine import to_ask_for
from autograder.engine.shell_limits import lower_limits
from autograder.errors import CourseError
from autograder.settings import Limits, limits, limits_shown, nbgrader_config
from course_utils.student import devices
from course_utils.student.environment import installed, needed, python_line

LOCK = Path(__file__).resolve().parents[2] / "requirements.lock"

# Packages that have a line each; the others share one.
MARKED_BY = ("torch", "nbgrader")

# How many of the packages that differ are named.
NAMED = 5

# Free space that a class needs: a result and a notebook per submission, of about a megabyte together.
ENOUGH_GB = 2.0

# What the kernel says about memory.
MEMORY = Path("/proc/meminfo")

# The user of Linux who may do nothing special.
NOBODY = 65534

# How long a program may take to answer.
TIMEOUT_SECONDS = 30.0

# In a process of its own, so that it can be another user's: it really starts a worker in the sandbox.
TRY_THE_SANDBOX = """
import sys
sys.path.insert(0, sys.argv[1])
from autograder.engine.isolation import strongest_level
from autograder.engine.sandbox import Sandbox
from autograder.errors import CourseError
try:
    level = strongest_level(lambda sentence: print(sentence, file=sys.stderr))
    sandbox = Sandbox(level)
    worker = sandbox.start_worker()
    worker.wait_until_ready()
    worker.kill()
    sandbox.close()
except CourseError as error:
    sys.exit(str(error))
print(level)
"""


@dataclass(frozen=True)
class Finding:
    """What was found about one thing. Where it is not fine, `text` says what is wrong, and what to do or to ask for."""

    about: str
    is_fine: bool
    text: str

    def __str__(self) -> str:
        return f"{'ok ' if self.is_fine else 'FIX'}  {self.about}: {self.text}"


def doctor(root: Path) -> list[Finding]:
    """Examine this machine and the course in `root`. What is only convenient, such as a GPU, is never missing."""
    found = [_sandbox(), _limits(root), _python(), _packages(), _exchange(root), _space(root), _gpu(), _slurm()]
    return [finding for findings in found for finding in findings]


def to_json(findings: Sequence[Finding]) -> str:
    """Return the findings as a list of {about, is_fine, text}."""
    return json.dumps([asdict(finding) for finding in findings], indent=1)


def _sandbox() -> Iterator[Finding]:
    """Yield which isolation level works for an ordinary user: root may do what a grader on a cluster may not."""
    try:
        done, whom = _try_the_sandbox(NOBODY if os.geteuid() == 0 else None), "an ordinary user"
    except PermissionError:
        done, whom = _try_the_sandbox(None), "root alone, as others may not read this Python"
    level, ask, strongest = done.stdout.strip(), "; ".join(to_ask_for()), next(iter(IsolationLevel))
    ask = ask or "what forbids user namespaces and mounts to ordinary users?"
    if done.returncode == 0:
        better = f". {_why(done)}; ask the administrators: {ask}" if level != strongest else ""
        yield Finding("sandbox", True, f"{level} works for {whom}{better}")
    else:
        why = _why(done).partition(". `autograder doctor`")[0]
        yield Finding("sandbox", False, f"{why}; ask the administrators: {ask}")


def _try_the_sandbox(user: int | None) -> subprocess.CompletedProcess[str]:
    """Start a worker in the strongest sandbox, as `user` or as oneself.

    Raises PermissionError where another user may not run this Python.
    """
    other = {} if user is None else {"user": user, "group": user, "extra_groups": []}
    return _run([sys.executable, "-c", TRY_THE_SANDBOX, str(LOCK.parent)], cwd="/", **other)


def _limits(root: Path) -> Iterator[Finding]:
    """Yield the limits that are in force for students' code, and whether the machine has room for them."""
    try:
        in_force = limits(root)
        yield Finding("limits", True, limits_shown(root))
    except CourseError as error:
        yield Finding("limits", False, str(error))
        return
    if lower := lower_limits(in_force):
        yield Finding("shell", False, f"{'; '.join(lower)}; ask for higher limits, or set lower ones of grading")
    yield _memory(in_force)


def _memory(in_force: Limits) -> Finding:
    """Return how many submissions have room in the memory of this machine, and how each is limited as a whole."""
    about = (line.split() for line in MEMORY.read_text().splitlines())
    available = next(int(words[1]) << 10 for words in about if words[0] == "MemAvailable:")
    each, jobs = in_force.submission_memory_bytes, cpu_count()
    room = max(1, available // each)
    text = f"{room} submissions at a time have room at their limit of {each / (1 << 30):g} GB, by what is free now"
    fewer = f"; with -j {room} instead of {jobs} none can take another's" if room < jobs else ""
    how = "each is limited as a whole by adding up its processes"
    return Finding("memory", True, f"{text}{fewer}; {how}, at most {in_force.processes} of them")


def _python() -> Iterator[Finding]:
    state, text = python_line(sys.version_info[:2]).split(maxsplit=1)
    yield Finding("Python", state == "ok", text)


def _packages() -> Iterator[Finding]:
    """Yield the versions that marks depend on most, and whether the others are those of the lock.

    Only what the course itself needs must be installed; the rest of the lock is for maintainers.
    """
    must = {*MARKED_BY, *(Requirement(text).name for text in needed())}
    pins = [Requirement(line) for line in LOCK.read_text().splitlines() if line and not line.lstrip().startswith("#")]
    other = {pin.name: pin for pin in pins if not _is_met(pin) and (pin.name in must or installed(pin.name))}
    fix = "install it: make .venv"
    for name in MARKED_BY:
        version, pin = installed(name) or "not installed", other.pop(name, None)
        text = f"{version}, as in requirements.lock" if pin is None else f"{version}, and not {pin}; {fix}"
        yield Finding(name, pin is None, text)
    if other:
        named = ", ".join([*map(str, other.values())][:NAMED]) + (", ..." if len(other) > NAMED else "")
        yield Finding("packages", False, f"{len(other)} are not those of requirements.lock ({named}); {fix}")
    else:
        yield Finding("packages", True, "as in requirements.lock")


def _is_met(pin: Requirement) -> bool:
    """Say whether what `pin` asks for is installed; a local build, such as torch's `+cpu`, counts as its version."""
    version = installed(pin.name)
    return version is not None and pin.specifier.contains(Version(version).public, prereleases=True)


def _exchange(root: Path) -> Iterator[Finding]:
    """Yield whether students can hand in: nbgrader wants its folder to be writable for everybody."""
    folder = Path(nbgrader_config(root).Exchange.root)
    fix = f"mkdir -p {folder} && chmod a+rwx {folder}"
    if not folder.is_dir():
        yield Finding("exchange", False, f"there is no {folder}; type  {fix}, or set COURSE_EXCHANGE to another folder")
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
        return  # _packages says so
    device, why = devices.choose()
    yield Finding("GPU", True, why if device.type == "cuda" else f"not needed; {why}")


def _slurm() -> Iterator[Finding]:
    """Yield whether Slurm answers here. Without it nothing is missing, as the class is graded on this machine."""
    if not shutil.which("sinfo"):
        yield Finding("Slurm", True, "none here, and not needed; --executor slurm is for a cluster")
        return
    done = _run(["sinfo", "--noheader", "--format=%R"])
    if done.returncode == 0:
        yield Finding("Slurm", True, f"answers; partitions: {', '.join(sorted(set(done.stdout.split()))) or 'none'}")
    else:
        why = f"is installed and does not answer ({_why(done)})"
        yield Finding("Slurm", True, f"{why}; not needed here, but for --executor slurm ask the administrators")


def _run(command: Sequence[str], **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a program and return what it printed; one that does not answer has failed, too."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT_SECONDS, **options)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 1, "", f"no answer in {TIMEOUT_SECONDS:g} s")


def _why(done: subprocess.CompletedProcess) -> str:
    """Return the last line that a program wrote to stderr, to stand inside a sentence."""
    return (done.stderr.strip().splitlines() or ["no reason given"])[-1].rstrip(".")
