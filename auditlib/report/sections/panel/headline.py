"""The first screen of a panel's report: who was asked, how many answered, agreement, and what it all does not show."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from auditlib.core.exact import Rounding, decimal_text
from auditlib.core.numerals import plain
from auditlib.delphi.result import GroupAnalysis, ItemAnalysis
from auditlib.delphi.statistics.concordance import strength
from auditlib.report.first_screen import Answer, answers_html
from auditlib.report.html import escape
from auditlib.report.pages.styles import lab_style
from auditlib.report.panel_findings import (
    agreed_rules,
    agreement_sentence,
    beyond_chance,
    consensus_sentence,
    group_p,
    groups_apart,
    proposals_sentence,
    stability_sentence,
    weights_sentence,
    whole_groups,
)
from auditlib.report.panel_page import PanelPage
from auditlib.report.paper_table import fixed, p_text, percent
from auditlib.report.section import Section

__all__ = ["section", "shows", "shows_not"]

RULES = """
.panel .answers { grid-template-columns: repeat(3, 1fr); }
.panel .answers div { padding: .7rem 1rem .8rem; border-top: 1px solid var(--line); }
.panel .answers div:nth-child(-n+3) { border-top: 0; }
.panel .answers div:nth-child(3n+1) { padding-left: 0; border-left: 0; }
.panel .answers strong, .panel .answers .lead strong { font-size: 1.3rem; line-height: 1.4; padding-top: .35rem;
  color: var(--blue); letter-spacing: 0; }
.panel .columns { grid-template-columns: 1.2fr 1fr; }
.panel .said { margin: .5rem 0; padding-left: 1.1rem; font-size: .93rem; line-height: 1.6; }
.panel .said li { margin-bottom: .45rem; }
.panel .limits { color: var(--muted); font-size: .88rem; }
table.three-line { font-size: .84rem; line-height: 1.45; font-variant-numeric: tabular-nums; margin-bottom: .4rem;
  border-top: 1.6px solid var(--ink); border-bottom: 1.6px solid var(--ink); }
table.three-line caption { font-weight: 700; font-size: .9rem; padding: .5rem 0 .4rem; text-align: left; }
table.three-line th, table.three-line td { border-bottom: 0; padding: .24rem .4rem; }
table.three-line thead th { color: inherit; border-bottom: .8px solid var(--ink); font-size: .8rem; min-width: 3em;
  white-space: normal; text-wrap: balance; overflow-wrap: normal; }
table.three-line tbody th { font-weight: 400; min-width: 11em; }
table.three-line tbody .parent > * { font-weight: 700; }
table.three-line .deep-2 th { padding-left: 1.2em; }
table.three-line .deep-3 th { padding-left: 2.4em; }
table.three-line .deep-4 th { padding-left: 3.6em; }
table.three-line tr.first-of > * { padding-top: .55rem; }
table.three-line .delete td:nth-child(2), table.three-line .discuss td:nth-child(2) {
  color: var(--loss); font-weight: 700; }
