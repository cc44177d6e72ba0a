"""The reading in use of every open clause, and the ones that are not."""

from __future__ import annotations

import pandas as pd

from auditlib.report.page import Page
from auditlib.report.section import Section
from auditlib.report.tables import frame
from auditlib.scheme.load import Resolved

__all__ = ["NOTE", "reading_section", "reading_table"]


NOTE = "Where a clause can be understood in several ways, these readings are in use; another may change the score."


def reading_section(page: Page) -> Section:
    """The reading in use of every open clause, and the ones that are not."""
    table = reading_table(page.resolved, page.language)
    return page.tabled("readings", table, page.t(NOTE) if len(table) else "")


def reading_table(resolved: Resolved, language: str) -> pd.DataFrame:
    """Every open clause, the question it leaves, the answer in use, and the answers that are not."""
    rows = []
    for name, reading in resolved.scheme.readings.items():
        used = resolved.readings[name]
        others = tuple(option(language) for key, option in reading.options.items() if key != used)
        rows.append((reading.clause, reading.question(language), reading.options[used](language), "\n".join(others)))
    return frame(rows, ("clause", "question", "used", "others"), language)
