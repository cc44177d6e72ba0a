"""The fewest steps of each change after which an indicator, rank or outcome of a unit is another: exact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from auditlib.analysis.margins.moves import Move, moves
from auditlib.core.message import Message
from auditlib.core.values import Text
from auditlib.proofs.effects import Effects
from auditlib.proofs.ranges import Ranges
from auditlib.scheme.formers.elsewhere import OfEarlier, OverPeriods
from auditlib.scheme.load import Resolved
from auditlib.scheme.model import Scheme
from auditlib.scheme.rules import Bound, Indicator, Rule
from auditlib.scoring.facts import Facts
from auditlib.scoring.place_points import with_standings
from auditlib.scoring.points import marked_rule, score_unit, value_of
from auditlib.scoring.quantities.evaluation import PeriodQuantities
from auditlib.scoring.result import IndicatorScore, Result, UnitScore
from auditlib.scoring.totals import paired
from auditlib.scoring.unknown import Unknown, Value

__all__ = ["IndicatorMargin", "Step", "Undone", "indicator_margin", "of_condition", "one_more"]

NEAR = 60
"""So many steps are tried one by one where a quantity may run both ways."""
FAR = 10_000
"""Where nothing bounds a change, so many steps are looked at."""


@dataclass(frozen=True)
class Step:
    """The fewest steps of one change that bring other points, and what they bring.

    ``quantity`` is what the rules look at, ``before`` and ``after`` its values; ``gain`` the change of the points
    (of a target: 1 where it becomes met, −1 where it no longer is).
    """

    move: Move
    count: int
    quantity: str
    before: Fraction
    after: Fraction
    gain: Fraction


@dataclass(frozen=True)
class Undone:
    """What the indicator would have without one of its deductions, its floor and cap as they are."""

    rule: str
    clause: str
    points: Fraction
    gain: Fraction


@dataclass(frozen=True)
class IndicatorMargin:
    """How near the points of an indicator are to better and to worse ones.

    ``unreachable`` are, where nothing brings better points, the cases of a rate that could not do so either if all of
    them changed.
    """

    id: str
    score: IndicatorScore
    state: Literal["open", "best", "undecidable"]
    """``best``: it cannot have more points; ``undecidable``: it has none, or a person decides them."""
    better: tuple[Step, ...] = ()
    worse: tuple[Step, ...] = ()
    unreachable: tuple[Move, ...] = ()
    undone: tuple[Undone, ...] = ()


def indicator_margin(resolved: Resolved, result: Result, unit: UnitScore, id: str) -> IndicatorMargin:
    """How near one indicator of ``unit`` is to better and worse points."""
    declared, scored = next(pair for pair in paired(resolved.scheme, unit.indicators) if pair[1].id == id)
    trial = _Trial(resolved, result, unit, declared, scored)
    if trial.value(None, 0) is None or all(rule.quantity is None for rule in declared.rules):
        return IndicatorMargin(id, scored, "undecidable")
    others = [_facts(other).counts for other in result.units if other.unit != unit.unit]
    possible = moves(resolved.scheme, declared, trial.facts.counts, others)
    most = Effects(declared, Ranges(resolved.scheme)).reach.high if declared.cap is None else declared.cap
    best = scored.met is True or (most is not None and scored.points == most)
    better = [] if best else [(move, trial.nearest(move, 1)) for move in possible]
    stuck = not any(step for _, step in better)
    return IndicatorMargin(
        id,
        scored,
        "best" if best else "open",
        _ordered(step for _, step in better),
        _ordered(trial.nearest(move, -1) for move in possible),
        tuple(move for move, _ in better if stuck and move.kind == "more" and move.of is not None),
        tuple(trial.undone()),
    )


def one_more(resolved: Resolved, result: Result, unit: UnitScore, id: str) -> Iterator[tuple[Move, Fraction, Fraction]]:
    """What one more step of each change that an indicator feels would cost ``unit``: points, 0 where it costs none.

    First with the indicator's floor and cap, then without them, as if its points could not be gone.
    """
    declared, scored = next(pair for pair in paired(resolved.scheme, unit.indicators) if pair[1].id == id)
    free = declared.model_copy(update={"floor": None, "cap": None})
    trials = [_Trial(resolved, result, unit, indicator, scored) for indicator in (declared, free)]
    if trials[0].value(None, 0) is None or all(rule.quantity is None for rule in declared.rules):
        return
    for move in moves(resolved.scheme, declared, trials[0].facts.counts):
        if move.most is None or move.most >= 1:
            lost = [(trial.value(None, 0), trial.value(move, 1)) for trial in trials]
            costs = [
                before - after if before is not None and after is not None else Fraction(0) for before, after in lost
            ]
            yield move, max(costs[0], Fraction(0)), max(costs[1], Fraction(0))


def of_condition(resolved: Resolved, result: Result, unit: UnitScore, bound: Bound) -> tuple[Step, ...]:
    """The fewest steps of each change after which a condition on a count or rate holds no longer, or does."""
    rule = Rule(id="condition", clause="", title=Text(zh="", en=""), target=bound)
    looked_at = Indicator(
        id="condition", title=rule.title, clause="", max=None, start=Fraction(0), floor=None, cap=None, rules=(rule,)
    )
    trial = _Trial(resolved, result, unit, looked_at, None)
    now = trial.value(None, 0)
    if now is None:
        return ()
    possible = moves(resolved.scheme, looked_at, trial.facts.counts)
    return _ordered(trial.nearest(move, -1 if now else 1) for move in possible)


def _ordered(steps: Iterable[Step | None]) -> tuple[Step, ...]:
    """The fewest steps first, of equally many those that bring most."""
    return tuple(sorted((step for step in steps if step is not None), key=lambda step: (step.count, -abs(step.gain))))


class _Trial:
    """One indicator of one unit, scored again with other counts."""

    def __init__(
        self, resolved: Resolved, result: Result, unit: UnitScore, indicator: Indicator, scored: IndicatorScore | None
    ) -> None:
        self.resolved, self.indicator, self.scored = resolved, indicator, scored
        marked = marked_rule(indicator)
        lines = [line for line in (scored.lines if scored else ()) if marked is not None and line.rule == marked.id]
        marks = [(line.points, line.reason) for line in lines if line.points is not None and line.quantity is not None]
        self.facts = replace(_facts(unit), marks={indicator.id: marks} if marks else {})
        quantities = [rule.quantity for rule in indicator.rules if rule.quantity is not None]
        self.peers: dict[str, Facts] = {}
        self.computed = any(quantity in resolved.scheme.quantities for quantity in quantities)
        if self.computed or any(quantity in resolved.scheme.standings for quantity in quantities):
            self.peers = {other.unit: _facts(other) for other in result.units if other.unit != unit.unit}
        group_of = resolved.scheme.ranking.group_of
        self.groups = {other.unit: group_of(other.unit, other.name, other.group) for other in result.units}
        self.unit = unit.unit
        self.past = _of_the_past(resolved.scheme, result.units) if self.computed else {}
        self.tried: dict[tuple[str, int], IndicatorScore] = {}

    def value(self, move: Move | None, count: int) -> Fraction | None:
        """The points after so many steps (of a target 1 or 0), or None where it has none."""
        found = self._score(move, count)
        return Fraction(found.met) if found.met is not None else found.points

    def nearest(self, move: Move, sign: int) -> Step | None:
        """The fewest steps after which the value is greater (or, with ``sign`` −1, smaller).

        A quantity runs one way as a change goes on, and so do the steps and conditions that hang on it: where they
        are the same at both ends of a stretch they are so throughout, and the points run one way too.
        """
        if self.computed:
            return self._one_by_one(move, sign)
        low, high = 0, 1
        far = FAR if move.most is None else move.most
        while low < far:
            high = min(high, far)
            if (found := self._within(move, sign, low, high)) is not None:
                return self._step(move, found)
            low, high = high, high * 2
        return None

    def _one_by_one(self, move: Move, sign: int) -> Step | None:
        """As :meth:`nearest`, where a quantity may run both ways: every step is tried, as far as is worth saying."""
        far = NEAR if move.most is None else min(move.most, NEAR)
        return next((self._step(move, n) for n in range(1, far + 1) if self._good(move, sign, n)), None)

    def undone(self) -> Iterator[Undone]:
        """What each deduction costs by itself, floor and cap considered."""
        before = self.value(None, 0)
        for rule in self.indicator.rules:
            lines = [line for line in (self.scored.lines if self.scored else ()) if line.rule == rule.id]
            points = sum((line.points or Fraction(0) for line in lines), Fraction(0))
            if before is None or points >= 0 or rule.quantity is None:
                continue
            others = tuple(other for other in self.indicator.rules if other is not rule)
            after: Fraction | None = self.indicator.start
            if others:
                (without,) = score_unit(self._alone(self.indicator.model_copy(update={"rules": others})), self.facts)
                after = without.points
            if after is not None:  # where only what a person decides is left, nobody can say
                yield Undone(rule.id, rule.clause, points, after - before)

    def _within(self, move: Move, sign: int, low: int, high: int) -> int | None:
        """The least count above ``low`` and up to ``high`` with a better value."""
        if high - low > 1 and self._steps(move, low) != self._steps(move, high):
            middle = (low + high) // 2
            found = self._within(move, sign, low, middle)
            return self._within(move, sign, middle, high) if found is None else found
        if self._good(move, sign, low + 1):
            return low + 1
        if not self._good(move, sign, high):
            return None
        low += 1
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._good(move, sign, middle) else (middle, high)
        return high

    def _good(self, move: Move, sign: int, count: int) -> bool:
        now, then = self.value(None, 0), self.value(move, count)
        return now is not None and then is not None and sign * (then - now) > 0

    def _steps(self, move: Move, count: int) -> tuple[object, ...]:
        """What changes by leaps: whole steps, conditions, places; and whether steps in proportion have begun."""
        found = self._score(move, count)
        signature: list[object] = [found.status]
        for rule in self.indicator.rules:
            line = next((line for line in found.lines if line.rule == rule.id), None)
            if line is None or line.steps is None:
                signature.append(None)
            elif rule.step is not None and rule.step.mode == "exact":
                signature.append(line.steps > 0)
            elif rule.per is None or rule.per in self.resolved.scheme.standings:
                signature.append(line.steps)
        return tuple(signature)

    def _step(self, move: Move, count: int) -> Step:
        now, then = self.value(None, 0), self.value(move, count)
        assert now is not None
        assert then is not None
        scheme = self.resolved.scheme
        moved = set(move.changes)
        looked_at = [rule.quantity for rule in self.indicator.rules if rule.quantity is not None]
        quantity = next((name for name in looked_at if moved & set(scheme.measures_of(name))), move.measure)
        before, after = (value_of(scheme, quantity, self._after(move, n)) for n in (0, count))
        assert isinstance(before, Fraction)
        assert isinstance(after, Fraction)
        return Step(move, count, quantity, before, after, then - now)

    def _alone(self, indicator: Indicator) -> Resolved:
        return replace(self.resolved, scheme=self.resolved.scheme.model_copy(update={"indicators": (indicator,)}))

    def _score(self, move: Move | None, count: int) -> IndicatorScore:
        key = (repr(sorted(move.changes.items())) if move and count else "", count)
        if key not in self.tried:
            facts = replace(self._after(move, count), granularity=None)
            (self.tried[key],) = score_unit(self._alone(self.indicator), facts)
        return self.tried[key]

    def _after(self, move: Move | None, count: int) -> Facts:
        changes = move.changes if move is not None else {}
        counts = dict(self.facts.counts) | {n: self.facts.counts[n] + count * step for n, step in changes.items()}
        facts = replace(self.facts, counts=counts)
        if self.peers:
            every = with_standings(self.resolved.scheme, {**self.peers, self.unit: facts}, self.groups)
            if self.computed:
                every = PeriodQuantities(self.resolved, every, self.groups, known=self.past).facts
            facts = every[self.unit]
        return facts


def _of_the_past(scheme: Scheme, units: Iterable[UnitScore]) -> dict[tuple[str, str], Value]:
    """What quantities of earlier periods are for every unit: nothing that changes now changes them."""
    names = [name for name, former in scheme.quantities.items() if isinstance(former, OfEarlier | OverPeriods)]
    missing = Unknown(Message("no earlier period is known"), not_assessable=True)
    return {
        (name, unit.unit): missing if (value := unit.rates.get(name)) is None else value
        for name in names
        for unit in units
    }


def _facts(unit: UnitScore) -> Facts:
    """What is known of a unit, as far as its score shows it."""
    counts = {name: value for name, value in unit.measures.items() if value is not None}
    return Facts(counts, {}, {}, unit=unit.unit)
