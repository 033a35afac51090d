"""Measure whether a GPU speeds up the longest training of this course, a capstone.

    python benchmarks/calibration/regularization_tuning_devices.py [--folds 3] [NAME ...]

Answers of the catalogue that train well (all, or the NAMEs) train unchanged on the CPU, with one thread as in grading
and with all, and on the GPU where torch can use one: torch creates their tensors on the current device, and the folds
are moved there. Printed are, for each answer and place: seconds per training, how many times as fast as one thread, and
the mean test accuracy, which is to be the same up to rounding. The first training on a place is not counted, since it
loads libraries.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from typing import NamedTuple

import catalogue
import numpy as np
import torch
from regularization_tuning import EXERCISE, UNIT

from course_utils.data.digit_folds import digit_folds
from course_utils.student import devices


class Place(NamedTuple):
    """Where to train: a device, and how many threads the CPU has for it."""

    name: str
    device: torch.device
    threads: int


def places() -> Iterator[Place]:
    """Yield the places of this machine."""
    cpu, (chosen, _) = torch.device("cpu"), devices.choose()
    yield Place("CPU, one thread", cpu, 1)
    if (cores := len(os.sched_getaffinity(0))) > 1:
        yield Place(f"CPU, {cores} threads", cpu, cores)
    if chosen.type != "cpu":
        yield Place(str(chosen), chosen, 1)


def train(source: str, place: Place, folds: int) -> tuple[float, float]:
    """Return the seconds of a training, the mean of `folds`, and the mean accuracy on their test sets."""
    torch.set_num_threads(place.threads)
    names = catalogue.names_of(source)
    seconds, right = [], []
    parts = list(digit_folds(np.random.default_rng(10), folds))
    with place.device:
        for fold in [parts[0], *parts]:
            Xtr, ytr, Xva, yva, Xte, yte = (part.to(place.device) for part in fold)
            started = time.perf_counter()
            model = names[EXERCISE](Xtr, ytr, Xva, yva, 0).eval()
            with torch.no_grad():
                accuracy = (model(Xte).argmax(dim=1) == yte).double().mean().item()  # .item() waits for the GPU
            seconds.append(time.perf_counter() - started)
            right.append(accuracy)
    return float(np.mean(seconds[1:])), float(np.mean(right[1:]))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    right = {name: source for name, (kind, source) in catalogue.answers(UNIT, EXERCISE).items() if kind == "right"}
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(right)}")
    parser.add_argument("--folds", type=int, default=3, choices=(1, 2, 3))
    options = parser.parse_args()
    if unknown := set(options.names) - set(right):
        parser.error(f"no such answer: {', '.join(sorted(unknown))}; there are {', '.join(right)}")
    device, why = devices.choose()
    print(f"{device}: {why}\n\n{'answer':30} {'place':18} s/training    times as fast  accuracy")
    for name in options.names or right:
        one_thread = None
        for place in places():
            seconds, accuracy = train(right[name], place, options.folds)
            one_thread = one_thread or seconds
            faster = one_thread / seconds
            print(f"{name:30} {place.name:18} {seconds:12.2f}  {faster:13.2f}  {accuracy:8.4f}", flush=True)


if __name__ == "__main__":
    main()
