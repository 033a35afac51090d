"""Which isolation level is taken, what is said of those that do not work, and what the shell limits."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.small_class import hand_in, results
from support.tiny_course import NAME, make_course

from autograder.engine import machine
from autograder.engine.isolation import ISOLATION, IsolationLevel, strongest_level
from autograder.engine.sandbox import Sandbox
from autograder.engine.worker import landlock
from autograder.errors import CourseError

BWRAP = shutil.which("bwrap")
pytestmark = [
    pytest.mark.skipif(BWRAP is None, reason="bubblewrap is not installed"),
    pytest.mark.skipif(not landlock.version(), reason="the kernel has no Landlock"),
]


def program(folder: Path, text: str) -> Path:
    """Write a program called bwrap and return its folder."""
    folder.mkdir(exist_ok=True)
    (folder / "bwrap").write_text(f"#!/bin/sh\n{text}\n")
    (folder / "bwrap").chmod(0o755)
    return folder


def first_in_path(monkeypatch, folder: Path) -> None:
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def test_the_bwrap_that_is_found_is_the_one_that_is_started(tmp_path, monkeypatch):
    first_in_path(monkeypatch, program(tmp_path / "own", f'touch {tmp_path}/started; exec {BWRAP} "$@"'))
    Sandbox(IsolationLevel.BUBBLEWRAP).close()
    assert (tmp_path / "started").exists()


def test_a_level_in_which_no_worker_runs_is_passed_over_and_the_reason_is_told(tmp_path, monkeypatch):
    """As where AppArmor lets bwrap make namespaces, and nobody else: a program starts, a worker does not."""
    first_in_path(monkeypatch, program(tmp_path / "own", f'exec {BWRAP} --unshare-user --disable-userns "$@"'))
    told: list[str] = []
    assert strongest_level(told.append) == IsolationLevel.LANDLOCK
    [sentence] = told
    assert "bubblewrap does not work here (the kernel would not make namespaces: No space left on device)" in sentence


def test_what_each_level_said_is_told_where_none_works(tmp_path, monkeypatch):
    first_in_path(
        monkeypatch, program(tmp_path / "own", "echo 'bwrap: No permissions to create a new namespace' >&2; exit 1")
    )
    monkeypatch.setattr(landlock, "version", lambda: 0)
    with pytest.raises(CourseError) as found:
        strongest_level()
    assert "bubblewrap does not work here (bwrap: No permissions to create a new namespace)" in str(found.value)
    assert "landlock does not work here (the kernel has no Landlock" in str(found.value)
    assert "`autograder doctor` says what to ask" in str(found.value)


def test_both_levels_are_tried_as_a_worker_is_started():
    assert [ISOLATION[level].why_not() for level in (IsolationLevel.BUBBLEWRAP, IsolationLevel.LANDLOCK)] == ["", ""]


def test_what_a_container_forbids_is_named(monkeypatch):
    monkeypatch.setattr(machine, "_status", lambda field: "2")
    monkeypatch.setattr(machine, "_mounts", lambda: ["/", "/proc", "/proc/kcore", "/proc/sys"])
    asked = "; ".join(machine.to_ask_for())
    assert "--security-opt seccomp" in asked and "here: /proc/kcore, /proc/sys; Docker" in asked


@pytest.mark.parametrize("limits", ["-u 150", "-n 128", "-f 20000", "-v 6000000"])
@pytest.mark.parametrize("level", ["bubblewrap", "none"])
def test_limits_of_the_shell_are_obeyed_and_told(tmp_path, limits, level):
    root = make_course(tmp_path / "course")
    hand_in(root, "ash")
    line = f"ulimit {limits}; exec {sys.executable} -m autograder.cli grade {NAME} --sandbox {level}"
    done = subprocess.run(["bash", "-c", line], cwd=root, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert results(root)["ash"]["score"] == 1
    option, number = limits.split()
    assert f"ulimit {option} allows {number} " in done.stdout


def test_a_containers_share_of_the_cpus_is_what_the_command_counts_on(tmp_path):
    (tmp_path / "cpu.max").write_text("100000 100000\n")
    command = [BWRAP, "--dev-bind", "/", "/", "--tmpfs", "/sys/fs/cgroup"]
    command += ["--ro-bind", str(tmp_path / "cpu.max"), "/sys/fs/cgroup/cpu.max"]
    source = "from autograder import cli; import joblib; print(joblib.cpu_count())"
    done = subprocess.run([*command, sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"
