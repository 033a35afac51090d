"""Slurm's own programs, as a run asks them: without what the shell says about things that the run decides."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from autograder.errors import CourseError

# How long `squeue` or `scancel` may take to answer.
PATIENCE_SECONDS = 60.0

# Variables of sbatch that win over what a script says, for what a run always decides, and for what an option decides.
ALWAYS = ("ARRAY_INX", "COMMENT", "JOB_NAME", "MEM_PER_CPU", "MEM_PER_GPU", "MEM_PER_NODE", "NO_REQUEUE", "OUTPUT")
OF_OPTION = {
    "partition": "PARTITION",
    "account": "ACCOUNT",
    "time": "TIMELIMIT",
    "qos": "QOS",
    "constraint": "CONSTRAINT",
    "reservation": "RESERVATION",
    "nodelist": "NODELIST",
    "wckey": "WCKEY",
}

# What --sbatch does not take.
OF_THE_RUN = {"array", "comment", "cpus-per-task", "error", "exclude", "job-name", "mem", "output", "wrap"}

# What a job hands on to the jobs that it submits, and what makes them look for its files.
OF_A_JOB = ("SLURM_ARRAY_", "SLURM_JOB", "SLURM_TASK", "SLURM_STEP", "SLURM_PROCID", "SLURM_LOCALID", "SLURM_NODEID")


class QueuedTask(NamedTuple):
    """A task of this user's that waits or runs. `comment`: the mark of the run that submitted it."""

    state: str
    reason: str
    comment: str


def options_of_sbatch(typed: Sequence[str]) -> dict[str, str]:
    """Return options that were typed as NAME=VALUE. Raises CourseError where one is not, or the run decides it."""
    options: dict[str, str] = {}
    for text in typed:
        name, equals, value = text.strip().lstrip("-").partition("=")
        if not (name and equals and value):
            raise CourseError(f"--sbatch takes NAME=VALUE, as in --sbatch reservation=course; {text} is not that.")
        if name in OF_THE_RUN:
            raise CourseError(f"--sbatch {name}: the run decides that itself, or has an option of its own for it.")
        options[name] = value
    return options


@contextlib.contextmanager
def environment_of_sbatch(decided: Collection[str]) -> Iterator[None]:
    """Take out of the environment, for a block, what would win over the run. `decided`: options that were typed."""
    out = {f"SBATCH_{name}" for name in (*ALWAYS, *(OF_OPTION[name] for name in decided if name in OF_OPTION))}
    kept = dict(os.environ)
    for name in kept:
        if name in out or name.startswith(OF_A_JOB):
            del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(kept)


def queue() -> dict[str, QueuedTask] | None:
    """Return this user's tasks that wait or run, by id; None where Slurm does not answer.

    Not `sacct`, which submitit asks: it needs a database that not every cluster has.
    """
    command = ["squeue", "--me", "--noheader", "--array", "--format=%i|%T|%k|%r"]
    try:
        done = subprocess.run(
            command, env=_without("SQUEUE_"), capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        return None
    lines = (line.strip().split("|", 3) for line in done.stdout.splitlines())
    return {job: QueuedTask(state, reason, mark) for job, state, mark, reason in lines if state != "COMPLETING"}


def cancel(jobs: Collection[str]) -> None:
    """Cancel `jobs`; where Slurm does not answer, they go on."""
    if jobs:
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(
                ["scancel", *sorted(jobs)],
                env=_without("SCANCEL_"),
                capture_output=True,
                timeout=PATIENCE_SECONDS,
                check=False,
            )


def _without(prefix: str) -> Mapping[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(prefix)}
