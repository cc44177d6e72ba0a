"""“12315”申诉举报中心绩效考核办法, computed slowly: one loop a clause over the rows of a ledger.

Written from the source (000_e1fd5d744165570a.txt) and from what the scheme files declare of it; the names of readings
and options are those of params/schemes/s09-chengde-12315.yaml. A month and a year differ in four clauses.
"""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from twin_basics import DAY, as_known, moment, units_in, valid, valid_days, within, working_days
from twin_ranking import give_places

__all__ = ["scored"]

BASE = 100  # 二: 以100分(基准分)为起点,上不封顶,下不保底
INDICATORS = (
    "consult_daily", "complaint_daily", "report_close_rate", "appeal_close_rate", "mediation_rate", "report_filing",
    "appeal_filing", "data_upload", "publicity", "appeal_late", "report_late", "appeal_errors", "report_errors",
    "staff_complaints",
)  # fmt: skip
GAPS = {
    "publicity": "publicity_points",
    "appeal_errors": "appeal_error_points",
    "report_errors": "report_error_points",
}  # 计分方法: [blank]
NEEDS = {"data_upload": "submissions", "publicity": "submissions", "staff_complaints": "events"}


def scored(ledger: dict, period: str, as_of: datetime, taken: datetime | None, readings: dict, supplied: dict) -> dict:
    """Every unit of the period with its indicators, total and place."""
    known = as_known(ledger, as_of, taken)
    units = {
        unit["unit"]: Station(known, unit, period, as_of, readings, supplied).score()
        for unit in units_in(known, period)
    }
    give_places(units, readings["assessed_otherwise"])
    return units


