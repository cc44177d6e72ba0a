"""What a scheme without points need not say."""

from __future__ import annotations

from typing import Any

__all__ = ["UNRANKED"]

UNRANKED: dict[str, Any] = {
    "measures": {},
    "indicators": [],
    "ranking": {
        "clause": None, "by": "total", "order": "descending", "within": "all", "ties": "undecided",
        "different_maxima": "undecided",
    },
    "rounding": {"digits": 4, "mode": "half_up"},
}  # fmt: skip
"""Its sections, as if it had said them."""
