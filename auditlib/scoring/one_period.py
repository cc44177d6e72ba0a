"""One period scored by itself: what is counted and given of every unit, and its points, before ranks and roll-ups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from functools import cached_property, partial
from typing import TYPE_CHECKING

import polars as pl

from auditlib.core.errors import InputError, Problem
from auditlib.core.message import Message, Notice
from auditlib.core.period import Granularity, Period
from auditlib.core.worktime import Calendar
from auditlib.ledger.read import Ledger
from auditlib.ledger.registers import register_words
from auditlib.scheme.load import Resolved
from auditlib.scheme.model import Scheme
from auditlib.scoring.counting import Counter, FactRow
from auditlib.scoring.counts import Count, Question
from auditlib.scoring.duties.elsewhere import elsewhere
from auditlib.scoring.duties.measures import duty_tally
from auditlib.scoring.facts import Facts
from auditlib.scoring.mark_notices import given_inside, marks_of_others, unused_marks
from auditlib.scoring.needed import needed_columns
from auditlib.scoring.outcomes import forced_last, with_outcomes
from auditlib.scoring.past import LedgerPast
from auditlib.scoring.place_points import with_standings
from auditlib.scoring.points import marked_rule, value_of
from auditlib.scoring.quantities.evaluation import PeriodQuantities
from auditlib.scoring.rank import ranked
from auditlib.scoring.rankings import with_placements
from auditlib.scoring.result import ProvisionalRows, UnitScore
from auditlib.scoring.totals import total_of_unit

if TYPE_CHECKING:
    from auditlib.scoring.duties.compliance import Compliance

__all__ = ["PeriodUnits", "ScoringBasis", "score_units"]


@dataclass(frozen=True)
class PeriodUnits:
    """The units of one period by themselves, before any roll-up, rank or outcome."""

    rows: Mapping[str, Mapping[str, str]]
    """The units that are assessed, by code, as the register of units has them."""
    evaluation: PeriodQuantities
    """What every quantity and every node is for them."""
    notices: list[Notice]
    left_out: Mapping[str, Mapping[str, int]]
    """By unit and register, the rows that the validity of their unit leaves out."""
    active: frozenset[str]
    """The units of which the ledger holds anything in the period."""
    provisional: Mapping[str, tuple[ProvisionalRows, ...]]
    complied: Compliance | None = None
    """The duties of the period, where a measure needed them judged."""
    judged: dict[str, Mapping[str, bool | None]] = field(default_factory=dict, compare=False, repr=False)
    """By outcome whether each unit has it, once somebody asked."""

    @property
    def facts(self) -> Mapping[str, Facts]:
        """What is counted and given of every unit."""
        return self.evaluation.facts

    @property
    def empty(self) -> bool:
        return any(notice.kind == "no_data" for notice in self.notices)

    @cached_property
    def units(self) -> list[UnitScore]:
        """Every unit with its points. They are computed when somebody asks: of an earlier period often nobody does."""
        return [self.scored(unit) for unit in self.rows]

    def scored(self, unit: str) -> UnitScore:
        """A unit with its points."""
        score = _score_one(self.evaluation.resolved, self.rows[unit], self.facts[unit], self.evaluation)
        return replace(score, active=unit in self.active, provisional=self.provisional[unit])


@dataclass(frozen=True)
class ScoringBasis:
    """What is scored, by what, as seen when; ``exclude`` leaves out the cases on the list of exclusions."""

    resolved: Resolved
    ledger: Ledger
    as_of: datetime
    calendar: Calendar | None
    count: Count
    exclude: bool = True
    periods: dict[tuple[Period, bool], PeriodUnits] = field(default_factory=dict, compare=False, repr=False)
    """The periods that were scored so far: quantities of one may look at others."""

    def question(self, period: Period, evidence: tuple[str, ...] = ()) -> Question:
        """What is counted for a period."""
        return Question(
            self.resolved.scheme, period, self.as_of, self.calendar, self.ledger.as_of, evidence, self.exclude,
            str(self.ledger.path),
        )  # fmt: skip

    def other(self, now: Period, period: Period) -> ScoringBasis | None:
        """The basis of another period, seen from ``now``: by the rules in force at its beginning, as known then.

        Then is as long after its end as ``now`` is looked at after its own. None where no rules were in force.
        """
        resolved = self.resolved.in_force(period.first)
        if resolved is None:
            return None
        then = self.as_of if self.resolved.scheme.earlier_as_of == "now" else period.end + (self.as_of - now.end)
        return replace(self, resolved=resolved, as_of=min(then, self.as_of))

    def evaluated(self, now: Period, period: Period) -> PeriodQuantities | None:
        """The quantities of a period, seen from ``now``; None where the ledger has nothing of it."""
        key = (period, self.exclude)
        if key not in self.periods:
            other = self.other(now, period)
            if other is None:
                return None
            score_units(other, period, False, None)
        found = self.periods[key]
        return None if found.empty and period != now else found.evaluation

    def had(self, now: Period, period: Period, outcome: str, unit: str) -> bool | None:
        """Whether a unit had an outcome in a period, seen from ``now``; None where nobody can say."""
        if self.evaluated(now, period) is None:
            return None
        other = self.other(now, period)
        assert other is not None
        return outcome_in(other.resolved.scheme, period.granularity, self.periods[period, self.exclude], outcome).get(
            unit
        )


def score_units(basis: ScoringBasis, period: Period, evidence: bool, only: Sequence[str] | None) -> PeriodUnits:
    """Every unit that is assessed in a period, with its points; the keys behind them of the units ``only``, or of all.

    Raises :class:`InputError` where a fact is impossible, or stands outside the range that the source leaves to people.
    """
    resolved, ledger, scheme = basis.resolved, basis.ledger, basis.resolved.scheme
    named = _with_evidence(scheme) if evidence else ()
    question = basis.question(period, named)
    counter, tally = question.counter(ledger.registers), basis.count(question)
    owed = duty_tally(
        resolved, ledger, period, basis.as_of, basis.calendar, exclude=basis.exclude, elsewhere=elsewhere(basis.count)
    )
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
        rows_behind = {**tally.evidence, **(owed.evidence if evidence else {})}
        own_evidence = {name: tuple(by.get(unit, ())) for name, by in rows_behind.items()} if shows else {}
        of_duties = {name: by_unit.get(unit, Fraction(0)) for name, by_unit in owed.counts.items()}
        known = of_duties | _known_counts(unit, ledger, counter, tally.counts.get(unit, {}), facts.get(unit, {}))
        uncertain = {**tally.provisional.get(unit, {}), **counter.provisional_facts(unit, facts.get(unit, {}))}
        provisional[unit] = tuple(
            ProvisionalRows(register, len(keys), keys if evidence and shows else ())
            for register, keys in uncertain.items()
        )
        own_rows = facts.get(unit, {}) if evidence and shows else {}
        facts_of[unit] = Facts(
            known, own_marks, own_evidence, unit=unit, granularity=period.granularity, rows=own_rows,
            explained=evidence and shows,
        )  # fmt: skip
    groups = {unit: scheme.ranking.group_of(unit, row.get("name"), row.get("group")) for unit, row in rows.items()}
    facts_of = with_standings(scheme, facts_of, groups)
    past = LedgerPast(period, partial(basis.evaluated, period), partial(basis.had, period), scheme.year_starts)
    evaluation = PeriodQuantities(resolved, facts_of, groups, past)
    facts_of = evaluation.facts
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
    given = facts or any(indicator in usable for _, indicator in marks) or tally.has_data
    if not (given or given_inside(scheme, ledger, period)):
        notices.append(Notice("no_data", Message("the ledger has no row in {period}", period=period)))
    active = {*tally.active, *facts, *(unit for unit, indicator in marks if indicator in usable)}
    found = PeriodUnits(
        rows, evaluation, [*notices, *owed.notices], tally.left_out, frozenset(active), provisional, owed.whole
    )  # fmt: skip
    basis.periods[period, basis.exclude] = found
    return found


def outcome_in(
    scheme: Scheme, granularity: Granularity, found: PeriodUnits, outcome: str
) -> Mapping[str, bool | None]:  # fmt: skip
    """Whether each unit of a period has an outcome; None where it is open."""
    if outcome not in found.judged:
        last = forced_last(scheme, granularity, found.facts)
        units = with_placements(found.evaluation, found.units)
        ordered = ranked(units, scheme.ranking, last, evaluation=found.evaluation)
        needed = scheme.outcomes_behind(outcome)
        judged = with_outcomes(scheme, granularity, ordered, found.facts, needed)
        found.judged[outcome] = {
            unit.unit: next((one.decided or None for one in unit.outcomes if one.id == outcome), False)
            for unit in judged
        }  # fmt: skip
    return found.judged[outcome]


def _known_counts(
    unit: str, ledger: Ledger, counter: Counter, counts: Mapping[str, Fraction | None],
    facts: Mapping[str, FactRow],
) -> dict[str, Fraction]:  # fmt: skip
    """The measures of one unit: zero where a register has none of its rows; a fact as the ledger or scheme gives it."""
    known: dict[str, Fraction] = {}
    for name, measure in counter.scheme.measures.items():
        if measure.duty is not None:
            continue
        if measure.register_ is not None:
            if measure.register_ in ledger.registers:
                value = counts.get(name)
                if value is None and measure.empty != "not_assessable":
                    value = measure.empty or Fraction(0)
                known |= {} if value is None else {name: value}
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


def _score_one(resolved: Resolved, row: Mapping[str, str], facts: Facts, evaluation: PeriodQuantities) -> UnitScore:
    scheme = resolved.scheme
    indicators, branches = evaluation.indicators(facts.unit), tuple(evaluation.branches(facts.unit))
    total, total_of, complete = total_of_unit(resolved, indicators, branches)
    computed = (*scheme.rates, *scheme.composites, *scheme.standings, *scheme.scored_quantities)
    values = {name: value_of(scheme, name, facts) for name in computed}
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
        name_en=row.get("name_en") or "",
        group_en=row.get("group_en") or "",
        branches=branches,
    )


def _assessed(ledger: Ledger, period: Period) -> Iterator[dict[str, str]]:
    """The units that exist in the period, in the order of their codes."""
    units = ledger.units()
    if "valid_from" in units.columns:
        units = units.filter(~(pl.col("valid_from") >= period.end).fill_null(False))
    if "valid_to" in units.columns:
        units = units.filter(~(pl.col("valid_to") < period.start).fill_null(False))
    yield from units.sort("unit").iter_rows(named=True)
