"""A scheme held against a ledger before anything is scored: columns, words, and rows that a condition never sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import polars as pl

from auditlib.core.calendars import PUBLISHED, CalendarChoice
from auditlib.core.errors import InputError, Problem
from auditlib.core.period import Period
from auditlib.ledger.conditions import parse_sql
from auditlib.ledger.read import Ledger
from auditlib.scheme.columns import columns_of, written_expressions
from auditlib.scheme.load import SchemeFile
from auditlib.scheme.vocabulary import coded_columns, word_tests
from auditlib.scoring.as_of import default_as_of
from auditlib.scoring.assess import calendar_of
from auditlib.scoring.counting import Counter
from auditlib.scoring.needed import needed_columns
from auditlib.scoring.own_columns import typed_registers
from auditlib.scoring.selection import ROW

__all__ = ["LedgerFinding", "against_ledger", "with_words_of"]

Severity = Literal["error", "warning", "note"]
KINDS: dict[str, Severity] = {
    "column-missing": "error",
    "word-undeclared": "warning",
    "word-in-no-row": "note",
    "open-rows-drop-out": "note",
}
"""What can be found, and how grave it is: a note may be right as it is."""
LISTED = 8
"""So many rows or words are named."""


@dataclass(frozen=True)
class LedgerFinding:
    """What a ledger shows of a scheme, with the place in the scheme that it concerns."""

    kind: str
    problem: Problem

    @property
    def severity(self) -> Severity:
        return KINDS[self.kind]

    def __str__(self) -> str:
        return str(replace(self.problem, message=f"{self.severity}: {self.kind}: {self.problem.message}"))

    def row(self) -> dict[str, Any]:
        """The same as plain values, as the other findings of a check are."""
        one = self.problem
        place = {"file": one.file, "line": one.line, "column": one.column, "path": one.path, "clause": one.clause}
        what = {"kind": self.kind, "at": one.path, "severity": self.severity, "message": one.message}
        return place | what | {"readings": "", "proof": "", "known": False}


def against_ledger(
    file: SchemeFile, ledger: Ledger, as_of: datetime | None = None, days: CalendarChoice = PUBLISHED
) -> Iterator[LedgerFinding]:
    """Everything that the rows of a ledger show of a scheme under the readings in use, in the order of the file."""
    missing = list(_missing_columns(file, ledger))
    found = [*missing, *_words(file, ledger)]
    if not missing:  # what cannot be counted drops nothing
        found += _dropped(file, ledger, as_of, days)
    yield from sorted(found, key=lambda one: (one.problem.line or 0, one.problem.column or 0, one.kind))


def with_words_of(problems: Iterable[Problem], ledger: Ledger) -> Iterator[Problem]:
    """Problems of a scheme that does not load; of words that it does not declare, with those of the ledger."""
    for one in problems:
        _, _, named = one.path.partition("words.")
        register, _, column = named.partition(".")
        have = _counted(ledger, register, column) if one.path.startswith("words.") else {}
        yield replace(one, message=f"{one.message}; in the ledger: {_listed(have)}") if have else one


def _missing_columns(file: SchemeFile, ledger: Ledger) -> Iterator[LedgerFinding]:
    for register, columns in needed_columns(file.natural).items():
        if register not in ledger.registers:
            continue
        have = ledger.registers[register].collect_schema().names()
        for column in columns:
            if column not in have:
                told = f"found no column {column} in {register} of the ledger, expected one (empty: unknown)"
                yield LedgerFinding("column-missing", file.tree.problem(_reading(file, register, column), told))


def _reading(file: SchemeFile, register: str, column: str) -> tuple[str | int, ...]:
    """The first measure that reads a column."""
    for name, measure in file.natural.measures.items():
        if measure.register_ == register and column in (*columns_of(file.natural, measure), measure.at):
            return ("measures", name)
    return ()


def _counted(ledger: Ledger, register: str, column: str) -> dict[str, int]:
    """How many rows of a register hold each text of a column; nothing where the ledger has no such column."""
    frame = ledger.registers.get(register)
    if frame is None or column not in frame.collect_schema().names():
        return {}
    table = frame.select(pl.col(column).cast(pl.String)).drop_nulls().group_by(column).len().collect()
    return dict(table.sort("len", column, descending=[True, False]).iter_rows())


def _listed(counts: dict[str, int]) -> str:
    shown = ", ".join(f"{word} ({count})" for word, count in list(counts.items())[:LISTED])
    return f"{shown}{' …' if len(counts) > LISTED else ''}"


def _words(file: SchemeFile, ledger: Ledger) -> Iterator[LedgerFinding]:
    """Words that rules test and no row has, and words of rows that the scheme does not declare."""
    scheme, tree = file.natural, file.tree
    told: set[tuple[str, str, str]] = set()
    for register, path, sql in written_expressions(scheme):
        if register not in scheme.known_registers or register not in ledger.registers:
            continue
        coded = coded_columns(scheme, register)
        for test in word_tests(
            parse_sql(sql).tree, [name for name in coded if name not in scheme.columns.get(register, {})]
        ):
            owner, column = coded[test.column]
            have = _counted(ledger, owner, column)
            for word in test.words:
                if word in have or word in test.stand_ins or word == "" or (owner, column, word) in told or not have:
                    continue
                told.add((owner, column, word))
                message = f"'{word}' occurs in no row of {owner}.{column}; in the rows: {_listed(have)}"
                yield LedgerFinding("word-in-no-row", tree.problem(path, message))
    for register, columns in scheme.words.items():
        for column, words in columns.items():
            unknown = {word: n for word, n in _counted(ledger, register, column).items() if word not in words}
            if unknown:
                message = f"{register}.{column} of the ledger holds what is not declared: {_listed(unknown)}"
                path = ("words", register, column)
                yield LedgerFinding("word-undeclared", tree.problem(path, message))


def _dropped(
    file: SchemeFile, ledger: Ledger, as_of: datetime | None, days: CalendarChoice
) -> Iterator[LedgerFinding]:  # fmt: skip
    """Rows of which a condition is neither true nor false, as something that it reads is empty: it loses them."""
    resolved = file.resolve()
    measures = {
        name: one.model_copy(update={"window": "to_date"}) for name, one in resolved.scheme.measures.items()
    }  # fmt: skip
    scheme = resolved.scheme.model_copy(update={"measures": measures})
    latest = as_of or default_as_of(ledger, Period.parse("1900"))
    period = Period.parse(str(latest.year))
    registers = typed_registers(scheme, ledger.registers)  # a column of its own is text in the ledger
    counter = Counter(scheme, registers, period, latest, calendar_of(resolved, days))
    for name, measure in measures.items():
        register = measure.register_
        if register is None or register not in ledger.registers or measure.where is None:
            continue
        key = counter.key(register)
        try:
            read = parse_sql(measure.where).columns
            frame = counter.frame(register, [name], extra=[*key.meta.root_names()])
            lost = (
                frame.filter(counter.undecided(name)).select(key.alias(ROW), *(pl.col(one) for one in read)).collect()
            )
        except InputError:
            continue  # what keeps it from being counted is said when it is scored
        if lost.is_empty():
            continue
        empty = [column for column in read if lost[column].null_count()]
        rows: list[str] = lost[ROW].drop_nulls().sort().to_list()
        named = f"{', '.join(rows[:LISTED])}{' …' if len(rows) > LISTED else ''}"
        count = f"{lost.height} row{'' if lost.height == 1 else 's'} of {register}"
        message = (
            f"{count} drop{'s' if lost.height == 1 else ''} out of {name}, as {' or '.join(empty)} is empty: {named}"
        )
        yield LedgerFinding("open-rows-drop-out", file.tree.problem(("measures", name, "where"), message))
