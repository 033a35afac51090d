"""Points that are dragged and iterations that are played, in JupyterLab: by mouse, by touch and by keyboard.

`pytest -s` prints how many times per second a vector moved while it was dragged.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from support.axe import violations
from support.jupyterlab import RUNNING, SCREENSHOTS, jupyterlab, menu, open_notebook

from course_utils.drawing.sliders import Handle
from course_utils.linear_algebra import vectors

VECTOR = """
from course_utils.drawing.sliders import Handle, Play, Slider, explore
from course_utils.linear_algebra import vectors
explore(vectors.draw_inner_product, y=Handle((0.5, 1.4), "tip of y", radius=(0.5, 3.0), turn=5))
"""
ITERATIONS = """
import time
from course_utils.drawing.pictures import finish, new_figure
drawn = []
def draw(step, height):
    drawn.append(step)
    figure, axes = new_figure(size=(6, 2.5))
    axes.plot([0, step], [0, height], "o")
    axes.set(xlim=(0, 50), ylim=(0, 3), title="iterations", xlabel="step", ylabel="height")
    return finish(figure, f"Two points; the second is at step {step} and has the height {height}.")
explore(draw, step=Play(0, 40, 0, "step"), height=Slider(0, 3, 1, "height"))
"""
COUNT = "print(len(drawn), 'drawn,', drawn[-1], 'was the last')"

# How many frames of the next milliseconds show the vector at another place than the frame before.
FRAMES = """(milliseconds) => new Promise((done) => {
    const arrow = [...document.querySelectorAll(".stage svg path")].filter((path) => path.getAttribute("d"));
    const now = () => arrow.map((path) => path.getAttribute("d")).join();
    let last = now(), moved = 0, first = performance.now();
    const look = (time) => {
        if (now() !== last) moved += 1;
        last = now();
        time - first < milliseconds ? requestAnimationFrame(look) : done((1000 * moved) / (time - first));
    };
    requestAnimationFrame(look);
})"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("course")
    cells = [new_code_cell(source.strip()) for source in (VECTOR, ITERATIONS, COUNT)]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(new_notebook(cells=cells, metadata=metadata), folder / "hands.ipynb")
    with jupyterlab(folder, folder / "jupyterlab.log") as address:
        yield address


@pytest.fixture
def notebook(page: Page, lab) -> Page:
    page.set_viewport_size({"width": 1280, "height": 1400})
    open_notebook(page, lab, "hands.ipynb")
    menu(page, "Run", "Run All Cells")
    expect(page.locator(".stage img")).to_have_count(2, timeout=60_000)
    expect(page.locator(RUNNING)).to_have_count(0)
    return page


def caption(page: Page, number: int) -> Locator:
    return page.locator(".stage figcaption").nth(number)


def middle(target: Locator) -> tuple[float, float]:
    box = target.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_vector_is_dragged_by_its_tip_and_everything_follows(notebook):
    tip = notebook.get_by_role("slider", name="tip of y")
    before = notebook.locator(".stage img").first.get_attribute("src")
    x, y = middle(tip)
    notebook.mouse.move(x, y)
    notebook.mouse.down()
    notebook.mouse.move(x + 60, y + 20, steps=6)
    notebook.screenshot(path=SCREENSHOTS / "handle-held.png")
    notebook.mouse.up()
    expect(caption(notebook, 0)).not_to_contain_text("the angle between them is 50 degrees")
    expect(notebook.locator(".stage img").first).not_to_have_attribute("src", before or "")
    assert all(abs(a - b) < 8 for a, b in zip(middle(tip), (x + 60, y + 20), strict=True))
    assert re.fullmatch(r"\d+ degrees, length [\d.]+", tip.get_attribute("aria-valuetext") or "")


def test_the_moving_parts_are_to_be_seen_as_in_the_saved_picture(notebook):
    live = notebook.locator(".stage .surface").first
    saved = vectors.draw_inner_product(Handle((0.5, 1.4), "y", radius=(0.5, 3.0), turn=5).start).png()
    for colour in ((238, 188, 76), (0, 114, 178)):  # the shadow of y, and y
        shown, wanted = (count(Image.open(io.BytesIO(png)), colour) for png in (live.screenshot(), saved))
        assert 0.6 * wanted < shown < 1.4 * wanted


def count(image: Image.Image, colour: tuple[int, int, int]) -> float:
    """Return the share of an image that has nearly this colour."""
    return float((np.abs(np.asarray(image.convert("RGB")).astype(int) - colour).max(axis=-1) < 12).mean())


