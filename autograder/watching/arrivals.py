"""What is in the exchange's inbound folder, found by listing it, and which of it is whole.

nbgrader's `submit` makes a folder STUDENT+ASSIGNMENT+TIME+RANDOM, copies the files, writes timestamp.txt and then
submission_secret.txt, sets the modes of the files, and at the very end gives the folder the mode 777. So a folder with
a secret of full length and that mode is whole. On a file system that does not keep modes, or where another program has
copied the folder, one with a timestamp and a secret is whole once its listing has not changed for SETTLE_SECONDS.
"""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from autograder.engine.errors import Refused
from autograder.engine.opening import entries_in, open_regular
from autograder.engine.submission import TIMESTAMP
from autograder.feedback.release import SECRET
from autograder.gradebook.lateness import time_of

# Characters of nbgrader's secret, in hexadecimal digits, and of anything that could be one.
SECRET_LENGTH, MOST_SECRET = 128, 1000

# How long the listing of a folder must stay the same where its mode does not tell that it is whole.
SETTLE_SECONDS = 10.0

# The mode that nbgrader gives to a folder when all is in it.
WHOLE_MODE = 0o777

# A listing may miss what came within the resolution of the folder's own time, so this long after a change, and this
# often in any case, the folder is listed even if its time is the same.
RESOLUTION_SECONDS, AT_LEAST_EVERY_SECONDS = 3.0, 15.0


@dataclass(frozen=True)
class Arrival:
    """A folder in the inbound folder, by the parts of its name. submitted: the time that the name claims, in UTC.

    seen: when a listing first had it. absent_at: when a listing last did not have it; 0 if none was made before.
    """

    folder: Path
    student: str
    assignment: str
    submitted: datetime
    seen: float
    absent_at: float


@dataclass
class Inbound:
    """The inbound folder of a course. `names`: the folders that have been seen."""

    path: Path
    names: set[str] = field(default_factory=set)
    _changed: int = 0
    _listed_at: float = 0.0

    def new_names(self, now: float) -> list[str]:
        """List the folder, if it may have changed, and return the names that were not there before, in order of time.

        Raises OSError where the folder cannot be listed.
        """
        descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)  # asks a network's server anew
        try:
            changed = os.fstat(descriptor).st_mtime_ns
            since = now - self._listed_at
            is_old = changed == self._changed and 0 <= since < AT_LEAST_EVERY_SECONDS
            if is_old and not 0 <= now - changed / 1e9 < RESOLUTION_SECONDS:
                return []
            found = set(os.listdir(descriptor))  # noqa: PTH208 - of the folder that was just opened
        finally:
            os.close(descriptor)
        new = sorted(found - self.names, key=lambda name: (name.split("+")[2:3], name))
        self.names = found
        self._changed, self._listed_at = changed, now
        return new

    @property
    def listed_at(self) -> float:
        """When the folder was last listed, in seconds since 1970; 0 if never."""
        return self._listed_at


def read_name(folder: Path, seen: float, absent_at: float) -> Arrival | str:
    """Return what the name of an inbound folder says, or a clause on what is wrong with it."""
    parts = folder.name.rsplit("+", 3)
    if len(parts) < 3:
        return "its name is not STUDENT+ASSIGNMENT+TIME, as `nbgrader submit` makes it"
    student, assignment, when = parts[:3]
    submitted = time_of(when)
    if submitted is None:
        return f"{when!a} in its name is not a time"
    if not student or student.startswith(".") or not student.isprintable():
        return f"{student!a} in its name cannot be a student"
    return Arrival(folder, student, assignment, submitted.replace(tzinfo=UTC), seen, absent_at)


def owner_problem(arrival: Arrival, may_be: Collection[int]) -> str:
    """Return a clause if the folder belongs neither to its student nor to one of the users `may_be`; else "".

    Anybody can make a folder with another student's name in it. Raises OSError where the folder is gone.
    """
    about = arrival.folder.lstat()
    if not stat.S_ISDIR(about.st_mode):
        return "it is not a folder"
    if about.st_uid in may_be:
        return ""
    try:
        owner = pwd.getpwuid(about.st_uid).pw_name
    except KeyError:
        owner = f"the user {about.st_uid}"
    return "" if owner == arrival.student else f"it belongs to {owner} and not to {arrival.student}"


class Completeness:
    """Says of folders in the exchange whether they are whole; remembers the listings of those that are not yet."""

    def __init__(self) -> None:
        self._listings: dict[Path, tuple[object, float]] = {}

    def is_whole(self, folder: Path, now: float) -> bool:
        """Return whether all of a submission is there. now: of a clock that is never set back.

        Raises OSError where the folder cannot be read, and Refused where it holds too much.
        """
        if not read_file(folder, TIMESTAMP, 100) or not (secret := read_file(folder, SECRET, MOST_SECRET)):
            return False
        mode = stat.S_IMODE(folder.lstat().st_mode)
        if mode & WHOLE_MODE == WHOLE_MODE and len(secret) >= SECRET_LENGTH:
            self._listings.pop(folder, None)
            return True
        listing = _listing(folder)
        before, since = self._listings.setdefault(folder, (listing, now))
        if listing != before:
            self._listings[folder] = (listing, now)
            return False
        if now - since < SETTLE_SECONDS:
            return False
        del self._listings[folder]
        return True


def read_file(folder: Path, name: str, most: int) -> str:
    """Return the text of a small file of a submission; empty where it is not there, is a link, or cannot be read."""
    try:
        with open_regular(folder / name, folder.parent) as file:
            return file.read(most).decode().strip()
    except (OSError, ValueError, Refused):
        return ""


def _listing(folder: Path) -> list[tuple[str, int, int]]:
    found = []
    for entry in entries_in(folder, folder.parent):
        about = (folder / entry.path).lstat()
        found.append((str(entry.path), about.st_size, about.st_mtime_ns))
    return found
