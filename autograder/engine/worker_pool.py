"""The warm parents of a class run: a lean one, and others that have imported more.

A fork pays for all that its parent has loaded. So what only some submissions import is kept warm apart, and each
submission gets its worker from the leanest parent that has what it imports.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from autograder.engine.sandbox import Limits, Sandbox


class Parents:
    """Parents behind the same walls; the lean one is there from the beginning."""

    def __init__(self, rung: str, limits: Limits, needed: Sequence[str]) -> None:
        """Start the lean parent. needed: modules that all submissions need.

        Raises CourseError where the walls cannot be built here.
        """
        self.rung, self.limits, self._needed = rung, limits, needed
        self.lean = Sandbox(rung, needed, limits)
        self._by_modules = {frozenset[str](): self.lean}

    def warm_up(self, loaded: Sequence[str], sets: Collection[frozenset[str]]) -> None:
        """Start a parent for each of `sets`, and import `loaded` in all of them."""
        for modules in sets:
            self._by_modules[modules] = Sandbox(self.rung, [*self._needed, *modules], self.limits)
        for parent in self._by_modules.values():
            parent.warm_up(loaded)

    def of(self, wanted: frozenset[str]) -> Sandbox:
        """Return the parent to take for a submission that imports what is `wanted`."""
        modules = min(self._by_modules, key=lambda modules: (len(wanted - modules), len(modules)))
        return self._by_modules[modules]

    def is_alive(self) -> bool:
        """Say whether all parents still run."""
        return all(parent.is_alive() for parent in self._by_modules.values())

    def close(self) -> None:
        """End the parents; their workers end with them."""
        for parent in self._by_modules.values():
            parent.close()
