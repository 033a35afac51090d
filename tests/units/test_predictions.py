"""Questions before demonstrations: those of all lectures, and what a saved notebook and the student's notes hold."""

from __future__ import annotations

import json
import math
import re
from importlib import import_module

import pytest
from bs4 import BeautifulSoup
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from support.small_site import ASKED
from support.units import ROOT, UNITS

from autograder.notebooks.format import read_notebook
from course_utils.drawing.predictions import Number, OneOf, Prediction, Predictions
from course_utils.student import notes, predictions


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Where the notes are kept."""
    monkeypatch.setenv(notes.FOLDER_VARIABLE, str(tmp_path / "notes"))
    return tmp_path / "notes"


@pytest.fixture
def predict() -> Predictions:
    names: dict[str, Predictions] = {}
    exec(ASKED, names)
    return names["predict"]


@pytest.mark.parametrize("unit", UNITS)
def test_every_question_of_a_lecture_is_asked_once_and_has_an_answer(unit):
    asked: Predictions = import_module(f"course_utils.{unit[3:]}.predictions").predict
    assert asked.lecture == unit[3:]
    sources = [cell.source for cell in read_notebook(ROOT / "notebooks" / f"{unit}.ipynb").cells]
    assert [sources.count(f'predict("{name}")') for name in asked.questions] == [1] * len(asked.questions)
    for name, ask in asked.questions.items():
        question = ask()
        assert "data-question" in Prediction(asked.lecture, name, question).html(is_alive=True)  # a page can have it
        assert question.text.rstrip(".").count("?") == 1, name  # one idea
        assert 1 <= len(re.findall(r"[.!](?: |$)", question.why)) <= 3, name
        if isinstance(question, OneOf):
            assert len(set(question.options)) == len(question.options) >= 2, name
        else:
            assert math.isfinite(question.answer) and question.tolerance >= 0, name
        if isinstance(question, Number) and question.tolerance == 0:
            assert math.isclose(question.answer, round(question.answer, 3), abs_tol=1e-9), f"{name} needs a tolerance"


def test_a_saved_notebook_has_the_question_with_its_options_and_folds_the_answer(predict):
    bundle, _ = predict("bars")._repr_mimebundle_()
    page = BeautifulSoup(bundle["text/html"], "html.parser")
    assert page.p is not None and page.details is not None
    assert page.p.text == "Predict. Which bar is higher?"
    assert [item.decode_contents() for item in page.find_all("li")] == ["height", "<code>rate</code>"]
    assert page.details.text == "Answerheight. It starts at 1." and "open" not in page.details.attrs
    assert bundle["text/plain"] == "Which bar is higher?"


def test_what_a_reader_types_is_shown_as_text():
    predict = Predictions("small")
    predict.question(
        lambda: OneOf("Is 1 < 2 & `a < b`?", ["<b>yes</b>", "no"], answer="no", why="<script>alert()</script>")
    )
    page = predict("<lambda>").html()
    assert "Is 1 &lt; 2 &amp; <code>a &lt; b</code>?" in page
    assert "<script" not in page and "<b>" not in page


def test_a_saved_notebook_does_not_say_what_its_author_entered(predict):
    before = predict("bars")._repr_mimebundle_()[0]["text/html"]
    predict("bars").form.set_state({"is_right": True, "entered": "height"})
    assert predict("bars")._repr_mimebundle_()[0]["text/html"] == before


def test_a_prediction_is_remembered_in_the_next_kernel(folder):
    def run(*sources: str) -> str:
        notebook = new_notebook(cells=[new_code_cell(source) for source in (ASKED, *sources)])
        NotebookClient(notebook, timeout=120).execute()
        return "".join(output.get("text", "") for output in notebook.cells[-1].outputs)

    # What the script in the browser sends.
    run('asked = predict("sum-of-bars")', 'asked.form.set_state({"is_right": True, "entered": "1.15"})')
    assert json.loads((folder / "predictions.json").read_text()) == {
        "small": {"sum-of-bars": {"entered": "1.15", "is_right": True}}
    }
    assert run('print(predict("sum-of-bars").form.entered, [predict("bars").form.entered])') == "1.15 ['']\n"


def test_an_option_that_is_no_longer_offered_is_forgotten(predict):
    predictions.note("small", "bars", "both", False)
    assert predict("bars").form.entered == ""


def test_a_question_without_its_answer_among_the_options_is_refused():
    with pytest.raises(ValueError, match="The answer 'c' is none of the options of 'Which\\?'"):
        OneOf("Which?", ["a", "b"], answer="c", why="")


def test_a_question_that_there_is_not_is_named(predict):
    with pytest.raises(ValueError, match="There is no question 'bar'; there are bars, sum-of-bars"):
        predict("bar")
