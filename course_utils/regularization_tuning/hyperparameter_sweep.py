"""A sweep over hyperparameters: a list of runs, one JSON file per run, the same command on a cluster and on a laptop.

    python -m course_utils.regularization_tuning.hyperparameter_sweep runs.json results

does those runs of this task that are not done yet. Slurm says in `SLURM_ARRAY_TASK_ID` and `SLURM_ARRAY_TASK_COUNT`
which task it is, and of how many; without Slurm, `run_local` sets them for two processes.
(CIS5190-L15, "Hyperparameter Optimization Tips".)
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.drawing.digit_network import loss_and_accuracy
from course_utils.drawing.pictures import BLUE, GREEN, GREY, ORANGE, Picture, finish, new_figure
from course_utils.regularization_tuning import noisy_digits

Run = dict[str, Any]  # learning_rate, lam and seed; with a result also losses, accuracies and the version of numpy

EPOCHS = 30
SCRIPT = """\
#!/bin/bash
#SBATCH --job-name=sweep
#SBATCH --array=0-{last}
#SBATCH --cpus-per-task=1
#SBATCH --mem=2G
#SBATCH --time=00:10:00
#SBATCH --output=sweep-%A-%a.log
set -euo pipefail
export OMP_NUM_THREADS=1
srun python -m course_utils.regularization_tuning.hyperparameter_sweep runs.json results
"""

RATES, SEEDS = (0.1, 0.2, 0.3, 0.5, 0.8), tuple(range(10))  # of `draw_seeds`


def random_runs(count: int, seeds: int, rng: np.random.Generator) -> list[Run]:
    """Return count x seeds runs: `count` settings, log-uniform, each with the seeds 0, ..., seeds - 1."""
    settings = zip(10 ** rng.uniform(-2, 0.5, count), 10 ** rng.uniform(-5, -1.5, count), strict=True)
    settings = [{"learning_rate": float(f"{rate:.3g}"), "lam": float(f"{lam:.3g}")} for rate, lam in settings]
    return [setting | {"seed": seed} for setting in settings for seed in range(seeds)]


def script(tasks: int) -> str:
    """Return a Slurm script that shares the runs among an array of `tasks` tasks."""
    return SCRIPT.format(last=tasks - 1)


def one_run(run: Run) -> Run:
    """Train once on the noisy digits; return the run's settings and its results."""
    history = noisy_digits.train([run["learning_rate"]], [run["lam"]], EPOCHS, seed=run["seed"], measure=False)
    s = noisy_digits.split()
    test = loss_and_accuracy(history.w, s.X_test, s.labels_test)[1][0]
    return run | {
        "validation_loss": float(history.validation_loss[-1, 0]),
        "validation_accuracy": float(history.accuracy[-1, 0]),
        "test_accuracy": float(test),
        "numpy": np.__version__,
    }


def do_task(runs: list[Run], folder: Path, task: int, tasks: int) -> list[Path]:
    """Do the runs task, task + tasks, ... that have no file yet; return the files written.

    A file gets its name when it is complete, so that a task that was killed leaves no partial result.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for number in range(task, len(runs), tasks):
        path = folder / f"run-{number:03}.json"
        if not path.exists():
            unfinished = path.with_suffix(f".{os.getpid()}")
            unfinished.write_text(json.dumps(one_run(runs[number]), indent=1))
            unfinished.replace(path)
            written.append(path)
    return written


def run_local(folder: Path, tasks: int = 2) -> None:
    """Do what the Slurm script does, with `tasks` processes on this machine; `folder` has runs.json.

    Raises RuntimeError with the error output of the processes if one of them failed.
    """
    command = [sys.executable, "-m", "course_utils.regularization_tuning.hyperparameter_sweep", "runs.json", "results"]
    settings = os.environ | {"OMP_NUM_THREADS": "1", "SLURM_ARRAY_TASK_COUNT": str(tasks)}
    processes = [
        subprocess.Popen(
            command, cwd=folder, env=settings | {"SLURM_ARRAY_TASK_ID": str(task)}, stderr=subprocess.PIPE, text=True
        )
        for task in range(tasks)
    ]
    errors = [process.communicate()[1] for process in processes]
    if any(process.returncode for process in processes):
        raise RuntimeError("\n".join(errors))


def collect(folder: Path) -> list[Run]:
    """Return the results in a folder, in the order of their runs."""
    return [json.loads(path.read_text()) for path in sorted(folder.glob("run-*.json"))]


def by_setting(results: list[Run]) -> list[Run]:
    """Return one line per setting, best validation loss first: means over seeds, and `spread`, the accuracy's std."""
    groups: dict[tuple[float, float], list[Run]] = {}
    for result in results:
        groups.setdefault((result["learning_rate"], result["lam"]), []).append(result)
    lines = [
        {
            "learning_rate": rate,
            "lam": lam,
            "validation_loss": float(np.mean([run["validation_loss"] for run in group])),
            "validation_accuracy": float(np.mean([run["validation_accuracy"] for run in group])),
            "spread": float(np.std([run["validation_accuracy"] for run in group], ddof=1)) if len(group) > 1 else 0.0,
        }
        for (rate, lam), group in groups.items()
    ]
    return sorted(lines, key=lambda line: line["validation_loss"])


