"""Bad input to a command is answered by one sentence and exit status 1, and nothing is half written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from support.tiny_course import NAME, REPOSITORY, command, make_course, master, write

from autograder import cli

SOURCE = f"source/{NAME}/{NAME}.ipynb"


@pytest.fixture
def course(tmp_path):
    return make_course(tmp_path)


@pytest.fixture
def run(course, monkeypatch, capsys):
    """Run a command line in the course, in this process; return what it printed and the sentence it ended with."""

    def run(*words):
        monkeypatch.chdir(course)
        monkeypatch.setattr("sys.argv", ["autograder", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        assert printed.err == ""
        return printed.out, ended.value.code

    return run


def one_sentence(text):
    assert isinstance(text, str) and text.startswith("error: ") and "\n" not in text, text
    return text


def everything_in(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def not_json(root):
    (root / SOURCE).write_text("{", encoding="utf-8")


def old_format(root):
    (root / SOURCE).write_text('{"nbformat": 3, "worksheets": []}', encoding="utf-8")


def no_source(root):
    shutil.rmtree(root / "source")


def empty_source(root):
    shutil.rmtree(root / "source" / NAME)


def no_master(root):
    (root / SOURCE).unlink()


def no_settings(root):
    (root / "nbgrader_config.py").unlink()


def release_is_a_file(root):
    (root / "release").write_text("")


def gradebook_is_no_database(root):
    (root / "gradebook.db").write_text("no database " * 100)


def nothing(root):
    pass


BAD_INPUT = {
    "a notebook that is not JSON": (not_json, ["normalize"], f"{SOURCE} is not JSON"),
    "a release of what is not JSON": (not_json, ["generate"], f"{SOURCE} is not JSON"),
    "a notebook in an old format": (old_format, ["normalize", SOURCE], "is in notebook format 3, not 4"),
    "a notebook that is not there": (nothing, ["normalize", "source/b.ipynb"], "there is no notebook source/b.ipynb"),
    "a notebook outside the folders": (nothing, ["normalize", "nbgrader_config.py"], "nbgrader_config.py is not JSON"),
    "no folder source": (no_source, ["generate"], "there is no folder source/"),
    "no assignment": (empty_source, ["generate"], "there is no assignment in"),
    "an assignment without its notebook": (no_master, ["generate"], f"there is no notebook {{root}}/{SOURCE}"),
    "an unknown assignment": (nothing, ["generate", "99_nothing"], f"there are {NAME}."),
    "no course": (no_settings, ["generate"], "there is no nbgrader_config.py in {root}"),
    "a file in place of a folder": (release_is_a_file, ["generate"], "{root}/release: File exists"),
    "a broken gradebook": (gradebook_is_no_database, ["generate"], "01_tiny cannot be written into the gradebook"),
    "no pyproject.toml": (nothing, ["environment"], "there is no pyproject.toml in {root}"),
    "running a master": (nothing, ["execute", SOURCE], f"{SOURCE} is kept without outputs"),
}


@pytest.mark.parametrize(("spoil", "words", "reason"), BAD_INPUT.values(), ids=BAD_INPUT)
def test_bad_input_is_one_sentence_and_changes_nothing(spoil, words, reason, course, run):
    spoil(course)
    before = everything_in(course)
    _, said = run(*words)
    assert reason.format(root=course) in one_sentence(said)
    assert everything_in(course) == before


def test_a_notebook_in_none_of_the_folders_is_told_where_to_go(course, run):
    write(course / "a.ipynb", master())
    _, said = run("normalize", "a.ipynb")
    assert "a.ipynb is in none of notebooks/, source/, release/" in one_sentence(said)


def test_check_lists_what_it_would_write_and_writes_nothing(course, run):
    path = course / SOURCE
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    before = path.read_bytes()
    printed, said = run("normalize", "--check")
    assert "notebooks that are not in the committed form: 1" in one_sentence(said)
    assert printed == f"{SOURCE}\n"
    assert path.read_bytes() == before
    assert run("normalize") == (f"{SOURCE}\n", 0)
    assert run("normalize", "--check") == ("", 0)


def test_the_sentence_goes_to_stderr_and_the_exit_status_is_1(course):
    done = command(course, "generate", "99_nothing")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"error: there is no assignment 99_nothing in source/; there are {NAME}.\n"


def test_a_command_works_from_a_folder_inside_the_course(course):
    assert command(course / "source", "normalize", "--check").returncode == 0


@pytest.mark.parametrize("words", [["normalize"], ["environment"]])
def test_a_file_that_may_not_be_written_is_one_sentence_and_leaves_no_draft(words, course, run, monkeypatch):
    shutil.copy(REPOSITORY / "pyproject.toml", course)
    path = course / SOURCE
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    before = everything_in(course)

    def refuse(self, target):
        raise PermissionError(13, "Permission denied", str(target))

    monkeypatch.setattr(Path, "replace", refuse)
    _, said = run(*words)
    assert one_sentence(said).startswith(f"error: {course}") and "Permission denied" in said
    assert everything_in(course) == before


def test_a_mistake_of_our_own_is_one_sentence_too_and_its_trace_is_there_for_the_asking(run, monkeypatch):
    def broken():
        raise KeyError("x")

    monkeypatch.setattr(cli, "find_root", broken)
    _, said = run("environment")
    assert "a bug in the autograder (KeyError: 'x')" in one_sentence(said)
    monkeypatch.setenv("AUTOGRADER_TRACE", "1")
    with pytest.raises(KeyError):
        cli.main()


# --- running notebooks


def lecture(course, *sources):
    cells = [new_markdown_cell("# Lecture"), *(new_code_cell(source) for source in sources)]
    return write(course / "notebooks" / "01_tiny.ipynb", new_notebook(cells=cells))


def test_a_notebook_is_run_in_its_folder_and_keeps_what_it_shows(course, run):
    path = lecture(course, "from pathlib import Path\nPath.cwd().name", "print('a', end='')\nprint('b')")
    printed, status = run("execute")
    assert status == 0 and printed.startswith("notebooks/01_tiny.ipynb ")
    shown, printed = (cell.outputs[0] for cell in nbformat.read(path, as_version=4).cells[1:])
    assert shown.data["text/plain"] == "'notebooks'"
    assert printed.text == "ab\n"
    assert run("normalize", "--check") == ("", 0)


FAILING = {
    "an error": ("x = 1\n1 / 0", "the cell lecture-2 failed (ZeroDivisionError: division by zero)"),
    "a warning": ("import warnings\nwarnings.warn('careful')", "the cell lecture-2 wrote to stderr"),
    "a dead kernel": ("import os\nos._exit(1)", "the cell lecture-2 failed (the kernel died)"),
}


@pytest.mark.parametrize(("source", "reason"), FAILING.values(), ids=FAILING)
def test_a_cell_that_fails_is_named_and_the_file_stays_as_it_was(source, reason, course, run):
    path = lecture(course, source)
    before = path.read_bytes()
    _, said = run("execute", str(path))
    assert f"notebooks/01_tiny.ipynb: {reason}" in one_sentence(said)
    assert path.read_bytes() == before


# --- imports


@pytest.mark.skipif(not find_spec("rfc3987_syntax"), reason="rfc3987_syntax is not installed.")
def test_who_imports_the_autograder_can_still_import_every_other_package():
    code = "import autograder, autograder.cli, autograder.notebooks.format; import rfc3987_syntax"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_command_does_not_build_the_grammars_that_no_notebook_needs(course):
    words = [sys.executable, "-X", "importtime", "-m", "autograder.cli", "normalize", "--check"]
    done = subprocess.run(words, cwd=course, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "jsonschema._format" in done.stderr
    assert "lark" not in done.stderr  # the parser with which rfc3987_syntax builds them


def test_the_help_of_commands_imports_none_of_what_they_need():
    words = [sys.executable, "-X", "importtime", "-m", "autograder.cli", "--help"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    imported = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert done.returncode == 0 and "typer" in imported
    assert not imported & {"nbgrader", "nbformat", "numpy", "sqlalchemy", "torch", "traitlets"}


# --- make


@pytest.fixture
def folder():
    """A folder that any user can enter, with what `make` needs; pytest's own are closed to others."""
    path = Path(tempfile.mkdtemp())
    path.chmod(0o755)
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(REPOSITORY / name, path)
    yield path
    path.chmod(0o755)
    shutil.rmtree(path)


