"""Two results side by side: whose points, rank and outcomes differ, and which clause did it. The sums add up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from auditlib.analysis.breakdown import Account, Entry, Key, ResultAccount

__all__ = ["Change", "ResultDiff", "UnitDiff", "diff"]


@dataclass(frozen=True)
class Change:
    """One entry of a unit's account that differs: a score line, a bound, a start, a period of a roll-up.

    ``counts`` is False where it is no part of the total: the lines of a period whose total is rolled up.
    """

    key: Key
    clause: str
    old: Entry | None
    new: Entry | None
    counts: bool

    @property
    def delta(self) -> Fraction:
        """What it changes in the total (or would, where it counts)."""
        return (self.new.points if self.new else Fraction(0)) - (self.old.points if self.old else Fraction(0))

    @property
    def evidence(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The rows that it rests on now and did not before, and the other way round."""
        before = set(self.old.evidence if self.old else ())
        after = set(self.new.evidence if self.new else ())
        return tuple(sorted(after - before)), tuple(sorted(before - after))


@dataclass(frozen=True)
class UnitDiff:
    """One unit in two results; ``old`` or ``new`` is None where only the other has it."""

    unit: str
    old: Account | None
    new: Account | None
    changes: tuple[Change, ...]
    facts: tuple[tuple[str, str | None, str | None], ...]
    """What else differs: rank, outcomes, statuses, counts and rates, each with what it was and is."""

    @property
    def delta(self) -> Fraction | None:
        """The difference of the totals; None where one of the two has none."""
        if self.old is None or self.new is None or self.old.total is None or self.new.total is None:
            return None
        return self.new.total - self.old.total

    def by_clause(self) -> dict[str, Fraction]:
        """What each clause changes in the total; together they are the difference of the totals.

        ``bounds`` is what floors and caps take back or add to that, ``rounding`` what the decimals of stored results
        leave over (with the base, which they do not show).
        """
        found: dict[str, Fraction] = {}
        for change in self.changes:
            if change.counts:
                name = change.key[0] if change.key[0] in ("bounds", "rounding") else change.clause
                found[name] = found.get(name, Fraction(0)) + change.delta
        return {name: delta for name, delta in found.items() if delta}


@dataclass(frozen=True)
class ResultDiff:
    """Two results; empty where they say the same."""

    heads: tuple[tuple[str, str | None, str | None], ...]
    """What the results are of: scheme, version, period, readings, supplied values, warnings."""
    units: tuple[UnitDiff, ...]

    @property
    def equal(self) -> bool:
        return not self.heads and not self.units


def diff(old: ResultAccount, new: ResultAccount) -> ResultDiff:
    """Where two results differ, unit by unit in the order of the old one."""
    codes = [*old.units, *(code for code in new.units if code not in old.units)]
    units = [_unit(code, old.units.get(code), new.units.get(code)) for code in codes]
    differing = tuple(unit for unit in units if unit.changes or unit.facts or None in (unit.old, unit.new))
    return ResultDiff(tuple(_differing(old.heads, new.heads)), differing)


def _unit(code: str, old: Account | None, new: Account | None) -> UnitDiff:
    if old is None or new is None:
        return UnitDiff(code, old, new, (), ())
    keys = [*old.entries, *(key for key in new.entries if key not in old.entries)]
    changes = []
    for key in keys:
        one, other = old.entries.get(key), new.entries.get(key)
        if one != other:
            shown = other or one
            assert shown is not None
            changes.append(Change(key, shown.clause, one, other, shown.counts))
    return UnitDiff(code, old, new, tuple(changes), tuple(_differing(old.facts, new.facts)))


def _differing(
    old: Mapping[str, str | None], new: Mapping[str, str | None]
) -> Iterable[tuple[str, str | None, str | None]]:
    for name in [*old, *(name for name in new if name not in old)]:
        if old.get(name) != new.get(name):
            yield name, old.get(name), new.get(name)
