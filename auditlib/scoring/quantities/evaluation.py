"""The quantities of a scheme for all units of a period: computed when somebody asks, and once.

Counts come first, of all units; then whatever is made of them, of the peers' values and of earlier periods; points of
nodes when a quantity asks for them. A scheme in which something hangs on itself does not load.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Protocol

from auditlib.core.message import Message
from auditlib.core.period import Period
from auditlib.scheme.conditions import NOT_ASSESSABLE, UnitCondition
from auditlib.scheme.formers.arithmetic import Divide, PointsOf
from auditlib.scheme.formers.base import Former
from auditlib.scheme.formers.elsewhere import OfEarlier, OfOutcome, OfPeers, OverPeriods
from auditlib.scheme.load import Resolved
from auditlib.scoring.facts import Facts
from auditlib.scoring.nodes import branch_points
from auditlib.scoring.points import score_indicator, value_of
from auditlib.scoring.quantities.arithmetic import formed
from auditlib.scoring.quantities.over_periods import taken_over
from auditlib.scoring.quantities.peer_statistics import Members, statistic
from auditlib.scoring.quantities.truth import Truth, truth_of
from auditlib.scoring.result import IndicatorScore, Working
from auditlib.scoring.totals import total_of_unit
from auditlib.scoring.unknown import Unknown, Value

__all__ = ["EarlierPeriods", "PeriodQuantities"]

NONE = Unknown(Message("not assessable, as the scheme declares"), not_assessable=True)
NO_PAST = Unknown(Message("no earlier period is known"), not_assessable=True)
NOT_IN_FORCE = Unknown(Message("the node is not assessed in this kind of period"), not_assessable=True)
NO_TOTAL = Unknown(Message("the unit has no total"), not_assessable=True)

TOTAL = "total"
"""What the points of everything are called where no node has this id."""


class EarlierPeriods(Protocol):
    """Earlier periods of the same ledger, as far as there are any."""

    @property
    def period(self) -> Period:
        """The period that they are earlier than."""

    def earlier(self, by: str) -> PeriodQuantities | None:
        """One ``period`` or one ``year`` before; None where the ledger has nothing of it."""

    def periods(self, over: OverPeriods) -> Sequence[PeriodQuantities | None]:
        """The periods that a quantity is taken over, the oldest first, this one among them where it is of the kind."""

    def names(self, over: OverPeriods) -> Sequence[str]:
        """What these periods are called."""

    def had(self, evaluation: PeriodQuantities, outcome: str, unit: str) -> bool | None:
        """Whether a unit had an outcome in a period; None where it was not assessed, or nobody can say."""


class PeriodQuantities:
    """Every quantity and every node of a scheme, for the units of one period."""

    def __init__(
        self, resolved: Resolved, facts: Mapping[str, Facts], groups: Mapping[str, str | None],
        past: EarlierPeriods | None = None,
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
        if isinstance(former, OfPeers):
            return self._peers(name, former, unit)
        if isinstance(former, OfEarlier):
            return self._earlier(former, unit)
        if isinstance(former, OverPeriods):
            return taken_over(former, self._over_values(former, unit))
        if isinstance(former, PointsOf):
            return self._points(former, unit)
        return formed(self, former, unit)

    def _points(self, former: PointsOf, unit: str) -> Value:
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
        assert isinstance(former, OfPeers)
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

    def _is_peer(self, former: OfPeers, other: str, unit: str) -> bool:
        if isinstance(former.among, UnitCondition):
            return self.holds(former.among, other) is True
        return former.among == "all" or self.groups.get(other) == self.groups.get(unit)

    def _peers(self, name: str, former: OfPeers, unit: str) -> Value:
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

    def _earlier(self, former: OfEarlier, unit: str) -> Value:
        before = self.past.earlier(former.by) if self.past is not None else None
        if before is not None and unit in before.facts:
            published = before.known(former.published, unit) if former.published is not None else None
            value = before.value(former.earlier, unit) if published is None else published
            if isinstance(value, Fraction) or not value.not_assessable:
                return _dated(value, before)
        return NO_PAST if former.missing == NOT_ASSESSABLE else self.value(former.missing, unit)

    def _over_values(self, former: OverPeriods, unit: str) -> list[Value | None]:
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
                value = one.value(former.over, unit)
                found.append(value if one is self else _dated(value, one))
        return found

    def workings(self, quantity: str, unit: str) -> tuple[Working, ...]:
        """What a quantity is made of for a unit, each part after its own parts; nothing of one that is only counted.

        An earlier value is none of what that quantity is now, so that is left out.
        """
        found: dict[str, Working] = {}

        def visit(name: str) -> None:
            if name in found:
                return
            former = self.resolved.scheme.quantities.get(name)
            for part in former.names if former is not None else ():
                if not (isinstance(former, OfEarlier) and part == former.earlier):
                    visit(part)
            found[name] = self._working(name, former, unit)

        if quantity in self.resolved.scheme.quantities:
            visit(quantity)
        return tuple(found.values())

    def _working(self, name: str, former: Former | None, unit: str) -> Working:
        value = self.known(name, unit)
        if isinstance(former, OfPeers):
            own = self.peers_of(name, unit).values
            among = [(one, own[one]) for one in own if former.self_ == "included" or one != unit]
            return Working(name, value, tuple(sorted(among, key=lambda pair: (-pair[1], pair[0]))))
        if isinstance(former, OverPeriods) and self.past is not None:
            values = self._over_values(former, unit)
            named = zip(self.past.names(former), values, strict=True)
            return Working(name, value, (), tuple((p, v if isinstance(v, Fraction) else None) for p, v in named))
        return Working(name, value)

    # --- conditions ---

    def holds(self, condition: UnitCondition, unit: str, *, strict: bool = False) -> Truth:
        """Whether a condition holds for a unit, or what has to be known first.

        A comparison with what is not assessable does not hold; where ``strict``, it is open.
        """
        return truth_of(self, condition, unit, strict=strict)

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


def _dated(value: Value, of: PeriodQuantities) -> Value:
    """A value of another period; where the ledger lacks something of it, the reason says of which period."""
    if isinstance(value, Fraction) or value.not_assessable or of.past is None:
        return value
    said = Message("{period}: {reason}", period=of.past.period, reason=value.reason)
    return value if value.reason.template == said.template else replace(value, reason=said)
