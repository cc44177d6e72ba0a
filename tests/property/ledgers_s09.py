"""Random ledgers for “12315”申诉举报中心绩效考核办法 (s09-chengde-12315 and -annual)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from random_ledgers import DAY, Assessment, later, numbered, readings_of, some, times_around, units

__all__ = ["COLUMNS", "assessments"]

COLUMNS = {
    "units": ("unit", "name", "group", "valid_from", "valid_to"),
    "unit_facts": ("unit", "period", "fact", "value"),
    "cases": (
        "case_id", "unit", "kind", "received_at", "replied_at", "due_at", "closed_at", "filed", "mediated",
        "mediation_ok", "missing_items",
    ),
    "events": ("event_id", "unit", "at", "kind", "count", "verified"),
    "submissions": ("unit", "kind", "due_at", "submitted_at", "title", "chars", "valid", "duplicate_of"),
    "marks": ("unit", "period", "indicator", "points"),
}  # fmt: skip
MONTHS = ("2025-12", "2025-10", "2026-02")
YES = (True, True, False, None)
LIMITS = (*(1440, 4320, 14400, None), *(("midnight", days) for days in (0, 3, 10)))
FEEDBACK = (-1, 0, 0, 1, -1000, 1440, None, None)  # minutes around the limit
MARKED = ("publicity", "report_errors", "data_upload")  # two that a blank rule leaves to a person, and one it does not
CLOSED = (0, 60, 5000, 30000, None, None)


def cases(codes: list[str], start: datetime) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        _case,
        some(*codes),
        some("咨询", "建议", "申诉", "申诉", "举报", "举报", "投诉", None),
        times_around(start),
        some(*LIMITS), some("time", "time", "date"), some(*FEEDBACK), some(*CLOSED),
        st.tuples(some(*YES), some(*YES), some(*YES), some(None, 0, 1, 2)),
    )  # fmt: skip


def _case(unit, kind, received, limit, as_what, feedback, closed, rest) -> dict[str, Any]:  # type: ignore[no-untyped-def]
    due = later(received, limit)
    around = due or received
    replied_at = None if feedback is None else max(received, around + timedelta(minutes=feedback))
    return {
        "unit": unit, "kind": kind, "received_at": received, "replied_at": replied_at,
        "due_at": due.date() if due and as_what == "date" else due,
        "closed_at": later(replied_at or received, closed),
        "filed": rest[0], "mediated": rest[1], "mediation_ok": rest[2], "missing_items": rest[3],
    }  # fmt: skip


def events(codes: list[str], start: datetime) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "unit": some(*codes),
            "at": times_around(start),
            "kind": some("工作人员投诉", "工作人员投诉", "渠道故障"),
            "count": some(None, None, 0, 1, 25),
            "verified": some(*YES),
        }
    )


def submissions(codes: list[str], start: datetime) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        _submission,
        some(*codes),
        some("数据上报", "数据上报", "数据上报", "宣传", "月报"),
        times_around(start),
        some("time", "date", "none"),
        some(None, -30000, -1, 0, 0, 1, 1439),
        st.tuples(
            some("月报", "月报", "快讯", None),
            some(None, 299, 300, 300, 800),
            some(*YES),
            some(None, None, None, None, "月报"),
        ),
    )


def _submission(unit, kind, due, as_what, submitted, rest) -> dict[str, Any]:  # type: ignore[no-untyped-def]
    return {
        "unit": unit, "kind": kind, "due_at": {"time": due, "date": due.date(), "none": None}[as_what],
        "submitted_at": None if submitted is None else due + timedelta(minutes=submitted),
        "title": rest[0], "chars": rest[1], "valid": rest[2], "duplicate_of": rest[3],
    }  # fmt: skip


@st.composite
def assessments(draw: st.DrawFn, yearly: bool) -> Assessment:
    month = draw(some(*MONTHS))
    start = datetime.fromisoformat(f"{month}-01")
    period = month[:4] if yearly else month
    known = draw(units())
    codes = [unit["unit"] for unit in known]
    busy = draw(some(codes, codes, codes[:1], codes[:2]))  # the others have no case, and are assessed on less
    fewest = draw(some(0, 0, 5, 15))
    registers = {
        "units": known,
        "cases": draw(st.lists(cases(busy, start), min_size=fewest, max_size=25)),
        "submissions": draw(st.lists(submissions(codes, start), max_size=8)),
        "unit_facts": [
            dict(zip(COLUMNS["unit_facts"], (*fact, draw(some("15", "30.5", "7/3", "0"))), strict=True))
            for fact in draw(
                st.lists(
                    st.tuples(some(*codes), some(period, period, "2025-11"), some("assessment_days", "branches")),
                    max_size=3, unique=True,
                )
            )
        ],
        "marks": [
            dict(zip(COLUMNS["marks"], (*mark, draw(some("6.5", "-3", "1/3"))), strict=True))
            for mark in draw(
                st.lists(
                    st.tuples(some(*codes), some(period, period, "2025-11"), some(*MARKED)),
                    max_size=3, unique=True,
                )
            )
        ],
    }  # fmt: skip
    registers["events"] = draw(st.lists(events(codes, start), max_size=4))
    registers = numbered(registers, codes if len(codes) > 2 and draw(some(False, False, True)) else [])
    for absent in draw(
        some((), (), (), (), (), ("marks",), ("unit_facts",), ("events",), ("submissions",), ("cases",))
    ):
        del registers[absent]
    taken = draw(some(None, start + 400 * DAY, start + 400 * DAY))
    as_of = draw(times_around(start + 20 * DAY)) if taken else start + draw(some(35, 200)) * DAY
    gaps = {"publicity_points": "1", "appeal_error_points": "-0.5", "report_error_points": "-10"}
    supplied = {name: value for name, value in gaps.items() if draw(st.booleans())}
    return Assessment(registers, period, as_of, taken, draw(readings_of("s09-chengde-12315")), supplied)
