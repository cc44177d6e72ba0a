"""What each figure shows, in one sentence computed from the same numbers."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from statistics import median

from auditlib.analysis.losses import lost, only_targets
from auditlib.analysis.peers import changes, groups, standing
from auditlib.analysis.views import ScoredPeriod
from auditlib.core.message import t
from auditlib.core.numerals import number_text
from auditlib.report.figures import MOST_BARS
from auditlib.report.tables import joined
from auditlib.scheme.load import Resolved
from auditlib.scoring.points import paired
from auditlib.scoring.result import Result, UnitScore

__all__ = ["among", "no_cases", "peers_caption", "ranking_caption", "totals_caption", "waterfall_caption"]


def waterfall_caption(resolved: Resolved, result: Result, unit: UnitScore, language: str = "zh") -> str:
    """How many indicators lost how much, what was gained, what is left, and which cost most."""
    story = changes(resolved, unit, language)
    if not story.changes:
        return t(
            "The indicators are targets, met or not; they have no points."
            if only_targets(unit)
            else "No indicator could be scored.",
            language,
        )
    losses = [change for change in story.changes if change.points < 0]
    gains = [change for change in story.changes if change.points > 0]

    def text(value: Fraction) -> str:
        return number_text(value, result.total_rounding)

    bonus = ""
    if gains:
        gained = sum((change.points for change in gains), Fraction(0))
        bonus = t(" and {count} gained {points}", language, count=len(gains), points=text(gained))
    full, total = text(story.full), text(story.total)
    parts = ""
    if unit.parts and unit.total is not None:
        parts = t(
            " The total of {total} is made of several periods, see the parts of the total.",
            language,
            total=text(unit.total),
        )
    if not losses:
        return (
            t(
                "From the full {full} nothing was lost{bonus}, which leaves {total}.",
                language,
                full=full,
                bonus=bonus,
                total=total,
            )
            + parts
        )
    most = min(change.points for change in losses)
    worst = [change.title for change in losses if change.points == most]
    return (
        t(
            "From the full {full}, {losses} {losses:indicator|indicators} lost {lost} "
            "{lost:point|points}{bonus}, which leaves {total}; {worst} cost most ({each}−{most}).",
            language,
            full=full,
            losses=len(losses),
            bonus=bonus,
            total=total,
            worst=joined(worst, language),
            lost=text(-sum((change.points for change in losses), Fraction(0))),
            most=text(-most),
            each=t("each ", language) if len(worst) > 1 else "",
        )
        + parts
    )


def no_cases(scored: ScoredPeriod, unit: UnitScore, language: str) -> str:
    """Why no case stands behind lost points: nothing was lost, there are no points, or they come from elsewhere."""
    points = [one for one in unit.indicators if one.points is not None]
    if not points:
        targets = any(one.met is not None for one in unit.indicators)
        return t(
            "Targets have no points; what stands behind a missed one is listed with its lines."
            if targets
            else "No indicator could be scored, so there are no cases behind lost points.",
            language,
        )
    short = any((lost(indicator, one) or 0) > 0 for indicator, one in paired(scored.resolved.scheme, points))
    if not short and not any(line.points is not None and line.points < 0 for one in points for line in one.lines):
        return t("The unit lost no points.", language)
    return t(
        "Events, listed below, lost the unit points, and no single cases."
        if scored.counted_rows(unit, "events")
        else "The lost points cannot be put down to single cases: they come from rates as a whole, "
        "facts, marks or other registers, as the lines say.",
        language,
    )


def peers_caption(resolved: Resolved, result: Result, unit: UnitScore, language: str = "zh") -> str:
    """The unit's value and rank, and the median and extremes of its group."""
    place = standing(result, unit)
    if place is None:
        return t(
            "{name} has no total to compare." if unit.total is None else "{name} is not ranked, and so not compared.",
            language,
            name=unit.name,
        )
    unit_sign = " %" if place.share else ("" if language == "en" else " 分")

    def text(value: Fraction) -> str:
        return place.text(value) + unit_sign

    own = t("{value} of what could be scored" if place.share else "{value}", language, value=text(place.own))
    sentence = t(
        "Among {among}, {name} has {value} and rank {rank}; the median is {median}, the highest "
        "{high}, the lowest {low}.",
        language,
        among=among(unit.ranked_in, len(place.values), language),
        name=unit.name,
        rank=unit.rank,
        value=own,
        median=text(place.median),
        high=text(max(place.values.values())),
        low=text(min(place.values.values())),
    )
    by_share = 1 + sum(value > place.own for value in place.values.values())
    if place.share and by_share != unit.rank:  # ranks go by totals, whatever they are out of
        sentence += t(
            " Ranks go by the total, as the scheme says; by the share in this figure it would be {by_share}.",
            language,
            by_share=by_share,
        )
    return sentence


