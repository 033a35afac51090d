"""Checks may give halves of points, as nbgrader allows, and every program counts them."""

from __future__ import annotations

from support.small_class import WRONG, grade, hand_in, results
from support.tiny_course import NAME, check, command, make_course, master


def halves():
    notebook = master()
    visible, hidden = notebook.cells[2], check("double_check_2", "assert double(1) == 2\nassert double(0) == 0")
    visible.metadata.nbgrader.points, hidden.metadata.nbgrader.points = 0.5, 1.0
    hidden.source = "assert 1 + 1 == 2"
    notebook.cells.append(hidden)
    return notebook


def test_half_points_are_graded_shown_and_exported(tmp_path):
    root = make_course(tmp_path / "course", halves())
    for student, answer in (("ada", None), ("bo", WRONG)):
        hand_in(root, student, halves() if answer is None else answer)
    assert command(root, "generate", NAME).returncode == 0
    printed = grade(root)
    found = results(root)
    assert (found["ada"]["score"], found["ada"]["max_score"]) == (1.5, 1.5)
    assert found["bo"]["score"] == 1.0
    assert "1.5" in printed
    assert command(root, "export", "--to", "grades.csv").returncode == 0
    exported = (root / "grades.csv").read_text()
    assert "1.5" in exported
    assert command(root, "feedback", NAME).returncode == 0
    assert "1.5" in (root / "feedback" / "ada" / NAME / f"{NAME}.html").read_text()
    assert command(root, "report", NAME).returncode == 0
