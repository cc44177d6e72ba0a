"""Points: the counts of one unit into its indicators, exactly, each point with its clause. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce

from auditlib.core.errors import InputError
from auditlib.core.message import Message, Sayable
from auditlib.core.period import Granularity
from auditlib.ledger.registers import register_words
from auditlib.scheme.load import Resolved
from auditlib.scheme.model import Scheme
from auditlib.scheme.quantities import Composite, Rate
from auditlib.scheme.rules import Indicator, Rule
from auditlib.scoring.counting import FactRow
from auditlib.scoring.result import IndicatorScore, ScoreLine, Status

__all__ = ["Facts", "Unknown", "composite_of", "marked_rule", "paired", "score_unit", "total_of_unit", "value_of"]

Marks = Sequence[tuple[Fraction, Sayable | None]]


@dataclass(frozen=True)
class Facts:
    """What is known of one unit in one period.

    ``counts`` maps measures to their values: a measure that is not in it could not be counted, because
    the ledger lacks its register or its fact. ``marks`` maps indicators to what people decided.
    """

    counts: Mapping[str, Fraction]
    marks: Mapping[str, Marks]
    evidence: Mapping[str, tuple[str, ...]]
    standings: Mapping[str, Fraction | Unknown] = field(default_factory=dict)
    unit: str = ""
    granularity: Granularity | None = None
    """The kind of period; None assesses every indicator."""
    rows: Mapping[str, FactRow] = field(default_factory=dict)
    """By measure the row of ``unit_facts`` that it was read from."""


@dataclass(frozen=True)
class Unknown:
    """Why a quantity has no value."""

    reason: Message
    not_assessable: bool = False
    undecided_with: tuple[str, ...] = ()
    """The units between which and this one nothing decides."""


NOTHING = Unknown(Message("0/0: there is nothing to assess"), not_assessable=True)
UNPLACED = Unknown(Message("the units have not been ranked by this index"))


def paired(scheme: Scheme, scores: Sequence[IndicatorScore]) -> list[tuple[Indicator, IndicatorScore]]:
    """Each indicator's score with its declaration; an indicator that the period does not assess has no score."""
    declared = {indicator.id: indicator for indicator in scheme.indicators}
    return [(declared[score.id], score) for score in scores]


def marked_rule(indicator: Indicator) -> Rule | None:
    """The rule that a person's mark for the indicator is for.

    One that says so (``mark``), or the first where every rule waits for a gap, so that the mark stands for the
    whole indicator. A mark never stands for one waiting rule among others that score.
    """
    marks = [rule for rule in indicator.rules if rule.mark is True]
    waiting = all(rule.gap is not None for rule in indicator.rules)
    return marks[0] if marks else (indicator.rules[0] if waiting else None)


def score_unit(resolved: Resolved, facts: Facts) -> tuple[IndicatorScore, ...]:
    """The indicators of one unit from its counts and marks."""
    return tuple(
        _score_indicator(resolved, indicator, facts)
        for indicator in resolved.scheme.indicators
        if indicator.periods is None or facts.granularity is None or facts.granularity in indicator.periods
    )


