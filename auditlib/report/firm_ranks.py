"""Which low ranks are more than chance, where the total of a scheme is a share of cases."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from auditlib.chance.judged import JudgedShares, JudgedUnit
from auditlib.report.chance_tables import leading
from auditlib.report.page import RankingPage

__all__ = ["deciding_shares", "might_be_high"]


def deciding_shares(page: RankingPage) -> list[JudgedShares]:
    """The tables of the one share that decides the ranks, one a group; empty where other things count besides."""
    if len(page.scheme.indicators) != 1 or not page.shares:
        return []
    found = leading(page.shares)
    return found if all(_ordered_alike(page, one) for one in found) else []


def _ordered_alike(page: RankingPage, table: JudgedShares) -> bool:
    """Whether a higher share never has a lower total."""
    totals = {unit.unit: unit.total for unit in page.units}
    known = [(one.share, total) for one in table.units if (total := totals.get(one.of.unit)) is not None]
    return all(low[1] <= high[1] for low, high in pairwise(sorted(known)))


def might_be_high(page: RankingPage) -> frozenset[str]:
    """The units that chance alone could place in the upper half of their group."""
    return frozenset(one.of.unit for one in _open(page))


def _open(page: RankingPage) -> Iterator[JudgedUnit]:
    for table in deciding_shares(page):
        yield from (one for one in table.units if 2 * one.ranks[0] <= len(table.units))