def test_a_finger_drags_it_too_and_the_page_does_not_scroll(notebook):
    tip = notebook.get_by_role("slider", name="tip of y")
    x, y = middle(tip)
    touch = notebook.context.new_cdp_session(notebook)
    notebook.locator(".stage").first.evaluate("stage => stage.scrollIntoView()")
    x, y = middle(tip)
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 9):
        points = [{"x": x + 5 * step, "y": y + 5 * step}]
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    expect(caption(notebook, 0)).not_to_contain_text("the angle between them is 50 degrees")
    assert all(abs(a - b) < 8 for a, b in zip(middle(tip), (x + 40, y + 40), strict=True))


def test_the_arrow_keys_move_it_one_step_and_with_shift_ten(notebook):
    tip = notebook.get_by_role("slider", name="tip of y")
    tip.focus()
    notebook.keyboard.press("ArrowLeft")
    expect(caption(notebook, 0)).to_contain_text("the angle between them is 55 degrees")
    expect(tip).to_have_attribute("aria-valuetext", "75 degrees, length 1.5")
    notebook.keyboard.press("ArrowUp")
    expect(caption(notebook, 0)).to_contain_text("y has length 1.60")
    notebook.keyboard.press("Shift+ArrowRight")
    expect(caption(notebook, 0)).to_contain_text("the angle between them is 5 degrees")
    expect(tip).to_be_focused()  # JupyterLab has not gone to another cell


def test_the_moving_parts_follow_the_pointer_without_waiting_for_python(notebook):
    tip = notebook.get_by_role("slider", name="tip of y")
    x, y = middle(tip)
    notebook.mouse.move(x, y)
    notebook.mouse.down()
    notebook.evaluate(f"void (window.counted = ({FRAMES})(1500))")
    for step in range(150):
        notebook.mouse.move(x + 40 * (step % 20) / 20, y + 0.8 * step)
    frames = notebook.evaluate("window.counted")
    notebook.mouse.up()
    print(f"\nwhile it was dragged, the vector moved {frames:.0f} times per second", end="")
    assert frames > 0


def test_iterations_are_played_paused_and_stepped(notebook):
    player = notebook.get_by_role("group", name="step")
    player.get_by_role("button", name="One step forward").click()
    expect(caption(notebook, 1)).to_contain_text("at step 1 ")
    player.get_by_role("button", name="Play").click()
    expect(caption(notebook, 1)).to_contain_text(re.compile(r"at step [5-9] "))
    notebook.screenshot(path=SCREENSHOTS / "playing.png")
    player.get_by_role("button", name="Pause").click()
    notebook.wait_for_timeout(500)
    rested = caption(notebook, 1).inner_text()
    notebook.wait_for_timeout(1000)
    assert caption(notebook, 1).inner_text() == rested
    player.get_by_role("button", name="One step back").click()
    expect(caption(notebook, 1)).not_to_have_text(rested)


def test_another_control_keeps_what_was_dragged_or_played(notebook):
    player = notebook.get_by_role("group", name="step")
    player.get_by_role("button", name="One step forward").click()
    expect(caption(notebook, 1)).to_contain_text("at step 1 and has the height 1.")
    notebook.locator(".noUi-handle").first.focus()
    notebook.keyboard.press("ArrowRight")
    expect(caption(notebook, 1)).to_contain_text("at step 1 and has the height 2.")


def test_nothing_is_played_any_more_when_the_cell_is_gone(notebook):
    notebook.get_by_role("group", name="step").get_by_role("button", name="Play").click()
    expect(caption(notebook, 1)).to_contain_text(re.compile(r"at step [3-9] "))
    notebook.locator(".jp-CodeCell").nth(1).locator(".jp-InputPrompt").click()
    notebook.keyboard.press("d")
    notebook.keyboard.press("d")
    expect(notebook.locator(".stage")).to_have_count(1)
    counts = []
    for _ in range(2):
        notebook.wait_for_timeout(1000)
        last = notebook.locator(".jp-CodeCell").last
        last.locator(".jp-InputPrompt").click()
        notebook.keyboard.press("Control+Enter")
        expect(last.locator(".jp-OutputArea-output")).to_contain_text("drawn,")
        expect(notebook.locator(RUNNING)).to_have_count(0)
        counts.append(last.locator(".jp-OutputArea-output").inner_text())
    assert counts[0] == counts[1]


@pytest.mark.parametrize("width", [1280, 390])
def test_demonstrations_fit_and_can_be_read_aloud(notebook, width):
    notebook.set_viewport_size({"width": width, "height": 1400})
    if width == 390:
        notebook.keyboard.press("Control+b")
    notebook.wait_for_timeout(1000)
    notebook.screenshot(path=SCREENSHOTS / f"handles-{width}.png")
    for stage in notebook.locator(".stage").all():
        assert stage.evaluate("stage => stage.scrollWidth <= stage.clientWidth + 1")
    assert [violation for violation in violations(notebook) if ".stage" in str(violation)] == []
