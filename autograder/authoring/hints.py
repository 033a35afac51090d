"""Making hints.json, by which a student's notebook knows a usual mistake when it meets one.

The wrong answers of the catalogue run on the visible checks, with the inputs that students have. What goes to students
is a fingerprint of the replies (`course_utils.check.fingerprint`), the mistake's name and its hint: no code and no
number.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import random
import re
import resource
import select
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from nbformat import NotebookNode

from autograder.engine import in_process
from autograder.engine.in_process import namespace, outcome, quiet
from autograder.engine.preload import import_for_the_judge
from autograder.errors import CourseError
from autograder.notebooks.assignment import CheckCell, assignment_of
from autograder.notebooks.catalogue import Answer, load
from autograder.notebooks.format import read_notebook
from autograder.paths import catalogue_path, master_path
from autograder.settings import WALL_PER_CPU, limits
from course_utils.check import fingerprint
from course_utils.check.live_hints import FILE, digest
from course_utils.check.seeds import SEED_VARIABLE

# How many mistakes may give the same fingerprint and still be named.
MAX_ALIKE = 2

HEADING = re.compile(r"### (?P<title>.+?) \((?P<points>\d+) points?, (?P<minutes>\d+) minutes?\b")

# The line that names the slides of an exercise, up to a colon behind which a sentence goes on.
SLIDES = re.compile(r"((?:[A-Z0-9]+-[A-Z0-9]+), .*?(?:\*(?=[:.]( |$))|$))")

CHECKER = Path(fingerprint.__file__).parent


def write_hints(root: Path, name: str, folder: Path) -> None:
    """Write hints.json of the assignment `name` of the course `root` into `folder`, where its release is made.

    What was made from the same master, catalogue and checker before is taken over; without a catalogue nothing is made.
    Raises CourseError where the catalogue cannot be read, or the master imports what is not installed.
    """
    if not catalogue_path(root, name).is_file():
        return
    made_from = _made_from(root, name)
    earlier = root / "release" / name / FILE
    with contextlib.suppress(OSError, ValueError, KeyError):
        if json.loads(earlier.read_text(encoding="utf-8"))["made_from"] == made_from:
            (folder / FILE).write_bytes(earlier.read_bytes())
            return
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda seed: _made_apart(root, name, folder, seed), (1, 2))
    text = json.dumps(_in_both(one, other) | {"made_from": made_from}, indent=1, ensure_ascii=False)
    (folder / FILE).write_text(text + "\n", encoding="utf-8")


def hints(root: Path, name: str, seed: int) -> dict[str, Any]:
    """Return what hints.json is to hold, except `made_from`. Call it in a process that has run nothing parallel."""
    master = read_notebook(master_path(root, name))
    import_for_the_judge(master, name)
    _seed(seed)
    assignment, catalogue, allowed = assignment_of(master), load(catalogue_path(root, name)), limits(root)
    tasks, exercises = _tasks(master), {}
    for exercise in assignment.exercises:
        sources = [exercise.answer, *(answer.source for answer in catalogue.right(exercise.name))]
        checks = {}
        for check in exercise.checks:  # right answers first: what is imported late is then imported before the forks
            right = {reply for source in sources for reply in _on_the_way(assignment.setup, source, check)}
            wrong = {
                answer: _in_a_process(assignment.setup, answer, check, allowed.hint_cpu_seconds)
                for answer in catalogue.wrong(exercise.name)
            }
            checks[digest(check.visible_source)] = _mistakes(wrong, right)
        exercises[exercise.name] = tasks.get(exercise.title, {}) | {"checks": checks}
    return {"assignment": name, "exercises": exercises}


def _made_apart(root: Path, name: str, folder: Path, seed: int) -> dict[str, Any]:
    """Return the hints as a process of their own makes them. What chance decides differs with `seed`."""
    command = [sys.executable, "-m", "autograder.authoring.hints", str(root.resolve()), name, str(seed)]
    quiet = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "agg", "PYTHONHASHSEED": str(seed)}
    environment = {key: value for key, value in os.environ.items() if key != SEED_VARIABLE} | quiet
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip() or "no reason given").splitlines()[-1]
        raise CourseError(f"the hints of {name} cannot be made: {reason}")
    return json.loads(done.stdout)


def _in_both(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return `one` without the fingerprints that are not in `other`: those depend on chance."""
    for name, exercise in one["exercises"].items():
        for check, mistakes in exercise["checks"].items():
            again = other["exercises"][name]["checks"][check]
            exercise["checks"][check] = {known: same for known, same in mistakes.items() if again.get(known) == same}
    return one


