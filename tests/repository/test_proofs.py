"""A note of a proof says what passed, on which contents, and only to the developer who asks for it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from support import proofs
from support.planted import run_pytest
from support.units import ROOT, UNITS

PLANTED = """
import pytest

@pytest.mark.proof("data.txt")
def test_right_answer():
    assert True

@pytest.mark.proof("data.txt")
def test_wrong_answer():
    assert open("data.txt").read() != "a wrong answer, listed as a right one"
"""
DEFECT = "a wrong answer, listed as a right one"


@pytest.fixture
def planted(tmp_path) -> Path:
    """A module of two proofs that pass."""
    (tmp_path / "test_planted.py").write_text(PLANTED, encoding="utf-8")
    (tmp_path / "data.txt").write_text("right", encoding="utf-8")
    return tmp_path


def counted(done: subprocess.CompletedProcess[str]) -> dict[str, int]:
    """How many tests passed, failed and were skipped."""
    return {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|skipped)", done.stdout)}


def notes(folder: Path) -> list[Path]:
    return sorted((folder / ".pytest_cache" / "v" / "proofs").glob("*"))


def test_every_proof_runs_where_nobody_asks_for_notes(planted):
    for _ in range(2):
        assert counted(run_pytest(planted)) == {"passed": 2}


def test_a_proof_runs_once_where_notes_are_asked_for(planted):
    assert counted(run_pytest(planted, COURSE_PROOFS="kept")) == {"passed": 2}
    assert counted(run_pytest(planted, COURSE_PROOFS="kept")) == {"skipped": 2}


def test_a_partial_run_notes_nothing_about_what_it_left_out(planted):
    (planted / "data.txt").write_text(DEFECT, encoding="utf-8")
    for part in (
        ["-k", "right"],
        ["test_planted.py::test_right_answer"],
        ["--deselect", "test_planted.py::test_wrong_answer"],
    ):
        assert counted(run_pytest(planted, *part)) == {"passed": 1}
        assert len(notes(planted)) == 1
    assert counted(run_pytest(planted, COURSE_PROOFS="kept")) == {"skipped": 1, "failed": 1}
    assert counted(run_pytest(planted, "--lf", COURSE_PROOFS="kept")) == {"failed": 1}


def test_a_change_of_what_it_depends_on_asks_for_it_again(planted):
    run_pytest(planted)
    for name in ("data.txt", "test_planted.py"):
        with (planted / name).open("a", encoding="utf-8") as file:
            file.write("\n")
        assert counted(run_pytest(planted, COURSE_PROOFS="kept")) == {"passed": 2}


def test_a_test_that_fails_when_it_ends_is_not_noted(planted):
    ending = "@pytest.fixture(autouse=True)\ndef at_the_end():\n    yield\n    assert False\n"
    (planted / "test_planted.py").write_text(PLANTED.replace("@pytest", f"{ending}\n@pytest", 1), encoding="utf-8")
    run_pytest(planted)
    assert notes(planted) == []


def test_a_proof_on_a_sample_is_not_noted(planted):
    marked = PLANTED.replace('proof("data.txt")', 'proof("data.txt", whole=False)')
    (planted / "test_planted.py").write_text(marked, encoding="utf-8")
    assert counted(run_pytest(planted)) == {"passed": 2}
    assert notes(planted) == []


def test_forged_notes_have_no_effect_in_the_gate(planted):
    run_pytest(planted)
    (planted / "data.txt").write_text(DEFECT, encoding="utf-8")
    forge(planted)
    assert counted(run_pytest(planted, COURSE_PROOFS="kept")) == {"skipped": 2}  # a good forgery: one's own machine
    for choice in ("", "kept"):
        assert counted(run_pytest(planted, CI="true", COURSE_PROOFS=choice)) == {"passed": 1, "failed": 1}


def forge(folder: Path) -> None:
    """Write into every note the digest of the contents as they are now, by the very code that makes it."""
    code = (
        "import pathlib, sys; from support import proofs; "
        "print(proofs.digest(pathlib.Path('test_planted.py').resolve(), [pathlib.Path('data.txt').resolve()]))"
    )
    (folder / "test_forge.py").write_text(f"def test_forge():\n    {code}\n", encoding="utf-8")
    printed = run_pytest(folder, "-s", "test_forge.py").stdout
    (folder / "test_forge.py").unlink()
    for note in notes(folder):
        note.write_text(json.dumps(re.findall(r"[0-9a-f]{32}", printed)[0]), encoding="utf-8")


def test_no_notes_are_committed():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert not [name for name in tracked.splitlines() if "proofs" in name and name.endswith(".json")]


def test_a_misspelt_choice_is_an_error(planted):
    done = run_pytest(planted, COURSE_PROOFS="keep")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "COURSE_PROOFS=keep is unknown; it may be `kept`, `all`, or not set." in done.stderr


# --- what the proofs of this suite depend on


def depends_on(test: str, *files: str, modules: tuple[str, ...] = ()) -> set[str]:
    found = proofs.depends_on(ROOT / "tests" / "units" / test, [ROOT / file for file in files], modules)
    return {path.relative_to(ROOT).as_posix() for path in found}


def of_unit(unit: str) -> tuple[str, str]:
    return f"source/{unit}", f"answers/{unit}.py"


@pytest.mark.parametrize(
    ("test", "modules"),
    [
        ("test_answers.py", {"notebooks/regions", "authoring/validate", "notebooks/assignment", "notebooks/catalogue"}),
        ("test_prove_units.py", {"notebooks/regions", "authoring/validate", "notebooks/assignment", "engine/judge"}),
        ("test_stock_nbgrader.py", {"notebooks/assignment", "notebooks/catalogue", "gradebook/nbgrader_course"}),
        ("test_hints.py", {"notebooks/regions", "authoring/leaks", "notebooks/assignment", "authoring/hints"}),
    ],
)
def test_proofs_of_answers_depend_on_the_code_that_they_run(test, modules):
    cli = ("autograder.cli",) if test == "test_prove_units.py" else ()
    found = depends_on(test, *of_unit(UNITS[0]), modules=cli)
    assert {f"autograder/{module}.py" for module in modules} <= found
    assert {"course_utils/check/received.py", "tests/conftest.py", "nbgrader_config.py", f"tests/units/{test}"} <= found
    assert {"tests/support/proofs.py", "tests/support/units.py", f"answers/{UNITS[0]}.py"} <= found


def test_the_engine_proof_depends_on_what_the_engine_starts_by_name():
    found = depends_on("test_prove_units.py", modules=("autograder.engine.sandbox",))
    assert {"autograder/engine/worker/forkserver.py", "autograder/engine/worker/namespaces.py"} <= found


@pytest.mark.parametrize("test", ["test_answers.py", "test_stock_nbgrader.py", "test_hints.py"])
def test_proofs_of_answers_do_not_depend_on_pictures_of_other_units(test):
    found = depends_on(test, *of_unit("02_pca_least_squares"))
    assert "course_utils/pca_least_squares/answers.py" in found
    others = [
        path
        for path in found
        if re.match(r"course_utils/(?!check|data|drawing|exercises|student|pca_least_squares)\w+/", path)
    ]
    assert others == []


def test_what_a_notebook_imports_counts_and_what_that_imports(tmp_path):
    cell = {"cell_type": "code", "source": "from course_utils.pca_least_squares import pca", "metadata": {}}
    notebook = tmp_path / "notebook.ipynb"
    notebook.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
    found = {
        path.relative_to(ROOT).as_posix()
        for path in proofs.depends_on(ROOT / "tests/conftest.py", [notebook])
        if path.is_relative_to(ROOT)
    }
    names = ("__init__", "pca_least_squares/__init__", "pca_least_squares/pca", "drawing/pictures", "student/progress")
    assert {f"course_utils/{name}.py" for name in names} <= found


@pytest.mark.parametrize("change", ["packages", "processor", "isolation"])
def test_where_it_passed_counts(monkeypatch, change):
    before = proofs.circumstances()
    proofs.circumstances.cache_clear()
    if change == "packages":
        monkeypatch.setattr(proofs.metadata, "distributions", lambda: [])
    elif change == "processor":
        monkeypatch.setattr(proofs, "_processor", lambda: "another one")
    else:
        monkeypatch.setattr("autograder.engine.isolation.strongest_level", lambda: "none of these")
    assert proofs.circumstances() != before
    proofs.circumstances.cache_clear()
