"""The command that scores worked examples: examples."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from auditlib.cli.terminal import echo
from auditlib.core.home import shown

__all__ = ["examples"]


@click.command()
@click.argument("scheme")
@click.argument("places", metavar="FILE|DIR…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--calendar", default="", metavar="FILE",
    help="Your own table of working days, or a folder of them. [default: params/calendars]",
)  # fmt: skip
def examples(scheme: str, places: tuple[Path, ...], calendar: str) -> None:
    """Score worked examples and say which come out otherwise than they say.

    An example says in words what happened, which rows the ledger then holds, and what the clauses give; it is scored
    as a ledger is. One fault a line: file:line:column: what was found and what the example expects. Exits 1 when
    there is one.
    """
    from auditlib.analysis.examples.compare import compare_page
    from auditlib.analysis.examples.page import read_pages
    from auditlib.core.calendars import CalendarChoice
    from auditlib.core.errors import InputError
    from auditlib.scheme.load import find_scheme, load_scheme

    path = find_scheme(scheme)
    file = load_scheme(path, shown(path))
    pages = []
    for place in places:
        if not (found := list(read_pages(place, shown(place)))):
            raise InputError.at(shown(place), "", "found no worked examples, expected a YAML file of them or a folder")
        pages += found
    compared = [one for tree, page in pages for one in compare_page(file, tree, page, CalendarChoice(calendar))]
    for fault in (fault for one in compared for fault in one.faults):
        echo(str(fault))
    wrong = sum(bool(one.faults) for one in compared)
    echo(f"{len(compared)} worked examples, {wrong} come out otherwise", err=True)
    sys.exit(1 if wrong else 0)
