"""Scoring a ledger: every unit of a period, longer periods rolled up, ranks, outcomes, what the reader must know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

import polars as pl

from auditlib.core.errors import InputError, Problem
from auditlib.core.period import Period
from auditlib.core.worktime import Calendar
from auditlib.ledger.read import Ledger
from auditlib.scheme.load import Resolved
from auditlib.scoring.as_of import default_as_of
from auditlib.scoring.counts import Count, take_tally
from auditlib.scoring.day_notices import calendar_notices, outside_validity
from auditlib.scoring.duties.elsewhere import elsewhere
from auditlib.scoring.empty_words import empty_words
from auditlib.scoring.grounds import with_grounds
from auditlib.scoring.needed import needed_columns
from auditlib.scoring.notices import standing_notices
from auditlib.scoring.one_period import ScoringBasis, score_units
from auditlib.scoring.outcomes import forced_last, with_outcomes
from auditlib.scoring.precision import wider_digits
from auditlib.scoring.rank import ranked
from auditlib.scoring.rankings import with_placements
from auditlib.scoring.result import Exclusion, Result, UnitScore
from auditlib.scoring.roll_up import roll_up
from auditlib.scoring.validity import validity_of

__all__ = ["score"]


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
    duties: bool = False,
) -> Result:
    """Every unit of ``ledger`` scored for ``period`` as seen at ``as_of``, ranked in its group.

    ``evidence`` asks for the keys of the rows behind each line, for the ``units`` named or for all. ``count`` counts
    the rows of the ledger otherwise than here and at once, but no other numbers. ``duties`` counts the scheme's duties
    for every unit, too, whether or not a measure asks for them.
    Raises :class:`InputError` where the ledger lacks a column that the scheme needs, or the scheme does
    not assess such periods, or where a fact is impossible. Rejected rows are the caller's decision: a notice counts
    them.
    """
    scheme = resolved.scheme
    if period.granularity not in scheme.periods:
        raise InputError.at(scheme.scheme, "period", f"found {period}, expected one of: {', '.join(scheme.periods)}")
    if period.granularity == "year" and period.first.month != scheme.year_starts:
        meant = Period(period.first.replace(month=scheme.year_starts), "year")
        expected = f"the scheme's own year, named by its first month: {meant} begins on {meant.first} (`year_starts`)"
        raise InputError.at(scheme.scheme, "period", f"found {period}, expected {expected}")
    look = as_of or default_as_of(ledger, period)
    _require_columns(resolved, ledger)
    basis = ScoringBasis(resolved, ledger, look, calendar, count or partial(take_tally, registers=ledger.registers))
    own = score_units(basis, period, evidence, units)
    scored, facts, notices = own.units, own.facts, own.notices
    if period.granularity in scheme.roll_up:
        scored, more = roll_up(basis, period, own)
        notices += more
    if {"exclusions", "cases"} <= ledger.registers.keys():
        scored = _beside_exclusions(basis, period, scored)
    own.evaluation.totals.update({unit.unit: unit.total for unit in scored})
    scored = with_placements(own.evaluation, scored)
    last = forced_last(scheme, period.granularity, facts)
    minimum = scheme.ranking.minimum
    counted = scheme.measures[minimum.of].title if minimum else ""
    ordered = ranked(scored, scheme.ranking, last, scheme.indicator_titles, own.evaluation, counted)
    ordered = with_grounds(basis, period, with_outcomes(scheme, period.granularity, ordered, facts))
    if duties and scheme.duties:
        from auditlib.scoring.duties.compliance import comply, duty_counts

        complied = own.complied or comply(
            resolved, ledger, period, look, calendar=calendar, elsewhere=elsewhere(basis.count)
        )
        ordered = tuple(replace(unit, duties=duty_counts(complied, unit.unit)) for unit in ordered)
    notices = [
        *standing_notices(resolved, ledger, period, look, ordered, facts),
        *empty_words(basis.question(period).counter(ledger.registers)),
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


def _beside_exclusions(basis: ScoringBasis, period: Period, scored: list[UnitScore]) -> list[UnitScore]:
    """The units with the total that they would have if nothing were excluded, and how many cases are."""
    ledger, whole = basis.ledger, replace(basis, exclude=False)
    own = score_units(whole, period, False, None)
    before = own.units
    if period.granularity in basis.resolved.scheme.roll_up:
        before, _ = roll_up(whole, period, own)
    totals = {unit.unit: unit.total for unit in before}
    inside = (pl.col("received_at") >= period.start) & (pl.col("received_at") < period.end)
    cases = validity_of(basis.resolved.scheme, ledger.registers).rows(ledger.registers, "cases").filter(inside)
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
