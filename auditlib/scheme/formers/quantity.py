"""Every kind of quantity, told apart by the one word that forms it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Tag

from auditlib.core.refusals import shown
from auditlib.scheme.conditions import A_PART
from auditlib.scheme.formers.arithmetic import (
    Add,
    Divide,
    LeastOrGreatest,
    Mean,
    Multiply,
    PointsOf,
    RoundedValue,
    StepsOf,
)  # fmt: skip
from auditlib.scheme.formers.base import Former
from auditlib.scheme.formers.choices import Choose, Curve, Holds, HowMany
from auditlib.scheme.formers.elsewhere import OfEarlier, OfPeers, OverPeriods

__all__ = ["FORMERS", "ONE_WORD", "Quantity", "former_of"]

FORMERS: dict[str, type[Former]] = {
    "add": Add, "multiply": Multiply, "divide": Divide, "least": LeastOrGreatest,
    "greatest": LeastOrGreatest, "mean": Mean,
    "peers": OfPeers, "earlier": OfEarlier, "over": OverPeriods, "points": PointsOf, "curve": Curve, "choose": Choose,
    "steps": StepsOf, "round": RoundedValue, "how_many": HowMany, "holds": Holds,
}  # fmt: skip
"""The words that form a quantity; beside them ``rows`` and ``fact`` count, and are measures."""

COUNTED = ("rows", "fact")
WORDS = ", ".join((*FORMERS, *COUNTED))
ONE_WORD = "one word that forms a quantity"


def former_of(value: object) -> str | None:
    """The one word that forms the quantity written as ``value``; None where there is none, or more than one."""
    found = [key for key in (*FORMERS, *COUNTED) if isinstance(value, dict) and key in value]
    return found[0] if len(found) == 1 else None


def _formed(value: Any) -> Any:
    """A quantity by the word that forms it; a name or a number alone is that. Raises :class:`ValueError`."""
    if isinstance(value, Former):
        return value
    if value is None or isinstance(value, bool | list):
        raise ValueError(f"found {shown(value)}, expected {A_PART}, or {ONE_WORD}: {WORDS}")
    if not isinstance(value, dict):
        return {"add": [value]}
    if former_of(value) is None:
        found = [key for key in (*FORMERS, *COUNTED) if key in value]
        told = " and ".join(found) or shown(value)
        raise ValueError(f"found {told}, expected {ONE_WORD}: {WORDS}")
    return value


def _model(value: Any) -> str:
    return type(value).__name__ if isinstance(value, Former) else FORMERS[former_of(value) or "add"].__name__


Quantity = Annotated[
    Annotated[Add, Tag("Add")]
    | Annotated[Multiply, Tag("Multiply")]
    | Annotated[Divide, Tag("Divide")]
    | Annotated[LeastOrGreatest, Tag("LeastOrGreatest")]
    | Annotated[Mean, Tag("Mean")]
    | Annotated[OfPeers, Tag("OfPeers")]
    | Annotated[OfEarlier, Tag("OfEarlier")]
    | Annotated[OverPeriods, Tag("OverPeriods")]
    | Annotated[PointsOf, Tag("PointsOf")]
    | Annotated[Curve, Tag("Curve")]
    | Annotated[Choose, Tag("Choose")]
    | Annotated[StepsOf, Tag("StepsOf")]
    | Annotated[RoundedValue, Tag("RoundedValue")]
    | Annotated[HowMany, Tag("HowMany")]
    | Annotated[Holds, Tag("Holds")],
    Discriminator(_model),
    BeforeValidator(_formed),
]
"""Everything that is a number and is made of others."""
