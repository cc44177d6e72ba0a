"""Commands on runs: run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from auditlib.cli.terminal import table

__all__ = ["run"]


@click.command()
@click.argument("run_file", metavar="RUN.yaml", type=click.Path(path_type=Path))
@click.option("--jobs", type=click.IntRange(min=1), help="Reports at a time. [default: as many as cores]")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the reports. [default: reports/RUN]")
@click.option("--dry-run", is_flag=True, help="Show the plan and stop.")
def run(run_file: Path, jobs: int | None, out: Path | None, dry_run: bool) -> None:
    """Make the reports of all units and periods that a run file names, and an index page.

    Everything is checked before the first kernel starts. A report that fails is kept and marked; the
    others are finished, and the exit code is 1.
    """
    from auditlib.runner.plan import plan_run, read_run
    from auditlib.runner.run import make_demonstration, make_reports

    declared = read_run(run_file)
    if declared.demonstration and not Path(declared.ledger).exists():
        click.echo(f"writing the synthetic ledger {declared.ledger}", err=True)
        make_demonstration(declared)
    plan = plan_run(declared, out or Path("reports") / declared.run)
    rejected = sum(plan.ledger.rejected.values())
    click.echo(
        f"{declared.run}: {len(plan.reports)} reports, {len(plan.results)} periods, scheme {declared.scheme}, "
        f"ledger {declared.ledger} ({plan.ledger.accepted.get('cases', 0)} cases, {rejected} rows rejected)"
    )
    if dry_run:
        table(
            ["period", "unit", "notebook", "file"],
            [[r.period, r.unit, r.notebook.stem, f"{r.target}.html"] for r in plan.reports],
            "plan",
        )
        return
    outcomes, index, seconds = make_reports(plan, jobs or os.cpu_count() or 1)
    failed = [outcome for outcome in outcomes if outcome.error]
    for outcome in failed:
        click.echo(f"failed: {outcome.report.target}.ipynb: {outcome.error}", err=True)
    click.echo(f"{len(outcomes) - len(failed)} reports made, {len(failed)} failed, {seconds:.0f} s; open {index}")
    sys.exit(1 if failed else 0)
