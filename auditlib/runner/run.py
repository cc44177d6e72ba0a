"""A run from its file to the index page, with progress for the person who waits."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from auditlib.ledger.intake import take_in, write_ledger
from auditlib.ledger.mapping import Mapping
from auditlib.places import home
from auditlib.report.site import Entry, write_index
from auditlib.runner.execute import Outcome, execute
from auditlib.runner.plan import Plan, RunFile
from auditlib.tree import read_yaml

__all__ = ["make_demonstration", "make_reports"]


def make_demonstration(run: RunFile) -> None:
    """Write the synthetic export that a run demonstrates with, and take it in as the run's ledger."""
    from auditlib.demo import write_heating_winter

    ledger = Path(run.ledger)
    export = ledger.with_name(f"{ledger.name}-export")
    write_heating_winter(export)
    mapping = read_yaml(Mapping, home() / "params" / "mappings" / f"{run.demonstration}.yaml")
    write_ledger(take_in([export], mapping), ledger, replace=True)


def make_reports(plan: Plan, jobs: int) -> tuple[list[Outcome], Path, float]:
    """Execute ``plan`` and write its index page. Returns the outcomes, the page, and the seconds it took."""
    started = time.monotonic()
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("reports", total=len(plan.reports))

        def done(outcome: Outcome) -> None:
            progress.advance(task)
            if not console.is_terminal:
                state = "failed" if outcome.error else "made"
                console.print(f"{state} {outcome.report.target}.html", markup=False, highlight=False, soft_wrap=True)

        outcomes = execute(plan, jobs, done)
    language = plan.run.language
    entries = [_entry(plan, outcome) for outcome in outcomes]
    index = write_index(plan.out, entries, language, plan.run.title(language))
    return outcomes, index, time.monotonic() - started


def _entry(plan: Plan, outcome: Outcome) -> Entry:
    """The line of a report in the index, with the figures of the plan's own results."""
    report, result = outcome.report, plan.results[outcome.report.period]
    href = report.target.with_name(f"{report.target.name}.html").relative_to(plan.out).as_posix()
    state: Literal["done", "failed"] = "failed" if outcome.error else "done"
    if report.unit is None:
        return Entry(report.title, href, report.period, "ranking", status=state, error=outcome.error)
    unit = result.unit(report.unit)
    return Entry(
        report.title, href, report.period, "unit", unit.unit, unit.name, unit.group, unit.rank,
        result.text(unit.total), result.text(unit.total_of), unit.complete, state, outcome.error,
    )  # fmt: skip
