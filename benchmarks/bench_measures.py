"""Our measures against the same counts written by hand, on ten million cases.

Each contender counts all measures that the heating scheme takes from the cases, for every unit and
a whole year: delays in steps, overtime in working days of the China calendar, repeats within 30 days.
Each runs in a process of its own, by turns, so that time and peak memory are its own and a slow minute
of the machine hits all of them. The ratios compare medians. All results must be equal, measure by measure: that is
looked at on a few cases, some of them still open, before the many are made. A measure that the scheme has
and a contender does not count is named.

    .venv/bin/python benchmarks/bench_measures.py [--rows 10000000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

AS_OF = datetime(2026, 1, 5)
HERE = Path(__file__).resolve().parent


def auditlib_measures(file: Path) -> dict[str, dict[str, int]]:
    import polars as pl

    from auditlib.core.period import Period
    from auditlib.core.worktime import china
    from auditlib.scheme.load import load_scheme
    from auditlib.scoring.counting import Counter

    scheme = load_scheme(HERE.parent / "params" / "schemes" / "s22-heating.yaml").natural
    names = [name for name, measure in scheme.measures.items() if measure.register_ == "cases"]
    counter = Counter(scheme, {"cases": pl.scan_parquet(file)}, Period.parse("2025"), AS_OF, china())
    return {unit: {name: int(value) for name, value in row.items()} for unit, row in counter.counts(names).items()}


def working_days():  # type: ignore[no-untyped-def]
    """First day, days worked before each day, whether it is worked: what a careful person prepares once."""
    import chinese_calendar
    import numpy as np

    first = datetime(2024, 12, 1)
    days = [first + timedelta(days=n) for n in range(500)]
    worked = np.array([chinese_calendar.is_workday(day) for day in days])
    return first, np.concatenate([[0], np.cumsum(worked)[:-1]]), worked


def polars_by_hand(file: Path) -> dict[str, dict[str, int]]:
    import numpy as np
    import polars as pl

    first, before, worked = working_days()
    days = pl.DataFrame(
        {"day": [(first + timedelta(days=n)).date() for n in range(500)], "before": before, "worked": worked}
    )
    ordinals = np.flatnonzero(worked)
    third = np.searchsorted(ordinals, np.arange(500), side="right") + 2
    ends = [first + timedelta(days=int(ordinals[min(k, len(ordinals) - 1)]) + 1) for k in third]
    third_end = pl.Series(ends).cast(pl.Datetime("us"))
    as_of, kind = pl.lit(AS_OF, pl.Datetime("us")), pl.col("kind")
    received, accepted, closed = pl.col("received_at"), pl.col("accepted_at"), pl.col("closed_at")

    def steps(start, end, over_minutes, every_minutes):  # type: ignore[no-untyped-def]
        late = (end.fill_null(as_of) - start).dt.total_microseconds() - over_minutes * 60_000_000
        return late.clip(lower_bound=0) // (every_minutes * 60_000_000)

    def worked_until(time_of):  # type: ignore[no-untyped-def]
        day = (time_of.dt.date() - first.date()).dt.total_days()
        passed = pl.lit(days["before"]).gather(day) * 86_400_000_000
        today = (time_of - time_of.dt.truncate("1d")).dt.total_microseconds()
        return passed + pl.lit(days["worked"].cast(pl.Int64)).gather(day) * today

    day = (received.dt.date() - first.date()).dt.total_days()
    due = (
        pl.when(kind == "咨询").then(received + timedelta(hours=4))
        .when(kind == "投诉").then(received + timedelta(hours=24))
        .when(kind == "复杂").then(pl.lit(third_end).gather(day))
    )  # fmt: skip
    handled = pl.when(kind == "咨询").then(pl.col("replied_at")).otherwise(pl.col("planned_at"))
    recorded = handled.fill_null(closed)
    a_day = (kind == "复杂") & (recorded == recorded.dt.truncate("1d"))  # a midnight, which stands for its day
    handled = pl.when(a_day).then(recorded + timedelta(microseconds=1)).otherwise(recorded).fill_null(as_of)
    cases = (
        pl.scan_parquet(file)
        .filter((received >= datetime(2025, 1, 1)) & (received < datetime(2026, 1, 1)))
        .with_columns(due=due, handled=handled)
        .with_columns(
            accept_steps=steps(received, accepted.fill_null(closed), 30, 30),
            contact_steps=steps(accepted, pl.col("contacted_at").fill_null(closed), 120, 60),
            overdue=(worked_until(pl.col("handled")) - worked_until(pl.col("due"))).clip(lower_bound=0),
        )
        .with_columns(
            overdue=pl.max_horizontal(
                (pl.col("overdue") + 86_399_999_999) // 86_400_000_000,
                (pl.col("handled") > pl.col("due")).cast(pl.Int64),
            )
        )
    )

    def later_of_pairs(rows, within_days):  # type: ignore[no-untyped-def]
        ordered = rows.select("case_id", "person_key", "problem_key", "received_at").sort(
            "person_key", "problem_key", "received_at", "case_id"
        )
        same = (pl.col("person_key") == pl.col("person_key").shift(1)) & (
            pl.col("problem_key") == pl.col("problem_key").shift(1)
        )
        if within_days:
            days = received.dt.date() - received.shift(1).dt.date()
            same = same & (days <= timedelta(days=within_days))
        return ordered.filter(same).select("case_id")

    repeats = later_of_pairs(cases.filter(kind.is_in(["投诉", "复杂"])), 30)
    again = later_of_pairs(cases.filter(pl.col("overdue") > 0), None)
    marked = cases.join(repeats.with_columns(repeated=True), on="case_id", how="left").join(
        again.with_columns(again=True), on="case_id", how="left"
    )
    grade, overdue, once_more = pl.col("satisfaction"), pl.col("overdue"), pl.col("again")
    review = pl.col("reviewed_at").fill_null(as_of) - closed > timedelta(hours=24)
    table = (
        marked.group_by("unit")
        .agg(
            record_items_missing=pl.col("missing_items").sum(),
            late_entries=(pl.col("entered_at") - received > timedelta(hours=24)).sum(),
            received=pl.len(),
            closed=closed.is_not_null().sum(),
            accept_steps=pl.col("accept_steps").sum(),
            contact_steps=pl.col("contact_steps").sum(),
            overdue_1_day=(overdue == 1).sum(),
            overdue_1_day_again=((overdue == 1) & once_more).sum(),
            overdue_2_days=(overdue == 2).sum(),
            overdue_2_days_again=((overdue == 2) & once_more).sum(),
            overdue_3_days=(overdue >= 3).sum(),
            overdue_3_days_again=((overdue >= 3) & once_more).sum(),
            resolved=pl.col("resolved").sum(),
            resolved_closed=(pl.col("resolved") & closed.is_not_null()).sum(),
            unresolved=(~pl.col("resolved").fill_null(False)).sum(),
            complaints=kind.is_in(["投诉", "复杂"]).sum(),
            repeats=pl.col("repeated").sum(),
            uncovered=(closed.is_not_null() & grade.is_null()).sum(),
            rated=grade.is_not_null().sum(),
            satisfied=(grade == "满意").sum(),
            fairly_satisfied=(grade == "基本满意").sum(),
            dissatisfied=(grade == "不满意").sum(),
            not_reviewed=((grade == "不满意") & review).sum(),
            not_redone=((grade == "不满意") & ~pl.col("redone").fill_null(False)).sum(),
        )
        .collect(engine="streaming")
    )
    return {row.pop("unit"): row for row in table.to_dicts()}


def pandas_by_hand(file: Path) -> dict[str, dict[str, int]]:
    import numpy as np
    import pandas as pd

    first, before, worked = working_days()
    origin = np.datetime64(first, "us")
    ordinals = np.flatnonzero(worked)
    third = np.searchsorted(ordinals, np.arange(500), side="right") + 2
    third_end = origin + (ordinals[np.minimum(third, len(ordinals) - 1)] + 1).astype("timedelta64[D]")
    cases = pd.read_parquet(file)
    cases = cases[(cases["received_at"] >= "2025-01-01") & (cases["received_at"] < "2026-01-01")]
    as_of, kind = pd.Timestamp(AS_OF), cases["kind"]

    def steps(start, end, over, every):  # type: ignore[no-untyped-def]
        late = end.fillna(as_of) - start - pd.Timedelta(minutes=over)
        return late.clip(lower=pd.Timedelta(0)) // pd.Timedelta(minutes=every)

    def worked_until(times):  # type: ignore[no-untyped-def]
        values = times.to_numpy("datetime64[us]")
        since = (values - origin).astype("int64")
        day, today = np.divmod(since, 86_400_000_000)
        return before[day] * 86_400_000_000 + worked[day] * today

    received = cases["received_at"]
    day = (received.to_numpy("datetime64[us]") - origin).astype("int64") // 86_400_000_000
    due = received + pd.Timedelta(hours=24)
    due = due.mask(kind == "咨询", received + pd.Timedelta(hours=4))
    due = due.mask(kind == "复杂", pd.Series(third_end[day], index=cases.index))
    closed = cases["closed_at"]
    recorded = cases["planned_at"].where(kind != "咨询", cases["replied_at"]).fillna(closed)
    a_day = (kind == "复杂") & (recorded == recorded.dt.normalize())
    handled = recorded.mask(a_day, recorded + pd.Timedelta(microseconds=1)).fillna(as_of)
    overdue = np.maximum(worked_until(handled) - worked_until(due), 0)
    cases["overdue"] = np.maximum((overdue + 86_399_999_999) // 86_400_000_000, (handled > due).astype("int64"))
    cases["accept_steps"] = steps(received, cases["accepted_at"].fillna(closed), 30, 30)
    cases["contact_steps"] = steps(cases["accepted_at"], cases["contacted_at"].fillna(closed), 120, 60)

    def later_of_pairs(rows, within_days):  # type: ignore[no-untyped-def]
        keys = ["person_key", "problem_key"]
        ordered = rows[["case_id", *keys, "received_at"]].sort_values([*keys, "received_at", "case_id"])
        same = (ordered[keys] == ordered[keys].shift()).all(axis=1)
        if within_days is not None:
            days = ordered["received_at"].dt.normalize().diff()
            same &= days <= pd.Timedelta(days=within_days)
        return pd.Series(True, index=ordered.index[same])

    complaint = kind.isin(["投诉", "复杂"])
    repeated = later_of_pairs(cases[complaint], 30).reindex(cases.index, fill_value=False)
    again = later_of_pairs(cases[cases["overdue"] > 0], None).reindex(cases.index, fill_value=False)
    grade, late = cases["satisfaction"], cases["overdue"]
    review = cases["reviewed_at"].fillna(as_of) - cases["closed_at"] > pd.Timedelta(hours=24)
    flags = pd.DataFrame(
        {
            "record_items_missing": cases["missing_items"],
            "late_entries": cases["entered_at"] - received > pd.Timedelta(hours=24),
            "received": True,
            "closed": cases["closed_at"].notna(),
            "accept_steps": cases["accept_steps"],
            "contact_steps": cases["contact_steps"],
            "overdue_1_day": late == 1,
            "overdue_1_day_again": (late == 1) & again,
            "overdue_2_days": late == 2,
            "overdue_2_days_again": (late == 2) & again,
            "overdue_3_days": late >= 3,
            "overdue_3_days_again": (late >= 3) & again,
            "resolved": cases["resolved"],
            "resolved_closed": cases["resolved"] & cases["closed_at"].notna(),
            "unresolved": ~cases["resolved"],
            "complaints": complaint,
            "repeats": repeated,
            "uncovered": cases["closed_at"].notna() & grade.isna(),
            "rated": grade.notna(),
            "satisfied": grade == "满意",
            "fairly_satisfied": grade == "基本满意",
            "dissatisfied": grade == "不满意",
            "not_reviewed": (grade == "不满意") & review,
            "not_redone": (grade == "不满意") & ~cases["redone"],
        }
    )
    table = flags.groupby(cases["unit"]).sum().astype("int64")
    return {
        str(unit): {str(name): int(value) for name, value in row.items()}
        for unit, row in table.to_dict("index").items()
    }


CONTENDERS = {"auditlib": auditlib_measures, "polars by hand": polars_by_hand, "pandas by hand": pandas_by_hand}


Counts = dict[str, dict[str, int]]
"""By unit, and in it by measure."""


def by_measure(counts: Counts) -> dict[str, str]:
    """What was counted as a hash for each measure, over all units."""
    names = sorted({name for row in counts.values() for name in row})
    found = {name: sorted((unit, row.get(name)) for unit, row in counts.items()) for name in names}
    return {name: hashlib.sha256(json.dumps(values).encode()).hexdigest() for name, values in found.items()}


def disagreements(found: dict[str, dict[str, str]]) -> list[str]:
    """Where the contenders, each with its hashes by measure, differ from ours: a line each, with the measure."""
    ours = found["auditlib"]
    lines = []
    for contender, theirs in found.items():
        lines += [f"{contender} does not count {name}; write it beside the others" for name in ours.keys() - theirs]
        lines += [f"{contender} counts {name}, which the scheme does not have" for name in theirs.keys() - ours]
        lines += [f"{contender} counts {name} otherwise" for name in ours.keys() & theirs if ours[name] != theirs[name]]
    return sorted(lines)


def disagreements_on(file: Path) -> list[str]:
    """The disagreements of all contenders on the cases in a file, counted in this process."""
    return disagreements({name: by_measure(count(file)) for name, count in CONTENDERS.items()})


def measure(name: str, file: Path) -> dict[str, Any]:
    """One contender in a process of its own: seconds, peak memory, and the hashes of what it counted."""
    done = subprocess.run(
        [sys.executable, __file__, "--one", name, "--file", file], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def one(name: str, file: Path) -> None:
    started = time.perf_counter()
    counts = CONTENDERS[name](file)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(json.dumps({"seconds": seconds, "peak_gib": peak, "counted": by_measure(counts)}))


def prepare(file: Path, rows: int) -> None:
    """See on a few cases that all count the same, and write the many, where they are not there."""
    from generate import write_cases

    with tempfile.TemporaryDirectory() as folder:
        few = Path(folder) / "few.parquet"
        write_cases(few, 20_000, units=30, open_share=0.1)
        if wrong := disagreements_on(few):
            sys.exit("\n".join(["the contenders do not agree:", *wrong]))
    if not file.exists():
        print(f"generating {rows:,} cases …", flush=True)
        write_cases(file, rows)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=10_000_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--file", type=Path, help="keep the generated cases here and use them again")
    options.add_argument("--one", choices=CONTENDERS, help=argparse.SUPPRESS)
    options.add_argument("--prepare", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.one:
        return one(given.one, given.file)
    if given.prepare:
        return prepare(given.file, given.rows)
    with tempfile.TemporaryDirectory() as folder:
        file = given.file or Path(folder) / "cases.parquet"
        # In a process of its own, too: each contender inherits the peak memory of this one.
        command = [sys.executable, __file__, "--prepare", "--rows", str(given.rows), "--file", str(file)]
        if (done := subprocess.run(command)).returncode:
            sys.exit(done.returncode)
        seen: dict[str, list[dict[str, Any]]] = {name: [] for name in CONTENDERS}
        for turn in range(given.rounds):
            for name in CONTENDERS:
                seen[name].append(measure(name, file))
                print(f"round {turn + 1}: {name:15} {seen[name][-1]['seconds']:7.2f} s", flush=True)
    for turn in range(given.rounds):
        if wrong := disagreements({name: rows[turn]["counted"] for name, rows in seen.items()}):
            sys.exit("\n".join(["the contenders do not agree:", *wrong]))
    ours = {key: statistics.median(float(row[key]) for row in seen["auditlib"]) for key in ("seconds", "peak_gib")}
    print(
        f"\nmedians of {given.rounds}, equal counts\n"
        f"{'':15} {'seconds':>8} {'peak GiB':>9} {'time/ours':>10} {'memory/ours':>12}"
    )
    for name, rows in seen.items():
        seconds, peak = (statistics.median(float(row[key]) for row in rows) for key in ("seconds", "peak_gib"))
        print(f"{name:15} {seconds:8.2f} {peak:9.2f} {seconds / ours['seconds']:10.2f} {peak / ours['peak_gib']:12.2f}")


if __name__ == "__main__":
    main()
