"""What one submission holds stops nobody's grading, feedback or report, and costs a time that grows with its size."""

from __future__ import annotations

import copy
import json
import resource
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell
from support.displays_that_act import PIXEL
from support.small_class import answered, grade, hand_in, results
from support.tiny_course import NAME, command, make_course, master

from autograder.engine.errors import UnreadableSubmission
from autograder.engine.outputs import notebook_of, read_outputs
from autograder.engine.plan import plan
from autograder.engine.submission import read_submission, write_autograded
from autograder.feedback.page import Page, read_page, render
from autograder.notebooks.catalogue import Catalogue
from autograder.notebooks.sanitize import sanitize
from autograder.report.anonymous_code import tokens, without_comments

RIGHT = "def double(x):\n    return 2 * x"
SIZE = 20_000  # characters
SURROGATE = "\ud800"


def raw(notebook) -> dict[str, Any]:
    """Return a notebook as the JSON that a student's file holds."""
    return json.loads(nbformat.writes(notebook))


def odd(change) -> bytes:
    """Return the right submission after `change`, a function of its JSON, as bytes of a file."""
    content = raw(answered(RIGHT))
    change(content)
    return json.dumps(content).encode()


def own_cell(**parts: Any):
    cell = {"cell_type": "markdown", "metadata": {}, "source": "own", "id": "own"} | parts
    return lambda content: content["cells"].append(cell)


def of_answer(name: str, value: Any):
    return lambda content: content["cells"][1].__setitem__(name, value)


def nested(depth: int) -> Any:
    found: Any = []
    for _ in range(depth):
        found = [found]
    return found


