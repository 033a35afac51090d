"""The web edition of a course: what its pages have, what they never have, and what is said where it cannot be built."""

from __future__ import annotations

import ast
import gzip
import json
import math
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.small_site import STEM, build, small_course
from support.units import ROOT, UNITS, lecture_cells

from autograder.errors import CourseError
from autograder.web_edition.frames import MOST, combinations, mentioned_in, positions
from autograder.web_edition.settings import Site, read_site
from course_utils.drawing.sliders import Choice, Control, LogSlider, Slider, Toggle

FIRST_PAGE = 300_000  # bytes that the first page may take, pictures aside


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> tuple[Path, list[str]]:
    root = small_course(tmp_path_factory.mktemp("site") / "course")
    return root, build(root)


def page(root: Path, name: str = STEM) -> str:
    return (root / "site" / f"{name}.html").read_text(encoding="utf-8")


def frames(root: Path, cell: str) -> dict[str, Any]:
    return json.loads((root / "site" / "_static" / "frames" / STEM / f"{cell}.json").read_text(encoding="utf-8"))


def test_every_frame_is_a_picture_with_the_description_of_its_positions(built):
    root, _ = built
    shown = frames(root, "pair-demo")
    assert len(shown["frames"]) == 5 * 2
    heights, colours = (control["texts"] for control in shown["controls"])
    for key, (file, width, height, description) in shown["frames"].items():
        i, j = map(int, key.split(","))
        assert description == (
            f"plain: a bar of height {heights[i]}, one of 0.1, {'grey' if colours[j] == 'yes' else 'blue'}."
        )
        picture = (root / "site" / "_static" / "frames" / STEM / file).read_bytes()
        assert picture[:4] == b"RIFF" and picture[8:12] == b"WEBP" and (width, height) == (640, 400)
    assert len({file for file, *_ in shown["frames"].values()}) == 10


def test_the_numbers_that_the_lecture_speaks_of_can_be_looked_at(built):
    height, rate, *_ = frames(built[0], "bars-demo")["controls"]
    assert "2.75" in height["texts"] and "0.001" in rate["texts"]
    assert height["texts"][height["start"]] == "1" and rate["texts"][rate["start"]] == "0.1"


def test_a_point_has_places_all_around_and_its_frames_come_without_what_the_browser_draws(built):
    shown = frames(built[0], "vector-demo")
    [control] = shown["controls"]
    assert control["kind"] == "handle" and len(shown["frames"]) == len(control["values"]) > 12
    assert {round(math.hypot(*place), 6) for place in control["values"]} == {1.5}
    assert shown["exported"] == "innerProduct" and "export function innerProduct" in shown["module"]
    [looks], [axes] = shown["parts"], shown["axes"]
    assert {look["name"] for look in looks} == {"y", "drop", "shadow", "products", "product"}
    assert not any("points" in look for look in looks) and len(axes) == 2
    assert shown["still"][0] != shown["frames"]["0"][0]  # what a page shows first has all parts


def test_iterations_go_from_picture_to_picture(built):
    [control] = frames(built[0], "play-demo")["controls"]
    assert control["browser"]["stops"] == control["values"] and {0, 40} <= set(control["values"])


def test_a_page_has_pictures_formulas_and_folded_code_and_no_kernel(built):
    text = page(built[0])
    assert 'data-frames="_static/frames/01_small/bars-demo.json"' in text and 'loading="lazy"' in text
    assert 'class="katex-html"' in text and "<summary>What you should see</summary>" in text
    assert "holds: 1 = 1" in text and "import os" not in text and "my_function" not in text
    assert "<em>little</em>" in text


def test_links_lead_to_pages_of_the_site(built):
    text = page(built[0])
    assert 'href="slides.html"' in text and "exercise 1.1" in text and "release/" not in text
    assert 'href="01_small.html"' in page(built[0], "slides")


def test_the_first_page_is_small(built):
    folder = built[0] / "site"
    text = page(built[0], "index")
    files = set(re.findall(r'(?:href|src)="(_static/[^"?#]+)', text)) | {"searchindex.js"}
    icons = [path.relative_to(folder) for path in folder.rglob("fa-solid-900.woff2")]
    sizes = {
        name: len(gzip.compress((folder / name).read_bytes())) for name in [*files, *icons] if (folder / name).is_file()
    }
    print({name: size for name, size in sizes.items() if size > 10_000})
    assert icons and "fontawesome.js" not in text
    assert sum(sizes.values()) + len(gzip.compress(text.encode())) < FIRST_PAGE


def test_what_has_not_changed_is_not_drawn_again(built):
    root, told = built
    assert any(line.startswith(f"{STEM}: ") for line in told)
    assert not any("pictures" in line for line in build(root))
    path = root / "notebooks" / f"{STEM}.ipynb"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("draw(3.0)", "draw(3.5)"), encoding="utf-8")
    assert any("pictures" in line for line in build(root))
    assert "a bar of height 3.5" in page(root)
    assert len([*(root / "build" / "site-cache").glob(f"{STEM}-*")]) == 1


