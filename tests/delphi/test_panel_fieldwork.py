"""Panels as they are really run: forms that come late, scales the other way round, experts who skip a round."""

from __future__ import annotations

import itertools
import json
import os
import shutil
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlib.core.errors import InputError
from auditlib.delphi.analysis import analyse
from auditlib.delphi.cautions import cautions
from auditlib.delphi.forms.questionnaire import new_panel
from auditlib.delphi.rounds import read_panel
from auditlib.delphi.scales import Scale
from auditlib.delphi.weights.rounding import largest_remainder
from auditlib.report.panel import PanelReport

WORDS = (
    ("非常重要", "very important"),
    ("重要", "important"),
    ("一般", "so-so"),
    ("不太重要", "little"),
    ("不重要", "not"),
)


def labels(best_first: bool = False) -> str:
    marks = range(1, 6) if best_first else range(5, 0, -1)
    return ", ".join(f"{mark}: {{zh: {zh}, en: {en}}}" for mark, (zh, en) in zip(marks, WORDS, strict=True))


def base(scale: str = "", items: str = "") -> str:
    scale = scale or f"min: 1, max: 5, labels: {{{labels()}}}"
    items = items or ", ".join(f"{{id: {i}, title: {{zh: 项{i}, en: Item {i}}}}}" for i in "ABC")
    return f"panel: case\ntitle: {{zh: 例, en: case}}\nscale: {{{scale}}}\nitems: [{items}]\n"


def result_of(folder):
    return analyse(read_panel(folder)).to_json()


def faults_of(folder):
    with pytest.raises(InputError) as caught:
        read_panel(folder)
    return [str(problem).replace(f"{folder}/", "") for problem in caught.value.problems]


def group_of(folder, number=1):
    return result_of(folder)["rounds"][number - 1]["groups"][0]


@pytest.fixture(scope="module")
def cases() -> Path:
    root = Path(__file__).parents[2].parent / "shared" / "cases" / "panels"
    folder = Path(os.environ.get("AUDITLIB_SHARED_CASES", root))
    if not folder.is_dir():
        pytest.skip(f"cases of panels are not at {folder} (set AUDITLIB_SHARED_CASES to their folder)")
    return folder


@pytest.mark.shared
def test_a_late_form_joins_the_nine_that_are_there(cases, tmp_path, run_cli) -> None:
    folder = shutil.copytree(cases / "late_form", tmp_path / "late")
    before = (folder / "round-2.csv").read_text(encoding="utf-8").splitlines()
    done = run_cli("panel", "read", folder / "late.xlsx", "--replace")
    assert done.exit_code == 0, done.stderr
    after = (folder / "round-2.csv").read_text(encoding="utf-8").splitlines()
    assert after[:10] == before
    assert len(after) == 11
    assert after[10].startswith("E12,")
    assert "E03" in done.stderr  # asked, and not back yet
    assert read_panel(folder).rounds[1].returned == 10


# --- W and its interval ---------------------------------------------------------------------------------


def test_pairs_that_share_different_items_leave_W_undefined_where_no_complete_ranking_agrees_as_little(panel) -> None:
    items = ", ".join(f"{{id: {i}, title: {{zh: 项{i}, en: {i}}}}}" for i in "ABCDEF")
    rows = "expert,A,B,C,D,E,F\nE01,1,5,,,5,1\nE02,5,1,1,5,,\nE03,,,5,1,1,5\n"
    group = group_of(panel({"round-1.csv": rows}, "missing: pairwise\n", base(items=items)))
    assert (group["W"], group["mean_rho"], group["W_interval"]) == (None, -1, None)
    assert "−1/(m − 1)" in group["undefined"]["en"]
    assert group["strength"] is None


def test_two_experts_have_a_W_and_no_interval(panel) -> None:
    group = group_of(panel({"round-1.csv": "expert,A,B,C\nE01,5,4,3\nE02,4,5,2\n"}, base=base()))
    assert (group["W"], group["W_interval"]) == (0.75, None)  # ρ = 0.5, W = (1 + 0.5) / 2
    assert group["W_interval_undefined"]["en"].startswith("fewer than four experts")


# --- remarks ------------------------------------------------------------------------------------------


