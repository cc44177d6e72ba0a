"""The command that asks what chance alone does to the shares and ranks of a period: chance."""

from __future__ import annotations

import json
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from auditlib.cli.scoring import open_ledger, scoring_options
from auditlib.cli.terminal import echo, echo_file, show_table, telling
from auditlib.core.errors import InputError

__all__ = ["chance"]


@click.command()
@scoring_options
@click.option("--of", "only", metavar="ID,…", help="These rates and duties alone.")
@click.option(
    "--target",
    metavar="SHARE",
    help="The middle of the funnel, such as 0.9. [default: the share of all units together]",
)
@click.option(
    "--draws",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Also which ranks by total chance gives: so many ledgers with each unit's cases drawn anew; 1000 is usual.",
)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Write the JSON to a file.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def chance(
    only: str | None, target: str | None, draws: int, form: str, out: Path | None, language: str, scheme: str,
    ledger: Path, period: str, as_of: datetime | None, readings: dict[str, str], supplied: dict[str, str],
    accept_rejects: bool, calendar: str, provisional_calendar: bool,
) -> None:  # fmt: skip
    """What chance alone does to the shares and ranks of a period, and when a table says nothing.

    Every rate and duty with its intervals, the ranks that a unit can have, and its place in the funnel, after asking
    whether units do one kind of work at all. The points stand as the rule awards them; their ranks may not.
    """
    from auditlib.chance.judged import judge_shares
    from auditlib.chance.shares import no_shares, share_tables
    from auditlib.chance.tables import chance_json
    from auditlib.chance.totals import total_ranks
    from auditlib.core.calendars import CalendarChoice
    from auditlib.core.files import write_atomically
    from auditlib.core.period import parse_period
    from auditlib.ledger.snapshot import snapshot_hash
    from auditlib.scoring.assess import assess_resolved, resolve_scheme

    about, when, days = (
        _target(target),
        parse_period(period, "--period"),
        CalendarChoice(calendar, provisional_calendar),
    )
    book = open_ledger(ledger, as_of, accept_rejects, scheme)
    with telling(f"chance in {when}") as tell:

        def far(done: int, whole: int) -> None:
            tell(f"{done} / {whole}")

        resolved = resolve_scheme(scheme, when, readings, supplied)
        assessed = assess_resolved(resolved, book, when, as_of, days=days, evidence=False, duties=True)
        result = assessed.result
        tables = list(share_tables(resolved, result))
        named = [name.strip() for name in (only or "").split(",") if name.strip()]
        known = list(dict.fromkeys(one.id for one in tables))
        if unknown := [name for name in named if name not in known]:
            expected = f"expected some of {', '.join(known)}" if known else "and no share of cases has any"
            raise InputError.at("--of", "", f"found {unknown[0]}, {expected}")
        judged = [judge_shares(one, about, far) for one in tables if not named or one.id in named]
        left = () if named else no_shares(resolved, result)
        totals = None
        if draws:
            totals = total_ranks(
                resolved, assessed.ledger, when, as_of, draws=draws, calendar=assessed.calendar, progress=far
            )  # fmt: skip
    head = {
        "scheme": result.scheme, "version": result.version, "period": result.period,
        "as_of": result.as_of.isoformat(), "snapshot": snapshot_hash(book.registers),
        "target": None if about is None else str(about),
    }  # fmt: skip
    if form == "json" or out is not None:
        text = json.dumps(chance_json(head, judged, left, totals), ensure_ascii=False, indent=1) + "\n"
        echo_file(text) if out is None else write_atomically(out, text.encode("utf-8"))
    else:
        _show(judged, left, totals, language)


def _target(text: str | None) -> Fraction | None:
    from auditlib.core.exact import exact

    if text is None:
        return None
    try:
        value = exact(text)
    except ValueError as error:
        raise InputError.at("--target", "", str(error)) from None
    if not 0 < value < 1:
        raise InputError.at("--target", "", f"found {text}, expected a share between 0 and 1, such as 0.9")
    return value


def _show(judged: Any, left: Any, totals: Any, language: str) -> None:
    from auditlib.chance.tables import share_table, total_table
    from auditlib.chance.words import share_sentences, total_sentences
    from auditlib.core.message import sentence, told

    for one in judged:
        group = f" · {one.table.group}" if one.table.group else ""
        title = f"{one.table.title(language)}{group}"
        echo(f"{title}  [{one.table.id}]")
        for said in share_sentences(one, language):
            echo(f"  {said}")
        show_table(share_table(one), title, language)
        echo()
    for one in left:
        why = told(one.why, language)
        echo(sentence("{title}: not looked at, as {why}.", language, title=one.title, why=why), err=True)
    if totals is not None:
        echo(sentence("Ranks by total", language))
        for said in total_sentences(totals, language):
            echo(f"  {said}")
        show_table(total_table(totals), sentence("Ranks by total", language), language)
    elif not judged:
        echo(sentence("No rate and no duty of the scheme is a share of cases.", language))
