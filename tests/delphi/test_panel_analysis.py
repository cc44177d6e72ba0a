"""From a panel folder to agreement and weights: the contract's JSON, and numbers that stand in the literature."""

from __future__ import annotations

import json
from fractions import Fraction

import openpyxl
import pytest

from auditlib.core.errors import InputError
from auditlib.delphi.analysis import analyse
from auditlib.delphi.rounds import read_panel

ROUND_KEYS = {"round", "sent", "returned", "positive_coefficient", "groups"}
GROUP_KEYS = {"items", "raters", "W", "W_uncorrected", "chi2", "df", "p", "p_exact"}
ITEM_KEYS = {"id", "n", "mean", "sd", "cv", "median", "q1", "q3", "full_mark_ratio", "weight", "combined_weight"}

# Ten items ranked by three raters, with ties: methods of rank correlation, W 0.827731 corrected for ties.
KENDALL = ["1,4.5,2,4.5,3,7.5,6,9,7.5,10", "2.5,1,2.5,4.5,4.5,8,9,6.5,10,6.5", "2,1,4.5,4.5,4.5,4.5,8,8,8,10"]
TREE = """\
panel: tree
title: {zh: 树, en: Tree}
scale: {min: 1, max: 5}
items:
  - id: p
    title: {zh: 甲, en: P}
    items: [{id: p1, title: {zh: 甲一, en: P1}}, {id: p2, title: {zh: 甲二, en: P2}}]
  - id: q
    title: {zh: 乙, en: Q}
    items: [{id: q1, title: {zh: 乙一, en: Q1}}, {id: q2, title: {zh: 乙二, en: Q2}}]
"""
TREE_ROUND = "expert,p,p1,p2,q,q1,q2\nE01,5,5,3,3,4,1\nE02,4,4,4,2,5,2\nE03,5,3,2,3,5,1\n"


def result_of(folder):
    return analyse(read_panel(folder)).to_json()


def items_of(group):
    return {item["id"]: item for item in group["items"]}


def test_the_least_panel_of_the_contract_gives_every_key_that_it_names(panel) -> None:
    result = result_of(panel({"round-1.csv": "expert,a,b\nE01,5,4\nE02,4,2\nE03,5,3\n"}))
    (one,) = result["rounds"]
    (group,) = one["groups"]
    assert one.keys() >= ROUND_KEYS
    assert group.keys() >= GROUP_KEYS
    assert all(item.keys() >= ITEM_KEYS for item in group["items"])
    assert (one["round"], one["sent"], one["returned"], one["positive_coefficient"]) == (1, 3, 3, 1)
    assert (group["raters"], group["W"], group["chi2"], group["df"], group["p_exact"]) == (3, 1, 3, 1, 0.25)
    a = items_of(group)["a"]
    assert (a["n"], a["mean"], a["median"], a["q1"], a["q3"]) == (3, 4.66666666667, 5, 4.5, 5)
    assert (a["sd"], a["full_mark_ratio"]) == (0.57735026919, 0.666666666667)
    assert a["weight"] == a["combined_weight"] == float(f"{14 / 23:.12g}")
    assert result["authority"] is None


def test_a_printed_example_of_kendall_comes_out_of_a_panel_folder(panel) -> None:
    ids = "abcdefghij"
    items = ", ".join(f"{{id: {i}, title: {{zh: {i}, en: {i}}}}}" for i in ids)
    base = f'panel: k\ntitle: {{zh: 秩, en: Ranks}}\nscale: {{min: 1, max: 10, step: "0.5"}}\nitems: [{items}]\n'
    rows = "".join(f"E0{number},{row}\n" for number, row in enumerate(KENDALL, start=1))
    (group,) = result_of(panel({"round-1.csv": f"expert,{','.join(ids)}\n{rows}"}, base=base))["rounds"][0]["groups"]
    assert group["W"] == pytest.approx(0.827731, abs=5e-7)
    assert group["W_uncorrected"] == pytest.approx(0.795960, abs=5e-7)
    assert group["chi2"] == pytest.approx(22.34874, abs=5e-6)
    assert group["p"] == pytest.approx(0.0078370, abs=5e-8)
    assert group["strength"] == {"zh": "异常强", "en": "unusually strong"}


