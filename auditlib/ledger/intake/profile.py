"""What came in, as numbers: rows by file and reason, control totals, columns with their values, gaps and look-alikes.

A profile holds plain JSON values and no personal data: values are shown where they are few, and those of columns that
keep personal data never.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import polars as pl

from auditlib.core.message import told
from auditlib.ledger.expectations import only_once, standing
from auditlib.ledger.intake.look_alikes import look_alikes, visible_signs
from auditlib.ledger.intake.origin import SourceColumn
from auditlib.ledger.intake.outcome import Intake
from auditlib.ledger.intake.pieces import shapes, summed
from auditlib.ledger.privacy.find import names_persons, withhold
from auditlib.ledger.registers import Register

__all__ = ["profile"]

VALUES, FEW = 12, 60
"""So many values of a column are listed, where it has no more than so many."""
PATTERNS, ROWS, GAPS = 8, 20, 20
FEWEST = 10
"""Of fewer ids nothing is said of gaps."""


def profile(intake: Intake) -> dict[str, Any]:
    """What ``intake`` took and left, as plain values in a fixed order: the same for the same sources."""
    said = {**standing(intake.as_of), **intake.expectations}
    return {
        "format": "auditlib-profile/1",
        "mapping": intake.mapping.mapping,
        "title": intake.mapping.title.model_dump(),
        "snapshot": intake.snapshot,
        "rows": {
            name: {"seen": seen, "accepted": intake.accepted[name], "rejected": intake.rejected[name]}
            for name, seen in intake.seen.items()
        },
        "files": [
            {
                "register": table.register,
                "file": table.label,
                "rows": table.rows,
                "accepted": table.rows - table.rejected,
                "rejected": table.rejected,
                "reasons": _reasons(intake.rejects.filter(_of(table.register, table.label)), said),
                "assumed": table.assumed,
            }
            for table in intake.tables
        ],
        "reasons": [
            {"register": name, **reason}
            for name in intake.seen
            if (own := intake.rejects.filter(pl.col("register") == name)).height
            for reason in _reasons(own, said)
        ],
        "doubts": [
            {
                "kind": doubt.kind,
                "file": doubt.file,
                "count": doubt.count,
                "message": {language: told(doubt.message, language) for language in ("zh", "en")},
            }
            for doubt in intake.doubts
        ],
        "registers": [_register(intake, name) for name in intake.seen],
    }


def _of(register: str, file: str) -> pl.Expr:
    return (pl.col("register") == register) & (pl.col("file") == file)


def _reasons(rejects: pl.DataFrame, said: dict[str, Any]) -> list[dict[str, Any]]:
    """Faults by column and expectation, the most frequent first."""
    counted = rejects.group_by("column", "expected").len("count").sort(
        "count", "column", "expected", descending=[True, False, False]
    )  # fmt: skip
    return [
        {
            "column": column,
            "expected": {language: told(said.get(expected, expected), language) for language in ("zh", "en")},
            "count": count,
            "examples": rejects.filter((pl.col("column") == column) & (pl.col("expected") == expected))
            .select("file", "row", "found")
            .head(ROWS)
            .to_dicts(),
        }
        for column, expected, count in counted.iter_rows()
    ]


def _register(intake: Intake, name: str) -> dict[str, Any]:
    register, rows = intake.mapping.known[name], intake.frames[name]
    columns = rows.collect_schema().names()
    origins = intake.mapping.registers[name].all_columns
    return {
        "name": name,
        "title": {"zh": register.zh, "en": name},
        "rows": intake.accepted[name],
        "columns": [_column(intake, name, column, origins[column]) for column in columns],
        "totals": _totals(register, rows),
        "duplicates": _duplicates(intake, register, rows),
        "gaps": _gaps(rows, register.key[0]) if len(register.key) == 1 and register.key[0] in columns else [],
    }


def _column(intake: Intake, name: str, column: str, origin: SourceColumn) -> dict[str, Any]:
    values = intake.frames[name].select(column)
    counts = values.drop_nulls().group_by(column).len("count")
    dtype = values.collect_schema()[column]
    own = pl.col(column)
    filled, empty, distinct, least, greatest = (
        values.select(
            own.count().alias("filled"), own.null_count().alias("empty"), own.hash().filter(own.is_not_null())
            .n_unique().alias("distinct"), own.min().alias("least"), own.max().alias("greatest"),
        ).collect(engine="streaming").row(0)
    )  # fmt: skip
    told_column: dict[str, Any] = {
        "name": column,
        "source": " + ".join(origin.sources) or None,
        "filled": filled,
        "empty": empty,
        "distinct": distinct,
        **{"least": None, "greatest": None, "values": [], "look_alikes": [], "patterns": []},
    }
    if isinstance(dtype, pl.Datetime):
        told_column |= {"least": _time(least), "greatest": _time(greatest)}
    elif dtype == pl.String and origin.personal != "keep":
        told_column["look_alikes"] = [[_shown(one, column) for one in group] for group in look_alikes(values)[:VALUES]]
        if distinct <= FEW and column not in intake.mapping.known[name].key:
            most = counts.collect(engine="streaming").sort(["count", column], descending=[True, False]).head(VALUES)
            told_column["values"] = [{"value": _shown(value, column), "count": count} for value, count in most.rows()]
    if origin.time is not None and origin.column is not None:
        told_column["patterns"] = _patterns(intake, name, origin.column)
    return told_column


def _shown(value: str, column: str) -> str:
    return visible_signs(withhold(value, persons=names_persons(column)))


def _time(moment: Any) -> str | None:
    return None if moment is None else str(moment.isoformat())


def _patterns(intake: Intake, register: str, source: str) -> list[dict[str, Any]]:
    """How the times of a column are written, digits as 0, with how often."""
    tables = [table for table in intake.tables if table.register == register]
    counts = [table.written[source] for table in tables if table.written and source in table.written]
    counts += [shapes(one.source[source]) for one in tables if one.written is None and source in one.source.columns]
    if not counts:
        return []
    most = summed(counts).sort(["count", "pattern"], descending=[True, False]).head(PATTERNS)
    return [{"pattern": _shown(pattern, ""), "count": count} for pattern, count in most.iter_rows()]


def _totals(register: Register, rows: pl.LazyFrame) -> list[dict[str, Any]]:
    """Control totals: accepted rows by month and unit."""
    by: list[pl.Expr] = []
    columns = rows.collect_schema()
    if register.at is not None and register.at in columns:
        by.append(pl.col(register.at).dt.strftime("%Y-%m").alias("month"))
    if "unit" in columns and register.name != "units":
        by.append(pl.col("unit"))
    if not by:
        return []
    counted = rows.group_by(by).len("rows").collect(engine="streaming")
    return counted.sort([column for column in counted.columns if column != "rows"], nulls_last=True).to_dicts()


def _duplicates(intake: Intake, register: Register, rows: pl.LazyFrame) -> dict[str, int]:
    """How many rows were rejected for the key of an earlier one, and how many differ from another by the key alone."""
    again = 0
    if register.key:
        own = intake.rejects.filter(
            (pl.col("register") == register.name) & (pl.col("expected") == str(only_once(register)))
        )  # fmt: skip
        again = own.select("file", "row").n_unique()
    rest = [column for column in rows.collect_schema() if column not in register.key]
    same = 0
    if rest and register.key and register.name != "units":
        hashes = rows.select(pl.struct(rest).hash().n_unique()).collect(engine="streaming")
        same = intake.accepted[register.name] - int(hashes.item())
    return {"same_key": again, "same_but_key": same}


def _gaps(rows: pl.LazyFrame, key: str) -> list[dict[str, Any]]:
    """Numbers that are missing in runs of ids with one beginning, where more than half of a run is there."""
    digits = pl.col(key).str.extract(r"([0-9]{1,15})$", 1)
    parts = rows.select(
        pl.col(key).str.extract(r"^(.*?)[0-9]{1,15}$", 1).alias("begin"),
        digits.cast(pl.Int64).alias("number"),
        pl.when(digits.str.starts_with("0")).then(digits.str.len_chars()).otherwise(0).alias("width"),
    ).drop_nulls()
    number = pl.col("number")
    runs = parts.group_by("begin").agg(
        number.n_unique().alias("count"), (number.max() - number.min() + 1).alias("span"), pl.col("width").max()
    ).collect(engine="streaming").sort("begin")  # fmt: skip
    runs = runs.filter(
        (pl.col("count") >= FEWEST) & (pl.col("count") * 2 > pl.col("span")) & (pl.col("span") > pl.col("count"))
    )
    found: list[dict[str, Any]] = []
    for begin, _, _, width in runs.iter_rows():
        numbers = parts.filter(pl.col("begin") == begin).select("number").collect(engine="streaming").to_series()
        found += itertools.islice(_missing(begin, width, numbers.unique().sort()), GAPS - len(found))
        if len(found) == GAPS:
            break
    return found


def _missing(begin: str, width: int, numbers: pl.Series) -> Iterator[dict[str, Any]]:
    steps = pl.DataFrame({"from": numbers[:-1] + 1, "to": numbers[1:] - 1}).filter(pl.col("to") >= pl.col("from"))
    for first, last in steps.iter_rows():
        ends = (f"{_shown(begin, '')}{number:0{width}d}" for number in (first, last))
        yield {**dict(zip(("from", "to"), ends, strict=True)), "count": last - first + 1}
