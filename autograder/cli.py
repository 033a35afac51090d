"""The command `autograder`.

Each command calls one function of a module of its own, imported when the command runs, so that `--help` comes at once.
"""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from autograder.errors import CourseError
from autograder.paths import ONE_THREAD, find_root, shown

app = typer.Typer(
    help="Make, check and grade the notebooks of the course.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

TRACE = "AUTOGRADER_TRACE"


class Sandbox(StrEnum):
    """What `--sandbox` takes."""

    bubblewrap = "bubblewrap"
    landlock = "landlock"
    none = "none"


class Executor(StrEnum):
    """What `--executor` takes."""

    local = "local"
    slurm = "slurm"


SLURM = "With --executor slurm"
Paths = Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", help="Notebooks or folders of them.")]
Check = Annotated[bool, typer.Option("--check", help="Write nothing; exit with 1 if something would be written.")]


def one_thread() -> None:
    """Call it before numpy is loaded: judges run side by side, and a process with threads forks badly."""
    os.environ |= dict.fromkeys(ONE_THREAD, "1")


@app.command()
def normalize(paths: Paths = None, check: Check = False) -> None:
    """Bring notebooks into the form in which they are committed."""
    from autograder.notebooks.format import normalize_files

    root = find_root()
    changed = normalize_files(root, paths or (), check)
    for path in changed:
        print(shown(path, root))
    if check and changed:
        raise CourseError(f"notebooks in another form than is committed: {len(changed)}; run `autograder normalize`.")


@app.command()
def execute(paths: Paths = None) -> None:
    """Run the notebooks of notebooks/ top to bottom and keep what they show."""
    from rich.progress import MofNCompleteColumn, Progress, TimeElapsedColumn

    from autograder.authoring.execute import execute_files

    root = find_root()
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, transient=True, disable=not sys.stdout.isatty()) as bar:
        task = bar.add_task("")
        advance = lambda path, done, total: bar.update(task, description=path.name, completed=done, total=total)
        for path, seconds in execute_files(root, paths or (), advance):
            bar.print(f"{shown(path, root)} {seconds:.1f} s", highlight=False)


@app.command()
def generate(
    assignments: Annotated[list[str] | None, typer.Argument(metavar="[ASSIGNMENT]...")] = None,
) -> None:
    """Make release/ from source/ and tell the gradebook of it."""
    from autograder.authoring.release import generate

    for name in generate(find_root(), assignments or ()):
        print(f"release/{name}")


@app.command()
def environment(check: Check = False) -> None:
    """Write environment.yml from pyproject.toml."""
    from autograder.authoring.conda import write_environment

    stale = write_environment(find_root(), check)
    if stale:
        print("environment.yml")
    if stale and check:
        raise CourseError("environment.yml is not what pyproject.toml says; run `autograder environment`.")


@app.command()
def contents(check: Check = False) -> None:
    """Write notebooks/index.ipynb, from slides to sections and exercises, from the tags of cells."""
    from autograder.authoring.index import INDEX, write_contents

    stale = write_contents(find_root(), check)
    if stale:
        print(INDEX)
    if stale and check:
        raise CourseError(f"{INDEX} is not what the tags of cells say; run `autograder contents`.")


@app.command()
def prove(
    units: Annotated[list[str] | None, typer.Argument(metavar="[UNIT]...", help="All units without one.")] = None,
    answers: Annotated[Path | None, typer.Option(help="Another catalogue of answers than the unit's own.")] = None,
    sentences: Annotated[bool, typer.Option("--sentences", help="Print what each wrong answer is told.")] = False,
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds each answer is judged under.")] = 3,
) -> None:
    """Show that the tests are right: right answers pass them, and the usual mistakes do not, whatever the seed."""
    one_thread()
    from autograder.authoring.prove import prove_command
    from autograder.paths import assignments, require_assignment

    root = find_root()
    for unit in units or ():
        require_assignment(root, unit)
    known = assignments(root)
    if not prove_command(units or known, root, answers, range(1, seeds + 1), sentences):
        raise CourseError("some answers were judged otherwise than their catalogue says; they are listed above.")


