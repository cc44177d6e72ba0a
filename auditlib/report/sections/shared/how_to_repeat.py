"""The commands and the inputs that give a report again."""

from __future__ import annotations

import shlex

from auditlib.report.page import Page
from auditlib.report.section import Section, commands_section
from auditlib.report.tables import frame
from auditlib.report.wording import number_words

__all__ = ["section"]


def section(page: Page) -> Section:
    """The commands and the inputs that give this report again."""
    scored, language = page.scored, page.language
    notebook = "period_ranking" if page.code is None else "unit_audit"
    own = "" if page.code is None else f"-r unit {shlex.quote(page.code)} "
    given = f"{own}{scored.command['notebook']}{page.parameters}"
    made = f"papermill auditlib://{notebook}.ipynb {notebook}.ipynb {given}"
    steps = [(page.t("Score again"), scored.command["score"])]
    if page.code is not None:  # `explain` speaks of one unit
        steps.append((page.t("Explain each line"), f"{scored.command['explain']} --unit {shlex.quote(page.code)}"))
    steps.append((page.t("Make the report anew"), f"{made} -p language {language}"))
    table = frame(_inputs(page), ("what", "value"), language)
    note = page.t(
        "The same inputs give the same report. These commands score again, explain each line and make the report anew, "
        "in the folder where this one was made."
    )
    return commands_section(page.t("How to re-perform this report"), note, steps, table, language)


def _inputs(page: Page) -> list[tuple[str, str]]:
    """What went into the report, with the hashes by which it is known."""
    scored, source = page.scored, page.scheme.source
    checked = page.t("checked {date}", date=source.last_checked) if source.last_checked else page.t("never checked")
    document = f"{source.title(page.language)} ({source.document}), {checked}"
    if page.language == "zh":
        document = f"{source.title(page.language)}（{source.document}），{checked}"
    document += f"\n{source.url}" if source.url else ""
    return [
        (page.t("Scheme file"), f"{scored.scheme_name}\nsha256 {scored.scheme_sha256}"),
        (page.t("Source document"), document),
        (page.t("Ledger"), scored.asked.ledger),
        (page.t("Ledger snapshot" if page.code is None else "Data behind this report"), f"sha256 {scored.content}"),
        (page.t("Software"), scored.software),
        (page.t("Numbers"), number_words(scored.result.rounding, page.language)),
    ]
