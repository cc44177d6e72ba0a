"""All units side by side under every combination of readings: who stands where, exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from auditlib.analysis.readings.parts import Extent, Leaf, Options, ReadingsTable, Scorer, choices
from auditlib.scheme.reference_names import references_in
from auditlib.scheme.results import Ranking, TieBreak
from auditlib.scoring.rank import Attainable, fullest
from auditlib.scoring.result import IndicatorScore, Result, UnitScore

__all__ = ["Board"]

Numbers = np.ndarray[Any, np.dtype[np.int64]]

AT_ONCE = 4_000_000
"""Places are compared in blocks of about so many numbers."""


class Board:
    """The totals of all units over the readings that any of them feels, and their ranks there.

    A row is a combination of options, numbered as in ``options``: 0 is the option in use, row 0 the use. A rank of 0
    is none. Totals are compared by their places in the one order of all that occur, so that nothing is rounded.
    """

    def __init__(
        self, scorer: Scorer, tables: Mapping[Leaf, ReadingsTable], totals: Mapping[str, ReadingsTable],
        attained: Mapping[str, ReadingsTable], result: Result, limit: Extent,
    ) -> None:  # fmt: skip
        self.scorer, self.totals, self.attained, self.result = scorer, totals, attained, result
        self.options: Options = scorer.options
        codes = [unit.unit for unit in result.units]
        self.last = {u: [t.of_unit(u) for leaf, t in tables.items() if leaf.kind == "last"] for u in codes}
        ties = {leaf.name: table for leaf, table in tables.items() if leaf.kind == "tie"}
        self.ties = {name: {u: table.of_unit(u) for u in codes} for name, table in ties.items()}
        needed = {name for ranking in scorer.rankings() for name in ranking.needs}
        own = {leaf.name: t for leaf, t in tables.items() if leaf.kind == "indicator" and leaf.period == result.period}
        self.lacks = {name: {u: own[name].of_unit(u, _lacks) for u in codes} for name in sorted(needed)}
        written = set(references_in(scorer.file.tree.value.get("ranking", {})))
        behind = [*totals.values(), *attained.values(), *(t for some in self.last.values() for t in some)]
        behind += [t for by in (self.ties, self.lacks) for by_unit in by.values() for t in by_unit.values()]
        felt = {*written, *(name for table in behind for name in table.readings)}
        self.readings = tuple(name for name in self.options if name in felt)
        self.rows, self.complete = self._numbered(limit)
        self._class_numbers: Numbers | None = None
        self.changes: Numbers = (self.rows != 0).sum(axis=1)
        self.ranking = [at for at, name in enumerate(self.readings) if name in written]
        self.ranks: Numbers = self._ranks()

    def _numbered(self, limit: Extent) -> tuple[Numbers, bool]:
        """The combinations that :func:`choices` gives, by the numbers of their options, and whether these are all."""
        shape = [len(self.options[name]) for name in self.readings]
        if limit != "alone" and prod(shape) <= limit:
            return np.indices(shape, np.int64).reshape(len(shape), prod(shape)).T, True
        chosen, complete = choices(self.readings, self.options, limit)
        number = {name: {option: n for n, option in enumerate(some)} for name, some in self.options.items()}
        listed = [[number[n][o] for n, o in zip(self.readings, own, strict=True)] for own in chosen]
        return np.array(listed, np.int64).reshape(len(chosen), len(self.readings)), complete

    def alone(self) -> Iterator[tuple[str, str, int]]:
        """Each option that is not in use, with the row that has it alone; row 0 where nothing here feels it."""
        single = {}
        for row in np.flatnonzero(self.changes == 1):
            at = int(np.flatnonzero(self.rows[row])[0])
            single[self.readings[at], self.options[self.readings[at]][self.rows[row, at]]] = int(row)
        for name, some in self.options.items():
            for option in some[1:]:
                yield name, option, single.get((name, option), 0)

    def total(self, unit: str, row: int) -> Fraction | None:
        total: Fraction | None
        (total,) = self._given(self.totals[unit], unit, np.array([row]))
        return total

    def rank(self, unit: int, row: int) -> int | None:
        return int(self.ranks[row, unit]) or None

    def differs(self, row: int) -> dict[str, str]:
        """The options of a row that are not in use."""
        pairs = zip(self.readings, self.rows[row], strict=True)
        return {name: self.options[name][number] for name, number in pairs if number}

    def best_and_worst(self, unit: int) -> tuple[int, int] | None:
        """The rows of a unit's first and last rank, nearest to the use; None where it is never ranked."""
        ranked = np.flatnonzero(self.ranks[:, unit])
        if not ranked.size:
            return None
        own, changes = self.ranks[ranked, unit], self.changes[ranked]
        more = len(self.readings) + 1
        return int(ranked[np.argmin(own * more + changes)]), int(ranked[np.argmin(changes - own * more)])

    def rank_range(self, unit: int) -> tuple[int, int, bool] | None:
        """A unit's first and last rank, and whether some row gives it none; None where it is never ranked."""
        own = self.ranks[:, unit]
        ranked = own[own > 0]
        return (int(ranked.min()), int(ranked.max()), ranked.size < own.size) if ranked.size else None

    def moves_ranks(self, reading: str) -> bool:
        """Whether the reading ever changes a rank; where not all combinations are laid out, whether it may."""
        if not self.complete:
            return True
        shape = [len(self.options[name]) for name in self.readings]
        at = self.readings.index(reading)
        laid_out = np.moveaxis(self.ranks.reshape(*shape, -1), at, 0)
        return bool((laid_out != laid_out[:1]).any())

    def _given(self, table: ReadingsTable, unit: str, rows: Numbers) -> list[Any]:
        """What a table of the unit gives in each of these rows."""
        places = [self.readings.index(name) for name in table.readings]
        options = [self.options[name] for name in table.readings]
        given = []
        for numbers in self.rows[rows][:, places].tolist():
            chosen = tuple(some[number] for some, number in zip(options, numbers, strict=True))
            given.append(table.values[chosen][unit])
        return given

    def _column(self, table: ReadingsTable, unit: str, place: Mapping[Any, int]) -> Numbers:
        """For each row the place of what a table of the unit gives there."""
        if not table.readings:
            return np.full(len(self.rows), place[table.values[()][unit]], np.int64)
        _, first, inverse = np.unique(self._codes(table.readings), return_index=True, return_inverse=True)
        return np.array([place[given] for given in self._given(table, unit, first)], np.int64)[inverse]

    def _codes(self, names: Sequence[str]) -> Numbers:
        """For each row a number, the same for the same options of these readings."""
        own = [self.rows[:, self.readings.index(name)] for name in names]
        if not own:
            return np.zeros(len(self.rows), np.int64)
        return np.ravel_multi_index(own, [len(self.options[name]) for name in names])

    def _ranks(self) -> Numbers:
        units = self.result.units
        totals = _places(v for table in self.totals.values() for by in table.values.values() for v in by.values())
        total = np.stack([self._column(self.totals[u.unit], u.unit, totals) for u in units], axis=1)
        last = np.zeros_like(total)
        for at, unit in enumerate(units):
            for table in self.last[unit.unit]:
                last[:, at] |= self._column(table, unit.unit, {False: 0, True: 1})
        ranks = np.zeros_like(total)
        variants, which = np.unique(self.rows[:, self.ranking], axis=0, return_inverse=True)
        for number, variant in enumerate(variants):
            names = [self.readings[at] for at in self.ranking]
            chosen = {name: self.options[name][n] for name, n in zip(names, variant, strict=True)}
            ranking = self.scorer.resolve(chosen).scheme.ranking
            tie = self._tie_places(ranking)
            own = np.flatnonzero(which.reshape(-1) == number)
            value = self._shares() if ranking.different_maxima == "by_share" else total
            better = -value if ranking.order == "descending" else value
            span = 2 * (int(value.max(initial=0)) + 1)  # more than any two lie apart
            place = better * (int(tie.max(initial=0)) + 1) + tie
            behind = span * (int(tie.max(initial=0)) + 1)
            place = np.where(last > 0, behind + (0 if ranking.forced_last != "by_total" else place), place)
            unranked = (total == 0) | self._lacking(ranking) | (self._few(ranking) & (last == 0))
            for members in _groups(units, ranking):
                for block in np.array_split(own, 1 + own.size * len(members) // AT_ONCE):
                    cut = np.ix_(block, np.array(members))
                    ranks[cut] = self._ranked(place[cut], unranked[cut], cut, ranking)
        return ranks

    def _ranked(
        self, place: Numbers, unranked: np.ndarray[Any, np.dtype[np.bool_]], cut: Any, ranking: Ranking
    ) -> Numbers:
        """The ranks of one group, as :func:`auditlib.scoring.rank.ranked` gives them; 0 where there is none."""
        behind_all = np.iinfo(np.int64).max
        classes = self._classes()[cut]
        if ranking.different_maxima == "by_share" or (classes == classes[:1, :1]).all():
            return np.where(unranked, 0, _placed(np.where(unranked, behind_all, place)))
        ranks = np.zeros_like(place)
        able = np.where(unranked, -1, classes)
        for alike in _alike(able):
            found = {int(one): self.kinds[int(one)] for one in set(able[alike[0]].tolist()) - {-1}}
            most = fullest(found.values())
            for one, kind in found.items():
                if len(found) > 1 and (
                    ranking.different_maxima == "undecided" or (ranking.different_maxima == "unranked" and kind != most)
                ):
                    continue
                cut = np.ix_(alike, np.flatnonzero(able[alike[0]] == one))
                ranks[cut] = _placed(place[cut])
        return ranks

    @cached_property
    def kinds(self) -> list[Attainable]:
        """Everything out of which a unit was assessed anywhere, each once."""
        tables = self.attained.values()
        return list(dict.fromkeys(v for table in tables for by in table.values.values() for v in by.values()))

    def _classes(self) -> Numbers:
        """For each row and unit, the number in ``kinds`` of what it was assessed out of."""
        if self._class_numbers is None:
            number = {kind: n for n, kind in enumerate(self.kinds)}
            units = self.result.units
            columns = [self._column(self.attained[u.unit], u.unit, number) for u in units]
            self._class_numbers = np.stack(columns, axis=1)
        return self._class_numbers

    def _shares(self) -> Numbers:
        """For each row and unit the place of its share of the full marks in the order of all; of its total where it
        has no full marks."""
        values = np.zeros((len(self.rows), len(self.result.units)), np.int64)
        shares = []
        for unit in self.result.units:
            felt = {*self.totals[unit.unit].readings, *self.attained[unit.unit].readings}
            names = [name for name in self.readings if name in felt]
            _, first, inverse = np.unique(self._codes(names), return_index=True, return_inverse=True)
            both = (self._given(by[unit.unit], unit.unit, first) for by in (self.totals, self.attained))
            shares.append(([_share(total, of) for total, of in zip(*both, strict=True)], inverse))
        places = _places(share for some, _ in shares for share in some)
        for at, (some, inverse) in enumerate(shares):
            values[:, at] = np.array([places[share] for share in some], np.int64)[inverse]
        return values

    def _lacking(self, ranking: Ranking) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """For each row and unit whether it lacks the points of an indicator that the ranking needs."""
        found = np.zeros((len(self.rows), len(self.result.units)), np.bool_)
        for name in ranking.needs:
            for at, unit in enumerate(self.result.units):
                found[:, at] |= self._column(self.lacks[name][unit.unit], unit.unit, {False: 0, True: 1}) > 0
        return found

    def _few(self, ranking: Ranking) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """For each row and unit whether it has fewer cases than the ranking needs."""
        units, least = self.result.units, ranking.minimum
        if least is None:
            return np.zeros((len(self.rows), len(units)), np.bool_)
        tables = self.ties[least.of]
        values = {value for table in tables.values() for by in table.values.values() for value in by.values()}
        few = {value: int((value or 0) < least.at_least) for value in values}
        return np.stack([self._column(tables[unit.unit], unit.unit, few) for unit in units], axis=1) > 0

    def _tie_places(self, ranking: Ranking) -> Numbers:
        """For each row and unit its place among equal totals, the better the smaller."""
        units = self.result.units
        if not isinstance(ranking.ties, TieBreak):
            return np.zeros((len(self.rows), len(units)), np.int64)
        tables = self.ties[ranking.ties.by]
        values = {v or Fraction(0) for table in tables.values() for by in table.values.values() for v in by.values()}
        ordered = sorted(values, reverse=ranking.ties.order == "descending")
        place: dict[Any, int] = {value: n for n, value in enumerate(ordered)}
        place[None] = place.get(Fraction(0), 0)
        return np.stack([self._column(tables[u.unit], u.unit, place) for u in units], axis=1)


def _share(total: Fraction | None, of: Attainable) -> Fraction | None:
    if total is None or not isinstance(of, Fraction):
        return total
    return total / of if of else Fraction(0)


def _places(values: Iterator[Fraction | None]) -> dict[Fraction | None, int]:
    """Each total with its place in the order of all, from 1; 0 stands for none."""
    found = set(values)
    ordered = sorted(value for value in found if value is not None)
    return {None: 0} | {value: n for n, value in enumerate(ordered, start=1)}


def _lacks(score: IndicatorScore | None) -> bool:
    return score is not None and score.points is None


def _placed(values: Numbers) -> Numbers:
    """The place of each value in its row: 1 and how many are less. scipy.stats has it, but takes a second to load."""
    order = np.argsort(values, axis=1)
    ordered = np.take_along_axis(values, order, axis=1)
    counted = np.arange(1, values.shape[1] + 1)
    begins = np.ones(values.shape, dtype=bool)
    begins[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    places = np.empty_like(values)
    np.put_along_axis(places, order, np.maximum.accumulate(np.where(begins, counted, 0), axis=1), axis=1)
    return places


def _alike(rows: Numbers) -> list[Numbers]:
    """The numbers of equal rows together."""
    which = np.zeros(len(rows), np.int64)
    kinds = int(rows.max(initial=0)) + 2  # -1 is one of them
    for column in rows.T:
        _, which = np.unique(which * kinds + column + 1, return_inverse=True)
    order = np.argsort(which, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(which[order])) + 1)


def _groups(units: Sequence[UnitScore], ranking: Ranking) -> list[list[int]]:
    """The numbers of the units that are ranked against one another."""
    groups: dict[str | None, list[int]] = {}
    for at, unit in enumerate(units):
        group = ranking.group_of(unit.unit, unit.name, unit.group) if ranking.within == "group" else None
        groups.setdefault(group, []).append(at)
    return list(groups.values())
