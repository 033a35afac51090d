"""Read the settings of a course, all of which are in its `nbgrader_config.py`."""

from __future__ import annotations

import contextlib
import difflib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.errors import CourseError
from autograder.paths import CONFIG

if TYPE_CHECKING:  # importing traitlets takes a while, and `--help` needs none of it
    from traitlets.config import Config


# What nbgrader copies nowhere, where a course does not say.
IGNORED_BY_NBGRADER = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback"]

# The setting of grading that is no limit.
STDERR_COSTS = "stderr_costs"


@dataclass(frozen=True)
class Limits:
    """Limits of grading, in bytes and seconds. `c.Grading.NAME = VALUE` in nbgrader_config.py sets one.

    CPU seconds are those of the student's process and of all that it has started, so a verdict does not depend on what
    else the machine has to do. They do not pass while code sleeps or waits; so each has a wall-clock limit far above
    it. Not a `traitlets` class: that would only log a misspelt name, and here it is an error.
    """

    # Memory of one student's process beyond what it has when it starts. Torch reserves far more than it uses.
    memory_bytes: int = 4 << 30
    # Memory in use by a whole submission, all its processes together. `doctor` says how many at a time have room here.
    submission_memory_bytes: int = 4 << 30
    # Files of one submission. They are in memory, so this is memory, too.
    scratch_bytes: int = 64 << 20
    # Processes and threads of one submission: enough for what libraries start, and an end to a fork bomb.
    processes: int = 200
    # One call of a check: as long as a whole cell may take when students press Validate (c.Execute.timeout), so that
    # what is fast enough there is fast enough here. The longest of the course trains a small network, in about 3 s.
    call_cpu_seconds: float = 60.0
    call_wall_seconds: float = 300.0
    # One cell of a notebook: it may train a few times.
    cell_cpu_seconds: float = 60.0
    cell_wall_seconds: float = 300.0
    # A whole submission, so that one student does not hold up a class.
    submission_cpu_seconds: float = 600.0
    submission_wall_seconds: float = 1800.0
    # One call while `autograder prove` runs; twice that for a cell. A catalogue has answers that never end, and each of
    # them costs this time once per seed.
    prove_cpu_seconds: float = 10.0
    # One answer of the catalogue while a wrong answer is matched against it, and all of them for one submission. What
    # takes longer goes without a name, and costs no points.
    mistake_cpu_seconds: float = 2.0
    mistakes_cpu_seconds: float = 10.0
    # One answer of the catalogue while hints.json is made. One that takes longer has no hint in the notebook.
    hint_cpu_seconds: float = 6.0


# What the limits on the catalogue's answers, which are the instructor's own, allow in wall-clock time. A class fills
# all cores of the machine, and a few users share it.
WALL_PER_CPU = 6.0


def nbgrader_config(root: Path) -> Config:
    """Return the traitlets `Config` that `nbgrader_config.py` in `root` describes, with the gradebook's address.

    Raises CourseError where there is no such file, or it cannot be read.
    """
    from traitlets.config.loader import PyFileConfigLoader

    root = root.resolve()
    if not (root / CONFIG).is_file():
        raise CourseError(f"{root} is not a course: it has no {CONFIG}; start from the root of the course.")
    try:
        with contextlib.chdir(root):
            config = PyFileConfigLoader(CONFIG, path=str(root)).load_config()
    except SystemExit as refusal:  # with a sentence of its own
        raise CourseError(str(refusal.code).removeprefix("error: ")) from None
    except Exception as error:  # the file is code
        raise CourseError(f"{root / CONFIG} cannot be read ({type(error).__name__}: {error}); fix it.") from None
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.setdefault("db_url", f"sqlite:///{root / 'gradebook.db'}")
    require_address(config.CourseDirectory.db_url)
    return config


def require_address(url: str) -> None:
    """Raise CourseError unless `url` is an address that a gradebook can have; its password is not repeated."""
    kind, found, place = url.partition("://")
    if not found or kind not in ("sqlite", "postgresql", "postgresql+psycopg"):
        raise CourseError(
            f"{kind[:40]} is not the kind of an address of a gradebook; write postgresql://USER@HOST/NAME, or "
            "sqlite:///FILE."
        )
    user, at, _ = place.partition("@")
    if at and ":" in user:
        raise CourseError(
            "the address of the gradebook has a password in it; put that into ~/.pgpass, which only you can read, and "
            "write postgresql://USER@HOST/NAME."
        )


def gradebook_url(root: Path) -> str:
    """Return the address of the gradebook of the course in `root`, as SQLAlchemy reads it."""
    return nbgrader_config(root).CourseDirectory.db_url


def ignored_files(root: Path) -> list[str]:
    """Return the patterns of the files that are neither copied nor shown to students' code."""
    return list(nbgrader_config(root).CourseDirectory.get("ignore", IGNORED_BY_NBGRADER))


def stderr_costs(root: Path) -> bool:
    """Say whether a plain check that wrote to stderr gives no points, as with nbgrader (`c.Grading.stderr_costs`).

    Raises CourseError where `nbgrader_config.py` sets it to something else than True or False.
    """
    value = nbgrader_config(root).get("Grading", {}).get(STDERR_COSTS, False)
    if not isinstance(value, bool):
        raise CourseError(f"{CONFIG} sets c.Grading.{STDERR_COSTS} to {value!r}; it must be True or False.")
    return value


def limits(root: Path) -> Limits:
    """Return the limits of grading in the course `root`.

    Raises CourseError where `nbgrader_config.py` sets one that there is not, or to what it cannot be.
    """
    section: dict[str, Any] = dict(nbgrader_config(root).get("Grading", {}))
    section.pop(STDERR_COSTS, None)
    known = {limit.name: type(limit.default) for limit in fields(Limits)}
    for name, value in section.items():
        if name not in known:
            nearest = difflib.get_close_matches(name, known, n=1)
            which = f"did you mean {nearest[0]}?" if nearest else f"there are {', '.join(known)}."
            raise CourseError(f"{CONFIG} sets c.Grading.{name}, which is not a limit; {which}")
        kinds = (int, float) if known[name] is float else (int,)
        if not isinstance(value, kinds) or isinstance(value, bool) or not 0 < value < float("inf"):
            kind = "a number" if known[name] is float else "a whole number"
            raise CourseError(f"{CONFIG} sets c.Grading.{name} to {value!r}; it must be {kind} above 0.")
    return Limits(**section)


def limits_shown(root: Path) -> str:
    """Return the limits of grading in the course `root` in one line. Raises CourseError as `limits` does."""
    return ", ".join(f"{name} {_shown(name, value)}" for name, value in asdict(limits(root)).items())


def _shown(name: str, value: float) -> str:
    return f"{value / (1 << 20):g} MiB" if name.endswith("_bytes") else f"{value:g}"
