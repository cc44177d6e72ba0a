"""The vocabulary of ``printed.yaml``: what a publication prints of its panel, each number with its clause and quote."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, model_validator

from auditlib.core.values import Number, Strict, Text
from auditlib.delphi.scales import Scale
from auditlib.delphi.weights.rounding import PrintedItem
from auditlib.scheme.source import Clause, Name, Source

__all__ = ["KINDS", "Known", "Open", "PrintedFile", "PrintedNode", "Ranked"]

KINDS = {
    "weight-sum": "weights under one parent that do not add up to the whole",
    "combined-sum": "combined weights that do not add up to the whole",
    "product": "a combined weight that is not the rounded product of the weights above it",
    "rounded-sum": "products that, rounded one by one, do not add up to the whole",
    "not-mean-shares": "weights that no marks of the panel give as shares of mean marks",
    "low-mean": "a weight so small beside its siblings' that the item's mean mark lies below the middle of the scale",
    "weak-agreement": "an agreement that is significant and weak",
    "p-missing": "a W without its p",
    "agreement-across-parents": "one W over items whose weights belong to several parents",
    "rounds": "another number of rounds than are described",
    "return-rate": "a return rate that is not returned over sent",
    "ranking": "a ranking in words that the combined weights contradict",
    "count": "another number of items than the words announce",
}
"""Every kind of finding, and what it means."""


class PrintedNode(Strict):
    """An item of a printed table: its weight under its parent, and its combined weight where one is printed."""

    id: Name
    title: Text
    weight: Number
    combined: Number | None = None
    items: tuple[PrintedNode, ...] = ()


class PrintedAgreement(Strict):
    """A printed W over all items of a level; ``p`` as printed, null where the source gives none."""

    clause: str
    level: Annotated[int, Field(ge=1)]
    W: Number
    p: str | None


class Dispatch(Strict):
    """A round as described: how many forms went out and came back, and the rate that is printed for it."""

    clause: str
    sent: Annotated[int, Field(ge=1)]
    returned: Annotated[int, Field(ge=0)]
    rate: Number


class Said(Strict):
    """A whole number in words of the source: of rounds, or of items of a level."""

    clause: str
    number: Annotated[int, Field(ge=1)]


class Ranked(Strict):
    """The items that the words call the first, in their order."""

    clause: str
    order: tuple[Name, ...]


class Known(Strict):
    """A finding that is known: what it means."""

    kind: str
    at: str
    note: Text

    @model_validator(mode="after")
    def _known_kind(self) -> Known:
        if self.kind not in KINDS:
            raise ValueError(f"found kind: {self.kind}, expected one of {', '.join(KINDS)}")
        return self


class Open(Strict):
    """What the source leaves open or contradicts outside its numbers."""

    clause: str
    what: Text


class PrintedFile(Strict):
    """A ``printed.yaml``."""

    printed: Name
    title: Text
    source: Source
    clauses: dict[str, Clause]
    table: str
    unit: Number
    digits: Annotated[int, Field(ge=0, le=6)]
    scale: Scale
    raters: Annotated[int, Field(ge=2)]
    items: tuple[PrintedNode, ...]
    counts: dict[Annotated[int, Field(ge=1)], Said] = {}
    agreement: tuple[PrintedAgreement, ...] = ()
    rounds: Said | None = None
    described: tuple[Dispatch, ...] = ()
    ranking: Ranked | None = None
    open: dict[str, Open] = {}
    findings: tuple[Known, ...] = ()

    @property
    def rows(self) -> tuple[PrintedItem, ...]:
        """The table, parents before children."""
        return tuple(_rows(self.items, None))

    @property
    def levels(self) -> dict[str, int]:
        """The level of each item, 1 at the top."""
        levels: dict[str, int] = {}
        for row in self.rows:
            levels[row.item] = 1 if row.parent is None else levels[row.parent] + 1
        return levels


def _rows(items: tuple[PrintedNode, ...], parent: str | None) -> Iterator[PrintedItem]:
    for item in items:
        yield PrintedItem(item.id, parent, item.weight, item.combined)
        yield from _rows(item.items, item.id)