PICTURE = {"cell_type": "code", "execution_count": None}
ODD = {
    "a list for a name": own_cell(metadata={"nbgrader": {"grade_id": ["double"]}}),
    "a dict for a name": own_cell(metadata={"nbgrader": {"grade_id": {}, "solution": "yes"}}),
    "a list for nbgrader": own_cell(metadata={"nbgrader": [1]}),
    "attachments of texts": own_cell(attachments={"a.png": "text", "b.png": {"image/png": [1]}, "c": {}}),
    "an attachment that is missing": own_cell(source="![a](attachment:none.png)"),
    "half of a pair in a source": own_cell(source=f"text {SURROGATE}"),
    "half of a pair in the answer": of_answer("source", f"{RIGHT}  # {SURROGATE}"),
    "half of a pair in names": own_cell(metadata={"tags": [SURROGATE], "nbgrader": {"grade_id": SURROGATE}}),
    "half of a pair in an attachment": own_cell(attachments={SURROGATE: {"image/png": PIXEL}}),
    "half of a pair in a picture": own_cell(
        **PICTURE,
        metadata={"tags": ["picture"]},
        outputs=[{"output_type": "stream", "name": "stdout", "text": SURROGATE}],
    ),
    "numbers for outputs": own_cell(**PICTURE, metadata={"tags": ["picture"]}, outputs=[1, None, [2]]),
    "tags that are numbers": own_cell(metadata={"tags": 7}),
    "metadata that is a list": of_answer("metadata", [1]),
    "a source of numbers": own_cell(source=[1, "text"]),
    "a type that is a list": own_cell(cell_type=["code"]),
    "an id that is a number": own_cell(id=5),
    "cells of numbers": lambda content: content["cells"].extend([1, None, []]),
    "no number of a cell": own_cell(**PICTURE, metadata={"tags": ["picture"]}, outputs=[{"output_type": "display_data",
        "data": {"image/png": PIXEL}, "metadata": {"image/png": {"width": float("nan")}}}]),
    "a deep part": own_cell(metadata={"nbgrader": {"grade_id": "own", "deep": nested(400)}}),
    "a deep picture": own_cell(**PICTURE, metadata={"tags": ["picture"]}, outputs=[{"output_type": "display_data",
        "metadata": {}, "data": {"application/json": nested(400)}}]),
    "a metadata of a notebook that is a text": lambda content: content.__setitem__("metadata", "text"),
}  # fmt: skip
SLOW = {
    "blank lines": "\n" * SIZE,
    "blanks": " \n" * (SIZE // 2),
    "magics": "%matplotlib inline\n" * 501,
    "commands": "!true\n" * (SIZE // 6),
    "cell magic": "%%capture\n" * (SIZE // 10),
    "questions": "a?\n" * (SIZE // 3),
    "dots": "a." * (SIZE // 2) + "a",
    "quotes": '"""\n' * (SIZE // 4),
    "both quotes": "'''\n\"\"\"\n" * (SIZE // 8),
}
HEADING = "# a (" + "points " * 30_000


def put_into_graded(root: Path, student: str, answer: str, *cells) -> None:
    """Change the graded notebook of a student, as if the engine had kept this answer and these cells."""
    path = root / "autograded" / student / NAME / f"{NAME}.ipynb"
    path.chmod(0o644)
    notebook = nbformat.read(path, as_version=4)
    answered(answer, notebook).cells += cells
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> tuple[Path, float]:
    """A graded class of odd submissions, and the seconds of CPU that feedback and report took."""
    root = make_course(tmp_path_factory.mktemp("odd") / "course")
    hand_in(root, "honest")
    for name, change in ODD.items():
        hand_in(root, name.replace(" ", "-"), odd(change))
    for name in SLOW:
        hand_in(root, f"slow-{name.replace(' ', '-')}")
    grade(root)
    for name, source in SLOW.items():
        slow = new_code_cell(f"1{source}2"), new_code_cell(source), new_markdown_cell(HEADING)
        put_into_graded(root, f"slow-{name.replace(' ', '-')}", f"{RIGHT}\n{source}", *slow)
    marked = new_code_cell("### BEGIN HIDDEN TESTS\n" + "\n".join(f"a line of mine {n}" for n in range(3000)))
    put_into_graded(root, "slow-magics", RIGHT, marked, new_markdown_cell(HEADING))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for step in ("feedback", "report"):
        done = command(root, step, NAME)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return root, after.ru_utime - before.ru_utime


def test_odd_data_is_graded_or_malformed_and_never_an_error_of_ours(course):
    found = results(course[0])
    assert {name for name, result in found.items() if result["status"] == "error"} == set()
    for name in ODD:
        result = found[name.replace(" ", "-")]
        assert result["status"] in ("graded", "malformed") and (result["score"] == 1 or result["reason"]), result
    without = {name for name, result in found.items() if result["score"] != 1}
    assert without <= {"metadata-that-is-a-list", "a-deep-part", "a-deep-picture"}, without


def test_everybody_gets_a_page_and_the_report_is_made(course):
    root, _ = course
    pages = {path.parents[1].name for path in root.glob(f"feedback/*/{NAME}/{NAME}.html")}
    assert pages == results(root).keys()
    assert not [
        path for path in root.glob(f"feedback/*/{NAME}/{NAME}.html") if "not because of your work" in path.read_text()
    ]


def test_feedback_and_report_take_time_in_proportion_to_what_they_show(course):
    assert course[1] < 40, "the older highlighter took 99 s for the blank lines alone"


def test_one_page_that_cannot_be_made_stops_no_other_and_its_result_is_named(course):
    root, _ = course
    path = root / ".results" / NAME / "honest.json"
    kept = path.read_text()
    for broken in ("{", "[]", kept.replace('"score": 1.0', '"score": 500.0')):
        path.write_text(broken)
        for student in ("slow-dots", "honest"):
            (root / "feedback" / student / NAME / f"{NAME}.html").unlink()
        done = command(root, "feedback", NAME)
        assert done.returncode == 1 and "Traceback" not in done.stderr
        assert str(path) in done.stderr.replace("\n", "") and "grade honest again" in done.stderr.replace("\n", " ")
        assert (root / "feedback" / "slow-dots" / NAME / f"{NAME}.html").exists()
        page = (root / "feedback" / "honest" / NAME / f"{NAME}.html").read_text()
        assert "this page could not be made" in page
    path.write_text(kept)


def test_a_result_of_more_points_than_there_are_is_not_exported(course):
    root, _ = course
    path = root / ".results" / NAME / "honest.json"
    kept = path.read_text()
    path.write_text(kept.replace('"score": 1.0', '"score": 500.0'))
    done = command(root, "export", NAME, "--format", "table")
    path.write_text(kept)
    assert done.returncode == 1 and "500 of 1 points" in done.stderr.replace("\n", " ")


def test_a_name_with_brackets_is_shown_with_them(tmp_path):
    root = make_course(tmp_path / "course")
    hand_in(root, "ash[red]")
    hand_in(root, "[b]elm")
    said = grade(root)
    assert "ash[red]" in said and "[b]elm" in said


def test_lines_of_magic_are_left_out_of_examples_and_the_rest_is_compared():
    source = "%%time\nimport numpy\nx = %timeit y\nfiles = !ls\nnumpy.ones?\n" + "%matplotlib inline\n" * 501 + RIGHT
    assert "return 2 * x" in (without_comments(source) or "")
    assert tokens(source, ()).count("None") == 2


def test_outputs_that_are_an_array_are_lost_and_nothing_else():
    import numpy as np

    for sent in (np.zeros(3), np.array([]), None, "text", [np.zeros(2)]):
        assert [output.ename for output in read_outputs(sent).shown] == ["Lost"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | st.text(st.characters(), max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(), max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
PLACES = (
    *[("cells", place) for place in (0, 1, 2)],
    *[("cells", 1, name) for name in ("metadata", "source", "cell_type", "id", "outputs", "attachments")],
    *[("cells", 0, name) for name in ("metadata", "source", "cell_type", "attachments")],
    *[("cells", 1, "metadata", name) for name in ("nbgrader", "tags", "other")],
    *[("cells", 1, "metadata", "nbgrader", name) for name in ("grade_id", "solution", "points", "schema_version")],
    ("cells", 3, "outputs"), ("cells", 3, "outputs", 0, "data"), ("cells", 3, "outputs", 0, "metadata"),
    ("cells", 3, "outputs", 0, "data", "image/png"), ("cells", 4, "attachments", "a"), ("nbformat",), ("metadata",),
)  # fmt: skip


def picture_and_pasted() -> dict[str, Any]:
    content = raw(answered(RIGHT))
    shown = {"output_type": "display_data", "data": {"image/png": PIXEL}, "metadata": {}}
    own_cell(**PICTURE, metadata={"tags": ["picture"]}, outputs=[shown])(content)
    own_cell(attachments={"a": {"image/png": PIXEL}})(content)
    return content


@examples(max_examples=300)
@given(st.sampled_from(PLACES), JSON)
def test_any_data_in_any_place_is_read_written_and_shown_or_is_malformed(tmp_path_factory, place, value):
    content = copy.deepcopy(CONTENT)
    part: Any = content
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = value
    folder = tmp_path_factory.getbasetemp() / "fuzz" / "student" / NAME
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.ipynb").write_text(json.dumps(content))
    try:
        submitted = read_submission(folder / f"{NAME}.ipynb")
    except UnreadableSubmission as error:
        assert str(error).endswith(".")
        return
    graded = plan(master(), submitted)
    notebook = notebook_of(graded.cells)
    sanitize(notebook)
    target = folder.parent / "graded" / NAME
    write_autograded({NAME: notebook}, folder.parent / "none", folder, target, [])
    shown = nbformat.read(target / f"{NAME}.ipynb", as_version=4)
    nbformat.validate(shown)
    page = Page(NAME, "student")
    read_page(page, shown, None, Catalogue(()), {})
    assert render(page)


CONTENT = picture_and_pasted()


def test_time_of_one_answer_grows_with_its_size_and_not_with_its_square():
    from autograder.feedback.highlight import for_formgrader

    for source in SLOW.values():
        started = time.process_time()
        for_formgrader(source)
        without_comments(source)
        assert time.process_time() - started < 2, source[:10]
