"""Hand in a unit and wait for what the grader says, in a terminal or by a button in the notebook.

    python -m course_utils.submit NN_topic

    from course_utils import submit
    submit.button()

It hands in by nbgrader, with the questions that `course_utils.student.exchange` asks. Where a watcher is at work, it
leaves a receipt in the exchange beside the page; the name of both is a hash of the submission's secret, so nobody else
finds them.
"""

from __future__ import annotations

import contextlib
import html
import logging
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from course_utils.student.kernel import shell_of_this_kernel
from course_utils.student.notes import dict_in
from course_utils.student.submission import WORK, UnreadableNotebook, read_answers, shown

ROOT = Path(__file__).parents[2]

# What the watcher writes now and then while it is at work. After so many seconds without that, nobody grades.
HEARTBEAT, SILENT_SECONDS = "watching.json", 30.0

# How often the exchange is looked at, and for how long at most.
LOOK_SECONDS, MOST_SECONDS = 0.3, 300.0


class NotSubmitted(Exception):
    """Nothing was handed in, for a reason that the student can read."""


@dataclass(frozen=True)
class Submitted:
    """A submission in the exchange. time: as nbgrader wrote it. folder: in the exchange's inbound folder.

    feedback: the exchange's folder of feedback. key: the name of page and receipt in it.
    """

    unit: str
    time: str
    folder: Path
    feedback: Path
    key: str


def submit(unit: str, tell: Callable[[str], None], root: Path = ROOT, most_seconds: float = MOST_SECONDS) -> None:
    """Hand in a unit, and wait until it is graded or it is known that this takes longer. tell: shows one line.

    Raises NotSubmitted where nothing was handed in.
    """
    unit = PurePath(unit).name
    notebook = root / WORK / unit / f"{unit}.ipynb"
    if not notebook.parent.is_dir():
        raise NotSubmitted(f"there is no folder {shown(notebook.parent)}; name a unit, as in 02_pca_least_squares.")
    submitted = hand_in(root, unit)
    with contextlib.suppress(UnreadableNotebook, OSError):
        minutes = (time.time() - notebook.stat().st_mtime) / 60
        when = f"{minutes:.0f} min ago" if minutes >= 1 else "just now"
        tell(f"Handed in {shown(notebook)}, saved {when}: {read_answers(notebook)}")
    for line in outcome(submitted, notebook.parent, most_seconds):
        tell(line)


def hand_in(root: Path, unit: str) -> Submitted:
    """Hand in `release/UNIT/` by nbgrader, with the settings that the command `nbgrader` has in `root`.

    Raises NotSubmitted.
    """
    from nbgrader.apps.baseapp import NbGrader
    from nbgrader.auth import Authenticator
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange import ExchangeError, ExchangeFactory
    from nbgrader.utils import notebook_hash

    try:
        with contextlib.chdir(root), _quiet():
            app = NbGrader()
            app.load_config_file()
            config = app.config
            config.CourseDirectory.assignment_id = unit
            course, who = CourseDirectory(config=config), Authenticator(config=config)
            exchange: Any = ExchangeFactory(config=config).Submit(coursedir=course, authenticator=who, config=config)
            exchange.start()
    except ExchangeError as error:
        raise NotSubmitted(str(error).strip()) from None
    except SystemExit as refusal:  # nbgrader_config.py, with a sentence of its own
        raise NotSubmitted(str(refusal.code).removeprefix("error: ")) from None
    except (OSError, RuntimeError) as error:
        raise NotSubmitted(f"nothing was handed in: {error}.") from None
    name = exchange.assignment_filename
    copy = Path(exchange.cache_path, name.rsplit("+", 1)[0] if exchange.add_random_string else name)
    secret = (copy / "submission_secret.txt").read_text(encoding="utf-8")
    key = notebook_hash(secret=secret, notebook_id=unit)
    feedback = Path(exchange.root, course.course_id, "feedback")
    return Submitted(unit, exchange.timestamp, Path(exchange.inbound_path, name), feedback, key)


