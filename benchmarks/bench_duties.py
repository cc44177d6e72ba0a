"""Duties judged by the engine and by hand, on a million cases with six million acts and fifteen duties.

Five kinds of duties, each with three limits: settle within working days (extended by an act with a cap), answer within
days of the settlement, the office that was asked within hours of the letter, register within minutes, have a column
filled. The contenders read the same Parquet files, each in a process of its own, by turns; the counts by unit, duty
and status must be equal, which is looked at on a few cases before the many are made. By hand there are two: one takes
the files as they are, the other first looks at what anybody must know before counting them (:func:`faults`). The ratios
compare medians, of the clock and of processor time.

    .venv/bin/python benchmarks/bench_duties.py [--cases 1000000] [--rounds 3]
"""

from __future__ import annotations

import argparse
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

AS_OF = datetime(2026, 6, 30)
HERE = Path(__file__).resolve().parent
UNITS = 100
SETTLE, ANSWER, LETTER, REGISTER, FILLED = (5, 10, 15), (1, 2, 4), (24, 72, 120), (30, 60, 120), ("a", "b", "c")

Counts = dict[str, int]
"""By ``unit duty status``."""


def scheme() -> str:
    """A scheme of fifteen duties."""
    texts = [
        "scheme: bench-duties\nversion: '1'\ntitle: {zh: 基准, en: Benchmark}\ncalendar: china\nperiods: [year]\n"
        "source: {document: none, title: {zh: 无, en: none}, last_checked: 2026-01-01}\neffective: {from: null}\n"
        "actors: {office: {zh: 承办单位, en: office}}\n"
        "counting: {clause: null, first_day: excluded, last_day: stands, ends: day, before: included, belongs: due}\n"
        "clauses: {一: {quote: 无, about: true}}\n"
        "words: {acts: {act: [登记, 转办, 办结, 答复, 延期, 回访]}}\n"
        "extra_columns: {cases: {a: {type: text}, b: {type: text}, c: {type: text}}}\nduties:"
    ]

    def duty(name: str, rest: str) -> None:
        texts.append(f"  - {{id: {name}, clause: 一, title: {{zh: 义务, en: duty}}, {rest}}}")

    for days in SETTLE:
        duty(
            f"settle_{days}",
            f"by: office, from: received_at, to: {{act: 办结}}, limits: [{{working_days: {days}}}], "
            f"extended: {{act: 延期, needs: [approver], most: {{working_days: {3 * days}}}, of: total, before: due}}",
        )
    for days in ANSWER:
        duty(f"answer_{days}", f"by: office, from: {{act: 办结}}, to: {{act: 答复}}, limits: [{{days: {days}}}]")
    for hours in LETTER:
        own = "of: acts, when: act = '转办', by: to_unit, from: at, to: {act: 办结}"
        duty(f"letter_{hours}", f"{own}, limits: [{{hours: {hours}}}]")
    for minutes in REGISTER:
        duty(
            f"register_{minutes}", f"by: office, from: received_at, to: {{act: 登记}}, limits: [{{minutes: {minutes}}}]"
        )
    for column in FILLED:
        duty(f"filled_{column}", f"by: office, filled: [{column}]")
    return "\n".join(texts) + "\n"


