"""Try every attack of tests/engine/attacks/ on stock nbgrader and on the engine, and write the table into the docs.

    python benchmarks/attacks.py [--only NAME ...] [--docs docs/attacks.md]

An attack gains where it gets more points for an exercise than it must get. It harms where the grader is killed or has
to be stopped, where the student's own submission is lost as a whole, where an honest student's grade changes, or where
processes are left behind. Stock nbgrader grades in a container (bubblewrap) here, with the course as the only writable
folder, and limits on time and memory that it does not have by itself. Three attacks that double processes are not tried
on it: nothing there would stop them.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import runpy
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import nbformat

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.attacked import ATTACKS, FOLDER, LIMITS, POINTS, judged, master, scores, submission  # noqa: E402
from support.tiny_course import NAME, make_course  # noqa: E402

from autograder.engine.isolation import strongest_level  # noqa: E402
from autograder.engine.sandbox import Sandbox  # noqa: E402
from autograder.gradebook.nbgrader_course import Course  # noqa: E402

FORK_BOMBS = ("doubling_fork_bomb", "fork_bomb", "fork_bomb_in_a_cell")

# Right answers: what they get depends on limits, which here are those of the tests, and is not a gain.
ONLY_SLOW = ("sleeps_just_under_the_limit",)

# Limits on stock nbgrader: of a submission, of a cell, and of memory in bytes.
SECONDS, CELL_SECONDS, MEMORY = 420, 20, 6 << 30

BEGIN, END = "<!-- table of attacks -->\n", "<!-- end of the table -->\n"

ATTACKER = "attacker"

# Grades one submission with stock nbgrader; prints "graded" or what went wrong, and how many processes there are then.
ONE = """
import sys
from pathlib import Path
from autograder.gradebook.nbgrader_course import Course
print(Course(Path(sys.argv[1]), stock=True).autograde(sys.argv[2], sys.argv[3]) or "graded", flush=True)
others = [path for path in Path("/proc").glob("[0-9]*/status") if "\\nState:\\tZ" not in path.read_text()]
print(len(others), flush=True)
"""


@dataclass
class Outcome:
    """What an attack came to. `marks` by exercise, None where there are none; `counts`: more marks are a gain."""

    marks: dict[str, float] | None
    harm: str = ""
    counts: bool = True

    def shown(self, must: dict[str, float]) -> str:
        if self.marks is None:
            return "none"
        gained = sum(max(0.0, self.marks[name] - must[name]) for name in must)
        total = f"{sum(self.marks.values()):g}"
        return f"{total} (**+{gained:g}**)" if gained and self.counts else total


class Row(NamedTuple):
    """An attack, what it must get, and what came of it. stock: None where it was not tried."""

    name: str
    attack: dict[str, Any]
    must: dict[str, float]
    stock: Outcome | None
    ours: Outcome


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", nargs="*", choices=ATTACKS, default=ATTACKS, metavar="NAME")
    parser.add_argument("--docs", type=Path, help="the file that the table goes into, between two marks")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="attacked-") as folder:
        rows = list(_rows(arguments.only, Path(folder), arguments.jobs))
    table = _table(rows)
    print(table)
    if arguments.docs:
        before, _, rest = arguments.docs.read_text(encoding="utf-8").partition(BEGIN)
        arguments.docs.write_text(f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


def _rows(names: list[str], folder: Path, jobs: int) -> Iterator[Row]:
    base = _graded_honestly(folder / "base")
    attacks = {name: runpy.run_path(str(FOLDER / f"{name}.py")) for name in names}
    sandbox = Sandbox(strongest_level(), ["numpy", "torch", "course_utils.check"], LIMITS)
    with ThreadPoolExecutor(jobs) as pool, contextlib.closing(sandbox):
        stock = pool.map(lambda name: _stock(name, attacks[name], base, folder / name), names)
        for (name, attack), theirs in zip(attacks.items(), stock, strict=True):
            print(f"{name}: {theirs}", file=sys.stderr)
            yield Row(name, attack, POINTS | attack["SCORES"], theirs, _ours(attack, sandbox))


def _graded_honestly(root: Path) -> Path:
    """Make a course in which an honest student has been graded by stock nbgrader."""
    course = Course(make_course(root, master()), stock=True)
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.Execute.timeout = {CELL_SECONDS}\n")
    course.generate(NAME)
    _hand_in(root, "honest", nbformat.read(root / "source" / NAME / f"{NAME}.ipynb", as_version=4))
    harm, marks = _graded(root, "honest"), _marks(course, "honest")
    if harm or marks != POINTS:  # the container would be to blame for what attacks then seem to do
        raise SystemExit(f"an honest submission is not graded in the container: {harm}, {marks}")
    return root


def _hand_in(root: Path, student: str, notebook: nbformat.NotebookNode) -> None:
    path = root / "submitted" / student / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(nbformat.writes(notebook).encode("utf-8", "replace"))


def _stock(name: str, attack: dict, base: Path, root: Path) -> Outcome | None:
    """Grade an attack with stock nbgrader in a container; None where that is not done."""
    if name in FORK_BOMBS:
        return None
    shutil.copytree(base, root)
    _hand_in(root, ATTACKER, submission(attack))
    harm = _graded(root, ATTACKER)
    try:
        honest, marks = (_marks(Course(root), student) for student in ("honest", ATTACKER))
    except Exception as error:  # whatever an attack does to a gradebook
        return Outcome(None, f"the gradebook cannot be read ({type(error).__name__})")
    if honest != POINTS:
        harm.append("changes an honest student's grade")
    shutil.rmtree(root)
    return Outcome(marks, "; ".join(harm), counts=name not in ONLY_SLOW)


def _graded(root: Path, student: str) -> list[str]:
    """Let stock nbgrader grade one submission in a container; return what harm that did."""
    process = subprocess.Popen(
        [*_container(root), sys.executable, "-c", ONE, str(root), NAME, student],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
        text=True,
    )
    try:
        printed, _ = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return [f"did not end in {SECONDS} s"]
    lines = printed.splitlines()
    if not lines:
        return ["kills the grader"]
    harm = [] if lines[0] == "graded" else ["the whole submission is lost"]
    return harm + (["leaves processes behind"] if len(lines) > 1 and int(lines[1]) > 2 else [])


def _marks(course: Course, student: str) -> dict[str, float] | None:
    found = course.scores(NAME, student)
    if found is None or not (course.root / "autograded" / student / NAME / f"{NAME}.ipynb").is_file():
        return None
    return {name: score for name, (score, _) in found.items()}


def _container(root: Path) -> list[str]:
    command = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--ro-bind", "/", "/", "--tmpfs", "/tmp"]
    for path in (ROOT, Path(sys.prefix).resolve()):
        command += ["--ro-bind", str(path), str(path)]
    command += ["--bind", str(root), str(root), "--dev", "/dev", "--proc", "/proc", "--setenv", "HOME", "/tmp"]
    return [*command, "--setenv", "OMP_NUM_THREADS", "1", "--chdir", str(root), "--"]


def _ours(attack: dict, sandbox: Sandbox) -> Outcome:
    marks = scores(judged(sandbox, submission(attack), attack.get("LIMITS")).judged)
    honest = scores(judged(sandbox, master()).judged)
    return Outcome(marks, "" if honest == POINTS else "an honest student's marks change")


def _table(rows: list[Row]) -> str:
    most = sum(POINTS.values())
    lines = [
        f"| attack | what it does | must get, of {most} | nbgrader | here | harm with nbgrader | harm here |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        what = " ".join(row.attack["__doc__"].split()).replace("|", "\\|")
        must, theirs, harm = f"{sum(row.must.values()):g}", "not tried", "not tried"
        if row.stock:
            theirs, harm = row.stock.shown(row.must), row.stock.harm or "none"
        cells = (row.name, what, must, theirs, row.ours.shown(row.must), harm, row.ours.harm or "none")
        lines.append("| " + " | ".join(cells) + " |")
    ours = [(row.must, row.ours) for row in rows]
    stock = [(row.must, row.stock) for row in rows if row.stock]
    lines.append(
        f"\nOf {len(ours)} attacks {_gaining(ours)} gain points here and {_harming(ours)} do harm. Of the {len(stock)} "
        f"tried on stock nbgrader {_gaining(stock)} gain points and {_harming(stock)} do harm."
    )
    return "\n".join(lines) + "\n"


def _gaining(outcomes: list[tuple[dict[str, float], Outcome]]) -> int:
    return sum("+" in outcome.shown(must) for must, outcome in outcomes)


def _harming(outcomes: list[tuple[dict[str, float], Outcome]]) -> int:
    return sum(bool(outcome.harm) for _, outcome in outcomes)


if __name__ == "__main__":
    main()
