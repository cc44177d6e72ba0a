"""What the score brings: every outcome with its conditions and the unit's numbers."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from auditlib.analysis.conclusions import ExplainedOutcome, explain_outcomes
from auditlib.core.message import t
from auditlib.report.headings.shared import REPORT
from auditlib.report.headings.states import OUTCOME_STATES
from auditlib.report.markup import Stack
from auditlib.report.page import UnitPage
from auditlib.report.section import NOTHING, Section
from auditlib.report.tables import frame

__all__ = ["section", "table"]


def section(page: UnitPage) -> Section:
    """Every outcome of the scheme: its conditions with the unit's numbers, what it brings. Nothing without any."""
    found = list(explain_outcomes(page.resolved, page.result, page.unit, page.language))
    if not found:
        return NOTHING
    kinds = ["pale" if outcome.state == "no" else "matters" for outcome in found]
    note = page.t(
        "Every outcome of the scheme with its conditions and the unit's numbers; one that holds says what it brings "
        "and what a person has yet to decide."
    )
    return page.tabled("outcomes", table(found, page.language), note, kind="outcomes", row_kinds=kinds)


def table(outcomes: Iterable[ExplainedOutcome], language: str) -> pd.DataFrame:
    """The outcomes of one unit: clause with its text, state, conditions with the numbers, consequences, evidence."""
    rows = []
    for outcome in outcomes:
        decided = [f"{t('A person decides', language)}{t(': ', language)}{text}" for text in outcome.decisions]
        barred = [f"{t('Rules out', language)}{t(': ', language)}{text}" for text in outcome.bars]
        weighed = [f"{t('Weighs', language)}{t(': ', language)}{text}" for text in outcome.weighs]
        notes = (outcome.note,) if outcome.note else ()
        rows.append(
            (
                Stack(outcome.title, (outcome.clause, outcome.quote)),
                t(OUTCOME_STATES[outcome.state], language),
                "\n".join((*outcome.conditions, *notes)),
                "\n".join((*outcome.consequences, *decided, *weighed, *barred)) or None,
                outcome.evidence,
            )
        )
    table = frame(rows, ("outcome", "state_of", "conditions", "consequences", "case_ids"), language)
    empty = {"consequences": not any(row[3] for row in rows), "case_ids": not any(row[4] for row in rows)}
    return table.drop(columns=[t(REPORT[name], language) for name, drop in empty.items() if drop])
