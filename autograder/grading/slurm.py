"""Grading on a Slurm cluster: a class run whose submissions are graded by the tasks of a job array.

A task grades its share with the same engine and leaves files only: a result for each submission in a folder of the run,
and autograded folders. It never opens the gradebook, for SQLite's locks do not hold on the network file systems that
nodes share. The command's own process takes the results in and is the one writer. Whatever ended a task (preemption, a
time limit, a node that went away), what has no result is submitted again, and what has one is kept.
"""

from __future__ import annotations

import contextlib
import fcntl
import io
import json
import os
import re
import secrets
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from autograder.engine import results
from autograder.engine.class_run import ClassRun
from autograder.engine.grade_one import Task, Unit
from autograder.engine.isolation import IsolationLevel
from autograder.engine.results import Result, Status
from autograder.errors import CourseError
from autograder.files import replace_text
from autograder.grading.slurm_commands import cancel, environment_of_sbatch, queue
from autograder.paths import ONE_THREAD

# In `.results/`: a folder for each run that is not finished.
FOLDER = ".slurm"

# In the folder of a run: its mark and the ids of its tasks, and a file for each node that cannot grade, which says why.
JOBS, FAILURES = "jobs.json", "cannot-grade"

# After so many rounds in a row that brought nothing the run gives up. A round that brings something is always followed
# by another, so a submission that takes its task down ends alone in a share.
IN_VAIN = 3

# Seconds between two looks at the queue, which all users of a cluster share.
FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 1.0, 15.0, 1.3

# Minutes that a task asks for; submitit would ask for 5.
USUAL_TIME = "60"

KEPT = "what is done is kept, and --resume goes on from there"

# Reasons for which Slurm holds a task back until somebody changes something. Minutes are used up for good; RunMinutes
# come back when others' tasks end.
NEVER = re.compile(
    r"Invalid|NotAllowed|(?<!Run)Minutes|GrpWall|WallDuration|Per(Job|Node)|QOSMin|MemPerLimit|"
    r"Partition(Time|Node)Limit|BadConstraints|[Hh]eld"
)


@dataclass(frozen=True)
class Cluster:
    """What a run asks of Slurm. partition, account: None for those that the cluster has set for this user.

    time: of a task, as `sbatch --time` takes it; None for USUAL_TIME. tasks: at most so many share the class.
    cpus: of a task, which grades as many submissions at a time. exclude: nodes that get no task. options: any others
    of sbatch, by their long names. What stands here wins over the variables of the shell (SBATCH_*).
    """

    partition: str | None = None
    account: str | None = None
    time: str | None = None
    tasks: int = 8
    cpus: int = 2
    exclude: Sequence[str] = ()
    options: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Share:
    """What a task needs to know: its submissions, and the folder of the run."""

    unit: Unit
    level: IsolationLevel
    cpus: int
    tasks: Sequence[Task]
    folder: Path


