"""What the branches of the made-up winter met and owed: channel failures, policies, trainings, plans, tasks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import numpy as np

from auditlib.ledger.demonstration.winter import (
    COLLAPSED,
    FIRST,
    FIRST_TICKET,
    OPENED,
    SNAP_FIRST,
    MadeUpBranch,
    Row,
    days_of_winter,
)

__all__ = ["EVENT_COLUMNS", "SUBMISSION_COLUMNS", "channel_events", "submissions"]

EVENT_COLUMNS = ["事件编号", "分公司", "发生时间", "事件类型", "次数", "原因"]
SUBMISSION_COLUMNS = ["分公司", "事项", "标题", "应报时间", "报送时间", "缺项数", "是否合格"]

# fmt: off
# The written policy: when it was handed in, how many elements are missing; the others are complete.
POLICIES = {"D04": ("2025-10-28", 3), "D08": ("2025-10-30", 1), "D12": ("2025-12-18", 1)}
UNTRAINED, LOST_RECORDS = {("D10", "2026Q1")}, {("D04", "2025Q4")}  # no training; its records incomplete
WORKS = (  # kind, title, due
    ("专项方案", "低温抢修应急方案", "2025-11-14"), ("专项任务", "往季积案清零", "2025-11-28"),
    ("专项方案", "寒潮保供方案", "2025-12-12"), ("专项任务", "老旧小区入户测温", "2025-12-26"),
    ("专项任务", "寒潮用户回访", "2026-01-30"), ("专项方案", "春节值守方案", "2026-02-06"),
    ("专项任务", "春节保供排查", "2026-02-12"), ("专项任务", "供暖季满意度补访", "2026-03-20"),
)
TRAININGS = (("2025Q4", "2025-12-31", "2025-11-21"), ("2026Q1", "2026-03-31", "2026-01-16"))
# fmt: on


def channel_events(rng: np.random.Generator, branches: Sequence[MadeUpBranch]) -> list[Row]:
    """Channel failures, and failures after which the standby line was not started in time."""
    rows: list[Row] = []
    for branch in branches:
        often, first = branch.usual["failed"], FIRST_TICKET.get(branch.code, FIRST)
        for month in (day for day in days_of_winter() if day.day == 1 and day >= first):
            chance, dark = rng.integers(0, 100, 2)
            bad = branch.code == COLLAPSED and month.month == SNAP_FIRST.month
            for number in range(4 if bad else int(chance < often) + int(chance < often // 3)):
                day = SNAP_FIRST + timedelta(days=number) if bad else month + timedelta(days=int(rng.integers(0, 28)))
                at = datetime.combine(day, time()) + timedelta(minutes=int(rng.integers(420, 1320)))
                reason = ("线路中断", "系统宕机", "停电")[rng.integers(0, 3)]
                rows.append([None, branch.name, str(at), "受理渠道中断", 1, reason])
                if bad or dark < often // 3:
                    later = str(at + timedelta(minutes=30))
                    rows.append([None, branch.name, later, "备用线路未启动", None, "值班电话未转接"])
    return sorted(rows, key=lambda row: (row[2], row[1]))


def submissions(rng: np.random.Generator, branches: Sequence[MadeUpBranch]) -> list[Row]:
    """What each branch owes: the written policy, a training a quarter, plans and tasks."""
    rows: list[Row] = []
    for branch in branches:
        owed = [("制度", "信访工作制度", "2025-11-30", *POLICIES.get(branch.code, ("2025-10-20", 0)))]
        for quarter, due, day in TRAININGS:
            if (branch.code, quarter) not in UNTRAINED:
                owed.append(("培训", "信访业务培训", due, day, int((branch.code, quarter) in LOST_RECORDS)))
        for kind, title, due in (work for work in WORKS if work[2] >= OPENED.get(branch.code, "")):
            tardy = rng.integers(0, 100) < branch.usual["tardy"]
            never = kind == "专项方案" and tardy and rng.integers(0, 100) < 40
            days = int(rng.integers(1, 5) if tardy else -rng.integers(0, 5))
            owed.append((kind, title, due, "" if never else str(date.fromisoformat(due) + timedelta(days=days)), 0))
        for kind, title, due, day, missing in owed:
            at = datetime.fromisoformat(day) + timedelta(minutes=int(rng.integers(510, 1020))) if day else None
            limit = datetime.fromisoformat(due) + timedelta(hours=18)
            rows.append([branch.name, kind, title, limit, at, missing, "是"])
    return rows
