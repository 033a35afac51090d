"""The gate fails where a test was skipped for no listed reason, something that it must try was not tried, or the tests
of a file were shared out between workers."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import gate
from support.groups import group_of
from support.planted import run_pytest

EVERYTHING = "".join(f"    record_use({what!r})\n" for what in gate.MUST_BE_USED)
GREEN = f"from support.gate import record_use\n\ndef test_uses_all():\n{EVERYTHING}\ndef test_other(): pass\n"
SKIPPED = "import pytest\n\ndef test_skipped():\n    pytest.skip('there is no moon')\n"
NOT_COLLECTED = "import pytest\n\npytest.skip('there is no moon', allow_module_level=True)\n"
WORKERS = ("-n", "2", "--dist", "loadgroup")
BOTH_WAYS = pytest.mark.parametrize("workers", [(), WORKERS], ids=["alone", "workers"])


def planted(folder: Path, **modules: str) -> Path:
    for name, source in modules.items():
        (folder / f"test_{name}.py").write_text(source, encoding="utf-8")
    return folder


@BOTH_WAYS
def test_a_whole_run_that_has_used_everything_is_green(tmp_path, workers):
    done = run_pytest(planted(tmp_path, green=GREEN), *workers, CI="true")
    assert done.returncode == 0, done.stdout


@BOTH_WAYS
@pytest.mark.parametrize("module", [SKIPPED, NOT_COLLECTED], ids=["test", "module"])
def test_a_skip_that_is_not_listed_fails_the_gate(tmp_path, workers, module):
    folder = planted(tmp_path, green=GREEN, skipped=module)
    done = run_pytest(folder, *workers, CI="true")
    assert done.returncode == 1
    assert "was skipped, which the gate does not admit: " in done.stdout
    assert "there is no moon" in done.stdout
    assert run_pytest(folder, *workers).returncode == 0


@BOTH_WAYS
def test_a_whole_run_without_a_sandbox_fails_the_gate(tmp_path, workers):
    folder = planted(tmp_path, green=GREEN.replace("    record_use('landlock')\n", ""))
    done = run_pytest(folder, *workers, CI="true")
    assert done.returncode == 1
    assert "no test has used landlock" in done.stdout
    assert "bubblewrap" not in done.stdout
    assert run_pytest(folder, *workers).returncode == 0


@pytest.mark.parametrize("part", [["test_green.py"], ["-k", "other"], ["--deselect", "test_green.py::test_uses_all"]])
def test_a_run_of_some_tests_need_not_use_everything(tmp_path, part):
    folder = planted(tmp_path, green=GREEN, other="def test_other(): pass\n")
    assert run_pytest(folder, *part, CI="true").returncode == 0


SHARED = "import time\n\nimport pytest\n\n@pytest.mark.parametrize('n', range(6))\ndef test_one(n): time.sleep(0.2)\n"


def test_the_tests_of_a_file_are_run_by_one_worker(tmp_path):
    folder = planted(tmp_path, green=GREEN, one=SHARED, other=SHARED)
    done = run_pytest(folder, *WORKERS, CI="true")
    assert done.returncode == 0, done.stdout


def test_a_file_whose_tests_are_shared_out_between_workers_fails_the_gate(tmp_path):
    folder = planted(tmp_path, green=GREEN, one=SHARED)
    done = run_pytest(folder, "-n", "2", "--dist", "load", CI="true")
    assert done.returncode == 1
    assert "test_one.py were shared out between gw0 and gw1" in done.stdout
    assert run_pytest(folder, "-n", "2", "--dist", "load").returncode == 0


@pytest.mark.parametrize(
    ("nodeid", "group"),
    [
        (
            "tests/units/test_answers.py::test_a[02_pca_least_squares-project]",
            "units/test_answers.py-02_pca_least_squares",
        ),
        ("tests/units/test_answers.py::test_a[1002_x]", "units/test_answers.py"),
        ("tests/check/test_check.py::test_a", "check/test_check.py"),
        ("test_check.py::test_a", "test_check.py"),
    ],
)
def test_tests_of_a_file_go_apart_by_unit(nodeid, group):
    assert group_of(nodeid) == group


def test_a_skip_is_admitted_by_test_and_reason():
    nodeid = "tests/check/test_devices.py::test_a_gpu"
    assert gate.complaints((), [(nodeid, "Skipped: needs a GPU: no CUDA")], False) == []
    assert gate.complaints((), [(nodeid, "Skipped: too tired")], False) != []
    assert gate.complaints((), [("tests/check/test_check.py::test_a", "needs a GPU")], False) != []


def test_what_is_used_has_a_name_that_the_gate_knows():
    with pytest.raises(AssertionError):
        gate.record_use("a crystal ball")
