"""A release is its master without the answers: nothing more, nothing less, and the same bytes each time."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from support.tiny_course import (
    NAME,
    REPOSITORY,
    answer,
    check,
    command,
    make_course,
    master,
    nbgrader_metadata,
    released,
    write,
)

from autograder.authoring.leaks import leaks, stub_differences
from autograder.authoring.release import generate
from autograder.errors import CourseError
from autograder.notebooks.format import read_notebook, to_text
from autograder.notebooks.regions import STUB, TEXT_STUB, near_misses
from autograder.settings import nbgrader_config

MASTERS = sorted((REPOSITORY / "source").glob("*/*.ipynb"))


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch):
    monkeypatch.delenv("COURSE_DB_URL", raising=False)
    monkeypatch.delenv("COURSE_EXCHANGE", raising=False)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A course whose release has been made."""
    root = make_course(tmp_path_factory.mktemp("course"))
    assert generate(root).changed == [NAME]
    return root


@pytest.fixture
def course(finished, tmp_path):
    """A copy of it for a test to spoil."""
    return Path(shutil.copytree(finished, tmp_path / "course"))


def paths(root):
    return root / "source" / NAME / f"{NAME}.ipynb", root / "release" / NAME


def everything_in(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- the course itself


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.stem)
def test_the_committed_release_is_what_its_master_gives_now_and_gives_nothing_away(path, tmp_path):
    name = path.parent.name
    shutil.copy(REPOSITORY / "nbgrader_config.py", tmp_path)
    shutil.copytree(path.parent, tmp_path / "source" / name)
    (tmp_path / "answers").mkdir()
    shutil.copy(REPOSITORY / "answers" / f"{name}.py", tmp_path / "answers")
    (tmp_path / "release" / name).mkdir(parents=True)
    shutil.copy(REPOSITORY / "release" / name / "hints.json", tmp_path / "release" / name)  # taken over if it fits
    generate(tmp_path, [name])
    made, committed = tmp_path / "release" / name, REPOSITORY / "release" / name
    assert leaks(path, made) == []
    assert stub_differences(read_notebook(path), read_notebook(made / path.name)) == []
    assert committed.is_dir(), f"release/{name} is missing: run `make release`"
    assert everything_in(committed) == everything_in(made), f"release/{name} is old: run `make release`"


# --- generating


def test_the_release_has_the_stub_for_the_solution_and_no_hidden_test(finished):
    heading, stub, visible = (cell.source for cell in released(finished).cells)
    assert heading.startswith("# Tiny")
    assert stub == f'def double(x):\n    """Return 2 x."""\n    {STUB}'
    assert visible == "from course_utils import check\n\nassert double(2) == 4"


def test_nbgrader_itself_gives_the_same_bytes(course):
    ours = everything_in(course / "release")
    shutil.rmtree(course / "release")
    done = command(course, "generate_assignment", NAME, "--force", module="nbgrader")
    assert done.returncode == 0, done.stderr
    assert everything_in(course / "release") == ours


def test_a_second_time_changes_nothing(course):
    before = everything_in(course / "release")
    assert generate(course).changed == []
    assert everything_in(course / "release") == before


def test_the_gradebook_knows_the_points_and_the_hidden_tests(finished):
    cell = gradebook(finished).find_source_cell("double_check", NAME, NAME)
    assert "secret_argument" in cell.source
    assert gradebook(finished).find_assignment(NAME).max_score == 1


def test_a_master_in_another_form_gives_the_same_release(course):
    source, _ = paths(course)
    content = json.loads(source.read_text(encoding="utf-8"))
    content["metadata"]["language_info"]["version"] = "3.13"
    source.write_text(json.dumps(content), encoding="utf-8")
    assert generate(course).changed == []


