"""The student kit: what is in it, what cannot be in it, that it works by itself, and how a newer one arrives."""

from __future__ import annotations

import ast
import getpass
import json
import shutil
import subprocess
import venv
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from nbgitpuller.pull import GitPuller
from support.small_class import RIGHT, answered
from support.tiny_course import NAME, REPOSITORY, command, make_course, master, released, write

from autograder.authoring.leaks import leaks
from autograder.authoring.release import generate
from autograder.errors import CourseError
from autograder.notebooks.catalogue import load, submission
from autograder.paths import assignments
from autograder.student_kit.audit import problems
from autograder.student_kit.branch import history_problems, read_branch
from autograder.student_kit.build import make_kit, student_kit, write_zip

UNIT = "02_pca_least_squares"


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """The kit of this course, as `make student-kit` writes it, in an empty folder."""
    folder = tmp_path_factory.mktemp("kit") / "kit"
    done = command(REPOSITORY, "kit", "--zip", "--output", str(folder))
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=ash", "-c", "user.email=ash@example.org", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", *who, *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


# --- what is in it


def test_the_kit_holds_what_students_get_and_nothing_else(made):
    kit = files(made)
    at_the_top = {name.split("/")[0] for name in kit}
    assert at_the_top == {
        *("notebooks", "release", "course_utils", "README.md", "LICENSE", "Makefile", "pyproject.toml"),
        *("environment.yml", "requirements.lock", "nbgrader_config.py", ".gitignore", ".gitattributes"),
        "jupyter",  # what a student's JupyterLab does not show
    }
    for name in assignments(REPOSITORY):
        assert (f"release/{name}/{name}.ipynb" in kit) == (REPOSITORY / "release" / name).is_dir()
    assert f"release/{UNIT}/hints.json" in kit and "notebooks/index.ipynb" in kit
    assert not any(part in name for name in kit for part in ("__pycache__", ".pyc", ".ipynb_checkpoints"))


def test_no_release_in_the_kit_gives_anything_away(made):
    released_units = sorted(path.name for path in (made / "release").iterdir())
    assert released_units
    for name in released_units:
        assert leaks(REPOSITORY / "source" / name / f"{name}.ipynb", made / "release" / name) == []


def test_the_zip_holds_the_same_and_says_nothing_of_who_made_it(made):
    path = made.with_name("kit.zip")
    with zipfile.ZipFile(path) as file:
        entries = file.infolist()
        assert {entry.filename.removeprefix("deep-learning/"): file.read(entry) for entry in entries} == files(made)
        assert file.comment == b""
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert all(entry.filename.startswith("deep-learning/") and ".." not in entry.filename for entry in entries)
    assert {(entry.extra, entry.comment, entry.external_attr) for entry in entries} == {(b"", b"", 0o100644 << 16)}
    whole = path.read_bytes()
    assert str(REPOSITORY).encode() not in whole and str(made).encode() not in whole


def test_the_same_course_gives_the_same_zip(root, tmp_path):
    for name in ("one.zip", "two.zip"):
        write_zip(student_kit(root), tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_course_utils_imports_nothing_of_the_instructors(made):
    for path in (made / "course_utils").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & {"autograder", "answers"}, path


# --- what cannot be in it


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    """A small course with all that a kit is made from."""
    root = make_course(tmp_path_factory.mktemp("template") / "course")
    for name in ("environment.yml", "requirements.lock", "LICENSE", "pyproject.toml"):
        shutil.copy(REPOSITORY / name, root)
    shutil.copytree(REPOSITORY / "jupyter", root / "jupyter")
    (root / "course_utils").mkdir()
    (root / "course_utils" / "__init__.py").write_text('"""What notebooks import."""\n')
    write(root / "notebooks" / f"{NAME}.ipynb", nbformat.v4.new_notebook(cells=[new_code_cell("1 + 1")]))
    (root / "answers").mkdir()
    (root / "answers" / f"{NAME}.py").write_text(CATALOGUE)
    generate(root)
    return root


@pytest.fixture
def root(template, tmp_path) -> Path:
    """A course of the test's own."""
    return shutil.copytree(template, tmp_path / "course")


CATALOGUE = """\
@right("double")
def by_a_loop():
    def double(x):
        twice = 0
        steps = [x, x]
        for step in steps:
            twice = twice + step
        assert twice == 2 * x
        print_nothing = twice
        return print_nothing
"""
LONG = "import os\nfrom a import b\n\n### BEGIN SOLUTION\nfirst_step = b(1)\nsecond_step = first_step + b(2)\n"
LONG += "third_step = second_step * 3\nfourth_step = third_step ** 4\n### END SOLUTION"
LONG_SOLUTION = LONG.split("### BEGIN SOLUTION\n")[1].split("\n###")[0]


def into(path: str, text: str):
    def plant(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)

    return plant


def solved_release(root: Path) -> None:
    write(root / "release" / NAME / f"{NAME}.ipynb", master())


def solution_in_a_lecture(root: Path) -> None:
    notebook = master()
    notebook.cells[1].source = LONG
    write(root / "source" / "02_more" / "02_more.ipynb", notebook)
    shown = nbformat.v4.new_output("stream", text=LONG_SOLUTION)
    write_with_outputs(root / "notebooks" / "02_more.ipynb", new_code_cell("help(solution)", outputs=[shown]))


def write_with_outputs(path: Path, cell) -> None:
    path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=[cell])))


