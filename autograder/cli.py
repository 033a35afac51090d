"""The command `autograder`.

Each command calls one function, whose module is imported when the command runs, so that `--help` takes no time.
"""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from autograder.deadlines.penalty import Of, Per
from autograder.engine.isolation import IsolationLevel
from autograder.errors import CourseError
from autograder.export import Format
from autograder.paths import find_root, shown
from autograder.sentences import first_line
from autograder.startup import find_own_programs, skip_iri_grammars, use_one_thread

app = typer.Typer(
    help="Make, check and grade the notebooks of the course.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

TRACE = "AUTOGRADER_TRACE"


class Executor(StrEnum):
    """The values of `--executor`."""

    local = "local"
    slurm = "slurm"


SLURM = "With --executor slurm"
Paths = Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", help="Notebooks, or folders of notebooks.")]
Check = Annotated[bool, typer.Option("--check", help="Write nothing; exit with 1 if a file is out of date.")]


@app.command()
def normalize(paths: Paths = None, check: Check = False) -> None:
    """Bring notebooks into the form in which they are committed."""
    from autograder.notebooks.format import normalize_files

    root = find_root()
    changed = normalize_files(root, paths or (), check)
    for path in changed:
        print(shown(path, root))
    if check and changed:
        raise CourseError(f"notebooks that are not in the committed form: {len(changed)}; run `autograder normalize`.")


@app.command()
def execute(paths: Paths = None) -> None:
    """Run the notebooks of notebooks/ from top to bottom and keep their outputs."""
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
    """Make release/ from source/, and add the assignments to the gradebook."""
    from rich.progress import MofNCompleteColumn, Progress

    from autograder.authoring.release import generate

    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn())
    with Progress(*columns, transient=True, disable=not sys.stdout.isatty()) as bar:
        task = bar.add_task("masters", total=None)
        step = lambda name, done, total: bar.update(task, description=f"{name}: hints", completed=done, total=total)
        done = generate(find_root(), assignments or (), step)
    for name in done.changed:
        print(f"release/{name}")
    for note in done.notes:
        print(note)


@app.command()
def environment(check: Check = False) -> None:
    """Write environment.yml from pyproject.toml."""
    from autograder.authoring.conda import write_environment

    stale = write_environment(find_root(), check)
    if stale:
        print("environment.yml")
    if stale and check:
        raise CourseError("environment.yml does not agree with pyproject.toml; run `autograder environment`.")


@app.command()
def contents(check: Check = False) -> None:
    """Write what follows from headings, tags and points: index, README.md's units, and masters' titles and tables."""
    from autograder.authoring.index import write_contents

    stale = write_contents(find_root(), check)
    for path in stale:
        print(path)
    if stale and check:
        raise CourseError(f"{stale[0]} does not agree with the notebooks; run `autograder contents`.")


@app.command()
def new_exercise(
    unit: Annotated[str, typer.Argument(help="The name of a folder in source/.")],
    name: Annotated[str, typer.Argument(help="The name of the function that students write.")],
    title: Annotated[str, typer.Option(help="Its title, without number; default: its name.")] = "",
    points: Annotated[int, typer.Option(min=2, help="Of both checks together.")] = 5,
    minutes: Annotated[int, typer.Option(min=1, help="That a student needs.")] = 10,
    difficulty: Annotated[int, typer.Option(min=1, max=5, help="1 to 5.")] = 2,
    row: Annotated[
        list[str] | None, typer.Option(metavar="ROW", help="A row of docs/inventory.csv; repeatable.")
    ] = None,
) -> None:
    """Add an exercise to a unit: cells, ids, tags and first answers, which run, and which say what to write."""
    from autograder.authoring.new_exercise import Plan, new_exercise

    plan = Plan(name, title or name.replace("_", " ").capitalize(), points, minutes, difficulty, tuple(row or ()))
    for line in new_exercise(find_root(), unit, plan):
        print(line)


@app.command()
def prove(
    units: Annotated[list[str] | None, typer.Argument(metavar="[UNIT]...", help="Default: all units.")] = None,
    answers: Annotated[Path | None, typer.Option(help="A catalogue instead of the unit's own.")] = None,
    exercise: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this exercise of the unit; repeatable.")
    ] = None,
    sentences: Annotated[bool, typer.Option("--sentences", help="Print each wrong answer's message.")] = False,
    seeds: Annotated[int, typer.Option(min=1, help="Seeds that each answer is checked with.")] = 3,
) -> None:
    """Verify the tests: right answers must pass and the usual mistakes must fail, with every seed."""
    use_one_thread()
    from autograder.authoring.prove import prove_command
    from autograder.paths import assignments, require_assignment

    root = find_root()
    for unit in units or ():
        require_assignment(root, unit)
    if exercise and len(units or ()) != 1:
        raise CourseError("--exercise needs the one unit that has it, as in `autograder prove UNIT --exercise NAME`.")
    known, chosen = assignments(root), tuple(exercise or ())
    if not prove_command(units or known, root, answers, range(1, seeds + 1), sentences, only=chosen):
        raise CourseError("some verdicts differ from what the catalogue says; they are listed above.")


