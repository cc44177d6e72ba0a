"""The commands and the inputs that give a report on a ledger again."""

from __future__ import annotations

import shlex

from auditlib.analysis.commands import command_lines
from auditlib.report.audit_page import AuditPage
from auditlib.report.section import Section, commands_section
from auditlib.report.tables import frame

__all__ = ["section"]


def section(page: AuditPage) -> Section:
    """The commands that probe, compare and judge again, the one that makes the page anew, and what went into it."""
    audited, language = page.audited, page.language
    asked, scored = audited.asked, audited.scored
    lines = command_lines(asked, scored.result.as_of, accept_rejects=bool(scored.rejected.all))
    ledger, scheme = shlex.quote(asked.ledger), shlex.quote(asked.scheme)
    given = dict(audited.parameters)
    with_settings = f" --settings {shlex.quote(given['settings'])}" if "settings" in given else ""
    period = f"--scheme {scheme} --period {asked.period}"
    steps = [(page.t("Test the patterns again"), f"auditlib probe {ledger} {period}{with_settings}")]
    if "earlier" in given:
        steps.append(
            (
                page.t("Compare the snapshots again"),
                f"auditlib restate {shlex.quote(given['earlier'])} {ledger} {period}",
            )
        )
    draws = f" --draws {given['draws']}" if "draws" in given else ""
    steps.append((page.t("Judge chance again"), lines["score"].replace("auditlib score", "auditlib chance", 1) + draws))
    more = "".join(f" -p {name} {shlex.quote(value)}" for name, value in audited.parameters)
    made = (
        f"papermill auditlib://ledger_audit.ipynb ledger_audit.ipynb {lines['notebook']}{more} -p language {language}"
    )
    steps.append((page.t("Make the report anew"), made))
    inputs = [
        (page.t("Scheme file"), f"{scored.scheme_name}\nsha256 {scored.scheme_sha256}"),
        (page.t("Ledger"), asked.ledger),
        (page.t("Ledger snapshot"), f"sha256 {audited.grounds.snapshot}"),
        *([(page.t("Earlier snapshot"), f"sha256 {audited.restated.old}")] if audited.restated else []),
        (page.t("Software"), scored.software),
    ]
    note = page.t("The same inputs give the same report; the commands are run in the folder where this one was made.")
    table = frame(inputs, ("what", "value"), language)
    return commands_section(page.t("How to re-perform this report"), note, steps, table, language)
