"""Commands on schemes: check, schema."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditlib.cli.terminal import echo, echo_json, show_table
from auditlib.core.errors import InputError
from auditlib.core.home import shown
from auditlib.core.table import Table

if TYPE_CHECKING:
    from auditlib.scheme.model import Scheme
    from auditlib.scheme.quantities import Measure

__all__ = ["check", "schema"]


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


@click.command()
@click.argument("scheme")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def schema(scheme: str, form: str) -> None:
    """The registers and columns that a scheme needs, a sentence each, and its readings and gaps."""
    from auditlib.core.values import range_words
    from auditlib.scheme.load import find_scheme, load_scheme
    from auditlib.scoring.counting import needed_columns

    path = find_scheme(scheme)
    natural = load_scheme(path, shown(path)).natural
    needed = needed_columns(natural)
    if form == "json":
        plain: dict[str, Any] = {
            name: {
                column: {"type": known.type, "required": known.required, "meaning": known.meaning, "zh": known.zh}
                for column in columns
                if (known := natural.ledger_columns(name)[column])
            }
            for name, columns in needed.items()
        }
        readings = {
            name: {"options": list(r.options), "use": r.use, "clause": r.clause} for name, r in natural.readings.items()
        }
        gaps = {
            name: {
                "clause": g.clause, "missing": g.missing.en, "policy": g.policy,
                "low": None if (low := g.lowest) is None else str(low),
                "high": None if (high := g.highest) is None else str(high),
            }
            for name, g in natural.gaps.items()
        }  # fmt: skip
        facts = {
            m.fact: {
                "zh": m.title.zh, "en": m.title.en, "otherwise": m.otherwise,
                "low": str(m.low or 0), "high": None if m.high is None else str(m.high),
                "part_of": natural.measures[m.part_of].fact if m.part_of else None,
            }
            for m in natural.measures.values()
            if m.fact
        }  # fmt: skip
        words = {register: dict(columns) for register, columns in natural.words.items()}
        echo_json(
            {
                "scheme": natural.scheme, "registers": plain, "facts": facts, "words": words, "readings": readings,
                "gaps": gaps,
            }
        )  # fmt: skip
        return
    rows = []
    for name, columns in needed.items():
        for known in map(natural.ledger_columns(name).__getitem__, columns):
            star = "*" if known.required else ""
            rows.append([name, known.name + star, known.type, f"{known.meaning}（{known.zh}）"])
    show_table(
        Table(("register", "column", "type", "meaning"), rows),
        f"{natural.scheme} {natural.version}: {natural.title.zh}",
    )
    echo("* every row fills it; the others may be empty (unknown), but the columns must be there")
    fact_rows = [
        [m.fact, m.title.zh, m.title.en, _values(natural, m), m.otherwise or ""]
        for m in natural.measures.values()
        if m.fact
    ]
    if fact_rows:
        show_table(
            Table(("fact", "数据项", "meaning", "values", "otherwise"), fact_rows),
            "facts: rows of unit_facts, one a unit and period",
        )
    word_rows = [
        [register, column, " ".join(word or "(empty)" for word in known)]
        for register, by in natural.words.items()
        for column, known in by.items()
    ]
    if word_rows:
        show_table(Table(("register", "column", "words"), word_rows), "words: others are told, and no rule counts them")
    conditions = [[name, m.register_, m.where] for name, m in natural.measures.items() if m.register_ and m.where]
    show_table(Table(("measure", "register", "counts the rows where"), conditions), "measures")
    if natural.readings:
        options = [
            [n, r.clause, " | ".join(f"[{o}]" if o == r.use else o for o in r.options), r.question.zh]
            for n, r in natural.readings.items()
        ]
        show_table(
            Table(("reading", "clause", "options ([in use])", "question"), options), "readings: --reading ID=NAME"
        )
    if natural.gaps:
        gap_rows = [
            [n, g.clause, g.policy, range_words(g.lowest, g.highest), g.missing.zh] for n, g in natural.gaps.items()
        ]
        show_table(
            Table(("gap", "clause", "policy", "values", "missing"), gap_rows),
            "gaps: --set GAP=VALUE",
        )


def _values(scheme: Scheme, measure: Measure) -> str:
    """Which values of a fact are possible."""
    span = measure.possible_values
    return f"{span}, at most {scheme.measures[measure.part_of].fact}" if measure.part_of else span