class Station:
    """One station in one month or year."""

    def __init__(self, known: dict, unit: dict, period: str, as_of: datetime, readings: dict, supplied: dict) -> None:
        self.known, self.unit, self.period, self.as_of = known, unit, period, as_of
        self.readings, self.supplied = readings, supplied
        self.yearly = len(period) == 4
        cases = [row for row in self.own("cases") if within(row["received_at"], period)]
        self.cases = cases
        self.reports = [row for row in cases if row["kind"] == "举报"]
        self.appeals = [row for row in cases if row["kind"] == "申诉"]

    def own(self, register: str) -> list[dict]:
        rows = [row for row in self.known.get(register, []) if row["unit"] == self.unit["unit"]]
        return [row for row in rows if valid(self.unit, register, row)]

    def due(self, kind: str) -> list[dict]:
        return [r for r in self.own("submissions") if r["kind"] == kind and within(moment(r["due_at"]), self.period)]

    def score(self) -> dict:
        indicators = {}
        for name in INDICATORS:
            rule = "staff_complaint" if name == "staff_complaints" else name
            waits = name in GAPS and GAPS[name] not in self.supplied
            if waits:
                points, status = self.mark(name), "needs_input"
            elif NEEDS.get(name, "cases") not in self.known:
                points, status = None, "needs_input"
            else:
                points, status = getattr(self, name)(), "not_assessable"
            status = status if points is None else "scored"
            indicators[name] = {"points": points, "status": status, "lines": {rule: points}}
        return {
            "unit": self.unit["unit"],
            "group": self.unit.get("group"),
            "indicators": indicators,
            "total": BASE + sum(i["points"] for i in indicators.values() if i["points"] is not None),
            "total_of": None,
            "complete": all(i["status"] != "needs_input" for i in indicators.values()),
        }

    def mark(self, indicator: str) -> Fraction | None:
        """What a person decided for an indicator whose rule is blank."""
        for row in self.own("marks"):
            if row["indicator"] == indicator and row["period"] == self.period:
                return Fraction(row["points"])
        return None

    # --- (一)1 受理情况 ---

    def a_day(self, count: int) -> Fraction | None:
        """二(一)1(1) 考核期间内…受理总量/考核天数; a fraction of a daily average counts or not, by a reading.

        A unit that is assessed for part of the period has the days of that part.
        """
        days = None
        for fact in self.own("unit_facts"):
            if fact["fact"] == "assessment_days" and fact["period"] == self.period:
                days = Fraction(fact["value"])
        if days is None:
            assessed = valid_days(self.unit, self.period)
            calendar = self.readings["assessment_days"] == "calendar"
            days = Fraction(sum(1 if calendar else working_days(day, day + DAY) for day in assessed))
        if days == 0:
            return None
        average = count / days
        return average if self.readings["daily_average"] == "proportional" else Fraction(int(average))

    def consult_daily(self) -> Fraction | None:
        """二(一)1(1)① 日均受理咨询、建议数量每一个计0.2分"""
        average = self.a_day(sum(case["kind"] in ("咨询", "建议") for case in self.cases))
        return None if average is None else average / 5

    def complaint_daily(self) -> Fraction | None:
        """二(一)1(1)② 申诉、举报日均受理投诉每1个计1分"""
        return self.a_day(len(self.appeals) + len(self.reports))

    # --- (一)2 办理情况 ---

    def share(self, part: int, whole: int) -> Fraction | None:
        """A rate, or what a reading makes of nothing to rate."""
        if whole:
            return Fraction(part, whole)
        return {"not_assessable": None, "zero": Fraction(0), "full": Fraction(1)}[self.readings["nothing_to_rate"]]

    def close_rate(self, cases: list[dict], denominator: str) -> Fraction | None:
        if denominator == "due":
            cases = [case for case in cases if case["due_at"] is not None and moment(case["due_at"]) <= self.as_of]
        return times(10, self.share(sum(case["closed_at"] is not None for case in cases), len(cases)))

    def report_close_rate(self) -> Fraction | None:
        """二(一)2(1)① 10×本所举报办结率"""
        return self.close_rate(self.reports, self.readings["close_denominator_reports"])

    def appeal_close_rate(self) -> Fraction | None:
        """二(一)2(1)② 10×本所申诉办结率"""
        return self.close_rate(self.appeals, self.readings["close_denominator_appeals"])

    def mediation_rate(self) -> Fraction | None:
        """二(一)2(2) 10×本所调解成功率"""
        tried = [
            c for c in self.appeals if c["mediated"] is True or self.readings["mediation_denominator"] == "appeals"
        ]
        return times(10, self.share(sum(case["mediation_ok"] is True for case in tried), len(tried)))

    def report_filing(self) -> Fraction | None:
        """二(一)2(3)① 月: 1分×本所举报立案数量; 年: 10×本所举报立案率"""
        filed = sum(case["filed"] is True for case in self.reports)
        return times(10, self.share(filed, len(self.reports))) if self.yearly else Fraction(filed)

    def appeal_filing(self) -> Fraction | None:
        """二(一)2(3)② 月: 2分×本所申诉转立案数量; 年: 10×本所申诉立案率"""
        filed = sum(case["filed"] is True for case in self.appeals)
        return times(10, self.share(filed, len(self.appeals))) if self.yearly else Fraction(2 * filed)

    # --- (一)3 数据上报和宣传工作 ---

    def data_upload(self) -> Fraction:
        """二(一)3(1) 按时上报一项得0.5分: with a title, 不得少于300字, in the right folder, not a repetition"""
        items = 0
        for row in self.due("数据上报"):
            on_time = row["submitted_at"] is not None and row["submitted_at"] <= moment(row["due_at"])
            long_enough = row["chars"] is not None and row["chars"] >= 300
            if on_time and row["title"] is not None and long_enough:
                items += row["valid"] is not False and row["duplicate_of"] is None
        return Fraction(items, 2)

    def publicity(self) -> Fraction:
        """二(一)3(2) 计分方法 blank: points an item, if supplied"""
        items = sum(row["submitted_at"] is not None for row in self.due("宣传"))
        return items * Fraction(self.supplied["publicity_points"])

    # --- (二)1 督办情况 ---

    def late(self, cases: list[dict]) -> Fraction | None:
        """二(二)1 月: 1×超时反馈数量; 年: 10×超时反馈率"""
        late = 0
        for case in cases:
            feedback = case["replied_at"] or case["closed_at"] or self.as_of
            late += case["due_at"] is not None and feedback > moment(case["due_at"])
        if not self.yearly:
            return Fraction(-late)
        return Fraction(-10 * late, len(cases)) if cases else None

    def appeal_late(self) -> Fraction | None:
        return self.late(self.appeals)

    def report_late(self) -> Fraction | None:
        return self.late(self.reports)

    # --- (二)2 处理单存在问题情况 ---

    def appeal_errors(self) -> Fraction:
        """二(二)2 申诉处理单存在问题数量, 计分方法 blank: points a record, if supplied"""
        faulty = sum((case["missing_items"] or 0) > 0 for case in self.appeals)
        return faulty * Fraction(self.supplied["appeal_error_points"])

    def report_errors(self) -> Fraction | None:
        """二(二)2 举报处理单存在问题率, 计分方法 blank: factor of the rate, if supplied"""
        faulty = sum((case["missing_items"] or 0) > 0 for case in self.reports)
        return (
            Fraction(faulty, len(self.reports)) * Fraction(self.supplied["report_error_points"])
            if self.reports
            else None
        )

    # --- (二)3 ---

    def staff_complaints(self) -> Fraction:
        """二(二)3 经调查情况属实的,每一起扣5分"""
        cases = 0
        for event in self.own("events"):
            if event["kind"] == "工作人员投诉" and event["verified"] is True and within(event["at"], self.period):
                cases += 1 if event["count"] is None else event["count"]
        return Fraction(-5 * cases)


def times(factor: int, rate: Fraction | None) -> Fraction | None:
    return None if rate is None else factor * rate
