"""How many forms came back in each round, and the authority of those who answered."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pandas as pd

from auditlib.core.numerals import plain
from auditlib.delphi.result import RoundAnalysis
from auditlib.report import panel_flow
from auditlib.report.html import escape
from auditlib.report.panel_page import PanelPage, unseen
from auditlib.report.paper_table import PaperTable, fixed, percent
from auditlib.report.section import Section, joined_sections

__all__ = ["authority", "caption", "characteristics", "experts", "rounds", "section"]

AUTHORITY = ("Ca", "Cs", "Cr")


def section(page: PanelPage) -> Section:
    """How many forms came back in each round, and the authority of those who answered; of each expert folded."""
    known = page.one.authority is not None
    tables, folded = {"rounds": rounds(page)}, ""
    if page.declared.reporting.characteristics:
        tables["characteristics"] = characteristics(page)
    if known:
        tables["authority"] = authority(page)
        table = unseen(experts(page).html(page.caption("experts"), page.language))
        folded = f"<details><summary>{escape(page.caption('experts'))}</summary>{table}</details>"
    came = [_attendance(page, one) for one in page.analysis.rounds]
    note = caption(page) if known else page.t("Authority (Ca, Cs, Cr) is not known: there is no experts.csv.")
    tabled = page.tabled("participation", tables, [*came, note], folded)
    if known:
        tabled = replace(tabled, printed=(*tabled.printed, page.printed_table("experts", experts(page))))
    return joined_sections(tabled, panel_flow.section(page))


def caption(page: PanelPage) -> str:
    """The tables of authority in force, in a sentence, and whose they are."""
    declared = page.declared
    stop = "、" if page.language == "zh" else ", "
    bases = page.listed(
        f"{basis.title(page.language)} {'/'.join(map(plain, (basis.large, basis.medium, basis.small)))}"
        for basis in declared.tables.bases.values()
    )
    levels = declared.tables.familiarity.values()
    familiarity = stop.join(f"{level.title(page.language)} {plain(level.value)}" for level in levels)
    usual = (
        ""
        if declared.authority is not None
        else page.t(" The panel declares no tables; those of one published study are in force.")
    )
    return page.t(
        "Cr = (Ca + Cs) / 2. Bases of judgement (large/medium/small): {bases}. Familiarity: {familiarity}.{usual}",
        bases=bases,
        familiarity=familiarity,
        usual=usual,
    )


def _attendance(page: PanelPage, one: RoundAnalysis) -> str:
    """Who missed a round that they could have answered, came back, or joined; empty where all are as before."""
    stop, came = "、" if page.language == "zh" else ", ", one.attendance
    away, back, joined, left = (stop.join(who) for who in (came.away, came.back, came.joined, came.left))
    told = (
        (away, page.t("absent: {count} ({experts})", count=len(came.away), experts=away)),
        (back, page.t("back after an absence: {count} ({experts})", count=len(came.back), experts=back)),
        (joined, page.t("joined: {count} ({experts})", count=len(came.joined), experts=joined)),
        (left, page.t("gave up the seat: {count} ({experts})", count=len(came.left), experts=left)),
    )
    parts = [text for who, text in told if who]
    if not parts:
        return ""
    return page.t(
        "Round {round}, n = {n}: {parts}.", round=one.round.number, n=one.round.returned, parts=page.listed(parts)
    )


def rounds(page: PanelPage) -> PaperTable:
    """How many forms went out and came back in each round, remarks, mean authority of those who answered."""
    rows = []
    for one in page.analysis.rounds:
        by = one.authority
        coefficients = [fixed(value, 3) for value in ((by.Ca, by.Cs, by.Cr) if by else (None, None, None))]
        forms = (str(one.round.sent), str(one.round.returned))
        counts = [*forms, percent(one.positive_coefficient), percent(one.remarked)]
        rows.append([page.t("Round {round}", round=one.round.number), *counts, *coefficients])
    table = page.table(("round", "sent", "returned", "positive", "remarked"), [row[:5] for row in rows])
    means: dict[str, Any] = {name: [row[5 + place] for row in rows] for place, name in enumerate(AUTHORITY)}
    return PaperTable(table.frame.assign(**means), (*table.numbers, *AUTHORITY))


def characteristics(page: PanelPage) -> PaperTable:
    """How many experts share each declared characteristic, and which share of those who were told of."""
    rows = []
    for one in page.declared.reporting.characteristics:
        for number, value in enumerate(one.values):
            title = one.title(page.language) if not number else ""
            share = percent(Fraction(value.experts, one.experts))
            rows.append([title, value.title(page.language), str(value.experts), share])
    return page.table(("characteristic", "group_value", "experts_n", "experts_share"), rows, texts=2)


def authority(page: PanelPage) -> PaperTable:
    """Mean, smallest and largest Ca, Cs and Cr of those who returned a form."""
    experts = [page.analysis.panel.experts[expert] for expert in page.one.round.experts]
    rows = []
    for name in AUTHORITY:
        known = [value for expert in experts if (value := getattr(expert, name)) is not None]
        extremes = (min(known), max(known)) if known else (None, None)
        numbers = [fixed(value, 3) for value in (getattr(page.one.authority, name), *extremes)]
        rows.append([name, str(len(known)), *numbers])
    return page.table(("coefficient", "experts", "mean", "min", "max"), rows)


def experts(page: PanelPage) -> PaperTable:
    """Ca, Cs and Cr of each expert who returned a form, by pseudonym."""
    known = page.analysis.panel.experts
    rows = [[e, *(fixed(v, 3) for v in (known[e].Ca, known[e].Cs, known[e].Cr))] for e in page.one.round.experts]
    heads = [page.t("Expert"), *AUTHORITY]
    return PaperTable(pd.DataFrame(rows, columns=heads, dtype=object), tuple(heads[1:]))
