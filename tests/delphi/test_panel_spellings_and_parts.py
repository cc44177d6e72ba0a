"""What one who had read only the handbook ran into: forms of the template, experts written in two ways, marks in a
survey tool and comparisons in a workbook, full-width figures, rules that the terminal did not tell."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import openpyxl
import pytest

from auditlib.core.errors import InputError
from auditlib.core.values import Text
from auditlib.delphi.analysis import analyse
from auditlib.delphi.items import Item, walk
from auditlib.delphi.pairwise import judgement_in
from auditlib.delphi.pseudonyms import key_of
from auditlib.delphi.rounds import read_panel
from auditlib.delphi.tables import tables
from auditlib.delphi.weights.rounding import publish, publish_shares
from auditlib.delphi.weights.shares import Weight
from auditlib.report.panel import PanelReport
from auditlib.report.sections.panel.weights import by_method
from auditlib.revision.past_data import still_asked

BASE = """\
panel: parts
title: {zh: 例, en: case}
scale: {min: 1, max: 5}
weights: {method: mean, compare: [ahp]}
invited: anyone
items:
  - {id: A, title: {zh: 甲项, en: Item A}}
  - {id: B, title: {zh: 乙项, en: Item B}}
  - {id: C, title: {zh: 丙项, en: Item C}}
