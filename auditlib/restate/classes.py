"""What became of every row between two snapshots, in one class each.

The first snapshot's time decides: what lies after it is expected, what lies before it should have been there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from auditlib.core.errors import InputError
from auditlib.ledger.registers import REGISTERS

__all__ = ["ASK", "CLASSES", "Compared", "RowDifference", "compare_rows"]

CLASSES = (
    "inserted", "removed", "moved", "rewritten", "filled_in_late", "second_rating", "late_arrival", "added", "progress",
)  # fmt: skip
"""Every class; a row with differences of several kinds is in the first of them. ``added`` is a row without an entry
time, of which nobody can tell whether it is inserted or arrived late."""
ASK = ("inserted", "removed", "moved", "rewritten", "filled_in_late")
"""Classes that are to be asked about."""
FOLLOWS = ("status", "outcome")
"""Columns that change as a case goes on."""


@dataclass(frozen=True)
class RowDifference:
    """A row that differs: register, key, the unit that has it now (or had it), its class, and its changed cells."""

    register: str
    key: str
    unit: str
    kind: str
    cells: Mapping[str, tuple[object, object]]


@dataclass(frozen=True)
class Compared:
    """One register of both snapshots: rows by what became of them; before + added − removed = after."""

    register: str
    before: int
    after: int
    unchanged: int
    differences: tuple[RowDifference, ...]

    def count(self, *kinds: str) -> int:
        return sum(one.kind in kinds for one in self.differences)

    @property
    def added(self) -> int:
        return self.count("inserted", "late_arrival", "added")

    @property
    def removed(self) -> int:
        return self.count("removed")

    @property
    def cells_changed(self) -> dict[str, int]:
        """By column how many cells differ in rows that both have."""
        counts = Counter(name for one in self.differences for name in one.cells)
        return dict(sorted(counts.items()))


def compare_rows(register: str, old: pl.DataFrame, new: pl.DataFrame, taken: datetime) -> Compared:
    """The rows of one register with a key of its own, joined on it; an empty cell equals an empty cell.

    Raises :class:`InputError` for a register without a key.
    """
    keys = REGISTERS[register].key
    if not keys:
        raise InputError.at(register, "", "found a register without a key, expected one whose rows have a name")
    columns = [name for name in dict.fromkeys((*old.columns, *new.columns)) if name not in keys]
    sides = [_whole(frame, keys, columns) for frame in (old, new)]
    both = sides[0].join(sides[1], on=list(keys), how="full", suffix="\x00new", coalesce=True)
    differs = [
        (~pl.col(name).eq_missing(pl.col(f"{name}\x00new"))).alias(f"{name}\x00differs") for name in columns
    ]  # fmt: skip
    changed = both.with_columns(differs).filter(
        pl.col("\x00here").is_null()
        | pl.col("\x00here\x00new").is_null()
        | pl.any_horizontal(f"{name}\x00differs" for name in columns)
    )
    found = tuple(_differences(register, changed.sort(list(keys)), keys, columns, taken))
    gone = sum(one.kind == "removed" for one in found)
    came = sum(one.kind in ("inserted", "late_arrival", "added") for one in found)
    return Compared(register, old.height, new.height, old.height - gone - (len(found) - gone - came), found)


def _whole(frame: pl.DataFrame, keys: tuple[str, ...], columns: list[str]) -> pl.DataFrame:
    """The frame with all columns of both sides; those that it does not have are empty."""
    return frame.with_columns(pl.lit(True).alias("\x00here")).select(
        *keys, *(pl.col(name) if name in frame.columns else pl.lit(None).alias(name) for name in columns), "\x00here"
    )


def _differences(
    register: str, rows: pl.DataFrame, keys: tuple[str, ...], columns: list[str], taken: datetime
) -> Iterator[RowDifference]:
    for row in rows.iter_rows(named=True):
        key = " ".join(str(row[name]) for name in keys)
        if row["\x00here"] is None:
            entered = row.get("entered_at\x00new")
            kind = "added" if entered is None else "late_arrival" if entered > taken else "inserted"
            yield RowDifference(register, key, row.get("unit\x00new") or "", kind, {})
        elif row["\x00here\x00new"] is None:
            yield RowDifference(register, key, row.get("unit") or "", "removed", {})
        else:
            cells = {name: (row[name], row[f"{name}\x00new"]) for name in columns if row[f"{name}\x00differs"]}
            kinds = {_cell(name, *cells[name], cells, row, taken) for name in cells}
            unit = row.get("unit\x00new") or row.get("unit") or ""
            yield RowDifference(register, key, unit, next(one for one in CLASSES if one in kinds), cells)


def _cell(
    name: str,
    old: object,
    new: object,
    cells: Mapping[str, tuple[object, object]],
    row: Mapping[str, object],
    taken: datetime,
) -> str:
    """The class of one changed cell."""
    if name == "unit":
        return "moved"
    if old is None:
        if isinstance(new, datetime) and name != "due_at":
            return "progress" if new > taken else "filled_in_late"
        return "progress" if _goes_on(cells, taken) else "filled_in_late"
    if name == "satisfaction" and row.get("redone\x00new"):
        return "second_rating"
    return "progress" if name in FOLLOWS and _goes_on(cells, taken) else "rewritten"


def _goes_on(cells: Mapping[str, tuple[object, object]], taken: datetime) -> bool:
    """Whether something happened to the case after the first snapshot was taken."""
    return any(old is None and isinstance(new, datetime) and new > taken for old, new in cells.values())
