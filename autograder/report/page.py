"""The report as one page of HTML that asks nothing of any other host."""

from __future__ import annotations

import base64
from collections import Counter
from datetime import UTC, datetime

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from autograder.export.class_data import Class, Student
from autograder.report import figures
from autograder.report.anonymous_code import Examples, bare
from autograder.report.similarity import ENOUGH, Group, groups
from autograder.report.statistics import MANY, SEPARATES, by_exercise, mistakes, scores
from course_utils.drawing.pictures import Picture

SLOWEST = 5
ANSWERS_OF_A_GROUP = 2
"""Students of a group whose answers are shown side by side."""
_JINJA = Environment(
    loader=PackageLoader("autograder.report", "."),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)


def page(about: Class, formgrader: str) -> str:
    """Return the report as HTML. formgrader: its address, without a slash at the end."""
    graded = about.graded
    exercises, made = by_exercise(about), mistakes(about)
    usual = [its for its in made if its.mistake]
    examples = Examples(about.students)
    answers = {student.name: student.answers for student in graded}
    return _JINJA.get_template("report.html.j2").render(
        about=about,
        graded=graded,
        made=datetime.now(UTC),
        formgrader=formgrader,
        scores=scores(graded),
        statuses=Counter(student.line["status"] for student in about.students),
        exercises=exercises,
        usual=usual,
        unusual=[its for its in made if not its.mistake],
        examples=examples,
        groups=[_shown(group, about) for group in groups(about.exercises, about.catalogue, answers)],
        slowest=sorted(graded, key=lambda student: -student.result.seconds)[:SLOWEST],
        seconds=np.array([student.result.seconds for student in graded]),
        cpu_seconds=sum(student.result.cpu_seconds + student.result.worker_cpu_seconds for student in graded),
        enough=ENOUGH,
        many=MANY,
        separates=SEPARATES,
        distribution=_image(figures.distribution(scores(graded), about.max_score)) if graded else "",
        solved=_image(figures.solved(exercises)) if exercises else "",
        frequencies=_image(figures.frequencies(usual)) if usual else "",
    )


def _shown(group: Group, about: Class) -> dict:
    """Return a group with its students, and of each shared exercise the answers of the first of them."""
    by_name = {student.name: student for student in about.students}
    shared = [
        (match, [(name, bare(by_name[name].answers[match.exercise])) for name in match.students[:ANSWERS_OF_A_GROUP]])
        for match in group.shared
    ]
    return {"students": [by_name[name] for name in group.students], "shared": shared}


def _image(picture: Picture) -> Markup:
    data = base64.b64encode(figures.svg(picture)).decode()
    return Markup(f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(picture.description)}">')


def _link(student: Student, formgrader: str) -> Markup:
    """Return the student's name, as a link to the submission in formgrader where it is there."""
    if not student.place:
        return escape(student.name)
    return Markup(f'<a href="{escape(formgrader)}/{escape(student.place)}">{escape(student.name)}</a>')


_JINJA.globals["link"] = _link
_JINJA.filters["median"] = np.median
