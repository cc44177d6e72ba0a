"""Outcomes: what follows from the counts, the total and the place of a unit, and where nobody can say yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
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
    lacks could change it. A unit that waits for its rank may come to stand anywhere.
    Outcomes of a place come after those without; those that ask for other outcomes come last; but what an outcome bars
    comes after it (:func:`~auditlib.scoring.barring.barring_first`), and is undecided where the outcome is.
    """
    finding = _Finding(scheme, units, facts, forced_last(scheme, granularity, facts))
    concerned = [one for one in _concerned(scheme, granularity) if only is None or one.id in only]
    asking = [one for one in concerned if one.when is not None and scheme.asks_for_outcomes(one.when)]
    first = [one for one in concerned if one not in asking]
    usual = (*(o for o in first if o.place is None), *(o for o in first if o.place is not None), *asking)
    for outcome in barring_first(usual):
        if outcome.place is None:
            finding.without_place(outcome)
        else:
            finding.by_place(outcome, outcome.place)
    return finding.found_by_unit()


class _Finding:
    """The outcomes that units have so far, and those that these bar."""

    def __init__(
        self, scheme: Scheme, units: Sequence[UnitScore], facts: Mapping[str, Facts], forced: Collection[str]
    ) -> None:
        self.scheme, self.units, self.facts, self.forced = scheme, units, facts, forced
        self.waiting = Counter(unit.ranked_in for unit in units if _waits(unit))
        self.found: dict[str, list[OutcomeScore]] = {unit.unit: [] for unit in units}
        self.barred = Barred()
        self.conditions: dict[str, dict[str, ConditionFound]] = {unit.unit: {} for unit in units}

    def without_place(self, outcome: Outcome) -> None:
        """An outcome of counts, totals and conditions. What it bars, the unit does not get."""
        self._look(outcome)
        for unit in self.units:
            facts = self.facts[unit.unit]
            holds = _holds(self.scheme, outcome, unit, facts)
            if holds is False or self.barred.bars(unit.unit, outcome):
                _tell(facts, outcome, False)
            else:
                self._add(unit, outcome, outcome_score(self.scheme, outcome, facts, decided=holds is True))

    def by_place(self, outcome: Outcome, place: Place) -> None:
        """An outcome of the first or the last places of a ranking."""
        self._look(outcome)
        scheme, facts = self.scheme, self.facts
        by_total = place.by is None and place.ranking in (None, _main(scheme))
        for unit in self.units:
            _tell(facts[unit.unit], outcome, False)
        for group in self._ranked(place, by_total):
            open_places = self.waiting[group[0].ranked_in] if group and by_total else 0
            forced = self.forced if by_total else ()
            for unit, decided in self._competing(outcome, place, group, forced, open_places):
                holds = _holds(scheme, outcome, unit, facts[unit.unit])
                if self.barred.bars(unit.unit, outcome) or holds is False:
                    continue
                certain = decided and holds is True and not unit.apart
                score = outcome_score(scheme, outcome, facts[unit.unit], certain)
                rank = None if unit.rank is None else (unit.rank, len(group))
                self._add(unit, outcome, replace(score, place=rank, tie=unit.tie))
        for unit, last in _may_come_within(self.units, place, self.forced) if by_total else ():
            barred = self.barred.bars(unit.unit, outcome)
            if not barred and _occurs(scheme, outcome, facts[unit.unit]) is not False:
                certain = last and outcome.total is None
                self._add(unit, outcome, outcome_score(scheme, outcome, facts[unit.unit], certain))

    def _competing(
        self, outcome: Outcome, place: Place, group: Sequence[UnitScore], forced: Collection[str], waiting: int
    ) -> list[tuple[UnitScore, bool]]:
        """The units within the places, and for each whether that is certain, whoever moves up into barred places."""
        count = place.count(len(group))
        if not outcome.fills_up:
            return _placed(group, place, count, forced, waiting)
        fields = self.barred.fields(outcome, [unit.unit for unit in group])
        ways = [_placed([one for one in group if one.unit in own], place, count, forced, waiting) for own in fields]
        sure = [{unit.unit for unit, decided in way if decided} for way in ways]
        placed = {unit.unit: unit for way in ways for unit, _ in way}
        return [(unit, all(name in way for way in sure)) for name, unit in placed.items()]

    def _look(self, outcome: Outcome) -> None:
        """Keeps what the conditions of an outcome look at, of the units that are explained."""
        for unit in self.units if outcome.when is not None else ():
            facts = self.facts[unit.unit]
            if facts.explained and facts.population is not None and outcome.when is not None:
                truth = facts.population.holds(outcome.when, unit.unit)
                names = dict.fromkeys(part for part in outcome.when.parts() if isinstance(part, str))
                workings = [one for name in names for one in facts.population.workings(name, unit.unit)]
                found = ConditionFound(None if isinstance(truth, Unknown) else truth, tuple(dict.fromkeys(workings)))
                self.conditions[unit.unit][outcome.id] = found

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

    def _add(self, unit: UnitScore, outcome: Outcome, score: OutcomeScore) -> None:
        """Let a unit have an outcome; undecided, where one that nobody can decide yet may bar it."""
        decided = score.decided and not self.barred.may_bar(unit.unit, outcome)
        self.found[unit.unit].append(replace(score, decided=decided))
        self.barred.add(unit.unit, outcome, decided)
        _tell(self.facts[unit.unit], outcome, decided or None)

    def found_by_unit(self) -> tuple[UnitScore, ...]:
        """The units with their outcomes in the order of the file."""
        order = {outcome.id: index for index, outcome in enumerate(self.scheme.outcomes)}
        return tuple(
            replace(
                unit,
                outcomes=tuple(sorted(self.found[unit.unit], key=lambda score: order[score.id])),
                conditions=self.conditions[unit.unit],
            )
            for unit in self.units
        )


def _main(scheme: Scheme) -> str | None:
    """The id of the ranking that the total gives, where it has one."""
    return scheme.main_ranking


def _tell(facts: Facts, outcome: Outcome, has: bool | None) -> None:
    """Says to whatever asks for outcomes whether a unit has this one."""
    if facts.population is not None:
        facts.population.outcomes[facts.unit][outcome.id] = has


def _groups(units: Sequence[UnitScore], unranked: bool) -> list[list[UnitScore]]:
    groups: dict[str | None, list[UnitScore]] = {}
    for unit in units:
        if unit.rank is not None or unranked:
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
    return unit.rank is None and unit.active and any(one.status == "needs_input" for one in unit.indicators)


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
