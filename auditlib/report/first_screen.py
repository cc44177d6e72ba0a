"""What a reader sees first: who was assessed by what, score and rank, what cost most, how good the evidence is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from auditlib.analysis.explain import explain
from auditlib.analysis.peers import costliest, peers_of
from auditlib.analysis.views import ScoredPeriod
from auditlib.core.message import Notice, told
from auditlib.core.numerals import signed
from auditlib.report.fragments import escape
from auditlib.report.tables import joined, outcome_words, shown_number
from auditlib.report.wording import period_words, say
from auditlib.scoring.day_notices import told_of
from auditlib.scoring.result import UnitScore

__all__ = [
    "Answer", "answers", "answers_html", "change_text", "cost_html", "cost_items", "evidence_html", "evidence_items",
    "facts", "masthead",
]  # fmt: skip

COST_LINES = 2
Answer = tuple[str, str, str]
"""A label, the answer, and a smaller sentence that qualifies it."""


def masthead(title: str, scored: ScoredPeriod, language: str, unit: UnitScore | None = None) -> str:
    """Title and particulars: unit, group, period, scheme with version, as-of time."""
    scheme = scored.resolved.scheme
    brackets = ("（", "）", "，") if language == "zh" else (" (", ")", ", ")
    particulars = []
    if unit is not None:
        particulars.append((say("unit", language), f"{unit.name}{brackets[0]}{unit.unit}{brackets[1]}"))
        if unit.group:
            particulars.append((say("group", language), unit.group))
    version = f"{scheme.title(language)}{brackets[2]}{say('version', language)} {scheme.version}"
    particulars += [
        (say("period", language), period_words(str(scored.period), language)),
        (say("scheme", language), version),
        (say("as_of", language), scored.result.as_of.isoformat(" ", "minutes")),
    ]
    items = "".join(f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>" for label, value in particulars)
    synthetic = f'<p class="synthetic">{escape(say("synthetic", language))}</p>' if scored.synthetic else ""
    return f'<header class="masthead"><h1>{escape(title)}</h1><dl>{items}</dl>{synthetic}</header>'


def answers(scored: ScoredPeriod, unit: UnitScore, language: str) -> list[Answer]:
    """Score, rank, change and outcomes of a unit."""
    rounding = scored.result.rounding
    total = shown_number(unit.total, scored.result.total_rounding) or say("no_total", language)
    of = shown_number(unit.total_of, rounding)
    unlimited = "no_maximum" if unit.total is not None else "nothing_scored"
    qualified = say("out_of_value", language, value=of) if of else say(unlimited, language)
    open_points = _not_counted(scored, unit)
    if open_points:
        comma = "；" if language == "zh" else "; "
        qualified += comma + say("not_counted", language, value=shown_number(open_points, rounding))
    peers = peers_of(scored.result, unit)
    rank = (
        say("no_rank", language)
        if unit.rank is None
        else say("rank_value", language, rank=unit.rank, count=len(peers))
    )  # fmt: skip
    whom = unit.ranked_in or (say("all_units", language) if unit.rank is not None and unit.group else unit.group or "")
    tie = _tied(scored, unit, language) if unit.tie else whom
    change, detail = change_text(scored, unit, language)
    return [
        (say("score", language), total, qualified),
        (say("rank", language), rank, tie),
        (say("change", language), change, detail),
        (say("outcomes", language), outcome_words(unit, language) or say("none", language), ""),
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
    if scored.previous is None or (earlier is None and unit.total is not None):
        return "—", say("no_previous", language, period=period)
    if earlier is None or earlier.total is None or unit.total is None:
        return "—", say("no_total_to_compare", language, period=period)
    total = shown_number(earlier.total, rounding)
    if earlier.total_of != unit.total_of:
        of, now = shown_number(earlier.total_of, rounding), shown_number(unit.total_of, rounding)
        return "—", say("change_other", language, period=period, total=total, of=of, now=now)
    detail = f"{period}：{total}" if language == "zh" else f"{period}: {total}"
    return signed(unit.total - earlier.total, rounding), detail


def cost_items(scored: ScoredPeriod, unit: UnitScore, language: str) -> list[tuple[str, str, str, list[str]]]:
    """The three indicators that cost most: id, title, what was lost, and the lines that did it."""
    rounding = scored.result.rounding
    scheme = scored.resolved.scheme
    paying = {(i.id, rule.id): rule for i, rule in scheme.rules() if rule.per in scheme.rates}
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
            lost = say(
                "lost_of", language, lost=shown_number(-change.points, rounding),
                max=shown_number(indicator.max, rounding), points=shown_number(indicator.points, rounding),
            )  # fmt: skip
        else:
            lost = say("lost_from", language, points=signed(change.points, rounding))
        reasons = []
        own = [line for line in lines if line.indicator == change.id]
        for line in own[:COST_LINES]:
            named = "lacking_cases" if (line.indicator, line.rule) in lacking else "evidence_cases"
            cases = say(named, language, count=len(line.evidence)) if line.evidence else ""
            arithmetic = line.arithmetic or line.points
            stops = ("：", "；", "，") if language == "zh" else (": ", "; ", ", ")
            first = f"{line.title}{stops[0]}{line.operands}{stops[1]}{arithmetic}"
            clause = f"〔{line.clause}〕" if language == "zh" else f" [{line.clause}]"
            reasons.append(f"{first}{stops[2] + cases if cases else ''}{clause}")
        if len(own) > COST_LINES:
            reasons.append(say("more_lines", language, count=len(own) - COST_LINES))
        items.append((change.id, change.title, lost, reasons))
    return items


def evidence_items(scored: ScoredPeriod, language: str, unit: UnitScore | None = None) -> list[tuple[bool, str]]:
    """What a reader must know of the evidence, each with whether it is in order: rejects, gaps, ties, no score."""
    items = list(_rejected_items(scored, language, unit))
    open_gaps = [name for name in scored.resolved.scheme.gaps if name not in scored.resolved.supplied]
    items.append(
        (False, say("gaps_some", language, count=len(open_gaps))) if open_gaps else (True, say("gaps_none", language))
    )
    if unit is not None:
        if unit.rank is None:
            items.append((False, say("not_ranked", language)))
        else:
            items.append((False, _tied(scored, unit, language)) if unit.tie else (True, say("tie_none", language)))
        titles = {indicator.id: indicator.title(language) for indicator in scored.resolved.scheme.indicators}
        unscored = [titles[indicator.id] for indicator in unit.indicators if indicator.status != "scored"]
        items.append(
            (False, say("unscored_some", language, names=joined(unscored, language))) if unscored
            else (True, say("unscored_none", language))
        )  # fmt: skip
    else:
        ties = list(dict.fromkeys(tuple(sorted((one.unit, *one.tie))) for one in scored.result.units if one.tie))
        text = joined([" = ".join(tie) for tie in ties], language)
        items.append(
            (False, say("ties_some", language, count=len(ties), units=text))
            if ties
            else (True, say("ties_none", language))
        )
        unranked = [one.name for one in scored.result.units if one.total is None]
        if unranked:
            names = joined(unranked, language)
            items.append((False, say("units_unscored", language, count=len(unranked), names=names)))
    items += [(False, text) for text in _without_data(scored, language)]
    items += [(False, _stop(told(notice.message, language), language)) for notice in _other_notices(scored, unit)]
    return items


def _rejected_items(scored: ScoredPeriod, language: str, unit: UnitScore | None) -> Iterable[tuple[bool, str]]:
    """How many rows of the period were rejected; apart from them those of which nobody can tell the period."""
    rejected = scored.rejected
    for name, rows, dated in (("rejected_some", rejected.own, True), ("rejected_undated", rejected.undated, False)):
        if rows:
            own = ""
            if unit is not None:
                count, unknown = scored.rejected_of(unit.unit, dated=dated)
                own = say("rejected_own_or_not" if unknown else "rejected_own", language, count=count, unknown=unknown)
            yield False, say(name, language, count=rows, own=own)
    if not rejected.own and not rejected.undated:
        name = "rejected_elsewhere" if rejected.elsewhere else "rejected_none"
        yield True, say(name, language, count=rejected.elsewhere)


def _without_data(scored: ScoredPeriod, language: str) -> Iterable[str]:
    """The periods of a roll-up that have no data, those with the same consequence in one sentence."""
    by_how: dict[object, list[object]] = {}
    for notice in scored.result.noticed("part_without_data"):
        values = dict(notice.message.values)
        by_how.setdefault(values["how"], []).append(values["period"])
    for how, periods in by_how.items():
        names = joined([told(period, language) for period in periods], language)
        yield say("no_data", language, periods=names, how=told(how, language))


def _tied(scored: ScoredPeriod, unit: UnitScore, language: str) -> str:
    names = {one.unit: one.name for one in scored.result.units}
    return say("tie_some", language, units=joined([names[code] for code in unit.tie], language))


SAID_ABOVE = ("rejected_rows", "gap", "tie", "part_without_data")


def _other_notices(scored: ScoredPeriod, unit: UnitScore | None) -> Iterable[Notice]:
    """What a reader must know and no sentence above has said; of a ``unit`` what concerns it."""
    notices = scored.result.notices if unit is None else told_of(scored.result, unit)
    return (
        notice for notice in notices if notice.kind not in SAID_ABOVE and (unit is None or notice.concerns(unit.unit))
    )


def _stop(text: str, language: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith(("。", ".")) else text + ("。" if language == "zh" else ".")


def facts(scored: ScoredPeriod, title: str, language: str, unit: UnitScore | None = None) -> dict[str, Any]:
    """What an index of reports needs to know of one, as plain values."""
    result = scored.result
    plain: dict[str, Any] = {
        "kind": "ranking" if unit is None else "unit",
        "title": title,
        "language": language,
        "scheme": result.scheme,
        "version": result.version,
        "period": result.period,
        "as_of": result.as_of.isoformat(),
        "unit": None,
        "name": None,
        "group": None,
        "rank": None,
        "total": None,
        "total_of": None,
        "complete": all(one.complete for one in result.units),
        "outcomes": [],
    }
    if unit is not None:
        plain |= {
            "unit": unit.unit,
            "name": unit.name,
            "group": unit.group,
            "rank": unit.rank,
            "total": result.total(unit),
            "total_of": result.text(unit.total_of),
            "complete": unit.complete,
            "outcomes": [outcome.id for outcome in unit.outcomes if outcome.decided],
        }
    return plain


def answers_html(cells: Sequence[Answer]) -> str:
    """The answers side by side, the first one large."""
    return (
        '<dl class="answers">'
        + "".join(
            f"<div{' class=' + chr(34) + 'lead' + chr(34) if index == 0 else ''}><dt>{escape(label)}</dt>"
            f"<dd><strong>{escape(value)}</strong>{f'<small>{escape(more)}</small>' if more else ''}</dd></div>"
            for index, (label, value, more) in enumerate(cells)
        )
        + "</dl>"
    )


def cost_html(scored: ScoredPeriod, unit: UnitScore, language: str) -> str:
    """The three costliest indicators as a list, each linked to its lines."""
    items = cost_items(scored, unit, language)
    title = f"<h2>{escape(say('costliest', language))}</h2>"
    if not items:
        return f"{title}<p>{escape(_nothing_lost(scored, unit, language))}</p>"
    entries = []
    for id, name, lost, reasons in items:
        shown = "".join(f"<li>{escape(reason)}</li>" for reason in reasons)
        entries.append(
            f'<li><p><a href="#lines-{escape(id)}"><strong>{escape(name)}</strong></a> '
            f'<span class="cost">{escape(lost)}</span></p><ul>{shown}</ul></li>'
        )
    return f'{title}<ol class="costs">{"".join(entries)}</ol>'


def _nothing_lost(scored: ScoredPeriod, unit: UnitScore, language: str) -> str:
    """What stands in the place of losses: the targets that are missed, where a scheme has targets and no points."""
    if not any(one.met is not None for one in unit.indicators):
        if unit.total is None:
            return say("waterfall_none", language)
        whole = all(one.status == "scored" for one in unit.indicators)
        return say("nothing_lost" if whole else "nothing_lost_scored", language)
    titles = {one.id: one.title(language) for one in scored.resolved.scheme.indicators}
    missed = [titles[one.id] for one in unit.indicators if one.met is False]
    return say("targets_missed", language, names=joined(missed, language)) if missed else say("targets_met", language)


def evidence_html(items: Sequence[tuple[bool, str]], language: str) -> str:
    """The state of the evidence as a list; what is not in order comes first."""
    ordered = sorted(items, key=lambda item: item[0])
    entries = "".join(f'<li class="{"fine" if fine else "mind"}">{escape(text)}</li>' for fine, text in ordered)
    return f'<h2>{escape(say("evidence_state", language))}</h2><ul class="evidence">{entries}</ul>'
