"""The tables of what follows from scores: outcomes, exclusions, the periods of a roll-up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from auditlib.analysis.conclusions import ExplainedOutcome
from auditlib.core.exact import Rounding, decimal_text
from auditlib.core.message import t
from auditlib.core.numerals import plain_percent
from auditlib.report.headings import OUTCOME_STATES, REPORT
from auditlib.report.markup import Keyed, Stack
from auditlib.report.tables import frame, joined, shown_number
from auditlib.report.wording import period_words
from auditlib.scheme.load import Resolved
from auditlib.scoring.result import Result, UnitScore

__all__ = ["exclusion_table", "outcome_table", "outcome_units_table", "roll_up_table", "roll_up_units_table"]


def outcome_table(outcomes: Iterable[ExplainedOutcome], language: str) -> pd.DataFrame:
    """The outcomes of one unit: clause with its text, state, conditions with the numbers, consequences, evidence."""
    rows = []
    for outcome in outcomes:
        decided = [f"{t('A person decides', language)}{t(': ', language)}{text}" for text in outcome.decisions]
        barred = [f"{t('Rules out', language)}{t(': ', language)}{text}" for text in outcome.bars]
        notes = (outcome.note,) if outcome.note else ()
        rows.append(
            (
                Stack(outcome.title, (outcome.clause, outcome.quote)),
                t(OUTCOME_STATES[outcome.state], language),
                "\n".join((*outcome.conditions, *notes)),
                "\n".join((*outcome.consequences, *decided, *barred)) or None,
                outcome.evidence,
            )
        )
    table = frame(rows, ("outcome", "state_of", "conditions", "consequences", "case_ids"), language)
    empty = {"consequences": not any(row[3] for row in rows), "case_ids": not any(row[4] for row in rows)}
    return table.drop(columns=[t(REPORT[name], language) for name, drop in empty.items() if drop])


def outcome_units_table(resolved: Resolved, result: Result, language: str) -> pd.DataFrame:
    """Every outcome with its clause and the units that it falls to; a tie that leaves it open is marked."""
    rows = []
    for outcome in resolved.scheme.outcomes:
        clause = resolved.scheme.clauses[outcome.clause]
        quote = clause.en if language == "en" and clause.en else clause.quote
        names = [
            unit.name + ("" if score.decided else t(" (undecided)", language))
            for unit in result.units
            for score in unit.outcomes
            if score.id == outcome.id
        ]
        units = t("waits for input", language) if outcome.gaps else joined(names, language)
        rows.append((Stack(outcome.title(language), (outcome.clause, quote)), units or None))
    return frame(rows, ("outcome", "units"), language)


def exclusion_table(resolved: Resolved, units: Sequence[UnitScore], language: str) -> pd.DataFrame:
    """The cases that are left out: unit, how many, why, by which clause, approved by which office."""
    rows = []
    for unit in units:
        for one in unit.exclusions:
            quoted = resolved.scheme.clauses.get(one.clause or "")
            quote = () if quoted is None else ((language == "en" and quoted.en) or quoted.quote,)
            clause = None if one.clause is None else Stack(one.clause, quote)
            rows.append((unit.name, str(one.count), one.reason, clause, one.approver))
    return frame(rows, ("unit", "count", "reason", "clause", "approver"), language)


def roll_up_table(result: Result, unit: UnitScore, language: str) -> pd.DataFrame:
    """The periods that a longer period's total is made of, each with its weight, total and full marks."""
    rows = [
        (
            period_words(part.period, language),
            Keyed(plain_percent(part.weight), decimal_text(part.weight * 100, Rounding(12))),
            shown_number(part.total, result.rounding),
            shown_number(part.total_of, result.rounding),
        )
        for part in unit.parts
    ]
    return frame(rows, ("period", "weight", "total", "out_of"), language)


def roll_up_units_table(result: Result, language: str) -> pd.DataFrame:
    """The totals of the periods that a longer period's are made of: a row a unit, a column a period."""
    units = [unit for unit in result.units if unit.parts]
    periods = [period_words(part.period, language) for part in units[0].parts] if units else []
    rows = [
        [
            unit.name,
            *(shown_number(part.total, result.rounding) for part in unit.parts),
            shown_number(unit.total, result.total_rounding),
        ]
        for unit in units
    ]
    return pd.DataFrame(rows, columns=[t("Unit", language), *periods, t("Total", language)], dtype=object)
