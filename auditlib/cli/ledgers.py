"""Commands on ledgers: intake."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditlib.cli.terminal import echo, print_rejects, table, working
from auditlib.core.errors import InputError
from auditlib.core.home import find, names_in, shown

if TYPE_CHECKING:
    from auditlib.ledger.intake.take_in import Intake

__all__ = ["intake"]

LEAST_SECRET = 16


@click.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--mapping", required=True, help="A mapping file, or the name of one in params/mappings.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder of the new ledger.")
@click.option("--format", "form", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True)
@click.option("--replace", is_flag=True, help="Write the folder anew where it exists.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of what is told.")
@click.option(
    "--pseudonym-key", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with a secret of 16 bytes or more, for columns with `personal: pseudonym`; keep it with the source.",
)  # fmt: skip
def intake(
    sources: tuple[Path, ...],
    mapping: str,
    out: Path,
    form: str,
    replace: bool,
    language: str,
    pseudonym_key: Path | None,
) -> None:
    """Turn foreign exports (CSV, XLSX, Parquet) into a ledger: accepted and rejected rows, and a snapshot hash.

    Rows with personal data (names, phones, identity numbers, addresses) are rejected unless the mapping has them
    masked. Exits 1 when rows were rejected; all of them stand in rejects.csv of the new ledger, without personal data.
    """
    from auditlib.core.yaml_file import read_yaml
    from auditlib.ledger.intake.mapping import Mapping
    from auditlib.ledger.intake.take_in import take_in
    from auditlib.ledger.intake.write import write_ledger

    path = find(mapping, "mappings", ".yaml")
    if not path.is_file():
        known = names_in("mappings", "*.yaml")
        raise InputError.at("--mapping", "", f"found {mapping}, expected a mapping file, or one of {known}")
    with working("taking in"):
        key = None if pseudonym_key is None else _secret(pseudonym_key)
        taken = take_in(sources, read_yaml(Mapping, path, shown(path)), key)
        write_ledger(taken, out, form=form, replace=replace)
    _print_doubts(taken, language)
    print_rejects(taken.rejects, 50)
    rows = [[name, seen, taken.registers[name].height, taken.rejected[name]] for name, seen in taken.seen.items()]
    table(["register", "rows", "accepted", "rejected"], rows, str(out))
    for column, count in sorted(taken.replaced.items()):
        click.echo(f"personal data replaced in {column}: {count}")
    click.echo(f"snapshot {taken.snapshot}")
    sys.exit(1 if taken.rejects.height else 0)


def _print_doubts(taken: Intake, language: str) -> None:
    """What is doubtful, and why rows were rejected: each reason once with its count, before the rows themselves."""
    from auditlib.core.message import sentence, told
    from auditlib.ledger.expectations import standing

    for doubt in taken.doubts:
        echo(sentence("note: {message}", language, message=doubt.message), err=True)
    said = {**standing(None), **taken.expectations}
    reasons = (
        taken.rejects.group_by("register", "column", "expected")
        .len()
        .sort("len", "register", "column", descending=[True, False, False])
    )
    for register, column, expected, count in reasons.iter_rows():
        words = told(said.get(expected, expected), language)
        place = f"{register}.{column}" if column else register
        echo(
            sentence("rejected: {count} × {place}, expected {words}", language, count=count, place=place, words=words),
            err=True,
        )


def _secret(file: Path) -> bytes:
    """The secret in a file without the line's end. Short ones are refused: whoever guesses it can undo the pseudonyms."""
    secret = file.read_bytes().strip()
    if len(secret) < LEAST_SECRET:
        raise InputError.at(
            file, "", f"found {len(secret)} bytes, expected a secret of {LEAST_SECRET}, such as `openssl rand -hex 32`"
        )
    return secret
