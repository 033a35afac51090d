"""The sandboxes of a class run: one that has imported what all submissions need, and others with more.

A fork pays for all that its fork server has loaded. So modules that only some submissions import have a sandbox of
their own, and each submission gets its worker from the leanest one that has what it imports.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from autograder.engine.isolation import IsolationLevel
from autograder.engine.sandbox import Limits, Sandbox


class WorkerPool:
    """Sandboxes of one isolation level, by what they have imported beyond the `lean` one."""

    def __init__(self, level: IsolationLevel, limits: Limits, needed: Sequence[str]) -> None:
        """Start the lean sandbox. needed: modules that all submissions need.

        Raises CourseError where the sandbox cannot be built here.
        """
        self.level, self.limits, self._needed = level, limits, needed
        self.lean = Sandbox(level, needed, limits)
        self._by_modules = {frozenset[str](): self.lean}

    def preload(self, modules: Sequence[str], sets: Collection[frozenset[str]]) -> None:
        """Start a sandbox for each of `sets`, and import `modules` in all of them.

        Raises CourseError where a sandbox cannot be built any more.
        """
        for extra in sets:
            self._by_modules[extra] = Sandbox(self.level, [*self._needed, *extra], self.limits)
        for sandbox in self._by_modules.values():
            sandbox.preload(modules)

    def sandbox_for(self, imports: frozenset[str]) -> Sandbox:
        """Return the leanest sandbox for a submission that imports `imports`."""
        best = min(self._by_modules, key=lambda modules: (len(imports - modules), len(modules)))
        return self._by_modules[best]

    def is_alive(self) -> bool:
        """Say whether all fork servers still run."""
        return all(sandbox.is_alive() for sandbox in self._by_modules.values())

    def close(self) -> None:
        """End the fork servers and, with them, their workers."""
        for sandbox in self._by_modules.values():
            sandbox.close()