def test_data_beside_the_master_goes_along_and_what_starts_with_a_dot_does_not(course):
    source, release = paths(course)
    notebook = master()
    notebook.cells[0].source += "\n\nThe digits are in `digits.csv`."
    write(source, notebook)
    (source.parent / "digits.csv").write_text("1,2\n")
    (source.parent / ".ipynb_checkpoints").mkdir()
    (source.parent / ".ipynb_checkpoints" / "old.ipynb").write_text("{}")
    assert generate(course).changed == [NAME]
    assert set(everything_in(release)) == {Path(f"{NAME}.ipynb"), Path("digits.csv")}


@pytest.mark.parametrize("mention", ["", "\n### BEGIN HIDDEN TESTS\nnp.load('expected.npz')\n### END HIDDEN TESTS"])
def test_data_that_nothing_visible_names_is_refused(course, mention):
    source, release = paths(course)
    notebook = master()
    notebook.cells[2].source += mention
    write(source, notebook)
    (source.parent / "expected.npz").write_bytes(b"PK")
    before = everything_in(release)
    with pytest.raises(CourseError, match=r"expected\.npz would go to students, and nothing that they see names it"):
        generate(course)
    assert everything_in(release) == before


def test_a_picture_of_a_solution_is_refused_and_one_of_the_task_goes_along(course):
    source, release = paths(course)
    notebook = master()
    picture = {"p.png": {"image/png": "iVBORw0KGgo="}}
    notebook.cells[0].source += "\n\n![p](attachment:p.png)"
    notebook.cells[0]["attachments"] = picture
    write(source, notebook)
    assert generate(course).changed == [NAME]
    assert released(course).cells[0].attachments == picture

    about = nbgrader_metadata("why", grade=True, solution=True, points=1)
    text = "Draw it.\n\n### BEGIN SOLUTION\n![s](attachment:s.png)\n### END SOLUTION"
    notebook.cells.append(new_markdown_cell(text, metadata=about, attachments={"s.png": picture["p.png"]}))
    write(source, notebook)
    before = everything_in(release)
    with pytest.raises(CourseError, match=r"the cell why has the picture s\.png attached, which only its"):
        generate(course)
    assert everything_in(release) == before


def test_answers_that_somebody_wrote_in_a_release_are_kept_and_it_says_where(course):
    path = course / "release" / NAME / f"{NAME}.ipynb"
    for name in (NAME, "09_gone"):
        mine = released(course)
        mine.cells[1].source = "def double(x):\n    return 2 * x"
        write(course / "release" / name / f"{name}.ipynb", mine)
    done = command(course, "generate")
    assert "return 2 * x" not in path.read_text() and not (course / "release" / "09_gone").exists()
    for name in (NAME, "09_gone"):
        (kept,) = (course / "backups").glob(f"{name}-*")
        assert "return 2 * x" in (kept / f"{name}.ipynb").read_text()
        assert f"release/{name} had answers in it; they are kept in backups/{kept.name}." in done.stdout
    assert "answers" not in command(course, "generate").stdout


def test_a_release_without_a_master_is_removed(course):
    (course / "release" / "00_gone").mkdir()
    (course / "release" / "README.md").write_text("kept")
    assert generate(course).changed == ["00_gone"]
    assert {path.name for path in (course / "release").iterdir()} == {NAME, "README.md"}


def unmarked():
    return new_notebook(cells=[answer("f", "def f():\n    return 'the answer'"), check("f_check", "f()")])


def solution_outside_an_answer():
    return new_notebook(cells=[new_code_cell("### BEGIN SOLUTION\nx = 1\n### END SOLUTION")])


def unclosed():
    return new_notebook(cells=[answer("f", "### BEGIN SOLUTION\nx = 1"), check("f_check", "f()")])


def unclosed_explanation():
    notebook = master()
    notebook.cells.append(new_markdown_cell("<details><summary>Why it is so</summary>\n\nBecause x + x is 2 x."))
    return notebook


def same_name_twice():
    return new_notebook(cells=[answer("f", "### BEGIN SOLUTION\n### END SOLUTION"), check("f", "f()")])


