"""`autograder doctor` on this machine, and on this machine with something taken away."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import slurm_here
from support.tiny_course import command, make_course

from autograder.engine.isolation import strongest_level
from autograder.engine.worker import landlock
from autograder.errors import CourseError
from autograder.operations import doctor


@pytest.fixture
def course(tmp_path) -> Path:
    make_course(tmp_path / "course")
    (tmp_path / "course" / "exchange").mkdir()
    (tmp_path / "course" / "exchange").chmod(0o777)
    return tmp_path / "course"


def look(root: Path, **environment: str) -> tuple[int, dict[str, dict]]:
    """Run the command; return its exit status and what it found, by what it is about."""
    words = [sys.executable, "-m", "autograder.cli", "doctor", "--json"]
    done = subprocess.run(words, cwd=root, env=os.environ | environment, capture_output=True, text=True, timeout=120)
    assert done.stderr == ""
    return done.returncode, {found["about"]: found for found in json.loads(done.stdout)}


def test_every_line_says_ok_or_what_to_fix_and_the_exit_status_says_whether_there_is_anything(course):
    done = command(course, "doctor")
    lines = done.stdout.splitlines()
    assert {line.split()[0] for line in lines} <= {"ok", "FIX"} and len(lines) >= 9
    assert done.returncode == int(any(line.startswith("FIX") for line in lines))


def test_the_isolation_level_that_works_here_is_named(course):
    found = look(course)[1]["sandbox"]
    try:
        level = strongest_level()
    except CourseError:
        assert not found["is_fine"] and "ask the administrators" in found["text"]
    else:
        assert found["is_fine"] and found["text"].startswith(f"{level} works for ")


def test_a_missing_program_is_something_to_ask_for(course, tmp_path):
    (tmp_path / "empty").mkdir()
    found = look(course, PATH=str(tmp_path / "empty"))[1]
    assert "install the package bubblewrap" in found["sandbox"]["text"]
    assert found["Slurm"] == {"about": "Slurm", "is_fine": True, "text": found["Slurm"]["text"]}
    assert "none here" in found["Slurm"]["text"]


def test_a_machine_without_any_sandbox_is_to_be_fixed(monkeypatch):
    """As where the administrators forbid user namespaces: a worker does not start."""
    monkeypatch.setattr(doctor, "TRY_THE_SANDBOX", "raise SystemExit('there is no sandbox on this machine.')")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(landlock, "version", lambda: 0)
    [found] = doctor._sandbox()
    assert not found.is_fine and str(found).startswith("FIX  sandbox: there is no sandbox on this machine; ask")
    assert "install the package bubblewrap; a kernel with Landlock" in found.text


def test_the_limits_in_force_are_shown_and_a_misspelt_one_is_to_be_fixed(course):
    assert "call_cpu_seconds 60" in look(course)[1]["limits"]["text"]
    with (course / "nbgrader_config.py").open("a") as config:
        config.write("\nc.Grading.call_cpu_second = 30\n")
    status, found = look(course)
    assert status == 1 and "did you mean call_cpu_seconds?" in found["limits"]["text"]


def test_an_exchange_that_students_cannot_use_is_to_be_fixed(course, tmp_path):
    (tmp_path / "shared").mkdir(mode=0o755)
    status, found = look(course, COURSE_EXCHANGE=str(tmp_path / "shared"))
    assert status == 1 and not found["exchange"]["is_fine"]
    assert f"chmod a+rwx {tmp_path / 'shared'}" in found["exchange"]["text"]
    status, found = look(course, COURSE_EXCHANGE=str(tmp_path / "nowhere"))
    assert status == 1 and f"mkdir -p {tmp_path / 'nowhere'}" in found["exchange"]["text"]
    assert look(course)[1]["exchange"]["is_fine"]


def test_another_version_than_that_of_the_lock_is_named_with_the_one_to_install(monkeypatch, tmp_path):
    text = doctor.LOCK.read_text()
    assert all(finding.is_fine for finding in doctor._packages())
    pins = [line for line in text.splitlines() if line.startswith(("torch==", "rich=="))]
    for pin in pins:
        text = text.replace(pin, f"{pin.split('==')[0]}==0.0.1")
    (tmp_path / "requirements.lock").write_text(text + "left-pad==1.0\n")
    monkeypatch.setattr(doctor, "LOCK", tmp_path / "requirements.lock")
    found = {finding.about: finding for finding in doctor._packages()}
    assert not found["torch"].is_fine and "and not torch==0.0.1" in found["torch"].text
    assert found["nbgrader"].is_fine
    assert "1 are not those of requirements.lock (rich==0.0.1)" in found["packages"].text  # nobody needs left-pad


def test_a_full_disk_is_to_be_fixed(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "ENOUGH_GB", 1e9)
    assert {found.is_fine for found in doctor._space(tmp_path)} == {False}
    monkeypatch.setattr(doctor, "ENOUGH_GB", 0)
    assert {found.is_fine for found in doctor._space(tmp_path)} == {True}


@pytest.mark.skipif(bool(slurm_here.MISSING), reason=f"Slurm is not installed: no {', '.join(slurm_here.MISSING)}")
def test_a_slurm_that_answers_is_told_from_one_that_does_not(monkeypatch, tmp_path):
    with slurm_here.slurm(tmp_path) as cluster:
        monkeypatch.setenv("SLURM_CONF", cluster.environment["SLURM_CONF"])
        [found] = doctor._slurm()
        assert found.is_fine and found.text == "answers; partitions: both, main, short, urgent"
    monkeypatch.setattr(doctor, "TIMEOUT_SECONDS", 1)
    [found] = doctor._slurm()
    assert found.is_fine and "does not answer" in found.text and "not needed here" in found.text