def test_marks_counted_in_a_published_table_give_its_mean_cv_and_full_mark_ratio(panel) -> None:
    counts = {"a": (10, 12, 9, 2, 0), "b": (20, 11, 1, 1, 0), "c": (9, 17, 7, 0, 0), "d": (13, 14, 5, 1, 0)}
    columns = {
        i: [mark for mark, count in zip((5, 4, 3, 2, 1), by, strict=True) for _ in range(count)]
        for i, by in counts.items()
    }
    rows = "".join(f"E{n + 1:02},{','.join(str(columns[i][n]) for i in counts)}\n" for n in range(33))
    base = "panel: p\ntitle: {zh: 表, en: Table}\nscale: {min: 1, max: 5}\nitems:\n"
    base += "".join(f"  - {{id: {i}, title: {{zh: {i}, en: {i}}}}}\n" for i in counts)
    (group,) = result_of(panel({"round-1.csv": f"expert,a,b,c,d\n{rows}"}, base=base))["rounds"][0]["groups"]
    found = [[round(item[name], 4) for item in group["items"]] for name in ("mean", "cv", "full_mark_ratio")]
    assert found == [
        [3.9091, 4.5152, 4.0606, 4.1818],
        [0.2338, 0.1578, 0.1735, 0.1933],
        [0.3030, 0.6061, 0.2727, 0.3939],
    ]


def test_authority_of_sixteen_experts_is_that_of_a_published_study(panel) -> None:
    Ca = ["1"] * 8 + ["0.9"] * 7 + ["0.8"]  # 15.1 together
    Cs = ["1"] * 4 + ["0.8"] * 8 + ["0.5"] * 4  # 12.4 together
    experts = "expert,Ca,Cs\n" + "".join(f"E{n + 1:02},{Ca[n]},{Cs[n]}\n" for n in range(16))
    result = result_of(panel({"round-1.csv": "expert,a,b\nE01,5,4\nE02,4,2\n", "experts.csv": experts}))
    assert result["authority"]["panel"] == {"Ca": 0.94375, "Cs": 0.775, "Cr": 0.859375}
    assert result["rounds"][0]["sent"] == 16
    assert result["rounds"][0]["authority"] == {"Ca": 1, "Cs": 1, "Cr": 1}
    assert result["authority"]["experts"][8] == {"expert": "E09", "Ca": 0.9, "Cs": 0.8, "Cr": 0.85}


def test_bases_and_familiarity_may_be_written_in_both_languages_or_as_numbers(panel) -> None:
    experts = (
        "expert,实践经验,theory,peers or literature,直觉,熟悉程度\n"
        "E01,大,large,中,small,很熟悉\nE02,small,小,小,小,fairly\nE03,,,,,0.7\n"
    )
    result = result_of(panel({"round-1.csv": "expert,a,b\nE01,5,4\nE02,4,2\n", "experts.csv": experts}))
    assert result["authority"]["experts"] == [
        {"expert": "E01", "Ca": 1, "Cs": 1, "Cr": 1},
        {"expert": "E02", "Ca": 0.6, "Cs": 0.5, "Cr": 0.55},
        {"expert": "E03", "Ca": None, "Cs": 0.7, "Cr": None},
    ]
    assert result["authority"]["tables"] == "usual"


def test_weights_are_shares_of_means_multiplied_down_the_tree_and_published_ones_add_up(panel) -> None:
    analysis = analyse(read_panel(panel({"round-1.csv": TREE_ROUND}, base=TREE)))
    weights = {name: found.weight for name, found in analysis.last.items.items()}
    # means: p 14/3, q 8/3; p1 4, p2 3; q1 14/3, q2 4/3
    expected = {"p": "7/11", "p1": "4/7", "p2": "3/7", "q": "4/11", "q1": "7/9", "q2": "2/9"}
    assert {name: weight.weight for name, weight in weights.items()} == {n: Fraction(w) for n, w in expected.items()}
    assert weights["p1"].combined == Fraction(4, 11)
    assert weights["q2"].combined == Fraction(8, 99)
    printed = [
        item["published_combined_weight"]
        for group in analysis.to_json()["rounds"][0]["groups"]
        if group["kind"] == "siblings" and group["level"] == 2
        for item in group["items"]
    ]
    assert printed == ["36.37", "27.27", "28.28", "8.08"]  # p 63.64, q 36.36
    assert sum(map(Fraction, printed)) == 100


