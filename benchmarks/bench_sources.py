"""What an intake costs from PostgreSQL and SQLite beside the same rows in a CSV: processor time and peak memory.

    python benchmarks/bench_sources.py [--rows 1000000]

Each is taken in by a process of its own; all three have to give the same snapshot. The processor time of the server is
not among the figures of PostgreSQL. Without a PostgreSQL that can be started here the other two are measured.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TIME = "%Y-%m-%d %H:%M:%S"
QUERY = "SELECT id, unit, kind, received, due, closed, resolved, fee FROM cases ORDER BY id"
ORIGINS = {
    "csv": "cases.csv",
    "sqlite": {"database": "cases.sqlite", "query": QUERY},
    "postgresql": {"database": "${BENCH_SOURCES}", "query": QUERY},
}


def rows(count: int):  # type: ignore[no-untyped-def]
    """So many cases, typed as a database has them."""
    import polars as pl

    number = pl.int_range(count)
    received = pl.lit(datetime(2026, 1, 1)) + pl.duration(seconds=number * 7 % 2_600_000)
    return pl.select(
        id=pl.format("GD-{}", number), unit=pl.format("U{}", number % 300),
        kind=pl.when(number % 3 == 0).then(pl.lit("投诉")).when(number % 3 == 1).then(pl.lit("咨询")),
        received=received, due=(received + pl.duration(days=5)).dt.date(),
        closed=pl.when(number % 5 > 0).then(received + pl.duration(hours=number % 90)),
        resolved=number % 2 == 0, fee=pl.format("{}.50", number % 1000),
    )  # fmt: skip


def write_sources(folder: Path, count: int, server: str | None) -> None:
    """The same rows three times, and a mapping for each."""
    import yaml

    table = rows(count)
    table.write_csv(folder / "cases.csv", datetime_format=TIME)
    times = table.with_columns(
        table["received"].dt.strftime(TIME), table["closed"].dt.strftime(TIME), table["due"].cast(str)
    )
    with sqlite3.connect(folder / "cases.sqlite") as database:
        database.execute(f"CREATE TABLE cases ({', '.join(table.columns)})")
        database.executemany("INSERT INTO cases VALUES (?, ?, ?, ?, ?, ?, ?, ?)", times.iter_rows())
    database.close()
    if server is not None:
        from adbc_driver_postgresql import dbapi

        with dbapi.connect(server) as connection, connection.cursor() as cursor:
            cursor.adbc_ingest("cases", table.to_arrow(), mode="create")
            connection.commit()
    columns: dict[str, Any] = {"case_id": {"column": "id"}, "due_at": {"column": "due", "time": "%Y-%m-%d"}}
    columns |= {name: {"column": name} for name in ("unit", "kind", "resolved")}
    columns |= {f"{name}_at": {"column": name, "time": TIME} for name in ("received", "closed")}
    for name, origin in ORIGINS.items():
        cases = {"from": origin, "columns": columns, "extra_columns": {"fee": {"column": "fee"}}}
        units = {"from": origin, "distinct": True, "columns": {"unit": {"column": "unit"}}}
        written = {"mapping": name, "title": {"zh": "试", "en": "t"}, "registers": {"units": units, "cases": cases}}
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(written, allow_unicode=True))


def measured(name: str, folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    """One intake in a process of its own."""
    command = [sys.executable, str(HERE / "bench_sources.py"), "--only", name, "--folder", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | environment)
    return dict(json.loads(done.stdout))


def take(name: str, folder: Path) -> None:
    """The process itself: takes the rows in and prints what it cost."""
    from auditlib.core.yaml_file import read_yaml
    from auditlib.ledger.intake.mapping import Mapping
    from auditlib.ledger.intake.pieces import Pieces
    from auditlib.ledger.intake.take_in import take_in

    sources = [] if name == "postgresql" else [folder / f"cases.{name}"]
    taken = take_in(sources, read_yaml(Mapping, folder / f"{name}.yaml"), pieces=Pieces(folder / f"{name}-pieces"))
    used = resource.getrusage(resource.RUSAGE_SELF)
    told = {"snapshot": taken.snapshot, "rows": taken.accepted["cases"], "rejected": taken.rejects.height}
    print(json.dumps(told | {"cpu": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss}))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", choices=list(ORIGINS), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only:
        take(given.only, given.folder)
        return
    sys.path.insert(0, str(HERE.parent / "tests"))
    from postgresql_server import running, why_not

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        reason = why_not()
        server = None if reason else stack.enter_context(running())
        write_sources(folder, given.rows, server)
        found = {
            name: measured(name, folder, {"BENCH_SOURCES": server or ""})
            for name in ORIGINS
            if name != "postgresql" or server
        }
    assert len({one["snapshot"] for one in found.values()}) == 1, found
    assert {(one["rows"], one["rejected"]) for one in found.values()} == {(given.rows, 0)}, found
    print(f"{given.rows:,} rows, one snapshot from all")
    for name, one in found.items():
        ratio = one["cpu"] / found["csv"]["cpu"]
        print(
            f"{name:>10}  {one['cpu']:7.1f} s of processor ({ratio:.2f} × CSV)  {one['memory'] / 2**20:.2f} GB at most"
        )
    if reason:
        print(reason)


if __name__ == "__main__":
    main()
