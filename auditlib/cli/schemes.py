"""The command that checks scheme files: check."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditlib.cli.terminal import echo, echo_json
from auditlib.core.errors import InputError, Problem, together
from auditlib.core.home import shown

if TYPE_CHECKING:
    from auditlib.analysis.against_ledger import LedgerFinding
    from auditlib.core.calendars import CalendarChoice
    from auditlib.ledger.read import Ledger
    from auditlib.proofs.check import Checked

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
@click.option(
    "--ledger", type=click.Path(path_type=Path), metavar="DIR",
    help="Hold the schemes against a ledger, too: columns that it lacks, words that occur in no row, rows that a condition drops.",
)  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check(
    schemes: tuple[str, ...], everything: bool, on: datetime | None, calendar: str, ledger: Path | None, form: str
) -> None:
    """Check scheme files, without any data: what does not load, and what the rules alone prove to be wrong.

    One problem a line: file:line:column: key [clause]: severity: kind: what is wrong, under which readings (the proof).
    Scoring is tried over empty registers. A scheme lists the faults of its source under `findings`. Exits 1 when
    another one was found, or when one of these no longer occurs; notes on a --ledger change nothing. That the known
    days of a calendar end soon is told beside it, and is no finding.
    """
    from auditlib.core.calendars import CalendarChoice
    from auditlib.scheme.load import find_scheme

    day = on.date() if on else None
    paths = [find_scheme(name) for name in schemes]
    book = _book(ledger, paths)
    checked = [_checked(path, day, CalendarChoice(calendar), book) for path in paths]
    if form == "json":
        echo_json({"problems": [row for one in checked for row in one.rows(everything)]})
    else:
        for line in (line for one in checked for line in one.lines(everything)):
            echo(line)
        known = sum(one.known for one in checked)
        new = sum(one.new for one in checked)
        echo(f"{len(schemes)} schemes checked, {new} problems, {known} known findings", err=True)
    for line in _ending(schemes, paths, calendar, day or date.today()):
        echo(f"note: {line}", err=True)
    sys.exit(0 if all(one.clean for one in checked) else 1)


@dataclass(frozen=True)
class _Looked:
    """A scheme checked by its rules, by a dry run, and against a ledger where one is named."""

    by_rules: Checked
    dry: tuple[Problem, ...] = ()
    by_rows: tuple[LedgerFinding, ...] = ()

    @property
    def known(self) -> int:
        return len(self.by_rules.findings) - len(self.by_rules.new)

    @property
    def new(self) -> int:
        return len(self.by_rules.problems) + len(self.by_rules.new) + len(self.dry) + len(self.by_rows)

    @property
    def clean(self) -> bool:
        return self.by_rules.clean and not self.dry and all(one.severity == "note" for one in self.by_rows)

    def lines(self, everything: bool) -> Iterator[str]:
        yield from self.by_rules.lines(everything)
        for fault in together(self.dry):
            yield str(replace(fault, message=f"error: does-not-score: {fault.message}"))
        yield from map(str, self.by_rows)

    def rows(self, everything: bool) -> Iterator[dict[str, Any]]:
        from auditlib.scheme.finding import problem_row

        yield from self.by_rules.rows(everything)
        for fault in self.dry:
            yield problem_row(fault, "does-not-score")
        yield from (one.row() for one in self.by_rows)


def _checked(path: Path, day: date | None, days: CalendarChoice, book: Ledger | None) -> _Looked:
    from auditlib.proofs.check import check_scheme
    from auditlib.scheme.load import load_scheme
    from auditlib.scoring.dry_run import dry_run

    found = check_scheme(path, shown(path), day)
    if found.problems and book is not None:
        from auditlib.analysis.against_ledger import with_words_of

        return _Looked(replace(found, problems=tuple(with_words_of(found.problems, book))))
    if found.problems:
        return _Looked(found)
    scheme = load_scheme(path, shown(path))
    dry = dry_run(scheme, days)
    if book is None or dry:
        return _Looked(found, dry)
    from auditlib.analysis.against_ledger import against_ledger

    return _Looked(found, dry, tuple(against_ledger(scheme, book, None, days)))


def _book(ledger: Path | None, schemes: Sequence[Path]) -> Ledger | None:
    """The ledger that schemes are held against; its rejected rows are counted on the error stream."""
    if ledger is None:
        return None
    from auditlib.ledger.extra_registers import ExtraRegister, together
    from auditlib.ledger.find import find_ledger
    from auditlib.ledger.read import read_ledger
    from auditlib.scheme.declared_registers import declared_registers

    extra: dict[str, ExtraRegister] = {}
    for scheme in schemes:
        extra = together(str(scheme), extra, declared_registers(str(scheme)))
    book = read_ledger(find_ledger(ledger), extra=extra)
    if rejected := sum(book.rejected.values()):
        echo(f"{rejected} rows of the ledger are rejected, which are not looked at", err=True)
    return book


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
        with suppress(InputError):  # there is none, as the dry run has told
            known = CalendarChoice(calendar).of(name)
            if known.ends_soon(day):
                yield (
                    f"calendar {name} knows the working days until {known.last_known} ({', '.join(users)}); "
                    f"{known.file}: {known.ways_out}"
                )
