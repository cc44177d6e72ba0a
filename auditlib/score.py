"""Scoring: counts into points, exactly, each point with its clause.

:func:`score` reads a ledger; :func:`score_unit` is the pure heart of it, from the counts of one unit to
its indicators.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

import polars as pl

from auditlib.errors import InputError, Problem
from auditlib.ledger.read import Ledger
from auditlib.measures import Counter, needed_columns
from auditlib.period import Period
from auditlib.rank import ranked
from auditlib.result import IndicatorScore, PartScore, Result, ScoreLine, Status, UnitScore
from auditlib.scheme.load import Resolved
from auditlib.scheme.model import Indicator, Rate, Rule
from auditlib.worktime import Calendar

__all__ = ["Facts", "default_as_of", "score", "score_unit"]

Marks = Sequence[tuple[Fraction, str | None]]


@dataclass(frozen=True)
class Facts:
    """What is known of one unit in one period.

    ``counts`` maps measures to their values: a measure that is not in it could not be counted, because
    the ledger lacks its register or its fact. ``marks`` maps indicators to what people decided.
    """

    counts: Mapping[str, Fraction]
    marks: Mapping[str, Marks]
    evidence: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class _Unknown:
    """Why a quantity has no value."""

    reason: str
    not_assessable: bool = False


def default_as_of(ledger: Ledger, period: Period) -> datetime:
    """When to look where nobody says: when the ledger was taken, or else its latest fact or the end of the period."""
    if ledger.as_of is not None:
        return ledger.as_of
    latest = [period.end]
    for frame in ledger.registers.values():
        times = [
            name
            for name, dtype in frame.collect_schema().items()
            if dtype == pl.Datetime("us") and name not in ("due_at", "valid_from", "valid_to")
        ]
        if times:
            row = frame.select(pl.col(times).max()).collect().row(0)
            latest += [value for value in row if value is not None]
    return max(latest)


def score(
    resolved: Resolved,
    ledger: Ledger,
    period: Period,
    as_of: datetime | None = None,
    *,
    calendar: Calendar | None = None,
    evidence: bool = True,
    units: Sequence[str] | None = None,
) -> Result:
    """Every unit of ``ledger`` scored for ``period`` as seen at ``as_of``, ranked in its group.

    ``evidence`` asks for the keys of the rows behind each line, for the ``units`` named or for all.
    Raises :class:`InputError` where the ledger lacks a column that the scheme needs, or the scheme does
    not assess such periods. Rejected rows are the caller's decision: they are counted in the warnings.
    """
    scheme = resolved.scheme
    if period.granularity not in scheme.periods:
        raise InputError.at(scheme.scheme, "period", f"found {period}, expected one of: {', '.join(scheme.periods)}")
    look = as_of or default_as_of(ledger, period)
    _require_columns(resolved, ledger)
    scored, warnings = _score_period(resolved, ledger, period, look, calendar, evidence, units)
    if period.granularity in scheme.roll_up:
        scored, more = _roll_up(resolved, ledger, period, look, calendar, scored)
        warnings += more
    ordered = ranked(scored, scheme.ranking)
    warnings = [*_standing_warnings(resolved, ledger, period, ordered), *warnings]
    return Result(
        scheme.scheme,
        scheme.version,
        str(period),
        look,
        resolved.readings,
        resolved.supplied,
        scheme.rounding.rounding(),
        ordered,
        tuple(dict.fromkeys(warnings)),
    )


def _require_columns(resolved: Resolved, ledger: Ledger) -> None:
    problems = []
    for register, columns in needed_columns(resolved.scheme).items():
        if register in ledger.registers:
            have = ledger.registers[register].collect_schema().names()
            problems += [
                Problem(
                    f"{ledger.path}",
                    None,
                    f"{register}.{column}",
                    f"missing column; {resolved.scheme.scheme} needs it (an empty column means unknown)",
                )
                for column in columns
                if column not in have
            ]
    if problems:
        raise InputError(problems)


def _score_period(
    resolved: Resolved,
    ledger: Ledger,
    period: Period,
    as_of: datetime,
    calendar: Calendar | None,
    evidence: bool,
    only: Sequence[str] | None,
) -> tuple[list[UnitScore], list[str]]:
    scheme = resolved.scheme
    counter = Counter(scheme, ledger.registers, period, as_of, calendar, ledger.as_of)
    counts, facts, marks = counter.counts(), counter.facts(), counter.marks()
    shown: dict[str, dict[str, list[str]]] = {}
    if evidence:
        named = [scheme.evidence_of(rule) for _, rule in scheme.rules()]
        named += [rule.multiplier.of for _, rule in scheme.rules() if rule.multiplier]
        shown = counter.evidence(name for name in named if name)
    warnings = [
        f"ledger has no register {register}: what needs it is not scored"
        for register in needed_columns(scheme)
        if register not in ledger.registers and register != "unit_facts"
    ]
    countable = [name for name, m in scheme.measures.items() if m.register_ in ledger.registers]
    results = []
    for row in _assessed(ledger, period):
        unit = row["unit"]
        known = {name: counts.get(unit, {}).get(name) or Fraction(0) for name in countable}
        for name, measure in scheme.measures.items():
            if measure.fact:
                value = facts.get(unit, {}).get(name)
                value = counter.stand_in(measure) if value is None else value
                if value is not None:
                    known[name] = value
        own_marks = {indicator: values for (code, indicator), values in marks.items() if code == unit}
        own_evidence = (
            {} if only is not None and unit not in only else {n: tuple(by.get(unit, ())) for n, by in shown.items()}
        )
        indicators = score_unit(resolved, Facts(known, own_marks, own_evidence))
        total, total_of, complete = _total(resolved, indicators)
        values = {name: _value(resolved, name, known) for name in scheme.rates}
        results.append(
            UnitScore(
                unit,
                row.get("name") or unit,
                row.get("group"),
                total,
                total_of,
                complete,
                indicators,
                {name: known.get(name) for name in scheme.measures},
                {name: value if isinstance(value, Fraction) else None for name, value in values.items()},
            )
        )
    usable = {i.id for i in scheme.indicators if any(rule.gap or rule.mark is not None for rule in i.rules)}
    for unit, indicator in marks:
        if indicator not in usable:
            warnings.append(f"unit {unit}: the mark for {indicator} is not used, the scheme takes no mark there")
    if not counter.has_rows():
        warnings.append(f"the ledger has no row in {period}")
    return results, warnings


def _assessed(ledger: Ledger, period: Period) -> Iterator[dict[str, str]]:
    """The units that exist in the period, in the order of their codes."""
    units = ledger.units()
    if "valid_from" in units.columns:
        units = units.filter(~(pl.col("valid_from") >= period.end).fill_null(False))
    if "valid_to" in units.columns:
        units = units.filter(~(pl.col("valid_to") < period.start).fill_null(False))
    yield from units.sort("unit").iter_rows(named=True)


# --- one unit ---------------------------------------------------------------------------------------


def score_unit(resolved: Resolved, facts: Facts) -> tuple[IndicatorScore, ...]:
    """The indicators of one unit from its counts and marks."""
    return tuple(_score_indicator(resolved, indicator, facts) for indicator in resolved.scheme.indicators)


def _score_indicator(resolved: Resolved, indicator: Indicator, facts: Facts) -> IndicatorScore:
    marks = facts.marks.get(indicator.id, ())
    lines: list[ScoreLine] = []
    running = indicator.start
    open_gaps: list[str] = []
    unknown: list[_Unknown] = []
    marked = False
    for rule in indicator.rules:
        if rule.gap is not None or rule.mark is True:
            if marks and not marked:
                marked = True
                for points, reason in marks:
                    lines.append(ScoreLine(rule.id, rule.clause, points, Fraction(1), points, reason=reason))
                    running += points
            elif not marks:
                gap = resolved.scheme.gaps[rule.gap].missing.en if rule.gap else "no mark has been given"
                lines.append(ScoreLine(rule.id, rule.clause, None, None, None, reason=gap))
                open_gaps.append(rule.gap or "mark")
            continue
        readings = resolved.readings_of(indicator.id, rule.id)
        if isinstance(rule.mark, Fraction):
            lines.append(ScoreLine(rule.id, rule.clause, rule.mark, Fraction(1), rule.mark, readings=readings))
            running += rule.mark
            continue
        value = _value(resolved, rule.quantity or "", facts.counts)
        if isinstance(value, _Unknown):
            unknown.append(value)
            lines.append(ScoreLine(rule.id, rule.clause, None, None, None, readings=readings, reason=value.reason))
            continue
        for line in _apply(resolved, rule, value, running, facts, readings):
            lines.append(line)
            running += line.points or 0
    too_high = [points for points, _ in marks if marked and indicator.cap is not None and points > indicator.cap]
    if too_high:
        raise InputError.at("marks", indicator.id, f"found {too_high[0]} points, expected at most {indicator.cap}")
    status = _status(resolved, indicator, unknown, open_gaps)
    if status != "scored":
        return IndicatorScore(indicator.id, indicator.max, None, status, tuple(lines), None, tuple(open_gaps))
    return IndicatorScore(
        indicator.id, indicator.max, _bounded(running, indicator), "scored", tuple(lines), running, tuple(open_gaps)
    )


def _status(resolved: Resolved, indicator: Indicator, unknown: list[_Unknown], open_gaps: list[str]) -> Status:
    required = any(resolved.scheme.gaps[gap].policy == "require" for gap in open_gaps if gap in resolved.scheme.gaps)
    if any(not value.not_assessable for value in unknown) or required or len(open_gaps) == len(indicator.rules):
        return "needs_input"
    return "not_assessable" if unknown else "scored"


def _apply(
    resolved: Resolved, rule: Rule, value: Fraction, running: Fraction, facts: Facts, readings: Mapping[str, str]
) -> Iterator[ScoreLine]:
    """The line of one rule, and a second one where a multiplier weighs part of it again."""
    named = resolved.scheme.evidence_of(rule)
    evidence = facts.evidence.get(named or "", ())
    if rule.per is not None:
        steps = value
    elif rule.step is not None:
        steps = rule.step.steps(value)
    else:
        assert rule.when is not None
        steps = Fraction(rule.when.holds(value))
    points = (rule.becomes - running) * steps if rule.becomes is not None else (rule.points or 0) * steps
    yield ScoreLine(rule.id, rule.clause, value, steps, points, evidence if steps or rule.per is None else (), readings)
    if rule.multiplier is not None and (again := facts.counts.get(rule.multiplier.of)):
        extra = (rule.points or 0) * (rule.multiplier.by - 1) * again
        yield ScoreLine(
            rule.id, rule.multiplier.clause, again, again * (rule.multiplier.by - 1), extra,
            facts.evidence.get(rule.multiplier.of, ()), readings, f"× {rule.multiplier.by}",
        )  # fmt: skip


def _value(resolved: Resolved, quantity: str, counts: Mapping[str, Fraction]) -> Fraction | _Unknown:
    scheme = resolved.scheme
    missing = [name for name in scheme.measures_of(quantity) if name not in counts]
    if missing:
        measure = scheme.measures[missing[0]]
        source = f"register {measure.register_}" if measure.register_ else f"fact {measure.fact} in unit_facts"
        return _Unknown(f"the ledger has no {source}")
    rate = scheme.rates.get(quantity)
    return counts[quantity] if rate is None else _rate(rate, counts)


def _rate(rate: Rate, counts: Mapping[str, Fraction]) -> Fraction | _Unknown:
    over = sum((weight * counts[name] for name, weight in rate.denominator.items()), Fraction(0))
    if over == 0:
        if rate.zero == "not_assessable":
            return _Unknown("0/0: there is nothing to assess", not_assessable=True)
        return rate.zero
    return rate.times * sum((weight * counts[name] for name, weight in rate.numerator.items()), Fraction(0)) / over


def _bounded(points: Fraction, indicator: Indicator) -> Fraction:
    if indicator.cap is not None:
        points = min(points, indicator.cap)
    return points if indicator.floor is None else max(points, indicator.floor)


def _total(resolved: Resolved, indicators: Sequence[IndicatorScore]) -> tuple[Fraction | None, Fraction | None, bool]:
    scheme = resolved.scheme
    scored = [indicator for indicator in indicators if indicator.status == "scored"]
    complete = not any(indicator.status == "needs_input" or indicator.gaps for indicator in indicators)
    blocked = any(
        gap in scheme.gaps and scheme.gaps[gap].policy == "require"
        for indicator in indicators
        for gap in indicator.gaps
    )
    base = scheme.base.points if scheme.base else Fraction(0)
    maxima = [indicator.max for indicator in scored if indicator.max is not None]
    bounded = scheme.base is None and len(maxima) == len(scored)
    total = base + sum((indicator.points or Fraction(0) for indicator in scored), Fraction(0))
    if not scored and scheme.base is None:
        return None, None, complete  # nothing could be assessed: that is no score of zero
    return (None if blocked else total), (sum(maxima, Fraction(0)) if bounded else None), complete


# --- longer periods ---------------------------------------------------------------------------------


def _roll_up(
    resolved: Resolved, ledger: Ledger, period: Period, as_of: datetime, calendar: Calendar | None, own: list[UnitScore]
) -> tuple[list[UnitScore], list[str]]:
    """The units with the total that the roll-up prescribes, and the periods it came from."""
    warnings: list[str] = []
    parts: dict[str, list[PartScore]] = {unit.unit: [] for unit in own}
    totals: dict[str, Fraction | None] = dict.fromkeys(parts, Fraction(0))
    out_of: dict[str, Fraction | None] = dict.fromkeys(parts, Fraction(0))
    for part in resolved.scheme.roll_up[period.granularity].parts:
        scored: dict[str, list[PartScore]] = {unit: [] for unit in parts}
        for piece in period.split(part.of):
            by_unit = {unit.unit: unit for unit in own}
            if piece != period:
                units, more = _score_period(resolved, ledger, piece, as_of, calendar, False, None)
                empty = any("has no row in" in warning for warning in more)
                if empty:
                    how = "left out" if part.missing == "exclude" else "zero points"
                    warnings.append(f"{piece} has no data: {how}, as the roll-up declares")
                by_unit = {} if empty else {unit.unit: unit for unit in units}
            for unit, pieces in scored.items():
                found = by_unit.get(unit)
                total = found.total if found else (Fraction(0) if part.missing == "zero" else None)
                pieces.append(PartScore(str(piece), part.weight, total, found.total_of if found else None))
        for unit, pieces in scored.items():
            parts[unit] += pieces
            known = [piece for piece in pieces if piece.total is not None]
            totals[unit] = _add(totals[unit], part.weight, [piece.total for piece in known])
            out_of[unit] = _add(
                out_of[unit], part.weight, [piece.total_of for piece in known if piece.total_of is not None]
            )
    return [
        replace(unit, total=totals[unit.unit], total_of=out_of[unit.unit], parts=tuple(parts[unit.unit]))
        for unit in own
    ], warnings


def _add(total: Fraction | None, weight: Fraction, values: Sequence[Fraction | None]) -> Fraction | None:
    numbers = [value for value in values if value is not None]
    if total is None or not numbers:
        return None
    return total + weight * sum(numbers, Fraction(0)) / len(numbers)


# --- what the reader must know ------------------------------------------------------------------------


def _standing_warnings(resolved: Resolved, ledger: Ledger, period: Period, units: Sequence[UnitScore]) -> Iterator[str]:
    scheme = resolved.scheme
    if rejected := sum(ledger.rejected.values()):
        detail = ", ".join(f"{name} {count}" for name, count in sorted(ledger.rejected.items()) if count)
        yield f"rejected rows are not counted: {rejected} ({detail})"
    for name, gap in scheme.gaps.items():
        if name not in resolved.supplied and any(name in i.gaps for unit in units for i in unit.indicators):
            yield f"gap {name} [{gap.clause}]: {gap.missing.en}"
    effective = scheme.effective
    if not (effective.first or date.min) <= period.first <= (effective.last or date.max):
        in_force = f"{effective.first} to {effective.last}"
        yield f"{period} lies outside the days in force of version {scheme.version}: {in_force}"
    if period.after > scheme.source.last_checked:
        checked = f"last checked against its source on {scheme.source.last_checked}"
        yield f"version {scheme.version} was {checked}, before {period} ended"
    tied = sorted({", ".join(sorted((unit.unit, *unit.tie))) for unit in units if unit.tie})
    for names in tied:
        yield f"undecided tie: {names}"
    if len({unit.total_of for unit in units if unit.total is not None}) > 1:
        yield "totals are out of different maxima, because some indicators cannot be assessed for some units"
