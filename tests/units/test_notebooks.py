"""Every lecture notebook keeps its promises; and each test sees the defect that it is there for.

`pytest -s` shows how long the demonstrations take to redraw and which rows of the lectures have no cell yet.
"""

import base64
import copy
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from support import lecture_rules as rules

from course_utils.drawing.pictures import finish, new_figure
from course_utils.drawing.sliders import Demo, Slider, Toggle

ROOT = Path(__file__).resolve().parents[2]
LECTURES = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
MASTERS = sorted((ROOT / "source").glob("[0-9][0-9]_*/[0-9][0-9]_*.ipynb"))
INVENTORY = rules.read_inventory(ROOT / "docs" / "inventory.csv")

each_lecture = pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


# --- the notebooks of the course -------------------------------------------------------------------------------------


@each_lecture
@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_a_lecture_keeps_the_rule(path, rule):
    assert rule(read(path)) == []


@each_lecture
def test_a_lecture_is_small_enough_for_the_web(path):
    assert path.stat().st_size <= rules.NOTEBOOK_BYTES


@each_lecture
@pytest.mark.proof("notebooks/{unit}.ipynb")
def test_a_lecture_runs_without_a_network_and_shows_what_is_stored(path, tmp_path):
    result = rules.run_with_nbval(path, tmp_path)
    assert result.returncode == 0, result.stdout[-5000:]


