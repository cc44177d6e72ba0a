"""The sentences of the reports, each in every state that it can be in: what it says must be true there."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from small_schemes import TITLE, scheme_of, scored

from auditlib.analysis.explain import explain
from auditlib.analysis.handling_time import Taken
from auditlib.analysis.losses import IndicatorLoss
from auditlib.core.exact import Rounding
from auditlib.report.sections.ranking import heat
from auditlib.report.sections.ranking import losses as losses_section
from auditlib.report.sections.unit import headline, time_taken, waterfall
from auditlib.report.tables import points_text
from auditlib.report.unit import UnitReport
from auditlib.scoring.result import IndicatorScore, UnitScore

POINTED = tuple(IndicatorScore(title, Fraction(10), Fraction(5), "scored", ()) for title in "甲乙丙")
UNITS = tuple(UnitScore(code, code, None, None, None, True, POINTED, {}, {}) for code in "AB")


class Result:
    """As much of a result as the sentences on losses look at."""

    rounding = Rounding(2)
    units = UNITS
    period = "2025-01"


def loss(title: str, lost: str, losing: int = 1, missed: int | None = None) -> IndicatorLoss:
    judged = () if missed is None else UNITS
    scored = UNITS if missed is None else ()
    missing = UNITS[: missed or 0]
    return IndicatorLoss(title, title, scored, UNITS[:losing], (), Fraction(lost), Fraction(20), judged, missing)


ONE = [loss("甲", "3")]
ONE_OF_TWO = [loss("甲", "3"), loss("乙", "0", 0)]
TWO = [loss("甲", "7"), loss("乙", "2")]
TIED = [loss("甲", "3"), loss("乙", "3"), loss("丙", "1")]
TIED_SECOND = [loss("甲", "5"), loss("乙", "2"), loss("丙", "2")]
NONE = [loss("甲", "0", 0)]
TARGETS = [loss("甲", "0", 0, missed=1)]


@pytest.mark.parametrize(
    ("losses", "zh", "en"),
    [
        (ONE, "全部单位共失 3 分，都失在甲上。", "All units together lost 3 points, all of them under 甲."),
        (ONE_OF_TWO, "全部单位共失 3 分，都失在甲上。", "All units together lost 3 points, all of them under 甲."),
        (TWO, "全部单位在 2 项指标上共失 9 分，失分最多的是甲（77.78 %），其次是乙（22.22 %）。",
         "Over 2 indicators all units together lost 9 points, the largest part under 甲 (77.78 %), then 乙 (22.22 %)."),
        (TIED, "全部单位在 3 项指标上共失 7 分，失分最多的是甲、乙（各占 42.86 %）。",
         "Over 3 indicators all units together lost 7 points, the largest part under 甲, 乙 (each at 42.86 %)."),
        (TIED_SECOND, "全部单位在 3 项指标上共失 9 分，失分最多的是甲（55.56 %），其次是乙、丙（各占 22.22 %）。",
         "Over 3 indicators all units together lost 9 points, the largest part under 甲 (55.56 %), "
         "then 乙, 丙 (each at 22.22 %)."),
        (NONE, "没有单位失分。", "No unit lost a point."),
        (TARGETS, "有单位未达到的目标 1 项，最多的是甲（2 个单位中 1 个未达到）。",
         "Targets that some unit misses: 1, most of all 甲 (1 of 2 units)."),
    ],
)  # fmt: skip
def test_where_most_is_lost(losses: list[IndicatorLoss], zh: str, en: str) -> None:
    said = [losses_section.caption(losses, Result(), language) for language in ("zh", "en")]  # type: ignore[arg-type]
    told = [text.replace("\N{NO-BREAK SPACE}", " ") for text in said]
    assert (told[0].startswith(zh), told[1].startswith(en)) == (True, True), told


def indicator(id: str, rule: dict[str, Any], **more: Any) -> dict[str, Any]:
    own = {
        "id": id,
        "title": {"zh": id, "en": id},
        "clause": "一",
        "max": "10",
        "start": "10",
        "floor": "0",
        "cap": "10",
    }
    return own | {"rules": [{"id": f"{id}1", "clause": "一", "title": TITLE} | rule]} | more


POINTS = indicator("p", {"points": "-2", "per": "a"})
TARGET = indicator("t", {"target": {"of": "share", "at_least": "0.5"}}, max=None, start="0", floor=None, cap=None)


@pytest.mark.parametrize(
    ("indicators", "facts", "said"),
    [
        ([POINTS], {"A": {"a": "0"}, "B": {"a": "5"}},
         "每格为得分，颜色越深失分的比例越大；“—”为未计分。"
         "2 个单位中，1 个在一半以上的指标上没有失分，1 个至少有一项指标一分不剩。"),
        ([POINTS], {"A": {"a": "0"}, "B": {"a": "1"}},
         "每格为得分，颜色越深失分的比例越大；“—”为未计分。"
         "2 个单位中，1 个在一半以上的指标上没有失分，没有单位有一分不剩的指标。"),
        ([TARGET], {"A": {"a": "1", "b": "1"}, "B": {"a": "0", "b": "1"}},
         "每格为目标是否达到，深色为未达到；“—”为未评价。2 个单位中，1 个达到一半以上的目标，1 个至少有一项未达到。"),
        ([TARGET], {"A": {"a": "1", "b": "1"}, "B": {"a": "1", "b": "1"}},
         "每格为目标是否达到，深色为未达到；“—”为未评价。2 个单位中，2 个达到一半以上的目标，没有单位未达到任何一项。"),
        ([POINTS, TARGET], {"A": {"a": "0", "b": "1"}, "B": {"a": "5", "b": "5"}},
         "每格为得分或目标是否达到，颜色越深失分的比例越大；“—”为未计分。"
         "2 个单位中，没有单位在一半以上的指标上得满分或达标，2 个至少有一项指标一分不剩或未达标。"),
        ([POINTS, TARGET], {"A": {"a": "1", "b": "1"}, "B": {"a": "1", "b": "1"}},
         "每格为得分或目标是否达到，颜色越深失分的比例越大；“—”为未计分。"
         "2 个单位中，没有单位在一半以上的指标上得满分或达标，没有单位有一分不剩或未达标的指标。"),
    ],
)  # fmt: skip
def test_what_the_shades_mean(tmp_path: Path, indicators, facts, said: str) -> None:
    resolved, result = scored(tmp_path, scheme_of([], 2, indicators=indicators), facts)
    assert heat.caption(resolved, result, "zh") == said
    assert "None" not in heat.caption(resolved, result, "en")


def test_several_that_cost_most_are_all_named(tmp_path: Path) -> None:
    indicators = [POINTS, indicator("q", {"points": "-2", "per": "b"}), indicator("r", {"points": "-1", "per": "c"})]
    scheme = scheme_of([], 2, indicators=indicators)
    facts = {
        "A": {"a": "1", "b": "1", "c": "1"},
        "B": {"a": "2", "b": "1", "c": "0"},
        "C": {"a": "0", "b": "0", "c": "0"},
    }
    resolved, result = scored(tmp_path, scheme, facts)
    told = {code: waterfall.caption(resolved, result, result.unit(code), "zh") for code in "ABC"}
    assert told["A"].endswith("失分最多的是p、q（各 −2）。")
    assert told["B"].endswith("失分最多的是p（−4）。")
    assert told["C"] == "从满分 30 分起，没有失分，得 30 分。"
    assert waterfall.caption(resolved, result, result.unit("A"), "en").endswith("p, q cost most (each −2).")


def test_points_beside_a_title_have_their_unit() -> None:
    two = Rounding(2)
    assert [points_text(Fraction(n), two, "zh") for n in (-1, 2)] == ["−1 分", "+2 分"]
    assert [points_text(Fraction(n), two, "en") for n in (-1, 1, -2)] == ["−1 point", "+1 point", "−2 points"]
    assert points_text(Fraction(3), two, "en", sign=False) == "3 points"


BANDS = [
    {"points": "2", "when": {"of": "share", "at_least": "0.9"}},
    {"points": "3", "when": {"of": "share", "at_least": "0.95"}},
    {"points": "-1", "when": {"of": "share", "below": "0.5"}},
    {"points": "-1", "when": {"of": "share", "below": "0.25"}},
]


@pytest.mark.parametrize(
    ("counts", "zh", "en"),
    [
        (("9978", "10000"), ["99.78 % ≥ 90 % ⇒ +2（另有更高的档叠加）", "99.78 % ≥ 95 % ⇒ +3"],
         ["99.78 % ≥ 90 % ⇒ +2 (a higher band counts besides)", "99.78 % ≥ 95 % ⇒ +3"]),
        (("92", "100"), ["92 % ≥ 90 % ⇒ +2", "92 % < 95 % ⇒ 0"], ["92 % ≥ 90 % ⇒ +2", "92 % < 95 % ⇒ 0"]),
        (("70", "100"), ["70 % < 90 % ⇒ 0", "70 % < 95 % ⇒ 0"], ["70 % < 90 % ⇒ 0", "70 % < 95 % ⇒ 0"]),
    ],
)  # fmt: skip
def test_a_band_says_that_a_further_one_counts_besides(tmp_path: Path, counts, zh, en) -> None:
    resolved, result = scored(tmp_path, scheme_of(BANDS, 2), {"U": dict(zip("ab", counts, strict=True))})
    for language, expected in (("zh", zh), ("en", en)):
        lines = list(explain(resolved, result, result.unit("U"), language))
        assert [line.arithmetic for line in lines][:2] == expected
    resolved, result = scored(tmp_path, scheme_of(BANDS, 2), {"U": {"a": "1", "b": "5"}})
    assert [line.arithmetic for line in explain(resolved, result, result.unit("U"))][2:] == [
        "20 % < 50 % ⇒ −1（另有更低的档叠加）", "20 % < 25 % ⇒ −1",
    ]  # fmt: skip


# --- a unit's report --------------------------------------------------------------------------------------


def audit_of(folder: Path, scheme: dict[str, Any], facts: dict[str, str]) -> UnitReport:
    scored(folder, scheme, {"U": facts})
    return UnitReport.open(scheme=str(folder / "small.yaml"), ledger=str(folder), unit="U", period="2025-01")


@pytest.mark.parametrize(
    ("indicators", "facts", "cases", "cost"),
    [
        ([POINTS], {"a": "0"}, "本单位没有失分。", "本期没有失分。"),
        ([POINTS], {"a": "2"}, "失分不能落到具体的件上：按比率整体、基础数据、评分或其他登记簿计算，见各项明细。",
         "失 4 分（满分 10，得 6）"),
        ([TARGET], {"a": "0", "b": "1"}, "目标没有分值；未达到的目标，其证据见各项明细。", "未达到的目标：t。"),
        ([TARGET], {"a": "1", "b": "1"}, "目标没有分值；未达到的目标，其证据见各项明细。", "各项目标均已达到。"),
        ([POINTS], {}, "没有可计分的指标，无从列出使本单位失分的件。", "没有可计分的指标。"),
        ([POINTS, indicator("q", {"points": "-2", "per": "b"})], {"a": "0"}, "本单位没有失分。",
         "已计分的指标没有失分。"),
    ],
)  # fmt: skip
def test_why_no_case_is_listed_and_what_cost_most(tmp_path: Path, indicators, facts, cases: str, cost: str) -> None:
    audit = audit_of(tmp_path, scheme_of([], 2, indicators=indicators), facts)
    assert audit.show("cases").text == f"失分涉及的件: {cases}"
    assert cost in headline.cost_html(audit.scored, audit.unit, "zh")


CASE = "case_id,unit,received_at,closed_at,due_at,withdrawn\nC1,U,2025-01-03,{closed},{due},false\n"


CLOSE = {
    "id": "close", "clause": "一", "title": {"zh": "按期办结", "en": "close"}, "by": "office",
    "from": "received_at", "to": "closed_at", "limits": [{"until": "due_at"}],
}  # fmt: skip
COUNTING = {"clause": None, "first_day": "excluded", "last_day": "stands", "ends": "day", "before": "included",
            "belongs": "from"}  # fmt: skip


@pytest.mark.parametrize(
    ("limited", "case", "said"),
    [
        (False, ("", ""), "办法没有规定可以逐件计算时限的义务。"),
        (False, ("2025-01-05", ""), "办法没有规定可以逐件计算时限的义务。办结用时见来件日历的说明。"),
        (False, ("", "2025-01-09"), "办法没有规定时限的义务；台账所记的期限只列出。"),
        (True, None, "办法规定了办理时限，但台账没有计算用时所需的件或栏目。"),
        (True, ("2025-01-05", "2025-01-09"), "1 项时限全部遵守，没有超时的件。"),
    ],
)
def test_why_no_figure_shows_time_limits(
    tmp_path: Path, limited: bool, case: tuple[str, str] | None, said: str
) -> None:
    if case is not None:
        (tmp_path / "cases.csv").write_text(CASE.format(closed=case[0], due=case[1]), encoding="utf-8")
    scheme = scheme_of([{"points": "-1", "per": "counted"}], 2)
    where = "closed_at > due_at" if limited else "withdrawn is true"
    scheme["measures"]["counted"] = {"title": {"zh": "件", "en": "cases"}, "register": "cases", "where": where}
    if limited:
        actor = {"office": {"zh": "办", "en": "office"}}
        scheme |= {"duties": [CLOSE], "counting": COUNTING, "actors": actor}
    text = audit_of(tmp_path, scheme, {}).show("time_taken").text
    assert f"办理用时与时限: {said}" in text or said in text.splitlines()[0]


def taken(on_time: int, late: int) -> Taken:
    return Taken((on_time,), (late,), 0, 0, None, None)


@pytest.mark.parametrize(
    ("rows", "zh", "en"),
    [
        ([("甲", taken(3, 1)), ("乙", taken(2, 0))],
         "2 项时限中，超时比例最高的是“甲”：4 件中超时 1 件（25 %）。没有超时的：乙。",
         "Of 2 limits the one missed most often is “甲”: 1 of 4 cases late (25 %). Never missed: 乙."),
        ([("甲", taken(1, 1)), ("乙", taken(2, 2)), ("丙", taken(9, 1))],
         "3 项时限中，超时比例最高的是甲、乙（均为 50 %）。",
         "Of 3 limits those missed most often are 甲, 乙 (each 50 % of its cases late)."),
        ([("甲", taken(9999, 1))], "“甲”的时限：10000 件中超时 1 件（0.01 %）。",
         "The limit of “甲”: 1 of 10000 cases late (0.01 %)."),
        ([("甲", taken(99999, 1))], "“甲”的时限：100000 件中超时 1 件（0.001 %）。",
         "The limit of “甲”: 1 of 100000 cases late (0.001 %)."),
        ([("甲", taken(2, 0))], "1 项时限全部遵守，没有超时的件。", "Every limit was kept (1 of 1): no case was late."),
        ([], "本期没有受时限约束的件。", "No case of the period was under a limit."),
    ],
)  # fmt: skip
def test_which_limit_is_missed_most(rows, zh: str, en: str) -> None:
    table = [(title, "1 h", how) for title, how in rows]
    told = [time_taken.caption(table, language).replace("\N{NO-BREAK SPACE}", " ") for language in ("zh", "en")]
    assert told == [zh, en]
