"""Say what a notebook would hand in: which answers are written, and whether another copy on this computer has more.

    python -m course_utils.student.submission NN_topic

`nbgrader submit`, the Assignment List of JupyterLab and `make submit` ask the same before they hand anything in
(`course_utils.student.exchange`). This command is for who uploads the file somewhere.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

# The folder of the assignments, in which students work, in the root of the course.
WORK = "release"

# What stands in an answer that nobody has written: in code as nbgrader_config.py says, in text as nbgrader does.
STUBS = ('raise NotImplementedError("Replace this line with your answer.")', "YOUR ANSWER HERE")


class UnreadableNotebook(ValueError):
    """A file cannot be handed in as a notebook of the course. The text says why."""


@dataclass(frozen=True)
class Answers:
    """The answers of a notebook, by the names of their cells, in its order."""

    written: tuple[str, ...]
    open: tuple[str, ...]

    def __str__(self) -> str:
        """Say how many answers are written, and which are open."""
        still = f"; still open: {', '.join(self.open)}" if self.open else ""
        return f"{len(self.written)} of {len(self.written) + len(self.open)} answers are written{still}."


def read_answers(notebook: Path) -> Answers:
    """Return which answers are written in `notebook`: those that are not empty and contain no line of STUBS.

    An answer that is spread over several cells is one answer.
    Raises UnreadableNotebook where there is no such file, or where it has no answer cell.
    """
    sources: dict[str, str] = {}
    for name, source in _answer_cells(notebook):
        sources[name] = f"{sources.get(name, '')}\n{source}"
    if not sources:
        raise UnreadableNotebook(f"{shown(notebook)} has no answer cells: it is another notebook than the assignment.")
    is_open = {name: not source.strip() or _has_stub(source) for name, source in sources.items()}
    return Answers(
        tuple(name for name, still in is_open.items() if not still),
        tuple(name for name, still in is_open.items() if still),
    )


def doubts(notebook: Path, others: Iterable[Path]) -> list[str]:
    """Return one sentence for each reason to think twice before handing in `notebook`; an empty list if there is none.

    others: copies of the same assignment, as `copies` finds them; those that cannot be read are skipped.
    """
    try:
        answers = read_answers(notebook)
    except UnreadableNotebook as error:
        return [f"{error} Nothing in it can be graded."]
    found = []
    if not answers.written:
        found.append(
            f"No answer is written in {shown(notebook)}: every answer is empty or still contains the line "
            "`raise NotImplementedError(...)`."
        )
    for other in others:
        with contextlib.suppress(UnreadableNotebook):
            more = [name for name in read_answers(other).written if name not in answers.written]
            if more:
                found.append(
                    f"{shown(other)} contains answers that {shown(notebook)} does not: {', '.join(more)}. Only "
                    f"{shown(notebook)} is handed in."
                )
    return found


def copies(root: Path, assignment: str) -> list[Path]:
    """Return the other notebooks of this user that look like copies of `assignment`, in the usual places.

    These are: the folder of the assignment itself, the root of the course and the folders next to it, the current
    folder, the home folder, and its Downloads and Desktop.
    """
    home, work = Path.home(), root / WORK / assignment
    patterns = [(work, f"{assignment}*.ipynb")]
    for base in (root, Path.cwd(), home, home / "Downloads", home / "Desktop"):
        patterns += [(base, f"{assignment}*.ipynb"), (base, f"{assignment}*/{assignment}*.ipynb")]
    patterns += [(base, f"*/{WORK}/{assignment}/{assignment}*.ipynb") for base in (root.parent, home)]
    own = work / f"{assignment}.ipynb"
    found = {path.resolve(): path for base, pattern in patterns for path in _glob(base, pattern) if _is_mine(path)}
    found.pop(own.resolve(), None)
    return sorted(found.values())


def shown(path: Path) -> str:
    """Return `path` as a reader knows it: from the current folder, or from the home folder."""
    for base, before in ((Path.cwd(), ""), (Path.home(), "~/")):
        if path.is_relative_to(base):
            return f"{before}{path.relative_to(base).as_posix()}"
    return str(path)


def main() -> int:
    """Print what the notebook of the unit in the arguments would hand in; return 1 if something speaks against it."""
    words = sys.argv[1:]
    root = Path(__file__).parents[2]
    assignment = Path(words[0]).stem if len(words) == 1 else ""
    if not assignment:
        print("error: name one unit, as in python -m course_utils.student.submission NN_topic.", file=sys.stderr)
        return 2
    notebook = root / WORK / assignment / f"{assignment}.ipynb"
    found = doubts(notebook, copies(root, assignment))
    with contextlib.suppress(UnreadableNotebook):
        print(f"{shown(notebook)}: {read_answers(notebook)}")
    for sentence in found:
        print(sentence)
    return 1 if found else 0


def _answer_cells(notebook: Path) -> Iterator[tuple[str, str]]:
    """Yield (name, source) of each answer cell. The file may hold anything."""
    try:
        content = json.loads(notebook.read_text(encoding="utf-8"))
        for cell in content["cells"]:
            about = cell["metadata"].get("nbgrader") or {}
            if about.get("solution"):
                source = cell["source"]
                yield str(about["grade_id"]), source if isinstance(source, str) else "".join(source)
    except FileNotFoundError:
        raise UnreadableNotebook(f"There is no {shown(notebook)}; the notebook must keep this name.") from None
    except OSError as error:
        raise UnreadableNotebook(f"{shown(notebook)} cannot be read ({error.strerror}).") from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise UnreadableNotebook(f"{shown(notebook)} is not a notebook; open it in JupyterLab and save it.") from None


def _has_stub(source: str) -> bool:
    return any(line.strip() in STUBS for line in source.splitlines())


def _glob(base: Path, pattern: str) -> Iterator[Path]:
    with contextlib.suppress(OSError):  # a folder that only others may list
        yield from base.glob(pattern)


def _is_mine(path: Path) -> bool:
    """Return whether this user owns the file `path`: on a shared computer, another student's copy is not looked at."""
    try:
        return path.is_file() and (os.name == "nt" or path.stat().st_uid == os.getuid())
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
