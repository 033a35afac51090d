"""Print what a verification of the tests found: the table, and a line for each answer judged otherwise."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from rich.table import Table

from autograder.authoring.proof import Result
from autograder.notebooks.catalogue import Answer, Kind


def misjudged(results: Iterable[Result]) -> Iterator[str]:
    """Yield a line for each answer judged otherwise than the catalogue says, with the first seed that shows it."""
    for result in _first_of_each_answer(result for result in results if not result.is_as_listed):
        answer = result.answer
        what = "rejected" if result.outcomes else "accepted"
        if answer.kind == "shortcut":
            what = f"accepted by {result.checks - len(result.outcomes)} of {result.checks} checks"
        if any(not outcome.is_verdict for outcome in result.outcomes.values()):
            what = "more than a check could handle"
        kind = answer.kind if answer.kind == "shortcut" else f"{answer.kind} answer"
        yield (f"{answer.exercise}: the {kind} {answer.name} was {what} under seed {result.seed}.{_indented(result)}")


def misnamed(results: Sequence[Result]) -> Iterator[str]:
    """Yield a line for each wrong answer that has no name, or another's, under all seeds, and say why."""
    named = {result.answer for result in results if result.is_named}
    wrong = (result for result in results if result.answer.kind == "wrong" and result.answer not in named)
    for result in _first_of_each_answer(wrong):
        unfinished = "the time for naming mistakes was over" if result.outcomes else "it was accepted"
        why = result.why_unnamed or unfinished
        how = f"is called {' or '.join(result.mistakes)}" if result.mistakes else f"has no name: {why}"
        yield f"{result.answer.exercise}: {result.answer.name} {how}."


def messages(results: Iterable[Result]) -> Iterator[str]:
    """Yield what a student would read for each wrong answer and each shortcut under the first seed.

    With the catalogue's hint, or what the shortcut uses.
    """
    for result in _first_of_each_answer(result for result in results if result.answer.kind != "right"):
        answer = result.answer
        about = "uses" if answer.kind == "shortcut" else "hint"
        yield f"{answer.exercise}: {answer.name}\n  {about}: {answer.hint}{_indented(result)}"


def _first_of_each_answer(results: Iterable[Result]) -> list[Result]:
    first: dict[Answer, Result] = {}
    for result in results:
        first.setdefault(result.answer, result)
    return list(first.values())


def _indented(result: Result) -> str:
    lines = [f"{check}: {outcome.message}" for check, outcome in result.outcomes.items()]
    return "".join("\n  " + line.replace("\n", "\n  ") for line in lines)


def table(unit: str, results: Sequence[Result]) -> Table:
    """Return the table of a unit: one line per exercise, and one for all together."""
    table = Table("exercise", "right accepted", "wrong rejected", "wrong named", "shortcuts rejected", title=unit)
    for exercise in dict.fromkeys(result.answer.exercise for result in results):
        table.add_row(exercise, *_counted([result for result in results if result.answer.exercise == exercise]))
    table.add_section()
    table.add_row("together", *_counted(results))
    return table


def in_all(results: Sequence[Result]) -> str:
    """Return the counts of all units in one sentence."""
    accepted, rejected, named, shortcuts = _counted(results)
    others = {result.answer for result in results if result.mistakes and not result.is_named}
    return (
        f"All units: right answers accepted {accepted}, wrong ones rejected {rejected}, mistakes named {named}, "
        f"called by another's name {len(others)}, shortcuts rejected {shortcuts}."
    )


def _counted(results: Sequence[Result]) -> tuple[str, str, str, str]:
    """Return how many right answers were accepted, wrong ones rejected and named, and shortcuts rejected, as "a/b".

    Judged as the catalogue says under every seed; called by their name under one seed at least.
    """
    answers = {result.answer: result.answer.kind for result in results}
    as_listed = answers.keys() - {result.answer for result in results if not result.is_as_listed}
    named = {result.answer for result in results if result.is_named}

    def count(kind: Kind, these: Collection[Answer]) -> str:
        of_kind = [answer for answer in answers if answers[answer] == kind]
        return f"{sum(answer in these for answer in of_kind)}/{len(of_kind)}"

    return count("right", as_listed), count("wrong", as_listed), count("wrong", named), count("shortcut", as_listed)