def test_a_tree_gives_its_siblings_and_the_whole_of_each_level_with_several_parents(panel) -> None:
    groups = result_of(panel({"round-1.csv": TREE_ROUND}, base=TREE))["rounds"][0]["groups"]
    assert [(group["group"], group["kind"], [item["id"] for item in group["items"]]) for group in groups] == [
        ("level-1", "siblings", ["p", "q"]),
        ("p", "siblings", ["p1", "p2"]),
        ("q", "siblings", ["q1", "q2"]),
        ("level-2", "level", ["p1", "p2", "q1", "q2"]),
    ]


def test_means_weighted_by_authority_give_other_weights_and_say_so(panel) -> None:
    files = {"round-1.csv": "expert,a,b\nE01,5,1\nE02,2,4\n", "experts.csv": "expert,Ca,Cs\nE01,1,1\nE02,0.5,0.5\n"}
    plain = items_of(result_of(panel(files))["rounds"][0]["groups"][0])
    result = result_of(panel(files, "mean: authority_weighted\n"))
    weighted = items_of(result["rounds"][0]["groups"][0])
    assert (plain["a"]["importance"], plain["a"]["weight"]) == (3.5, float(f"{7 / 12:.12g}"))
    assert (weighted["a"]["importance"], weighted["b"]["importance"]) == (4, 2)  # (2·5 + 1·2)/3 and (2·1 + 1·4)/3
    assert weighted["a"]["weight"] == float(f"{2 / 3:.12g}")
    assert weighted["a"]["mean"] == 3.5
    assert result["options"]["mean"] == "authority_weighted"


def test_declared_weights_are_taken_and_nobody_is_asked(panel) -> None:
    base = TREE.replace("zh: 甲, en: P}", 'zh: 甲, en: P}\n    weight: "0.6"').replace(
        "zh: 乙, en: Q}", 'zh: 乙, en: Q}\n    weight: "0.4"'
    )
    result = result_of(panel({"round-1.csv": "expert,p1,p2,q1,q2\nE01,4,4,3,1\nE02,4,4,3,1\n"}, base=base))
    top, p, *_ = result["rounds"][0]["groups"]
    assert top["W"] is None
    assert top["undefined"]["en"] == "the weights are declared, the panel was not asked"
    assert items_of(top)["p"] | {"n": 0, "mean": None, "weight": 0.6} == items_of(top)["p"]
    assert items_of(p)["p1"]["combined_weight"] == 0.3


def test_items_come_and_go_between_rounds(panel) -> None:
    more = "  - {id: c, title: {zh: 丙, en: C}, from_round: 2}\n"
    from_first = "  - {id: d, title: {zh: 丁, en: D}, until_round: 1}\n"
    folder = panel(
        {"round-1.csv": "expert,a,b,d\nE01,5,4,1\nE02,4,4,2\n", "round-2.csv": "expert,a,b,c\nE01,5,4,5\nE02,4,3,2\n"},
        more + from_first,
    )
    first, second = result_of(folder)["rounds"]
    assert list(items_of(first["groups"][0])) == ["a", "b", "d"]
    assert list(items_of(second["groups"][0])) == ["a", "b", "c"]
    assert first["stability"] is None
    assert [item["item"] for item in second["stability"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("expert,a,b\nE01,5,4\n", "there is one expert only, so W is not defined"),
        ("expert,a,b\nE01,5,5\nE02,3,3\n", "every expert ties all items, so W is not defined"),
        ("expert,a,b\nE01,5,\nE02,,3\n", "fewer than two experts answered every item, so W is not defined"),
    ],
)
def test_where_no_W_is_defined_it_is_null_and_says_why(panel, text, reason) -> None:
    (group,) = result_of(panel({"round-1.csv": text}))["rounds"][0]["groups"]
    assert (group["W"], group["p"], group["p_exact"], group["strength"]) == (None, None, None, None)
    assert group["undefined"]["en"] == reason


