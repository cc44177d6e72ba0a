"""Commands on results: score, explain."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from auditlib.cli.scoring import score_ledger, scoring_options
from auditlib.cli.terminal import echo_json, table
from auditlib.errors import InputError

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
@click.option("--no-evidence", is_flag=True, help="Leave case ids out of the JSON: faster on large ledgers.")
def score(unit: str | None, form: str, out: Path | None, no_evidence: bool, **options: Any) -> None:
    """Score every unit of a ledger for a period."""
    from auditlib.files import write_atomically
    from auditlib.output import result_csv, result_table, write_xlsx

    if form == "xlsx" and out is None:
        raise click.UsageError("--format xlsx writes a file: expected --out FILE.xlsx")
    wants_evidence = form == "json" and not no_evidence
    resolved, result = score_ledger(**options, evidence=wants_evidence, units=[unit] if unit else None)
    if unit:
        result = result.only(unit)
    if form == "xlsx" and out is not None:
        write_xlsx(resolved, result, out)
    elif form == "table" and out is None:
        headers, rows = result_table(resolved, result)
        table(headers, rows, f"{resolved.scheme.title.zh} {result.period}")
    else:
        text = (
            json.dumps(result.to_json(), ensure_ascii=False, indent=1) + "\n"
            if form == "json"
            else result_csv(resolved, result)
        )
        if out is None:
            click.echo(text, nl=False)
        else:
            write_atomically(out, text.encode("utf-8"))
    if form != "json":
        for warning in result.warnings:
            click.echo(f"note: {warning}", err=True)


@click.command()
@scoring_options
@click.option("--unit", "unit", required=True, help="The unit to explain.")
@click.option("--indicator", help="One indicator only.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option(
    "--cases", "limit", default=20, show_default=True, help="How many case ids to print a line; 0 prints all."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def explain(unit: str, indicator: str | None, language: str, limit: int, form: str, **options: Any) -> None:
    """Why a unit has its points: every line with clause, operands, arithmetic and case ids."""
    from auditlib.explain import bounds_note
    from auditlib.explain import explain as explain_lines
    from auditlib.points import paired

    resolved, result = score_ledger(**options, evidence=True, units=[unit])
    scored = result.unit(unit)
    known = [item.id for item in scored.indicators]
    if indicator is not None and indicator not in known:
        raise InputError.at(
            resolved.scheme.scheme, "--indicator", f"found {indicator}, expected one of {', '.join(known)}"
        )
    lines = [line for line in explain_lines(resolved, result, scored, language) if indicator in (None, line.indicator)]
    if form == "json":
        echo_json({"unit": unit, "period": result.period, "lines": [vars(line) for line in lines]})
        return
    total, of = result.text(scored.total), result.text(scored.total_of)
    click.echo(f"{scored.name} ({unit})  {result.period}  {total}{f' / {of}' if of else ''}  rank {scored.rank}")
    for declared, points in paired(resolved.scheme, scored.indicators):
        if indicator not in (None, points.id):
            continue
        out_of = f" / {result.text(points.max)}" if points.max is not None else ""
        shown_points = f"{result.text(points.points)}{out_of}" if points.points is not None else points.status
        click.echo(f"\n{declared.title(language)} [{points.id}]  {shown_points}")
        for line in lines:
            if line.indicator == points.id:
                _echo_line(line, limit)
        if note := bounds_note(declared, points, result.rounding, language):
            click.echo(f"    {note}")
    for warning in result.warnings:
        click.echo(f"note: {warning}", err=True)


def _echo_line(line: Any, limit: int) -> None:
    click.echo(f"  {line.points if line.points is not None else '—':>6}  {line.clause} {line.title}")
    if line.arithmetic:
        click.echo(f"          {line.operands};  {line.arithmetic}")
    elif line.reason:
        click.echo(f"          {line.reason}")
    if line.points not in (None, "0"):
        click.echo(f"          「{line.quote}」")
        for reading in line.readings:
            click.echo(f"          {reading}")
    if line.evidence and line.points not in (None, "0"):
        shown_ids = line.evidence if limit == 0 else line.evidence[:limit]
        more = f" … and {len(line.evidence) - len(shown_ids)} more" if len(shown_ids) < len(line.evidence) else ""
        click.echo(f"          {len(line.evidence)}: {' '.join(shown_ids)}{more}")