@each_lecture
@pytest.mark.proof("notebooks/{unit}.ipynb")
def test_every_control_of_a_lecture_can_be_moved_anywhere(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    demos = rules.demonstrations(read(path))
    assert len(demos) == sum("explore(" in cell.source for cell in read(path).cells if cell.cell_type == "code")
    breaches = []
    for demo in demos:
        found, median = rules.sweep(demo, np.random.default_rng(0))
        print(f"\n{path.stem} {demo.draw.__name__}: {1000 * median:.0f} ms a redraw", end="")
        breaches += found
    assert breaches == []


def test_every_row_of_the_lectures_that_is_due_has_a_cell():
    taught = rules.taught_rows(map(read, LECTURES + MASTERS))
    for number, rows in rules.rows_without_cells(INVENTORY, taught).items():
        print(f"\nunit {number:02}: {len(rows)} rows without a cell {' '.join(rows)}", end="")
    lectures, assignments = ({int(path.name[:2]) for path in paths} for paths in (LECTURES, MASTERS))
    assert rules.coverage(INVENTORY, taught, lectures, assignments) == []


def test_the_inventory_has_all_rows():
    assert len(INVENTORY) == 467
    assert all(re.fullmatch(r"[TDE]\d+\.\d+", element) for elements in INVENTORY.values() for element in elements)


# --- planted defects: a small notebook in order, and what is wrong with its variants ---------------------------------

SYMBOLS = "| symbol | meaning | shape | code name |\n| --- | --- | --- | --- |\n" + "| $x$ | a | b | `x` |\n" * 5
SEEN = "<details><summary>What you should see</summary>\n\nA line.\n\n</details>"
TEXT = "A line that rises from 0 to 1 over ten steps of the slider"


def picture_output(text=TEXT, alt=TEXT, size=100, caption=None):
    source = f'src="data:image/png;base64,{base64.b64encode(bytes(size)).decode()}"'
    page = f'<figure><img alt="{alt}" {source}><figcaption>{alt if caption is None else caption}</figcaption></figure>'
    return new_output("execute_result", data={"text/html": page, "text/plain": text})


def in_order():
    """Return a notebook that breaks no rule."""
    return new_notebook(
        cells=[
            new_markdown_cell("# A unit", id="title"),
            new_markdown_cell(SYMBOLS, id="symbols"),
            new_code_cell('predict("what-is-seen")', id="predict"),
            new_code_cell("explore(draw)", id="demo", outputs=[picture_output()]),
            new_markdown_cell(SEEN, id="see"),
        ]
    )


def without(name):
    notebook = in_order()
    notebook.cells = [cell for cell in notebook.cells if cell.id != name]
    return notebook


def with_cell(**replaced):
    notebook = in_order()
    for cell in notebook.cells:
        if cell.id == replaced["id"]:
            cell.update(copy.deepcopy(replaced))
    return notebook


DEFECTS = {
    "long code": (with_cell(id="demo", source="explore(draw)\n" * 21), rules.short_cells, "demo has 21 lines"),
    "long text": (with_cell(id="title", source="word " * 1200), rules.short_cells, "title takes"),
    "no alt": (
        with_cell(id="demo", outputs=[picture_output(text="", alt="")]),
        rules.described_pictures,
        "no description",
    ),
    "bare alt": (
        with_cell(id="demo", outputs=[picture_output("A picture", "A picture")]),
        rules.described_pictures,
        "no description",
    ),
    "other text": (
        with_cell(id="demo", outputs=[picture_output(text="<Figure>")]),
        rules.described_pictures,
        "differs from its description",
    ),
    "no caption": (
        with_cell(id="demo", outputs=[picture_output(caption="")]),
        rules.described_pictures,
        "does not show its description",
    ),
    "large picture": (
        with_cell(id="demo", outputs=[picture_output(size=150_001)]),
        rules.small_pictures,
        "demo has 150001 bytes",
    ),
    "no symbols": (without("symbols"), rules.opening, "no symbol table"),
    "short table": (with_cell(id="symbols", source=SYMBOLS[:-20]), rules.opening, "no symbol table"),
    "no prediction": (without("predict"), rules.predictions, "nothing is predicted before the demonstration of demo"),
    "a prompt": (
        with_cell(id="title", source="**Predict.** What will be seen?"),
        rules.predictions,
        "title asks for a prediction that cannot be entered",
    ),
    "no answer": (without("see"), rules.predictions, "nobody says what is to be seen in demo"),
}


def test_a_notebook_in_order_breaks_no_rule():
    assert [rule(in_order()) for rule in rules.RULES] == [[]] * len(rules.RULES)


@pytest.mark.parametrize("defect", DEFECTS)
def test_the_planted_defect_is_named(defect):
    notebook, rule, sentence = DEFECTS[defect]
    (breach,) = rule(notebook)
    assert sentence in breach


CONNECT = "import socket\nsocket.create_connection(({!r}, 80), timeout=1)"
LOOPBACK = (
    "import socket\nserver = socket.create_server(('127.0.0.1', 0))\n"
    "socket.create_connection(server.getsockname()).close()"
)


def test_what_does_not_run_as_stored_or_reaches_for_the_network_fails(tmp_path):
    cells = [
        new_code_cell("print(1 + 1)", outputs=[new_output("stream", name="stdout", text="2\n")]),
        new_code_cell("print(1 + 1)", outputs=[new_output("stream", name="stdout", text="3\n")]),
        new_code_cell("1 / 0"),
        new_code_cell(LOOPBACK),
        new_code_cell(CONNECT.format("192.0.2.1")),
        new_code_cell(CONNECT.format("example.org")),
    ]
    path = tmp_path / "planted.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    result = rules.run_with_nbval(path, tmp_path / "run")
    assert result.returncode == 1
    assert re.findall(r"^FAILED .*::Cell (\d)", result.stdout, re.MULTILINE) == ["1", "2", "4", "5"]
    for sentence in (
        "mismatch 'stdout'",
        "ZeroDivisionError",
        "notebooks run: 192.0.2.1",
        "notebooks run: example.org",
    ):
        assert sentence in result.stdout


def draw_power(power: int, dashed: bool):
    return drawn([0, 1, 2**power], power, "--" if dashed else "-")


def draw_nan(power: int, dashed: bool):
    return drawn([0, 1, np.nan if power == 3 and dashed else power], power)


def draw_only_power(power: int, dashed: bool):
    return drawn([0, 1, power], power)


def draw_and_stop(power: int, dashed: bool):
    return drawn([0, 1, 1 / (3 - power)], power, "--" if dashed else "-")


def draw_and_warn(power: int, dashed: bool):
    return drawn(np.log([1.0, 2.0, np.float64(power)]), power, "--" if dashed else "-")


def draw_bare(power: int, dashed: bool):
    return drawn([0, 1, power], power, "--" if dashed else "-", title="")


def draw_silent(power: int, dashed: bool):
    return finish(drawn([0, 1, power], power, "--" if dashed else "-").figure, "A line")


def drawn(heights, power, style="-", title="A line"):
    figure, axes = new_figure()
    axes.plot([0, 1, 2], heights, style)
    axes.set(title=title, xlabel="x", ylabel="y")
    return finish(figure, f"A line that goes from 0 over 1 to the power {power}")


def swept(draw):
    demo = Demo(draw, {"power": Slider(0, 3, 1, "power"), "dashed": Toggle(False, "dashed")})
    return rules.sweep(demo, np.random.default_rng(0))


def test_a_demonstration_in_order_passes_the_sweep_and_is_timed():
    breaches, median = swept(draw_power)
    assert breaches == []
    assert 0 < median < rules.SECONDS_PER_REDRAW


@pytest.mark.parametrize(
    ("draw", "sentence"),
    [
        (draw_nan, "draws a line that is not finite"),
        (draw_only_power, "dashed changes nothing"),
        (draw_and_stop, "raised ZeroDivisionError"),
        (draw_and_warn, "raised RuntimeWarning"),
        (draw_bare, "axes without title or labels"),
        (draw_silent, "describes itself as 'A line'"),
    ],
)
def test_the_sweep_names_the_planted_defect(draw, sentence):
    assert any(sentence in breach for breach in swept(draw)[0])


def test_a_slow_demonstration_is_named(monkeypatch):
    monkeypatch.setattr(rules, "SECONDS_PER_REDRAW", 0.0)
    assert any("to redraw" in breach for breach in swept(draw_power)[0])


def draw_everything_but(spoilt):
    figure, axes = new_figure()
    heights = {kind: np.array([1.0, 2.0]) for kind in ("line", "marker", "bar", "image", "text")}
    heights[spoilt] = np.array([1.0, np.inf])
    axes.plot([0, 1], heights["line"])
    axes.scatter([0, 1], heights["marker"])
    axes.imshow(np.outer([1, 1], heights["image"]))
    axes.text(0.5, heights["text"][1], "text")
    axes.bar([0, 1], heights["bar"])
    return figure


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("spoilt", "kind"),
    [("line", "a line"), ("marker", "a marker"), ("bar", "a patch"), ("image", "an image"), ("text", "a text")],
)
def test_whatever_is_drawn_must_be_finite(spoilt, kind):
    kinds = {found for found, data in rules.drawn(draw_everything_but(spoilt)) if not np.isfinite(data).all()}
    assert kinds == {kind}


