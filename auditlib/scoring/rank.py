"""Ranks from exact totals: who stands before whom, where nothing decides, and who has no rank and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from types import MappingProxyType

from auditlib.core.message import Message, Sayable
from auditlib.core.numerals import plain
from auditlib.core.values import Text
from auditlib.scheme.results import Key, Ranking, TieBreak
from auditlib.scoring.quantities.evaluation import PeriodQuantities
from auditlib.scoring.result import UnitScore

__all__ = ["Attainable", "attainable", "fullest", "key_values", "ranked", "share"]

NO_TITLES: Mapping[str, Text] = MappingProxyType({})
"""Indicators are then named by their ids."""

Attainable = Fraction | frozenset[str]
"""Out of what a unit was assessed: its full marks, or without full marks the indicators that have no points."""


def attainable(unit: UnitScore) -> Attainable:
    """Out of what a unit was assessed. Units that differ in it were not assessed alike."""
    if unit.total_of is not None:
        return unit.total_of
    return frozenset(one.id for one in unit.indicators if one.points is None and one.met is None)


def fullest(found: Iterable[Attainable]) -> Attainable | None:
    """The most out of which any of the units was assessed: the greatest full marks; without full marks what all of
    them lack. None where there are no units."""
    marks = list(found)
    bounded = [one for one in marks if isinstance(one, Fraction)]
    if bounded:
        return max(bounded)
    lacking = [one for one in marks if isinstance(one, frozenset)]
    return frozenset.intersection(*lacking) if lacking else None


def share(unit: UnitScore) -> Fraction:
    """The part of its full marks that a unit has. Zero where it could attain nothing."""
    assert unit.total is not None
    return unit.total / unit.total_of if unit.total_of else Fraction(0)


@dataclass(frozen=True)
class RankOrder:
    """How the units of a group are put in order: who comes last whatever the total, and what decides after it."""

    ranking: Ranking
    last: Collection[str]
    titles: Mapping[str, Text]
    evaluation: PeriodQuantities | None
    counted: Text | str = ""
    """What the minimum of the ranking counts."""

    def few(self, unit: UnitScore) -> Message | None:
        """That a unit has fewer cases than the ranking needs, unless an outcome puts it last whatever it has."""
        least = self.ranking.minimum
        if least is None or unit.unit in self.last:
            return None
        count = unit.measures.get(least.of) or Fraction(0)
        if count >= least.at_least:
            return None
        return Message(
            "{count} ({measure}) are fewer than the {least} that the ranking needs",
            count=count, measure=self.counted or least.of, least=least.at_least,
        )  # fmt: skip

    def lacking(self, unit: UnitScore) -> Sayable | None:
        """Why a unit with a total has no rank all the same."""
        without = tuple(
            self.titles.get(one.id, one.id)
            for one in unit.indicators
            if one.points is None and one.id in self.ranking.needs
        )
        if without:
            return Message("the ranking needs points for {indicators}", indicators=without)
        if self.evaluation is None:
            return None
        if self.ranking.only is not None and self.evaluation.holds(self.ranking.only, unit.unit) is not True:
            return Message("not among those that the scheme ranks")
        return None

    def place(self, unit: UnitScore) -> tuple[Fraction, ...]:
        """Smaller is better."""
        ranking = self.ranking
        if unit.unit in self.last and ranking.forced_last != "by_total":
            return (Fraction(1),)
        assert unit.total is not None
        total = share(unit) if ranking.different_maxima == "by_share" and unit.total_of else unit.total
        place: tuple[Fraction, ...] = (
            Fraction(unit.unit in self.last),
            -total if ranking.order == "descending" else total,
        )
        if isinstance(ranking.ties, TieBreak):
            value = unit.measures.get(ranking.ties.by) or Fraction(0)
            place = (*place, -value if ranking.ties.order == "descending" else value)
        return place if self.evaluation is None else (*place, *key_values(self.evaluation, ranking.then, unit.unit))


def key_values(evaluation: PeriodQuantities, keys: Sequence[Key], unit: str) -> tuple[Fraction, ...]:
    """What orders a unit by ``keys``, smaller before greater; one that it does not have counts as 0."""
    values = ((key, evaluation.known(key.of, unit) or Fraction(0)) for key in keys)
    return tuple(-value if key.order == "descending" else value for key, value in values)


def ranked(
    units: Iterable[UnitScore], ranking: Ranking, last: Collection[str] = (), titles: Mapping[str, Text] = NO_TITLES,
    evaluation: PeriodQuantities | None = None,
    counted: Text | str = "",
) -> tuple[UnitScore, ...]:  # fmt: skip
    """The units with their ranks, by group and rank; those without a rank come last, with the reason why.

    A unit has no rank without a total, without points for an indicator that the ranking needs, with fewer cases than
    it needs (``minimum``: of so few nobody says that they are the last), and where it was assessed out of less than
    others and the ranking declares so (``different_maxima``). The units in ``last`` stand behind all others of their
    group, however few cases they have; in which order, the ranking declares (``forced_last``). ``titles`` are those of
    the indicators, ``counted`` is that of the measure of the minimum, for the reasons.

    Equal units share the better rank and the next one is skipped (1, 2, 2, 4). Where the scheme leaves
    the tie undecided, each names the others. ``evaluation`` has what further keys and conditions ask for.
    """
    order = RankOrder(ranking, last, titles, evaluation, counted)
    groups: dict[str | None, list[UnitScore]] = {}
    for unit in units:
        group = ranking.group_of(unit.unit, unit.name, unit.group) if ranking.within == "group" else None
        groups.setdefault(group, []).append(replace(unit, ranked_in=group))
    return tuple(
        unit
        for group in sorted(groups, key=lambda group: (group is None, group or ""))
        for unit in _ranked_group(groups[group], order)
    )


def _ranked_group(units: list[UnitScore], order: RankOrder) -> Iterator[UnitScore]:
    ranking = order.ranking
    able, unable = [], []
    for unit in units:
        few = order.few(unit)
        unit = replace(unit, too_few=few is not None)
        why = few or order.lacking(unit)
        if unit.total is None or why is not None:
            unable.append(replace(unit, unranked=why))
        else:
            able.append(unit)
    classes = {attainable(unit) for unit in able}
    if len(classes) > 1 and ranking.different_maxima != "by_share":
        most = fullest(classes)
        if ranking.different_maxima == "undecided":
            unable += [replace(unit, unranked=_undecided(able, unit)) for unit in able]
            able = []
        elif ranking.different_maxima == "unranked":
            unable += [
                replace(unit, unranked=_less(unit, most, order.titles)) for unit in able if attainable(unit) != most
            ]
            able = [unit for unit in able if attainable(unit) == most]
        else:
            for one in sorted((one for one in classes if one != most), key=_order):
                apart = [replace(unit, ranked_in=_apart(unit), apart=True) for unit in able if attainable(unit) == one]
                unable += _in_order(apart, order)  # behind the others, with ranks of their own
            able = [unit for unit in able if attainable(unit) == most]
    yield from _in_order(able, order)
    yield from sorted(unable, key=lambda unit: (unit.rank is None, unit.ranked_in or "", unit.rank or 0, unit.unit))


def _in_order(able: Sequence[UnitScore], order: RankOrder) -> Iterator[UnitScore]:
    ranking = order.ranking
    standing = sorted(able, key=lambda unit: (order.place(unit), unit.unit))
    rank = 1
    for _, equal in groupby(standing, key=order.place):
        tied = list(equal)
        open_ = ranking.ties != "shared" or (tied[0].unit in order.last and ranking.forced_last == "undecided")
        names = tuple(unit.unit for unit in tied)
        for unit in tied:
            others = tuple(name for name in names if name != unit.unit)
            yield replace(unit, rank=rank, tie=others if open_ else ())
        rank += len(tied)


def _less(unit: UnitScore, most: Attainable | None, titles: Mapping[str, Text]) -> Message:
    if unit.total_of is not None:
        return Message("assessed out of {of}, others out of {most}", of=unit.total_of, most=most)
    own = attainable(unit)
    lacks = sorted(own - most) if isinstance(own, frozenset) and isinstance(most, frozenset) else []
    names = tuple(titles.get(id, id) for id in lacks)
    return Message("not assessed on {indicators}, others were", indicators=names)


def _undecided(units: Sequence[UnitScore], unit: UnitScore) -> Message:
    if unit.total_of is not None:
        marks = tuple(sorted({one.total_of for one in units if one.total_of is not None}, reverse=True))
        return Message("the group was assessed out of different full marks ({maxima}); nothing decides", maxima=marks)
    return Message("the group was not assessed on the same indicators; nothing decides")


def _apart(unit: UnitScore) -> str:
    """Where a unit is ranked that was assessed out of less than others: its group, and out of how much."""
    own = attainable(unit)
    of = f"/{plain(own)}" if isinstance(own, Fraction) else f"−{','.join(sorted(own))}"
    return f"{unit.ranked_in} {of}" if unit.ranked_in else of


def _order(one: Attainable) -> tuple[Fraction, tuple[str, ...]]:
    return (-one, ()) if isinstance(one, Fraction) else (Fraction(len(one)), tuple(sorted(one)))
