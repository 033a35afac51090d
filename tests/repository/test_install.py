"""An install takes the torch that suits the machine, says so in one line, and shows no noise but every error."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

import pytest
from support.units import ROOT

SCRIPT = ROOT / "course_utils" / "student" / "install.py"
SILENT = "http://127.0.0.1:9"  # nobody listens on the port "discard"
METADATA = "Metadata-Version: 2.1\nName: torch\nVersion: {}\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only on Linux does pip find a torch with CUDA")


class Index:
    """A package index that has one torch. asked: the paths that were asked of it, in order."""

    def __init__(self, version: str, folder: Path) -> None:
        name = f"torch-{version}-py3-none-any.whl"
        about = f"torch-{version}.dist-info"
        with zipfile.ZipFile(folder / name, "w") as wheel:
            wheel.writestr(f"{about}/METADATA", METADATA.format(version))
            wheel.writestr(f"{about}/WHEEL", WHEEL)
            wheel.writestr(f"{about}/RECORD", "")
        self.asked: list[str] = []
        pages = {
            "/torch/": f'<a href="{name.replace("+", "%2B")}">{name}</a>'.encode(),
            f"/torch/{name}": (folder / name).read_bytes(),
        }
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.replace("%2B", "+")
                asked.append(path)
                page = pages.get(path)
                self.send_response(404 if page is None else 200)
                self.send_header("Content-Type", "text/html" if path.endswith("/") else "application/zip")
                self.end_headers()
                self.wfile.write(page or b"")

            def log_message(self, format: str, *args: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def pypi(tmp_path) -> Iterator[Index]:
    """The index that pip asks by itself."""
    (tmp_path / "pypi").mkdir()
    index = Index("2.13.0", tmp_path / "pypi")
    yield index
    index.close()


@pytest.fixture
def cpu(tmp_path) -> Iterator[Index]:
    """The index of CPU builds."""
    (tmp_path / "cpu").mkdir()
    index = Index("2.13.0+cpu", tmp_path / "cpu")
    yield index
    index.close()


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("install", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def fake_nvidia_smi(folder: Path, says: str, status: int = 0) -> str:
    """Return a search path whose first `nvidia-smi` answers like this."""
    program = folder / "bin" / "nvidia-smi"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho '{says}'\nexit {status}\n", encoding="utf-8")
    program.chmod(0o755)
    return f"{program.parent}{os.pathsep}/usr/bin{os.pathsep}/bin"


def install(folder: Path, pypi: str, cpu: str, **more: str) -> tuple[subprocess.CompletedProcess[str], str]:
    """Let the script find torch, without installing it; return what happened, and the version that pip chose."""
    report = folder / "report.json"
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1"}
    environment |= {"PIP_INDEX_URL": pypi, "TORCH_INDEX": cpu, "PIP_DISABLE_PIP_VERSION_CHECK": "1"} | more
    wanted = ["--dry-run", "--no-deps", "--ignore-installed", "--report", str(report), "torch==2.13.0"]
    done = subprocess.run(
        [sys.executable, SCRIPT, *wanted], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    found = json.loads(report.read_text()) if report.is_file() else {"install": []}
    return done, "".join(package["metadata"]["version"] for package in found["install"])


@pytest.fixture
def has_no_driver():
    if script().has_gpu():
        pytest.skip("needs a machine without a GPU")


@pytest.mark.usefixtures("has_no_driver")
def test_without_a_gpu_the_cpu_build_comes_from_its_index(tmp_path, pypi, cpu):
    done, version = install(tmp_path, pypi.url, cpu.url)
    assert (done.returncode, done.stderr, version) == (0, "", "2.13.0+cpu")
    line = f"torch for the CPU, from {cpu.url}, as there is no NVIDIA GPU here; this takes a few minutes."
    assert done.stdout == f"Installing the course into .venv, {line}\n"


def test_with_a_gpu_pip_chooses(tmp_path, pypi, cpu):
    done, version = install(tmp_path, pypi.url, cpu.url, PATH=fake_nvidia_smi(tmp_path, "GPU 0: NVIDIA H100"))
    assert (done.returncode, version, cpu.asked) == (0, "2.13.0", [])
    assert "for the NVIDIA GPU of this machine" in done.stdout


@pytest.mark.usefixtures("has_no_driver")
def test_a_driver_without_a_gpu_is_not_a_gpu(tmp_path, pypi, cpu):
    path = fake_nvidia_smi(tmp_path, "NVIDIA-SMI has failed because it could not communicate with the driver.", 9)
    assert install(tmp_path, pypi.url, cpu.url, PATH=path)[1] == "2.13.0+cpu"


@pytest.mark.usefixtures("has_no_driver")
def test_an_index_that_does_not_answer_costs_seconds_and_no_more(tmp_path, pypi):
    done, version = install(tmp_path, pypi.url, SILENT)
    assert (done.returncode, done.stderr, version) == (0, "", "2.13.0")
    assert f"torch as pip finds it, as {SILENT} does not answer" in done.stdout


def test_a_silent_index_is_given_up():
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:  # accepts, and never answers
        assert not script().answers(f"http://127.0.0.1:{server.server_port}", seconds=0.2)


def test_both_builds_can_be_chosen(tmp_path, pypi, cpu):
    assert install(tmp_path, pypi.url, cpu.url, TORCH="cuda")[1] == "2.13.0"
    assert cpu.asked == []
    path = fake_nvidia_smi(tmp_path, "GPU 0: NVIDIA H100")
    assert install(tmp_path, pypi.url, cpu.url, TORCH="cpu", PATH=path)[1] == "2.13.0+cpu"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("rocm", "error: TORCH=rocm is unknown; it may be cpu or cuda.\n"),
        ("cpu", f"error: {SILENT} does not answer; leave out TORCH=cpu to take the torch that pip finds.\n"),
    ],
)
def test_what_cannot_be_had_is_said_in_one_sentence(tmp_path, asked, sentence):
    done, _ = install(tmp_path, SILENT, SILENT, TORCH=asked)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", sentence)


def test_indices_and_folders_of_ones_own_go_on_working(tmp_path, pypi, cpu):
    (tmp_path / "own").mkdir()
    own = Index("2.13.0+own", tmp_path / "own")
    for more in ({"PIP_EXTRA_INDEX_URL": own.url}, {"PIP_FIND_LINKS": str(tmp_path / "own")}):
        assert install(tmp_path, pypi.url, cpu.url, TORCH="cpu", **more)[1] == "2.13.0+own"
    own.close()


def test_pip_does_not_complain_of_a_missing_folder_and_its_errors_are_seen(tmp_path, pypi, cpu):
    done, _ = install(tmp_path, pypi.url, cpu.url, TORCH="cpu", PIP_FIND_LINKS="/no/such/folder")
    assert (done.returncode, done.stderr) == (0, "")
    done, _ = install(tmp_path, SILENT, SILENT, TORCH="cuda", PIP_RETRIES="0", PIP_FIND_LINKS="/no/such/folder")
    assert done.returncode != 0
    assert "No matching distribution found for torch==2.13.0" in done.stderr


@pytest.mark.parametrize("makefile", ["Makefile", "autograder/student_kit/files/Makefile"])
def test_make_installs_by_the_script_and_says_so_once(makefile):
    text = (ROOT / makefile).read_text(encoding="utf-8")
    assert text.count("course_utils/student/install.py") == 1
    assert "Installing" not in text
    assert "export TORCH" in text
