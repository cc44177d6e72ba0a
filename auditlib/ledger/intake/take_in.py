"""Intake: foreign exports into a ledger, with the rows that were set aside and a hash that names the content."""

from __future__ import annotations

import fnmatch
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import yaml

from auditlib.core.cells import inert_frame
from auditlib.core.errors import InputError, Problem
from auditlib.core.files import naming, whole_folder, write_atomically
from auditlib.core.message import Message
from auditlib.ledger.checks import REJECTS_SCHEMA, ROW, check_register
from auditlib.ledger.expectations import NOTHING, field_counts, lasting
from auditlib.ledger.intake.mapping import Mapping, RegisterMapping, map_table, protect
from auditlib.ledger.intake.steps import ActNumbers, step_tables
from auditlib.ledger.privacy.declared import refuse_named
from auditlib.ledger.privacy.find import NO_PERSONAL_DATA, withhold
from auditlib.ledger.read import read_table
from auditlib.ledger.registers import REGISTERS
from auditlib.ledger.rejects_file import REJECTS, write_rejects
from auditlib.ledger.snapshot import snapshot_hash

__all__ = ["Intake", "take_in", "write_ledger"]

TABLES = (".csv", ".gz", ".parquet", ".xlsx")


@dataclass(frozen=True)
class Intake:
    """What an intake gave: the accepted rows by register, the rejected ones with reasons, and the snapshot hash."""

    mapping: Mapping
    registers: dict[str, pl.DataFrame]
    rejects: pl.DataFrame
    seen: dict[str, int]
    snapshot: str
    replaced: dict[str, int] = field(default_factory=dict)
    """By ``register.column``, how many values were masked or became pseudonyms."""
    expectations: dict[str, Message] = field(default_factory=dict)
    """What ``rejects`` says that hangs on the mapping or the sources, by its English, as readers are told."""

    @property
    def rejected(self) -> dict[str, int]:
        """Rejected rows by register."""
        return {name: count - self.registers[name].height for name, count in self.seen.items()}


def take_in(sources: Sequence[Path], mapping: Mapping, key: bytes | None = None) -> Intake:
    """The exports in ``sources`` (files, or folders of them) as the registers that ``mapping`` declares.

    ``key`` is the secret of the pseudonyms, where the mapping wants some. Raises :class:`InputError` where it is
    missing, or a source cannot be read, is missing or lacks a column; faulty rows are in ``rejects``, named by the
    source's file, row and column, without the personal data that may stand there.
    """
    if mapping.needs_key and key is None:
        raise InputError.at(mapping.mapping, "personal", "found columns of pseudonyms, expected a key for them")
    problems: list[Problem] = []
    replaced: Counter[str] = Counter()
    registers: dict[str, pl.DataFrame] = {}
    rejects = [pl.DataFrame(schema=REJECTS_SCHEMA)]
    seen: dict[str, int] = {}
    said = mapping.expectations
    as_of = mapping.as_of
    units: pl.Series | None = None
    for name in (name for name in REGISTERS if name in mapping.registers):
        declared = mapping.registers[name]
        tables, numbers = step_tables(declared), ActNumbers()
        parts, faults, raw = [], [], {}
        for file in _files(sources, declared, name):
            try:
                table, broken = read_table(file, declared.sheet)
            except InputError as error:
                problems += error.problems
                continue
            for step, own in tables.items():
                called = f"{file.name}[{step}]" if step else file.name
                try:
                    mapped, wrong = map_table(table, called, own, name, mapping.timezone)
                    mapped, changed = protect(mapped, mapping, name, key)
                except InputError as error:
                    problems += error.problems
                    continue
                if name == "acts":
                    mapped = numbers.add(mapped, step)
                replaced.update({f"{name}.{column}": count for column, count in changed.items()})
                parts.append((called, mapped))
                raw[called] = table, own
                faults.append(wrong)
                seen[name] = seen.get(name, 0) + mapped.height
            said |= field_counts(broken)
            broken = broken.with_columns(register=pl.lit(name), file=pl.lit(file.name)).select(list(REJECTS_SCHEMA))
            seen[name] = seen.get(name, 0) + broken.height
            faults.append(broken)
        if not parts:
            continue
        accepted, found = check_register(
            REGISTERS[name], parts, mapping.timezone, as_of, units,
            misfits=pl.concat(faults), not_personal=mapping.not_personal,
        )  # fmt: skip
        registers[name] = accepted
        rejects.append(_in_source_terms(found, raw))
        if name == "units":
            units = registers[name]["unit"]
    if problems:
        raise InputError(problems)
    table = pl.concat(rejects).sort("register", "file", "row", maintain_order=True)
    return Intake(mapping, registers, table, seen, snapshot_hash(registers), dict(replaced), said)


