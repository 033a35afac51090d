"""Print what a verification of the tests found: the table, and a line for each answer judged otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.table import Table

from autograder.authoring.proof import Result
from autograder.notebooks.catalogue import Answer


def misjudged(results: Iterable[Result]) -> Iterator[str]:
    """Tell of each answer that was judged otherwise than the catalogue says, with the first seed that shows it."""
    for result in _first_of_each_answer(result for result in results if not result.held):
        answer = result.answer
        what = "rejected" if result.said else "accepted"
        if any(not said.is_verdict for said in result.said.values()):
            what = "too much for a check"
        yield (
            f"{answer.exercise}: the {answer.kind} answer {answer.name} was {what} under seed {result.seed}."
            f"{_indented(result)}"
        )


def misnamed(results: Sequence[Result]) -> Iterator[str]:
    """Tell of each wrong answer that was called by no name, or by another's, under all seeds, and why."""
    named = {result.answer for result in results if result.is_named}
    wrong = (result for result in results if result.answer.kind == "wrong" and result.answer not in named)
    for result in _first_of_each_answer(wrong):
        why = result.unnamed or ("the catalogue was not asked to its end" if result.said else "it was accepted")
        how = f"is called {result.mistake}" if result.mistake else f"has no name: {why}"
        yield f"{result.answer.exercise}: {result.answer.name} {how}."


def told(results: Iterable[Result]) -> Iterator[str]:
    """Tell what a student would read for each wrong answer under the first seed, with the catalogue's hint."""
    for result in _first_of_each_answer(result for result in results if result.answer.kind == "wrong"):
        answer = result.answer
        yield f"{answer.exercise}: {answer.name}\n  hint: {answer.hint}{_indented(result)}"


def _first_of_each_answer(results: Iterable[Result]) -> list[Result]:
    first: dict[Answer, Result] = {}
    for result in results:
        first.setdefault(result.answer, result)
    return list(first.values())


def _indented(result: Result) -> str:
    lines = [f"{check}: {said.sentence}" for check, said in result.said.items()]
    return "".join("\n  " + line.replace("\n", "\n  ") for line in lines)


def table(unit: str, results: Sequence[Result]) -> Table:
    table = Table("exercise", "right accepted", "wrong rejected", "wrong named", title=unit)
    for exercise in dict.fromkeys(result.answer.exercise for result in results):
        table.add_row(exercise, *_counted([result for result in results if result.answer.exercise == exercise]))
    table.add_section()
    table.add_row("together", *_counted(results))
    return table


def in_all(results: Sequence[Result]) -> str:
    accepted, rejected, named = _counted(results)
    others = {result.answer for result in results if result.mistake and not result.is_named}
    return (
        f"All units: right answers accepted {accepted}, wrong ones rejected {rejected}, mistakes named {named}, "
        f"called by another's name {len(others)}."
    )


def _counted(results: Sequence[Result]) -> tuple[str, str, str]:
    """Return how many right answers were accepted, wrong ones rejected, and wrong ones named, each as "a/b".

    Judged as the catalogue says under every seed; called by their name under one seed at least.
    """
    answers = dict.fromkeys(result.answer for result in results)
    failed = {result.answer for result in results if not result.held}
    right, wrong = ([answer for answer in answers if answer.kind == kind] for kind in ("right", "wrong"))
    named = {result.answer for result in results if result.is_named}
    counts = (sum(answer not in failed for answer in right), sum(answer not in failed for answer in wrong))
    return f"{counts[0]}/{len(right)}", f"{counts[1]}/{len(wrong)}", f"{len(named & set(wrong))}/{len(wrong)}"
