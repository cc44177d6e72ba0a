"""What a probe of the ledger says of the unit: counts to be asked about, and nothing of why."""

from __future__ import annotations

import pandas as pd

from auditlib.analysis.request import SignalRow
from auditlib.core.message import told
from auditlib.probe.words import ask_causes, does_not_say, state_words
from auditlib.report.markup import Stack
from auditlib.report.page import UnitPage
from auditlib.report.section import NOTHING, Section

__all__ = ["section"]


def section(page: UnitPage) -> Section:
    """A line for each signal or fact that touches the unit. Nothing where nobody asked."""
    if page.scored.signals is None:
        return NOTHING
    found, language = page.scored.signals.get(page.unit.unit, ()), page.language
    title = page.t("Patterns of the ledger that touch the unit")
    if not found:
        said = page.t("No test gives a signal on this unit. That does not mean that its records are right.")
        return page.said("signals", title, said)
    rows = [
        (
            state_words(one.state, language),
            Stack(one.says(language), (does_not_say(one.test, language), _ask(page, one))),
            one.id,
        )
        for one in found
    ]
    columns = [page.t("State"), page.t("Counts and comparison"), "id"]
    note = page.t(
        "A signal is counts beside what was to be expected; it is no finding. What it may come from is asked first; "
        "`auditlib probe --explain ID` shows the cases."
    )
    return page.tabled("signals", pd.DataFrame(rows, columns=columns, dtype=object), note, title, kind="signals")


def _ask(page: UnitPage, one: SignalRow) -> str:
    colon = "：" if page.language == "zh" else ": "
    return f"{page.t('Ask first')}{colon}{told(ask_causes(one.test), page.language)}"
