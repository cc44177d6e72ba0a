"""How much of the limit was left when a duty was done: much work on the last day shows as a spike at nought."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from auditlib.report.duty_page import DutyPage
from auditlib.report.figure import BLUE, INK, ORANGE, drawn, styled
from auditlib.report.headings.duty import DUTY
from auditlib.report.section import NOTHING, Section
from auditlib.report.tables import frame

__all__ = ["figure", "section"]

ENDS = 15
"""Working days before and after the limit that have a bar of their own; what is further is in the last ones."""


def section(page: DutyPage) -> Section:
    """Working days left (or over) at fulfilment, over all duties of the page; nothing on the page of a case."""
    if page.view.case is not None:
        return NOTHING
    margins = page.compliance.instances["margin_working_days"].drop_nulls().to_list()
    if not margins:
        return page.said("margins", page.t("Nothing with a limit in days was done."))
    counted = Counter(margins)
    over, last = sum(n for days, n in counted.items() if days < 0), counted[0]
    said = page.t(
        "Of {count} {count:fulfilment|fulfilments} {over} came after the limit and {last} on its last working day.",
        count=len(margins), over=over, last=last,
    )  # fmt: skip
    if last * 5 > len(margins) and len(margins) >= 10:
        said += ("" if page.language == "zh" else " ") + page.t("That is a spike: much is done only when it must be.")
    rows = [(str(days).replace("-", "−"), str(counted[days])) for days in sorted(counted)]
    table = frame(rows, ("margin", "count"), page.language, DUTY)
    return page.drawn("margins", figure(counted, page.t("limit"), page.t("working days left")), said, table)


@styled
def figure(counted: Mapping[int, int], limit: str, label: str) -> Figure:
    """A bar a working day; what lies beyond the limit is of another colour."""
    clipped: Counter[int] = Counter()
    for days, number in counted.items():
        clipped[max(-ENDS, min(ENDS, days))] += number
    first, last = min([*clipped, -2]), max([*clipped, 3])
    canvas, axes = drawn(2.6, left=0.6, right=0.15, top=0.3, bottom=0.5)
    drawn_days = list(range(first, last + 1))
    colours = [ORANGE if day < 0 else BLUE for day in drawn_days]
    axes.bar(drawn_days, [clipped[day] for day in drawn_days], 0.85, color=colours, zorder=3)
    axes.axvline(-0.5, color=INK, linewidth=1.2, zorder=4)
    axes.annotate(
        limit, (-0.5, 1), xycoords=("data", "axes fraction"), xytext=(0, 2), textcoords="offset points", ha="center",
        va="bottom", fontsize=8.5, color=INK, fontweight="bold",
    )  # fmt: skip
    axes.set_xlim(last + 0.6, first - 0.6)
    axes.set_xlabel(label)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    axes.grid(visible=True, axis="y")
    return canvas
