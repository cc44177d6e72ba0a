"""What the prover finds in duties, each kind in the smallest scheme that has it, and not in its control."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from auditlib.proofs.check import check_scheme

TEXT = {"zh": "甲", "en": "A"}
COUNTING = {"clause": None, "first_day": "excluded", "last_day": "stands", "ends": "day", "before": "included",
            "belongs": "due"}  # fmt: skip
HEAD: dict[str, Any] = {
    "scheme": "s", "version": "1", "title": TEXT, "effective": {"from": None}, "calendar": "china",
    "source": {"document": "x", "title": TEXT, "last_checked": "2024-01-01"}, "periods": ["year"],
    "actors": {"office": TEXT, "other": {"zh": "乙", "en": "B"}, "person": {"zh": "丙", "en": "C", "outside": True}},
    "counting": COUNTING, "extra_columns": {"cases": {"complex": "boolean", "meeting": "boolean"}},
}  # fmt: skip


def duty(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "clause": "一", "title": {"zh": name, "en": name}, "by": "office", **more}


def kinds(folder: Path, *duties: dict[str, Any], quote: str = "答复", **more: Any) -> dict[str, str]:
    """The findings of a scheme with these duties: by kind where they stand."""
    written = HEAD | {"clauses": {"一": {"quote": quote}}, "duties": list(duties)} | more
    file = folder / "s.yaml"
    file.write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")
    checked = check_scheme(file)
    assert not checked.problems, checked.problems
    return {found.kind: found.at for found in checked.findings}


def to(*acts: str, **more: Any) -> dict[str, Any]:
    return {"to": [{"act": act} for act in acts], "from": "received_at", **more}


def longer(most: dict[str, int] | None) -> dict[str, Any]:
    return {"act": "延期", "most": most, "of": "added", "before": "due", "needs": ["approver"]}


def told(minutes: int) -> dict[str, Any]:
    """Passed on within 30 minutes, or the leader told within so many."""
    return duty(
        "dispatch", **to("交办"), limits=[{"minutes": 30}],
        **{"or": [{"to": {"act": "汇报"}, "limits": [{"minutes": minutes}]}]},
    )  # fmt: skip


def after(name: str, first: str, then: str) -> dict[str, Any]:
    return duty(name, **{"from": {"act": first}}, to={"act": then})


WEEK, MONTH = {"limits": [{"weeks": 1}]}, {"limits": [{"months": 1}]}

FAULTS: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    "limits-contradict": (
        [duty("meeting", when="meeting", **to("办结"), **WEEK), duty("complex", when="complex", **to("办结"), **MONTH)],
        [duty("meeting", when="meeting", **to("办结"), **WEEK),
         duty("complex", when="complex and meeting is not true", **to("办结"), **MONTH)],
    ),
    "two-owe": (
        [duty("one", **to("答复")), duty("two", **to("答复"), by="other")],
        [duty("one", **to("答复"), when="complex"), duty("two", **to("答复"), by="other", when="complex is false")],
    ),
    "clock-unbounded": (
        [duty("feedback", to={"act": "反馈"}, limits=[{"days": 2}], **{"from": {"act": "评审完成"}})],
        [duty("feedback", to={"act": "反馈"}, limits=[{"days": 2}], **{"from": {"act": "评审完成"}}),
         duty("review", **to("评审完成"), limits=[{"days": 30}])],
    ),
    "extension-open": (
        [duty("settle", **to("办结"), limits=[{"days": 15}],
              extended={"act": "延期", "most": None, "of": "total", "before": "due", "needs": ["approver"]})],
        [duty("settle", **to("办结"), limits=[{"days": 15}],
              extended={"act": "延期", "most": {"days": 20}, "of": "total", "before": "due", "needs": ["approver"]})],
    ),
    "extension-exceeds-base": (
        [duty("settle", **to("办结"), limits=[{"days": 30}],
              extended=longer({"working_days": 60}))],
        [duty("settle", **to("办结"), limits=[{"days": 60}],
              extended=longer({"days": 30}))],
    ),
    "above-higher-rule": (
        [duty("settle", **to("办结"), limits=[{"days": 30}],
              higher={"document": "信访工作条例", "clause": "第三十四条", "days": 60, "extended": 30},
              extended=longer({"working_days": 60}))],
        [duty("settle", **to("办结"), limits=[{"days": 60}],
              higher={"document": "信访工作条例", "clause": "第三十四条", "days": 60, "extended": 30},
              extended=longer({"days": 30}))],
    ),
    "harder-sooner": (
        [duty("simple", **to("办结"), when="complex is false", limits=[{"working_days": 3}]),
         duty("difficult", **to("办结"), when="complex", limits=[{"weeks": 1}], ought={"not_before": "simple"})],
        [duty("simple", **to("办结"), when="complex is false", limits=[{"working_days": 3}]),
         duty("difficult", **to("办结"), when="complex", limits=[{"working_days": 5}], ought={"not_before": "simple"})],
    ),
    "parts-exceed-whole": (
        [duty("web", **to("答复"), limits=[{"working_days": 2}]),
         duty("in", **to("收文审批"), limits=[{"working_days": 2}], inside=["web"]),
         duty("out", **to("发文审批"), limits=[{"working_days": 2}], inside=["web"])],
        [duty("web", **to("答复"), limits=[{"working_days": 5}]),
         duty("in", **to("收文审批"), limits=[{"working_days": 2}], inside=["web"]),
         duty("out", **to("发文审批"), limits=[{"working_days": 2}], inside=["web"])],
    ),
    "due-at-trigger": ([told(30)], [told(60)]),
    "own-cause": (
        [duty("answer", **to("书面答复"), referral={"to": "office", "against": "office"})],
        [duty("answer", **to("书面答复"), referral={"to": "other", "against": "office"})],
    ),
    "circle": (
        [after("again", "答复", "再投诉"), after("answer", "再投诉", "答复")],
        [after("again", "答复", "再投诉"), after("close", "再投诉", "复核意见")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_of_duties_is_found_and_its_control_is_not(kind: str, tmp_path: Path) -> None:
    fault, control = FAULTS[kind]
    assert kind in kinds(tmp_path, *fault)
    assert kind not in kinds(tmp_path, *control)


def test_a_table_of_which_two_rows_fit_overlaps_and_one_word_without_a_row_is_a_hole(tmp_path: Path) -> None:
    rows = [{"when": "category = '收费'", "gives": "other"}, {"when": "complex", "gives": "office"}]
    table = {"cases": {"handler": {"choose": {"clause": "一", "hit": "one", "rows": rows}}}}
    words = {"cases": {"category": ["收费", "护理"]}}
    first = duty("first", to={"act": "初步处理", "by": "handler"}, by="handler")
    assert "route-overlap" in kinds(tmp_path, first, columns=table, words=words)
    apart = [{"when": "category = '收费'", "gives": "other"}]
    table["cases"]["handler"]["choose"]["rows"] = apart
    found = kinds(tmp_path, first, columns=table, words=words)
    assert "route-overlap" not in found
    assert "route-hole" in found
    apart.append({"when": "category = '护理'", "gives": "office"})
    assert "route-hole" not in kinds(tmp_path, first, columns=table, words=words)


@pytest.mark.parametrize(
    ("quote", "kind"),
    [("应当及时答复", "vague"), ("直到使客户满意", "no-end"), ("由总值班负责(电话:)", "nobody-owes")],
)
def test_words_that_leave_something_open_are_found(quote: str, kind: str, tmp_path: Path) -> None:
    assert kind in kinds(tmp_path, duty("answer", **to("答复")), quote=quote)
    assert kind not in kinds(tmp_path, duty("answer", **to("答复")), quote="应当在5日内答复(0314-123)")


def test_a_vague_word_that_a_duty_declares_is_no_finding(tmp_path: Path) -> None:
    declared = duty("answer", **to("答复"), vague="及时")
    assert "vague" not in kinds(tmp_path, declared, quote="应当及时答复")


def test_a_vague_word_names_the_key_that_says_it_is_part_of_a_name(tmp_path: Path) -> None:
    kinds(tmp_path, duty("answer", **to("答复"), **WEEK), quote="一般投诉在5日内答复")
    (found,) = [one for one in check_scheme(tmp_path / "s.yaml").findings if one.kind == "vague"]
    assert "`not_vague: [一般]`" in str(found.message)
    named = {"一": {"quote": "一般投诉在5日内答复", "not_vague": ["一般"]}}
    assert "vague" not in kinds(tmp_path, duty("answer", **to("答复"), **WEEK), clauses=named)


def test_open_round_the_clock_is_no_limit_of_24_hours(tmp_path: Path) -> None:
    assert kinds(tmp_path, duty("record", to={"act": "登记"}), quote="24小时受理各类投诉并记录").keys() <= {
        "no-consequence"
    } | {"unused"}


TABLE = {"cases": {"grade": {"choose": {"clause": "一", "hit": "highest", "order": ["一类投诉", "二类投诉"],
                                       "rows": [{"when": "complex", "gives": "一类投诉"},
                                                {"when": "meeting", "gives": "二类投诉"}]}}}}  # fmt: skip


@pytest.mark.parametrize("graver", ["特别重大", "特别重要"])
def test_a_grade_above_the_classification_is_no_class_of_it(graver: str, tmp_path: Path) -> None:
    quote = f"投诉分为一类投诉、二类投诉;{graver}的投诉应当下达整改令"
    answer = duty("answer", when="grade = '一类投诉'", **to("答复"), vague="及时")
    assert kinds(tmp_path, answer, quote=quote, columns=TABLE)["undefined-class"] == "一"
    declared = {"cases": {"kind": [f"{graver}投诉", "其他"]}}
    assert "undefined-class" not in kinds(tmp_path, answer, quote=quote, columns=TABLE, words=declared)


def test_a_word_that_the_listing_clause_does_not_list_is_no_class(tmp_path: Path) -> None:
    def found(words: list[str], **more: Any) -> dict[str, str]:
        clauses = {"一": {"quote": "按照求决类、控告类分类", "lists": ["kind"], **more}}
        return kinds(tmp_path, duty("sort", filled=["kind"]), clauses=clauses, words={"cases": {"kind": words}})

    assert found(["求决类", "控告类", "咨询类"])["undefined-class"] == "kind.咨询类"
    assert "undefined-class" not in found(["求决类", "控告类"])
    assert found(["求决类", "控告类"], apart=False)["route-overlap"] == "kind"
    assert "route-overlap" not in found(["求决类", "控告类"])


def test_a_matter_in_scope_of_which_no_duty_asks_has_no_rule(tmp_path: Path) -> None:
    clauses = {"一": {"quote": "网站、举报信箱咨询投诉", "covers": {"kind": ["网站", "举报信箱"]}}}
    words = {"cases": {"kind": ["网站", "举报信箱", "其他"]}}
    online = duty("web", when="kind = '网站'", **to("答复"), **WEEK)
    assert kinds(tmp_path, online, clauses=clauses, words=words)["scope-without-rule"] == "kind.举报信箱"
    box = duty("box", when="kind in ('举报信箱')", **to("答复"), **WEEK)
    assert "scope-without-rule" not in kinds(tmp_path, online, box, clauses=clauses, words=words)


def test_several_who_answer_together_owe_nothing_by_themselves(tmp_path: Path) -> None:
    answer = duty("answer", **to("答复"), **WEEK)
    together = "责任追究,由纪检监察、组织人事、机关党委等部门共同负责"
    assert "nobody-owes" in kinds(tmp_path, answer, quote=together)
    assert "nobody-owes" not in kinds(tmp_path, answer, quote="责任追究,由纪检监察部门负责,组织人事、机关党委配合")


@pytest.mark.parametrize(
    ("values", "kind"),
    [(("office", "other"), "two-owe"), (("complex", "meeting"), "limits-contradict")],
)
def test_answers_that_stand_in_two_clauses_contradict_each_other(
    values: tuple[str, str], kind: str, tmp_path: Path
) -> None:
    def found(other: str) -> dict[str, str]:
        options = {
            name: {"value": value, "clause": clause, **TEXT}
            for name, value, clause in zip("ab", values, ("一", other), strict=True)
        }
        reading = {"clause": "一", "question": TEXT, "use": "a", "options": options}
        key = "by" if kind == "two-owe" else "when"
        answer = duty("answer", **to("答复"), **WEEK) | {key: "$who"}
        clauses = {"一": {"quote": "由首问部门答复"}, "二": {"quote": "由承办部门答复", "about": True}}
        return kinds(tmp_path, answer, clauses=clauses, readings={"who": reading})

    assert found("二")[kind] == "who"
    assert kind not in found("一")  # one clause that can be understood in two ways


def test_an_act_without_a_limit_that_nobody_calls_prompt_can_come_at_any_time(tmp_path: Path) -> None:
    assert kinds(tmp_path, duty("decide", **to("判定")))["clock-unbounded"] == "decide"
    assert "clock-unbounded" not in kinds(tmp_path, duty("decide", **to("判定"), vague="及时"))
    assert "clock-unbounded" not in kinds(tmp_path, duty("decide", **to("判定"), **WEEK))
    assert "clock-unbounded" not in kinds(tmp_path, duty("decide", **to("判定"), by="person"))


def test_acts_that_may_follow_one_another_lead_in_a_circle(tmp_path: Path) -> None:
    words = {"acts": {"act": ["办结", "再投诉", "责成重新处理"]}}
    settle = after("settle", "责成重新处理", "办结")
    again = {"再投诉": ["办结"], "责成重新处理": ["再投诉"]}
    assert "circle" in kinds(tmp_path, settle, words=words, may_follow=again)
    assert "circle" not in kinds(tmp_path, settle, words=words, may_follow={"再投诉": ["办结"]})
