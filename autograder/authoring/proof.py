"""What the checks said of one answer of the catalogue under one seed."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.engine.in_process import Said
from autograder.notebooks.catalogue import Answer

SOLUTION = "solution"
"""The name of the instructor's own answer in the results."""


@dataclass(frozen=True)
class Result:
    """What the checks said of one answer under one seed, by check cell; a check that held is left out.

    mistake: the one of the catalogue that it was taken for; empty where that was not asked, or it is none of them;
    unnamed: then why.
    """

    answer: Answer
    seed: int
    said: dict[str, Said]
    mistake: str = ""
    unnamed: str = ""

    @property
    def is_named(self) -> bool:
        """Whether its own name was given, perhaps beside a second one."""
        return self.answer.name in self.mistake.split(" or ")

    @property
    def held(self) -> bool:
        """Whether the checks judged as the catalogue says, in sentences made for students."""
        as_listed = bool(self.said) == (self.answer.kind == "wrong")
        return as_listed and all(said.is_verdict for said in self.said.values())
