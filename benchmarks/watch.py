"""Arrivals as before a deadline, graded by the watcher as they come, beside a loop of stock nbgrader's commands.

    python benchmarks/watch.py [--students 500] [--minutes 10] [--burst 300] [--stock 10] [--idle 60]

Each student hands in once, as `nbgrader submit` writes it into the exchange; half of all arrive in the last fifth of
the time. The submissions are those of `grading.py`. Printed are, for the arrivals and for a burst that arrives at once:

- the wait: from the moment that the submission is whole to the moment that its page is in the exchange;
- how many a minute were done, from the first arrival to the last page;
- memory of the watcher and all that it has started (proportional set size), in each third of the time and at most.

Then, with nothing to do: memory, and CPU as a share of one core. Last, stock nbgrader does the same to `--stock`
submissions by collect, autograde, generate_feedback and release_feedback, in one process whose start is left out.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from grading import ROOT, Watch, _family, make_course
from nbgrader.apps.api import NbGraderAPI
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory
from nbgrader.utils import notebook_hash
from traitlets.config import Config

from autograder.gradebook.nbgrader_course import Course
from autograder.watching.status import percentile

# Of all students, so many arrive in the last part of the time, which is so long.
LATE, LAST = 0.5, 0.2


@dataclass
class HandedIn:
    """A submission: when it was whole, and where its page will be."""

    at: float
    page: Path


@dataclass
class Measured:
    """What became of submissions: waits in seconds, how long all took, memory as (when, bytes), how many were lost."""

    waits: list[float]
    seconds: float
    samples: list[tuple[float, int]]
    lost: int


class Class:
    """A course whose students have their work ready to hand in."""

    def __init__(self, root: Path, unit: str, size: int) -> None:
        make_course(root, unit, size)
        (root / "answers").mkdir()
        shutil.copy(ROOT / "answers" / f"{unit}.py", root / "answers")
        with (root / "nbgrader_config.py").open("a") as config:
            config.write("\nc.Watch.only_enrolled = False\n")
        Course(root).release(unit)
        (root / "submitted").rename(root / "works")
        self.root, self.unit = root, unit
        self._inbound = root / "exchange" / "deep-learning" / "inbound"

    def hand_in(self, number: int) -> HandedIn:
        """Write a submission as `nbgrader submit` does."""
        student = f"student-{number:04}"
        when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
        folder = self._inbound / f"{student}+{self.unit}+{when}+{secrets.token_urlsafe(9)}"
        shutil.copytree(self.root / "works" / student / self.unit, folder)
        secret = secrets.token_hex(64)
        (folder / "timestamp.txt").write_text(when)
        (folder / "submission_secret.txt").write_text(secret)
        folder.chmod(0o777)
        name = notebook_hash(secret=secret, notebook_id=self.unit)
        return HandedIn(time.time(), self.root / "exchange" / "deep-learning" / "feedback" / f"{name}.html")


def moments(size: int, seconds: float) -> list[float]:
    """Return when each of `size` submissions arrives, from 0 to `seconds`."""
    chance = random.Random(7)
    late = round(LATE * size)
    early = [chance.uniform(0, (1 - LAST) * seconds) for _ in range(size - late)]
    return sorted(early + [chance.uniform((1 - LAST) * seconds, seconds) for _ in range(late)])


def arrivals(course: Class, numbers: range, seconds: float, pid: int, patience: float) -> Measured:
    """Hand in over `seconds`, and wait for all pages, `patience` seconds at most after the last arrival."""
    memory, start = Watch(pid), time.time()
    handed_in: list[HandedIn] = []
    for number, moment in zip(numbers, moments(len(numbers), seconds), strict=True):
        time.sleep(max(0.0, start + moment - time.time()))
        handed_in.append(course.hand_in(number))
    end = time.time() + patience
    while time.time() < end and not all(one.page.exists() for one in handed_in):
        time.sleep(0.2)
    memory.stop()
    done = [(one, one.page.stat().st_mtime) for one in handed_in if one.page.exists()]
    last = max((written for _, written in done), default=time.time())
    waits = [written - one.at for one, written in done]
    return Measured(waits, last - handed_in[0].at, memory.samples, len(handed_in) - len(done))


def cpu_seconds(pid: int) -> float:
    """Return the CPU seconds that a process and its descendants have used."""
    ticks = 0
    for member in _family(pid):
        fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def stock_rate(root: Path, unit: str, size: int) -> float:
    """Return how many submissions a minute stock nbgrader takes from the exchange to released feedback."""
    course = Class(root, unit, size)
    for number in range(size):
        course.hand_in(number)
    config = Course(root, stock=True).config
    config.GenerateFeedback = Config()
    config.ExchangeFactory = Config()
    api = NbGraderAPI(
        CourseDirectory(config=config), Authenticator(config=config), ExchangeFactory(config=config), config=config
    )
    start = time.perf_counter()
    for number in range(size):
        student = f"student-{number:04}"
        steps = [api.collect(unit)] if number == 0 else []
        steps += [api.autograde(unit, student), api.generate_feedback(unit, student)]
        for step in steps:
            assert step and step["success"], step
    released = api.release_feedback(unit)
    assert released and released["success"], released
    return 60 * size / (time.perf_counter() - start)


def line(name: str, found: Measured) -> str:
    waits = found.waits or [float("nan")]
    third = max(1, len(found.samples) // 3)
    parts = [found.samples[start : start + third] for start in (0, third, 2 * third)]
    memory = " ".join(f"{statistics.mean(size for _, size in part) / 2**20:.0f}" if part else "-" for part in parts)
    most = max((size for _, size in found.samples), default=0) / 2**20
    return (
        f"{name:10} {len(found.waits):5} {found.lost:5} {statistics.median(waits):8.1f} {percentile(waits, 0.95):8.1f} "
        f"{60 * len(found.waits) / found.seconds:9.0f} {found.seconds:8.1f}  {memory} ({most:.0f})"
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--unit", default="02_pca_least_squares")
    parser.add_argument("--students", type=int, default=500)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--burst", type=int, default=300, help="submissions that arrive at once, after the others")
    parser.add_argument("--stock", type=int, default=10, help="submissions that stock nbgrader takes")
    parser.add_argument("--idle", type=float, default=60.0, help="seconds with nothing to do")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--patience", type=float, default=300.0, help="seconds after which what is not done is lost")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    print(f"load average before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPUs")
    with tempfile.TemporaryDirectory() as scratch:
        course = Class(Path(scratch, "course"), options.unit, options.students + options.burst + 1)
        command = [sys.executable, "-m", "autograder.cli", "watch", "-j", str(options.jobs)]
        process = subprocess.Popen(command, cwd=course.root, stdout=subprocess.DEVNULL)
        try:
            last = options.students + options.burst
            arrivals(course, range(last, last + 1), 0.0, process.pid, options.patience)  # the class run is warm now
            print(
                f"{'':10} {'done':>5} {'lost':>5} {'median':>8} {'95 %':>8} {'a minute':>9} {'seconds':>8}  "
                "MiB in thirds (most)"
            )
            for name, numbers, seconds in (
                ("arrivals", range(options.students), 60 * options.minutes),
                ("burst", range(options.students, last), 0.0),
            ):
                if numbers:
                    print(line(name, arrivals(course, numbers, seconds, process.pid, options.patience)), flush=True)
            time.sleep(5)
            memory, before = Watch(process.pid), cpu_seconds(process.pid)
            time.sleep(options.idle)
            share = (cpu_seconds(process.pid) - before) / options.idle
            print(f"idle for {options.idle:.0f} s: {100 * share:.2f} % of a core, {memory.stop() / 2**20:.0f} MiB")
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()
        if options.stock:
            rate = stock_rate(Path(scratch, "stock"), options.unit, options.stock)
            print(f"stock nbgrader: {rate:.1f} a minute, {options.stock} submissions")
    print(f"load average after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