PLANTED = {"L1.001": ["T2.1", "E2.1"], "L1.002": ["T2.1", "D3.4"], "L1.003": ["E2.2"], "L1.004": ["T3.1"]}


@pytest.mark.parametrize(
    ("taught", "lectures", "assignments", "breaches"),
    [
        ({"L1.001"}, {2}, set(), []),
        (set(), {2}, set(), ["L1.001 (T2.1/E2.1) has no cell"]),
        ({"L1.001"}, {2}, {2}, ["L1.003 (E2.2) has no cell"]),
        ({"L1.001", "L1.004"}, {2, 3}, set(), ["L1.002 (T2.1/D3.4) has no cell"]),
        ({"L1.001", "L9.001"}, {2}, set(), ["the tag row:L9.001 names no row of the inventory"]),
    ],
)
def test_a_row_is_due_when_all_the_units_that_teach_it_exist(taught, lectures, assignments, breaches):
    assert rules.coverage(PLANTED, taught, lectures, assignments) == breaches


def test_tags_are_read_from_the_cells():
    cells = [new_markdown_cell("", metadata={"tags": ["row:L1.001", "erratum:X012"]}), new_code_cell("")]
    assert rules.taught_rows([new_notebook(cells=cells)]) == {"L1.001"}
    assert rules.rows_without_cells(PLANTED, {"L1.001"}) == {2: ["L1.002", "L1.003"], 3: ["L1.002", "L1.004"]}
