"""What the watcher reads of the course, and whether it has changed: policy, deadlines, masters, nbgrader's settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.deadlines.course_file import FILE as DEADLINES
from autograder.deadlines.course_file import Deadlines, read_deadlines
from autograder.errors import CourseError
from autograder.gradebook.collect import Collect
from autograder.paths import CONFIG, catalogue_path, master_path
from autograder.settings import nbgrader_config
from autograder.watching.policy import Policy, read_policy

Version = tuple[object, ...]


@dataclass(frozen=True)
class Settings:
    """The settings of a course at one moment. exchange: its root. course: the name of the course in it."""

    config: Config
    policy: Policy
    deadlines: Deadlines
    exchange: Path
    course: str

    @property
    def inbound(self) -> Path:
        """Where students hand in."""
        return self.exchange / self.course / "inbound"

    def is_released(self, assignment: str) -> bool:
        """Return whether an assignment is in the exchange."""
        return (self.exchange / self.course / "outbound" / assignment).is_dir()

    def collector(self) -> Collect:
        """Return what copies submissions, with the course's limits."""
        course = CourseDirectory(config=self.config)
        return Collect(coursedir=course, authenticator=Authenticator(config=self.config), config=self.config)


def read_settings(root: Path) -> Settings:
    """Return the settings of the course `root`. Raises CourseError where one cannot be read, or contradicts another."""
    config = nbgrader_config(root)
    if "root" not in config.Exchange:
        raise CourseError(f"{CONFIG} sets no c.Exchange.root; name the folder through which submissions come.")
    policy, deadlines = read_policy(root), read_deadlines(root)
    course = config.CourseDirectory.get("course_id", "")
    if not course:
        raise CourseError(f"{CONFIG} sets no c.CourseDirectory.course_id; name the course.")
    return Settings(config, policy, deadlines, Path(config.Exchange.root), course)


def version_of_settings(root: Path) -> Version:
    """Return what changes when the settings do."""
    return _version(root / CONFIG, root / DEADLINES, root / "gradebook.url")


def version_of_assignment(root: Path, assignment: str) -> Version:
    """Return what changes when the master, the catalogue or the settings do, so that a new class run is needed."""
    return _version(master_path(root, assignment), catalogue_path(root, assignment), root / CONFIG)


def _version(*paths: Path) -> Version:
    found: list[object] = []
    for path in paths:
        try:
            about = path.stat()
            found.append((about.st_mtime_ns, about.st_size, about.st_ino))
        except OSError:
            found.append(None)
    return tuple(found)