def _score_indicator(resolved: Resolved, indicator: Indicator, facts: Facts) -> IndicatorScore:
    marked = marked_rule(indicator)
    marks = facts.marks.get(indicator.id, ()) if marked is not None else ()
    lines: list[ScoreLine] = []
    running = indicator.start
    open_gaps: list[str] = []
    waiting = 0
    unknown: list[Unknown] = []
    for points, _ in marks:
        low, high = indicator.floor, indicator.cap
        if (low is not None and points < low) or (high is not None and points > high):
            expected = f"a mark from {low} to {high}"
            raise InputError.at("marks", f"{facts.unit}, {indicator.id}", f"found {points}, expected {expected}")
    for rule in indicator.rules:
        if rule.gap is not None or rule.mark is True:
            for points, reason in marks if rule is marked else ():
                lines.append(ScoreLine(rule.id, rule.clause, points, Fraction(1), points, reason=reason))
                running += points
            if rule is not marked or not marks:
                lines.append(
                    ScoreLine(rule.id, rule.clause, None, None, None, reason=_waiting(resolved, rule), gaps=rule.gaps)
                )
                open_gaps += rule.gaps or ("mark",)
                waiting += 1
            continue
        readings = resolved.readings_of(indicator.id, rule.id)
        if isinstance(rule.mark, Fraction):
            lines.append(ScoreLine(rule.id, rule.clause, rule.mark, Fraction(1), rule.mark, readings=readings))
            running += rule.mark
            continue
        value = value_of(resolved.scheme, rule.quantity or "", facts)
        if isinstance(value, Unknown):
            unknown.append(value)
            known = _fact_rows(resolved.scheme, rule.quantity or "", facts)
            lines.append(
                ScoreLine(
                    rule.id,
                    rule.clause,
                    None,
                    None,
                    None,
                    readings=readings,
                    reason=value.reason,
                    facts=known,
                    undecided_with=value.undecided_with,
                )
            )
            continue
        instead = next((line for line in lines if line.rule == rule.unless and line.points), None)
        if instead is not None:
            lines.append(_spared(rule, value, instead, readings))
            continue
        for line in _apply(resolved, rule, value, running, facts, readings):
            lines.append(line)
            running += line.points or 0
    status = _status(resolved, unknown, open_gaps, nothing=waiting == len(indicator.rules))
    if status != "scored":
        return IndicatorScore(indicator.id, indicator.max, None, status, tuple(lines), None, tuple(open_gaps))
    gaps = (*open_gaps, *([indicator.gap] if indicator.gap else ()))
    targets = {rule.id for rule in indicator.rules if rule.target is not None}
    if targets:
        met = all(line.steps for line in lines if line.rule in targets)
        return IndicatorScore(indicator.id, indicator.max, None, "scored", tuple(lines), None, gaps, met)
    points = _bounded(running, indicator)
    return IndicatorScore(indicator.id, indicator.max, points, "scored", tuple(lines), running, gaps)


def _spared(rule: Rule, value: Fraction, instead: ScoreLine, readings: Mapping[str, str]) -> ScoreLine:
    """The line of a rule that another one, for the same clause, has already charged."""
    why = Message("not charged beside {rule}: the clause charges the one or the other", rule=instead.rule)
    return ScoreLine(rule.id, rule.clause, value, Fraction(0), Fraction(0), (), readings, why, of=rule.quantity or "")


def _waiting(resolved: Resolved, rule: Rule) -> Sayable:
    """Why a rule that a person or the source has yet to fill gives no points."""
    missing: list[Sayable] = [resolved.scheme.gaps[name].missing for name in rule.gaps]
    if not missing:
        return Message("no mark has been given")
    return reduce(lambda one, other: Message("{one}; {other}", one=one, other=other), missing)


def _fact_rows(scheme: Scheme, quantity: str, facts: Facts) -> tuple[FactRow, ...]:
    """The rows of ``unit_facts`` that a quantity is computed from."""
    names = dict.fromkeys(scheme.measures_of(quantity) if quantity in scheme.quantities else ())
    return tuple(facts.rows[name] for name in names if name in facts.rows)


def _status(resolved: Resolved, unknown: list[Unknown], open_gaps: list[str], *, nothing: bool) -> Status:
    """Whether an indicator is scored; ``nothing`` says that all its rules wait."""
    required = any(resolved.scheme.gaps[gap].policy == "require" for gap in open_gaps if gap in resolved.scheme.gaps)
    if any(not value.not_assessable for value in unknown) or required or nothing:
        return "needs_input"
    return "not_assessable" if unknown else "scored"


