"""The tickets of the made-up winter, drawn branch by branch: when they come in and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from auditlib.ledger.demonstration.winter import (
    AS_OF,
    FIRST,
    FIRST_TICKET,
    SNAP_FIRST,
    SNAP_LAST,
    TIME,
    Flags,
    Ints,
    MadeUpBranch,
    Row,
    days_of_winter,
    seconds_since_1970,
)

__all__ = ["tickets"]

MINUTE, HOUR, DAY = 60, 3600, 86_400

# fmt: off
MONTHS = {11: 76, 12: 106, 1: 122, 2: 104, 3: 74}  # demand in percent
WEEKDAYS = (116, 106, 101, 99, 101, 92, 85)
HOURS = (6, 4, 3, 3, 4, 8, 22, 48, 78, 88, 82, 66, 48, 54, 62, 64, 62, 64, 76, 84, 72, 48, 26, 12)
NORMAL = {11: 3, 12: -5, 1: -8, 2: -4, 3: 4}  # °C at noon
CHANNELS = {"热线电话": 62, "微信公众号": 22, "网上营业厅": 9, "来访": 5, "信件": 2}
KINDS = {"咨询": 42, "投诉": 49, "复杂": 9}
CATEGORIES = {
    "咨询": {"收费标准": 40, "开栓报停": 35, "用热常识": 25}, "复杂": {"多户串联故障": 55, "管道改造": 45},
    "投诉": {"温度不达标": 64, "收费争议": 12, "停热报修": 16, "管道漏水": 8},
}
# fmt: on


@dataclass(frozen=True)
class _Draw:
    """Draws for the ``count`` tickets of one branch. Only whole numbers, so that every machine draws the same."""

    rng: np.random.Generator
    count: int

    def hit(self, rate: int | Ints) -> Flags:
        """True for ``rate`` in 10,000."""
        return self.rng.integers(0, 10_000, self.count) < rate

    def span(self, low: int, high: int) -> Ints:
        """Seconds between two limits, more often short than long: the shorter of two draws."""
        return self.rng.integers(low, high, (2, self.count)).min(axis=0)

    def pick(self, weights: dict[str, int]) -> np.ndarray[Any, Any]:
        """One of the words, by weight."""
        bounds = np.cumsum(list(weights.values()))
        return np.array(list(weights))[np.searchsorted(bounds, self.rng.integers(0, bounds[-1], self.count), "right")]


def tickets(rng: np.random.Generator, branches: Sequence[MadeUpBranch]) -> tuple[list[str], list[Row]]:
    """Columns and rows of all tickets in the order of submission, still without numbers."""
    days = days_of_winter()
    cold = np.array([SNAP_FIRST <= day <= SNAP_LAST for day in days])
    demand = _demand(rng, days, cold)
    tables: list[pl.DataFrame] = []
    for number, branch in enumerate(branches):
        size = np.where(cold, branch.snap["size"], branch.usual["size"])
        size[: (FIRST_TICKET.get(branch.code, FIRST) - FIRST).days] = 0
        times = _times_of_submission(rng, days, size * demand)
        tables.append(_handled(rng, branch, times, number * 10_000, sum(table.height for table in tables)))
    table = pl.concat(tables).sort("提交时间", "用户代号", "问题代号")
    return ["工单编号", *table.columns], [[None, *row] for row in table.iter_rows()]


def _demand(rng: np.random.Generator, days: Sequence[date], snap: Flags) -> Ints:
    """How lively each day is, in millionths: by month, by weekday, and four percent a degree below −8 °C."""
    normal = np.array([NORMAL[day.month] for day in days]) + rng.integers(-5, 6, len(days))
    degrees = np.where(snap, rng.integers(-23, -16, len(days)), normal)
    cold = 100 + 4 * np.maximum(0, -8 - degrees)
    return np.array([MONTHS[day.month] * WEEKDAYS[day.weekday()] for day in days]) * cold


def _times_of_submission(rng: np.random.Generator, days: Sequence[date], expected: Ints) -> Ints:
    """When a branch's tickets come in, in seconds since 1970; ``expected`` is how many a day, in ten-millionths."""
    whole, expected = 10**9, expected * rng.integers(70, 131, len(days))
    counts = expected // whole + (rng.integers(0, whole, len(days)) < expected % whole)
    midnight = np.repeat([seconds_since_1970(day) for day in days], counts)
    bounds = np.cumsum(HOURS)
    hour = np.searchsorted(bounds, rng.integers(0, bounds[-1], len(midnight)), "right")
    return np.sort(midnight + hour * HOUR + rng.integers(0, HOUR, len(midnight)))


