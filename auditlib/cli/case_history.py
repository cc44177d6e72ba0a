"""The history of one case on the terminal: what happened, which clocks ran, what became of each duty."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from auditlib.analysis.duty_view import DutyView, duty_view
from auditlib.analysis.request import Asked
from auditlib.analysis.timeline import moment_text, timeline
from auditlib.cli.scoring import open_ledger
from auditlib.cli.terminal import echo, echo_json, show_table
from auditlib.core.errors import InputError
from auditlib.core.message import t, told
from auditlib.core.table import Table
from auditlib.scoring.duties.statuses import STATUSES
from auditlib.scoring.duties.written import compliance_json

__all__ = ["explain_case"]


def explain_case(
    case: str, language: str, form: str, *, scheme: str, ledger: Path, period: str | None, as_of: datetime | None,
    readings: dict[str, str], supplied: dict[str, str], calendar: str, provisional_calendar: bool,
    accept_rejects: bool,
) -> None:  # fmt: skip
    """Print the timeline of a case; without a period the scheme is that of the year in which the case came in."""
    when = period or _year_of(case, scheme, ledger, as_of, accept_rejects)
    asked = Asked.of(
        scheme, str(ledger), when, as_of, readings, supplied, calendar, provisional_calendar=provisional_calendar
    )
    view = duty_view(asked, None, case)
    if form == "json":
        echo_json(_plain(view))
        return
    entries = [
        (moment_text(entry.at, day=entry.day), told(entry.what, language), entry.evidence) for entry in timeline(view)
    ]
    title = f"{view.resolved.scheme.title(language)}  {case}  {view.compliance.as_of.isoformat(' ', 'minutes')}"
    echo(title)
    show_table(Table((t("When", language), t("What happened", language), t("Evidence", language)), entries))
    duties = [
        (view.resolved.scheme.duty(row["duty"]).title(language), view.resolved.scheme.duty(row["duty"]).clause,
         view.names.get(row["unit"], row["unit"]), STATUSES[row["status"]](language))
        for row in view.compliance.instances.iter_rows(named=True)
    ]  # fmt: skip
    heads = (t("Duty", language), t("Clause", language), t("Unit", language), t("Status", language))
    echo()
    show_table(Table(heads, list(dict.fromkeys(duties))))
    for notice in view.compliance.notices:
        echo(f"note: {told(notice.message, language)}", err=True)


def _year_of(case: str, scheme: str, ledger: Path, as_of: datetime | None, accept_rejects: bool) -> str:
    book = open_ledger(ledger, as_of, accept_rejects, scheme)
    cases = book.registers.get("cases")
    found = [] if cases is None else cases.filter(pl.col("case_id") == case).select("received_at").collect().rows()
    if not found or found[0][0] is None:
        raise InputError.at(
            ledger, "--case", f"found {case}, expected a case of the register of cases with its receipt"
        )
    return str(found[0][0].year)


def _plain(view: DutyView) -> dict[str, Any]:
    """The timeline and every instance of the case, as JSON."""
    entries = [
        {"at": moment_text(entry.at, day=entry.day).replace(" ", "T"), "en": told(entry.what, "en"),
         "zh": told(entry.what, "zh"), "evidence": entry.evidence.split()}
        for entry in timeline(view)
    ]  # fmt: skip
    judged = compliance_json(view.compliance)
    instances = [one for unit in judged["units"] for one in unit["instances"]]
    about = {key: judged[key] for key in ("scheme", "version", "as_of", "readings", "warnings", "notices")}
    return {"case": view.case, **about, "timeline": entries, "instances": instances}