"""
EXPORT = """\
专家代号,请判断—甲项,请判断—乙项,请判断—丙项,意见
E01,5,4,3,很好
E02,4,4,2,
"""


@pytest.fixture
def asked(panel, run_cli):
    folder = panel({}, base=BASE)
    assert run_cli("panel", "new", folder, "--experts", "2").exit_code == 0
    return folder


def read_export(folder, text, run_cli, *more):
    file = folder.parent / "export.csv"
    file.write_text(text, encoding="utf-8")
    return run_cli("panel", "read", file, "--survey", "wenjuanxing", "--panel", folder, *more)


def compared(folder, expert, judgements, marks=()):
    book = openpyxl.load_workbook(folder / "questionnaires" / "round-1" / f"{expert}.xlsx")
    for row, text in enumerate(judgements, start=2):
        book["两两比较"].cell(row, 5).value = text
    for row, text in enumerate(marks, start=5):
        book["评分"].cell(row, 4).value = text
    target = folder.parent / f"{expert}.xlsx"
    book.save(target)
    return target


def kept(folder, name="round-1.csv"):
    return (folder / name).read_text(encoding="utf-8")


class TestTheFormsAreThoseOfPanelYaml:
    def test_words_that_were_edited_before_anyone_answered_go_out(self, asked, run_cli) -> None:
        file = asked / "panel.yaml"
        file.write_text(file.read_text(encoding="utf-8").replace("甲项", "接通率"), encoding="utf-8")
        done = run_cli("panel", "new", asked, "--experts", "2", "--replace")
        assert done.exit_code == 0, done.stderr
        folder = asked / "questionnaires" / "round-1"
        for text in (folder / "survey.txt", folder / "asked.csv"):
            assert "接通率" in text.read_text(encoding="utf-8")
            assert "甲项" not in text.read_text(encoding="utf-8")
        book = openpyxl.load_workbook(folder / "E01.xlsx")
        assert book["评分"].cell(5, 2).value == "接通率"

    def test_words_that_were_answered_stay(self, asked, run_cli) -> None:
        assert read_export(asked, EXPORT, run_cli).exit_code == 0
        file = asked / "panel.yaml"
        file.write_text(file.read_text(encoding="utf-8").replace("甲项", "接通率"), encoding="utf-8")
        done = run_cli("panel", "new", asked, "--round", "1", "--experts", "2", "--replace")
        assert done.exit_code == 0, done.stderr
        assert "甲项" in (asked / "questionnaires" / "round-1" / "survey.txt").read_text(encoding="utf-8")

    def test_forms_of_others_are_not_left_among_them(self, asked, run_cli) -> None:
        done = run_cli("panel", "new", asked, "--experts", "1", "--replace")
        assert done.exit_code == 2
        assert "found E02.docx, E02.xlsx, expected no forms but those to be written; move them away" in done.stderr


class TestOneExpertOnePseudonym:
    @pytest.mark.parametrize("text", ["e01", "E1", "E-01", "E_1", "E0001"])
    def test_spellings_of_one(self, text) -> None:
        assert key_of(text) == key_of("E01")

    @pytest.mark.parametrize("text", ["E10", "F01", "专家01", "01", "E"])
    def test_others(self, text) -> None:
        assert key_of(text) != key_of("E01")

    def test_a_survey_reads_a_spelling_as_the_panel_writes_it(self, asked, run_cli) -> None:
        done = read_export(asked, EXPORT.replace("E01", " e 1").replace("E02", "ｅ02"), run_cli)
        assert done.exit_code == 0, done.stderr
        assert "e1: read as E01" in done.stderr
        assert kept(asked) == "expert,A,B,C\nE01,5,4,3\nE02,4,4,2\n"

    def test_two_answers_under_two_spellings_are_two_answers(self, asked, run_cli) -> None:
        twice = EXPORT + "e02,1,1,1,\n"
        done = read_export(asked, twice, run_cli)
        assert done.exit_code == 2
        assert "found E02 again, expected each expert once; row 3 has the form" in done.stderr
        assert read_export(asked, twice, run_cli, "--duplicates", "last").exit_code == 0
        assert kept(asked) == "expert,A,B,C\nE01,5,4,3\nE02,1,1,1\n"

    def test_files_that_write_one_expert_in_two_ways_are_refused(self, panel) -> None:
        files = {"round-1.csv": "expert,A,B,C\nE01,5,4,3\ne1,4,4,2\n"}
        with pytest.raises(InputError, match=r"round-1\.csv:3: expert: found e1, which is E01 \(.*:2\) written other"):
            read_panel(panel(files, base=BASE))
        files = {"round-1.csv": "expert,A,B,C\nE01,5,4,3\nE02,4,4,2\n", "round-2.csv": "expert,A,B,C\nE1,5,4,3\n"}
        with pytest.raises(InputError, match=r"round-2\.csv:2: expert: found E1, which is E01"):
            read_panel(panel(files, base=BASE))


class TestMarksInOnePlaceComparisonsInAnother:
    def test_comparisons_join_the_marks_of_a_survey(self, asked, run_cli) -> None:
        assert read_export(asked, EXPORT, run_cli).exit_code == 0
        before = [kept(asked), kept(asked, "remarks-1.csv")]
        done = run_cli("panel", "read", compared(asked, "E01", ["３", "1／3", "⅓"]), "--panel", asked)
        assert done.exit_code == 0, done.stderr
        assert "1 forms, 0 answers left empty" in done.stdout
        assert [kept(asked), kept(asked, "remarks-1.csv")] == before
        assert kept(asked, "pairwise-1.csv") == "expert,item,over,judgement\nE01,A,B,3\nE01,A,C,1/3\nE01,B,C,1/3\n"

    def test_marks_of_a_survey_join_comparisons(self, asked, run_cli) -> None:
        assert run_cli("panel", "read", compared(asked, "E01", ["3", "3", "1"]), "--panel", asked).exit_code == 0
        pairs = kept(asked, "pairwise-1.csv")
        done = read_export(asked, EXPORT, run_cli, "--round", "1")
        assert done.exit_code == 0, done.stderr
        assert kept(asked) == "expert,A,B,C\nE01,5,4,3\nE02,4,4,2\n"
        assert kept(asked, "pairwise-1.csv") == pairs

    def test_other_marks_and_other_comparisons_are_still_refused(self, asked, run_cli) -> None:
        assert read_export(asked, EXPORT, run_cli).exit_code == 0
        form = compared(asked, "E01", ["3", "3", "1"], ["1", "4", "3"])
        done = run_cli("panel", "read", form, "--panel", asked)
        assert done.exit_code == 2
        assert "found E01, whose other answers" in done.stderr
        assert run_cli("panel", "read", compared(asked, "E01", ["3", "3", "1"]), "--panel", asked).exit_code == 0
        done = run_cli("panel", "read", compared(asked, "E01", ["3", "3", "1/2"]), "--panel", asked)
        assert done.exit_code == 2
        assert "found E01, whose other answers" in done.stderr

    def test_marks_in_full_width_figures(self, asked, run_cli) -> None:
        done = run_cli("panel", "read", compared(asked, "E01", [], ["５", "4", "３"]), "--panel", asked)
        assert done.exit_code == 0, done.stderr
        assert kept(asked) == "expert,A,B,C\nE01,5,4,3\n"


@pytest.mark.parametrize(
    ("text", "value"), [("1／3", "1/3"), ("⅓", "1/3"), ("１/９", "1/9"), ("７", "7"), ("1÷5", "1/5")]
)
def test_judgements_in_full_width(text, value) -> None:
    assert judgement_in(text) == Fraction(value)


@pytest.mark.parametrize("text", ["", "/3", "1/", "1/10", "10", "０", "3/0", "三"])
def test_what_is_no_judgement(text) -> None:
    with pytest.raises(ValueError, match="expected a judgement from 1/9 to 9"):
        judgement_in(text)


def test_the_terminal_tells_every_rule_of_consensus(panel) -> None:
    more = 'thresholds: {consensus: {iqr_at_most: 1, shares: [{from: 4, to: 5, at_least: "0.7"}]}}\n'
    folder = panel({"round-1.csv": "expert,A,B,C\nE01,5,4,3\nE02,4,4,2\nE03,5,4,4\n"}, more, BASE)
    (table,) = [one for one in tables(analyse(read_panel(folder))) if one.name == "consensus"]
    assert [row[1:3] for row in table.rows] == [("A", "yes"), ("B", "yes"), ("C", "no")]
    # C: quartiles 2.5 and 3.5 by type 7; one of three marks is 4 or 5.
    assert table.rows[2][-1] == "iqr 1 yes; share 4-5 0.3333 no"


class TestOneMatrixForAll:
    """The consistency of averaged judgements, against the eigenvalues that numpy gives of their geometric means."""

    ROUND = "expert,A,B,C\nE01,5,4,3\nE02,4,4,2\n"
    PAIRS = "expert,item,over,judgement\nE01,A,B,3\nE01,A,C,5\nE01,B,C,3\nE02,A,B,1/2\nE02,A,C,7\nE02,B,C,2\n"

    def analysed(self, panel, more=""):
        base = BASE.replace("compare: [ahp]", f"compare: [ahp]{more}")
        folder = panel({"round-1.csv": self.ROUND, "pairwise-1.csv": self.PAIRS}, base=base)
        return analyse(read_panel(folder))

    def test_its_consistency_stands_beside_those_of_the_experts(self, panel) -> None:
        analysis = self.analysed(panel)
        ab, ac, bc = (3 / 2) ** 0.5, 35**0.5, 6**0.5
        largest = max(np.linalg.eigvals([[1, ab, ac], [1 / ab, 1, bc], [1 / ac, 1 / bc, 1]]).real)
        (joint,) = analysis.to_json()["rounds"][0]["ahp_joint"]
        assert joint["lambda_max"] == pytest.approx(largest)
        assert joint["CR"] == pytest.approx((largest - 3) / 2 / 0.58)
        assert joint["acceptable"] is True
        (table,) = [one for one in tables(analysis) if one.name == "ahp"]
        assert [row[2] for row in table.rows] == ["E01", "E02", "all"]

    def test_averaged_priorities_have_no_matrix(self, panel) -> None:
        assert self.analysed(panel, ", aggregate: priorities").to_json()["rounds"][0]["ahp_joint"] == []


def test_every_method_prints_weights_that_add_up_as_the_first_table_does(panel) -> None:
    marks = "expert,A,B,C\nE01,5,5,5\nE02,5,5,5\n"  # a third each: 33.34, 33.33, 33.33
    base = BASE.replace("compare: [ahp]", "compare: [fuzzy]")
    page = PanelReport.open(panel=str(panel({"round-1.csv": marks}, base=base)), language="en").page
    assert list(by_method(page).frame.iloc[:, 1]) == ["33.34", "33.33", "33.33"]
    assert list(by_method(page).frame.iloc[:, 2]) == ["33.34", "33.33", "33.33"]
    assert [found.printed("weight", 2) for found in page.one.items.values()] == ["33.34", "33.33", "33.33"]


def test_past_data_are_of_the_items_that_are_still_asked() -> None:
    dropped = Item(id="old", title=Text(zh="旧", en="old"), until_round=1)
    kept = Item(id="kept", title=Text(zh="留", en="kept"))
    later = Item(id="later", title=Text(zh="新", en="later"), from_round=3)
    tree = (Item(id="top", title=Text(zh="上", en="top"), items=(dropped, kept, later)),)
    assert [item.id for item, _ in walk(still_asked(tree, 1))] == ["top", "old", "kept"]
    assert [item.id for item, _ in walk(still_asked(tree, 2))] == ["top", "kept", "later"]


def test_methods_without_data_are_told_once(panel) -> None:
    base = BASE.replace("compare: [ahp]", "compare: [entropy, critic]").replace(
        "C, title: {zh: 丙项, en: Item C}}",
        "C, title: {zh: 丙项, en: Item C}, items: [{id: X, title: {zh: 子, en: X}}, {id: Y, title: {zh: 丑, en: Y}}]}",
    )
    folder = panel({"round-1.csv": "expert,A,B,C,X,Y\nE01,5,4,3,4,5\nE02,4,4,2,4,5\n"}, base=base)
    told = [said.en for said in analyse(read_panel(folder)).notes if "data.csv" in said.en]
    assert told == [
        f"round 1: there is no data.csv, which auditlib panel data writes; groups without weights by {method}: "
        "A, B, C; X, Y"
        for method in ("entropy", "critic")
    ]


def test_weights_in_a_group_are_printed_where_the_parent_has_none() -> None:
    half = Fraction(1, 2)
    weights = {
        "top": Weight("top", None, None, None),
        "a": Weight("a", "top", half, None),
        "b": Weight("b", "top", half, None),
    }
    assert publish_shares(weights, 2) == {"a": 50, "b": 50}
    assert publish(weights, 2) == {}


@pytest.mark.parametrize(
    ("data", "entropy_zh", "critic_zh"),
    [
        ("u,1,2\nv,1,2\n", "各单位在每一列都相同", "只有一列，或有一列各单位都相同"),
        ("u,-1,3\nv,1,2\n", "有负数，或有一列全为 0", None),
        ("u,1,2\nv,2,4\n", None, "各列同升同降，没有冲突"),
        ("u,1,2\n", "有缺失，或不足两个单位", "有缺失，或不足两个单位"),
    ],
)
def test_why_data_do_not_serve_is_told_in_chinese(panel, data, entropy_zh, critic_zh) -> None:
    more = "weights: {method: mean, compare: [entropy, critic]}\n"
    folder = panel({"round-1.csv": "expert,a,b\nE01,5,4\nE02,4,4\n", "data.csv": f"unit,a,b\n{data}"}, more)
    told = [said.zh for said in analyse(read_panel(folder)).notes if "data.csv" in said.zh]
    expected = [(entropy_zh, "熵权法"), (critic_zh, "CRITIC 法")]
    assert told == [
        f"第1轮：data.csv 的数据不能用（{why}），{method}无权重的组：a、b" for why, method in expected if why
    ]


MINIMAL = """\
panel: c
title: {zh: 例, en: c}
scale: {min: 1, max: 5}
items: [{id: a, title: {zh: 甲, en: A}}, {id: b, title: {zh: 乙, en: B}}]
"""
ROUND = "expert,a,b\nE01,5,4\nE02,4,4\n"


class TestNothingIsLeftUnread:
    @pytest.mark.parametrize(
        "name", ["round2.csv", "Round-2.csv", "round 2.xlsx", "ROUND_2.CSV", "第2轮.csv", "第二轮.xls"]
    )
    def test_a_round_file_of_another_name_is_told(self, panel, name) -> None:
        with pytest.raises(InputError, match=r"found this name, expected round-1\.csv"):
            read_panel(panel({"round-1.csv": ROUND, name: ROUND}))

    @pytest.mark.parametrize(
        "name",
        ["remarks-2.csv", "replies-2.csv", "pairwise-2.csv", "best-worst-2.csv", "familiarity-2.csv", "flags-2.csv"],
    )
    def test_what_belongs_to_a_round_that_is_not_there_is_told(self, panel, name) -> None:
        with pytest.raises(InputError, match=r"found it without a round-2, expected the answers of the round"):
            read_panel(panel({"round-1.csv": ROUND, name: "expert,item,remark\n"}))

    @pytest.mark.parametrize(
        "name", ["第1轮问卷星导出.csv", "round 1 as received.csv", "rounds.csv", "remarks.csv", "data-2.txt"]
    )
    def test_other_files_may_lie_beside_them(self, panel, name) -> None:
        assert read_panel(panel({"round-1.csv": ROUND, name: "x\n"})).last.number == 1


@pytest.mark.parametrize(
    ("scale", "agreeing_from", "told"),
    [
        ("{min: 1, max: 5, best: 1}", 4, "counts marks from 1 to 4 as agreement"),
        ("{min: 1, max: 5, best: 1}", 2, None),
        ("{min: 1, max: 5}", 3, "counts marks from 3 to 5 as agreement"),
        ("{min: 1, max: 5}", 4, None),
        ("{min: 1, max: 9}", 7, None),
    ],
)
def test_agreement_that_begins_beyond_the_middle_of_the_scale_is_told(panel, scale, agreeing_from, told) -> None:
    base = MINIMAL.replace("{min: 1, max: 5}", scale)
    more = f'thresholds: {{consensus: {{agreement_at_least: "0.75", agreeing_from: {agreeing_from}}}}}\n'
    notes = [said.en for said in analyse(read_panel(panel({"round-1.csv": ROUND}, more, base))).notes]
    found = [said for said in notes if "agreeing_from" in said]
    assert len(found) == (told is not None)
    assert all(told in said for said in found)


@pytest.mark.parametrize(
    ("first", "then"), [("E-02", "E02"), ("e_02", "E02"), ("E02", "E02"), ("P", "P"), ("e2", "E2")]
)
def test_a_pseudonym_that_the_panel_does_not_know_is_written_without_its_hyphen(panel, run_cli, first, then) -> None:
    """The forms of the next round, and the expert, then write it in one way."""
    folder = panel({}, base=BASE)
    done = read_export(folder, EXPORT.replace("E02", first), run_cli)
    assert done.exit_code == 0, done.stderr
    assert (f"{first}: read as {then}" in done.stderr) == (first != then)
    rows = (folder / "round-1.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[0] for row in rows] == ["expert", "E01", then]
