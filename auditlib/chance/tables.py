"""Chance as data and as tables: what the command writes and what pages show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from auditlib.chance.judged import CONFIDENCE, JudgedShares, JudgedUnit
from auditlib.chance.shares import NoShare
from auditlib.chance.totals import TotalChance, TotalRanks
from auditlib.chance.words import VERDICTS, share_sentences, total_sentences
from auditlib.core.distributions import digits_text
from auditlib.core.exact import Rounding, full_text
from auditlib.core.message import LANGUAGES, Message, told
from auditlib.core.numerals import number_text
from auditlib.core.table import Field, Table

__all__ = ["chance_json", "percent", "rank_words", "share_fields", "share_table", "total_table"]

SCHEMA = "auditlib-chance/1"
SHOWN = Rounding(1)


def percent(value: float) -> str:
    """A share of one to a tenth of a percent, for display."""
    from fractions import Fraction

    return number_text(Fraction(value) * 100, SHOWN)


def rank_words(best: int | None, worst: int | None) -> str:
    """The ranks that a unit can have: ``3``, ``2–5``."""
    if best is None or worst is None:
        return ""
    return str(best) if best == worst else f"{best}–{worst}"


def share_fields(found: JudgedShares) -> tuple[Field[JudgedUnit], ...]:
    """The columns of a table of shares; without limits nobody has a place in the funnel."""
    band = Message("any") if found.says_nothing else None
    shown = (
        Field[JudgedUnit]("unit", "Code", lambda one: one.of.unit),
        Field[JudgedUnit]("name", "Name", lambda one: one.of.name),
        Field[JudgedUnit]("hits", "Counted", lambda one: one.of.hits),
        Field[JudgedUnit]("cases", "Cases", lambda one: one.of.cases),
        Field[JudgedUnit]("share", "Share (%)", lambda one: percent(float(one.share))),
        Field[JudgedUnit]("wilson", "Interval to look at", lambda one: _shown(one.wilson)),
        Field[JudgedUnit]("clopper_pearson", "Interval for claims", lambda one: _shown(one.exact)),
        Field[JudgedUnit](
            "ranks", "Ranks it can have, highest share first", lambda one: band or rank_words(*one.ranks)
        ),
        Field[JudgedUnit]("funnel", "In the funnel", lambda one: one.verdict and VERDICTS[one.verdict]),
        Field[JudgedUnit]("shrunk", "Drawn to all (%)", lambda one: percent(float(one.shrunk)) if one.shrunk else None),
    )
    limits = any(one.verdict for one in found.units)
    return tuple(one for one in shown if limits or one.key != "funnel")


def share_table(found: JudgedShares) -> Table:
    """A row a unit, in the order of the ranking."""
    return Table.of(share_fields(found), found.units)


def total_table(found: TotalRanks) -> Table:
    """The ranks by total, a row a unit by group and rank."""
    order = sorted(found.units, key=lambda one: (one.group or "", one.rank is None, one.rank or 0, one.unit))
    grouped = any(one.group for one in order)
    fields = (
        Field[TotalChance]("group", "Group", lambda one: one.group or ""),
        Field[TotalChance]("rank", "Rank", lambda one: one.rank),
        Field[TotalChance]("unit", "Code", lambda one: one.unit),
        Field[TotalChance]("name", "Name", lambda one: one.name),
        Field[TotalChance]("cases", "Cases", lambda one: one.cases),
        Field[TotalChance]("ranks", "Ranks by chance", lambda one: rank_words(one.best, one.worst)),
        Field[TotalChance]("first", "First (%)", lambda one: percent(float(one.first))),
        Field[TotalChance]("last", "Last (%)", lambda one: percent(float(one.last))),
    )
    return Table.of([one for one in fields if grouped or one.key != "group"], order)


def _shown(ends: tuple[float, float]) -> str:
    return f"{percent(ends[0])}–{percent(ends[1])}"


def chance_json(
    head: dict[str, Any], judged: Sequence[JudgedShares], no: Sequence[NoShare], totals: TotalRanks | None
) -> dict[str, Any]:
    """All as data: exact shares as text, p-values and limits with ten digits."""
    return {
        "schema": SCHEMA, **head, "confidence": full_text(CONFIDENCE),
        "shares": [_shares(one) for one in judged],
        "no_shares": [
            {"id": one.id, "title": one.title.model_dump(), "why": {name: told(one.why, name) for name in LANGUAGES}}
            for one in no
        ],
        "totals": None if totals is None else _totals(totals),
    }  # fmt: skip


def _shares(found: JudgedShares) -> dict[str, Any]:
    spread = found.dispersion
    return {
        "of": found.table.of, "id": found.table.id, "title": found.table.title.model_dump(), "group": found.table.group,
        "pooled": full_text(found.pooled), "says_nothing": found.says_nothing,
        "says": {name: share_sentences(found, name) for name in LANGUAGES},
        "homogeneity": {"p": digits_text(found.homogeneity.p), "method": found.homogeneity.method},
        "dispersion": None if spread is None else {
            "q": digits_text(spread.q), "p": digits_text(spread.p), "phi": digits_text(spread.phi),
            "phi_winsorised": digits_text(spread.phi_winsorised), "tau2": digits_text(spread.tau2), "kind": spread.kind,
        },
        "units": [_unit(one) for one in found.units],
    }  # fmt: skip


def _unit(one: JudgedUnit) -> dict[str, Any]:
    return {
        "unit": one.of.unit, "name": one.of.name, "hits": one.of.hits, "cases": one.of.cases,
        "share": full_text(one.share), "wilson": _interval(one.wilson), "clopper_pearson": _interval(one.exact),
        "ranks": list(one.ranks), "funnel": one.verdict, "too_few": one.of.too_few,
        "shrunk": None if one.shrunk is None else digits_text(one.shrunk),
    }  # fmt: skip


def _interval(ends: tuple[float, float]) -> list[str]:
    return [digits_text(ends[0], "down"), digits_text(ends[1], "up")]


def _totals(found: TotalRanks) -> dict[str, Any]:
    return {
        "draws": found.draws, "seed": found.seed, "fixed": list(found.fixed),
        "says": {name: total_sentences(found, name) for name in LANGUAGES},
        "units": [_total(one) for one in found.units],
    }  # fmt: skip


def _total(one: TotalChance) -> dict[str, Any]:
    return {
        "unit": one.unit, "name": one.name, "group": one.group, "cases": one.cases, "rank": one.rank,
        "ranks": None if one.best is None else [one.best, one.worst],
        "first": full_text(one.first), "last": full_text(one.last),
    }  # fmt: skip
