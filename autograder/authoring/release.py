"""Make release/, which students get, from source/, the masters."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import DBAPIError
from traitlets.config import Config

from autograder.authoring.leaks import leaks, stub_differences
from autograder.authoring.masters import is_of_this_course, read_master, require_catalogue
from autograder.authoring.points import Recorded, changes, recorded
from autograder.errors import CourseError
from autograder.files import replace_folder
from autograder.notebooks.format import read_notebook, to_text
from autograder.notebooks.nbgrader_master import notebooks_of, quiet_kernels, read_nbgrader_master
from autograder.paths import BACKUPS, assignments, master_path, require_assignment, shown
from autograder.sentences import first_line
from autograder.settings import nbgrader_config
from course_utils.student.submission import UnreadableNotebook, read_answers

# Called with an assignment, how many of its exercises are done, and how many there are.
OnStep = Callable[[str, int, int], None]

# How nbgrader refuses a master whose cells are not those that were graded.
OTHER_CELLS = "Cannot add or remove cells"


@dataclass
class Generated:
    """What `generate` did.

    changed: the names whose release has changed. notes: sentences on points in the gradebook, and on answers that were
    in release/ and are kept.
    """

    changed: list[str] = field(default_factory=list[str])
    notes: list[str] = field(default_factory=list[str])


def generate(root: Path, names: Sequence[str] = (), on_step: OnStep = lambda name, done, total: None) -> Generated:
    """Make release/NAME from source/NAME with nbgrader, and add the assignment to the gradebook.

    names: the assignments; empty for all, and then folders of release/ without a master are removed.
    on_step: called as the hints of exercises are made, which is what takes long.
    Raises CourseError, and leaves release/ as it was, if a name is unknown, if a master breaks rules (then with a line
    for each), if nbgrader refuses it, or if a release would reveal a solution.
    """
    for name in names:
        require_assignment(root, name)
    known = assignments(root)
    (root / "release").mkdir(exist_ok=True)
    done = Generated()
    with tempfile.TemporaryDirectory(prefix=".release-", dir=root) as scratch:
        masters = {name: _copy_master(root, Path(scratch), name) for name in names or known}
        made = {name: _make(root, Path(scratch), master, on_step) for name, master in masters.items()}
        for name in made:
            before = _recorded(root, name)
            _convert(root, Path(scratch), name, into="recorded", gradebook=True)
            done.notes += changes(name, before, recorded(root, name))
        done.notes += _keep_work(root, [name for name in made if _differs(made[name], root / "release" / name)])
        done.changed = [name for name, folder in made.items() if _swap_in(folder, root / "release" / name)]
        if not names:
            gone = [
                folder.name for folder in (root / "release").iterdir() if folder.is_dir() and folder.name not in known
            ]
            done.notes += _keep_work(root, gone)
            done.changed += _retire(root / "release", known, Path(scratch))
    return done


def _recorded(root: Path, name: str) -> Recorded:
    try:
        return recorded(root, name)
    except DBAPIError as error:
        raise _not_written(name, first_line(str(error.orig), type(error.orig).__name__)) from None


def _not_written(name: str, reason: str) -> CourseError:
    return CourseError(f"{name} cannot be written into the gradebook ({reason}); release/ is as it was.")


def record(root: Path, name: str) -> None:
    """Add the assignment `name` to the gradebook, without changing release/.

    Raises CourseError if nbgrader refuses the master, or if the gradebook cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix=".release-", dir=root) as scratch:
        if is_of_this_course(root, name):
            _copy_master(root, Path(scratch), name)
        else:
            _copy_masters_as_they_are(root, Path(scratch), name)
        _convert(root, Path(scratch), name, into="recorded", gradebook=True)


def _copy_masters_as_they_are(root: Path, scratch: Path, name: str) -> None:
    """Copy source/`name` into `scratch`, without those notebooks by which nobody can be graded."""
    config, copy = nbgrader_config(root), scratch / "source" / name
    shutil.copytree(root / "source" / name, copy, ignore=shutil.ignore_patterns(".*"))
    for path in notebooks_of(root, name):
        if read_nbgrader_master(path, root, config).refused:
            (copy / path.name).unlink()


def _make(root: Path, scratch: Path, master: Path, on_step: OnStep) -> Path:
    """Make the release of the copied `master` inside `scratch`, without the gradebook, and look for leaks in it."""
    from autograder.authoring.hints import write_hints  # imports numpy, which `record` does not need

    name = master.stem
    folder = _convert(root, scratch, name, into="release", gradebook=False)
    write_hints(root, name, folder, on_step)
    found = leaks(master, folder) or stub_differences(read_notebook(master), read_notebook(folder / master.name))
    if found:
        raise CourseError(f"the release of {name} would be wrong: {found[0]} Fix source/{name}/{master.name}.")
    return folder


