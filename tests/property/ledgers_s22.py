"""Random ledgers for 热力信访考核方案 (s22-heating)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from random_ledgers import DAY, Assessment, later, numbered, readings_of, some, times_around, units

__all__ = ["COLUMNS", "assessments"]

COLUMNS = {
    "units": ("unit", "name", "group", "valid_from", "valid_to"),
    "cases": (
        "case_id", "unit", "kind", "person_key", "problem_key", "received_at", "entered_at", "accepted_at",
        "contacted_at", "planned_at", "replied_at", "closed_at", "resolved", "satisfaction", "reviewed_at", "redone",
        "missing_items",
    ),
    "events": ("event_id", "unit", "at", "kind", "count"),
    "submissions": ("unit", "kind", "due_at", "submitted_at", "valid", "missing_items"),
    "marks": ("unit", "period", "indicator", "points"),
}  # fmt: skip
MONTHS = {"2025-12": "2025Q4", "2025-10": "2025Q4", "2026-02": "2026Q1"}  # with holidays and make-up days in and near
RATINGS = ("满意", "满意", "基本满意", "不满意", "一般", None)
YES = (True, True, False, None)
ACCEPTED = (0, 29, 30, 31, 59, 60, 61, 90, 91, 1440, None)
CONTACTED = (0, 119, 120, 121, 179, 180, 181, 240, 241, 3000, None)
ENTERED = (0, 1439, 1440, 1441, None)
HANDLED = (
    *(60, 239, 240, 241, 1439, 1440, 1441, 1680, 1681, 2879, 2880, 2881, 4320, 4321, 5760, 7200, 14400, None),
    *(("midnight", days) for days in (0, 1, 2, 3, 4, 5, 6, 7, 8, 11)),
)
CLOSED = (0, 0, 60, 1440, 4000, 20000, None, None)
EQUAL_SHARES = {
    "different_maxima": "by_share", "resolution_denominator": "closed", "repeat_denominator": "complaints",
    "no_complaints": "not_assessable", "satisfaction_scale": "corrected",
}  # fmt: skip
"""By these a suggestion without a fault gives full marks and no bonus."""
REVIEWED = (0, 1439, 1440, 1441, None)


def cases(codes: list[str], start: datetime) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        _case,
        some(*codes),
        some("咨询", "投诉", "投诉", "复杂", "复杂", "建议", None),
        st.tuples(some("p", "p", "q", None), some("x", "x", "y", None)),
        times_around(start),
        some(*ACCEPTED), some(*CONTACTED), some(*ENTERED), some(*HANDLED), some(*CLOSED), some(*REVIEWED),
        st.tuples(some(*YES), some(*YES), some(*RATINGS), some(None, 0, 0, 1, 5)),
    )  # fmt: skip


def _case(unit, kind, keys, received, accepted, contacted, entered, handled, closed, reviewed, rest) -> dict[str, Any]:  # type: ignore[no-untyped-def]
    accepted_at = later(received, accepted)
    handled_at = later(received, handled)
    closed_at = later(handled_at or received, closed)
    return {
        "unit": unit, "kind": kind, "person_key": keys[0], "problem_key": keys[1], "received_at": received,
        "entered_at": later(received, entered), "accepted_at": accepted_at,
        "contacted_at": later(accepted_at or received, contacted),
        "planned_at": None if kind == "咨询" else handled_at, "replied_at": handled_at if kind == "咨询" else None,
        "closed_at": closed_at, "resolved": rest[0], "redone": rest[1], "satisfaction": rest[2],
        "reviewed_at": later(closed_at, reviewed), "missing_items": rest[3],
    }  # fmt: skip


def events(codes: list[str], start: datetime) -> st.SearchStrategy[dict[str, Any]]:
    kinds = some("渠道故障", "渠道故障", "备用机制未启动", "停电")
    return st.fixed_dictionaries(
        {"unit": some(*codes), "at": times_around(start), "kind": kinds, "count": some(None, None, 0, 1, 2, 3)}
    )


def submissions(codes: list[str], start: datetime) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        _submission,
        some(*codes),
        some("制度", "培训", "专项方案", "专项任务", "专项任务", "月报"),
        times_around(start),
        some("time", "date", "none"),
        some(None, None, -30000, -60, 0, 1, 1440, 1441, 4320, 100000),
        some(True, False, None),
        some(None, 0, 1, 4, 6),
    )


def _submission(unit, kind, due, as_what, submitted, valid, missing) -> dict[str, Any]:  # type: ignore[no-untyped-def]
    due_at: date | datetime | None = {"time": due, "date": due.date(), "none": None}[as_what]
    submitted_at = None if submitted is None else due + timedelta(minutes=submitted)
    return {
        "unit": unit,
        "kind": kind,
        "due_at": due_at,
        "submitted_at": submitted_at,
        "valid": valid,
        "missing_items": missing,
    }


@st.composite
def _month_later(draw: st.DrawFn, case: dict[str, Any]) -> list[dict[str, Any]]:
    """A case, and the same 29 to 31 days before it, at that time of day, before it or after it."""
    days, minutes = draw(some(30, 30, 30, 31, 29)), draw(some(0, 1, 1, 300, -1))
    keys = {"kind": "投诉", "person_key": "月", "problem_key": draw(some("x", "y"))}
    moved = days * DAY + timedelta(minutes=minutes)
    times = {key: value - moved for key, value in case.items() if isinstance(value, datetime)}
    return [case | keys, case | times | keys]


def _begun_well(code: str, start: datetime) -> dict[str, Any]:
    """A suggestion without a fault that has not been closed, with which all are satisfied."""
    done = dict.fromkeys(("received_at", "entered_at", "accepted_at", "contacted_at"), start)
    return dict.fromkeys(COLUMNS["cases"][1:]) | done | {"unit": code, "kind": "建议", "satisfaction": "满意"}


def _all_there(code: str, start: datetime) -> list[dict[str, Any]]:
    came = start + 10 * DAY
    return [
        {"unit": code, "kind": kind, "due_at": came, "submitted_at": came, "valid": True, "missing_items": 0}
        for kind in ("制度", "培训")
    ]


@st.composite
def assessments(draw: st.DrawFn) -> Assessment:
    month, readings = draw(some(*MONTHS)), draw(readings_of("s22-heating"))
    start = datetime.fromisoformat(f"{month}-01")
    known = draw(units())
    codes = [unit["unit"] for unit in known]
    busy = draw(some(codes, codes[:1], codes[:2]))  # the others have no case, and are assessed on less
    own = draw(st.lists(cases(busy, start), min_size=draw(some(0, 0, 4, 8)), max_size=12))
    for row in own[: draw(some(0, 0, 1, 2))]:
        # Many cases alike bring rates to 85 %, 95 %, 5 % and 2 % exactly.
        own = own + [row | draw(some({}, {"person_key": None}))] * draw(some(1, 2, 16, 18, 19, 47, 48))
    own += [row for case in own[: draw(some(0, 0, 1, 3))] for row in draw(_month_later(case))]
    registers = {"units": known, "cases": own}
    registers["events"] = draw(st.lists(events(codes, start), max_size=4))
    registers["submissions"] = draw(st.lists(submissions(codes, start), max_size=6))
    faultless = draw(some("", "", "", "", "", "submissions", "submissions", "cases too"))
    if faultless:  # so that units with few cases have full marks
        registers["submissions"] = [row for code in codes for row in _all_there(code, start)]
        registers["events"] = []
    if faultless == "cases too":
        registers["cases"] = [_begun_well(code, start + 12 * DAY) for code in codes[:1]]
        readings |= EQUAL_SHARES
    period = draw(some(*[month] * 20, *[MONTHS[month]] * 3, MONTHS[month][:4]))
    marks = st.tuples(some(*codes), some(period, period, "2025-11"), some("clipped_item", "special_tasks"))
    registers["marks"] = [
        dict(zip(COLUMNS["marks"], (*mark, draw(some("6.5", "0", "7", "1/3"))), strict=True))
        for mark in draw(st.lists(marks, max_size=2, unique=True))
    ]
    registers = numbered(registers, codes if len(codes) > 2 and draw(some(False, False, True)) else [])
    for absent in draw(
        some((), (), (), (), (), ("marks",), ("events",), ("submissions",), ("events", "submissions"), ("cases",))
    ):
        del registers[absent]
    taken = draw(some(None, start + 400 * DAY, start + 400 * DAY))
    as_of = draw(times_around(start + 20 * DAY)) if taken else start + draw(some(40, 200)) * DAY
    supplied = draw(
        some(
            {},
            {},
            {"clipped_item": "6"},
            {"task_quality_points": "-1.5"},
            {"clipped_item": "7", "task_quality_points": "-1"},
        )
    )
    return Assessment(registers, period, as_of, taken, readings, supplied)
