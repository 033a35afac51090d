"""How grading grows: a thousand submissions here, a class in 1, 2 and 4 tasks of Slurm, and a whole course on paper.

    python benchmarks/scale.py [--local 1000] [--slurm 140] [--each 28] [--docs docs/scale.md]

Submissions are those of `grading.py`: seven kinds of honest work, four of them with usual mistakes, in turn. Measured
are, each with the command that an instructor types:

- `--local` submissions of one unit: seconds a submission and memory, a tenth of the class at a time. Flat is good;
- `--slurm` submissions of it in 1, 2 and 4 tasks of one CPU, through a Slurm of one node that is started for it. What
  two and four tasks take is also predicted from what one takes, so that the prediction below can be judged;
- `--each` submissions of every unit, two at a time: how long one takes, and how much disk.

From these follows on paper what a course takes: `--students`, every unit, `--attempts`, and `--nodes` tasks of two CPUs
like those of this machine.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from grading import ROOT, Watch, make_course

sys.path.insert(0, str(ROOT / "tests"))

from support import slurm_here

UNIT = "02_pca_least_squares"
TASKS = (1, 2, 4)
BEGIN, END = "<!-- figures -->\n", "<!-- end of the figures -->\n"


@dataclass(frozen=True)
class Run:
    """One command that graded a class, by the clock: when it began, when each result was there, when it ended.

    memory: (seconds, bytes) of all its processes, as sampled. disk: bytes that it left.
    """

    began: float
    results: list[float]
    ended: float
    memory: list[tuple[float, int]]
    disk: int

    @property
    def size(self) -> int:
        return len(self.results)

    @property
    def seconds(self) -> float:
        return self.ended - self.began

    @property
    def start(self) -> float:
        """Seconds until the first result."""
        return self.results[0] - self.began

    @property
    def last(self) -> float:
        """Seconds until the last result."""
        return self.results[-1] - self.began

    @property
    def each(self) -> float:
        """Seconds from one result to the next, on average."""
        return (self.last - self.start) / (self.size - 1)


def grade(root: Path, unit: str, *options: str, environment: dict[str, str] | None = None) -> Run:
    """Grade all submissions of `unit` in the course `root` and return how it went."""
    for left in ("autograded", ".results"):
        shutil.rmtree(root / left, ignore_errors=True)
    command = [Path(sys.executable).with_name("autograder"), "grade", unit, *options]
    began = time.time()
    process = subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.DEVNULL)
    watch = Watch(process.pid)
    assert process.wait() == 0
    ended = time.time()
    watch.stop()
    # On Slurm a task's result is taken over by the command; the page is as old as the result.
    pages = sorted(path.stat().st_mtime for path in root.glob(f"autograded/*/{unit}/{unit}.ipynb"))
    left = [path for folder in ("autograded", ".results") for path in (root / folder).rglob("*") if path.is_file()]
    return Run(began, pages, ended, watch.samples, sum(path.stat().st_size for path in left))


def growth(run: Run) -> Iterator[str]:
    """Yield a table: how long a submission takes and how much memory there is, a tenth of the class at a time."""
    yield "| submissions | s each | memory, MiB |\n| --- | --- | --- |"
    for tenth in range(10):
        first, last = (run.size * part // 10 for part in (tenth, tenth + 1))
        begin, end = run.results[first], run.results[last - 1]
        memory = [size for when, size in run.memory if begin <= when <= end]
        shown = f"{max(memory) / 2**20:.0f}" if memory else ""
        yield f"| {first + 1} to {last} | {(end - begin) / (last - 1 - first):.3f} | {shown} |"


def on_slurm(root: Path) -> dict[int, Run]:
    """Return how grading in 1, 2 and 4 tasks of a CPU went."""
    with tempfile.TemporaryDirectory() as folder, slurm_here.slurm(Path(folder)) as cluster:
        options = ("--executor", "slurm", "-j", "1", "--array-size")
        return {tasks: grade(root, UNIT, *options, str(tasks), environment=cluster.environment) for tasks in TASKS}


def tasks_table(runs: dict[int, Run], cores: int) -> Iterator[str]:
    """Yield a table of what tasks took, alongside what follows from one task."""
    yield "| tasks of one CPU | s to the first result | to the last | predicted | off by | to the end | s each |"
    yield "| --- " * 7 + "|"
    one = runs[1]
    for tasks, run in runs.items():
        predicted = one.start + one.each * (one.size - 1) / min(tasks, cores)
        alongside = f"{predicted:.1f} | {predicted / run.last - 1:+.0%}" if tasks > 1 else " | "
        yield f"| {tasks} | {run.start:.1f} | {run.last:.1f} | {alongside} | {run.seconds:.1f} | {run.each:.3f} |"


def prediction(units: dict[str, Run], start: float, students: int, attempts: int, nodes: int) -> Iterator[str]:
    """Yield a table: what a deadline of each unit takes on `nodes` tasks, and what the course takes."""
    yield f"| unit | s each, two at a time | {students} on {nodes} tasks, min | disk, kB each |\n" + "| --- " * 4 + "|"
    minutes, disk = 0.0, 0
    for unit, run in units.items():
        deadline = (start + ceil(students / nodes) * run.each) / 60
        minutes += deadline
        disk += run.disk / run.size
        yield f"| {unit} | {run.each:.3f} | {deadline:.1f} | {run.disk / run.size / 1e3:.0f} |"
    runs = attempts * len(units)
    reserved = attempts * minutes / 60 * nodes * 2
    yield f"\n{students} students, {len(units)} units, {attempts} attempts: {runs * students:,} gradings, {runs} runs."
    yield f"On {nodes} tasks of two CPUs: {attempts * minutes:.0f} minutes in all, {reserved:.1f} CPU hours reserved."
    yield f"What the last attempt of everybody leaves on disk: {disk * students / 1e9:.2f} GB."


def figures(options: argparse.Namespace, root: Path) -> Iterator[str]:
    """Measure, and yield the tables as Markdown."""
    cores = len(os.sched_getaffinity(0))
    make_course(root / "local", UNIT, options.local)
    local = grade(root / "local", UNIT, "-j", str(cores))
    yield f"{local.size} submissions of {UNIT} in one command, `-j {cores}`:"
    yield f"{local.seconds:.1f} s, the first result after {local.start:.1f} s, the last after {local.last:.1f} s.\n"
    yield from growth(local)
    make_course(root / "slurm", UNIT, options.slurm)
    runs = on_slurm(root / "slurm")
    yield f"\n{options.slurm} submissions of {UNIT} with `--executor slurm -j 1 --array-size N`, on {cores} cores:\n"
    yield from tasks_table(runs, cores)
    units = {}
    for unit in sorted(path.parent.name for path in ROOT.glob("source/*/*.ipynb")):
        make_course(root / unit, unit, options.each)
        units[unit] = grade(root / unit, unit, "-j", "2")
    yield f"\n{options.each} submissions of each unit in one command, `-j 2`, and what follows:\n"
    yield from prediction(units, runs[1].start, options.students, options.attempts, options.nodes)


def main() -> None:
    """Print the tables, and put them into the docs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--local", type=int, default=1000, help="submissions to grade without Slurm")
    parser.add_argument("--slurm", type=int, default=140, help="submissions to grade in tasks of Slurm")
    parser.add_argument("--each", type=int, default=28, help="submissions of each unit")
    parser.add_argument("--students", type=int, default=500)
    parser.add_argument("--attempts", type=int, default=3)
    parser.add_argument("--nodes", type=int, default=8, help="tasks at a time, two CPUs each")
    parser.add_argument("--docs", type=Path, help="the file that the tables go into, between two marks")
    options = parser.parse_args()
    lines = []
    with tempfile.TemporaryDirectory() as scratch:
        for line in figures(options, Path(scratch)):
            print(line, flush=True)
            lines.append(line)
    if options.docs:
        before, _, rest = options.docs.read_text(encoding="utf-8").partition(BEGIN)
        table = "\n".join(lines)
        options.docs.write_text(f"{before}{BEGIN}\n{table}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
