"""The faults planted in the export of the made-up winter: which cells, and a faulty copy behind some rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from auditlib.ledger.demonstration.winter import (
    EVENTS,
    SUBMISSIONS,
    TICKETS,
    TIME,
    UNITS,
    Row,
)

__all__ = ["plant_faults"]

# fmt: off
SAME = object()  # the number of the row above
FAULTS: tuple[tuple[str, str, str, tuple[Any, ...]], ...] = (  # file, column, kind, contents of one row each
    (TICKETS, "工单编号", "duplicate ticket number", (SAME, SAME, SAME, SAME)),
    (TICKETS, "工单编号", "missing ticket number", ("",)),
    (TICKETS, "所属分公司", "unknown branch", ("北郊分公司", "东城公司", "总部", "")),
    (TICKETS, "诉求类别", "unknown kind of ticket", ("表扬", "其他")),
    (TICKETS, "提交时间", "missing time", ("", "", "")),
    (TICKETS, "提交时间", "unparsable time", ("2026/02/30 10:15:00", "昨天", "2025/12/08 25:10:00")),
    (TICKETS, "联系时间", "unparsable time", ("2026/02/31 09:00:00", "下午", "未联系上")),
    (TICKETS, "办结时间", "closed before received", tuple(timedelta(days=n) for n in (-1, -2, -30))),
    (TICKETS, "办结时间", "later than the export", ("2026/05/04 16:20:00", "2062/01/19 11:05:00")),
    (TICKETS, "复核时间", "later than the export", ("2026/04/06 09:30:00",)),
    (TICKETS, "是否解决", "not a yes or no", ("也许", "部分解决", "不清楚")),
    (TICKETS, "缺项数", "not a whole number", ("两处", "1.5", "若干")),
    (TICKETS, "满意度", "unknown grade", ("非常满意", "5星")),
    (TICKETS, "", "one field too many", ("见附件",)),
    (EVENTS, "事件编号", "duplicate event number", (SAME,)),
    (EVENTS, "分公司", "unknown branch", ("北郊分公司",)),
    (EVENTS, "发生时间", "unparsable time", ("2025-13-02 08:00:00",)),
    (EVENTS, "次数", "not a whole number", ("多次",)),
    (SUBMISSIONS, "分公司", "unknown branch", ("客服中心",)),
    (SUBMISSIONS, "报送时间", "unparsable time", ("上周五",)),
    (SUBMISSIONS, "报送时间", "later than the export", (datetime(2026, 4, 30, 17),)),
    (SUBMISSIONS, "缺项数", "not a whole number", ("缺签到表",)),
    (UNITS, "编码", "duplicate branch code", (SAME,)),
)
# fmt: on


def plant_faults(
    rng: np.random.Generator, file: str, header: list[str], clean: list[Row], number: str | None, faults: list[Row]
) -> list[Row]:
    """The rows, numbered, with a faulty copy behind some; adds to ``faults`` file, row, column, kind and content."""
    plan = [(column, kind, value) for name, column, kind, values in FAULTS if name == file for value in values]
    behind = dict(zip(rng.permutation(len(clean)).tolist(), plan, strict=False))
    rows: list[Row] = []
    for index, row in enumerate(clean):
        row[0] = number.format(len(rows) + 1) if number else row[0]
        rows.append(row)
        if index not in behind:
            continue
        column, kind, value = behind[index]
        rows.append(row.copy())
        place = header.index(column) if column else len(header)
        if isinstance(value, timedelta):
            value = f"{datetime.strptime(row[header.index('提交时间')], TIME) + value:{TIME}}"
        if value is not SAME:
            rows[-1][0] = number.format(len(rows)) if number else row[0]
            rows[-1][place : place + 1] = [value]
        faults.append([file, len(rows) + 1, column, kind, rows[-1][place]])
    return rows
