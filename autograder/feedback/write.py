"""`autograder feedback`: write the feedback pages of a class; and the exporter of `nbgrader generate_feedback`."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import Any, cast

import nbformat
from nbconvert.exporters import Exporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from traitlets import default

from autograder.deadlines.course_file import read_deadlines
from autograder.deadlines.moments import show
from autograder.engine import results
from autograder.engine.errors import Refused
from autograder.engine.opening import open_regular
from autograder.engine.results import Result, Status
from autograder.engine.submission import TIMESTAMP, above, timestamp
from autograder.engine.worker.errors import EngineError
from autograder.errors import CourseError
from autograder.feedback.page import Page, read_page, render
from autograder.feedback.redact import HideHiddenTests, ReadGrades, without_folders
from autograder.feedback.release import SECRET
from autograder.files import replace_text
from autograder.gradebook.lateness import lateness, settle, time_of
from autograder.gradebook.rows import AssignmentRow, SubmissionRow
from autograder.notebooks.assignment import answer_cells, cells_of, grade_id
from autograder.notebooks.catalogue import Catalogue, load_if_there
from autograder.notebooks.explanations import explanation_of
from autograder.notebooks.format import read_notebook
from autograder.notebooks.nbgrader_master import notebooks_of
from autograder.paths import catalogue_path, master_path, require_assignment
from autograder.sentences import capitalized, counted, first_line
from autograder.settings import nbgrader_config

FOLDER = "feedback"

# The files that `nbgrader release_feedback` expects in the folder of a page.
COPIED = (TIMESTAMP, SECRET)

# The mode of a page, whatever the umask, as nbgrader sets it: `nbgrader release_feedback` copies it into the exchange.
# In the course itself the folder keeps others out.
READABLE = 0o644

# Sentences for students.
BY_HAND = "Your instructor has read what you handed in and given these points."
NOT_GRADED = "Your submission has not been graded yet."
ERROR = "Grading failed, and not because of your work. It will be graded again; you need not do anything."
HAND_IN_AGAIN = (
    "Open your notebook in JupyterLab, save it under its own name, and hand it in again, or ask your instructor."
)
NO_PAGE = "What you handed in has been graded, but this page could not be made. Your instructor has been told why."
HANDED_IN_SINCE = "You have handed in a newer version. This page is about the one before."


class FeedbackExporter(Exporter):
    """Exports a graded notebook as a feedback page, without the hidden tests, whatever the settings say."""

    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, ResourcesDict]:
        """Return (HTML, resources).

        resources: `resources["nbgrader"]` has student, assignment, notebook and db_url, the address of the gradebook.
        Raises NbGraderException if the catalogue of answers cannot be read.
        """
        nb, resources = super().from_notebook_node(nb, cast(ResourcesDict, resources), **kw)
        about, root = resources["nbgrader"], Path(CourseDirectory(parent=self).root)
        try:
            page = _page_of(root, about, nb)
        except CourseError as error:
            raise NbGraderException(str(error)) from None
        return render(page), cast(ResourcesDict, resources)

    def _init_preprocessors(self) -> None:
        self._preprocessors = []
        for preprocessor in (HideHiddenTests, ReadGrades):
            self.register_preprocessor(preprocessor, enabled=True)


def feedback(root: Path, assignment: str, students: Sequence[str], console: Console) -> None:
    """Write the pages of `students`, or of all who handed in `assignment`, to `feedback/`, and print how many.

    A page that cannot be made stops no other one: an earlier one stays, or it says so, and why is said at the end.

    Raises CourseError if the assignment or a student is unknown, if nothing was submitted, or if a page could not be
    made, for example because grades are missing from the gradebook.
    """
    require_assignment(root, assignment)
    students = _students(root, assignment, students)
    settle(root, [assignment])
    config = nbgrader_config(root)
    exporter, url = FeedbackExporter(config=config), CourseDirectory(config=config).db_url
    without, failures = 0, list[str]()
    with _progress(console) as progress:
        for student in progress.track(students, description=assignment):
            try:
                pages, folder, is_graded = _pages_and_folder(root, exporter, url, assignment, student)
            except (CourseError, EngineError) as error:
                failures.append(str(error))
            except Exception as error:  # whatever a graded notebook holds is its student's alone
                why = f"{type(error).__name__}: {first_line(str(error))}"
                failures.append(f"the page of {student} could not be made ({why}); grade {student} again.")
            else:
                without += not is_graded
                _write(root, student, assignment, pages, folder)
                continue
            if not any((root / FOLDER / student / assignment).glob("*.html")):  # an earlier page stays
                page = render(Page(assignment, student, title=assignment, notes=[NO_PAGE]))
                _write(root, student, assignment, {assignment: page}, root / "submitted" / student / assignment)
    if failures:
        made = f"{len(students) - len(failures)} of {counted(len(students), 'page')} made; "
        raise CourseError((made if len(students) > 1 else "") + " ".join(failures))
    also = f"; {without} without a grade, with the reason" if without else ""
    names = [path.stem for path in notebooks_of(root, assignment)]
    where = f"{FOLDER}/STUDENT/{assignment}/{names[0] if len(names) == 1 else 'NOTEBOOK'}.html"
    console.print(f"{counted(len(students), 'page')} in {where}{also}.", highlight=False, soft_wrap=True)


def _pages_and_folder(
    root: Path, exporter: FeedbackExporter, url: str, assignment: str, student: str
) -> tuple[dict[str, str], Path, bool]:
    """Return the pages of a student, the folder of the submission that they are about, and whether it has a grade.

    There is one page per notebook, by its name; of what was not graded there is one, with the assignment's name.

    Raises CourseError where result, notebook or grades cannot be read.
    """
    submitted, graded = (root / folder / student / assignment for folder in ("submitted", "autograded"))
    result = results.load(root, assignment, student)
    paths = [path for master in notebooks_of(root, assignment) if (path := graded / master.name).is_file()]
    if paths and (result is None or result.is_graded):
        return {path.stem: _graded(exporter, url, path, student) for path in paths}, graded, True
    page = _ungraded(root, url, submitted, student, result)
    return {assignment: render(page)}, submitted, page.score is not None


def _ungraded(root: Path, url: str, submitted: Path, student: str, result: Result | None) -> Page:
    """Return the page of a submission that the engine did not grade.

    url: of the gradebook. submitted: the folder of the submission. result: the engine's last one, which may belong to
    an earlier submission.
    """
    assignment, moment = submitted.name, timestamp(submitted)
    page = Page(assignment, student, title=assignment, submitted=moment_shown(root, moment))
    if result is None or result.submitted != moment:
        page.notes = [NOT_GRADED]
    elif by_hand := _by_hand_alone(url, assignment, student):
        page.score, page.max_score = by_hand
        page.notes = [BY_HAND]
    elif result.status == Status.ERROR:
        page.notes = [ERROR]
    else:
        page.notes = [f"What you handed in could not be graded: {without_folders(result.reason)}", HAND_IN_AGAIN]
    page.notes += _late(root, url, page, moment)
    return page


def _late(root: Path, url: str, page: Page, submitted: str) -> list[str]:
    """Return what the student reads about due date, penalty and extension, as one note or none."""
    deadlines = read_deadlines(root)
    with Gradebook(url) as gradebook:
        try:
            assignment = cast(AssignmentRow, gradebook.find_assignment(page.assignment))
        except MissingEntry:
            return []
        row = None
        with contextlib.suppress(MissingEntry):
            row = cast(SubmissionRow, gradebook.find_submission(page.assignment, page.student))
        late = lateness(deadlines, assignment, page.student, row, submitted)
        said = late.sentences(deadlines.zone, page.penalty, page.max_score if page.score is not None else 0.0)
    return [said] if said else []


def _by_hand_alone(url: str, assignment: str, student: str) -> tuple[float, float] | None:
    """Return (score, maximum) of a submission if a person graded every part of it, else None."""
    with Gradebook(url) as gradebook:
        try:
            row = cast(SubmissionRow, gradebook.find_submission(assignment, student))
        except MissingEntry:
            return None
        parts = [grade for notebook in row.notebooks for grade in notebook.grades]
        is_all = all(grade.manual_score is not None for grade in parts)
        return (max(0.0, row.score - row.late_submission_penalty), row.max_score) if is_all else None


def _page_of(root: Path, about: dict[str, Any], notebook: NotebookNode) -> Page:
    """Return the page of a graded notebook, with the engine's result if the engine graded it."""
    assignment, student = about["assignment"], about["student"]
    submitted = timestamp(root / "autograded" / student / assignment)
    result = results.load(root, assignment, student)
    if result and (not result.is_graded or result.submitted != submitted):
        result = None  # it belongs to another submission than this notebook
    page = Page(assignment, student, submitted=moment_shown(root, submitted))
    page.score, page.max_score, page.penalty = about["score"], about["max_score"], about["late_penalty"]
    page.notes += _late(root, about["db_url"], page, submitted)
    handed_in = root / "submitted" / student / assignment
    if handed_in.is_dir() and timestamp(handed_in) != submitted:
        page.notes.append(HANDED_IN_SINCE)
    if result and result.reason:
        sentence = without_folders(result.reason).replace("The student's code", "Your code")
        page.notes.append(f"Some of your code was stopped or crashed. {sentence}")
    page.notes += remark_notes(result.remarks if result else ())
    catalogue = catalogue_of(root, assignment) if result else Catalogue(())
    prefix = f"{about['notebook']}/" if len(notebooks_of(root, assignment)) > 1 else ""
    explanations = {} if prefix else explanations_of(root, assignment)
    read_page(page, notebook, result, catalogue, explanations, prefix)
    return page


