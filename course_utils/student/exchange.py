"""How students hand in: `nbgrader submit` and the Assignment List of JupyterLab, with a question where one is due.

nbgrader hands in whatever is in the folder of the assignment. These classes, which nbgrader_config.py names, first say
if no answer is written there, or if another copy on this computer has more; who submits again, hands it in as it is.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import textwrap
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Any, NoReturn, cast

from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default import ExchangeList, ExchangeSubmit
from traitlets import Bool

from course_utils.student.submission import UnreadableNotebook, copies, doubts, read_answers, shown

# Characters per line in JupyterLab's dialog, which does not wrap.
DIALOG = 80

AGAIN = "Nothing was handed in. Submit once more if you want to hand it in as it is."


class NotHandedIn(ExchangeError):
    """Nothing was handed in, for a reason that the student can read."""


class CourseSubmit(ExchangeSubmit):
    """Hands in an assignment, but asks first where no answer is written or another copy has more of them."""

    anyway = Bool(False, help="Hand in without a question.").tag(config=True)

    def init_src(self) -> None:
        """Find the folder to hand in. "release/NN_topic/", as a shell completes it, is NN_topic.

        Raises NotHandedIn if there is no such folder.
        """
        self._course.assignment_id = PurePath(self._course.assignment_id).name
        assignment = self._course.assignment_id
        folder = Path(self.assignment_dir, assignment)
        others = copies(Path(self._course.root), assignment)
        elsewhere = [path.parent for path in others if path.parent.name == assignment]
        if not folder.is_dir() and elsewhere:
            self._refuse(f"There is no folder {shown(folder)}; move {shown(elsewhere[0])} there, and submit again.")
        super().init_src()

    def start(self) -> None:
        """Hand in. Raises NotHandedIn, with few calls: a JupyterLab without the course's settings shows them."""
        try:
            super().start()
        except NotHandedIn as error:
            raise error.with_traceback(None) from None

    def copy_files(self) -> None:
        """Hand in, and say how many answers were in it. Raises NotHandedIn where there is a question."""
        assignment = self._course.assignment_id
        notebook = Path(self.src_path, f"{assignment}.ipynb")
        found = doubts(notebook, copies(Path(self._course.root), assignment))
        if found and not self.anyway and self._asks_now(notebook, found):
            self._refuse(*found, AGAIN)
        for sentence in found:
            self.log.warning(sentence)
        super().copy_files()
        with contextlib.suppress(UnreadableNotebook):  # one of the sentences above has said so
            self.log.info(f"Handed in {shown(notebook)}: {read_answers(notebook)}")

    def _asks_now(self, notebook: Path, found: Sequence[str]) -> bool:
        """Return whether the student has not been told `found` about this very notebook yet, and note that they are.

        Where that cannot be noted there is no question, for otherwise it would never end.
        """
        content = notebook.read_bytes() if notebook.is_file() else b""
        asked = hashlib.sha256("\n".join(found).encode() + content).hexdigest()
        note = Path(self.cache_path, f".asked-{self._course.assignment_id}")
        try:
            if note.is_file() and note.read_text() == asked:
                return False
            note.parent.mkdir(parents=True, exist_ok=True)
            note.write_text(asked)
        except OSError:
            return False
        return True

    @property
    def _course(self) -> CourseDirectory:
        return cast(CourseDirectory, self.coursedir)  # which traitlets does not tell a type checker

    def _refuse(self, *sentences: str) -> NoReturn:
        self.log.fatal(" ".join(sentences))
        raise NotHandedIn("\n\n" + "\n\n".join(textwrap.fill(sentence, DIALOG) for sentence in sentences))


class CourseList(ExchangeList):
    """Lists the assignments; one that is in the folder of the assignments counts as fetched."""

    def __init__(self, coursedir: Any = None, authenticator: Any = None, **settings: Any) -> None:
        """Make a list. coursedir, authenticator: nbgrader's.

        The Assignment List of JupyterLab makes one without them, to ask in which folder the settings are; the
        assignments are in another folder than the settings here.
        """
        super().__init__(coursedir=coursedir, authenticator=authenticator, **settings)
        if coursedir is None:
            self.assignment_dir = os.getcwd()  # noqa: PTH109 - traitlets wants text

    def format_outbound_assignment(self, info: dict[str, Any]) -> str:
        """Return the line of a released assignment in `nbgrader list`. info: course_id, assignment_id, status, path."""
        line = f"{info['course_id']} {info['assignment_id']}"
        return f"{line} (already in {shown(Path(info['path']))})" if info["status"] == "fetched" else line
