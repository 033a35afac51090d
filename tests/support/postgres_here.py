"""A real PostgreSQL for a test: a cluster of its own in a temporary folder, without a network, ended afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.gate import record_use


def programs() -> Path | None:
    """Return the folder of PostgreSQL's server programs, which Debian keeps off the path; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


class Server:
    """A cluster that can be stopped and started again. `url`: its database `gradebook`, as SQLAlchemy names it."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._data = folder, folder / "data"
        # PostgreSQL refuses to run as root.
        self._user = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            about = pwd.getpwnam(self._user)
            os.chown(folder, about.pw_uid, about.pw_gid)
        self._run("initdb", "--auth=trust", "--username=course", "--encoding=UTF8", "--locale=C", "--no-sync")
        self.start()
        self.make("gradebook")

    @property
    def url(self) -> str:
        return self.url_of("gradebook")

    def url_of(self, database: str) -> str:
        return f"postgresql://course@/{database}?host={self._folder}"

    def make(self, database: str) -> str:
        """Make an empty database and return its address."""
        self._run("createdb", f"--host={self._folder}", "--username=course", database)
        return self.url_of(database)

    def start(self) -> None:
        options = f"-c listen_addresses='' -k {self._folder} -c fsync=off"
        self._run("pg_ctl", "--wait", f"--log={self._folder / 'log'}", f"--options={options}", "start")

    def stop(self) -> None:
        """Stop at once, as a machine that goes away does."""
        self._run("pg_ctl", "--wait", "--mode=immediate", "stop")

    def _run(self, program: str, *words: str) -> None:
        whom = {"user": self._user, "group": pwd.getpwnam(self._user).pw_gid, "extra_groups": []}
        folder = programs()
        assert folder, "PostgreSQL's server is not installed"
        command = [folder / program, *words]
        environment = {"PATH": os.environ["PATH"], "PGDATA": str(self._data), "LC_ALL": "C"}
        output = self._folder / "output"  # no pipe: the server would inherit it and never let it end
        with output.open("w") as file:
            done = subprocess.run(
                command,
                cwd=self._folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                check=False,
                **(whom if os.geteuid() == 0 else {}),
            )
        assert done.returncode == 0, f"{program}: {output.read_text()}"


@contextmanager
def postgres_here() -> Iterator[Server]:
    """Give a server in a folder of its own, and end it."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # the path of a socket has at most 107 characters
    server = None
    try:
        server = Server(folder)
        record_use("postgresql")
        yield server
    finally:
        if server and (folder / "data" / "postmaster.pid").exists():
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
