"""What the calibrations of exercises share: the answers of a unit as code to run, and a command that prints a table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from autograder.authoring.prove import read_unit  # noqa: E402 - the root of the course comes first
from autograder.engine.in_process import namespace  # noqa: E402

Measured = TypeVar("Measured")


class Answer(NamedTuple):
    """An answer to an exercise: "right", "wrong" or "shortcut", and its source, after that of the setup cell."""

    kind: str
    source: str


def answers(unit: str, exercise: str, shortcuts: bool = False) -> dict[str, Answer]:
    """Return the solution of an exercise and the answers of the catalogue, by name.

    shortcuts: whether those that the task rules out belong to them.
    Raises CourseError where master or catalogue is missing or unreadable.
    """
    assignment, catalogue = read_unit(unit, ROOT, only=[exercise])
    found = {"solution": ("right", assignment.exercises[0].answer)} | {
        answer.name: (answer.kind, answer.source)
        for answer in catalogue.answers
        if shortcuts or answer.kind != "shortcut"
    }
    return {name: Answer(kind, f"{assignment.setup}\n{source}") for name, (kind, source) in found.items()}


def names_of(source: str) -> dict[str, Any]:
    """Run the source of an answer, and return what it defines by name."""
    return namespace("", source)


def measured(
    measure: Callable[[str, int], Measured], chosen: Mapping[str, Answer], gradings: int, jobs: int
) -> Iterator[tuple[str, str, list[Measured]]]:
    """Yield name, kind, and what `measure(source, seed)` returns for the seeds of so many gradings, answer by answer.

    measure: a function of a module, since it runs in `jobs` processes.
    """
    with ProcessPoolExecutor(jobs) as pool:
        for name, (kind, source) in chosen.items():
            yield name, kind, list(pool.map(measure, [source] * gradings, range(gradings)))


def table(
    description: str | None, known: Mapping[str, Answer], lines: Callable[..., Iterable[str]], **counts: int
) -> None:
    """Print the lines of a table, one per answer.

    description: the docstring of the script. lines: takes the chosen answers and, by name, the `counts`, whose values
    here are the defaults of the command's options. Where one of them is unknown, the command says so and ends.
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="answers of the catalogue, or `solution`")
    for name, default in counts.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    options = vars(parser.parse_args())
    names = options.pop("names") or [*known]
    if unknown := set(names) - set(known):
        parser.error(f"no such answer: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    for line in lines({name: known[name] for name in names}, **options):
        print(line, flush=True)
