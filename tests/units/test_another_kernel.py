"""In a kernel without the course, every notebook says in one sentence what to do, and shows no traceback."""

from __future__ import annotations

import json
import sys
import sysconfig
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from support.units import ROOT

NOTEBOOKS = sorted([*ROOT.glob("notebooks/[0-9][0-9]_*.ipynb"), *ROOT.glob("source/*/*.ipynb")])
SENTENCE = (
    "This kernel does not have the course. Start JupyterLab with `make lab`, or choose the\n"
    "Python of the course's .venv as the kernel (see README.md)."
)
NAME = "another"
COURSE = ("editable", "course_utils", "numpy", "scipy", "sklearn", "torch", "matplotlib")
START = "import sys; sys.path.append({!r}); from ipykernel import kernelapp; kernelapp.launch_new_instance()"


@pytest.fixture
def another_kernel(tmp_path, monkeypatch) -> str:
    """A kernel whose environment has Jupyter, and neither the course nor what it installs."""
    packages = tmp_path / "packages"
    packages.mkdir()
    for path in Path(sysconfig.get_paths()["purelib"]).iterdir():
        if not path.name.lstrip("_").startswith(COURSE):
            (packages / path.name).symlink_to(path)
    spec = tmp_path / "jupyter" / "kernels" / NAME / "kernel.json"
    spec.parent.mkdir(parents=True)
    start = [sys.executable, "-S", "-c", START.format(str(packages)), "-f", "{connection_file}"]
    spec.write_text(json.dumps({"argv": start, "display_name": NAME, "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    return NAME


def test_every_notebook_says_in_a_kernel_without_the_course_what_to_do(another_kernel, tmp_path):
    first = {
        f"{path.parent.name}/{path.name}": next(
            cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"
        )
        for path in NOTEBOOKS
    }
    notebook = new_notebook(cells=[new_code_cell(source) for source in first.values()])
    where = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, kernel_name=another_kernel, allow_errors=True, resources=where).execute()
    said = {
        name: ["\n".join(output.get("traceback", [output])) for output in cell["outputs"]]
        for name, cell in zip(first, notebook.cells, strict=True)
    }
    assert said == {name: [SENTENCE] for name in first}
