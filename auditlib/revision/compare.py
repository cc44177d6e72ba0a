"""A past ledger under two versions of a scheme: who moves, by how much, and through which indicator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from auditlib.analysis.breakdown import account_of
from auditlib.analysis.diff import UnitDiff, diff
from auditlib.scheme.load import Resolved
from auditlib.scoring.result import Result, UnitScore

__all__ = ["Comparison", "Move", "compare_versions"]


@dataclass(frozen=True)
class Move:
    """One unit under both versions. ``by_indicator`` adds up to the difference of the totals, where both have one."""

    old: UnitScore
    new: UnitScore
    by_indicator: Mapping[str, Fraction]

    @property
    def group(self) -> str | None:
        """The group that it is ranked in under the new version."""
        return self.new.ranked_in

    @property
    def delta(self) -> Fraction | None:
        """The difference of the totals; None where one of the two has none."""
        return None if self.old.total is None or self.new.total is None else self.new.total - self.old.total

    @property
    def places(self) -> int | None:
        """By how many places the unit rises (above 0) or falls (below 0); None where it is not ranked in both."""
        return None if self.old.rank is None or self.new.rank is None else self.old.rank - self.new.rank


@dataclass(frozen=True)
class Comparison:
    """The units that both versions assess, in the order of the new ranking."""

    moves: tuple[Move, ...]

    @cached_property
    def groups(self) -> dict[str | None, list[Move]]:
        """The units that both versions rank, by group."""
        found: dict[str | None, list[Move]] = {}
        for move in self.moves:
            if move.places is not None:
                found.setdefault(move.group, []).append(move)
        return found

    @property
    def proportional(self) -> bool:
        """Whether every unit attains the same share of every maximum in both, so that weights alone move ranks."""
        return all(
            _share(move.old, indicator.id) == _share(move.new, indicator.id)
            for move in self.moves
            for indicator in move.new.indicators
        )

    def pulls(self, move: Move) -> dict[str, Fraction]:
        """What each indicator gives a unit beyond what it gives its group in the mean: what all get moves no rank."""
        peers = self.groups.get(move.group, [])
        names = dict.fromkeys(name for peer in peers for name in peer.by_indicator)
        return {name: move.by_indicator.get(name, Fraction(0)) - _mean(peers, name) for name in names}


def compare_versions(old: tuple[Resolved, Result], new: tuple[Resolved, Result]) -> Comparison:
    """The results of two versions on the same ledger and period, unit by unit."""
    diffs = {unit.unit: unit for unit in diff(account_of(*old), account_of(*new)).units}
    before = {unit.unit: unit for unit in old[1].units}
    return Comparison(
        tuple(
            Move(before[unit.unit], unit, _by_indicator(diffs.get(unit.unit)))
            for unit in new[1].units
            if unit.unit in before
        )
    )


def _by_indicator(unit: UnitDiff | None) -> dict[str, Fraction]:
    """What start, lines and bounds of each indicator change together; what is no indicator's keeps its own name."""
    found: dict[str, Fraction] = {}
    for change in unit.changes if unit else ():
        if change.counts:
            name = change.key[1] if change.key[0] in ("line", "start", "bounds") else change.key[0]
            found[name] = found.get(name, Fraction(0)) + change.delta
    return found


def _share(unit: UnitScore, indicator: str) -> Fraction | None:
    scored = next((one for one in unit.indicators if one.id == indicator), None)
    return None if scored is None or scored.points is None or not scored.max else scored.points / scored.max


def _mean(peers: Sequence[Move], name: str) -> Fraction:
    return sum((peer.by_indicator.get(name, Fraction(0)) for peer in peers), Fraction(0)) / len(peers)
