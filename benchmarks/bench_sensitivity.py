"""Ranks over a million random weightings: our simulation against plain loops, side by side.

300 units, 50 indicators, Dirichlet weights. Each contender counts how often each unit has each rank and, with
``pairs``, how often each unit stands above each other. The loops take one draw at a time with
``scipy.stats.rankdata``; they are timed on fewer draws (``--loop-draws``) and the time is scaled to all. Each
contender runs in a process of its own, by turns; the ratios compare medians. The counts of the first draws
must be equal.

    .venv/bin/python benchmarks/bench_sensitivity.py [--draws 1000000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import time
from fractions import Fraction
from hashlib import sha256

import numpy as np

UNITS, INDICATORS, CONCENTRATION, SEED = 300, 50, 100, 1


def table():  # type: ignore[no-untyped-def]
    """Points as schemes give them: halves of a maximum of 20."""
    from auditlib.analysis.weights.table import WeightedTable

    chance = random.Random(SEED)
    return WeightedTable(
        tuple(f"U{n}" for n in range(UNITS)),
        tuple(f"I{n}" for n in range(INDICATORS)),
        tuple(tuple(Fraction(chance.randint(0, 40), 40) for _ in range(INDICATORS)) for _ in range(UNITS)),
        (Fraction(1, INDICATORS),) * INDICATORS,
    )


def simulation(draws: int, pairs: bool) -> tuple[np.ndarray, np.ndarray]:
    from auditlib.analysis.weights.draws import Dirichlet
    from auditlib.analysis.weights.simulate import simulate_ranks

    data = table()
    compare = None if pairs else ()
    found = simulate_ranks(data, Dirichlet.around(data, CONCENTRATION), draws, SEED, compare=compare, workers=2)
    return found.first, found.above


def loop(draws: int, pairs: bool) -> tuple[np.ndarray, np.ndarray]:
    from scipy.stats import rankdata

    from auditlib.analysis.weights.draws import Dirichlet
    from auditlib.analysis.weights.simulate import CHUNK

    data = table()
    values = np.array([[float(value) for value in row] for row in data.values])
    alpha = Dirichlet.around(data, CONCENTRATION).alpha
    counts = np.zeros((UNITS, UNITS), np.int64)
    above = np.zeros((UNITS, UNITS) if pairs else (0, 0), np.int64)
    every = np.arange(UNITS)
    for number in range(draws):
        if number % CHUNK == 0:  # the streams of the simulation, so that the draws are the same
            stream = np.random.SeedSequence(SEED, spawn_key=(number // CHUNK,))
            generator = np.random.Generator(np.random.Philox(stream))
        totals = values @ generator.dirichlet(alpha)
        counts[every, rankdata(-totals, method="min") - 1] += 1
        if pairs:
            above += totals[:, None] > totals
    return counts, above


CONTENDERS = {
    "auditlib": (simulation, False),
    "loop": (loop, False),
    "auditlib, pairs": (simulation, True),
    "loop, pairs": (loop, True),
}


def measure(name: str, draws: int, first: int) -> None:
    """Runs one contender in this process and prints what it took."""
    run, pairs = CONTENDERS[name]
    common = run(first, pairs)  # warms up, too
    start, before = time.perf_counter(), time.process_time()
    run(draws, pairs)
    seconds, cpu = time.perf_counter() - start, time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    digest = sha256(b"".join(counts.tobytes() for counts in common)).hexdigest()
    print(json.dumps({"seconds": seconds, "cpu": cpu, "gib": peak, "digest": digest}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=1_000_000)
    parser.add_argument("--loop-draws", type=int, default=10_000)
    parser.add_argument("--common", type=int, default=2048, help="of the first draws, counted by all and compared")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", choices=CONTENDERS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    drawn = {name: options.loop_draws if run is loop else options.draws for name, (run, _) in CONTENDERS.items()}
    if options.one:
        measure(options.one, drawn[options.one], options.common)
        return
    runs: dict[str, list[dict]] = {name: [] for name in CONTENDERS}
    for _ in range(options.rounds):
        for name in CONTENDERS:
            command = [sys.executable, __file__, "--one", name, "--draws", str(options.draws)]
            command += ["--loop-draws", str(options.loop_draws), "--common", str(options.common)]
            runs[name].append(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    for ours, theirs in (("auditlib", "loop"), ("auditlib, pairs", "loop, pairs")):
        digests = {run["digest"] for name in (ours, theirs) for run in runs[name]}
        if len(digests) != 1:
            sys.exit(f"{ours} and {theirs} count the first {options.common} draws differently")
    print(f"{options.draws:,} draws, {UNITS} units, {INDICATORS} indicators, 2 threads; medians of {options.rounds};")
    print(f"loops timed on {options.loop_draws:,} draws and scaled; equal counts in the first {options.common} draws")
    print(f"{'':17}seconds  cpu seconds  peak GiB  time/ours")
    ours = 0.0
    for name, found in runs.items():
        scale = options.draws / drawn[name]
        seconds, cpu = (statistics.median(run[key] for run in found) * scale for key in ("seconds", "cpu"))
        ours = ours if name.startswith("loop") else seconds
        peak = max(run["gib"] for run in found)
        print(f"{name:17}{seconds:7.1f}  {cpu:11.1f}  {peak:8.2f}  {seconds / ours:9.1f}")


if __name__ == "__main__":
    main()
