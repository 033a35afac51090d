"""The exercises of the course with their answers, each unit read once."""

from __future__ import annotations

from functools import cache

from autograder.authoring.prove import read_unit
from autograder.notebooks.assignment import Assignment, Exercise
from autograder.notebooks.catalogue import Catalogue
from support.units import ROOT


@cache
def read(unit: str) -> tuple[Assignment, Catalogue]:
    """Return the master of a unit and its catalogue."""
    return read_unit(unit, ROOT)


def exercise_of(unit: str, name: str) -> Exercise:
    """Return the exercise of a unit that has this name."""
    (found,) = [exercise for exercise in read(unit)[0].exercises if exercise.name == name]
    return found
