"""Which ranks by total chance alone would give: the cases of each unit drawn anew, and scored by the scheme.

Points are no shares: limits, steps, floors and caps make of chance what they make of everything else, so the score
engine itself is asked. Efron, Annals of Statistics 7 (1979); marginal percentile intervals.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from functools import partial
from hashlib import sha256

import numpy as np
import polars as pl

from auditlib.analysis.checks.draw import ledger_seed
from auditlib.core.errors import InputError
from auditlib.core.period import Period
from auditlib.core.worktime import Calendar
from auditlib.ledger.read import Ledger
from auditlib.scheme.load import Resolved
from auditlib.scoring.as_of import default_as_of
from auditlib.scoring.counts import take_tally
from auditlib.scoring.duties.measures import duty_additions
from auditlib.scoring.one_period import PeriodUnits, ScoringBasis, score_units
from auditlib.scoring.outcomes import forced_last
from auditlib.scoring.place_points import with_standings
from auditlib.scoring.quantities.evaluation import PeriodQuantities
from auditlib.scoring.rank import ranked
from auditlib.scoring.result import UnitScore
from auditlib.scoring.row_counts import INSIDE, Patterns, patterns_of

__all__ = ["DRAWS", "TotalChance", "TotalRanks", "total_ranks"]

DRAWS = 1_000
LEVEL = Fraction(95, 100)
STEP = 50
"""Draws between two words of progress."""


@dataclass(frozen=True)
class TotalChance:
    """A unit's rank by total and the ranks that :data:`LEVEL` of the draws give it, marginally.

    ``last`` and ``first`` are the shares of draws in which it is. None without a rank, or where no draw gives one.
    """

    unit: str
    name: str
    group: str | None
    cases: int
    rank: int | None
    best: int | None
    worst: int | None
    first: Fraction
    last: Fraction
    """Among the units that are ranked in that draw."""

    @property
    def width(self) -> int:
        return 0 if self.best is None or self.worst is None else self.worst - self.best


@dataclass(frozen=True)
class TotalRanks:
    """What the draws say of the ranks; ``fixed`` are the measures that no case was drawn anew for."""

    draws: int
    seed: str
    units: tuple[TotalChance, ...]
    fixed: tuple[str, ...]


def total_ranks(
    resolved: Resolved, ledger: Ledger, period: Period, as_of: datetime | None = None, *, draws: int = DRAWS,
    calendar: Calendar | None = None, progress: Callable[[int, int], None] | None = None,
) -> TotalRanks:  # fmt: skip
    """The ranks of ``draws`` ledgers in which every unit has as many cases of the period, drawn from its own.

    Everything that hangs on a case (its duties too) goes with it; events, facts and marks stay as they are, and so does
    what a measure counts outside the period. The seed of a unit is the ledger's hash with its code. Raises
    :class:`InputError` for a ledger without cases, a scheme without points, and a total that is rolled up.
    """
    scheme = resolved.scheme
    if "cases" not in ledger.registers or not scheme.indicators:
        raise InputError.at(ledger.path, "cases", "expected a register of cases and a scheme with points to draw anew")
    if period.granularity in scheme.roll_up:
        raise InputError.at(scheme.scheme, "period", f"found {period}, whose total is rolled up; expected a part of it")
    basis = ScoringBasis(
        resolved, ledger, as_of or default_as_of(ledger, period), calendar,
        partial(take_tally, registers=ledger.registers),
    )  # fmt: skip
    own = score_units(basis, period, False, None)
    counter = basis.question(period).counter(ledger.registers)
    owed = duty_additions(resolved, ledger, period, basis.as_of, calendar)
    patterns = patterns_of(counter, "cases", owed)
    seed = ledger_seed(ledger)
    drawn = {unit.unit: _draw(patterns, unit.unit, seed, draws, own.facts[unit.unit].counts) for unit in own.units}
    scorer = _Scorer(own, period)
    places: dict[str, list[tuple[int | None, int]]] = {unit.unit: [] for unit in own.units}
    for number in range(draws):
        if progress is not None and number % STEP == 0:
            progress(number, draws)
        for unit, rank, behind in scorer.ranks({code: counts[number] for code, counts in drawn.items()}):
            places[unit].append((rank, behind))
    inside = patterns.table.filter(pl.col(INSIDE)).group_by("unit").agg(pl.col("rows").sum())
    cases = dict(inside.iter_rows())
    fixed = tuple(name for name in scheme.measures if name not in patterns.scales)
    ranks = {unit: (rank, group) for unit, rank, group in scorer.now()}
    return TotalRanks(
        draws, seed,
        tuple(_summed(one, cases.get(one.unit, 0), *ranks[one.unit], places[one.unit]) for one in own.units),
        fixed,
    )  # fmt: skip


def _draw(
    patterns: Patterns, unit: str, seed: str, draws: int, counts: Mapping[str, Fraction]
) -> list[dict[str, Fraction]]:
    """For each draw what the unit's cases add up to: what they add in the ledger, changed by who was drawn."""
    own = patterns.table.filter((pl.col("unit") == unit) & pl.col(INSIDE))
    names = [name for name in patterns.scales if name in counts]
    if own.is_empty():
        return [dict(counts)] * draws
    rows = own["rows"].to_numpy().astype(np.int64)
    adds = own.select(names).to_numpy().astype(np.int64)
    key = sha256(f"auditlib-chance/1\n{seed}\n{unit}".encode()).digest()
    maker = np.random.Generator(np.random.PCG64(int.from_bytes(key, "big")))
    chosen = maker.multinomial(int(rows.sum()), rows / rows.sum(), size=draws)
    moved = (chosen - rows) @ adds
    scales = [patterns.scales[name] for name in names]
    return [
        {name: counts[name] + Fraction(int(by), scale) for name, by, scale in zip(names, row, scales, strict=True)}
        for row in moved
    ]


