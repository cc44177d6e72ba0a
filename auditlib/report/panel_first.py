"""The first screen of a panel's report: who was asked, how many answered, agreement, and what it all does not show."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.core.numerals import plain
from auditlib.delphi.result import GroupAnalysis
from auditlib.delphi.statistics.concordance import strength
from auditlib.report import panel_sentences as sentences
from auditlib.report.first_screen import Answer, answers_html
from auditlib.report.html import escape
from auditlib.report.pages.styles import lab_style
from auditlib.report.panel_tables import PanelView, fixed, group_name, p_text, percent, reached
from auditlib.report.section import Section

__all__ = ["first_screen"]

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
  border-top: 1.6px solid #1c2733; border-bottom: 1.6px solid #1c2733; }
table.three-line caption { font-weight: 700; font-size: .9rem; padding: .5rem 0 .4rem; text-align: left; }
table.three-line th, table.three-line td { border-bottom: 0; padding: .24rem .4rem; }
table.three-line thead th { color: inherit; border-bottom: .8px solid #1c2733; font-size: .8rem; min-width: 3em;
  white-space: normal; text-wrap: balance; overflow-wrap: normal; }
table.three-line tbody th { font-weight: 400; min-width: 11em; }
table.three-line tbody .parent > * { font-weight: 700; }
table.three-line .deep-2 th { padding-left: 1.2em; }
table.three-line .deep-3 th { padding-left: 2.4em; }
table.three-line .deep-4 th { padding-left: 3.6em; }
table.three-line tr.first-of > * { padding-top: .55rem; }
table.three-line .delete td:nth-child(2), table.three-line .discuss td:nth-child(2) {
  color: #b34712; font-weight: 700; }
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


def first_screen(view: PanelView, title: str) -> Section:
    """The answers side by side, then what the round shows beside what it does not; carries the style of the report."""
    whole = [_agreement(view, found) for found in sentences.whole_groups(view)]
    cells = [*_participants(view), *whole, _consensus(view), _stability(view)]
    shows, shows_not = sentences.shows(view), sentences.shows_not(view)
    lists = _listed(view, "shows", "said", shows) + _listed(view, "shows_not", "said limits", shows_not)
    markup = (
        f"{lab_style(RULES)}<style>{RULES}</style>"
        f'<div class="audit first panel">{_masthead(view, title)}{answers_html(cells)}'
        f'<div class="columns">{lists}</div></div>'
    )
    lines = [title, *(f"{label}: {value} {more}".rstrip() for label, value, more in cells), *shows, *shows_not]
    facts = {"kind": "panel", "title": title, "language": view.language, "round": view.number}
    return Section(markup, "\n".join(lines), facts=facts | {"panel": view.analysis.panel.declared.panel})


def _listed(view: PanelView, name: str, kind: str, texts: list[str]) -> str:
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f'<section><h2>{escape(view.heading(name))}</h2><ul class="{kind}">{items}</ul></section>'


def _masthead(view: PanelView, title: str) -> str:
    declared = view.analysis.panel.declared
    levels = {found.level for found in view.one.items.values()}
    low, high = plain(declared.scale.min), plain(declared.scale.max)
    note = declared.rounds.get(view.number)
    particulars = [
        ("f_panel", declared.panel),
        ("f_round", str(view.number)),
        ("f_items", view.t("{count} on {levels} levels", count=len(view.one.items), levels=len(levels))),
        ("f_scale", view.t("{low} to {high}", low=low, high=high)),
        ("f_opened", "" if note is None or note.opened is None else note.opened.isoformat()),
        ("f_agreed", "" if declared.thresholds.declared is None else declared.thresholds.declared.isoformat()),
    ]
    items = "".join(
        f"<div><dt>{escape(view.heading(name))}</dt><dd>{escape(value)}</dd></div>"
        for name, value in particulars
        if value
    )
    synthetic = (
        f'<p class="synthetic">{escape(view.t("Synthetic data: the marks are made up, no survey was made"))}</p>'
        if declared.synthetic
        else ""
    )
    return f'<header class="masthead"><h1>{escape(title)}</h1><dl>{items}</dl>{synthetic}</header>'


def _participants(view: PanelView) -> Iterator[Answer]:
    one = view.one
    known = one.round.sent_from != "returned"
    more = view.t(
        "{sent} sent, {returned} returned" if known else "{returned} returned; how many were sent is not declared",
        sent=one.round.sent,
        returned=one.round.returned,
    )
    sign = "%" if view.language == "zh" else "\N{NO-BREAK SPACE}%"
    yield view.t("Positive coefficient"), f"{percent(one.positive_coefficient)}{sign}" if known else "—", more
    by = one.authority
    if by is None or by.Cr is None:
        yield view.t("Authority Cr"), "—", view.t("not known: there is no experts.csv")
    else:
        yield (
            view.t("Authority Cr"),
            fixed(by.Cr, 3) or "",
            view.t("Ca {Ca}, Cs {Cs}; as the experts rate themselves", Ca=fixed(by.Ca, 3), Cs=fixed(by.Cs, 3)),
        )


def _agreement(view: PanelView, found: GroupAnalysis) -> Answer:
    agreed, span = found.concordance, found.interval
    label = view.t("W: {group}", group=group_name(view, found))
    if agreed is None or agreed.W is None:
        return label, view.t("undefined"), "" if found.undefined is None else found.undefined(view.language)
    p = p_text(sentences.group_p(found), sign=True)
    more = (
        view.t("p {p}", p=p)
        if span is None
        else view.t("p {p}; interval of 95 % {low}–{high}", p=p, low=fixed(span.low, 3), high=fixed(span.high, 3))
    )
    return label, view.t("{W} {word}", W=fixed(agreed.W, 3), word=strength(agreed.W).words(view.language)), more


def _consensus(view: PanelView) -> Answer:
    limits = sentences.consensus_limits(view)
    if not limits:
        return view.t("Consensus (within this round)"), "—", view.t("no thresholds were agreed, so none is said")
    verdicts = [reached(view, one) for one in view.one.items.values() if one.consensus is not None]
    count = view.t("{count} of {of}", count=verdicts.count(True), of=len(verdicts))
    return view.t("Consensus (within this round)"), count, view.t("reach what was agreed: {limits}", limits=limits)


def _stability(view: PanelView) -> Answer:
    limits = sentences.stability_limits(view)
    if view.before is None or view.one.stability is None:
        return view.t("Stability (between rounds)"), "—", view.t("first round, nothing to compare")
    label = view.t("Stability (since round {before})", before=view.before.round.number)
    if not limits:
        return label, "—", view.t("no thresholds were agreed; the table tells the changes")
    verdicts = [one.stable for one in view.one.stability]
    count = view.t("{count} of {of}", count=verdicts.count(True), of=len(verdicts))
    return label, count, view.t("keep to what was agreed: {limits}", limits=limits)