class SlurmRun:
    """Grades submissions of one assignment in tasks of a cluster. Use it in a `with`, instead of a ClassRun.

    Its tasks go on where the process is ended; another SlurmRun, with `resume`, takes their results in.
    """

    def __init__(
        self, unit: Unit, level: IsolationLevel, cluster: Cluster, resume: bool, tell: Callable[[str], None]
    ) -> None:
        """Look for Slurm, and for an earlier run. `tell` is called with a line about the tasks when it changes.

        Raises CourseError where there is no Slurm, or another process has the run in hand.
        """
        if not shutil.which("sbatch"):
            raise CourseError(
                "there is no Slurm on this machine (sbatch is not found); grade on a login node of the cluster, "
                "or without --executor slurm."
            )
        self._unit, self._level, self._cluster, self._tell = unit, level, cluster, tell
        # A dry run leaves no autograded folders, so its results do not stand for those of another.
        name = unit.name if unit.pages else f"{unit.name}-dry"
        self._folder = unit.root / results.FOLDER / FOLDER / name
        self._lock = _locked(self._folder.with_suffix(".lock"))
        self._mark, self._jobs = _of_an_earlier_run(self._folder)
        if not resume:
            self._cancel()
            shutil.rmtree(self._folder, ignore_errors=True)
        (self._folder / "logs").mkdir(mode=0o700, parents=True, exist_ok=True)  # seeds are in there
        shutil.rmtree(self._folder / FAILURES, ignore_errors=True)
        (self._folder / FAILURES).mkdir(mode=0o700)
        self._told: set[str] = set()  # nodes that cannot grade, of which the user knows
        self._pause = FIRST_PAUSE

    def __enter__(self) -> SlurmRun:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._cancel()  # a task that Slurm has put back into the queue would find nothing left to do
            shutil.rmtree(self._folder, ignore_errors=True)
        self._lock.close()
        if kind is KeyboardInterrupt:
            raise CourseError("interrupted; the tasks go on, and --resume takes their results in.") from None

    def results(self, tasks: Sequence[Task], on_wait: Callable[[], None]) -> Iterator[Result]:
        """Yield the results as they come. `on_wait` is called after each look at the queue.

        A node that cannot grade is left out from the next round of tasks on.
        Raises CourseError where Slurm refuses the tasks or never starts them, or round after round brings nothing. What
        was yielded before stays in the folder of the run.
        """
        missing = {task.student: task for task in tasks}
        in_vain = 0
        yield from self._come(missing)  # of an earlier run
        while missing:
            before = len(missing)
            if not self._at_work():
                self._submit(list(missing.values()))
            while missing and self._at_work():
                yield from self._wait(missing)
                on_wait()
            yield from self._come(missing)
            in_vain = 0 if len(missing) < before else in_vain + 1
            if in_vain == IN_VAIN:
                yield from self._give_up(missing)
                return

    def _wait(self, missing: dict[str, Task]) -> Iterator[Result]:
        """Wait until the queue may be looked at again, and yield what comes meanwhile: files are no load on Slurm."""
        end = time.monotonic() + self._pause
        while missing and time.monotonic() < end:
            time.sleep(FIRST_PAUSE)
            yield from self._come(missing)
        self._pause = min(self._pause * GROWTH, LONGEST_PAUSE)

    def _come(self, missing: dict[str, Task]) -> Iterator[Result]:
        """Yield what has come of `missing`, and take it out."""
        folder = results.path_of(self._folder, self._unit.name, "").parent
        there = {path.stem for path in folder.glob("*.json")}  # one look at the folder, which also refreshes it on NFS
        for student in sorted(there & missing.keys()):
            result = _result(self._folder, self._unit.name, missing[student])
            if result and result.status != Status.ERROR:
                del missing[student]
                yield result

    def _give_up(self, missing: dict[str, Task]) -> Iterator[Result]:
        """Yield what ended in an error each time. Raises CourseError where anything else is missing."""
        for student in sorted(missing):
            if result := _result(self._folder, self._unit.name, missing[student]):
                del missing[student]
                yield result
        if missing:
            why = "; ".join(self._cannot_grade().values()) or _last_line(self._folder / "logs")
            raise CourseError(
                f"submissions of {self._unit.name} without a result: {len(missing)}, {min(missing)} first; "
                f"{IN_VAIN} rounds of tasks in a row ended without one ({why}); {KEPT}."
            )

    def _at_work(self) -> bool:
        """Look at the queue, tell of it, and say whether any task waits or runs. Silence of Slurm counts as yes.

        Raises CourseError where Slurm says that it will not start what is left.
        """
        for node, sentence in self._cannot_grade().items():
            if node not in self._told:
                self._told.add(node)
                self._tell(f"{sentence}; it is left out")
        if not self._jobs:
            return False
        queued = queue()
        if queued is None:
            self._tell("Slurm does not answer; waiting")
            return True
        tasks = [queued[job] for job in sorted(self._jobs & queued.keys()) if queued[job].comment == self._mark]
        pending = sum(task.state == "PENDING" for task in tasks)
        reasons = sorted({task.reason for task in tasks if task.state == "PENDING"} - {"None"})
        why = f" ({', '.join(reasons)})" if reasons else ""
        done = len(self._jobs) - len(tasks)
        self._tell(f"tasks: {pending} pending{why}, {len(tasks) - pending} running, {done} done")
        if reasons and pending == len(tasks) and all(NEVER.search(reason) for reason in reasons):
            self._cancel()
            raise CourseError(
                f"Slurm does not start the tasks{why}{self._left_out()}; ask for another --partition, --account, "
                f"--time or -j, or look at your quota; {KEPT}."
            )
        return bool(tasks)

    def _submit(self, tasks: Sequence[Task]) -> None:
        """Cut `tasks` into shares and submit them. Raises CourseError where Slurm refuses."""
        import submitit
        from submitit.core.utils import FailedJobError

        shares = [
            Share(self._unit, self._level, self._cluster.cpus, tasks[start :: self._cluster.tasks], self._folder)
            for start in range(min(self._cluster.tasks, len(tasks)))
        ]
        executor = submitit.SlurmExecutor(folder=self._folder / "logs")
        executor.update_parameters(**self._parameters())
        silent = contextlib.redirect_stderr(io.StringIO())  # where submitit writes what the error says, too
        try:
            with environment_of_sbatch(self._decided()), silent:
                jobs = executor.map_array(grade_share, shares)
        except FailedJobError as error:
            raise CourseError(
                f"Slurm refuses the tasks: {_refusal(str(error))}{self._left_out()}; ask for another --partition, "
                f"--account, --time, -j or --array-size; {KEPT}."
            ) from None
        self._jobs = {job.job_id for job in jobs}
        replace_text(self._folder / JOBS, json.dumps({"mark": self._mark, "jobs": sorted(self._jobs)}))
        self._pause = FIRST_PAUSE

    def _decided(self) -> set[str]:
        """Return the options of sbatch that this run has, and the shell is not asked for."""
        cluster = self._cluster
        typed = {"partition": cluster.partition, "account": cluster.account, "time": cluster.time}
        return {name for name, value in typed.items() if value is not None} | {*cluster.options}

    def _cannot_grade(self) -> dict[str, str]:
        """Return the sentence of each node that cannot grade, by its name."""
        found = sorted((self._folder / FAILURES).iterdir())
        return {path.name: path.read_text(encoding="utf-8") for path in found if path.name[0] != "."}

    def _left_out(self) -> str:
        """Return the sentences of the nodes that are left out, to go into another sentence."""
        sentences = "; ".join(self._cannot_grade().values())
        return f" (left out: {sentences})" if sentences else ""

    def _parameters(self) -> dict[str, object]:
        """Return the parameters of a task, as submitit names them."""
        asked = {"partition": self._cluster.partition, "account": self._cluster.account}
        worker_gb = -(-self._unit.limits.memory_bytes // (1 << 30))
        parameters: dict[str, object] = {name: value for name, value in asked.items() if value is not None}
        exclude = sorted({*self._cluster.exclude, *self._cannot_grade()})
        further = {"exclude": ",".join(exclude)} if exclude else {}
        return parameters | {
            "job_name": f"grade-{self._unit.name}",
            "cpus_per_task": self._cluster.cpus,
            "mem": f"{2 + self._cluster.cpus * worker_gb}GB",  # so that a limit is met in a worker, as it is locally
            "array_parallelism": self._cluster.tasks,
            "setup": [f"export {name}=1" for name in ONE_THREAD],
            "use_srun": False,  # since 22.05 srun takes one CPU, whatever was asked of sbatch
            "comment": self._mark,
            "wckey": None,  # submitit's own name is refused where a cluster knows its wckeys
            "additional_parameters": {"time": self._cluster.time or USUAL_TIME} | further | dict(self._cluster.options),
        }

    def _cancel(self) -> None:
        """Cancel the tasks of this run. A number alone names no task: where Slurm is set up anew, it counts from 1."""
        queued = (queue() if self._jobs else None) or {}
        cancel({job for job in self._jobs & queued.keys() if queued[job].comment == self._mark})
        self._jobs = set()


def grade_share(share: Share) -> None:
    """Grade a share on a node. What has a result is not graded again, so Slurm may start a task twice."""
    # All that is done is on the disk: where Slurm asks a task to end, it ends, and its judges with it.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    todo = [task for task in share.tasks if not _is_done(share, task)]
    if not todo:
        return
    try:
        sample = [task.folder / name for name in share.unit.files for task in todo]
        with ClassRun(share.unit, share.level, share.cpus, sample) as run:
            for result in run.results(todo):
                results.save(share.folder, result)
    except CourseError as error:
        node = os.environ.get("SLURMD_NODENAME") or socket.gethostname()
        replace_text(share.folder / FAILURES / node, f"the node {node} cannot grade: {str(error).rstrip('.')}")


def _is_done(share: Share, task: Task) -> bool:
    result = _result(share.folder, share.unit.name, task)
    return result is not None and result.status != Status.ERROR


def _result(folder: Path, assignment: str, task: Task) -> Result | None:
    """Return the result in the folder of a run, if it is of this very submission; one that is damaged is made again."""
    with contextlib.suppress(results.UnreadableResult):
        result = results.load(folder, assignment, task.student)
        return result if result and result.digest == task.digest else None
    return None


def _locked(path: Path) -> IO[str]:
    """Return `path` open and locked, until it is closed or the process ends."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CourseError(
            f"{path.stem} is being graded on Slurm by another command; wait until it has ended."
        ) from None
    except OSError:
        pass  # a file system without locks: nothing says that there is another
    return file


def _of_an_earlier_run(folder: Path) -> tuple[str, set[str]]:
    """Return the mark and the tasks of the run that `folder` is of; a new mark and none where it is of no run."""
    try:
        about = json.loads((folder / JOBS).read_text(encoding="utf-8"))
        return about["mark"], set(about["jobs"])
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return f"autograder-{secrets.token_hex(8)}", set()


def _refusal(text: str) -> str:
    """Return why `sbatch` refused, out of all that it wrote."""
    said = [line.split("error: ", 1)[1] for line in text.splitlines() if "error: " in line]
    return (said or text.strip().splitlines() or ["no reason given"])[-1].removeprefix("Batch job submission failed: ")


def _last_line(logs: Path) -> str:
    """Return the last line that a task wrote to stderr."""
    written = sorted(logs.glob("*.err"), key=lambda path: path.stat().st_mtime)
    lines = [line for path in written for line in path.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1].strip()[:200] if lines else "they wrote nothing; the node may have gone away"
