"""Sliders for weights that always add up to one, with the ranks beside them; for JupyterLab, not for reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import ipywidgets as widgets  # type: ignore[import-untyped]
import pandas as pd

from auditlib.analysis.weights.table import WeightedTable
from auditlib.core.message import t
from auditlib.report.markup import render_table
from auditlib.report.revision import RevisionReport

__all__ = ["rank_table", "shared_out", "weight_sliders"]

STEPS = 1000


def shared_out(weights: Sequence[Fraction], moved: int, to: Fraction) -> list[Fraction]:
    """The weights with one of them moved; the others keep their proportions and all add up to 1.

    Others that are all 0 share alike what is left.
    """
    rest = sum(weights, Fraction(0)) - weights[moved]
    left = 1 - to
    others = len(weights) - 1
    return [
        to if place == moved else (weight * left / rest if rest else left / others)
        for place, weight in enumerate(weights)
    ]


def rank_table(
    table: WeightedTable, weights: Sequence[Fraction], names: Mapping[str, str], language: str
) -> pd.DataFrame:
    """The units by their rank under other weights, with their rank under those of the new version."""
    now = replace(table, weights=tuple(weights))
    order = sorted(range(len(table.units)), key=lambda row: (now.ranks[row], table.units[row]))
    rows = [
        (str(now.ranks[row]), names[table.units[row]], f"{float(now.totals[row]):.2f}", str(table.ranks[row]))
        for row in order
    ]
    return pd.DataFrame(rows, columns=[t(name, language) for name in ("Rank", "Unit", "Total", "Rank, new version")])


def weight_sliders(report: RevisionReport) -> widgets.Widget:
    """A slider an indicator: moving one scales the others, and the ranks of every group follow at once."""
    page, language = report.page, report.page.language
    first = next(iter(report.scored.tables.values()))
    weights = list(first.weights)
    sliders = [
        widgets.IntSlider(
            min=0, max=STEPS, description=page.titles[name], readout=False, continuous_update=True,
            style={"description_width": "12em"}, layout={"width": "30em"},
        )
        for name in first.indicators
    ]  # fmt: skip
    shown = [widgets.Label(layout={"width": "5em"}) for _ in sliders]
    ranks = widgets.HTML()
    reset = widgets.Button(description=t("Back to the new weights", language), layout={"width": "14em"})
    busy = False

    def show() -> None:
        nonlocal busy
        busy = True
        for slider, label, weight in zip(sliders, shown, weights, strict=True):
            slider.value = round(STEPS * weight)
            label.value = f"{100 * float(weight):.1f} %"
        busy = False
        ranks.value = "".join(
            render_table(rank_table(table, weights, page.names, language), group or t("All units", language), language)
            for group, table in report.scored.tables.items()
        )

    def moved(place: int, value: int) -> None:
        if not busy:
            weights[:] = shared_out(weights, place, Fraction(value, STEPS))
            show()

    def restored(_: object) -> None:
        weights[:] = first.weights
        show()

    for place, slider in enumerate(sliders):
        slider.observe(lambda change, place=place: moved(place, change["new"]), names="value")
    reset.on_click(restored)
    show()
    rows = [widgets.HBox([slider, label]) for slider, label in zip(sliders, shown, strict=True)]
    note = widgets.HTML(t("Weights that always add up to 100 %; ranks follow at once.", language))
    return widgets.HBox([widgets.VBox([note, *rows, reset]), ranks])
