"""Random ledgers for the insurers in Jiangsu: equal indices, places past the table, rungs, bars, the forced last."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from random_ledgers import Assessment, case_ids, readings_of, some

__all__ = ["COLUMNS", "SCHEME", "assessments"]

SCHEME = "s12-jiangsu-insurance"
COLUMNS = {
    "units": ("unit", "group"),
    "unit_facts": ("unit", "period", "fact", "value"),
    "cases": ("case_id", "unit", "channel", "received_at", "due_at", "closed_at", "fast_track", "withdrawn", "excused"),
    "events": ("event_id", "unit", "at", "kind", "count", "severity", "level", "verified", "points"),
    "submissions": ("unit", "kind", "due_at", "submitted_at", "valid", "missing_items"),
    "exclusions": ("case_id", "reason", "approver"),
}
TAKEN = datetime(2026, 1, 10)
LOOKS = (
    TAKEN, TAKEN, datetime(2026, 1, 1), datetime(2025, 12, 31, 23, 59, 59), datetime(2025, 7, 1),
    datetime(2025, 6, 30, 9),
)  # fmt: skip
TIMES = (
    datetime(2024, 12, 31, 23, 59, 59), datetime(2025, 1, 1), *[datetime(2025, 3, 3, 9)] * 4, datetime(2025, 6, 30, 9),
    datetime(2025, 6, 30, 23, 59, 59), datetime(2025, 7, 1), datetime(2025, 11, 3, 9),
    datetime(2025, 12, 31, 23, 59, 59), datetime(2026, 1, 1),
)  # fmt: skip
DUE = (
    date(2025, 6, 30), date(2025, 6, 30), datetime(2025, 6, 30, 9), datetime(2025, 7, 1), date(2025, 12, 31),
    date(2026, 1, 31), None,
)  # fmt: skip
LIMITS = (None, timedelta(0), timedelta(days=7), timedelta(days=300))
"""From receipt to the end of the time for handling."""
AROUND = (None, timedelta(seconds=-1), timedelta(0), timedelta(seconds=1), timedelta(days=2))
CHANNELS = ("书面", "书面", "电话", "电话", "上门", "上门", "来访", "网络", None)
FILINGS = ("领导小组", "归口管理部门", "处理流程", "应急预案", "目标责任制", "接待日制度")
OWED = ("领导小组变更", "目标责任制考核", "半年报告", "半年报告")
SEVERITIES = {
    "联系人变更迟报": ("影响办理", None),
    "重大事项迟报漏报瞒报": ("严重后果", None),
    "非正常上访": ("敏感期", "群体性事件", None),
    "重复信访": ("协议或承诺未履行", "初诉未妥善处理", "两者兼有", None),
    "接待日未公告": ("当日未执行", None),
    "接待日未事前报告": ("当日未执行", None),
    "接待日未事后报告": ("当日未执行", None),
    "负面报道": ("不良影响", "其他严重后果", None),
}
REWARDS = ("表彰", "表彰", "正面报道", "正面报道")
BARRING = ("不执行督办意见", "谎报瞒报")
KINDS = (*BARRING, "未指定联系人", "未按规定处理", "反馈形式不符", "接待日未执行", *SEVERITIES, *REWARDS)


@st.composite
def assessments(draw: st.DrawFn) -> Assessment:
    """One to eight insurers of both lines, or a crowd of one line that goes past the end of its table."""
    crowd = draw(some(None, None, None, "寿险", "产险"))
    period = draw(some("2025", "2025", "2025H1"))
    size = draw(st.integers(15, 19)) if crowd else draw(some(1, 2, 3, 4, 5, 6, 7, 7, 8, 8, 8))
    lines = some(*["寿险"] * 6, *["产险"] * 6, None, "寿", "产险公司")  # two of them mistyped
    companies = [
        {"unit": f"{number:02d}", "group": draw(some(*[crowd] * 30, None, "人寿") if crowd else lines)}
        for number in range(size)
    ]
    codes = [company["unit"] for company in companies]
    some_events = st.lists(_event(codes, KINDS), max_size=6)
    many_of_one = st.lists(_event([draw(some(*codes))], KINDS), min_size=draw(some(0, 0, 20)), max_size=25)
    barring = st.lists(_event(codes, BARRING), min_size=draw(some(0, 3)), max_size=3)
    forcing = [draw(_sensitive(code)) for code in draw(some([], [], codes[:2], codes[1:5], codes[::2]))]
    events = [*draw(some_events), *draw(many_of_one), *draw(barring), *forcing]
    registers: dict[str, list[dict[str, Any]]] = {
        "units": companies,
        "unit_facts": [fact for code in codes for fact in draw(_facts(code, period, crowd is not None))],
        "cases": case_ids(draw(_crowded(codes)) if crowd else draw(st.lists(_case(codes), max_size=25))),
        "submissions": [row for code in codes for row in draw(_submissions(code))],
        "events": [row | {"event_id": f"E{number:02d}"} for number, row in enumerate(events)],
    }
    if not crowd and draw(some(False, False, True)):
        _alike(registers, codes[: draw(st.integers(2, 4))])
    if registers["cases"] and not draw(st.integers(0, 7)):
        left_out = draw(st.lists(some(*(row["case_id"] for row in registers["cases"])), max_size=3, unique=True))
        registers["exclusions"] = [{"case_id": case, "reason": "重复登记", "approver": "办公室"} for case in left_out]
    for register in ("cases", "events", "submissions"):
        if draw(st.integers(0, 20)) == 13:
            registers.pop(register)
            if register == "cases":
                registers.pop("exclusions", None)
    third_bonus = draw(some({}, {"third_bonus": "5"}, {"third_bonus": "7.25"}))
    return Assessment(registers, period, draw(some(*LOOKS)), TAKEN, draw(readings_of(SCHEME)), third_bonus)


def _alike(registers: dict[str, list[dict[str, Any]]], codes: list[str]) -> None:
    """Gives some companies the line, the facts and the cases of the first of them: equal in index and in number."""
    first, others = codes[0], codes[1:]
    line = next(row["group"] for row in registers["units"] if row["unit"] == first)
    registers["units"] = [row | {"group": line} if row["unit"] in others else row for row in registers["units"]]
    for register in ("unit_facts", "cases"):
        rows = [row for row in registers[register] if row["unit"] not in others]
        own = [row for row in rows if row["unit"] == first]
        registers[register] = [*rows, *(row | {"unit": other} for other in others for row in own)]
    registers["cases"] = case_ids([{k: v for k, v in row.items() if k != "case_id"} for row in registers["cases"]])


@st.composite
def _facts(draw: st.DrawFn, code: str, period: str, crowded: bool) -> list[dict[str, Any]]:
    """Branches and premium, few values so that indices meet, sometimes zero or unknown; and those of another period."""
    if not crowded and draw(some(*[False] * 9, True)):
        return []  # nobody has asked this company yet
    near = [str(10_000_000 - step * 250_000) for step in range(12)]
    usual = ["10000000", "10000000", "20000000", "20000000", "12345678.9", "20000000", "10000000"]
    branches = draw(some(1) if crowded else some(1, 1, 2, 2, 3, 1, 2, 1, 2, 0, None))
    premium = draw(some(*near) if crowded else some(*usual, "0", None))
    rows = [
        {"unit": code, "period": period, "fact": "branches", "value": branches},
        {"unit": code, "period": period, "fact": "premium_yuan", "value": premium},
        {"unit": code, "period": "2024", "fact": "branches", "value": 7},
    ]
    return [row for row in rows if row["value"] is not None]


@st.composite
def _case(draw: st.DrawFn, codes: list[str]) -> dict[str, Any]:
    received = draw(some(*TIMES))
    limit, around = draw(some(*LIMITS)), draw(some(*AROUND))
    due = None if limit is None else received + limit
    closed = None if around is None else min(TAKEN, max(received, (due or received) + around))
    yes = some(True, True, False, None)
    return {
        "unit": draw(some(*codes)), "channel": draw(some(*CHANNELS)),
        "received_at": received, "due_at": due, "closed_at": closed,
        "fast_track": draw(yes), "withdrawn": draw(yes), "excused": draw(some(None, False, False, True)),
    }  # fmt: skip


@st.composite
def _crowded(draw: st.DrawFn, codes: list[str]) -> list[dict[str, Any]]:
    """One case, or two halves, for each company but the first three, so that all the others lie above the average."""
    channel, received = draw(some("书面", "电话", "上门")), datetime(2025, 3, 3, 9)
    usual = {"channel": channel, "received_at": received, "due_at": None, "closed_at": None, "excused": None}
    rows = []
    for code in codes[3:]:
        half = draw(some(False, False, True))
        rows += [usual | {"unit": code, "fast_track": half, "withdrawn": half}] * (2 if half else 1)
    return rows


@st.composite
def _submissions(draw: st.DrawFn, code: str) -> list[dict[str, Any]]:
    rows = [
        {
            "unit": code, "kind": kind, "due_at": draw(some(*DUE)), "submitted_at": draw(some(*TIMES, None)),
            "valid": draw(some(True, None, False)), "missing_items": draw(some(0, None, 0, 1)),
        }
        for kind in [*draw(some((), FILINGS)), *draw(st.lists(some(*FILINGS), max_size=4))]
    ]  # fmt: skip
    for kind in draw(st.lists(some(*OWED), max_size=4)):
        due, around = draw(some(*DUE)), draw(some(*AROUND, None))
        by = due if isinstance(due, datetime) or due is None else datetime.combine(due, datetime.max.time())
        came = None if around is None or by is None else min(TAKEN, (by + around).replace(microsecond=0))
        rows.append(
            {"unit": code, "kind": kind, "due_at": due, "submitted_at": came, "valid": None, "missing_items": None}
        )
    return rows


@st.composite
def _event(draw: st.DrawFn, codes: list[str], kinds: tuple[str, ...]) -> dict[str, Any]:
    kind = draw(some(*kinds))
    positive = kind == "正面报道"
    return {
        "unit": draw(some(*codes)), "at": draw(some(*TIMES)), "kind": kind,
        "count": draw(some(None, None, 1) if positive else some(None, None, 1, 2, 3, 0)),
        "severity": draw(some(*SEVERITIES.get(kind, (None,)))),
        "level": draw(some("省级", "省级", "国家级", None)) if kind == "表彰" else None,
        "verified": draw(some(True, True, False, None)),
        "points": draw(some(Fraction(2), Fraction(10), Fraction(5, 2), Fraction(7, 3), None)) if positive else None,
    }  # fmt: skip


@st.composite
def _sensitive(draw: st.DrawFn, code: str) -> dict[str, Any]:
    """A petition that puts a company last."""
    usual = {"unit": code, "at": datetime(2025, 3, 3, 9), "kind": "非正常上访", "count": None, "level": None}
    return usual | {"severity": draw(some("敏感期", "群体性事件")), "verified": None, "points": None}
