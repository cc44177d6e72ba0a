"""The first screen of the report on a period: what the ranking shows, how good the evidence is."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from statistics import median

from auditlib.analysis.losses import IndicatorLoss, rolled_up, tied_losses, with_unscored
from auditlib.analysis.movements import Movement, falls, rises
from auditlib.analysis.peers import groups
from auditlib.core.message import t
from auditlib.core.numerals import number_text
from auditlib.core.period import Period
from auditlib.report.evidence import evidence_html, evidence_items
from auditlib.report.figure import MOST_BARS
from auditlib.report.first_screen import Answer, answers_html, facts, masthead
from auditlib.report.page import RankingPage
from auditlib.report.pages.styles import lab_style
from auditlib.report.period_points import main_points, points_html
from auditlib.report.phrases import share_of
from auditlib.report.section import Section
from auditlib.report.tables import joined
from auditlib.report.wording import period_words
from auditlib.scheme.load import Resolved
from auditlib.scoring.result import Result, UnitScore

__all__ = ["answers", "caption", "section"]

SHOWN = 3


def section(page: RankingPage) -> Section:
    """The first screen: the period, the scheme, the main points, how good the evidence is."""
    scored, language = page.scored, page.language
    cells = answers(page.resolved, page.result, page.moved, page.losses, language)
    _, fallen, counts = cells[3]
    outcomes = t("Outcomes fall to {units}: {counts}.", language, units=fallen, counts=counts)
    points = main_points(page, caption(page.resolved, page.result, language), outcomes)
    items = evidence_items(scored, language)
    markup = (
        f'{lab_style()}<div class="audit first">{masthead(page.title, scored, language)}'
        f"{points_html(points)}{answers_html(cells, lead=False)}"
        f"<section>{evidence_html(items, language)}</section></div>"
    )
    said = (*map(str, points), *(f"{label}: {value} {more}".rstrip() for label, value, more in cells))
    return Section(markup, "\n".join([page.title, *said]), said, facts=facts(scored, page.title, language))


def answers(
    resolved: Resolved, result: Result, moved: Sequence[Movement], losses: Sequence[IndicatorLoss], language: str
) -> list[Answer]:
    """How many units, how many moved, which indicator cost most, how many units have outcomes."""
    return [
        _units(result, language),
        _moved(result, moved, language),
        _hardest(result, losses, language),
        _outcomes(resolved, result, language),
    ]


def _units(result: Result, language: str) -> Answer:
    count = len(groups(result))
    parted = t("; groups: {count}", language, count=count) if count > 1 else ""
    ranked = sum(unit.rank is not None for unit in result.units)
    qualified = t("{ranked} ranked{groups}", language, ranked=ranked, groups=parted)
    return t("Units assessed", language), str(len(result.units)), qualified


def _moved(result: Result, moved: Sequence[Movement], language: str) -> Answer:
    before = period_words(str(Period.parse(result.period).previous()), language)
    if all(one.places is None for one in moved):
        return t("Moved in rank", language), "—", t("nothing to compare in {period}", language, period=before)
    value = t("{up} up, {down} down", language, up=len(rises(moved)), down=len(falls(moved)))
    return t("Moved in rank", language), value, t("against {period}", language, period=before)


def _hardest(result: Result, losses: Sequence[IndicatorLoss], language: str) -> Answer:
    everything = sum((loss.lost for loss in losses), Fraction(0))
    label, value, more = _costliest(result, losses, everything, language)
    elsewhere = losses and rolled_up(result.units, result.period)
    own = t("; losses of the periods it rolls up are not in it", language) if elsewhere else ""
    return label, value, more + own


def _costliest(result: Result, losses: Sequence[IndicatorLoss], everything: Fraction, language: str) -> Answer:
    if not losses:
        return t("Costliest indicator", language), "—", t("no indicator could be scored", language)
    worst = losses[0]
    if not everything and worst.missed:
        counts = t(
            "{missed} of {judged} {judged:unit|units} miss it",
            language,
            missed=len(worst.missed),
            judged=len(worst.judged),
        )
        return t("Target missed most", language), worst.title, counts
    unscored = with_unscored(result.units)
    if not everything:
        name = (
            "nothing was lost under what is scored; units with an indicator without a score: {count}"
            if unscored
            else "nothing was lost"
        )
        return t("Costliest indicator", language), "—", t(name, language, count=unscored)
    label, tied = t("Costliest indicator", language), tied_losses(losses)
    lost, share = number_text(worst.lost, result.rounding), share_of(worst.lost, everything)
    if len(tied) > 1:
        titles = joined([loss.title for loss in tied], language)
        return (
            label,
            titles,
            t(
                "the same under each: {lost} {lost:point|points}, {share} % of all that was lost",
                language,
                lost=lost,
                share=share,
            ),
        )
    rest = len(losses) > 1 and not unscored
    name = (
        ("{losing} of {scored} {scored:unit|units} lost {lost} {lost:point|points}, {share} % of all that was lost")
        if worst.lost < everything
        else (
            "{losing} of {scored} {scored:unit|units} lost {lost} {lost:point|points}; nothing was "
            "lost under any other indicator"
        )
        if rest
        else "{losing} of {scored} {scored:unit|units} lost {lost} {lost:point|points}"
    )
    losing, held = len(worst.losing), len(worst.scored)
    return label, worst.title, t(name, language, losing=losing, scored=held, lost=lost, share=share)


def _outcomes(resolved: Resolved, result: Result, language: str) -> Answer:
    label = t("Outcomes", language)
    if not resolved.scheme.outcomes:
        return label, "—", t("the scheme has no outcomes", language)
    fallen = [unit for unit in result.units if unit.outcomes]
    decided: dict[str, list[bool]] = {}
    for unit in fallen:
        for outcome in unit.outcomes:
            decided.setdefault(outcome.title(language), []).append(outcome.decided)
    told = [_told_of(title, units, language) for title, units in decided.items()]
    more = t("; ", language).join(told[:SHOWN]) or t("none fell to any unit", language)
    if len(told) > SHOWN:
        more += t("; and {count} more {count:outcome|outcomes}", language, count=len(told) - SHOWN)
    return label, t("{count} {count:unit|units}", language, count=len(fallen)), more


def _told_of(title: str, decided: Sequence[bool], language: str) -> str:
    """An outcome with how many units have it, and of how many of them a tie leaves it open."""
    undecided = decided.count(False)
    name = (
        "{title}: {count}"
        if not undecided
        else "{title}: {count} (undecided)"
        if undecided == len(decided)
        else "{title}: {count} ({open} of them undecided)"
    )
    return t(name, language, title=title, count=len(decided), open=undecided)


def caption(resolved: Resolved, result: Result, language: str = "zh") -> str:
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
