"""Commands on versions of a scheme: revise."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from auditlib.cli.terminal import echo, show_table, working
from auditlib.core.errors import InputError
from auditlib.core.home import find, home, shown
from auditlib.core.table import Table

__all__ = ["revise"]

FOLDER = click.Path(path_type=Path)


@click.command()
@click.argument("scheme")
@click.option(
    "--panel", required=True, type=FOLDER, metavar="DIR", help="The panel; its last round settles the weights."
)
@click.option(
    "--effective",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The first day of the new version.",
)
@click.option("--out", required=True, type=FOLDER, metavar="FILE", help="The new file; by convention ID@VERSION.yaml.")
@click.option("--version", help="The name of the new version. [default: the next whole number]")
@click.option(
    "--points-digits", type=click.IntRange(0, 9), help="Round points inside an indicator half up. [default: exact]"
)
def revise(
    scheme: str, panel: Path, effective: datetime, out: Path, version: str | None, points_digits: int | None
) -> None:
    """A new dated version of SCHEME with the weights of a panel.

    The maximum of each indicator becomes its weight times the sum of all maxima, and every point inside the indicator
    changes in proportion. Only values and dates differ from the old file, and an entry `revision`, which cites the
    panel with its hash. The old file stays as it is: it ends on the day before because the new one says that it
    revises it. Refused where another version is in force then. A caution is told where the panel agrees weakly or not
    beyond chance, where items miss the agreed consensus, and where they still move. Read it with `auditlib diff OLD NEW`, prove it with
    `auditlib check NEW`.
    """
    from auditlib.core.exact import Rounding
    from auditlib.core.files import write_atomically
    from auditlib.revision.revise import revise as new_version
    from auditlib.revision.versions import open_version, other_versions

    if out.exists():
        raise InputError.at(shown(out), "", "found a file, expected a new one: a version is never overwritten")
    file = open_version(scheme, effective.date(), home() / "params" / "schemes")
    others = other_versions(file, {home() / "params" / "schemes", out.parent})
    rounding = None if points_digits is None else Rounding(points_digits)
    with working(f"analysing {panel}"):
        made = new_version(file, find(panel, "panels"), effective.date(), version, rounding, others)
    write_atomically(out, made.text.encode("utf-8"))
    _report(made, file, out)


def _report(made: Any, file: Any, out: Path) -> None:
    from auditlib.core.exact import full_text

    rows = []
    for indicator in made.old.indicators:
        new = made.maxima[indicator.id]
        rows.append(
            [
                indicator.id,
                indicator.title.zh,
                full_text(indicator.max),
                full_text(new),
                full_text(new / indicator.max),
            ]
        )
    show_table(Table(("indicator", "title", "old maximum", "new maximum", "points times"), rows), "maxima")
    echo(f"written {shown(out)}: {made.old.scheme} version {made.version}, in force from {made.effective}", err=True)
    echo(
        f'version {made.old.version} ({file.name}, unchanged) now ends on {made.old_ends}: the new file says `revision: {{of: "{made.old.version}"}}`',
        err=True,
    )
    for caution in made.cautions:
        echo(f"caution: {caution.en} ({caution.zh})", err=True)
    for gap, indicator in made.gaps.items():
        echo(
            f"the gap {gap} supplies points of {indicator}: from now on they are out of {full_text(made.maxima[indicator])}",
            err=True,
        )
