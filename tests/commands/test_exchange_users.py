"""The exchange on a shared folder, with an instructor and two students who are users of this machine."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.gate import record_use
from support.small_class import answered
from support.tiny_course import NAME, REPOSITORY, make_course, released

from autograder.authoring.release import generate
from autograder.gradebook.nbgrader_course import Course

PACKAGES = Path(pytest.__file__).parents[1]
# `nbgrader`, without the grammars that jsonschema builds for a format no notebook has (see autograder/startup.py).
NBGRADER = "import sys; sys.modules['rfc3987_syntax'] = None; from nbgrader.apps.nbgraderapp import main; main()"
ANSWER = "def double(x):\n    return 2 * x  # written by {}"


def python_for_all() -> str | None:
    """Return a Python of this version that any user may run; None where there is none."""
    minor = f"{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/python{minor}", f"/usr/local/bin/python{minor}"):
        environment = {"PYTHONPATH": str(PACKAGES), "HOME": "/"}
        try:
            command = [python, "-c", "import nbgrader"]
            nobody = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}
            done = subprocess.run(command, cwd="/", env=environment, capture_output=True, check=False, **nobody)
        except (OSError, KeyError):
            continue
        if done.returncode == 0:
            return python
    return None


PYTHON: str | None = None

if os.geteuid() != 0 or not shutil.which("useradd"):
    pytestmark = pytest.mark.skip(reason="Only root can make two users: run the tests as root, as .ci/run does.")
else:
    PYTHON = python_for_all()
    if not PYTHON:
        pytestmark = pytest.mark.skip(reason="Other users cannot reach this Python and its packages.")


@dataclass
class User:
    """A user of this machine. `home`: readable to nobody else."""

    name: str
    home: Path
    exchange: Path

    def run(self, *words: str) -> str:
        """Run Python with `words` as this user, and return what it prints."""
        assert PYTHON
        about = pwd.getpwnam(self.name)
        environment = {"HOME": str(self.home), "PATH": os.environ["PATH"], "COURSE_EXCHANGE": str(self.exchange)}
        environment |= {"PYTHONPATH": f"{PACKAGES}:{REPOSITORY}"}
        done = subprocess.run(
            [PYTHON, *words],
            cwd=self.home,
            env=environment,
            user=about.pw_uid,
            group=about.pw_gid,
            extra_groups=[],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def nbgrader(self, *words: str) -> None:
        """Type an nbgrader command at home."""
        self.run("-c", NBGRADER, *words)

    def owns(self, folder: Path) -> None:
        """Make `folder`, with all in it, this user's and nobody else's to look at."""
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, self.name, self.name)
        folder.chmod(0o700)


@dataclass
class Place:
    """A shared folder after a release, two submissions and their collection."""

    teacher: User
    ash: User
    elm: User

    @property
    def inbound(self) -> Path:
        return self.teacher.exchange / "deep-learning" / "inbound"


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    base = Path(tempfile.mkdtemp(prefix="exchange-", dir="/tmp"))
    base.chmod(0o755)
    (base / "exchange").mkdir()
    (base / "exchange").chmod(0o777)
    users = []
    try:
        for name in ("teacher", "ash", "elm"):
            user = User(f"{name}{os.getpid()}", base / name, base / "exchange")
            subprocess.run(["useradd", "--home-dir", str(user.home), "--no-create-home", user.name], check=True)
            users.append(user)
        yield _cycle(Place(*users))
    finally:
        for user in users:
            subprocess.run(["userdel", user.name], check=False, capture_output=True)
        shutil.rmtree(base)


def _cycle(place: Place) -> Place:
    """Release, fetch, submit and collect, each as the one who does it."""
    make_course(place.teacher.home)
    generate(place.teacher.home)
    place.teacher.owns(place.teacher.home)
    place.teacher.nbgrader("release_assignment", NAME)
    for student in (place.ash, place.elm):
        (student.home / "release").mkdir(parents=True)
        shutil.copy(REPOSITORY / "nbgrader_config.py", student.home)
        student.owns(student.home)
        student.nbgrader("fetch_assignment", NAME)
        notebook = student.home / "release" / NAME / f"{NAME}.ipynb"
        text = json.dumps(answered(ANSWER.format(student.name), released(place.teacher.home)))
        student.run("-c", "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text(sys.argv[2])", str(notebook), text)
        student.nbgrader("submit", NAME)
    place.teacher.nbgrader("collect", NAME)
    record_use("two users")
    return place


def test_what_each_student_submitted_is_collected_under_their_name(place):
    for student in (place.ash, place.elm):
        notebook = place.teacher.home / "submitted" / student.name / NAME / f"{NAME}.ipynb"
        assert f"written by {student.name}" in notebook.read_text()
        assert notebook.owner() == place.teacher.name


def test_a_student_can_open_neither_source_nor_gradebook_nor_what_was_collected(place):
    home = place.teacher.home
    collected = home / "submitted" / place.ash.name / NAME / f"{NAME}.ipynb"
    with Course(home).gradebook() as gradebook:
        assert gradebook.find_assignment(NAME)
    secrets = [home / "source" / NAME / f"{NAME}.ipynb", home / "gradebook.db", collected]
    assert all(path.is_file() for path in secrets)
    tried = """
import json, sys
found = []
for path in sys.argv[1:]:
    try:
        open(path, "rb").read()
        found.append(path)
    except PermissionError:
        pass
print(json.dumps(found))
"""
    everything = [str(path) for path in secrets]
    assert json.loads(place.elm.run("-c", tried, *everything)) == []
    assert json.loads(place.teacher.run("-c", tried, *everything)) == everything  # the attempt itself works


WALK = """
import json, os, sys
found = {}
for folder, _, files in os.walk(sys.argv[1]):
    for name in files:
        path = os.path.join(folder, name)
        try:
            text = open(path, errors="replace").read()
        except OSError:
            continue
        found[path] = [word for word in sys.argv[2:] if word in text]
print(json.dumps(found))
"""


def test_whatever_a_student_can_find_holds_no_other_work_and_no_solution(place):
    base, ash, elm = str(place.ash.home.parent), place.ash, place.elm
    words = (f"written by {ash.name}", f"written by {elm.name}", "BEGIN SOLUTION", "twice_of_it", "BEGIN HIDDEN TESTS")
    found = json.loads(elm.run("-c", WALK, base, *words))
    assert {word for held in found.values() for word in held} == {f"written by {elm.name}"}
    mine = [path for path, held in found.items() if held]
    assert mine and all(path.startswith(f"{elm.home}/") for path in mine)
    assert any(path.startswith(f"{place.teacher.exchange}/") for path in found)  # the released notebook is found


def test_a_student_cannot_list_what_was_handed_in_nor_change_what_was_released(place):
    assert len(list(place.inbound.iterdir())) == 2
    released_notebook = place.inbound.with_name("outbound") / NAME / f"{NAME}.ipynb"
    tried = """
import os, sys
for attempt in (lambda: os.listdir(sys.argv[1]), lambda: open(sys.argv[2], "a"), lambda: os.remove(sys.argv[2])):
    try:
        attempt()
    except PermissionError:
        print("refused")
"""
    assert place.elm.run("-c", tried, str(place.inbound), str(released_notebook)) == "refused\n" * 3
    assert released_notebook.read_bytes() == (place.teacher.home / "release" / NAME / f"{NAME}.ipynb").read_bytes()
