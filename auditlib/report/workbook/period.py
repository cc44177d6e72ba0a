"""The workbook and the CSV tables of a period."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import pandas as pd

from auditlib.analysis.conclusions import explain_outcomes
from auditlib.analysis.explain import fact_text
from auditlib.analysis.views import ScoredPeriod, named_in
from auditlib.core.cells import BOM, csv_text
from auditlib.core.exact import Rounding
from auditlib.core.message import t, told
from auditlib.core.table import Number
from auditlib.report import tables
from auditlib.report.headings.shared import REPORT
from auditlib.report.headings.states import OUTCOME_STATES
from auditlib.report.reading_table import reading_table
from auditlib.report.sections.shared.gaps import table as gap_table
from auditlib.report.wording import period_words
from auditlib.report.workbook.cases import case_sheet
from auditlib.report.workbook.peers import peers_sheet
from auditlib.report.workbook.scores import indicator_sheet, line_sheet, ranking_sheet, recheck_sheet, roll_up_sheet
from auditlib.report.workbook.sheets import Cell, Formula, Sheet, workbook_bytes
from auditlib.scoring.ranking_table import result_csv
from auditlib.scoring.result import Result

__all__ = ["lines_csv", "period_workbook", "scores_csv"]

LINES = (
    "unit", "name", "indicator", "status", "rule", "clause", "quantity", "points", "cases", "readings", "gaps",
    "reason", "facts",
)  # fmt: skip


def scores_csv(scored: ScoredPeriod) -> bytes:
    """A row a unit, as ``auditlib score --format csv`` gives it, for a spreadsheet to open."""
    return f"{BOM}{result_csv(scored.resolved, scored.result)}".encode()


def lines_csv(result: Result) -> bytes:
    """A row a score line, for a spreadsheet to open."""
    rows = [
        (
            unit.unit, unit.name, indicator.id, indicator.status, line.rule, line.clause,
            result.quantity(unit.unit, line.of, line.quantity), result.text(line.points), len(line.evidence),
            " ".join(f"{name}={option}" for name, option in line.readings.items()), " ".join(line.gaps),
            None if line.reason is None else told(line.reason, "en"),
            "; ".join(str(fact_text(fact)) for fact in line.facts),
        )
        for unit in result.units
        for indicator in (*unit.indicators, *unit.branches)
        for line in indicator.lines
    ]  # fmt: skip
    return f"{BOM}{csv_text(LINES, rows)}".encode()


def period_workbook(scored: ScoredPeriod, language: str) -> bytes:
    """The scores of a period as an XLSX file, in ``language``: what they are, ranks, points, lines, what follows.

    Formulas add up lines to points, points to totals and totals to those of longer periods; a column of differences
    beside the stored numbers is zero where they agree.
    """
    scored = named_in(scored, language)
    resolved, result = scored.resolved, scored.result
    lines = line_sheet(resolved, result, language)
    points = indicator_sheet(resolved, result, language)
    parts = roll_up_sheet(result, language)
    compared = peers_sheet(resolved, result, language)
    again = recheck_sheet(resolved, result, lines, language)
    checked = [sheet for sheet in (points, again, parts, compared) if sheet and list(_differences(sheet))]
    others = [
        case_sheet(scored, language),
        _outcomes(scored, language),
        _exclusions(scored, language),
        _framed(tables.reject_table(scored.rejects, None, language, scored.result.as_of), "rejects", language),
        _framed(reading_table(resolved, language), "readings", language),
        _framed(gap_table(resolved, result, result.units, language), "gaps", language),
    ]
    sheets = [ranking_sheet(result, language), points, parts, lines, again, compared, *others]
    title = f"{resolved.scheme.title(language)} · {period_words(result.period, language)}"
    there = [sheet for sheet in sheets if sheet is not None and sheet.rows]
    return workbook_bytes(
        [_about(scored, checked, language), *there], title, t("&CPage &P of &N", language), result.as_of
    )  # fmt: skip


def _about(scored: ScoredPeriod, checked: Sequence[Sheet], language: str) -> Sheet:
    """What the workbook shows, made from what, and one number that is zero where every formula agrees."""
    resolved, result = scored.resolved, scored.result
    scheme = resolved.scheme
    rows: list[Sequence[Cell]] = [
        (t("Scheme", language), f"{scheme.title(language)} ({scheme.scheme})"),
        (t("version", language), scheme.version),
        (t("Source document", language), scheme.source.title(language)),
        (t("Period", language), period_words(result.period, language)),
        (t("As of", language), result.as_of.isoformat(" ", "minutes")),
        (t("Units", language), len(result.units)),
        (t("All differences (0 where all agree)", language), _all_differences(checked, language)),
        (
            t("How it is checked", language),
            t(
                "The recheck adds up the score lines again by number, within floor and cap; sums of "
                "indicators and totals are formulas as well. A difference is what a formula gives less "
                "the stored number: all are 0 where they agree.",
                language,
            ),
        ),
        (
            t("Numbers", language),
            t(
                "Cells hold numbers unrounded, to 15 digits, and formulas count with these; shown are at "
                "most {digits} {digits:decimal|decimals}, more where a threshold, a rank or the rounding "
                "of the scheme needs them. In the column of arithmetic ≈ stands before a result that was "
                "rounded. Whole numbers with more than 15 digits are kept as text.",
                language,
                digits=result.rounding.digits,
            ),
        ),
        (t("Scheme file", language), f"{scored.scheme_name} · sha256 {scored.scheme_sha256}"),
        (t("Ledger snapshot", language), f"sha256 {scored.snapshot}"),
        (t("Software", language), scored.software),
        (t("Rows of the ledger not used", language), scored.rejected.all),
        (t("Of these of the period", language), scored.rejected.own),
        (t("Of these without a readable time", language), scored.rejected.undated),
    ]
    if scored.synthetic:
        rows.append(
            (
                t("Note", language),
                t("The ledger is synthetic, made for demonstration; no real unit or person is concerned.", language),
            )
        )
    noticed = [notice for notice in result.notices if notice.kind != "gap"]  # gaps have a sheet of their own
    called = {unit.unit: unit.name for unit in result.units}
    rows += [(t("Warning", language), told(notice.message.naming(called), language)) for notice in noticed]
    columns = [t("Item", language), t("Content", language)]
    return Sheet(t("About", language), columns, rows, widest=90, listing=True)


def _all_differences(checked: Sequence[Sheet], language: str) -> Cell:
    """All differences together, without their signs; a sentence where nothing is added up."""
    columns = [sheet.column(title) for sheet in checked for title in sorted(sheet.checks)]
    if not columns:
        return t("The scheme gives no points to add up", language)
    value = sum((abs(found) for sheet in checked for found in _differences(sheet)), Fraction(0))
    return Formula("+".join(f"SUMPRODUCT(ABS({column}))" for column in columns), Number(value, Rounding(9)))


def _differences(sheet: Sheet) -> Iterator[Fraction]:
    places = [index for index, title in enumerate(sheet.columns) if title in sheet.checks]
    for row in sheet.rows:
        yield from (cell.value.value for index in places if isinstance(cell := row[index], Formula))


def _outcomes(scored: ScoredPeriod, language: str) -> Sheet:
    """What follows for each unit, and what a tie or a person has yet to decide."""
    rows: list[Sequence[Cell]] = []
    for unit in scored.result.units:
        for one in explain_outcomes(scored.resolved, scored.result, unit, language):
            if one.state not in ("holds", "undecided"):
                continue
            decide = [f"{t('A person decides', language)}{t(': ', language)}{text}" for text in one.decisions]
            rows.append(
                (
                    unit.unit, unit.name, one.title, one.clause, t(OUTCOME_STATES[one.state], language),
                    "\n".join(one.conditions), "\n".join((*one.consequences, *decide)), one.note, len(one.evidence),
                )
            )  # fmt: skip
    names = ("code", "name", "outcome", "clause", "state_of", "conditions", "consequences", "note", "count")
    return Sheet(t("Outcomes", language), [t(REPORT[name], language) for name in names], rows)


def _exclusions(scored: ScoredPeriod, language: str) -> Sheet:
    """The cases that the list of exclusions leaves out, by unit, reason and office."""
    rows = [
        (unit.unit, unit.name, one.count, one.reason, one.clause, one.approver)
        for unit in scored.result.units
        for one in unit.exclusions
    ]
    names = ("code", "name", "count", "reason", "clause", "approver")
    return Sheet(t("Exclusions", language), [t(REPORT[name], language) for name in names], rows)


def _framed(table: pd.DataFrame, name: str, language: str) -> Sheet:
    """A table of the reports as a sheet; counts are numbers again."""
    counts = {t("Rows of the period", language), t("Time unknown", language)}
    rows = [
        [_typed(value, counted=title in counts) for title, value in zip(table.columns, row, strict=True)]
        for row in table.itertuples(index=False, name=None)
    ]
    return Sheet(t(REPORT[name], language), list(table.columns), rows)


def _typed(value: object, *, counted: bool) -> Cell:
    return None if value is None else int(str(value)) if counted else str(value)
