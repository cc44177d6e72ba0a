"""What the values of a column or an expression are, and what may stand beside them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import polars as pl

from auditlib.ledger.registers import ColumnType

__all__ = ["CALLED", "SAMPLES", "WANTED", "Kind", "kind_of"]

Kind = Literal["text", "time", "length", "truth", "number", "exact", "period", "null", "unknown"]
"""What a value is: ``exact`` is a number that a person decides, which stays text; ``unknown`` comes after a fault."""

CALLED: dict[Kind, str] = {
    "text": "text", "time": "a time", "length": "a length of time", "truth": "true or false", "number": "a number",
    "exact": "an exact number", "period": "a period", "null": "null", "unknown": "something unknown",
}  # fmt: skip
"""Each kind as messages name it."""

OF_COLUMNS: dict[ColumnType, Kind] = {
    "text": "text", "time": "time", "deadline": "time", "boolean": "truth", "integer": "number", "number": "exact",
    "period": "period",
}  # fmt: skip

WANTED: dict[Kind, str] = {
    "text": "text in single quotes",
    "time": "a time: a column such as due_at, as_of, or timestamp '2025-01-31 12:00:00'",
    "length": "a length of time such as interval '5 days' or interval '24 hours'",
    "truth": "true or false without quotes, or the column by itself",
    "number": "a number without quotes",
    "period": "a period in single quotes, such as '2025-06'",
}
"""What may stand beside a value of each kind."""

SAMPLES: dict[Kind, tuple[pl.DataType | type[pl.DataType], object]] = {
    "text": (pl.String, "x"), "time": (pl.Datetime("us"), datetime(2025, 1, 31, 12)),
    "length": (pl.Duration("us"), timedelta(days=1)), "truth": (pl.Boolean, True), "number": (pl.Int64, 1),
    "exact": (pl.String, "1/3"), "period": (pl.String, "2025-06"),
}  # fmt: skip
"""The type of each kind in Polars, with a value of it."""


def kind_of(type: ColumnType) -> Kind:
    """What the values of a register's column are."""
    return OF_COLUMNS[type]
