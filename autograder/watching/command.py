"""`autograder watch`: check what can be checked, take the lock, and watch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from autograder.engine.isolation import chosen_level
from autograder.paths import require_assignment
from autograder.watching.attempts import Attempts
from autograder.watching.lock import only_watcher
from autograder.watching.watcher import Watcher


def watch(
    root: Path,
    only: Sequence[str],
    jobs: int,
    sandbox: str | None,
    tell: Callable[[str], None],
    standby: bool = False,
    until_idle: bool = False,
) -> None:
    """Grade submissions of the course `root` as they arrive, until SIGINT or SIGTERM.

    only: assignments; empty for all. jobs: submissions at a time. sandbox: as for `autograder grade`. standby: wait
    until another watcher has ended. until_idle: end when nothing is left to do. Raises CourseError where an assignment
    is unknown, a setting cannot be read, another watcher is there, or no sandbox can be built.
    """
    for name in only:
        require_assignment(root, name)

    def timed(sentence: str) -> None:
        tell(f"{datetime.now():%H:%M:%S} {sentence}")

    attempts = Attempts(root)
    attempts.folder.mkdir(mode=0o700, exist_ok=True)
    with only_watcher(attempts.folder / "lock", standby, tell):
        Watcher(root, only, chosen_level(sandbox, tell), jobs, timed).run(until_idle)
