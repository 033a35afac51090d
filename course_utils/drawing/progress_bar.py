"""A progress bar that writes on no stream: neither on stdout nor on stderr, which graders and logs read."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TypeVar

from IPython.display import display

Item = TypeVar("Item")
WIDTH = 20


class Bar:
    """How far it is; Jupyter shows the text."""

    def __init__(self, label: str, total: int) -> None:
        self.label, self.total, self.done = label, total, 0

    def __repr__(self) -> str:
        filled = WIDTH * self.done // self.total if self.total else WIDTH
        return f"{self.label} {'█' * filled}{'░' * (WIDTH - filled)} {self.done}/{self.total}"


def with_bar(items: Collection[Item], label: str) -> Iterator[Item]:
    """Yield the items one by one and show how many are done, in one output of the cell that is replaced.

    items: anything that has a length and can be gone through, such as a DataLoader. Outside Jupyter, where no output
    can be replaced, one line is printed at the start.
    """
    bar = Bar(label, len(items))
    handle = display(bar, display_id=True)
    for done, item in enumerate(items, start=1):
        yield item
        bar.done = done
        if handle:
            handle.update(bar)
