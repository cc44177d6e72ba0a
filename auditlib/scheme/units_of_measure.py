"""Units of measure: what a quantity is counted in, so that only like is added and compared."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from auditlib.core.refusals import Said

__all__ = ["Unit"]

PER = re.compile(r"per_[1-9][0-9]*[km]?")
WORD = re.compile(r"[^\W\d_][\w ×/·-]*")


def _unit(value: str) -> str:
    if not (PER.fullmatch(value) or WORD.fullmatch(value)):
        raise ValueError(f"found {value!r}, expected a unit such as count, share, points, yuan, days or per_100000")
    return value


Unit = Annotated[str, AfterValidator(_unit), Said("a unit such as count, share, points, yuan, days or per_100000")]
"""What a quantity is measured in."""
