"""What missing ratings could hide: each unit's share of good ratings if all of them were bad, and if all were good."""

from __future__ import annotations

from fractions import Fraction

from matplotlib.figure import Figure

from auditlib.chance.tables import percent
from auditlib.core.exact import exact
from auditlib.core.message import t
from auditlib.report.audit_page import AuditPage
from auditlib.report.figure import BLUE, NARROW, PALE, both_ends, drawable, drawn, inches, styled
from auditlib.report.headings import AUDIT
from auditlib.report.section import NOTHING, Section
from auditlib.report.tables import frame

__all__ = ["section"]

Bound = tuple[str, Fraction, Fraction | None, Fraction]


def section(page: AuditPage) -> Section:
    """A bar a unit, from the worst to the best that the missing ratings allow. Nothing where there are no ratings."""
    tried = (line for line in page.audited.found.lines if line.test == "nonresponse")
    lines = [line for line in tried if "not_dissatisfied" in line.observed.more]
    if not lines:
        return NOTHING
    found, rows = [], []
    for line in sorted(lines, key=lambda one: one.unit):
        own, counts = line.observed.more["not_dissatisfied"], line.observed.counts
        assert isinstance(own, dict)
        worst, best = exact(own["worst"]), exact(own["best"])
        rated = None if own["as_rated"] is None else exact(own["as_rated"])
        found.append((page.name(line.unit), worst, rated, best))
        rows.append(
            (page.linked(line.unit), str(counts["closed"]), str(counts["unrated"]), percent(float(worst)),
             "" if rated is None else percent(float(rated)), percent(float(best)))
        )  # fmt: skip
    widest = max(found, key=lambda one: one[3] - one[1])
    said = page.t(
        "If every missing rating were bad, or every one good: the widest bar is that of {unit}, from {worst} to "
        "{best} %. Within its bar nobody can say where a unit stands.",
        unit=widest[0], worst=percent(float(widest[1])), best=percent(float(widest[3])),
    )  # fmt: skip
    columns = ("unit", "closed", "unrated", "worst", "as_rated", "best")
    return page.drawn("bounds", figure(found, page.language), said, frame(rows, columns, page.language, AUDIT))


@styled
def figure(found: list[Bound], language: str) -> Figure:
    """A bar a unit, with a mark where its ratings lie as they were given."""
    shown = both_ends(found)
    labels = [drawable(name, 12) for name, *_ in shown]
    left = inches(labels, 9) + 0.2
    canvas, axes = drawn(0.6 + 0.27 * len(shown), left=left, right=0.2, top=0.1, bottom=0.45, width=NARROW)
    for row, (_, worst, rated, best) in enumerate(shown):
        axes.barh(row, 100 * float(best - worst), 0.5, left=100 * float(worst), color=PALE)
        if rated is not None:
            axes.plot(100 * float(rated), row, "D", markersize=6, color=BLUE, markeredgecolor="white", zorder=3)
    axes.set_xlim(0, 102)
    axes.set_yticks(range(len(shown)), labels)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlabel(t("not dissatisfied (%)", language))
    axes.grid(visible=True, axis="x")
    axes.spines["left"].set_visible(False)
    return canvas
