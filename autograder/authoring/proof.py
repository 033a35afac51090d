"""What the checks said of one answer of the catalogue under one seed."""

from __future__ import annotations

from dataclasses import dataclass, field

from autograder.engine.in_process import Outcome
from autograder.notebooks.catalogue import Answer

# The name of the instructor's own answer in the results.
SOLUTION = "solution"


@dataclass(frozen=True)
class Result:
    """What the checks said of one answer under one seed, by check cell; a check that passed is left out.

    checks: how many check cells there are.
    mistakes: of the catalogue, that the answer was taken for; empty where that was not asked, or it is none of them.
    why_unnamed: then why.
    """

    answer: Answer
    seed: int
    outcomes: dict[str, Outcome]
    checks: int
    mistakes: list[str] = field(default_factory=list[str])
    why_unnamed: str = ""

    @property
    def is_named(self) -> bool:
        """Whether its own name was given, perhaps alongside a second one."""
        return self.answer.name in self.mistakes

    @property
    def is_as_listed(self) -> bool:
        """Whether the checks judged as the catalogue says, in sentences made for students.

        A right answer passes all checks, a wrong one not all, a shortcut none.
        """
        failed = len(self.outcomes)
        as_listed = {"right": failed == 0, "wrong": failed > 0, "shortcut": failed == self.checks}[self.answer.kind]
        return as_listed and all(outcome.is_verdict for outcome in self.outcomes.values())
