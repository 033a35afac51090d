"""A real pytest, run on tests that are written for it, with the plugins of this suite."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from support.units import ROOT


def run_pytest(folder: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the tests in `folder` with the plugins of tests/conftest.py and xdist, in a clean `environment`."""
    (folder / "conftest.py").write_text(
        'pytest_plugins = ["support.groups", "support.proofs", "support.gate"]\n', encoding="utf-8"
    )
    (folder / "pyproject.toml").write_text('[tool.pytest.ini_options]\ntestpaths = ["."]\n', encoding="utf-8")
    outer = {name: value for name, value in os.environ.items() if not name.startswith(("CI", "COURSE_", "PYTEST_"))}
    outer["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # starting takes a tenth of the time
    outer["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    command = [sys.executable, "-m", "pytest", "-q", "-p", "xdist", *options]
    return subprocess.run(command, cwd=folder, env=outer | environment, capture_output=True, text=True, check=False)
