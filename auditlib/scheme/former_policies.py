"""The policies of a quantity in words: what the source left open and the file decides."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.core.message import Message, Sayable
from auditlib.scheme.conditions import NOT_ASSESSABLE
from auditlib.scheme.former_words import FormerWords
from auditlib.scheme.formers.arithmetic import Divide, LeastOrGreatest, Mean
from auditlib.scheme.formers.base import Former
from auditlib.scheme.formers.choices import Curve
from auditlib.scheme.formers.elsewhere import OfEarlier, OfPeers, OverPeriods, Percentile

__all__ = ["policies"]

MISSING = {
    "renormalise": Message("the weight of a part without a value is shared out among the others"),
    "zero": Message("a part without a value counts 0"),
    "full": Message("a part without a value counts in full"),
    "not_assessable": Message("not assessable where a part has no value"),
    "left_out": Message("what has no value is left out"),
    "breaks": Message("a period without a value ends the run"),
}
TIES = {
    "better": Message("equal units all have the better place"),
    "worse": Message("equal units all have the worse place"),
    "mean": Message("equal units have the mean of their places"),
}
METHODS = {
    "nearest_rank": Message("the percentile is the smallest value with that share at or below it (nearest rank)"),
    "linear": Message("the percentile is interpolated between ranks 0 and n − 1 (PERCENTILE.INC)"),
    "exclusive": Message("the percentile is interpolated at (n + 1) × the share (PERCENTILE.EXC)"),
}


def policies(words: FormerWords, former: Former) -> Iterator[Sayable]:
    """Each policy that a quantity declares, as a clause of a sentence."""
    if isinstance(former, Divide):
        zero = former.zero
        yield (
            Message("not assessable where it would be divided by 0")
            if zero == NOT_ASSESSABLE
            else Message("{value} where it would be divided by 0", value=words.part(zero))
        )
    if isinstance(former, Mean | LeastOrGreatest | OverPeriods):
        yield MISSING[
            "left_out" if former.missing == "renormalise" and isinstance(former, OverPeriods) else former.missing
        ]
    if isinstance(former, Mean) and former.kind == "geometric":
        yield Message("the root is kept with {digits} {digits:decimal|decimals}", digits=former.digits)
    if isinstance(former, OfPeers):
        yield from _of_peers(former)
    if isinstance(former, OfEarlier):
        yield (
            Message("not assessable where there is no earlier value")
            if former.missing == NOT_ASSESSABLE
            else Message("{value} where there is no earlier value", value=words.part(former.missing))
        )
        if former.published is not None:
            yield Message("a published {quantity} wins over what the rows give", quantity=words.part(former.published))
    if isinstance(former, Curve):
        yield from _of_curve(words, former)


def _of_peers(former: OfPeers) -> Iterator[Sayable]:
    if former.self_ == "included":
        yield Message("the unit itself is one of them")
    if isinstance(former.take, Percentile):
        yield METHODS[former.take.method]
    if former.take == "place":
        yield Message("the highest first") if former.order == "descending" else Message("the lowest first")
        yield TIES[former.ties or "better"]
    if former.take == "sd":
        yield Message("over n") if former.of_n == "population" else Message("over n − 1")
        yield Message("the root is kept with {digits} {digits:decimal|decimals}", digits=former.digits)


def _of_curve(words: FormerWords, former: Curve) -> Iterator[Sayable]:
    sides = {"below": former.outside.below, "above": former.outside.above}
    free = {"from": "above", "to": "below"}.get(former.between)
    for side, value in sides.items():
        if value is None or side == free:
            continue
        if value in ("hold", "extend"):
            ends = {
                ("below", "hold"): Message("below the first mark its value is held"),
                ("above", "hold"): Message("above the last mark its value is held"),
                ("below", "extend"): Message("below the first mark the line goes on"),
                ("above", "extend"): Message("above the last mark the line goes on"),
            }
            yield ends[side, str(value)]
        elif side == "below":
            yield Message("{value} below the first mark", value=words.part(value))
        else:
            yield Message("{value} above the last mark", value=words.part(value))
