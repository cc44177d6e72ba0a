"""Which quantities are shares, and which are differences of shares: people write those in percentage points."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from auditlib.scheme.formers.arithmetic import Add, LeastOrGreatest, Mean, RoundedValue
from auditlib.scheme.formers.choices import Choose
from auditlib.scheme.formers.elsewhere import OfEarlier, OfPeers, OverPeriods

if TYPE_CHECKING:
    from auditlib.scheme.model import Scheme

__all__ = ["is_difference", "is_share"]

COUNTED = ("place", "count", "share_below", "run")
"""What is taken of peers or periods and is no value of theirs."""

Kind = Callable[["Scheme", str, frozenset[str]], bool]


def is_share(scheme: Scheme, name: str) -> bool:
    """Whether a quantity is a share: declared so, or a value among shares where its own unit is not declared."""
    return _share(scheme, name, frozenset())


def is_difference(scheme: Scheme, name: str) -> bool:
    """Whether a quantity is what one share is above another, or a value among such: the greatest, the mean, of peers.

    A sum of shares is one where those that are added and those that are taken away weigh the same.
    """
    return _difference(scheme, name, frozenset())


def _share(scheme: Scheme, name: str, above: frozenset[str]) -> bool:
    former = scheme.quantities.get(name)
    if former is None:
        shown, measure = scheme.rates.get(name) or scheme.composites.get(name), scheme.measures.get(name)
        return shown.show == "percent" if shown is not None else measure is not None and measure.unit == "share"
    if former.unit is not None:
        return former.unit == "share" and not _difference(scheme, name, above)
    return name not in above and _all_are(_share, scheme, name, above | {name})


def _difference(scheme: Scheme, name: str, above: frozenset[str]) -> bool:
    former = scheme.quantities.get(name)
    if former is None or name in above or former.unit not in (None, "share"):
        return False
    inside = above | {name}
    if not isinstance(former, Add):
        return _all_are(_difference, scheme, name, inside)
    shares = [pair for pair in former.add if not (isinstance(pair[0], str) and _difference(scheme, pair[0], inside))]
    known = all(isinstance(part, str) and _share(scheme, part, inside) for part, _ in shares)
    return known and sum((weight for _, weight in shares), Fraction(0)) == 0


def _all_are(kind: Kind, scheme: Scheme, name: str, above: frozenset[str]) -> bool:
    """Whether a value is one of several, or lies between them, and all of them are so; nothing, and 0, may be any."""
    parts = list(_among(scheme.quantities[name]))
    inner = [isinstance(part, str) and kind(scheme, part, above) for part in parts]
    return any(inner) and all(so or part in (0, "not_assessable") for so, part in zip(inner, parts, strict=True))


def _among(former: object) -> Iterator[str | Fraction]:
    """What a former gives one of, something between, or the rounded value of; of others nothing."""
    if isinstance(former, LeastOrGreatest):
        yield from former.parts()
    elif isinstance(former, Mean):
        yield from (part for part, _ in former.mean)
    elif isinstance(former, RoundedValue):
        yield former.round
    elif isinstance(former, Choose):
        yield from (*(case.is_ for case in former.choose), former.else_)
    elif isinstance(former, OfPeers):
        yield from () if former.take in COUNTED else (former.peers,)
    elif isinstance(former, OverPeriods) and isinstance(former.over, str | Fraction):
        yield from () if former.take in COUNTED else (former.over,)
    elif isinstance(former, OfEarlier):
        yield from (former.earlier, former.missing)
