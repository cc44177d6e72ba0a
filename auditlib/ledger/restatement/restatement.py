"""Two snapshots of one ledger, row by row: what is new, gone and changed, each difference in one class.

The classes follow from the moment at which the earlier snapshot was taken: what could not be in it is expected, what
could have been is worth a question. Control totals close to the row: before, with what came and without what went, is
after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from auditlib.core.errors import InputError
from auditlib.ledger.divided.parts import in_parts
from auditlib.ledger.read import Ledger, read_ledger
from auditlib.ledger.registers import REGISTERS, Register, in_order
from auditlib.ledger.restatement.pair import CLASSES, COUNTS, Pair
from auditlib.ledger.restatement.paired_parts import EMPTY, AskedParts, PartsQuestion, told_of, told_together
from auditlib.ledger.snapshot import snapshot_hash

__all__ = ["Restatement", "earlier_snapshot", "restated"]

Registers = Mapping[str, pl.LazyFrame | pl.DataFrame]


@dataclass(frozen=True)
class Restatement:
    """What differs between two snapshots.

    ``rows`` has a line for each row that differs (register, key, unit, class), ``cells`` one for each value of a row
    that both have (also column, before, after). ``totals`` has a line for a register, unit and month: rows before,
    added, removed, moved in and out of that unit and month, after; of cases also how many are closed, closed in time,
    and the seconds from receipt to closing, before and after.
    """

    taken: datetime | None
    """When the earlier snapshot was taken; where that is not known, nothing tells what is late."""
    rows: pl.DataFrame = field(repr=False)
    cells: pl.DataFrame = field(repr=False)
    totals: pl.DataFrame = field(repr=False)

    @property
    def unbalanced(self) -> pl.DataFrame:
        """The control totals that do not close; there are none unless two rows of a snapshot have one key."""
        count = {name: pl.col(name) for name in COUNTS}
        came = count["before"] + count["added"] + count["moved_in"]
        return self.totals.filter(came - count["removed"] - count["moved_out"] != count["after"])

    def plain(self) -> dict[str, Any]:
        """The restatement as plain values, in a fixed order."""
        by_row: dict[tuple[str, str], dict[str, list[str | None]]] = {}
        for register, key, _, _, column, before, after in self.cells.iter_rows():
            by_row.setdefault((register, key), {})[column] = [before, after]
        return {
            "taken": None if self.taken is None else self.taken.isoformat(),
            "registers": self.registers().to_dicts(),
            "classes": self.classes().to_dicts(),
            "columns": self.columns().to_dicts(),
            "totals": self.totals.to_dicts(),
            "rows": [
                {**row, "cells": by_row.get((row["register"], row["key"]), {})}
                for row in self.rows.iter_rows(named=True)
            ],
        }

    def registers(self) -> pl.DataFrame:
        """By register, rows before, added, removed and after, and how many that both have are changed."""
        sums = self.totals.group_by("register", maintain_order=True).agg(
            pl.col("before", "added", "removed", "after").sum()
        )
        changed = self.cells.group_by("register").agg(pl.col("key").n_unique().cast(pl.Int64).alias("changed"))
        return sums.join(changed, on="register", how="left", maintain_order="left").with_columns(
            pl.col("changed").fill_null(0)
        )

    def classes(self) -> pl.DataFrame:
        """By register and class, how many rows."""
        return _counted(self.rows, ["register", "class"], "rows")

    def columns(self) -> pl.DataFrame:
        """By register, column and class, how many values."""
        return _counted(self.cells, ["register", "column", "class"], "cells")


def _counted(lines: pl.DataFrame, by: list[str], name: str) -> pl.DataFrame:
    return lines.group_by(by).agg(pl.len().cast(pl.Int64).alias(name)).sort(_in_order(by))


def _in_order(by: list[str]) -> list[pl.Expr]:
    """Registers and classes in the order in which they are told, other columns in that of their texts."""
    place = pl.col("register").replace_strict(list(REGISTERS), range(len(REGISTERS)), default=len(REGISTERS))
    orders = {"register": [place, pl.col("register")], "class": [pl.col("class").cast(pl.Enum(CLASSES))]}
    return [one for name in by for one in orders.get(name, [pl.col(name)])]


def earlier_snapshot(path: Path) -> Ledger:
    """The ledger at ``path``. Raises :class:`InputError` where it is no longer the snapshot that its note names."""
    ledger = read_ledger(path)
    if ledger.note.snapshot is not None and (found := snapshot_hash(ledger.registers)) != ledger.note.snapshot:
        expected = f"expected {ledger.note.snapshot[:12]}, which its ledger.yaml names: it was changed afterwards"
        raise InputError.at(path, "snapshot", f"found {found[:12]}, {expected}")
    return ledger


def restated(
    before: Registers, after: Registers, taken: datetime | None, known: Mapping[str, Register] = REGISTERS,
    parts: AskedParts | None = None,
) -> Restatement:  # fmt: skip
    """What changed between two snapshots, the earlier of which was ``taken`` at that local time.

    ``known`` are the registers that there are, one's own among them. Rows are brought together by the key of theirs;
    those of a register without one by all that they say. ``parts`` asks the parts that both snapshots lie in, where
    others are to compare them; what is found is the same. Raises :class:`InputError` where totals do not close, since
    two rows of a snapshot have one key.
    """
    names = in_order({*before, *after})
    question = PartsQuestion(tuple(known[name] for name in names if in_parts(name)), taken)
    answers = parts(question) if parts is not None else None
    here = {
        name: told_of(Pair(known[name], before.get(name), after.get(name), taken))
        for name in names if answers is None or not in_parts(name)
    }  # fmt: skip
    if answers is not None:
        here |= told_together(question, answers())
    rows, cells, totals = (pl.concat(own) for own in zip(EMPTY, *(here[name] for name in names), strict=True))
    order = [*_in_order(["register"]), "key", "column"]
    found = Restatement(taken, rows.sort(_in_order(["register", "class", "key"])), cells.sort(order), totals)
    if (open_ := found.unbalanced).height:
        register, unit, month = open_.select("register", "unit", "month").row(0)
        raise InputError.at(
            register, f"{unit} {month}", "found rows with one key, expected each key once in a snapshot"
        )
    return found
