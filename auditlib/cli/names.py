"""The command on lists of names: what no pattern finds is found by them."""

from __future__ import annotations

from pathlib import Path

import click

from auditlib.cli.terminal import echo
from auditlib.core.home import shown

__all__ = ["names"]


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="names.csv")
def names(file: Path, out: Path) -> None:
    """Turn a list of names into hashes, so that they are found in texts and no list of people lies about.

    FILE holds a name a line, or is a CSV with a column `name` or `姓名`. A names.csv in params/, or the file that
    AUDITLIB_NAMES names, is in force for everything that is searched for personal data; one in the folder of a
    ledger, an export or a panel for what is read from there. FILE is not needed any more. Whoever has names.csv can
    try a name that they know: keep it to those who may know who is on it.
    """
    from auditlib.core.files import write_atomically
    from auditlib.ledger.privacy.listed import hashed_names

    text = hashed_names(file)
    write_atomically(out, text.encode())
    echo(f"written {shown(out)}: {text.count(chr(10)) - 1} names, hashed")