def write_ledger(folder: Path, cases: int) -> None:
    """A ledger of so many cases in 2025, each with six acts, in Parquet."""
    import numpy as np
    import polars as pl

    chance = np.random.default_rng(20260101)
    start = np.datetime64("2025-01-02T00:00:00", "us")
    minute = np.timedelta64(60_000_000, "us")
    received = start + chance.integers(0, 340 * 1440, cases) * minute + np.timedelta64(1_000_000, "us")  # no midnight,
    # which stands for a day without its time
    names = pl.Series("case_id", np.arange(cases)).cast(pl.String).str.zfill(8)
    unit = chance.integers(0, UNITS, cases)

    def after(times: Any, most: int) -> Any:
        return times + chance.integers(1, most, cases) * minute

    def some(share: float, values: Any) -> pl.Series:
        return pl.Series(values).set(pl.Series(chance.random(cases) > share), None)

    codes = pl.Series("unit", [f"U{number:03}" for number in range(UNITS)])
    own = codes.gather(pl.Series(unit))
    folder.mkdir(parents=True)
    pl.DataFrame({
        "case_id": "C" + names, "unit": own, "received_at": received,
        **{name: some(0.9, pl.Series(["x"]).new_from_index(0, cases)) for name in FILLED},
    }).write_parquet(folder / "cases.parquet")  # fmt: skip
    settled, letter = after(received, 30 * 1440), after(received, 2 * 1440)
    acts = {
        "登记": some(0.98, after(received, 150)), "转办": some(0.95, letter), "办结": some(0.96, settled),
        "答复": some(0.95, after(settled, 6 * 1440)), "延期": some(0.5, after(received, 9 * 1440)),
        "回访": some(0.9, after(settled, 9 * 1440)),
    }  # fmt: skip
    nobody = pl.Series([None], dtype=pl.String).new_from_index(0, cases)
    until = pl.Series(received + chance.integers(10, 40, cases) * 1440 * minute).dt.truncate("1d")
    until = until + timedelta(days=1, microseconds=-1)
    tables = []
    for number, (word, at) in enumerate(acts.items()):
        tables.append(pl.DataFrame({
            "act_id": f"A{number}" + names, "case_id": "C" + names, "unit": own, "act": word, "at": at,
            "to_unit": codes.gather(pl.Series((unit + 7) % UNITS)) if word == "转办" else nobody,
            "until": until if word == "延期" else pl.Series([None], dtype=pl.Datetime("us")).new_from_index(0, cases),
            "approver": some(0.9, pl.Series(["主任"]).new_from_index(0, cases)) if word == "延期" else nobody,
        }).drop_nulls("at"))  # fmt: skip
    pl.concat(tables).write_parquet(folder / "acts.parquet")
    pl.DataFrame({"unit": codes, "name": codes}).write_parquet(folder / "units.parquet")
    (folder / "ledger.yaml").write_text(
        f"as_of: '{AS_OF.isoformat()}'\nrecords: {{acts: [登记, 转办, 办结, 答复, 延期, 回访], "
        "columns: [cases.a, cases.b, cases.c]}\n",
        encoding="utf-8",
    )
    (folder / "bench-duties.yaml").write_text(scheme(), encoding="utf-8")


def by_auditlib(folder: Path) -> Counts:
    from auditlib.core.period import Period
    from auditlib.core.worktime import china
    from auditlib.ledger.read import read_ledger
    from auditlib.scheme.load import load_scheme
    from auditlib.scoring.duties.compliance import comply

    resolved = load_scheme(folder / "bench-duties.yaml").resolve()
    found = comply(resolved, read_ledger(folder), Period.parse("2025"), AS_OF, calendar=china())
    counted = ((unit, one.duty.id, one.counts) for unit, duties in found.units.items() for one in duties)
    return {
        f"{unit} {duty} {status}": number
        for unit, duty, counts in counted
        for status, number in counts.items()
        if number and status != "not_applicable"
    }