def a_link(root: Path) -> None:
    (root / "notebooks" / "02_more.ipynb").symlink_to(root / "source" / NAME / f"{NAME}.ipynb")


def answer_in_a_module(root: Path) -> None:
    text = "\n".join(line[4:] for line in CATALOGUE.splitlines()[2:])
    into("course_utils/doubling.py", text)(root)


PLANTED = {
    "a master in the place of a release": (solved_release, "BEGIN SOLUTION"),
    "a catalogue among the releases": (into(f"release/{NAME}/answers.py", "x = 1"), "is not a file for students"),
    "a release without a master": (into("release/99_old/data.csv", "1,2"), "no master"),
    "a mark of nbgrader in a module": (into("course_utils/a.py", "# BEGIN HIDDEN TESTS"), "BEGIN HIDDEN TESTS"),
    "an answer in a module": (answer_in_a_module, "the answer by_a_loop"),
    "a solution among a lecture's outputs": (solution_in_a_lecture, "a passage of a solution"),
    "an import of the autograder": (
        into("course_utils/a.py", "def f():\n    import autograder.grading.grade"),
        "autograder",
    ),
    "a home folder in a picture's text": (into("notebooks/a.ipynb", '{"t": "/home/ash/x.py"}'), "/home/ash"),
    "a link to a master": (a_link, "is a link"),
}


@pytest.mark.parametrize(("plant", "words"), PLANTED.values(), ids=PLANTED)
def test_a_planted_leak_stops_the_kit_and_nothing_is_written(root, tmp_path, plant, words):
    folder = tmp_path / "kit"
    assert problems(root, student_kit(root)) == []
    plant(root)
    with pytest.raises(CourseError, match=words):
        make_kit(root, folder, with_zip=True)
    assert not folder.exists() and not folder.with_name("kit.zip").exists()


def test_a_folder_that_is_no_kit_is_never_replaced(root, tmp_path):
    folder = tmp_path / "thesis"
    into("thesis/chapter.txt", "mine")(tmp_path)
    with pytest.raises(CourseError, match="is not a student kit"):
        make_kit(root, folder)
    assert files(folder) == {"chapter.txt": b"mine"}
    for _ in range(2):
        make_kit(root, tmp_path / "kit")
    assert files(tmp_path / "kit") == student_kit(root)


# --- it works by itself


