"""Points: the counts of one unit into its indicators, exactly, each point with its clause. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce

from auditlib.core.errors import InputError
from auditlib.core.message import Message, Sayable
from auditlib.ledger.registers import register_words
from auditlib.scheme.load import Resolved
from auditlib.scheme.model import Scheme
from auditlib.scheme.nodes import Branch
from auditlib.scheme.quantities import Composite, Rate
from auditlib.scheme.rules import Indicator, Rule
from auditlib.scoring.counting import FactRow
from auditlib.scoring.facts import Facts, Marks
from auditlib.scoring.result import IndicatorScore, ScoreLine, Status, Working
from auditlib.scoring.unknown import NOTHING, Unknown

__all__ = [
    "Applied", "apply_rules", "bounded", "bounds_of", "composite_of", "marked_rule", "not_concerned",
    "score_indicator", "score_unit", "status_of", "value_of",
]  # fmt: skip

UNPLACED = Unknown(Message("the units have not been ranked by this index"))
NO_UNITS = Unknown(Message("the units have not been evaluated together"))


def marked_rule(indicator: Indicator | Branch) -> Rule | None:
    """The rule that a person's mark for the indicator is for.

    One that says so (``mark``), or the first where every rule waits for a gap, so that the mark stands for the
    whole indicator. A mark never stands for one waiting rule among others that score.
    """
    marks = [rule for rule in indicator.rules if rule.mark is True]
    waiting = all(rule.gap is not None for rule in indicator.rules)
    return marks[0] if marks else (indicator.rules[0] if waiting and indicator.rules else None)


def score_unit(resolved: Resolved, facts: Facts) -> tuple[IndicatorScore, ...]:
    """The indicators of one unit from its counts and marks."""
    return tuple(
        score_indicator(resolved, indicator, facts)
        for indicator in resolved.scheme.indicators
        if indicator.periods is None or facts.granularity is None or facts.granularity in indicator.periods
    )


@dataclass
class Applied:
    """Rules applied one after the other: their lines, the points that they come to, and what keeps them from it."""

    running: Fraction
    lines: list[ScoreLine] = field(default_factory=list)
    open_gaps: list[str] = field(default_factory=list)
    waiting: int = 0
    unknown: list[Unknown] = field(default_factory=list)


def score_indicator(resolved: Resolved, indicator: Indicator, facts: Facts) -> IndicatorScore:
    """The points of one indicator for a unit, each line with its rule, its clause and what it looked at."""
    start, floor, cap, unknown = bounds_of(indicator, facts)
    if (left_out := not_concerned(indicator, facts)) is not None:
        return left_out
    applied = apply_rules(resolved, indicator, facts, start)
    applied.unknown += unknown
    status = status_of(resolved, applied, nothing=applied.waiting == len(indicator.rules))
    lines, gaps = tuple(applied.lines), tuple(applied.open_gaps)
    if status != "scored":
        return IndicatorScore(indicator.id, indicator.max, None, status, lines, None, gaps)
    gaps = (*gaps, *([indicator.gap] if indicator.gap else ()))
    targets = {rule.id for rule in indicator.rules if rule.target is not None}
    if targets:
        met = all(line.steps for line in lines if line.rule in targets)
        return IndicatorScore(indicator.id, indicator.max, None, "scored", lines, None, gaps, met)
    return IndicatorScore(
        indicator.id, indicator.max, bounded(applied.running, floor, cap), "scored", lines, applied.running, gaps
    )  # fmt: skip


def bounds_of(
    node: Indicator | Branch, facts: Facts
) -> tuple[Fraction, Fraction | None, Fraction | None, list[Unknown]]:
    """Start, floor and cap of a node for a unit, and why those that are quantities have no value."""
    unknown: list[Unknown] = []

    def amount(fixed: Fraction | None, of: str | Fraction | None) -> Fraction | None:
        value = fixed if of is None or facts.population is None else facts.population.value(of, facts.unit)
        if isinstance(value, Unknown):
            unknown.append(value)
            return None
        return value

    start = amount(node.start, node.start_of) or Fraction(0)
    return start, amount(node.floor, node.floor_of), amount(node.cap, node.cap_of), unknown


def not_concerned(node: Indicator | Branch, facts: Facts) -> IndicatorScore | None:
    """The empty score of a unit that a node is not for, or perhaps not for; None where it is for it."""
    if node.only is None or facts.population is None:
        return None
    truth = facts.population.holds(node.only, facts.unit)
    if truth is True:
        return None
    reason = truth.reason if isinstance(truth, Unknown) else Message("not for this unit, as the scheme declares")
    lines = tuple(ScoreLine(rule.id, rule.clause, None, None, None, reason=reason) for rule in node.rules)
    status: Status = "needs_input" if isinstance(truth, Unknown) else "not_assessable"
    return IndicatorScore(node.id, node.max, None, status, lines)


def apply_rules(resolved: Resolved, node: Indicator | Branch, facts: Facts, start: Fraction) -> Applied:
    """The rules of a node applied to ``start``. Raises :class:`InputError` for a mark outside floor and cap."""
    marked = marked_rule(node)
    marks = facts.marks.get(node.id, ()) if marked is not None else ()
    for points, _ in marks:
        low, high = node.floor, node.cap
        if (low is not None and points < low) or (high is not None and points > high):
            expected = f"a mark from {low} to {high}"
            raise InputError.at("marks", f"{facts.unit}, {node.id}", f"found {points}, expected {expected}")
    applied = Applied(start)
    for rule in node.rules:
        if rule.gap is not None or rule.mark is True:
            _apply_mark(resolved, applied, rule, marks if rule is marked else ())
        else:
            _apply_rule(resolved, applied, rule, facts, resolved.readings_of(node.id, rule.id))
    return applied


def _apply_mark(resolved: Resolved, applied: Applied, rule: Rule, marks: Marks) -> None:
    for points, reason in marks:
        applied.lines.append(ScoreLine(rule.id, rule.clause, points, Fraction(1), points, reason=reason))
        applied.running += points
    if not marks:
        line = ScoreLine(rule.id, rule.clause, None, None, None, reason=_waiting(resolved, rule), gaps=rule.gaps)
        applied.lines.append(line)
        applied.open_gaps += rule.gaps or ("mark",)
        applied.waiting += 1


def _apply_rule(
    resolved: Resolved, applied: Applied, rule: Rule, facts: Facts, readings: Mapping[str, str]
) -> None:  # fmt: skip
    if isinstance(rule.mark, Fraction):
        applied.lines.append(ScoreLine(rule.id, rule.clause, rule.mark, Fraction(1), rule.mark, readings=readings))
        applied.running += rule.mark
        return
    value = value_of(resolved.scheme, rule.quantity or "", facts)
    becomes = rule.becomes
    if rule.becomes_of is not None and facts.population is not None and not isinstance(value, Unknown):
        becomes = facts.population.value(rule.becomes_of, facts.unit)  # type: ignore[assignment]
        value = becomes if isinstance(becomes, Unknown) else value
    if isinstance(value, Unknown):
        applied.unknown.append(value)
        applied.lines.append(
            ScoreLine(
                rule.id, rule.clause, None, None, None, readings=readings, reason=value.reason,
                facts=_fact_rows(resolved.scheme, rule.quantity or "", facts), undecided_with=value.undecided_with,
                workings=_workings(rule, facts),
            )
        )  # fmt: skip
        return
    instead = next((line for line in applied.lines if line.rule == rule.unless and line.points), None)
    if instead is not None:
        applied.lines.append(_spared(rule, value, instead, readings))
        return
    for line in _lines(resolved, rule, value, becomes, applied.running, facts, readings):
        applied.lines.append(line)
        applied.running += line.points or 0


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
    names = dict.fromkeys(scheme.measures_of(quantity) if quantity in scheme.quantity_names else ())
    return tuple(facts.rows[name] for name in names if name in facts.rows)


def status_of(resolved: Resolved, applied: Applied, *, nothing: bool) -> Status:
    """Whether a node is scored; ``nothing`` says that all its rules wait."""
    gaps = resolved.scheme.gaps
    required = any(gaps[gap].policy == "require" for gap in applied.open_gaps if gap in gaps)
    if any(not value.not_assessable for value in applied.unknown) or required or nothing:
        return "needs_input"
    return "not_assessable" if applied.unknown else "scored"


def _lines(
    resolved: Resolved, rule: Rule, value: Fraction, becomes: Fraction | None, running: Fraction, facts: Facts,
    readings: Mapping[str, str],
) -> Iterator[ScoreLine]:  # fmt: skip
    """The line of one rule, and a second one where a multiplier weighs part of it again."""
    named = resolved.scheme.evidence_of(rule)
    evidence = facts.evidence.get(named or "", ())
    known = _fact_rows(resolved.scheme, rule.quantity or "", facts)
    of, workings = rule.quantity or "", _workings(rule, facts)
    if rule.target is not None:
        met = Fraction(rule.target.holds(value))
        yield ScoreLine(rule.id, rule.clause, value, met, None, evidence, readings, None, (), known, (), of, workings)
        return
    if rule.per is not None:
        steps = value
    elif rule.step is not None:
        steps = rule.step.steps(value)
    else:
        assert rule.when is not None
        steps = Fraction(rule.when.holds(value))
    points = (becomes - running) * steps if becomes is not None else (rule.points or 0) * steps
    yield ScoreLine(rule.id, rule.clause, value, steps, points, evidence, readings, None, (), known, (), of, workings)
    if rule.multiplier is not None and (again := facts.counts.get(rule.multiplier.of)):
        extra = (rule.points or 0) * (rule.multiplier.by - 1) * again
        yield ScoreLine(
            rule.id, rule.multiplier.clause, again, again * (rule.multiplier.by - 1), extra,
            facts.evidence.get(rule.multiplier.of, ()), readings,
            Message("counted {by} times", by=rule.multiplier.by),
            of=rule.multiplier.of,
        )  # fmt: skip


def _workings(rule: Rule, facts: Facts) -> tuple[Working, ...]:
    if not facts.explained or facts.population is None:
        return ()
    names = (rule.quantity, rule.becomes_of if isinstance(rule.becomes_of, str) else None)
    return tuple(one for name in names if name is not None for one in facts.population.workings(name, facts.unit))


def value_of(scheme: Scheme, quantity: str, facts: Facts) -> Fraction | Unknown:
    """The value of a quantity for one unit, or why it has none."""
    if quantity in scheme.quantities:
        return NO_UNITS if facts.population is None else facts.population.value(quantity, facts.unit)
    missing = [name for name in scheme.measures_of(quantity) if name not in facts.counts]
    if missing:
        measure = scheme.measures[missing[0]]
        if measure.empty == "not_assessable" and facts.counts:
            return Unknown(Message("no row has a value of {column}", column=measure.column), not_assessable=True)
        if measure.register_:
            return Unknown(Message("the ledger has no register {register}", register=register_words(measure.register_)))
        if measure.otherwise == "not_assessable":
            return Unknown(Message("the unit has no {fact}", fact=measure.fact), not_assessable=True)
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


def bounded(points: Fraction, floor: Fraction | None, cap: Fraction | None) -> Fraction:
    """``points`` under the cap and then above the floor."""
    if cap is not None:
        points = min(points, cap)
    return points if floor is None else max(points, floor)