def _apply(
    resolved: Resolved, rule: Rule, value: Fraction, running: Fraction, facts: Facts, readings: Mapping[str, str]
) -> Iterator[ScoreLine]:
    """The line of one rule, and a second one where a multiplier weighs part of it again."""
    named = resolved.scheme.evidence_of(rule)
    evidence = facts.evidence.get(named or "", ())
    known = _fact_rows(resolved.scheme, rule.quantity or "", facts)
    of = rule.quantity or ""
    if rule.target is not None:
        met = Fraction(rule.target.holds(value))
        yield ScoreLine(rule.id, rule.clause, value, met, None, evidence, readings, facts=known, of=of)
        return
    if rule.per is not None:
        steps = value
    elif rule.step is not None:
        steps = rule.step.steps(value)
    else:
        assert rule.when is not None
        steps = Fraction(rule.when.holds(value))
    points = (rule.becomes - running) * steps if rule.becomes is not None else (rule.points or 0) * steps
    yield ScoreLine(rule.id, rule.clause, value, steps, points, evidence, readings, facts=known, of=of)
    if rule.multiplier is not None and (again := facts.counts.get(rule.multiplier.of)):
        extra = (rule.points or 0) * (rule.multiplier.by - 1) * again
        yield ScoreLine(
            rule.id, rule.multiplier.clause, again, again * (rule.multiplier.by - 1), extra,
            facts.evidence.get(rule.multiplier.of, ()), readings,
            Message("counted {by} times", by=rule.multiplier.by),
            of=rule.multiplier.of,
        )  # fmt: skip


def value_of(scheme: Scheme, quantity: str, facts: Facts) -> Fraction | Unknown:
    """The value of a measure, rate, composite or standing for one unit, or why it has none."""
    missing = [name for name in scheme.measures_of(quantity) if name not in facts.counts]
    if missing:
        measure = scheme.measures[missing[0]]
        if measure.register_:
            return Unknown(Message("the ledger has no register {register}", register=register_words(measure.register_)))
        return Unknown(Message("the ledger has no fact {fact} in unit_facts", fact=measure.fact))
    if quantity in scheme.rates:
        return _rate(scheme.rates[quantity], facts.counts)
    if quantity in scheme.composites:
        return composite_of(scheme, scheme.composites[quantity], facts)
    if quantity in scheme.standings:
        return facts.standings.get(quantity, UNPLACED)
    return facts.counts[quantity]


def _rate(rate: Rate, counts: Mapping[str, Fraction]) -> Fraction | Unknown:
    over = sum((weight * counts[name] for name, weight in rate.denominator.items()), Fraction(0))
    if over == 0:
        if rate.zero == "not_assessable":
            return NOTHING
        return rate.zero
    return rate.times * sum((weight * counts[name] for name, weight in rate.numerator.items()), Fraction(0)) / over


def composite_of(scheme: Scheme, composite: Composite, facts: Facts) -> Fraction | Unknown:
    """The weighted sum of a composite's rates, with its policy for parts of 0/0."""
    total, weights, assessed = Fraction(0), Fraction(0), False
    for name, weight in composite.parts.items():
        value = value_of(scheme, name, facts)
        assessed |= isinstance(value, Fraction)
        if isinstance(value, Unknown):
            if not value.not_assessable or composite.missing == "not_assessable":
                return value
            if composite.missing == "renormalise":
                continue
            value = Fraction(composite.missing == "full")
        total += weight * value
        weights += weight
    if not assessed:
        return NOTHING
    whole = sum(composite.parts.values(), Fraction(0))
    return composite.times * total * whole / weights


def _bounded(points: Fraction, indicator: Indicator) -> Fraction:
    if indicator.cap is not None:
        points = min(points, indicator.cap)
    return points if indicator.floor is None else max(points, indicator.floor)


def total_of_unit(
    resolved: Resolved, indicators: Sequence[IndicatorScore]
) -> tuple[Fraction | None, Fraction | None, bool]:
    """What can be scored added up, out of how much, and whether every indicator got what it needs."""
    scheme = resolved.scheme
    scored = [indicator for indicator in indicators if indicator.points is not None]
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
