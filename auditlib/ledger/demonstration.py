"""A made-up winter of a heating company, written as its information system would export it.

Everything here is synthetic: no company, branch, person or ticket is real. The same seed gives the same
bytes everywhere, because every draw is a whole number and the workbook is packed without compression.
What can be argued about (the branches' characters, the weather, the planted faults) stands in the tables
at the top; what follows from them is below.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import xlsxwriter

from auditlib.core.files import write_atomically

__all__ = ["write_heating_winter"]

FIRST, LAST = date(2025, 11, 1), date(2026, 3, 31)
AS_OF = datetime(2026, 4, 5)  # when the export was taken: nothing later is known
SNAP_FIRST, SNAP_LAST = date(2026, 1, 18), date(2026, 1, 24)
TICKETS, EVENTS, SUBMISSIONS, UNITS = "信访工单导出.csv", "渠道事件.csv", "报送事项.xlsx", "分公司.csv"
EVENT_COLUMNS = ["事件编号", "分公司", "发生时间", "事件类型", "次数", "原因"]
SUBMISSION_COLUMNS = ["分公司", "事项", "标题", "应报时间", "报送时间", "缺项数", "是否合格"]
UNIT_COLUMNS = ["编码", "名称", "分组", "启用日期", "英文名称", "英文分组"]
TIME = "%Y/%m/%d %H:%M:%S"
MINUTE, HOUR, DAY = 60, 3600, 86_400
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
ENGLISH = {
    "东城分公司": "Dongcheng", "西城分公司": "Xicheng", "南城分公司": "Nancheng", "北城分公司": "Beicheng",
    "高新分公司": "Gaoxin", "开发区分公司": "Kaifaqu", "滨河分公司": "Binhe", "老城分公司": "Laocheng",
    "临江分公司": "Linjiang", "青山分公司": "Qingshan", "云岭分公司": "Yunling", "新湖分公司": "Xinhu",
    "主城区": "City districts", "县区": "Counties",
}
# The written policy: when it was handed in, how many elements are missing; the others are complete.
POLICIES = {"D04": ("2025-10-28", 3), "D08": ("2025-10-30", 1), "D12": ("2025-12-18", 1)}
UNTRAINED, LOST_RECORDS = {("D10", "2026Q1")}, {("D04", "2025Q4")}  # no training; its records incomplete
OPENED, FIRST_TICKET, COLLAPSED = {"D12": "2025-11-10"}, {"D12": date(2025, 12, 1)}, "D07"

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
WORKS = (  # kind, title, due
    ("专项方案", "低温抢修应急方案", "2025-11-14"), ("专项任务", "往季积案清零", "2025-11-28"),
    ("专项方案", "寒潮保供方案", "2025-12-12"), ("专项任务", "老旧小区入户测温", "2025-12-26"),
    ("专项任务", "寒潮用户回访", "2026-01-30"), ("专项方案", "春节值守方案", "2026-02-06"),
    ("专项任务", "春节保供排查", "2026-02-12"), ("专项任务", "供暖季满意度补访", "2026-03-20"),
)
TRAININGS = (("2025Q4", "2025-12-31", "2025-11-21"), ("2026Q1", "2026-03-31", "2026-01-16"))

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

README = """\
合成数据 / SYNTHETIC DATA

由 auditlib 以种子 {seed} 生成,全部为虚构的合成数据:没有任何真实的企业、分公司、用户或工单。
模拟一家供热企业 2025-11-01 至 2026-03-31 的信访工单导出,导出时点为 2026-04-05 00:00:00(北京时间)。
用户代号(U)和问题代号(W)均为虚构,不含姓名、电话、地址。信访工单导出.csv 的编码为 GB18030,其余为 UTF-8。
faults.csv 列出有意埋入的数据错误:文件、行(表头为第 1 行)、列、错误种类、内容。

