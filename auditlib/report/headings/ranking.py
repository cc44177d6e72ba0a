"""Headings of the tables of the report on a period."""

from __future__ import annotations

__all__ = ["PERIOD"]

PERIOD = {
    "unit": "Unit",
    "group": "Group",
    "before": "Rank before",
    "now": "Rank now",
    "places": "Moves",
    "points": "Change of total",
    "causes": "What changed most",
    "indicator": "Indicator",
    "missed": "Units that miss it",
    "losing": "Units that lost",
    "emptied": "Nothing left",
    "lost": "Points lost",
    "share": "Share of all lost",
    "kept": "Mean share kept",
    "rank": "Rank",
    "why": "Why",
    "share_of": "Rate or duty",
    "units_of": "Units",
    "pooled": "Of all (%)",
    "p": "p",
    "phi": "φ",
    "says": "What it says",
    "hits": "Counted",
    "cases": "Cases",
    "share_percent": "Share (%)",
    "wilson": "Interval to look at",
    "exact": "Interval for claims",
    "ranks": "Ranks it can have, highest share first",
}
