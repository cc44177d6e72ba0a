"""Scoring a ledger: every unit of a period, longer periods rolled up, ranks, outcomes, what the reader must know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from functools import partial

import polars as pl

from auditlib.core.errors import InputError, Problem
from auditlib.core.message import Message, Notice
from auditlib.core.period import Period
from auditlib.core.worktime import Calendar
from auditlib.ledger.read import Ledger
from auditlib.ledger.registers import register_words
from auditlib.scheme.load import Resolved
from auditlib.scheme.model import Scheme
from auditlib.scheme.results import Part
from auditlib.scoring.counting import Counter, FactRow, needed_columns
from auditlib.scoring.counts import Count, Question, take_tally
from auditlib.scoring.day_notices import calendar_notices, outside_validity
from auditlib.scoring.empty_words import empty_words
from auditlib.scoring.mark_notices import marks_of_others, unused_marks
from auditlib.scoring.notices import standing_notices
from auditlib.scoring.outcomes import forced_last, with_outcomes
from auditlib.scoring.place_points import with_standings
from auditlib.scoring.points import Facts, marked_rule, score_unit, total_of_unit, value_of
from auditlib.scoring.precision import wider_digits
from auditlib.scoring.rank import ranked
from auditlib.scoring.result import Exclusion, PartScore, ProvisionalRows, Result, UnitScore
from auditlib.scoring.validity import validity_of

__all__ = ["default_as_of", "score"]


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
    not assess such periods, or where a fact is impossible. Rejected rows are the caller's decision: a notice counts
    them.
    """
    scheme = resolved.scheme
    if period.granularity not in scheme.periods:
        raise InputError.at(scheme.scheme, "period", f"found {period}, expected one of: {', '.join(scheme.periods)}")
    look = as_of or default_as_of(ledger, period)
    _require_columns(resolved, ledger)
    book = _Book(resolved, ledger, look, calendar, count or partial(take_tally, registers=ledger.registers))
    own = _score_period(book, period, evidence, units)
    scored, facts, notices = own.units, own.facts, own.notices
    if period.granularity in scheme.roll_up:
        scored, more = _roll_up(book, period, own)
        notices += more
    if {"exclusions", "cases"} <= ledger.registers.keys():
        scored = _beside_exclusions(book, period, scored)
    ordered = ranked(scored, scheme.ranking, forced_last(scheme, period.granularity, facts))
    ordered = with_outcomes(scheme, period.granularity, ordered, facts)
    notices = [
        *standing_notices(resolved, ledger, period, look, ordered, facts),
        *empty_words(book.question(period).counter(ledger.registers)),
        *outside_validity(own.left_out),
        *calendar_notices(scheme, calendar, period, look, ordered),
        *notices,
    ]
    return Result(
        scheme.scheme,
        scheme.version,
        str(period),
        look,
        resolved.readings,
        resolved.supplied,
        scheme.rounding.rounding(),
        ordered,
        tuple(dict.fromkeys(notices)),
        calendar.last_known if calendar and any(unit.provisional for unit in ordered) else None,
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

    def question(self, period: Period, evidence: tuple[str, ...] = ()) -> Question:
        """What is counted for a period."""
        return Question(
            self.resolved.scheme, period, self.as_of, self.calendar, self.ledger.as_of, evidence, self.exclude,
            str(self.ledger.path),
        )  # fmt: skip


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


@dataclass(frozen=True)
class _Scored:
    """The units of one period by themselves, before any roll-up, rank or outcome."""

    units: list[UnitScore]
    facts: dict[str, Facts]
    notices: list[Notice]
    left_out: Mapping[str, Mapping[str, int]]
    """By unit and register, the rows that the validity of their unit leaves out."""

    @property
    def empty(self) -> bool:
        return any(notice.kind == "no_data" for notice in self.notices)


def _score_period(book: _Book, period: Period, evidence: bool, only: Sequence[str] | None) -> _Scored:
    resolved, ledger, scheme = book.resolved, book.ledger, book.resolved.scheme
    named = _with_evidence(scheme) if evidence else ()
    question = book.question(period, named)
    counter, tally = question.counter(ledger.registers), book.count(question)
    facts, marks = counter.facts(), counter.marks()
    notices = [
        Notice(
            "no_register",
            Message("ledger has no register {register}: what needs it is not scored", register=register_words(name)),
        )
        for name in needed_columns(scheme)
        if name not in ledger.registers and name != "unit_facts"
    ]
    rows = {row["unit"]: row for row in _assessed(ledger, period)}
    _require_possible(scheme, facts)
    facts_of: dict[str, Facts] = {}
    provisional: dict[str, tuple[ProvisionalRows, ...]] = {}
    for unit in rows:
        own_marks = {indicator: values for (code, indicator), values in marks.items() if code == unit}
        shows = only is None or unit in only
        own_evidence = {name: tuple(by.get(unit, ())) for name, by in tally.evidence.items()} if shows else {}
        known = _known_counts(unit, ledger, counter, tally.counts.get(unit, {}), facts.get(unit, {}))
        uncertain = {**tally.provisional.get(unit, {}), **counter.provisional_facts(unit, facts.get(unit, {}))}
        provisional[unit] = tuple(
            ProvisionalRows(register, len(keys), keys if evidence and shows else ())
            for register, keys in uncertain.items()
        )
        own_rows = facts.get(unit, {}) if evidence and shows else {}
        facts_of[unit] = Facts(
            known, own_marks, own_evidence, unit=unit, granularity=period.granularity, rows=own_rows
        )  # fmt: skip
    groups = {unit: scheme.ranking.group_of(unit, row.get("name"), row.get("group")) for unit, row in rows.items()}
    facts_of = with_standings(scheme, facts_of, groups)
    results = [_score_one(resolved, row, facts_of[unit]) for unit, row in rows.items()]
    usable = {indicator.id for indicator in scheme.indicators if marked_rule(indicator) is not None}
    usable |= {consequence.id for outcome in scheme.outcomes for consequence in outcome.consequences}
    notices += unused_marks({key: given for key, given in marks.items() if key[0] in rows}, usable)
    notices += marks_of_others(marks, rows, period)
    for name, measure in scheme.measures.items():
        if measure.undecided:
            waiting = {unit: count for unit, own in facts_of.items() if (count := own.counts.get(name))}
            for unit, count in waiting.items():
                message = Message(
                    "unit {unit}: {measure}: {count}, not counted yet", unit=unit, measure=measure.title, count=count
                )
                notices.append(Notice("waiting_rows", message, (unit,)))
    if not (facts or any(indicator in usable for _, indicator in marks) or tally.has_data):
        notices.append(Notice("no_data", Message("the ledger has no row in {period}", period=period)))
    active = {*tally.active, *facts, *(unit for unit, indicator in marks if indicator in usable)}
    results = [replace(unit, active=unit.unit in active, provisional=provisional[unit.unit]) for unit in results]
    return _Scored(results, facts_of, notices, tally.left_out)


def _known_counts(
    unit: str, ledger: Ledger, counter: Counter, counts: Mapping[str, Fraction | None],
    facts: Mapping[str, FactRow],
) -> dict[str, Fraction]:  # fmt: skip
    """The measures of one unit: zero where a register has none of its rows; a fact as the ledger or scheme gives it."""
    known: dict[str, Fraction] = {}
    for name, measure in counter.scheme.measures.items():
        if measure.register_ is not None:
            if measure.register_ in ledger.registers:
                known[name] = counts.get(name) or Fraction(0)
        elif (value := facts[name].value if name in facts else counter.stand_in(measure, unit)) is not None:
            known[name] = value
    return known


def _require_possible(scheme: Scheme, facts: Mapping[str, Mapping[str, FactRow]]) -> None:
    """Refuses facts that cannot be: less than nothing where nobody says that they may be, a part above its whole."""
    problems = []
    for by_name in facts.values():
        for name, row in by_name.items():
            measure = scheme.measures[name]
            place = f"{row.unit}, {row.period}, {row.fact}"
            if not measure.possible(row.value):
                expected = measure.possible_values
                problems.append(Problem("unit_facts", None, place, f"found {row.value}, expected {expected}"))
            whole = by_name.get(measure.part_of or "")
            if whole is not None and row.value > whole.value:
                expected = f"no more than {whole.fact}, of which it is a part: {whole.value}"
                problems.append(Problem("unit_facts", None, place, f"found {row.value}, expected {expected}"))
    if problems:
        raise InputError(problems)


def _with_evidence(scheme: Scheme) -> tuple[str, ...]:
    """The measures whose rows stand behind a line or an outcome."""
    named = [scheme.evidence_of(rule) for _, rule in scheme.rules()]
    named += [rule.multiplier.of for _, rule in scheme.rules() if rule.multiplier]
    named += [outcome.evidence for outcome in scheme.outcomes]
    return tuple(dict.fromkeys(name for name in named if name))


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
    own = _score_period(whole, period, False, None)
    before = own.units
    if period.granularity in book.resolved.scheme.roll_up:
        before, _ = _roll_up(whole, period, own)
    totals = {unit.unit: unit.total for unit in before}
    inside = (pl.col("received_at") >= period.start) & (pl.col("received_at") < period.end)
    cases = validity_of(book.resolved.scheme, ledger.registers).rows(ledger.registers, "cases").filter(inside)
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


HOW = {
    "exclude": Message("left out"),
    "zero": Message("zero points"),
    "full": Message("100 points"),
}
"""What a roll-up declares of a period without data."""


def _roll_up(book: _Book, period: Period, own: _Scored) -> tuple[list[UnitScore], list[Notice]]:
    """The units with the total that the roll-up prescribes, and the periods it came from.

    A unit of which a period holds something, but not all that a total needs (a mark that nobody has given), is not
    one without data: the period is left out of its mean whatever the roll-up declares, and its total is not complete.
    """
    notices: list[Notice] = []
    parts: dict[str, list[PartScore]] = {unit.unit: [] for unit in own.units}
    totals: dict[str, Fraction | None] = dict.fromkeys(parts, Fraction(0))
    out_of: dict[str, Fraction | None] = dict.fromkeys(parts, Fraction(0))
    for part in book.resolved.scheme.roll_up[period.granularity].parts:
        scored: dict[str, list[PartScore]] = {unit: [] for unit in parts}
        for piece in period.split(part.of):
            found = own if piece == period else _score_period(book, piece, False, None)
            if piece != period:
                notices += _of_piece(piece, found, part.missing)
            by_unit = {} if found.empty and piece != period else {unit.unit: unit for unit in found.units}
            assessed = {unit.unit for unit in found.units}
            for unit, pieces in scored.items():
                pieces.append(_part_score(piece, part, by_unit.get(unit), unit in assessed))
        notices += _unequal(part, scored)
        for unit, pieces in scored.items():
            parts[unit] += pieces
            known = [piece for piece in pieces if piece.total is not None]
            totals[unit] = _add(totals[unit], part.weight, [piece.total for piece in known])
            out_of[unit] = _add(
                out_of[unit], part.weight, [piece.total_of for piece in known if piece.total_of is not None]
            )
    return [
        replace(
            unit,
            total=totals[unit.unit],
            total_of=out_of[unit.unit],
            complete=unit.complete and all(part.complete for part in parts[unit.unit]),
            parts=tuple(parts[unit.unit]),
        )
        for unit in own.units
    ], notices


def _part_score(piece: Period, part: Part, unit: UnitScore | None, assessed: bool) -> PartScore:
    """What a period gives a unit; one in which it is not ``assessed`` is no period of the unit at all."""
    if not assessed:
        return PartScore(str(piece), part.weight, None, None)
    if unit is None or unit.total is None:
        if unit is not None and unit.active:
            return PartScore(str(piece), part.weight, None, None, complete=False, gaps=_gaps(unit))
        total = None if part.missing == "exclude" else Fraction(0 if part.missing == "zero" else 100)
        return PartScore(str(piece), part.weight, total, None)
    return PartScore(str(piece), part.weight, unit.total, unit.total_of, unit.complete, _gaps(unit))


def _gaps(unit: UnitScore) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for indicator in unit.indicators for name in indicator.gaps))


