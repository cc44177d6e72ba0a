"""Statistics of a quantity over the units that one is compared with, exactly."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from statistics import median

from auditlib.core.exact import Rounding
from auditlib.core.message import Message
from auditlib.core.roots import rounded_root
from auditlib.scheme.formers.elsewhere import OfPeers, Percentile
from auditlib.scoring.unknown import Unknown, Value

__all__ = ["Members", "percentile", "statistic"]

ALONE = Unknown(Message("no peer has a value to compare with"), not_assessable=True)
ONE = Unknown(Message("the standard deviation of a sample needs two peers"), not_assessable=True)


@dataclass(frozen=True)
class Members:
    """The values of the units that are compared, and for a place the keys by which they are ordered."""

    values: Mapping[str, Fraction]
    keys: Mapping[str, tuple[Fraction, ...]]

    @cached_property
    def ordered(self) -> list[Fraction]:
        """All values, the least first."""
        return sorted(self.values.values())

    @cached_property
    def total(self) -> Fraction:
        """The sum of all values."""
        return sum(self.values.values(), Fraction(0))

    @cached_property
    def ordered_keys(self) -> list[tuple[Fraction, ...]]:
        """All keys, the first place first."""
        return sorted(self.keys.values())

    def without(self, unit: str) -> Members:
        """The same without one unit."""
        own = self.values.get(unit)
        if own is None:
            return self
        rest = Members({code: value for code, value in self.values.items() if code != unit}, {})
        at = bisect_left(self.ordered, own)
        rest.__dict__["ordered"] = self.ordered[:at] + self.ordered[at + 1 :]
        rest.__dict__["total"] = self.total - own
        return rest


def statistic(peers: OfPeers, members: Members, unit: str) -> Value:
    """What ``peers`` takes of the members, for one unit. ``pooled`` is none of this: it divides sums of parts."""
    own = members.values.get(unit)
    if peers.self_ == "excluded":
        members = members.without(unit)
    ordered = members.ordered
    if not ordered:
        return Fraction(0) if peers.take == "count" else ALONE
    take, count = peers.take, len(ordered)
    if isinstance(take, Percentile):
        return percentile(ordered, take)
    if take in ("place", "share_below"):
        if own is None:
            return Unknown(Message("the unit itself has no value to be placed by"), not_assessable=True)
        return _place(peers, members, unit) if take == "place" else Fraction(bisect_left(ordered, own), count)
    if take == "sd":
        return _deviation(peers, members)
    return {
        "mean": lambda: members.total / count,
        "median": lambda: Fraction(median(ordered)),
        "sum": lambda: members.total,
        "least": lambda: ordered[0],
        "greatest": lambda: ordered[-1],
        "count": lambda: Fraction(count),
    }[take]()


def _place(peers: OfPeers, members: Members, unit: str) -> Fraction:
    own, keys = members.keys[unit], members.ordered_keys
    before, up_to = bisect_left(keys, own), bisect_right(keys, own)
    return {"better": Fraction(before + 1), "worse": Fraction(up_to), "mean": Fraction(before + 1 + up_to, 2)}[
        peers.ties or "better"
    ]


def _deviation(peers: OfPeers, members: Members) -> Value:
    count = len(members.ordered)
    over = count if peers.of_n == "population" else count - 1
    if over == 0:
        return ONE
    mean = members.total / count
    variance = sum(((value - mean) ** 2 for value in members.ordered), Fraction(0)) / over
    return rounded_root(variance, 2, Rounding(peers.digits or 0, peers.mode))


def percentile(ordered: Sequence[Fraction], of: Percentile) -> Fraction:
    """A percentile of values in order, at least one, by the declared method."""
    count, share = len(ordered), of.share
    if of.method == "nearest_rank":
        rank = -(-(share * count).numerator // (share * count).denominator)
        return ordered[max(1, rank) - 1]
    at = (
        (count - 1) * share
        if of.method == "linear"
        else min(max((count + 1) * share, Fraction(1)), Fraction(count)) - 1
    )
    whole, rest = divmod(at, 1)
    low = ordered[int(whole)]
    return low + rest * (ordered[int(whole) + 1] - low) if rest else low
