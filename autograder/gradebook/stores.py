"""Copies of the gradebook of a course, in SQLite or PostgreSQL, and the gradebook from a copy.

SQLite is copied by its own backup, which is consistent even while somebody writes; PostgreSQL by pg_dump.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, create_engine, inspect, make_url

from autograder.errors import CourseError
from autograder.sentences import first_line
from autograder.settings import gradebook_url

# The first bytes of a copy of either kind.
SQLITE, POSTGRESQL = b"SQLite format 3\0", b"PGDMP"

DAMAGED = (
    "the gradebook is damaged, so no backup was made; put the last good one in its place with `autograder restore "
    "backups/FILE --force`, which keeps the damaged one in backups/."
)

# How long to wait for somebody who writes into the gradebook.
SECONDS = 60.0


class Store(Protocol):
    """A gradebook in one kind of database. `file`: what its copies are called; `beginning`: of their bytes."""

    file: str
    beginning: bytes

    def is_empty(self) -> bool:
        """Return whether nothing has been written into it yet."""
        ...

    def save(self, path: Path) -> None:
        """Copy it to the new file `path`. Raises CourseError, with the text DAMAGED if that is why."""
        ...

    def is_whole(self, path: Path) -> bool:
        """Return whether a copy of this kind is a gradebook from its first byte to its last."""
        ...

    def load(self, path: Path) -> None:
        """Replace it by the copy `path`, completely or not at all. Raises CourseError."""
        ...

    def put_aside(self, folder: Path) -> None:
        """Move a damaged gradebook into `folder`."""
        ...


def store_of(root: Path) -> Store:
    """Return the gradebook of the course `root`. Raises CourseError if its database is of another kind."""
    url = make_url(gradebook_url(root))
    kinds = {"sqlite": _Sqlite, "postgresql": _Postgresql}
    if url.get_backend_name() not in kinds:
        raise CourseError(f"a gradebook in {url.get_backend_name()} is backed up with that database's own tools.")
    return kinds[url.get_backend_name()](url)


class _Sqlite:
    file, beginning = "gradebook.db", SQLITE

    def __init__(self, url: URL) -> None:
        self._path = Path(url.database or "")

    def is_empty(self) -> bool:
        return not self._path.is_file() or self._path.stat().st_size == 0

    def save(self, path: Path) -> None:
        self._copy(self._path, path)

    def load(self, path: Path) -> None:
        self._copy(path, self._path)

    def put_aside(self, folder: Path) -> None:
        for end in ("", "-wal", "-shm", "-journal"):  # what SQLite has not written into it yet belongs to it
            with contextlib.suppress(FileNotFoundError):
                shutil.move(f"{self._path}{end}", folder / f"{self.file}{end}")

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
    file, beginning = "gradebook.dump", POSTGRESQL

    def __init__(self, url: URL) -> None:
        self._url = url

    def is_empty(self) -> bool:
        engine = create_engine(self._url)
        try:
            return "submitted_assignment" not in inspect(engine).get_table_names()
        finally:
            engine.dispose()

    def save(self, path: Path) -> None:
        self._run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={path}")

    def load(self, path: Path) -> None:
        whole = ("--single-transaction", "--exit-on-error", "--clean", "--if-exists")
        self._run("pg_restore", *whole, "--no-owner", "--no-privileges", str(path))

    def put_aside(self, folder: Path) -> None:
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
