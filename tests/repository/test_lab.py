"""`make lab` starts JupyterLab, or says in one sentence why it does not."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from support.html import there
from support.jupyterlab import TOKEN, jupyterlab

from autograder.student_kit.build import student_kit, write_folder
from course_utils.check.live_hints import FILE
from course_utils.student import start_lab

ROOT = Path(__file__).parents[2]


def lab(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "course_utils.student.start_lab", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_port_in_use_is_named_with_what_to_type_instead():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = lab("--port", str(port))
    assert done.returncode == 1
    assert done.stderr == f"error: port {port} is in use; choose another one, for example `make lab PORT={port + 1}`.\n"


def test_a_folder_that_is_not_there_is_named():
    done = lab("no-such-folder")
    assert done.returncode == 1
    assert done.stderr == "error: there is no folder no-such-folder; start from the root of the course.\n"


def test_with_a_free_port_it_hands_over_to_jupyterlab():
    done = lab("--port", "0", "--version")
    assert done.returncode == 0
    assert done.stdout.strip().split(".")[0].isdigit()


@pytest.mark.parametrize(("settings", "hides_formgrader"), [(ROOT / "jupyter", False), (None, True)])
def test_jupyterlab_asks_nothing_about_news_and_shows_instructors_menus_to_instructors_only(
    tmp_path, settings, hides_formgrader
):
    if settings is None:
        settings = tmp_path / "jupyter"
        (settings / "labconfig").mkdir(parents=True)
        (settings / "labconfig" / "page_config.json").write_bytes(
            student_kit(ROOT)["jupyter/labconfig/page_config.json"]
        )
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("JUPYTER_CONFIG_PATH", str(settings))
        with (
            jupyterlab(tmp_path, tmp_path / "lab.log") as address,
            urllib.request.urlopen(f"{address}/lab?token={TOKEN}") as page,
        ):
            found = BeautifulSoup(page.read(), "html.parser").find(id="jupyter-config-data")
    disabled = json.loads(there(found).text)["disabledExtensions"]
    assert "@jupyterlab/apputils-extension:announcements" in disabled
    assert ("@jupyter/nbgrader:formgrader" in disabled) == hides_formgrader


def test_the_settings_that_are_handed_to_jupyterlab_are_those_of_the_course(monkeypatch):
    monkeypatch.setattr(start_lab.os, "execv", lambda *_: None)
    monkeypatch.setattr(start_lab.os, "chdir", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["start_lab", "--port", "0"])
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/etc/ours")
    start_lab.main()
    assert os.environ["JUPYTER_CONFIG_PATH"] == os.pathsep.join([str(ROOT / "jupyter"), "/etc/ours"])


@pytest.mark.parametrize("is_kit", [False, True])
def test_the_file_browser_shows_an_assignment_and_not_the_file_of_its_hints(tmp_path, is_kit):
    settings = ROOT / "jupyter"
    if is_kit:
        write_folder(student_kit(ROOT), tmp_path / "kit")
        settings = tmp_path / "kit" / "jupyter"
    work = tmp_path / "work"
    work.mkdir()
    for name in ("02_topic.ipynb", FILE, "notes.md", "old.md~", "module.pyc"):
        (work / name).write_text("{}")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("JUPYTER_CONFIG_PATH", str(settings))
        with (
            jupyterlab(work, tmp_path / "lab.log") as address,
            urllib.request.urlopen(f"{address}/api/contents?token={TOKEN}") as listing,
        ):
            shown = {entry["name"] for entry in json.load(listing)["content"]}
    assert shown == {"02_topic.ipynb", "notes.md"}