def by_hand(folder: Path) -> Counts:
    import chinese_calendar
    import numpy as np
    import polars as pl

    first = datetime(2024, 12, 1)
    worked = np.array([chinese_calendar.is_workday(first + timedelta(days=n)) for n in range(760)])
    ordinals, passed = np.flatnonzero(worked), np.cumsum(worked)
    as_of = pl.lit(AS_OF, pl.Datetime("us"))
    cases = pl.scan_parquet(folder / "cases.parquet")
    acts = pl.scan_parquet(folder / "acts.parquet")

    def act(word: str, *more: str) -> pl.LazyFrame:
        return acts.filter(pl.col("act") == word).select("case_id", *more, pl.col("at").alias(word))

    wide = cases
    for word in ("登记", "办结", "答复"):
        wide = wide.join(act(word), on="case_id", how="left")
    wide = wide.join(act("延期", "until", "approver"), on="case_id", how="left")

    received, closed = pl.col("received_at"), pl.col("办结")

    def after_workdays(time_of: pl.Expr, days: int) -> pl.Expr:
        ends = [
            first + timedelta(days=int(ordinals[min(passed[n] + days - 1, len(ordinals) - 1)]) + 1) for n in range(760)
        ]
        day = (time_of.dt.date() - first.date()).dt.total_days()
        return pl.lit(pl.Series(ends).cast(pl.Datetime("us"))).gather(day)

    def judged(
        rows: pl.LazyFrame, name: str, due: pl.Expr, done: pl.Expr, closed: pl.Expr, begun_at: pl.Expr = received
    ) -> pl.LazyFrame:
        status = (
            pl.when(done.is_not_null())
            .then(pl.when(done < due).then(pl.lit("met")).otherwise(pl.lit("late")))
            .when(closed < begun_at).then(pl.lit("not_assessable"))  # done before it was asked: of which, nobody knows
            .when((due <= as_of) | closed.is_not_null()).then(pl.lit("missed")).otherwise(pl.lit("running"))
        )  # fmt: skip
        last = due - timedelta(microseconds=1)
        begun = last.is_between(datetime(2025, 1, 1), datetime(2026, 1, 1), closed="left")
        return rows.filter(due.is_not_null() & begun).group_by("unit", pl.lit(name).alias("duty"), status=status).len()

    found = []
    for days in SETTLE:
        due, cap = after_workdays(received, days), after_workdays(received, 3 * days)
        holds = pl.col("approver").is_not_null() & (pl.col("延期") < due)
        until = pl.col("until") + timedelta(microseconds=1)
        moved = pl.when(holds).then(pl.max_horizontal(pl.min_horizontal(until, cap), due)).otherwise(due)
        found.append(judged(wide, f"settle_{days}", moved, closed, closed))
    for days in ANSWER:
        due = closed.dt.truncate("1d") + timedelta(days=days + 1)
        found.append(judged(wide, f"answer_{days}", due, pl.col("答复"), closed))
    letters = act("转办", "to_unit").join(act("办结"), on="case_id", how="left").rename({"to_unit": "unit"})
    answered = pl.when(pl.col("办结") >= pl.col("转办")).then(pl.col("办结"))
    for hours in LETTER:
        due = pl.col("转办") + timedelta(hours=hours, microseconds=1)
        found.append(judged(letters, f"letter_{hours}", due, answered, closed, pl.col("转办")))
    for minutes in REGISTER:
        due = received + timedelta(minutes=minutes, microseconds=1)
        found.append(judged(wide, f"register_{minutes}", due, pl.col("登记"), closed))
    for column in FILLED:
        status = pl.when(pl.col(column).is_not_null()).then(pl.lit("met")).otherwise(pl.lit("missed"))
        found.append(wide.group_by("unit", pl.lit(f"filled_{column}").alias("duty"), status=status).len())
    counted = pl.concat(pl.collect_all(found))
    return {f"{unit} {duty} {status}": number for unit, duty, status, number in counted.iter_rows()}


def faults(folder: Path) -> Counts:
    """How many rows have each fault that auditlib looks for too: keys that are empty or twice there, unknown units,
    times after the as-of time, acts of no case, with an unknown word or before their case, numbers of persons.

    Of columns of few different texts each text is looked at once.
    """
    import polars as pl

    cases, acts = pl.read_parquet(folder / "cases.parquet"), pl.read_parquet(folder / "acts.parquet")
    units = pl.read_parquet(folder / "units.parquet")["unit"].implode()
    person = r"(?:^|[^0-9])(?:1[3-9][0-9]{9}|[0-9]{17}[0-9Xx])(?:$|[^0-9])"
    found: Counts = {}
    for name, table, key, at in (("cases", cases, "case_id", "received_at"), ("acts", acts, "act_id", "at")):
        known, keys = pl.col("unit").is_null() | pl.col("unit").is_in(units), pl.col(key).drop_nulls()
        masks = {
            "without a key": pl.col(key).is_null().sum(), "with a key again": keys.len() - keys.n_unique(),
            "without a time": pl.col(at).is_null().sum(), "after the as-of time": (pl.col(at) > AS_OF).sum(),
            "of an unknown unit": (~known).sum(),
        }  # fmt: skip
        sums = table.select(number.alias(word) for word, number in masks.items())
        found |= {f"{name} {word}": number for word, number in sums.row(0, named=True).items()}
        for column in (column for column, dtype in table.schema.items() if dtype == pl.String):
            texts = table[column] if column in ("case_id", "act_id") else table[column].unique()
            found[f"{name} with personal data in {column}"] = texts.str.contains(person).sum()
    of_case = acts.select("case_id", "act", "at").join(
        cases.select("case_id", "received_at"), on="case_id", how="left", maintain_order="none"
    )
    odd = of_case.select(
        stray=pl.col("received_at").is_null().sum(),
        early=(pl.col("at") < pl.col("received_at").dt.truncate("1d")).sum(),
        unknown=(~pl.col("act").is_in(["登记", "转办", "办结", "答复", "延期", "回访"])).sum(),
    )
    return found | {f"acts {word}": number for word, number in odd.row(0, named=True).items()}


