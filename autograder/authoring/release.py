"""Making release/, what students get, from source/, the masters."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.authoring.leaks import leaks, stub_differences
from autograder.errors import CourseError
from autograder.notebooks.format import normalize, read_notebook, to_text
from autograder.notebooks.regions import ALL_MARKS, is_unbalanced
from autograder.paths import assignments, master_path, require_assignment
from autograder.settings import nbgrader_config

if TYPE_CHECKING:  # importing nbgrader takes a second, and an unknown name needs none of it
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config


def generate(root: Path, names: Sequence[str] = ()) -> list[str]:
    """Make release/NAME from source/NAME with nbgrader, for each of `names` or for all, and fill the gradebook.

    Without names, folders of release/ that have no master are removed.
    Returns the names whose release is not what it was. Raises CourseError, with release/ as it was, where a name is
    unknown, nbgrader refuses a master, or a release would give a solution away.
    """
    for name in names:
        require_assignment(root, name)
    known = assignments(root)
    (root / "release").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".release-", dir=root) as scratch:
        made = {name: _make(root, Path(scratch), name) for name in names or known}
        for name in made:
            _convert(root, Path(scratch), name, into="recorded", gradebook=True)
        changed = [name for name, folder in made.items() if _swap_in(folder, root / "release" / name)]
        if not names:
            changed += _retire(root / "release", known, Path(scratch))
    return changed


def record(root: Path, name: str) -> None:
    """Have the gradebook know the assignment `name`; release/ stays as it is.

    Raises CourseError where nbgrader refuses the master, or the gradebook cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix=".release-", dir=root) as scratch:
        _copy_master(root, Path(scratch), name)
        _convert(root, Path(scratch), name, into="recorded", gradebook=True)


def _make(root: Path, scratch: Path, name: str) -> Path:
    """Make the release of `name` inside `scratch`, leaving the gradebook alone, and look for leaks in it."""
    from autograder.authoring.hints import write_hints  # brings numpy along

    master = _copy_master(root, scratch, name)
    folder = _convert(root, scratch, name, into="release", gradebook=False)
    write_hints(root, name, folder)
    troubles = leaks(master, folder) or stub_differences(read_notebook(master), read_notebook(folder / master.name))
    if troubles:
        raise CourseError(f"the release of {name} would be wrong: {troubles[0]} Mend source/{name}/{master.name}.")
    return folder


def _copy_master(root: Path, scratch: Path, name: str) -> Path:
    """Copy source/`name` into `scratch` with its notebook in the committed form; return where the notebook is."""
    original = master_path(root, name)
    notebook = normalize(read_notebook(original), keep_outputs=False)
    for cell in notebook.cells:
        for marks in ALL_MARKS:
            if is_unbalanced(cell.source, marks):
                raise CourseError(f"{original}: in the cell {cell.id} {marks.begin} and {marks.end} do not pair up.")
    copy = scratch / "source" / name
    shutil.copytree(original.parent, copy, ignore=shutil.ignore_patterns(".*"))
    (copy / original.name).write_text(to_text(notebook), encoding="utf-8")
    return copy / original.name


def _convert(root: Path, scratch: Path, name: str, into: str, gradebook: bool) -> Path:
    """Run nbgrader's own GenerateAssignment on the copied master; return the folder that it made."""
    from nbgrader.coursedir import CourseDirectory

    config = nbgrader_config(root)
    config.SaveCells.enabled = gradebook
    folders = {"source_directory": str(scratch / "source"), "release_directory": str(scratch / into)}
    course = CourseDirectory(config=config, root=str(root), assignment_id=name, **folders)
    reason = _run_nbgrader(course, config, no_database=not gradebook)
    if reason and gradebook:
        raise CourseError(f"the gradebook cannot take {name} ({reason}); release/ is as it was.")
    if reason:
        raise CourseError(f"nbgrader refuses source/{name}/{name}.ipynb ({reason}); mend it there.")
    return scratch / into / name


def _run_nbgrader(course: CourseDirectory, config: Config, no_database: bool) -> str | None:
    """Generate the assignment of `course`. Return None, or why nbgrader would not."""
    from nbgrader.converters import GenerateAssignment

    troubles = []  # nbgrader logs what happened and raises something that does not say it

    class Generate(GenerateAssignment):
        def init_assignment(self, *args: str) -> None:
            with _noted(troubles):
                super().init_assignment(*args)

        def convert_single_notebook(self, *args: str) -> None:
            with _noted(troubles):
                super().convert_single_notebook(*args)

    try:
        Generate(coursedir=course, config=config, no_database=no_database).start()
    except Exception as error:
        reason = str([*troubles, error][0]).strip()
        return reason.splitlines()[0].rstrip(".") if reason else type(error).__name__
    return None


@contextlib.contextmanager
def _noted(troubles: list[BaseException]) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        troubles.append(error.__context__ or error)
        raise


def _swap_in(new: Path, old: Path) -> bool:
    """Put the folder `new` in the place of `old`; return whether that changed anything."""
    if old.is_dir() and _contents(new) == _contents(old):
        return False
    if old.exists():
        old.rename(new.with_name(f"{new.name}.old"))
    new.rename(old)
    return True


def _retire(release: Path, known: Sequence[str], scratch: Path) -> list[str]:
    """Move the folders of `release` that have no master out of it; return their names."""
    gone = [folder for folder in sorted(release.iterdir()) if folder.is_dir() and folder.name not in known]
    for folder in gone:
        folder.rename(scratch / f"{folder.name}.gone")
    return [folder.name for folder in gone]


def _contents(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
