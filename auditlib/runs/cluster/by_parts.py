"""A divided ledger counted and its duties judged part by part, by whoever takes the tasks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from auditlib.ledger.divided.parts import Part
from auditlib.ledger.read import Ledger
from auditlib.scoring.counts import PLACES, Question, Tally, divisible, merged, take_tally, tallies_of_parts
from auditlib.scoring.duties.in_places import (
    MEETING,
    DutyAnswer,
    DutyQuestion,
    answer_of,
    answers_at_places,
    judged_apart,
)
from auditlib.scoring.duties.in_turn import AT_ONCE

__all__ = ["CountingByParts"]

Answered = Callable[[Callable[[Callable[..., Any]], list[Any]]], list[Any]]
"""Gives the answers to the tasks that a function submits, which is handed what submits one."""


@dataclass(frozen=True)
class CountingByParts:
    """Counts the rows of a ledger in its ``parts`` and judges its duties case by case; ``answered`` has it done.

    Of a ledger with no more rows than ``few`` the duties are judged here: sending them would take longer.
    """

    ledger: Ledger
    parts: Sequence[Part]
    answered: Answered
    few: int = AT_ONCE

    def __call__(self, question: Question) -> Tally:
        """The tally of the whole ledger; taken here where the parts cannot be counted apart."""
        if not divisible(question.scheme):
            return take_tally(question, self.ledger.registers)
        names = self.ledger.registers.keys()
        return merged(self.answered(lambda submit: tallies_of_parts(question, names, self.parts, submit)))

    def judged(self, question: DutyQuestion) -> DutyAnswer | None:
        """The duties of the whole ledger; None where they have to be judged here."""
        rows = sum(self.ledger.accepted.get(name, 0) for name in MEETING)
        if rows <= self.few or not judged_apart(question, self.ledger.registers):
            return None
        names, places = self.ledger.registers.keys(), min(PLACES, len(self.parts))
        return answer_of(self.answered(lambda submit: answers_at_places(question, names, self.parts, places, submit)))
