"""What a student and an instructor see, in a real browser."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from rich.console import Console
from support.jupyterlab import ROOT, RUNNING, SCREENSHOTS, TOKEN, jupyterlab, menu, open_notebook
from support.ridge import RIDGE_FIT

from autograder.operations.demo import demo
from course_utils.check.live_hints import NUDGE

LECTURE = "notebooks/02_pca_least_squares.ipynb"
ASSIGNMENT = "release/02_pca_least_squares/02_pca_least_squares.ipynb"

RIDGE = (
    """\
def ridge(A, b, lam):
    return np.linalg.solve(A.T @ A + {lam} * np.eye(A.shape[1]), A.T @ b)"""
    + RIDGE_FIT
)
COVARIANCE = """\
def covariance(X, k, ddof=1):
    centred = X - k @ X / k.sum()
    return centred.T @ (k[:, None] * centred) / (k.sum() - ddof)"""
NOT_CENTRED = "    return X.T @ (k[:, None] * X) / (k.sum() - ddof)"


@pytest.fixture(scope="module")
def students_lab(tmp_path_factory):
    """JupyterLab on a student's copy of the course."""
    folder = tmp_path_factory.mktemp("student")
    for name in ("notebooks", "release"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    with jupyterlab(folder, folder / "jupyterlab.log") as address:
        yield address


@pytest.fixture(scope="module")
def instructors_lab(tmp_path_factory):
    """JupyterLab on a demo course after the class was graded."""
    folder = tmp_path_factory.mktemp("demo") / "class"
    demo(ROOT, folder, Console(quiet=True), only=["02_pca_least_squares"])
    with jupyterlab(folder, tmp_path_factory.mktemp("log") / "jupyterlab.log") as address:
        yield address


def test_a_student_runs_the_lecture_and_moves_a_slider(page: Page, students_lab):
    open_notebook(page, students_lab, LECTURE)
    run_all(page)
    assert page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    demo = page.locator(".jp-OutputArea-output:has(.widget-slider):has(img)").first
    scroll_to(page, demo)
    picture, caption = demo.locator("img").first, demo.locator("figcaption").first
    before = picture.get_attribute("src"), caption.inner_text()
    assert picture.get_attribute("alt") == caption.inner_text()
    page.screenshot(path=SCREENSHOTS / "lecture-before.png")
    drag(page, demo.locator(".noUi-handle").first, by=80)
    expect(caption).not_to_have_text(before[1])
    # A drag passes through several values, and picture and caption are two messages to the browser for each.
    wait_until(page, lambda: picture.get_attribute("alt") == caption.inner_text())
    assert picture.get_attribute("src") != before[0]
    page.screenshot(path=SCREENSHOTS / "lecture-after-the-slider.png")


def test_a_student_runs_the_untouched_assignment_and_validates_it(page: Page, students_lab):
    open_notebook(page, students_lab, ASSIGNMENT)
    run_all(page)
    failed = page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']").first
    scroll_to(page, failed)
    expect(failed).to_contain_text("`orthonormal_basis` is not implemented yet")
    assert "Traceback" not in failed.inner_text()
    page.screenshot(path=SCREENSHOTS / "assignment-untouched.png")

    page.locator(".jp-NotebookPanel-toolbar").get_by_text("Validate", exact=True).click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("The following cell failed", timeout=120_000)
    expect(dialog).to_contain_text("is not implemented yet")
    page.screenshot(path=SCREENSHOTS / "assignment-validated.png")
    dialog.locator("button").last.click()


def test_a_student_types_a_usual_mistake_and_reads_its_hint_step_by_step(page: Page, students_lab):
    open_notebook(page, students_lab, ASSIGNMENT)
    run_all(page)
    answer = page.locator(".jp-CodeCell").filter(has_text="def covariance(X")
    type_into(page, answer, f"def covariance(X, k, ddof=1):\n{NOT_CENTRED}")
    page.keyboard.press("Shift+Enter")
    said = page.locator(".jp-CodeCell.jp-mod-selected .jp-OutputArea-output")
    page.keyboard.press("Control+Enter")
    expect(said).to_contain_text(NUDGE)
    page.keyboard.press("Control+Enter")  # an unchanged answer gets no more help
    expect(said).to_contain_text(NUDGE)
    for line, help_text in (
        ("    S = X.T @ X\n", "“not centred”"),
        ("    n, d = X.shape\n", "To read again: CS7150-L1"),
    ):
        type_into(page, answer, f"def covariance(X, k, ddof=1):\n{line}{NOT_CENTRED}")
        page.keyboard.press("Shift+Enter")
        page.keyboard.press("Control+Enter")
        expect(said).to_contain_text(help_text)
    expect(said).to_contain_text("`covariance(array (6, 2), array (6,))` has wrong values")
    page.screenshot(path=SCREENSHOTS / "assignment-hint.png")


def test_the_picture_below_a_check_changes_when_a_repaired_answer_passes(page: Page, students_lab):
    """Nobody runs the cell of the picture again."""
    open_notebook(page, students_lab, ASSIGNMENT)
    run_all(page)
    answer = page.locator(".jp-CodeCell").filter(has_text="def ridge(A")
    picture = page.locator(".jp-CodeCell").filter(has_text="yours.ridge_coefficients(ridge)").locator("img")
    passed = RIDGE.format(lam="lam")

    def answer_and_check(source: str) -> Locator:
        type_into(page, answer, source)
        page.keyboard.press("Shift+Enter")
        page.keyboard.press("Control+Enter")
        expect(page.locator(RUNNING)).to_have_count(0)
        return page.locator(".jp-CodeCell.jp-mod-selected .jp-OutputArea-output")

    expect(answer_and_check(RIDGE.format(lam="100 * lam"))).to_contain_text("`ridge(")
    scroll_to(page, page.locator(".jp-CodeCell").filter(has_text="yours.ridge_coefficients(ridge)"))
    page.locator(".jp-CodeCell").filter(has_text="yours.ridge_coefficients(ridge)").locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(picture).to_have_count(1)
    wrong = picture.get_attribute("src")
    page.screenshot(path=SCREENSHOTS / "picture-of-a-wrong-answer.png")

    said = answer_and_check(passed)
    expect(said.filter(has_text="`ridge(")).to_have_count(0)
    scroll_to(page, picture)
    expect(picture).not_to_have_attribute("src", wrong or "")
    page.screenshot(path=SCREENSHOTS / "picture-of-the-right-answer.png")


def test_a_student_who_passes_reads_so_and_opens_the_explanation_with_its_formulas(page: Page, students_lab):
    open_notebook(page, students_lab, ASSIGNMENT)
    run_all(page)
    answer = page.locator(".jp-CodeCell").filter(has_text="def covariance(X")
    type_into(page, answer, COVARIANCE)
    for _ in range(3):
        page.keyboard.press("Shift+Enter")
    cells = page.locator(".jp-CodeCell", has_text="check.").filter(has_text="covariance")
    expect(cells.filter(has_text="Passed: `covariance`, check 1 of 2.")).to_have_count(1)
    whole = cells.filter(has_text="Passed: `covariance`, visible cases. The hidden cases will try:")
    explanation = whole.locator("details")
    formula = explanation.locator("mjx-container").first
    expect(formula).to_be_hidden()
    explanation.locator("summary").click()
    expect(formula).to_be_visible()
    page.screenshot(path=SCREENSHOTS / "assignment-passed.png")


def test_an_instructor_sees_the_graded_class_in_formgrader(page: Page, instructors_lab):
    page.goto(f"{instructors_lab}/lab?token={TOKEN}")
    menu(page, "Nbgrader", "Formgrader")
    frame = page.frame_locator("iframe").first
    expect(frame.locator("body")).to_contain_text("02_pca_least_squares")
    page.screenshot(path=SCREENSHOTS / "formgrader-in-jupyterlab.png")

    page.goto(f"{instructors_lab}/formgrader/manage_submissions/02_pca_least_squares?token={TOKEN}")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(14)
    expect(rows.filter(has_text="ash")).to_contain_text("50 / 50")
    expect(rows.filter(has_text="maple")).to_contain_text("0 / 50")
    expect(rows.filter(has_text="willow")).to_contain_text("needs autograding")
    page.screenshot(path=SCREENSHOTS / "formgrader-submissions.png", full_page=True)


def test_formgrader_hides_names_while_one_grades(page: Page, instructors_lab):
    page.goto(f"{instructors_lab}/lab?token={TOKEN}")  # formgrader's pages ask with a cookie, which this sets
    page.goto(f"{instructors_lab}/formgrader/gradebook/02_pca_least_squares/02_pca_least_squares?token={TOKEN}")
    first = page.locator("tbody tr").filter(has_text="Submission #1").first
    expect(first).to_be_visible()
    shown = page.locator("tbody").inner_text()
    assert not [name for name in ("ash", "maple", "oak") if name in shown.split()]
    first.get_by_text("Submission #1", exact=True).click()
    expect(page.get_by_text("Submission #1", exact=False).first).to_be_visible()
    expect(page.locator("span.name-shown").first).to_be_hidden()  # by a script, once the page has come
    expect(page.locator("span.name-hidden").first).to_be_visible()
    page.screenshot(path=SCREENSHOTS / "formgrader-anonymous.png")


def run_all(page: Page) -> None:
    menu(page, "Run", "Run All Cells")
    page.wait_for_timeout(500)
    expect(page.locator(RUNNING)).to_have_count(0, timeout=180_000)
    page.wait_for_timeout(1000)


def type_into(page: Page, cell: Locator, source: str) -> None:
    """Replace the source of a cell."""
    scroll_to(page, cell)
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(source)


def scroll_to(page: Page, target: Locator) -> None:
    """Turn the wheel until `target` is there: JupyterLab makes a cell's output only when it comes into view."""
    page.locator(".jp-WindowedPanel-outer").hover()
    page.mouse.wheel(0, -100_000)
    for _ in range(80):
        if target.count():
            break
        page.mouse.wheel(0, 400)
        page.wait_for_timeout(150)
    target.scroll_into_view_if_needed(timeout=10_000)


def wait_until(page: Page, holds: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until what is shown has come to rest in a state that `holds`."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not so within {seconds:g} s"
        page.wait_for_timeout(50)


def drag(page: Page, handle, by: int) -> None:
    """Move a slider's handle by so many pixels, as a hand does."""
    box = handle.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by, y, steps=8)
    page.mouse.up()
