"""The feedback page of one graded submission, as data and as HTML.

A page is one file that loads nothing from another host. What students wrote or their code drew is shown as text or as a
picture, never as HTML of their own.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from markupsafe import Markup
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters.html import HtmlFormatter

from autograder.engine.plan import PICTURE
from autograder.engine.results import Result
from autograder.feedback.explanation import as_html
from autograder.feedback.highlight import NotebookLexer
from autograder.html import jinja_environment
from autograder.notebooks.assignment import exercise_of
from autograder.notebooks.catalogue import Catalogue

PICTURES = ("image/png", "image/jpeg", "image/svg+xml")
NO_RESPONSE = "No response."  # nbgrader's comment on an answer that is as it was released
SOLVED = "solved"
CODE = HtmlFormatter(style="xcode", nowrap=True, classprefix="c-")  # all its colours have a contrast above 4.5 on white

_HEADING = re.compile(r"^(#{1,3}) (.+)$", re.MULTILINE)
_POINTS = re.compile(r"\bpoints?\b")


@dataclass(frozen=True)
class ShownOutput:
    """An output: a text, or a picture as a data URI with its description."""

    text: str = ""
    picture: str = ""
    description: str = ""
    is_error: bool = False


@dataclass(frozen=True)
class Cell:
    """What a student wrote in a cell, and its outputs. `source` is empty if the instructor wrote it."""

    source: str
    is_code: bool
    shown: tuple[ShownOutput, ...] = ()


@dataclass(frozen=True)
class Part:
    """A cell that gives points: a check, or an answer that a person reads.

    sentence: what is wrong; empty if nothing is. source: the visible test; empty for what a person reads. by_hand: a
    person gave the points. waits: a person has yet to give them. grade_id: of the cell.
    """

    score: float
    max_score: float
    sentence: str = ""
    source: str = ""
    by_hand: bool = False
    waits: bool = False
    grade_id: str = ""

    @property
    def is_full(self) -> bool:
        """Whether all of its points were given."""
        return self.score >= self.max_score


@dataclass(frozen=True)
class Mistake:
    """A mistake of the catalogue, and its hint."""

    name: str
    hint: str


@dataclass
class Section:
    """One exercise: the student's cells, the cells that give points, mistakes, and an instructor's comments.

    explanation: why the solution is as it is. is_not_graded: the course's own answer failed where this was graded.
    is_beside: a check of it ran beside the student's code.
    """

    title: str = ""
    name: str = ""
    cells: list[Cell] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    explanation: Markup = field(default_factory=Markup)
    is_unanswered: bool = False
    is_not_graded: bool = False
    is_beside: bool = False

    @property
    def score(self) -> float:
        """The points that the student got."""
        return sum(part.score for part in self.parts)

    @property
    def max_score(self) -> float:
        """The points that the exercise gives at most."""
        return sum(part.max_score for part in self.parts)

    @property
    def state(self) -> str:
        """One or two words on how it went."""
        if any(part.waits for part in self.parts):
            return "waits for your instructor"
        if self.score >= self.max_score:
            return SOLVED
        if self.is_unanswered:
            return "not answered"
        return "partly solved" if self.score > 0 else "not solved"


@dataclass
class Page:
    """The content of a page.

    score: after the late penalty; None if there is no grade, and `notes` then say why. notes: sentences for the student
    on what happened to the submission. cells: the student's cells outside all exercises.
    """

    assignment: str
    student: str
    title: str = ""
    submitted: str = ""
    score: float | None = None
    max_score: float = 0.0
    penalty: float = 0.0
    notes: list[str] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)

    @property
    def waits(self) -> bool:
        """Whether a person has yet to give points."""
        return any(part.waits for section in self.sections for part in section.parts)

    @property
    def solved(self) -> int:
        """How many exercises have all their points."""
        return sum(section.state == SOLVED for section in self.sections)


def read_page(
    page: Page,
    notebook: NotebookNode,
    result: Result | None,
    catalogue: Catalogue,
    explanations: Mapping[str, str],
    prefix: str = "",
) -> None:
    """Fill in title and sections of `page` from a graded notebook.

    notebook: as `HideHiddenTests` and `ReadGrades` leave it. result: the engine's, if there is one. catalogue: has the
    hints of the mistakes that `result` names. explanations: in Markdown, by exercise. prefix: what stands before the
    names of this notebook's exercises and checks in `result`.
    """
    sections = _sections(notebook)
    page.title = next((text for level, text in _headings(notebook) if level == 1), "") or page.assignment
    page.sections = [section for section in sections if section.parts]
    page.cells = [cell for section in sections if not section.parts for cell in section.cells]
    for section in page.sections:
        found = result.exercises.get(f"{prefix}{section.name}") if result else None
        section.is_not_graded = bool(result and f"{prefix}{section.name}" in result.not_graded)
        section.is_beside = any(
            result.checks[name].is_beside
            for part in section.parts
            if result and (name := f"{prefix}{part.grade_id}") in result.checks
        )
        section.explanation = as_html(explanations.get(section.name, ""))
        section.mistakes = list(_mistakes(catalogue, section.name, found.mistakes if found else []))


def render(page: Page) -> str:
    """Return the page as HTML."""
    return _JINJA.get_template("feedback.html.j2").render(page=page, style=Markup(CODE.get_style_defs(".code")))


def _sections(notebook: NotebookNode) -> list[Section]:
    """Return the exercises. One begins with the heading above its answer, or else with its answer."""
    sections = [Section()]
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        begins = about.get("solution") or about.get("task")
        if not about.get("grade_id"):
            heading = next((text for level, text in _headings_of(cell) if level == 3), "")
            if heading:
                sections.append(Section(heading))
            elif cell.cell_type == "code":
                sections[-1].cells.append(_cell(cell, sections[-1].title))
        elif begins:
            if sections[-1].name or not sections[-1].title:
                sections.append(Section(about.grade_id))
            _begin(sections[-1], cell)
        if about.get("grade") or about.get("task"):
            _section_of(sections, about.grade_id).parts.append(_part(cell))
    return sections


def _begin(section: Section, cell: NotebookNode) -> None:
    """Begin `section` with `cell`, which is an answer or a task."""
    about = cell.metadata.nbgrader
    section.name, comment = about.grade_id, about.get("comment") or ""
    section.is_unanswered = comment == NO_RESPONSE
    if comment and comment != NO_RESPONSE:
        section.comments.append(comment)
    if not about.get("task"):
        section.cells.append(_cell(cell, section.title))


def _section_of(sections: list[Section], grade_id: str) -> Section:
    """Return the section of a graded cell: the one of its name, or else the last one."""
    names = (grade_id, exercise_of(grade_id))
    return next((section for section in sections if section.name and section.name in names), sections[-1])


def _part(cell: NotebookNode) -> Part:
    about = cell.metadata.nbgrader
    is_read = bool(about.get("solution") or about.get("task"))
    errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
    return Part(
        score=float(about.get("score") or 0),
        max_score=float(about.get("points") or 0),
        sentence="\n".join(errors[-1].traceback) if errors and not is_read else "",
        source="" if is_read else cell.source.strip(),
        by_hand=bool(about.get("by_hand")) or is_read,
        waits=bool(about.get("waits")),
        grade_id=about.grade_id,
    )


def _cell(cell: NotebookNode, title: str) -> Cell:
    is_instructors = PICTURE in cell.metadata.get("tags", [])
    shown = [*_attached(cell), *(_shown(output, title) for output in cell.get("outputs", []))]
    return Cell("" if is_instructors else cell.source.strip("\n"), cell.cell_type == "code", tuple(shown))


def _shown(output: NotebookNode, title: str) -> ShownOutput:
    if output.output_type == "stream":
        return ShownOutput(output.text.rstrip())
    if output.output_type == "error":
        return ShownOutput("\n".join(output.traceback), is_error=True)
    text = str(output.data.get("text/plain", "")).strip()
    for kind in PICTURES:
        if kind in output.data:
            description = _alternative(output, kind) or ("" if text.startswith("<") else text) or _undescribed(title)
            return ShownOutput(picture=_uri(kind, output.data[kind]), description=description)
    return ShownOutput(text)


def _alternative(output: NotebookNode, kind: str) -> str:
    """Return the description that came with a picture; empty if there is none."""
    about = output.metadata.get(kind)
    alternative = about.get("alt") if isinstance(about, dict) else None
    return alternative if isinstance(alternative, str) else ""


def _undescribed(title: str) -> str:
    where = f"your code for “{title}”" if title else "your code"
    return f"A picture that {where} drew; it has no description."


def _attached(cell: NotebookNode) -> Iterator[ShownOutput]:
    """Yield the pictures that were pasted into a text."""
    for name, data in cell.get("attachments", {}).items():
        for kind in PICTURES:
            if kind in data:
                drawn = "".join(data[kind].split())  # a notebook holds all attachments in base 64, SVG as well
                uri = f"data:{kind};base64,{drawn}"
                yield ShownOutput(picture=uri, description=f"The picture {name} of your answer")


def _uri(kind: str, content: str) -> str:
    """Return a picture as a data URI; a notebook holds SVG as text and the others in base 64."""
    data = base64.b64encode(content.encode()).decode() if kind == "image/svg+xml" else "".join(content.split())
    return f"data:{kind};base64,{data}"


def _headings(notebook: NotebookNode) -> Iterator[tuple[int, str]]:
    for cell in notebook.cells:
        yield from _headings_of(cell)


def _headings_of(cell: NotebookNode) -> Iterator[tuple[int, str]]:
    """Yield (level, text) of the headings of a task, without points, minutes and difficulty."""
    if cell.cell_type == "markdown" and not cell.metadata.get("nbgrader", {}).get("solution"):
        yield from ((len(marks), _without_points(text)) for marks, text in _HEADING.findall(cell.source))


def _without_points(heading: str) -> str:
    """Return a heading without "(10 minutes, 3 points)" at its end."""
    text, begins, about = heading.rpartition(" (")
    is_about = heading.endswith(")") and not set("()") & set(about[:-1]) and _POINTS.search(about)
    return text if begins and text and is_about else heading


def _mistakes(catalogue: Catalogue, exercise: str, named: Sequence[str]) -> Iterator[Mistake]:
    """Yield the mistakes that the engine `named`, with the catalogue's hints."""
    hints = {answer.name: answer.hint for answer in catalogue.wrong(exercise)}
    for name in named:
        if name in hints:
            yield Mistake(name.replace("_", " "), hints[name])


def _points(points: float) -> str:
    """Write points as nbgrader does: 2.0, 2.25."""
    return str(round(float(points), 2))


@lru_cache(maxsize=1024)  # all pages of a class show the same checks
def _highlighted(source: str) -> Markup:
    return Markup(highlight(source, NotebookLexer(stripnl=False), CODE))


_JINJA = jinja_environment("autograder.feedback")
_JINJA.filters |= {"points": _points, "highlighted": _highlighted}
