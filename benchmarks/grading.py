"""Grade the same submissions with stock nbgrader and with the engine, in one run on one machine.

    python benchmarks/grading.py [--unit 02_pca_least_squares] [--stock 20] [--engine 10 100 1000] [--jobs 2]

Prints submissions a second of each, their ratio, the engine's CPU seconds a submission, its peak memory, and how all of
it grows with the size of the class. Memory is the proportional set size of all processes of the run (shared pages are
counted once), sampled five times a second. The CPU seconds are those of the parent and the judges: what the workers
use behind their walls is not waited for by anybody, and so not in them. Stock nbgrader grades the first `--stock`
submissions of the largest class, in one process, as it does; its start-up is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.answers import load, submission
from autograder.nbgrader_api import Course
from autograder.roster import mistaken, right

ROOT = Path(__file__).parents[1]
HONEST = [right(0), right(1), right(2), mistaken(0, 5), mistaken(1, 4), mistaken(2, 3), mistaken(3, 2)]


@dataclass
class Measured:
    """One class graded: wall and CPU seconds of the whole run, start included, and its peak memory in bytes."""

    size: int
    seconds: float
    cpu_seconds: float
    peak_bytes: int

    @property
    def rate(self) -> float:
        return self.size / self.seconds


def make_course(root: Path, unit: str, size: int) -> None:
    """Make a course folder in which `size` students have handed in honest work, some of it with usual mistakes."""
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(ROOT / "source" / unit, root / "source" / unit)
    catalogue = load(ROOT / "answers" / f"{unit}.py")
    released = nbformat.read(ROOT / "release" / unit / f"{unit}.ipynb", as_version=4)
    works = []
    for choose in HONEST:
        answers = {name: answer.source for name, answer in choose(catalogue).items()}
        works.append(nbformat.writes(submission(released, answers)))
    for number in range(size):
        folder = root / "submitted" / f"student-{number:04}" / unit
        folder.mkdir(parents=True)
        (folder / f"{unit}.ipynb").write_text(works[number % len(works)], encoding="utf-8")


def grade_with_stock(root: Path, unit: str, size: int) -> Measured:
    course = Course(root, stock=True)
    course.generate(unit)
    before, start = _cpu(), time.perf_counter()
    for number in range(size):
        assert course.autograde(unit, f"student-{number:04}") is None
    return Measured(size, time.perf_counter() - start, _cpu() - before, 0)


def grade_with_engine(root: Path, unit: str, size: int, jobs: int) -> Measured:
    students = [word for number in range(size) for word in ("--student", f"student-{number:04}")]
    command = [Path(sys.executable).with_name("autograder"), "grade", unit, "-j", str(jobs), *students]
    before, start = _cpu(), time.perf_counter()
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL)
    watch = Watch(process.pid)
    assert process.wait() == 0
    seconds = time.perf_counter() - start
    return Measured(size, seconds, _cpu() - before, watch.stop())


class Watch(threading.Thread):
    """Samples the memory of a process and all its descendants until it is stopped."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid, self._peak, self._done = pid, 0, threading.Event()
        self.start()

    def run(self) -> None:
        while not self._done.wait(0.2):
            self._peak = max(self._peak, sum(_proportional_bytes(pid) for pid in _family(self._pid)))

    def stop(self) -> int:
        self._done.set()
        self.join()
        return self._peak


def _family(pid: int) -> list[int]:
    members = [pid]
    for member in members:
        for task in Path(f"/proc/{member}/task").glob("*/children"):
            try:
                members += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--unit", default="02_pca_least_squares")
    parser.add_argument("--stock", type=int, default=20, help="submissions graded with stock nbgrader")
    parser.add_argument("--engine", type=int, nargs="+", default=[10, 100, 1000], help="sizes of the class")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    options = parser.parse_args()
    figures = []
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        make_course(root, options.unit, max(*options.engine, options.stock))
        stock = grade_with_stock(root, options.unit, options.stock)
        print(f"{'':8} {'size':>5} {'s':>8} {'per s':>8} {'ratio':>7} {'judge CPU s':>11} {'peak MiB':>9}")
        print(f"{'stock':8} {stock.size:5} {stock.seconds:8.1f} {stock.rate:8.2f} {1:7.1f} "
              f"{stock.cpu_seconds / stock.size:11.3f}")  # fmt: skip
        for size in options.engine:
            for made in ("autograded", ".results"):
                shutil.rmtree(root / made, ignore_errors=True)
            (root / "gradebook.db").unlink(missing_ok=True)
            run = grade_with_engine(root, options.unit, size, options.jobs)
            ratio = run.rate / stock.rate
            figures.append({"size": size, "seconds": run.seconds, "per_second": run.rate, "ratio": ratio,
                            "cpu_seconds_each": run.cpu_seconds / size, "peak_bytes": run.peak_bytes})  # fmt: skip
            print(f"{'engine':8} {size:5} {run.seconds:8.1f} {run.rate:8.2f} {ratio:7.1f} "
                  f"{run.cpu_seconds / size:11.3f} {run.peak_bytes / 2**20:9.0f}")  # fmt: skip
    if options.json:
        options.json.write_text(json.dumps({"stock_per_second": stock.rate, "engine": figures}, indent=1))


if __name__ == "__main__":
    main()
