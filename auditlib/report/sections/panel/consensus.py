"""Which items reach the thresholds that were agreed; said apart from stability."""

from __future__ import annotations

import pandas as pd

from auditlib.core.numerals import plain
from auditlib.delphi.consensus_rules import RuleFound
from auditlib.delphi.result import ItemAnalysis
from auditlib.delphi.statistics.appropriateness import CLASSES
from auditlib.report.panel_findings import consensus_sentence
from auditlib.report.panel_limits import share_words
from auditlib.report.panel_page import PanelPage
from auditlib.report.paper_table import PaperTable, fixed, percent
from auditlib.report.section import Section, joined_sections

__all__ = ["section", "table"]


def section(page: PanelPage) -> Section:
    """Which items reach the thresholds that were agreed; a sentence alone where none were."""
    limits = page.consensus_limits
    if not limits:
        said = page.t("The panel agreed on no thresholds of consensus, so none is said here.")
        main = page.tabled("consensus", {}, [said])
    else:
        note = page.t("Thresholds: {limits}{declared}.", limits=limits, declared=page.declared_on)
        main = page.tabled("consensus", {"consensus": table(page)}, [note], said=consensus_sentence(page))
    more = [section for section in (_appropriateness(page), _validity(page)) if section is not None]
    return joined_sections(main, *more) if more else main


def _appropriateness(page: PanelPage) -> Section | None:
    """The RAND/UCLA verdict on every item, where the panel agreed on it."""
    known = [(found, one) for found in page.one.items.values() if (one := found.appropriateness) is not None]
    if not known:
        return None
    rows = [
        [page.name(found.item.id), fixed(one.median, 1), fixed(one.IPR, 2), fixed(one.IPRAS, 2), fixed(one.index, 2),
         page.yes(one.disagreement), page.yes(one.extremes), CLASSES[one.verdict](page.language)]
        for found, one in known
    ]  # fmt: skip
    columns = ("item", "median", "ipr", "ipras", "disagreement_index", "disagreement", "extremes", "verdict")
    note = page.t(
        "RAND/UCLA: IPR from the 30th to the 70th percentile; IPRAS = 2.35 + 1.5 · |5 − its centre|; the experts "
        "disagree where IPR is larger. Appropriate from a median of 7, inappropriate up to 3, uncertain between and on "
        "disagreement."
    )
    shown = page.table(columns, rows, page.depths(found for found, _ in known))
    return page.tabled("", {"appropriateness": shown}, [note])


def _validity(page: PanelPage) -> Section | None:
    """I-CVI and κ* of every item and the indices of the whole, where the panel agreed to count them."""
    whole = page.one.validity
    if whole is None:
        return None
    known = [(found, one) for found in page.one.items.values() if (one := found.validity) is not None]
    rows = [
        [page.name(found.item.id), str(one.experts), str(one.agreeing), fixed(one.I_CVI, 2), fixed(one.chance, 3),
         fixed(one.kappa, 2), page.heading(f"v_{one.rating}")]
        for found, one in known
    ]  # fmt: skip
    note = page.t(
        "S-CVI/UA = {UA}, S-CVI/Ave = {average}. κ* corrects I-CVI for chance agreement: excellent above 0.74, "
        "good from 0.60, fair from 0.40 (Polit, Beck and Owen 2007).",
        UA=fixed(whole.UA, 3), average=fixed(whole.average, 3),
    )  # fmt: skip
    columns = ("item", "n", "relevant", "icvi", "chance", "kappa_star", "rating")
    return page.tabled("", {"validity": page.table(columns, rows, page.depths(f for f, _ in known))}, [note])


def table(page: PanelPage) -> PaperTable:
    """CV and share of agreement of every item against the agreed thresholds."""
    limits = page.declared.thresholds.consensus
    rows, kept = [], []
    for name, found in page.one.items.items():
        if found.consensus is not None:
            agreed = found.consensus
            rows.append([
                page.name(name), fixed(agreed.cv, 3), page.yes(agreed.cv_reached), percent(agreed.agreement),
                page.yes(agreed.agreement_reached), page.yes(page.reached(found)) or page.t("undefined"),
            ])  # fmt: skip
            kept.append(found)
    mark = "" if limits is None or limits.agreeing_from is None else plain(limits.agreeing_from)
    heads = [
        page.t("Item"), page.t("CV"), page.t("CV reached"), page.t("Marks of {mark} or more (%)", mark=mark),
        page.t("Share reached"), page.t("Consensus"),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=heads, dtype=object)
    for place, head in enumerate(_further(page, kept)):
        rules = [_further_rules(found)[place] for found in kept]
        frame.insert(len(frame.columns) - 1, f"{head[0]}", [_found(rule) for rule in rules])
        frame.insert(len(frame.columns) - 1, f"{head[1]}", [page.yes(rule.reached) for rule in rules])
        heads += head
    if not mark:
        frame = frame.drop(columns=heads[3:5])
    if limits is None or limits.cv_below is None:
        frame = frame.drop(columns=heads[2:3])
    return PaperTable(frame, tuple(frame.columns[1:]), page.depths(kept))


def _further_rules(found: ItemAnalysis) -> list[RuleFound]:
    """The rules beside CV and the share of agreement, which have columns of their own."""
    verdict = found.verdict
    return [] if verdict is None else [rule for rule in verdict.rules if rule.rule not in ("cv", "agreement")]


def _further(page: PanelPage, kept: list[ItemAnalysis]) -> list[tuple[str, str]]:
    """The headings of what was found and of whether it is reached, a rule a pair."""
    heads = []
    for number, rule in enumerate(_further_rules(kept[0]) if kept else (), start=1):
        name = (
            page.heading(f"m_{rule.rule}")
            if rule.share is None
            else page.t("{marks} (%)", marks=share_words(rule.share, page.language))
        )
        heads.append(
            (page.t("{name}, rule {number}", name=name, number=number), page.t("rule {number} reached", number=number))
        )
    return heads


def _found(rule: RuleFound) -> str | None:
    if rule.found is None:
        return None
    return percent(rule.found) if rule.share is not None else fixed(rule.found, 2)
