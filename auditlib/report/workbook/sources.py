"""The sections of the sources as rows of a table, and as a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from auditlib.core.message import t
from auditlib.report.workbook.sheets import Cell, Sheet, workbook_bytes
from auditlib.scheme.sources import STATUSES, SourceSection

__all__ = ["source_headings", "source_rows", "source_workbook"]

MADE = datetime(2026, 1, 1)
"""A workbook names the day on which it was made; the same bytes need the same day."""


def source_headings(language: str) -> list[str]:
    """What the columns of :func:`source_rows` are called."""
    return [
        t("Source", language), t("Title", language), t("Document", language), t("Lines", language),
        t("Status", language), t("Schemes", language), t("What works, or why there is no rule", language),
        t("Shown by", language),
    ]  # fmt: skip


def source_rows(sections: Mapping[str, SourceSection], language: str) -> list[list[str]]:
    """A row for each section."""
    return [
        [
            name, one.title(language), one.document, one.lines, STATUSES[one.status](language),
            ", ".join(one.schemes), one.says(language), ", ".join(one.tests),
        ]
        for name, one in sections.items()
    ]  # fmt: skip


def source_workbook(sections: Mapping[str, SourceSection], language: str) -> bytes:
    """The same as an XLSX file, and on a second sheet the yardsticks beside the schemes that they were laid to."""
    title = t("Sources", language)
    rows: list[list[Cell]] = [list(row) for row in source_rows(sections, language)]
    laid: list[list[Cell]] = [
        [name, point(language), scheme, ", ".join(places.get(point.zh, ()))]
        for name, one in sections.items()
        if one.yardstick is not None
        for scheme, places in one.yardstick.placed.items()
        for point in one.yardstick.points
    ]
    headings = [t("Source", language), t("Point of view", language), t("Scheme", language), t("Covered by", language)]
    sheets = [
        Sheet(title, source_headings(language), rows, widest=60, listing=True),
        Sheet(t("Yardsticks", language), headings, laid, listing=True),
    ]
    return workbook_bytes(sheets, title, t("&CPage &P of &N", language), MADE)
