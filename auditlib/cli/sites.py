"""The command that writes the page over all runs: site."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from auditlib.cli.terminal import echo, working
from auditlib.core.home import shown

__all__ = ["site"]


@click.command()
@click.argument("reports", metavar="[REPORTS_DIR]", default="reports", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder of the page.  [default: REPORTS_DIR]"
)
@click.option(
    "--language",
    default="zh",
    show_default=True,
    type=click.Choice(["zh", "en"]),
    help="The one it opens in; it holds both.",
)
def site(reports: Path, out: Path | None, language: str) -> None:
    """Write one page over all runs of a folder: search, filters, order, comparison, links to every report.

    It shows the runs, the dossiers and worked examples of schemes (DIR/dossiers), what auditlib check finds in them,
    and panel reports (DIR/panels). Static files: index.html opens from disk, its data lies in site/. What has not
    changed is not read again; auditlib run keeps the page up to date. Exits 1 where a run cannot be read.
    """
    from auditlib.site.write import write_site

    with working("reading runs and checking schemes"):
        written = write_site(reports, out, language)
    for problem in written.problems:
        echo(f"auditlib: {problem}", err=True)
    echo(f"runs: {written.runs} ({written.read} read), results: {written.rows}; open {shown(written.page)}")
    sys.exit(1 if written.problems else 0)
