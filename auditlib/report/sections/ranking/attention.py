"""The units that a reader should look at, each with the facts that say why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from auditlib.core.message import t
from auditlib.report.firm_ranks import might_be_high
from auditlib.report.headings.ranking import PERIOD
from auditlib.report.page import RankingPage
from auditlib.report.phrases import EMPTY, rank_words
from auditlib.report.reasons_to_look import Reason, reasons_to_look
from auditlib.report.section import Section
from auditlib.report.tables import frame
from auditlib.report.unit_links import linked_names
from auditlib.scoring.result import UnitScore

__all__ = ["found_on", "section", "table"]


def section(page: RankingPage) -> Section:
    """The units that a reader should look at, each with the facts that say why."""
    found = found_on(page)
    title = page.t("Units to look at")
    if not found:
        return page.said("attention", title, page.t("No unit stands out."))
    note = page.t(
        "The gravest first. Plain facts, no threshold: outcomes other than first places, last of a group, fell "
        "furthest, most indicators with nothing left, most targets missed, undecided ties, an indicator missing that "
        "others have, most rejected rows. What to do about them is the reader's judgement."
    )
    listed = linked_names(table(found, page.language), page.t("Unit"), [unit for unit, _ in found])
    return page.tabled("attention", listed, note, title, kind="attention")


def found_on(page: RankingPage) -> list[tuple[UnitScore, list[Reason]]]:
    """The units of a page with a reason to look at them; see :func:`reasons_to_look`."""
    rows = {(reject.file, reject.row): reject.unit for reject in page.scored.rejects if reject.unit}
    rejected = Counter(rows.values())
    counts = page.scored.received_cases if page.counts_cases else {}
    asked = (page.scheme, page.result, page.moved, page.losses, rejected, page.language, counts)
    return reasons_to_look(*asked, might_be_high(page))


def table(found: Sequence[tuple[UnitScore, Sequence[str]]], language: str) -> pd.DataFrame:
    """The units that a reader should look at, each with its rank and the reasons, one a line."""
    rows = [(unit.name, unit.ranked_in or EMPTY, rank_words(unit), "\n".join(reasons)) for unit, reasons in found]
    table = frame(rows, ("unit", "group", "rank", "why"), language, PERIOD)
    return table if any(unit.ranked_in for unit, _ in found) else table.drop(columns=t("Group", language))
