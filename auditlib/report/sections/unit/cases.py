"""The cases and events behind lost points, each with the rules under which they were lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from auditlib.analysis.losses import lost
from auditlib.analysis.request import CaseRow, EventRow
from auditlib.analysis.views import ScoredPeriod
from auditlib.core.message import t
from auditlib.report.anchors import SHOWN_CASES, case_anchor
from auditlib.report.headings.shared import REPORT
from auditlib.report.html import escape, paragraph
from auditlib.report.markup import Anchored, render_table, table_text
from auditlib.report.page import UnitPage
from auditlib.report.section import NOTHING, Section, joined_sections
from auditlib.report.tables import frame, joined
from auditlib.scoring.result import UnitScore
from auditlib.scoring.totals import paired

__all__ = ["case_table", "event_table", "section"]


def section(page: UnitPage, limit: int = SHOWN_CASES) -> Section:
    """The cases behind lost points with the rules under which they were lost, ``limit`` of them at most.

    Events that cost points follow in a list of their own.
    """
    return joined_sections(_cases(page, limit), _events(page))


def _events(page: UnitPage) -> Section:
    table = event_table(page.rules_of("events"), page.scored.events.get(page.unit.unit, ()), page.language)
    if table.empty:
        return NOTHING
    first = page.t("Event")
    anchored = [Anchored(key, case_anchor(key, "event")) for key in table[first]]
    table = table.assign(**{first: pd.Series(anchored, dtype=object)})
    note = page.t("{count} listed; cases stand in a list of their own.", count=len(table))
    return page.tabled("events", table, note, kind="cases")


def _cases(page: UnitPage, limit: int) -> Section:
    counted, title = page.rules_of("cases"), page.t("Cases behind lost points")
    if not counted:
        return page.said("cases", title, none_caption(page.scored, page.unit, page.language))
    kept = {key: counted[key] for key in page.listed(limit)}
    known = {row.case_id: row for row in page.scored.cases.get(page.unit.unit, ())}
    table = case_table(kept, known, page.language)
    anchored = [Anchored(key, case_anchor(key)) for key in kept]
    table = table.assign(**{page.t("Case"): pd.Series(anchored, dtype=object)})
    note = page.t("{count} {count:case|cases}.", count=len(counted))
    first = page.tabled("cases", table.iloc[:UNFOLDED_CASES], note, kind="cases")
    rest = table.iloc[UNFOLDED_CASES:]
    if rest.empty:
        return first
    summary = escape(page.t("The other {count}", count=len(counted) - UNFOLDED_CASES))
    beyond = len(counted) - limit
    left = paragraph(page.t("The ids of {count} more stand under the score lines.", count=beyond)) if beyond > 0 else ""
    many = f'class="many" data-print="{escape(page.t(" (listed in the electronic report)"))}"'
    folded = render_table(rest, title, page.language, kind="cases", show_caption=False)
    markup = f"{first.html}<details><summary {many}>{summary}</summary>{folded}{left}</details>"
    return replace(first, html=markup, text=table_text(table, title), table=table)


UNFOLDED_CASES = 25


def case_table(counted: Mapping[str, Sequence[str]], cases: Mapping[str, CaseRow], language: str) -> pd.DataFrame:
    """The cases behind lost points: what kind, from when to when, and the rules that they cost points under."""
    unknown = CaseRow("", None, None, None)
    found = {key: cases.get(key, unknown) for key in sorted(counted)}
    kinds = {case.kind for case in found.values()}
    by_category = len(kinds) < 2 and any(case.category for case in found.values())
    limited = any(case.due_at is not None for case in found.values())
    rows = []
    for key, case in found.items():
        closed = _minute(case.closed_at) or t("open", language)
        kind = (case.category if by_category else case.kind) or ""
        rows.append(
            (key, kind, _minute(case.received_at), _minute(case.due_at), closed, joined(counted[key], language))
        )
    table = frame(rows, ("case", "kind", "received", "due", "closed", "counted_in"), language)
    empty = [name for name, there in (("kind", by_category or kinds != {None}), ("due", limited)) if not there]
    return table.drop(columns=[t(REPORT[name], language) for name in empty])


def event_table(counted: Mapping[str, Sequence[str]], events: Sequence[EventRow], language: str) -> pd.DataFrame:
    """The events behind lost points: what kind, when, and the rules under which they lost points."""
    rows = [
        (event.event_id, event.kind, _minute(event.at), joined(counted[event.event_id], language))
        for event in events
        if event.event_id in counted
    ]
    return frame(rows, ("event", "kind", "happened", "counted_in"), language)


def _minute(value: object) -> str:
    return "" if value is None else str(value)[:16]


def none_caption(scored: ScoredPeriod, unit: UnitScore, language: str) -> str:
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
