"""The command that writes what schemes say as pages for people: dossier."""

from __future__ import annotations

from pathlib import Path

import click

from auditlib.cli.terminal import echo, working
from auditlib.core.home import shown

__all__ = ["dossier"]


@click.command()
@click.argument("schemes", nargs=-1, required=True)
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for the pages.")
@click.option(
    "--language",
    "languages",
    multiple=True,
    default=("zh",),
    type=click.Choice(["zh", "en"]),
    help="Give it twice for pages in both; the index is in the first.  [default: zh]",
)
@click.option(
    "--examples",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of worked examples, a folder a scheme: a page of them for each.",
)
def dossier(schemes: tuple[str, ...], out: Path, languages: tuple[str, ...], examples: Path | None) -> None:
    """Write a page for each scheme that says everything it holds: clauses, rules, readings, gaps, findings.

    DIR/ID.html in Chinese, DIR/ID.en.html in English, ID.examples.html with --examples, and an index.html. The
    pages stand by themselves: no script, nothing from elsewhere. A scheme with a ledger in params/demonstrations
    shows there what each reading would change. Nothing is written unless every page can be made.
    """
    from auditlib.scheme.load import find_scheme
    from auditlib.scheme_pages.write import write_dossiers

    paths = [find_scheme(name) for name in schemes]
    with working("comparing the readings"):
        pages = write_dossiers(paths, out, tuple(dict.fromkeys(languages)), examples)
    echo(f"{len(pages)} pages; open {shown(pages[-1])}")
