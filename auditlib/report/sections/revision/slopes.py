"""The rank of every unit under the old version and under the new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from auditlib.report.revision_page import TWO, RevisionPage
from auditlib.report.section import Section, joined_sections
from auditlib.report.slopes import Slope, slopes
from auditlib.report.tables import shown_number

__all__ = ["caption", "section", "table"]


def section(page: RevisionPage) -> Section:
    """The rank of every unit under the old version and under the new one."""
    lines: dict[str, list[Slope]] = {
        page.group(group): [(move.new.name, move.old.rank or 0, move.new.rank or 0) for move in moves]
        for group, moves in page.scored.comparison.groups.items()
    }
    old, new = (
        page.t("version {version}", version=side.resolved.scheme.version)
        for side in (page.scored.old, page.scored.new)
    )  # fmt: skip
    note = page.t(
        "Ranks are within groups. The maximum of a total changes with the version; indicators "
        "without a score are out of it."
    )
    return joined_sections(
        page.drawn("slopes", slopes(lines, (old, new), page.language), caption(page, lines)),
        page.tabled("moves", table(page), note),
    )


def caption(page: RevisionPage, lines: Mapping[str, Sequence[Slope]]) -> str:
    """How many units of each group rise, fall and stay."""
    sentences = []
    for group, units in lines.items():
        up, down = (sum(sign * (old - new) > 0 for _, old, new in units) for sign in (1, -1))
        sentences.append(
            page.t(
                "{group}: of {count} {count:unit|units} {up} {up:rises|rise}, {down} {down:falls|fall}, "
                "{same} {same:stays|stay}",
                group=group,
                count=len(units),
                up=up,
                down=down,
                same=len(units) - up - down,
            )
        )
    return page.t("{groups}.", groups=page.t("; ").join(sentences))


def table(page: RevisionPage) -> pd.DataFrame:
    """Both totals out of their maxima and both ranks of every unit."""
    rows = []
    for move in page.scored.comparison.moves:
        places = move.places
        shown = None if places is None else f"↑{places}" if places > 0 else f"↓{-places}" if places else "—"
        totals = [
            f"{shown_number(one.total, TWO)} / {shown_number(one.total_of, TWO)}" if one.total is not None else None
            for one in (move.old, move.new)
        ]
        rows.append((move.new.name, move.group or "", *totals, move.old.rank, move.new.rank, shown))
    return page.frame(rows, ("unit", "group", "old_total", "new_total", "old_rank", "new_rank", "places"))
