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
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from nbformat import NotebookNode

from autograder.engine import in_process
from autograder.engine.in_process import namespace, outcome, quiet
from autograder.engine.preload import import_for_the_judge
from autograder.errors import CourseError
from autograder.notebooks.assignment import CheckCell, Exercise, assignment_of, cells_of
from autograder.notebooks.catalogue import Answer, load
from autograder.notebooks.explanations import explanation_of, folded
from autograder.notebooks.format import read_notebook
from autograder.notebooks.title import read_title
from autograder.paths import catalogue_path, master_path
from autograder.sentences import last_line
from autograder.settings import WALL_PER_CPU, limits
from course_utils.check import fingerprint
from course_utils.check.live_hints import FILE, digest
from course_utils.check.seeds import SEED_VARIABLE

# How many mistakes may give the same fingerprint and still be named.
MAX_ALIKE = 2

# The line that names the slides of an exercise, up to a colon behind which a sentence goes on.
SLIDES = re.compile(r"((?:[A-Z0-9]+-[A-Z0-9]+), .*?(?:\*(?=[:.]( |$))|$))")

# The comment at the top of a check cell that says what kinds of cases are hidden. It may have several lines.
HIDDEN_CASES = re.compile(r"# Hidden cases: (.*(?:\n#.*)*)")

CHECKER = Path(fingerprint.__file__).parent


