"""The web edition as a reader without a kernel sees it: with a mouse, by keyboard, narrow, dark, and read aloud."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from support.axe import violations
from support.jupyterlab import SCREENSHOTS
from support.small_site import STEM, build, served, small_course


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    root = small_course(tmp_path_factory.mktemp("site") / "course")
    build(root)
    with served(root / "site") as at:
        yield at


@pytest.fixture(params=["light", "dark"])
def lecture(request, page: Page, address) -> Iterator[Page]:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme=request.param)
    page.goto(f"{address}{STEM}.html")
    yield page
    page.emulate_media(color_scheme="light")


def demonstration(page: Page, number: int):
    figure = page.locator("figure[data-frames]").nth(number)
    figure.scroll_into_view_if_needed()
    expect(figure.locator("label, .stage").first).to_be_visible()
    return figure


def test_a_picture_follows_its_controls_by_keyboard(lecture):
    figure = demonstration(lecture, 1)
    expect(figure.locator("figcaption")).to_have_text("plain: a bar of height 1, one of 0.1, blue.")
    first = figure.locator("img").get_attribute("src")
    figure.get_by_label("height").focus()
    lecture.keyboard.press("ArrowRight")
    expect(figure.locator("figcaption")).to_have_text("plain: a bar of height 2, one of 0.1, blue.")
    assert figure.locator("img").get_attribute("src") != first
    assert figure.locator("img").get_attribute("alt") == "plain: a bar of height 2, one of 0.1, blue."
    figure.get_by_label("in grey").check()
    expect(figure.locator("figcaption")).to_have_text("plain: a bar of height 2, one of 0.1, grey.")
    expect(figure.get_by_text("JupyterLab has all of them")).to_have_count(0)
    lecture.screenshot(path=SCREENSHOTS / "site-lecture.png")


def test_a_vector_is_dragged_without_a_kernel_and_goes_to_the_nearest_place_that_was_drawn(lecture):
    figure = demonstration(lecture, 2)
    tip = figure.get_by_role("slider", name="tip of y")
    expect(figure.locator("figcaption")).to_contain_text("the angle between them is 50 degrees")
    arrow = figure.locator("svg g path").first
    before = arrow.get_attribute("d")
    box = tip.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    lecture.mouse.move(x, y)
    lecture.mouse.down()
    lecture.mouse.move(x + 50, y + 40, steps=5)
    expect(arrow).not_to_have_attribute("d", before or "")
    lecture.mouse.up()
    expect(figure.locator("figcaption")).not_to_contain_text("the angle between them is 50 degrees")
    expect(tip).to_have_attribute("aria-valuetext", re.compile(r"\d+ degrees, length 1.5"))
    picture, parts = figure.locator("img"), figure.locator(".surface svg")
    assert picture.bounding_box() == parts.bounding_box()
    assert (
        picture.evaluate("image => getComputedStyle(image).padding") == "0px"
    )  # else the parts lie beside the picture
    lecture.screenshot(path=SCREENSHOTS / "site-dragged.png")


def test_iterations_are_played_without_a_kernel_to_their_end(lecture):
    figure = demonstration(lecture, 3)
    figure.get_by_role("button", name="One step forward").click()
    expect(figure.locator("figcaption")).not_to_contain_text("a bar of height 0,")
    figure.get_by_label("Speed").select_option("12 per second")
    figure.get_by_role("button", name="Play").click()
    expect(figure.locator("figcaption")).to_contain_text("a bar of height 40,")
    expect(figure.get_by_role("button", name="Play")).to_be_visible()


def test_where_a_combination_was_not_drawn_the_other_controls_go_back_and_the_page_says_so(lecture):
    figure = demonstration(lecture, 0)
    expect(figure.get_by_text("some combinations return the other controls to their start")).to_be_visible()
    height, method = figure.get_by_label("height"), figure.get_by_label("method")
    height.focus()
    lecture.keyboard.press("End")
    expect(figure.locator("figcaption")).to_contain_text("a bar of height 10")
    figure.get_by_label("rate").focus()
    lecture.keyboard.press("Home")
    expect(figure.locator("figcaption")).to_have_text("plain: a bar of height 1, one of 0.0001, blue.")
    assert height.get_attribute("aria-valuetext") == "1"
    method.select_option("Adam")
    expect(figure.locator("figcaption")).to_contain_text("Adam: a bar of height 1")


def test_axe_finds_nothing_wrong(lecture, address):
    for number in range(4):
        demonstration(lecture, number)
    lecture.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    lecture.evaluate("Promise.all(document.getAnimations().map((animation) => animation.finished))")  # code fades in
    assert violations(lecture) == []
    lecture.goto(address)
    assert violations(lecture) == []


@pytest.mark.parametrize("width", [1280, 768, 390])
def test_no_page_scrolls_sideways(page: Page, address, width):
    page.set_viewport_size({"width": width, "height": 800})
    for name in ("index", STEM, "slides", "errata"):
        page.goto(f"{address}{name}.html")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    page.goto(f"{address}{STEM}.html")
    demonstration(page, 0)
    page.screenshot(path=SCREENSHOTS / f"site-{width}.png")


def test_a_picture_is_fetched_when_it_is_looked_at(page: Page, address):
    page.set_viewport_size({"width": 1280, "height": 300})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}{STEM}.html")
    assert not [url for url in asked if url.endswith(("pair-demo.json", "bars-demo.json"))]
    demonstration(page, 1)
    assert [url for url in asked if url.endswith("pair-demo.json")]
    assert all(url.startswith(address) for url in asked)


def test_search_finds_a_lecture(page: Page, address):
    page.goto(f"{address}search.html?q=bars")
    expect(page.get_by_role("link", name="A small lecture").first).to_be_visible()
