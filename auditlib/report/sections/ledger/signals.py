"""The signals, one a row: what was counted, what that does not say, what to ask first, and the cases."""

from __future__ import annotations

import pandas as pd

from auditlib.chance.words import p_words
from auditlib.core.message import told
from auditlib.probe.families import Line
from auditlib.probe.words import ask_causes, counts_said, does_not_say, state_words, test_words
from auditlib.report.audit_page import AuditPage
from auditlib.report.headings.ledger import AUDIT
from auditlib.report.markup import Stack
from auditlib.report.section import Section, joined_sections
from auditlib.report.tables import frame

__all__ = ["section"]


def section(page: AuditPage) -> Section:
    """Signals, the strongest first; then facts, which need no test."""
    facts = [line for line in page.audited.found.lines if line.state == "fact"]
    note = page.t(
        "Each line is to be asked about, with the innocent causes first; it is no finding before its cause is known."
    )
    first = (
        page.tabled("signals", _listed(page, page.signals), note, kind="signals")
        if page.signals
        else page.said("signals", page.t("No test gives a signal. That does not mean that the ledger is right."))
    )
    if not facts:
        return first
    return joined_sections(first, page.tabled("facts", _listed(page, facts), kind="signals"))


def _listed(page: AuditPage, lines: list[Line]) -> pd.DataFrame:
    language = page.language
    rows = [(page.linked(line.unit), _told(page, line), tuple(line.observed.cases)) for line in lines]
    return frame(rows, ("unit", "says", "cases"), language, AUDIT)


def _told(page: AuditPage, line: Line) -> Stack:
    """State, test and clock; the counts; what they do not say; what to ask first; the line's id."""
    language = page.language
    colon = "：" if language == "zh" else ": "
    sure = "" if line.bh is None else f", q {p_words(line.bh)}"
    head = (
        f"{state_words(line.state, language)}{colon}{test_words(line.test, language)} ({page.clock(line.clock)}{sure})"
    )
    ask = f"{page.t('Ask first')}{colon}{told(ask_causes(line.test), language)}"
    return Stack(head, (counts_said(line, language), does_not_say(line.test, language), ask, f"id {line.id}"))
