"""Reading a ledger: every register typed and checked; the rows that cannot be used set aside, each with its reason."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import fastexcel
import polars as pl
from pydantic import AfterValidator, BeforeValidator

from auditlib.errors import InputError, Problem
from auditlib.ledger.parse import EXPECTED, as_text, parse_column
from auditlib.period import declared_time
from auditlib.registers import REGISTERS, Register
from auditlib.tree import Strict, Text, read_yaml

__all__ = [
    "REJECTS_SCHEMA",
    "ROW",
    "Ledger",
    "LedgerNote",
    "check_register",
    "read_ledger",
    "read_table",
    "timezone_name",
]

REJECTS_SCHEMA: dict[str, type[pl.DataType]] = {
    "register": pl.String,
    "file": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "found": pl.String,
    "expected": pl.String,
}
"""The columns of a table of rejected rows. ``row`` counts as a spreadsheet does: the header is row 1."""

ROW, FILE = "\x00row", "\x00file"  # beside the columns of a table; no column of a file can be called so


def timezone_name(name: str) -> str:
    """``name`` if it is a time zone. Raises :class:`ValueError`."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"found {name!r}, expected a time zone such as Asia/Shanghai") from None
    return name


class LedgerNote(Strict):
    """``ledger.yaml``: what a ledger says of itself."""

    title: Text | None = None
    synthetic: bool = False
    period: str | None = None
    """The period that a demonstration was made for."""
    timezone: Annotated[str, AfterValidator(timezone_name)] = "Asia/Shanghai"
    as_of: Annotated[datetime, BeforeValidator(declared_time)] | None = None
    source: str | None = None
    mapping: str | None = None
    snapshot: str | None = None

    @property
    def looked_at(self) -> datetime | None:
        """``as_of`` as a local time of the ledger's zone."""
        if self.as_of is None or self.as_of.tzinfo is None:
            return self.as_of
        return self.as_of.astimezone(ZoneInfo(self.timezone)).replace(tzinfo=None)


@dataclass(frozen=True)
class Ledger:
    """A checked ledger: the accepted rows of each register, and the rejected rows with their reasons.

    ``registers`` holds one lazy frame a register that the ledger has; ``rejects`` one line a fault
    (see :data:`REJECTS_SCHEMA`). ``accepted`` and ``rejected`` count rows by register.
    """

    path: Path
    note: LedgerNote
    registers: Mapping[str, pl.LazyFrame] = field(repr=False)
    rejects: pl.DataFrame = field(repr=False)
    accepted: Mapping[str, int] = field(default_factory=dict)
    rejected: Mapping[str, int] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    """Tables in its folder that are no register."""

    @property
    def as_of(self) -> datetime | None:
        """When the ledger was taken, as far as it says."""
        return self.note.looked_at

    def units(self) -> pl.DataFrame:
        """The register of units. Raises :class:`InputError` where the ledger has none."""
        if "units" not in self.registers:
            raise InputError.at(
                self.path, "units", "found no register of units, expected units.csv with a column `unit`"
            )
        return self.registers["units"].collect()