@app.command()
def grade(
    assignment: Annotated[str, typer.Argument(help="The name of a folder in source/.")],
    jobs: Annotated[
        int, typer.Option("-j", "--jobs", min=0, help="Submissions at a time; 0: one a CPU, 2 a task.")
    ] = 0,
    student: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Grade this student alone; repeatable.")
    ] = None,
    sandbox: Annotated[Sandbox | None, typer.Option(help="The strongest that holds here, or none at all.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="One seed for all, to reproduce a grade.")] = None,
    json: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the results there, too.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Keep the results that still hold.")] = False,
    regrade: Annotated[bool, typer.Option("--regrade", help="Only what has been graded before.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; say whose score would move.")] = False,
    executor: Annotated[Executor, typer.Option(help="This machine, or a cluster.")] = Executor.local,
    partition: Annotated[str | None, typer.Option(help="Of the cluster.", rich_help_panel=SLURM)] = None,
    account: Annotated[str | None, typer.Option(help="Whose quota is used.", rich_help_panel=SLURM)] = None,
    time: Annotated[str | None, typer.Option(help="Of a task, as sbatch takes it.", rich_help_panel=SLURM)] = None,
    array_size: Annotated[int, typer.Option(min=1, help="How many tasks share the class.", rich_help_panel=SLURM)] = 8,
) -> None:
    """Grade what students submitted, all at once and each behind walls of its own."""
    if executor == Executor.local and (partition or account or time):
        raise CourseError("--partition, --account and --time are for a cluster; add --executor slurm, or leave them.")
    one_thread()
    from rich.console import Console

    from autograder.grading.grade import Options, grade
    from autograder.grading.slurm import Cluster

    cluster = Cluster(partition, account, time, array_size, jobs or 2) if executor == Executor.slurm else None
    jobs = jobs or len(os.sched_getaffinity(0))
    rung = sandbox.value if sandbox else None
    options = Options(jobs, student or (), rung, seed, json, resume, regrade, dry_run, cluster)
    grade(find_root(), assignment, options, Console())


@app.command()
def feedback(
    assignment: Annotated[str, typer.Argument(help="The name of a folder in source/.")],
    student: Annotated[list[str] | None, typer.Option(metavar="ID", help="This student alone; repeatable.")] = None,
) -> None:
    """Write a page for each student: score, what was wrong, and the hint where it is a usual mistake."""
    from rich.console import Console

    from autograder.feedback.write import feedback

    feedback(find_root(), assignment, student or (), Console())


@app.command()
def export(
    assignments: Annotated[list[str] | None, typer.Argument(metavar="[ASSIGNMENT]...")] = None,
    to: Annotated[Path, typer.Option(metavar="FILE", help="Where to.")] = Path("grades.csv"),
) -> None:
    """Write all grades as CSV; what could not be graded has a status and no score."""
    from autograder.export.grades import export

    lines, scores = export(find_root(), to, assignments or ())
    print(f"{to}: {lines} lines, {scores} with a score")


@app.command()
def report(
    assignment: Annotated[str, typer.Argument(help="The name of a folder in source/.")],
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where the page goes; without it, reports/ASSIGNMENT.html.")
    ] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a row a student there, too.")] = None,
    canvas: Annotated[Path | None, typer.Option(metavar="FILE", help="Write what Canvas imports there, too.")] = None,
    lab: Annotated[str, typer.Option(metavar="URL", help="JupyterLab, for links.")] = "http://localhost:8888",
) -> None:
    """Write a page on how the class did: scores, exercises, mistakes, and where to look."""
    one_thread()
    from autograder.report import Options, report

    root = find_root()
    for path in report(root, assignment, Options(output, csv, canvas, lab)):
        print(shown(path, root))


@app.command()
def kit(
    output: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Without it, build/student-kit.")] = None,
    zip: Annotated[bool, typer.Option("--zip", help="Write a zip beside the folder, too.")] = False,
    branch: Annotated[str | None, typer.Option(metavar="NAME", help="Commit it to this git branch, too.")] = None,
) -> None:
    """Write what students get, and prove that nothing of the instructors' is in it."""
    from autograder.student_kit.build import make_kit

    root = find_root()
    for line in make_kit(root, output or root / "build" / "student-kit", zip, branch):
        print(line)


@app.command()
def backup(
    path: Annotated[Path | None, typer.Argument(help="A new file; without it, one in backups/.")] = None,
) -> None:
    """Write the whole gradebook into one file, even while somebody grades."""
    from autograder.gradebook.backup import backup

    root = find_root()
    print(shown(backup(root, path), root))


@app.command()
def restore(
    path: Annotated[Path, typer.Argument(help="What `autograder backup` wrote.")],
    force: Annotated[bool, typer.Option("--force", help="Also where there is a gradebook; it is kept beside.")] = False,
) -> None:
    """Put a backup into the place of the gradebook."""
    from autograder.gradebook.backup import restore

    root = find_root()
    if before := restore(root, path, force):
        print(f"the gradebook that was there: {shown(before, root)}")


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False) -> None:
    """Say what this machine has of what grading needs, and what to ask for."""
    from autograder.operations.doctor import doctor, to_json

    findings = doctor(find_root())
    print(to_json(findings) if as_json else "\n".join(map(str, findings)))
    if not all(finding.is_fine for finding in findings):
        raise typer.Exit(1)


@app.command()
def demo(
    assignments: Annotated[list[str] | None, typer.Argument(metavar="[ASSIGNMENT]...", help="All without one.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Run it again even where nothing has changed.")] = False,
) -> None:
    """Take a demo class of fourteen through release, submission, grading and feedback, in demo/."""
    from rich.console import Console

    from autograder.operations.demo import demo

    demo(find_root(), Console(), fresh, assignments or ())


def main() -> None:
    """Run the command line. What goes wrong is one sentence on stderr and exit status 1."""
    try:
        app()
    except CourseError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        sys.exit(f"error: {where}{error.strerror or error}; check that it is there and that you may write to it.")
    except Exception as error:
        if TRACE in os.environ:
            raise
        from autograder.gradebook.database import trouble

        if sentence := trouble(error):
            sys.exit(f"error: {sentence}")
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        sys.exit(f"error: a mistake in the autograder itself ({what}); with {TRACE}=1 it says where, for a report.")


if __name__ == "__main__":
    main()
