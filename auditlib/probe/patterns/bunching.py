"""Closings bunched before a limit, weighted by the unit's own hours.

The last moments before a limit are compared with equal windows two widths earlier and two widths later. A limit of
whole days falls at the time of day of the intake, where closings have their daily peak: unweighted, such windows flag
honest ledgers (19 of 20 with a limit of 48 hours). So each case in a window has the chance of being in the middle one
that the unit's own closings at those hours of the week give it, far from any limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import polars as pl

from auditlib.probe.clocks import CELLS, HOUR, ClockRows, Grounds, hour_cells
from auditlib.probe.families import Family, Observed
from auditlib.probe.minutes import unit_code
from auditlib.probe.nulls import Binomial, Null, PoissonBinomial, strata_tail
from auditlib.probe.settings import Settings
from auditlib.scheme.duty_clock import MOMENT

__all__ = ["bunching", "day_end", "excess_mass", "placebo_share", "window_counts", "window_width"]

SECOND = 1_000_000
LOOKED = (1, 3, 5, 7, 9)
"""Tenths of a window at which the hour of the week is looked up."""
OWN_HOURS = 500
"""A unit with fewer closings is given the hours of all units."""
SHORT = 4 * HOUR
LONG = 72 * HOUR


def bunching(grounds: Grounds, settings: Settings) -> Iterator[Family]:
    """A family a clock; for limits of (usually) three days and more a second one, 4 hours wide and a day apart."""
    for clock in grounds.clocks:
        if clock.rows.is_empty():
            yield Family("bunching", clock.name, state="not_applicable", why=clock.name)
            continue
        width = window_width(clock, settings)
        yield _family(grounds, settings, clock, clock.name, width, 2 * width)
        # By one limit in working days the long ones would be those over a weekend, with no closings a day before.
        usual = pl.col("allowed") if clock.each else pl.col("allowed").median()
        long = replace(clock, rows=clock.rows.filter(usual >= LONG))
        if long.rows.height:
            width = np.full(long.rows.height, SHORT)
            yield _family(grounds, settings, long, f"{clock.name}/4h", width, np.full(long.rows.height, 24 * HOUR))


def window_width(clock: ClockRows, settings: Settings) -> np.ndarray:
    """The width of the window of each row: its part of the limit, and at least five ticks of the clock."""
    ticks = 5 * (SECOND if (clock.rows["end"].dt.second() != 0).any() else 60 * SECOND)
    share = settings.window
    return np.maximum(clock.rows["allowed"].to_numpy() * share.numerator // share.denominator, ticks)


def _family(
    grounds: Grounds, settings: Settings, clock: ClockRows, name: str, width: np.ndarray, shift: np.ndarray
) -> Family:
    rows, level = clock.rows, float(settings.level)
    left = rows["left"].to_numpy()
    part = window_counts(left, width, shift)
    usual = int(rows["allowed"].median() or 0)  # type: ignore[arg-type]
    weighted = usual >= SHORT
    chance = _chances(grounds, rows, part, width, shift) if weighted else np.full(rows.height, 1 / 3)
    table = rows.select("case_id", "unit", "kind", "end").with_columns(
        part=pl.Series(part), chance=pl.Series(chance), allowed=rows["allowed"]
    )
    hit = table.filter(pl.col("part") >= 0).sort("case_id")
    acts = hit.unique(["unit", pl.col("end").dt.truncate("1m")], keep="first", maintain_order=True)
    closed = dict(table.group_by("unit").len().iter_rows())
    observed = []
    by_unit, acts_by_unit = (
        {key[0]: one for key, one in rows_.partition_by("unit", as_dict=True).items()} for rows_ in (hit, acts)
    )
    for unit in sorted(closed):
        own = by_unit.get(unit, hit.clear())
        counts = [int((own["part"] == place).sum()) for place in range(3)]
        null = _null(own, weighted)
        observed.append(
            Observed(
                unit,
                {"window": counts[0], "before": counts[1], "after": counts[2], "closed": closed[unit]},
                null,
                _null(acts_by_unit.get(unit, acts.clear()), weighted),
                own.filter(pl.col("part") == 0)["case_id"].to_list(),
                agrees=lambda unit=unit: _peers(table, unit) <= level,  # type: ignore[misc]
                more={"method": "placebo_clock" if weighted else "placebo_equal"},
            )
        )
    return Family("bunching", name, observed)


def window_counts(left: np.ndarray, width: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """For what was ``left``: 0 in the last ``width``, 1 in the same ``shift`` earlier, 2 in that later, −1 in none."""
    inside = [(left >= low) & (left < low + width) for low in (0 * shift, shift, -shift)]
    return np.select(inside, [0, 1, 2], -1)


def _chances(
    grounds: Grounds, rows: pl.DataFrame, part: np.ndarray, width: np.ndarray, shift: np.ndarray
) -> np.ndarray:
    """For each case the chance of the middle window by the unit's closings in those hours of the week."""
    units, codes = unit_code(rows["unit"])
    code = codes.to_numpy()
    end = rows["end"].cast(pl.Datetime("us")).cast(pl.Int64).to_numpy()
    due = rows["due"].cast(pl.Datetime("us")).cast(pl.Int64).to_numpy()
    far = np.abs(rows["left"].to_numpy()) > 3 * width
    where = code * CELLS + hour_cells(end, grounds.calendar)
    counts = np.bincount(where[far], minlength=len(units) * CELLS).reshape(len(units), CELLS).astype(float)
    few = counts.sum(axis=1) < OWN_HOURS
    counts[few] = counts.sum(axis=0)
    found = np.full(rows.height, np.nan)
    hit = np.flatnonzero(part >= 0)
    weights = []
    for moved in (0, -1, 1):
        sums = np.zeros(len(hit))
        for tenth in LOOKED:
            away = moved * shift[hit] - width[hit] * tenth // 10
            time = due[hit] + np.sign(away) * (np.abs(away) // SECOND) * SECOND  # clocks tell whole seconds
            sums += 0.5 + counts[code[hit], hour_cells(time, grounds.calendar)]
        weights.append(sums / len(LOOKED))
    found[hit] = weights[0] / sum(weights)
    return found


def _null(hit: pl.DataFrame, weighted: bool) -> Null:
    inside = int((hit["part"] == 0).sum())
    if weighted:
        return PoissonBinomial(inside, hit["chance"].to_list())
    return Binomial(inside, hit.height, Fraction(1, 3))


def _peers(table: pl.DataFrame, unit: str) -> float:
    """The unit's share in the window against its peers', within kind, limit and month (exact conditional test)."""
    strata = table.group_by("kind", "allowed", pl.col("end").dt.truncate("1mo").alias("month")).agg(
        pl.len(), (pl.col("part") == 0).sum().alias("inside"), (pl.col("unit") == unit).sum().alias("own")
    )
    mine = table.filter((pl.col("unit") == unit) & (pl.col("part") == 0)).height
    return strata_tail(mine, strata.filter(pl.col("own") > 0).select("len", "inside", "own").rows())


def day_end(grounds: Grounds, settings: Settings) -> Iterator[Family]:
    """Closings heaped in the last ten minutes of the day, for limits that end with it.

    Both windows that they are compared with lie before, so that a day which ends quietly makes the test conservative.
    """
    clocks = [clock for clock in grounds.clocks if _ends_with_day(clock.rows)]
    if not clocks:
        yield Family("day_end", "", state="not_applicable", why="due_at")
    for clock in clocks:
        minute = pl.col("end").dt.hour().cast(pl.Int32) * 60 + pl.col("end").dt.minute()
        late = clock.rows.with_columns(part=(24 * 60 - minute - 1) // 10).filter(pl.col("part") < 3)
        acts = late.unique(["unit", pl.col("end").dt.truncate("1m")], keep="first", maintain_order=True)
        observed = []
        for unit in sorted(clock.rows["unit"].unique()):
            own = late.filter(pl.col("unit") == unit)
            counts = [int((own["part"] == place).sum()) for place in range(3)]
            few = acts.filter(pl.col("unit") == unit)
            observed.append(
                Observed(
                    unit,
                    {"window": counts[0], "before": counts[1], "earlier": counts[2]},
                    Binomial(counts[0], sum(counts), Fraction(1, 3)),
                    Binomial(int((few["part"] == 0).sum()), few.height, Fraction(1, 3)),
                    sorted(own.filter(pl.col("part") == 0)["case_id"]),
                )
            )
        yield Family("day_end", clock.name, observed)


def _ends_with_day(rows: pl.DataFrame) -> bool:
    """Whether most last moments are a midnight, or the microsecond before it."""
    due = rows["due"]
    return int(((due + MOMENT).dt.truncate("1d") >= due).sum()) * 2 > due.len()


def excess_mass(bins: Sequence[int], counts: Sequence[int], excluded: Sequence[int]) -> tuple[Fraction, ...]:
    """What a straight line through the bins outside a window makes of those inside: expected, excess, relative excess
    before the limit (the first excluded bin), and what is missing after it (the second).

    Missing mass must mirror excess: excess without a hole is work timed to the limit, not re-dated records.
    Source: Chetty, Friedman, Olsen & Pistaferri, QJE 126 (2011), with a polynomial of degree 1.
    """
    outside = [(x, y) for x, y in zip(bins, counts, strict=True) if x not in excluded]
    n, sx, sy = len(outside), sum(x for x, _ in outside), sum(y for _, y in outside)
    sxx, sxy = sum(x * x for x, _ in outside), sum(x * y for x, y in outside)
    slope = Fraction(n * sxy - sx * sy, n * sxx - sx * sx)
    level = (sy - slope * sx) / n
    before, after = (level + slope * x for x in excluded)
    inside = dict(zip(bins, counts, strict=True))
    excess = inside[excluded[0]] - before
    return before, excess, excess / before, after - inside[excluded[1]]


def placebo_share(shift: float) -> float:
    """The chance of the middle window under exponential durations whose mean is 1: below a third, so that the test is
    conservative where a density is convex."""
    return 1 / (1 + 2 * float(np.cosh(shift)))
