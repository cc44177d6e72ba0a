"""Answers from survey tools: an export of 问卷星, Google Forms, Qualtrics or SurveyMonkey becomes forms of a round.

What a tool's exports look like is a file in ``params/panels/surveys``, or one of the panel's own. Columns are told by
what their headers say: the expert's pseudonym, the items by id, number or title, remarks, the self-assessment, how long
it took. Everything else (addresses, names, times, sources) is left where it is.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
from pydantic import AfterValidator, Field

from auditlib.core.cells import csv_text
from auditlib.core.errors import InputError, Problem
from auditlib.core.files import write_atomically
from auditlib.core.home import find, names_in
from auditlib.core.values import Number, Strict, Text
from auditlib.delphi.answers import Remark
from auditlib.delphi.declared import PanelFile
from auditlib.delphi.experts import pseudonym_fault, self_assessment
from auditlib.delphi.forms.held import Form
from auditlib.delphi.forms.read_back import Returned, form_faults, round_faults, take_in
from auditlib.delphi.forms.sheets import grids
from auditlib.delphi.forms.survey_columns import Columns, columns_of, fits, plain
from auditlib.delphi.forms.survey_flags import Timed, flags_file, flags_of
from auditlib.delphi.pseudonyms import key_of, spelling
from auditlib.delphi.rounds import Panel, read_panel
from auditlib.delphi.scales import Scale, Share, number_in
from auditlib.ledger.privacy.declared import read_impersonal
from auditlib.ledger.privacy.find import withhold
from auditlib.ledger.tables.encoding import decoded

__all__ = ["Export", "SurveyFile", "find_survey", "read_export", "take_export"]

LONGEST = 400
"""Characters of a cell that may be a mark."""


def _pattern(value: str) -> str:
    try:
        fits([""], value)
    except pl.exceptions.ComputeError as error:
        said = " ".join(str(error).split())[:200]
        raise ValueError(f"found {value!r}, expected a regular expression without (?=…) and \\1: {said}") from None
    return value


Pattern = Annotated[str, AfterValidator(_pattern)]


class TooFast(Strict):
    """When an answer is told to be too fast: below so many seconds an item, or so small a share of the median."""

    seconds_per_item: Number = Fraction(2)
    share_of_median: Share = Fraction(1, 2)


class SurveyFile(Strict):
    """How the exports of a survey tool are read.

    ``header_rows`` stand above the answers; with ``fill_right`` an empty cell of the first stands for the one to its
    left. ``expert``, ``remark``, ``duration`` are patterns of headers; ``question`` is one that the headers of marks
    have, where a tool asks several things of each item. ``keep`` names a column and the pattern of rows that count.
    ``empty`` are texts that stand for no answer, ``codes`` what a tool writes for a mark.
    """

    survey: str
    title: Text
    header_rows: Annotated[int, Field(ge=1, le=9)] = 1
    fill_right: bool = False
    expert: Pattern = r"专家\s*(?:代号|编号|代码)|代号|\bexpert(?:'s)?\s+(?:code|id|number)\b|pseudonym|^expert$"
    remark: Pattern = r"意见|建议|备注|\bcomments?\b|\bremarks?\b|\bsuggestions?\b"
    duration: Pattern | None = None
    question: Pattern | None = None
    keep: dict[str, Pattern] = {}
    empty: tuple[str, ...] = ()
    codes: dict[str, Number] = {}
    duplicates: Literal["refuse", "first", "last"] = "refuse"
    too_fast: TooFast = TooFast()


@dataclass(frozen=True)
class Export:
    """The forms of an export, and what its reader has to know.

    ``flags`` by expert; ``left_out`` the headers of columns that were not taken; ``rows_left_out`` how many rows did
    not count (unfinished, without any mark), ``again`` the experts of whom one form of several was taken, ``respelt``
    how experts wrote their pseudonym where the panel writes it otherwise.
    """

    forms: tuple[Form, ...]
    flags: Mapping[str, tuple[str, ...]]
    left_out: tuple[str, ...]
    rows_left_out: int
    again: tuple[str, ...]
    respelt: Mapping[str, str]


def find_survey(name: str) -> SurveyFile:
    """The survey mapping of a name in ``params/panels/surveys``, or in a file. Raises :class:`InputError`."""
    file = find(name, "panels/surveys", ".yaml")
    if not file.is_file():
        known = names_in("panels/surveys", "*.yaml")
        raise InputError.at("--survey", "", f"found {name!r}, expected a file, or one of {known}")
    return read_impersonal(SurveyFile, file)


def take_export(
    file: Path, survey: SurveyFile, folder: Path, number: int | None = None, replace: bool = False
) -> tuple[Returned, Export]:
    """Take an export into round ``number`` of the panel in ``folder``, as forms are taken; flags go to ``flags-N.csv``.

    An export does not say its round: without ``number`` it is the first, where nothing has come back yet. Raises
    :class:`InputError` with every fault, and then nothing is written.
    """
    panel = read_panel(folder)
    if number is None and panel.rounds:
        raise InputError.at(
            file, "--round", "found none, expected the round of the export: some have come back already"
        )
    wanted = number or 1
    problems = list(round_faults(panel, wanted))
    if problems:
        raise InputError(problems)
    export = read_export(file, survey, panel.declared, wanted, _seats(panel, wanted))
    problems += form_faults(export.forms, panel, wanted)
    returned = take_in(panel, wanted, export.forms, replace, problems)
    there = panel.rounds[wanted - 1].flags if wanted <= len(panel.rounds) else {}
    flags = {**{e: f for e, f in there.items() if all(e != form.expert for form in export.forms)}, **export.flags}
    if flags or there:
        rows = [(expert, flag) for expert, told in flags.items() for flag in told]
        write_atomically(flags_file(folder, wanted), csv_text(["expert", "flag"], rows).encode("utf-8"))
    return returned, export


def _seats(panel: Panel, number: int) -> list[str]:
    """How the panel writes its experts: in its rounds, in ``experts.csv``, on the forms that went out."""
    sent = sorted(file.stem for file in (panel.folder / "questionnaires" / f"round-{number}").glob("*.xlsx"))
    rounds = [expert for one in panel.rounds for expert in one.experts]
    return [*rounds, *panel.experts, *(name for name in sent if pseudonym_fault(name) is None)]


def read_export(file: Path, survey: SurveyFile, declared: PanelFile, number: int, seats: Iterable[str] = ()) -> Export:
    """The forms in an export of answers to round ``number``. Raises :class:`InputError` with every fault.

    Experts type their pseudonym into a survey: one that is another spelling of one of ``seats`` is read as that one.
    """
    grid = _grid(file)
    headers = [[plain(cell) for cell in row] for row in grid[: survey.header_rows]]
    if len(grid) <= survey.header_rows:
        raise InputError.at(
            file, "", f"found {len(grid)} rows, expected {survey.header_rows} of headers and answers below"
        )
    if survey.fill_right:
        headers[0] = list(_filled(headers[0]))
    reading = _ExportRows(file, survey, declared, number, columns_of(headers, survey, declared, number))
    for seat in seats:
        reading.seats.setdefault(key_of(seat), seat)
    reading.problems += [Problem(str(file), 1, column, message) for column, message in reading.columns.faults]
    if not reading.problems:
        for row, cells in enumerate(grid[survey.header_rows :], start=survey.header_rows + 1):
            reading.take(row, cells)
    if not reading.forms and not reading.problems:
        reading.problems.append(Problem(str(file), None, "", "found no answers, expected at least one expert"))
    if reading.problems:
        raise InputError(reading.problems)
    return Export(
        tuple(reading.forms.values()), flags_of(reading.timed, survey.too_fast),
        reading.columns.left_out, reading.rows_left_out, tuple(reading.again), reading.respelt,
    )  # fmt: skip


def _filled(row: Sequence[str]) -> Iterator[str]:
    last = ""
    for cell in row:
        last = cell or last
        yield last


def _grid(file: Path) -> list[list[str | None]]:
    if file.suffix.lower() in (".xlsx", ".xls", ".xlsm"):
        first = next(iter(grids(file).values()), [])
        return [row for row in first if any(row)]
    if not file.is_file():
        raise InputError.at(file, "", "no such file")
    text = decoded(file.read_bytes(), str(file), None)[0].decode("utf-8")
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [[cell.strip() or None for cell in row] for row in rows if any(cell.strip() for cell in row)]


class _ExportRows:
    """An export while it is read."""

    def __init__(self, file: Path, survey: SurveyFile, declared: PanelFile, number: int, columns: Columns) -> None:
        self.file, self.survey, self.declared, self.number, self.columns = str(file), survey, declared, number, columns
        self.empty = {plain(text) for text in survey.empty}
        self.codes = {plain(code): mark for code, mark in survey.codes.items()}
        self.forms: dict[str, Form] = {}
        self.rows: dict[str, int] = {}
        self.timed: dict[str, Timed] = {}
        self.again: dict[str, None] = {}
        self.seats: dict[str, str] = {}
        self.respelt: dict[str, str] = {}
        self.rows_left_out = 0
        self.problems: list[Problem] = []

    def report(self, row: int, column: str, message: str) -> None:
        self.problems.append(Problem(self.file, row, column, message))

    def cell(self, cells: Sequence[str | None], column: int | None) -> str | None:
        """The text of a cell in plain characters; None for no answer."""
        text = plain(cells[column]) if column is not None and column < len(cells) else ""
        return None if text in self.empty or not text else text

    def take(self, row: int, cells: Sequence[str | None]) -> None:
        columns = self.columns
        if any(not fits([self.cell(cells, at) or ""], wanted) for at, wanted in columns.keep):
            self.rows_left_out += 1
            return
        answered = {item: text for item, at in columns.items.items() if (text := self.cell(cells, at)) is not None}
        if not answered:
            self.rows_left_out += 1
            return
        written = "".join((self.cell(cells, columns.expert) or "").split()) or None
        if (fault := pseudonym_fault(written)) or written is None:
            self.report(row, columns.name(columns.expert), fault or "")
            return
        expert = spelling(written, self.seats)
        if expert != written:
            self.respelt[written] = expert
        if expert in self.rows and self.survey.duplicates == "refuse":
            message = f"found {expert} again, expected each expert once; row {self.rows[expert]} has the form"
            self.report(row, columns.name(columns.expert), f"{message}; --duplicates last or first takes one of them")
            return
        if expert in self.rows:
            self.again[expert] = None
            if self.survey.duplicates == "first":
                return
        self.rows[expert] = row
        marks = {item: mark for item, text in answered.items() if (mark := self.mark(row, item, text)) is not None}
        groups = self.declared.siblings(self.number)
        for item, message in self.declared.scale.group_faults(groups, marks) if len(marks) == len(answered) else ():
            self.report(row, item, message)
        raw = [(item, cells[at]) for item, at in columns.remarks if self.cell(cells, at) is not None]
        remarks = tuple(Remark(expert, item, text) for item, text in raw if text is not None)
        self.forms[expert] = Form(self.file, self.number, expert, marks, remarks, self.about(row, cells))
        self.timed[expert] = Timed(tuple(marks.values()), self.cell(cells, columns.duration))

    def about(self, row: int, cells: Sequence[str | None]) -> dict[str, str | None] | None:
        if not self.columns.about:
            return None
        said = {name: self.cell(cells, at) for name, at in self.columns.about.items()}
        for column, message in self_assessment(said, self.declared.tables)[1]:
            self.report(row, column, message)
        return said

    def mark(self, row: int, item: str, text: str) -> Fraction | None:
        found = self.codes.get(text, _mark(text, self.declared.scale))
        if found is None or found not in self.declared.scale.marks:
            words = [label.zh for label in self.declared.scale.labels.values()]
            expected = f"{self.declared.scale.expected}{', or one of ' if words else ''}{', '.join(words)}"
            self.report(row, item, f"found {withhold(text)!r}, expected {expected}")
            return None
        return found


def _mark(text: str, scale: Scale) -> Fraction | None:
    """The mark that a cell means: a number, a label, or both where they say the same (``5分``, ``5 非常重要``)."""
    if len(text) > LONGEST:  # the patterns below try every way to divide it
        return None
    labels = {plain(name).casefold(): mark for mark, label in scale.labels.items() for name in (label.zh, label.en)}
    folded = text.casefold()
    if folded in labels:
        return labels[folded]
    if (number := number_in(text)) is not None:
        return number
    for pattern in (
        r"(?P<n>[0-9.]+)\s*分?[\s、.,:=)\]_-]*(?P<w>.*)",
        r"(?P<w>.*?)[\s,:=(\[_-]*(?P<n>[0-9.]+)\s*分?[)\]]?",
    ):
        both = re.fullmatch(pattern, folded)
        if both is not None and (number := number_in(both["n"])) is not None:
            word = both["w"].strip(" ()[]")
            if not word or labels.get(word) == number:
                return number
    return None
