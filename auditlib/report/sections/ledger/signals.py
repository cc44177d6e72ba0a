"""The signals, one a row: what was counted, what that does not say, what to ask first, and the cases."""

from __future__ import annotations

import pandas as pd

from auditlib.core.message import told
from auditlib.probe.families import Line
from auditlib.probe.words import ask_causes, counts_said, does_not_say, state_words, test_words
from auditlib.report.audit_page import AuditPage
from auditlib.report.headings import AUDIT
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
    rows = [
        (
            Stack(state_words(line.state, language), () if line.bh is None else (f"q {line.bh:.2g}",)),
            page.linked(line.unit),
            Stack(test_words(line.test, language), (line.clock,)),
            Stack(counts_said(line, language), (does_not_say(line.test, language),)),
            told(ask_causes(line.test), language),
            tuple(line.observed.cases),
            line.id,
        )
        for line in lines
    ]
    return frame(rows, ("state", "unit", "test", "says", "ask_first", "cases", "id"), language, AUDIT)