def remark_notes(remarks: Sequence[str]) -> list[str]:
    """Return remarks of the engine as a student reads them."""
    return [capitalized(without_folders(remark)) for remark in remarks]


def catalogue_of(root: Path, assignment: str) -> Catalogue:
    """Return the catalogue of an assignment, which is read again when it has changed."""
    path = catalogue_path(root, assignment)
    return _catalogue(path, path.stat().st_mtime_ns if path.is_file() else 0)


@cache
def _catalogue(path: Path, changed: int) -> Catalogue:
    return load_if_there(path)


def explanations_of(root: Path, assignment: str) -> dict[str, str]:
    """Return the explanations of the master, in Markdown, by exercise; it is read again when it has changed."""
    path = master_path(root, assignment)
    return _explanations(path, path.stat().st_mtime_ns) if path.is_file() else {}


@cache
def _explanations(path: Path, changed: int) -> dict[str, str]:
    """Return the explanations of a master, in Markdown, by exercise."""
    master = read_notebook(path)
    answers = [name for cell in answer_cells(master) if (name := grade_id(cell))]
    return {name: explanation_of(cells_of(master, name)) for name in answers}


def _students(root: Path, assignment: str, wanted: Sequence[str]) -> list[str]:
    found = sorted(path.parent.name for path in (root / "submitted").glob(f"*/{assignment}") if path.is_dir())
    if not found:
        raise CourseError(f"there is no submission of {assignment} in {root / 'submitted'}; collect them first.")
    for student in wanted:
        if student not in found:
            raise CourseError(f"{student} has no folder {root / 'submitted' / student / assignment}; check the name.")
    return list(dict.fromkeys(wanted)) or found