@app.command()
def grade(
    assignment: Annotated[str, typer.Argument(help="The name of a folder in source/.")],
    jobs: Annotated[
        int,
        typer.Option("-j", "--jobs", min=0, help="Submissions in parallel; 0: one per CPU, or 2 per Slurm task."),
    ] = 0,
    student: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Grade only this student; repeatable.")
    ] = None,
    sandbox: Annotated[
        IsolationLevel | None, typer.Option(help="Isolation level; without it, the strongest that works here.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Use this seed for all, to reproduce a grade.")] = None,
    json: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write the results to this file.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Keep results that are still valid.")] = False,
    regrade: Annotated[bool, typer.Option("--regrade", help="Grade only what has been graded before.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; print whose score would change.")] = False,
    executor: Annotated[Executor, typer.Option(help="Where to grade: this machine, or a cluster.")] = Executor.local,
    partition: Annotated[str | None, typer.Option(help="Partition of the cluster.", rich_help_panel=SLURM)] = None,
    account: Annotated[str | None, typer.Option(help="Account whose quota is used.", rich_help_panel=SLURM)] = None,
    time: Annotated[str | None, typer.Option(help="Time of a task, as sbatch takes it.", rich_help_panel=SLURM)] = None,
    array_size: Annotated[int, typer.Option(min=1, help="Tasks that share the class.", rich_help_panel=SLURM)] = 8,
    exclude: Annotated[
        list[str] | None,
        typer.Option(metavar="NODE", help="Give this node no task; repeatable.", rich_help_panel=SLURM),
    ] = None,
    qos: Annotated[str | None, typer.Option(help="Quality of service.", rich_help_panel=SLURM)] = None,
    constraint: Annotated[
        str | None, typer.Option(help="Features of nodes, as sbatch takes them.", rich_help_panel=SLURM)
    ] = None,
    sbatch: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Any other option of sbatch; repeatable.", rich_help_panel=SLURM),
    ] = None,
) -> None:
    """Grade what students submitted, several at a time and each in a sandbox of its own."""
    if executor == Executor.local and (partition or account or time or exclude or qos or constraint or sbatch):
        raise CourseError(
            "--partition, --account, --time, --exclude, --qos, --constraint and --sbatch are for a cluster; add "
            "--executor slurm, or leave them out."
        )
    use_one_thread()
    from joblib import cpu_count
    from rich.console import Console

    from autograder.grading.grade import GradeOptions, grade
    from autograder.grading.slurm import Cluster
    from autograder.grading.slurm_commands import options_of_sbatch

    further = options_of_sbatch(sbatch or ()) | {
        name: value for name, value in (("qos", qos), ("constraint", constraint)) if value
    }
    cluster = Cluster(partition, account, time, array_size, jobs or 2, tuple(exclude or ()), further)
    jobs = jobs or cpu_count()
    options = GradeOptions(
        jobs,
        student or (),
        sandbox,
        seed,
        json,
        resume,
        regrade,
        dry_run,
        cluster if executor == Executor.slurm else None,
    )
    grade(find_root(), assignment, options, Console())


@app.command()
def watch(
    assignments: Annotated[list[str] | None, typer.Argument(metavar="[ASSIGNMENT]...", help="Default: all.")] = None,
    jobs: Annotated[int, typer.Option("-j", "--jobs", min=0, help="Submissions in parallel; 0: one per CPU.")] = 0,
    sandbox: Annotated[
        IsolationLevel | None, typer.Option(help="Isolation level; without it, the strongest that works here.")
    ] = None,
    standby: Annotated[
        bool, typer.Option("--standby", help="Wait while another watcher is there; take over when it ends.")
    ] = False,
    until_idle: Annotated[bool, typer.Option("--until-idle", help="End when nothing is left to do.")] = False,
) -> None:
    """Grade submissions as they arrive in the exchange, and hand the feedback back at once."""
    use_one_thread()
    from joblib import cpu_count

    from autograder.watching.command import watch

    def tell(sentence: str) -> None:
        print(sentence, flush=True)

    watch(find_root(), assignments or (), jobs or cpu_count(), sandbox, tell, standby, until_idle)


