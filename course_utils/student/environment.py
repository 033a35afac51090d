"""Check whether everything that the course needs is installed: one line per package, with the way to fix it.

`pyproject.toml` alone lists what the course needs; this module reads that list as it was installed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import metadata

from packaging.requirements import Requirement

PROJECT = "deep-learning-notebooks"
OLDEST_PYTHON = (3, 11)


def needed(project: str = PROJECT) -> list[str]:
    """Return the requirements of the course, such as "numpy>=2.4,<3", without those of instructors.

    Returns an empty list where the course itself is not installed.
    """
    try:
        requirements = metadata.requires(project) or []
    except metadata.PackageNotFoundError:
        return []
    return [text for text in requirements if Requirement(text).marker is None]


def installed(name: str) -> str | None:
    """Return the version of the package `name`; None where it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def package_line(requirement: str, version: str | None) -> str:
    """Say in one line whether `version` (None: not installed) meets `requirement`, and if not, what to type."""
    wanted = Requirement(requirement)
    if version is not None and wanted.specifier.contains(version, prereleases=True):
        return f"ok     {wanted.name} {_in_order(wanted)}"
    state = "is not installed" if version is None else f"is {version}"
    return f'FIX    {wanted.name} {state}; type  %pip install "{wanted}"  in a cell, then restart the kernel'


def python_line(version: tuple[int, ...]) -> str:
    """Say in one line whether this Python is new enough, and if not, where to find one that is."""
    oldest = ".".join(map(str, OLDEST_PYTHON))
    if version >= OLDEST_PYTHON:
        return f"ok     python >={oldest}"
    found = ".".join(map(str, version[:2]))
    return f"FIX    python is {found}, the course needs {oldest}; choose the kernel of the course's environment"


def course_line(requirements: Iterable[str]) -> str:
    """Say in one line whether the course itself is installed in this kernel, and if not, what to do."""
    if list(requirements):
        return "ok     the course itself"
    return "FIX    the course is not installed in this kernel; start it with  make lab  in the folder of the README"


def report() -> None:
    """Print one line for Python, one for the course, and one for each package that it needs."""
    requirements = needed()
    print(python_line(sys.version_info[:2]))
    print(course_line(requirements))
    for requirement in requirements:
        print(package_line(requirement, installed(Requirement(requirement).name)))


def _in_order(wanted: Requirement) -> str:
    """Write the allowed versions with the lower bound first; the specifier itself has no order."""
    return ",".join(sorted(map(str, wanted.specifier), key=lambda part: (part[0] == "<", part)))
