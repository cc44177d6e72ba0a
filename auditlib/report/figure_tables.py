"""The tables under the figures of a unit's report."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pandas as pd

from auditlib.analysis.arrivals import Week
from auditlib.analysis.peers import Changes, Standing
from auditlib.analysis.trend import Trend
from auditlib.core.exact import Rounding, apart, full_text, round_exact
from auditlib.core.message import t
from auditlib.core.numerals import number_text, signed
from auditlib.report.headings import UNIT
from auditlib.report.markup import Keyed
from auditlib.report.tables import frame, shown_number
from auditlib.report.time_captions import day_words
from auditlib.report.time_figures import TakenRow
from auditlib.report.wording import period_words
from auditlib.scheme.times import MINUTE_US
from auditlib.scoring.result import Result, UnitScore

__all__ = ["calendar_table", "peers_table", "taken_table", "trend_table", "waterfall_table"]

SINCE = {"version": " (from this period)", "values": " (set values changed with this period)"}
"""What a period changed, behind its version."""

HOUR_US, DAY_US = 60 * MINUTE_US, 1440 * MINUTE_US


def waterfall_table(story: Changes, rounding: Rounding, language: str) -> pd.DataFrame:
    """The steps from the full marks to the score, with the level that each leads to; those of zero left out."""
    level = story.full
    rows: list[tuple[object, ...]] = [(t("Full marks" if story.has_maximum else "Starting points", language), None,
                                       shown_number(level, rounding))]  # fmt: skip
    for change in story.changes:
        level += change.points
        if change.points:
            rows.append((change.title, signed(change.points, rounding), shown_number(level, rounding)))
    return frame(rows, ("step", "change", "level"), language, UNIT)


def peers_table(place: Standing, peers: Sequence[UnitScore], result: Result, language: str) -> pd.DataFrame:
    """The units of a group by rank, each with what the figure places it by."""
    rows = [
        (str(peer.rank), peer.name, shown_number(peer.total, result.total_rounding),
         shown_number(peer.total_of, result.rounding),
         f"{place.text(place.values[peer.unit])} %" if place.share else None)
        for peer in peers
        if peer.unit in place.values
    ]  # fmt: skip
    table = frame(rows, ("rank", "unit", "total", "out_of", "share"), language, UNIT)
    return table if place.share else table.drop(columns=t("Share", language))


def trend_table(trend: Trend, language: str) -> pd.DataFrame:
    """The periods with the version in force, the value, the rank, and the group's median and range."""
    sign = " %" if trend.share else ""

    def text(value: Fraction | None) -> str | None:
        return None if value is None else f"{trend.text(value)}{sign}"

    rows = []
    for point in trend.points:
        rules = point.version or t("no version in force", language)
        if point.change is not None:
            rules += t(SINCE[point.change], language)
        rank = (
            None if point.rank is None else t("{rank} / {count}", language, rank=point.rank, count=point.count or "—")
        )
        low, middle, high = point.band or (None, None, None)
        rows.append((period_words(point.period, language), rules, text(point.value), rank, text(low), text(middle),
                     text(high)))  # fmt: skip
    columns = ("period", "rules", "value_share" if trend.share else "value", "rank", "lowest", "median", "highest")
    return frame(rows, columns, language, UNIT)


def taken_table(rows: Sequence[TakenRow], language: str) -> pd.DataFrame:
    """The limits with how many cases kept and missed each, and how long the finished ones took."""
    found = []
    for title, words, taken in rows:
        found.append(
            (title, words, str(taken.on_time + taken.late), str(taken.on_time), str(taken.late), str(taken.still_open),
             str(taken.waiting), _duration(taken.median_us, language), _duration(taken.ninth_us, language))
        )  # fmt: skip
    columns = ("limited", "limit", "count", "on_time", "late", "still_open", "waiting", "median_taken", "ninth_taken")
    return frame(found, columns, language, UNIT)


def _duration(us: Fraction | int | None, language: str) -> str | None:
    """A time in the largest unit that it fills twice, to one decimal."""
    if us is None:
        return None
    time = Fraction(us)
    larger = [(name, size) for name, size in (("{number} d", DAY_US), ("{number} h", HOUR_US)) if abs(time) >= 2 * size]
    name, size = larger[0] if larger else ("{number} min", MINUTE_US)
    rounding = apart(time / size, (Fraction(0),), Rounding(1)) or Rounding(1)
    text = t(name, language, number=number_text(time / size, rounding))
    return Keyed(text, full_text(round_exact(time, Rounding(0))))


def calendar_table(weeks: Sequence[Week], language: str) -> pd.DataFrame:
    """A row a week from Monday to Sunday: the cases that came in, and in brackets those that stand out."""
    rows = []
    for week in weeks:
        first = next(day.day for day in week if day is not None)
        cells = [None if day is None else f"{day.received} ({day.marked})" if day.marked else str(day.received)
                 for day in week]  # fmt: skip
        days = [day for day in week if day is not None]
        total, marked = sum(day.received for day in days), sum(day.marked for day in days)
        week_from = Keyed(t("from {day}", language, day=day_words(first, language)), first.isoformat())
        rows.append((week_from, *cells, str(total), str(marked)))
    columns = [t("Week", language), *t("Mon Tue Wed Thu Fri Sat Sun", language).split(), t("Sum", language),
               t("of these ▲", language)]  # fmt: skip
    return pd.DataFrame(rows, columns=columns, dtype=object)
