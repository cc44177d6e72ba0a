"""The commands and the inputs that give a report on duties again."""

from __future__ import annotations

import shlex

from auditlib.analysis.commands import command_lines
from auditlib.core.hashes import library_version
from auditlib.report.duty_page import DutyPage
from auditlib.report.section import Section, commands_section
from auditlib.report.tables import frame

__all__ = ["section"]


def section(page: DutyPage) -> Section:
    """The command that judges again, the one that makes the page anew, and what went into it."""
    view, language = page.view, page.language
    lines = command_lines(view.asked, page.compliance.as_of, accept_rejects=bool(view.ledger.rejects.height))
    parts = {"unit": view.unit, "case": view.case}
    asked = "".join(f" --{name} {shlex.quote(value)}" for name, value in parts.items() if value)
    given = "".join(f"-r {name} {shlex.quote(value)} " for name, value in parts.items() if value)
    steps = [
        (page.t("Judge the duties again"), f"{lines['duties']}{asked}"),
        (page.t("Make the report anew"),
         f"papermill auditlib://duty_audit.ipynb duty_audit.ipynb {given}{lines['notebook']} -p language {language}"),
    ]  # fmt: skip
    source = page.scheme.source
    inputs = [
        (page.t("Scheme file"), f"{view.asked.scheme_path.name}\nsha256 {view.scheme_sha256}"),
        (page.t("Source document"), f"{source.title(language)} ({source.document})"),
        (page.t("Ledger"), view.asked.ledger),
        (page.t("Ledger snapshot"), f"sha256 {view.snapshot}"),
        (page.t("Software"), library_version()),
    ]
    note = page.t("The same inputs give the same report; the commands are run in the folder where this one was made.")
    table = frame(inputs, ("what", "value"), language)
    return commands_section(page.t("How to re-perform this report"), note, steps, table, language)
