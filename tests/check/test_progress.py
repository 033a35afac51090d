"""A student sees how far they have come; what is kept stays on their computer and never stops an exercise."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from course_utils.student import predictions, progress
from course_utils.student.notes import FOLDER_VARIABLE

EXERCISES = {
    "first": {"title": "1.1 First & last", "minutes": 10, "slide": "", "checks": {"a": {}, "b": {}}},
    "second": {"title": "1.2 Second", "minutes": 20, "slide": "", "checks": {"c": {}}},
}


@pytest.fixture(autouse=True)
def notes(tmp_path, monkeypatch) -> Path:
    """Where the notes are kept."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "home"))
    return tmp_path / "home" / "progress.json"


@pytest.fixture
def release(tmp_path) -> Path:
    """A folder with two released units of the same two exercises."""
    for name in ("01_one", "02_two"):
        folder = tmp_path / "release" / name
        folder.mkdir(parents=True)
        (folder / "hints.json").write_text(json.dumps({"assignment": name, "exercises": EXERCISES}))
    return tmp_path / "release"


class Text(HTMLParser):
    """The text of a page, and its progress bars as (value, max)."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.bars = "", []
        self.feed(page)

    def handle_data(self, data):
        self.text += data

    def handle_starttag(self, tag, attributes):
        if tag == "progress":
            about = dict(attributes)
            self.bars.append((about["value"], about["max"]))
            assert about["aria-label"].endswith(f"{about['value']} of {about['max']}")


def shown(release: Path) -> Text:
    return Text(progress.page(progress.units(release)))


def test_nothing_is_done_at_first_and_the_first_exercise_is_next(release):
    page = shown(release)
    assert page.bars == [("0", "2"), ("0", "2")]
    assert "Next: 1.1 First & last in 01_one, about 10 minutes." in page.text


def test_an_exercise_counts_when_all_its_checks_pass(release):
    progress.note("01_one", "first", "a", True)
    assert shown(release).bars[0] == ("0", "2")
    progress.note("01_one", "first", "b", True)
    page = shown(release)
    assert page.bars == [("1", "2"), ("0", "2")]
    assert "10 of 30" in page.text
    assert "Next: 1.2 Second in 01_one" in page.text


def test_what_was_begun_and_does_not_pass_comes_first(release):
    progress.note("02_two", "second", "c", False)
    assert "Continue with 1.2 Second in 02_two" in shown(release).text


def test_a_check_that_held_once_and_fails_now_does_not_count(release):
    progress.note("01_one", "second", "c", True)
    progress.note("01_one", "second", "c", False)
    assert shown(release).bars[0] == ("0", "2")


def test_at_the_end_only_the_hidden_cases_are_left(release):
    for unit in ("01_one", "02_two"):
        for name, about in EXERCISES.items():
            for check in about["checks"]:
                progress.note(unit, name, check, True)
    page = shown(release)
    assert page.bars == [("2", "2"), ("2", "2")]
    assert "hidden cases" in page.text


@pytest.mark.parametrize("content", ["", "{", "[1, 2]", "\x00"])
def test_notes_that_cannot_be_read_are_begun_anew(release, notes, content):
    notes.parent.mkdir()
    notes.write_text(content)
    assert shown(release).bars[0] == ("0", "2")
    progress.note("01_one", "second", "c", True)
    assert shown(release).bars[0] == ("1", "2")


def test_notes_that_cannot_be_written_stop_nothing(release, notes):
    notes.parent.write_text("a file where the folder should be")
    progress.note("01_one", "second", "c", True)
    assert shown(release).bars[0] == ("0", "2")


def test_a_course_without_releases_says_so(tmp_path):
    assert "no released assignment" in shown(tmp_path).text


def test_the_released_units_of_the_course_are_all_there():
    released = progress.units()
    assert [unit.name for unit in released] == sorted(path.name for path in progress.RELEASE.iterdir())
    assert all(exercise.minutes > 0 for unit in released for exercise in unit.exercises)


# --- predictions ----------------------------------------------------------------------------------------------------


@pytest.fixture
def lectures(tmp_path) -> Path:
    """A folder with a lecture that asks three questions, one that asks none, and one that is damaged."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name, sources in {"01_one": ["import x", *(f'predict("{q}")' for q in "abc")], "02_two": ["x = 1"]}.items():
        cells = [{"cell_type": "code", "source": [source]} for source in sources]
        (folder / f"{name}.ipynb").write_text(json.dumps({"cells": cells}))
    (folder / "03_three.ipynb").write_text("{")
    return folder


def test_predictions_are_counted_per_lecture(release, lectures):
    found = lambda: progress.page(progress.units(release), predictions.lectures(lectures))
    assert "predictions" not in found()
    predictions.note("one", "a", "3", True)
    predictions.note("one", "b", "no", False)
    predictions.note("one", "of-an-earlier-year", "no", True)
    assert "01_one</b>: you have made 2 of 3 predictions of this lecture, 1 as it turned out." in found()
    assert predictions.entered("one", "a") == "3" and predictions.entered("one", "c") == ""


def test_predictions_do_not_change_what_the_checks_noted(release):
    progress.note("01_one", "second", "c", True)
    predictions.note("one", "a", "3", True)
    assert shown(release).bars[0] == ("1", "2")


@pytest.mark.parametrize("content", ["{", "[]", '{"one": 3}', '{"one": {"a": {"entered": 3}}}', '{"one": {"a": "b"}}'])
def test_predictions_that_cannot_be_read_are_made_anew(notes, lectures, content):
    notes.parent.mkdir()
    (notes.parent / "predictions.json").write_text(content)
    assert predictions.entered("one", "a") == ""
    assert [lecture.made for lecture in predictions.lectures(lectures)] == [0]
    predictions.note("one", "a", "3", True)
    assert predictions.entered("one", "a") == "3"


def test_predictions_that_cannot_be_written_stop_nothing(notes):
    notes.parent.write_text("a file where the folder should be")
    predictions.note("one", "a", "3", True)
    assert predictions.entered("one", "a") == ""
