"""Grade a class with plain asserts: stock nbgrader and the engine, in one run on one machine.

    python benchmarks/any_course.py [--sizes 100 1000] [--stock 6] [--jobs 2]

Two courses with nbgrader's settings. `arrays`: numpy and pandas, strings, dictionaries and partial credit, where all
checks except those of the frame are split. `objects`: classes, generators, closures, figures, files and the state of
`random`, where nearly all run beside the students' code. A third of a class is right, a third makes usual mistakes, and
a third is untouched. The engine's seconds are those of the whole command, start included; stock nbgrader grades the
first `--stock` submissions of the class in one process, as it does, and its start is left out. Both find the assignment
in the gradebook.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.plain_course import NAME, Shape, cells, hand_in, notebook, released, write_course
from support.plain_shapes import (
    CLASS,
    FIRST,
    FRAMES,
    GENERATOR,
    IMPORTS,
    KINDS_OF_VALUES,
    NESTED,
    RECURSION,
    REGEXES,
    THIRD,
    VALUES,
)

from autograder.gradebook.nbgrader_course import Course
from autograder.startup import find_own_programs

COURSES = {
    "arrays": (
        "import itertools, re\nimport numpy as np\nimport pandas as pd",
        (*FIRST, FRAMES, REGEXES, KINDS_OF_VALUES),
    ),
    "objects": (IMPORTS, (CLASS, GENERATOR, RECURSION, NESTED, VALUES, *THIRD)),
}


def works(release: dict[str, NotebookNode], shapes: tuple[Shape, ...]) -> list[dict[str, NotebookNode]]:
    """Return right, wrong and untouched work."""
    answers = [{shape.name: shape.answer for shape in shapes}, {shape.name: shape.wrong for shape in shapes}, {}]
    made = []
    for which in answers:
        made.append(copy.deepcopy(release))
        for cell in (cell for each in made[-1].values() for cell in each.cells):
            cell.source = which.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""), cell.source)
    return made


class Seconds(NamedTuple):
    """Wall-clock and CPU seconds per submission."""

    wall: float
    cpu: float


def engine_seconds(root: Path, size: int, jobs: int) -> Seconds:
    """Return what `autograder grade` takes per submission of the first `size` students, start included."""
    course = root.with_name(f"{root.name}-{size}")
    shutil.copytree(root, course, ignore=shutil.ignore_patterns("submitted", "autograded", ".results"))
    for folder in sorted((root / "submitted").iterdir())[:size]:
        shutil.copytree(folder, course / "submitted" / folder.name)
    started, before = time.monotonic(), _cpu_seconds()
    command = [sys.executable, "-m", "autograder.cli", "grade", NAME, "-j", str(jobs)]
    subprocess.run(command, cwd=course, check=True, stdout=subprocess.DEVNULL)
    wall, cpu = time.monotonic() - started, _cpu_seconds() - before
    results = (json.loads(path.read_text()) for path in (course / ".results" / NAME).glob("*.json"))
    workers = sum(result["worker_cpu_seconds"] for result in results)  # nobody waits for them, so they are not in `cpu`
    return Seconds(wall / size, (cpu + workers) / size)


def stock_seconds(root: Path, number: int) -> Seconds:
    """Return what stock nbgrader takes per submission of the first `number` students, without its start."""
    course = Course(root, stock=True)
    started, before = time.monotonic(), _cpu_seconds()
    for folder in sorted((root / "submitted").iterdir())[:number]:
        reason = course.autograde(NAME, folder.name)
        assert reason is None, reason
    return Seconds((time.monotonic() - started) / number, (_cpu_seconds() - before) / number)


def _cpu_seconds() -> float:
    """Return the CPU seconds of this process and of all that it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100])
    parser.add_argument("--stock", type=int, default=6)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    find_own_programs()
    for name, (imports, shapes) in COURSES.items():
        with tempfile.TemporaryDirectory(prefix="any-course-") as scratch:
            made = notebook(new_code_cell(imports), *(cell for shape in shapes for cell in cells(shape)))
            root = write_course(Path(scratch) / "course", {NAME: made})
            Course(root, stock=True).generate(NAME)
            kinds = works(released(root), shapes)
            for number in range(max(asked.sizes)):
                hand_in(root, f"student-{number:04}", kinds[number % len(kinds)])
            stock = stock_seconds(root, asked.stock)
            print(f"{name}: stock nbgrader, {asked.stock}: {stock.wall:.2f} s each, CPU {stock.cpu:.2f} s", flush=True)
            for size in asked.sizes:
                ours = engine_seconds(root, size, asked.jobs)
                times = f"{stock.wall / ours.wall:.0f} times; by CPU {stock.cpu / ours.cpu:.0f} times"
                print(f"{name}: engine, {size}: {ours.wall:.3f} s each, CPU {ours.cpu:.3f} s; {times}", flush=True)


if __name__ == "__main__":
    main()
