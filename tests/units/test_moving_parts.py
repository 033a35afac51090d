"""The browser draws a moving part where Python draws it: every demonstration that has a module, at random places."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import nbformat
import numpy as np
import pytest
from support import lecture_rules as rules

from course_utils.drawing.moving import in_browser, module_of, moving, moving_parts, without_moving_parts
from course_utils.drawing.pictures import arrow, finish, new_figure
from course_utils.drawing.sliders import Demo, Handle, Play, Slider
from course_utils.drawing.stage import scene

ROOT = Path(__file__).resolve().parents[2]
# The lectures of the units that have modules for the browser.
UNITS = {path.parent.name for path in (ROOT / "course_utils").glob("*/*.js")}
LECTURES = [path for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")) if path.stem[3:] in UNITS]
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="Node.js is missing: install it (Debian: apt-get install nodejs).")

RUN = """
import { readFileSync } from "node:fs";
const { text, exported, constants, places } = JSON.parse(readFileSync(0, "utf8"));
const module = await import("data:text/javascript," + encodeURIComponent(text));
console.log(JSON.stringify(places.map((values) => module[exported](values, constants))));
"""


def moved_in_node(demo: Demo, places: list[dict]) -> list[dict]:
    """Return what the module of a demonstration says for each of `places`, the values of its controls."""
    text, exported, constants = module_of(demo.draw)
    asked = json.dumps({"text": text, "exported": exported, "constants": constants, "places": places})
    command = [str(NODE), "--input-type=module", "-e", RUN]
    ran = subprocess.run(command, input=asked, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


# The share of a part's points that may differ: an optimizer that jumps about its minimum makes rounding visible.
CHAOTIC = 0.05


def differences(demo: Demo, places: list[dict]) -> list[str]:
    """Return which moving parts the browser would draw elsewhere than Python, by more than half a pixel."""
    found = []
    sent = json.loads(json.dumps(places, default=float))
    for values, moved in zip(places, moved_in_node(demo, sent), strict=True):
        picture = demo.draw(**values)
        shown = scene(picture, values)
        if moved.keys() != {part["name"] for part in shown["parts"]}:
            found.append(f"{demo.draw.__name__}: the names differ: {sorted(moved)}")
            continue
        for part in shown["parts"]:
            axes = picture.figure.axes[part["axes"]]
            ours, theirs = (pixels(axes, points) for points in (part["points"], moved[part["name"]]))
            if ours.shape != theirs.shape or np.mean(np.abs(ours - theirs) > 0.5) > CHAOTIC:
                found.append(f"{demo.draw.__name__}({values}): {part['name']}")
    return found


def pixels(axes, points) -> np.ndarray:
    """Return places in pixels, (n, 2); what is far outside the axes is as good as what is farther outside."""
    data = np.array([[np.nan, np.nan] if point is None else point for point in points], dtype=float)
    return np.nan_to_num(np.clip(axes.transData.transform(data), -2000, 4000), nan=-9999).reshape(-1, 2)


@needs_node
@pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)
@pytest.mark.proof("notebooks/{unit}.ipynb")
def test_the_browser_draws_moving_parts_where_python_draws_them(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    rng, found = np.random.default_rng(1), []
    for demo in rules.demonstrations(nbformat.read(path, as_version=4)):
        if module_of(demo.draw)[0]:
            found += differences(demo, [demo.sample(rng) for _ in range(8)])
    assert found == []


# --- planted: a module that differs ----------------------------------------------------------------------------------


def demo_with(tmp_path: Path, source: str) -> Demo:
    (tmp_path / "module.js").write_text(source)

    def draw(tip: tuple[float, float]):
        figure, axes = new_figure()
        arrow(axes, tip, "black", gid=moving("tip"))
        axes.set(xlim=(-2, 2), ylim=(-2, 2), title="an arrow", xlabel="x", ylabel="y")
        return finish(figure, f"An arrow from 0 to the point ({tip[0]}, {tip[1]})")

    vars(draw)["in_browser"] = (tmp_path / "module.js", "arrow", dict)
    return Demo(draw, {"tip": Handle((1.0, 1.0), "tip")})


@needs_node
@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("({ tip: [[0, 0], tip] })", []),
        ("({ tip: [[0, 0], [tip[1], tip[0]]] })", ["draw({'tip': [0.3, -0.7]}): tip"]),
        ("({ tip: [tip] })", ["draw({'tip': [0.3, -0.7]}): tip"]),
        ("({ top: [[0, 0], tip] })", ["draw: the names differ: ['top']"]),
    ],
)
def test_a_module_that_draws_something_else_is_found(body, found, tmp_path):
    demo = demo_with(tmp_path, f"export const arrow = ({{ tip }}) => {body};")
    assert differences(demo, [{"tip": [0.3, -0.7]}]) == found


# --- what the browser gets -------------------------------------------------------------------------------------------


def test_a_live_picture_comes_without_its_moving_parts_and_keeps_them_afterwards():
    figure, axes = new_figure()
    arrow(axes, (1, 1), "black", gid=moving("tip"))
    axes.set(xlim=(-2, 2), ylim=(-2, 2))
    picture = finish(figure, "An arrow from 0 to (1, 1)")
    whole = picture.png()
    with without_moving_parts(figure):
        assert picture.png() != whole
    assert picture.png() == whole
    [part] = moving_parts(figure)
    assert (part["name"], part["kind"], part["points"]) == ("tip", "arrow", [[0.0, 0.0], [1.0, 1.0]])


def test_an_artist_that_the_browser_cannot_draw_is_refused():
    figure, axes = new_figure()
    axes.scatter([0], [0], gid=moving("dots"))
    with pytest.raises(TypeError, match="PathCollection cannot be a moving part"):
        moving_parts(figure)


def test_the_module_of_a_drawing_function_is_read_next_to_it():
    marked = in_browser("test_moving_parts.py", "name", lambda: {"a": np.arange(2)})(lambda: None)
    text, exported, constants = module_of(marked)
    assert text == Path(__file__).read_text(encoding="utf-8")
    assert (exported, constants) == ("name", {"a": [0, 1]})
    assert module_of(print) == ("", "", {})


# --- controls --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("handle", "place", "nearest"),
    [
        (Handle((0, 0), "free"), (0.33, -7.0), (0.3, -1.0)),
        (Handle((0, 0), "on a line", y=(0.5, 0.5)), (0.33, -7.0), (0.3, 0.5)),
        (Handle((1, 0), "on a circle", radius=(2, 2), turn=90), (0.1, 3.0), (0.0, 2.0)),
        (Handle((1, 0), "around", radius=(0.5, 3), turn=90), (0.0, -0.1), (0.0, -0.5)),
    ],
    ids=lambda value: getattr(value, "label", ""),
)
def test_a_handle_goes_to_the_nearest_place_where_it_may_be(handle, place, nearest):
    assert np.allclose(handle.nearest(place), nearest)
    for value in (handle.start, *handle.corners(), *(handle.sample(np.random.default_rng(i)) for i in range(5))):
        assert np.allclose(handle.nearest(value), value)


def test_iterations_are_whole_numbers_where_their_limits_are():
    play = Play(0, 600, 300, "step", step=20)
    values = [play.nearest(311.0), *(play.sample(np.random.default_rng(i)) for i in range(5))]
    assert values[0] == 320 and all(isinstance(value, int) and value % 20 == 0 for value in values)
    assert Play(0.0, 1.0, 0.5, "share", step=0.25).nearest(0.6) == 0.5


def test_a_picture_that_cannot_be_drawn_is_an_answer_so_that_the_view_may_ask_again():
    def draw(step: int, height: float):
        figure, axes = new_figure()
        axes.plot([0, 1 / (3 - step)])
        return finish(figure, f"A line for step {step} that ends at {1 / (3 - step)} and has height {height}")

    demo = Demo(draw, {"step": Play(0, 3, 0, "step"), "height": Slider(0, 1, 0, "height")})
    stage = demo._stage
    stage._handle_custom_msg({"values": {"step": 2}, "number": "view:1"}, [])
    assert (demo.values, stage.scene["answered"]) == ({"step": 2, "height": 0}, "view:1")
    before = stage.scene["png"]
    stage._handle_custom_msg({"values": {"step": 3}, "number": "view:2"}, [])
    assert (stage.scene["answered"], stage.scene["png"]) == ("view:2", before)
