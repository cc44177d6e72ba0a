"""What the figures with a time axis show, each in sentences computed from the same numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from statistics import median

from auditlib.analysis.arrivals import Day, Week
from auditlib.analysis.request import CaseRow
from auditlib.analysis.time_limits import counts_by_time, time_limits
from auditlib.analysis.trend import Trend
from auditlib.analysis.views import ScoredPeriod
from auditlib.core.catalogue import Catalogue
from auditlib.core.exact import Rounding
from auditlib.core.numerals import number_text, share_text, signed
from auditlib.report.tables import joined
from auditlib.report.time_figures import TakenRow
from auditlib.report.wording import period_words
from auditlib.scoring.result import UnitScore

__all__ = ["calendar_caption", "day_words", "taken_caption", "trend_caption", "untimed_caption"]

tell = Catalogue("unit")
ONE = Rounding(1)
"""Days are told with one decimal."""
MOST_WORST = 3
"""The days that a sentence names as the worst; more of the same are not the worst of anything."""


def trend_caption(trend: Trend, language: str) -> str:
    """How many periods, the highest and the lowest, the last change, how often above the median, what changed."""
    valued, last = trend.valued, trend.points[-1]
    if len(valued) < 2:
        return tell("trend_none", language)
    unit = tell("percent" if trend.share else "points", language)

    def text(value: Fraction) -> str:
        return f"{trend.text(value)}{unit}"

    high = max(valued, key=lambda point: point.value or Fraction(0))
    low = min(valued, key=lambda point: point.value or Fraction(0))
    sentences = []
    if high.value == low.value:
        sentences.append(tell("trend_flat", language, count=len(valued), value=text(high.value or Fraction(0))))
    else:
        sentences.append(
            tell(
                "trend_range", language, count=len(valued), high=text(high.value or Fraction(0)),
                best=period_words(high.period, language), low=text(low.value or Fraction(0)),
                worst=period_words(low.period, language),
            )
        )  # fmt: skip
    if last.value is not None and (before := trend.points[-2]).value is not None:
        step = tell("percentage_points" if trend.share else "points", language)
        change = f"{signed(last.value - before.value, trend.rounding)}{step}"
        name = "trend_same" if last.value == before.value else "trend_change"
        sentences.append(tell(name, language, change=change, period=period_words(before.period, language)))
    ranked = [point for point in valued if point.band is not None]
    if ranked:
        above = sum((point.value or Fraction(0)) > point.band.median for point in ranked if point.band)
        sentences.append(tell("trend_median", language, count=len(ranked), above=above))
    missing = [period_words(point.period, language) for point in trend.points if point.value is None]
    if missing:
        sentences.append(tell("trend_missing", language, periods=joined(missing, language)))
    changed = [
        tell(f"told_{point.change}", language, period=period_words(point.period, language), version=point.version)
        for point in trend.points
        if point.change is not None
    ]
    if changed:
        sentences.append(tell("trend_rules", language, changes=joined(changed, language)))
    return _told(sentences, language)


def untimed_caption(scored: ScoredPeriod, unit: UnitScore, language: str) -> str:
    """Why no figure shows time limits: the ledger lacks what they need, they cannot be drawn, or there are none."""
    scheme = scored.resolved.scheme
    if time_limits(scheme):
        name = "taken_no_columns"
    elif counts_by_time(scheme):
        name = "taken_undrawn"
    elif any(row.due_at is not None for row in scored.cases.get(unit.unit, ())):
        name = "taken_unlimited_due"
    else:
        name = "taken_unlimited"
    closed = any(row.closed_at is not None for row in scored.received(unit))
    return _told([tell(name, language), *([tell("taken_closing", language)] if closed else [])], language)


def taken_caption(rows: Sequence[TakenRow], language: str) -> str:
    """How many limits are there, which is missed most often, and which are always kept."""
    cases = sum(taken.late + taken.on_time for _, _, taken in rows)
    if not cases:
        return tell("taken_none", language)
    missed = [
        (Fraction(taken.late, taken.late + taken.on_time), title, taken) for title, _, taken in rows if taken.late
    ]
    kept = [title for title, _, taken in rows if taken.on_time and not taken.late]
    if not missed:
        return tell("taken_all_kept", language, count=len(rows))
    share, title, worst = max(missed, key=lambda one: one[0])
    tied = [title for part, title, _ in missed if part == share]
    name = "taken_one" if len(rows) == 1 else "taken_worst" if len(tied) == 1 else "taken_tied"
    sentences = [
        tell(
            name, language, count=len(rows), title=title, titles=joined(tied, language), late=worst.late,
            cases=worst.late + worst.on_time, share=share_text(share, ""),
        )
    ]  # fmt: skip
    if kept:
        sentences.append(tell("taken_kept", language, titles=joined(kept, language)))
    still_open = sum(taken.still_open for _, _, taken in rows)
    if still_open:
        sentences.append(tell("taken_open", language, count=still_open))
    return _told(sentences, language)


def calendar_caption(weeks: Sequence[Week], rows: Sequence[CaseRow], marked: str, language: str) -> str:
    """How many cases came in and how many were ``marked``, the busiest day, rest days, how long closing took."""
    days = [day for week in weeks for day in week if day is not None]
    count = sum(day.received for day in days)
    if not count:
        return tell("calendar_none", language)
    late = sum(day.marked for day in days)
    busiest = [day for day in days if day.received == max(day.received for day in days)]
    most_at_once = tell(
        "calendar_busiest" if len(busiest) == 1 else "calendar_busiest_days", language,
        day=day_words(busiest[0].day, language), most=busiest[0].received, days=len(busiest),
    )  # fmt: skip
    sentences = [
        tell(
            "calendar_count", language, count=count, late=late, marked=marked, busiest=most_at_once,
            share=share_text(Fraction(late, count), ""),
        )
    ]  # fmt: skip
    most = max(day.marked for day in days)
    worst = [day_words(day.day, language) for day in days if day.marked == most]
    if most > 1 and len(worst) <= MOST_WORST:
        name = "calendar_worst" if len(worst) == 1 else "calendar_worst_days"
        sentences.append(tell(name, language, marked=marked, day=joined(worst, language), late=most))
    rest = [day for day in days if day.rest]
    if rest:
        sentences.append(tell("calendar_on_rest", language, days=len(rest), count=_received(rest)))
    closed = [
        row.closed_at - row.received_at for row in rows if row.closed_at is not None and row.received_at is not None
    ]
    if closed:
        took = Fraction(median(span // timedelta(microseconds=1) for span in closed)) / (86_400 * 10**6)
        sentences.append(
            tell("calendar_closed", language, closed=len(closed), open=count - len(closed), days=number_text(took, ONE))
        )
    return _told(sentences, language)


def _received(days: Sequence[Day]) -> int:
    return sum(day.received for day in days)


def day_words(day: date, language: str) -> str:
    """A day as people write it: ``1月5日``, ``5 Jan``."""
    return tell("day", language, day=day.day, month=tell("months", language).split()[day.month - 1])


def _told(sentences: Sequence[str], language: str) -> str:
    return ("" if language == "zh" else " ").join(sentences)
