"""The command on adjustments: what was decided on appeal, in its chain."""

from __future__ import annotations

from pathlib import Path

import click

from auditlib.cli.terminal import echo, echo_json, show_table
from auditlib.core.table import Table

__all__ = ["adjustments"]


@click.command()
@click.argument("scheme")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--ledger", type=click.Path(path_type=Path), help="Hold every `was` against this ledger, too.")
@click.option(
    "--appeals", type=click.Path(path_type=Path), multiple=True, metavar="DIR",
    help="Look for every appeal in the ledger that its adjustment names; for each such ledger.",
)  # fmt: skip
def adjustments(scheme: str, form: str, ledger: Path | None, appeals: tuple[Path, ...]) -> None:
    """What was decided on appeal against results of a scheme: params/adjustments/SCHEME/ID.yaml, in their chain.

    What is proposed and not decided (`auditlib objections read`) is listed after it and applied nowhere. The last line is what the next one has to name as `previous`. `score` and `duties` apply those that were decided by
    the time of looking, to inputs alone, and show both results.
    """
    from datetime import datetime

    from auditlib.cli.scoring import open_ledger
    from auditlib.objections.proposal import read_proposals
    from auditlib.scheme.load import find_scheme, load_scheme
    from auditlib.scoring.adjustments.appeals import compare_appeals
    from auditlib.scoring.adjustments.declared import read_adjustments
    from auditlib.scoring.adjustments.overlay import overlaid

    natural = load_scheme(find_scheme(scheme)).natural
    found = read_adjustments(natural)
    decided = {one.adjustment for one in found.chain}
    proposed = [one for one in read_proposals(natural) if one.proposed not in decided]
    if ledger is not None:
        overlaid(open_ledger(ledger, None, True, scheme), natural, lambda: datetime.max)
    if appeals:
        compare_appeals([open_ledger(folder, None, True, scheme) for folder in appeals], found)
    if form == "json":
        chain = [
            one.model_dump(mode="json", by_alias=True) | {"sha256": sha}
            for one, sha in zip(found.chain, found.hashes, strict=True)
        ]
        echo_json(
            {"scheme": natural.scheme, "adjustments": chain, "next_previous": found.last}
            | {"proposed": [one.model_dump(mode="json", by_alias=True) for one in proposed]}
        )
        return
    rows = [
        [
            "decided", one.adjustment, one.period, one.decided_at.isoformat(), one.decided_by, one.clause,
            "; ".join(f"{change.place}: {change.was} → {change.becomes}" for change in one.changes), sha[:12],
        ]
        for one, sha in zip(found.chain, found.hashes, strict=True)
    ]  # fmt: skip
    rows += [
        [
            "proposed", one.proposed, one.period, one.filed_on.isoformat(), None, one.clause,
            "; ".join(f"{change.place}: {change.was} → {change.becomes}" for change in one.changes), None,
        ]
        for one in proposed
    ]  # fmt: skip
    columns = ("state", "adjustment", "period", "decided_at", "decided_by", "clause", "changes", "sha256")
    show_table(Table(columns, rows), natural.title.zh)
    echo(f"previous of the next: {found.last or 'null'}", err=True)
