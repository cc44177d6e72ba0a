"""Which uncertain input moves the ranks: bars of Sobol indices with their table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from auditlib.analysis.weights.sobol import SobolIndices
from auditlib.core.message import t
from auditlib.report.figure import BLUE, MUTED, PALE, drawable, panels, styled
from auditlib.report.html import heading, paragraph
from auditlib.report.revision_page import RevisionPage
from auditlib.report.section import Section, joined_sections

__all__ = ["Bars", "caption", "figure", "section", "table"]

ROW = 0.3


@dataclass(frozen=True)
class Bars:
    """Indices of several inputs: alone, with interactions, each with its half width."""

    names: Sequence[str]
    first: Sequence[float]
    first_half_width: Sequence[float]
    total: Sequence[float]
    half_width: Sequence[float]


def section(page: RevisionPage) -> Section:
    """Which uncertain input moves the ranks; a sentence alone where none does."""
    moving = {
        page.group(group): _bars(page, found) for group, found in page.scored.indices.items() if found.variance
    }  # fmt: skip
    said = caption(page)
    if not moving:
        title = heading(page.t("What the ranks hang on"), "drivers")
        return Section(f'<section class="audit">{title}{paragraph(said)}</section>', said, (said,))
    drawn = page.drawn("drivers", figure(moving, page.language), said)
    return joined_sections(drawn, page.tabled("indices", table(page, moving), below_zero(page, moving)))


def caption(page: RevisionPage) -> str:
    """How weights and readings vary, and what matters most in each group."""
    sentences = []
    for group, found in page.scored.indices.items():
        name = page.group(group)
        if not found.variance:
            sentences.append(page.t("in {group} nothing listed moves a rank", group=name))
            continue
        top = _bars(page, found)
        sentences.append(
            page.t(
                "in {group} what matters most is {name}, {share} % with interactions{reading}",
                group=name,
                name=top.names[0],
                share=f"{100 * top.total[0]:.0f}",
                reading=_strongest_reading(page, found),
            )
        )
    sampling = page.scored.sampling
    return page.t(
        "Weights vary around the new ones (Dirichlet, concentration {concentration}), the "
        "options of the readings listed are equally likely, {evaluations} evaluations (seed "
        "{seed}): {groups}. Indices share out the variance of the agreement of ranks (Spearman) "
        "and are estimates.",
        concentration=f"{sampling.concentration:g}",
        evaluations=max((one.evaluations for one in page.scored.indices.values()), default=0),
        seed=sampling.seed,
        groups=page.t("; ").join(sentences),
    )


def _strongest_reading(page: RevisionPage, found: SobolIndices) -> str:
    shares = zip(found.inputs, found.total, strict=True)
    of_readings = {_input(page, one): 100 * float(share) for one, share in shares if one in page.scored.varied}
    if not of_readings:
        return ""
    most = max(of_readings, key=lambda one: of_readings[one])
    return page.t("; the most influential {name}, {share} %", name=most, share=f"{of_readings[most]:.0f}")


def _bars(page: RevisionPage, found: SobolIndices) -> Bars:
    """The indices of one group, the greatest with interactions first."""
    order = sorted(range(len(found.inputs)), key=lambda place: (-float(found.total[place]), place))
    return Bars(
        [_input(page, found.inputs[place]) for place in order],
        *(
            [float(values[place]) for place in order]
            for values in (found.first, found.first_half_width, found.total, found.total_half_width)
        ),
    )


def _input(page: RevisionPage, name: str) -> str:
    if name in page.scored.varied:
        reading = page.scored.new.resolved.scheme.readings[name]
        return page.t("reading [{clause}] {question}", clause=reading.clause, question=reading.question(page.language))
    return page.t("the weight of {name}", name=page.titles[name])


def table(page: RevisionPage, groups: Mapping[str, Bars]) -> pd.DataFrame:
    """Every index of every group."""
    rows = [
        (name, group, *(_index(value) for value in values))
        for group, bars in groups.items()
        for name, *values in zip(
            bars.names, bars.first, bars.first_half_width, bars.total, bars.half_width, strict=True
        )
    ]
    return page.frame(rows, ("input", "group", "first", "first_half_width", "total", "half_width"))


def below_zero(page: RevisionPage, groups: Mapping[str, Bars]) -> str:
    """What indices below 0 mean, with those whose half width does not reach 0; empty where none lies below."""
    every = [
        (name, value, half)
        for bars in groups.values()
        for name, value, half in zip(bars.names, bars.first, bars.first_half_width, strict=True)
    ]
    low = [(name, value + half >= 0) for name, value, half in every if value < 0]
    if not low:
        return ""
    apart = [name for name, reaches in low if not reaches]
    return page.t(
        "{count} of {of} indices alone are estimated below 0, which no share can be{verdict}",
        count=len(low), of=len(every),
        verdict=page.t(": the half width of each reaches 0, so that nothing is told apart from no influence alone.")
        if not apart
        else page.t(
            "; the half width does not reach 0 for {names}: more draws are needed to tell.",
            names=page.t("; ").join(apart),
        ),
    )  # fmt: skip


def _index(value: float) -> str:
    shown = f"{value:.3f}".replace("-", "−")
    return shown.removeprefix("−") if shown == "−0.000" else shown


@styled
def figure(groups: Mapping[str, Bars], language: str) -> Figure:
    """A panel a group: how much of the movement of ranks each input explains, most important above."""
    figure, parts = panels(groups, 1.2 + ROW * max(len(found.names) for found in groups.values()))
    for axes, (group, found) in zip(parts, groups.items(), strict=True):
        places = range(len(found.names))
        errors = {"ecolor": MUTED, "elinewidth": 0.8, "capsize": 2}
        axes.barh(
            places,
            found.total,
            0.64,
            xerr=found.half_width,
            color=PALE,
            error_kw=errors,
            label=t("With interactions (ST)", language),
        )
        axes.barh(places, found.first, 0.3, color=BLUE, label=t("Alone (S1)", language))
        axes.grid(visible=True, axis="x")
        axes.set_yticks(places, [drawable(name, 14) for name in found.names])
        axes.set_ylim(len(found.names) - 0.4, -0.6)
        axes.set_xlim(min(0.0, *found.first), None)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(t("Share of the movement of ranks", language))
        axes.set_title(drawable(group), loc="left", fontsize=9.5, fontweight="bold")
    figure.legend(*parts[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return figure
