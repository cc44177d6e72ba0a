"""Checking the rows of a register: what can be used, and a line for each fault of what cannot."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from auditlib.core.message import Message
from auditlib.ledger.expectations import KNOWN_UNIT, NOT_BEFORE, NOTHING, at_least, filled, not_later, only_once
from auditlib.ledger.parse import EXPECTED, FILLED, as_text, parse_table
from auditlib.ledger.privacy.find import NOT_PERSONAL, personal_data, told_instead
from auditlib.ledger.registers import Column, Register

if TYPE_CHECKING:
    from auditlib.ledger.seen_keys import SeenKeys

__all__ = ["REJECTS_SCHEMA", "ROW", "check_register", "withheld"]

REJECTS_SCHEMA: dict[str, type[pl.DataType]] = {
    "register": pl.String,
    "file": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "found": pl.String,
    "expected": pl.String,
    "unit": pl.String,
    "at": pl.String,
}
"""The columns of a table of rejected rows. ``row`` counts as a spreadsheet does: the header is row 1; ``unit`` is whose
row it is, ``at`` the time or the period by which it belongs to a period, where these can be told."""

ROW, FILE = "\x00row", "\x00file"  # beside the columns of a table; no column of a file can be called so


def check_register(
    register: Register,
    parts: list[tuple[str, pl.DataFrame]],
    timezone: str,
    as_of: datetime | None,
    units: pl.Series | None,
    misfits: pl.DataFrame | None = None,
    not_personal: Collection[str] = (),
    may_close_before: bool = False,
    seen: SeenKeys | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The accepted rows of a register, typed, and one line for each fault of the others.

    ``parts`` are the tables of the register by file. Checked: values that cannot be read, empty
    required values, duplicate keys (the first row stands), unknown units, cases closed before they were
    received, facts later than ``as_of``, personal data in texts but for the columns ``not_personal`` (as
    ``register.column``). ``misfits`` are faults found before, in the same form: the value they speak of is
    empty by now, so they stand for whatever would be found there. With ``may_close_before`` a case may be closed before
    it was received: its source says why. Where a register comes in parts, ``seen`` holds the keys of those before. No
    fault repeats personal data.
    """
    raw = pl.concat([part.with_columns(pl.lit(name).alias(FILE)) for name, part in parts], how="diagonal_relaxed")
    columns = {name: column for name in raw.columns if (column := register.column(name))}
    parsed = parse_table(raw, columns, timezone)
    typed = raw.select(pl.col(ROW).cast(pl.Int64), FILE).with_columns(
        parsed[name] if name in columns else _extra(raw[name]) for name in raw.columns if name not in (ROW, FILE)
    )
    again = seen.again(parsed.select(register.key)) if seen and _has_key(register, columns) else None
    may_repeat = again is None and _may_repeat(register, parsed)
    checks = list(_faults(register, columns, as_of, units, may_close_before, again, may_repeat))
    masks = parsed.select(mask.alias(str(place)) for place, (_, mask, _) in enumerate(checks))
    wrong = [
        (name, masks[str(place)], expected)
        for place, (name, _, expected) in enumerate(checks)
        if masks[str(place)].any()
    ]
    wrong += _personal_faults(register, raw, not_personal)
    earlier = pl.DataFrame(schema=REJECTS_SCHEMA) if misfits is None else misfits
    if not wrong and earlier.is_empty():  # most registers: what follows would compare every row with none
        return typed.drop(ROW, FILE), earlier
    found = pl.concat(
        [pl.DataFrame(schema=REJECTS_SCHEMA)]
        + [_lines(register, raw, mask, column, expected) for column, mask, expected in wrong]
    ).join(earlier, on=["file", "row", "column"], how="anti", maintain_order="left")
    faults = pl.concat([earlier, found]).sort("file", "row", maintain_order=True)
    bad = faults.select(pl.col("file").alias(FILE), pl.col("row").alias(ROW)).unique()
    accepted = typed.join(bad, on=[FILE, ROW], how="anti", maintain_order="left")
    known = units if units is not None and register.name != "units" else accepted.get_column("unit", default=None)
    return accepted.drop(ROW, FILE), withheld(_with_times(_with_units(faults, typed, known), register, typed))


def _may_repeat(register: Register, parsed: pl.DataFrame) -> bool:
    """Whether two rows may have the same key: never where all their hashes differ, which is found sooner."""
    if not register.key or not set(register.key) <= set(parsed.columns):
        return False
    hashes = pl.struct(register.key).hash() if len(register.key) > 1 else pl.col(register.key[0]).hash()
    return bool(parsed.select(hashes.n_unique() < pl.len()).item())


