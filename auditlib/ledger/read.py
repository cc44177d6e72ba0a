"""Reading a ledger: every register typed and checked; the rows that cannot be used set aside, each with its reason."""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import fastexcel
import polars as pl
from pydantic import AfterValidator, BeforeValidator

from auditlib.core.cells import lively
from auditlib.core.errors import InputError, Problem
from auditlib.core.guards import content_of
from auditlib.core.message import Message, Sayable
from auditlib.core.period import declared_time
from auditlib.core.values import Strict, Text
from auditlib.ledger.checks import REJECTS_SCHEMA, ROW, check_register
from auditlib.ledger.divided.parts import SEAL, FilePart, Seal, open_seal
from auditlib.ledger.encodings import as_utf8
from auditlib.ledger.expectations import field_counts, fields, header_fields, standing
from auditlib.ledger.privacy.declared import read_impersonal, refuse_named
from auditlib.ledger.registers import REGISTERS
from auditlib.ledger.rejects_file import REJECTS, read_rejects
from auditlib.ledger.table_guards import guard_columns, guard_parquet, guard_workbook, unpacked

__all__ = [
    "Ledger",
    "LedgerNote",
    "Records",
    "read_ledger",
    "read_table",
    "timezone_name",
]


def timezone_name(name: str) -> str:
    """``name`` if it is a time zone. Raises :class:`ValueError`."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"found {name!r}, expected a time zone such as Asia/Shanghai") from None
    return name


class Records(Strict):
    """What a ledger records of every case: only there does silence say that something was not done."""

    acts: tuple[str, ...] = ()
    columns: tuple[str, ...] | None = None
    """As ``register.column``; where it is not said, every column that holds anything."""


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
    not_personal: tuple[str, ...] = ()
    """Columns, as ``register.column``, whose content may look like personal data and is none."""
    records: Records | None = None
    """Which acts and columns it records without exception, so that what is not there was not done."""
    precision: dict[str, Literal["day", "time"]] = {}
    """Columns of times, as ``register.column``, in which only the ``day`` is known."""
    expectations: dict[str, Text] | None = None
    """What its list of rejected rows says that does not stand for every ledger, in the words of a report."""

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
    seal: Seal | None = field(default=None, repr=False)
    """What vouches for the content of a ledger that was divided into parts, its snapshot hash among it."""
    expectations: Mapping[str, Sayable] = field(default_factory=dict, repr=False, compare=False)
    """What ``rejects`` says of rows, by its English, as readers are told; what is not here is told as it is."""

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
    missing column. Faulty rows raise nothing: they are in ``rejects``. A divided ledger was checked when it was
    divided: its files are compared with their seal, and read when they are used.
    """
    if not path.exists():
        raise InputError.at(path, "", "no such ledger; expected a folder of registers or an XLSX file")
    for file in sorted(path.iterdir()) if path.is_dir() else ():
        if file.is_symlink() and not file.exists():
            raise InputError.at(
                file, "", "found a link that leads to no file, expected a register, or none of this name"
            )
    note_file = (path if path.is_dir() else path.parent) / "ledger.yaml"
    note = read_impersonal(LedgerNote, note_file) if note_file.exists() else LedgerNote()
    if (path / SEAL).is_file():
        return _divided(path, note)
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
    counted: dict[str, Message] = {}
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
            counted |= field_counts(broken)
            rejects.append(broken.with_columns(register=pl.lit(register.name)).select(list(REJECTS_SCHEMA)))
            missing = [column for column in register.required if column not in table.columns]
            problems += [Problem(name, 1, column, "missing column") for column in missing]
            if not missing:
                parts.append((called, table))
        if not parts:
            continue
        table, faults = check_register(
            register, parts, note.timezone, limit, known_units, not_personal=note.not_personal
        )
        rejects.append(faults)
        left[register.name] = unread + sum(part.height for _, part in parts) - table.height
        tables[register.name] = table
        if register.name == "units":
            known_units = table["unit"]
    if problems:
        raise InputError(problems)
    earlier, by_register = read_rejects(path)
    rejects.append(earlier)
    for name, count in by_register.items():
        left[name] = left.get(name, 0) + count
    return Ledger(
        path,
        note,
        {name: table.lazy() for name, table in tables.items()},
        pl.concat([pl.DataFrame(schema=REJECTS_SCHEMA), *rejects]),
        {name: table.height for name, table in tables.items()},
        left,
        tuple(sorted(file.name for file in _tables(path) if not any(str(file) in str(name) for name in read_files))),
        expectations={**standing(limit), **counted, **(note.expectations or {})},
    )


