"""Who of the experts comes, stays away, comes back or joins, round by round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditlib.delphi.rounds import Round

__all__ = ["Attendance", "attendance"]


@dataclass(frozen=True)
class Attendance:
    """Who of the earlier rounds is ``away``, ``back`` after missing the round before, and who ``joined`` now."""

    away: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()


def attendance(one: Round, earlier: Sequence[Round]) -> Attendance:
    """How the experts of a round compare with those of the ``earlier`` ones; nobody joins in the first."""
    if not earlier:
        return Attendance()
    begun = dict.fromkeys(expert for other in earlier for expert in other.experts)
    missed = [expert for expert in one.experts if expert not in earlier[-1].experts]
    return Attendance(
        tuple(expert for expert in begun if expert not in one.rows),
        tuple(expert for expert in missed if expert in begun),
        tuple(expert for expert in missed if expert not in begun),
    )
