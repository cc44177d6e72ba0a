"""What the numbers rest on: the statistics that are not defined and why, and what was agreed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditlib.core.values import Text
from auditlib.delphi.statistics.descriptives import UNDEFINED as NO_STATISTIC
from auditlib.delphi.statistics.interval import NO_INTERVAL
from auditlib.delphi.statistics.reliability import UNDEFINED as NO_ALPHA
from auditlib.delphi.statistics.stability import UNDEFINED as NO_CHANGE
from auditlib.delphi.weights.shares import UNDEFINED as NO_WEIGHT
from auditlib.report.panel_page import PanelPage
from auditlib.report.paper_table import PaperTable
from auditlib.report.section import Section, joined_sections, said_section

__all__ = ["agreed", "section", "undefined"]


def section(page: PanelPage) -> Section:
    """What is not defined and why, and what was agreed on options and thresholds."""
    missing = undefined(page)
    if missing.frame.empty:
        title = page.t("Statistics that are not defined")
        first = said_section("undefined", title, page.t("Every statistic of this round is defined."))
    else:
        note = page.t("These statistics are not defined. Tables show — for them, never 0.")
        first = page.plain("undefined", missing, note)
    return joined_sections(first, page.plain("method", agreed(page)))


def undefined(page: PanelPage) -> PaperTable:
    """Every statistic of the round that is not defined: of which item or group, which one, why."""
    return page.table(("where", "statistic", "why"), _undefined(page), texts=3)


def _undefined(page: PanelPage) -> Iterator[list[str]]:
    stops = "、" if page.language == "zh" else ", "
    for where, names, reason in _gaps(page):
        yield [where, stops.join(page.heading(f"m_{name}") for name in names), reason(page.language)]


def _gaps(page: PanelPage) -> Iterator[tuple[str, list[str], Text]]:
    for name, found in page.one.items.items():
        if found.described is not None and not page.unmarked:
            yield from _by_reason(page.name(name), found.described.undefined, NO_STATISTIC)
        if found.weight.undefined is not None:
            yield page.name(name), ["weight"], NO_WEIGHT[found.weight.undefined]
    for group in page.one.groups:
        if group.undefined is not None:
            yield page.group(group), ["W"], group.undefined
        if group.interval is not None and group.interval.undefined is not None:
            yield page.group(group), ["interval"], NO_INTERVAL[group.interval.undefined]
        if group.alpha is not None and group.alpha.undefined is not None:
            yield page.group(group), ["alpha"], NO_ALPHA[group.alpha.undefined]
    for one in page.one.stability or ():
        yield from _by_reason(page.name(one.moved.item), one.moved.undefined, NO_CHANGE | NO_STATISTIC)


def _by_reason(
    where: str, undefined: Mapping[str, str], reasons: Mapping[str, Text]
) -> Iterator[tuple[str, list[str], Text]]:
    for reason in dict.fromkeys(undefined.values()):
        yield where, [name for name, why in undefined.items() if why == reason], reasons[reason]


def agreed(page: PanelPage) -> PaperTable:
    """The question, the options in force, the thresholds, and every note of the analysis."""
    declared = page.declared
    draws = page.t("{draws} draws, seed {seed}", draws=declared.resampling.draws, seed=declared.resampling.seed)
    limits = [text for text in (page.consensus_limits, page.stability_limits) if text]
    rows = [
        ("m_question", "" if declared.question is None else declared.question(page.language)),
        ("m_options", page.options),
        ("m_resampling", draws),
        (
            "consensus",
            page.consensus_limits or page.t("The panel agreed on no thresholds of consensus, so none is said here."),
        ),
        (
            "stability",
            page.stability_limits
            or page.t("No thresholds of stability were agreed: the changes are told and nothing is judged."),
        ),
        ("m_thresholds", page.declared_on.strip(" （）()") if limits else ""),
        ("m_note", "" if declared.note is None else declared.note(page.language)),
        *(("m_note", note(page.language)) for note in page.analysis.notes),
    ]
    return page.table(("what", "value"), [(page.heading(name), text) for name, text in rows if text], texts=2)
