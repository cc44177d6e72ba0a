"""The reading in use of every open clause, and what each other one would give this unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import pandas as pd

from auditlib.analysis.readings.ranges import Effect
from auditlib.analysis.views import ScoredPeriod
from auditlib.core.message import t
from auditlib.core.numerals import signed
from auditlib.report.headings.unit import UNIT
from auditlib.report.html import escape, heading, paragraph
from auditlib.report.markup import render_table, table_text
from auditlib.report.page import UnitPage
from auditlib.report.reading_table import NOTE, reading_section
from auditlib.report.section import Section
from auditlib.report.tables import frame, joined, shown_number
from auditlib.scoring.result import UnitScore

__all__ = ["section", "summary", "table"]


def section(page: UnitPage) -> Section:
    """The reading in use of every open clause, and what each other one would give this unit."""
    scored, unit, language = page.scored, page.unit, page.language
    effects = None if scored.effects is None else scored.effects.get(unit.unit, ())
    names = list(page.scheme.readings)
    if effects is None or not names:
        plain = reading_section(page)
        if not scored.untried:
            return plain
        untried = page.t("What another reading would give cannot be computed: {reason}", reason=scored.untried)
        return replace(plain, html=plain.html + paragraph(untried), sentences=(*plain.sentences, untried))
    moving = {effect.reading for effect in effects}
    said, title, note = summary(scored, unit, effects, language), page.t("Readings in use"), page.t(NOTE)
    felt = table(scored, unit, effects, [name for name in names if name in moving], language)
    still = table(scored, unit, effects, [name for name in names if name not in moving], language)
    shown = render_table(felt, title, language, kind="effects", show_caption=False) if len(felt) else ""
    if len(still):
        count = page.t("{count} more that change nothing for this unit under any reading", count=len(still))
        folded = render_table(still, title, language, kind="effects", show_caption=False)
        shown += f'<details class="still"><summary>{escape(count)}</summary>{folded}</details>'
    head = f"{heading(title, 'readings')}{paragraph(note)}{paragraph(said, 'finding')}"
    text = f"{table_text(felt, title)}\n{table_text(still, title)}"
    return Section(f'<section class="audit readings">{head}{shown}</section>', text, (note, said), felt)


CONCLUSIONS = {"yes": "yes", "no": "no", "undecided": "undecided", "open": "not assessable"}
"""Whether an outcome holds under a reading."""


def summary(scored: ScoredPeriod, unit: UnitScore, effects: Sequence[Effect], language: str) -> str:
    """How many open clauses would change something of the unit, and between which totals."""
    count = len(scored.resolved.scheme.readings)
    moving = len({effect.reading for effect in effects})
    if not moving:
        return t(
            "The source leaves {count} {count:question|questions} open. Changing one reading at a "
            "time, nothing changes for this unit.",
            language,
            count=count,
        )
    totals = [total for total in (unit.total, *(effect.total for effect in effects)) if total is not None]
    if len(set(totals)) < 2:
        return t(
            "The source leaves {count} {count:question|questions} open. Changing one reading at a "
            "time, {moving} of them would change this unit's rank or outcomes.",
            language,
            count=count,
            moving=moving,
        )

    def text(value: Fraction | None) -> str | None:
        return shown_number(value, scored.result.total_rounding) or t("no total", language)

    return t(
        "The source leaves {count} {count:question|questions} open. Changing one reading at a "
        "time, {moving} of them would change this unit's score, rank or outcomes; the score "
        "would lie between {low} and {high} (now {now}).",
        language,
        count=count,
        moving=moving,
        low=text(min(totals)),
        high=text(max(totals)),
        now=text(unit.total),
    )


def table(
    scored: ScoredPeriod, unit: UnitScore, effects: Sequence[Effect], names: Sequence[str], language: str
) -> pd.DataFrame:
    """The readings with these ``names``: clause, question, the one in use, and what each other would do alone."""
    resolved = scored.resolved
    by_option = {(effect.reading, effect.option): effect for effect in effects}
    titles = {outcome.id: outcome.title(language) for outcome in resolved.scheme.outcomes}
    titles |= {indicator.id: indicator.title(language) for indicator in resolved.scheme.indicators}
    rows = []
    for name in names:
        reading, used = resolved.scheme.readings[name], resolved.readings[name]
        colon = "：" if language == "zh" else ": "
        others = [
            option(language) + colon + effect_words(scored, unit, by_option.get((name, key)), titles, language)
            for key, option in reading.options.items()
            if key != used
        ]
        rows.append([reading.clause, reading.question(language), reading.options[used](language), "\n".join(others)])
    return frame(rows, ("clause", "question", "used", "others"), language, UNIT)


def effect_words(
    scored: ScoredPeriod, unit: UnitScore, effect: Effect | None, titles: Mapping[str, str], language: str
) -> str:
    """What an option would change, the total first."""
    if effect is None:
        return t("no change", language)
    rounding = scored.result.rounding
    words = []
    if effect.total is None and unit.total is not None:
        words.append(t("no score any more", language))
    elif effect.total != unit.total:
        change = t("none", language) if effect.delta is None else signed(effect.delta, rounding)
        words.append(
            t(
                "score {total} ({change})",
                language,
                total=shown_number(effect.total, scored.result.total_rounding),
                change=change,
            )
        )
    if effect.rank is None and unit.rank is not None:
        words.append(t("no rank any more", language))
    elif effect.rank != unit.rank:
        name = "rank {rank} (now none)" if unit.rank is None else "rank {rank} (now {now})"
        words.append(t(name, language, rank=effect.rank, now=unit.rank))
    for id, old, new in effect.conclusions:
        states = {"old": t(CONCLUSIONS[old], language), "new": t(CONCLUSIONS[new], language)}
        words.append(t("{title}: {old} → {new}", language, title=titles.get(id, id), **states))
    return joined(words, language)
