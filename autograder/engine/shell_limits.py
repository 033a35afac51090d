"""Limits that the shell has set (`ulimit`) below those of grading. They are obeyed, and told."""

from __future__ import annotations

import resource

from autograder.engine.worker.confinement import MAX_OPEN_FILES
from autograder.settings import Limits

# Bytes that Python and torch reserve before a worker runs any code.
IMPORTS = 3 << 30


def lower_limits(limits: Limits) -> list[str]:
    """Return the limits of this shell that are below those of grading, each as a clause for a sentence."""
    wanted = (
        ("ulimit -v", resource.RLIMIT_AS, IMPORTS + limits.memory_bytes, 1024, "kB of memory per process"),
        ("ulimit -u", resource.RLIMIT_NPROC, limits.processes, 1, "processes"),
        ("ulimit -n", resource.RLIMIT_NOFILE, MAX_OPEN_FILES, 1, "open files"),
        ("ulimit -f", resource.RLIMIT_FSIZE, limits.scratch_bytes, 1024, "kB per file"),
    )
    found: list[str] = []
    for name, kind, value, unit, of_what in wanted:
        _, hard = resource.getrlimit(kind)
        if hard != resource.RLIM_INFINITY and hard < value:
            found.append(f"{name} allows {hard // unit} {of_what}, and grading takes up to {value // unit}")
    return found
