"""A status, or why there is none yet, as a small number: sooner chosen among and looked for than words."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from auditlib.scoring.duties.statuses import STATUSES

__all__ = ["coded", "status_of", "why_unknown"]

UNKNOWN = ("no start", "no limit", "no order", "no maybe", "no act", "no time of day")
"""Why something cannot be assessed."""
CODES = {name: place for place, name in enumerate((*STATUSES, *UNKNOWN))}


def coded(name: str) -> pl.Expr:
    """The number of a status, or of why something cannot be assessed."""
    return pl.lit(CODES[name], pl.UInt8)


def status_of(code: pl.Expr) -> pl.Expr:
    """The status in words; what cannot be assessed is ``not_assessable``, whatever the reason."""
    known = pl.when(code < len(STATUSES)).then(code).otherwise(coded("not_assessable"))
    return pl.lit(pl.Series(list(STATUSES))).gather(known)


def why_unknown(code: pl.Expr, whys: Mapping[str, pl.Expr]) -> pl.Expr:
    """What is not known where it cannot be assessed: ``whys`` names it for each reason."""
    lacking = pl.lit([], pl.List(pl.String))
    for one, names in whys.items():
        lacking = pl.when(code == coded(one)).then(names).otherwise(lacking)
    return lacking