class _Scorer:
    """Ranks units by counts that replace some of theirs.

    Where no unit's points hang on the counts of others, the points of the same counts are computed once.
    """

    def __init__(self, own: PeriodUnits, period: Period) -> None:
        self.own, self.period, self.scheme = own, period, own.evaluation.resolved.scheme
        self.facts = {code: replace(one, evidence={}, rows={}, explained=False) for code, one in own.facts.items()}
        self.apart = not self.scheme.standings and not self.scheme.quantities
        self.known: dict[tuple[object, ...], UnitScore] = {}

    def now(self) -> list[tuple[str, int | None, str | None]]:
        """Who has which rank in which group as things are."""
        return [(one.unit, one.rank, one.ranked_in) for one in self._ranked({})]

    def ranks(self, counts: Mapping[str, Mapping[str, Fraction]]) -> list[tuple[str, int | None, int]]:
        """Each unit with its rank, and how many of its group stand behind it."""
        found = self._ranked(counts)
        worst = Counter[str | None]()
        for one in found:
            worst[one.ranked_in] = max(worst[one.ranked_in], one.rank or 0)
        return [(one.unit, one.rank, worst[one.ranked_in] - (one.rank or 0)) for one in found]

    def _ranked(self, counts: Mapping[str, Mapping[str, Fraction]]) -> tuple[UnitScore, ...]:
        scheme, before = self.scheme, self.own.evaluation
        facts = {code: replace(one, counts={**one.counts, **counts.get(code, {})}) for code, one in self.facts.items()}
        facts = with_standings(scheme, facts, before.groups) if scheme.standings else facts
        evaluation = PeriodQuantities(before.resolved, facts, before.groups, before.past)
        period = replace(self.own, evaluation=evaluation, judged={})
        scored = [self._scored(period, code) for code in period.rows]
        evaluation.totals.update({one.unit: one.total for one in scored})
        last = forced_last(scheme, self.period.granularity, evaluation.facts)
        return ranked(scored, scheme.ranking, last, evaluation=evaluation)

    def _scored(self, period: PeriodUnits, code: str) -> UnitScore:
        if not self.apart:
            return period.scored(code)
        key = (code, *period.facts[code].counts.values())
        if key not in self.known:
            self.known[key] = period.scored(code)
        return self.known[key]


def _summed(
    unit: UnitScore, cases: int, rank: int | None, group: str | None, places: list[tuple[int | None, int]]
) -> TotalChance:
    ranks = sorted(one for one, _ in places if one is not None)
    tail = (1 - LEVEL) / 2
    out = int(tail * len(ranks))
    best, worst = (ranks[out], ranks[-1 - out]) if ranks else (None, None)
    firsts, lasts = sum(one == 1 for one in ranks), sum(one is not None and behind == 0 for one, behind in places)
    count = max(1, len(ranks))
    return TotalChance(
        unit.unit, unit.name, group, cases, rank, best, worst, Fraction(firsts, count), Fraction(lasts, count)
    )
