"""A unit over several periods: its totals and ranks, its group's range, and where the rules changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from auditlib.analysis.earlier_periods import Band, Past
from auditlib.core.exact import Rounding
from auditlib.core.numerals import PERCENT_DIGITS, number_text

__all__ = ["Point", "RuleChange", "Trend", "trend_of"]

RuleChange = Literal["version", "values"]


@dataclass(frozen=True)
class Point:
    """One period of a trend: the unit's value and rank, how many were ranked, and the band of their values.

    ``change`` says that another version of the scheme came into force with this period, or other values of the day.
    """

    period: str
    version: str | None
    value: Fraction | None
    rank: int | None
    count: int | None
    band: Band | None
    change: RuleChange | None


@dataclass(frozen=True)
class Trend:
    """The periods of a trend, the earliest first; with ``share`` values are percentages of the full marks.

    All are written with the digits of ``rounding``.
    """

    points: tuple[Point, ...]
    share: bool
    rounding: Rounding

    def text(self, value: Fraction) -> str:
        """One of the values, without a sign for per cent or points."""
        return number_text(value, self.rounding)

    @property
    def valued(self) -> tuple[Point, ...]:
        """The periods in which the unit has a value."""
        return tuple(point for point in self.points if point.value is not None)


def trend_of(pasts: Sequence[Past], unit: str, rounding: Rounding) -> Trend:
    """The trend of a unit over these periods, its points rounded as the scheme of the last of them declares.

    Totals out of different full marks, its own of another period or a peer's, are compared as percentages.
    """
    seen = [past.seen_by(unit) for past in pasts]
    places = [past.places.get(unit) for past in seen]
    totals = [place for place in places if place is not None and place.total is not None]
    maxima = {place.total_of for place in totals} | {
        one for past in seen for peers in past.peers for one in peers.maxima
    }
    share = len(maxima) > 1 and all(place.total_of for place in totals)
    share = share and all(peers.share is not None for past in seen for peers in past.peers)
    points = []
    in_force: Past | None = None
    for past, place in zip(seen, places, strict=True):
        value = place.total if place else None
        if share and place and value is not None and place.total_of:
            value = value * 100 / place.total_of
        peers = past.peers[0] if past.peers else None
        band = None if peers is None else peers.share if share else peers.points
        change = _change(in_force, past)
        rank, count = place.rank if place else None, peers.count if peers else None
        points.append(Point(past.period, past.version, value, rank, count, band, change))
        in_force = past if past.version is not None else in_force
    return Trend(tuple(points), share, Rounding(PERCENT_DIGITS) if share else rounding)


def _change(before: Past | None, past: Past) -> RuleChange | None:
    if before is None or past.version is None or before.rules == past.rules:
        return None
    return "version" if before.version != past.version else "values"
