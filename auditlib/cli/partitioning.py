"""Command on the parts of a ledger: partition."""

from __future__ import annotations

from pathlib import Path

import click

from auditlib.cli.terminal import echo, working

__all__ = ["partition"]


@click.command()
@click.argument("ledger", metavar="LEDGER", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder of the new ledger.")
@click.option(
    "--parts",
    type=click.IntRange(min=1, max=1000),
    default=32,
    show_default=True,
    help="How many parts: a few for each worker of the cluster.",
)
@click.option(
    "--at",
    metavar="URL",
    help="Where the parts shall lie, if not in --out: s3://bucket/ledger, or another URL that fsspec knows.",
)
@click.option(
    "--scheme", default="", help="A scheme whose registers of one's own are divided, too, and declared in ledger.yaml."
)
@click.option("--accept-rejects", is_flag=True, help="Divide although rows of the ledger were rejected.")
def partition(ledger: Path, out: Path, parts: int, at: str | None, scheme: str, accept_rejects: bool) -> None:
    """Divide a checked ledger into Parquet files by unit, so that the workers of a cluster each count their part.

    The new ledger has the same snapshot hash and can be used wherever the old one can. Its seal, partitions.json,
    holds the hash of every file: a file that was changed later is refused. See docs/many-machines.md.
    """
    from auditlib.cli.scoring import open_ledger
    from auditlib.ledger.divided.divide import write_divided

    book = open_ledger(ledger, None, accept_rejects, scheme)
    if book.ignored:
        echo(f"note: no registers, and not divided: {', '.join(book.ignored)}", err=True)
    with working(f"writing {out}"):
        seal = write_divided(book, out, parts, at)
    rows = sum(register.rows for register in seal.registers.values())
    echo(f"{out}: {rows} rows in {parts} parts, snapshot {seal.snapshot}")
