"""Who of the experts comes, stays away, comes back or joins, round by round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from auditlib.delphi.rounds import Round

__all__ = ["Attendance", "attendance"]


@dataclass(frozen=True)
class Attendance:
    """Who of the earlier rounds is ``away``, ``back`` after missing the round before, and who ``joined`` now.

    ``left`` are those of the earlier rounds who have given up their seat, so that this round does not ask them.
    """

    away: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def attendance(one: Round, earlier: Sequence[Round], gave_up: Mapping[str, int] = MappingProxyType({})) -> Attendance:
    """How the experts of a round compare with those of the ``earlier`` ones; nobody joins in the first.

    ``gave_up`` says from which round on an expert is no longer asked.
    """
    if not earlier:
        return Attendance()
    begun = dict.fromkeys(expert for other in earlier for expert in other.experts)
    missed = [expert for expert in one.experts if expert not in earlier[-1].experts]
    gone = [expert for expert in begun if expert not in one.rows]
    left = tuple(expert for expert in gone if gave_up.get(expert, one.number + 1) <= one.number)
    return Attendance(
        tuple(expert for expert in gone if expert not in left),
        tuple(expert for expert in missed if expert in begun),
        tuple(expert for expert in missed if expert not in begun),
        left,
    )