@app.command()
def status() -> None:
    """Say how the watcher is doing: queue, rate, wait, errors, who is over the limit, and the policy."""
    from autograder.watching.status import status_lines

    for line in status_lines(find_root()):
        print(line)


@app.command()
def deadline(
    assignment: Annotated[str | None, typer.Argument(metavar="[ASSIGNMENT]", help="Default: the whole course.")] = None,
    when: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WHEN]", help="2026-11-01 23:59, in the course's zone."),
    ] = None,
    grace: Annotated[int | None, typer.Option(min=0, metavar="MINUTES", help="So late costs nothing.")] = None,
    close: Annotated[str | None, typer.Option(metavar="WHEN", help="What comes later counts 0; or: never.")] = None,
    percent: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="Penalty for being late, in percent ...")
    ] = None,
    per: Annotated[Per | None, typer.Option(help="... for each day or hour that has begun, or once ...")] = None,
    of: Annotated[Of | None, typer.Option(help="... of the student's score or of the assignment's points ...")] = None,
    cap: Annotated[str | None, typer.Option(metavar="NUMBER", help="... and at most so many percent.")] = None,
    zone: Annotated[str | None, typer.Option(help="The course's time zone, such as Europe/Berlin.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Remove the deadline and all its extensions.")] = False,
) -> None:
    """Set or show due dates, grace, closing times and penalties."""
    from autograder.gradebook.set_deadlines import DeadlineChange, set_deadline

    due = " ".join(when) if when else None
    change = DeadlineChange(due, grace, close, percent, per, of, cap, zone, remove)
    for line in set_deadline(find_root(), assignment, change):
        print(line)


@app.command()
def extend(
    assignment: Annotated[str, typer.Argument(help="The name of a folder in source/.")],
    students: Annotated[list[str], typer.Argument(metavar="STUDENT...", help="Their names in nbgrader.")],
    until: Annotated[str | None, typer.Option(metavar="WHEN", help="As for `autograder deadline`.")] = None,
    days: Annotated[int, typer.Option(min=0, help="Days after the due date.")] = 0,
    hours: Annotated[int, typer.Option(min=0, help="Hours after the due date.")] = 0,
    remove: Annotated[bool, typer.Option("--remove", help="Take the extension back.")] = False,
) -> None:
    """Give students more time for an assignment, before or after they hand in."""
    from autograder.gradebook.set_deadlines import Extension, extend

    for line in extend(find_root(), assignment, students, Extension(until, days, hours, remove)):
        print(line)


@app.command()
def roster(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.csv", help="A class list, as Canvas, Banner or Moodle write it.")
    ],
    id_column: Annotated[
        str | None, typer.Option(metavar="HEADING", help="The column with the names that nbgrader uses.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; print what would change.")] = False,
) -> None:
    """Add a class list to the gradebook; what the list does not have stays."""
    from autograder.gradebook.roster import roster

    for line in roster(find_root(), file, id_column, dry_run):
        print(line)


@app.command()
def feedback(
    assignment: Annotated[str, typer.Argument(help="The name of a folder in source/.")],
    student: Annotated[list[str] | None, typer.Option(metavar="ID", help="Only this student; repeatable.")] = None,
) -> None:
    """Write one page per student: score, what was wrong, and a hint for each usual mistake."""
    from rich.console import Console

    from autograder.feedback.write import feedback

    feedback(find_root(), assignment, student or (), Console())


@app.command()
def export(
    assignments: Annotated[list[str] | None, typer.Argument(metavar="[ASSIGNMENT]...", help="Default: all.")] = None,
    to: Annotated[Path, typer.Option(metavar="FILE", help="The file to write.")] = Path("grades.csv"),
    form: Annotated[
        Format,
        typer.Option(
            "--format",
            help=" ".join(f"{form}: {form.about}." for form in Format),
        ),
    ] = Format.csv,
    drop_lowest: Annotated[
        int, typer.Option(min=0, metavar="NUMBER", help="With --format course: leave out each student's lowest.")
    ] = 0,
    heading: Annotated[
        str, typer.Option(metavar="TEXT", help="What the other program calls the assignment; default: its name.")
    ] = "",
) -> None:
    """Write grades for other programs; a submission that could not be graded has a status and no score."""
    from autograder.export import export

    rows, scores = export(find_root(), to, assignments or (), form, drop_lowest, heading)
    print(f"{to}: {rows} rows, {scores} with a score")