def _copy_master(root: Path, scratch: Path, name: str) -> Path:
    """Copy source/`name` into `scratch`, its notebook in the committed form; return the path of the notebook.

    Raises CourseError where the master breaks rules.
    """
    original = master_path(root, name)
    if notebooks_of(root, name) != [original]:
        raise CourseError(
            f"source/{name} has other notebooks than {original.name}, and `autograder generate` releases one per "
            f"assignment; run `nbgrader generate_assignment {name}`, after which `autograder grade {name}` works."
        )
    notebook = read_master(root, name)
    require_catalogue(root, name, notebook)
    copy = scratch / "source" / name
    shutil.copytree(original.parent, copy, ignore=shutil.ignore_patterns(".*"))
    (copy / original.name).write_text(to_text(notebook), encoding="utf-8")
    return copy / original.name


def _convert(root: Path, scratch: Path, name: str, into: str, gradebook: bool) -> Path:
    """Run nbgrader's own GenerateAssignment on the copied master; return the folder that it made."""
    config = nbgrader_config(root)
    config.SaveCells.enabled = gradebook
    folders = {"source_directory": str(scratch / "source"), "release_directory": str(scratch / into)}
    course = CourseDirectory(config=config, root=str(root), assignment_id=name, **folders)
    reason = _run_nbgrader(course, config, no_database=not gradebook)
    if reason and gradebook and OTHER_CELLS in reason:
        raise CourseError(
            f"cells of {name} were added or removed, and the gradebook has submissions with the old ones; release/ is "
            "as it was. Put the cells back, or let the gradebook forget the assignment and grade it again: `autograder "
            f"backup`, `nbgrader db assignment remove {name} --force`, `autograder generate {name}`, `autograder grade "
            f"{name}`. Points given by hand are then in the backup alone."
        )
    if reason and gradebook:
        raise _not_written(name, reason)
    if reason:
        raise CourseError(f"nbgrader refuses source/{name}/{name}.ipynb ({reason}); fix it there.")
    return scratch / into / name


class _Generate(GenerateAssignment):
    """nbgrader's command, which keeps its first error: nbgrader logs that one, and raises another without its text."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.error: BaseException | None = None

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Begin an assignment."""
        with self._kept():
            super().init_assignment(assignment_id, student_id)

    def convert_single_notebook(self, notebook_filename: str) -> None:
        """Convert one notebook."""
        with self._kept():
            super().convert_single_notebook(notebook_filename)

    @contextlib.contextmanager
    def _kept(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self.error = self.error or error.__context__ or error
            raise


def _run_nbgrader(course: CourseDirectory, config: Config, no_database: bool) -> str | None:
    """Generate the assignment of `course`. Return None, or why nbgrader failed."""
    command = _Generate(coursedir=course, config=config, no_database=no_database)
    try:
        with quiet_kernels():
            command.start()
    except Exception as error:
        first = command.error or error
        return first_line(str(first), type(first).__name__)
    return None


def _keep_work(root: Path, names: Sequence[str]) -> list[str]:
    """Copy the folders of release/ in which somebody has written answers; return a sentence for each.

    Students work in release/, and so does an instructor who tries it.
    """
    notes = list[str]()
    for name in sorted(names):
        folder = root / "release" / name
        if any(map(_is_answered, folder.glob("*.ipynb"))):
            kept = root / BACKUPS / f"{name}-{datetime.now(UTC):%Y-%m-%dT%H%M%S.%fZ}"
            shutil.copytree(folder, kept)
            notes.append(f"release/{name} had answers in it; they are kept in {shown(kept, root)}.")
    return notes


def _is_answered(notebook: Path) -> bool:
    try:
        return bool(read_answers(notebook).written)
    except UnreadableNotebook:
        return False


def _differs(new: Path, old: Path) -> bool:
    return not old.is_dir() or _contents(new) != _contents(old)


def _swap_in(new: Path, old: Path) -> bool:
    """Replace the folder `old` by `new`; return whether that changed anything."""
    if not _differs(new, old):
        return False
    replace_folder(new, old)
    return True


def _retire(release: Path, known: Sequence[str], scratch: Path) -> list[str]:
    """Move the folders of `release` without a master out of it; return their names."""
    gone = [folder for folder in sorted(release.iterdir()) if folder.is_dir() and folder.name not in known]
    for folder in gone:
        folder.rename(scratch / f"{folder.name}.gone")
    return [folder.name for folder in gone]


def _contents(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
