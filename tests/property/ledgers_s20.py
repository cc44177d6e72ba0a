"""Random ledgers for the evaluation of offices: equal totals, the line of 70, missing methods, stages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import strategies as st
from random_ledgers import Assessment, readings_of
from twin_s20 import MARKS, STAGE, WEIGHTS

__all__ = ["COLUMNS", "SCHEME", "assessments"]

TAKEN = datetime(2026, 1, 10)
SCHEME = "s20-office-evaluation"
COLUMNS = {
    "units": ("unit", "group"),
    "ratings": ("unit", "at", "method", "grade"),
    "events": ("event_id", "unit", "at", "kind", "count", "case_id"),
}
EDGES = [
    datetime(2024, 12, 31, 23, 59, 59),
    datetime(2025, 1, 1),
    datetime(2025, 6, 30, 10),
    datetime(2025, 12, 31, 23, 59, 59),
    datetime(2026, 1, 1),
]
MOMENTS = st.sampled_from([*EDGES, *(datetime(2025, month, 15, 9) for month in range(1, 13))])
# 3 × 60 and 45, or 90, 75, 60 and 30 and 45 make just 5/8 of 90, which is 70 points where nothing is deducted.
VOTES = st.sampled_from(
    [
        ["一般", "一般", "一般", "较差"],
        ["优", "差"],
        ["优"],
        ["良"],
        ["一般"],
        ["较差"],
        ["差"],
        ["良", "一般", "差"],
        [],
    ]
)

LOOKS = st.sampled_from([TAKEN, TAKEN, datetime(2026, 1, 1), datetime(2025, 7, 1, 9), datetime(2026, 1, 5)])


@st.composite
def assessments(draw: st.DrawFn) -> Assessment:
    """One to eight offices, or a class of up to twelve, whose rows crowd at the edges of the clauses."""
    crowd = draw(st.booleans())
    codes = [f"K{number:02d}" for number in range(1, draw(st.integers(7, 12) if crowd else st.integers(1, 8)) + 1)]
    classes = st.just("行政执法类") if crowd else st.sampled_from(["行政执法类", "综合管理类", None])
    registers: dict[str, list[dict[str, Any]]] = {"units": [{"unit": code, "group": draw(classes)} for code in codes]}
    if draw(st.integers(0, 20)) != 13:
        registers["ratings"] = [vote for code in codes for vote in draw(_votes(code))]
    if draw(st.integers(0, 20)) != 13:
        registers["events"] = draw(_events(codes))
    return Assessment(registers, "2025", draw(LOOKS), TAKEN, draw(readings_of(SCHEME)))


@st.composite
def _votes(draw: st.DrawFn, unit: str) -> list[dict[str, Any]]:
    """The votes on one office: all methods alike, each by itself, one method alone, or none."""
    how = draw(st.sampled_from(["alike"] * 5 + ["each", "each", "one", "none"]))
    if how == "alike":
        votes = draw(VOTES)
        chosen = dict.fromkeys(WEIGHTS, votes)
    elif how == "each":
        chosen = {method: draw(VOTES | st.lists(st.sampled_from(list(MARKS)), max_size=5)) for method in WEIGHTS}
    else:
        chosen = {draw(st.sampled_from(list(WEIGHTS))): draw(VOTES) if how == "one" else []}
    # Mostly in the middle of the year, so that equal votes make equal totals.
    moment = draw(st.sampled_from([datetime(2025, 3, 15, 9)] * 6 + [None]))
    return [
        {"unit": unit, "at": moment or draw(MOMENTS), "method": method, "grade": grade}
        for method, grades in chosen.items()
        for grade in grades
    ]


@st.composite
def _events(draw: st.DrawFn, codes: list[str]) -> list[dict[str, Any]]:
    kinds = st.sampled_from([*STAGE, "已整改到位"])
    rows, busy = [], draw(st.sampled_from(codes))
    for number in range(draw(st.integers(0, 9))):
        problem = draw(st.sampled_from([None, None, "W1", "W1", "W2"]))
        count = st.sampled_from([None, 1, 0]) if problem else st.sampled_from([None, 1, 2, 0])
        rows.append(
            {
                "event_id": f"E{draw(st.integers(0, 9))}{number:02d}",
                "unit": draw(st.sampled_from([*codes, *[busy] * len(codes)])),
                "at": draw(MOMENTS),
                "kind": draw(kinds),
                "count": draw(count),
                "case_id": problem,
            }
        )
    return rows