def _divided(path: Path, note: LedgerNote) -> Ledger:
    seal = open_seal(path)
    rows = {name: register.rows for name, register in seal.registers.items()}
    whole = FilePart.of(path, seal, {name: register.files for name, register in seal.registers.items()})
    faults, rejected = read_rejects(path)
    said: dict[str, Sayable] = {**standing(note.looked_at), **(note.expectations or {})}
    return Ledger(path, note, whole.registers(), faults, rows, rejected, seal=seal, expectations=said)


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
            files += sorted(path.glob(f"{name}/*.parquet"))
            refuse_named(files)
        found[name] = [(str(file), lambda file=file: read_table(file)) for file in files]  # type: ignore[misc]
    for workbook in workbooks:
        guard_workbook(workbook)
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

    Returns the rows, and the rows that are not rows (too many fields) as rejects, with how many fields and columns
    there are. Text stays text.
    Raises :class:`InputError` for an empty or unreadable file, and for a column whose name stands for others.
    """
    name = str(file) if sheet is None else f"{file}[{sheet}]"
    table, broken = _read_table(file, sheet, name)
    patterns = [column for column in table.columns if column.startswith("^") and column.endswith("$")]
    if patterns:  # Polars would look for the columns that it describes, and pass over this one
        expected = "expected no name that begins with ^ and ends with $"
        raise InputError.at(name, ", ".join(patterns), f"found this name of a column, {expected}", line=1)
    return table, broken


def _read_table(file: Path, sheet: str | None, name: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    nothing = pl.DataFrame(schema=REJECTS_SCHEMA)
    try:
        if file.suffix == ".parquet":
            guard_parquet(file)
            return pl.read_parquet(file).with_row_index(ROW, 2), nothing
        if sheet is not None or file.suffix == ".xlsx":
            guard_workbook(file)
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
    return [f for f in path.iterdir() if f.suffix in endings and f.name != REJECTS] if path.is_dir() else []


def _filled(table: pl.DataFrame) -> pl.DataFrame:
    columns = [name for name in table.columns if name != ROW]
    empty = pl.col(columns).is_null() | (pl.col(columns).cast(pl.String).str.strip_chars() == "")
    return table.filter(~pl.all_horizontal(empty)) if columns else table


def _read_csv(file: Path, name: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    content = content_of(file)
    if file.suffix == ".gz":
        content = unpacked(content, name)
    if not content.strip():
        raise InputError.at(name, "", "the file is empty; expected at least a row of column names")
    content = as_utf8(content, name)
    nothing = pl.DataFrame(schema=REJECTS_SCHEMA)
    guard_columns(content.split(b"\n", 1)[0], name)
    header = next(csv.reader(io.StringIO(content.split(b"\n", 1)[0].decode("utf-8").rstrip("\r"))), [])
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        raise InputError.at(name, ", ".join(twice), "found the column twice, expected each column once", line=1)
    _refuse_open_quote(content, name)
    try:
        return lively(pl.read_csv(content, infer_schema=False), content), nothing
    except pl.exceptions.ComputeError:
        table, broken = _read_ragged(content, name)
        return lively(table, content), broken


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
            counts = {"fields": len(row), "columns": len(header)}
            said = {"found": str(fields(len(row))), "expected": str(header_fields(len(header)))}
            broken.append({"file": name, "row": number, "column": ""} | said | counts)
        elif row:
            kept.append([number, *(value or None for value in row), *[None] * (len(header) - len(row))])  # type: ignore[list-item]
    schema = {ROW: pl.Int64} | dict.fromkeys(header, pl.String)
    faults = pl.DataFrame(broken, schema=REJECTS_SCHEMA | {"fields": pl.Int64, "columns": pl.Int64})
    return pl.DataFrame(kept, schema=schema, orient="row"), faults
