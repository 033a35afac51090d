"""Grade the same submissions with stock nbgrader and with the engine, in one run on one machine.

    python benchmarks/grading.py [--unit 02_pca_least_squares] [--stock 20] [--engine 10 100 1000] [--jobs 2]
    python benchmarks/grading.py --beside ../earlier     # the engine of another checkout, on the same class
    python benchmarks/grading.py --without-rules         # this engine, without what the checks rule out

Prints submissions a second of each, their ratio, the engine's CPU seconds a submission, its peak memory, and how all of
it grows with the size of the class. The engine's seconds are those of the whole command, start included; stock nbgrader
grades the first `--stock` submissions of the largest class in one process, as it does, and its start is left out. Both
find the assignment in the gradebook. Where two engines, or two masters, are compared, they take turns on the same
submissions, `--rounds` times, and the medians are printed.

CPU is what parent, judges and workers use. `own` is what the same cells and checks take in a bare Python process, so
`over` is what judging apart from the student's process costs. Memory is the proportional set size of all processes of
the run (shared pages are counted once), sampled every two seconds, for counting pages takes time of its own.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.engine.in_process import namespace, run_cell
from autograder.gradebook.nbgrader_course import Course
from autograder.notebooks.assignment import Assignment, read_assignment
from autograder.notebooks.catalogue import load, submission
from autograder.operations.demo_class import mistaken, right

ROOT = Path(__file__).parents[1]
HONEST = [right(0), right(1), right(2), mistaken(0, 5), mistaken(1, 4), mistaken(2, 3), mistaken(3, 2)]


@dataclass(frozen=True)
class Build:
    """An engine and the course that it grades.

    code: the checkout whose `autograder` and `course_utils` run; course: the folder with the class.
    """

    name: str
    code: Path
    course: Path


@dataclass
class Measured:
    """One class graded: wall seconds of the whole run, CPU seconds of all its processes, peak memory in bytes."""

    size: int
    seconds: float
    cpu_seconds: float
    peak_bytes: int = 0

    @property
    def rate(self) -> float:
        return self.size / self.seconds


def make_course(root: Path, unit: str, size: int) -> list[dict[str, str]]:
    """Make a course folder in which `size` students have handed in honest work, some of it with usual mistakes.

    Returns the answers of the kinds of work, by exercise; they take turns.
    """
    root.mkdir(exist_ok=True)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(ROOT / "source" / unit, root / "source" / unit)
    catalogue = load(ROOT / "answers" / f"{unit}.py")
    released = nbformat.read(ROOT / "release" / unit / f"{unit}.ipynb", as_version=4)
    kinds = [{name: answer.source for name, answer in choose(catalogue).items()} for choose in HONEST]
    works = [nbformat.writes(submission(released, answers)) for answers in kinds]
    for number in range(size):
        folder = root / "submitted" / f"student-{number:04}" / unit
        folder.mkdir(parents=True)
        (folder / f"{unit}.ipynb").write_text(works[number % len(works)], encoding="utf-8")
    Course(root).generate(unit)
    return kinds


def without_rules(root: Path, unit: str, copy: Path) -> None:
    """Copy a course, with a master whose checks rule nothing out."""
    shutil.copytree(root, copy)
    path = copy / "source" / unit / f"{unit}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    found = 0
    for cell in notebook.cells:
        if cell.cell_type == "code" and "check.rules_out(" in cell.source:
            lines = cell.source.splitlines(keepends=True)
            for rule in _rules(cell.source):
                found += 1
                for number in range(rule.lineno - 1, rule.end_lineno or rule.lineno):
                    lines[number] = ""
            cell.source = "".join(lines)
    assert found, f"the checks of {unit} rule nothing out"
    nbformat.write(notebook, path)


def _rules(source: str) -> list[ast.Expr]:
    return [
        line
        for line in ast.parse(source).body
        if isinstance(line, ast.Expr) and ast.unparse(line).startswith("check.rules_out(")
    ]


def own_computing(root: Path, unit: str, kinds: list[dict[str, str]]) -> float:
    """Return the CPU seconds that a submission's cells and checks take by themselves, on average."""
    asked = read_assignment(root / "source" / unit / f"{unit}.ipynb")
    for _ in range(2):  # once for what is imported late
        start = time.process_time()
        for answers in kinds:
            run_bare(asked, answers)
    return (time.process_time() - start) / len(kinds)


def run_bare(asked: Assignment, answers: dict[str, str]) -> None:
    names = namespace(asked.setup, "")
    for exercise in asked.exercises:
        for source in (answers[exercise.name], *(check.source for check in exercise.checks)):
            with contextlib.suppress(Exception):  # a mistake, and what its check says of it
                run_cell(source, exercise.name, names)


def grade_with_stock(root: Path, unit: str, size: int) -> Measured:
    course = Course(root, stock=True)
    before, start = _cpu(), time.perf_counter()
    for number in range(size):
        assert course.autograde(unit, f"student-{number:04}") is None
    return Measured(size, time.perf_counter() - start, _cpu() - before)