def outcome(submitted: Submitted, work: Path, most_seconds: float = MOST_SECONDS) -> Iterator[str]:
    """Yield what becomes of a submission, a line each time that there is news. work: the student's folder of the unit.

    The page, when it is there, is put where `nbgrader fetch_feedback` puts it.
    """
    began, said = time.monotonic(), ""
    beats = _Heartbeat(submitted)
    later = (
        f"Fetch the page later: *Fetch Feedback* in the Assignment List, or `nbgrader fetch_feedback {submitted.unit}`."
    )
    while time.monotonic() - began < most_seconds:
        receipt = dict_in(submitted.feedback / f"{submitted.key}.json")
        text = str(receipt.get("text", ""))
        if receipt.get("is_final"):
            yield f"{text[:1].upper()}{text[1:]}{_page(submitted, work, receipt)}"
            if receipt.get("state") == "waiting":
                yield later
            return
        if not beats.is_alive():
            yield f"Received; nobody is grading now, so it is graded later. {later}"
            return
        waiting = beats.waiting
        news = text or (f"in the queue, with {waiting} waiting" if waiting > 1 else "waiting for the grader")
        if news != said:
            said = news
            yield f"{news[:1].upper()}{news[1:]} ..."
        time.sleep(LOOK_SECONDS)
    yield f"Still in the queue after {most_seconds:.0f} s. {later}"


class _Heartbeat:
    """Says whether somebody grades a unit: whether the watcher's file is new, by the clock of the exchange itself."""

    def __init__(self, submitted: Submitted) -> None:
        self._path, self._unit = submitted.feedback / HEARTBEAT, submitted.unit
        self._submitted_at = submitted.folder.stat().st_mtime
        self._changed, self._changed_at = 0.0, time.monotonic()
        self.waiting = 0

    def is_alive(self) -> bool:
        try:
            changed = self._path.stat().st_mtime
        except OSError:
            changed = 0.0
        about = dict_in(self._path)
        self.waiting = int(about.get("waiting", 0))
        if about.get("assignments") and self._unit not in about["assignments"]:
            return False
        if changed != self._changed and changed > self._submitted_at - SILENT_SECONDS:
            self._changed, self._changed_at = changed, time.monotonic()
        if not about and time.monotonic() - self._changed_at > LOOK_SECONDS * 4:
            return False  # it has never been there, or the watcher has ended and taken it away
        return time.monotonic() - self._changed_at < SILENT_SECONDS


def button(unit: str | None = None) -> None:
    """Show a button that hands in the unit of this notebook, with what becomes of it below. Save the notebook first.

    unit: its name; None: of the folder of the notebook. In grading there is no button.
    """
    if shell_of_this_kernel() is None:
        return
    from threading import Thread

    from IPython.display import display
    from ipywidgets import HTML, Button, Layout, VBox

    name = unit or Path.cwd().name
    press, news = Button(description=f"Submit {name}", layout=Layout(width="auto")), HTML()

    def run() -> None:
        lines: list[str] = []
        command = [sys.executable, "-m", "course_utils.submit", name]
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        }
        with subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            for line in process.stdout or ():
                if lines and lines[-1].rstrip().endswith("..."):
                    lines.pop()
                lines.append(line)
                news.value = f"<div role='status'>{'<br>'.join(map(html.escape, lines))}</div>"
        press.disabled = False

    def pressed(_: Any) -> None:
        press.disabled = True
        news.value = "<div role='status'>Handing in ...</div>"
        Thread(target=run, daemon=True).start()

    press.on_click(pressed)
    display(VBox([press, news]))


def main() -> int:
    """Hand in the unit in the arguments; return 1 where nothing was handed in."""
    words = sys.argv[1:]
    if len(words) != 1:
        print("error: name one unit, as in python -m course_utils.submit NN_topic.", file=sys.stderr)
        return 2
    try:
        submit(words[0], lambda line: print(line, flush=True))
    except NotSubmitted as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Handed in, or not yet; `nbgrader list --cached` says which.", file=sys.stderr)
        return 130
    return 0


def _page(submitted: Submitted, work: Path, receipt: dict[str, Any]) -> str:
    """Put the page into the student's folder; return where it is, to go on after what the receipt says."""
    if not receipt.get("has_page"):
        return "."
    target = work / "feedback" / submitted.time / f"{submitted.unit}.html"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(submitted.feedback / f"{submitted.key}.html", target)
    except OSError as error:
        return f"; the page cannot be copied ({error.strerror})."
    return f": {shown(target)}"


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep nbgrader's log off the screen; what goes wrong is in the error that it raises."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
