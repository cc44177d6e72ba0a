"""The options that name a scheme, a ledger and a period, and the result that they ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from auditlib.cli.terminal import print_rejects, working
from auditlib.core.errors import InputError
from auditlib.core.period import declared_time

__all__ = ["EVERY", "comply_ledger", "ledger_options", "open_ledger", "required", "score_ledger", "scoring_options"]

EVERY = "all"
"""In place of a reading: every combination of those that are not decided beside it."""


def _parameters(_: click.Context, option: click.Parameter, values: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for value in values:
        if value == EVERY and option.name == "readings":
            pairs[EVERY] = EVERY
            continue
        name, sign, content = value.partition("=")
        if not sign or not name or not content:
            raise click.BadParameter(f"found {value!r}, expected NAME=VALUE", param=option)
        pairs[name] = content
    return pairs


def _as_of(_: click.Context, option: click.Parameter, value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        moment = declared_time(value)
    except ValueError:
        raise click.BadParameter(
            f"found {value!r}, expected a local time such as 2026-01-05T00:00:00", param=option
        ) from None
    if moment.tzinfo is not None:
        raise click.BadParameter(f"found the offset in {value!r}, expected a local time of the ledger", param=option)
    return moment


def scoring_options(command: Any) -> Any:
    """Gives a command the argument SCHEME and the options that name ledger, period, time, readings and gaps."""
    return click.argument("scheme")(ledger_options(required=True)(command))


def ledger_options(*, required: bool) -> Callable[[Any], Any]:
    """Gives a command the options that name ledger, period, time, readings and gaps."""

    def options(command: Any) -> Any:
        return _with_options(command, required)

    return options


def _with_options(command: Any, required: bool) -> Any:
    for option in reversed(
        (
            click.option("--ledger", required=required, type=click.Path(path_type=Path), help="Folder of registers, an XLSX file, or the name of a shipped demonstration."),
            click.option("--period", required=required, help="2025-06, 2025Q2, 2025H1, 2025, a week 2025-W23, or FY2025-04, the year that begins with April 2025."),
            click.option("--as-of", callback=_as_of, metavar="T", help="When to look, local time. [default: when the ledger was taken, or else the end of the period or the ledger's latest fact]"),
            click.option("--reading", "readings", multiple=True, callback=_parameters, metavar="ID=NAME", help="Decide an open clause otherwise than the scheme does."),
            click.option("--set", "supplied", multiple=True, callback=_parameters, metavar="GAP=VALUE", help="Supply what the source leaves out."),
            click.option("--calendar", default="", metavar="FILE", help="Your own table of working days, or a folder of them. [default: params/calendars]"),
            click.option("--provisional-calendar", is_flag=True, help="Count days that nobody has published yet by plain weekends; every result says so."),
            click.option("--accept-rejects", is_flag=True, help="Score although rows of the ledger were rejected."),
        )
    ):  # fmt: skip
        command = option(command)
    return command


def required(options: dict[str, Any], *names: str) -> dict[str, Any]:
    """The options, where those of these names were given. Raises :class:`click.UsageError` for the first that was not."""
    for name in names:
        if options[name] is None:
            raise click.UsageError(f"Missing option '--{name}'.")
    return options


def score_ledger(
    scheme: str, ledger: Path, period: str, as_of: datetime | None, readings: dict[str, str], supplied: dict[str, str],
    accept_rejects: bool, calendar: str, provisional_calendar: bool, *, evidence: bool, units: list[str] | None = None,
    duties: bool = False,
) -> Any:  # fmt: skip
    """Resolved scheme and result, from the options of the command line."""
    from auditlib.core.calendars import CalendarChoice
    from auditlib.core.period import parse_period
    from auditlib.scoring.assess import assess

    days = CalendarChoice(calendar, provisional_calendar)
    when = parse_period(period, "--period")
    book = open_ledger(ledger, as_of, accept_rejects, scheme)
    with working(f"scoring {when}"):
        return assess(
            scheme, book, when, as_of, readings=readings, supplied=supplied, evidence=evidence, units=units, days=days,
            duties=duties,
        )  # fmt: skip


def comply_ledger(
    scheme: str, ledger: Path, period: str, as_of: datetime | None, readings: dict[str, str], supplied: dict[str, str],
    accept_rejects: bool, calendar: str, provisional_calendar: bool, *, listed: bool = False,
) -> tuple[Any, Any]:  # fmt: skip
    """The ledger and its duties judged, from the options of the command line; ``listed`` with what does not apply."""
    from auditlib.core.calendars import CalendarChoice
    from auditlib.core.period import parse_period
    from auditlib.scoring.assess import calendar_of, resolve_scheme
    from auditlib.scoring.duties.adjusted import comply_adjusted

    when = parse_period(period, "--period")
    resolved = resolve_scheme(scheme, when, readings, supplied)
    book = open_ledger(ledger, as_of, accept_rejects, scheme)
    days = calendar_of(resolved, CalendarChoice(calendar, provisional_calendar))
    with working(f"judging {when}"):
        return book, comply_adjusted(resolved, book, when, as_of, calendar=days, left=listed)


def open_ledger(
    ledger: Path, as_of: datetime | None, accept_rejects: bool, scheme: str | Mapping[str, Any] = ""
) -> Any:
    """The ledger of a path or name, refused where rows are rejected and nobody accepted that.

    The registers of one's own that a ``scheme`` declares, named or given as they are declared, are read too.
    """
    from auditlib.ledger.find import find_ledger
    from auditlib.ledger.read import read_ledger
    from auditlib.scheme.declared_registers import declared_registers

    with working(f"reading {ledger}"):
        extra = declared_registers(scheme) if isinstance(scheme, str) else scheme
        book = read_ledger(find_ledger(ledger), as_of, extra)
    if book.rejects.height and not accept_rejects:
        print_rejects(book.rejects)
        count = sum(book.rejected.values())
        raise InputError.at(
            ledger,
            "",
            f"{count} rows are rejected; mend them, or score without them by --accept-rejects" + _late_hint(book),
        )
    return book


def _late_hint(book: Any) -> str:
    """How to look at an earlier time, where the ledger does not say when it was taken."""
    if book.as_of is not None or not book.rejects["expected"].str.contains("as-of time").any():
        return ""
    return "; to look back at an earlier time, say in ledger.yaml when the ledger was taken: `as_of: …`"
