"""How a student hands in: one folder for all ways, and a question before nothing or another copy is handed in."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_notebook
from nbgrader.server_extensions.assignment_list.handlers import AssignmentList
from support.small_class import RIGHT, answered
from support.tiny_course import NAME, REPOSITORY, make_course, released

from autograder.authoring.release import generate
from course_utils.student.submission import STUBS, copies, doubts, read_answers

KIT = REPOSITORY / "autograder" / "student_kit" / "files"


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A course whose assignment is in its exchange."""
    root = make_course(tmp_path_factory.mktemp("course"))
    generate(root)
    must(nbgrader(root, "release_assignment", NAME))
    return root


@pytest.fixture
def desk(course, tmp_path) -> Path:
    """The root of a student's kit, in a home of its own, with the course's exchange."""
    desk = tmp_path / "home" / "deep-learning"
    shutil.copytree(course / "release", desk / "release")
    shutil.copy(course / "nbgrader_config.py", desk)
    shutil.copytree(REPOSITORY / "course_utils" / "student", desk / "course_utils" / "student")
    return desk


@pytest.fixture
def at_home(desk, monkeypatch) -> None:
    """The test itself runs where the student is."""
    monkeypatch.setenv("HOME", str(desk.parent))
    monkeypatch.chdir(desk)


def nbgrader(folder: Path, *words: str, exchange: Path | None = None) -> subprocess.CompletedProcess:
    """Type `nbgrader ...` in `folder`, whose home is the folder above."""
    programs = Path(sys.executable).parent
    environment = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(folder.parent)}
    if exchange:
        environment["COURSE_EXCHANGE"] = str(exchange)
    return subprocess.run(["nbgrader", *words], cwd=folder, env=environment, capture_output=True, text=True)


def must(done: subprocess.CompletedProcess) -> str:
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout + done.stderr


def submit(course: Path, desk: Path, name: str = NAME) -> subprocess.CompletedProcess:
    return nbgrader(desk, "submit", name, exchange=course / "exchange")


def work_of(desk: Path) -> Path:
    return desk / "release" / NAME / f"{NAME}.ipynb"


def write_answer(course: Path, notebook: Path, source: str = RIGHT) -> None:
    notebook.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(answered(source, released(course)), notebook)


def inbound(course: Path) -> list[Path]:
    return sorted((course / "exchange" / "deep-learning" / "inbound").glob("*"))


@pytest.fixture(autouse=True)
def empty_exchange(course):
    yield
    for folder in inbound(course):
        shutil.rmtree(folder)


def test_the_folder_of_the_kit_is_handed_in_as_it_is_and_the_command_says_what_is_in_it(course, desk):
    write_answer(course, work_of(desk))
    said = must(submit(course, desk))
    assert f"release/{NAME}/{NAME}.ipynb: 1 of 1 answers are written." in said
    (folder,) = inbound(course)
    assert "return 2 * x" in (folder / f"{NAME}.ipynb").read_text()


def test_a_path_as_the_shell_completes_it_names_the_same_folder(course, desk):
    write_answer(course, work_of(desk))
    must(submit(course, desk, f"release/{NAME}/"))
    assert len(inbound(course)) == 1


def test_fetching_puts_the_assignment_where_the_links_to_the_lectures_lead_to_them(course, desk):
    shutil.rmtree(desk / "release")
    must(nbgrader(desk, "fetch_assignment", NAME, exchange=course / "exchange"))
    assert work_of(desk).is_file() and not (desk / NAME).exists()
    assert (work_of(desk).parent / "../../nbgrader_config.py").resolve() == desk / "nbgrader_config.py"


def test_a_submission_of_stubs_alone_is_questioned_once_and_then_taken(course, desk):
    first = submit(course, desk)
    assert first.returncode != 0 and "Traceback" not in first.stderr
    assert f"No answer is written in release/{NAME}/{NAME}.ipynb" in first.stderr
    assert "Submit once more if you want to hand it in as it is." in first.stderr
    assert inbound(course) == []
    assert "No answer is written" in must(submit(course, desk))
    assert len(inbound(course)) == 1


