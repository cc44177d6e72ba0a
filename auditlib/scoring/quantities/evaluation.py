"""The quantities of a scheme for all units of a period: computed when somebody asks, and once.

Counts come first, of all units; then whatever is made of them, of the peers' values and of earlier periods; points of
nodes when a quantity asks for them. A scheme in which something hangs on itself does not load.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Protocol

from auditlib.core.exact import Rounding, round_exact
from auditlib.core.message import Message
from auditlib.scheme.conditions import NOT_ASSESSABLE, Condition, compares
from auditlib.scheme.formers import (
    Add,
    Choose,
    Curve,
    Divide,
    Earlier,
    Extreme,
    Former,
    Holds,
    HowMany,
    Mean,
    Multiply,
    OfOutcome,
    Over,
    Peers,
    PointsOf,
    Rounded,
    StepsOf,
)  # fmt: skip
from auditlib.scheme.load import Resolved
from auditlib.scoring.facts import Facts
from auditlib.scoring.nodes import branch_points
from auditlib.scoring.points import score_indicator, total_of_unit, value_of
from auditlib.scoring.quantities.forming import curve_value, least_or_greatest, mean_of, step_count
from auditlib.scoring.quantities.over_periods import taken_over
from auditlib.scoring.quantities.peer_statistics import Members, statistic
from auditlib.scoring.result import IndicatorScore, Working
from auditlib.scoring.unknown import Unknown, Value, first_unknown

__all__ = ["Evaluation", "Past"]

NONE = Unknown(Message("not assessable, as the scheme declares"), not_assessable=True)
NO_PAST = Unknown(Message("no earlier period is known"), not_assessable=True)
NOT_IN_FORCE = Unknown(Message("the node is not assessed in this kind of period"), not_assessable=True)

NO_TOTAL = Unknown(Message("the unit has no total"), not_assessable=True)

TOTAL = "total"
"""What the points of everything are called where no node has this id."""

Truth = bool | Unknown


class Past(Protocol):
    """Earlier periods of the same ledger, as far as there are any."""

    def earlier(self, by: str) -> Evaluation | None:
        """One ``period`` or one ``year`` before; None where the ledger has nothing of it."""

    def periods(self, over: Over) -> Sequence[Evaluation | None]:
        """The periods that a quantity is taken over, the oldest first, this one among them where it is of the kind."""

    def names(self, over: Over) -> Sequence[str]:
        """What these periods are called."""

    def had(self, evaluation: Evaluation, outcome: str, unit: str) -> bool | None:
        """Whether a unit had an outcome in a period; None where it was not assessed, or nobody can say."""


class Evaluation:
    """Every quantity and every node of a scheme, for the units of one period."""

    def __init__(
        self, resolved: Resolved, facts: Mapping[str, Facts], groups: Mapping[str, str | None],
        past: Past | None = None,
        known: Mapping[tuple[str, str], Value] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        """``known`` are values by quantity and unit that need not be computed."""
        self.resolved, self.groups, self.past = resolved, groups, past
        self.facts = {unit: replace(own, population=self) for unit, own in facts.items()}
        self.outcomes: MutableMapping[str, MutableMapping[str, bool | None]] = {unit: {} for unit in facts}
        """By unit the outcomes that are decided so far: whether it has them."""
        self.totals: dict[str, Fraction | None] = {}
        """The total of each unit, once it is known: that of a roll-up is not the sum of its nodes."""
        self._values: dict[tuple[str, str], Value] = dict(known)
        self._nodes: dict[tuple[str, str], IndicatorScore | None] = {}
        self._members: dict[tuple[str, str | None], Members] = {}

    @cached_property
    def _leaves(self) -> Mapping[str, int]:
        return {one.id: index for index, one in enumerate(self.resolved.scheme.indicators)}

    @cached_property
    def _ids(self) -> frozenset[str]:
        return self.resolved.scheme.node_ids

    # --- numbers ---

    def value(self, part: str | Fraction, unit: str) -> Value:
        """A number, or the value of a quantity for a unit, or why it has none."""
        if isinstance(part, Fraction):
            return part
        if part == NOT_ASSESSABLE:
            return NONE
        key = (part, unit)
        if key not in self._values:
            former = self.resolved.scheme.quantities.get(part)
            found = self._formed(part, former, unit) if former is not None else None
            self._values[key] = value_of(self.resolved.scheme, part, self.facts[unit]) if found is None else found
        return self._values[key]

    def known(self, part: str | Fraction, unit: str) -> Fraction | None:
        """The value of a quantity, where it has one."""
        value = self.value(part, unit)
        return value if isinstance(value, Fraction) else None

    def _formed(self, name: str, former: Former, unit: str) -> Value:
        return FORMING[type(former)](self, name, former, unit)

    def _all(self, parts: Sequence[str | Fraction], unit: str) -> list[Value]:
        return [self.value(part, unit) for part in parts]

    def _add(self, _name: str, former: Add, unit: str) -> Value:
        values = self._all([part for part, _ in former.add], unit)
        if (unknown := first_unknown(values)) is not None:
            return unknown
        weights = (weight for _, weight in former.add)
        return sum((v * w for v, w in zip(values, weights, strict=True) if isinstance(v, Fraction)), Fraction(0))

    def _multiply(self, _name: str, former: Multiply, unit: str) -> Value:
        product = Fraction(1)
        values = self._all(former.multiply, unit)
        if (unknown := first_unknown(values)) is not None:
            return unknown
        for value in values:
            assert isinstance(value, Fraction)
            product *= value
        return product

    def _divide(self, _name: str, former: Divide, unit: str) -> Value:
        over, under = self._all(former.divide, unit)
        if (unknown := first_unknown((over, under))) is not None:
            return unknown
        assert isinstance(over, Fraction)
        assert isinstance(under, Fraction)
        return self.value(former.zero, unit) if under == 0 else over / under

    def _extreme(self, _name: str, former: Extreme, unit: str) -> Value:
        values = self._all(former.least or former.greatest or (), unit)
        return least_or_greatest(values, greatest=former.greatest is not None, missing=former.missing)

    def _mean(self, _name: str, former: Mean, unit: str) -> Value:
        return mean_of(former, self._all([part for part, _ in former.mean], unit))

    def _curve(self, _name: str, former: Curve, unit: str) -> Value:
        value, ends = self.value(former.curve, unit), [self._all(knot, unit) for knot in former.knots]
        if (unknown := first_unknown((value, *(end for knot in ends for end in knot)))) is not None:
            return unknown
        below, above = (
            "hold" if side is None or side == "hold" else "extend" if side == "extend" else self.value(side, unit)
            for side in (former.outside.below, former.outside.above)
        )
        flat = None if former.flat is None else self.value(former.flat, unit)
        assert isinstance(value, Fraction)
        return curve_value(former, value, [(a, b) for a, b in ends], below, above, flat)  # type: ignore[misc]

    def _choose(self, _name: str, former: Choose, unit: str) -> Value:
        for case in former.choose:
            truth = self.holds(case.when, unit)
            if isinstance(truth, Unknown):
                return truth
            if truth:
                return self.value(case.is_, unit)
        return self.value(former.else_, unit)

    def _steps(self, _name: str, former: StepsOf, unit: str) -> Value:
        steps = former.steps
        above = steps.above is not None
        values = self._all((steps.of, steps.above if above else steps.below, steps.every), unit)  # type: ignore[arg-type]
        if (unknown := first_unknown(values)) is not None:
            return unknown
        value, threshold, every = (one for one in values if isinstance(one, Fraction))
        return step_count(value, threshold, every, steps.mode, above=above)

    def _rounded(self, _name: str, former: Rounded, unit: str) -> Value:
        value = self.value(former.round, unit)
        return value if isinstance(value, Unknown) else round_exact(value, Rounding(former.digits, former.mode))

    def _how_many(self, _name: str, former: HowMany, unit: str) -> Value:
        truths = [self.holds(condition, unit) for condition in former.how_many]
        unknown = first_unknown(truths)
        return Fraction(sum(truth is True for truth in truths)) if unknown is None else unknown

    def _holds(self, _name: str, former: Holds, unit: str) -> Value:
        truth = self.holds(former.holds, unit, strict=True)
        return truth if isinstance(truth, Unknown) else Fraction(truth)

    def _points(self, _name: str, former: PointsOf, unit: str) -> Value:
        if former.points == TOTAL and former.points not in self._ids:
            return self._total(unit)
        score = self.node(former.points, unit)
        if score is None:
            return NOT_IN_FORCE
        if score.points is not None:
            return score.points
        reason = next((line.reason for line in score.lines if isinstance(line.reason, Message)), None)
        return Unknown(reason or Message("the node has no points"), not_assessable=score.status == "not_assessable")

    def _total(self, unit: str) -> Value:
        if unit not in self.totals:
            total, _, _ = total_of_unit(self.resolved, self.indicators(unit), tuple(self.branches(unit)))
            self.totals[unit] = total
        total = self.totals[unit]
        return NO_TOTAL if total is None else total

    # --- peers and the past ---

    def peers_of(self, name: str, unit: str) -> Members:
        """The values of the units that a quantity compares a unit with, its own among them."""
        former = self.resolved.scheme.quantities[name]
        assert isinstance(former, Peers)
        key = (name, self.groups.get(unit) if former.among == "group" else None)
        if key not in self._members:
            among = [other for other in self.facts if self._is_peer(former, other, unit)]
            values = {one: value for one in among if (value := self.known(former.peers, one)) is not None}
            sign = -1 if former.order == "descending" else 1
            keys = {
                one: (sign * value, *(-(self.known(then, one) or Fraction(0)) for then in former.then))
                for one, value in values.items()
            }
            self._members[key] = Members(values, keys)
        return self._members[key]

    def _is_peer(self, former: Peers, other: str, unit: str) -> bool:
        if isinstance(former.among, Condition):
            return self.holds(former.among, other) is True
        return former.among == "all" or self.groups.get(other) == self.groups.get(unit)

    def _peers(self, name: str, former: Peers, unit: str) -> Value:
        members = self.peers_of(name, unit)
        if former.take != "pooled":
            return statistic(former, members, unit)
        among = [one for one in members.values if former.self_ == "included" or one != unit]
        return self._pooled(former.peers, among)

    def _pooled(self, quotient: str | Fraction, units: Sequence[str]) -> Value:
        """A quotient of sums: what the units would have as one."""
        scheme = self.resolved.scheme
        former = scheme.quantities.get(quotient) if isinstance(quotient, str) else None
        if isinstance(former, Divide):
            over, under = (
                sum((self.known(part, one) or Fraction(0) for one in units), Fraction(0)) for part in former.divide
            )
            zero = former.zero
        else:
            rate = scheme.rates[str(quotient)]
            over, under = (
                sum(
                    (w * (self.known(part, one) or Fraction(0)) for part, w in side.items() for one in units),
                    Fraction(0),
                )
                for side in (rate.numerator, rate.denominator)
            )
            over, zero = over * rate.times, rate.zero
        if under == 0:
            return NONE if zero == NOT_ASSESSABLE or isinstance(zero, str) else zero
        return over / under

    def _earlier(self, _name: str, former: Earlier, unit: str) -> Value:
        before = self.past.earlier(former.by) if self.past is not None else None
        if before is not None and unit in before.facts:
            published = before.known(former.published, unit) if former.published is not None else None
            value = before.value(former.earlier, unit) if published is None else published
            if isinstance(value, Fraction) or not value.not_assessable:
                return value
        return NO_PAST if former.missing == NOT_ASSESSABLE else self.value(former.missing, unit)

    def _over(self, _name: str, former: Over, unit: str) -> Value:
        return taken_over(former, self._over_values(former, unit))

    def _over_values(self, former: Over, unit: str) -> list[Value | None]:
        """The value of each period, the oldest first; None where it has none."""
        found: list[Value | None] = []
        for one in self.past.periods(former) if self.past is not None else (self,):
            if one is None or unit not in one.facts:
                found.append(None)
            elif isinstance(former.over, OfOutcome):
                had = one.outcomes[unit].get(former.over.outcome) if one is self else None
                if one is not self and self.past is not None:
                    had = self.past.had(one, former.over.outcome, unit)
                found.append(None if had is None else Fraction(had))
            else:
                found.append(one.value(former.over, unit))
        return found

    def workings(self, quantity: str, unit: str) -> tuple[Working, ...]:
        """What a quantity is made of for a unit, each part after its own parts; nothing of one that is only counted."""
        found: dict[str, Working] = {}

        def visit(name: str) -> None:
            if name in found:
                return
            former = self.resolved.scheme.quantities.get(name)
            for part in former.names if former is not None else ():
                visit(part)
            found[name] = self._working(name, former, unit)

        if quantity in self.resolved.scheme.quantities:
            visit(quantity)
        return tuple(found.values())

    def _working(self, name: str, former: Former | None, unit: str) -> Working:
        value = self.known(name, unit)
        if isinstance(former, Peers):
            own = self.peers_of(name, unit).values
            among = [(one, own[one]) for one in own if former.self_ == "included" or one != unit]
            return Working(name, value, tuple(sorted(among, key=lambda pair: (-pair[1], pair[0]))))
        if isinstance(former, Over) and self.past is not None:
            values = self._over_values(former, unit)
            named = zip(self.past.names(former), values, strict=True)
            return Working(name, value, (), tuple((p, v if isinstance(v, Fraction) else None) for p, v in named))
        return Working(name, value)

    # --- conditions ---

    def holds(self, condition: Condition, unit: str, *, strict: bool = False) -> Truth:
        """Whether a condition holds for a unit, or what has to be known first.

        A comparison with what is not assessable does not hold; where ``strict``, it is open.
        """
        if condition.of is not None:
            return self._compared(condition, unit, strict)
        if condition.known is not None:
            return isinstance(self.value(condition.known, unit), Fraction)
        if condition.group is not None:
            groups = (condition.group,) if isinstance(condition.group, str) else condition.group
            return self.groups.get(unit) in groups
        if condition.outcome is not None:
            had = self.outcomes[unit].get(condition.outcome, False)
            return Unknown(Message("whether {outcome} falls to it is open", outcome=condition.outcome)) if (
                had is None
            ) else had  # fmt: skip
        if condition.not_ is not None:
            truth = self.holds(condition.not_, unit, strict=strict)
            return truth if isinstance(truth, Unknown) else not truth
        truths = [self.holds(one, unit, strict=strict) for one in condition.joined]
        decisive = condition.any is not None
        if any(truth is decisive for truth in truths):
            return decisive
        return first_unknown(truths) or not decisive

    def _compared(self, condition: Condition, unit: str, strict: bool) -> Truth:
        assert condition.of is not None
        value = self.value(condition.of, unit)
        truths: list[Truth] = []
        for sign, bound in condition.bounds:
            limit = self.value(bound, unit)
            unknown = first_unknown((value, limit))
            if unknown is not None:
                truths.append(unknown if strict or not unknown.not_assessable else False)
            else:
                assert isinstance(value, Fraction)
                assert isinstance(limit, Fraction)
                truths.append(compares(sign, value, limit))
        return False if False in truths else first_unknown(truths) or True

    # --- nodes ---

    def node(self, id: str, unit: str) -> IndicatorScore | None:
        """The points of an indicator or a branch for a unit; None where the period does not assess it."""
        key = (id, unit)
        if key not in self._nodes:
            self._nodes[key] = self._node(id, unit)
        return self._nodes[key]

    def _node(self, id: str, unit: str) -> IndicatorScore | None:
        scheme, facts = self.resolved.scheme, self.facts[unit]
        index = self._leaves.get(id)
        if index is not None:
            indicator = scheme.indicators[index]
            assessed = indicator.periods is None or facts.granularity is None or facts.granularity in indicator.periods
            return score_indicator(self.resolved, indicator, facts) if assessed else None
        branch = next(one for one in scheme.branches if one.id == id)
        if branch.periods is not None and facts.granularity is not None and facts.granularity not in branch.periods:
            return None
        return branch_points(self.resolved, branch, facts, [self.node(child, unit) for child in branch.children])

    def indicators(self, unit: str) -> tuple[IndicatorScore, ...]:
        """The indicators of a unit that the period assesses, in the order of the file."""
        found = (self.node(one.id, unit) for one in self.resolved.scheme.indicators)
        return tuple(one for one in found if one is not None)

    def branches(self, unit: str) -> Iterator[IndicatorScore]:
        """The branches of the tree for a unit, children before parents."""
        for branch in self.resolved.scheme.branches:
            score = self.node(branch.id, unit)
            if score is not None:
                yield score


FORMING: Mapping[type[Former], Callable[..., Value]] = {
    Add: Evaluation._add, Multiply: Evaluation._multiply, Divide: Evaluation._divide, Extreme: Evaluation._extreme,
    Mean: Evaluation._mean, Peers: Evaluation._peers, Earlier: Evaluation._earlier, Over: Evaluation._over,
    PointsOf: Evaluation._points, Curve: Evaluation._curve, Choose: Evaluation._choose, StepsOf: Evaluation._steps,
    Rounded: Evaluation._rounded, HowMany: Evaluation._how_many, Holds: Evaluation._holds,
}  # fmt: skip
