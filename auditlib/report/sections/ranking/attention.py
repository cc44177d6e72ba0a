"""The units that a reader should look at, each with the facts that say why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeVar

import pandas as pd

from auditlib.analysis.losses import IndicatorLoss
from auditlib.analysis.movements import Movement, falls
from auditlib.analysis.peers import groups
from auditlib.core.exact import Rounding
from auditlib.core.message import t
from auditlib.report.headings import PERIOD
from auditlib.report.page import RankingPage
from auditlib.report.phrases import EMPTY, among, rank_words
from auditlib.report.section import Section
from auditlib.report.tables import frame, joined, outcome_words, points_text, shown_number
from auditlib.report.unit_links import linked_names
from auditlib.scheme.model import Scheme
from auditlib.scoring.result import Result, UnitScore

__all__ = ["reasons_to_look", "section", "table"]


def section(page: RankingPage) -> Section:
    """The units that a reader should look at, each with the facts that say why."""
    rows = {(reject.file, reject.row): reject.unit for reject in page.scored.rejects if reject.unit}
    rejected = Counter(rows.values())
    found = reasons_to_look(page.scheme, page.result, page.moved, page.losses, rejected, page.language)
    title = page.t("Units to look at")
    if not found:
        return page.said("attention", title, page.t("No unit stands out."))
    note = page.t(
        "Plain facts, no threshold: last of a group, fell furthest, most indicators with nothing left, most targets "
        "missed, outcomes other than first places, undecided ties, an indicator missing that others have, most "
        "rejected rows. What to do about them is the reader's judgement."
    )
    listed = linked_names(table(found, page.language), page.t("Unit"), [unit for unit, _ in found])
    return page.tabled("attention", listed, note, title, kind="attention")


SHOWN_NAMES = 4


T = TypeVar("T")


def reasons_to_look(
    scheme: Scheme, result: Result, moved: Sequence[Movement], losses: Sequence[IndicatorLoss],
    rejected: Mapping[str, int], language: str,
) -> list[tuple[UnitScore, list[str]]]:  # fmt: skip
    """The units with a reason to look at them, in the order of the result, each with its reasons.

    A unit is named if it is last of several in its group, fell furthest there, ran the most indicators of its group
    down to nothing, misses the most targets, has an outcome other than a place among the first, a tie that nothing
    decides, an indicator without a score that peers have, or the most rejected rows. ``rejected`` counts these by unit.
    """
    found: dict[str, list[str]] = {}
    facts = _Facts(scheme, result, moved, losses, rejected, language)
    for note in (_last, _fallen, _emptied, _missed, _outcomes, _ties, _unscored, _rejected):
        for code, reason in note(facts):
            found.setdefault(code, []).append(reason)
    return [(unit, found[unit.unit]) for unit in result.units if unit.unit in found]


@dataclass(frozen=True)
class _Facts:
    scheme: Scheme
    result: Result
    moved: Sequence[Movement]
    losses: Sequence[IndicatorLoss]
    rejected: Mapping[str, int]
    language: str

    @property
    def rounding(self) -> Rounding:
        return self.result.rounding

    def t(self, template: str, /, **values: object) -> str:
        return t(template, self.language, **values)


Found = list[tuple[str, str]]


def _last(facts: _Facts) -> Found:
    found = []
    for group, units in groups(facts.result).items():
        last = [unit for unit in units if unit.rank == units[-1].rank and unit.rank != 1]
        if len(units) > 2:
            name = "last of {among}" if len(last) == 1 else "tied for the last place of {among}"
            text = facts.t(name, among=among(group, len(units), facts.language))
            found += [(unit.unit, text) for unit in last]
    return found


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
    return [
        (
            unit.unit,
            facts.t("tied with {units}, and the scheme does not decide", units=joined(unit.tie, facts.language)),
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


def _some(names: Sequence[str], facts: _Facts) -> str:
    shown = joined(names[:SHOWN_NAMES], facts.language)
    return shown if len(names) <= SHOWN_NAMES else shown + facts.t(" and {count} more", count=len(names) - SHOWN_NAMES)


def _by_group(items: Sequence[T], group: Callable[[T], str | None]) -> list[list[T]]:
    ordered = sorted(items, key=lambda item: group(item) or "")
    return [list(members) for _, members in groupby(ordered, key=lambda item: group(item) or "")]


def table(found: Sequence[tuple[UnitScore, Sequence[str]]], language: str) -> pd.DataFrame:
    """The units that a reader should look at, each with its rank and the reasons, one a line."""
    rows = [(unit.name, unit.ranked_in or EMPTY, rank_words(unit), "\n".join(reasons)) for unit, reasons in found]
    table = frame(rows, ("unit", "group", "rank", "why"), language, PERIOD)
    return table if any(unit.ranked_in for unit, _ in found) else table.drop(columns=t("Group", language))
