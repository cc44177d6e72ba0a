"""The command that checks scheme files: check."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import click

from auditlib.cli.terminal import echo, echo_json
from auditlib.core.errors import InputError
from auditlib.core.home import shown

__all__ = ["check"]


@click.command()
@click.argument("schemes", nargs=-1, required=True)
@click.option("--all", "everything", is_flag=True, help="Show also the findings that the schemes list as known.")
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Find versions not compared with their source since, or no longer in force; and warn of calendars that end within thirty days of it. [default: calendars alone, by today]",
)
@click.option(
    "--calendar", default="", metavar="FILE",
    help="Your own table of working days, or a folder of them. [default: params/calendars]",
)  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check(schemes: tuple[str, ...], everything: bool, on: datetime | None, calendar: str, form: str) -> None:
    """Check scheme files, without any data: what does not load, and what the rules alone prove to be wrong.

    One problem a line: file:line: key [clause]: severity: kind: what is wrong, under which readings (the proof).
    A scheme lists the faults of its source under `findings`. Exits 1 when another one was found, or when
    one of these no longer occurs. That the known days of a calendar end soon is told beside it, and is no finding.
    """
    from auditlib.proofs.check import check_scheme
    from auditlib.scheme.load import find_scheme

    day = on.date() if on else None
    paths = [find_scheme(name) for name in schemes]
    checked = [check_scheme(path, shown(path), day) for path in paths]
    if form == "json":
        echo_json({"problems": [row for one in checked for row in one.rows(everything)]})
    else:
        for line in (line for one in checked for line in one.lines(everything)):
            echo(line)
        known = sum(len(one.findings) - len(one.new) for one in checked)
        new = sum(len(one.problems) + len(one.new) for one in checked)
        echo(f"{len(schemes)} schemes checked, {new} problems, {known} known findings", err=True)
    for line in _ending(schemes, paths, calendar, day or date.today()):
        echo(f"note: {line}", err=True)
    sys.exit(0 if all(one.clean for one in checked) else 1)


def _ending(schemes: Sequence[str], paths: Sequence[Path], calendar: str, day: date) -> Iterator[str]:
    """The calendars of schemes whose known days end within thirty days of ``day``: for the terminal alone."""
    from auditlib.core.calendars import CalendarChoice
    from auditlib.scheme.load import load_scheme

    named: dict[str, list[str]] = {}
    for scheme, path in zip(schemes, paths, strict=True):
        with suppress(InputError):  # the check has told why
            if name := load_scheme(path, shown(path)).natural.calendar:
                named.setdefault(name, []).append(scheme)
    for name, users in named.items():
        known = CalendarChoice(calendar).of(name)
        if known.ends_soon(day):
            yield (
                f"calendar {name} knows the working days until {known.last_known} ({', '.join(users)}); "
                f"{known.file}: {known.ways_out}"
            )
