"""The total of one unit as a function of the readings that it feels, put together from the tables of its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from operator import itemgetter
from typing import Any

from auditlib.analysis.readings.parts import Extent, Leaf, ReadingsTable, Scorer, choices
from auditlib.core.period import Period
from auditlib.scheme.load import Resolved
from auditlib.scheme.reference_names import references_in
from auditlib.scheme.results import RollUp
from auditlib.scoring.rank import Attainable
from auditlib.scoring.result import IndicatorScore
from auditlib.scoring.totals import total_of_unit

__all__ = ["Heads", "Totals"]


Attained = tuple[Fraction | None, Attainable]
"""A total, and out of what it was attained."""


class Heads:
    """The scheme's base and roll-up, under the readings that these name themselves."""

    def __init__(self, scorer: Scorer) -> None:
        written = scorer.file.tree.value
        names = {*references_in(written.get("base")), *references_in(written.get("roll_up"))}
        self.scorer = scorer
        self.readings = tuple(name for name in scorer.options if name in names)
        self.resolved: dict[tuple[str, ...], Resolved] = {}

    def pieces(self) -> tuple[Period, ...]:
        """The assessed period, and those that any reading rolls up into it."""
        found = {self.scorer.period: None}
        for chosen in product(*(self.scorer.options[name] for name in self.readings)):
            roll_up = self.roll_up(self.under(dict(zip(self.readings, chosen, strict=True))))
            for part in roll_up.parts if roll_up else ():
                found.update(dict.fromkeys(self.scorer.period.split(part.of)))
        return tuple(found)

    def roll_up(self, resolved: Resolved) -> RollUp | None:
        return resolved.scheme.roll_up.get(self.scorer.period.granularity)

    def under(self, chosen: Mapping[str, str]) -> Resolved:
        own = tuple(chosen[name] for name in self.readings)
        if own not in self.resolved:
            self.resolved[own] = self.scorer.resolve(dict(zip(self.readings, own, strict=True)))
        return self.resolved[own]


class Totals:
    """The total of one unit as a function of the readings that it feels."""

    def __init__(self, heads: Heads, tables: Mapping[Leaf, ReadingsTable], unit: str) -> None:
        self.heads, self.unit = heads, unit
        self.empty: dict[str, ReadingsTable] = {}
        self.certain: dict[str, list[IndicatorScore]] = {}
        self.open: dict[str, list[ReadingsTable]] = {}
        self.seen: dict[IndicatorScore, IndicatorScore] = {}
        for leaf, table in tables.items():
            if leaf.kind == "empty":
                self.empty[leaf.period] = table.of_unit(unit)
            elif leaf.kind == "indicator":
                own = table.of_unit(unit, self._bare)
                if own.readings:
                    self.open.setdefault(leaf.period, []).append(own)
                elif (found := own.values[()][unit]) is not None:
                    self.certain.setdefault(leaf.period, []).append(found)
        self.certain = {piece: _merged(found) for piece, found in self.certain.items()}
        self.known: dict[tuple[str, ...], Attained] = {}
        self.added: dict[tuple[int, ...], Attained] = {}

    def _bare(self, score: IndicatorScore | None) -> IndicatorScore | None:
        """What a total sees of a score, alike ones as one object: many readings change how points come about alone."""
        if score is None:
            return None
        bare = replace(score, lines=(), raw=None)
        return self.seen.setdefault(bare, bare)

    def tables(self, limit: Extent) -> tuple[ReadingsTable, ReadingsTable, bool]:
        """The total, and out of what it was attained, over the readings that make a difference to them; and whether
        over all their combinations."""
        options = self.heads.scorer.options
        behind = [*self.empty.values(), *(table for some in self.open.values() for table in some)]
        felt = {*self.heads.readings, *(name for table in behind for name in table.readings)}
        names = tuple(name for name in options if name in felt)
        chosen, complete = choices(names, options, limit)
        values = {own: {self.unit: self._total(dict(zip(names, own, strict=True)))} for own in chosen}
        whole = ReadingsTable(names, values, complete)
        return whole.of_unit(self.unit, itemgetter(0)), whole.of_unit(self.unit, itemgetter(1)), complete

    def _total(self, chosen: Mapping[str, str]) -> Attained:
        head = self.heads.under(chosen)
        roll_up = self.heads.roll_up(head)
        period = self.heads.scorer.period
        if roll_up is None:
            return self._of_piece(head, str(period), chosen)
        total, out_of = Fraction(0), Fraction(0)
        own: Attainable = frozenset()
        bounded = True
        for part in roll_up.parts:
            numbers, marks = [], []
            for piece in period.split(part.of):
                state = self._at(self.empty[str(piece)], chosen)
                nothing = state == "empty" and piece != period
                value, of = (None, frozenset()) if nothing else self._of_piece(head, str(piece), chosen)
                own = of if piece == period else own
                if value is None and state != "active":
                    value = {"exclude": None, "zero": Fraction(0), "full": Fraction(100)}[part.missing]
                elif value is not None and isinstance(of, Fraction):
                    marks.append(of)
                numbers += [] if value is None else [value]
            if not numbers:
                return None, frozenset()
            total += part.weight * sum(numbers, Fraction(0)) / len(numbers)
            bounded &= bool(marks)
            out_of += part.weight * sum(marks, Fraction(0)) / len(marks) if marks else 0
        return total, out_of if bounded else own

    def _of_piece(self, head: Resolved, piece: str, chosen: Mapping[str, str]) -> Attained:
        tables = self.open.get(piece, [])
        key = (piece, *(chosen[name] for name in (*self.heads.readings, *(n for t in tables for n in t.readings))))
        if key not in self.known:
            found = [score for table in tables if (score := self._at(table, chosen)) is not None]
            scores = [*self.certain.get(piece, ()), *found]
            alike = (id(head), *map(id, scores))  # all of which this object keeps
            if alike not in self.added:
                total, total_of, _ = total_of_unit(head, scores)
                lacks = frozenset(one.id for one in scores if one.points is None and one.met is None)
                self.added[alike] = total, lacks if total_of is None else total_of
            self.known[key] = self.added[alike]
        return self.known[key]

    def _at(self, table: ReadingsTable, chosen: Mapping[str, str]) -> Any:
        return table.values[tuple(chosen[name] for name in table.readings)][self.unit]


def _merged(scores: Sequence[IndicatorScore]) -> list[IndicatorScore]:
    """Scores that no reading moves, those with points as one: a total adds them up in either form."""
    scored = [score for score in scores if score.points is not None]
    if not scored:
        return list(scores)
    points = sum((score.points or Fraction(0) for score in scored), Fraction(0))
    gaps = tuple(gap for score in scored for gap in score.gaps)
    maxima = [score.max for score in scored if score.max is not None]
    full = sum(maxima, Fraction(0)) if len(maxima) == len(scored) else None
    whole = IndicatorScore("", full, points, "scored", (), None, gaps)
    return [whole, *(score for score in scores if score.points is None)]