@app.command()
def report(
    assignment: Annotated[str, typer.Argument(help="The name of a folder in source/.")],
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The file to write; default: reports/ASSIGNMENT.html.")
    ] = None,
    lab: Annotated[
        str, typer.Option(metavar="URL", help="Address of JupyterLab, for links.")
    ] = "http://localhost:8888",
) -> None:
    """Write a page on how the class did: scores, exercises, mistakes, and where to look."""
    use_one_thread()
    from autograder.report import ReportOptions, report

    root = find_root()
    print(shown(report(root, assignment, ReportOptions(output, lab)), root))


@app.command()
def kit(
    output: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Default: build/student-kit.")] = None,
    zip: Annotated[bool, typer.Option("--zip", help="Also write a zip next to the folder.")] = False,
    branch: Annotated[str | None, typer.Option(metavar="NAME", help="Also commit the kit to this git branch.")] = None,
) -> None:
    """Write what students get, after an audit that nothing of the instructors' side is in it."""
    from autograder.student_kit.build import make_kit

    root = find_root()
    for line in make_kit(root, output or root / "build" / "student-kit", zip, branch):
        print(line)


@app.command()
def site(
    output: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Default: build/site.")] = None,
    jobs: Annotated[int, typer.Option("-j", "--jobs", min=0, help="Lectures in parallel; 0: one per CPU.")] = 0,
) -> None:
    """Build the web edition: lectures, index and errata as pages whose pictures work without a kernel."""
    from joblib import cpu_count

    from autograder.web_edition.build import make_site

    root = find_root()
    print(shown(make_site(root, output or root / "build" / "site", print, jobs or cpu_count()), root))


@app.command()
def gradebook(
    address: Annotated[
        str | None,
        typer.Argument(help="postgresql://USER@HOST/NAME, sqlite:///FILE, or sqlite for gradebook.db in the course."),
    ] = None,
) -> None:
    """Say where the course has its gradebook, or with an address, have it there from now on."""
    from autograder.gradebook.address import place

    for line in place(find_root(), address):
        print(line)


@app.command()
def backup(
    path: Annotated[Path | None, typer.Argument(help="A new file; default: a file in backups/.")] = None,
) -> None:
    """Copy the gradebook, deadlines, sections and the course's secret into one file; safe while somebody grades."""
    from autograder.gradebook.backup import backup

    root = find_root()
    print(shown(backup(root, path), root))


@app.command()
def restore(
    path: Annotated[Path, typer.Argument(help="A file that `autograder backup` has written.")],
    force: Annotated[bool, typer.Option("--force", help="Replace what is there, after backing it up.")] = False,
) -> None:
    """Put back what a backup contains: the gradebook, deadlines, sections and the course's secret."""
    from autograder.gradebook.backup import restore

    root = find_root()
    restored = restore(root, path, force)
    print(f"restored: {', '.join(restored.names)}")
    if restored.before:
        print(f"before: {shown(restored.before, root)}")


@app.command()
def doctor(
    assignment: Annotated[
        str | None, typer.Argument(metavar="[ASSIGNMENT]", help="Examine its plain checks; default: this machine.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Say what grading needs and this machine lacks; of an assignment, which checks run beside students' code."""
    use_one_thread()
    from autograder.operations.doctor import doctor, to_json
    from autograder.operations.plain_checks import examine

    findings = examine(find_root(), assignment) if assignment else doctor(find_root())
    print(to_json(findings) if as_json else "\n".join(map(str, findings)))
    if not all(finding.is_fine for finding in findings):
        raise typer.Exit(1)


@app.command()
def demo(
    assignments: Annotated[list[str] | None, typer.Argument(metavar="[ASSIGNMENT]...", help="Default: all.")] = None,
    folder: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="The course folder of the demo; default: demo/.")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Run it again even if nothing has changed.")] = False,
) -> None:
    """Take a demo class of fourteen through release, submission, grading and feedback."""
    from rich.console import Console

    from autograder.operations.demo import demo

    root = find_root()
    demo(root, folder or root / "demo", Console(), fresh, assignments or ())


def main() -> None:
    """Run the command line. An error is one sentence on stderr, with exit status 1."""
    skip_iri_grammars()
    find_own_programs()
    try:
        app()
    except CourseError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        sys.exit(f"error: {where}{error.strerror or error}; check that it is there and that you may write to it.")
    except Exception as error:
        if TRACE in os.environ:
            raise
        from autograder.gradebook.database import explain

        if sentence := explain(error):
            sys.exit(f"error: {sentence}")
        what = first_line(f"{type(error).__name__}: {error}")
        sys.exit(f"error: a bug in the autograder ({what}); set {TRACE}=1 to see where, and report it.")


if __name__ == "__main__":
    main()
