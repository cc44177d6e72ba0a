"""An export of five million rows taken in, beside Polars and DuckDB that only turn the same CSV into Parquet.

The others neither map nor check a cell, so that the ratio says what taking in costs above mere reading. Each contender
is a process of its own, by turns; what counts is the processor's time, for another program may be running. DuckDB is
one of them where it is installed. All must have as many rows.

    .venv/bin/python benchmarks/bench_intake.py [--rows 5000000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

BATCH = 500_000
YEAR = 365 * 86_400
MAPPING = """
mapping: bench
title: {zh: 基准, en: Benchmark}
as_of: "2027-01-01T00:00:00"
registers:
  units: {distinct: true, columns: {unit: {column: 承办单位}}}
  cases:
    columns:
      case_id: {column: 工单号}
      unit: {column: 承办单位}
      channel: {column: 来源}
      category: {column: 问题分类}
      received_at: {column: 提交时间, time: "%Y-%m-%d %H:%M:%S"}
      due_at: {column: 办理期限, time: "%Y-%m-%d %H:%M:%S"}
      closed_at: {column: 办结时间, time: "%Y-%m-%d %H:%M:%S"}
      status: {column: 状态}
      satisfaction: {column: 满意度}
"""
WAYS = {
    "auditlib": "from auditlib.cli import main; main()",
    "polars": "import polars as pl, sys; pl.scan_csv(sys.argv[1], infer_schema=False).sink_parquet(sys.argv[2])",
    "duckdb": "import duckdb, sys; duckdb.sql(f\"copy (from read_csv('{sys.argv[1]}', all_varchar=true)) to "
    "'{sys.argv[2]}' (format parquet)\")",
}


def write_export(file: Path, rows: int, seed: int = 1) -> None:
    """A year of tickets of a hotline as offices export them, in the order in which they came in."""
    rng = np.random.default_rng(seed)
    start = int(np.datetime64("2025-01-01", "s").astype("int64"))

    def written(seconds: np.ndarray) -> pl.Series:
        return (pl.Series(seconds) * 1_000_000).cast(pl.Datetime("us")).dt.strftime("%Y-%m-%d %H:%M:%S")

    def pick(words: list[str | None], size: int) -> pl.Series:
        return pl.Series(words, dtype=pl.String).gather(rng.integers(0, len(words), size))

    with file.open("wb") as stream:
        for first in range(0, rows, BATCH):
            size = min(BATCH, rows - first)
            numbers = pl.int_range(first, first + size, eager=True)
            received = start + numbers.to_numpy() * YEAR // rows
            closed = received + rng.exponential(8 * 86_400, size).astype("int64")
            done = pl.Series(rng.random(size) >= 0.05)
            nothing = pl.Series([None] * size, dtype=pl.String)
            pl.DataFrame(
                {
                    "工单号": pl.select(pl.format("GD{}", numbers)).to_series(),
                    "承办单位": pl.select(
                        pl.format("第{}街道办事处", pl.Series(rng.integers(1, 300, size)))
                    ).to_series(),
                    "来源": pick(["电话", "网络", "来信", "来访"], size),
                    "问题分类": pick(["供热不达标", "漏水", "噪声扰民", "物业服务"], size),
                    "提交时间": written(received),
                    "办理期限": written(received + 15 * 86_400),
                    "办结时间": written(closed).zip_with(done, nothing),
                    "状态": pl.Series(["办理中", "已办结"]).gather(done.cast(pl.UInt32)),
                    "满意度": pick(["满意", "基本满意", "不满意", None], size),
                }
            ).write_csv(stream, include_header=not first)


def measured(way: str, export: Path, folder: Path) -> tuple[float, float, int]:
    """Seconds of the processor, peak GiB and rows of one way of turning the export into Parquet."""
    made = folder / f"{way}.parquet"
    arguments = [str(export), str(made)]
    if way == "auditlib":
        mapping = folder / "mapping.yaml"
        mapping.write_text(MAPPING, encoding="utf-8")
        made = folder / "ledger" / "cases.parquet"
        arguments = ["intake", str(export), "--mapping", str(mapping), "--format", "parquet", "--replace"]
        arguments += ["--out", str(made.parent)]
    process = subprocess.Popen([sys.executable, "-c", WAYS[way], *arguments], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{way} ended with {process.returncode}")
    rows = pl.scan_parquet(made).select(pl.len()).collect().item()
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20, int(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    ways = [way for way in WAYS if way != "duckdb" or importlib.util.find_spec("duckdb")]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        export = folder / "export.csv"
        write_export(export, asked.rows)
        size = export.stat().st_size
        found: dict[str, list[tuple[float, float, int]]] = {way: [] for way in ways}
        for _ in range(asked.rounds):
            for way in ways:
                found[way].append(measured(way, export, folder))
    if wrong := {way for way, rounds in found.items() if any(rows != asked.rows for *_, rows in rounds)}:
        raise SystemExit(f"{', '.join(sorted(wrong))}: found another number of rows, expected {asked.rows}")
    medians = {
        way: [statistics.median(one[place] for one in rounds) for place in (0, 1)] for way, rounds in found.items()
    }
    print(f"{asked.rows:,} rows, {size / 1e6:,.0f} MB, medians of {asked.rounds}")
    print(f"{'':10} {'processor s':>12} {'peak GiB':>9} {'s / polars':>11} {'GiB / file':>11}")
    for way, (seconds, peak) in medians.items():
        ratio = seconds / medians["polars"][0]
        print(f"{way:10} {seconds:12.1f} {peak:9.2f} {ratio:11.2f} {peak * 2**30 / size:11.2f}")
    if "duckdb" not in ways:
        print("duckdb is not installed here")


if __name__ == "__main__":
    main()