def test_a_secret_of_the_course_stops_the_build_before_anything_is_written(tmp_path):
    hidden = "assert a == 1\nassert b == 2\nassert c == 3\nassert d == 4"
    root = small_course(tmp_path / "course", f"a, b, c, d = 1, 2, 3, 4\n{hidden}")
    check = f"### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"
    master = root / "source" / "a" / "a.ipynb"
    master.parent.mkdir(parents=True)
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(check, id="a_check")]), master)
    with pytest.raises(CourseError, match="contains a passage of a hidden test of the cell a_check of source/a"):
        build(root)
    assert not (root / "site").exists()


def test_a_lecture_that_fails_is_named_with_its_cell_and_the_old_site_stays(tmp_path):
    root = small_course(tmp_path / "course", "1 / 0")
    (root / "site").mkdir()
    (root / "site" / "old.html").write_text("old")
    with pytest.raises(
        CourseError, match=r"01_small\.ipynb: the cell further-0 fails \(ZeroDivisionError: division by zero\)"
    ):
        build(root)
    assert (root / "site" / "old.html").read_text() == "old"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("title = ", "is not valid TOML"),
        ('titel = "A"', "sets titel, which is not a setting; there are title, repository"),
        ("branch = 3", "sets branch to 3; write it as text, in quotes"),
    ],
)
def test_settings_that_cannot_be_read_are_one_sentence(tmp_path, text, sentence):
    (tmp_path / "site.toml").write_text(text)
    with pytest.raises(CourseError, match=re.escape(sentence)):
        read_site(tmp_path)


def test_a_repository_gives_links_to_assignments_and_buttons(tmp_path):
    root = small_course(tmp_path / "course")
    (root / "site.toml").write_text(
        'repository = "https://github.com/example/course"\njupyterhub = "https://hub.example"\n'
    )
    build(root)
    text = page(root)
    assert 'href="https://github.com/example/course/blob/student-kit/release/a/a.ipynb"' in text
    for service in ("mybinder.org/v2/gh/example/course/student-kit", "colab.research.google.com/github/example/course"):
        assert service in text
    [hub] = set(re.findall(r'"(https://hub[^"]*)', text))
    assert hub == (
        "https://hub.example/hub/user-redirect/git-pull?repo=https%3A//github.com/example/course"
        "&urlpath=lab/tree/course/notebooks/01_small.ipynb&branch=student-kit"
    )


def test_the_courses_own_settings_are_read():
    assert read_site(ROOT).title == Site().title


def test_numbers_in_prose_are_found_in_their_order():
    text = "At 0.038, after 224 updates, $10^{-6}$ and $10^3$; 2.5. $W_2$, 3x and L1 are none."
    assert mentioned_in(text) == [0.038, 224.0, 1e-6, 1e3, 2.5]


CONTROLS = st.one_of(
    st.builds(Toggle, st.booleans(), st.just("t")),
    st.builds(lambda n: Choice([f"o{i}" for i in range(n)], "c"), st.integers(1, 7)),
    st.builds(lambda n, k: Slider(0, n, k % (n + 1), "s"), st.integers(1, 300), st.integers(0, 300)),
    st.builds(
        lambda n, k: Slider(0.0, n * 0.05, (k % (n + 1)) * 0.05, "s", step=0.05),
        st.integers(1, 300),
        st.integers(0, 300),
    ),
    st.builds(lambda k: LogSlider(-4, 0, -4 + 0.1 * k, "l"), st.integers(0, 40)),
)


@given(st.lists(CONTROLS, min_size=1, max_size=7), st.lists(st.floats(0, 300), max_size=5))
def test_a_demonstration_has_few_frames_the_start_among_them_and_each_control_can_be_moved(controls, mentioned):
    named: dict[str, Control] = {f"c{i}": control for i, control in enumerate(controls)}
    of = positions(named, mentioned)
    drawn = combinations(of)
    start = tuple(its.start for its in of)
    alone = 1 + sum(len(its.values) - 1 for its in of)
    assert drawn[0] == start and len(set(drawn)) == len(drawn) <= max(MOST, alone)
    for i, (its, control) in enumerate(zip(of, controls, strict=True)):
        assert {indices[i] for indices in drawn if indices[:i] + indices[i + 1 :] == start[:i] + start[i + 1 :]} == set(
            range(len(its.values))
        )
        if isinstance(control, Slider):
            assert its.values[its.start] == pytest.approx(control.start) and its.values == sorted(set(its.values))
            assert its.values[0] == control.low and its.values[-1] == pytest.approx(control.high)


@pytest.mark.parametrize("unit", UNITS)
def test_the_lectures_fit_into_the_budget(unit):
    """3,900 frames are 47 MB, at the 12 kB that one takes on average."""
    counts: list[int] = []
    names: dict[str, Any] = {}
    for cell in lecture_cells(unit):
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and ("sliders import" in source or "explore(" in source):
            tree = ast.parse(source)
            imports: list[ast.stmt] = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
            exec(compile(ast.Module(imports, []), unit, "exec"), names)
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "explore":
                    controls = eval(f"dict({', '.join(map(ast.unparse, node.keywords))})", names)
                    counts.append(len(combinations(positions(controls))))
    assert counts and max(counts) <= MOST + 8 and math.fsum(counts) <= 3900 / len(UNITS) * 1.4
