"""A table of shares judged: who can be told from whom, who may hold which rank, or that it says nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from auditlib.chance.funnel import Dispersion, Verdict, dispersion, verdict
from auditlib.chance.homogeneity import Homogeneity, homogeneity
from auditlib.chance.rank_sets import rank_sets
from auditlib.chance.shares import ShareTable, UnitShare
from auditlib.chance.shrinkage import prior_of, shrunk
from auditlib.sampling.bounds import clopper_pearson, wilson

__all__ = ["CONFIDENCE", "JudgedShares", "JudgedUnit", "judge_shares"]

CONFIDENCE = Fraction(95, 100)


@dataclass(frozen=True)
class JudgedUnit:
    """A unit's share with what chance leaves open.

    Wilson's interval is to be looked at, Clopper–Pearson's is for claims; ``ranks`` are the first and last that it can
    have among the others, the highest share first; ``shrunk`` is its share drawn to theirs.
    """

    of: UnitShare
    wilson: tuple[float, float]
    exact: tuple[float, float]
    ranks: tuple[int, int]
    verdict: Verdict | None
    shrunk: Fraction | None

    @property
    def share(self) -> Fraction:
        return Fraction(self.of.hits, self.of.cases)


@dataclass(frozen=True)
class JudgedShares:
    """A table of shares judged as a whole and unit by unit."""

    table: ShareTable
    homogeneity: Homogeneity
    dispersion: Dispersion | None
    units: tuple[JudgedUnit, ...]

    @property
    def pooled(self) -> Fraction:
        return Fraction(sum(one.of.hits for one in self.units), sum(one.of.cases for one in self.units))

    @property
    def says_nothing(self) -> bool:
        """Whether chance alone explains all differences, so that every unit may hold any rank."""
        return self.homogeneity.says_nothing


def judge_shares(
    table: ShareTable, target: Fraction | None = None, progress: Callable[[int, int], None] | None = None
) -> JudgedShares:
    """The table judged. ``target`` is the middle of the funnel in place of the pooled share."""
    hits, cases = [one.hits for one in table.units], [one.cases for one in table.units]
    alike = homogeneity(hits, cases)
    ranks = [(1, len(cases))] * len(cases) if alike.says_nothing else rank_sets(hits, cases, progress=progress)
    spread = dispersion(hits, cases)
    prior = prior_of(spread) if spread is not None else None
    units = []
    for one, own in zip(table.units, ranks, strict=True):
        place = verdict(one.hits, one.cases, spread, target) if spread is not None else None
        alone = spread.pooled if spread is not None else None
        towards = shrunk(one.hits, one.cases, prior) if prior is not None else alone
        units.append(
            JudgedUnit(
                one, wilson(one.hits, one.cases, CONFIDENCE), clopper_pearson(one.hits, one.cases, CONFIDENCE), own,
                place, towards,
            )
        )  # fmt: skip
    return JudgedShares(table, alike, spread, tuple(units))
