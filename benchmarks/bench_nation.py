"""A month of a national year, scored whole: 3,000 units, 40 million cases in the ledger, 3.3 million of that month.

    python benchmarks/bench_nation.py [--cases 40000000] [--units 3000] [--parts 32] [--keep DIR]

The ledger is written and checked part by part, each in a process of its own, so that writing it needs little memory.
The seal's snapshot is the hash of those of the parts: nobody computes it here over forty million rows. Then
``auditlib score`` runs as a user runs it; its seconds, processor time and peak memory are printed, with what it scored.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PERIOD = "2025-12"
SHARED = 20
"""One person in so many complains in several parts."""


def codes(units: int, parts: int, part: int) -> list[str]:
    """The units of a part, by the rule of divided ledgers."""
    import polars as pl

    from auditlib.ledger.divided.parts import buckets

    every = pl.Series([f"U{number:04}" for number in range(units)])
    return every.filter(buckets(every, parts) == part).to_list()


def write_part(folder: Path, cases: int, units: int, parts: int, part: int) -> None:
    """The cases of a part, checked, as one Parquet file of the divided ledger."""
    import polars as pl
    from generate import write_cases

    from auditlib.ledger.divided.divide import write_divided
    from auditlib.ledger.read import read_ledger

    own = codes(units, parts, part)
    rows = cases * len(own) // units
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        plain = Path(scratch) / "plain"
        plain.mkdir()
        write_cases(plain / "cases.parquet", rows, len(own), seed=part + 1)
        table = pl.read_parquet(plain / "cases.parquet")
        number = pl.col("person_key").str.slice(1).cast(pl.Int64)
        table.with_columns(
            pl.format("C{}-{}", pl.lit(part), pl.col("case_id").str.slice(1)).alias("case_id"),
            pl.lit(pl.Series(own)).gather(pl.col("unit").str.slice(1).cast(pl.Int64)).alias("unit"),
            pl.when(number % SHARED == 0).then("person_key").otherwise(pl.format("P{}-{}", pl.lit(part), number))
            .alias("person_key"),
        ).write_parquet(plain / "cases.parquet")  # fmt: skip
        del table
        (plain / "units.csv").write_text("unit,name,group\n" + "".join(f"{code},{code},all\n" for code in own))
        (plain / "events.csv").write_text("event_id,unit,at,kind,count\n")
        (plain / "submissions.csv").write_text("unit,kind,due_at,submitted_at,valid,missing_items\n")
        (plain / "ledger.yaml").write_text('as_of: "2026-03-01T00:00:00"\nsynthetic: true\n')
        ledger = read_ledger(plain)
        assert ledger.rejects.height < rows // 100, "nearly every row is sound"
        write_divided(ledger, Path(scratch) / "one", 1)
        for file in sorted((Path(scratch) / "one").rglob("*")):
            if file.is_file():
                name = file.relative_to(Path(scratch) / "one").as_posix().replace("bucket=000", f"bucket={part:03}")
                kept = folder / "made" / f"{part:03}" / name
                kept.parent.mkdir(parents=True, exist_ok=True)
                file.rename(kept)


def put_together(folder: Path, units: int, parts: int) -> Path:
    """The divided ledger of all parts."""
    import polars as pl
    import yaml

    from auditlib.ledger.divided.parts import DIVIDED, SEAL, Seal, SealedRegister, seal_text

    made, whole = folder / "made", folder / "parts"
    seals = [Seal.model_validate_json((made / f"{part:03}" / SEAL).read_text("utf-8")) for part in range(parts)]
    registers = {name: SealedRegister(rows=0, files={}) for name in seals[0].registers}
    (whole / "cases").mkdir(parents=True)
    for name, register in registers.items():
        for part in range(parts) if name in DIVIDED else ():
            file = f"{name}/bucket={part:03}.parquet"
            (whole / name).mkdir(exist_ok=True)
            (made / f"{part:03}" / file).rename(whole / file)
            register.files[file] = hashlib.sha256((whole / file).read_bytes()).hexdigest()
        rows = sum(seal.registers[name].rows for seal in seals)
        registers[name] = SealedRegister(rows=rows, files=register.files)
    every = pl.DataFrame({"unit": (names := [f"U{n:04}" for n in range(units)]), "name": names, "group": "all"})
    first = pl.read_parquet(made / "000" / "units.parquet")
    every = every.with_columns(pl.lit(None, first.schema[name]).alias(name) for name in first.columns[3:])
    every.select(first.columns).cast(dict(first.schema)).write_parquet(whole / "units.parquet")  # type: ignore[arg-type]
    sealed = {"units.parquet": hashlib.sha256((whole / "units.parquet").read_bytes()).hexdigest()}
    registers["units"] = SealedRegister(rows=units, files=sealed)
    snapshot = hashlib.sha256("".join(seal.snapshot for seal in seals).encode()).hexdigest()
    seal = Seal(format="auditlib-partitions/1", parts=parts, snapshot=snapshot, at=None, registers=registers)
    note = yaml.safe_load((made / "000" / "ledger.yaml").read_text("utf-8")) | {"snapshot": snapshot}
    (whole / "ledger.yaml").write_text(yaml.safe_dump(note, allow_unicode=True), encoding="utf-8")
    (whole / SEAL).write_text(seal_text(seal), encoding="utf-8")
    return whole


def write_ledger(folder: Path, cases: int, units: int, parts: int) -> Path:
    """The divided ledger, two parts at a time."""
    sizes = ["--folder", str(folder), "--cases", str(cases), "--units", str(units), "--parts", str(parts)]
    waiting, running = list(range(parts)), []
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 2):
            command = [sys.executable, __file__, "--part", str(waiting.pop(0)), *sizes]
            running.append(subprocess.Popen(command, cwd=HERE.parent))
        if running.pop(0).wait():
            sys.exit("a part could not be written")
        print(f"\r{parts - len(waiting) - len(running)} of {parts} parts written", end="", flush=True)
    print()
    return put_together(folder, units, parts)


def scored(ledger: Path) -> None:
    """The month scored by the command, measured."""
    program = [
        str(Path(sys.executable).with_name("auditlib")),
        "score",
        "s22-heating",
        "--ledger",
        str(ledger),
        "--period",
        PERIOD,
    ]
    program += ["--format", "json", "--no-evidence", "--accept-rejects"]
    started = time.perf_counter()
    done = subprocess.run(program, capture_output=True, text=True, cwd=HERE.parent)
    seconds = time.perf_counter() - started
    if done.returncode:
        sys.exit(done.stderr)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    units = json.loads(done.stdout)["units"]
    ranked = sum(unit["rank"] is not None for unit in units)
    print(f"{len(units):,} units scored, {ranked:,} ranked; {units[0]['unit']} has {units[0]['total']}")
    spent, most = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024**2
    print(f"{seconds:.1f} s, {spent:.1f} s of processor, {most:.2f} GiB at most")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cases", type=int, default=40_000_000)
    options.add_argument("--units", type=int, default=3_000)
    options.add_argument("--parts", type=int, default=32)
    options.add_argument("--keep", type=Path, help="a folder in which the ledger stays, or is found")
    options.add_argument("--part", type=int, help=argparse.SUPPRESS)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.part is not None:
        return write_part(given.folder, given.cases, given.units, given.parts, given.part)
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        ledger = folder / "parts"
        if not ledger.exists():
            ledger = write_ledger(folder, given.cases, given.units, given.parts)
        scored(ledger)


if __name__ == "__main__":
    main()
