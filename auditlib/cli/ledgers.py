"""Commands on ledgers: intake."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from auditlib.cli.terminal import print_rejects, table, working
from auditlib.core.errors import InputError
from auditlib.core.guards import content_of
from auditlib.core.home import find, names_in, shown

__all__ = ["intake"]

LEAST_SECRET, MOST_SECRET = 16, 2**16


@click.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--mapping", required=True, help="A mapping file, or the name of one in params/mappings.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder of the new ledger.")
@click.option("--format", "form", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True)
@click.option("--replace", is_flag=True, help="Write the folder anew where it exists.")
@click.option(
    "--pseudonym-key", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with a secret of 16 bytes or more, for columns with `personal: pseudonym`; keep it with the source.",
)  # fmt: skip
def intake(
    sources: tuple[Path, ...], mapping: str, out: Path, form: str, replace: bool, pseudonym_key: Path | None
) -> None:
    """Turn foreign exports (CSV, XLSX, Parquet) into a ledger: accepted and rejected rows, and a snapshot hash.

    Rows with personal data (names, phones, identity numbers, addresses) are rejected unless the mapping has them
    masked. Exits 1 when rows were rejected; all of them stand in rejects.csv of the new ledger, without personal data.
    """
    from auditlib.ledger.intake.mapping import Mapping
    from auditlib.ledger.intake.take_in import take_in, write_ledger
    from auditlib.ledger.privacy.declared import read_impersonal

    path = find(mapping, "mappings", ".yaml")
    if not path.is_file():
        known = names_in("mappings", "*.yaml")
        raise InputError.at("--mapping", "", f"found {mapping}, expected a mapping file, or one of {known}")
    with working("taking in"):
        key = None if pseudonym_key is None else _secret(pseudonym_key)
        taken = take_in(sources, read_impersonal(Mapping, path, shown(path)), key)
        write_ledger(taken, out, form=form, replace=replace)
    print_rejects(taken.rejects, 50)
    rows = [[name, seen, taken.registers[name].height, taken.rejected[name]] for name, seen in taken.seen.items()]
    table(["register", "rows", "accepted", "rejected"], rows, str(out))
    for column, count in sorted(taken.replaced.items()):
        click.echo(f"personal data replaced in {column}: {count}")
    click.echo(f"snapshot {taken.snapshot}")
    sys.exit(1 if taken.rejects.height else 0)


def _secret(file: Path) -> bytes:
    """The secret in a file without the line's end. Short ones are refused: whoever guesses it can undo the pseudonyms."""
    secret = content_of(file, MOST_SECRET).strip()
    if len(secret) < LEAST_SECRET:
        raise InputError.at(
            file, "", f"found {len(secret)} bytes, expected a secret of {LEAST_SECRET}, such as `openssl rand -hex 32`"
        )
    return secret