@cache
def seed_runs() -> tuple[np.ndarray, np.ndarray]:
    """Return validation and test accuracy of each of RATES with each of SEEDS, (5, 10) each; lambda is 0.003."""
    s, strengths = noisy_digits.split(), np.full(len(RATES), 0.003)
    columns = []
    for seed in SEEDS:
        history = noisy_digits.train(RATES, strengths, EPOCHS, seed=seed, measure=False)
        columns.append((history.accuracy[-1], loss_and_accuracy(history.w, s.X_test, s.labels_test)[1]))
    validation, test = zip(*columns, strict=True)
    return np.stack(validation, axis=1), np.stack(test, axis=1)


def draw_seeds(seeds: int, first: int) -> Picture:
    """Draw the validation accuracy of five learning rates with `seeds` seeds, from `first` on, and the best mean."""
    validation, _ = seed_runs()
    chosen = [(first + k) % len(SEEDS) for k in range(seeds)]
    means, truth = validation[:, chosen].mean(axis=1), validation.mean(axis=1)
    figure, axes = new_figure(size=(7.2, 3.7))
    for place, (all_of_them, mean) in enumerate(zip(validation, means, strict=True)):
        axes.plot(place + np.linspace(-0.2, 0.2, len(SEEDS)), all_of_them, "o", color=GREY, ms=4)
        axes.plot(place + np.linspace(-0.2, 0.2, len(SEEDS))[chosen], all_of_them[chosen], "o", color=BLUE, ms=7)
        axes.plot([place - 0.3, place + 0.3], [mean, mean], color=GREEN if mean == means.max() else ORANGE, lw=3)
    axes.set_xticks(range(len(RATES)), [str(rate) for rate in RATES])
    axes.set(xlabel="learning rate", ylabel="validation accuracy", ylim=(0.67, 0.95))
    best = int(means.argmax())
    axes.set_title(f"{seeds} of {len(SEEDS)} seeds: {RATES[best]} looks best, {means[best]:.1%}")
    return finish(
        figure,
        f"Validation accuracy of five learning rates. With {seeds} seeds from seed {first} on the best is "
        f"{RATES[best]} with {means[best]:.1%}; with all {len(SEEDS)} it is {RATES[int(truth.argmax())]} with "
        f"{truth.max():.1%}. One rate varies over the seeds by a standard deviation of "
        f"{100 * validation.std(axis=1, ddof=1).mean():.1f} points.",
    )


def main(runs: str, folder: str) -> None:
    """Do the runs of this task of a Slurm array: `runs` is a JSON file, `folder` takes the results."""
    task, tasks = (int(os.environ[f"SLURM_ARRAY_TASK_{name}"]) for name in ("ID", "COUNT"))
    do_task(json.loads(Path(runs).read_text()), Path(folder), task, tasks)


if __name__ == "__main__":
    main(*sys.argv[1:])
