"""Who judges duties otherwise than here: on many machines, each with all rows of its cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from auditlib.scoring.duties.in_places import DutyAnswer, DutyQuestion

__all__ = ["JudgesElsewhere", "elsewhere"]


@runtime_checkable
class JudgesElsewhere(Protocol):
    """Who counts the rows of a ledger otherwise than here, and judges its duties there, too."""

    def judged(self, question: DutyQuestion) -> DutyAnswer | None:
        """The duties of the whole ledger; None where they have to be judged here."""


def elsewhere(count: object) -> JudgesElsewhere | None:
    """Who counts rows, where it judges duties, too."""
    return count if isinstance(count, JudgesElsewhere) else None
