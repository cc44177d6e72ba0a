"""Two snapshots compared whole, and divided among the workers of a cluster: what is told of them is the same file.

    .venv/bin/python benchmarks/bench_restate.py [--rows 1000000] [--parts 8] [--workers 2]

Both ways run the command as a user does, the divided one with workers of a dask.distributed cluster on this machine.
The seconds on the clock are those of the command, and the processor time is that of all its processes. That both write
the same bytes is looked at in every run; dividing the ledgers is told apart.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench_audit import write_ledgers

PROGRAM = str(Path(sys.executable).with_name("auditlib"))
TICKS = 100
"""What Linux counts processor time by, in a second."""


def run(*command: str) -> tuple[float, float, float]:
    """Seconds on the clock, seconds of processors, and the peak in GiB of a command."""
    started = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen([PROGRAM, *command], stdout=subprocess.DEVNULL, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            sys.exit(said.read().decode())
    return time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024**2


def spent_by(process: subprocess.Popen[bytes]) -> tuple[float, float]:
    """What a process that still runs has used: seconds of processors, and its peak in GiB."""
    of = Path(f"/proc/{process.pid}")
    fields = of.joinpath("stat").read_text().rpartition(")")[2].split()
    status = dict(line.split(":", 1) for line in of.joinpath("status").read_text().splitlines())
    return (int(fields[11]) + int(fields[12])) / TICKS, int(status["VmHWM"].split()[0]) / 1024**2


@contextmanager
def workers(folder: Path, count: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler with so many workers of a thread each; they end with the benchmark."""
    file = folder / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    started = [subprocess.Popen([*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
                                 "--scheduler-file", str(file)], stderr=subprocess.DEVNULL)]  # fmt: skip
    try:
        while not file.exists():
            time.sleep(0.1)
        own = [*dask, "worker", "--scheduler-file", str(file), "--nthreads", "1", "--no-nanny", "--no-dashboard",
               "--local-directory", str(folder)]  # fmt: skip
        started += [subprocess.Popen(own, stderr=subprocess.DEVNULL) for _ in range(count)]
        from distributed import Client

        with Client(scheduler_file=str(file)) as client:
            client.wait_for_workers(count)
            address = client.scheduler.address
        yield address, started[1:]
    finally:
        for process in started:
            process.terminate()
            process.wait()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--parts", type=int, default=8)
    options.add_argument("--workers", type=int, default=2)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_ledgers(folder, given.rows)
        for name in ("old", "new"):
            clock, spent, peak = run("partition", str(folder / name), "--out", str(folder / f"{name}-parts"),
                                     "--parts", str(given.parts))  # fmt: skip
            print(f"dividing {name}   {spent:.1f} s of processors, {clock:.1f} s on the clock, peak {peak:.2f} GiB")
        whole, apart = folder / "whole.json", folder / "apart.json"
        clock, spent, peak = run("restate", str(folder / "old"), str(folder / "new"), "--out", str(whole))
        print(f"in one piece   {spent:.1f} s of processors, {clock:.1f} s on the clock, peak {peak:.2f} GiB")
        (folder / "dask").mkdir()
        divided = ("restate", str(folder / "old-parts"), str(folder / "new-parts"), "--out", str(apart))
        with workers(folder / "dask", given.workers) as (address, running):
            before = sum(spent_by(one)[0] for one in running)
            clock, spent, peak = run(*divided, "--cluster", address)
            after = [spent_by(one) for one in running]
        told = sum(one for one, _ in after) - before
        print(
            f"divided        {spent + told:.1f} s of processors ({told:.1f} of them the workers'), "
            f"{clock:.1f} s on the clock, peak {peak:.2f} GiB, of a worker {max(most for _, most in after):.2f} GiB"
        )
        if whole.read_bytes() != apart.read_bytes():
            sys.exit("the two files differ")
        print(f"the same {whole.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