def _handled(
    rng: np.random.Generator, branch: MadeUpBranch, received: Ints, people: int, problems: int
) -> pl.DataFrame:
    """What became of a branch's tickets, as far as the export knows."""
    draw = _Draw(rng, len(received))
    snap = (received >= seconds_since_1970(SNAP_FIRST)) & (received < seconds_since_1970(SNAP_LAST) + DAY)
    rate = {name: np.where(snap, branch.snap[name], branch.usual[name]) for name in branch.usual}
    kind = draw.pick(KINDS)
    question, complex_ = kind == "咨询", kind == "复杂"
    person = people + 1 + rng.integers(0, 45 * branch.usual["size"], draw.count)
    problem = problems + 1 + np.arange(draw.count)
    unsolved = draw.hit(np.where(question, rate["unsolved"] // 3, rate["unsolved"]))
    complaints = np.flatnonzero(~question)
    for index in np.flatnonzero(~question & draw.hit(rate["repeat"])):
        # Someone whose complaint of 1 to 25 days before was not solved comes again.
        span = np.searchsorted(received[complaints], [received[index] - 25 * DAY, received[index] - DAY])
        if span[0] < span[1]:
            before = complaints[rng.integers(*span)]
            person[index], problem[index], unsolved[before] = person[before], problem[before], True
    entered = received + np.where(draw.hit(rate["entry"]), draw.span(25 * HOUR, 70 * HOUR), draw.span(60, 18 * HOUR))
    accepted = received + np.where(draw.hit(rate["accept"]), draw.span(HOUR, 3 * HOUR), draw.span(40, 28 * MINUTE))
    dispatched = accepted + draw.span(20, 9 * MINUTE)
    prompt = np.where(question, draw.span(9 * MINUTE, HOUR), draw.span(10 * MINUTE, 115 * MINUTE))
    contacted = accepted + np.where(draw.hit(rate["contact"]), draw.span(3 * HOUR, 6 * HOUR), prompt)
    overdue = draw.hit(rate["overdue"])
    answered = np.where(overdue, received + draw.span(5 * HOUR, 12 * HOUR), contacted + draw.span(120, 85 * MINUTE))
    simple = np.where(overdue, received + draw.span(25 * HOUR, 75 * HOUR), contacted + draw.span(HOUR, 18 * HOUR))
    hard = np.where(overdue, received + draw.span(5 * DAY, 9 * DAY), contacted + draw.span(6 * HOUR, 64 * HOUR))
    planned = np.maximum(np.where(complex_, hard, simple), contacted)
    worked = np.where(complex_, draw.span(DAY, 9 * DAY), draw.span(2 * HOUR, 4 * DAY))
    closed = np.where(question, answered + draw.span(60, HOUR), planned + worked)
    replied = np.where(question, np.maximum(answered, contacted), closed - draw.span(300, HOUR))
    closed = np.maximum(closed, replied)
    open_ = closed > seconds_since_1970(AS_OF)
    grade = np.where(draw.hit(rate["pleased"]), "满意", draw.pick({"基本满意": 92, "不满意": 8}))
    grade = np.where(unsolved, draw.pick({"满意": 5, "基本满意": 41, "不满意": 54}), grade)
    rated = ~open_ & ~draw.hit(rate["unrated"])
    dissatisfied = rated & (grade == "不满意")
    neglected = draw.hit(rate["neglect"])
    reviewed = closed + np.where(neglected, draw.span(26 * HOUR, 90 * HOUR), draw.span(HOUR, 23 * HOUR))
    redone = np.where(draw.hit(rate["neglect"] // 2), "否", "是")
    category = np.select([kind == name for name in KINDS], [draw.pick(CATEGORIES[name]) for name in KINDS], "")
    items = np.where(draw.hit(rate["missing"]), rng.integers(1, 3, draw.count), 0)
    # fmt: off
    return pl.DataFrame({
        "所属分公司": [branch.name] * draw.count, "诉求类别": kind, "渠道": draw.pick(CHANNELS), "问题分类": category,
        "用户代号": [f"U{n:06d}" for n in person], "问题代号": [f"W{n:06d}" for n in problem],
        "提交时间": _times(received), "录入时间": _times(entered), "接单时间": _times(accepted),
        "派单时间": _times(dispatched), "联系时间": _times(contacted), "方案时间": _times(planned, ~question),
        "答复时间": _times(replied), "办结时间": _times(closed),
        "是否解决": _known(np.where(unsolved, "否", "是"), ~open_), "满意度": _known(grade, rated),
        "评价渠道": _known(draw.pick({"电话回访": 70, "线上问卷": 30}), rated),
        "复核时间": _times(reviewed, dissatisfied), "是否重新办理": _known(redone, dissatisfied), "缺项数": items,
    })
    # fmt: on


def _times(seconds: Ints, happened: Flags | None = None) -> pl.Series:
    """Times as the system prints them; nothing where it did not happen, or not before the export."""
    text = pl.Series(seconds * 1_000_000).cast(pl.Datetime("us")).dt.strftime(TIME)
    return _known(text, (seconds <= seconds_since_1970(AS_OF)) & (True if happened is None else happened))


def _known(values: Any, known: Flags) -> pl.Series:
    return pl.Series(values).zip_with(pl.Series(known), pl.Series([None] * len(known), dtype=pl.String))
