"""Replace files and folders so that a reader never finds half of one."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def draft_of(path: Path, private: bool = False) -> Iterator[Path]:
    """Give the path of a file to write; it replaces `path` when the block ends well, and is removed otherwise.

    A file that is replaced keeps its mode; with `private`, nobody but its owner can read it.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if private:
            draft.touch(mode=0o600)
        yield draft
        if path.exists() and not private:
            shutil.copymode(path, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def replace_text(path: Path, text: str, private: bool = False) -> None:
    """Write `text` to `path` in UTF-8 so that a reader finds the old file or the new one, never half of one.

    private: whether nobody but its owner may read it.
    """
    with draft_of(path, private) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")


def replace_folder(new: Path, target: Path) -> None:
    """Move the folder `new` to `target`, and remove what was there. Both must be on the same file system."""
    old = new.with_name(f"{new.name}.old")
    if target.exists():
        target.rename(old)
    new.rename(target)
    shutil.rmtree(old, ignore_errors=True)
