"""How the cost of a run grows with cases, with units and with reports, and what that makes of a national year.

    python benchmarks/bench_growth.py [--cases 800000] [--units 60] [--reports 8]

The largest slice has the density of the year that it stands for: some 1,111 cases a unit and month. One of the three
grows at a time while the others stand still. Each size is scored in a process of its own, so that time and
peak memory are its own: a ledger of a year lies in parts, and its December is scored with everything that reports show
of it. The exponent is the slope from one size to the next: 1 means twice the cost for twice the size.

The last table is arithmetic, not a measurement, for 40 million cases, 3,000 units and 36,000 reports. The seconds of
scoring go on with the last slope, but never by less than in proportion: a slope below 1 shows fixed costs, which large
sizes do not have. Memory and reports go on in a straight line through the first and the last size.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PARTS = 8
CASES, UNITS, REPORTS, MONTHS = 40_000_000, 3_000, 36_000, 12
LEAST = 100_000

Sizes = list[tuple[int, dict[str, float]]]
"""What was measured, by the size that grows."""


def write_world(folder: Path, cases: int, units: int) -> None:
    """A ledger of a year in parts, and a run over its last month."""
    import polars as pl
    from generate import write_cases

    from auditlib.ledger.divided.divide import write_divided
    from auditlib.ledger.read import read_ledger

    plain = folder / "plain"
    plain.mkdir(parents=True)
    write_cases(plain / "cases.parquet", cases, units)
    names = [f"U{number}" for number in range(units)]
    pl.DataFrame({"unit": names, "name": names, "group": ["all"] * units}).write_csv(plain / "units.csv")
    (plain / "events.csv").write_text("event_id,unit,at,kind,count\n")
    (plain / "submissions.csv").write_text("unit,kind,due_at,submitted_at,valid,missing_items\n")
    (plain / "ledger.yaml").write_text('as_of: "2026-03-01T00:00:00"\nsynthetic: true\n')
    write_divided(read_ledger(plain), folder / "parts", PARTS)
    head = "run: growth\ntitle: {zh: 增长, en: Growth}\nscheme: s22-heating\naccept_rejects: true\n"
    notebooks = "notebooks:\n  - {notebook: unit_audit, per: unit}\n"
    (folder / "run.yaml").write_text(f"{head}ledger: {folder / 'parts'}\nperiods: [2025-12]\n{notebooks}")


def planned(folder: Path):  # type: ignore[no-untyped-def]
    """The run, its period scored and kept for the reports."""
    from auditlib.runs.period_cache import KeptPeriods
    from auditlib.runs.plan import plan_run
    from auditlib.runs.runfile import read_run

    return plan_run(read_run(folder / "run.yaml"), folder / "out", KeptPeriods(folder / "kept"))


def in_a_process(what: str, folder: Path, **sizes: int) -> Any:
    """What a step gives, in a process of its own. This one stays small: a process inherits the peak of its parent."""
    command = [sys.executable, __file__, "--one", what, "--folder", str(folder)]
    command += [text for name, size in sizes.items() for text in (f"--{name}", str(size))]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=HERE.parent)
    return json.loads(done.stdout.splitlines()[-1])


def score(folder: Path) -> dict[str, float]:
    """The seconds of planning a month, which scores it, and the peak memory of the process that does."""
    started = time.perf_counter()
    planned(folder)
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "GiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2}


def report(folder: Path, counts: Sequence[int]) -> list[dict[str, float]]:
    """The seconds of making so many reports, two at a time, and the peak memory of a process that makes one."""
    from auditlib.runs.execute import execute
    from auditlib.runs.runfile import Limits

    plan = planned(folder)
    found = []
    for count in counts:
        started = time.perf_counter()
        outcomes = list(execute(plan.reports[:count], 2, Limits(), folder / "kept"))
        seconds = time.perf_counter() - started
        assert [outcome.error for outcome in outcomes] == [None] * count
        found.append({"seconds": seconds, "GiB": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2})
    return found


def show(what: str, sizes: Sizes) -> float:
    """The table of what grows; returns the last slope."""
    print(f"\n{what:>10} {'seconds':>9} {'peak GiB':>9} {'exponent':>9}")
    slope = math.nan
    for index, (size, found) in enumerate(sizes):
        if index:
            before, earlier = sizes[index - 1]
            slope = math.log(found["seconds"] / earlier["seconds"]) / math.log(size / before)
        exponent = f"{slope:9.2f}" if index else f"{'':9}"
        print(f"{size:>10,} {found['seconds']:>9.2f} {found['GiB']:>9.2f} {exponent}", flush=True)
    return slope


def extended(sizes: Sizes, slope: float, size: int) -> float:
    """The last seconds carried on to ``size``."""
    last, found = sizes[-1]
    return found["seconds"] * (size / last) ** max(slope, 1.0)


def beyond(sizes: Sizes, size: int, key: str) -> float:
    """What is the same for any size, and what each further one adds between the first and the last size measured."""
    (first, least), (last, most) = sizes[0], sizes[-1]
    return most[key] + (most[key] - least[key]) / (last - first) * (size - last)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cases", type=int, default=800_000, help="of the largest year")
    options.add_argument("--units", type=int, default=60, help="of the largest slice")
    options.add_argument("--reports", type=int, default=8, help="the most at once")
    options.add_argument("--one", choices=("write", "score", "report"), help=argparse.SUPPRESS)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.one:
        from auditlib.runs.engine.imports import skip_unused_imports

        skip_unused_imports()
        if given.one == "write":
            write_world(given.folder, given.cases, given.units)
            print("{}")
        elif given.one == "score":
            planned(given.folder.parent / "small")  # imports, calendar and scheme cost the same for any size
            print(json.dumps(score(given.folder)))
        else:
            print(json.dumps(report(given.folder, (given.reports // 4, given.reports))))
        return
    if given.reports > given.units:
        options.error(f"found {given.reports} reports of {given.units} units, expected at most one of each")
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        fewer = given.cases // 4
        worlds = {(c, given.units) for c in (fewer // 4, fewer, given.cases)} | {(fewer, 8 * given.units)}
        in_a_process("write", work / "small", cases=500, units=2)
        for cases, units in sorted(worlds):
            in_a_process("write", work / f"{cases}-{units}", cases=cases, units=units)
        scored = {key: in_a_process("score", work / f"{key[0]}-{key[1]}") for key in sorted(worlds)}
        by_cases: Sizes = [(c, scored[c, given.units]) for c in (fewer // 4, fewer, given.cases)]
        by_units: Sizes = [(u, scored[fewer, u]) for u in (given.units, 8 * given.units)]
        world, counts = work / f"{given.cases}-{given.units}", (given.reports // 4, given.reports)
        by_reports: Sizes = list(zip(counts, in_a_process("report", world, reports=given.reports), strict=True))
        parquet = sum(file.stat().st_size for file in (world / "parts").rglob("*.parquet")) / given.cases
    print(f"s22-heating, a year in {PARTS} parts, December scored, {os.cpu_count()} cores")
    slopes = show("cases", by_cases), show("units", by_units), show("reports", by_reports)
    if given.cases < LEAST:
        print(
            f"\nnothing is carried on to a year from fewer than {LEAST:,} cases: fixed costs are most of what they cost"
        )
        return
    month = extended(by_cases, slopes[0], CASES) + extended(by_units, slopes[1], UNITS)
    made = beyond(by_reports, REPORTS, "seconds")
    print(
        f"\non paper: {CASES:,} cases, {UNITS:,} units, {REPORTS:,} reports\n"
        f"the ledger in Parquet            {parquet * CASES / 1e9:9.1f} GB\n"
        f"scoring, a month                 {month / 3600:9.2f} h on {os.cpu_count()} cores\n"
        f"scoring, {MONTHS} months               {MONTHS * month / 3600:9.2f} h on {os.cpu_count()} cores\n"
        f"memory to score a month          {beyond(by_cases, CASES, 'GiB'):9.0f} GiB\n"
        f"reports                          {made / 3600:9.2f} h on 2 cores\n"
        f"reports                          {made / 3600 / 32:9.2f} h on 64 cores"
    )


if __name__ == "__main__":
    main()
