"""Reading a ledger: every register typed and checked; the rows that cannot be used set aside, each with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import polars as pl

from auditlib.core.errors import InputError, Problem
from auditlib.core.message import Sayable
from auditlib.ledger.checks import REJECTS_SCHEMA, check_register
from auditlib.ledger.divided.parts import SEAL, FilePart, Seal, open_seal
from auditlib.ledger.expectations import fields, header_fields, of_register, standing
from auditlib.ledger.extra_registers import ExtraRegister, collisions, known_registers, together
from auditlib.ledger.kept_check import CheckedRows, KeptCheck
from auditlib.ledger.note import LedgerNote
from auditlib.ledger.privacy.declared import read_impersonal, refuse_named, refuse_words
from auditlib.ledger.privacy.listed import NAMES, lists_searched, names_beside
from auditlib.ledger.registers import REGISTERS, Register
from auditlib.ledger.rejects_file import REJECTS, read_rejects
from auditlib.ledger.table_guards import guard_workbook
from auditlib.ledger.tables.read_table import is_table, read_table

__all__ = ["Ledger", "read_ledger"]


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
    extra: Mapping[str, ExtraRegister] = field(default_factory=dict, repr=False, compare=False)
    """The declarations of the registers of its own that were looked for."""
    expectations: Mapping[str, Sayable] = field(default_factory=dict, repr=False, compare=False)
    """What ``rejects`` says of rows, by its English, as readers are told; what is not here is told as it is."""

    @property
    def known(self) -> Mapping[str, Register]:
        """Every register that it might have, by name."""
        return known_registers(self.extra)

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


def read_ledger(path: Path, as_of: datetime | None = None, extra: Mapping[str, ExtraRegister] | None = None) -> Ledger:
    """The ledger in a folder (or one XLSX file), every row checked.

    Times are checked against the as-of time that the ledger states, or else against ``as_of``. ``extra`` are registers
    of one's own that a scheme declares; those that the ledger's note declares are read in any case.
    Raises :class:`InputError` where a register cannot be read at all: an unreadable or empty file, a
    missing column. Faulty rows raise nothing: they are in ``rejects``. A divided ledger was checked when it was
    divided: its files are compared with their seal, and read when they are used. A ``names.csv`` in the folder is no
    register but a list of names to search for (:mod:`auditlib.ledger.privacy.listed`).
    """
    with names_beside(path):
        return _read(path, as_of, extra or {})


def _read(path: Path, as_of: datetime | None, extra: Mapping[str, ExtraRegister]) -> Ledger:
    if not path.exists():
        raise InputError.at(path, "", "no such ledger; expected a folder of registers or an XLSX file")
    for file in sorted(path.iterdir()) if path.is_dir() else ():
        if file.is_symlink() and not file.exists():
            raise InputError.at(
                file, "", "found a link that leads to no file, expected a register, or none of this name"
            )
    note_file = (path if path.is_dir() else path.parent) / "ledger.yaml"
    note = read_impersonal(LedgerNote, note_file, whole=True) if note_file.exists() else LedgerNote()
    if taken := [told for name, told in collisions(note.extra_registers)]:
        raise InputError.at(note_file, "extra_registers", taken[0])
    declared = together(str(note_file), note.extra_registers, extra)
    known = known_registers(declared)
    if (path / SEAL).is_file():
        return _divided(path, note, declared)
    sources = _sources(path, known)
    if not sources:
        files = ", ".join(f"{name}.csv" for name in known)
        raise InputError.at(path, "", f"found no register, expected some of {files}")
    limit = note.looked_at or as_of
    kept = KeptCheck.of(_files(path), [note, declared], limit, lists_searched(path))
    checked = kept.recall() if kept is not None else None
    if checked is None:
        checked = _check(path, note, sources, limit, known)
        if kept is not None:
            kept.keep(checked)
    earlier, by_register = read_rejects(path)
    left = Counter(checked.rejected) + Counter(by_register)
    counted = {str(one): one for many, few in checked.field_counts for one in (fields(many), header_fields(few))}
    read_files = [name for entries in sources.values() for name, _ in entries]
    own_said = {str(said): said for name in declared for said in of_register(known[name])}
    return Ledger(
        path,
        note,
        checked.registers,
        pl.concat([checked.faults, earlier]),
        checked.accepted,
        {name: left[name] for name in {**checked.rejected, **by_register}},
        tuple(sorted(file.name for file in _tables(path) if not any(str(file) in str(name) for name in read_files))),
        extra=declared,
        expectations={**standing(limit), **own_said, **counted, **(note.expectations or {})},
    )


def _check(
    path: Path, note: LedgerNote, sources: Mapping[str, list[tuple[str, Read]]], limit: datetime | None,
    known: Mapping[str, Register],
) -> CheckedRows:  # fmt: skip
    """Every row of a ledger checked."""
    problems: list[Problem] = []
    tables: dict[str, pl.DataFrame] = {}
    rejects: list[pl.DataFrame] = []
    known_units: pl.Series | None = None
    left: dict[str, int] = {}
    counts: list[tuple[int, int]] = []
    for register in known.values():  # units come first
        parts, unread = [], 0
        for name, read in sources.get(register.name, ()):
            try:
                table, broken = read()
            except InputError as error:
                problems += error.problems
                continue
            refuse_words(name, "a column", table.columns)
            called = name.removeprefix(f"{path}/")  # rejects name files inside the ledger, wherever it stands
            broken = broken.with_columns(file=pl.lit(called))
            unread += broken.height
            counts += broken.select("fields", "columns").unique(maintain_order=True).rows()
            rejects.append(broken.with_columns(register=pl.lit(register.name)).select(list(REJECTS_SCHEMA)))
            missing = [column for column in register.required if column not in table.columns]
            problems += [Problem(name, 1, column, "missing column") for column in missing]
            if not missing:
                parts.append((called, table))
        if not parts:
            continue
        table, faults = check_register(
            register,
            parts,
            note.timezone,
            limit,
            known_units,
            not_personal=note.not_personal,
            may_close_before=note.closed_before_opened is not None,
        )
        rejects.append(faults)
        left[register.name] = unread + sum(part.height for _, part in parts) - table.height
        tables[register.name] = table
        if register.name == "units":
            known_units = table["unit"]
    if problems:
        raise InputError(problems)
    return CheckedRows(
        {name: table.lazy() for name, table in tables.items()},
        pl.concat([pl.DataFrame(schema=REJECTS_SCHEMA), *rejects]),
        {name: table.height for name, table in tables.items()},
        left,
        tuple(dict.fromkeys(counts)),
    )


def _files(path: Path) -> list[Path]:
    """The files that a ledger may be read from, in a fixed order."""
    if path.is_file():
        return [path]
    own = [file for file in [*path.iterdir(), *path.glob("*/*.parquet")] if is_table(file) and file.name != REJECTS]
    return sorted(file for file in own if file.is_file())


def _divided(path: Path, note: LedgerNote, extra: Mapping[str, ExtraRegister]) -> Ledger:
    seal = open_seal(path)
    rows = {name: register.rows for name, register in seal.registers.items()}
    whole = FilePart.of(path, seal, {name: register.files for name, register in seal.registers.items()})
    frames = whole.registers()
    for name, frame in frames.items():
        _as_sealed(path, name, frame, rows[name])
        if name not in REGISTERS:
            _as_declared(path, name, frame, extra)
    faults, rejected = read_rejects(path)
    said: dict[str, Sayable] = {**standing(note.looked_at), **(note.expectations or {})}
    return Ledger(path, note, frames, faults, rows, rejected, seal=seal, extra=extra, expectations=said)


def _as_sealed(path: Path, name: str, rows: pl.LazyFrame, sealed: int) -> None:
    """Raises :class:`InputError` where parts hold more or fewer rows than their seal says, or other types."""
    if (found := int(rows.select(pl.len()).collect().item())) != sealed:
        raise InputError.at(path / SEAL, f"registers.{name}.rows", f"found {found} in the parts, expected {sealed}")
    if name in REGISTERS:
        for column, dtype in rows.collect_schema().items():
            known = REGISTERS[name].column(column)
            if known is not None and dtype != known.dtype:
                told = f"found {dtype} in the parts, expected {known.type}; divide the ledger anew"
                raise InputError.at(path, f"{name}.{column}", told)


def _as_declared(path: Path, name: str, rows: pl.LazyFrame, extra: Mapping[str, ExtraRegister]) -> None:
    """Raises :class:`InputError` where a register of one's own was divided under another declaration."""
    if name not in extra:
        told = f"found rows of {name}, which nobody declares; expected it under `extra_registers` of ledger.yaml"
        raise InputError.at(path, name, told)
    schema = rows.collect_schema()
    for column in extra[name].register(name).columns:
        if column.name in schema and schema[column.name] != column.dtype:
            told = f"found {schema[column.name]} in the parts, expected {column.type}; divide the ledger anew"
            raise InputError.at(path, f"{name}.{column.name}", told)


Read = Callable[[], tuple[pl.DataFrame, pl.DataFrame]]


def _sources(path: Path, known: Mapping[str, Register]) -> dict[str, list[tuple[str, Read]]]:
    """For each register the files (or the sheet) that hold it."""
    found: dict[str, list[tuple[str, Read]]] = {}
    workbooks = [path] if path.is_file() else sorted(path.glob("*.xlsx"))
    for name in known:
        files = []
        if path.is_dir():
            for suffix in ("csv", "csv.gz", "parquet"):
                files += sorted([*path.glob(f"{name}.{suffix}"), *path.glob(f"{name}-*.{suffix}")])
            files += sorted(path.glob(f"{name}/*.parquet"))
            refuse_named(files)
        found[name] = [(str(file), lambda file=file: read_table(file)) for file in files]  # type: ignore[misc]
    for workbook in workbooks:
        import fastexcel  # nobody else needs it

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


def _tables(path: Path) -> list[Path]:
    """The files of a ledger's folder that look like tables, but for the rejects of its intake and a list of names."""
    return [f for f in path.iterdir() if is_table(f) and f.name not in (REJECTS, NAMES)] if path.is_dir() else []
