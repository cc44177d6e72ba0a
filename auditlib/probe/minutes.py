"""Times by unit and minute: what is done in one minute by one unit is one act.

A unit and a minute are one whole number, so that ten million rows are grouped by a number and not by texts.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

__all__ = ["KEY", "SHIFT", "minute_counts", "minute_key", "unit_code", "with_code"]

KEY = "key"
CODE = "code"
SHIFT = 2**32
"""More minutes than there are since 1970."""
CELLS = 200_000_000
"""So many minutes of units are looked at together, a byte each."""


def unit_code(units: pl.Series) -> tuple[list[str], pl.Series]:
    """The units in their order, and of each row the place of its own."""
    names = sorted(units.unique().cast(pl.String))
    return names, units.cast(pl.String).cast(pl.Enum(names)).to_physical().cast(pl.Int64).alias(CODE)


def with_code(rows: pl.DataFrame) -> tuple[list[str], pl.DataFrame]:
    """The units in their order, and the rows beside the ``code`` of their unit."""
    names, codes = unit_code(rows["unit"])
    return names, rows.with_columns(codes)


def minute_key(column: str) -> pl.Expr:
    """Unit and minute of a time as one number; rows have a ``code``."""
    minute = pl.col(column).cast(pl.Datetime("us")).cast(pl.Int64) // 60_000_000
    return (pl.col(CODE) * SHIFT + minute).alias(KEY)


def minute_counts(cases: pl.DataFrame, column: str) -> pl.DataFrame:
    """By unit how many times there are and how many of them are round, and the same with a minute as one act.

    Columns: ``unit times half_hour five_minutes second_0``, the same with ``acts`` before them (``acts_times`` …), and
    ``digits``, of the acts how many minutes end with each digit. An act has the second of its first row.
    """
    names, rows = with_code(cases.select("unit", column).drop_nulls(column))
    since = rows[column].cast(pl.Datetime("us")).cast(pl.Int64).to_numpy() // 1_000_000
    code, minute, zero = rows[CODE].to_numpy(), since // 60, since % 60 == 0
    found = {name: np.bincount(code, weights=hit, minlength=len(names)) for name, hit in (
        ("times", None), ("half_hour", minute % 30 == 0), ("five_minutes", minute % 5 == 0), ("second_0", zero),
    )}  # fmt: skip
    first = int(minute.min()) if len(minute) else 0
    span = int(minute.max()) - first + 1 if len(minute) else 1
    parts = [_acts(code, minute - first, zero, units, span) for units in _chunks(len(names), span)]
    there, first_zero = (np.concatenate([part[n] for part in parts]) if parts else np.zeros((0, 30)) for n in (0, 1))

    def ending(every: int, at: int) -> np.ndarray:
        """Acts in minutes that leave ``at`` when divided by ``every``."""
        return sum((there[:, place] for place in range(30) if (place + first) % every == at), np.zeros(len(names)))

    acts = {"times": there.sum(axis=1), "half_hour": ending(30, 0), "five_minutes": ending(5, 0),
            "second_0": first_zero}  # fmt: skip
    digits = np.stack([ending(10, digit) for digit in range(10)], axis=1) if names else np.zeros((0, 10))
    counted = {name: values.astype(np.int64) for name, values in found.items()}
    counted |= {f"acts_{name}": values.astype(np.int64) for name, values in acts.items()}
    return pl.DataFrame({
        "unit": pl.Series(names, dtype=pl.String), **counted,
        "digits": pl.Series(digits.astype(np.int64).tolist(), dtype=pl.List(pl.Int64)),
    })  # fmt: skip


def _chunks(units: int, span: int) -> Iterator[range]:
    """Units in such numbers that a cell for each of their minutes has room."""
    many = max(1, CELLS // span)
    return (range(start, min(start + many, units)) for start in range(0, units, many))


def _acts(
    code: np.ndarray, minute: np.ndarray, zero: np.ndarray, units: range, span: int
) -> tuple[np.ndarray, np.ndarray]:
    """Of these units the minutes in which anything is, by the remainder of the minute by 30; and with second 0."""
    rows = (
        slice(None) if len(units) > code.max(initial=0) else np.flatnonzero((code >= units[0]) & (code < units[-1] + 1))
    )
    place = (code[rows] - units[0]) * span + minute[rows]
    cells = np.zeros(len(units) * span, dtype=np.int8)
    cells[place[::-1]] = 1 + zero[rows][::-1]  # of equal places the last one stands, which is the first row
    acts = np.flatnonzero(cells)
    unit = acts // span
    there = np.bincount(unit * 30 + acts % span % 30, minlength=len(units) * 30).reshape(len(units), 30)
    return there, np.bincount(unit[cells[acts] == 2], minlength=len(units))
