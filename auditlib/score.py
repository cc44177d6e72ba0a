"""Scoring a ledger: every unit of a period, longer periods rolled up, ranks, outcomes, what the reader must know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from functools import partial

import polars as pl

from auditlib.errors import InputError, Problem
from auditlib.ledger.read import Ledger
from auditlib.measures import needed_columns
from auditlib.outcomes import forced_last, with_outcomes
from auditlib.period import Period
from auditlib.points import Facts, marked_rule, score_unit, total_of_unit, value_of
from auditlib.precision import wider_digits
from auditlib.rank import ranked
from auditlib.result import Exclusion, PartScore, Result, UnitScore
from auditlib.scheme.load import Resolved
from auditlib.scheme.model import Scheme
from auditlib.standing import with_standings
from auditlib.tally import Count, Question, take_tally
from auditlib.worktime import Calendar

__all__ = ["default_as_of", "no_data", "score"]


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
    count: Count | None = None,
) -> Result:
    """Every unit of ``ledger`` scored for ``period`` as seen at ``as_of``, ranked in its group.

    ``evidence`` asks for the keys of the rows behind each line, for the ``units`` named or for all. ``count`` counts
    the rows of the ledger otherwise than here and at once, but no other numbers.
    Raises :class:`InputError` where the ledger lacks a column that the scheme needs, or the scheme does
    not assess such periods. Rejected rows are the caller's decision: they are counted in the warnings.
    """
    scheme = resolved.scheme
    if period.granularity not in scheme.periods:
        raise InputError.at(scheme.scheme, "period", f"found {period}, expected one of: {', '.join(scheme.periods)}")
    look = as_of or default_as_of(ledger, period)
    _require_columns(resolved, ledger)
    book = _Book(resolved, ledger, look, calendar, count or partial(take_tally, registers=ledger.registers))
    scored, facts, warnings = _score_period(book, period, evidence, units)
    if period.granularity in scheme.roll_up:
        scored, more = _roll_up(book, period, scored)
        warnings += more
    if {"exclusions", "cases"} <= ledger.registers.keys():
        scored = _beside_exclusions(book, period, scored)
    ordered = ranked(scored, scheme.ranking, forced_last(scheme, period.granularity, facts))
    ordered = with_outcomes(scheme, period.granularity, ordered, facts)
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
        wider_digits(scheme, ordered),
    )


@dataclass(frozen=True)
class _Book:
    """What is scored, by what, as seen when; ``exclude`` leaves out the cases on the list of exclusions."""

    resolved: Resolved
    ledger: Ledger
    as_of: datetime
    calendar: Calendar | None
    count: Count
    exclude: bool = True


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
    book: _Book, period: Period, evidence: bool, only: Sequence[str] | None
) -> tuple[list[UnitScore], dict[str, Facts], list[str]]:
    resolved, ledger, scheme = book.resolved, book.ledger, book.resolved.scheme
    named = _with_evidence(scheme) if evidence else ()
    question = Question(scheme, period, book.as_of, book.calendar, ledger.as_of, named, book.exclude)
    counter, tally = question.counter(ledger.registers), book.count(question)
    counts, shown, facts, marks = tally.counts, tally.evidence, counter.facts(), counter.marks()
    warnings = [
        f"ledger has no register {register}: what needs it is not scored"
        for register in needed_columns(scheme)
        if register not in ledger.registers and register != "unit_facts"
    ]
    countable = [name for name, m in scheme.measures.items() if m.register_ in ledger.registers]
    rows = {row["unit"]: row for row in _assessed(ledger, period)}
    facts_of: dict[str, Facts] = {}
    for unit in rows:
        known = {name: counts.get(unit, {}).get(name) or Fraction(0) for name in countable}
        for name, measure in scheme.measures.items():
            if measure.fact:
                value = facts.get(unit, {}).get(name)
                value = counter.stand_in(measure) if value is None else value
                if value is not None:
                    known[name] = value
        own_marks = {indicator: values for (code, indicator), values in marks.items() if code == unit}
        shows = only is None or unit in only
        own_evidence = {name: tuple(by.get(unit, ())) for name, by in shown.items()} if shows else {}
        facts_of[unit] = Facts(known, own_marks, own_evidence, unit=unit, granularity=period.granularity)
    groups = {unit: scheme.ranking.regroup.get(unit, row.get("group")) for unit, row in rows.items()}
    facts_of = with_standings(scheme, facts_of, groups)
    results = [_score_one(resolved, row, facts_of[unit]) for unit, row in rows.items()]
    usable = {indicator.id for indicator in scheme.indicators if marked_rule(indicator) is not None}
    usable |= {consequence.id for outcome in scheme.outcomes for consequence in outcome.consequences}
    for unit, indicator in marks:
        if indicator not in usable:
            warnings.append(f"unit {unit}: the mark for {indicator} is not used, the scheme takes no mark there")
    for name, measure in scheme.measures.items():
        if measure.undecided:
            waiting = {unit: count for unit, own in facts_of.items() if (count := own.counts.get(name))}
            warnings += [
                f"unit {unit}: {measure.title.en}: {count}, not counted yet" for unit, count in waiting.items()
            ]
    if not (facts or any(indicator in usable for _, indicator in marks) or tally.has_rows):
        warnings.append(no_data(period))
    return results, facts_of, warnings


def _with_evidence(scheme: Scheme) -> tuple[str, ...]:
    """The measures whose rows stand behind a line or an outcome."""
    named = [scheme.evidence_of(rule) for _, rule in scheme.rules()]
    named += [rule.multiplier.of for _, rule in scheme.rules() if rule.multiplier]
    named += [outcome.evidence for outcome in scheme.outcomes]
    return tuple(dict.fromkeys(name for name in named if name))


def no_data(period: Period) -> str:
    """The warning that nothing happened in a period; a roll-up treats it as missing."""
    return f"the ledger has no row in {period}"


def _score_one(resolved: Resolved, row: Mapping[str, str], facts: Facts) -> UnitScore:
    scheme = resolved.scheme
    indicators = score_unit(resolved, facts)
    total, total_of, complete = total_of_unit(resolved, indicators)
    values = {name: value_of(scheme, name, facts) for name in (*scheme.rates, *scheme.composites, *scheme.standings)}
    return UnitScore(
        row["unit"],
        row.get("name") or row["unit"],
        row.get("group"),
        total,
        total_of,
        complete,
        indicators,
        {name: facts.counts.get(name) for name in scheme.measures},
        {name: value if isinstance(value, Fraction) else None for name, value in values.items()},
    )


def _beside_exclusions(book: _Book, period: Period, scored: list[UnitScore]) -> list[UnitScore]:
    """The units with the total that they would have if nothing were excluded, and how many cases are."""
    ledger, whole = book.ledger, replace(book, exclude=False)
    before, _, _ = _score_period(whole, period, False, None)
    if period.granularity in book.resolved.scheme.roll_up:
        before, _ = _roll_up(whole, period, before)
    totals = {unit.unit: unit.total for unit in before}
    inside = (pl.col("received_at") >= period.start) & (pl.col("received_at") < period.end)
    cases = ledger.registers["cases"].filter(inside)
    listing = ledger.registers["exclusions"]
    if "clause" not in listing.collect_schema():
        listing = listing.with_columns(clause=pl.lit(None, pl.String))
    named = listing.unique("case_id", keep="first", maintain_order=True)
    named = named.select("case_id", "reason", "clause", "approver")
    listed = cases.select("case_id", "unit").join(named, on="case_id")
    counted = listed.group_by("unit", "reason", "clause", "approver").len().collect().sort(pl.all(), nulls_last=True)
    exclusions: dict[str, list[Exclusion]] = {}
    for unit, *reasons in counted.iter_rows():
        exclusions.setdefault(unit, []).append(Exclusion(*reasons))
    return [
        replace(
            unit,
            before_exclusions=totals[unit.unit],
            excluded=sum(one.count for one in exclusions.get(unit.unit, ())),
            exclusions=tuple(exclusions.get(unit.unit, ())),
        )
        for unit in scored
    ]


def _assessed(ledger: Ledger, period: Period) -> Iterator[dict[str, str]]:
    """The units that exist in the period, in the order of their codes."""
    units = ledger.units()
    if "valid_from" in units.columns:
        units = units.filter(~(pl.col("valid_from") >= period.end).fill_null(False))
    if "valid_to" in units.columns:
        units = units.filter(~(pl.col("valid_to") < period.start).fill_null(False))
    yield from units.sort("unit").iter_rows(named=True)


# --- longer periods ---------------------------------------------------------------------------------


def _roll_up(book: _Book, period: Period, own: list[UnitScore]) -> tuple[list[UnitScore], list[str]]:
    """The units with the total that the roll-up prescribes, and the periods it came from."""
    warnings: list[str] = []
    parts: dict[str, list[PartScore]] = {unit.unit: [] for unit in own}
    totals: dict[str, Fraction | None] = dict.fromkeys(parts, Fraction(0))
    out_of: dict[str, Fraction | None] = dict.fromkeys(parts, Fraction(0))
    for part in book.resolved.scheme.roll_up[period.granularity].parts:
        scored: dict[str, list[PartScore]] = {unit: [] for unit in parts}
        for piece in period.split(part.of):
            by_unit = {unit.unit: unit for unit in own}
            if piece != period:
                units, _, more = _score_period(book, piece, False, None)
                empty = no_data(piece) in more
                how = {"exclude": "left out", "zero": "zero points", "full": "100 points"}[part.missing]
                unscored = [unit.unit for unit in units if unit.total is None]
                if empty:
                    warnings.append(f"{piece} has no data: {how}, as the roll-up declares")
                else:
                    warnings += more
                if unscored and not empty:
                    who = ", ".join(unscored)
                    warnings.append(f"{piece} gives no total for {who}: {how}, as the roll-up declares")
                by_unit = {} if empty else {unit.unit: unit for unit in units}
            for unit, pieces in scored.items():
                found = by_unit.get(unit)
                total = found.total if found else None
                if total is None and part.missing != "exclude":
                    total = Fraction(0 if part.missing == "zero" else 100)
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
    for name in ledger.ignored:
        yield f"the ledger's file {name} is no register and is not read"
    yield from _unknown_words(resolved, ledger)
    if rejected := sum(ledger.rejected.values()):
        detail = ", ".join(f"{name} {count}" for name, count in sorted(ledger.rejected.items()) if count)
        yield f"rejected rows are not counted: {rejected} ({detail})"
    for name, gap in scheme.gaps.items():
        if name not in resolved.supplied and any(name in i.gaps for unit in units for i in unit.indicators):
            yield f"gap {name} [{gap.clause}]: {gap.missing.en}"
    effective = scheme.effective
    if not (effective.first or date.min) <= period.first <= (effective.last or date.max):
        ends = [("from", effective.first), ("until", effective.last)]
        in_force = " ".join(f"{word} {day}" for word, day in ends if day is not None)
        yield f"{period} lies outside the days in force of version {scheme.version}: {in_force}"
    if period.after > scheme.source.last_checked:
        checked = f"last checked against its source on {scheme.source.last_checked}"
        yield f"version {scheme.version} was {checked}, before {period} ended"
    tied = sorted({", ".join(sorted((unit.unit, *unit.tie))) for unit in units if unit.tie})
    for names in tied:
        yield f"undecided tie: {names}"
    for unit in units:
        for indicator in unit.indicators:
            if indicator.points is None and indicator.id in scheme.ranking.needs:
                why = indicator.status.replace("_", " ")
                yield f"unit {unit.unit} is not ranked, as the ranking declares: {indicator.id} {why}"
    if len({unit.total_of for unit in units if unit.total is not None}) > 1:
        yield "totals are out of different maxima, because some indicators cannot be assessed for some units"


def _unknown_words(resolved: Resolved, ledger: Ledger) -> Iterator[str]:
    """Values of coded columns that the scheme does not name: no rule will ever count them."""
    for register, columns in resolved.scheme.words.items():
        if register not in ledger.registers:
            continue
        for column, words in columns.items():
            found = ledger.registers[register].select(column).filter(~pl.col(column).is_in(words)).collect()[column]
            if found.len():
                names = ", ".join(sorted(set(found))[:5])
                yield f"{register}: {found.len()} rows with {column} {names}, which the scheme does not name"
