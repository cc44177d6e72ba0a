"""Filled forms taken back: their answers as rows of the register ``checks``, all of them or none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from auditlib.analysis.checks.draw import SAMPLE
from auditlib.analysis.checks.form import ASKED, COLUMNS, FIRST_ROW, FORM, MARKER
from auditlib.core.cells import csv_text
from auditlib.core.errors import InputError, Problem
from auditlib.core.files import write_together
from auditlib.delphi.forms.sheets import form_grids
from auditlib.ledger.checks import ROW, check_register
from auditlib.ledger.read import Ledger
from auditlib.ledger.registers import REGISTERS
from auditlib.scoring.duties.shapes import ANSWERS

__all__ = ["AnswersRead", "read_checks"]

WRITTEN = ("check_id", "unit", "at", "duty", "case_id", "result", "by", "method", "sample", "ref", "reason")
"""The columns of the file of answers."""
QUESTION = {"check_id": 0, "duty": 1, "unit": 2, "case_id": 3}
"""Where the hidden sheet of a form names a question."""
ABOUT = 4


@dataclass(frozen=True)
class AnswersRead:
    """What a reading of forms made: the file of each sample, how many answers, and how many questions stay open."""

    files: tuple[Path, ...]
    answers: int
    left_open: int


@dataclass(frozen=True)
class _Filled:
    file: str
    sample: str
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    """Each question with its answer, by the row of the sheet."""


def read_checks(forms: Sequence[Path], ledger: Ledger, *, replace: bool = False) -> AnswersRead:
    """The answers of filled ``forms`` into the ledger's folder, a file ``checks-SAMPLE.csv`` for each sample.

    Nothing else of the ledger is touched: what it computes stays computed. Raises :class:`InputError` with every fault
    of every form, named by its cell, and then writes nothing; also where the answers of a sample are there already and
    not to be replaced.
    """
    _require_folder(ledger)
    problems: list[Problem] = []
    filled = [form for file in forms if (form := _read_form(file, problems)) is not None]
    for form in filled:
        problems += _answer_faults(form)
    problems += _between(filled)
    accepted = [] if problems else [(form, _checked(form, ledger, problems, replace)) for form in filled]
    if problems:
        raise InputError(problems)
    written: dict[str, list[list[str]]] = {}
    for form, answers in accepted:
        written.setdefault(form.sample, []).extend(_lines(form, answers))
    write_together(
        {ledger.path / _name(sample): csv_text(WRITTEN, sorted(lines)).encode() for sample, lines in written.items()}
    )
    asked = sum(len(form.rows) for form in filled)
    given = sum(len(lines) for lines in written.values())
    return AnswersRead(tuple(ledger.path / _name(sample) for sample in written), given, asked - given)


def _name(sample: str) -> str:
    return f"checks-{sample}.csv"


def _require_folder(ledger: Ledger) -> None:
    if not ledger.path.is_dir() or ledger.seal is not None:
        found = "a divided ledger" if ledger.seal is not None else "one file"
        raise InputError.at(ledger.path, "", f"found {found}, expected a ledger that is a folder, for the answers")


def _read_form(file: Path, problems: list[Problem]) -> _Filled | None:
    try:
        answers, marker = form_grids(file, {FORM: len(COLUMNS), MARKER: len(QUESTION)}, "auditlib checks new")
    except InputError as error:
        problems += error.problems
        return None
    about = {row[0]: row[1] for row in marker[:ABOUT]}
    asked = [{name: row[place] for name, place in QUESTION.items()} for row in marker[ABOUT:] if row[0]]
    rows, found = [], answers[FIRST_ROW - 1 :]
    for place, question in enumerate(asked):
        cells = found[place] if place < len(found) else [""] * len(COLUMNS)
        line = dict(zip(COLUMNS, cells, strict=False))
        for name, expected in question.items():
            if line[name] != expected:
                where = f"{FORM}!{_cell(name, FIRST_ROW + place)}"
                told = f"found {line[name] or 'nothing'}, expected {expected or 'nothing'}, as the form was sent"
                problems.append(Problem(str(file), None, where, told))
        rows.append((FIRST_ROW + place, question | {name: line[name] for name in COLUMNS[ASKED:]}))
    for place, cells in enumerate(found[len(asked) :], FIRST_ROW + len(asked)):
        if any(cells):
            told = f"found {next(cell for cell in cells if cell)}, expected no row below the last question"
            problems.append(Problem(str(file), None, f"{FORM}!A{place}", told))
    if not SAMPLE.fullmatch(sample := about.get("sample", "")):  # a file is called after it
        told = "found what names no sample, expected K and ten hexadecimal digits, as the form was sent"
        problems.append(Problem(str(file), None, f"{MARKER}!B1", told))
    return _Filled(str(file), sample, tuple(rows))


def _cell(name: str, row: int) -> str:
    return f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[COLUMNS.index(name)]}{row}"


def _answer_faults(form: _Filled) -> Iterator[Problem]:
    """Answers that are no answer, or that stand without what every answer needs."""
    for row, line in form.rows:
        where = f"{FORM}!{_cell('result', row)}"
        if line["result"] and line["result"] not in ANSWERS:
            told = f"found {line['result']}, expected one of {', '.join(ANSWERS)}"
            yield Problem(form.file, None, where, told)
        elif not line["result"] and (given := next((name for name in COLUMNS[ASKED:] if line[name]), None)):
            told = f"found no answer beside {_cell(given, row)}, expected one of {', '.join(ANSWERS)}"
            yield Problem(form.file, None, where, told)
        elif line["result"] and not line["at"]:
            at = f"{FORM}!{_cell('at', row)}"
            yield Problem(form.file, None, at, "found no day, expected when it was looked at, such as 2026-01-05")


def _between(forms: Sequence[_Filled]) -> Iterator[Problem]:
    """A question that two forms answer."""
    first: dict[str, str] = {}
    for form in forms:
        for row, line in form.rows:
            if not line["result"]:
                continue
            if (other := first.setdefault(line["check_id"], form.file)) != form.file:
                told = f"found a second answer to {line['check_id']}, expected one; {other} has it too"
                yield Problem(form.file, None, f"{FORM}!{_cell('result', row)}", told)


def _checked(form: _Filled, ledger: Ledger, problems: list[Problem], replace: bool) -> pl.DataFrame:
    """The answers as the register reads them; faults go to ``problems`` by their cell."""
    answered = [(row, line) for row, line in form.rows if line["result"]]
    names = [name for name in WRITTEN if name != "sample"]
    columns = {name: [line[name] or None for _, line in answered] for name in names}
    table = pl.DataFrame(
        {ROW: [row for row, _ in answered], **columns}, schema={ROW: pl.Int64} | dict.fromkeys(names, pl.String)
    )
    checks = REGISTERS["checks"]
    units = ledger.units()["unit"]
    accepted, faults = check_register(
        checks, [(form.file, table)], ledger.note.timezone, ledger.as_of, units, not_personal=ledger.note.not_personal
    )
    for fault in faults.iter_rows(named=True):
        where = f"{FORM}!{_cell(fault['column'], fault['row'])}"
        problems.append(Problem(form.file, None, where, f"found {fault['found']}, expected {fault['expected']}"))
    problems += _strangers(form, answered, ledger)
    file = ledger.path / _name(form.sample)
    if file.exists() and not replace:
        problems.append(Problem(str(file), None, "", "found answers of this sample, expected none, or --replace"))
    return accepted


def _strangers(form: _Filled, answered: Sequence[tuple[int, Mapping[str, str]]], ledger: Ledger) -> Iterator[Problem]:
    """Answers on cases that are not in this ledger."""
    wanted = [line["case_id"] for _, line in answered if line["case_id"]]
    known = ledger.registers["cases"].filter(pl.col("case_id").is_in(wanted)).select("case_id").collect()["case_id"]
    have = set(known)
    for row, line in answered:
        if line["case_id"] and line["case_id"] not in have:
            told = f"found {line['case_id']}, expected a case of {ledger.path}"
            yield Problem(form.file, None, f"{FORM}!{_cell('case_id', row)}", told)


def _lines(form: _Filled, answers: pl.DataFrame) -> Iterator[list[str]]:
    for row in answers.with_columns(sample=pl.lit(form.sample)).select(WRITTEN).iter_rows():
        yield ["" if value is None else value.isoformat() if isinstance(value, datetime) else value for value in row]
