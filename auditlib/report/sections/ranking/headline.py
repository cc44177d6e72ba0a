"""The first screen of the report on a period: what the ranking shows, how good the evidence is."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from statistics import median

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
from auditlib.report.section import Section
from auditlib.report.tables import joined
from auditlib.report.wording import period_words
from auditlib.scheme.load import Resolved
from auditlib.scoring.result import Result, UnitScore

__all__ = ["answers", "caption", "fallen_outcomes", "section"]


def section(page: RankingPage) -> Section:
    """The first screen: period, scheme, main points, how many units and who moved, how good the evidence is.

    What cost most and what follows stand among the main points.
    """
    scored, language = page.scored, page.language
    cells = answers(page.result, page.moved, language)
    fallen, counts = fallen_outcomes(page.result, language)
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


def answers(result: Result, moved: Sequence[Movement], language: str) -> list[Answer]:
    """How many units, and how many moved."""
    return [_units(result, language), _moved(result, moved, language)]


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


def fallen_outcomes(result: Result, language: str) -> tuple[str, str]:
    """How many units have outcomes, and each outcome with its number of units."""
    fallen = [unit for unit in result.units if unit.outcomes]
    decided: dict[str, list[bool]] = {}
    for unit in fallen:
        for outcome in unit.outcomes:
            decided.setdefault(outcome.title(language), []).append(outcome.decided)
    told = [_told_of(title, units, language) for title, units in decided.items()]
    more = t("; ", language).join(told) or t("none fell to any unit", language)
    return t("{count} {count:unit|units}", language, count=len(fallen)), more


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
