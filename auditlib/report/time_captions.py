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
from auditlib.core.exact import Rounding
from auditlib.core.message import t
from auditlib.core.numerals import number_text, share_text, signed
from auditlib.report.tables import joined
from auditlib.report.time_figures import TakenRow
from auditlib.report.wording import period_words
from auditlib.scoring.result import UnitScore

__all__ = ["calendar_caption", "day_words", "taken_caption", "trend_caption", "untimed_caption"]

TOLD = {"version": "version {version} from {period}", "values": "other set values from {period}"}
"""What a period changed in the rules."""

ONE = Rounding(1)
"""Days are told with one decimal."""
MOST_WORST = 3
"""The days that a sentence names as the worst; more of the same are not the worst of anything."""


def trend_caption(trend: Trend, language: str) -> str:
    """How many periods, the highest and the lowest, the last change, how often above the median, what changed."""
    valued, last = trend.valued, trend.points[-1]
    if len(valued) < 2:
        return t("The ledger has no earlier period to compare with, so there is no trend.", language)
    unit = t(" %" if trend.share else " points", language)

    def text(value: Fraction) -> str:
        return f"{trend.text(value)}{unit}"

    high = max(valued, key=lambda point: point.value or Fraction(0))
    low = min(valued, key=lambda point: point.value or Fraction(0))
    sentences = []
    if high.value == low.value:
        sentences.append(
            t(
                "The score is {value} in all {count} {count:period|periods}.",
                language,
                count=len(valued),
                value=text(high.value or Fraction(0)),
            )
        )
    else:
        sentences.append(
            t(
                "Over {count} {count:period|periods} the highest is {high} ({best}), the lowest {low} ({worst}).",
                language,
                count=len(valued),
                high=text(high.value or Fraction(0)),
                best=period_words(high.period, language),
                low=text(low.value or Fraction(0)),
                worst=period_words(low.period, language),
            )
        )
    if last.value is not None and (before := trend.points[-2]).value is not None:
        step = t(" percentage points" if trend.share else " points", language)
        change = f"{signed(last.value - before.value, trend.rounding)}{step}"
        name = "Unchanged from {period}." if last.value == before.value else "The change from {period} is {change}."
        sentences.append(t(name, language, change=change, period=period_words(before.period, language)))
    ranked = [point for point in valued if point.band is not None]
    if ranked:
        above = sum((point.value or Fraction(0)) > point.band.median for point in ranked if point.band)
        sentences.append(
            t(
                "Ranked in {count} of them, it was above the median of its group in {above}.",
                language,
                count=len(ranked),
                above=above,
            )
        )
    missing = [period_words(point.period, language) for point in trend.points if point.value is None]
    if missing:
        sentences.append(t("No data for {periods}: left blank.", language, periods=joined(missing, language)))
    changed = [
        t(TOLD[point.change], language, period=period_words(point.period, language), version=point.version)
        for point in trend.points
        if point.change is not None
    ]
    if changed:
        sentences.append(
            t(
                "The rules changed: {changes}; scores on either side of a dashed line follow the rules of their time.",
                language,
                changes=joined(changed, language),
            )
        )
    return _told(sentences, language)


def untimed_caption(scored: ScoredPeriod, unit: UnitScore, language: str) -> str:
    """Why no figure shows time limits: the ledger lacks what they need, they cannot be drawn, or there are none."""
    scheme = scored.resolved.scheme
    if time_limits(scheme):
        name = (
            "The scheme sets time limits, but the ledger lacks the cases, or the columns, by which "
            "the time taken could be computed."
        )
    elif counts_by_time(scheme):
        name = (
            "The scheme counts by time limits, in a form that cannot be drawn case by case; the "
            "lines say how it counts."
        )
    elif any(row.due_at is not None for row in scored.cases.get(unit.unit, ())):
        name = "No rule of the scheme counts by a time limit; due times of the ledger are listed and count for nothing."
    else:
        name = "The scheme sets no time limit that could be computed case by case."
    closed = any(row.closed_at is not None for row in scored.received(unit))
    return _told(
        [
            t(name, language),
            *([t("How long closing took stands with the calendar of arrivals.", language)] if closed else []),
        ],
        language,
    )


