"""Screening in a panel's report: the boundaries in force at each level, and what is proposed for each item and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditlib.delphi.statistics.descriptives import Bound
from auditlib.delphi.statistics.screening import BOUNDARY_STATISTICS, Screened, Statistic, boundary_value
from auditlib.report.panel_tables import PanelView, PaperTable, fixed, plain_table

__all__ = ["Boundary", "boundaries", "boundary_table", "proposal_table"]

SIGNS: dict[Bound, tuple[str, str]] = {"at_least": ("≥", "<"), "at_most": ("≤", ">")}
"""How a condition is written, and how its failure."""


@dataclass(frozen=True)
class Boundary:
    """A criterion of one level: ``statistic`` should be ``bound`` ``limit``.

    A boundary value (``own`` is None) lies ``spread`` from ``centre``; an ``own`` criterion has neither.
    """

    level: int
    statistic: Statistic
    bound: Bound
    limit: float
    own: str | None = None
    centre: float | None = None
    spread: float | None = None


def boundaries(view: PanelView) -> list[Boundary]:
    """Every criterion in force in the round, level by level; a level of fewer than two items has no boundary values."""
    screening = view.analysis.panel.declared.thresholds.screening
    found: list[Boundary] = []
    for level in view.one.screening:
        if screening.boundary_values:
            found += _boundary_values(view, level)
        found += [
            Boundary(level, own.statistic, own.bound, float(own.limit), name)
            for name, own in screening.criteria.items()
        ]
    return found


def boundary_table(view: PanelView) -> PaperTable:
    """The boundaries by level: centre and spread, and where an item is kept."""
    rows = []
    for one in boundaries(view):
        what = view.heading(f"m_{one.statistic}")
        name = what if one.own is None else view.t("{name} ({statistic})", name=one.own, statistic=what)
        centre = None if one.centre is None else f"{fixed(one.centre, 3)} ± {fixed(one.spread, 3)}"
        kept = f"{SIGNS[one.bound][0]} {fixed(one.limit, 3)}"
        rows.append([view.t("Level {level}", level=one.level), name, centre, kept])
    return plain_table(view, ("level", "criterion", "centre", "bound"), rows, texts=2)


def proposal_table(view: PanelView) -> PaperTable:
    """What is proposed for every screened item, with each criterion that it fails."""
    rows, kinds = [], []
    for level, part in view.one.screening.items():
        for item in part:
            rows.append([view.name(item.item), view.heading(item.verdict), _reasons(view, item)])
            kinds.append(f"deep-{min(level, 4)} {item.verdict}")
    return plain_table(view, ("item", "proposal", "reasons"), rows, kinds, texts=3)


def _boundary_values(view: PanelView, level: int) -> Iterator[Boundary]:
    asked = {
        name: one.described for name, one in view.one.items.items() if one.level == level and one.described is not None
    }
    for statistic in BOUNDARY_STATISTICS:
        found = boundary_value(asked, statistic, view.analysis.panel.declared.sd)
        if found is not None:
            yield Boundary(level, statistic, found.bound, found.limit, None, found.mean, found.sd)


def _reasons(view: PanelView, item: Screened) -> str:
    said = []
    for name, failed in item.failures.items():
        what = view.heading(f"m_{failed.statistic}")
        if name not in BOUNDARY_STATISTICS:
            what = view.t("{name} ({statistic})", name=name, statistic=what)
        found, limit = fixed(failed.found, 3), fixed(failed.limit, 3)
        said.append(
            view.t(
                "{statistic} = {found} {sign} {limit}",
                statistic=what,
                found=found,
                sign=SIGNS[failed.bound][1],
                limit=limit,
            )
        )
    return ("；" if view.language == "zh" else "; ").join(said)
