"""Ranks when one indicator is left out, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from auditlib.analysis.weights.table import WeightedTable, exact_ranks
from auditlib.core.errors import InputError

__all__ = ["RanksWithout", "leave_one_out"]


@dataclass(frozen=True)
class RanksWithout:
    """The rank of each unit without each indicator. ``ranks`` goes by indicator, in the order of ``units``."""

    units: tuple[str, ...]
    in_force: tuple[int, ...]
    ranks: Mapping[str, tuple[int, ...]]

    def change(self, indicator: str) -> dict[str, int]:
        """By how many places each unit falls (above 0) or rises (below 0) without the indicator."""
        places = zip(self.units, self.in_force, self.ranks[indicator], strict=True)
        return {unit: without - now for unit, now, without in places}


def leave_one_out(table: WeightedTable) -> RanksWithout:
    """Ranks without each indicator in turn; the others keep their weights in proportion.

    Raises :class:`InputError` where an indicator is all that has a weight.
    """
    totals = table.totals
    ranks = {}
    for column, (indicator, weight) in enumerate(zip(table.indicators, table.weights, strict=True)):
        if weight == 1:
            raise InputError.at("weighted table", indicator, "found the whole weight, nothing is left without it")
        parts = (table.full * weight * row[column] for row in table.values)
        ranks[indicator] = exact_ranks([total - part for total, part in zip(totals, parts, strict=True)])
    return RanksWithout(table.units, exact_ranks(totals), MappingProxyType(ranks))
