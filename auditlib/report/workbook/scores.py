"""The sheets of scores: ranking, indicators, their points added up again, score lines, and the parts of a roll-up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby

from auditlib.analysis.explain import bounds_note, explain
from auditlib.analysis.tree import branch_effects, nodes_of, shares
from auditlib.core.exact import Rounding, telling
from auditlib.core.message import t
from auditlib.core.numerals import plain_percent
from auditlib.core.period import Period
from auditlib.core.table import Number, Table
from auditlib.core.table import number as number_cell
from auditlib.report.headings.shared import REPORT
from auditlib.report.headings.states import STATUSES
from auditlib.report.tables import joined, reason_text
from auditlib.report.wording import period_words
from auditlib.report.workbook.sheets import Cell, Formula, Sheet, reference
from auditlib.scheme.load import Resolved
from auditlib.scheme.nodes import Branch
from auditlib.scheme.rules import Indicator
from auditlib.scoring.ranking_table import points_fields, ranked_units, ranking_table
from auditlib.scoring.result import IndicatorScore, PartScore, Result, ScoreLine, UnitScore

__all__ = ["indicator_sheet", "line_sheet", "ranking_sheet", "recheck_sheet", "roll_up_sheet"]

RECHECKED = {
    "start": "Start",
    "line_sum": "Sum of lines",
    "floor": "Floor",
    "cap": "Cap",
    "readded": "Re-added",
    "stored": "Stored",
    "difference": "Difference",
}
"""The columns in which a spreadsheet adds up again."""


AGREES = Rounding(9)
"""Two sums are the same where they differ by less: a cell keeps 15 digits, not fractions."""


def ranking_sheet(result: Result, language: str) -> Sheet:
    """Every unit with its group, where it is ranked, its rank, its total, out of how much, ties and outcomes."""
    wanted = ["group", "ranked_in", "rank", "unit", "name", "total", "of", "complete", "tie", "outcomes"]
    wanted += ["provisional"] if result.provisional_after else []
    return Sheet.of(ranking_table(result, None, *wanted), t("Ranking", language), language)


def line_sheet(resolved: Resolved, result: Result, language: str) -> Sheet:
    """Every score line of every unit. The first column numbers unit and indicator, as :func:`recheck_sheet` does."""
    names = ("code", "name", "indicator", "rule", "clause", "operands", "arithmetic")
    columns = [t("No.", language), *(t(REPORT[name], language) for name in names)]
    columns += [t("Quantity", language), t("Points", language), t("Number", language)]
    columns.append(t("Reason", language))
    rows: list[Sequence[Cell]] = []
    for number, unit, indicator, scored, explained in _by_indicator(resolved, result, language):
        for line, told in zip(scored.lines, explained, strict=True):
            rows.append(
                (
                    number, unit.unit, unit.name, indicator.title(language), told.title, line.clause, told.operands,
                    told.arithmetic, _quantity(resolved, unit, line, result), _number(line.points, result),
                    len(line.evidence), reason_text(resolved, line, language),
                )
            )  # fmt: skip
    return Sheet(t("Score lines", language), columns, rows)


def recheck_sheet(resolved: Resolved, result: Result, lines: Sheet, language: str) -> Sheet:
    """The points of each unit and indicator, added up again from ``lines`` by formulas, within floor and cap.

    An indicator that is not scored is not added up; why stands beside it.
    """
    names = ("code", "name", "indicator", "status")
    own = ("start", "line_sum", "floor", "cap", "readded", "stored", "difference")
    columns = [t("No.", language), *(t(REPORT[name], language) for name in names)]
    columns += [*(t(RECHECKED[name], language) for name in own), t("Note", language)]
    rows: list[Sequence[Cell]] = []
    for number, unit, indicator, scored, _ in _by_indicator(resolved, result, language):
        status = STATUSES[scored.status] if scored.met is None else "met" if scored.met else "not met"
        head = (number, unit.unit, unit.name, indicator.title(language), t(status, language))
        note = bounds_note(scored, result.rounding, language)
        if scored.points is None:
            reasons = [reason_text(resolved, line, language) for line in scored.lines if line.points is None]
            note = joined(list(dict.fromkeys(filter(None, reasons))), language)
            rows.append((*head, *[None] * len(own), note))
            continue
        rows.append((*head, *_readded(len(rows), indicator, scored, lines, result, language), note))
    return Sheet(t("Recheck", language), columns, rows, frozenset([t("Difference", language)]))


def _readded(
    row: int, indicator: Indicator, scored: IndicatorScore, lines: Sheet, result: Result, language: str
) -> Iterator[Cell]:
    """Start, sum of the lines, floor, cap, what they come to, the stored points and the difference."""
    start, line_sum, floor, cap, again, stored = (reference(row, column) for column in range(5, 11))
    added = sum((line.points for line in scored.lines if line.points is not None), Fraction(0))
    begins = (scored.raw or Fraction(0)) - added if isinstance(indicator, Branch) else indicator.start
    keys, points = lines.column(t("No.", language)), lines.column(t("Points", language))
    value, text = begins + added, f"{start}+{line_sum}"
    if indicator.cap is not None:
        value, text = min(value, indicator.cap), f"MIN({text},{cap})"
    if indicator.floor is not None:
        value, text = max(value, indicator.floor), f"MAX({text},{floor})"
    assert scored.points is not None
    yield _number(begins, result)
    yield Formula(f"SUMIFS({points},{keys},{reference(row, 0)})", Number(added, result.rounding))
    yield _number(indicator.floor, result)
    yield _number(indicator.cap, result)
    yield Formula(text, Number(value, result.rounding))
    yield _number(scored.points, result)
    yield _difference(again, stored, value - scored.points)


def indicator_sheet(resolved: Resolved, result: Result, language: str) -> Sheet:
    """The points of every unit (a row) under every indicator (a column), and their sum beside the stored total.

    A total that is rolled up from several periods stands on :func:`roll_up_sheet`; here it is the period's own.
    """
    assessed = {scored.id for unit in result.units for scored in unit.indicators}
    declared = [indicator for indicator in resolved.scheme.indicators if indicator.id in assessed]
    base = resolved.scheme.base
    columns = [t("Code", language), t("Name", language), *([t("Base", language)] if base else [])]
    columns += _distinct([indicator.title(language) for indicator in declared], columns)
    trees = [branch for branch in resolved.scheme.branches if any(unit.branches for unit in result.units)]
    columns += _distinct([t("{node}: effect", language, node=branch.title(language)) for branch in trees], columns)
    first, width = 2, len(columns)
    rolled = any(unit.parts for unit in result.units)
    columns += [t("Sum (formula)", language), t("total of the period itself" if rolled else "Stored total", language)]
    columns += [t("Out of", language), t("Difference", language), t("Note", language)]
    points = Table.of(points_fields(declared, lambda own: t(STATUSES[own.status], language)), ranked_units(result))
    scored = Sheet.of(points, "", language).rows
    rows: list[Sequence[Cell]] = []
    for row, unit in enumerate(result.units):
        cells: list[Cell] = [_number(base.points, result)] if base else []
        cells += scored[row]
        cells += _effects(resolved, result, unit, trees)
        total, total_of = _own_total(unit, result)
        added = sum((cell.value for cell in cells if isinstance(cell, Number)), Fraction(0))
        some = any(isinstance(cell, Number) for cell in cells)
        span = f"{reference(row, first)}:{reference(row, width - 1)}"
        formula = Formula(f"SUM({span})", Number(added, result.rounding)) if some else None
        check = None
        if total is not None and formula is not None:
            check = _difference(reference(row, width), reference(row, width + 1), added - total)
        note = _why_no_total(unit, total, language)
        tail = (formula, _number(total, result), _number(total_of, result), check, note)
        rows.append((unit.unit, unit.name, *cells, *tail))
    return Sheet(t("Indicators", language), columns, rows, frozenset([t("Difference", language)]))


def _effects(resolved: Resolved, result: Result, unit: UnitScore, trees: Sequence[Branch]) -> Iterator[Cell]:
    """By branch what it changes beyond the sum of all indicators: weights, rules of its own, floor and cap."""
    reach = shares(resolved.scheme, unit)
    found = {effect.branch.id: effect.points for effect in branch_effects(resolved.scheme, unit)}
    for one in unit.indicators:
        above = next((branch.id for branch in trees if one.id in branch.children), None)
        if one.points is not None and above is not None:
            found[above] = found.get(above, Fraction(0)) + one.points * (reach[one.id] - 1)
    yield from (_number(found.get(branch.id, Fraction(0)), result) for branch in trees)


def _own_total(unit: UnitScore, result: Result) -> tuple[Fraction | None, Fraction | None]:
    """The total of the period itself: one of the parts where it is rolled up, or none."""
    if not unit.parts:
        return unit.total, unit.total_of
    own = next((part for part in unit.parts if part.period == result.period), None)
    return (own.total, own.total_of) if own else (None, None)


def _why_no_total(unit: UnitScore, total: Fraction | None, language: str) -> str:
    if total is not None:
        return ""
    if unit.parts:
        return t("The total is rolled up from other periods: see the sheet “Parts of the total”", language)
    scored = any(indicator.points is not None for indicator in unit.indicators)
    return t(
        "The scheme gives no total until its gap is supplied"
        if scored
        else "Nothing is scored in points: there is no total",
        language,
    )


def roll_up_sheet(result: Result, language: str) -> Sheet | None:
    """The totals of the periods that a longer one's are made of, and the total that they give by the declared weights.

    None where the period is not rolled up. Kinds of period of which a unit has no total leave it without one.
    """
    units = [unit for unit in result.units if unit.parts]
    if not units:
        return None
    kinds = [list(parts) for _, parts in groupby(units[0].parts, key=_kind)]
    columns = [t("Code", language), t("Name", language)]
    columns += [_part_title(part, len(kind), language) for kind in kinds for part in kind]
    width = len(columns)
    columns += [t("Re-added", language), t("Stored total", language), t("Difference", language)]
    rows: list[Sequence[Cell]] = []
    for row, unit in enumerate(units):
        cells: list[Cell] = [_number(part.total, result) for part in unit.parts]
        formula, check = None, None
        if unit.total is not None:
            terms, value = _weighted(row, unit.parts)
            formula = Formula(terms, Number(value, result.rounding))
            check = _difference(reference(row, width), reference(row, width + 1), value - unit.total)
        rows.append((unit.unit, unit.name, *cells, formula, _total(unit, result), check))
    return Sheet(t("Parts of the total", language), columns, rows, frozenset([t("Difference", language)]))


def _kind(part: PartScore) -> tuple[Fraction, str]:
    return part.weight, Period.parse(part.period).granularity


def _part_title(part: PartScore, count: int, language: str) -> str:
    weight = plain_percent(part.weight)
    period = period_words(part.period, language)
    return t(
        "{period} (weight {weight})" if count == 1 else "{period} (mean of its kind, weight {weight})",
        language,
        period=period,
        weight=weight,
    )


def _weighted(row: int, parts: Sequence[PartScore]) -> tuple[str, Fraction]:
    """The sum over the kinds of period of weight × mean of the totals there are: as a formula, and its value."""
    terms, value, column = [], Fraction(0), 2
    for (weight, _), some in groupby(parts, key=_kind):
        own = list(some)
        known = [part.total for part in own if part.total is not None]
        span = f"{reference(row, column)}:{reference(row, column + len(own) - 1)}"
        terms.append(f"{weight.numerator}/{weight.denominator}*AVERAGE({span})")
        value += weight * sum(known, Fraction(0)) / len(known)
        column += len(own)
    return "+".join(terms), value


def _by_indicator(resolved: Resolved, result: Result, language: str) -> Iterator[tuple]:  # type: ignore[type-arg]
    """Number, unit, indicator, its score and its lines in words, in the order of ranks and of the scheme."""
    number = 0
    for unit in result.units:
        told = {
            key: list(own) for key, own in groupby(explain(resolved, result, unit, language), key=lambda x: x.indicator)
        }
        for indicator, scored in nodes_of(resolved.scheme, unit):
            number += 1
            yield number, unit, indicator, scored, told.get(scored.id, [])


def _difference(left: str, right: str, value: Fraction) -> Formula:
    return Formula(f"ROUND({left}-{right},{AGREES.digits})", Number(value, AGREES))


def _number(value: Fraction | None, result: Result) -> Number | None:
    return number_cell(value, result.rounding)


def _total(unit: UnitScore, result: Result) -> Number | None:
    return number_cell(unit.total, result.total_rounding)


def _quantity(resolved: Resolved, unit: UnitScore, line: ScoreLine, result: Result) -> Number | None:
    """What a line looked at, with as many decimals as tell, in a spreadsheet, on which side of its threshold it is."""
    if line.quantity is None:
        return None
    value, thresholds = line.quantity, resolved.scheme.thresholds(line.of)
    least = Rounding(result.rounding_of(unit.unit, line.of).digits)
    wide = telling(value, least, lambda shown: all(threshold.tells(value, shown) for threshold in thresholds))
    return Number(value, wide or least)


def _distinct(titles: list[str], taken: list[str]) -> list[str]:
    """Headings of which no two are the same: a second one is numbered."""
    seen, found = set(taken), []
    for title in titles:
        name, count = title, 1
        while name in seen:
            count += 1
            name = f"{title} {count}"
        seen.add(name)
        found.append(name)
    return found
