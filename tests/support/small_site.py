"""A course of one short lecture, and its web edition."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.web_edition.build import make_site

STEM = "01_small"
DRAWING = """
from course_utils.drawing.pictures import finish, new_figure
from course_utils.drawing.sliders import Choice, Handle, LogSlider, Play, Slider, Toggle, explore
from course_utils.linear_algebra import vectors

def draw(height=1.0, rate=0.1, method="plain", is_grey=False):
    figure, axes = new_figure()
    axes.bar(["height", "rate"], [height, rate], color="grey" if is_grey else "tab:blue")
    return finish(figure, f"{method}: a bar of height {height:g}, one of {rate:g}, {'grey' if is_grey else 'blue'}.")
"""
DRAGGED = 'explore(vectors.draw_inner_product, y=Handle((0.5, 1.4), "tip of y", radius=(0.5, 3.0), turn=5))'
PLAYED = 'explore(draw, height=Play(0, 40, 0, "height"))'
OPENING = "# A small lecture\n\nSee [where](index.ipynb) and [exercise 1.1](../release/a/a.ipynb)."
ASKED = """
from course_utils.drawing.predictions import Number, OneOf, Predictions

predict = Predictions("small")

@predict.question
def bars():
    return OneOf("Which bar is higher?", ["height", "`rate`"], answer="height", why="It starts at 1.")

@predict.question
def sum_of_bars():
    return Number("What do both add up to?", answer=1.0 + 0.1, tolerance=0.05, unit="cm", why="1 and 0.1 are added.")
"""
PREDICT = "## 1 Bars\n\n$$\\hat y = \\sum_{i=1}^n w_i x_i$$\n\nAt 2.75?"
SEE = "<details><summary>What you should see</summary>\n\nAt $10^{-3}$ *little*.\n\n</details>"
INDEX = "# Contents\n\n| slide | taught in |\n| --- | --- |\n| A | [01](01_small.ipynb) 1 |"
ERRATA = "# Errata of the lectures\n\n| slide | correct |\n| --- | --- |\n| $a$ | $b$ |\n"
ALL_TOGETHER = 'explore(draw, height=Slider(0, 4, 1, "height"), is_grey=Toggle(False, "in grey"))'
ONE_AT_A_TIME = (
    'explore(draw, height=Slider(0.0, 10.0, 1.0, "height", step=0.25), rate=LogSlider(-4, 0, -1, "rate"), '
    'method=Choice(("plain", "momentum", "Adam"), "method"), is_grey=Toggle(False, "in grey"))'
)


def small_course(root: Path, *further: str) -> Path:
    """Make a course whose lecture has two demonstrations, a picture, and a cell for each source in `further`."""
    cells = [
        new_markdown_cell(OPENING, id="opening"),
        new_code_cell("import os", id="kernel"),
        new_code_cell(DRAWING, id="drawing"),
        new_code_cell(ASKED, id="asked"),
        new_markdown_cell(PREDICT, id="bars-predict"),
        new_code_cell('predict("bars")', id="bars-asked"),
        new_code_cell(ONE_AT_A_TIME, id="bars-demo"),
        new_markdown_cell(SEE, id="bars-see"),
        new_markdown_cell("Write `yours=my_function`.", id="bars-yours"),
        new_code_cell(
            "print('holds: 1 = 1')",
            id="bars-verify",
            metadata={"jupyter": {"source_hidden": True}},
            outputs=[new_output("stream", name="stdout", text="holds: 1 = 1\n")],
        ),
        new_code_cell('predict("sum-of-bars")', id="pair-asked"),
        new_code_cell(ALL_TOGETHER, id="pair-demo"),
        new_code_cell("draw(3.0)", id="still"),
        new_code_cell(DRAGGED, id="vector-demo"),
        new_code_cell(PLAYED, id="play-demo"),
        *(new_code_cell(source, id=f"further-{i}") for i, source in enumerate(further)),
    ]  # fmt: skip
    (root / "notebooks").mkdir(parents=True)
    (root / "docs").mkdir()
    (root / "nbgrader_config.py").write_text("c = get_config()\n")
    (root / "docs" / "errata.md").write_text(ERRATA)
    index = [
        new_markdown_cell("# Contents\n\n| slide | taught in |\n| --- | --- |\n| A | [01](01_small.ipynb) 1 |", id="c")
    ]
    for name, content in ((STEM, cells), ("index", index)):
        nbformat.write(new_notebook(cells=content), root / "notebooks" / f"{name}.ipynb")
    return root


def build(root: Path) -> list[str]:
    """Build the web edition in `root/site`, and return what was told meanwhile."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip(
            "Node.js is missing, which draws the formulas of the web edition: install it (Debian: apt-get install npm)."
        )
    told: list[str] = []
    make_site(root, root / "site", told.append, 1)
    return told


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine's own network, and give its address, with a slash at the end."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
