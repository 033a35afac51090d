"""In a kernel without the course, every notebook finds the course around itself, or says in one sentence what to do."""

from __future__ import annotations

import json
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from support.units import ROOT

NOTEBOOKS = sorted([*ROOT.glob("notebooks/[0-9][0-9]_*.ipynb"), *ROOT.glob("source/*/*.ipynb")])
SENTENCE = (
    "This kernel does not have the course. Start JupyterLab with `make lab`, choose the Python of the\n"
    "course's .venv as the kernel, or install the course into this one (see README.md)."
)
NAME = "another"
COURSE = ("editable", "course_utils")
NEEDED = ("numpy", "scipy", "sklearn", "torch", "matplotlib")
START = "import sys; sys.path.append({!r}); from ipykernel import kernelapp; kernelapp.launch_new_instance()"


# Makes the next notebook's first cell look for the course as if it were the first one in its kernel.
FORGET = """
import sys
for name in [name for name in sys.modules if name.split(".")[0] == "course_utils"]:
    del sys.modules[name]
sys.path[:] = [path for path in sys.path if not (Path(path) / "course_utils").is_dir()]
"""


@pytest.fixture
def kernel_without(tmp_path, monkeypatch) -> Callable[..., str]:
    """Makes a kernel whose environment has Jupyter and not the packages whose names begin with the given ones."""

    def make(*names: str) -> str:
        packages = tmp_path / "packages"
        packages.mkdir()
        for path in Path(sysconfig.get_paths()["purelib"]).iterdir():
            if not path.name.lstrip("_").startswith(names):
                (packages / path.name).symlink_to(path)
        spec = tmp_path / "jupyter" / "kernels" / NAME / "kernel.json"
        spec.parent.mkdir(parents=True)
        start = [sys.executable, "-S", "-c", START.format(str(packages)), "-f", "{connection_file}"]
        spec.write_text(json.dumps({"argv": start, "display_name": NAME, "language": "python"}))
        monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
        return NAME

    return make


def first_cells(path: Path) -> Iterator[str]:
    """Yield the sources of a notebook's first code cells, up to the one that imports the course."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            yield cell.source
            if "from course_utils" in cell.source:
                return


def run(sources: Iterable[str], kernel: str, folder: Path) -> NotebookNode:
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    where = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, kernel_name=kernel, allow_errors=True, resources=where).execute()
    return notebook


def test_every_notebook_of_a_course_that_is_not_installed_finds_it_in_the_folders_around(kernel_without, tmp_path):
    folder = tmp_path / "course" / "release" / "topic"
    folder.mkdir(parents=True)
    (tmp_path / "course" / "course_utils").symlink_to(ROOT / "course_utils")
    sources = [source for path in NOTEBOOKS for source in (*first_cells(path), FORGET)]
    notebook = run(sources, kernel_without(*COURSE), folder)
    assert [output for cell in notebook.cells for output in cell.outputs if output.output_type == "error"] == []


def test_every_notebook_says_in_a_kernel_without_the_course_what_to_do(kernel_without, tmp_path):
    first = {f"{path.parent.name}/{path.name}": next(first_cells(path)) for path in NOTEBOOKS}
    notebook = run(first.values(), kernel_without(*COURSE, *NEEDED), tmp_path)
    said = {
        name: ["\n".join(output.get("traceback", [output])) for output in cell["outputs"]]
        for name, cell in zip(first, notebook.cells, strict=True)
    }
    assert said == {name: [SENTENCE] for name in first}
