"""What reports show of chance: the shares of a period judged, a row a share, and the ranks by total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import pandas as pd

from auditlib.analysis.request import Asked
from auditlib.analysis.scored_periods import scheme_asked, stamps_of
from auditlib.chance.judged import JudgedShares, judge_shares
from auditlib.chance.shares import share_tables
from auditlib.chance.tables import percent, rank_words
from auditlib.chance.totals import TotalRanks, total_ranks
from auditlib.chance.words import p_words, plain_digits, verdict_message
from auditlib.core.errors import InputError
from auditlib.core.message import t, told
from auditlib.report.headings.ranking import PERIOD
from auditlib.report.tables import frame
from auditlib.scheme.declared_registers import read_for
from auditlib.scheme.load import Resolved
from auditlib.scoring.assess import calendar_of, overlay_of
from auditlib.scoring.result import Result

__all__ = ["chance_frame", "drawn_totals", "judged_shares", "leading", "named_totals", "rank_frame"]


def judged_shares(resolved: Resolved, result: Result) -> tuple[JudgedShares, ...]:
    """Every share of the result, judged."""
    return tuple(judge_shares(one) for one in share_tables(resolved, result))


def leading(found: Sequence[JudgedShares]) -> list[JudgedShares]:
    """The tables of the first share, one a group: what a figure shows."""
    return [one for one in found if (one.table.of, one.table.id) == (found[0].table.of, found[0].table.id)]


def chance_frame(found: Sequence[JudgedShares], language: str) -> pd.DataFrame:
    """A row a share and group: the share of all, p, φ, and whether the table says anything."""
    grouped = any(one.table.group for one in found)
    rows = [
        (
            one.table.title(language), one.table.group or "", str(len(one.units)), percent(float(one.pooled)),
            p_words(one.homogeneity.p).removeprefix("= ").replace("< ", "<"),
            "" if one.dispersion is None else plain_digits(one.dispersion.phi),
            told(verdict_message(one), language),
        )
        for one in found
    ]  # fmt: skip
    table = frame(rows, ("share_of", "group", "units_of", "pooled", "p", "phi", "says"), language, PERIOD)
    return table if grouped else table.drop(columns=t("Group", language))


def rank_frame(found: Sequence[JudgedShares], language: str) -> pd.DataFrame:
    """A row a unit of the first share: counted, cases, share, both intervals, the ranks that it can have."""
    rows = [
        (
            one.of.name, str(one.of.hits), str(one.of.cases), percent(float(one.share)), _interval(one.wilson),
            _interval(one.exact), t("any", language) if table.says_nothing else rank_words(*one.ranks),
        )
        for table in leading(found) for one in table.units
    ]  # fmt: skip
    return frame(rows, ("unit", "hits", "cases", "share_percent", "wilson", "exact", "ranks"), language, PERIOD)


def _interval(ends: tuple[float, float]) -> str:
    return f"{percent(ends[0])}–{percent(ends[1])}"


def drawn_totals(asked: Asked, draws: int) -> TotalRanks | None:
    """The ranks by total of ``draws`` ledgers; None where the scheme's totals cannot be drawn anew."""
    return _drawn(asked, draws, stamps_of(asked.ledger_path), stamps_of(asked.scheme_path))


def named_totals(totals: TotalRanks | None, result: Result) -> TotalRanks | None:
    """The ranks by total with the names of units and groups that a result has, perhaps those of another language."""
    if totals is None:
        return None
    known = {unit.unit: unit for unit in result.units}
    named = (replace(one, name=known[one.unit].name, group=known[one.unit].ranked_in) for one in totals.units)
    return replace(totals, units=tuple(named))


@lru_cache(maxsize=4)
def _drawn(asked: Asked, draws: int, *stamps: object) -> TotalRanks | None:
    resolved, when, as_of = scheme_asked(asked), asked.when, asked.moment
    ledger = read_for(asked.scheme, asked.ledger_path, as_of)
    try:
        return total_ranks(
            resolved, overlay_of(resolved, ledger, when, as_of).ledger, when, as_of, draws=draws,
            calendar=calendar_of(resolved, asked.days),
        )  # fmt: skip
    except InputError:
        return None
