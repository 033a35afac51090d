"""Prepare a process of the autograder before it imports libraries. Importing this module changes nothing."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from autograder.paths import ONE_THREAD


def use_one_thread() -> None:
    """Keep numpy and torch on one thread: judges run in parallel, and a process with threads cannot fork safely.

    To be called before numpy is imported.
    """
    os.environ |= dict.fromkeys(ONE_THREAD, "1")


def skip_iri_grammars() -> None:
    """Let jsonschema, with which nbformat validates notebooks, do without the package rfc3987_syntax.

    That package builds 39 grammars while it is imported, all for the format "iri", which no notebook uses. It takes
    longer than everything else that a command imports. To be called before nbformat is imported, and only in a process
    that runs a command: whoever imports `autograder` as a library keeps the package.
    """
    hidden = "rfc3987_syntax"
    if hidden not in sys.modules:
        sys.modules[hidden] = None  # pyright: ignore[reportArgumentType] # how Python marks what cannot be imported


def find_own_programs() -> None:
    """Have programs found that are installed next to this Python: nbgrader starts `alembic` to make a gradebook."""
    programs, path = str(Path(sys.executable).parent), os.environ.get("PATH", "")
    if programs not in path.split(os.pathsep):
        os.environ["PATH"] = programs + os.pathsep + path