def read_ledger(path: Path, as_of: datetime | None = None) -> Ledger:
    """The ledger in a folder (or one XLSX file), every row checked.

    Times are checked against the as-of time that the ledger states, or else against ``as_of``.
    Raises :class:`InputError` where a register cannot be read at all: an unreadable or empty file, a
    missing column. Faulty rows raise nothing: they are in ``rejects``.
    """
    if not path.exists():
        raise InputError.at(path, "", "no such ledger; expected a folder of registers or an XLSX file")
    note_file = (path if path.is_dir() else path.parent) / "ledger.yaml"
    note = read_yaml(LedgerNote, note_file) if note_file.exists() else LedgerNote()
    sources = _sources(path)
    if not sources:
        known = ", ".join(f"{name}.csv" for name in REGISTERS)
        raise InputError.at(path, "", f"found no register, expected some of {known}")
    problems: list[Problem] = []
    read_files = [name for entries in sources.values() for name, _ in entries]
    tables: dict[str, pl.DataFrame] = {}
    rejects: list[pl.DataFrame] = []
    limit = note.looked_at or as_of
    known_units: pl.Series | None = None
    left: dict[str, int] = {}
    for register in REGISTERS.values():  # units come first
        parts, unread = [], 0
        for name, read in sources.get(register.name, ()):
            try:
                table, broken = read()
            except InputError as error:
                problems += error.problems
                continue
            called = name.removeprefix(f"{path}/")  # rejects name files inside the ledger, wherever it stands
            broken = broken.with_columns(file=pl.lit(called))
            unread += broken.height
            rejects.append(broken.with_columns(register=pl.lit(register.name)).select(list(REJECTS_SCHEMA)))
            missing = [column for column in register.required if column not in table.columns]
            problems += [Problem(name, 1, column, "missing column") for column in missing]
            if not missing:
                parts.append((called, table))
        if not parts:
            continue
        table, faults = check_register(register, parts, note.timezone, limit, known_units)
        rejects.append(faults)
        left[register.name] = unread + sum(part.height for _, part in parts) - table.height
        tables[register.name] = table
        if register.name == "units":
            known_units = table["unit"]
    if problems:
        raise InputError(problems)
    kept = path / "rejects.csv" if path.is_dir() else None
    if kept is not None and kept.exists():
        earlier = pl.read_csv(kept, schema_overrides=REJECTS_SCHEMA).select(list(REJECTS_SCHEMA))
        rejects.append(earlier)
        for name, count in earlier.group_by("register").agg(pl.struct("file", "row").n_unique()).iter_rows():
            left[name] = left.get(name, 0) + count
    return Ledger(
        path,
        note,
        {name: table.lazy() for name, table in tables.items()},
        pl.concat([pl.DataFrame(schema=REJECTS_SCHEMA), *rejects]),
        {name: table.height for name, table in tables.items()},
        left,
        tuple(sorted(file.name for file in _tables(path) if not any(str(file) in str(name) for name in read_files))),
    )


Read = Callable[[], tuple[pl.DataFrame, pl.DataFrame]]


def _sources(path: Path) -> dict[str, list[tuple[str, Read]]]:
    """For each register the files (or the sheet) that hold it."""
    found: dict[str, list[tuple[str, Read]]] = {}
    workbooks = [path] if path.is_file() else sorted(path.glob("*.xlsx"))
    for name in REGISTERS:
        files = []
        if path.is_dir():
            for suffix in ("csv", "csv.gz", "parquet"):
                files += sorted([*path.glob(f"{name}.{suffix}"), *path.glob(f"{name}-*.{suffix}")])
        found[name] = [(str(file), lambda file=file: read_table(file)) for file in files]  # type: ignore[misc]
    for workbook in workbooks:
        try:
            sheets = fastexcel.read_excel(str(workbook)).sheet_names
        except fastexcel.FastExcelError as error:
            raise InputError.at(workbook, "", f"found {str(error).splitlines()[0]}, expected an XLSX file") from None
        for sheet in sheets:
            if sheet in found:
                read: Read = lambda workbook=workbook, sheet=sheet: read_table(workbook, sheet)  # type: ignore[misc]  # noqa: E731
                found[sheet].append((f"{workbook}[{sheet}]", read))
    return {name: entries for name, entries in found.items() if entries}


