"""A progress bar that writes neither to stdout nor to stderr, which graders and logs read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeVar

from IPython.display import display

Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)
WIDTH = 20


class Sized(Protocol[Item_co]):
    """What can be iterated over and has a length; a DataLoader has no `__contains__`, which `Collection` asks for."""

    def __iter__(self) -> Iterator[Item_co]: ...

    def __len__(self) -> int: ...


class Bar:
    """The state of a progress bar; Jupyter shows its text."""

    def __init__(self, label: str, total: int) -> None:
        self.label, self.total, self.done = label, total, 0

    def __repr__(self) -> str:
        filled = WIDTH * self.done // self.total if self.total else WIDTH
        return f"{self.label} {'█' * filled}{'░' * (WIDTH - filled)} {self.done}/{self.total}"


def with_bar(items: Sized[Item], label: str) -> Iterator[Item]:
    """Yield the items and show how many are done, in one output of the cell, which each step replaces.

    items: anything with a length that can be iterated over, such as a DataLoader. Outside Jupyter, where no output
    can be replaced, it prints one line at the start.
    """
    bar = Bar(label, len(items))
    handle = display(bar, display_id=True)
    for done, item in enumerate(items, start=1):
        yield item
        bar.done = done
        if handle:
            handle.update(bar)
