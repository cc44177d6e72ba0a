"""Sliders for the thresholds of consensus, with the items that fall or come in beside them; for JupyterLab alone."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import ipywidgets as widgets  # type: ignore[import-untyped]
import pandas as pd

from auditlib.core.exact import full_text
from auditlib.core.message import t
from auditlib.delphi.analysis import item_marks
from auditlib.delphi.consensus_rules import judge
from auditlib.delphi.scales import Scale
from auditlib.delphi.thresholds import ConsensusThresholds
from auditlib.report.html import escape
from auditlib.report.panel import PanelReport
from auditlib.report.panel_page import PanelPage
from auditlib.report.paper_table import PaperTable, fixed, percent

__all__ = ["declaration", "moved_limits", "threshold_sliders", "verdicts"]

HUNDREDTH = Fraction(1, 100)
STYLE = """<style>
.three-line .falls > * { color: #b34712; font-weight: 700; }
.three-line .comes > * { color: #1f5c99; font-weight: 700; }
.three-line tbody th { text-align: left; }
</style>"""
"""What makes the items that fall out or come in stand out among the others."""
FURTHER = {"shares", "any_of", "median_change_at_most"}
"""Rules that have no slider and stay as they were agreed."""


def moved_limits(agreed: ConsensusThresholds | None, moved: Mapping[str, Fraction | None]) -> ConsensusThresholds:
    """The agreed thresholds with those of ``moved`` in their place; None takes one away."""
    kept = {} if agreed is None else {name: getattr(agreed, name) for name in FURTHER if getattr(agreed, name)}
    return ConsensusThresholds(**kept, **{name: value for name, value in moved.items() if value is not None})


def verdicts(page: PanelPage, limits: ConsensusThresholds) -> pd.DataFrame:
    """Every marked item with its numbers, whether it reaches ``limits``, and whether it reached what was agreed."""
    rows = []
    for found in page.marked:
        marks = item_marks(page.analysis.panel, page.one.round, found.item.id, found.described)
        said, before = judge(limits, marks).reached, page.reached(found)
        change = {(True, False): "falls out", (False, True): "comes in"}.get((bool(before), bool(said)), "")
        least = limits.agreeing_from
        share = None
        if least is not None and marks.written:
            agreeing = sum(mark <= least if marks.turned else mark >= least for mark in marks.written)
            share = Fraction(agreeing, len(marks.written))
        described = found.described
        mean, cv = (None, None) if described is None else (described.mean, described.cv)
        iqr = None if described is None else _iqr(described.q1, described.q3)
        rows.append(
            [page.name(found.item.id), fixed(mean, 2), fixed(cv, 3), percent(share), fixed(iqr, 2),
             page.yes(said) or page.t("undefined"), page.t(change) if change and before is not None else ""]
        )  # fmt: skip
    heads = [
        page.t("Item"), page.heading("mean"), page.t("CV"), page.t("Share of such marks (%)"), page.heading("m_iqr"),
        page.t("Consensus"), page.t("Against what was agreed"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=heads, dtype=object)


def _iqr(low: float | None, high: float | None) -> float | None:
    return None if low is None or high is None else high - low


def declaration(limits: ConsensusThresholds) -> str:
    """The line of panel.yaml that agrees on ``limits``; rules without a slider are left out."""
    names = ("cv_below", "agreement_at_least", "agreeing_from", "iqr_at_most", "mean_at_least")
    given = {name: value for name in names if (value := getattr(limits, name)) is not None}
    return f"consensus: {{{', '.join(f'{name}: {_yaml(value)}' for name, value in given.items())}}}"


def _yaml(value: Fraction) -> str:
    text = full_text(value)
    return text if text.isdecimal() else f'"{text}"'


def _choices(scale: Scale) -> dict[str, tuple[Fraction, Fraction, Fraction]]:
    """Least, most and step of each slider on a scale."""
    low, high = scale.min, scale.max
    return {
        "cv_below": (Fraction(0), Fraction(1), HUNDREDTH),
        "agreement_at_least": (Fraction(0), Fraction(1), HUNDREDTH),
        "agreeing_from": (low, high, Fraction(1)),
        "iqr_at_most": (Fraction(0), high - low, Fraction(1, 4)),
        "mean_at_least": (low, high, Fraction(1, 20)),
    }


TITLES = {
    "cv_below": "CV below", "agreement_at_least": "Share at least", "agreeing_from": "of marks from",
    "iqr_at_most": "IQR at most", "mean_at_least": "Mean at least",
}  # fmt: skip
USUAL = {"cv_below": Fraction(1, 4), "agreement_at_least": Fraction(3, 4), "iqr_at_most": Fraction(1)}
"""Where a slider begins whose rule was not agreed."""


def threshold_sliders(report: PanelReport) -> widgets.Widget:
    """A slider and a switch a threshold: items fall out or come in at once, and the line for panel.yaml stands below.

    Thresholds that are moved once the answers are known are no agreement beforehand; the widget says so.
    """
    page, language = report.page, report.page.language
    agreed = page.declared.thresholds.consensus
    scale = page.declared.scale
    begins = USUAL | {"agreeing_from": scale.max - 1, "mean_at_least": scale.max - 1}
    switches: dict[str, widgets.Widget] = {}
    sliders: dict[str, widgets.Widget] = {}
    for name, (low, high, step) in _choices(scale).items():
        own = None if agreed is None else getattr(agreed, name)
        value = begins[name] if own is None else own
        count = int((high - low) / step)
        options = [full_text(low + step * place) for place in range(count + 1)]
        near = min(count, max(0, round((value - low) / step)))
        sliders[name] = widgets.SelectionSlider(
            options=options, value=options[near], description=t(TITLES[name], language), continuous_update=True,
            style={"description_width": "9em"}, layout={"width": "26em"},
        )  # fmt: skip
        switches[name] = widgets.Checkbox(value=own is not None, indent=False, layout={"width": "2em"})
    switches["agreeing_from"] = switches["agreement_at_least"]  # the two are one rule
    table, told, line = widgets.HTML(), widgets.HTML(), widgets.HTML()

    def show(_: object = None) -> None:
        moved = {name: Fraction(sliders[name].value) if switches[name].value else None for name in sliders}
        limits = moved_limits(agreed, moved)
        found = verdicts(page, limits)
        reached = int((found.iloc[:, -2] == page.yes(True)).sum())
        told.value = escape(page.t("{count} of {of} {of:item|items} reach these.", count=reached, of=len(found)))
        changes = {"": "", t("falls out", language): "falls", t("comes in", language): "comes"}
        kinds = tuple(changes[said] for said in found.iloc[:, -1])
        shown = PaperTable(found, tuple(found.columns[1:5]), kinds, dense=True)
        table.value = STYLE + shown.html(t("Consensus", language), language)
        line.value = f"<pre>{escape(declaration(limits))}</pre>"

    controls: list[widgets.Widget] = []
    for name, slider in sliders.items():
        slider.observe(show, names="value")
        own = [switches[name]] if name != "agreeing_from" else [widgets.Label(layout={"width": "2em"})]
        controls.append(widgets.HBox([*own, slider]))
    for switch in dict.fromkeys(switches.values()):
        switch.observe(show, names="value")
    show()
    note = widgets.HTML(
        t("To be agreed before the round. What is moved once the answers are known has to be told as such.", language)
    )
    return widgets.HBox([widgets.VBox([*controls, told, line, note]), table])
