"""Usual mistakes that nobody had seen are called by their names, and none by another's."""

from __future__ import annotations

import pytest
from support import unseen

from autograder.engine.isolation import strongest_level
from autograder.errors import CourseError

try:
    strongest_level()
except CourseError as error:
    pytestmark = pytest.mark.skip(reason=str(error))

# The share of unseen usual mistakes that must be named in all units together.
GOAL = 0.92


@pytest.fixture(scope="module", params=[unseen.FOLDER, unseen.SECOND], ids=["first", "second"])
def found(request) -> list[unseen.Named]:
    return [named for unit in unseen.units() for named in unseen.named(unit, folder=request.param)]


def test_every_unseen_mistake_costs_points(found):
    assert [named.answer.name for named in found if not named.is_rejected] == []


def test_no_unseen_mistake_is_called_by_a_wrong_name(found):
    wrong = [f"{n.answer.exercise}: {n.answer.name} is called {n.mistakes}" for n in found if n.is_wrong]
    assert wrong == []


def test_unseen_mistakes_are_named(found):
    usual = [named for named in found if named.has_entry]
    unnamed = [f"{n.answer.exercise}: {n.answer.name}, {n.why_unnamed}" for n in usual if not n.is_right]
    assert 1 - len(unnamed) / len(usual) >= GOAL, unnamed


def test_each_label_is_an_entry_of_the_catalogue():
    from pathlib import Path

    from autograder.notebooks.catalogue import load
    from autograder.paths import catalogue_path

    for unit in unseen.units():
        known = {(answer.exercise, answer.name) for answer in load(catalogue_path(Path(), unit)).answers}
        for folder in (unseen.FOLDER, unseen.SECOND):
            labels = {(answer.exercise, answer.hint) for answer in load(folder / f"{unit}.py").answers}
            assert {label for label in labels - known if label[1] != unseen.NO_ENTRY} == set()
