"""The command on duties: which applied, which were met, late, missed, and what cannot be said."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditlib.cli.scoring import comply_ledger, scoring_options
from auditlib.cli.terminal import echo, echo_file, show_table
from auditlib.core.table import Table

if TYPE_CHECKING:
    from auditlib.scheme.quantities import DutyStatus

__all__ = ["duties", "show_counts"]

COUNTED: tuple[DutyStatus, ...] = (
    "not_assessable", "missed", "late", "met", "done", "running", "excused", "handed_over", "no_record",
)  # fmt: skip
"""The statuses of the table: what cannot be assessed first."""


def _statuses(_: click.Context, option: click.Parameter, value: str | None) -> list[str]:
    from auditlib.scoring.duties.statuses import STATUSES

    names = [name.strip() for name in re.split("[,，、]", value or "") if name.strip()]
    by_word = {text(language): name for name, text in STATUSES.items() for language in ("zh", "en")}
    found = [by_word.get(name, name) for name in names]
    if unknown := [name for name in found if name not in STATUSES]:
        known = ", ".join(f"{name} ({text.zh})" for name, text in STATUSES.items())
        raise click.BadParameter(f"found {unknown[0]!r}, expected some of {known}", param=option)
    return found


@click.command()
@scoring_options
@click.option("--unit", help="One unit alone.")
@click.option("--case", "case", help="The instances of one case alone, with those that do not apply to it.")
@click.option(
    "--status", "statuses", callback=_statuses, metavar="S,S…",
    help="Instances of these statuses alone: late,missed …",
)  # fmt: skip
@click.option("--fail-on-breach", is_flag=True, help="Exit with 1 where any of them is late or missed.")
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv", "xlsx"]), default="table", show_default=True
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write to a file instead of the terminal; needed for xlsx."
)
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of the table.")
def duties(
    unit: str | None, case: str | None, statuses: list[str], fail_on_breach: bool, form: str, out: Path | None,
    language: str, **options: Any,
) -> None:  # fmt: skip
    """Which duties applied, which were met, late, missed, and what cannot be said for want of which fact.

    The table counts by unit and duty, what cannot be assessed first; with --case or --status it lists the instances.
    `--set DUTY="30 minutes"` supplies the limit of a duty whose source says 及时 or 立即 and no number.
    """
    from auditlib.core.files import write_atomically
    from auditlib.core.message import told
    from auditlib.scoring.duties.written import compliance_json

    if form == "xlsx" and out is None:
        raise click.UsageError("--format xlsx writes a file: expected --out FILE.xlsx")
    _, result = comply_ledger(**options, listed=bool(case) or "not_applicable" in statuses)
    _require_known(result, unit, case)
    result = result.only(unit, case, statuses)
    lists = case is not None or bool(statuses)
    if form == "json":
        data = (json.dumps(compliance_json(result), ensure_ascii=False, indent=1) + "\n").encode()
    elif form == "csv":
        data = _csv(result)
    elif form == "xlsx":
        data = _workbook(result, language)
    else:
        data = b""
    if form != "table" and out is not None:
        write_atomically(out, data)
    elif form != "table":
        echo_file(data.decode())
    else:
        _print(result, lists, language)
    if form != "json":
        for notice in result.notices:
            echo(f"note: {told(notice.message, language)}", err=True)
    if fail_on_breach and result.breached:
        raise SystemExit(1)


def _require_known(result: Any, unit: str | None, case: str | None) -> None:
    if unit is not None and unit not in result.units:
        known = ", ".join(list(result.units)[:20])
        raise click.UsageError(f"--unit: found {unit}, expected one of {known}")
    if case is not None and result.instances.filter(result.instances["case"] == case).is_empty():
        raise click.UsageError(f"--case: found {case}, of which no duty is judged in {result.period}")


def _print(result: Any, lists: bool, language: str) -> None:
    from auditlib.scoring.duties.written import INSTANCE_HEADERS, instance_rows

    if lists:
        title = f"{result.resolved.scheme.title(language)} {result.period}"
        show_table(Table(INSTANCE_HEADERS, list(instance_rows(result))), title)
    else:
        show_counts(result, language)


def show_counts(result: Any, language: str) -> None:
    """By unit and duty how many were met, late, missed."""
    from auditlib.scoring.duties.statuses import STATUSES
    from auditlib.scoring.duties.written import count_rows

    headers = ("unit", "duty", "clause", *(STATUSES[name](language) for name in COUNTED), "rate")
    rows = [
        [unit, one.duty.title(language), one.duty.clause, *(one.counts[name] or "" for name in COUNTED), rate]
        for unit, one, rate in count_rows(result)
        if any(one.counts[name] for name in COUNTED)
    ]
    show_table(Table(headers, rows), f"{result.resolved.scheme.title(language)} {result.period}")


def _csv(result: Any) -> bytes:
    from auditlib.core.cells import csv_text
    from auditlib.scoring.duties.written import INSTANCE_HEADERS, instance_rows

    return csv_text(INSTANCE_HEADERS, instance_rows(result)).encode()


def _workbook(result: Any, language: str) -> bytes:
    from auditlib.report.workbook.compliance import compliance_workbook

    return compliance_workbook(result, language)