def _with_units(faults: pl.DataFrame, typed: pl.DataFrame, known: pl.Series | None) -> pl.DataFrame:
    """The faults with the unit of each row, where it is a ``known`` one: any other text there may be anything."""
    if known is None or "unit" not in typed.columns or faults.is_empty():
        return faults
    owned = typed.filter(pl.col("unit").is_in(known.implode())).select(
        pl.col(FILE).alias("file"), pl.col(ROW).alias("row"), "unit"
    )
    joined = faults.drop("unit").join(owned, on=["file", "row"], how="left", maintain_order="left")
    return joined.select(list(REJECTS_SCHEMA))


def _with_times(faults: pl.DataFrame, register: Register, typed: pl.DataFrame) -> pl.DataFrame:
    """The faults with the time of each row, or its period, where it can be read."""
    name = register.at if register.at in typed.columns else "period" if "period" in typed.columns else None
    if name is None or faults.is_empty():
        return faults
    at = pl.col(name).dt.to_string("iso:strict") if typed.schema[name].is_temporal() else pl.col(name)
    dated = typed.filter(pl.col(name).is_not_null()).select(
        pl.col(FILE).alias("file"), pl.col(ROW).alias("row"), at.alias("at")
    )
    return faults.drop("at").join(dated, on=["file", "row"], how="left", maintain_order="left")


def _personal_faults(
    register: Register, raw: pl.DataFrame, not_personal: Collection[str]
) -> Iterator[tuple[str, pl.Series, Message]]:
    """Every text and every extra column in which there are personal data. Times and the like hold none once read."""
    texts = raw.select(
        pl.col(name).cast(pl.String)
        for name, dtype in raw.schema.items()
        if name not in (ROW, FILE) and f"{register.name}.{name}" not in not_personal
        if (column := register.column(name)) is None or column.type == "text"
        if dtype.is_integer() or dtype in (pl.String, pl.Categorical, pl.Enum)
    )
    for name, found in personal_data(texts).items():
        yield name, texts[name].is_in(list(found)).fill_null(False), NOT_PERSONAL


def withheld(faults: pl.DataFrame) -> pl.DataFrame:
    """The faults with personal data named by kind. Cells slip into other columns: a name may stand in any."""
    hidden = told_instead(faults["found"].drop_nulls().unique(), persons=True)
    return faults.with_columns(pl.col("found").replace(hidden)) if hidden else faults


def _extra(values: pl.Series) -> pl.Series:
    return as_text(values) if values.dtype == pl.String else values


def _faults(
    register: Register,
    columns: Mapping[str, Column],
    as_of: datetime | None,
    units: pl.Series | None,
    may_close_before: bool,
    repeated: pl.Series | None,
    may_repeat: bool,
) -> Iterator[tuple[str, pl.Expr, Message]]:
    """What may be wrong: the column, whether a row is at fault, and what is expected of it."""
    limit = pl.lit(as_of)
    for name, column in columns.items():
        values, is_filled = pl.col(name), pl.col(f"{FILLED}{name}")
        yield name, is_filled & values.is_null(), EXPECTED[column.type]
        if column.minimum is not None:
            yield name, values < column.minimum, at_least(column)
        if column.required:
            yield name, ~is_filled, filled(column)
        if column.type == "time" and as_of is not None and register.name != "units":
            yield name, values > limit, not_later(as_of)
    if repeated is not None:
        yield register.key[-1], pl.lit(repeated), only_once(register)
    elif may_repeat and _has_key(register, columns):
        again = ~pl.struct(register.key).is_first_distinct()
        known = pl.all_horizontal(pl.col(register.key).is_not_null())
        yield register.key[-1], again & known, only_once(register)
    if register.name != "units" and units is not None and "unit" in columns:
        unit = pl.col("unit")
        yield "unit", unit.is_not_null() & ~unit.is_in(units.implode()), KNOWN_UNIT
    if register.name == "cases" and "received_at" in columns:
        # Nothing can happen to a case before it is there; a deadline may have been set before.
        for name, column in columns.items():
            if column.type == "time" and name != "received_at" and not (may_close_before and name == "closed_at"):
                yield name, pl.col(name) < pl.col("received_at"), NOT_BEFORE


def _has_key(register: Register, columns: Mapping[str, Column]) -> bool:
    return bool(register.key) and set(register.key) <= columns.keys()


def _lines(register: Register, raw: pl.DataFrame, mask: pl.Series, column: str, expected: Message) -> pl.DataFrame:
    if not mask.any():
        return pl.DataFrame(schema=REJECTS_SCHEMA)
    return raw.filter(mask).select(
        pl.lit(register.name).alias("register"),
        pl.col(FILE).alias("file"),
        pl.col(ROW).cast(pl.Int64).alias("row"),
        pl.lit(column).alias("column"),
        as_text(raw[column].filter(mask)).fill_null(str(NOTHING)).alias("found"),
        pl.lit(str(expected)).alias("expected"),
        pl.lit(None, pl.String).alias("unit"),
        pl.lit(None, pl.String).alias("at"),
    )
