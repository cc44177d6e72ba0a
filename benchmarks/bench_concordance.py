"""Our permutations and bootstrap of Kendall's W against scipy's Friedman test called in a loop.

Two hundred experts mark a hundred items from 1 to 5. Ours draws 10,000 permuted and 10,000 resampled panels. The loop
does the same with what is at hand: each panel shuffled or resampled by numpy, then `scipy.stats.friedmanchisquare`,
whose statistic is m(n − 1)W. The loop makes fewer panels, and its time is scaled up to as many as ours; every panel
costs it the same. All take turns in one process on one core, the times are those of the processor, so that other work
on the machine counts little, and the ratios compare medians of one run. Before that, W of the panel must be the same
in both, and p as well, as far as chance allows. Last, the same marks as a panel on disk are read and analysed whole:
W, p and intervals, descriptives, screening, weights.

    .venv/bin/python benchmarks/bench_concordance.py [--experts 200] [--items 100] [--draws 10000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from auditlib.delphi.analysis import analyse
from auditlib.delphi.rounds import read_panel
from auditlib.delphi.statistics.concordance import concordance
from auditlib.delphi.statistics.resampling import bootstrap_interval, permutation_p

Marks = NDArray[np.float64]


def friedman_W(marks: Marks) -> float:
    m, n = marks.shape
    return float(stats.friedmanchisquare(*marks.T).statistic) / (m * (n - 1))


def permuted_in_a_loop(marks: Marks, draws: int) -> float:
    random = np.random.default_rng(1)
    observed = friedman_W(marks)
    reached = sum(friedman_W(random.permuted(marks, axis=1)) >= observed - 1e-12 for _ in range(draws))
    return (1 + reached) / (draws + 1)


def resampled_in_a_loop(marks: Marks, draws: int) -> list[float]:
    random = np.random.default_rng(1)
    return [friedman_W(marks[random.integers(0, len(marks), len(marks))]) for _ in range(draws)]


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def written(folder: Path, marks: Marks, draws: int) -> Path:
    """The marks as a panel of one round."""
    experts, items = marks.shape
    tree = "".join(f"  - {{id: i{item}, title: {{zh: 条目{item}, en: Item {item}}}}}\n" for item in range(items))
    (folder / "panel.yaml").write_text(
        f"panel: bench\ntitle: {{zh: 例, en: Bench}}\nscale: {{min: 1, max: 5}}\nitems:\n{tree}"
        f"resampling: {{draws: {draws}, seed: 1}}\n",
        encoding="utf-8",
    )
    heads = ",".join(["expert", *(f"i{item}" for item in range(items))])
    rows = [",".join([f"E{expert + 1:03}", *(str(int(mark)) for mark in marks[expert])]) for expert in range(experts)]
    (folder / "round-1.csv").write_text("\n".join([heads, *rows, ""]), encoding="utf-8")
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--experts", type=int, default=200)
    parser.add_argument("--items", type=int, default=100)
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--loop", type=int, default=200, help="panels that the loop makes before it is scaled up")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    marks = np.random.default_rng(1).integers(1, 6, (options.experts, options.items)).astype(float)

    found = concordance(marks)
    assert found.W is not None
    assert abs(found.W - friedman_W(marks)) < 1e-12, "the two find another W"
    ours, loop = permutation_p(marks, options.draws), permuted_in_a_loop(marks, options.loop)
    assert ours is not None
    error = 5 * (ours.error + (ours.p * (1 - ours.p) / options.loop) ** 0.5) + 1 / options.loop
    assert abs(ours.p - loop) < error, "the two find another p"

    scale = options.draws / options.loop
    contenders: dict[str, Callable[[], float]] = {
        "permutations, auditlib": lambda: seconds(lambda: permutation_p(marks, options.draws)),
        "permutations, scipy loop": lambda: scale * seconds(lambda: permuted_in_a_loop(marks, options.loop)),
        "bootstrap, auditlib": lambda: seconds(lambda: bootstrap_interval(marks, options.draws)),
        "bootstrap, scipy loop": lambda: scale * seconds(lambda: resampled_in_a_loop(marks, options.loop)),
    }
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(options.rounds):
        for name, contender in contenders.items():
            times[name].append(contender())

    median = {name: statistics.median(taken) for name, taken in times.items()}
    size = f"{options.experts} experts, {options.items} items, {options.draws} draws"
    print(f"{size}; processor time on one core, {options.rounds} rounds")
    print(f"W = {found.W:.6f}; p = {ours.p:.4f} ± {ours.error:.4f} (ours), {loop:.4f} (loop of {options.loop} panels)")
    for name, taken in times.items():
        scaled = f"  scaled from {options.loop} panels" if "loop" in name else ""
        print(f"  {name:26} median {median[name]:8.2f} s  (from {min(taken):.2f} to {max(taken):.2f}){scaled}")
    both = median["permutations, auditlib"] + median["bootstrap, auditlib"]
    loops = median["permutations, scipy loop"] + median["bootstrap, scipy loop"]
    for what in ("permutations", "bootstrap"):
        print(f"  {what}: {median[f'{what}, scipy loop'] / median[f'{what}, auditlib']:.0f} x faster than the loop")
    print(f"  both: {both:.2f} s, {loops / both:.0f} x faster than the loops")
    with tempfile.TemporaryDirectory() as scratch:
        folder = written(Path(scratch), marks, options.draws)
        whole = statistics.median(seconds(lambda: analyse(read_panel(folder))) for _ in range(options.rounds))
        (group,) = analyse(read_panel(folder)).last.groups
        assert group.concordance is not None, "the panel has no W"
        assert group.concordance.W is not None, "the panel has no W"
        assert abs(group.concordance.W - found.W) < 1e-12, "the panel has another W"
    print(f"  the panel read and analysed, with p and intervals: {whole:.2f} s")
    print(f"  peak memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
