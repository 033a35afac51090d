"""`autograder backup` and `autograder restore`: what a course has outside git, in one file that is small, and back.

That is the gradebook and the files in FILES. What students handed in, and the results of grading, are folders for any
program that copies folders.
"""

from __future__ import annotations

import contextlib
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.deadlines import course_file
from autograder.engine import seeds
from autograder.errors import CourseError
from autograder.files import draft_of, replace_text
from autograder.gradebook import address, sections
from autograder.gradebook.stores import DAMAGED, POSTGRESQL, SQLITE, Store, store_of
from autograder.paths import BACKUPS
from autograder.settings import require_address

# What belongs to a course besides the gradebook, is small, and is lost with its folder: in git are the masters only.
FILES = (address.FILE, course_file.FILE, sections.FILE, seeds.FILE)

# The first bytes of a zip.
ZIP = b"PK\x03\x04"

# What the gradebook is called in a backup.
GRADEBOOKS = ("gradebook.db", "gradebook.dump")


@dataclass(frozen=True)
class Restored:
    """What a restore did. names: of what it put back. before: where what it replaced is kept; None: there was none."""

    names: tuple[str, ...]
    before: Path | None


def backup(root: Path, path: Path | None = None) -> Path:
    """Write the gradebook and FILES of the course `root` into a new zip, and return its path; only its owner reads it.

    path: None for a file in `backups/`, named after the time.
    Raises CourseError if there is no gradebook, if the file exists, or if the database does not answer.
    """
    store = store_of(root)
    if store.is_empty():
        raise CourseError("there is no gradebook yet, so there is nothing to back up; grade an assignment first.")
    path = path or root / BACKUPS / f"course-{_now()}.zip"
    if path.exists():
        raise CourseError(f"{path} exists already; name another file, or move it away.")
    _pack(root, store, path)
    return path


def restore(root: Path, path: Path, force: bool = False) -> Restored:
    """Replace the gradebook and FILES of the course `root` by those in the backup `path`; what it lacks stays.

    force: replace what is there; it is backed up first. A course without gradebook and without `gradebook.url` takes
    the place of the gradebook from the backup; otherwise its own place stays.
    Raises CourseError, and leaves the course unchanged, if `path` is not a backup of this kind of database, if there
    is something to replace and `force` is false, or if the database does not answer.
    """
    with _opened(path) as (copy, files), _place_of(root, files):
        store = store_of(root)
        _require_kind(path, copy, store)
        if not store.is_whole(copy):
            raise CourseError(f"{path} is damaged, or not a gradebook; take another backup.")
        others = {name: text for name, text in files.items() if name != address.FILE and _text(root, name) != text}
        taken = [] if store.is_empty() else ["a gradebook"]
        taken += [f"another {name}" for name in others if _text(root, name) is not None]
        if taken and not force:
            raise CourseError(
                f"there is {' and '.join(taken)} already; --force backs up what is there, and then replaces it by this "
                "backup."
            )
        before = _keep(root, store) if taken else None
        store.load(copy)
        for name, text in others.items():
            replace_text(root / name, text, private=name == seeds.FILE)
        return Restored(("the gradebook", *files), before)


def _pack(root: Path, store: Store, path: Path) -> None:
    """Write what there is into the new zip `path`, and read it once more before it gets its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    files = {name: text for name in FILES if (text := _text(root, name)) is not None}
    with draft_of(path, private=True) as draft, tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, store.file)
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
            if not store.is_empty():
                store.save(copy)
                archive.write(copy, store.file)
            for name, text in files.items():
                archive.writestr(name, text)
        if copy.exists():
            with _opened(draft) as (written, texts):
                if not store.is_whole(written) or texts != files:
                    raise CourseError(DAMAGED)


def _keep(root: Path, store: Store) -> Path:
    """Keep what a restore will replace, and return where: a backup, or a folder if the gradebook is damaged."""
    kept = root / BACKUPS / f"before-restore-{_now()}.zip"
    try:
        _pack(root, store, kept)
    except CourseError as error:
        if str(error) != DAMAGED:
            raise
        kept = kept.with_suffix("")
        kept.mkdir(mode=0o700)
        store.put_aside(kept)
        for name in FILES:
            if (text := _text(root, name)) is not None:
                replace_text(kept / name, text, private=True)
    return kept


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """Give the copy of the gradebook in a backup, and the texts of its FILES.

    A copy without them is what earlier versions wrote. Raises CourseError if there is no such file, or it is damaged.
    """
    if not path.is_file():
        raise CourseError(f"there is no file {path}; name a backup, for example one in {BACKUPS}/.")
    if not _begins_with(path, ZIP):
        yield path, {}
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                names = archive.namelist()
                gradebook = next((name for name in GRADEBOOKS if name in names), None)
                if gradebook is None:
                    raise CourseError(f"{path} contains no gradebook; take another backup.")
                archive.extract(gradebook, folder)
                files = {name: archive.read(name).decode() for name in FILES if name in names}
        except (zipfile.BadZipFile, zlib.error, EOFError, UnicodeDecodeError, NotImplementedError, RuntimeError):
            raise CourseError(f"{path} is damaged; take another backup.") from None
        yield Path(folder, gradebook), files


@contextlib.contextmanager
def _place_of(root: Path, files: Mapping[str, str]) -> Iterator[None]:
    """Have the gradebook where the backup had it, in a course that has none yet; not if the block fails."""
    here = root / address.FILE
    if address.FILE not in files or here.exists() or not store_of(root).is_empty():
        yield
        return
    require_address(files[address.FILE].strip())
    replace_text(here, files[address.FILE])
    try:
        yield
    except BaseException:
        here.unlink()
        raise


def _require_kind(path: Path, copy: Path, store: Store) -> None:
    if not _begins_with(copy, store.beginning):
        kinds = {SQLITE: "SQLite", POSTGRESQL: "PostgreSQL"}
        is_of = next((kind for start, kind in kinds.items() if _begins_with(copy, start)), None)
        what = f"a backup of a gradebook in {is_of}" if is_of else "not a backup of a gradebook"
        raise CourseError(f"{path} is {what}; this course's gradebook is in {kinds[store.beginning]}.")


def _begins_with(path: Path, beginning: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(beginning)) == beginning


def _text(root: Path, name: str) -> str | None:
    """Return the text of one of FILES in the course `root`; None if it is not there. Raises CourseError."""
    try:
        return (root / name).read_bytes().decode()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        raise CourseError(f"{name} cannot be read as a text in UTF-8; fix it.") from None


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S.%fZ")