BAD_MASTERS = {
    "an answer without marks": (unmarked, "the cell f differs from its master outside the marked regions"),
    "a solution outside an answer": (solution_outside_an_answer, "Solution region detected in a non-solution cell"),
    "a mark without its end": (unclosed, "in the cell f BEGIN SOLUTION and END SOLUTION do not match"),
    "an explanation without its end": (unclosed_explanation, 'the block "Why it is so", which the release leaves out'),
    "two cells of one name": (same_name_twice, "Duplicate grade id: f"),
}


@pytest.mark.parametrize(("bad", "reason"), BAD_MASTERS.values(), ids=BAD_MASTERS)
def test_a_bad_master_is_refused_in_one_sentence_and_leaves_everything_as_it_was(bad, reason, course):
    source, _ = paths(course)
    write(source, bad())
    before = everything_in(course)
    with pytest.raises(CourseError) as caught:
        generate(course)
    assert reason in str(caught.value) and NAME in str(caught.value) and "\n" not in str(caught.value)
    assert everything_in(course) == before
    assert {path.name for path in course.iterdir()} == {
        "source",
        "release",
        "exchange",
        "gradebook.db",
        "nbgrader_config.py",
    }


NEARLY = [
    "### BEGIN HIDDEN TEST",
    "### begin hidden tests",
    "### BEGIN HIDDEN-TESTS",
    "### BEGIN  HIDDEN  TESTS",
    "#BEGIN_HIDDEN_TESTS",
    "### BEGIN HIDEN TESTS",
    "### BEGINN HIDDEN TESTS",
    "### Begin hidden tests.",
]


@pytest.mark.parametrize("line", NEARLY)
def test_a_mark_with_a_slip_of_the_keyboard_is_refused_and_nothing_hidden_goes_out(line, course):
    source, release = paths(course)
    notebook = master()
    notebook.cells[2].source = f"assert double(2) == 4\n{line}\nassert double(-7) == -14\n### END HIDDEN TESTS"
    write(source, notebook)
    before = everything_in(release)
    with pytest.raises(CourseError) as caught:
        generate(course)
    expected = f'has the line "{line}", which nbgrader does not know; write BEGIN HIDDEN TESTS.'
    assert expected in str(caught.value)
    assert everything_in(release) == before


def test_words_that_only_sound_like_a_mark_are_let_through():
    lines = [
        "# Hidden tests: other lengths.",
        "# Begin with the solution of 2.1",
        "end = solution(x)",
        "begin(solution)",
    ]
    assert list(near_misses("\n".join([*lines, "The end of the hidden tests is near."]))) == []


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_points_that_changed_are_told_with_who_was_graded_by_the_earlier_ones(course):
    source, _ = paths(course)
    with gradebook(course) as book:
        book.add_student("ada")
        book.add_submission(NAME, "ada")
    notebook = master()
    notebook.cells[2].metadata.nbgrader.points = 2.5
    write(source, notebook)
    done = command(course, "generate", NAME)
    assert done.returncode == 0, done.stderr
    release, points, graded = done.stdout.splitlines()
    assert release == f"release/{NAME}"
    assert points == f"{NAME}: points changed (double_check 1 -> 2.5); together 1 -> 2.5."
    assert graded.startswith(
        f"{NAME}: submissions graded with the earlier points: 1; `autograder grade {NAME} --regrade"
    )
    assert gradebook(course).find_assignment(NAME).max_score == 2.5
    assert command(course, "generate", NAME).stdout == ""


def test_a_file_of_code_beside_the_master_stays_behind(course):
    source, release = paths(course)
    (source.parent / f"{NAME}.py").write_text("twice_of_it = x + x\n")
    assert generate(course).changed == []
    assert set(everything_in(release)) == {Path(f"{NAME}.ipynb")}


