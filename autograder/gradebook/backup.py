"""`autograder backup` and `autograder restore`: the whole gradebook as one file, and back.

SQLite is copied by its own backup, which is consistent even while somebody writes; PostgreSQL by pg_dump.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, create_engine, inspect, make_url

from autograder.errors import CourseError
from autograder.files import draft_of
from autograder.sentences import first_line
from autograder.settings import gradebook_url

FOLDER = "backups"

# The first bytes of a file of either kind.
SQLITE, POSTGRESQL = b"SQLite format 3\0", b"PGDMP"

DAMAGED = (
    "the gradebook is damaged, so no backup was made; put the last good one in its place with `autograder restore "
    "backups/FILE --force`, which keeps the damaged one beside it."
)

# How long to wait for somebody who writes into the gradebook.
SECONDS = 60.0


def backup(root: Path, path: Path | None = None) -> Path:
    """Write the gradebook of the course `root` into a new file, and return its path; only its owner may read it.

    path: None for a file in `backups/`, named after the time.
    Raises CourseError if there is no gradebook, if the file exists, or if the database does not answer.
    """
    store = _store(root)
    if store.is_empty():
        raise CourseError("there is no gradebook yet, so there is nothing to back up; grade an assignment first.")
    path = path or root / FOLDER / f"gradebook-{_now()}{store.suffix}"
    if path.exists():
        raise CourseError(f"{path} exists already; name another file, or move it away.")
    path.parent.mkdir(parents=True, exist_ok=True)
    with draft_of(path) as draft:
        draft.touch(mode=0o600, exist_ok=False)
        store.save(draft)
        if not store.is_whole(draft):
            raise CourseError(DAMAGED)
    return path


def restore(root: Path, path: Path, force: bool = False) -> Path | None:
    """Replace the gradebook of the course `root` by the backup in the file `path`.

    force: replace a gradebook that exists; it is backed up first, and the path of that backup is returned. None is
    returned if there was no gradebook.
    Raises CourseError, and leaves the gradebook unchanged, if `path` is not a backup of this kind of database, if there
    is a gradebook and `force` is false, or if the database does not answer.
    """
    store = _store(root)
    _begins_with(path, store.beginning)
    if not store.is_whole(path):
        raise CourseError(f"{path} is damaged, or not a gradebook; take another backup.")
    before = None
    if not store.is_empty():
        if not force:
            raise CourseError(
                "there is a gradebook already; --force backs that gradebook up, and then replaces it by this backup."
            )
        before = store.folder(root) / f"gradebook-before-restore-{_now()}{store.suffix}"
        try:
            backup(root, before)
        except CourseError as error:
            if str(error) != DAMAGED:
                raise
            store.put_aside(before)
    store.load(path)
    return before


class _Store(Protocol):
    """A gradebook in one kind of database. `suffix`: of the names of its backups; `beginning`: of their bytes."""

    suffix: str
    beginning: bytes

    def is_empty(self) -> bool: ...
    def save(self, path: Path) -> None: ...
    def is_whole(self, path: Path) -> bool:
        """Return whether a backup of this kind is a gradebook from its first byte to its last."""
        ...

    def load(self, path: Path) -> None: ...
    def put_aside(self, path: Path) -> None:
        """Move a damaged gradebook to `path`."""
        ...

    def folder(self, root: Path) -> Path:
        """Return where `restore` keeps the gradebook that it replaces."""
        ...


def _store(root: Path) -> _Store:
    url = make_url(gradebook_url(root))
    kinds = {"sqlite": _Sqlite, "postgresql": _Postgresql}
    if url.get_backend_name() not in kinds:
        raise CourseError(f"a gradebook in {url.get_backend_name()} is backed up with that database's own tools.")
    return kinds[url.get_backend_name()](url)


class _Sqlite:
    suffix, beginning = ".db", SQLITE

    def __init__(self, url: URL) -> None:
        self._path = Path(url.database or "")

    def is_empty(self) -> bool:
        return not self._path.is_file() or self._path.stat().st_size == 0

    def folder(self, root: Path) -> Path:
        return self._path.parent

    def save(self, path: Path) -> None:
        self._copy(self._path, path)

    def load(self, path: Path) -> None:
        self._copy(path, self._path)

    def put_aside(self, path: Path) -> None:
        for end in ("", "-wal", "-shm", "-journal"):  # what SQLite has not written into it yet belongs to it
            with contextlib.suppress(FileNotFoundError):
                Path(f"{self._path}{end}").rename(f"{path}{end}")

    def is_whole(self, path: Path) -> bool:
        try:
            with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
                whole = database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        except sqlite3.Error:
            return False
        return whole and "submitted_assignment" in tables

    def _copy(self, source: Path, target: Path) -> None:
        """Copy a whole database in one transaction of the target's."""
        late = f"somebody has been writing into {self._path} for {SECONDS:.0f} s; wait until they are done."
        attempts = iter(range(int(SECONDS)))

        def waited(status: int, remaining: int, total: int) -> None:
            if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and next(attempts, None) is None:
                raise TimeoutError

        try:
            with (
                contextlib.closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as old,
                contextlib.closing(sqlite3.connect(target)) as new,
            ):
                old.backup(new, progress=waited, sleep=1.0)
        except TimeoutError:
            raise CourseError(late) from None
        except sqlite3.Error as error:
            if not isinstance(error, sqlite3.OperationalError):  # its pages make no sense, or it is no database at all
                raise CourseError(DAMAGED) from None
            raise CourseError(f"SQLite cannot copy {source} to {target} ({error}); is there space left?") from None