def grade_with_engine(build: Build, unit: str, size: int, jobs: int) -> Measured:
    """Grade the first `size` students of a class anew."""
    root = build.course
    for left in ("autograded", ".results"):
        shutil.rmtree(root / left, ignore_errors=True)
    students = [word for number in range(size) for word in ("--student", f"student-{number:04}")]
    command = [sys.executable, "-m", "autograder.cli", "grade", unit, "-j", str(jobs), *students]
    environment = os.environ | {"PYTHONPATH": str(build.code)}
    before, start = _cpu(), time.perf_counter()
    process = subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.DEVNULL)
    watch = Watch(process.pid)
    if code := process.wait():
        raise SystemExit(f"{build.name}: `autograder grade` of {build.code} ended with {code}.")
    seconds, cpu_seconds = time.perf_counter() - start, _cpu() - before
    workers = [json.loads(path.read_text())["worker_cpu_seconds"] for path in (root / ".results" / unit).iterdir()]
    return Measured(size, seconds, cpu_seconds + sum(workers), watch.stop())


class Watch(threading.Thread):
    """Samples the memory of a process and all its descendants until it is stopped.

    samples: (when, bytes), `when` as `time.time` has it.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.samples: list[tuple[float, int]] = []
        self._pid, self._done = pid, threading.Event()
        self.start()

    def run(self) -> None:
        while not self._done.wait(2.0):
            self.samples.append((time.time(), sum(_proportional_bytes(pid) for pid in _family(self._pid))))

    def stop(self) -> int:
        """Stop, and return the most that it was."""
        self._done.set()
        self.join()
        return max((size for _, size in self.samples), default=0)


def _family(pid: int) -> list[int]:
    members = [pid]
    for member in members:
        with contextlib.suppress(OSError):  # it has ended
            for task in Path(f"/proc/{member}/task").glob("*/children"):
                members += [int(child) for child in task.read_text().split()]
    return members


def _proportional_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:")), 0)


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def median(runs: Sequence[Measured]) -> Measured:
    """Return the median of each figure; the peak is the largest."""
    return Measured(
        runs[0].size,
        statistics.median(run.seconds for run in runs),
        statistics.median(run.cpu_seconds for run in runs),
        max(run.peak_bytes for run in runs),
    )


def builds_of(options: argparse.Namespace, root: Path) -> list[Build]:
    builds = [Build("engine", ROOT, root / "course")]
    if options.beside:
        builds.append(Build("beside", options.beside.resolve(), root / "course"))
    if options.without_rules:
        without_rules(root / "course", options.unit, root / "without")
        builds.append(Build("no rules", ROOT, root / "without"))
    return builds


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--unit", default="02_pca_least_squares")
    parser.add_argument("--stock", type=int, default=20, help="submissions graded with stock nbgrader")
    parser.add_argument("--engine", type=int, nargs="+", default=[10, 100, 1000], help="sizes of the class")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--beside", type=Path, metavar="CHECKOUT", help="grade with the engine of this checkout, too")
    parser.add_argument("--without-rules", action="store_true", help="grade without what the checks rule out, too")
    parser.add_argument("--rounds", type=int, help="how often each size is graded: 3 where builds are compared, else 1")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    options = parser.parse_args()
    options.rounds = options.rounds or (3 if options.beside or options.without_rules else 1)
    return options


def main() -> None:
    options = arguments()
    figures = []
    with tempfile.TemporaryDirectory() as scratch:
        course = Path(scratch, "course")
        kinds = make_course(course, options.unit, max(*options.engine, options.stock))
        own = own_computing(course, options.unit, kinds)
        stock = grade_with_stock(course, options.unit, options.stock)
        print(f"own computing: {own:.3f} CPU s a submission; all that follows is a submission, too")
        print(f"{'':8} {'size':>5} {'s':>8} {'per s':>8} {'ratio':>7} {'CPU s':>7} {'over':>7} {'peak MiB':>9}")
        print(f"{'stock':8} {stock.size:5} {stock.seconds:8.1f} {stock.rate:8.2f} {1:7.1f} "
              f"{stock.cpu_seconds / stock.size:7.3f}")  # fmt: skip
        builds = builds_of(options, Path(scratch))
        for size in options.engine:
            turns = [
                [grade_with_engine(build, options.unit, size, options.jobs) for build in builds]
                for _ in range(options.rounds)
            ]
            for build, runs in zip(builds, zip(*turns, strict=True), strict=True):
                run = median(runs)
                ratio, cpu_seconds = run.rate / stock.rate, run.cpu_seconds / size
                figures.append({"build": build.name, "size": size, "seconds": run.seconds, "per_second": run.rate,
                                "ratio": ratio, "cpu_seconds": cpu_seconds, "over": cpu_seconds - own,
                                "peak_bytes": run.peak_bytes})  # fmt: skip
                print(f"{build.name:8} {size:5} {run.seconds:8.1f} {run.rate:8.2f} {ratio:7.1f} "
                      f"{cpu_seconds:7.3f} {cpu_seconds - own:7.3f} {run.peak_bytes / 2**20:9.0f}")  # fmt: skip
    if options.json:
        options.json.write_text(json.dumps({"stock_per_second": stock.rate, "own": own, "engine": figures}, indent=1))


if __name__ == "__main__":
    main()