def make(folder, *words, path=None, **options):
    environment = os.environ | ({"PATH": f"{path}:{os.environ['PATH']}"} if path else {})
    for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):  # there when `make test` runs these tests
        environment.pop(name, None)
    return subprocess.run(
        ["make", "--no-print-directory", *words],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False, **options,
    )  # fmt: skip


def said(done):
    """What the Makefile says, without the line that make itself adds to each failure."""
    return [line for line in done.stderr.splitlines() if not line.startswith("make: ***")]


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_make_says_what_each_target_does(folder):
    lines = make(folder).stdout.splitlines()
    wanted = {"help", "demo", "test", "lab", "format", "lock", "release", "student-kit", "site", "execute"}
    wanted |= {"submit", "clean", ".venv"}
    assert {line.split()[1] for line in lines} == wanted
    assert all(len(line.split()) > 4 for line in lines)


def test_a_python_that_is_too_old_is_one_sentence(folder, tmp_path):
    program(tmp_path / "python3", "exit 1")
    done = make(folder, "test", path=tmp_path)
    (sentence,) = said(done)
    assert done.returncode != 0
    assert sentence.startswith("error: the course needs Python 3.11 or newer, which 'python3' is not")
    assert not (folder / ".venv").exists()


def test_a_python_that_is_missing_is_one_sentence(folder):
    done = make(folder, "test", "PYTHON=python3.99")
    (sentence,) = said(done)
    assert done.returncode != 0 and "python3.99" in sentence


def test_a_folder_that_may_not_be_written_is_one_sentence(folder):
    folder.chmod(0o555)
    someone = {"user": 65534, "group": 65534} if os.geteuid() == 0 else {}
    done = make(folder, "test", **someone)
    assert done.returncode != 0
    assert said(done) == [f"error: {folder} cannot be written to; copy the course to a folder of your own."]


def test_the_environment_is_made_once_and_again_when_the_lock_changes(folder):
    log = folder / "log"
    program(folder / ".venv" / "bin" / "python", f'case "$*" in *--requirement*) echo "$*" >> "{log}";; esac')
    installs = []
    for change in ("", "", "# another line\n", ""):
        with (folder / "requirements.lock").open("a") as lock:
            lock.write(change)
        os.utime(folder / "requirements.lock")
        assert make(folder, ".venv").returncode == 0
        installs.append(log.read_text().count("--requirement requirements.lock"))
    assert installs == [1, 1, 2, 2]
