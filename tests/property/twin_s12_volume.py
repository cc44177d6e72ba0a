"""二(二) 信访总量 of the assessment of the insurers in Jiangsu, by plain loops: indices, averages, places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from twin_ranking import Row, inside

__all__ = ["volume_lines"]

CHANNELS = {"letters": "书面", "calls": "电话", "visits": "上门"}
YUAN = {"ten_millions": 10**7, "yuan": 1, "ten_thousands": 10**4, "hundred_millions": 10**8}


@dataclass
class _Volume:
    """What one company has in one channel."""

    cases: Fraction  # 「每件可折算为0.5件」
    cases_beside_premium: Fraction
    absolute: Fraction
    branches: Fraction
    premium: Fraction


def volume_lines(
    known: Mapping[str, Sequence[Row]], period: str, start: datetime, end: datetime, readings: Mapping[str, str]
) -> dict[str, tuple[dict[str, Fraction | None], str]]:
    """The deductions of every company by channel, and in one word whether they can be known."""
    lines: dict[str, tuple[dict[str, Fraction | None], str]] = {}
    line_of = {row["unit"]: row["group"] for row in known["units"]}
    volumes = {}
    for company, line in line_of.items():
        none: dict[str, Fraction | None] = dict.fromkeys(CHANNELS)
        branches, premium = (_fact(known, company, period, fact) for fact in ("branches", "premium_yuan"))
        if "cases" not in known or branches is None or premium is None:
            lines[company] = none, "needs_input"
        elif line not in ("寿险", "产险"):
            lines[company] = none, "needs_input"  # whoever keeps the list of companies has to say which line it is
        elif _index(Fraction(0), Fraction(0), branches, premium, readings) is None:
            lines[company] = none, "not_assessable"  # 「不予评价，也不参加排名」
        else:
            volumes[company] = branches, premium
            lines[company] = none, "scored"
    # 「分别给产险、寿险机构信访量排名」
    for line in ("寿险", "产险"):
        for rule, channel in CHANNELS.items():
            industry = {
                company: _volume(known["cases"], company, line, channel, start, end, *volumes[company], readings)
                for company in volumes
                if line_of[company] == line
            }
            for company, points in _deductions(industry, line, readings).items():
                own, status = lines[company]
                own[rule] = None if points is None else -points
                lines[company] = own, "needs_input" if points is None else status
    return lines


def _fact(known: Mapping[str, Sequence[Row]], company: str, period: str, name: str) -> Fraction | None:
    for row in known.get("unit_facts", []):
        if (row["unit"], row["period"], row["fact"]) == (company, period, name):
            return row["value"]
    return None


def _volume(
    cases: Sequence[Row],
    company: str,
    line: str,
    channel: str,
    start: datetime,
    end: datetime,
    branches: Fraction,
    premium: Fraction,
    readings: Mapping[str, str],
) -> _Volume:
    volume = _Volume(Fraction(0), Fraction(0), Fraction(0), branches, premium)
    for case in cases:
        if case["unit"] != company or not inside(case["received_at"], start, end):
            continue
        half = case["fast_track"] is True and case["withdrawn"] is True
        weight = Fraction(1, 2) if half else Fraction(1)
        own = _channel(case["channel"], line) == channel
        if own:
            volume.cases += weight
            volume.absolute += weight if readings["tie_volume"] == "converted" else 1
        # Property insurers have no third channel, so that none of their cases is set against it.
        exists = line == "寿险" or channel != "上门"
        if own or (readings["premium_numerator"] == "all" and exists):
            volume.cases_beside_premium += weight
    return volume


def _channel(channel: str | None, line: str) -> str | None:
    """「产险公司的上门信访纳入书面信访及来访项目进行考核。产险公司、寿险公司的网络信访均纳入书面信访渠道进行考核」."""
    if channel == "网络":
        return "书面"
    if channel in ("上门", "来访"):
        return "书面" if line == "产险" else "上门"
    return channel


def _index(
    cases: Fraction, beside_premium: Fraction, branches: Fraction, premium: Fraction, readings: Mapping[str, str]
) -> Fraction | None:
    """「信访量排名得分=(信访总量÷……数量)×0.4+(信访总量÷……原保费收入)×0.6」; None where it cannot be computed."""
    premium /= YUAN[readings["premium_unit"]]
    if branches != 0 and premium != 0:
        return cases / branches * Fraction(4, 10) + beside_premium / premium * Fraction(6, 10)
    if readings["zero_base"] == "not_assessable":
        return None
    if branches != 0:
        return cases / branches
    return beside_premium / premium if premium != 0 else None


def _of(volume: _Volume, readings: Mapping[str, str]) -> Fraction:
    index = _index(volume.cases, volume.cases_beside_premium, volume.branches, volume.premium, readings)
    assert index is not None
    return index


def _average(industry: Mapping[str, _Volume], readings: Mapping[str, str]) -> Fraction:
    """「行业平均得分」: the mean of the companies' indices, or the index of their sums."""
    volumes = list(industry.values())
    if readings["industry_average"] == "mean":
        return sum((_of(volume, readings) for volume in volumes), Fraction(0)) / len(volumes)
    whole = _Volume(Fraction(0), Fraction(0), Fraction(0), Fraction(0), Fraction(0))
    for volume in volumes:
        whole.cases += volume.cases
        whole.cases_beside_premium += volume.cases_beside_premium
        whole.branches += volume.branches
        whole.premium += volume.premium
    return _of(whole, readings)


def _deductions(industry: Mapping[str, _Volume], line: str, readings: Mapping[str, str]) -> dict[str, Fraction | None]:
    """二(二)2: nothing up to the average; above it by place. None where nobody can say who has which place."""
    if not industry:
        return {}
    average = _average(industry, readings)
    deductions: dict[str, Fraction | None] = {}
    for company, volume in industry.items():
        # 「得分小于等于行业平均得分的,本考核项目不扣分」
        if _of(volume, readings) <= average:
            deductions[company] = Fraction(0)
            continue
        # 「得分值相同时,信访绝对数量较多者排名靠前」
        own, before, equal = (_of(volume, readings), volume.absolute), 0, 0
        for other in industry.values():
            theirs = (_of(other, readings), other.absolute)
            before += theirs > own
            equal += theirs == own
        costs = [_by_place(before + nth, line) for nth in range(1, equal + 1)]
        if all(cost == costs[0] for cost in costs) or readings["volume_still_equal"] == "first":
            deductions[company] = Fraction(costs[0])
        elif readings["volume_still_equal"] == "mean":
            deductions[company] = Fraction(sum(costs), len(costs))
        else:
            deductions[company] = None
    return deductions


def _by_place(place: int, line: str) -> int:
    # 「寿险公司中……排名第一的,扣10分;得分排名第二的,扣9分;……依次类推,最少扣1分」
    if line == "寿险":
        return max(1, 11 - place)
    # 「产险公司中……第一的,扣15分;……第二的,扣13分;……第三的,扣11分,第四名以后所扣分值从10分依次递减1分,最少扣1分」
    return {1: 15, 2: 13, 3: 11}.get(place, max(1, 14 - place))