def _graded(exporter: FeedbackExporter, url: str, path: Path, student: str) -> str:
    """Return the page of the graded notebook `path`; url: of the gradebook."""
    assignment = path.parent.name
    about = {"student": student, "assignment": assignment, "notebook": path.stem, "db_url": url}
    try:
        with open_regular(path, above(path.parent)) as file:
            notebook = nbformat.reads(file.read().decode(), as_version=4)
        text, _ = exporter.from_notebook_node(notebook, {"nbgrader": about})
    except MissingEntry:
        raise CourseError(
            f"the gradebook has no grade of {student} for {assignment}; run `autograder grade {assignment} --resume`."
        ) from None
    except (NbGraderException, Refused) as error:
        raise CourseError(f"the page of {student} could not be made: {error}") from None
    return text


def _write(root: Path, student: str, assignment: str, pages: Mapping[str, str], submission: Path) -> None:
    """Write pages, and copy to their folder what `nbgrader release_feedback` needs of `submission`, except links."""
    folder = root / FOLDER / student / assignment
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        path = folder / f"{name}.html"
        replace_text(path, text.encode("utf-8", "replace").decode())  # halves of surrogate pairs
        path.chmod(READABLE)
    for name in COPIED:
        with contextlib.suppress(OSError, Refused), open_regular(submission / name, above(submission)) as file:
            (folder / name).write_bytes(file.read())


def moment_shown(root: Path, submitted: str) -> str:
    """Return nbgrader's timestamp to the minute, in the course's zone; another form is returned as it is."""
    zone = read_deadlines(root).zone
    if zone is not UTC and (when := time_of(submitted)):
        return show(when.replace(second=0, tzinfo=UTC), zone)
    day, _, rest = submitted.partition(" ")
    clock, _, zone = rest.partition(" ")
    return " ".join(part for part in (day, clock[:5], zone) if part)


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
