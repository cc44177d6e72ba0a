"""Outcomes: what follows from the counts, the total and the place of a unit, and where nobody can say yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from auditlib.core.period import Granularity
from auditlib.scheme.model import Scheme
from auditlib.scheme.results import Outcome, Place
from auditlib.scoring.barring import Barred, barring_first
from auditlib.scoring.consequences import outcome_score
from auditlib.scoring.facts import Facts
from auditlib.scoring.points import value_of
from auditlib.scoring.result import ConditionFound, OutcomeScore, UnitScore
from auditlib.scoring.totals import paired
from auditlib.scoring.unknown import Unknown

__all__ = ["forced_last", "with_outcomes"]


def _concerned(scheme: Scheme, granularity: Granularity) -> list[Outcome]:
    return [
        outcome
        for outcome in scheme.outcomes
        if outcome.gap is None and (outcome.periods is None or granularity in outcome.periods)
    ]


def forced_last(scheme: Scheme, granularity: Granularity, facts: Mapping[str, Facts]) -> set[str]:
    """The units that an outcome puts behind all others, whatever their totals."""
    forcing = [outcome for outcome in _concerned(scheme, granularity) if outcome.forces_last]
    return {unit for unit, own in facts.items() for outcome in forcing if _occurs(scheme, outcome, own) is True}


def with_outcomes(
    scheme: Scheme, granularity: Granularity, units: Sequence[UnitScore], facts: Mapping[str, Facts],
    only: Collection[str] | None = None,
) -> tuple[UnitScore, ...]:  # fmt: skip
    """The ranked ``units`` with their outcomes, all of them or ``only`` some.

    A place that units share across its edge, because nothing decides between them, is undecided for each of them.
    Units that an outcome puts last are among the last whatever their number: who is declared to be last is last.
    An outcome that hangs on the total of a unit which was not assessed on everything is undecided where what it
    lacks could change it. A unit that waits for its rank may come to stand anywhere. What an outcome bars is looked at
    after it (:func:`~auditlib.scoring.barring.barring_first`), and is undecided where the outcome is. Those that ask
    for other outcomes come last.
    """
    forced = forced_last(scheme, granularity, facts)
    waiting = Counter(unit.ranked_in for unit in units if _waits(unit))
    found: dict[str, dict[str, OutcomeScore]] = {unit.unit: {} for unit in units}
    conditions: dict[str, dict[str, ConditionFound]] = {unit.unit: {} for unit in units}
    barred = Barred()
    concerned = [one for one in _concerned(scheme, granularity) if only is None or one.id in only]
    asking = [one for one in concerned if one.when is not None and scheme.asks_for_outcomes(one.when)]
    first = [one for one in concerned if one not in asking]
    for outcome in (*barring_first(first), *barring_first(asking)):
        look = _Judging(scheme, outcome, units, facts, barred)
        for unit, condition in look.conditions():
            conditions[unit][outcome.id] = condition
        for unit, score in look.by_place(forced, waiting) if outcome.place is not None else look.by_conditions():
            decided = score.decided and not barred.may_bar(unit, outcome)
            found[unit][outcome.id] = replace(score, decided=decided)
            barred.add(unit, outcome, decided)
        _tell(outcome, facts, {unit: own[outcome.id].decided for unit, own in found.items() if outcome.id in own})
    order = [outcome.id for outcome in concerned]
    return tuple(
        replace(
            unit,
            outcomes=tuple(found[unit.unit][id] for id in order if id in found[unit.unit]),
            conditions=conditions[unit.unit],
        )
        for unit in units
    )


def _tell(outcome: Outcome, facts: Mapping[str, Facts], decided: Mapping[str, bool]) -> None:
    """Says to whatever asks for outcomes which units have this one; None where it is open."""
    for unit, own in facts.items():
        if own.population is not None:
            own.population.outcomes[unit][outcome.id] = (decided[unit] or None) if unit in decided else False


@dataclass(frozen=True)
class _Judging:
    """One outcome looked at for all units, after those that bar it."""

    scheme: Scheme
    outcome: Outcome
    units: Sequence[UnitScore]
    facts: Mapping[str, Facts]
    barred: Barred

    def by_conditions(self) -> Iterator[tuple[str, OutcomeScore]]:
        """The units that meet an outcome which hangs on no place."""
        for unit in self.units:
            if not self.barred.bars(unit.unit, self.outcome) and (holds := self._holds(unit)) is not False:
                yield unit.unit, self._score(unit, decided=holds is True)

    def by_place(
        self, forced: Collection[str], waiting: Mapping[str | None, int]
    ) -> Iterator[tuple[str, OutcomeScore]]:
        """The units within the places, and those that wait for a rank and may come to stand there."""
        outcome, place = self.outcome, self.outcome.place
        assert place is not None
        by_total = place.by is None and place.ranking in (None, self.scheme.main_ranking)
        for group in self._ranked(place, by_total):
            open_places = waiting[group[0].ranked_in] if group and by_total else 0
            for unit, decided in self._competing(group, place, forced if by_total else (), open_places):
                holds = self._holds(unit)
                if self.barred.bars(unit.unit, outcome) or holds is False:
                    continue
                score = self._score(unit, decided and holds is True and not unit.apart)
                at = None if unit.rank is None else (unit.rank, len(group))
                yield unit.unit, replace(score, place=at, tie=unit.tie)
        for unit, last in _may_come_within(self.units, place, forced) if by_total else ():
            occurs = _occurs(self.scheme, outcome, self.facts[unit.unit])
            if not self.barred.bars(unit.unit, outcome) and occurs is not False:
                yield unit.unit, self._score(unit, last and outcome.total is None)

    def conditions(self) -> Iterator[tuple[str, ConditionFound]]:
        """What the conditions of the outcome look at, of the units that are explained."""
        when = self.outcome.when
        for unit in self.units if when is not None else ():
            facts = self.facts[unit.unit]
            if when is not None and facts.explained and facts.population is not None:
                truth = facts.population.holds(when, unit.unit)
                names = dict.fromkeys(part for part in when.parts() if isinstance(part, str))
                workings = [one for name in names for one in facts.population.workings(name, unit.unit)]
                holds = None if isinstance(truth, Unknown) else truth
                yield unit.unit, ConditionFound(holds, tuple(dict.fromkeys(workings)))

    def _ranked(self, place: Place, by_total: bool) -> list[list[UnitScore]]:
        """The units by the ranking that the place is one of, group by group."""
        if by_total:
            return _groups(self.units, unranked=False)
        if place.by is not None:
            groups = _groups(self.units, unranked=True)
            return [_ranked_by(self.scheme, place.by, group, self.facts) for group in groups]
        placed = [
            replace(unit, rank=own.rank, tie=own.tie, ranked_in=own.within, apart=False)
            for unit in self.units
            if (own := unit.ranks.get(place.ranking or "")) is not None
        ]
        return _groups(sorted(placed, key=lambda unit: (unit.rank or 0, unit.unit)), unranked=False)

    def _competing(
        self, group: Sequence[UnitScore], place: Place, forced: Collection[str], waiting: int
    ) -> list[tuple[UnitScore, bool]]:
        """The units within the places, and for each whether that is certain, whoever moves up into barred places."""
        count = place.count(len(group))
        if not self.outcome.fills_up:
            return _placed(group, place, count, forced, waiting)
        ways = [
            _placed([unit for unit in group if unit.unit in field], place, count, forced, waiting)
            for field in self.barred.fields(self.outcome, [unit.unit for unit in group])
        ]
        sure = [{unit.unit for unit, decided in way if decided} for way in ways]
        placed = {unit.unit: unit for way in ways for unit, _ in way}
        return [(unit, all(name in way for way in sure)) for name, unit in placed.items()]

    def _holds(self, unit: UnitScore) -> bool | None:
        return _holds(self.scheme, self.outcome, unit, self.facts[unit.unit])

    def _score(self, unit: UnitScore, decided: bool) -> OutcomeScore:
        return outcome_score(self.scheme, self.outcome, self.facts[unit.unit], decided)


def _groups(units: Sequence[UnitScore], unranked: bool) -> list[list[UnitScore]]:
    groups: dict[str | None, list[UnitScore]] = {}
    for unit in units:
        if unit.rank is not None or (unranked and not unit.too_few):
            groups.setdefault(unit.ranked_in, []).append(unit)
    return list(groups.values())


def _ranked_by(
    scheme: Scheme, quantity: str, group: Sequence[UnitScore], facts: Mapping[str, Facts]
) -> list[UnitScore]:
    """The units of a group by a quantity, the greatest first; those that have none are not ranked."""
    values = {unit.unit: value_of(scheme, quantity, facts[unit.unit]) for unit in group}
    known = {unit: value for unit, value in values.items() if isinstance(value, Fraction)}
    result = []
    for unit in sorted((unit for unit in group if unit.unit in known), key=lambda unit: (-known[unit.unit], unit.unit)):
        own = known[unit.unit]
        equal = tuple(other for other, value in known.items() if value == own and other != unit.unit)
        result.append(replace(unit, rank=1 + sum(value > own for value in known.values()), tie=equal))
    return result


def _waits(unit: UnitScore) -> bool:
    """Whether a unit without a rank may yet have one: it lacks what somebody has to give or decide."""
    return (
        unit.rank is None
        and unit.active
        and not unit.too_few
        and any(one.status == "needs_input" for one in unit.indicators)
    )


def _may_come_within(
    units: Sequence[UnitScore], place: Place, forced: Collection[str]
) -> Iterator[tuple[UnitScore, bool]]:
    """The units that wait for a rank and may come to stand within the places, and for each whether it is put last.

    Where nobody has a rank there is no ranking to come into. Of the last places those are taken that are put last.
    """
    for unit in filter(_waits, units):
        rivals = [other for other in units if other.ranked_in == unit.ranked_in]
        if not any(other.rank is not None for other in rivals):
            continue
        put_last = [one for one in rivals if one.unit in forced and (one.rank is not None or _waits(one))]
        last = place.bottom is not None and unit in put_last
        if last or place.top or (place.bottom is not None and place.count(len(rivals)) > len(put_last)):
            yield unit, last


def _placed(
    group: Sequence[UnitScore], place: Place, count: int, forced: Collection[str], waiting: int = 0
) -> list[tuple[UnitScore, bool]]:
    """The units within the first or last ``count`` places, and for each whether that is certain.

    Each of the units that are ``waiting`` for a rank may come to stand before or behind any other: so many places
    may be open that none is certain.
    """
    if waiting:
        left = max(0, count - waiting)
        certain = {unit.unit for unit, decided in _placed(group, place, left, forced) if decided}
        return [(unit, unit.unit in certain) for unit, _ in _placed(group, place, count, forced)]
    ordered = list(group) if place.top is not None else list(reversed(group))
    if count == 0:
        return [(unit, True) for unit in ordered if place.bottom is not None and unit.unit in forced]
    put_last = [unit for unit in ordered if unit.unit in forced] if place.bottom is not None else []
    if put_last:
        rest = [unit for unit in group if unit.unit not in forced]
        others = _placed(rest, place, count - len(put_last), ()) if count > len(put_last) else []
        return [*((unit, True) for unit in put_last), *others]
    if len(ordered) <= count:
        return [(unit, True) for unit in ordered]
    edge = ordered[count - 1].rank
    across = ordered[count].rank == edge and bool(ordered[count].tie)
    placed = [(unit, not (across and unit.rank == edge)) for unit in ordered if _inside(unit, edge, place)]
    return placed


def _inside(unit: UnitScore, edge: int | None, place: Place) -> bool:
    assert unit.rank is not None
    assert edge is not None
    return unit.rank <= edge if place.top is not None else unit.rank >= edge


def _occurs(scheme: Scheme, outcome: Outcome, facts: Facts) -> bool | None:
    """Whether the conditions hold that look at neither total nor place; None where it is open."""
    if outcome.quantity is not None:
        value = value_of(scheme, outcome.quantity.of, facts)
        if isinstance(value, Unknown) or not outcome.quantity.holds(value):
            return False
    if outcome.when is None or facts.population is None:
        return True
    truth = facts.population.holds(outcome.when, facts.unit)
    return None if isinstance(truth, Unknown) else truth


def _holds(scheme: Scheme, outcome: Outcome, unit: UnitScore, facts: Facts) -> bool | None:
    """Whether the conditions on counts and total hold; None where the points that a unit lacks could decide it."""
    occurs = _occurs(scheme, outcome, facts)
    if occurs is False or outcome.total is None:
        return occurs
    if unit.rank is None or unit.total is None:
        return False
    totals = [unit.total, *(() if unit.parts else _ends(scheme, unit, outcome.total.bound.threshold))]
    found = {outcome.total.holds(total) for total in totals}
    holds = found.pop() if len(found) == 1 else None
    return None if occurs is None and holds else holds


def _ends(scheme: Scheme, unit: UnitScore, threshold: Fraction) -> tuple[Fraction, Fraction]:
    """The lowest and the highest total that a unit could have had if it had been assessed on all that it was not.

    Where that has no end, a total beyond the ``threshold`` stands for it.
    """
    assert unit.total is not None
    lacking = [own for own, score in paired(scheme, unit.indicators) if score.status == "not_assessable"]
    lacking = [own for own in lacking if all(rule.target is None for rule in own.rules)]
    floors, caps = [own.floor for own in lacking], [own.cap for own in lacking]
    low, high = min(unit.total, threshold) - 1, max(unit.total, threshold) + 1
    if None not in floors:
        low = sum((floor for floor in floors if floor is not None), unit.total)
    if None not in caps:
        high = sum((cap for cap in caps if cap is not None), unit.total)
    return low, high