def test_a_second_notebook_beside_the_master_is_refused(course):
    source, _ = paths(course)
    shutil.copy(source, source.with_name("Untitled.ipynb"))
    with pytest.raises(CourseError, match=r"has other notebooks than 01_tiny.ipynb"):
        generate(course)


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_new_cells_after_a_submission_are_refused_and_the_release_stays(course):
    source, release = paths(course)
    with gradebook(course) as book:
        book.add_student("ada")
        book.add_submission(NAME, "ada")
    before = everything_in(release)
    notebook = master()
    notebook.cells.append(check("double_check_2", "assert double(0) == 0"))
    write(source, notebook)
    with pytest.raises(CourseError, match="cells of 01_tiny were added or removed, and the gradebook has submissions"):
        generate(course)
    assert everything_in(release) == before


def gradebook(root):
    from nbgrader.api import Gradebook

    return Gradebook(f"sqlite:///{root / 'gradebook.db'}", "deep-learning")


# --- defects planted in a release


def add_cell(source):
    def spoil(release):
        path = release / f"{NAME}.ipynb"
        notebook = read_notebook(path)
        notebook.cells.append(new_markdown_cell(source, id="planted"))
        path.write_text(to_text(notebook), encoding="utf-8")

    return spoil


def add_file(name, content):
    def spoil(release):
        (release / name).parent.mkdir(exist_ok=True)
        (release / name).write_bytes(content)

    return spoil


def add_jupytext(release):
    path = release / f"{NAME}.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["metadata"]["jupytext"] = {"formats": "ipynb,py:percent"}
    path.write_text(json.dumps(content), encoding="utf-8")


def escape_everything(release):
    add_cell('"élan"; secret_argument = "quote\\\\"')(release)
    path = release / f"{NAME}.ipynb"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8"))), encoding="ascii")


LEAKS = {
    "a line of a solution": (add_cell("    twice_of_it = x + x"), "a line of a solution of the cell double"),
    "a line in other words": (add_cell("as in `return twice_of_it`, say"), "a line of a solution of the cell double"),
    "a line of a hidden test": (add_cell("if double(-3) != -6:"), "a line of a hidden test of the cell double-check"),
    "a line with quotes": (add_cell('"élan"; secret_argument = "quote\\\\"'), "a line of a hidden test"),
    "a line as escapes": (escape_everything, "a line of a hidden test"),
    "a line in data": (add_file("a.txt", b"x\ntwice_of_it = x + x\n"), "a.txt contains a line of a solution"),
    "a mark": (add_cell("### BEGIN SOLUTION"), "the delimiter BEGIN SOLUTION"),
    "the mark of a hidden test": (add_cell("### END HIDDEN TESTS"), "the delimiter END HIDDEN TESTS"),
    "a file of code": (add_file("twin.py", b""), "twin.py is not a file for students"),
    "a checkpoint": (add_file(".ipynb_checkpoints/a.ipynb", b"{}"), "a.ipynb is not a file for students"),
    "data from elsewhere": (add_file("a.csv", b"1"), "a.csv is not in the folder of the master"),
    "keys of jupytext": (add_jupytext, "the notebook has metadata of jupytext"),
    "no notebook": (lambda release: (release / f"{NAME}.ipynb").unlink(), f"there is no {NAME}.ipynb"),
}


@pytest.mark.parametrize(("spoil", "sentence"), LEAKS.values(), ids=LEAKS)
def test_a_planted_leak_is_found(spoil, sentence, course):
    source, release = paths(course)
    assert leaks(source, release) == []
    spoil(release)
    assert any(sentence in found for found in leaks(source, release)), leaks(source, release)


def test_a_line_that_the_master_shows_to_students_is_no_leak(course):
    source, release = paths(course)
    notebook = master()
    notebook.cells[0].source += "\n\nTry `twice_of_it = x + x`."
    write(source, notebook)
    assert generate(course).changed == [NAME]
    assert leaks(source, release) == []


def change(index, source):
    def spoil(notebook):
        notebook.cells[index].source = source

    return spoil


