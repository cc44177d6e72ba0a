"""Readings of a scheme whose parts hang on each other: every combination scored whole.

A tree with caps and weights, points of other nodes, further keys of a ranking: what a reading moves there is no sum of
what it moves in parts. Whole results are laid out instead, for as many combinations as can be waited for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from auditlib.analysis.readings.parts import Extent, ReadingsTable, Scorer, choices
from auditlib.scheme.formers.arithmetic import PointsOf
from auditlib.scheme.formers.elsewhere import OfOutcome, OverPeriods
from auditlib.scheme.model import Scheme
from auditlib.scoring.result import Result

__all__ = ["WHOLE", "WholeBoard", "entangled"]

WHOLE = 256
"""So many combinations are scored whole; of more, only each option alone and every two together."""


def entangled(scheme: Scheme) -> bool:
    """Whether a total is no sum of parts that can be looked at one by one, or its rank hangs on more than the total."""
    asked = (
        isinstance(one, PointsOf) or (isinstance(one, OverPeriods) and isinstance(one.over, OfOutcome))
        for one in scheme.quantities.values()
    )
    return bool(scheme.branches or scheme.ranking.then or scheme.ranking.only is not None) or any(asked)


class WholeBoard:
    """Total and rank of every unit under every combination of readings that is laid out, row by row."""

    def __init__(self, scorer: Scorer, result: Result, extent: Extent = WHOLE) -> None:
        self.result, self.options = result, scorer.options
        self.readings = tuple(scorer.options)
        self.rows, self.complete = choices(self.readings, scorer.options, extent)
        found = []
        for done, chosen in enumerate(self.rows):
            scorer.progress(done, len(self.rows))
            scored = scorer.score(scorer.resolve(dict(zip(self.readings, chosen, strict=True))), scorer.period)
            found.append({unit.unit: (unit.total, unit.rank) for unit in scored.units})
        self._found = found
        self.totals: Mapping[str, ReadingsTable] = {
            unit.unit: self._table(unit.unit) if self.complete else self._as_scored(unit.unit) for unit in result.units
        }

    def _as_scored(self, unit: str) -> ReadingsTable:
        rows = zip(self.rows, self._found, strict=True)
        values = {chosen: {unit: found[unit][0] if unit in found else None} for chosen, found in rows}
        return ReadingsTable(self.readings, values, self.complete)

    def _table(self, unit: str) -> ReadingsTable:
        """The unit's totals over those readings alone that move it."""
        return self._as_scored(unit).of_unit(unit)

    def alone(self) -> Iterator[tuple[str, str, int]]:
        """Each option that is not in use, with the row that has it alone."""
        for name, some in self.options.items():
            for option in some[1:]:
                only = tuple(option if one == name else own[0] for one, own in self.options.items())
                yield name, option, self.rows.index(only)

    def total(self, unit: str, row: int) -> Fraction | None:
        """The total of a unit under the combination of a row."""
        return self._found[row].get(unit, (None, None))[0]

    def rank(self, unit: int, row: int) -> int | None:
        """The rank of the unit with this number under the combination of a row."""
        return self._found[row].get(self.result.units[unit].unit, (None, None))[1]

    def differs(self, row: int) -> dict[str, str]:
        """The options of a row that are not in use."""
        pairs = zip(self.readings, self.rows[row], strict=True)
        return {name: option for name, option in pairs if option != self.options[name][0]}

    def best_and_worst(self, unit: int) -> tuple[int, int] | None:
        """The rows of a unit's first and last rank, nearest to the use; None where it is never ranked."""
        ranks = [(self.rank(unit, row), len(self.differs(row)), row) for row in range(len(self.rows))]
        known = [(rank, changes, row) for rank, changes, row in ranks if rank is not None]
        if not known:
            return None
        return min(known)[2], min((-rank, changes, row) for rank, changes, row in known)[2]

    def rank_range(self, unit: int) -> tuple[int, int, bool] | None:
        """A unit's first and last rank, and whether some row gives it none; None where it is never ranked."""
        ranks = [self.rank(unit, row) for row in range(len(self.rows))]
        known = [rank for rank in ranks if rank is not None]
        return (min(known), max(known), len(known) < len(ranks)) if known else None

    def moves_ranks(self, reading: str) -> bool:
        """Whether the reading ever changes a rank; where not all combinations are laid out, whether it may."""
        if not self.complete:
            return True
        at = self.readings.index(reading)
        by_rest: dict[tuple[str, ...], list[int | None]] = {}
        for row, chosen in enumerate(self.rows):
            ranks = [self.rank(unit, row) for unit in range(len(self.result.units))]
            if by_rest.setdefault((*chosen[:at], *chosen[at + 1 :]), ranks) != ranks:
                return True
        return False