def test_missing_answers_leave_an_expert_out_of_W_and_say_so_or_are_compared_in_pairs(panel) -> None:
    files = {"round-1.csv": "expert,a,b\nE01,5,4\nE02,4,2\nE03,3,\n"}
    complete = result_of(panel(files))
    (group,) = complete["rounds"][0]["groups"]
    assert (group["raters"], group["dropped"], items_of(group)["a"]["n"], items_of(group)["b"]["n"]) == (2, 1, 3, 2)
    assert complete["notes"][-1]["zh"] == "第1轮 level-1：1 位专家未答全，不计入 W"
    (pairwise,) = result_of(panel(files, "missing: pairwise\n"))["rounds"][0]["groups"]
    assert (pairwise["raters"], pairwise["dropped"], pairwise["mean_rho"], pairwise["W"]) == (3, 0, 1, 1)
    assert pairwise["p_exact_method"] == "permutation"
    assert pairwise["p_exact"] == pytest.approx(0.5, abs=0.03)  # two experts agree in half of all orders
    assert pairwise["W_interval"] is None  # of three experts two can be compared: every draw has the W of these two
    assert pairwise["W_interval_undefined"]["en"].startswith("fewer than four experts count")


def test_an_item_that_nobody_marked_leaves_its_group_without_weights_and_a_note_says_why(panel) -> None:
    result = result_of(
        panel(
            {
                "round-1.csv": TREE_ROUND.replace("E01,5,5", "E01,5,")
                .replace("E02,4,4", "E02,4,")
                .replace("E03,5,3", "E03,5,")
            },
            base=TREE,
        )
    )
    groups = {group["group"]: items_of(group) for group in result["rounds"][0]["groups"]}
    assert (groups["p"]["p1"]["weight"], groups["p"]["p2"]["weight"]) == (None, None)
    assert groups["q"]["q1"]["combined_weight"] == float(f"{28 / 99:.12g}")
    reason = "an item of this group has no mean (nobody answered, or only experts without authority)"
    assert result["notes"][-1]["en"] == f"round 1, p: no weights, {reason}"


def test_long_and_wide_rounds_give_the_same_and_keep_remarks(panel) -> None:
    wide = result_of(
        panel({"round-1.csv": "expert,a,b\nE01,5,4\nE02,4,\n", "remarks-1.csv": "expert,item,remark\nE02,a,宜删\n"})
    )
    folder = panel({"round-1.csv": "expert,item,mark,remark\nE01,a,5,\nE01,b,4,\nE02,a,4,宜删\n"})
    (folder / "remarks-1.csv").unlink()
    assert result_of(folder) == wide
    assert wide["rounds"][0]["remarked"] == 0.5


@pytest.mark.parametrize("where", ["long", "beside"])
def test_remarks_keep_no_personal_data(panel, where) -> None:
    told = "有疑问请电13812345678，身份证110105194912310021"
    if where == "long":
        folder = panel({"round-1.csv": f"expert,item,mark,remark\nE01,a,5,{told}\nE01,b,4,\n"})
    else:
        remarks = f"expert,item,remark\nE01,a,{told}\n"
        folder = panel({"round-1.csv": "expert,a,b\nE01,5,4\n", "remarks-1.csv": remarks})
    (remark,) = read_panel(folder).rounds[0].remarks
    assert remark.text == "有疑问请电〔手机号已隐去〕，〔身份证号已隐去〕"


def test_a_round_in_excel_gives_the_same_as_in_text(panel) -> None:
    text = result_of(panel({"round-1.csv": "expert,a,b\nE01,5,4\nE02,4,\n"}))
    folder = panel({})
    (folder / "round-1.csv").unlink()
    book = openpyxl.Workbook()
    for row in (["expert", "a", "b"], ["E01", 5, 4.0], ["E02", "4", None]):
        book.active.append(row)
    book.save(folder / "round-1.xlsx")
    assert result_of(folder) == text


def test_thresholds_decide_on_consensus_stability_and_screening(panel) -> None:
    more = (
        'thresholds:\n  consensus: {cv_below: "0.25", agreement_at_least: "0.75", agreeing_from: 4}\n'
        '  stability: {cv_change_at_most: "0.1", kappa_at_least: "0.4"}\n'
        "  screening: {boundary_values: false, criteria: {low: {statistic: mean, at_least: 3}}}\n"
    )
    rows = "expert,a,b\nE01,5,1\nE02,4,5\nE03,4,1\nE04,5,1\n"
    folder = panel({"round-1.csv": rows, "round-2.csv": rows.replace("E02,4,5", "E02,4,1")}, more)
    first, second = result_of(folder)["rounds"]
    assert [(c["item"], c["cv_reached"], c["agreement"], c["agreement_reached"]) for c in first["consensus"]] == [
        ("a", True, 1, True),
        ("b", False, 0.25, False),
    ]
    assert first["screening"][1] == {
        "item": "b", "level": 1, "verdict": "delete",
        "failures": [{"criterion": "low", "statistic": "mean", "found": 2, "at_least": 3}],
    }  # fmt: skip
    assert [(moved["item"], moved["stable"]) for moved in second["stability"]] == [("a", True), ("b", False)]


