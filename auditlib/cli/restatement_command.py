"""The command that compares two snapshots of a ledger: restate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditlib.cli.clusters import connected
from auditlib.cli.scoring import open_ledger
from auditlib.cli.terminal import echo, echo_json, show_table, working

if TYPE_CHECKING:
    from auditlib.ledger.read import Ledger
    from auditlib.runs.cluster.cluster import Cluster
    from auditlib.runs.cluster.restating import Restating

__all__ = ["restate"]


@click.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--scheme", help="Also in whose favour: points under both, class by class; needs --period.")
@click.option("--period", help="The period whose points are compared.")
@click.option("--fail-on-asked", is_flag=True, help="Exit with 1 where there is a difference to be asked about.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Write the JSON to a file.")
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Let a dask.distributed cluster compare the parts: tcp://HOST:8786 of its scheduler.",
)
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def restate(
    old: Path, new: Path, scheme: str | None, period: str | None, fail_on_asked: bool, form: str, out: Path | None,
    cluster: str | None, language: str,
) -> None:  # fmt: skip
    """What became of every row between two snapshots of one ledger, OLD and NEW.

    The time at which OLD was taken decides: an entry or closing after it is expected; what lies before it and was not
    there, was changed, moved or is gone, is to be asked about.

    With --cluster the workers of a dask.distributed scheduler compare two ledgers that were divided into equally many
    parts (auditlib partition), a part each, and count them for their points. What is found is the same, byte for byte.
    """
    from auditlib.core.files import write_atomically
    from auditlib.core.message import sentence
    from auditlib.core.period import parse_period
    from auditlib.ledger.restatement.pair import ASKED
    from auditlib.restate.restatement import restate as restated
    from auditlib.restate.restatement import restatement_json
    from auditlib.restate.words import class_table, favour_table
    from auditlib.scoring.assess import resolve_scheme

    if (scheme is None) != (period is None):
        raise click.UsageError("expected --scheme and --period together")
    when = parse_period(period, "--period") if period else None
    resolved = resolve_scheme(scheme, when) if scheme and when else None
    before, after = (open_ledger(path, None, True, scheme or "") for path in (old, new))
    with connected(cluster) as workers, working("comparing"):
        found = restated(before, after, resolved, when, _apart(workers, before, after))
    if out is not None:
        write_atomically(out, (json.dumps(restatement_json(found), ensure_ascii=False, indent=1) + "\n").encode())
    elif form == "json":
        echo_json(restatement_json(found))
    else:
        show_table(class_table(found), sentence("What became of the rows", language), language)
        if found.favour:
            show_table(favour_table(found), sentence("In whose favour", language), language)
        if not found.told_apart and found.count("added"):
            said = "Without entered_at nobody can tell late arrivals from rows that were inserted."
            echo(sentence(said, language), err=True)
    if fail_on_asked and found.count(*ASKED):
        raise SystemExit(1)


def _apart(cluster: Cluster | None, old: Ledger, new: Ledger) -> Restating | None:
    """Who compares the parts. Raises :class:`InputError` for ledgers that do not lie in equally many."""
    if cluster is None:
        return None
    from auditlib.runs.cluster.restating import Restating

    return Restating.of(cluster, old, new)
