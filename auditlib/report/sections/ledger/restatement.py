"""What became of an earlier snapshot: classes of differences, totals that close, in whose favour."""

from __future__ import annotations

import pandas as pd
import polars as pl
from matplotlib.figure import Figure

from auditlib.core.message import told
from auditlib.ledger.restatement.pair import ASKED, CLASSES
from auditlib.report.audit_page import AuditPage
from auditlib.report.figure import BLUE, MUTED, ORANGE, PALE, both_ends, drawable, drawn, inches, styled
from auditlib.report.headings.ledger import AUDIT
from auditlib.report.section import Section, joined_sections
from auditlib.report.tables import frame
from auditlib.restate.restatement import Restated
from auditlib.restate.words import CLASS_WORDS, class_table, favour_table, total_rows

__all__ = ["section"]


def section(page: AuditPage) -> Section:
    """How many rows of each unit are in each class; then the classes, the control totals and the points."""
    found = page.audited.restated
    if found is None:
        return page.said("restatement", page.t("No earlier snapshot was given: nobody can say what was changed."))
    said = page.t(
        "Since {taken} {asked} {asked:row|rows} changed in a way that is to be asked about, {others} as was to be "
        "expected.",
        taken=found.taken.isoformat(" ", "minutes"), asked=found.count(*ASKED),
        others=found.count(*(kind for kind in CLASSES if kind not in ASKED)),
    )  # fmt: skip
    if found.found.rows.is_empty():
        return page.said("restatement", said)
    if not found.told_apart and found.count("added"):
        more = page.t("Without entered_at nobody can tell late arrivals from rows that were inserted.")
        said += ("" if page.language == "zh" else " ") + more
    pieces = [
        page.drawn("restatement", figure(page, found), said, class_table(found).frame(page.language)),
        page.tabled(
            "control_totals", _totals(page, found), page.t("Opening + in − out = closing of cases, to the row.")
        ),
    ]
    if found.favour:
        note = page.t(
            "Points under both snapshots as of the earlier one's time; each class applied alone, the rest is what "
            "they do only together. A class that changes no points has no column."
        )
        pieces.append(page.tabled("favour", favour_table(found, page.name).frame(page.language), note))
    return joined_sections(*pieces)


def _totals(page: AuditPage, found: Restated) -> pd.DataFrame:
    rows = [(page.linked(unit), *map(str, numbers)) for unit, *numbers in total_rows(found)]
    return frame(rows, ("unit", "opening", "came", "went", "closing"), page.language, AUDIT)


@styled
def figure(page: AuditPage, found: Restated) -> Figure:
    """A bar a unit of the rows of all registers that differ: those to be asked about dark, the expected ones pale."""
    table = found.found.rows.with_columns(pl.col("unit").fill_null("")).group_by("unit", "class").len()
    counts = {(unit, kind): number for unit, kind, number in table.iter_rows()}
    units = both_ends(sorted({unit for unit, _ in counts}))
    kinds = [kind for kind in CLASSES if any(key[1] == kind for key in counts)]
    labels = [drawable(page.name(unit), 12) for unit in units]
    canvas, axes = drawn(1.0 + 0.27 * len(units), left=inches(labels, 9) + 0.2, right=0.2, top=0.4, bottom=0.35)
    ends = [0] * len(units)
    asked = [kind for kind in kinds if kind in ASKED]
    for kind in kinds:
        number = [counts.get((unit, kind), 0) for unit in units]
        if kind in ASKED:
            colour, hatch = ORANGE, ("", "///", "xx", "..", "\\\\", "++", "--")[asked.index(kind) % 7]
        else:
            colour, hatch = (BLUE if kind == "progress" else MUTED if kind == "late_arrival" else PALE), ""
        axes.barh(
            range(len(units)), number, 0.6, left=ends, color=colour, hatch=hatch, edgecolor="white", linewidth=0.5,
            label=told(CLASS_WORDS[kind], page.language),
        )  # fmt: skip
        ends = [end + own for end, own in zip(ends, number, strict=True)]
    axes.set_yticks(range(len(units)), labels)
    axes.set_ylim(len(units) - 0.4, -0.6)
    axes.grid(visible=True, axis="x")
    axes.spines["left"].set_visible(False)
    axes.legend(
        loc="lower center",
        bbox_to_anchor=(0.5, 1.0),
        ncols=len(kinds) if len(kinds) <= 5 else -(-len(kinds) // 2),
        fontsize=7.5,
    )
    return canvas