class _Postgresql:
    suffix, beginning = ".dump", POSTGRESQL

    def __init__(self, url: URL) -> None:
        self._url = url

    def is_empty(self) -> bool:
        engine = create_engine(self._url)
        try:
            return "submitted_assignment" not in inspect(engine).get_table_names()
        finally:
            engine.dispose()

    def folder(self, root: Path) -> Path:
        return root / FOLDER

    def save(self, path: Path) -> None:
        self._run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={path}")

    def load(self, path: Path) -> None:
        whole = ("--single-transaction", "--exit-on-error", "--clean", "--if-exists")
        self._run("pg_restore", *whole, "--no-owner", "--no-privileges", str(path))

    def put_aside(self, path: Path) -> None:
        raise CourseError(DAMAGED)  # the server's own business; pg_dump reads all or says why not

    def is_whole(self, path: Path) -> bool:
        listed = _tool("pg_restore", "--list", str(path))
        return not listed.returncode and " TABLE " in listed.stdout and "submitted_assignment" in listed.stdout

    def _run(self, program: str, *words: str) -> None:
        """Run a program of PostgreSQL on the gradebook. The password is in the environment, which is private."""
        from psycopg.conninfo import make_conninfo

        url = self._url
        known = {"host": url.host, "port": url.port, "user": url.username, "dbname": url.database, **url.query}
        where = make_conninfo("", **{name: value for name, value in known.items() if value is not None})
        options = os.environ.get("PGOPTIONS", "") + f" -c lock_timeout={SECONDS:.0f}s"
        secret = {"PGPASSWORD": str(url.password)} if url.password else {}
        done = _tool(program, f"--dbname={where}", *words, environment={"PGOPTIONS": options, **secret})
        if done.returncode:
            reason = first_line(done.stderr).removeprefix(f"{program}: ").removeprefix("error: ")
            raise CourseError(f"{program} failed ({reason}); the gradebook is as it was.")


def _tool(program: str, *words: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            [program, *words], env={**os.environ, **(environment or {})}, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise CourseError(
            f"{program} is not installed; install PostgreSQL's client (Debian: apt-get install postgresql-client)."
        ) from None


def _begins_with(path: Path, beginning: bytes) -> None:
    try:
        with path.open("rb") as file:
            found = file.read(len(SQLITE))
    except FileNotFoundError:
        raise CourseError(f"there is no file {path}; name a backup, for example one in {FOLDER}/.") from None
    if not found.startswith(beginning):
        kinds = {SQLITE: "SQLite", POSTGRESQL: "PostgreSQL"}
        is_of = next((kind for start, kind in kinds.items() if found.startswith(start)), None)
        what = f"a backup of a gradebook in {is_of}" if is_of else "not a backup of a gradebook"
        raise CourseError(f"{path} is {what}; this course's gradebook is in {kinds[beginning]}.")


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S.%fZ")
