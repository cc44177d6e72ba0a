"""The command that writes a folder of one's own to begin in: new."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from auditlib.cli.duties import show_counts
from auditlib.cli.terminal import echo, show_table
from auditlib.core.home import shown
from auditlib.runs.beginning.folder import BEGINNINGS, PERIOD, write_beginning

__all__ = ["new"]


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--language",
    type=click.Choice(["zh", "en"]),
    default="zh",
    show_default=True,
    help="Of the comments, titles and reports.",
)
@click.option(
    "--like", type=click.Choice(list(BEGINNINGS)), default="points", show_default=True,
    help="; ".join(f"{name}: {said}" for name, said in BEGINNINGS.items()) + ".",
)  # fmt: skip
def new(folder: Path, language: str, like: Any) -> None:
    """Write a commented scheme of your own to begin with: a ledger of five rows, worked examples, a run.

    It scores at once, and what it scores is shown (of duties, how many were met). DIR (new, or empty) gets scheme.yaml,
    ledger/, examples/, run.yaml and schema.json, by which an editor says what each key means (.vscode/ is set up). With
    --like panel: panel.yaml and the answers of five experts. The id of the scheme is the name of DIR. What each command
    prints: docs/first-hour.md.
    """
    made = write_beginning(folder, like, language)
    echo(f"{shown(folder)}: {made.files} files")
    if made.scored:
        _show_points(folder)
    elif like == "duties":
        _show_duties(folder, language)
    echo("\nGo on with\n")
    here = folder.resolve() == Path.cwd().resolve()
    for command in made.commands if here else (f"cd {shown(folder)}", *made.commands):
        echo(f"  {command}")


def _show_points(folder: Path) -> None:
    from auditlib.core.period import parse_period
    from auditlib.ledger.read import read_ledger
    from auditlib.scoring.assess import assess
    from auditlib.scoring.ranking_table import result_table

    resolved, result = assess(
        str(folder / "scheme.yaml"), read_ledger(folder / "ledger"), parse_period(PERIOD, ""), evidence=False
    )
    show_table(result_table(resolved, result), f"{resolved.scheme.title.zh} {result.period}")


def _show_duties(folder: Path, language: str) -> None:
    from auditlib.core.period import parse_period
    from auditlib.ledger.read import read_ledger
    from auditlib.scoring.assess import calendar_of, resolve_scheme
    from auditlib.scoring.duties.compliance import comply

    when = parse_period(PERIOD, "")
    resolved = resolve_scheme(str(folder / "scheme.yaml"), when)
    show_counts(comply(resolved, read_ledger(folder / "ledger"), when, calendar=calendar_of(resolved)), language)