def taken_caption(rows: Sequence[TakenRow], language: str) -> str:
    """How many limits are there, which is missed most often, and which are always kept."""
    cases = sum(taken.late + taken.on_time for _, _, taken in rows)
    if not cases:
        return t("No case of the period was under a limit.", language)
    missed = [
        (Fraction(taken.late, taken.late + taken.on_time), title, taken) for title, _, taken in rows if taken.late
    ]
    kept = [title for title, _, taken in rows if taken.on_time and not taken.late]
    if not missed:
        return t("Every limit was kept ({count} of {count}): no case was late.", language, count=len(rows))
    share, title, worst = max(missed, key=lambda one: one[0])
    tied = [title for part, title, _ in missed if part == share]
    name = (
        "The limit of “{title}”: {late} of {cases} {cases:case|cases} late ({share} %)."
        if len(rows) == 1
        else (
            "Of {count} {count:limit|limits} the one missed most often is “{title}”: {late} of "
            "{cases} {cases:case|cases} late ({share} %)."
        )
        if len(tied) == 1
        else (
            "Of {count} {count:limit|limits} those missed most often are {titles} (each {share} % of its cases late)."
        )
    )
    sentences = [
        t(
            name, language, count=len(rows), title=title, titles=joined(tied, language), late=worst.late,
            cases=worst.late + worst.on_time, share=share_text(share, ""),
        )
    ]  # fmt: skip
    if kept:
        sentences.append(t("Never missed: {titles}.", language, titles=joined(kept, language)))
    still_open = sum(taken.still_open for _, _, taken in rows)
    if still_open:
        sentences.append(
            t("Of the late ones {count} {count:was|were} still open at the as-of time.", language, count=still_open)
        )
    return _told(sentences, language)


def calendar_caption(weeks: Sequence[Week], rows: Sequence[CaseRow], marked: str, language: str) -> str:
    """How many cases came in and how many were ``marked``, the busiest day, rest days, how long closing took."""
    days = [day for week in weeks for day in week if day is not None]
    count = sum(day.received for day in days)
    if not count:
        return t("No case came in.", language)
    late = sum(day.marked for day in days)
    busiest = [day for day in days if day.received == max(day.received for day in days)]
    most_at_once = t(
        "the busiest day was {day} ({most})"
        if len(busiest) == 1
        else "the busiest {days} {days:day|days} had {most} each",
        language,
        day=day_words(busiest[0].day, language),
        most=busiest[0].received,
        days=len(busiest),
    )
    sentences = [
        t(
            "{count} {count:case|cases} came in, of these {late} {marked} ({share} %); {busiest}.",
            language,
            count=count,
            late=late,
            marked=marked,
            busiest=most_at_once,
            share=share_text(Fraction(late, count), ""),
        )
    ]
    most = max(day.marked for day in days)
    worst = [day_words(day.day, language) for day in days if day.marked == most]
    if most > 1 and len(worst) <= MOST_WORST:
        name = (
            "Most cases {marked} came in on {day} ({late})."
            if len(worst) == 1
            else "Most cases {marked} came in on {day} ({late} each)."
        )
        sentences.append(t(name, language, marked=marked, day=joined(worst, language), late=most))
    rest = [day for day in days if day.rest]
    if rest:
        sentences.append(
            t(
                "{count} {count:case|cases} came in on {days} {days:rest day|rest days}.",
                language,
                days=len(rest),
                count=_received(rest),
            )
        )
    closed = [
        row.closed_at - row.received_at for row in rows if row.closed_at is not None and row.received_at is not None
    ]
    if closed:
        took = Fraction(median(span // timedelta(microseconds=1) for span in closed)) / (86_400 * 10**6)
        sentences.append(
            t(
                "{closed} {closed:is|are} closed, after a median of {days} {days:day|days}; {open} {open:is|are} open.",
                language,
                closed=len(closed),
                open=count - len(closed),
                days=number_text(took, ONE),
            )
        )
    return _told(sentences, language)


def _received(days: Sequence[Day]) -> int:
    return sum(day.received for day in days)


def day_words(day: date, language: str) -> str:
    """A day as people write it: ``1月5日``, ``5 Jan``."""
    return t(
        "{day} {month}",
        language,
        day=day.day,
        month=t("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", language).split()[day.month - 1],
    )


def _told(sentences: Sequence[str], language: str) -> str:
    return ("" if language == "zh" else " ").join(sentences)
