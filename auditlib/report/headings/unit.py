"""Headings of the tables under the figures of a unit"s report."""

from __future__ import annotations

__all__ = ["UNIT"]

UNIT = {
    "step": "Part",
    "change": "Change",
    "level": "Running total",
    "rank": "Rank",
    "unit": "Unit",
    "total": "Score",
    "out_of": "Out of",
    "share": "Share",
    "period": "Period",
    "rules": "Version",
    "value_share": "Share of full marks",
    "value": "Score",
    "lowest": "Lowest of group",
    "median": "Median of group",
    "highest": "Highest of group",
    "limited": "Stage",
    "limit": "Limit",
    "count": "Cases",
    "on_time": "In time",
    "late": "Late",
    "still_open": "Of these open",
    "waiting": "Not yet due",
    "median_taken": "Median time",
    "ninth_taken": "Nine of ten within",
    "clause": "Clause",
    "question": "What the source leaves open",
    "used": "Reading in use",
    "others": "What another reading would give this unit",
    "share_of": "Rate or duty",
    "counted": "Counted / cases",
    "share_percent": "Share (%)",
    "interval": "Interval (%)",
}
