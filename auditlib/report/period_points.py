"""The main points of a period: who needs help and why, what everyone loses, what follows, what is not sure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from auditlib.analysis.outcome_sides import contradictions
from auditlib.analysis.peers import costliest, groups
from auditlib.core.numerals import signed
from auditlib.report.firm_ranks import might_be_high
from auditlib.report.html import escape
from auditlib.report.markup import unit_span
from auditlib.report.page import RankingPage
from auditlib.report.phrases import in_one, range_words, share_of, with_points
from auditlib.report.reasons_to_look import is_grave
from auditlib.report.sections.ranking import attention, losses
from auditlib.report.tables import joined, shown_number
from auditlib.scoring.result import UnitScore

__all__ = ["MainPoint", "main_points", "points_html", "unsure"]

NAMED = 3
"""So many units a sentence names."""


@dataclass(frozen=True)
class MainPoint:
    """One main point: what it is about, and the sentences; ``unit`` is the one that its heading names, if any."""

    title: str
    text: str
    unit: UnitScore | None = None

    def __str__(self) -> str:
        return f"{self.title}: {self.text}"


def main_points(page: RankingPage, standing: str, outcomes: str) -> list[MainPoint]:
    """Three to five points, what a decision needs first: whom to help, who stands where, what everyone loses.

    ``standing`` says who leads and who is last; ``outcomes`` how many units each outcome falls to.
    """
    found = [*_help(page), MainPoint(page.t("Who stands where"), standing)]
    if page.losses:
        found.append(
            MainPoint(page.t("Where points are lost"), losses.caption(page.losses, page.result, page.language))
        )
    if page.scheme.outcomes:
        found.append(MainPoint(page.t("What follows"), in_one([outcomes, *_contradictory(page)], page.language)))
    doubts = unsure(page)
    return [*found, MainPoint(page.t("What is not sure"), in_one(doubts, page.language))] if doubts else found


def points_html(points: Sequence[MainPoint]) -> str:
    """The points as a numbered list; the unit that one names becomes a link where it has a page."""
    entries = []
    for point in points:
        title = escape(point.title)
        if point.unit is not None:
            title = title.replace(escape(point.unit.name), unit_span(point.unit.name, point.unit.unit), 1)
        entries.append(f"<li><strong>{title}</strong> {escape(point.text)}</li>")
    return f'<ol class="points">{"".join(entries)}</ol>'


def _help(page: RankingPage) -> list[MainPoint]:
    """Who needs help first and why, and who after that: the first of the units to look at."""
    grave = [(unit, reasons) for unit, reasons in attention.found_on(page) if is_grave(reasons)]
    if not grave:
        return []
    unit, reasons = grave[0]
    stop = page.t("; ")
    text = stop.join(reasons[:NAMED])
    sentences = [page.t("{reasons}.", reasons=text[:1].upper() + text[1:]), *_cause(page, unit)]
    if others := [one.name for one, _ in grave[1 : 1 + NAMED]]:
        sentences.append(page.t("After it: {names}.", names=joined(others, page.language)))
    return [MainPoint(page.t("Look first at {unit}", unit=unit.name), in_one(sentences, page.language), unit)]


def _cause(page: RankingPage, unit: UnitScore) -> list[str]:
    """What the total of the unit is, and under which indicators most of the rest was lost."""
    rounding = page.result.rounding
    total, of = shown_number(unit.total, page.result.total_rounding), shown_number(unit.total_of, rounding)
    if total is None or of is None:
        return []
    worst = costliest(page.resolved, unit, page.language, 2)
    names = [with_points(one.title, signed(one.points, rounding), page.language) for one in worst]
    if not names:
        return [page.t("It has {total} of {of} {of:point|points}.", total=total, of=of)]
    name = "It has {total} of {of} {of:point|points}; most was lost under {names}."
    return [page.t(name, total=total, of=of, names=joined(names, page.language))]


def _contradictory(page: RankingPage) -> list[str]:
    """The units that an honour and its opposite fall to at once."""
    by_pair: dict[tuple[str, str], list[str]] = {}
    for unit in page.units:
        for pair in contradictions(page.scheme, unit):
            honour, sanction = (one.title(page.language) for one in pair)
            by_pair.setdefault((honour, sanction), []).append(unit.name)
    found = [
        page.t(
            "“{honour}” and “{sanction}” of {names}",
            honour=honour,
            sanction=sanction,
            names=joined(names, page.language),
        )
        for (honour, sanction), names in by_pair.items()
    ]
    if not found:
        return []
    return [page.t("Outcomes that contradict each other: {units}.", units=page.t("; ").join(found))]


def unsure(page: RankingPage) -> list[str]:
    """What is not sure of the ranks: other readings, different full marks, few cases."""
    return [*_readings(page), *_maxima(page), *_few(page), *_chance(page)]


def _chance(page: RankingPage) -> list[str]:
    """The units of the lower half whose rank says nothing, as chance alone could place them in the upper one."""
    open_ranks = might_be_high(page)
    low = [
        unit.name
        for units in groups(page.result).values()
        for unit in units
        if unit.unit in open_ranks and 2 * (unit.rank or 0) > len(units)
    ]
    if not low:
        return []
    return [page.t("Chance alone could place {names} in the upper half.", names=joined(low, page.language))]


def _readings(page: RankingPage) -> list[str]:
    ranges, scored = page.scored.ranks, page.scored
    ranked = [unit for unit in page.units if unit.rank is not None]
    if ranges is None or not ranked or all(len(one.options) < 2 for one in page.resolved.scheme.readings.values()):
        return []
    moved = [unit for unit in ranked if (own := ranges.get(unit.unit)) and own.moves]
    if not moved:
        return [page.t("No other reading of the rules changes a rank.")]
    widest = sorted(moved, key=lambda unit: ranges[unit.unit].best - ranges[unit.unit].worst)[:NAMED]
    told = [
        page.t(
            "{name} {range} (now {rank})",
            name=unit.name,
            range=range_words(ranges[unit.unit], page.language),
            rank=unit.rank,
        )
        for unit in widest
    ]
    name = (
        "Under other readings of the rules {count} of {all} ranks would be others, the widest: {ranges}."
        if scored.together
        else "Under one other reading of the rules {count} of {all} ranks would be others, the widest: {ranges}."
    )
    return [page.t(name, count=len(moved), all=len(ranked), ranges=joined(told, page.language))]


def _maxima(page: RankingPage) -> list[str]:
    """What follows where units of one group were assessed out of different full marks."""
    said = []
    if page.scheme.ranking.different_maxima != "by_share":
        return []  # the state of the evidence says that they are not compared
    for units in groups(page.result).values():
        usual = Counter(unit.total_of for unit in units).most_common(1)[0][0]
        for unit in [one for one in units if one.total_of not in (usual, None)][:NAMED]:
            assert unit.total is not None
            better = [one for one in units if (one.total or Fraction(0)) > unit.total]
            said.append(
                page.t(
                    "{name} is assessed out of {of} and others out of {usual}: by its share of {share} % it is "
                    "number {rank}, by points it would be {other}.",
                    name=unit.name,
                    of=shown_number(unit.total_of, page.result.rounding),
                    usual=shown_number(usual, page.result.rounding) or page.t("no maximum"),
                    share=share_of(unit.total, unit.total_of or Fraction(1)),
                    rank=unit.rank,
                    other=len(better) + 1,
                )
            )
    return said


def _few(page: RankingPage) -> list[str]:
    """On how many cases the ranks rest: the fewest and the most."""
    counts = page.scored.received_cases
    ranked = [(counts.get(unit.unit, 0), unit.name) for unit in page.units if unit.rank is not None]
    if not counts or not page.counts_cases or len(ranked) < 2:
        return []
    least, most = min(ranked)[0], max(ranked)[0]
    if least == most:
        return [page.t("Every rank rests on {count} {count:case|cases}.", count=least)]
    names = joined([name for count, name in ranked if count == least][:NAMED], page.language)
    return [
        page.t(
            "The ranks rest on {least} {least:case|cases} ({names}) to {most}; the fewer, the more one case weighs.",
            least=least,
            names=names,
            most=most,
        )
    ]
