"""What cannot be assessed, for want of which fact."""

from __future__ import annotations

from collections import defaultdict

from auditlib.report.duty_page import DutyPage
from auditlib.report.headings.duty import DUTY
from auditlib.report.section import Section
from auditlib.report.tables import frame

__all__ = ["section"]


def section(page: DutyPage) -> Section:
    """A row for each duty and fact that is not recorded, with the cases that cannot be judged for want of it."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    unknown = page.compliance.instances
    for row in unknown.filter(unknown["status"] == "not_assessable").iter_rows(named=True):
        found[row["duty"], tuple(row["lacking"] or ())].append(row["case"] or row["key"])
    if not found:
        return page.said("unknown", page.t("Every instance of a duty can be assessed from what is recorded."))
    rows = [
        (page.duty(duty).title(page.language), page.duty(duty).clause, page.facts(missing), str(len(cases)),
         tuple(sorted(cases)))
        for (duty, missing), cases in found.items()
    ]  # fmt: skip
    listed = frame(rows, ("duty", "clause", "missing", "count", "case"), page.language, DUTY)
    note = page.t("Nobody can say of these whether the duty was kept: they count neither as kept nor as broken.")
    return page.tabled("unknown", listed, note)
