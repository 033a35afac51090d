"""`make lab` starts JupyterLab, or says in one sentence why it does not."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

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