def ranking_caption(resolved: Resolved, result: Result, language: str = "zh") -> str:
    """For each group: how many units, who is first and last, how far apart, and the median."""
    sentences = []

    def text(value: Fraction) -> str:
        return number_text(value, result.total_rounding)

    for group, units in groups(result).items():
        title = group or t("all units", language)
        every = sum(unit.ranked_in == group for unit in result.units)
        count = t(
            "{count} {count:unit|units}" if every == len(units) else "{count} ranked of {all} {all:unit|units}",
            language,
            count=len(units),
            all=every,
        )
        totals = [unit.total for unit in units if unit.total is not None]
        high = text(totals[0])
        if len(units) == 1:
            sentences.append(
                t(
                    "{units} ({group}): {best} with {high}.",
                    language,
                    group=title,
                    units=count,
                    best=units[0].name,
                    high=high,
                )
            )
            continue
        cut = (
            t("; only the first and last {count} are drawn", language, count=MOST_BARS // 2)
            if len(units) > MOST_BARS
            else ""
        )
        if units[0].rank == units[-1].rank:
            sentences.append(
                t(
                    "{units} ({group}): they share one rank, each with {high}{cut}.",
                    language,
                    group=title,
                    units=count,
                    high=high,
                    cut=cut,
                )
            )
            continue
        lowest = ""
        if min(totals) < totals[-1]:  # an outcome has put another one last
            names = [unit.name for unit in units if unit.total == min(totals)]
            lowest = t(
                " (the lowest total is that of {names}, {value})",
                language,
                names=joined(names, language),
                value=text(min(totals)),
            )
        sentences.append(
            t(
                "{units} ({group}): {best} leads with {high}, {worst} is last with {low}{lowest}; "
                "highest and lowest are {range} {range:point|points} apart, the median is {median}{cut}.",
                language,
                group=title,
                units=count,
                best=_sharing(units[0], units, language),
                worst=_sharing(units[-1], units, language),
                high=high,
                low=text(totals[-1]),
                lowest=lowest,
                range=text(max(totals) - min(totals)),
                median=text(Fraction(median(totals))),
                cut=cut,
            )
        )
    if not sentences:
        return t("{group}: no unit has a total.", language, group=t("all units", language))
    return ("" if language == "zh" else " ").join(sentences)


def _sharing(one: UnitScore, units: Sequence[UnitScore], language: str) -> str:
    """The names of all that share the rank of one."""
    return joined([unit.name for unit in units if unit.rank == one.rank], language)


def among(group: str | None, count: int, language: str) -> str:
    """Whom a unit stands among, for a sentence."""
    if group is None:
        return t("all {count} {count:unit|units}", language, count=count)
    return t("the {count} {count:unit|units} of {group}", language, group=group, count=count)


def totals_caption(resolved: Resolved, result: Result, language: str = "zh") -> str:
    """How the bars are arranged, and where in each group the widest gap between neighbours lies."""
    gaps = []
    for group, units in groups(result).items():
        pairs = [(_distance(above, below), above, below) for above, below in pairwise(units)]
        gap, first, second = max(pairs, key=lambda pair: pair[0], default=(Fraction(0), units[0], units[0]))
        if gap:
            title = group or t("all units", language)
            gaps.append(
                t(
                    "in {group} the widest gap between neighbours is {gap} {gap:point|points}, between "
                    "{first} (rank {above}) and {second} (rank {below})",
                    language,
                    group=title,
                    gap=number_text(gap, result.total_rounding),
                    above=first.rank,
                    first=first.name,
                    below=second.rank,
                    second=second.name,
                )
            )
    stop = "；" if language == "zh" else "; "
    return t(
        "Totals by rank, the first of each group in dark{gaps}.", language, gaps="".join(stop + gap for gap in gaps)
    )


def _distance(one: UnitScore, other: UnitScore) -> Fraction:
    return abs((one.total or Fraction(0)) - (other.total or Fraction(0)))
