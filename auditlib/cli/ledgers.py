"""Commands on ledgers: intake."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from auditlib.cli.terminal import print_rejects, table, working
from auditlib.places import home, shown

__all__ = ["intake"]


@click.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--mapping", required=True, help="A mapping file, or the name of one in params/mappings.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder of the new ledger.")
@click.option("--format", "form", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True)
@click.option("--replace", is_flag=True, help="Write the folder anew where it exists.")
def intake(sources: tuple[Path, ...], mapping: str, out: Path, form: str, replace: bool) -> None:
    """Turn foreign exports (CSV, XLSX, Parquet) into a ledger: accepted and rejected rows, and a snapshot hash.

    Exits 1 when rows were rejected; all of them stand in rejects.csv of the new ledger.
    """
    from auditlib.ledger.intake import take_in, write_ledger
    from auditlib.ledger.mapping import Mapping
    from auditlib.tree import read_yaml

    path = Path(mapping) if mapping.endswith((".yaml", ".yml")) else home() / "params" / "mappings" / f"{mapping}.yaml"
    with working("taking in"):
        taken = take_in(sources, read_yaml(Mapping, path, shown(path)))
        write_ledger(taken, out, form=form, replace=replace)
    print_rejects(taken.rejects, 50)
    rows = [[name, seen, taken.registers[name].height, taken.rejected[name]] for name, seen in taken.seen.items()]
    table(["register", "rows", "accepted", "rejected"], rows, str(out))
    click.echo(f"snapshot {taken.snapshot}")
    sys.exit(1 if taken.rejects.height else 0)
