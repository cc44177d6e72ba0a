"""Ten million cases, made up: what the benchmarks count."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl

START = np.datetime64(datetime(2025, 1, 1), "us").astype("int64")
MINUTE = 60_000_000


def write_cases(file: Path, rows: int, units: int = 300, seed: int = 1, open_share: float = 0.0) -> None:
    """A year of cases of the heating scheme as one Parquet file, in the order in which they came in.

    ``open_share`` of them were not closed yet.
    """
    rng = np.random.default_rng(seed)
    received = np.sort(rng.integers(0, 365 * 1440 * 60, rows)) * 1_000_000 + START

    def after(base: np.ndarray, typical_minutes: float, unknown_share: float) -> pl.Series:
        delay = (rng.exponential(typical_minutes, rows) * 60).astype("int64") * 1_000_000
        return known(base + delay, rng.random(rows) >= unknown_share)

    def known(times: np.ndarray, which: np.ndarray) -> pl.Series:
        nothing = pl.Series([None] * rows, dtype=pl.Datetime("us"))
        return pl.Series(times).cast(pl.Datetime("us")).zip_with(pl.Series(which), nothing)

    def pick(names: list[str | None], shares: list[float]) -> pl.Series:
        codes = rng.choice(len(names), rows, p=shares)
        return pl.Series(names, dtype=pl.String).gather(codes)

    accepted = received + (rng.exponential(12, rows) * 60).astype("int64") * 1_000_000
    kinds = pick(["咨询", "投诉", "复杂"], [0.35, 0.55, 0.10])
    closed = received + (rng.exponential(1800, rows) * 60).astype("int64") * 1_000_000
    is_closed = np.random.default_rng(seed + 1).random(rows) >= open_share  # its own draws: the others stay as they are
    table = pl.DataFrame(
        {
            "case_id": pl.select(pl.format("C{}", pl.int_range(rows))).to_series(),
            "unit": pl.select(pl.format("U{}", pl.Series(rng.integers(0, units, rows)))).to_series(),
            "kind": kinds,
            "person_key": pl.select(pl.format("P{}", pl.Series(rng.integers(0, rows // 3, rows)))).to_series(),
            "problem_key": pl.select(pl.format("Q{}", pl.Series(rng.integers(0, 4, rows)))).to_series(),
            "received_at": pl.Series(received).cast(pl.Datetime("us")),
            "entered_at": after(received, 200, 0.0),
            "accepted_at": pl.Series(accepted).cast(pl.Datetime("us")),
            "contacted_at": after(accepted, 50, 0.01),
            "planned_at": after(received, 900, 0.02),
            "replied_at": after(received, 120, 0.02),
            "closed_at": known(closed, is_closed),
            "resolved": pl.Series(rng.random(rows) < 0.92),
            "satisfaction": pick(["满意", "基本满意", "不满意", None], [0.7, 0.15, 0.08, 0.07]),
            "reviewed_at": after(closed, 700, 0.5),
            "redone": pl.Series(rng.random(rows) < 0.6),
            "missing_items": pl.Series((rng.random(rows) < 0.02).astype("int64")),
        }
    )
    table.write_parquet(file, row_group_size=500_000)
