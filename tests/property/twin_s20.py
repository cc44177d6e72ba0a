"""The evaluation of offices (内设机构测评活动), computed again from its text: slow, obvious, and nothing but loops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from twin_basics import as_known, bounded
from twin_ranking import Row, inside, place_from_first, place_from_last, ranks, unit_of

__all__ = ["score"]

# 五 「为优的,记90分;为良的,记75分;为一般的,记60分;为较差的,记45分;为差的,记30分」
MARKS = {"优": 90, "良": 75, "一般": 60, "较差": 45, "差": 30}

# 六 「综合满意度=监测点即时测评满意率×20%+监测点综合测评满意率×20%+明察暗访测评满意率×10%+集中测评满意率×50%」
WEIGHTS = {
    "即时": Fraction(20, 100),
    "综合": Fraction(20, 100),
    "明察暗访": Fraction(10, 100),
    "集中": Fraction(50, 100),
}

# 六 「未按时间节点整改或整改不到位的,每起扣3分;对经二次督办或挂牌督办后,仍整改不到位的,每起扣5分;
#     对拒不整改且无正当理由的,每起扣10分」
STAGE = {
    "未按时间节点整改": "rectified_late",
    "整改不到位": "rectified_late",
    "二次督办后仍整改不到位": "failed_after_supervision",
    "挂牌督办后仍整改不到位": "failed_after_supervision",
    "拒不整改且无正当理由": "refused",
}
DEDUCTION = {"rectified_late": 3, "failed_after_supervision": 5, "refused": 10}


def score(
    registers: Mapping[str, Sequence[Row]], year: int, as_of: datetime, taken: datetime, readings: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """Every office of a year: lines, points, status, total, rank and outcomes."""
    known = as_known(dict(registers), as_of, taken)
    results = {}
    for office in registers["units"]:
        unit = office["unit"]
        satisfaction, status = _satisfaction(known, unit, year, readings)
        rectification, lines = _rectification(known, unit, year, readings)
        # 六 「测评对象总得分=测评对象综合满意度×80+整改情况得分」
        share_of_80 = None if satisfaction is None else satisfaction * 80
        results[unit] = unit_of(
            office,
            {"satisfaction": {"satisfaction": share_of_80}, "rectification": lines},
            {"satisfaction": share_of_80, "rectification": rectification},
            {"satisfaction": status, "rectification": "needs_input" if rectification is None else "scored"},
            {"satisfaction": 80, "rectification": 20},
            complete=status != "needs_input" and rectification is not None,
        )
    _rank(registers["units"], results, readings)
    return results


def _satisfaction(
    known: Mapping[str, Sequence[Row]], unit: str, year: int, readings: Mapping[str, str]
) -> tuple[Fraction | None, str]:
    """综合满意度, and whether it could be assessed."""
    if "ratings" not in known:
        return None, "needs_input"
    grades: dict[str, list[str]] = {method: [] for method in WEIGHTS}
    for vote in known["ratings"]:
        if vote["unit"] == unit and _in_year(vote["at"], year):
            grades[vote["method"]].append(vote["grade"])
    all_votes = sum(len(votes) for votes in grades.values())
    if all_votes == 0:
        return None, "not_assessable"  # of an office that nobody rated there is no satisfaction to speak of
    sum_of_parts, weights = Fraction(0), Fraction(0)
    for method, weight in WEIGHTS.items():
        votes = grades[method]
        # 六 「测评总次数是指每种测评方式测评次数总和」
        number = all_votes if readings["satisfied_share"] == "pooled" else len(votes)
        if number > 0:
            value = _satisfied(votes, number, readings)
        elif readings["missing_method"] == "renormalise":
            continue
        else:
            value = Fraction(1 if readings["missing_method"] == "full" else 0)
        sum_of_parts += weight * value
        weights += weight
    return sum_of_parts / weights, "scored"


def _satisfied(votes: Sequence[str], number: int, readings: Mapping[str, str]) -> Fraction:
    """六 「测评满意度=(测评为优的次数×90+……+测评为差的次数×30)/(测评总次数×90)」, or the share of 优 and 良."""
    if readings["satisfied_share"] == "share":
        good = sum(1 for grade in votes if grade in ("优", "良"))
        return Fraction(good, number)
    return Fraction(sum(MARKS[grade] for grade in votes), number * 90)


def _rectification(
    known: Mapping[str, Sequence[Row]], unit: str, year: int, readings: Mapping[str, str]
) -> tuple[Fraction | None, dict[str, Fraction | None]]:
    """六 「整改情况基准分为20分,采取倒扣分方法进行,扣完为止」."""
    if "events" not in known:
        return None, dict.fromkeys(DEDUCTION)
    problems: dict[str, list[str]] = {}  # the stages that each problem has been through
    for event in known["events"]:
        if event["unit"] != unit or not _in_year(event["at"], year) or event["kind"] not in STAGE:
            continue
        by_itself = event["case_id"] is None or readings["one_problem"] == "additive"
        for occurrence in range(1 if event["count"] is None else event["count"]):
            name = f"{event['event_id']}/{occurrence}" if by_itself else event["case_id"]
            problems.setdefault(name, []).append(STAGE[event["kind"]])
    lines: dict[str, Fraction | None] = {stage: Fraction(0) for stage in DEDUCTION}
    for stages in problems.values():
        worst = max(stages, key=DEDUCTION.__getitem__)
        lines[worst] -= DEDUCTION[worst]  # type: ignore[operator]
    return bounded(20 + sum(lines.values()), 0, 20), lines  # type: ignore[arg-type]


def _in_year(moment: datetime | None, year: int) -> bool:
    return inside(moment, datetime(year, 1, 1), datetime(year + 1, 1, 1))


def _rank(units: Sequence[Row], results: dict[str, dict[str, Any]], readings: Mapping[str, str]) -> None:
    """七 「按照从高分到低分的排序原则,分行政执法类和综合管理类排出名次」, and what follows."""
    for group in {office["group"] for office in units}:
        strengths = {}
        for office in units:
            own = results[office["unit"]]
            # Half a score is no score: who lacks one of the two parts is neither ranked nor held against the 70 line.
            if office["group"] == group and own["total_of"] == 100:
                strengths[office["unit"]] = (own["total"],)
        for unit, (rank, equal) in ranks(strengths).items():
            results[unit]["rank"] = rank
            results[unit]["tie"] = equal if readings["equal_totals"] == "undecided" else []
            results[unit]["rivals"] = sorted(set(strengths) - {unit})
            results[unit]["outcomes"] = _outcomes(unit, strengths, readings)


def _outcomes(unit: str, strengths: Mapping[str, tuple[Fraction]], readings: Mapping[str, str]) -> dict[str, bool]:
    """What a ranked office gets, and whether that is decided."""
    outcomes = {}
    (points,) = strengths[unit]
    # 七(二) 「对得分在70分以下的,督促限期整改」; 70 itself is not below, for （一） says 「含70分」.
    if points < 70:
        outcomes["below_70"] = True
    # 七(一) 「对排名在行政执法类前6名和综合管理类前6名,评为满意科室」
    barred = readings["first_six_below_70"] == "barred" and points < 70
    first = _among(place_from_first(unit, strengths), 6, readings)
    if first is not None and not barred:
        outcomes["satisfied"] = first
    # 七(一) 「对排名在行政执法类后3名和综合管理类后3名,且得分在70分(含70分)以上的」
    last = _among(place_from_last(unit, strengths), 3, readings)
    if last is not None and (points >= 70 or readings["last_three_below_70"] == "all"):
        outcomes["last_three"] = last
    return outcomes


def _among(place: tuple[int, int], number: int, readings: Mapping[str, str]) -> bool | None:
    """Whether the place is among so many: True, None where it is not, False where a tie leaves it open."""
    best, worst = place
    if best > number:
        return None
    return worst <= number or readings["equal_totals"] == "include_all"