@pytest.fixture(scope="module")
def desk(made, tmp_path_factory) -> Path:
    """The unpacked zip, installed by pip into an environment that has the packages of the lock and not this course."""
    folder = tmp_path_factory.mktemp("desk")
    with zipfile.ZipFile(made.with_name("kit.zip")) as file:
        file.extractall(folder)
    desk = folder / "deep-learning"
    venv.create(desk / ".venv", with_pip=False, symlinks=True)
    packages = next((desk / ".venv" / "lib").glob("python*/site-packages"))
    # A folder that is named in a .pth is searched, but the .pth files in it, this course's own among them, are not.
    (packages / "locked.pth").write_text(f"{Path(pytest.__file__).parents[1]}\n")
    python(desk, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", ".")
    return desk


def python(desk: Path, *words: str) -> str:
    """Run the Python of the student's environment in the kit, with variables that know nothing of this course."""
    quiet = {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1", "COURSE_PROGRESS": str(desk / "progress")}
    environment = {"HOME": str(desk.parent), "PATH": f"{desk / '.venv' / 'bin'}:/usr/bin:/bin", **quiet}
    command = [desk / ".venv" / "bin" / "python", *words]
    done = subprocess.run(command, cwd=desk, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_everything_of_course_utils_can_be_imported_where_there_is_no_autograder(desk):
    code = """
import importlib.util, pkgutil, course_utils
assert importlib.util.find_spec("autograder") is None and importlib.util.find_spec("answers") is None
modules = [found.name for found in pkgutil.walk_packages(course_utils.__path__, "course_utils.")]
for name in modules:
    importlib.import_module(name)
print(course_utils.__file__, len(modules))
"""
    where, number = python(desk, "-c", code).split()
    assert Path(where) == desk / "course_utils" / "__init__.py" and int(number) > 50


def test_an_assignment_runs_in_the_kit_with_right_answers_and_a_wrong_one_gets_its_hint(desk):
    path = desk / "release" / UNIT / f"{UNIT}.ipynb"
    catalogue = load(REPOSITORY / "answers" / f"{UNIT}.py")
    answers = {name: catalogue.right(name)[0].source for name in catalogue.exercises}
    wrong = catalogue.wrong("ridge")[0]
    nbformat.write(submission(nbformat.read(path, as_version=4), answers | {"ridge": wrong.source}), path)
    python(desk, "-m", "nbconvert", "--execute", "--allow-errors", "--to", "notebook", "--inplace", str(path))
    cells = nbformat.read(path, as_version=4).cells
    failed = {
        cell.metadata["nbgrader"]["grade_id"]: output["evalue"]
        for cell in cells
        for output in cell.get("outputs", ())
        if output.output_type == "error"
    }
    assert failed and all(name.startswith("ridge_check") for name in failed), failed
    noted = json.loads(next((desk / "progress").rglob("*.json")).read_text())
    assert set(noted[UNIT]) == set(catalogue.exercises)


def test_the_students_settings_of_nbgrader_work_without_the_autograder(desk):
    assert "Released assignments" in python(desk, "-c", NBGRADER_LIST)


NBGRADER_LIST = """
import sys
sys.modules["rfc3987_syntax"] = None  # a second of grammars for nothing; see autograder/startup.py
sys.stderr, sys.argv = sys.stdout, ["nbgrader", "list"]
from nbgrader.apps.nbgraderapp import main
main()
"""


# --- how a newer kit arrives


@pytest.fixture
def published(root, tmp_path) -> tuple[Path, Path]:
    """A course in a repository, and what `nbgitpuller` made of its branch of kits on a student's disk."""
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "solutions included")
    make_kit(root, tmp_path / "kit", branch="students")
    desk = tmp_path / "desk"
    pull(root, desk)
    return root, desk


def pull(root: Path, desk: Path) -> None:
    """Do what a click on a link of nbgitpuller does."""
    list(GitPuller(f"file://{root}", str(desk), branch="students").pull())


def release_again(root: Path, **texts: str) -> None:
    """A new release: other files of course_utils, and an assignment with more to its text."""
    for name, text in texts.items():
        (root / "course_utils" / f"{name}.py").write_text(text)
    for notebook, folder in ((master(), "source"), (released(root), "release")):
        notebook.cells[0].source += "\n\nRead the task twice."
        write(root / folder / NAME / f"{NAME}.ipynb", notebook)
    make_kit(root, root.parent / "kit", branch="students")


def test_the_branch_has_a_history_of_its_own_with_kits_alone(published):
    root, _ = published
    before = git(root, "rev-parse", "HEAD"), git(root, "status", "--porcelain")
    release_again(root)
    assert git(root, "rev-list", "--count", "students").strip() == "2"
    assert read_branch(root, "students") == student_kit(root)
    assert history_problems(root, "students") == []
    done = subprocess.run(["git", "merge-base", "HEAD", "students"], cwd=root, capture_output=True, check=False)
    assert done.returncode == 1  # no commit in common
    objects = git(root, "rev-list", "--objects", "students")
    assert not any(f" {name}" in objects for name in ("source", "answers", "autograder", "tests"))
    people = git(root, "log", "--format=%an %ae %cn %ce %ad", "--date=format:%z", "students")
    assert set(people.splitlines()) == {"Deep learning course course@deep-learning.invalid " * 2 + "+0000"}
    assert git(root, "rev-parse", "HEAD") == before[0]
    assert "students" not in git(root, "status", "--porcelain")
    assert getpass.getuser() not in people


def test_a_clone_of_the_branch_can_reach_no_solution(published):
    _, desk = published
    everything = git(desk, "log", "--all", "--patch", "--no-textconv")
    assert "double" in everything and "twice_of_it" not in everything and "BEGIN" not in everything


def test_a_kit_that_is_as_it_was_makes_no_commit(published):
    root, _ = published
    assert "is as it was" in make_kit(root, root.parent / "kit", branch="students")[0]
    assert git(root, "rev-list", "--count", "students").strip() == "1"


def cloned(root: Path, folder: Path) -> Path:
    """A second instructor's clone, which has the branch of kits as origin's alone."""
    git(root, "clone", "--quiet", str(root), str(folder))
    shutil.copytree(root / "release", folder / "release", dirs_exist_ok=True)
    return folder


def test_a_kit_made_in_another_clone_follows_those_that_students_have(published, tmp_path):
    root, desk = published
    other = cloned(root, tmp_path / "other")
    release_again(other)
    git(other, "push", "--quiet", "origin", "students")
    pull(root, desk)
    assert "Read the task twice." in (desk / "release" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")


def test_a_branch_that_went_another_way_than_origins_is_refused(published, tmp_path):
    root, _ = published
    other = cloned(root, tmp_path / "other")
    release_again(other)
    release_again(root, another="x = 1\n")
    git(other, "fetch", "--quiet")
    before = git(other, "rev-parse", "students")
    with pytest.raises(CourseError, match=r"have gone different ways, .*`git branch -D students`"):
        make_kit(other, tmp_path / "kit 3", branch="students")
    assert git(other, "rev-parse", "students") == before
    git(other, "branch", "-D", "students")
    release_again(other)
    git(other, "push", "--quiet", "origin", "students")


@pytest.mark.parametrize(
    ("branch", "words"), [("main", "not a branch of kits"), ("a b", "not a valid name of a branch")]
)
def test_another_branch_is_never_written_to(published, branch, words):
    root, _ = published
    before = git(root, "rev-parse", "main")
    with pytest.raises(CourseError, match=words):
        make_kit(root, root.parent / "kit", branch=branch)
    assert git(root, "rev-parse", "main") == before


def test_a_course_without_a_repository_gets_a_sentence(root, tmp_path):
    with pytest.raises(CourseError, match="not in a git repository"):
        make_kit(root, tmp_path / "kit", branch="students")


def test_a_new_release_leaves_what_a_student_wrote_and_updates_the_rest(published):
    root, desk = published
    mine = desk / "release" / NAME / f"{NAME}.ipynb"
    nbformat.write(answered(RIGHT, released(root)), mine)
    written, own = mine.read_bytes(), desk / "notes.md"
    own.write_text("my notes")
    (desk / "LICENSE").unlink()
    release_again(root, __init__='"""Newer."""\n', added="new = 1\n")
    pull(root, desk)
    assert mine.read_bytes() == written  # wholly the student's: no line of the new release is mixed in
    assert own.read_text() == "my notes"
    assert (desk / "course_utils" / "__init__.py").read_text() == '"""Newer."""\n'
    assert (desk / "course_utils" / "added.py").read_text() == "new = 1\n"
    assert (desk / "LICENSE").is_file()  # nbgitpuller brings back what a student deletes
    nbformat.validate(nbformat.read(mine, as_version=4))

    release_again(root, added="new = 2\n")
    pull(root, desk)
    assert mine.read_bytes() == written and (desk / "course_utils" / "added.py").read_text() == "new = 2\n"


def test_an_untouched_assignment_is_updated_and_a_deleted_one_comes_back_new(published):
    root, desk = published
    path = desk / "release" / NAME / f"{NAME}.ipynb"
    release_again(root)
    pull(root, desk)
    assert "Read the task twice." in path.read_text()
    path.unlink()
    pull(root, desk)
    assert path.read_bytes() == (root / "release" / NAME / f"{NAME}.ipynb").read_bytes()


def test_a_file_of_the_students_own_that_a_kit_brings_later_is_kept_under_another_name(published):
    root, desk = published
    (desk / "course_utils" / "added.py").write_text("mine = 1\n")
    release_again(root, added="new = 1\n")
    pull(root, desk)
    assert (desk / "course_utils" / "added.py").read_text() == "new = 1\n"
    (kept,) = (desk / "course_utils").glob("added__*.py")
    assert kept.read_text() == "mine = 1\n"


def test_plain_git_merges_as_the_readme_says(published):
    root, desk = published
    mine = desk / "release" / NAME / f"{NAME}.ipynb"
    nbformat.write(answered(RIGHT, released(root)), mine)
    written = mine.read_bytes()
    release_again(root, added="new = 1\n")
    git(desk, "commit", "--quiet", "--all", "--message", "mine")
    git(desk, "pull", "--quiet", "--no-rebase", "--no-edit", "--strategy-option", "ours")
    assert mine.read_bytes() == written and (desk / "course_utils" / "added.py").is_file()
