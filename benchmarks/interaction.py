"""Measure how long the callback of every demonstration takes: from a moved control to what the browser is sent.

    python benchmarks/interaction.py [--lectures 01 08] [--moves 9]
    python benchmarks/interaction.py --beside ../earlier      # the same demonstrations of another checkout, in turns

Prints one table: the median per demonstration of all lectures in milliseconds of processor time, which other processes
hardly change, the slowest first, with a line at the budget; and then the median of all and how many are above the
budget. A callback draws the picture and writes it as the bytes
that a view gets. Every lecture runs in a process of its own; with `--beside` the two checkouts take turns by lecture.
Demonstrations are paired by lecture and drawing function; one that is in one checkout only has no partner.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUDGET = 100.0  # milliseconds

# Runs in the checkout whose demonstrations are measured, so it uses only what earlier checkouts have, too.
MEASURE = """
import contextlib, io, json, sys, time
import nbformat, numpy as np
from course_utils.drawing import sliders

path, moves = sys.argv[1], int(sys.argv[2])
names = {"__name__": "lecture"}
with contextlib.redirect_stdout(io.StringIO()):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, cell.id, "exec"), names)
found = {}
for demo in sliders.DEMOS:
    rng, seconds = np.random.default_rng(0), []
    for _ in range(moves + 1):
        values = demo.sample(rng)
        begin = time.process_time()
        picture = demo.draw(**values)
        if hasattr(demo, "_stage"):
            demo._stage.show(picture, values)
        else:
            demo._view.value = picture.html(is_live=True)
        seconds.append(time.process_time() - begin)
    found.setdefault(demo.draw.__name__, seconds[1:])  # the first may fill a cache
print(json.dumps(found))
"""


def measure(checkout: Path, lecture: str, moves: int) -> dict[str, float]:
    """Return {drawing function: median milliseconds of its callback} of a lecture of `checkout`.

    Raises SystemExit where the lecture does not run.
    """
    environment = os.environ | {"PYTHONPATH": str(checkout), "MPLBACKEND": "agg"}
    environment |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [sys.executable, "-c", MEASURE, str(checkout / "notebooks" / lecture), str(moves)]
    folder = checkout / "notebooks"
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(f"{lecture} of {checkout} does not run: {ran.stderr.strip().splitlines()[-1]}")
    seconds = json.loads(ran.stdout.splitlines()[-1])
    return {name: 1000 * statistics.median(values) for name, values in seconds.items()}


def table(found: dict[str, list[float]]) -> list[str]:
    """Return the lines of the table, {name: [milliseconds per checkout]}: the slowest first, and a line at BUDGET."""
    rows = sorted(found.items(), key=lambda row: row[1][0] if row[1][0] == row[1][0] else 0.0, reverse=True)
    lines = [f"{name:32}" + "".join(f"{value:8.0f} ms" for value in medians) for name, medians in rows]
    above = sum(medians[0] > BUDGET for medians in found.values())
    return [*lines[:above], f"--- {BUDGET:.0f} ms ---", *lines[above:]]


def report(found: dict[str, list[float]]) -> None:
    """Print the table, and the medians of all demonstrations, {name: [milliseconds per checkout]}."""
    print(*table(found), sep="\n")
    for i in range(max(map(len, found.values()))):
        values = [medians[i] for medians in found.values() if len(medians) > i and medians[i] == medians[i]]
        above = sum(value > BUDGET for value in values)
        which = "this checkout" if i == 0 else "the other"
        print(
            f"{which}: {len(values)} demonstrations, median {statistics.median(values):.0f} ms, {above} above "
            f"{BUDGET:.0f} ms"
        )


def main() -> None:
    """Read the command line, measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lectures", nargs="*", default=[], help="the first digits of lectures; all without it")
    parser.add_argument("--moves", type=int, default=9, help="random positions per demonstration")
    parser.add_argument("--beside", type=Path, help="another checkout of the course")
    options = parser.parse_args()
    checkouts = [ROOT, *([options.beside.resolve()] if options.beside else [])]
    lectures = [path.name for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))]
    found: dict[str, list[float]] = {}
    for lecture in lectures:
        if options.lectures and lecture[:2] not in options.lectures:
            continue
        medians = [measure(checkout, lecture, options.moves) for checkout in checkouts]
        for name in dict.fromkeys([*medians[0], *medians[-1]]):
            found[f"{lecture[:2]} {name}"] = [its.get(name, float("nan")) for its in medians]
        print(f"measured {lecture}", file=sys.stderr, flush=True)
    report(found)


if __name__ == "__main__":
    main()