def _of_piece(piece: Period, found: _Scored, missing: str) -> Iterator[Notice]:
    """What a reader must know of one period of a roll-up."""
    if found.empty:
        message = Message("{period} has no data: {how}, as the roll-up declares", period=piece, how=HOW[missing])
        yield Notice("part_without_data", message)
        return
    yield from found.notices
    without = [unit for unit in found.units if unit.total is None]
    if units := tuple(unit.unit for unit in without if not unit.active):
        message = Message(
            "{period} gives no total for {units}: {how}, as the roll-up declares",
            period=piece, units=units, how=HOW[missing],
        )  # fmt: skip
        yield Notice("no_total", message, units)
    if units := tuple(unit.unit for unit in without if unit.active):
        lacks = {one.id for unit in without if unit.unit in units for one in unit.indicators if one.points is None}
        message = Message(
            "{period} holds data of {units}, but not all that a total needs ({lacking}): left out, and the whole is "
            "not complete",
            period=piece, units=units, lacking=tuple(sorted(lacks)),
        )  # fmt: skip
        yield Notice("incomplete_part", message, units)


def _unequal(part: Part, scored: Mapping[str, Sequence[PartScore]]) -> Iterator[Notice]:
    """The units whose mean is taken over totals out of different full marks."""
    for unit, pieces in scored.items():
        marks = {piece.total_of for piece in pieces if piece.total is not None and piece.total_of is not None}
        if len(marks) > 1:
            message = Message(
                "the mean of unit {unit} is taken over totals out of different full marks ({maxima})",
                unit=unit, maxima=tuple(sorted(marks, reverse=True)),
            )  # fmt: skip
            yield Notice("unequal_parts", message, (unit,))


def _add(total: Fraction | None, weight: Fraction, values: Sequence[Fraction | None]) -> Fraction | None:
    numbers = [value for value in values if value is not None]
    if total is None or not numbers:
        return None
    return total + weight * sum(numbers, Fraction(0)) / len(numbers)
