"""What makes a unit worth a look: plain facts of a period, each with how grave it is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from typing import TypeVar

from auditlib.analysis.losses import IndicatorLoss
from auditlib.analysis.movements import Movement, falls
from auditlib.analysis.outcome_sides import contradictions
from auditlib.analysis.peers import groups
from auditlib.core.exact import Rounding
from auditlib.core.message import t
from auditlib.report.phrases import among
from auditlib.report.tables import joined, outcome_words, points_text, shown_number
from auditlib.scheme.model import Scheme
from auditlib.scoring.result import Result, UnitScore

__all__ = ["Reason", "is_grave", "reasons_to_look"]

SHOWN_NAMES = 4


T = TypeVar("T")


class Reason(str):
    """A fact that makes a unit worth a look, and how grave it is: the larger, the graver."""

    gravity: int

    def __new__(cls, text: str, gravity: int) -> Reason:
        made = super().__new__(cls, text)
        made.gravity = gravity
        return made


GRAVE = 4
"""From this gravity on a reason is about how the unit did, below it about what is known of it."""


def is_grave(reasons: Sequence[Reason]) -> bool:
    """Whether any reason is about how the unit did."""
    return any(reason.gravity >= GRAVE for reason in reasons)


def reasons_to_look(
    scheme: Scheme, result: Result, moved: Sequence[Movement], losses: Sequence[IndicatorLoss],
    rejected: Mapping[str, int], language: str, counts: Mapping[str, int] | None = None,
    doubtful: Collection[str] = (),
) -> list[tuple[UnitScore, list[Reason]]]:  # fmt: skip
    """The units with a reason to look at them, the gravest first, each with its reasons in the same order.

    A unit is named if it has an outcome other than a place among the first, is last of several in its group, fell
    furthest there, ran the most indicators of its group down to nothing, misses the most targets, has a tie that
    nothing decides, an indicator without a score that peers have, or the most rejected rows. ``rejected`` counts these
    by unit, ``counts`` its cases; a low rank of the ``doubtful`` may be chance, and is no grave reason. Where the
    gravest reasons of two are alike, the one with more of them comes first, then the one with more outcomes, then the
    one that stands lower.
    """
    found: dict[str, list[Reason]] = {}
    facts = _Facts(scheme, result, moved, losses, rejected, language, counts or {}, frozenset(doubtful))
    for gravity, note in GRAVITY:
        for code, text in note(facts):
            found.setdefault(code, []).append(Reason(text, gravity))
    named = [(unit, found[unit.unit]) for unit in result.units if unit.unit in found]
    sizes = {group: len(units) for group, units in groups(result).items()}

    def order(one: tuple[UnitScore, list[Reason]]) -> tuple[list[int], int, Fraction]:
        unit, reasons = one
        below = Fraction(unit.rank, sizes[unit.ranked_in]) if unit.rank is not None else Fraction(0)
        return [-reason.gravity for reason in reasons] + [1], -len(unit.outcomes), -below

    return sorted(named, key=order)


@dataclass(frozen=True)
class _Facts:
    scheme: Scheme
    result: Result
    moved: Sequence[Movement]
    losses: Sequence[IndicatorLoss]
    rejected: Mapping[str, int]
    language: str
    counts: Mapping[str, int]
    doubtful: frozenset[str]

    @property
    def rounding(self) -> Rounding:
        return self.result.rounding

    def t(self, template: str, /, **values: object) -> str:
        return t(template, self.language, **values)


Found = list[tuple[str, str]]


def _last(facts: _Facts) -> Found:
    found = []
    for group, units in groups(facts.result).items():
        firm = [unit for unit in units if unit.unit not in facts.doubtful]
        last = [unit for unit in firm if unit.rank == firm[-1].rank and unit.rank != 1]
        if len(units) > 2:
            name = "last of {among}" if len(last) == 1 else "tied for the last place of {among}"
            text = facts.t(name, among=among(group, len(units), facts.language))
            if firm and firm[-1].rank != units[-1].rank:
                text += facts.t(" but for those that chance alone could place in the upper half")
            found += [(unit.unit, text + _on(facts, unit)) for unit in last]
    return found


def _perhaps_last(facts: _Facts) -> Found:
    """Those below every unit whose low rank is more than chance; where none is, those in the last place."""
    found = []
    for group, units in groups(facts.result).items():
        firm = max(
            (unit.rank or 0 for unit in units if unit.unit not in facts.doubtful), default=(units[-1].rank or 0) - 1
        )
        for unit in units if len(units) > 2 else ():
            if (unit.rank or 0) > max(firm, 1) and unit.unit in facts.doubtful:
                text = facts.t(
                    "number {rank} of {among}, but chance alone could place it in the upper half",
                    rank=unit.rank, among=among(group, len(units), facts.language),
                )  # fmt: skip
                found.append((unit.unit, text + _on(facts, unit)))
    return found


def _on(facts: _Facts, unit: UnitScore) -> str:
    """On how many cases a rank rests."""
    if not facts.counts:
        return ""
    return facts.t(" ({count} {count:case|cases})", count=facts.counts.get(unit.unit, 0))


def _fallen(facts: _Facts) -> Found:
    found = []
    for movers in _by_group(falls(facts.moved), lambda one: one.unit.ranked_in):
        most = movers[0].places or 0
        for one in movers:
            if one.places == most:
                change = "" if one.points is None else facts.t(
                    ", total changed by {points}", points=points_text(one.points, facts.rounding, facts.language)
                )  # fmt: skip
                cause = _worst_cause(facts, one)
                text = facts.t(
                    "fell by {places} in rank ({before} to {now}{change}){cause}",
                    places=-most,
                    before=one.before.rank,
                    now=one.unit.rank,
                    change=change,
                    cause=cause,
                )
                found.append((one.unit.unit, text))
    return found


def _worst_cause(facts: _Facts, moved: Movement) -> str:
    down = [change for change in moved.causes if change.points < 0]
    if not down:
        return ""
    points = points_text(down[0].points, facts.rounding, facts.language)
    return facts.t(", mostly by {name} ({points})", name=down[0].title, points=points)


def _emptied(facts: _Facts) -> Found:
    return _most(
        facts,
        "nothing left under {count} {count:indicator|indicators}: {names}",
        {loss.title: loss.emptied for loss in facts.losses},
        2,
    )


def _missed(facts: _Facts) -> Found:
    return _most(facts, "targets missed: {count} ({names})", {loss.title: loss.missed for loss in facts.losses}, 1)


def _most(facts: _Facts, name: str, units_of: Mapping[str, Sequence[UnitScore]], least: int) -> Found:
    """The units of each group with the most of the named things, if it is at least so many."""
    names: dict[str, list[str]] = {}
    for title, units in units_of.items():
        for unit in units:
            names.setdefault(unit.unit, []).append(title)
    found = []
    for units in _by_group([unit for unit in facts.result.units if unit.unit in names], lambda unit: unit.ranked_in):
        most = max(len(names[unit.unit]) for unit in units)
        found += [
            (unit.unit, facts.t(name, count=most, names=_some(names[unit.unit], facts)))
            for unit in units
            if len(names[unit.unit]) == most >= least
        ]
    return found


def _outcomes(facts: _Facts) -> Found:
    first = {one.id for one in facts.scheme.outcomes if one.place is not None and one.place.top is not None}
    found = []
    for unit in facts.result.units:
        others = tuple(one for one in unit.outcomes if one.id not in first or not one.decided)
        if others:
            words = outcome_words(replace(unit, outcomes=others), facts.language)
            found.append((unit.unit, facts.t("outcome: {outcomes}", outcomes=words)))
    return found


def _ties(facts: _Facts) -> Found:
    names = {unit.unit: unit.name for unit in facts.result.units}
    return [
        (
            unit.unit,
            facts.t(
                "tied with {units}, and the scheme does not decide",
                units=joined([names[one] for one in unit.tie], facts.language),
            ),
        )
        for unit in facts.result.units
        if unit.tie
    ]


def _unscored(facts: _Facts) -> Found:
    every = {unit.unit for unit in facts.result.units}
    found: dict[str, list[str]] = {}
    for loss in facts.losses:
        having = {unit.unit for unit in (*loss.scored, *loss.judged)}
        for code in every - having:
            found.setdefault(code, []).append(loss.title)
    out_of = {unit.unit: shown_number(unit.total_of, facts.rounding) for unit in facts.result.units}
    return [
        (code, facts.t(
            "without a score: {names}{of}", names=_some(names, facts),
            of="" if out_of[code] is None else facts.t(" (total out of {of})", of=out_of[code]),
        ))
        for code, names in sorted(found.items())
    ]  # fmt: skip


def _rejected(facts: _Facts) -> Found:
    most = max(facts.rejected.values(), default=0)
    return [
        (code, facts.t("most rejected rows: {count}", count=most))
        for code, count in facts.rejected.items()
        if count == most > 1
    ]


def _contradictory(facts: _Facts) -> Found:
    found = []
    for unit in facts.result.units:
        for honour, other in contradictions(facts.scheme, unit):
            titles = {"honour": honour.title(facts.language), "sanction": other.title(facts.language)}
            found.append((unit.unit, facts.t("outcomes contradict each other: {honour}, and {sanction}", **titles)))
    return found


GRAVITY: tuple[tuple[int, Callable[[_Facts], Found]], ...] = (
    (9, _outcomes), (8, _last), (7, _fallen), (6, _contradictory), (5, _emptied), (GRAVE, _missed), (3, _ties),
    (3, _perhaps_last), (2, _unscored), (1, _rejected),
)  # fmt: skip
"""What makes a unit worth a look, the gravest first."""


def _some(names: Sequence[str], facts: _Facts) -> str:
    shown = joined(names[:SHOWN_NAMES], facts.language)
    return shown if len(names) <= SHOWN_NAMES else shown + facts.t(" and {count} more", count=len(names) - SHOWN_NAMES)


def _by_group(items: Sequence[T], group: Callable[[T], str | None]) -> list[list[T]]:
    ordered = sorted(items, key=lambda item: group(item) or "")
    return [list(members) for _, members in groupby(ordered, key=lambda item: group(item) or "")]