@pytest.mark.parametrize(("least", "stable"), [("0.6", True), ("0.61", False)])
def test_a_kappa_equal_to_its_threshold_reaches_it(panel, least, stable) -> None:
    """κ = 1 − 4 · 2 / 20 = 3/5: of the 16 pairs of an earlier and a later mark the distances add up to 20."""
    files = {
        "round-1.csv": "expert,a,b\nE01,2,4\nE02,2,3\nE03,5,2\nE04,2,1\n",
        "round-2.csv": "expert,a,b\nE01,2,4\nE02,2,3\nE03,4,2\nE04,1,1\n",
    }
    folder = panel(files, f'thresholds: {{stability: {{kappa_at_least: "{least}"}}}}\n')
    (moved, _) = result_of(folder)["rounds"][1]["stability"]
    assert (moved["kappa_linear"], moved["stable"]) == (0.6, stable)


def test_the_cv_before_is_of_all_who_answered_then_though_some_left(panel) -> None:
    files = {"round-1.csv": "expert,a,b\nE01,1,4\nE02,3,2\nE03,5,3\n", "round-2.csv": "expert,a,b\nE01,2,4\nE02,3,2\n"}
    first, second = result_of(panel(files))["rounds"]
    (moved, _) = second["stability"]
    assert (moved["experts"], moved["cv_before"]) == (2, float(f"{2 / 3:.12g}"))
    assert moved["cv_before"] == items_of(first["groups"][0])["a"]["cv"]


def test_thresholds_agreed_after_the_round_opened_are_noted(panel) -> None:
    more = "thresholds: {declared: 2026-02-02}\nrounds: {1: {sent: 4, opened: 2026-02-01}}\n"
    result = result_of(panel({"round-1.csv": "expert,a,b\nE01,5,4\nE02,4,2\n"}, more))
    assert [note["en"] for note in result["notes"]] == [
        "round 1 opened on 2026-02-01, but its thresholds were agreed only on 2026-02-02"
    ]
    assert result["rounds"][0]["positive_coefficient"] == 0.5


def test_a_panel_that_nobody_answered_yet_cannot_be_analysed(panel) -> None:
    with pytest.raises(InputError, match=r"found no round-1\.csv or round-1\.xlsx, expected the answers of a round"):
        analyse(read_panel(panel({})))


def test_the_command_prints_tables_json_and_a_workbook_and_repeats_them_byte_for_byte(panel, run_cli, tmp_path) -> None:
    folder = panel({"round-1.csv": "expert,a,b\nE01,5,4\nE02,4,2\n"})
    printed = run_cli("delphi", folder)
    assert printed.exit_code == 0
    assert "权重（末轮） weights\nitem\ttitle\tlevel\tparent\tweight_percent" in printed.stdout
    assert "\na\t甲\t1\t\t60.00\t60.00\t0.6\t0.6\n" in printed.stdout
    as_json = run_cli("delphi", folder, "--format", "json")
    assert json.loads(as_json.stdout)["rounds"][0]["groups"][0]["W"] == 1
    files = [tmp_path / name for name in ("one.xlsx", "two.xlsx")]
    for file in files:
        assert run_cli("delphi", folder, "--format", "xlsx", "--out", file).exit_code == 0
    assert files[0].read_bytes() == files[1].read_bytes()
    book = openpyxl.load_workbook(files[0])
    assert book.sheetnames == ["weights", "rounds", "agreement", "agreement_details", "items", "screening", "notes"]
    assert [cell.value for cell in book["weights"][2]][:6] == ["a", "甲", 1, None, "60.00", "60.00"]


def test_the_command_refuses_what_it_cannot_do(panel, run_cli, tmp_path) -> None:
    folder = panel({"round-1.csv": "expert,a,b\nE01,9,4\n"})
    done = run_cli("delphi", folder)
    assert done.exit_code == 2
    assert "round-1.csv:2: a: found '9', expected a whole number from 1 to 5" in done.stderr
    assert run_cli("delphi", folder, "--format", "xlsx").exit_code == 2
    assert run_cli("delphi", tmp_path / "nowhere").exit_code == 2