def by_hand_checked(folder: Path) -> Counts:
    if wrong := {word: number for word, number in faults(folder).items() if number}:
        raise SystemExit(f"rows with faults: {wrong}")
    return by_hand(folder)


CONTENDERS = {"auditlib": by_auditlib, "polars by hand": by_hand, "polars, checked": by_hand_checked}


def differences(ours: Counts, theirs: Counts) -> list[str]:
    """Every count in which two contenders differ."""
    keys = sorted(ours.keys() | theirs.keys())
    return [
        f"{key}: auditlib {ours.get(key, 0)}, by hand {theirs.get(key, 0)}" for key in keys
        if ours.get(key, 0) != theirs.get(key, 0)
    ]  # fmt: skip


def one(name: str, folder: Path) -> None:
    started, used = time.perf_counter(), time.process_time()
    counts = CONTENDERS[name](folder)
    seconds, processor = time.perf_counter() - started, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(json.dumps({"seconds": seconds, "processor": processor, "peak_gib": peak, "counts": counts}))


def prepare(folder: Path, cases: int) -> None:
    """See on a few cases that both count the same, and write the many."""
    with tempfile.TemporaryDirectory() as scratch:
        few = Path(scratch) / "few"
        write_ledger(few, 5_000)
        if wrong := differences(by_auditlib(few), by_hand_checked(few)):
            sys.exit("\n".join(["the contenders do not agree:", *wrong[:20]]))
    print(f"generating {cases:,} cases …", flush=True)
    write_ledger(folder, cases)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cases", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--one", choices=CONTENDERS, help=argparse.SUPPRESS)
    options.add_argument("--prepare", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.one:
        return one(given.one, given.folder)
    if given.prepare:
        return prepare(given.folder, given.cases)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "ledger"
        own = ["--folder", str(folder)]
        command = [sys.executable, __file__, "--prepare", "--cases", str(given.cases), *own]
        if (done := subprocess.run(command)).returncode:
            sys.exit(done.returncode)
        seen: dict[str, list[dict[str, Any]]] = {name: [] for name in CONTENDERS}
        for turn in range(given.rounds):
            for name in CONTENDERS:
                made = subprocess.run(
                    [sys.executable, __file__, "--one", name, *own], check=True, capture_output=True, text=True
                )
                seen[name].append(json.loads(made.stdout.splitlines()[-1]))
                last = seen[name][-1]
                times = f"{last['seconds']:7.2f} s, {last['processor']:7.2f} s of processors"
                print(f"round {turn + 1}: {name:15} {times} {last['peak_gib']:6.2f} GiB", flush=True)
    if wrong := differences(seen["auditlib"][-1]["counts"], seen["polars by hand"][-1]["counts"]):
        sys.exit("\n".join(["the contenders do not agree:", *wrong[:20]]))
    instances = sum(seen["auditlib"][-1]["counts"].values())
    print(f"{given.cases:,} cases, {instances:,} instances alike: auditlib takes")
    for kind, word in (("seconds", "on the clock"), ("processor", "of processor time")):
        median = {name: statistics.median(row[kind] for row in rows) for name, rows in seen.items()}
        plain, checked = (median["auditlib"] / median[name] for name in list(CONTENDERS)[1:])
        print(f"  {plain:.2f} × as long as by hand, {checked:.2f} × as long as by hand with checks, {word}")


if __name__ == "__main__":
    main()
