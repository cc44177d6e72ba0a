"""Intake: foreign exports into a ledger, with the rows that were set aside and a hash that names the content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import polars as pl

from auditlib.core.errors import InputError, Problem
from auditlib.core.message import Message
from auditlib.ledger.checks import REJECTS_SCHEMA, ROW, check_register
from auditlib.ledger.databases.asked import Allowed
from auditlib.ledger.expectations import field_counts
from auditlib.ledger.intake.afterwards import named_units, own_columns, rows_by_file, size_doubts, units_without_rows
from auditlib.ledger.intake.cells import CELL_FAULTS, NOTHING_WORDS
from auditlib.ledger.intake.files_seen import another_month, copies
from auditlib.ledger.intake.gathered import Gathered, Source
from auditlib.ledger.intake.map_table import Mapped, map_table, protect
from auditlib.ledger.intake.mapping import LAST_FILE, Mapping, RegisterMapping
from auditlib.ledger.intake.outcome import Intake, TakenTable
from auditlib.ledger.intake.pieces import InPieces, Pieces, RegisterInPieces
from auditlib.ledger.intake.source_terms import in_source_terms
from auditlib.ledger.intake.steps import ActNumbers, step_tables
from auditlib.ledger.intake.suspicions import nothing_words, suspicions
from auditlib.ledger.privacy.declared import refuse_words
from auditlib.ledger.privacy.listed import names_beside
from auditlib.ledger.seen_keys import SeenKeys
from auditlib.ledger.snapshot import snapshot_hash
from auditlib.ledger.tables.layout import Doubt, Layout, SourceTable

__all__ = ["take_in"]


def take_in(
    sources: Sequence[Source], mapping: Mapping, key: bytes | None = None, pieces: Pieces | None = None,
    allowed: Allowed | None = None,
) -> Intake:  # fmt: skip
    """The exports in ``sources`` (files, or folders of them) as the registers that ``mapping`` declares.

    ``key`` is the secret of the pseudonyms, where the mapping wants some. Raises :class:`InputError` where it is
    missing, or a source cannot be read, is missing or lacks a column; faulty rows are in ``rejects``, named by the
    source's file, row and column, without the personal data that may stand there. With ``pieces`` long texts are taken
    in piece by piece; the outcome is the same. ``allowed`` is what databases of the mapping may do.
    """
    if mapping.needs_key and key is None:
        raise InputError.at(mapping.mapping, "personal", "found columns of pseudonyms, expected a key for them")
    folders = (source for source in sources if isinstance(source, Path))
    with names_beside(*folders), Gathered(sources, mapping, allowed or Allowed()) as gathered:
        work = _Work(gathered, mapping, key, pieces)
        for name in (name for name in mapping.known if name in mapping.registers):
            work.take(name)
        if work.problems:
            once = {(problem.file, problem.line, problem.path): problem for problem in reversed(work.problems)}
            raise InputError(reversed(once.values()))
        return work.done()


class _Work:
    """An intake that is under way."""

    def __init__(self, gathered: Gathered, mapping: Mapping, key: bytes | None, pieces: Pieces | None = None) -> None:
        self.gathered, self.mapping, self.key, self.pieces = gathered, mapping, key, pieces
        self.as_of: datetime | None = mapping.as_of
        self.problems: list[Problem] = []
        self.replaced: Counter[str] = Counter()
        self.registers: dict[str, pl.DataFrame] = {}
        self.large: dict[str, pl.LazyFrame] = {}
        self.rejects = [pl.DataFrame(schema=REJECTS_SCHEMA)]
        self.seen: dict[str, int] = {}
        self.said = {**mapping.expectations, **CELL_FAULTS}
        self.doubts: list[Doubt] = []
        self.tables: list[TakenTable] = []
        self.kept: dict[tuple[Path, Layout], list[SourceTable]] = {}
        self.accepted: dict[str, int] = {}
        self.named: list[pl.DataFrame] = []
        """The units that rows name, with file and row of each, where the units are taken from such rows."""

    def take(self, name: str) -> None:
        """One register from its files."""
        declared = self.mapping.registers[name]
        files, passed = self.gathered.files(declared, name)
        self.doubts += passed
        called = self.gathered.labels(files)
        self.doubts += copies(files, called)
        if self.pieces is not None and (texts := self.pieces.texts(files, declared, name, "units" in self.registers)):
            try:
                self._take_pieces(name, declared, {called[text.file]: text for text in texts})
            except InputError as error:
                self.problems += error.problems
            return
        steps, numbers = step_tables(declared), ActNumbers()
        mappings: dict[str, RegisterMapping] = {}
        parts: list[Mapped] = []
        broken: list[pl.DataFrame] = []
        for file in files:
            try:
                tables = self._read(file, declared, name)
                for table in tables:
                    label = f"{called[file]}[{table.sheet}]" if len(tables) > 1 else called[file]
                    for number, (step, own) in enumerate(steps.items()):
                        part = f"{label}[{step}]" if step else label
                        own = own.among(table.rows.columns)
                        parts.append(self._mapped(table, part, own, name, numbers, step))
                        first = not number and not self._is_derived(declared)
                        broken.append(self._broken(table, label, name, told=first))
                        mappings[part] = own
                        own_rows, source = parts[-1].rows.height, parts[-1].source
                        self.tables.append(TakenTable(name, part, own_rows, 0, table.assumed, source))
                        self.doubts += [*parts[-1].told_of_times(), *size_doubts(part, *table.extent)]
            except InputError as error:
                self.problems += error.problems
        if parts:
            self.doubts += another_month(parts, name, self.mapping.known[name].at)
            self._take_parts(name, declared, parts, broken, mappings)

    def _take_parts(
        self, name: str, declared: RegisterMapping, parts: Sequence[Mapped], broken: Sequence[pl.DataFrame],
        mappings: dict[str, RegisterMapping],
    ) -> None:  # fmt: skip
        """One register from its mapped parts."""
        rows = self._standing(parts, declared, name)
        accepted, found = self._checked(
            name, declared, [(part.label, table) for part, table in zip(parts, rows, strict=True)],
            pl.concat([*broken, *(part.faults for part in parts)]),
        )  # fmt: skip
        self.registers[name] = accepted
        self.seen[name] = sum(table.height for table in rows) + sum(table.height for table in broken)
        self.seen[name] += sum(part.totals for part in parts)
        told_of = {part.label: (mappings[part.label], part.source) for part in parts}
        told = in_source_terms(found, told_of)
        self.rejects.append(told)
        self._note_tables(name, parts, rows, broken, told)

    def _checked(
        self, name: str, declared: RegisterMapping, parts: list[tuple[str, pl.DataFrame]], misfits: pl.DataFrame,
        seen: SeenKeys | None = None,
    ) -> tuple[pl.DataFrame, pl.DataFrame]:  # fmt: skip
        return check_register(
            self.mapping.known[name], parts, self.mapping.timezone, self.as_of,
            self.registers["units"]["unit"] if "units" in self.registers else None,
            misfits=misfits, not_personal=self.mapping.not_personal,
            may_close_before=declared.keep_closed_before_opened is not None, seen=seen,
        )  # fmt: skip

    def _take_pieces(self, name: str, declared: RegisterMapping, texts: dict[str, InPieces]) -> None:
        """One register from texts that are too long for the memory."""
        assert self.pieces is not None
        whole = RegisterInPieces(name, self.pieces, texts)
        assumed: dict[str, dict[str, str]] = {}
        for label, text in texts.items():
            wanted = declared.wanted if self._is_derived(declared) else None
            for table in map(self.gathered.with_times, text.tables(whole.advance, wanted)):
                if label not in assumed:
                    refuse_words(text.file, "a sheet or column", table.called)
                assumed[label] = table.assumed
                own = declared.among(table.rows.columns)
                part = self._mapped(table, label, own, name, ActNumbers(), "")
                broken = self._broken(table, label, name, told=not self._is_derived(declared))
                whole.note(part, table)
                if declared.distinct:
                    whole.keep_distinct(part, broken, own)
                    continue
                misfits = pl.concat([broken, part.faults])
                accepted, found = self._checked(name, declared, [(label, part.rows)], misfits, whole.keys)
                whole.add(part, broken, accepted, in_source_terms(found, {label: (own, part.source)}))
            source = whole.sources[label]
            self.doubts += [*whole.doubts(label), *size_doubts(label, source.read, source.last)]
        self.tables = [table for table in self.tables if table.register != name]
        if declared.distinct:
            parts, lost, mappings = zip(*whole.distinct_parts(), strict=True)
            self.tables += [TakenTable(name, label, 0, 0, found, pl.DataFrame()) for label, found in assumed.items()]
            self._take_parts(name, declared, parts, lost, dict(zip(texts, mappings, strict=True)))
        else:
            self.large[name] = whole.accepted()
            self.seen[name], self.accepted[name] = whole.seen, whole.taken
            told = pl.concat(whole.told)
            self.rejects.append(told)
            self._note_words(name, told)
            wrong = rows_by_file(told)
            self.tables += [
                TakenTable(name, label, source.count, wrong.get(label, 0), assumed[label], pl.DataFrame())
                for label, source in whole.sources.items()
            ]
        self.tables = [
            replace(table, written=whole.sources[table.label].written) if table.register == name else table
            for table in self.tables
        ]

    def _read(self, file: Path, declared: RegisterMapping, name: str) -> list[SourceTable]:
        """The tables of a file, kept as long as another register takes them too."""
        key = (file.resolve(), declared.layout)
        tables = self.kept.pop(key, None)
        if tables is None:
            tables = self.gathered.read(file, declared.layout)
            refuse_words(file, "a sheet or column", (word for table in tables for word in table.called))
        later = [one for one in self.mapping.known if one in self.mapping.registers]
        for other in later[later.index(name) + 1 :]:
            register = self.mapping.registers[other]
            if (register.from_, register.layout) == (declared.from_, declared.layout):
                self.kept[key] = tables
        return tables

    def _mapped(
        self, table: SourceTable, label: str, declared: RegisterMapping, name: str, numbers: ActNumbers, step: str
    ) -> Mapped:  # fmt: skip
        mapped = map_table(table, label, declared, name, self.mapping)
        rows, changed = protect(mapped.rows, self.mapping, name, self.key)
        rows = numbers.add(rows, step) if name == "acts" else rows
        self.replaced.update({f"{name}.{column}": count for column, count in changed.items()})
        self.doubts += [*table.doubts, *mapped.doubts]
        if name == "units" and declared.distinct:
            self.named.append(named_units(rows, label))
        return replace(mapped, rows=rows)

    def _is_derived(self, declared: RegisterMapping) -> bool:
        """Whether a register is taken from the rows of another one, whose faults say all."""
        others = (one for one in self.mapping.registers.values() if not one.distinct)
        return declared.distinct and any(one.from_ == declared.from_ for one in others)

    def _broken(self, table: SourceTable, label: str, name: str, *, told: bool) -> pl.DataFrame:
        if not told:
            return pl.DataFrame(schema=REJECTS_SCHEMA)
        self.said |= field_counts(table.broken)
        return table.broken.with_columns(register=pl.lit(name), file=pl.lit(label)).select(list(REJECTS_SCHEMA))

    def _standing(self, parts: Sequence[Mapped], declared: RegisterMapping, name: str) -> list[pl.DataFrame]:
        """The rows of each part that stand: of equal ones the first where they are distinct, or the latest of a key."""
        rows = [part.rows for part in parts]
        if not declared.distinct and declared.latest is None:
            return rows
        whole = pl.concat(
            [table.with_columns(pl.lit(number).alias(PART)) for number, table in enumerate(rows)],
            how="diagonal_relaxed",
        )
        if declared.distinct:
            kept = whole.unique(list(declared.all_columns), keep="first", maintain_order=True)
        else:
            key = list(self.mapping.known[name].key)
            by = [PART] if declared.latest in (None, LAST_FILE) else [str(declared.latest), PART]
            named = pl.all_horizontal(pl.col(key).is_not_null())
            last = whole.filter(named).sort(*by, ROW, nulls_last=False).unique(key, keep="last", maintain_order=True)
            kept = pl.concat([last, whole.filter(~named)]).sort(PART, ROW)
            if count := whole.height - kept.height:
                message = Message(
                    "{register}: {count} earlier {count:row|rows} gave way to a later one by {latest}",
                    register=name, count=count, latest=str(declared.latest),
                )  # fmt: skip
                self.doubts.append(Doubt("earlier_rows", message, count))
        return [kept.filter(pl.col(PART) == number).drop(PART) for number in range(len(rows))]

    def _note_tables(
        self, name: str, parts: Sequence[Mapped], rows: Sequence[pl.DataFrame], broken: Sequence[pl.DataFrame],
        told: pl.DataFrame,
    ) -> None:  # fmt: skip
        wrong = rows_by_file(told)
        own = {table.label: table for table in self.tables if table.register == name}
        self.tables = [table for table in self.tables if table.register != name]
        for part, table, lost in zip(parts, rows, broken, strict=True):
            taken = own[part.label]
            count = table.height + lost.height + part.totals
            self.tables.append(
                TakenTable(name, part.label, count, wrong.get(part.label, 0), taken.assumed, part.source)
            )
        self._note_words(name, told)

    def _note_words(self, name: str, told: pl.DataFrame) -> None:
        for column, origin in self.mapping.registers[name].columns.items():
            found = told.filter(
                pl.col("column").is_in(["+".join(origin.sources)]) & pl.col("found").is_in(NOTHING_WORDS)
            )
            if found.height and origin.time is not None:
                self.doubts.append(nothing_words(f"{name}.{column}", found["found"]))

    def done(self) -> Intake:
        """The intake, once every register is taken."""
        rejects = pl.concat(self.rejects).sort("register", "file", "row", maintain_order=True)
        if "units" in self.registers:
            units, left_out = units_without_rows(self.named, rejects, self.registers["units"])
            self.seen["units"] -= self.registers["units"].height - units.height
            self.registers["units"] = units
            self.doubts += left_out
        self.accepted |= {name: table.height for name, table in self.registers.items()}
        taken = Intake(
            self.mapping, self.registers, rejects, self.seen, "", dict(self.replaced), self.said, (),
            tuple(self.tables), self.large, self.accepted, self.gathered.queries,
        )  # fmt: skip
        self.doubts += [*own_columns(self.mapping), *suspicions(taken.frames, self.as_of, self.mapping.timezone)]
        doubts = tuple(dict.fromkeys(map(self.gathered.plain, self.doubts)))
        return replace(taken, doubts=doubts, snapshot=snapshot_hash(taken.frames))


PART = "\x00part"  # beside the columns of a table, as ROW