def _files(sources: Sequence[Path], declared: RegisterMapping, register: str) -> Iterator[Path]:
    pattern = declared.from_ or "*"
    found = False
    for source in sources:
        if not source.exists():
            raise InputError.at(source, "", "no such file or folder")
        candidates = sorted(source.iterdir()) if source.is_dir() else [source]
        for file in candidates:
            if file.is_file() and file.suffix in TABLES and fnmatch.fnmatch(file.name, pattern):
                found = True
                refuse_named([file])
                yield file
    if not found:
        raise InputError.at(", ".join(map(str, sources)), register, f"found no table named {pattern}")


def _in_source_terms(faults: pl.DataFrame, tables: dict[str, tuple[pl.DataFrame, RegisterMapping]]) -> pl.DataFrame:
    """The faults with the source's columns and the text that stands there: what its owner can search for."""
    rows = []
    for fault in faults.iter_rows(named=True):
        table, declared = tables.get(fault["file"], (None, None))
        origin = declared.columns.get(fault["column"]) if declared is not None else None
        if table is not None and origin is not None and origin.sources:
            fault["column"] = "+".join(origin.sources)
            # What is personal may be so only in the ledger's terms: two halves of a number that the mapping joins.
            if origin.personal != "pseudonym" and fault["expected"] != NO_PERSONAL_DATA:
                written = table.filter(pl.col(ROW) == fault["row"]).select(origin.sources).row(0)
                texts = (str(NOTHING) if value is None else withhold(str(value), persons=True) for value in written)
                fault["found"] = " + ".join(texts)
        rows.append(fault)
    return pl.DataFrame(rows, schema=REJECTS_SCHEMA)


def write_ledger(intake: Intake, folder: Path, *, form: str = "csv", replace: bool = False) -> None:
    """Write the ledger, whole or not at all: one file a register, ``rejects.csv``, ``ledger.yaml``.

    Raises :class:`InputError` where ``folder`` exists and is not to be replaced.
    """
    if folder.exists() and any(folder.iterdir()):
        if not replace:
            raise InputError.at(folder, "", "the folder exists; expected a new one, or --replace to write it anew")
        own = {"ledger.yaml", REJECTS} | {f"{name}.{ending}" for name in REGISTERS for ending in ("csv", "parquet")}
        if foreign := sorted(file.name for file in folder.iterdir() if file.name not in own):
            raise InputError.at(folder, "", f"found {', '.join(foreign)}, which no intake wrote; nothing was replaced")
    with whole_folder(folder, replace=replace) as made:
        for name, table in intake.registers.items():
            file = made / f"{name}.{form}"
            with naming(file):
                if form == "parquet":
                    table.write_parquet(file)
                else:
                    inert_frame(_iso(table)).write_csv(file)
        write_rejects(intake.rejects, made)
        write_atomically(made / "ledger.yaml", _note(intake).encode("utf-8"))


def _note(intake: Intake) -> str:
    """What the ledger says of itself."""
    mapping = intake.mapping
    as_of = mapping.as_of
    said = lasting(intake.expectations, intake.rejects, as_of) or {}
    note = {
        "title": mapping.title.model_dump(),
        "synthetic": mapping.synthetic,
        "timezone": mapping.timezone,
        "as_of": None if as_of is None else as_of.isoformat(),
        "mapping": mapping.mapping,
        "snapshot": intake.snapshot,
        **({"not_personal": list(mapping.not_personal)} if mapping.not_personal else {}),
        **({"expectations": {text: words.model_dump() for text, words in said.items()}} if said else {}),
    }
    return yaml.safe_dump(note, allow_unicode=True, sort_keys=False)


def _iso(table: pl.DataFrame) -> pl.DataFrame:
    times = pl.col(pl.Datetime("us")).dt.strftime("%Y-%m-%dT%H:%M:%S%.6f").str.strip_suffix(".000000")
    return table.with_columns(times)