def _made_from(root: Path, name: str) -> str:
    made = hashlib.sha256()
    files = [master_path(root, name), catalogue_path(root, name), Path(__file__), Path(in_process.__file__)]
    for path in [*files, *sorted(CHECKER.glob("*.py"))]:
        made.update(path.read_bytes() if path.is_file() else b"")
    return made.hexdigest()[:16]


def _tasks(master: NotebookNode) -> dict[str, dict[str, Any]]:
    """Return title, minutes, points and slide of each exercise, by its whole heading."""
    tasks = {}
    for cell in master.cells:
        heading, _, text = cell.source.partition("\n")
        if cell.cell_type == "markdown" and heading.startswith("### "):
            about = HEADING.match(heading)
            title, minutes = (about["title"], int(about["minutes"])) if about else (heading[4:], 0)
            paragraph = " ".join(text.strip().split("\n\n")[0].split())
            named = SLIDES.match(paragraph)
            slide = named[1].replace("*", "").rstrip(".") if named else ""
            tasks[heading[4:]] = {"title": title, "minutes": minutes, "slide": slide}
    return tasks


def _mistakes(wrong: dict[Answer, str], right: set[str]) -> dict[str, list[list[str]]]:
    """Return (name, hint) of the wrong answers that fail a check as students see it, by fingerprint.

    wrong: fingerprint by answer. right: fingerprints on the way of right answers; a mistake whose numbers are the same,
    up to rounding, cannot be distinguished from them.
    """
    found: dict[str, list[list[str]]] = {}
    for answer, code in wrong.items():
        if code and code not in right:
            found.setdefault(code, []).append([answer.name, answer.hint])
    return {code: alike for code, alike in sorted(found.items()) if len(alike) <= MAX_ALIKE}


def _in_a_process(setup: str, answer: Answer, check: CheckCell, cpu_seconds: float) -> str:
    """Return the fingerprint of a wrong answer; empty where the check passes, or the answer does not end in time."""
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            seconds = math.ceil(cpu_seconds)
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
            os.write(there, _fingerprint(setup, answer.source, check).encode())
        finally:
            os._exit(0)
    os.close(there)
    with os.fdopen(here, "rb", buffering=0) as pipe:
        reply = pipe.read(64) if select.select([pipe], [], [], WALL_PER_CPU * cpu_seconds)[0] else b""
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return reply.decode()


def _fingerprint(setup: str, answer: str, check: CheckCell) -> str:
    *_, last = ["", *_on_the_way(setup, answer, check, failing=True)]
    return last


class _OnTheWay(fingerprint.Recorder):
    """Keeps the fingerprint after each reply."""

    def __init__(self) -> None:
        super().__init__()
        self.fingerprints: list[str] = []

    def note(self, word: str, value: object = None) -> None:
        super().note(word, value)
        self.fingerprints.append(self.fingerprint)


def _on_the_way(setup: str, answer: str, check: CheckCell, failing: bool = False) -> list[str]:
    """Return the fingerprints after each reply of an answer to a visible check; none where the check crashed.

    failing: none where it passes, either.
    """
    with quiet():
        names = namespace(setup, answer, as_far_as_it_goes=True)
        fingerprint.recorder = recorder = _OnTheWay()
        found = outcome(check.visible_source, check.grade_id, names)
    if found is None:
        return [] if failing else recorder.fingerprints
    return recorder.fingerprints if found.is_verdict else []


def _seed(seed: int) -> None:
    """Let all randomness that an answer may take without a seed of its own start at `seed`."""
    random.seed(seed)
    np.random.seed(seed)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)


if __name__ == "__main__":
    try:
        print(json.dumps(hints(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))))
    except CourseError as error:
        sys.exit(str(error))