Made by auditlib from seed {seed}. All of it is synthetic: no real company, branch, person or ticket. It imitates the
ticket export of a heating company for 2025-11-01 to 2026-03-31, taken at 2026-04-05 00:00:00 (Beijing time). The keys
of users (U) and problems (W) are invented; there are no names, telephone numbers or addresses. The tickets are encoded
in GB18030, all else in UTF-8. faults.csv lists the planted data faults: file, row (the header is row 1), column, kind
of fault, what was found.
"""


@dataclass(frozen=True)
class _Branch:
    """A branch and its character, usual and in the cold snap (see :data:`CHARACTERS`)."""

    code: str
    name: str
    group: str
    usual: dict[str, int]
    snap: dict[str, int]


def _branches() -> list[_Branch]:
    header, *lines = (line.split() for line in CHARACTERS.strip().splitlines())
    found: dict[str, _Branch] = {}
    for code, name, group, *numbers in lines:
        rates = dict(zip(header[3:], map(int, numbers), strict=True))
        worse = {key: rate if key in ("size", "pleased") else rate * 3 // 2 for key, rate in rates.items()}
        if code.endswith("*"):
            found[code[:-1]].snap.update(rates)
        else:
            found[code] = _Branch(code, name, group, rates, worse)
    return list(found.values())


def write_heating_winter(folder: Path, seed: int = 2025) -> None:
    """The export of the made-up winter: four tables, the list of planted faults and a README, into ``folder``.

    ``params/mappings/heating-winter.yaml`` turns the tables into a ledger.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    branches = _branches()
    units = [
        [branch.code, branch.name, branch.group, OPENED.get(branch.code, "2025-10-01"),
         f"{ENGLISH[branch.name]} branch", ENGLISH[branch.group]]
        for branch in branches
    ]  # fmt: skip
    header, tickets = _tickets(rng, branches)
    tables: tuple[tuple[str, list[str], list[Row], str | None], ...] = (
        (TICKETS, header, tickets, "GD-{:06d}"),
        (EVENTS, EVENT_COLUMNS, _events(rng, branches), "SJ-{:04d}"),
        (SUBMISSIONS, SUBMISSION_COLUMNS, _submissions(rng, branches), None),
        (UNITS, UNIT_COLUMNS, units, None),
    )
    folder.mkdir(parents=True, exist_ok=True)
    faults: list[Row] = []
    for name, columns, clean, number in tables:
        rows = _plant(rng, name, columns, clean, number, faults)
        if name == SUBMISSIONS:
            _write_xlsx(folder / name, columns, rows)
        else:
            _write_csv(folder / name, columns, rows, "gb18030" if name == TICKETS else "utf-8")
    _write_csv(folder / "faults.csv", ["file", "row", "column", "kind", "found"], faults, "utf-8")
    write_atomically(folder / "README.txt", README.format(seed=seed).encode("utf-8"))


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


def _tickets(rng: np.random.Generator, branches: Sequence[_Branch]) -> tuple[list[str], list[Row]]:
    """Columns and rows of all tickets in the order of submission, still without numbers."""
    days = _days()
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
    midnight = np.repeat([_seconds(day) for day in days], counts)
    bounds = np.cumsum(HOURS)
    hour = np.searchsorted(bounds, rng.integers(0, bounds[-1], len(midnight)), "right")
    return np.sort(midnight + hour * HOUR + rng.integers(0, HOUR, len(midnight)))


def _handled(rng: np.random.Generator, branch: _Branch, received: Ints, people: int, problems: int) -> pl.DataFrame:
    """What became of a branch's tickets, as far as the export knows."""
    draw = _Draw(rng, len(received))
    snap = (received >= _seconds(SNAP_FIRST)) & (received < _seconds(SNAP_LAST) + DAY)
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
    open_ = closed > _seconds(AS_OF)
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


def _days() -> list[date]:
    return [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


def _seconds(moment: date) -> int:
    return (datetime(*moment.timetuple()[:6]) - datetime(1970, 1, 1)) // timedelta(seconds=1)


def _times(seconds: Ints, happened: Flags | None = None) -> pl.Series:
    """Times as the system prints them; nothing where it did not happen, or not before the export."""
    text = pl.Series(seconds * 1_000_000).cast(pl.Datetime("us")).dt.strftime(TIME)
    return _known(text, (seconds <= _seconds(AS_OF)) & (True if happened is None else happened))


def _known(values: Any, known: Flags) -> pl.Series:
    return pl.Series(values).zip_with(pl.Series(known), pl.Series([None] * len(known), dtype=pl.String))


def _events(rng: np.random.Generator, branches: Sequence[_Branch]) -> list[Row]:
    """Channel failures, and failures after which the standby line was not started in time."""
    rows: list[Row] = []
    for branch in branches:
        often, first = branch.usual["failed"], FIRST_TICKET.get(branch.code, FIRST)
        for month in (day for day in _days() if day.day == 1 and day >= first):
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


def _submissions(rng: np.random.Generator, branches: Sequence[_Branch]) -> list[Row]:
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


def _plant(
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


def _write_csv(file: Path, header: list[str], rows: list[Row], encoding: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([header, *rows])
    write_atomically(file, text.getvalue().encode(encoding))


def _write_xlsx(file: Path, header: list[str], rows: list[Row]) -> None:
    """A workbook that is the same in every byte: a fixed date of creation, members stored as they are."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": "合成数据 synthetic data", "created": AS_OF})
        page = workbook.add_worksheet(file.stem)
        style = workbook.add_format({"num_format": "yyyy/mm/dd hh:mm:ss"})
        for line, row in enumerate([header, *rows]):
            for column, value in enumerate(row):
                page.write(line, column, value, style if isinstance(value, datetime) else None)
    stored = io.BytesIO()
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.create_system = 3
            target.writestr(member, source.read(name))
    write_atomically(file, stored.getvalue())
