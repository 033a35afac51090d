"""A proof is made again when something of it has changed, and only then."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from support import proofs
from support.proofs import Proof, modules_of


@pytest.fixture(autouse=True)
def notes(tmp_path, monkeypatch) -> Path:
    """Other notes than the committed ones; all proofs are of files below the temporary folder."""
    monkeypatch.setattr(proofs, "NOTES", tmp_path / "proofs.json")
    monkeypatch.setattr(proofs, "ROOT", tmp_path)
    monkeypatch.setattr(proofs, "ALWAYS", (tmp_path / "lock",))
    monkeypatch.delenv("COURSE_PROOFS", raising=False)
    proofs._imports.cache_clear()
    (tmp_path / "lock").write_text("numpy==1")
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "a.ipynb").write_text("{}")
    return tmp_path


def is_made(root: Path) -> bool:
    try:
        Proof("one", [root / "source"]).skip_if_made()
    except pytest.skip.Exception:
        return True
    return False


def test_a_proof_is_made_once(notes):
    assert not is_made(notes)
    Proof("one", [notes / "source"]).note()
    assert is_made(notes)


@pytest.mark.parametrize("change", ["source/a.ipynb", "source/new.csv", "lock"])
def test_a_change_of_anything_it_depends_on_asks_for_it_again(notes, change):
    Proof("one", [notes / "source"]).note()
    (notes / change).write_text("changed")
    assert not is_made(notes)


def test_notes_of_several_proofs_stay_beside_each_other(notes):
    Proof("one", [notes / "source"]).note()
    Proof("two", [notes / "lock"]).note()
    assert is_made(notes)


def test_all_are_made_when_asked_for(notes, monkeypatch):
    Proof("one", [notes / "source"]).note()
    monkeypatch.setenv("COURSE_PROOFS", "all")
    assert not is_made(notes)


def test_what_a_notebook_depends_on_is_what_it_imports_and_what_that_imports(notes):
    package = notes / "course_utils"
    (package / "check").mkdir(parents=True)
    texts = {
        "__init__.py": "",
        "pca.py": "from course_utils.drawing.pictures import draw",
        "pictures.py": "def draw():\n    from course_utils import late",
        "late.py": "import numpy",
        "unused.py": "",
        "check/__init__.py": "from course_utils.check.calls import call",
        "check/calls.py": "",
    }
    for name, text in texts.items():
        (package / name).write_text(text)
    notebook = notes / "notebook.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("from course_utils import check, pca")]), notebook)
    found = {str(path.relative_to(package)) for path in modules_of(notebook)}
    assert found == set(texts) - {"unused.py"}
