"""How the tests are shared out between workers: those of a file stay together, as they share what is slow to make.

A file's tests of different units of the course go apart. `spread` says where xdist did not keep to it, as 3.8 does
under pytest 9.2 without a word (https://github.com/pytest-dev/pytest-xdist/issues/1386): each worker then makes anew
what the tests of a file share, and the whole takes twice as long.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import pytest

UNIT = re.compile(r"(?<!\d)\d\d_[a-z_]+")

_workers: dict[str, set[str]] = {}


def group_of(nodeid: str) -> str:
    """Return the name of the group of tests that one worker runs, one after the other."""
    path, _, name = nodeid.partition("::")
    file = "/".join(PurePosixPath(path).parts[-2:])
    unit = UNIT.search(name)
    return f"{file}-{unit[0]}" if unit else file


def spread() -> list[str]:
    """Return one sentence for each group whose tests several workers have run."""
    return [
        f"the tests of {group} were shared out between {' and '.join(sorted(workers))}"
        for group, workers in sorted(_workers.items())
        if len(workers) > 1
    ]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Name the group of each test before xdist asks for it."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group_of(item.nodeid)))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note, in the process that shares tests out, which worker has run which group."""
    if (node := getattr(report, "node", None)) is not None:
        _workers.setdefault(group_of(report.nodeid), set()).add(node.gateway.id)
