"""Outcomes: what follows from the counts, the total and the place of a unit, and where nobody can say yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from auditlib.core.errors import InputError
from auditlib.core.period import Granularity
from auditlib.scheme.model import Scheme
from auditlib.scheme.results import Consequence, Outcome, Place
from auditlib.scoring.points import Facts, Unknown, paired, value_of
from auditlib.scoring.result import OutcomeScore, UnitScore

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
    return {unit for unit, own in facts.items() for outcome in forcing if _occurs(scheme, outcome, own)}


def with_outcomes(
    scheme: Scheme, granularity: Granularity, units: Sequence[UnitScore], facts: Mapping[str, Facts]
) -> tuple[UnitScore, ...]:
    """The ranked ``units`` with their outcomes.

    A place that units share across its edge, because nothing decides between them, is undecided for each of them.
    Units that an outcome puts last are among the last whatever their number: who is declared to be last is last.
    An outcome that hangs on the total of a unit which was not assessed on everything is undecided where what it
    lacks could change it. A unit that waits for its rank may come to stand anywhere.
    """
    forced = forced_last(scheme, granularity, facts)
    waiting = Counter(unit.ranked_in for unit in units if _waits(unit))
    found: dict[str, list[OutcomeScore]] = {unit.unit: [] for unit in units}
    barred: dict[str, set[str]] = {unit.unit: set() for unit in units}
    concerned = _concerned(scheme, granularity)
    for outcome in concerned:
        if outcome.place is None:
            for unit in units:
                holds = _holds(scheme, outcome, unit, facts[unit.unit])
                if holds or holds is None:
                    found[unit.unit].append(_score(scheme, outcome, facts[unit.unit], decided=holds is True))
                    barred[unit.unit] |= set(outcome.bars) if holds else set()
    for outcome in concerned:
        if outcome.place is not None:
            for group in _groups(units, outcome.place.by is not None):
                if outcome.place.by is not None:
                    group = _ranked_by(scheme, outcome.place.by, group, facts)
                candidates = (
                    [unit for unit in group if outcome.id not in barred[unit.unit]] if outcome.fills_up else group
                )
                by_total = outcome.place.by is None
                open_places = waiting[group[0].ranked_in] if group and by_total else 0
                for unit, decided in _placed(candidates, outcome.place, forced if by_total else (), open_places):
                    holds = _holds(scheme, outcome, unit, facts[unit.unit])
                    if outcome.id in barred[unit.unit] or holds is False:
                        continue
                    score = _score(scheme, outcome, facts[unit.unit], decided and holds is True and not unit.apart)
                    place = None if unit.rank is None else (unit.rank, len(group))
                    found[unit.unit].append(replace(score, place=place, tie=unit.tie))
            for unit, last in _may_come_within(units, outcome.place, forced) if outcome.place.by is None else ():
                if outcome.id not in barred[unit.unit] and _occurs(scheme, outcome, facts[unit.unit]):
                    certain = last and outcome.total is None
                    found[unit.unit].append(_score(scheme, outcome, facts[unit.unit], certain))
    order = {outcome.id: index for index, outcome in enumerate(scheme.outcomes)}
    return tuple(
        replace(unit, outcomes=tuple(sorted(found[unit.unit], key=lambda score: order[score.id]))) for unit in units
    )


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
        if last or place.top or (place.bottom or 0) > len(put_last):
            yield unit, last


def _placed(
    group: Sequence[UnitScore], place: Place, forced: Collection[str], waiting: int = 0
) -> list[tuple[UnitScore, bool]]:
    """The units within the first or last places, and for each whether that is certain.

    Each of the units that are ``waiting`` for a rank may come to stand before or behind any other.
    """
    count = place.top or place.bottom or 0
    if waiting:
        # Unchecked, as no scheme may ask for none: so many places may be open that none is certain.
        left, end = max(0, count - waiting), "top" if place.top is not None else "bottom"
        sure = place.model_copy(update={end: left})
        certain = {unit.unit for unit, decided in _placed(group, sure, forced) if decided}
        return [(unit, unit.unit in certain) for unit, _ in _placed(group, place, forced)]
    ordered = list(group) if place.top is not None else list(reversed(group))
    if count == 0:
        return [(unit, True) for unit in ordered if place.bottom is not None and unit.unit in forced]
    put_last = [unit for unit in ordered if unit.unit in forced] if place.bottom is not None else []
    if put_last:
        rest = [unit for unit in group if unit.unit not in forced]
        others = _placed(rest, Place(bottom=count - len(put_last)), ()) if count > len(put_last) else []
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


def _occurs(scheme: Scheme, outcome: Outcome, facts: Facts) -> bool:
    if outcome.quantity is None:
        return True
    value = value_of(scheme, outcome.quantity.of, facts)
    return not isinstance(value, Unknown) and outcome.quantity.holds(value)


def _holds(scheme: Scheme, outcome: Outcome, unit: UnitScore, facts: Facts) -> bool | None:
    """Whether the conditions on counts and total hold; None where the points that a unit lacks could decide it."""
    if not _occurs(scheme, outcome, facts):
        return False
    if outcome.total is None:
        return True
    if unit.rank is None or unit.total is None:
        return False
    totals = [unit.total, *(() if unit.parts else _ends(scheme, unit, outcome.total.bound.threshold))]
    found = {outcome.total.holds(total) for total in totals}
    return found.pop() if len(found) == 1 else None


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


def _within(consequence: Consequence, decided: Fraction, times: int, unit: str) -> Fraction:
    """What people decided, which must lie in the range that the source leaves to them."""
    low, high = (consequence.low or Fraction(0)) * times, consequence.high
    if decided < low or (high is not None and decided > high * times):
        expected = f"at least {low}" if high is None else f"{low} to {high * times}"
        raise InputError.at("marks", f"{unit}, {consequence.id}", f"found {decided}, expected {expected}")
    return decided


def _score(scheme: Scheme, outcome: Outcome, facts: Facts, decided: bool) -> OutcomeScore:
    count = 1
    if outcome.quantity is not None and outcome.quantity.of in scheme.measures:
        count = max(1, int(facts.counts[outcome.quantity.of]))
    amounts: dict[str, Fraction] = {}
    needs = []
    for consequence in outcome.consequences:
        times = count if consequence.each else 1
        if consequence.amount is not None:
            whole = Fraction(1) if consequence.of is None else facts.counts.get(consequence.of)
            if whole is not None:
                amounts[consequence.id] = consequence.amount * times * whole
        elif consequence.low is not None:
            given = facts.marks.get(consequence.id, ())
            if given:
                given_points = sum((points for points, _ in given), Fraction(0))
                amounts[consequence.id] = _within(consequence, given_points, times, facts.unit)
            else:
                needs.append(consequence.id)
    return OutcomeScore(
        outcome.id,
        outcome.title,
        outcome.clause,
        decided,
        count,
        amounts,
        tuple(needs),
        facts.evidence.get(outcome.evidence or "", ()),
    )
