"""The assessment of the insurers in Jiangsu (苏保监发〔2012〕37号), computed again from its text: plain loops.

The whole is 二 to 四 of the source: base points in four blocks, a bonus, ranks and what follows. The volume of
complaints (二(二)) stands in ``twin_s12_volume``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from twin_basics import as_known, bounded, moment
from twin_ranking import Row, inside, place_from_first, place_from_last, ranks, unit_of
from twin_s12_volume import volume_lines

__all__ = ["score"]

# 二 「基准分为100分起算」: 二(一) 15, 二(二) 30, 二(三) 25, 二(四) 30; 三 comes on top of them.
MAXIMA = {"mechanism": 15, "volume": 30, "handling": 25, "routine": 30, "bonus": 0}
FILED = (
    "no_leadership", "leadership_incomplete", "leadership_change_late", "no_department", "no_procedure",
    "procedure_incomplete", "no_emergency_plan", "no_responsibility", "responsibility_not_applied",
    "no_reception_rules", "first_report_missed", "second_report_missed",
)  # fmt: skip
SENSITIVE = ("敏感期", "群体性事件")


def score(
    registers: Mapping[str, Sequence[Row]],
    period: str,
    as_of: datetime,
    taken: datetime,
    readings: Mapping[str, str],
    third_bonus: Fraction | None,
) -> dict[str, dict[str, Any]]:
    """Every company in a half-year or year: lines, points, status, total, rank and outcomes."""
    known = as_known(dict(registers), as_of, taken)
    start, end = _bounds(period)
    companies = [row["unit"] for row in registers["units"]]
    there = {company for company in companies if _holds_anything_of(known, company, period, start, end, as_of)}
    volume = volume_lines(known, period, start, end, readings)
    facts = {company: _Company(known, company, start, end, as_of) for company in companies}
    results = {}
    for row in registers["units"]:
        company = row["unit"]
        blocks = {
            "mechanism": _mechanism(facts[company], readings),
            "volume": volume[company],
            "handling": _handling(facts[company]),
            "routine": _routine(facts[company], readings),
            "bonus": _bonus(facts[company], third_bonus),
        }
        results[company] = _scored(known, row, blocks, third_bonus)
    _rank(registers["units"], results, facts, there, period, readings)
    return results


def _holds_anything_of(
    known: Mapping[str, Sequence[Row]], company: str, period: str, start: datetime, end: datetime, as_of: datetime
) -> bool:
    """Whether the ledger holds a case, an event, something owed or a fact of a company in the period."""
    for register, column in (("cases", "received_at"), ("events", "at"), ("submissions", "due_at")):
        for row in known.get(register, []):
            at = moment(row[column])
            if row["unit"] == company and at is not None and start <= at < end and at <= as_of:
                return True
    facts = [row for row in known.get("unit_facts", []) if row["unit"] == company and row["period"] == period]
    return bool(facts)


def _bounds(period: str) -> tuple[datetime, datetime]:
    """四(一) 「信访考核每年7月份考核一次,年终时对全年情况进行考核」: the first half, the second, or the year."""
    year = int(period[:4])
    start = datetime(year, 7 if period.endswith("H2") else 1, 1)
    end = datetime(year, 7, 1) if period.endswith("H1") else datetime(year + 1, 1, 1)
    return start, end


class _Company:
    """The rows of one company, asked for as the clauses do."""

    def __init__(
        self, known: Mapping[str, Sequence[Row]], company: str, start: datetime, end: datetime, as_of: datetime
    ) -> None:
        self.rows = {name: [row for row in rows if row["unit"] == company] for name, rows in known.items()}
        self.start, self.end, self.as_of = start, end, as_of

    def events(self, *kinds: str) -> list[Row]:
        """Each occurrence in the period of an event of these kinds; an event without a count happened once."""
        found: list[Row] = []
        for event in self.rows.get("events", []):
            if event["kind"] in kinds and inside(event["at"], self.start, self.end):
                found += [event] * (1 if event["count"] is None else event["count"])
        return found

    def filed(self, kind: str) -> list[Row]:
        """The filings of a kind that hold: in by the end of the period, and not superseded."""
        return [
            row
            for row in self.rows.get("submissions", [])
            if row["kind"] == kind
            and row["valid"] is not False
            and row["submitted_at"] is not None
            and row["submitted_at"] < self.end
        ]

    def owed(self, kind: str) -> list[tuple[datetime, datetime | None]]:
        """When each submission of a kind that falls due in the period was due, and when it came in."""
        return [
            (due, row["submitted_at"])
            for row in self.rows.get("submissions", [])
            if row["kind"] == kind and (due := moment(row["due_at"])) is not None and self.start <= due < self.end
        ]

    def missed(self, kind: str) -> int:
        """How many of these were due and have not come in."""
        return sum(1 for due, submitted in self.owed(kind) if submitted is None and due <= self.as_of)

    def cases(self) -> list[Row]:
        return [case for case in self.rows.get("cases", []) if inside(case["received_at"], self.start, self.end)]


def _lose(points: int, times: int | bool) -> Fraction:
    return Fraction(-points * int(times))


# --- 二(一) 制度机制建设 ---


def _mechanism(company: _Company, readings: Mapping[str, str]) -> dict[str, Fraction | None]:
    lines = {}
    # 二(一)1 「未成立领导小组、未明确分管负责人的,扣2分;未及时报告变化情况的,扣1分」
    filings = company.filed("领导小组")
    lines["no_leadership"] = _lose(4 if readings["leadership"] == "each" else 2, not filings)
    lines["leadership_incomplete"] = _lose(2, any(_lacks(filing) for filing in filings))
    late_changes = [due for due, came in company.owed("领导小组变更") if (came or company.as_of) > due]
    lines["leadership_change_late"] = _lose(1, bool(late_changes))
    # 二(一)2 「未明确归口管理部门的,扣2分」
    lines["no_department"] = _lose(2, not company.filed("归口管理部门"))
    # 二(一)3 「未指定信访联系人,或者信访联系人变更未及时报告的,扣2分;……影响信访处理的,扣5分」
    lines["liaison"] = _lose(2, bool(company.events("未指定联系人", "联系人变更迟报")))
    affected = [event for event in company.events("联系人变更迟报") if event["severity"] == "影响办理"]
    lines["liaison_affected"] = _lose(5 if readings["liaison_rungs"] == "adds" else 5 - 2, bool(affected))
    # 二(一)4 「未建立信访处理流程,扣2分;虽然制定了信访工作流程,但未对信访处理的关键环节做出规定的,扣1分」
    procedures = company.filed("处理流程")
    lines["no_procedure"] = _lose(2, not procedures)
    lines["procedure_incomplete"] = _lose(1, any(_lacks(procedure) for procedure in procedures))
    # 二(一)5 「未建立信访紧急事件应急处理机制的,扣2分」
    lines["no_emergency_plan"] = _lose(2, not company.filed("应急预案"))
    # 二(一)6 「未建立信访工作目标责任制度的,或虽建立制度但未实施的,扣5分」
    lines["no_responsibility"] = _lose(5, not company.filed("目标责任制"))
    applied = not company.missed("目标责任制考核")
    lines["responsibility_not_applied"] = _lose(5, bool(company.filed("目标责任制")) and not applied)
    # 二(一)7 「未按照要求建立总经理信访接待日制度的,扣2分」
    lines["no_reception_rules"] = _lose(2, not company.filed("接待日制度"))
    return lines


def _lacks(filing: Row) -> bool:
    return (filing["missing_items"] or 0) > 0


# --- 二(三) 信访办理情况 ---


def _handling(company: _Company) -> dict[str, Fraction | None]:
    late = 0
    for case in company.cases():
        due = moment(case["due_at"])
        # 二(三)1 「因信访人不配合公司处理而导致的公司信访处理超期的,不扣分」
        if due is not None and (case["closed_at"] or company.as_of) > due and case["excused"] is not True:
            late += 1
    verified = [event for event in company.events("未按规定处理") if event["verified"] is True]
    return {
        "late": _lose(2, late),  # 「不能按期办理信访的,每件扣2分」
        "mishandled": _lose(5, len(verified)),  # 二(三)2 「未按照规定处理信访事项的,每件扣5分」
        "opinion_not_executed": _lose(10, len(company.events("不执行督办意见"))),  # 「每件扣10分」
        "feedback_form": _lose(2, len(company.events("反馈形式不符"))),  # 二(三)3 「每发生一次扣2分」
        "false_report": _lose(10, len(company.events("谎报瞒报"))),  # 「每发生一件扣10分」
    }


# --- 二(四) 信访日常工作 ---


def _routine(company: _Company, readings: Mapping[str, str]) -> dict[str, Fraction | None]:
    lines = {}
    # 二(四)1 「迟报、漏报、瞒报的,每发生一次扣5分;造成严重后果的,扣10分」
    lines["major_unreported"] = _lose(5, len(company.events("重大事项迟报漏报瞒报")))
    lines["major_grave"] = _lose(10 if readings["major_rungs"] == "adds" else 10 - 5, len(_grave(company)))
    # 二(四)2 「第一次漏报扣2分,第二次漏报再扣5分」
    missed = company.missed("半年报告")
    lines["first_report_missed"] = _lose(2, missed >= 1)
    lines["second_report_missed"] = _lose(5, missed >= 2)
    # 二(四)3 「每发生一次扣10分」
    lines["petition"] = _lose(10, len(_petitions(company, readings)))
    # 二(四)4 「就同一信访事项再次或多次来电来访询问处理结果的,每发生一次扣5分;……向保监局继续投诉的,发生一起扣3分」
    repeats = [event["severity"] for event in company.events("重复信访")]
    both = repeats.count("两者兼有")
    lines["repeat_not_kept"] = _lose(5, repeats.count("协议或承诺未履行") + both)
    lines["repeat_not_settled"] = _lose(
        3, repeats.count("初诉未妥善处理") + (both if readings["repeat_of_both_kinds"] == "both" else 0)
    )
    # 二(四)5 「不执行……每次扣5分;……提前公告的,每次扣2分;……事前报告的,每次扣2分;……事后报告的,每次扣1分」
    lines["reception_not_held"] = _lose(5, len(company.events("接待日未执行")))
    for kind, rule, points in (
        ("接待日未公告", "reception_not_announced", 2),
        ("接待日未事前报告", "reception_not_reported_before", 2),
        ("接待日未事后报告", "reception_not_reported_after", 1),
    ):
        absorbed = readings["reception_not_held"] == "absorbed"
        lines[rule] = _lose(
            points, sum(1 for event in company.events(kind) if not (absorbed and event["severity"] == "当日未执行"))
        )
    # 二(四)6 「曝光属实,每发生一次,扣5分;给行业造成不良影响的,扣10分」
    exposures = [event["severity"] for event in _exposures(company)]
    only_last = readings["forced_last_points"] == "only_last"
    lines["exposure"] = _lose(5, len(exposures) - (exposures.count("其他严重后果") if only_last else 0))
    lines["exposure_bad_influence"] = _lose(
        10 if readings["media_rungs"] == "adds" else 10 - 5, exposures.count("不良影响")
    )
    return lines


def _grave(company: _Company) -> list[Row]:
    return [event for event in company.events("重大事项迟报漏报瞒报") if event["severity"] == "严重后果"]


def _petitions(company: _Company, readings: Mapping[str, str]) -> list[Row]:
    """非正常上访 that cost points: all, or all but those that put the company last."""
    only_last = readings["forced_last_points"] == "only_last"
    return [event for event in company.events("非正常上访") if not (only_last and event["severity"] in SENSITIVE)]


def _exposures(company: _Company) -> list[Row]:
    return [event for event in company.events("负面报道") if event["verified"] is True]


# --- 三 特殊事项 ---


def _bonus(company: _Company, third_bonus: Fraction | None) -> dict[str, Fraction | None]:
    # 三(一) 「加8分。受国家级表彰的……加10分。多次受表彰的不重复加分;受不同层级表彰的按高级别表彰计分」
    levels = {event["level"] for event in company.events("表彰")}
    # 三(二) 「酌情加2-10分。媒体正面报道按次加分,最高加分不超过10分」
    media = sum((event["points"] for event in company.events("正面报道") if event["points"] is not None), Fraction(0))
    return {
        "honour": Fraction(8 if levels & {"省级", "国家级"} else 0),
        "honour_national": Fraction(2 if "国家级" in levels else 0),
        "positive_reports": media,
        "positive_reports_limit": -max(Fraction(0), media - 10),
        "third_bonus": third_bonus,  # 三 「考核设置三项加分项目」, of which two are printed
    }


# --- from lines to points ---


def _scored(
    known: Mapping[str, Sequence[Row]],
    row: Row,
    blocks: Mapping[str, dict[str, Fraction | None] | tuple[dict[str, Fraction | None], str]],
    third_bonus: Fraction | None,
) -> dict[str, Any]:
    lines: dict[str, dict[str, Fraction | None]] = {}
    points: dict[str, Fraction | None] = {}
    status = {}
    for block, maximum in MAXIMA.items():
        found = blocks[block]
        found, known_as = found if isinstance(found, tuple) else (found, "scored")
        unknown = [rule for rule in found if _register(rule) not in known]
        lines[block] = found | dict.fromkeys(unknown)
        points[block], status[block] = None, "needs_input" if unknown else known_as
        if status[block] == "scored":
            deducted = sum((value for value in found.values() if value is not None), Fraction(0))
            # 「扣完为止」 in each block; 三 「各项加分累计分值不超过20分」
            points[block] = bounded(maximum + deducted, 0, 20 if block == "bonus" else maximum)
    complete = third_bonus is not None and "needs_input" not in status.values()
    return unit_of(row, lines, points, status, MAXIMA, complete)


def _register(rule: str) -> str:
    """Where a rule finds its facts."""
    if rule == "third_bonus":
        return "units"  # it is supplied, or open
    if rule in ("letters", "calls", "visits", "late"):
        return "cases"
    return "submissions" if rule in FILED else "events"


# --- 四(二) 考核结果运用 ---


def _rank(
    units: Sequence[Row],
    results: dict[str, dict[str, Any]],
    facts: Mapping[str, _Company],
    there: Collection[str],
    period: str,
    readings: Mapping[str, str],
) -> None:
    follows = {row["unit"]: _follows(facts[row["unit"]]) for row in units}
    by_line = readings["ranked_together"] == "by_line"
    for row in units:
        results[row["unit"]]["outcomes"] = dict.fromkeys(follows[row["unit"]], True)
    for line in {row["group"] for row in units} if by_line else {None}:
        pool, waiting = {}, []
        for row in units:
            company = row["unit"]
            own = results[company]
            if by_line and row["group"] != line:
                continue
            if own["indicators"]["volume"]["points"] is not None:
                pool[company] = _strength(own["total"], _is_last(follows[company]), readings)
            elif company in there and "needs_input" in [block["status"] for block in own["indicators"].values()]:
                waiting.append(
                    company
                )  # it will have a place as soon as what it lacks is known, and nobody knows which
        for company, (rank, equal) in ranks(pool).items():
            results[company] |= {"rank": rank, "tie": equal, "rivals": sorted(set(pool) - {company})}
        if len(period) == 4:  # 「对于年终考核前五名的保险机构……对全年考核最后三名的保险机构」
            _places(pool, waiting, results, follows, readings)


def _is_last(follows: Sequence[str]) -> bool:
    """「直接确定为信访考评末位机构」: behind all others, whatever the total."""
    return "last_by_petition" in follows or "last_by_exposure" in follows


def _strength(total: Fraction, last: bool, readings: Mapping[str, str]) -> tuple[bool, Fraction]:
    """Of several that are put last nobody can say who stands before whom, or their totals say it."""
    return (not last, Fraction(0) if last and readings["several_last"] == "undecided" else total)


def _follows(company: _Company) -> list[str]:
    """What follows from incidents: 「不得被评选为信访工作先进单位」, 「直接确定为信访考评末位机构」."""
    found = []
    if company.events("不执行督办意见"):
        found.append("barred_by_opinion")
    if company.events("谎报瞒报"):
        found.append("barred_by_false_report")
    if _grave(company):
        found.append("barred_by_major_matter")
    if company.events("非正常上访"):  # whether or not each costs points as well
        found.append("barred_by_petition")
    if any(event["severity"] in SENSITIVE for event in company.events("非正常上访")):
        found.append("last_by_petition")
    if any(event["severity"] == "其他严重后果" for event in _exposures(company)):
        found.append("last_by_exposure")
    return found


def _places(
    pool: Mapping[str, tuple[bool, Fraction]],
    waiting: Sequence[str],
    results: dict[str, dict[str, Any]],
    follows: Mapping[str, Sequence[str]],
    readings: Mapping[str, str],
) -> None:
    """The first five are commended unless barred; the last three are criticised.

    Each company that waits for a place may come to stand before or behind any other, and takes a place from them: of
    itself, too, nobody can say where it will stand, but of one that is put last.
    """
    sure_last = sum(_is_last(follows[company]) for company in (*pool, *waiting))
    for company in waiting if pool else ():  # where nobody has a place, nobody is among the first or the last
        if not any(f.startswith("barred") for f in follows[company]):
            results[company]["outcomes"]["advanced"] = False
        if _is_last(follows[company]) or sure_last < 3:
            results[company]["outcomes"]["criticised"] = _is_last(follows[company])
    eligible = {
        company: key for company, key in pool.items() if not any(f.startswith("barred") for f in follows[company])
    }
    candidates = eligible if readings["advanced_places"] == "sixth_moves_up" else pool
    for company in eligible:
        best, worst = place_from_first(company, candidates)
        if best <= 5:
            results[company]["outcomes"]["advanced"] = worst <= 5 - len(waiting)
    put_last = [company for company in pool if _is_last(follows[company])]
    for company in put_last:
        results[company]["outcomes"]["criticised"] = True
    others = {company: key for company, key in pool.items() if company not in put_last}
    for company in others:
        best, worst = (place + len(put_last) for place in place_from_last(company, others))
        if best <= 3:
            results[company]["outcomes"]["criticised"] = worst <= 3 - len(waiting)