def read_table(file: Path, sheet: str | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A table as it stands in a CSV (UTF-8 or GB18030, also gzipped), Parquet or XLSX file, with its row numbers.

    Returns the rows, and the rows that are not rows (too many fields) as rejects. Text stays text.
    Raises :class:`InputError` for an empty or unreadable file.
    """
    nothing = pl.DataFrame(schema=REJECTS_SCHEMA)
    name = str(file) if sheet is None else f"{file}[{sheet}]"
    try:
        if file.suffix == ".parquet":
            return pl.read_parquet(file).with_row_index(ROW, 2), nothing
        if sheet is not None or file.suffix == ".xlsx":
            workbook = fastexcel.read_excel(str(file))
            table = workbook.load_sheet(sheet or 0, dtypes="string").to_polars()
        else:
            table, broken = _read_csv(file, name)
            return _filled(table.with_row_index(ROW, 2) if ROW not in table.columns else table), broken
    except (OSError, EOFError, zlib.error, csv.Error, pl.exceptions.PolarsError, fastexcel.FastExcelError) as error:
        raise InputError.at(name, "", f"cannot be read: {str(error).splitlines()[0]}") from None
    if not table.columns:
        raise InputError.at(name, "", "the table is empty; expected at least a row of column names")
    return _filled(table.with_row_index(ROW, 2)), nothing


def _tables(path: Path) -> list[Path]:
    """The files of a ledger's folder that look like tables, but for the rejects of its intake."""
    endings = (".csv", ".gz", ".parquet", ".xlsx")
    return [f for f in path.iterdir() if f.suffix in endings and f.name != "rejects.csv"] if path.is_dir() else []


def _filled(table: pl.DataFrame) -> pl.DataFrame:
    columns = [name for name in table.columns if name != ROW]
    empty = pl.col(columns).is_null() | (pl.col(columns).cast(pl.String).str.strip_chars() == "")
    return table.filter(~pl.all_horizontal(empty)) if columns else table


def _read_csv(file: Path, name: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    content = file.read_bytes()
    if file.suffix == ".gz":
        content = gzip.decompress(content)
    if not content.strip():
        raise InputError.at(name, "", "the file is empty; expected at least a row of column names")
    try:
        content.decode("utf-8")
        content = content.removeprefix(b"\xef\xbb\xbf")
    except UnicodeDecodeError:
        try:
            content = content.decode("gb18030").encode("utf-8")
        except UnicodeDecodeError as error:
            raise InputError.at(
                name, "", f"found neither UTF-8 nor GB18030: {error.reason} at byte {error.start}"
            ) from None
    nothing = pl.DataFrame(schema=REJECTS_SCHEMA)
    header = next(csv.reader(io.StringIO(content.split(b"\n", 1)[0].decode("utf-8").rstrip("\r"))), [])
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        raise InputError.at(name, ", ".join(twice), "found the column twice, expected each column once", line=1)
    _refuse_open_quote(content, name)
    try:
        return pl.read_csv(content, infer_schema=False), nothing
    except pl.exceptions.ComputeError:
        return _read_ragged(content, name)


def _refuse_open_quote(content: bytes, name: str) -> None:
    """A quote that is never closed would swallow every row after it without a word."""
    if content.count(b'"') % 2 == 0:
        return
    rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True)
    start = 1
    try:
        for _ in rows:
            start = rows.line_num + 1
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise InputError.at(name, "", "found a quote that is never closed", line=start) from None


def _read_ragged(content: bytes, name: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The slow way, for a file in which some rows have more fields than there are columns."""
    rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    header = next(rows)
    kept: list[list[str | None]] = []
    broken = []
    for number, row in enumerate(rows, start=2):
        if len(row) > len(header):
            expected = f"{len(header)} fields, as in the header"
            broken.append(
                {"file": name, "row": number, "column": "", "found": f"{len(row)} fields", "expected": expected}
            )
        elif row:
            kept.append([number, *(value or None for value in row), *[None] * (len(header) - len(row))])  # type: ignore[list-item]
    schema = {ROW: pl.Int64} | dict.fromkeys(header, pl.String)
    faults = pl.DataFrame(broken, schema={key: REJECTS_SCHEMA[key] for key in REJECTS_SCHEMA if key != "register"})
    return pl.DataFrame(kept, schema=schema, orient="row"), faults.with_columns(register=pl.lit(None, pl.String))


def check_register(
    register: Register,
    parts: list[tuple[str, pl.DataFrame]],
    timezone: str,
    as_of: datetime | None,
    units: pl.Series | None,
    misfits: pl.DataFrame | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The accepted rows of a register, typed, and one line for each fault of the others.

    ``parts`` are the tables of the register by file. Checked: values that cannot be read, empty
    required values, duplicate keys (the first row stands), unknown units, cases closed before they were
    received, facts later than ``as_of``. ``misfits`` are faults found before, in the same form: the
    value they speak of is empty by now, so they stand for whatever would be found there.
    """
    raw = pl.concat([part.with_columns(pl.lit(name).alias(FILE)) for name, part in parts], how="diagonal_relaxed")
    typed = raw.select(pl.col(ROW).cast(pl.Int64), FILE).with_columns(
        parse_column(raw[name], column, timezone) if (column := register.column(name)) else _extra(raw[name])
        for name in raw.columns
        if name not in (ROW, FILE)
    )
    earlier = pl.DataFrame(schema=REJECTS_SCHEMA) if misfits is None else misfits
    found = pl.concat(
        [pl.DataFrame(schema=REJECTS_SCHEMA)]
        + [
            _lines(register, raw, mask, column, expected)
            for column, mask, expected in _faults(register, raw, typed, as_of, units)
        ]
    ).join(earlier, on=["file", "row", "column"], how="anti", maintain_order="left")
    faults = pl.concat([earlier, found]).sort("file", "row", maintain_order=True)
    bad = faults.select(pl.col("file").alias(FILE), pl.col("row").alias(ROW)).unique()
    accepted = typed.join(bad, on=[FILE, ROW], how="anti", maintain_order="left")
    return accepted.drop(ROW, FILE), faults


def _extra(values: pl.Series) -> pl.Series:
    return as_text(values) if values.dtype == pl.String else values


def _faults(
    register: Register, raw: pl.DataFrame, typed: pl.DataFrame, as_of: datetime | None, units: pl.Series | None
) -> Iterator[tuple[str, pl.Series, str]]:
    for name in typed.columns:
        column = register.column(name)
        if column is None:
            continue
        filled = as_text(raw[name]).is_not_null()
        yield name, filled & typed[name].is_null(), EXPECTED[column.type]
        if column.minimum is not None:
            low = (typed[name] < column.minimum).fill_null(False)
            yield name, low, f"a whole number from {column.minimum} on"
        if column.required:
            yield name, ~filled, f"a value: {column.meaning}"
        if column.type == "time" and as_of is not None and register.name != "units":
            yield (
                name,
                (typed[name] > as_of).fill_null(False),
                f"a time no later than the as-of time {as_of.isoformat()}",
            )
    if register.key and set(register.key) <= set(typed.columns):
        keys = typed.select(register.key)
        again = ~keys.select(pl.struct(register.key).is_first_distinct()).to_series()
        known = keys.select(pl.all_horizontal(pl.col(register.key).is_not_null())).to_series()
        yield register.key[-1], again & known, f"{' + '.join(register.key)} only once; an earlier row has it"
    if register.name != "units" and units is not None and "unit" in typed.columns:
        yield (
            "unit",
            typed["unit"].is_not_null() & ~typed["unit"].is_in(units.implode()),
            "a unit of the register of units",
        )
    if {"received_at", "closed_at"} <= set(typed.columns):
        yield "closed_at", (typed["closed_at"] < typed["received_at"]).fill_null(False), "a time not before received_at"


def _lines(register: Register, raw: pl.DataFrame, mask: pl.Series, column: str, expected: str) -> pl.DataFrame:
    if not mask.any():
        return pl.DataFrame(schema=REJECTS_SCHEMA)
    return raw.filter(mask).select(
        pl.lit(register.name).alias("register"),
        pl.col(FILE).alias("file"),
        pl.col(ROW).cast(pl.Int64).alias("row"),
        pl.lit(column).alias("column"),
        as_text(raw[column].filter(mask)).fill_null("nothing").alias("found"),
        pl.lit(expected).alias("expected"),
    )