def write_hints(
    root: Path, name: str, folder: Path, on_step: Callable[[str, int, int], None] = lambda name, done, total: None
) -> None:
    """Write hints.json of the assignment `name` of the course `root` into `folder`, where its release is made.

    The hints of an exercise are taken over from the release before if they were made from the same cells, answers and
    checker; without a catalogue nothing is made. on_step: called with `name`, exercises done, and exercises to do.
    Raises CourseError where the catalogue cannot be read, or the master imports what is not installed.
    """
    if not catalogue_path(root, name).is_file():
        return
    asked = _Asked.read(root, name)
    earlier = _earlier(root / "release" / name / FILE)
    kept = {
        exercise: about for exercise, (made_from, about) in earlier.items() if made_from == asked.digests.get(exercise)
    }
    new = [exercise for exercise in asked.digests if exercise not in kept]
    with ThreadPoolExecutor(2) as pool:
        step = lambda done: on_step(name, done, len(new))
        makers = [pool.submit(_made_apart, root, name, folder, new, seed, step) for seed in (1, 2)] if new else []
    made = kept | (_in_both(*(maker.result() for maker in makers)) if makers else {})
    whole = {
        "assignment": name,
        "exercises": {exercise: asked.about(exercise) | made[exercise] for exercise in asked.digests},
        "made_from": asked.digests,
    }
    (folder / FILE).write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def hints(root: Path, name: str, exercises: Sequence[str], seed: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (exercise, what hints.json is to hold of its checks). Call it in a process that has run nothing parallel.

    exercises: the names to yield, all others being left out.
    """
    master = read_notebook(master_path(root, name))
    import_for_the_judge(master, name)
    _seed(seed)
    assignment, catalogue, allowed = assignment_of(master), load(catalogue_path(root, name)), limits(root)
    for exercise in assignment.exercises:
        if exercise.name not in exercises:
            continue
        sources = [exercise.answer, *(answer.source for answer in catalogue.right(exercise.name))]
        checks = {}
        for check in exercise.checks:  # right answers first: what is imported late is then imported before the forks
            right = {reply for source in sources for reply in _on_the_way(assignment.setup, source, check)}
            wrong = {
                answer: _in_a_process(assignment.setup, answer, check, allowed.hint_cpu_seconds)
                for answer in catalogue.wrong(exercise.name)
            }
            checks[digest(check.visible_source)] = _mistakes(wrong, right)
        yield exercise.name, {"checks": checks}


@dataclass(frozen=True)
class _Asked:
    """The exercises of an assignment. digests: of all that the hints of each depend on, by its name."""

    master: NotebookNode
    exercises: dict[str, Exercise]
    tasks: dict[str, dict[str, Any]]
    digests: dict[str, str]

    @classmethod
    def read(cls, root: Path, name: str) -> _Asked:
        master = read_notebook(master_path(root, name))
        assignment, catalogue = assignment_of(master), load(catalogue_path(root, name))
        exercises = {exercise.name: exercise for exercise in assignment.exercises}
        checker = hashlib.sha256()
        for path in (Path(__file__), Path(in_process.__file__), *sorted(CHECKER.glob("*.py"))):
            checker.update(path.read_bytes())
        digests = {}
        for exercise in assignment.exercises:
            answers = [answer for answer in catalogue.answers if answer.exercise == exercise.name]
            made_from = (assignment.setup, exercise, answers, limits(root).hint_cpu_seconds, checker.hexdigest())
            digests[exercise.name] = hashlib.sha256(repr(made_from).encode()).hexdigest()[:16]
        return cls(master, exercises, _tasks(master), digests)

    def about(self, exercise: str) -> dict[str, Any]:
        """Return title, minutes and slide of an exercise, what its hidden cases are, and its explanation."""
        asked = self.exercises[exercise]
        shown_later = {
            "hidden": _hidden_cases(asked),
            "explanation": folded(explanation_of(cells_of(self.master, exercise))),
        }
        return self.tasks.get(asked.title, {}) | shown_later


def _earlier(path: Path) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return {exercise: (digest, {"checks": ...})} of a hints.json; nothing where there is none, or an older one."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        whole = json.loads(path.read_text(encoding="utf-8"))
        return {
            name: (whole["made_from"][name], {"checks": about["checks"]}) for name, about in whole["exercises"].items()
        }
    return {}


def _made_apart(
    root: Path, name: str, folder: Path, exercises: Sequence[str], seed: int, on_step: Callable[[int], None]
) -> dict[str, Any]:
    """Return the hints as a process of their own makes them. What chance decides differs with `seed`."""
    command = [sys.executable, "-m", "autograder.authoring.hints", str(root.resolve()), name, str(seed), *exercises]
    quiet = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "agg", "PYTHONHASHSEED": str(seed)}
    environment = {key: value for key, value in os.environ.items() if key != SEED_VARIABLE} | quiet
    made: dict[str, Any] = {}
    with tempfile.TemporaryFile("w+") as errors:
        with subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as maker:
            for line in maker.stdout or ():
                made |= json.loads(line)
                on_step(len(made))
        if maker.returncode:
            errors.seek(0)
            raise CourseError(f"the hints of {name} cannot be made: {last_line(errors.read(), 'no reason given')}")
    return made


def _in_both(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return `one` without the fingerprints that are not in `other`: those depend on chance."""
    for name, exercise in one.items():
        for check, mistakes in exercise["checks"].items():
            again = other[name]["checks"][check]
            exercise["checks"][check] = {known: same for known, same in mistakes.items() if again.get(known) == same}
    return one


def _tasks(master: NotebookNode) -> dict[str, dict[str, Any]]:
    """Return title, minutes, points and slide of each exercise, by its whole heading."""
    tasks = {}
    for cell in master.cells:
        heading, _, text = cell.source.partition("\n")
        if cell.cell_type == "markdown" and heading.startswith("### "):
            about = read_title(heading[4:])
            title, minutes = (about.name, about.minutes) if about else (heading[4:], 0)
            paragraph = " ".join(text.strip().split("\n\n")[0].split())
            named = SLIDES.match(paragraph)
            slide = named[1].replace("*", "").rstrip(".") if named else ""
            tasks[heading[4:]] = {"title": title, "minutes": minutes, "slide": slide}
    return tasks


def _hidden_cases(exercise: Exercise) -> str:
    """Return what the check cells of an exercise say that their hidden cases are; empty where none says it."""
    found = (HIDDEN_CASES.match(check.visible_source) for check in exercise.checks)
    said = (" ".join(match[1].replace("\n#", " ").split()) for match in found if match)
    return " ".join(dict.fromkeys(said))


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
        for name, about in hints(Path(sys.argv[1]), sys.argv[2], sys.argv[4:], int(sys.argv[3])):
            print(json.dumps({name: about}), flush=True)
    except CourseError as error:
        sys.exit(str(error))
