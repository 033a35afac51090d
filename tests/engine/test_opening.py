"""What others have handed in is opened as regular files in folders, and never through a link."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.small_class import grade, hand_in, results
from support.tiny_course import NAME, make_course

from autograder.engine.errors import Refused
from autograder.engine.opening import links_in, open_regular


def test_a_file_is_read_and_a_link_on_the_way_is_refused_by_its_name(tmp_path):
    inside, outside = tmp_path / "course" / "ash", tmp_path / "outside"
    for folder in (inside, outside):
        folder.mkdir(parents=True)
        (folder / "a.txt").write_text("content")
    with open_regular(inside / "a.txt", tmp_path / "course") as file:
        assert file.read() == b"content"
    (inside / "linked").symlink_to(outside)
    (inside / "b.txt").symlink_to(outside / "a.txt")
    os.mkfifo(inside / "pipe")
    for name, words in {
        "linked/a.txt": "ash/linked is a link",
        "b.txt": "ash/b.txt is a link",
        "pipe": "ash/pipe is not a regular file",
    }.items():
        with pytest.raises(Refused, match=f"^{words}$"), open_regular(inside / name, tmp_path / "course"):
            pass
    assert links_in(inside, tmp_path / "course") == ["b.txt", "linked"]
    with pytest.raises(FileNotFoundError), open_regular(inside / "none.txt", tmp_path / "course"):
        pass


def test_the_courses_own_folder_may_be_a_link(tmp_path):
    (tmp_path / "disk" / "ash").mkdir(parents=True)
    (tmp_path / "disk" / "ash" / "a.txt").write_text("content")
    (tmp_path / "submitted").symlink_to(tmp_path / "disk")
    with open_regular(tmp_path / "submitted" / "ash" / "a.txt", tmp_path / "submitted") as file:
        assert file.read() == b"content"


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root can give a file to another user.")
def test_another_users_file_under_a_second_name_is_refused(tmp_path):
    (tmp_path / "ash").mkdir()
    (tmp_path / "theirs.txt").write_text("content")
    (tmp_path / "ash" / "a.txt").hardlink_to(tmp_path / "theirs.txt")
    with open_regular(tmp_path / "ash" / "a.txt", tmp_path) as file:
        assert file.read() == b"content", "a backup may link to files, too"
    os.chown(tmp_path / "ash", 65534, 65534)
    with (
        pytest.raises(Refused, match="a link to a file of another user"),
        open_regular(tmp_path / "ash/a.txt", tmp_path),
    ):
        pass


@pytest.fixture(scope="module")
def linked(tmp_path_factory) -> Path:
    """A graded class: `elm` is honest, the others' folders or files are links."""
    root = make_course(tmp_path_factory.mktemp("links") / "course")
    submitted = root / "submitted"
    hand_in(root, "elm")
    (submitted / "folder").mkdir()
    (submitted / "folder" / NAME).symlink_to(submitted / "elm" / NAME)
    (submitted / "master").mkdir()
    (submitted / "master" / NAME).symlink_to(root / "source" / NAME)
    (submitted / "student").symlink_to(submitted / "elm")
    handed_in = hand_in(root, "file")
    (handed_in / "more").symlink_to(root / "source" / NAME)
    (handed_in / "key.txt").symlink_to(root / ".course_secret")
    (handed_in / ".hidden").symlink_to(root / ".course_secret")
    grade(root)
    return root


@pytest.mark.parametrize(
    ("student", "where"), [("folder", f"folder/{NAME}"), ("master", f"master/{NAME}"), ("student", "student")]
)
def test_a_linked_folder_is_not_graded_as_its_target_and_the_sentence_names_it(linked, student, where):
    result = results(linked)[student]
    assert (result["status"], result["score"]) == ("malformed", None)
    assert result["reason"] == f"{where} is a link, and it was not opened: hand in the notebook itself."
    assert not (linked / "autograded" / student).exists()


def test_links_next_to_a_notebook_are_left_out_and_named(linked):
    result = results(linked)["file"]
    assert (result["status"], result["score"]) == ("graded", 1)
    assert result["remarks"] == [
        "links next to the notebook are not followed, so code found no 'key.txt', 'more'; hand in the files themselves."
    ]
    copied = sorted(path.name for path in (linked / "autograded" / "file" / NAME).rglob("*"))
    assert copied == [f"{NAME}.ipynb", "timestamp.txt"]


def test_a_run_that_resumes_sees_that_a_link_has_come_or_gone(linked):
    (linked / "submitted" / "file" / NAME / "key.txt").unlink()
    assert "3 kept from an earlier run" not in grade(linked, "--resume")
    assert "'more'; hand" in results(linked)["file"]["remarks"][0]
