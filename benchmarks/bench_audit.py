"""A probe and a restatement beside plain Polars, pass by pass, on one ledger of many cases.

Both contenders read the same Parquet files, each in a process of its own. The counts of every pass must be equal, which
is looked at on a few cases before the many are made, and again on the many. Time is processor time of the process, all
threads together, in seconds; the whole probe is told in seconds on the clock as well, with its peak of memory.

    .venv/bin/python benchmarks/bench_audit.py [--cases 1000000] [--only probe|restate]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

UNITS = 300
TAKEN, LATER = datetime(2026, 1, 31), datetime(2026, 2, 28)
LIMIT = timedelta(hours=24)
WINDOW = LIMIT / 20
OFFICE = (8 * 3600 + 1800, 17 * 3600 + 1800)

Counts = dict[str, Any]


def write_ledgers(folder: Path, cases: int) -> None:
    """Two snapshots: so many cases of half a year, and the same with one in a hundred gone, changed, moved and new."""
    import numpy as np
    import polars as pl

    rng, second = np.random.default_rng(20260131), 1_000_000
    start = np.datetime64("2025-07-01T00:00:00", "us").astype("int64")
    received = start + np.sort(rng.integers(0, 180 * 86_400, cases)) * second

    def times(values: Any) -> pl.Series:
        return pl.Series(values).cast(pl.Datetime("us"))

    def after(since: Any, minutes: int) -> Any:
        return since + (rng.exponential(minutes * 60, cases)).astype("int64") * second

    def pick(words: list[str | None], shares: list[float]) -> pl.Series:
        return pl.Series(words, dtype=pl.String).gather(rng.choice(len(words), cases, p=shares))

    def coded(letter: str, numbers: Any, digits: int = 0) -> pl.Series:
        return pl.select(pl.format(f"{letter}{{}}", pl.Series(numbers).cast(pl.String).str.zfill(digits))).to_series()

    accepted = after(received, 12)
    closed = after(received, 1200)
    number = np.cumsum(rng.choice([1, 2], cases, p=[0.99, 0.01]))
    table = pl.DataFrame({
        "case_id": coded("C", number, 9), "unit": coded("U", rng.integers(0, UNITS, cases), 3),
        "kind": pick(["投诉", "复杂"], [0.8, 0.2]), "person_key": coded("P", rng.integers(0, 2 * cases, cases)),
        "problem_key": coded("Q", rng.integers(0, 2, cases)), "received_at": times(received),
        "entered_at": times(after(received, 100)), "accepted_at": times(accepted),
        "contacted_at": times(after(accepted, 50)), "closed_at": times(closed),
        "due_at": times(received) + LIMIT, "withdrawn": pl.Series(rng.random(cases) < 0.05),
        "satisfaction": pick(["满意", "基本满意", "不满意", None], [0.7, 0.15, 0.08, 0.07]),
    })  # fmt: skip
    part = pl.int_range(pl.len()) % 400
    hour = pl.duration(hours=1)
    changed = table.filter(part != 0).with_columns(
        closed_at=pl.when(part == 1).then(pl.col("closed_at") + hour).otherwise("closed_at"),
        unit=pl.when(part == 2).then(pl.lit("U000")).otherwise("unit"),
    )
    later = ("received_at", "entered_at", "accepted_at", "contacted_at", "closed_at", "due_at")
    new = table.filter(part == 3).with_columns(
        pl.format("N{}", "case_id").alias("case_id"), pl.col(later) + pl.duration(days=230)
    )
    for name, rows, as_of in (("old", table, TAKEN), ("new", pl.concat([changed, new]), LATER + timedelta(days=365))):
        (folder / name).mkdir(parents=True)
        rows.write_parquet(folder / name / "cases.parquet", row_group_size=500_000)
        pl.DataFrame({"unit": [f"U{n:03}" for n in range(UNITS)]}).write_csv(folder / name / "units.csv")
        (folder / name / "ledger.yaml").write_text(f"as_of: {as_of.isoformat()}\n", encoding="utf-8")


def processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def timed(passes: dict[str, Callable[[], Counts]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, count in passes.items():
        before = processor()
        counts = count()
        found[name] = {"seconds": processor() - before, "counts": counts}
    return found


NAMES = {
    "windows": ("bunching", "received_at>closed_at/due_at/each", ("window", "before", "after")),
    "batches": ("batches", "closed_at", ("fullest_minute", "batches", "in_batches", "late_in_batches")),
    "rest days": ("office_hours", "closed_at/rest_day", ("off", "closed")),
    "round times": ("round_times", "closed_at/half_hour", ("round", "times")),
    "last digits": ("terminal_digit", "closed_at", ("digits",)),
    "durations": ("identical_durations", "received_at>closed_at", ("closed", "at_commonest")),
    "sequence": ("sequence", "case_id/C", ("rows", "gaps", "missing", "longest_gap")),
    "order": ("backdating", "case_id/C", ("rows", "before_earlier")),
    "opened anew": ("reregistered", "person_key+problem_key", ("opened_anew", "late_opened_anew")),
    "ratings": ("all_satisfied", "satisfaction", ("dissatisfied", "ratings")),
    "missing ratings": ("nonresponse", "satisfaction", ("unrated", "late_unrated")),
    "withdrawn": ("withdrawn", "late", ("late_withdrawn", "late", "withdrawn")),
}
"""A pass, the test and clock that make it, and the counts by unit that both contenders give."""


def by_auditlib(folder: Path) -> dict[str, Any]:
    from auditlib.ledger.read import read_ledger
    from auditlib.probe.clocks import Grounds, clocks_of
    from auditlib.probe.probe import judged
    from auditlib.probe.settings import Settings

    rows = read_ledger(folder / "old").registers["cases"].sort("case_id").collect()
    clocks, late = clocks_of(None, rows, None, None)
    grounds = Grounds(rows, clocks, late, None)

    def one(test: str, clock: str, names: tuple[str, ...]) -> Counts:
        lines = judged(grounds, Settings(), [test])[1]
        own = [line for line in lines if line.clock == clock]
        return {line.unit: [line.observed.counts[name] for name in names] for line in own}

    return timed({name: lambda name=name: one(*NAMES[name]) for name in NAMES})  # type: ignore[misc]


def by_hand(folder: Path) -> dict[str, Any]:
    """What a person would write in Polars for each question by itself: counts, no p-values."""
    import polars as pl

    cases = pl.scan_parquet(folder / "old" / "cases.parquet").sort("case_id").collect()
    late = pl.col("closed_at") > pl.col("due_at")
    left = (pl.col("due_at") - pl.col("closed_at")).dt.total_microseconds()
    width = int(WINDOW / timedelta(microseconds=1))
    minute = pl.col("closed_at").dt.truncate("1m")

    def rows(table: pl.DataFrame) -> Counts:
        return {row[0]: list(row[1:]) for row in table.iter_rows()}

    def windows() -> Counts:
        lows = (0, 2 * width, -2 * width)
        inside = [((left >= low) & (left < low + width)).sum().alias(str(n)) for n, low in enumerate(lows)]
        return rows(cases.group_by("unit").agg(inside))

    def batches() -> Counts:
        minutes = cases.group_by("unit", minute.alias("minute")).agg(pl.len().alias("n"), late.sum().alias("late"))
        full = pl.col("n") >= 10
        return rows(minutes.group_by("unit").agg(
            pl.col("n").max(), full.sum().alias("b"), pl.col("n").filter(full).sum().alias("in"),
            pl.col("late").filter(full).sum(),
        ))  # fmt: skip

    def rest_days() -> Counts:
        import chinese_calendar

        days = cases.select(pl.col("closed_at").dt.date().unique()).to_series().to_list()
        work = pl.DataFrame({"day": days, "off": [not chinese_calendar.is_workday(day) for day in days]})
        found = cases.with_columns(day=pl.col("closed_at").dt.date()).join(work, on="day")
        return rows(found.group_by("unit").agg(pl.col("off").sum(), pl.len()))

    def round_times() -> Counts:
        return rows(cases.group_by("unit").agg((pl.col("closed_at").dt.minute() % 30 == 0).sum(), pl.len()))

    def digits() -> Counts:
        acts = cases.select("unit", minute.alias("minute")).unique()
        digit = pl.col("minute").dt.minute() % 10
        found = acts.group_by("unit").agg((digit == d).sum().alias(str(d)) for d in range(10))
        return {row[0]: [list(row[1:])] for row in found.iter_rows()}

    def durations() -> Counts:
        took = (pl.col("closed_at") - pl.col("received_at")).dt.total_minutes().alias("took")
        table = cases.group_by("unit", took).len()
        return rows(table.group_by("unit").agg(pl.col("len").sum().alias("n"), pl.col("len").max().alias("most")))

    def sequence() -> Counts:
        numbers = cases.select(pl.col("case_id").str.slice(1).cast(pl.Int64)).to_series().unique().sort()
        steps = numbers.diff().drop_nulls()
        gaps = steps.filter(steps > 1) - 1
        return {"": [cases.height, gaps.len(), gaps.sum(), gaps.max()]}

    def order() -> Counts:
        found = cases.select((pl.col("received_at").cum_max() > pl.col("received_at")).sum()).item()
        return {"": [cases.height, found]}

    def anew() -> Counts:
        keys = ["person_key", "problem_key"]
        ordered = cases.sort(*keys, "received_at", "case_id")
        following = pl.col("received_at").shift(-1).over(keys)
        days = following - pl.col("closed_at")
        found = ordered.with_columns(again=(days >= timedelta()) & (days <= timedelta(days=7)))
        return rows(found.group_by("unit").agg(pl.col("again").sum(), (pl.col("again") & late).sum().alias("both")))

    def ratings() -> Counts:
        rated = cases.filter(pl.col("satisfaction").is_not_null())
        return rows(rated.group_by("unit").agg((pl.col("satisfaction") == "不满意").sum(), pl.len()))

    def unrated() -> Counts:
        missing = pl.col("satisfaction").is_null()
        return rows(cases.group_by("unit").agg(missing.sum(), (missing & late).sum().alias("both")))

    def withdrawn() -> Counts:
        gone = pl.col("withdrawn")
        return rows(
            cases.group_by("unit").agg((gone & late).sum().alias("a"), late.sum().alias("b"), gone.sum().alias("c"))
        )

    made = (
        windows,
        batches,
        rest_days,
        round_times,
        digits,
        durations,
        sequence,
        order,
        anew,
        ratings,
        unrated,
        withdrawn,
    )
    return timed(dict(zip(NAMES, made, strict=True)))


def whole_probe(folder: Path) -> dict[str, Any]:
    """Read, checked, hashed and put under every test: what the command does."""
    from auditlib.ledger.read import read_ledger
    from auditlib.probe.probe import probe
    from auditlib.probe.settings import Settings

    found = probe(read_ledger(folder / "old"), Settings())
    return {"lines": len(found.lines)}


def restated_by_auditlib(folder: Path) -> dict[str, Any]:
    from auditlib.ledger.read import read_ledger
    from auditlib.ledger.restatement.restatement import restated

    before, after = (read_ledger(folder / name) for name in ("old", "new"))
    found = restated(before.registers, after.registers, TAKEN)
    rows = found.classes().filter(register="cases")
    return {"classes": dict(rows.select("class", "rows").iter_rows())}


def restated_by_hand(folder: Path) -> dict[str, Any]:
    """The same classes of the same ledgers: an outer join on the key, by the columns that differ."""
    import polars as pl

    old, new = (pl.read_parquet(folder / name / "cases.parquet") for name in ("old", "new"))
    both = old.join(new, on="case_id", suffix="_new")
    names = [name for name in old.columns if name != "case_id"]
    differ = [pl.col(name).ne_missing(pl.col(f"{name}_new")).alias(name) for name in names]
    changed = both.select(differ).filter(pl.any_horizontal(pl.all()))
    rewritten = changed.filter(pl.any_horizontal(pl.exclude("unit"))).height
    added = new.join(old, on="case_id", how="anti")
    late = added.filter(pl.col("entered_at") > TAKEN).height
    found = {
        "rewritten": rewritten, "moved": changed.height - rewritten, "late_arrival": late,
        "inserted": added.height - late, "removed": old.join(new, on="case_id", how="anti").height,
    }  # fmt: skip
    return {"classes": {name: count for name, count in found.items() if count}}


SINGLE = {"whole probe": whole_probe, "restatement": restated_by_auditlib, "restatement by hand": restated_by_hand}
SEVERAL = {"auditlib": by_auditlib, "polars by hand": by_hand}


def one(name: str, folder: Path) -> None:
    started, before = time.perf_counter(), processor()
    counts = (SINGLE | SEVERAL)[name](folder)
    print(json.dumps({
        "clock": time.perf_counter() - started, "processor": processor() - before,
        "peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, "counts": counts,
    }))  # fmt: skip


def in_process(name: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, __file__, "--one", name, "--folder", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def differences(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """Every count in which two contenders differ, by pass and unit."""
    found = []
    for name in NAMES:
        own, other = ours[name]["counts"], theirs[name]["counts"]
        found += [
            f"{name} {unit}: auditlib {own.get(unit)}, by hand {other.get(unit)}"
            for unit in sorted(own.keys() | other.keys()) if own.get(unit) != other.get(unit)
        ]  # fmt: skip
    return found


def probes(folder: Path) -> list[str]:
    ours, theirs = (in_process(name, folder) for name in SEVERAL)
    wrong = differences(ours["counts"], theirs["counts"])
    for name in NAMES:
        seconds = [one["counts"][name]["seconds"] for one in (ours, theirs)]
        print(f"{name:16} auditlib {seconds[0]:8.2f} s   polars by hand {seconds[1]:8.2f} s", flush=True)
    whole = in_process("whole probe", folder)
    print(f"whole probe      {whole['processor']:.1f} s of processors, {whole['clock']:.1f} s on the clock, "
          f"peak {whole['peak_gib']:.2f} GiB", flush=True)  # fmt: skip
    return wrong


def restatements(folder: Path) -> list[str]:
    found = {name: in_process(name, folder) for name in ("restatement", "restatement by hand")}
    for name, one_ in found.items():
        print(f"{name:20} {one_['processor']:.1f} s of processors, {one_['clock']:.1f} s on the clock, "
              f"peak {one_['peak_gib']:.2f} GiB", flush=True)  # fmt: skip
    classes = [one_["counts"]["classes"] for one_ in found.values()]
    return [] if classes[0] == classes[1] else [f"restatement: auditlib {classes[0]}, by hand {classes[1]}"]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cases", type=int, default=1_000_000)
    options.add_argument("--only", choices=["probe", "restate"])
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--one", choices=SINGLE | SEVERAL, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.one:
        return one(given.one, given.folder)
    with tempfile.TemporaryDirectory() as scratch:
        few = Path(scratch) / "few"
        write_ledgers(few, 20_000)
        if wrong := differences(by_auditlib(few), by_hand(few)):
            sys.exit("\n".join(["the contenders do not agree:", *wrong[:20]]))
        print(f"generating {given.cases:,} cases …", flush=True)
        many = Path(scratch) / "many"
        write_ledgers(many, given.cases)
        wrong = probes(many) if given.only != "restate" else []
        wrong += restatements(many) if given.only != "probe" else []
        if wrong:
            sys.exit("\n".join(["the contenders do not agree:", *wrong[:20]]))
    return None


if __name__ == "__main__":
    main()
