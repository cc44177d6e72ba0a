"""How long a report takes: ours beside papermill's and nbconvert's own ways, on our own unit report, in one run.

    python benchmarks/bench_reports.py [--reports 4] [--rounds 3]

Every way makes the same reports of one ledger, executed notebook and page; the rounds are
interleaved, so that a busy hour hits all ways alike, and medians of seconds a report are printed with their ratio
to ours. The ways:

    shell loop      the commands papermill and jupyter nbconvert, one report after the other
    shell, 2        the same, two at a time
    API, 2          papermill's API in a pool of two processes, pages by our exporter
    auditlib, 2     forks of a warm process, two at a time
    floor, 2        figures, tables and page alone, in forks that have everything at hand

``without figures`` is the same for a notebook of tables only: there, the machinery is all that costs.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import nbformat

from auditlib.analysis.kept import SHARED, vouching
from auditlib.analysis.request import Asked
from auditlib.runs.engine.session import ENVIRONMENT
from auditlib.runs.engine.warm_process import WarmProcess
from auditlib.runs.execute import execute
from auditlib.runs.make import make_demonstration
from auditlib.runs.make_report import get_ready
from auditlib.runs.period_cache import KeptPeriods
from auditlib.runs.plan import Plan, PlannedReport, plan_run
from auditlib.runs.runfile import Limits, read_run

ROOT = Path(__file__).resolve().parents[1]
FIGURES = ("waterfall", "peers", "trend", "time_taken", "calendar")
LIMITS = Limits()


def by_commands(reports: Sequence[PlannedReport], work: Path, at_once: int) -> None:
    """papermill and nbconvert as commands."""

    def one(report: PlannedReport) -> None:
        out = work / f"{report.unit}.ipynb"
        parameters = work / f"{report.unit}.yaml"
        parameters.write_text(json.dumps(dict(report.parameters)), encoding="utf-8")
        commands = (
            ["papermill", str(report.notebook), str(out), "-f", str(parameters), "--no-progress-bar"],
            ["jupyter", "nbconvert", "--to", "html", "--no-input", str(out)],
        )
        for command in commands:
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            subprocess.run([sys.executable, "-m", *command], check=True, **quiet)

    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(one, reports))


def by_api(reports: Sequence[PlannedReport], work: Path, kept: Path) -> None:
    """papermill's API in a pool of two; each notebook scores for itself."""
    moved = [replace(report, folder=work, vouched={}) for report in reports]
    outcomes = list(execute(moved, 2, LIMITS, work / "nothing kept", stock=True))
    assert not any(outcome.error for outcome in outcomes), outcomes


def by_forks(reports: Sequence[PlannedReport], work: Path, warm: WarmProcess, task: Callable[..., object]) -> None:
    """A function in forks of a warm process, two at a time."""
    waiting = [replace(report, folder=work) for report in reports]
    running = 0
    while waiting or running:
        while waiting and running < 2:
            warm.submit(len(waiting), task, waiting.pop(0))
            running += 1
        _, result, death = warm.answer()
        assert (death, result) == (None, None), (result, death)
        running -= 1


def ready(report: PlannedReport) -> None:
    """Have what a run has before its first report, and this file, which no fork is to import again."""
    get_ready(report)


def make(report: PlannedReport) -> object:
    """A report as a run makes it."""
    from auditlib.runs.make_report import make_report

    return make_report(report, "auditlib", LIMITS)


def floor(report: PlannedReport) -> None:
    """All that a report shows, and its page, with no notebook around it."""
    from auditlib.report.unit import UnitReport

    with vouching(report.vouched):
        page = "\n".join(section.html for section in UnitReport.open(**report.parameters))
    report.file(".html").parent.mkdir(parents=True, exist_ok=True)
    report.file(".html").write_text(page, encoding="utf-8")


def without_figures(reports: Sequence[PlannedReport], work: Path) -> list[PlannedReport]:
    """The same reports by a notebook without its figures."""
    notebook = nbformat.read(reports[0].notebook, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if not any(f'show("{name}")' in cell.source for name in FIGURES)]
    file = work / "unit_tables.ipynb"
    nbformat.write(notebook, file)
    return [replace(report, notebook=file) for report in reports]


def measure(reports: Sequence[PlannedReport], kept: Path, rounds: int) -> dict[str, float]:
    """Median seconds a report of every way."""
    seconds: dict[str, list[float]] = {}
    here = str(Path(__file__).resolve().parent)
    sys.path.insert(0, here)
    import bench_reports as own  # by its name, under which the warm process finds it too

    with WarmProcess({**ENVIRONMENT, SHARED: str(kept), "PYTHONPATH": here}) as warm:
        warm.prepare(own.ready, reports[0])
        ways: dict[str, Callable[[Path], None]] = {
            "shell loop": lambda work: by_commands(reports, work, 1),
            "shell, 2": lambda work: by_commands(reports, work, 2),
            "API, 2": lambda work: by_api(reports, work, kept),
            "auditlib, 2": lambda work: by_forks(reports, work, warm, own.make),
            "floor, 2": lambda work: by_forks(reports, work, warm, own.floor),
        }
        if len(reports) == 1:  # one at a time, whatever is said
            del ways["shell, 2"]
        for _ in range(rounds):
            for name, way in ways.items():
                with tempfile.TemporaryDirectory() as work:
                    started = time.perf_counter()
                    way(Path(work))
                    seconds.setdefault(name, []).append((time.perf_counter() - started) / len(reports))
    return {name: statistics.median(times) for name, times in seconds.items()}


def show(title: str, medians: dict[str, float]) -> None:
    """The table of one notebook."""
    ours = medians["auditlib, 2"]
    print(f"\n{title}\n{'way':<14}{'s a report':>12}{'/ ours':>10}")
    for name, seconds in medians.items():
        print(f"{name:<14}{seconds:>12.3f}{seconds / ours:>10.2f}")


def plan(kept: Path, reports: int, name: str) -> list[PlannedReport]:
    """The first reports of a run, its period scored and kept."""
    run = read_run(ROOT / "params" / "runs" / f"{name}.yaml")
    if run.demonstration and not Path(run.ledger).exists():
        make_demonstration(run)
    planned: Plan = plan_run(run, Path("unused"), KeptPeriods(kept))
    return [report for report in planned.reports if report.unit is not None][:reports]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=4, help="reports a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--run", default="demo", help="whose reports; those of sample are made of a few cases")
    parser.add_argument("--tables-only", action="store_true", help="leave out the first part, with figures")
    arguments = parser.parse_args()
    os.chdir(ROOT)
    os.environ.update(ENVIRONMENT)
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "scored"
        reports = plan(kept, arguments.reports, arguments.run)
        assert isinstance(reports[0].asked, Asked)
        print(f"{len(reports)} reports a round, {arguments.rounds} rounds, {os.cpu_count()} cores")
        if not arguments.tables_only:
            show("unit report", measure(reports, kept, arguments.rounds))
        show("without figures", measure(without_figures(reports, Path(folder)), kept, arguments.rounds))


if __name__ == "__main__":
    main()
