"""Give students their pages and receipts, and the course and its gradebook the attempt that counts."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from functools import partial

from autograder.engine.results import Result
from autograder.feedback.page import Page, render
from autograder.feedback.write import NO_PAGE
from autograder.sentences import first_line
from autograder.watching import records
from autograder.watching.attempts import Attempt, State
from autograder.watching.context import Context
from autograder.watching.page import AttemptPage, attempt_page
from autograder.watching.receipts import receipt, slot_shown
from autograder.watching.settings import version_of_assignment, version_of_settings
from autograder.watching.troubles import sentence_of

# Attempts that one transaction records, and pages that are made before results are looked at again.
BATCH, PAGES = 50, 1


class Delivery:
    """Publishes attempts and records those that count. database: the one thread that talks to the gradebook."""

    def __init__(self, context: Context, database: Executor) -> None:
        self._context, self._database = context, database
        self._gradebook = records.GradebookWriter(context.root)
        self._to_publish: dict[str, Attempt] = {}
        self._to_record: dict[str, Attempt] = {}
        self._recording: tuple[Future[None], list[Attempt]] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether something is left to do."""
        return bool(self._to_publish or self._to_record or self._recording)

    @property
    def has_pages(self) -> bool:
        """Whether a page can be written at once."""
        return bool(self._to_publish) and self._context.troubles.may_try("feedback")

    def add(self, attempt: Attempt) -> None:
        """Have done what is left to do for an attempt that was decided on."""
        if not attempt.is_published and attempt.state != State.RECEIVED:
            self._to_publish[attempt.name] = attempt
        if attempt.counts and not attempt.is_recorded:
            self._to_record[attempt.name] = attempt

    def recount(self, group: Sequence[Attempt]) -> str:
        """Choose the attempt of a student that counts; return "ada in 02_x: 3 -> 5" if it replaces another one."""
        graded = [attempt for attempt in group if attempt.state == State.GRADED and attempt.value is not None]
        if not graded:
            return ""
        is_best = self._context.settings.policy.counts == "best"
        chosen = max(graded, key=lambda one: (one.value if is_best else 0, one.number))
        before = [attempt for attempt in graded if attempt.counts and attempt is not chosen]
        if not chosen.counts:
            chosen.counts, chosen.is_recorded = True, False
            self._context.save(chosen)
        for attempt in before:
            attempt.counts = False
            self._context.save(attempt)
            self._to_record.pop(attempt.name, None)
        self.add(chosen)
        if not before:
            return ""
        return f"{chosen.student} in {chosen.assignment}: {before[-1].value:g} -> {chosen.value:g}"

    def publish(self) -> None:
        """Write pages and receipts into the exchange."""
        context = self._context
        if not context.troubles.may_try("feedback"):
            return
        for attempt in list(self._to_publish.values())[:PAGES]:
            try:
                page = self._page(attempt) if attempt.state == State.GRADED else None
                told = receipt(attempt, context.zone, page)
                context.feedback.publish(attempt.submission, attempt.assignment, told, page.html if page else None)
                attempt.is_published = True
                attempt.save()
            except OSError as error:
                attempt.is_published = False
                where = error.filename or context.feedback.folder
                context.troubles.failed("feedback", f"{where} cannot be written ({error.strerror}); it is tried again.")
                return
            del self._to_publish[attempt.name]
            context.troubles.passed("feedback", "Feedback can be written again.")
            self._tell(attempt, told["text"])

    def record(self, is_last: bool = False) -> None:
        """Write attempts that count into the course and the gradebook, of one assignment. is_last: wait for it."""
        self._finish_recording(is_last)
        troubles = self._context.troubles
        names = dict.fromkeys(attempt.assignment for attempt in self._to_record.values())
        name = next((name for name in names if is_last or troubles.may_try(("gradebook", name))), None)
        if self._recording or name is None:
            return
        batch, made = list[Attempt](), list[Result]()
        for attempt in [attempt for attempt in self._to_record.values() if attempt.assignment == name][:BATCH]:
            try:
                records.count(self._context.root, attempt)
                made.append(attempt.result())
                batch.append(attempt)
            except OSError as error:
                where = error.filename or attempt.folder
                sentence = f"{where} cannot be written ({error.strerror}); it is tried again."
                troubles.failed(("gradebook", name), sentence)
                return
            except ValueError as error:
                troubles.say(f"{attempt.folder}/result.json cannot be read ({error}); this attempt counts nowhere.")
                del self._to_record[attempt.name]
        if batch:
            version = (version_of_assignment(self._context.root, name), version_of_settings(self._context.root))
            self._recording = self._database.submit(partial(self._gradebook.write, name, version, made)), batch
            self._finish_recording(is_last)

    def finish(self) -> None:
        """Do what is left, as far as it can be done now."""
        left = -1
        while self._to_publish and len(self._to_publish) != left:
            left = len(self._to_publish)
            self.publish()
        left = -1
        while self._to_record and len(self._to_record) != left:
            left = len(self._to_record)
            self.record(is_last=True)

    def _finish_recording(self, wait: bool) -> None:
        if self._recording is None or not (wait or self._recording[0].done()):
            return
        (future, batch), self._recording = self._recording, None
        key = ("gradebook", batch[0].assignment)
        try:
            future.result()
            for attempt in batch:
                attempt.is_recorded = True
                attempt.save()
                self._to_record.pop(attempt.name, None)
            self._context.troubles.passed(key, "The gradebook is written again.")
        except Exception as error:  # whatever a database may say
            self._context.troubles.failed(key, sentence_of(error))

    def _page(self, attempt: Attempt) -> AttemptPage:
        """Return the page of a graded attempt; one that says so where it cannot be made."""
        context, timing = self._context, self._context.timing(attempt)
        shown = "all" if timing.is_all_shown(time.time()) else context.settings.policy.shown_before_due
        try:
            page = attempt_page(context.root, attempt.result(), attempt.folder / "autograded", shown, timing)
        except Exception as error:  # whatever a notebook holds is its student's alone
            why = first_line(f"{type(error).__name__}: {error}")
            context.troubles.say(f"The page of {attempt.student} for {attempt.assignment} could not be made ({why}).")
            said = Page(attempt.assignment, attempt.student, title=attempt.assignment, notes=[NO_PAGE])
            page = AttemptPage(render(said), None, 0.0, 0, False)
        (attempt.folder / "page.html").write_bytes(page.html.encode("utf-8", "replace"))
        return page

    def _tell(self, attempt: Attempt, text: str) -> None:
        if attempt.state == State.WAITING:
            text = f"over the limit; next at {slot_shown(attempt, self._context.zone)}"
        if attempt.state != State.REFUSED:  # which was said
            self._context.troubles.note(f"{attempt.assignment} {attempt.student}: {text}")
