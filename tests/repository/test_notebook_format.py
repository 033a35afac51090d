"""Notebooks are committed in one form, and what is not in it is found."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import cast

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from support.tiny_course import REPOSITORY, answer, check, make_course, master, write

from autograder.errors import CourseError
from autograder.notebooks.format import find_notebooks, normal_text, normalize, normalize_files, read_notebook, to_text

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
COMMITTED = list(find_notebooks(REPOSITORY))


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_a_notebook_of_the_course_is_in_the_committed_form(path):
    assert path.read_text(encoding="utf-8") == normal_text(read_notebook(path), path, REPOSITORY)
    nbformat.validate(read_notebook(path))


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_a_notebook_of_the_course_names_no_folder_of_one_machine(path):
    text = path.read_text(encoding="utf-8")
    assert str(REPOSITORY) not in text
    assert str(Path.home()) + "/" not in text


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_a_formula_has_lost_no_backslash(path):
    """`\\frac` and `\\texttt`, written where Python reads escapes, leave a form feed and a tab behind."""
    cells = nbformat.read(path, as_version=4).cells
    assert [cell.id for cell in cells if re.search(r"[\x00-\x09\x0b-\x1f\x7f]", cell.source)] == []


def test_the_committed_form_is_what_nbformat_writes(tmp_path):
    notebook = normalize(master(), keep_outputs=False)
    nbformat.write(notebook, tmp_path / "a.ipynb")
    assert (tmp_path / "a.ipynb").read_text(encoding="utf-8") == to_text(notebook)
    nbformat.validate(notebook)


def code(notebook):
    """The first code cell."""
    return next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")


DEFECTS = {
    "an execution count": lambda nb: code(nb).update(execution_count=7),
    "outputs": lambda nb: code(nb).update(outputs=[new_output("stream", text="4\n")]),
    "another kernel": lambda nb: nb["metadata"]["kernelspec"].update(name="dl", display_name="my environment"),
    "no kernel": lambda nb: nb["metadata"].pop("kernelspec"),
    "the version of Python": lambda nb: nb["metadata"]["language_info"].update(version="3.11.7"),
    "the state of widgets": lambda nb: nb["metadata"].update(widgets={"state": {}}),
    "keys of jupytext": lambda nb: nb["metadata"].update(jupytext={"formats": "ipynb,py"}),
    "metadata of an editor": lambda nb: code(nb)["metadata"].update(vscode={"languageId": "python"}, collapsed=True),
    "defaults of JupyterLab": lambda nb: code(nb)["metadata"].update(editable=True, slideshow={}, tags=[]),
    "an id from a machine": lambda nb: code(nb).update(id="1a2b3c4d"),
    "an id used twice": lambda nb: nb["cells"][-1].update(id=code(nb)["id"]),
    "an older minor version": lambda nb: nb.update(nbformat_minor=4),
}


@pytest.mark.parametrize("defect", DEFECTS.values(), ids=DEFECTS)
def test_what_an_editor_leaves_behind_is_taken_out(defect, tmp_path):
    path = write(make_course(tmp_path) / "source" / "a.ipynb", master())
    good = path.read_text(encoding="utf-8")
    content = json.loads(good)
    defect(content)
    path.write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    assert normalize_files(tmp_path, [path], check=True) == [path]
    assert normalize_files(tmp_path, [path]) == [path]
    assert path.read_text(encoding="utf-8") == good
    assert normalize_files(tmp_path, [path]) == []


SPELLINGS = {
    "other indentation": lambda content: json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n",
    "keys in another order": lambda content: json.dumps(dict(reversed(content.items())), indent=1) + "\n",
    "no newline at the end": lambda content: json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False),
    "letters as escapes": lambda content: json.dumps(content, indent=1, sort_keys=True) + "\n",
    "lines as one string": lambda content: (
        json.dumps(nbformat.v4.to_notebook(content), indent=1, sort_keys=True) + "\n"
    ),
    "line ends of Windows": lambda content: to_text(nbformat.v4.to_notebook(content)).replace("\n", "\r\n"),
}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_the_same_notebook_spelt_otherwise_is_spelt_as_nbformat_does(spelling, tmp_path):
    path = write(make_course(tmp_path) / "source" / "a.ipynb", master())
    good = path.read_bytes()
    path.write_bytes(spelling(json.loads(good)).encode())
    assert path.read_bytes() != good
    assert normalize_files(tmp_path, [path]) == [path]
    assert path.read_bytes() == good


def test_what_nbgrader_and_readers_need_is_kept():
    cell = check("double_check", "assert True")
    cell.metadata |= {"tags": ["row:CS7150-L1.064"], "deletable": False, "editable": False}
    cell.metadata["jupyter"] = {"source_hidden": True, "outputs_hidden": False}
    kept = normalize(new_notebook(cells=[cell]), keep_outputs=False).cells[0].metadata
    assert kept == cell.metadata | {"jupyter": {"source_hidden": True}}


# --- the ids of cells


def notebook_of(*cells):
    """A notebook of `cells` as they are: `new_notebook` would fix ids that are used twice."""
    whole = nbformat.from_dict({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    return cast(NotebookNode, whole)


def ids(*cells):
    return [cell.id for cell in normalize(notebook_of(*cells), keep_outputs=False).cells]


def named(cell, name):
    cell["id"] = name
    return cell


def test_a_readable_id_is_kept():
    assert ids(named(new_markdown_cell("# A"), "why-centre"), named(new_code_cell(), "Ab_1")) == ["why-centre", "Ab_1"]


@pytest.mark.parametrize(
    "name", ["1a2b3c4d", "9f1c2b3a-0d4e-4f5a-8b6c-7d8e9f0a1b2c", "9f1c2b3a0d4e4f5a8b6c7d8e9f0a1b2c", "", "a b"]
)
def test_an_id_that_no_person_chose_gives_way_to_the_name_of_the_exercise(name):
    assert ids(named(answer("pca_fit", "x"), name)) == ["pca-fit"]


def test_a_cell_without_an_exercise_is_named_after_the_heading_above_it():
    assert ids(
        new_code_cell("a"),
        new_markdown_cell("# Perte d'énergie: $\\sigma_1$\n\ntext"),
        new_code_cell("b"),
        new_markdown_cell("```\n# no heading\n```"),
        new_markdown_cell("## Next"),
    ) == ["cell-1", "perte-d-energie-sigma-1-1", "perte-d-energie-sigma-1-2", "perte-d-energie-sigma-1-3", "next-1"]


def test_the_second_use_of_an_id_gives_way_and_the_first_stays():
    cells = [named(new_markdown_cell("# A"), "intro"), named(new_code_cell("x"), "intro")]
    assert ids(*cells) == ["intro", "a-1"]


def test_a_new_id_is_none_that_a_later_cell_has():
    assert ids(new_markdown_cell("# A"), named(new_code_cell(), "a-1")) == ["a-2", "a-1"]
    assert ids(answer("f", "x"), named(new_code_cell(), "f")) == ["f-2", "f"]


names = st.sampled_from(["", "deadbeef", "intro", "a-1", "f", "x" * 64]) | st.text(max_size=9)
headings = st.sampled_from(["", "# A", "## " + "long " * 40, "# !?", "# \u4e2d"]) | st.text(max_size=9)


@given(st.lists(st.tuples(names, headings, st.booleans()), max_size=8))
def test_ids_are_valid_unique_and_do_not_change_the_second_time(drawn):
    cells = [named(answer("f", h) if graded else new_markdown_cell(h), name) for name, h, graded in drawn]
    once = normalize(notebook_of(*cells), keep_outputs=False)
    found = [cell.id for cell in once.cells]
    nbformat.validate(once)
    assert [cell.id for cell in once.cells] == found, "nbformat had to fix an id"
    assert len(set(found)) == len(found)
    assert normalize(once, keep_outputs=False) == once


# --- what cells showed


def outputs(*shown, tags=()):
    cell = named(new_code_cell("x", outputs=list(shown), metadata={"tags": list(tags)}), "the-cell")
    normal = normalize(new_notebook(cells=[cell]), keep_outputs=True)
    nbformat.validate(normal)
    return normal.cells[0].outputs


def test_a_live_picture_keeps_its_png_and_its_words_and_loses_its_view():
    bundle = {"image/png": "iVBOR", "text/plain": "a line", WIDGET_VIEW: {"model_id": "1"}}
    about = {"image/png": {"alt": "a line", "needs_background": "light"}, WIDGET_VIEW: {"x": 1}}
    shown = new_output("execute_result", data=bundle, metadata=about, execution_count=3)
    (kept,) = outputs(shown)
    assert kept.data == {"image/png": "iVBOR", "text/plain": "a line"}
    assert kept.metadata == {"image/png": {"alt": "a line"}}
    assert kept.execution_count is None


def test_a_picture_that_is_in_the_html_is_kept_once():
    html = '<figure><img alt="a line" src="data:image/png;base64,iVBOR"><figcaption>a line</figcaption></figure>'
    bundle = {"text/html": html, "image/png": "iVBOR\n", "text/plain": "a line"}
    output = nbformat.v4.new_output("display_data", data=bundle, metadata={"image/png": {"alt": "a line"}})
    cell = nbformat.v4.new_code_cell("draw()", outputs=[output])
    [kept] = normalize(nbformat.v4.new_notebook(cells=[cell]), keep_outputs=True).cells[0].outputs
    assert kept.data == {"text/html": html, "text/plain": "a line"}
    assert kept.metadata == {}


def test_a_view_with_nothing_beside_it_is_dropped():
    assert outputs(new_output("display_data", data={WIDGET_VIEW: {"model_id": "1"}})) == []


def test_the_pieces_of_a_stream_are_joined():
    (kept,) = outputs(new_output("stream", text="1\n"), new_output("stream", text="2\n"))
    assert kept.text == "1\n2\n"


def test_something_on_stderr_is_refused_by_the_name_of_the_cell():
    with pytest.raises(CourseError, match=r"the cell the-cell wrote to stderr \(UserWarning: careful\)"):
        outputs(new_output("stream", name="stderr", text="a.py:1:\nUserWarning: careful\n"))


def test_an_error_is_refused_by_the_name_of_the_cell():
    error = new_output("error", ename="ValueError", evalue="no", traceback=["a", "b"])
    with pytest.raises(CourseError, match=r"the cell the-cell shows ValueError: no"):
        outputs(error)


def test_an_error_that_is_meant_keeps_its_last_line():
    error = new_output("error", ename="ValueError", evalue="no", traceback=["File /home/someone/x.py", "b"])
    (kept,) = outputs(error, tags=["raises-exception"])
    assert kept.traceback == ["ValueError: no"]


@pytest.mark.parametrize(("folder", "kept"), [("notebooks", 1), ("source", 0), ("release", 0)])
def test_outputs_are_kept_in_notebooks_and_nowhere_else(folder, kept, tmp_path):
    path = make_course(tmp_path) / folder / "a.ipynb"
    path.parent.mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=[new_code_cell("1", outputs=[new_output("stream", text="1")])]), path)
    assert normalize_files(tmp_path) == [path]
    assert len(read_notebook(path).cells[0].outputs) == kept


# --- files that are no notebooks

UNREADABLE = {
    "not JSON": ('{"cells": [', "is not JSON"),
    "half of a merge": ("<<<<<<< HEAD\n{}\n", "is not JSON"),
    "empty": ("", "is not JSON"),
    "not text": (b"\xff\xfe\x00", "is not JSON"),
    "deeper than Python counts": ("[" * 100_000, "is not JSON"),
    "a list": ("[1, 2]", "is JSON but not a notebook"),
    "some other JSON": ('{"a": 1}', "is JSON but not a notebook"),
    "format 3": ('{"nbformat": 3, "nbformat_minor": 0, "worksheets": []}', "is in notebook format 3, not 4"),
    "format 5": ('{"nbformat": 5, "nbformat_minor": 0, "cells": []}', "is in notebook format 5, not 4"),
    "no cells": ('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "it has no list of cells"),
    "cells of no kind": ('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [1]}', "not a valid notebook"),
}


@pytest.mark.parametrize(("content", "reason"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_is_no_notebook_is_named_in_one_sentence(content, reason, tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CourseError) as caught:
        read_notebook(path)
    sentence = str(caught.value)
    assert str(path) in sentence and reason in sentence and "\n" not in sentence


DEFECTS = {
    "outputs forgotten": (lambda cell: cell.pop("outputs"), "cell 2 (second): 'outputs' is a required property"),
    "a tag twice": (
        lambda cell: cell["metadata"].update(tags=["a", "a"]),
        "cell 2 (second), metadata, tags: ['a', 'a'] has non-unique elements",
    ),
    "a kind that there is not": (
        lambda cell: cell.update(cell_type="heading"),
        "cell 2 (second): its cell_type is 'heading'; expected code, markdown or raw",
    ),
    "an output without its stream": (
        lambda cell: cell.update(outputs=[{"output_type": "stream", "text": ""}]),
        "cell 2 (second), outputs, 0: 'name' is a required property",
    ),
}


def saved_elsewhere(minor: int, spoil=lambda cell: None) -> str:
    """A notebook of two cells as a program of another format 4 writes it: ids from minor 5 on."""
    cells = [new_code_cell("1", id="first"), new_code_cell("2", id="second")]
    content = json.loads(nbformat.writes(new_notebook(cells=cells)))
    spoil(content["cells"][1])
    if minor < 5:
        for cell in content["cells"][: 2 if minor else 1]:
            del cell["id"]
    return json.dumps(content | {"nbformat_minor": minor})


@pytest.mark.parametrize("minor", range(7))
def test_every_format_4_is_read_with_ids_and_without(minor, tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_text(saved_elsewhere(minor), encoding="utf-8")
    assert [cell.source for cell in normalize(read_notebook(path), keep_outputs=False).cells] == ["1", "2"]


@pytest.mark.parametrize(("spoil", "reason"), DEFECTS.values(), ids=DEFECTS)
def test_what_is_wrong_with_a_notebook_is_said_and_in_which_cell(spoil, reason, tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_text(saved_elsewhere(5, spoil), encoding="utf-8")
    with pytest.raises(CourseError, match=re.escape(f"is not a valid notebook: {reason}; restore")):
        read_notebook(path)


def test_one_bad_notebook_leaves_the_good_ones_unwritten(tmp_path):
    root = make_course(tmp_path)
    good = write(root / "source" / "a.ipynb", master())
    good.write_text(good.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    before = good.read_bytes()
    (root / "source" / "b.ipynb").write_text("no", encoding="utf-8")
    with pytest.raises(CourseError):
        normalize_files(root)
    assert good.read_bytes() == before