table.three-line th:first-child, table.three-line td:first-child { padding-right: .6rem; }
table.three-line.dense th, table.three-line.dense td { padding: .2rem .26rem; font-size: .78rem; }
table.three-line.dense tbody th { min-width: 7.5em; } table.three-line.dense thead th { min-width: 2em; }
@media screen and (max-width: 52rem) {
  .panel .answers { grid-template-columns: 1fr 1fr; }
  .panel .answers div { padding-left: 0; border-left: 0; }
  .panel .answers div:nth-child(3) { border-top: 1px solid var(--line); }
  .panel .columns { grid-template-columns: 1fr; }
  table.three-line tbody th { min-width: 9.5em; }
}
@media print {
  table.three-line { font-size: .78rem; }
  table.three-line thead th { font-size: .74rem; }
  table.three-line th, table.three-line td { padding: .18rem .28rem; }
  table.three-line.dense th, table.three-line.dense td { padding: .15rem .2rem; font-size: .72rem; }
  table.three-line tbody th { min-width: 9em; }
  table.three-line caption { break-after: avoid; }
}
"""
"""What the report adds to the style sheet of all reports: tables of three lines, and a first screen of its own."""


def section(page: PanelPage) -> Section:
    """The answers side by side, then what the round shows beside what it does not; carries the style of the report."""
    whole = [_agreement(page, found) for found in whole_groups(page)]
    cells = [*_participants(page), *whole, _consensus(page), _stability(page)]
    positive, limits = shows(page), shows_not(page)
    lists = _listed(page, "shows", "said", positive) + _listed(page, "shows_not", "said limits", limits)
    markup = (
        f"{lab_style(RULES)}<style>{RULES}</style>"
        f'<div class="audit first panel">{_masthead(page)}{answers_html(cells)}'
        f'<div class="columns">{lists}</div></div>'
    )
    said = (*(f"{label}: {value} {more}".rstrip() for label, value, more in cells), *positive, *limits)
    facts = {"kind": "panel", "title": page.title, "language": page.language, "round": page.number}
    return Section(markup, "\n".join([page.title, *said]), said, facts=facts | {"panel": page.declared.panel})


def shows(page: PanelPage) -> list[str]:
    """What the round shows: agreement, consensus, stability, proposals, weights."""
    levels = [] if page.unmarked else [agreement_sentence(page, found) for found in whole_groups(page)]
    found = [groups_apart(page), consensus_sentence(page), *agreed_rules(page), stability_sentence(page), _stuck(page)]
    return [said for said in (*levels, *found, proposals_sentence(page), weights_sentence(page)) if said]


def shows_not(page: PanelPage) -> list[str]:
    """What a reader could take from the numbers and should not; only what this round gives cause for."""
    one, declared = page.one, page.declared
    dropped = max((g.concordance.dropped for g in one.groups if g.concordance is not None), default=0)
    away = one.round.sent - one.round.returned
    agreed = [g for g in one.groups if g.concordance is not None and g.concordance.W is not None]
    causes: list[tuple[object, str]] = [
        (declared.synthetic, page.t("The marks are made up: they show the method and prove nothing of the matter.")),
        (
            any(map(beyond_chance, agreed)),
            page.t("A small p says that the orders agree beyond chance, not that they agree well; W says how well."),
        ),
        (
            any(g.group.kind == "level" for g in agreed),
            page.t(
                "A W across groups ranks items of different parents together, while weights are shared "
                "out inside each parent; it does not stand for the W of each group."
            ),
        ),
        (
            True,
            page.t(
                "Consensus and stability are different things: experts may agree and still move, or "
                "differ and stand still."
                if page.before
                else "One round does not tell whether opinions are stable."
            ),
        ),
        (one.authority, page.t("Authority is what experts say of themselves; it does not prove their judgement.")),
        (
            any(g.interval for g in agreed),
            page.t("Experts are no random sample; intervals show the spread of resampling these ones only."),
        ),
        (declared.scale.min, _ratio(page)),
        (
            one.screening and declared.thresholds.screening.boundary_values,
            page.t(
                "Boundary values come from the items themselves, so other items give others; to lie "
                "beyond them is not to be unimportant."
            ),
        ),
        (
            dropped,
            page.t(
                "{count} {count:expert left an item out and does|experts left an item out and do} not "
                "count for W, which speaks of the others.",
                count=dropped,
            ),
        ),
        (
            away,
            page.t(
                "The {count} forms that did not come back may differ from those that did; nobody can tell.", count=away
            ),
        ),
    ]
    return [text for cause, text in causes if cause and text]


def _stuck(page: PanelPage) -> str:
    stable = {one.moved.item for one in page.one.stability or () if one.stable}
    items = [name for name, found in page.one.items.items() if name in stable and page.reached(found) is False]
    return (
        page.t(
            "Stable without consensus, items: {count} ({names}). Opinions hardly move, and still differ.",
            count=len(items),
            names=page.names(items),
        )
        if items
        else ""
    )


def _ratio(page: PanelPage) -> str:
    """How far two weights of a group can lie apart on this scale, and how far they do; empty where 0 is a mark."""
    scale = page.declared.scale
    groups: dict[str | None, list[ItemAnalysis]] = {}
    for found in page.one.items.values():
        if found.described is not None and found.weight.weight:
            groups.setdefault(found.weight.parent, []).append(found)
    pairs = [(max(part, key=_weight), min(part, key=_weight)) for part in groups.values() if len(part) > 1]
    if not pairs or not scale.min or scale.kind != "marks" or not page.from_means:
        return ""
    big, small = max(pairs, key=lambda pair: _weight(pair[0]) / _weight(pair[1]))
    return page.t(
        "Weights are shares of means: on marks from {low} to {high} two weights of a group "
        'differ by a factor of {most} at most; here the largest is {found} ("{big}" and '
        '"{small}").',
        low=plain(scale.min),
        high=plain(scale.max),
        most=decimal_text(scale.max / scale.min, Rounding(1)),
        found=fixed(_weight(big) / _weight(small), 2),
        big=page.name(big.item.id),
        small=page.name(small.item.id),
    )


def _weight(found: ItemAnalysis) -> Fraction:
    return found.weight.weight or Fraction(0)


def _listed(page: PanelPage, name: str, kind: str, texts: list[str]) -> str:
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f'<section><h2>{escape(page.heading(name))}</h2><ul class="{kind}">{items}</ul></section>'


def _masthead(page: PanelPage) -> str:
    declared = page.declared
    levels = {found.level for found in page.one.items.values()}
    note = declared.rounds.get(page.number)
    particulars = [
        ("f_panel", declared.panel),
        ("f_round", str(page.number)),
        ("f_items", page.t("{count} on {levels} {levels:level|levels}", count=len(page.one.items), levels=len(levels))),
        ("f_scale", _scale(page)),
        ("f_opened", "" if note is None or note.opened is None else note.opened.isoformat()),
        ("f_agreed", "" if declared.thresholds.declared is None else declared.thresholds.declared.isoformat()),
    ]
    items = "".join(
        f"<div><dt>{escape(page.heading(name))}</dt><dd>{escape(value)}</dd></div>"
        for name, value in particulars
        if value
    )
    synthetic = (
        f'<p class="synthetic">{escape(page.t("Synthetic data: the marks are made up, no survey was made"))}</p>'
        if declared.synthetic
        else ""
    )
    return f'<header class="masthead"><h1>{escape(page.title)}</h1><dl>{items}</dl>{synthetic}</header>'


def _scale(page: PanelPage) -> str:
    scale = page.declared.scale
    low, high = plain(scale.min), plain(scale.max)
    if scale.kind == "ranking":
        return page.t("ranks inside each group, 1 for the most important")
    if scale.kind == "allocation":
        return page.t("shared out in each group: {points} together", points=high)
    return page.t("{low} to {high}", low=low, high=high) + (
        page.t(" ({low} is the best)", low=low) if scale.turned else ""
    )


def _participants(page: PanelPage) -> Iterator[Answer]:
    one = page.one
    known = one.round.sent_from != "returned"
    more = page.t(
        "{sent} sent, {returned} returned" if known else "{returned} returned; how many were sent is not declared",
        sent=one.round.sent,
        returned=one.round.returned,
    )
    sign = "%" if page.language == "zh" else "\N{NO-BREAK SPACE}%"
    yield page.t("Positive coefficient"), f"{percent(one.positive_coefficient)}{sign}" if known else "—", more
    by = one.authority
    if by is None or by.Cr is None:
        yield page.t("Authority Cr"), "—", page.t("not known: there is no experts.csv")
    else:
        yield (
            page.t("Authority Cr"),
            fixed(by.Cr, 3) or "",
            page.t("Ca {Ca}, Cs {Cs}; as the experts rate themselves", Ca=fixed(by.Ca, 3), Cs=fixed(by.Cs, 3)),
        )


def _agreement(page: PanelPage, found: GroupAnalysis) -> Answer:
    agreed, span = found.concordance, found.interval
    label = page.t("W: {group}", group=page.group(found))
    if agreed is None or agreed.W is None:
        return label, page.t("undefined"), "" if found.undefined is None else found.undefined(page.language)
    p = p_text(group_p(found), sign=True)
    more = (
        page.t("p {p}", p=p)
        if span is None or span.undefined
        else page.t("p {p}; interval of 95 % {low}–{high}", p=p, low=fixed(span.low, 3), high=fixed(span.high, 3))
    )
    return label, page.t("{W} {word}", W=fixed(agreed.W, 3), word=strength(agreed.W).words(page.language)), more


def _consensus(page: PanelPage) -> Answer:
    limits = page.consensus_limits
    if not limits:
        return page.t("Consensus (within this round)"), "—", page.t("no thresholds were agreed, so none is said")
    verdicts = [page.reached(one) for one in page.one.items.values() if one.consensus is not None]
    count = page.t("{count} of {of}", count=verdicts.count(True), of=len(verdicts))
    return page.t("Consensus (within this round)"), count, page.t("reach what was agreed: {limits}", limits=limits)


def _stability(page: PanelPage) -> Answer:
    limits = page.stability_limits
    if page.before is None or page.one.stability is None:
        return page.t("Stability (between rounds)"), "—", page.t("first round, nothing to compare")
    label = page.t("Stability (since round {before})", before=page.before.round.number)
    if not limits:
        return label, "—", page.t("no thresholds were agreed; the table tells the changes")
    verdicts = [one.stable for one in page.one.stability]
    count = page.t("{count} of {of}", count=verdicts.count(True), of=len(verdicts))
    return label, count, page.t("keep to what was agreed: {limits}", limits=limits)
