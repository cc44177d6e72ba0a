"""Two snapshots that lie in equally many parts, compared part by part: what is told is the same as of the whole.

A unit's rows lie in the part that its code names, in both snapshots. Rows with one key therefore meet in a part, but
for those whose unit changed and that changed their part with it: what a part has on one side alone comes back as it
is, and is compared once more, with that of all other parts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import polars as pl

from auditlib.ledger.divided.parts import Part
from auditlib.ledger.registers import Register
from auditlib.ledger.restatement.pair import CELLS, CLASSES, COUNTS, ROWS, TOTALS, Pair

__all__ = ["EMPTY", "AskedParts", "PartTold", "PartsQuestion", "Told", "told_of", "told_of_part", "told_together"]


class Told(NamedTuple):
    """Of one register the rows that differ, the values that differ in rows of both, and the control totals."""

    rows: pl.DataFrame
    cells: pl.DataFrame
    totals: pl.DataFrame


EMPTY = Told(pl.DataFrame(schema=ROWS), pl.DataFrame(schema=CELLS), pl.DataFrame(schema=TOTALS))


@dataclass(frozen=True)
class PartsQuestion:
    """What is compared of two parts: these ``registers``, of which the earlier were ``taken`` at that time."""

    registers: tuple[Register, ...]
    taken: datetime | None


class PartTold(NamedTuple):
    """What two parts tell of one register. ``gone`` and ``come`` are the rows that one of them has alone, whole."""

    name: str
    told: Told
    gone: pl.DataFrame
    come: pl.DataFrame


AskedParts = Callable[[PartsQuestion], Callable[[], Sequence[Sequence[PartTold]]]]
"""Asks every part of both snapshots; what comes back waits for their answers."""


def told_of(pair: Pair) -> Told:
    """What a register tells in two snapshots; its rows and cells in no order."""
    cells = pair.cells()
    return Told(pl.concat([pair.added(), pair.removed(), _gravest(cells)]), cells, pair.totals())


def _gravest(cells: pl.DataFrame) -> pl.DataFrame:
    """One line for each row with different values, with the first of their classes."""
    classes = pl.col("class").cast(pl.Enum(CLASSES))
    first = cells.group_by("register", "key", maintain_order=True).agg(
        pl.col("unit").first(), classes.sort().first().cast(pl.String)
    )
    return first.select(list(ROWS))


def told_of_part(question: PartsQuestion, before: Part, after: Part) -> list[PartTold]:
    """By register what a part of the earlier snapshot and the same of the later one tell.

    Of a register without a key equal rows are of one unit, so that nothing is left to be compared with other parts.
    """
    sides = before.registers(), after.registers()
    found = []
    for register in question.registers:
        name = register.name
        pair = Pair(register, sides[0].get(name), sides[1].get(name), question.taken)
        if not register.key:
            found.append(PartTold(name, told_of(pair), *(side.clear() for side in pair.alone)))
            continue
        cells = pair.cells()
        own = Told(_gravest(cells), cells, _without(pair.totals(), "added", "removed"))
        found.append(PartTold(name, own, *pair.alone))
    return found


def told_together(question: PartsQuestion, answers: Sequence[Sequence[PartTold]]) -> dict[str, Told]:
    """By register what all parts tell, and what the rows do that no part has on both sides."""
    found = {}
    for place, register in enumerate(question.registers):
        own = [answer[place] for answer in answers]
        told = [one.told for one in own]
        if register.key:
            gone, come = (pl.concat(side) for side in zip(*((one.gone, one.come) for one in own), strict=True))
            left = told_of(Pair(register, gone, come, question.taken))
            counted = _without(left.totals, "before", "after", *FACTS)
            told.append(left._replace(totals=counted))
        rows, cells, totals = (pl.concat(side) for side in zip(*told, strict=True))
        found[register.name] = Told(rows, cells, _summed(totals))
    return found


FACTS = [name for name in TOTALS if name.endswith(("_before", "_after"))]


def _without(totals: pl.DataFrame, *names: str) -> pl.DataFrame:
    """Control totals in which these are counted elsewhere."""
    return totals.with_columns(pl.lit(None, pl.Int64).alias(name) for name in names)


def _summed(totals: pl.DataFrame) -> pl.DataFrame:
    """The totals of each unit and month; facts that are null throughout are not told of the register."""
    by = ["register", "unit", "month"]
    facts = [name for name in FACTS if totals[name].null_count() < totals.height]
    known = [name for name in TOTALS if name in COUNTS or name in facts]
    sums = totals.group_by(by).agg(pl.col(name).sum() for name in known)
    missing = (pl.lit(None, pl.Int64).alias(name) for name in TOTALS if name not in sums.columns)
    return sums.with_columns(missing).select(list(TOTALS)).sort("unit", "month", nulls_last=True)
