"""Units of measure: what a quantity is counted in, so that only like is added and compared."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated

from pydantic import AfterValidator

from auditlib.core.refusals import Said

__all__ = ["Unit", "shown_times"]

PER = re.compile(r"per_(?P<number>[1-9][0-9]*)(?P<size>k|m)?")
SIZES = {None: 1, "k": 1000, "m": 1_000_000}
WORD = re.compile(r"[^\W\d_][\w ×/·-]*")


def _unit(value: str) -> str:
    if not (PER.fullmatch(value) or WORD.fullmatch(value)):
        raise ValueError(f"found {value!r}, expected a unit such as count, share, points, yuan, days or per_100000")
    return value


Unit = Annotated[str, AfterValidator(_unit), Said("a unit such as count, share, points, yuan, days or per_100000")]
"""What a quantity is measured in."""


def shown_times(unit: str | None) -> Fraction:
    """What a quantity is multiplied by where people read it: 100 for a share, 100,000 for ``per_100000``, else 1."""
    if unit == "share":
        return Fraction(100)
    found = PER.fullmatch(unit or "")
    return Fraction(int(found["number"]) * SIZES[found["size"]]) if found else Fraction(1)
