"""What the reader must know beside: rows left out, acts that nobody knows, readings in use."""

from __future__ import annotations

from auditlib.core.message import told
from auditlib.report.duty_page import DutyPage
from auditlib.report.headings.duty import DUTY
from auditlib.report.headings.shared import REPORT
from auditlib.report.section import NOTHING, Section, joined_sections, table_section
from auditlib.report.tables import frame

__all__ = ["section"]


def section(page: DutyPage) -> Section:
    """The notices of the result, and the readings under which it was judged."""
    return joined_sections(_notices(page), _readings(page))


def _notices(page: DutyPage) -> Section:
    if not page.compliance.notices:
        return NOTHING
    called = page.view.names_in(page.language)
    rows = [(told(notice.message.naming(called), page.language),) for notice in page.compliance.notices]
    return page.tabled("notices", frame(rows, ("notice",), page.language, DUTY))


def _readings(page: DutyPage) -> Section:
    scheme, used = page.scheme, page.view.resolved.readings
    rows = [
        (reading.clause, reading.question(page.language), reading.options[used[name]](page.language))
        for name, reading in scheme.readings.items()
    ]  # fmt: skip
    if not rows:
        return NOTHING
    listed = frame(rows, ("clause", "question", "used"), page.language)
    return table_section("readings", page.t(REPORT["readings"]), listed, page.language)