def test_a_remark_loses_its_number_and_nothing_else(panel) -> None:
    told = "建议将①与②合并，权重≤½"
    remarks = f"expert,item,remark\nE01,A,{told}；联系 13812345678\nE02,B,{told}\n"
    folder = panel({"round-1.csv": "expert,A,B,C\nE01,5,4,3\nE02,4,4,3\n", "remarks-1.csv": remarks}, base=base())
    texts = [remark.text for remark in read_panel(folder).rounds[0].remarks]
    assert texts == [f"{told}；联系 〔手机号已隐去〕", told]


# --- scales the other way round ------------------------------------------------------------------------

REVERSED = "expert,A,B,C\nE01,1,2,3\nE02,1,2,4\nE03,1,2,5\n"


@pytest.mark.parametrize("best", ["", "best: 1, "])
def test_where_1_is_the_best_mark_importance_is_6_less_the_mark(panel, best) -> None:
    scale = f"min: 1, max: 5, {best}labels: {{{labels(best_first=True)}}}"
    result = result_of(panel({"round-1.csv": REVERSED}, base=base(scale)))
    items = result["rounds"][0]["groups"][0]["items"]
    assert [item["mean"] for item in items] == [5, 4, 2]
    assert [item["published_weight"] for item in items] == [
        "45.46",
        "36.36",
        "18.18",
    ]  # 45.4545 has the largest remainder
    assert [item["weight"] for item in items] == [float(f"{share / 11:.12g}") for share in (5, 4, 2)]
    assert items[0]["full_mark_ratio"] == 1
    assert result["scale"]["best"] == 1
    told = any("declares no scale.best" in note["en"] for note in result["notes"])
    assert told == (not best)


def test_where_5_is_the_best_mark_nothing_is_turned(panel) -> None:
    result = result_of(panel({"round-1.csv": REVERSED}, base=base()))
    assert [item["mean"] for item in result["rounds"][0]["groups"][0]["items"]] == [1, 2, 4]
    assert not any("best" in note["en"] for note in result["notes"])


@pytest.mark.parametrize(
    ("scale", "message"),
    [
        (f"min: 1, max: 5, best: 1, labels: {{{labels()}}}", "scale: found best 1, but the labels say 5"),
        (
            f"min: 1, max: 5, best: 5, labels: {{{labels(best_first=True)}}}",
            "scale: found best 5, but the labels say 1",
        ),
        ("min: 1, max: 5, best: 3", "scale: found best 3, expected one end of the scale, 1 or 5"),
        ("kind: ranking, max: 7", "scale: found max beside kind: ranking, expected none: ranks go from 1 to the items"),
        ("kind: allocation, best: 0", "scale: found best beside kind: allocation, expected none"),
    ],
)
def test_labels_that_contradict_the_declared_direction_are_refused(panel, scale, message) -> None:
    (fault,) = faults_of(panel({"round-1.csv": REVERSED}, base=base(scale)))
    assert message in fault


@pytest.mark.parametrize(
    ("low", "high", "best"),
    [
        ("稍微重要", "绝对重要", 5), ("最重要", "最不重要", 1), ("非常不同意", "非常同意", 5),
        ("完全不重要", "重要", 5), ("很重要", "一般", 1), ("低", "高", 5), ("甲", "乙", None),
    ],
)  # fmt: skip
def test_labels_tell_the_best_end(low, high, best) -> None:
    scale = Scale.model_validate(
        {"min": 1, "max": 5, "labels": {1: {"zh": low, "en": "a"}, 5: {"zh": high, "en": "b"}}}
    )
    assert scale.best_by_labels == best


def test_thresholds_of_agreement_count_the_better_marks_of_a_turned_scale(panel) -> None:
    scale = f"min: 1, max: 5, best: 1, labels: {{{labels(best_first=True)}}}"
    more = 'thresholds: {consensus: {agreement_at_least: "0.75", agreeing_from: 2}}\n'
    result = result_of(panel({"round-1.csv": REVERSED}, more, base(scale)))
    assert [found["agreement"] for found in result["rounds"][0]["consensus"]] == [1, 1, 0]


