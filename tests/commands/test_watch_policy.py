"""The watcher's policy: how often, what counts, what is shown; and contradictions as one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook
from support.small_class import RIGHT, WRONG
from support.tiny_course import DOUBLE, NAME, answer, check, make_course
from support.watched import (
    attempts,
    found_with,
    log,
    says,
    score,
    set_policy,
    submit,
    told,
    wait_for,
    watched_course,
    watching,
)

from autograder.errors import CourseError
from autograder.watching.arrivals import Arrival, Completeness, Inbound, read_name
from autograder.watching.policy import DAY, HOUR, Policy, read_policy

NOW = 1_800_000_000.0

SLOTS = {
    "nothing graded yet": (Policy(), [], NOW),
    "below the limits": (Policy(), [NOW - 10] * 5, NOW),
    "an hour is full": (Policy(attempts_per_hour=2), [NOW - 3000, NOW - 1000], NOW - 3000 + HOUR),
    "only the last hour counts": (Policy(attempts_per_hour=2), [NOW - 4000, NOW - 1000], NOW),
    "a day is full": (
        Policy(attempts_per_hour=0, attempts_per_day=2),
        [NOW - 80_000, NOW - 70_000],
        NOW - 80_000 + DAY,
    ),
    "no limit": (Policy(attempts_per_hour=0, attempts_per_day=0), [NOW - 1] * 500, NOW),
    "a cool-down": (Policy(cool_down_minutes=5), [NOW - 60], NOW + 240),
    "it is over": (Policy(cool_down_minutes=5), [NOW - 400], NOW),
    "it grows": (Policy(cool_down_minutes=5, cool_down_growth=2), [NOW - 900, NOW - 500, NOW - 60], NOW - 60 + 1200),
    "up to its most": (
        Policy(attempts_per_hour=0, attempts_per_day=0, cool_down_minutes=5, cool_down_growth=9),
        [NOW - 60] * 900,
        NOW - 60 + 7200,
    ),
    "the clock was set back an hour": (Policy(attempts_per_hour=1), [NOW + 600], NOW + 600 + HOUR),
    "the clock was years ahead": (Policy(attempts_per_hour=1), [NOW + 1000 * DAY], NOW),
}


@pytest.mark.parametrize(("policy", "graded", "slot"), SLOTS.values(), ids=SLOTS)
def test_the_next_attempt_is_graded_as_soon_as_all_limits_allow_it(policy, graded, slot):
    assert policy.next_slot(graded, NOW) == slot


WRONG_SETTINGS = {
    "attempts_per_hours = 3": "c.Watch.attempts_per_hours, which is not a setting; did you mean attempts_per_hour?",
    "attempts_per_hour = 2.5": "c.Watch.attempts_per_hour to 2.5; it must be a whole number of at least 0.",
    "cool_down_growth = 0.5": "c.Watch.cool_down_growth to 0.5; it must be a number of at least 1.",
    "only_enrolled = 1": "c.Watch.only_enrolled to 1; it must be True or False.",
    "counts = 'first'": "c.Watch.counts to 'first'; it must be one of last, best.",
    "attempts_per_hour = 30": "c.Watch.attempts_per_hour is 30, and attempts_per_day allows only 20",
    "cool_down_growth = 2": "c.Watch.cool_down_growth is set, and cool_down_minutes is 0, which cannot grow",
    "cool_down_minutes = 500": "c.Watch.cool_down_minutes is 500, more than cool_down_most_minutes, 120",
    "cool_down_minutes = 20": "c.Watch.attempts_per_hour is 6, and 20 minutes between two attempts leave no room",
}


@pytest.mark.parametrize(("line", "words"), WRONG_SETTINGS.items(), ids=WRONG_SETTINGS)
def test_a_wrong_setting_or_a_contradiction_is_one_sentence(tmp_path, line, words):
    root = make_course(tmp_path / "course")
    set_policy(root, f"c.Watch.{line}")
    with pytest.raises(CourseError) as error:
        read_policy(root)
    assert words in str(error.value) and "\n" not in str(error.value)


def test_the_policy_without_settings_is_its_defaults(tmp_path):
    assert read_policy(make_course(tmp_path / "course")) == Policy()


SECRET_WORDS = "gives the wrong number for a negative one"
NO_LIMIT = "c.Watch.attempts_per_hour = 0"
ONLY_POSITIVE = "def double(x):\n    print(x)\n    return 2 * abs(x)"


@pytest.fixture(scope="module")
def two_checks(tmp_path_factory) -> Iterator[Path]:
    """A watched course whose exercise has a visible check of 1 point and a hidden one of 2."""
    hidden = (
        "from course_utils import check\n### BEGIN HIDDEN TESTS\nif double(-3) != -6:\n"
        f'    raise check.Failed("double {SECRET_WORDS}.")\n### END HIDDEN TESTS'
    )
    cells = [new_markdown_cell("# Tiny\n\n### Exercise 1. Double"), answer("double", DOUBLE)]
    cells += [check("double_check", "assert double(2) == 4"), check("double_check_2", hidden, points=2)]
    root = tmp_path_factory.mktemp("policy") / "course"
    watched_course(root, "ada", "bob", policy=NO_LIMIT, notebook=new_notebook(cells=cells))
    with watching(root):
        says(root, "Policy:")
        yield root


def use(root: Path, policy: str) -> None:
    """Change the policy while the watcher runs."""
    before = log(root).count("New policy")
    set_policy(root, f"{NO_LIMIT}\n{policy}")
    wait_for(lambda: log(root).count("New policy") > before, log(root))


def set_deadlines(root: Path, text: str) -> None:
    before = log(root).count("The deadlines have changed")
    (root / "deadlines.toml").write_text(text)
    wait_for(lambda: log(root).count("The deadlines have changed") > before, log(root))


SHOWN = {
    "points": ("Score: 1.0 / 3.0", ": 1 of 3", "has the points of the hidden checks and not what they say"),
    "visible": ("Score: 1.0 / 1.0", ": 1 of 1 for the visible checks", "has the visible checks alone"),
    "all": ("Score: 1.0 / 3.0", ": 1 of 3", SECRET_WORDS),
}


@pytest.mark.parametrize("shown", SHOWN)
def test_the_page_shows_what_the_policy_shows_and_nothing_more(two_checks, shown):
    if shown != Policy().shown_before_due:
        use(two_checks, f"c.Watch.shown_before_due = {shown!r}")
    copy = submit(two_checks, "ada", ONLY_POSITIVE)
    total, text, words = SHOWN[shown]
    assert told(copy).endswith(text)
    page = found_with(copy, ".html").read_text()
    assert total in page and words in page
    assert (SECRET_WORDS in page) == (shown == "all")
    assert not re.search(r"(?<!\d)-[36]\b", page)  # the hidden inputs, which the answer prints


def test_everything_is_shown_once_the_work_of_the_last_student_is_due(two_checks):
    use(two_checks, "c.Watch.shown_before_due = 'visible'")
    extended = f"[assignments.{NAME}]\ndue = 2026-01-01 12:00:00\n[assignments.{NAME}.extensions]\nbob = "
    set_deadlines(two_checks, f"{extended}2999-01-01 12:00:00\n")
    early = submit(two_checks, "ada", ONLY_POSITIVE)
    told(early)
    set_deadlines(two_checks, f"{extended}2026-02-01 12:00:00\n")
    late = submit(two_checks, "ada", ONLY_POSITIVE)
    told(late)
    set_deadlines(two_checks, "")
    assert SECRET_WORDS not in found_with(early, ".html").read_text()
    assert "until 2999-01-01 12:00 UTC" in found_with(early, ".html").read_text()
    assert SECRET_WORDS in found_with(late, ".html").read_text()


def test_the_best_attempt_counts_where_the_policy_says_so_and_a_change_says_whose_score_moves(two_checks):
    use(two_checks, "c.Watch.counts = 'best'")
    for source in (RIGHT, WRONG):
        told(submit(two_checks, "bob", source))
    wait_for(lambda: score(two_checks, "bob") == (3, 3), "the gradebook has the best")
    assert [attempt["counts"] for attempt in attempts(two_checks, "bob")] == [True, False]
    assert "return 2 * x" in (two_checks / "submitted" / "bob" / NAME / f"{NAME}.ipynb").read_text()
    use(two_checks, "c.Watch.counts = 'last'")
    wait_for(lambda: score(two_checks, "bob") == (0, 3), "the gradebook has the last")
    assert f"bob in {NAME}: 3 -> 0" in log(two_checks)


# What proves that an upload is whole.


@pytest.fixture
def upload(tmp_path) -> Path:
    """A folder in the exchange, in which nbgrader has written everything but the modes."""
    folder = tmp_path / "inbound" / f"ada+{NAME}+2026-11-30 09:30:00.123456 UTC+MPrfrgjPHvHG"
    folder.mkdir(parents=True, mode=0o755)
    (folder / f"{NAME}.ipynb").write_text("{}")
    (folder / "timestamp.txt").write_text("2026-11-30 09:30:00.123456 UTC")
    (folder / "submission_secret.txt").write_text("a" * 128)
    return folder


def test_a_folder_is_whole_when_nbgrader_has_opened_it_to_all(upload):
    assert not Completeness().is_whole(upload, 0.0)
    upload.chmod(0o777)
    assert Completeness().is_whole(upload, 0.0)
    (upload / "submission_secret.txt").write_text("a" * 100)
    assert not Completeness().is_whole(upload, 0.0)


def test_where_modes_say_nothing_a_folder_is_whole_when_it_has_not_changed_for_a_while(upload):
    looks = Completeness()
    assert not looks.is_whole(upload, 0.0) and not looks.is_whole(upload, 9.0)
    (upload / "data.txt").write_text("one more file")
    assert not looks.is_whole(upload, 11.0) and not looks.is_whole(upload, 20.0)
    assert looks.is_whole(upload, 21.5)


def test_without_a_timestamp_or_a_secret_a_folder_is_never_whole(upload):
    (upload / "timestamp.txt").unlink()
    upload.chmod(0o777)
    looks = Completeness()
    assert not any(looks.is_whole(upload, moment) for moment in (0.0, 20.0, 2000.0))


def test_a_listing_gives_each_name_once_in_order_of_time(upload):
    inbound = Inbound(upload.parent)
    earlier = upload.with_name(f"bob+{NAME}+2026-11-29 09:30:00.000000 UTC+x")
    earlier.mkdir()
    assert inbound.new_names(NOW) == [earlier.name, upload.name]
    assert inbound.new_names(NOW + 100) == []
    upload.with_name("late").mkdir()
    assert inbound.new_names(NOW + 200) == ["late"]


NAMES = {
    f"a+b+{NAME}+2026-11-30 09:30:00.123456 UTC+rand": ("a+b", NAME),
    f"ada+{NAME}+2026-11-30 09:30:00 UTC": ("ada", NAME),
    "ada+x": "its name is not STUDENT+ASSIGNMENT+TIME",
    f"ada+{NAME}+yesterday evening+rand": "'yesterday evening' in its name is not a time",
    f".ada+{NAME}+2026-11-30 09:30:00 UTC+rand": "'.ada' in its name cannot be a student",
}


@pytest.mark.parametrize(("name", "meaning"), NAMES.items(), ids=NAMES)
def test_the_name_of_a_folder_says_whose_it_is_or_is_named(name, meaning):
    read = read_name(Path("/inbound") / name, NOW, 0.0)
    if isinstance(read, Arrival):
        assert (read.student, read.assignment) == meaning
        assert read.submitted.astimezone(UTC).replace(microsecond=0) == datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
    else:
        assert isinstance(meaning, str) and read.startswith(meaning)
