"""The limit that people supply where a source says 及时 or 立即 and no number."""

from __future__ import annotations

import re

__all__ = ["supplied_limit"]

UNIT_WORDS = {
    "minutes": ("minute", "minutes", "min", "分钟", "分"), "hours": ("hour", "hours", "h", "小时"),
    "working_days": ("working_day", "working_days", "个工作日", "工作日"),
    "days": ("day", "days", "天", "日"), "weeks": ("week", "weeks", "周"), "months": ("month", "months", "个月", "月"),
}  # fmt: skip
"""The units in which a limit can be supplied, as people write them."""


def supplied_limit(text: str) -> dict[str, int]:
    """The limit that ``text`` names: ``30 minutes``, ``1 working_day``, ``2个工作日``. Raises :class:`ValueError`."""
    number, unit = re.fullmatch(r"\s*(\d*)\s*(.*?)\s*", text).groups()  # type: ignore[union-attr]
    for key, words in UNIT_WORDS.items():
        if number and int(number) and unit.lower().replace(" ", "_") in words:
            return {key: int(number)}
    units = ", ".join(UNIT_WORDS)
    raise ValueError(f"found {text!r}, expected a limit such as `30 minutes` or `1 working_days`, in one of {units}")