def test_an_expert_sees_the_own_mark_and_the_median_as_the_form_has_them(panel) -> None:
    import openpyxl

    folder = panel({"round-1.csv": REVERSED}, base=base(f"min: 1, max: 5, labels: {{{labels(best_first=True)}}}"))
    new_panel(folder)
    sheet = openpyxl.load_workbook(folder / "questionnaires" / "round-2" / "E02.xlsx")["评分"]
    assert [[cell.value for cell in row][3:6] for row in sheet.iter_rows(min_row=5, max_row=7)] == [
        ["1", "1", "1—1"], ["2", "2", "2—2"], ["4", "4", "3.5—4.5"],
    ]  # fmt: skip


def test_ranks_are_a_scale_of_their_own(panel) -> None:
    folder = panel({"round-1.csv": "expert,A,B,C\nE01,1,2,3\nE02,1,3,2\nE03,1,2,2\n"}, base=base("kind: ranking"))
    items = group_of(folder)["items"]
    # Importance is 4 less the rank, the two seconds of E03 share the ranks 2 and 3.
    assert [item["mean"] for item in items] == [3, 1.5, 1.5]
    assert [item["full_mark_ratio"] for item in items] == [1, 0, 0]
    assert [item["published_weight"] for item in items] == ["50.00", "25.00", "25.00"]


@pytest.mark.parametrize(
    ("scale", "row", "message"),
    [
        ("kind: ranking", "1,2,4", "found 1, 2, 4 for A, B, C, expected the ranks 1 to 3, each once; equal ones share"),
        ("kind: ranking", "1,2,", "found 1, 2, — for A, B, C, expected an answer to all of them or to none"),
        ("kind: ranking", "0,1,2", "found '0', expected a rank: 1 for the most important item of the group"),
        ("kind: allocation", "50,30,30", "found 50, 30, 30 for A, B, C, 110 together, expected 100 together"),
        ("kind: allocation", "50,50,", "found 50, 50, — for A, B, C, expected an answer to all of them or to none"),
        ("kind: allocation, max: 10", "5,4,2", "11 together, expected 10 together"),
    ],
)
def test_ranks_and_points_that_do_not_fit_together_are_refused(panel, scale, row, message) -> None:
    (fault,) = faults_of(panel({"round-1.csv": f"expert,A,B,C\nE01,{row}\n"}, base=base(scale)))
    assert message in fault


def test_a_hundred_points_give_their_means_as_weights(panel) -> None:
    folder = panel(
        {"round-1.csv": "expert,A,B,C\nE01,50,30,20\nE02,40,40,20\nE03,60,20,20\n"}, base=base("kind: allocation")
    )
    assert [item["published_weight"] for item in group_of(folder)["items"]] == ["50.00", "30.00", "20.00"]


# --- print ---------------------------------------------------------------------------------------------


def test_equal_weights_print_alike_where_the_total_allows() -> None:
    equal = largest_remainder([Fraction(v) for v in ("4.5", "4.5", "4.1", "3.6333")], Fraction(100), 2)
    assert equal[0] == equal[1]
    assert sum(equal) == 100
    assert largest_remainder([Fraction(1)] * 3, Fraction(100), 2) == tuple(map(Fraction, ("33.34", "33.33", "33.33")))