DIFFERENCES = {
    "another docstring": (change(1, f'def double(x):\n    """Return x."""\n    {STUB}'), "the cell double differs"),
    "another stub": (change(1, 'def double(x):\n    """Return 2 x."""\n    pass'), "the cell double differs"),
    "another check": (change(2, "assert True"), "the cell double-check differs"),
    "other words": (change(0, "# Small"), "differs from its master"),
    "a cell less": (lambda nb: nb.cells.pop(), "the master has 3 cells and the release 2"),
    "another order": (lambda nb: nb.cells.reverse(), "is double-check (code) in the release"),
    "another id": (lambda nb: nb.cells[1].update(id="x"), "the cell double is x (code) in the release"),
}


@pytest.mark.parametrize(("spoil", "sentence"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_a_planted_difference_is_found(spoil, sentence, finished):
    source, release = read_notebook(paths(finished)[0]), released(finished)
    assert stub_differences(source, release) == []
    spoil(release)
    assert any(sentence in found for found in stub_differences(source, release))


# --- explanations, which tell the solution


def explained():
    notebook = master()
    block = "<details><summary>Why it is so</summary>\n\nTwo equal terms add up to twice one of them.\n\n</details>"
    hint = "<details><summary>Hint 1</summary>\n\nWhich operation?\n\n</details>"
    notebook.cells.append(new_markdown_cell(f"{hint}\n{block}"))
    return notebook


def test_a_release_leaves_out_the_explanations_and_keeps_the_hints(course):
    source, release = paths(course)
    write(source, explained())
    generate(course)
    last = released(course).cells[-1].source
    assert last.endswith("</details>") and "Which operation?" in last and "Why" not in last
    assert leaks(source, release) == [] and stub_differences(read_notebook(source), released(course)) == []


def test_nbgraders_own_command_leaves_them_out_too(course):
    write(paths(course)[0], explained())
    assert command(course, "generate_assignment", NAME, "--force", module="nbgrader").returncode == 0
    assert "Why it is so" not in released(course).cells[-1].source


def test_a_planted_line_of_an_explanation_is_found_except_in_what_is_shown_later(course):
    source, release = paths(course)
    write(source, explained())
    generate(course)
    line = "Two equal terms add up to twice one of them."
    (release / "hints.json").write_text(json.dumps({"explanation": line}))
    assert leaks(source, release) == []
    add_cell(line)(release)
    assert any("a line of the explanation in the cell" in found for found in leaks(source, release))


# --- settings


def test_the_settings_and_the_gates_agree_on_the_stub(finished):
    from nbgrader.preprocessors import ClearSolutions

    assert nbgrader_config(finished).ClearSolutions.code_stub["python"] == STUB
    assert ClearSolutions.text_stub.default_value == TEXT_STUB


def test_a_linked_settings_file_makes_a_course_of_the_folder_of_the_link(tmp_path):
    (tmp_path / "nbgrader_config.py").symlink_to(REPOSITORY / "nbgrader_config.py")
    config = nbgrader_config(tmp_path)
    assert config.CourseDirectory.root == str(tmp_path)
    assert config.Exchange.root == str(tmp_path / "exchange")
    assert (tmp_path / "exchange").stat().st_mode & 0o777 == 0o777


def test_the_environment_names_the_exchange_and_the_course_its_gradebook(tmp_path, monkeypatch):
    shutil.copy(REPOSITORY / "nbgrader_config.py", tmp_path)
    monkeypatch.setenv("COURSE_EXCHANGE", str(tmp_path / "shared"))
    (tmp_path / "gradebook.url").write_text("postgresql://grades\n")
    config = nbgrader_config(tmp_path)
    assert config.Exchange.root == str(tmp_path / "shared")
    assert config.CourseDirectory.db_url == "postgresql://grades"
    assert {path.name for path in tmp_path.iterdir()} == {"nbgrader_config.py", "gradebook.url"}


def test_the_owner_may_write_and_all_may_read_what_is_generated(finished):
    source, release = paths(finished)
    assert (release / source.name).stat().st_mode & 0o777 == 0o644
