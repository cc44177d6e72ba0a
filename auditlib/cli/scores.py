"""Commands on results: score, explain."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from auditlib.cli.scoring import EVERY, ledger_options, open_ledger, required, score_ledger, scoring_options
from auditlib.cli.terminal import echo, echo_file, echo_json, show_table, working
from auditlib.core.errors import InputError

__all__ = ["explain", "score"]


@click.command()
@scoring_options
@click.option("--unit", "unit", help="Show one unit only; it is ranked among all.")
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv", "xlsx"]), default="table", show_default=True
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write to a file instead of the terminal; needed for xlsx."
)
@click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of the workbook of xlsx."
)
@click.option("--no-evidence", is_flag=True, help="Leave case ids out of the JSON: faster on large ledgers.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    help="With --reading all: beyond so many combinations, look at each option alone and every two together. [default: 200000]",
)
def score(
    unit: str | None, form: str, out: Path | None, language: str, no_evidence: bool, limit: int | None, **options: Any
) -> None:
    """Score every unit of a ledger for a period.

    `--reading all` scores under every combination of the readings that are not decided by another `--reading`, and
    shows for each unit the range of its total and rank, and which reading moves it.
    """
    if EVERY in options["readings"]:
        _score_every_reading(unit, form, out, limit, **options)
        return
    if limit is not None:
        raise click.UsageError("--limit is for --reading all")
    from auditlib.core.files import write_atomically
    from auditlib.scoring.ranking_table import result_csv, result_table

    if form == "xlsx":
        if out is None:
            raise click.UsageError("--format xlsx writes a file: expected --out FILE.xlsx")
        _write_workbook(unit, out, language, **options)
        return
    wants_evidence = form == "json" and not no_evidence
    resolved, result = score_ledger(
        **options, evidence=wants_evidence, units=[unit] if unit else None, duties=form == "json"
    )
    if unit:
        result = result.only(unit)
    if form == "table" and out is None:
        show_table(result_table(resolved, result), f"{resolved.scheme.title.zh} {result.period}")
    else:
        text = (
            json.dumps(result.to_json(), ensure_ascii=False, indent=1) + "\n"
            if form == "json"
            else result_csv(resolved, result)
        )
        if out is None:
            echo_file(text)
        else:
            write_atomically(out, text.encode("utf-8"))
    if form != "json":
        for warning in result.warnings:
            echo(f"note: {warning}", err=True)


def _write_workbook(
    unit: str | None, out: Path, language: str, *, scheme: str, ledger: Path, period: str, as_of: datetime | None,
    readings: dict[str, str], supplied: dict[str, str], accept_rejects: bool, calendar: str, provisional_calendar: bool,
) -> None:  # fmt: skip
    """The workbook that a run writes of a period; with a ``unit``, of that one alone."""
    from dataclasses import replace

    from auditlib.analysis.request import Asked
    from auditlib.analysis.scored_periods import score_period
    from auditlib.core.files import write_atomically
    from auditlib.report.workbook.period import period_workbook

    asked = Asked.of(scheme, str(ledger), period, as_of, readings, supplied, calendar, provisional_calendar)
    book = open_ledger(ledger, as_of, accept_rejects, scheme)
    with working(f"scoring {period}"):
        scored = score_period(asked, book, combined=False)
    if unit is not None:
        scored = replace(scored, result=replace(scored.result, units=(scored.unit(unit),)))
    write_atomically(out, period_workbook(scored, language))
    for warning in scored.result.warnings:
        echo(f"note: {warning}", err=True)


def _score_every_reading(
    unit: str | None, form: str, out: Path | None, limit: int | None, *, scheme: str, ledger: Path, period: str,
    as_of: datetime | None, readings: dict[str, str], supplied: dict[str, str], accept_rejects: bool, calendar: str,
    provisional_calendar: bool,
) -> None:  # fmt: skip
    from auditlib.analysis.readings.ranges import LIMIT, spread
    from auditlib.analysis.readings.tables import spread_json, spread_notes, spread_table
    from auditlib.core.calendars import CalendarChoice
    from auditlib.core.files import write_atomically
    from auditlib.core.home import shown
    from auditlib.core.period import parse_period
    from auditlib.scheme.load import find_scheme, load_scheme

    if form == "xlsx":
        raise click.UsageError("--reading all gives a table, json or csv, not xlsx")
    when = parse_period(period, "--period")
    path = find_scheme(scheme, on=when.first)
    file = load_scheme(path, shown(path))
    book = open_ledger(ledger, as_of, accept_rejects, scheme)
    fixed = {name: option for name, option in readings.items() if name != EVERY}
    with working(f"scoring {when} under every reading") as status:

        def progress(done: int, whole: int) -> None:
            if status is not None:
                status.update(f"scoring {when} under every reading: {done} of {whole}")

        found = spread(
            file, book, when, as_of, readings=fixed, supplied=supplied, limit=limit or LIMIT, progress=progress,
            days=CalendarChoice(calendar, provisional_calendar),
        )  # fmt: skip
    if unit is not None:
        found = found.only(unit)
    if form == "table" and out is None:
        show_table(spread_table(found), f"{file.natural.title.zh} {found.result.period}")
    else:
        plain = spread_json(found, file.natural.readings)
        text = spread_table(found).csv() if form != "json" else json.dumps(plain, ensure_ascii=False, indent=1) + "\n"
        if out is None:
            echo_file(text)
        else:
            write_atomically(out, text.encode("utf-8"))
    if form != "json":
        for note in spread_notes(found):
            echo(f"note: {note}", err=True)


@click.command()
@click.argument("scheme")
@ledger_options(required=False)
@click.option("--unit", "unit", help="The unit to explain, in the --period.")
@click.option("--case", "case", help="A case instead: what happened in it, and which clocks of duties ran.")
@click.option("--indicator", help="One indicator only.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option(
    "--cases", "limit", default=20, show_default=True, help="How many case ids to print a line; 0 prints all."
)
@click.option(
    "--to-next",
    is_flag=True,
    help="Show instead what would have changed the result: the fewest cases to the next band of each indicator, the points to the next rank and to each outcome.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def explain(
    unit: str | None, case: str | None, indicator: str | None, language: str, limit: int, to_next: bool, form: str,
    **options: Any,
) -> None:  # fmt: skip
    """Why a unit has its points: every line with clause, operands, arithmetic and case ids.

    With --case and no --unit: the timeline of a case with its clocks, in all periods.
    """
    if case is not None:
        if unit is not None or indicator is not None or to_next:
            raise click.UsageError("--case stands alone: expected no --unit, --indicator or --to-next beside it")
        from auditlib.cli.case_history import explain_case

        explain_case(case, language, form, **required(options, "ledger"))
        return
    unit = required({"unit": unit, **required(options, "ledger", "period")}, "unit")["unit"]
    assert unit is not None
    from auditlib.analysis.explain import bounds_note
    from auditlib.analysis.explain import explain as explain_lines
    from auditlib.analysis.margins.of_unit import unit_margins
    from auditlib.analysis.margins.sentences import ASSUMPTION, indicator_lines, margins_json, unit_lines
    from auditlib.analysis.tree import combination, nodes_of
    from auditlib.cli.explaining import conclusions_json, echo_conclusions, echo_line, heading, standing
    from auditlib.core.message import t, told
    from auditlib.report.wording import number_words
    from auditlib.scheme.nodes import Branch
    from auditlib.scoring.day_notices import told_of

    resolved, result = score_ledger(**options, evidence=True, units=[unit])
    scored = result.unit(unit)
    known = [item.id for item in (*scored.indicators, *scored.branches)]
    if indicator is not None and indicator not in known:
        raise InputError.at(
            resolved.scheme.scheme, "--indicator", f"found {indicator}, expected one of {', '.join(known)}"
        )
    lines = [line for line in explain_lines(resolved, result, scored, language) if indicator in (None, line.indicator)]
    margins = unit_margins(resolved, result, scored, indicator) if to_next else None
    if form == "json":
        plain = {"unit": unit, "period": result.period, "lines": [vars(line) for line in lines]}
        near = {} if margins is None else {"to_next": margins_json(resolved, result, margins, language)}
        echo_json(plain | conclusions_json(resolved, result, scored, language) | near)
        return
    echo(f"{scored.name} ({unit})  {result.period}  {standing(result, scored, language)}")
    if margins is not None:
        for text in (t(ASSUMPTION, language), *unit_lines(resolved, result, margins, language)):
            echo(text)
    for declared, points in nodes_of(resolved.scheme, scored):
        if indicator not in (None, points.id):
            continue
        echo(f"\n{heading(result, declared, points, language)}")
        if isinstance(declared, Branch):
            if margins is not None:
                continue
            echo(f"    {combination(resolved.scheme, declared, scored, result.rounding, language)}")
        if margins is not None:
            margin = next(own for own in margins.indicators if own.id == points.id)
            for text in indicator_lines(resolved, result, margin, language):
                echo(f"  {text}")
            continue
        for line in lines:
            if line.indicator == points.id:
                echo_line(line, limit)
        if note := bounds_note(points, result.rounding, language):
            echo(f"    {note}")
    if margins is None and indicator is None:
        echo_conclusions(resolved, result, scored, language, limit)
    if margins is None and any("≈" in f"{line.operands}{line.arithmetic}" for line in lines):
        echo(f"\n{number_words(result.rounding, language)}")
    for notice in told_of(result, scored):
        echo(f"note: {told(notice.message, language)}", err=True)