def test_a_question_is_asked_again_when_the_notebook_has_changed(course, desk):
    assert submit(course, desk).returncode != 0
    write_answer(course, work_of(desk), "")
    assert submit(course, desk).returncode != 0
    assert inbound(course) == []


ELSEWHERE = {
    "fetched into the root, as earlier texts said": f"{NAME}/{NAME}.ipynb",
    "a copy made in JupyterLab": f"release/{NAME}/{NAME}-Copy1.ipynb",
    "an earlier kit": f"../deep-learning-1/release/{NAME}/{NAME}.ipynb",
    "downloaded": f"../Downloads/{NAME} (1).ipynb",
}


@pytest.mark.parametrize("place", ELSEWHERE.values(), ids=ELSEWHERE)
def test_another_copy_with_more_answers_is_found_and_named(course, desk, at_home, place):
    write_answer(course, desk / place)
    (sentence,) = doubts(work_of(desk), copies(desk, NAME))[1:]
    assert f"{Path(place).name} contains answers that release/{NAME}/{NAME}.ipynb does not: double." in sentence


def test_the_copy_of_another_user_is_not_looked_at(course, desk, at_home, monkeypatch):
    write_answer(course, desk / NAME / f"{NAME}.ipynb")
    assert len(copies(desk, NAME)) == 1
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert copies(desk, NAME) == []


def test_the_wrong_copy_is_not_handed_in_before_the_other_one_is_named(course, desk):
    write_answer(course, desk / NAME / f"{NAME}.ipynb")
    done = submit(course, desk)
    assert done.returncode != 0 and inbound(course) == []
    assert f"{NAME}/{NAME}.ipynb contains answers that release/{NAME}/{NAME}.ipynb does not: double." in done.stderr


def test_a_copy_with_the_same_answers_is_no_reason_to_ask(course, desk, at_home):
    write_answer(course, work_of(desk))
    write_answer(course, desk / NAME / f"{NAME}.ipynb", "def double(x):\n    return x + x")
    assert doubts(work_of(desk), copies(desk, NAME)) == []


def test_work_that_is_only_in_the_root_is_to_be_moved(course, desk):
    write_answer(course, desk / NAME / f"{NAME}.ipynb")
    shutil.rmtree(desk / "release" / NAME)
    done = submit(course, desk)
    assert done.returncode != 0
    assert f"There is no folder release/{NAME}; move {NAME} there, and submit again." in done.stderr


WRONG_FILES = {
    "renamed": (lambda path: path.rename(path.with_name("mine.ipynb")), "the notebook must keep this name"),
    "cut off": (lambda path: path.write_text(path.read_text()[:100]), "is not a notebook"),
    "another notebook": (lambda path: nbformat.write(new_notebook(), path), "has no answer cells"),
}


@pytest.mark.parametrize(("change", "words"), WRONG_FILES.values(), ids=WRONG_FILES)
def test_a_file_that_cannot_be_graded_is_questioned(course, desk, at_home, change, words):
    write_answer(course, work_of(desk))
    change(work_of(desk))
    (sentence,) = doubts(work_of(desk), [])
    assert words in sentence and "Nothing in it can be graded." in sentence


def test_a_renamed_notebook_is_not_handed_in_unasked(course, desk):
    write_answer(course, work_of(desk).with_name("mine.ipynb"))
    work_of(desk).unlink()
    done = submit(course, desk)
    assert done.returncode != 0 and "the notebook must keep this name" in done.stderr and inbound(course) == []


