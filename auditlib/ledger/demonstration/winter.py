"""The made-up winter of a heating company: when it was, its branches and their characters.

Everything here is synthetic: no company, branch, person or ticket is real. What can be argued about stands in tables,
these here and those at the top of the modules beside; what follows from them is drawn below.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

__all__ = [
    "AS_OF", "COLLAPSED", "EVENTS", "FIRST", "FIRST_TICKET", "OPENED", "SNAP_FIRST", "SNAP_LAST", "SUBMISSIONS",
    "TICKETS", "TIME", "UNITS", "Flags", "Ints", "MadeUpBranch", "Row", "branches_of_winter", "days_of_winter",
    "seconds_since_1970",
]  # fmt: skip

FIRST, LAST = date(2025, 11, 1), date(2026, 3, 31)
AS_OF = datetime(2026, 4, 5)  # when the export was taken: nothing later is known
SNAP_FIRST, SNAP_LAST = date(2026, 1, 18), date(2026, 1, 24)
TICKETS, EVENTS, SUBMISSIONS, UNITS = "信访工单导出.csv", "渠道事件.csv", "报送事项.xlsx", "分公司.csv"
TIME = "%Y/%m/%d %H:%M:%S"
Ints = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Row = list[Any]

# fmt: off
CHARACTERS = """
code name         group  size accept contact overdue unsolved repeat unrated pleased neglect entry missing failed tardy
D01  东城分公司   主城区  178     26      10      45     1150    390     110    8500     500    25      50     25    10
D02  西城分公司   主城区  150      4       3       3      420     90      12    9400      60     3       5      8     0
D03  南城分公司   主城区  145     22      11      30      950    310      70    8800     350    20      35     25    10
D04  北城分公司   主城区  125     30      14      40     1250    420     150    8300     700   190     420     25    35
D05  高新分公司   主城区  120     25      12      28      900    280   10000    8700       0    20      40     25    10
D06  开发区分公司 主城区  110    160      90      50     1350    430     120    8200     600    35      70     45    20
D07  滨河分公司   主城区  130     28      12      38     1150    390      90    8500     400    25      45     25    10
D07* 滨河分公司   主城区  430   4500    4000    3500     5500   2600    1500    5500    5000  1500     600     25    10
D08  老城分公司   主城区   92     70      45     130     2300    950     160    7000    1200    50      90     50    30
D09  临江分公司   县区     82     30      15      22      800    230      60    8900     250    15      30     25    10
D10  青山分公司   县区     72     60      30      55     1200    420     130    8400     500    40      60     30    10
D11  云岭分公司   县区     13     90      40      90     1300    350     250    8600     800    60      80     25    10
D12  新湖分公司   县区     66    120      60     110     1500    480     180    8200     900    70     110     30    25
"""
"""The branches: D02 excellent, D04 with sloppy records, D05 never asking its users, D06 slow to respond, D08 with old
pipes, D11 very small, D12 newly founded. D07* is D07 in the cold snap, which makes all others half as bad again.

``size`` is tickets on ten ordinary days; ``failed`` percent of months with a channel failure, ``tardy`` percent of
documents handed in late. The others are tickets in 10,000: accepted an hour late, contacted three hours late, answered
or planned after the limit, not solved (questions: a third), come again with the same problem, closed without a rating,
满意 where solved, 不满意 not reviewed in time (half as many not handled again), entered late, with items missing.
"""
OPENED, FIRST_TICKET, COLLAPSED = {"D12": "2025-11-10"}, {"D12": date(2025, 12, 1)}, "D07"
# fmt: on


@dataclass(frozen=True)
class MadeUpBranch:
    """A branch and its character, usual and in the cold snap (see :data:`CHARACTERS`)."""

    code: str
    name: str
    group: str
    usual: dict[str, int]
    snap: dict[str, int]


def branches_of_winter() -> list[MadeUpBranch]:
    """The branches in the order of their codes, each with its usual rates and those of the cold snap."""
    header, *lines = (line.split() for line in CHARACTERS.strip().splitlines())
    found: dict[str, MadeUpBranch] = {}
    for code, name, group, *numbers in lines:
        rates = dict(zip(header[3:], map(int, numbers), strict=True))
        worse = {key: rate if key in ("size", "pleased") else rate * 3 // 2 for key, rate in rates.items()}
        if code.endswith("*"):
            found[code[:-1]].snap.update(rates)
        else:
            found[code] = MadeUpBranch(code, name, group, rates, worse)
    return list(found.values())


def days_of_winter() -> list[date]:
    """Every day of the winter, from first to last."""
    return [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


def seconds_since_1970(moment: date) -> int:
    """A day or moment as seconds since the start of 1970, local time."""
    return (datetime(*moment.timetuple()[:6]) - datetime(1970, 1, 1)) // timedelta(seconds=1)
