"""热力信访考核方案, computed slowly: one loop a clause over the rows of a ledger.

Written from the source (003_b813ede86dd532b8.txt) and from what the scheme file declares of it; the names of readings
and options are those of params/schemes/s22-heating.yaml. ``Month`` scores one unit in one period.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from fractions import Fraction

from twin_basics import (
    DAY,
    INSTANT,
    after_working_days,
    as_known,
    bounded,
    bounds,
    moment,
    months,
    quarters,
    steps,
    units_in,
    valid,
    widened,
    within,
    working_time,
)
from twin_ranking import give_places

__all__ = ["scored"]

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MAXIMA = {  # 二(一)1 … 二(四)2
    "policy": 5, "register": 7, "training": 4, "equipment": 4,
    "response_timeliness": 10, "handling_timeliness": 15, "resolution_rate": 10, "repeat_rate": 5,
    "survey_coverage": 5, "satisfaction": 15, "dissatisfied_review": 5,
    "special_tasks": 8, "clipped_item": 7,
}  # fmt: skip
CAPS = MAXIMA | {"resolution_rate": 13, "repeat_rate": 7}  # 最高加3分, 最高加2分
PRINTED_FLOORS = ("policy", "register", "response_timeliness", "dissatisfied_review", "clipped_item")
NEEDS = {
    "cases": ("register", "response_timeliness", "handling_timeliness", "resolution_rate", "repeat_rate",
              "survey_coverage", "satisfaction", "dissatisfied_review"),
    "events": ("equipment",),
    "submissions": ("policy", "training", "special_tasks"),
}  # fmt: skip


def scored(ledger: dict, period: str, as_of: datetime, taken: datetime | None, readings: dict, supplied: dict) -> dict:
    """Every unit of the period with its indicators, total and place."""
    known = as_known(ledger, as_of, taken)
    units = {
        unit["unit"]: Month(known, unit, period, as_of, readings, supplied).score() for unit in units_in(known, period)
    }
    if len(period) == 4:
        for unit in units.values():
            unit |= year_of(known, unit, period, as_of, readings, supplied)
    give_places(units, readings["different_maxima"])
    return units


def year_of(known: dict, year: dict, period: str, as_of: datetime, readings: dict, supplied: dict) -> dict:
    """一: months 40 %, quarters 30 %, the year 30 %; what has no data or no score is left out of its mean.

    The year is complete where it is so itself and every part of it that has data of the unit.
    """
    total, total_of, complete = Fraction(0), Fraction(0), year["complete"]
    for weight, parts in (("0.4", months(period)), ("0.3", quarters(period)), ("0.3", [period])):
        scores = []
        for part in parts:
            if part == period:
                scores.append(year)
            elif has_data(known, part, supplied):
                for unit in units_in(known, part):
                    if unit["unit"] == year["unit"]:
                        scores.append(Month(known, unit, part, as_of, readings, supplied).score())
        complete = complete and all(score["complete"] for score in scores if score["total"] is not None)
        scores = [score for score in scores if score["total"] is not None]
        if not scores:
            return {"total": None, "total_of": None, "complete": complete}
        total += Fraction(weight) * sum(score["total"] for score in scores) / len(scores)
        total_of += Fraction(weight) * sum(score["total_of"] for score in scores) / len(scores)
    return {"total": total, "total_of": total_of, "complete": complete}


def has_data(known: dict, period: str, supplied: dict) -> bool:
    """A case came in, or a person gave a mark that counts; without a register of cases, anything happened."""
    for mark in known.get("marks", []):
        if mark["period"] == period and mark["indicator"] == "clipped_item" and "clipped_item" not in supplied:
            return True
    units = {unit["unit"]: unit for unit in known["units"]}

    def own(register: str) -> list[dict]:
        return [row for row in known.get(register, []) if valid(units[row["unit"]], register, row)]

    if "cases" in known:
        return any(within(row["received_at"], period) for row in own("cases"))
    return any(within(row["at"], period) for row in own("events")) or any(
        within(moment(row["due_at"]), period) for row in own("submissions")
    )


class Month:
    """One unit in one period: a month, or a quarter or year in the same way."""

    def __init__(self, known: dict, unit: dict, period: str, as_of: datetime, readings: dict, supplied: dict) -> None:
        self.known, self.unit, self.period, self.as_of = known, unit, period, as_of
        self.readings, self.supplied = readings, supplied
        self.cases = [row for row in self.own("cases") if within(row["received_at"], period)]

    def own(self, register: str, standing: bool = False) -> list[dict]:
        rows = [row for row in self.known.get(register, []) if row["unit"] == self.unit["unit"]]
        return [row for row in rows if valid(self.unit, register, row, standing)]

    def submitted(self, kind: str, standing: bool = False) -> list[dict]:
        return [row for row in self.own("submissions", standing) if row["kind"] == kind]

    def due(self, kind: str) -> list[dict]:
        return [row for row in self.submitted(kind) if within(moment(row["due_at"]), self.period)]

    def score(self) -> dict:
        indicators, absent = {}, []
        for register, names in NEEDS.items():
            if register not in self.known:
                absent += names
        for name, full in MAXIMA.items():
            lines, start = getattr(self, name)(), 0 if name == "clipped_item" else full
            if name in absent:
                indicators[name] = {"points": None, "status": "needs_input", "lines": dict.fromkeys(lines)}
                continue
            given = [points for points in lines.values() if points is not None]
            if not given:
                status = "needs_input" if name == "clipped_item" else "not_assessable"
                indicators[name] = {"points": None, "status": status, "lines": lines}
                continue
            # 二: an indicator without 扣完为止 stops at 0 or not, by a reading.
            floor = 0 if name in PRINTED_FLOORS or self.readings["unprinted_floor"] == "zero" else None
            points = bounded(start + sum(given), floor, CAPS[name])
            indicators[name] = {"points": points, "status": "scored", "lines": lines}
        counted = [name for name, indicator in indicators.items() if indicator["points"] is not None]
        waits = "task_quality_points" not in self.supplied
        return {
            "unit": self.unit["unit"],
            "group": self.unit.get("group"),
            "indicators": indicators,
            "total": sum(indicators[name]["points"] for name in counted) if counted else None,
            "total_of": Fraction(sum(MAXIMA[name] for name in counted)) if counted else None,
            "complete": not waits and all(i["status"] != "needs_input" for i in indicators.values()),
        }

    # --- (一)基础管理 ---

    def policy(self) -> dict:
        """二(一)1 未制定制度扣5分,制度要素缺失每处扣1分: policies submitted up to the end of the period."""
        policies, elements = 0, 0
        for row in self.submitted("制度", standing=True):  # one that was there before holds on
            there = row["submitted_at"] is not None and row["submitted_at"] < bounds(self.period)[1]
            if there and row["valid"] is not False:
                policies += 1
                elements += row["missing_items"] or 0
        return {"no_policy": Fraction(-5 if policies < 1 else 0), "element_missing": Fraction(-elements)}

    def register(self) -> dict:
        """二(一)2 台账信息缺失每处扣0.5分,录入延迟超过24小时每条扣1分"""
        missing, late = 0, 0
        for case in self.cases:
            missing += case["missing_items"] or 0
            if case["entered_at"] is not None and case["entered_at"] - case["received_at"] > 24 * HOUR:
                late += 1
        return {"item_missing": Fraction(-missing, 2), "late_entry": Fraction(-late)}

    def training(self) -> dict:
        """二(一)3 每季度开展至少1次,未开展培训扣4分,记录不全每季度扣1分"""
        held, incomplete = 0, 0
        for row in self.submitted("培训"):
            if within(row["submitted_at"], widened(self.period)):
                held += 1
                incomplete += (row["missing_items"] or 0) > 0
        return {"no_training": Fraction(-4 if held < 1 else 0), "record_incomplete": Fraction(-1 if incomplete else 0)}

    def equipment(self) -> dict:
        """二(一)4 当月渠道故障率超过2次(含)扣2分,未启动备用机制每次扣2分"""
        failures, not_started = 0, 0
        for event in self.own("events"):
            if within(event["at"], self.period):
                count = 1 if event["count"] is None else event["count"]
                failures += count if event["kind"] == "渠道故障" else 0
                not_started += count if event["kind"] == "备用机制未启动" else 0
        enough = failures >= 2 if self.readings["channel_failure_bound"] == "inclusive" else failures > 2
        return {"channel_failure": Fraction(-2 if enough else 0), "no_standby": Fraction(-2 * not_started)}

    # --- (二)问题处理 ---

    def response_timeliness(self) -> dict:
        """二(二)1 接单延迟每超30分钟扣1分,联系用户超时每超1小时扣2分"""
        mode = self.readings["started_or_completed"]
        accept, contact = Fraction(0), Fraction(0)
        for case in self.cases:
            # What was not recorded happened at the latest when the case was closed, and is late until the as-of time.
            accepted = case["accepted_at"] or case["closed_at"] or self.as_of
            contacted = case["contacted_at"] or case["closed_at"] or self.as_of
            accept += steps(accepted - case["received_at"] - 30 * MINUTE, 30 * MINUTE, mode)
            runs_from = case["accepted_at"] if self.readings["contact_clock"] == "accepted" else case["received_at"]
            if runs_from is not None:
                contact += steps(contacted - runs_from - 2 * HOUR, HOUR, mode)
        return {"accept_overdue": -accept, "contact_overdue": -2 * contact}

    def handling_due(self, case: dict) -> datetime | None:
        """二(二)2 咨询 4小时, 投诉 24小时, 复杂 3个工作日"""
        received = case["received_at"]
        if case["kind"] == "咨询":
            return received + 4 * HOUR
        if case["kind"] == "投诉":
            return received + 24 * HOUR
        if case["kind"] == "复杂":
            last = after_working_days(received, 3)
            if self.readings["working_day_limit"] == "end_of_day":
                return datetime.combine(last, time.min) + DAY
            return datetime.combine(last, received.time())
        return None

    def overdue_days(self, case: dict) -> Fraction:
        due = self.handling_due(case)
        if due is None:
            return Fraction(0)
        recorded = (case["replied_at"] if case["kind"] == "咨询" else case["planned_at"]) or case["closed_at"]
        handled = recorded or self.as_of
        by_days = case["kind"] == "复杂" and self.readings["working_day_limit"] == "end_of_day"
        if by_days and recorded and recorded.time() == time.min and self.readings["overtime_days"] != "proportional":
            handled += INSTANT  # a midnight stands for its day, which has begun
        overtime = working_time(due, handled) if self.readings["overtime_clock"] == "working" else handled - due
        days = steps(overtime, DAY, self.readings["overtime_days"])
        # A working day of overtime has started as soon as the case is late, even on a day of rest.
        return max(days, Fraction(1)) if self.readings["overtime_days"] == "started" and handled > due else days

    def handling_timeliness(self) -> dict:
        """二(二)2 超时1个工作日(含)扣3分,超时2个工作日(含)扣5分,超时3个工作日以上扣10分,同一问题重复超时加倍扣分"""
        lines = {"overdue_1_day": Fraction(0), "overdue_2_days": Fraction(0), "overdue_3_days": Fraction(0)}
        for case in self.cases:
            days = self.overdue_days(case)
            if days == 0:
                continue
            rule, points = (
                ("overdue_1_day", 3) if days == 1 else ("overdue_2_days", 5) if days == 2 else ("overdue_3_days", 10)
            )
            lines[rule] -= points * (2 if self.overdue_before(case) else 1)
        return lines

    def overdue_before(self, case: dict) -> bool:
        person_too = self.readings["same_problem"] == "person_and_problem"
        return any(self.overdue_days(other) > 0 for other in self.earlier(case, person_too))

    def earlier(self, case: dict, person_too: bool) -> list[dict]:
        """The cases of the same problem that came before, of whatever unit; at the same time the number decides."""
        if case["problem_key"] is None or (person_too and case["person_key"] is None):
            return []
        return [
            other
            for other in self.known["cases"]
            if other["problem_key"] == case["problem_key"]
            and (not person_too or other["person_key"] == case["person_key"])
            and (other["received_at"], other["case_id"]) < (case["received_at"], case["case_id"])
        ]

    def resolution_rate(self) -> dict:
        """二(二)3 月度解决率低于85%的,每降低1个百分点扣1分;解决率≥95%的,加2分"""
        resolved, cases = 0, 0
        for case in self.cases:
            if self.readings["resolution_denominator"] == "received" or case["closed_at"] is not None:
                resolved += case["resolved"] is True
                cases += 1
        if cases == 0:
            return {"resolution_low": None, "resolution_high": None}
        rate = Fraction(resolved, cases)
        low = steps(Fraction("0.85") - rate, Fraction("0.01"), self.readings["percentage_points"])
        return {"resolution_low": -low, "resolution_high": Fraction(2 if rate >= Fraction("0.95") else 0)}

    def repeat_rate(self) -> dict:
        """二(二)4 同一用户同一问题30日内; 超过5%的,每增加1个百分点扣1分; ≤2%的,加1分"""
        repeats, complaints = 0, 0
        for case in self.cases:
            complaint = case["kind"] in ("投诉", "复杂")
            complaints += complaint or self.readings["repeat_denominator"] == "all"
            repeats += complaint and any(
                other["kind"] in ("投诉", "复杂") and self.within_30_days(other["received_at"], case["received_at"])
                for other in self.earlier(case, person_too=True)
            )
        if complaints == 0 and self.readings["no_complaints"] == "not_assessable":
            return {"repeat_high": None, "repeat_low": None}
        rate = Fraction(repeats, complaints) if complaints else Fraction(0)
        high = steps(rate - Fraction("0.05"), Fraction("0.01"), self.readings["percentage_points"])
        return {"repeat_high": -high, "repeat_low": Fraction(1 if rate <= Fraction("0.02") else 0)}

    def within_30_days(self, first: datetime, then: datetime) -> bool:
        """30日内: days, of which the first does not count and the last counts to its end; or 30 times 24 hours."""
        if self.readings["repeat_window"] == "hours":
            return then - first <= 720 * HOUR
        return (then.date() - first.date()).days <= 30

    # --- (三)满意度评价 ---

    def survey_coverage(self) -> dict:
        """二(三)1 所有已办结信访事项,未覆盖的事项每单扣0.5分"""
        uncovered = sum(case["closed_at"] is not None and case["satisfaction"] is None for case in self.cases)
        return {"not_covered": Fraction(-uncovered, 2)}

    def satisfaction(self) -> dict:
        """二(三)2 (满意量×10+基本满意量×6)/总评价量≥85分的得满分;每降低5分扣3分,低于60分不得分"""
        marks = {"满意": 10, "基本满意": 6, "不满意": 0}
        given = [marks[case["satisfaction"]] for case in self.cases if case["satisfaction"] in marks]
        if not given:
            return {"satisfaction_low": None, "satisfaction_failed": None}
        score = Fraction(sum(given), len(given)) * (10 if self.readings["satisfaction_scale"] == "corrected" else 1)
        low = 3 * steps(85 - score, Fraction(5), self.readings["satisfaction_steps"])
        # 不得分 makes it 0: the line says by how much, so that full marks and lines still add up.
        return {"satisfaction_low": -low, "satisfaction_failed": low - 15 if score < 60 else Fraction(0)}

    def dissatisfied_review(self) -> dict:
        """二(三)3 24小时内复核; 未复核每单扣1分,未重新办理或解释每单扣2分"""
        not_reviewed, not_redone = 0, 0
        for case in self.cases:
            if case["satisfaction"] == "不满意":
                if case["closed_at"] is not None:
                    not_reviewed += (case["reviewed_at"] or self.as_of) - case["closed_at"] > 24 * HOUR
                not_redone += case["redone"] is not True
        return {"not_reviewed": Fraction(-not_reviewed), "not_redone": Fraction(-2 * not_redone)}

    # --- (四)重点工作落实 ---

    def special_tasks(self) -> dict:
        """二(四)1 未提交方案扣3分,未按时完成每延迟1天扣1分,完成质量不达标[来源中断]"""
        missing = sum(
            row["submitted_at"] is None and moment(row["due_at"]) <= self.as_of for row in self.due("专项方案")
        )
        days, poor = Fraction(0), 0
        for row in self.due("专项任务"):
            days += steps((row["submitted_at"] or self.as_of) - moment(row["due_at"]), DAY, self.readings["late_days"])
            poor += row["valid"] is False
        each = self.supplied.get("task_quality_points")
        return {
            "no_plan": Fraction(-3 * missing),
            "task_late": -days,
            "task_quality": None if each is None else Fraction(each) * poor,
        }

    def clipped_item(self) -> dict:
        """二(四)2, missing from the source: a number supplied for all units, or else a person's mark for this one."""
        if "clipped_item" in self.supplied:
            return {"clipped_item": Fraction(self.supplied["clipped_item"])}
        for mark in self.own("marks"):
            if mark["indicator"] == "clipped_item" and mark["period"] == self.period:
                return {"clipped_item": Fraction(mark["points"])}
        return {"clipped_item": None}