def test_an_answer_in_pieces_is_one_answer_and_an_empty_or_half_open_one_is_none(course, desk):
    write_answer(course, work_of(desk), "")
    assert str(read_answers(work_of(desk))) == "0 of 1 answers are written; still open: double."
    notebook = answered("import math", released(course))
    cells = notebook.cells
    place = next(number for number, cell in enumerate(cells) if cell.metadata.get("nbgrader", {}).get("solution"))
    cells.insert(place + 1, copy.deepcopy(cells[place]))
    cells[place + 1].source = RIGHT
    work_of(desk).write_text(json.dumps(notebook))
    assert str(read_answers(work_of(desk))) == "1 of 1 answers are written."
    cells[place + 1].source = f"{RIGHT}\n\ndef half(x):\n    {STUBS[0]}"
    work_of(desk).write_text(json.dumps(notebook))
    assert read_answers(work_of(desk)).written == ()


def test_the_assignment_list_lists_submits_and_asks_in_the_same_folder(course, desk, monkeypatch):
    tab = assignment_list(desk, course / "exchange", monkeypatch)
    (listed,) = tab.list_released_assignments()["value"]
    assert (listed["status"], listed["path"]) == ("fetched", f"release/{NAME}")
    asked = tab.submit_assignment("deep-learning", NAME)
    said = str(asked["value"])
    assert not asked["success"] and "No answer is written" in said
    assert said.count("File ") <= 2 and said.rstrip().endswith("as it is.")
    write_answer(course, work_of(desk))
    assert tab.submit_assignment("deep-learning", NAME) == {"success": True}
    assert len(inbound(course)) == 1
    (sent,) = tab.list_submitted_assignments()["value"]
    assert sent["assignment_id"] == NAME


def test_a_server_that_starts_in_the_home_folder_is_led_to_the_course_by_one_setting(course, desk, monkeypatch):
    settings = desk.parent / ".jupyter" / "nbgrader_config.py"
    settings.parent.mkdir()
    (text,) = [line for line in page("operation.md").splitlines() if "load_subconfig" in line]
    settings.write_text(f"import os\n{text.strip()}\n")
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(settings.parent))
    write_answer(course, work_of(desk))
    tab = assignment_list(desk.parent, course / "exchange", monkeypatch)
    (listed,) = tab.list_released_assignments()["value"]
    assert (listed["status"], listed["path"]) == ("fetched", f"deep-learning/release/{NAME}")
    assert tab.submit_assignment("deep-learning", NAME) == {"success": True}


def assignment_list(root_dir: Path, exchange: Path, monkeypatch) -> AssignmentList:
    """Return what is behind the tab of a JupyterLab whose root is `root_dir`."""
    home = root_dir if root_dir.name == "home" else root_dir.parent
    for name, value in (("HOME", home), ("COURSE_EXCHANGE", exchange), ("JUPYTER_DATA_DIR", home / "data")):
        monkeypatch.setenv(name, str(value))
    monkeypatch.chdir(root_dir)
    tab = AssignmentList()
    tab.root_dir = str(root_dir)
    return tab


def test_who_uploads_the_file_can_ask_what_it_holds(course, desk):
    ask = ("-m", "course_utils.student.submission", NAME)
    (desk / "course_utils" / "__init__.py").touch()

    def run() -> subprocess.CompletedProcess:
        environment = os.environ | {"HOME": str(desk.parent), "PYTHONPATH": str(desk)}
        return subprocess.run([sys.executable, *ask], cwd=desk, env=environment, capture_output=True, text=True)

    done = run()
    assert done.returncode == 1 and "0 of 1 answers are written; still open: double." in done.stdout
    write_answer(course, work_of(desk))
    done = run()
    assert (done.returncode, done.stdout) == (0, f"release/{NAME}/{NAME}.ipynb: 1 of 1 answers are written.\n")


def test_every_text_for_students_names_the_one_folder():
    unit = json.loads((REPOSITORY / "notebooks" / "00_getting_started.ipynb").read_text())
    cell = next(cell for cell in unit["cells"] if cell["id"] == "submit-why")
    readme = (REPOSITORY / "README.md").read_text().partition("## For students")[2].partition("## For instr")[0]
    for text in ("".join(cell["source"]), readme, (KIT / "README.md").read_text()):
        assert "release/" in text and "Assignment List" in text and "nbgrader submit" in text


def page(name: str) -> str:
    return (REPOSITORY / "docs" / name).read_text()