@given(st.lists(st.integers(1, 6), min_size=1, max_size=6), st.integers(0, 1))
def test_units_are_given_out_whole_and_equal_values_part_only_where_nothing_else_adds_up(values, digits) -> None:
    found = largest_remainder([Fraction(v) for v in values], Fraction(100), digits)
    unit = Fraction(1, 10**digits)
    exact = [Fraction(100 * v, sum(values)) for v in values]
    assert sum(found) == 100
    assert all(abs(a - b) < unit for a, b in zip(found, exact, strict=True))
    assert all(a <= b for (x, a), (y, b) in itertools.permutations(zip(values, found, strict=True), 2) if x < y)
    apart = any(a != b for (x, a), (y, b) in itertools.combinations(zip(values, found, strict=True), 2) if x == y)
    if apart:  # then no rounding down or up of each value, equal ones alike and in their order, has the total
        choices = itertools.product((0, 1), repeat=len(set(values)))
        for choice in choices:
            up = dict(zip(sorted(set(values)), choice, strict=True))
            tried = [(e // unit + (up[v] if e % unit else 0)) * unit for v, e in zip(values, exact, strict=True)]
            by_value = [t for _, t in sorted(zip(values, tried, strict=True))]
            assert sum(tried) != 100 or by_value != sorted(by_value)


# --- stability -----------------------------------------------------------------------------------------


def test_an_item_on_which_everyone_now_agrees_is_not_called_unstable(panel) -> None:
    first = "expert,A,B,C\n" + "".join(f"E{n:02},5,3,{3 if n % 2 else 2}\n" for n in range(1, 10)) + "E10,4,3,2\n"
    files = {"round-1.csv": first, "round-2.csv": first.replace("E10,4", "E10,5")}
    folder = panel(files, 'thresholds: {stability: {kappa_at_least: "0.4"}}\n', base())
    a, b, c = result_of(folder)["rounds"][1]["stability"]
    assert (a["kappa_linear"], a["undefined"]["kappa_linear"], a["unchanged"], a["stable"]) == (
        None,
        "no_spread",
        0.9,
        None,
    )
    assert (b["stable"], c["stable"], c["kappa_linear"]) == (True, True, 1)
    more = 'thresholds: {stability: {unchanged_at_least: "0.9"}}\n'
    a, *_ = result_of(panel({}, more, base()))["rounds"][1]["stability"]
    assert a["stable"] is True


# --- rounds --------------------------------------------------------------------------------------------

SKIPPED = {
    "round-1.csv": "expert,A,B,C\nE01,5,4,3\nE02,4,4,3\nE03,5,3,3\n",
    "round-2.csv": "expert,A,B,C\nE01,5,4,3\nE02,4,4,3\n",
    "round-3.csv": "expert,A,B,C\nE01,5,4,3\nE03,5,3,4\n",
}


def test_an_expert_may_skip_a_round_where_all_who_began_are_invited_again(panel) -> None:
    (fault,) = faults_of(panel(SKIPPED, base=base()))
    assert fault.startswith("round-3.csv:3: expert: found E03, expected an expert of round 2")
    folder = panel({}, "invited: begun\n", base())
    result = result_of(folder)
    third = result["rounds"][2]
    assert (third["returned"], third["away"], third["back"], third["joined"]) == (2, ["E02"], ["E03"], [])
    assert [moved["experts"] for moved in third["stability"]] == [1, 1, 1]  # E01 alone answered both
    assert read_panel(folder).invited(3) == ("E01", "E02", "E03")
    assert any("E02" in note["en"] and "n = 2" in note["en"] for note in result["notes"])
    said = PanelReport.open(panel=str(folder), language="en").show("participation").text
    assert "Round 3, n = 2: absent: 1 (E02); back after an absence: 1 (E03)." in said


def test_experts_join_and_leave_by_declared_policy(panel) -> None:
    files = SKIPPED | {"round-3.csv": "expert,A,B,C\nE01,5,4,3\nE04,5,3,4\n"}
    (fault,) = faults_of(panel(files, "invited: begun\n", base()))
    assert "found E04, expected an expert of an earlier round, or invited: anyone in panel.yaml" in fault
    third = result_of(panel({}, "invited: anyone\n", base()))["rounds"][2]
    assert (third["joined"], third["away"], third["left"]) == (["E04"], ["E02", "E03"], [])
    folder = panel({}, "invited: anyone\nleft: {E02: 3}\n", base())
    second, third = result_of(folder)["rounds"][1:]
    assert (third["joined"], third["away"], third["left"]) == (["E04"], ["E03"], ["E02"])
    assert (second["away"], second["left"]) == (["E03"], [])  # the seat is given up from round 3 on
    said = PanelReport.open(panel=str(folder), language="en").show("participation").text
    assert "Round 3, n = 2: absent: 1 (E03); joined: 1 (E04); gave up the seat: 1 (E02)." in said
    (left,) = faults_of(panel({}, "invited: anyone\nleft: {E01: 3}\n", base()))
    assert "panel.yaml says that E01 left before round 3" in left


def test_items_dropped_and_reworded_are_told_and_a_round_keeps_its_words(panel) -> None:
    files = {"round-1.csv": "expert,A,B,C\nE01,5,4,3\nE02,4,4,3\n"}
    new_panel(panel(files, base=base()), number=1, experts=2, replace=True)
    items = (
        "{id: A, title: {zh: 项A, en: Item A}}, {id: B, title: {zh: 按时办结率, en: On time}}, "
        "{id: C, title: {zh: 项C, en: Item C}, until_round: 1, merged_into: A, reason: {zh: 与A重复, en: as A}}"
    )
    folder = panel({"round-2.csv": "expert,A,B\nE01,5,4\nE02,4,4\n"}, base=base(items=items))
    result = result_of(folder)
    assert [(c["round"], c["item"], c["kind"], c["into"]) for c in result["changes"]] == [
        (2, "B", "reworded", None), (2, "C", "merged", "A"),
    ]  # fmt: skip
    assert result["changes"][0]["before"]["zh"] == "项B"
    titles = [[item["title"]["zh"] for item in one["groups"][0]["items"]] for one in result["rounds"]]
    assert titles == [["项A", "项B", "项C"], ["项A", "按时办结率"]]
    first = PanelReport.open(panel=str(folder), round=1)
    assert "按时办结率" not in first.show("items").text
    assert "条目没有增减" in first.show("changes").text
    told = PanelReport.open(panel=str(folder)).show("changes").text
    assert all(word in told for word in ("项B", "按时办结率", "改写", "合并，并入 A", "与A重复"))


def test_a_declared_rewording_holds_from_its_round_on(panel) -> None:
    items = (
        "{id: A, title: {zh: 项A, en: A}}, {id: B, title: {zh: 办结率, en: Handled}, "
        "reworded: {2: {title: {zh: 按时办结率, en: On time}, reason: {zh: 更明确, en: clearer}}}}"
    )
    rows = "expert,A,B\nE01,5,4\nE02,4,4\n"
    result = result_of(panel({"round-1.csv": rows, "round-2.csv": rows}, base=base(items=items)))
    (change,) = result["changes"]
    assert (change["kind"], change["before"]["zh"], change["after"]["zh"]) == ("reworded", "办结率", "按时办结率")
    assert change["reason"]["en"] == "clearer"


@pytest.mark.parametrize(
    ("items", "answers", "numbers", "titles"),
    [
        ("", "A,B,C\nE01,5,4,3", ["A", "B", "C"], ["项A", "项B", "项C"]),
        (
            "{id: handling, title: {zh: 办理, en: H}, items: [{id: speed, title: {zh: 时效, en: S}}]}",
            "handling,speed\nE01,5,4", ["1", "1.1"], ["1 办理", "1.1 时效"],
        ),
    ],
)  # fmt: skip
def test_an_item_has_one_number_on_the_form_and_in_the_report(panel, items, answers, numbers, titles) -> None:
    import openpyxl

    folder = panel({"round-1.csv": f"expert,{answers}\n"}, base=base(items=items))
    new_panel(folder, number=1, experts=1)
    sheet = openpyxl.load_workbook(folder / "questionnaires" / "round-1" / "E01.xlsx")["评分"]
    form = [[sheet.cell(line, column).value for column in (1, 2)] for line in range(5, 5 + len(numbers))]
    page = PanelReport.open(panel=str(folder)).page
    assert list(page.codes.values()) == numbers
    assert [row[1] for row in form] == titles
    for (number, title), name in zip(form, page.one.items, strict=True):
        assert page.name(name) in (title, f"{number} {title}")


def test_instructions_have_the_room_that_they_take_in_print(panel) -> None:
    import openpyxl

    scale = f"min: 1, max: 5, labels: {{{labels()}}}"
    files = {"round-1.csv": "expert,A,B,C\nE01,5,4,3\n", "remarks-1.csv": f"expert,item,remark\nE01,A,{'改' * 100}\n"}
    folder = panel(files, base=base(scale))
    new_panel(folder)
    book = openpyxl.load_workbook(folder / "questionnaires" / "round-2" / "E01.xlsx")
    for name, column in (("填写说明", 1), ("上轮意见", 3)):
        sheet = book[name]
        for row in range(3 if column == 1 else 2, sheet.max_row + 1):
            text = sheet.cell(row, column).value or ""
            width = sum(2 if ord(character) > 0x2E80 or character in "“”" else 1 for character in text)
            lines = -(-width // 88)
            assert sheet.row_dimensions[row].height >= 15 * lines, text
    told = [row[2].value for row in book["上轮意见"].iter_rows(min_row=2)]
    assert told == ["改" * 100]
    assert "E01" not in "".join(str(cell.value) for row in book["上轮意见"].iter_rows() for cell in row)


def test_whoever_takes_over_weights_is_told_of_weak_agreement_and_missing_consensus(panel) -> None:
    rows = "expert,A,B,C\nE01,5,1,3\nE02,1,5,3\nE03,3,4,5\nE04,2,5,1\n"
    more = 'thresholds: {consensus: {cv_below: "0.25"}, stability: {unchanged_at_least: "0.9"}}\n'
    said = [text.en for text in cautions(analyse(read_panel(panel({"round-1.csv": rows}, more, base()))))]
    assert any(text.startswith("level-1: W = ") and "weak" in text for text in said)
    assert any("chance cannot be ruled out" in text for text in said)
    assert "items without the agreed consensus: A, B, C" in said
    agreed = "expert,A,B,C\n" + "".join(f"E{n:02},5,4,3\n" for n in range(1, 9))
    files = {"round-1.csv": agreed, "round-2.csv": agreed}
    assert cautions(analyse(read_panel(panel(files, more, base())))) == ()


@pytest.mark.shared
@pytest.mark.parametrize(
    "name", ["pairwise_W_negative", "two_experts_interval", "stable_all_agree", "reversed_scale_labels"]
)
def test_the_cases_as_they_were_handed_over_are_read_by_the_command(cases, run_cli, name) -> None:
    done = run_cli("delphi", cases / name, "--format", "json")
    assert done.exit_code == 0, done.stderr
    for one in json.loads(done.stdout)["rounds"]:
        for group in one["groups"]:
            assert group["W"] is None or 0 <= group["W"] <= 1
            span = group["W_interval"]
            assert (span is None) == (name != "stable_all_agree")  # the others have three experts at most
            assert span is None or span["low"] < group["W"] < span["high"]


# --- familiarity item by item --------------------------------------------------------------------------

EXPERTS = "expert,Ca,Cs\nE01,0.9,0.5\nE02,0.7,0.5\n"


def test_familiarity_given_for_an_item_makes_its_Cr_and_weighs_its_marks(panel) -> None:
    files = {
        "round-1.csv": "expert,A,B,C\nE01,5,4,3\nE02,4,4,1\n",
        "experts.csv": EXPERTS,
        "familiarity-1.csv": "expert,A,C\nE01,1,不熟悉\nE02,0.3,\n",
    }
    folder = panel(files, "mean: authority_weighted\n", base())
    a, b, c = group_of(folder)["items"]
    # Cr of E01 and E02: A (0.9 + 1)/2 and (0.7 + 0.3)/2; B as in experts.csv, 0.7 and 0.6; C (0.9 + 0.1)/2 and 0.6.
    assert [(item["Cs"], item["Cr"]) for item in (a, b, c)] == [(0.65, 0.725), (0.5, 0.65), (0.3, 0.55)]
    assert a["importance"] == pytest.approx((5 * 0.95 + 4 * 0.5) / 1.45)
    assert c["importance"] == pytest.approx((3 * 0.5 + 1 * 0.6) / 1.1)
    assert "0.725" in PanelReport.open(panel=str(folder)).show("items").text
    (folder / "familiarity-1.csv").unlink()
    assert group_of(folder)["items"][0]["importance"] == pytest.approx((5 * 0.7 + 4 * 0.6) / 1.3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("expert,A,D\nE01,1,1\n", "familiarity-1.csv:1: D: unknown column, expected expert and some of A, B, C"),
        ("expert,A\nE01,很懂\n", "familiarity-1.csv:2: A: found '很懂', expected one of very, familiar, fairly"),
        ("expert,A\nE09,1\n", "familiarity-1.csv:2: expert: found E09, expected an expert of the round"),
        ("expert,A\nE01,1\nE01,1\n", "familiarity-1.csv:3: expert: found E01 again, expected each expert once"),
    ],
)
def test_a_faulty_familiarity_is_reported(panel, text, message) -> None:
    files = {"round-1.csv": "expert,A,B,C\nE01,5,4,3\nE02,4,4,1\n", "familiarity-1.csv": text}
    (fault,) = faults_of(panel(files, base=base()))
    assert fault.startswith(message)
