"""The commands and the inputs that give the report on new weights again."""

from __future__ import annotations

from auditlib.core.hashes import file_sha256
from auditlib.ledger.snapshot import snapshot_hash
from auditlib.report.revision_page import RevisionPage
from auditlib.report.section import Section, commands_section
from auditlib.revision.revise import panel_sha256

__all__ = ["section"]


def section(page: RevisionPage) -> Section:
    """The commands and the inputs that give this report again."""
    steps = [(page.t(name), line) for name, line in page.scored.commands(page.language)]
    table = page.frame(_inputs(page), ("what", "value"))
    note = page.t(
        "These commands make the report again, in the folder where this one was made; inputs are known by the "
        "hash of their content."
    )
    return commands_section(page.t("How to re-perform this report"), note, steps, table, page.language)


def _inputs(page: RevisionPage) -> list[tuple[str, str]]:
    """What went into the report, with the hashes by which it is known."""
    scored, revision, rows = page.scored, page.scored.new.resolved.scheme.revision, []
    for name, side in (("Old version", scored.old), ("New version", scored.new)):
        rows.append((page.t(name), f"{side.name}\nsha256 {file_sha256(side.file)}"))
    rows.append((page.t("Ledger"), f"{scored.asked.ledger}\nsha256 {snapshot_hash(scored.ledger.registers)}"))
    if scored.panel is not None:
        own, same = panel_sha256(scored.panel), ""
        if revision is not None:
            same = "\n" + page.t(
                "the folder has the hash that the new version cites"
                if own == revision.panel.sha256
                else "the folder has NOT the hash that the new version cites"
            )
        rows.append((page.t("Panel"), f"{scored.panel.declared.panel}\nsha256 {own}{same}"))
    return rows
