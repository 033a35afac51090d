"""Attempts on the disk: a folder each, whose `attempt.json` says how far the watcher has come with it.

    .attempts/ASSIGNMENT/STUDENT/KEY/attempt.json    the state; each step writes it when it is done
                                     submitted/      what was handed in, as collected
                                     result.json     the engine's result
                                     autograded/     the graded notebook
                                     page.html       the page that the student gets

Whatever ends the watcher, the next one reads these folders and goes on with the step that was not done. All steps may
be repeated: the same submission has the same seed and the same score.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from autograder.engine.results import Result, from_dict, to_json
from autograder.files import replace_text

FOLDER = ".attempts"

# In FOLDER: what the watcher says of itself, and room for drafts, which the next watcher empties.
WATCHER, SCRATCH = "watcher.json", ".scratch"


class State(StrEnum):
    """How far an attempt has come."""

    RECEIVED = "received"  # it is graded as soon as there is a place
    WAITING = "waiting"  # its student has had as many attempts as the policy allows; `slot` says until when
    GRADED = "graded"  # there is a result, if only that the notebook cannot be read
    PASSED_OVER = "passed over"  # it waited, and a newer attempt of the student took its place
    CLOSED = "closed"  # it came after the assignment had closed
    REFUSED = "refused"  # it was not collected: it holds links, or too much
    FAILED = "failed"  # the machine failed to grade it, several times


OPEN = (State.RECEIVED, State.WAITING)


@dataclass
class Attempt:
    """One submission of a student. Times are in seconds since 1970.

    name: of its folder in the exchange. number: its place in the order of arrival. submitted: the time that it claims.
    seen, absent_at: as of an `Arrival`. graded_at: when the result was there. value: its points after the late penalty,
    by which the best attempt is chosen; None without a result. counts: whether it is the one that counts. is_published:
    whether its page and receipt are in the exchange. is_recorded: whether the gradebook knows it, if it counts. why: a
    sentence on what was wrong.
    """

    name: str
    assignment: str
    student: str
    number: int
    submitted: str
    seen: float
    absent_at: float = 0.0
    state: State = State.RECEIVED
    slot: float = 0.0
    graded_at: float = 0.0
    value: float | None = None
    counts: bool = False
    is_published: bool = False
    is_recorded: bool = False
    why: str = ""
    folder: Path = field(default=Path(), compare=False)

    @property
    def is_open(self) -> bool:
        """Whether it is still to be graded."""
        return self.state in OPEN

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do: all that is known of it is where it belongs."""
        return not self.is_open and self.is_published and (self.is_recorded or not self.counts)

    @property
    def submission(self) -> Path:
        """The folder with what was handed in."""
        return self.folder / "submitted"

    def save(self) -> None:
        """Write the state so that a reader finds the old or the new one."""
        replace_text(self.folder / "attempt.json", self._text(), private=True)

    def _text(self) -> str:
        return json.dumps({key: value for key, value in asdict(self).items() if key != "folder"}, indent=1) + "\n"

    def keep(self, result: Result, graded: Path) -> None:
        """Keep the result of this attempt, and its graded notebook, which is in the folder `graded` if there is one."""
        target = self.folder / "autograded"
        shutil.rmtree(target, ignore_errors=True)
        if graded.is_dir():
            graded.rename(target)
        replace_text(self.folder / "result.json", to_json(result), private=True)

    def result(self) -> Result:
        """Return the kept result. Raises OSError or ValueError where it cannot be read."""
        return from_dict(json.loads((self.folder / "result.json").read_text(encoding="utf-8")))


def key_of(name: str, submitted: datetime) -> str:
    """Return the name of an attempt's folder: its time, and a digest of `name`, its folder in the exchange."""
    return f"{submitted:%Y%m%dT%H%M%S}-{hashlib.sha256(name.encode(errors='replace')).hexdigest()[:16]}"


class Attempts:
    """All attempts of a course, in memory and on the disk. Only the one watcher of the course writes them."""

    def __init__(self, root: Path) -> None:
        self.folder = root / FOLDER
        self.by_name: dict[str, Attempt] = {}
        self._by_student: dict[tuple[str, str], list[Attempt]] = {}
        self._last_number = 0

    def prepare(self) -> None:
        """Make the folder, which only its owner can read, and remove the drafts of an earlier watcher."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        shutil.rmtree(self.folder / SCRATCH, ignore_errors=True)
        self.scratch()

    def scratch(self) -> Path:
        """Return a new folder for drafts."""
        (self.folder / SCRATCH).mkdir(mode=0o700, exist_ok=True)
        return Path(tempfile.mkdtemp(dir=self.folder / SCRATCH))

    def load(self) -> Iterator[str]:
        """Read what is on the disk; yield a sentence per attempt whose state cannot be read, which is taken again."""
        for path in sorted(self.folder.glob("*/*/*/attempt.json")):
            try:
                values = json.loads(path.read_text(encoding="utf-8"))
                attempt = Attempt(**values | {"state": State(values["state"]), "folder": path.parent})
            except (OSError, ValueError, TypeError, KeyError) as error:
                yield f"{path} cannot be read ({error}); this attempt is collected and graded again."
            else:
                self._add(attempt)

    def take(self, attempt: Attempt, key: str, copy: Callable[[Path], None]) -> Attempt:
        """Add an attempt: its folder appears with all that `copy` has put into the folder it is given."""
        draft = self.scratch()
        try:
            copy(draft / "submitted")
            attempt.folder = draft
            attempt.save()
            target = self.folder / attempt.assignment / attempt.student / key
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(target, ignore_errors=True)  # one whose state could not be read
            draft.rename(target)
            attempt.folder = target
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        self._add(attempt)
        return attempt

    def of(self, assignment: str, student: str) -> list[Attempt]:
        """Return the attempts of a student at an assignment, in the order of arrival."""
        return self._by_student.get((assignment, student), [])

    def groups(self) -> list[list[Attempt]]:
        """Return the attempts by student and assignment, each in the order of arrival."""
        return list(self._by_student.values())

    @property
    def next_number(self) -> int:
        """The number of the next attempt."""
        return self._last_number + 1

    def _add(self, attempt: Attempt) -> None:
        self.by_name[attempt.name] = attempt
        self._last_number = max(self._last_number, attempt.number)
        group = self._by_student.setdefault((attempt.assignment, attempt.student), [])
        group.append(attempt)
        group.sort(key=lambda one: one.number)
