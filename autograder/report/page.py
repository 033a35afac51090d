"""The report as one page of HTML, which loads nothing from any other host."""

from __future__ import annotations

import base64
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import numpy as np
from markupsafe import Markup, escape

from autograder.export.class_data import Class, Student
from autograder.html import jinja_environment
from autograder.report import figures
from autograder.report.anonymous_code import Examples, without_comments
from autograder.report.similarity import MIN_TOKENS, Group, groups
from autograder.report.statistics import MANY, SEPARATES, beside, by_exercise, loud, mistakes, scores
from course_utils.drawing.pictures import Picture

SLOWEST = 5  # submissions in the table of times
ANSWERS_OF_A_GROUP = 2  # students of a group whose answers are shown next to each other


def page(about: Class, formgrader: str) -> str:
    """Return the report as HTML. formgrader: its address, without a slash at the end."""
    graded = about.graded
    exercises, lost_points = by_exercise(about), mistakes(about)
    usual = [mistake for mistake in lost_points if mistake.names]
    answers = {student.name: student.answers for student in graded}
    return _JINJA.get_template("report.html.j2").render(
        about=about,
        graded=graded,
        made=datetime.now(UTC),
        formgrader=formgrader,
        scores=scores(graded),
        with_dates=any(student.row["late"] or student.row["extension_until"] for student in about.students),
        statuses=Counter(student.row["status"] for student in about.students),
        exercises=exercises,
        beside=beside(about),
        loud=loud(about),
        usual=usual,
        unusual=[mistake for mistake in lost_points if not mistake.names],
        examples=Examples(about.students),
        groups=[_shown(group, about) for group in groups(about.exercises, about.catalogue, answers)],
        slowest=sorted(graded, key=lambda student: -student.result.seconds)[:SLOWEST],
        seconds=np.array([student.result.seconds for student in graded]),
        cpu_seconds=sum(student.result.cpu_seconds + student.result.worker_cpu_seconds for student in graded),
        min_tokens=MIN_TOKENS,
        many=MANY,
        separates=SEPARATES,
        distribution=_image(figures.distribution(scores(graded), about.max_score)) if graded else "",
        solved=_image(figures.solved(exercises)) if exercises else "",
        frequencies=_image(figures.frequencies(usual)) if usual else "",
    )


def _shown(group: Group, about: Class) -> dict[str, Any]:
    """Return a group with its students, and for each shared exercise the answers of the first of them."""
    by_name = {student.name: student for student in about.students}
    shared = [
        (
            match,
            [
                (name, without_comments(by_name[name].answers[match.exercise]))
                for name in match.students[:ANSWERS_OF_A_GROUP]
            ],
        )
        for match in group.shared
    ]
    return {"students": [by_name[name] for name in group.students], "shared": shared}


def _image(picture: Picture) -> Markup:
    data = base64.b64encode(figures.svg(picture)).decode()
    return Markup(f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(picture.description)}">')


def _link(student: Student, formgrader: str) -> Markup:
    """Return the student's name, as a link to the submission in formgrader if it is there."""
    if not student.place:
        return escape(student.name)
    return Markup(f'<a href="{escape(formgrader)}/{escape(student.place)}">{escape(student.name)}</a>')


_JINJA = jinja_environment("autograder.report")
_JINJA.globals["link"] = _link
_JINJA.filters["median"] = np.median
