"""Why something has no value: nothing to assess, or something that somebody owes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from auditlib.core.message import Message

__all__ = ["NOTHING", "Unknown", "Value", "first_unknown"]


@dataclass(frozen=True)
class Unknown:
    """Why a quantity has no value.

    ``not_assessable`` says that nobody owes one: of nothing there is no rate. Otherwise the ledger lacks something.
    """

    reason: Message
    not_assessable: bool = False
    undecided_with: tuple[str, ...] = ()
    """The units between which and this one nothing decides."""


Value = Fraction | Unknown

NOTHING = Unknown(Message("0/0: there is nothing to assess"), not_assessable=True)


def first_unknown(values: Iterable[Value | bool]) -> Unknown | None:
    """The first unknown among values; one that somebody owes before one that nobody does."""
    found = [value for value in values if isinstance(value, Unknown)]
    return next((one for one in found if not one.not_assessable), found[0] if found else None)
