"""The first screen of a unit's report: the score and the rank, what cost most, how good the evidence is."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from auditlib.analysis.explain import explain
from auditlib.analysis.losses import only_targets, rolled_up
from auditlib.analysis.peers import costliest, peers_of
from auditlib.analysis.readings.ranges import Effect
from auditlib.analysis.views import ScoredPeriod
from auditlib.core.message import points_words, t
from auditlib.core.numerals import signed
from auditlib.report.evidence import evidence_html, evidence_items, tied_words
from auditlib.report.first_screen import Answer, answers_html, facts, masthead
from auditlib.report.html import escape, paragraph
from auditlib.report.own_shares import fewest_cases
from auditlib.report.page import UnitPage
from auditlib.report.pages.styles import lab_style
from auditlib.report.phrases import among, in_one, share_of, with_points
from auditlib.report.section import Section
from auditlib.report.tables import joined, outcome_words, shown_number
from auditlib.report.wording import period_words
from auditlib.scoring.result import UnitScore

__all__ = ["answers", "section"]


def section(page: UnitPage) -> Section:
    """The first screen: who, by what, the score and the rank, what cost most, how good the evidence is."""
    scored, language, unit = page.scored, page.language, page.unit
    cells = answers(scored, unit, language)
    items, told = evidence_items(scored, language, unit), in_short(page)
    markup = (
        f'{lab_style()}<div class="audit first">{masthead(page.title, scored, language, unit)}{answers_html(cells)}'
        f"{paragraph(in_one(told, language), 'finding')}"
        f'<div class="columns"><section>{cost_html(scored, unit, language)}</section>'
        f"<section>{evidence_html(items, language)}</section></div></div>"
    )
    said = (*told, *(f"{label}: {value} {more}".rstrip() for label, value, more in cells))
    return Section(markup, "\n".join([page.title, *said]), said, facts=facts(scored, page.title, language, unit))


def in_short(page: UnitPage) -> list[str]:
    """Three sentences: the score and where it stands, what it was lost under, and how sure that is."""
    return [_stands(page), _lost_under(page), _sure(page)]


def _stands(page: UnitPage) -> str:
    unit, result = page.unit, page.result
    if unit.total is None:
        return page.t("{name} has no total, and so no rank.", name=unit.name)
    of = shown_number(unit.total_of, result.rounding)
    total = shown_number(unit.total, result.total_rounding)
    clauses = [
        page.t("{name} has {total} of {of} {of:point|points}", name=unit.name, total=total, of=of)
        if of
        else page.t("{name} has {total} {total:point|points}", name=unit.name, total=total)
    ]
    if unit.rank is not None:
        whom = among(unit.ranked_in, len(peers_of(result, unit)), page.language)
        clauses.append(page.t("number {rank} of {among}", rank=unit.rank, among=whom))
    earlier = page.scored.previous_unit(unit.unit)
    if earlier is not None and earlier.total is not None and earlier.total_of == unit.total_of:
        period = period_words(str(page.scored.period.previous()), page.language)
        step = signed(unit.total - earlier.total, result.rounding)
        clauses.append(page.t("{step} against {period}", step=step, period=period))
    return page.t("{clauses}.", clauses=("，" if page.language == "zh" else ", ").join(clauses))


def _lost_under(page: UnitPage) -> str:
    worst = costliest(page.resolved, page.unit, page.language)
    if not worst:
        return _nothing_lost(page.scored, page.unit, page.language)
    everything = sum((change.points for change in page.story.changes if change.points < 0), Fraction(0))
    part = sum((change.points for change in worst), Fraction(0))
    names = joined(
        [with_points(change.title, signed(change.points, page.result.rounding), page.language) for change in worst],
        page.language,
    )
    return page.t(
        "Points were lost under {names}, and nowhere else."
        if part == everything
        else "Most points were lost under {names}, {share} % of all that was lost.",
        names=names,
        share=share_of(part, everything),
    )


def _sure(page: UnitPage) -> str:
    """Where another reading would put the unit, which outcomes hang on one, of how few cases a share is, how many rows
    nobody could use."""
    scored, unit = page.scored, page.unit
    effects = None if scored.effects is None else scored.effects.get(unit.unit, ())
    rows, _ = scored.rejected_of(unit.unit)
    beside = _few(page) + (page.t("; {rows} {rows:row|rows} of its own could not be used", rows=rows) if rows else "")
    if effects is None or unit.rank is None or not page.scheme.readings:
        return page.t("The state of the evidence stands below{beside}.", beside=beside)
    ranks = {effect.rank for effect in effects if effect.rank is not None} - {unit.rank}
    name = (
        "No other reading of the rules alone changes its rank{outcomes}{beside}."
        if not ranks
        else "Another reading of the rules would make it number {best}{outcomes}{beside}."
        if len(ranks) == 1
        else "Another reading of the rules would make it number {best} to {worst}{outcomes}{beside}."
    )
    return page.t(
        name, best=min(ranks, default=None), worst=max(ranks, default=None), beside=beside,
        outcomes=_decided_otherwise(page, effects),
    )  # fmt: skip


def _few(page: UnitPage) -> str:
    """The share that is of the fewest cases, where these are few."""
    few = fewest_cases(page)
    if few is None:
        return ""
    share, count = few
    return page.t("; “{share}” is of only {count} {count:case|cases}", share=share(page.language), count=count)


def _decided_otherwise(page: UnitPage, effects: Sequence[Effect]) -> str:
    """The outcomes that another reading would decide otherwise."""
    changed = {id for effect in effects for id, *_ in effect.conclusions}
    titles = [one.title(page.language) for one in page.scheme.outcomes if one.id in changed]
    if not titles:
        return ""
    quoted = joined([page.t("“{title}”", title=title) for title in titles], page.language)
    return page.t("; {outcomes} would be decided otherwise by another reading", outcomes=quoted)


COST_LINES = 2


def answers(scored: ScoredPeriod, unit: UnitScore, language: str) -> list[Answer]:
    """Score, rank, change and outcomes of a unit."""
    rounding = scored.result.rounding
    total = shown_number(unit.total, scored.result.total_rounding) or t("no total", language)
    of = shown_number(unit.total_of, rounding)
    unlimited = (
        "the scheme gives no points"
        if not scored.resolved.scheme.indicators
        else "the scheme sets no maximum"
        if unit.total is not None
        else "its indicators are targets, met or not, without points"
        if only_targets(unit)
        else "no indicator could be scored"
    )
    qualified = t("out of {value}", language, value=of) if of else t(unlimited, language)
    open_points = _not_counted(scored, unit)
    if open_points:
        comma = "；" if language == "zh" else "; "
        qualified += comma + t(
            "{value} {value:more point|more points} could not be scored",
            language,
            value=shown_number(open_points, rounding),
        )
    peers = peers_of(scored.result, unit)
    rank = (
        t("not ranked", language)
        if unit.rank is None
        else t("{rank} of {count}", language, rank=unit.rank, count=len(peers))
    )  # fmt: skip
    whom = unit.ranked_in or (t("all units", language) if unit.rank is not None and unit.group else unit.group or "")
    tie = tied_words(scored, unit, language) if unit.tie else whom
    change, detail = change_text(scored, unit, language)
    return [
        (t("Score", language), total, qualified),
        (t("Rank", language), rank, tie),
        (t("Against the last period", language), change, detail),
        (t("Outcomes", language), outcome_words(unit, language) or t("none", language), ""),
    ]


def _not_counted(scored: ScoredPeriod, unit: UnitScore) -> Fraction:
    """The full marks of the indicators that have no score; zero for a roll-up, which has maxima of its own."""
    if unit.total_of is None or unit.parts:
        return Fraction(0)
    return sum((i.max for i in unit.indicators if i.points is None and i.max is not None), Fraction(0))


def change_text(scored: ScoredPeriod, unit: UnitScore, language: str) -> tuple[str, str]:
    """The change of the total since the period before, and what qualifies it; different maxima do not compare."""
    before = scored.period.previous()
    period = period_words(str(before), language)
    earlier = scored.previous_unit(unit.unit)
    rounding = scored.result.rounding
    if scored.previous is None:
        return "—", t("the ledger has no data on {period}", language, period=period)
    if earlier is None and unit.total is not None:
        return "—", t("{name} was not assessed in {period}", language, name=unit.name, period=period)
    if earlier is None or earlier.total is None or unit.total is None:
        return "—", t("no total now or in {period} to compare", language, period=period)
    total = shown_number(earlier.total, scored.previous.total_rounding)
    if earlier.total_of != unit.total_of:
        of, now = shown_number(earlier.total_of, rounding), shown_number(unit.total_of, rounding)
        return "—", t(
            "not comparable: {total} out of {of} in {period}, this period is out of {now}",
            language,
            period=period,
            total=total,
            of=of,
            now=now,
        )
    detail = f"{period}：{total}" if language == "zh" else f"{period}: {total}"
    return signed(unit.total - earlier.total, rounding), detail


def cost_items(scored: ScoredPeriod, unit: UnitScore, language: str) -> list[tuple[str, str, str, list[str]]]:
    """The three indicators that cost most: id, title, what was lost, and the lines that did it."""
    rounding = scored.result.rounding
    scheme = scored.resolved.scheme
    shares = {*scheme.rates, *scheme.quantities}
    paying = {(i.id, rule.id): rule for i, rule in scheme.rules() if rule.per in shares}
    lacking = {place for place, rule in paying.items() if scheme.lacking(rule) is not None}
    lines = [
        line
        for line in explain(scored.resolved, scored.result, unit, language)
        if (line.points or "").startswith("−") or (line.points is not None and (line.indicator, line.rule) in paying)
    ]
    items = []
    for change in costliest(scored.resolved, unit, language):
        indicator = unit.indicator(change.id)
        if indicator.max is not None:
            weighed = indicator.points is not None and indicator.points - indicator.max != change.points
            lost = t(
                "lost {lost} of the total, to which its {points} of {max} {max:counts|count} by weight"
                if weighed
                else "lost {lost} of {max}, {points} left",
                language, lost=shown_number(-change.points, rounding),
                max=shown_number(indicator.max, rounding), points=shown_number(indicator.points, rounding),
            )  # fmt: skip
        else:
            lost = points_words(signed(change.points, rounding), language)
        reasons = []
        own = [line for line in lines if line.indicator == change.id]
        for line in own[:COST_LINES]:
            named = (
                "{count} not in the numerator"
                if (line.indicator, line.rule) in lacking
                else "{count} {count:case|cases}"
            )
            cases = t(named, language, count=len(line.evidence)) if line.evidence else ""
            arithmetic = line.arithmetic or line.points
            stops = ("：", "；", "，") if language == "zh" else (": ", "; ", ", ")
            first = f"{line.title}{stops[0]}{line.operands}{stops[1]}{arithmetic}"
            clause = f"〔{line.clause}〕" if language == "zh" else f" [{line.clause}]"
            reasons.append(f"{first}{stops[2] + cases if cases else ''}{clause}")
        if len(own) > COST_LINES:
            reasons.append(t("{count} more, see the score lines", language, count=len(own) - COST_LINES))
        items.append((change.id, change.title, lost, reasons))
    return items


def cost_html(scored: ScoredPeriod, unit: UnitScore, language: str) -> str:
    """The three costliest indicators as a list, each linked to its lines."""
    items = cost_items(scored, unit, language)
    title = f"<h2>{escape(t('What cost most', language))}</h2>"
    limited = t(
        "This is of the period’s own indicators; losses of the periods that it rolls up are not in it.", language
    )
    own = f"<p>{escape(limited)}</p>" if rolled_up([unit], scored.result.period) else ""
    if not items:
        return f"{title}<p>{escape(_nothing_lost(scored, unit, language))}</p>{own}"
    entries = []
    for id, name, lost, reasons in items:
        shown = "".join(f"<li>{escape(reason)}</li>" for reason in reasons)
        entries.append(
            f'<li><p><a href="#lines-{escape(id)}"><strong>{escape(name)}</strong></a> '
            f'<span class="cost">{escape(lost)}</span></p><ul>{shown}</ul></li>'
        )
    return f'{title}<ol class="costs">{"".join(entries)}</ol>{own}'


def _nothing_lost(scored: ScoredPeriod, unit: UnitScore, language: str) -> str:
    """What stands in the place of losses: the targets that are missed, where a scheme has targets and no points."""
    if not any(one.met is not None for one in unit.indicators):
        if not scored.resolved.scheme.indicators:
            return t("The scheme gives no points. What came of its duties stands in the report on them.", language)
        if unit.total is None:
            return t("No indicator could be scored.", language)
        whole = all(one.status == "scored" for one in unit.indicators)
        return t(
            "No points were lost in this period."
            if whole
            else "Nothing was lost under the indicators that were scored.",
            language,
        )
    titles = {one.id: one.title(language) for one in scored.resolved.scheme.indicators}
    missed = [titles[one.id] for one in unit.indicators if one.met is False]
    return (
        t("Targets that are not met: {names}.", language, names=joined(missed, language))
        if missed
        else t("Every target is met.", language)
    )
