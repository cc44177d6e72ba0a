"""The commands and the files, with their hashes, that give a panel's report again."""

from __future__ import annotations

import shlex
from dataclasses import replace

from auditlib.core.hashes import digest, file_sha256, software
from auditlib.delphi.rounds import panel_files
from auditlib.report.panel_page import PanelPage
from auditlib.report.paper_table import PaperTable
from auditlib.report.section import Section, command_list

__all__ = ["commands", "inputs", "section"]


def section(page: PanelPage) -> Section:
    """The commands and the files, with their hashes, that give this report again."""
    steps = commands(page)
    note = page.t(
        "The same files give the same report. These commands compute all statistics again and "
        "make the report anew, in the folder where this one was made."
    )
    shown = page.plain("repeat", inputs(page), note, command_list(steps))
    return replace(shown, text="\n".join([shown.text, *(f"{what}: {line}" for what, line in steps)]))


def inputs(page: PanelPage) -> PaperTable:
    """Each file with its hash, the digest of all, and the software."""
    hashes = [[file.name, file_sha256(file)] for file in panel_files(page.analysis.panel)]
    versions = software()
    rows = [
        (page.t("Panel"), page.asked),
        *((name, f"sha256 {value}") for name, value in hashes),
        (page.t("Digest of all files"), f"sha256 {digest(hashes)}"),
        (page.t("Software"), f"auditlib {versions['auditlib']}, Python {versions['python']}"),
        (page.t("Source of the software"), f"sha256 {versions['auditlib source']}"),
    ]
    return page.table(("what", "value"), rows, texts=2)


def commands(page: PanelPage) -> list[tuple[str, str]]:
    """The command lines that compute the panel again and make this report anew, each with what it does."""
    parameters = ["-p", "panel", page.asked, "-p", "round", str(page.number), "-p", "language", page.language]
    made = f"papermill auditlib://delphi_panel.ipynb delphi_panel.ipynb {shlex.join(parameters)}"
    return [
        (page.t("Compute again"), f"auditlib delphi {shlex.quote(page.asked)} --format json"),
        (page.t("Make the report anew"), made),
    ]
