"""The report of a panel: its sentences are computed, its tables complete, and nothing of a panel becomes markup."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import fmean, stdev

import pytest
import yaml
from scipy import stats

from auditlib.core.errors import InputError
from auditlib.delphi.rounds import read_panel
from auditlib.report.panel import PanelReport
from auditlib.report.panel_boundaries import boundaries
from auditlib.report.paper_table import fixed, p_text
from auditlib.report.section import Section
from auditlib.report.sections.panel.distribution import bands

SCRIPT = "<script>alert(1)</script>"
Make = Callable[..., Path]


def rows(*experts: str) -> str:
    return "".join(f"E{number:02},{marks}\n" for number, marks in enumerate(experts, start=1))


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """A panel folder from its items, rounds (marks of an expert a line), and other keys of panel.yaml."""

    def made(items: list[dict], *rounds: str, files: dict[str, str] | None = None, **keys: object) -> Path:
        folder = tmp_path_factory.mktemp("panel")
        content = {
            "panel": "small", "title": {"zh": "小组", "en": "Small panel"}, "scale": {"min": 1, "max": 5},
            "items": items, "resampling": {"draws": 200},
        } | keys  # fmt: skip
        (folder / "panel.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        names = [name for item in items for name in (item["id"], *(child["id"] for child in item.get("items", ())))]
        for number, marks in enumerate(rounds, start=1):
            text = f"expert,{','.join(names)}\n{marks}"
            (folder / f"round-{number}.csv").write_text(text, encoding="utf-8")
        for name, text in (files or {}).items():
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    return made


def item(name: str, title: str = "", items: list[dict] | None = None) -> dict:
    return {"id": name, "title": {"zh": title or f"项{name}", "en": title or f"Item {name}"}, "items": items or []}


@pytest.fixture(scope="module")
def two_rounds(make: Make) -> Path:
    """Five experts, two parents with two items each; item c is marked 4 by all in both rounds."""
    tree = [item("x", items=[item("a"), item("b")]), item("y", SCRIPT, items=[item("c"), item("d", "丁|<b>")])]
    first = rows("5,5,4,3,4,1", "4,5,3,4,4,2", "5,4,2,3,4,1", "4,5,4,2,4,3", "5,5,3,3,4,2")
    second = rows("5,5,4,3,4,1", "5,5,4,4,4,2", "5,5,3,3,4,1", "4,5,4,3,4,2", "5,5,4,3,4,1")
    return make(
        tree, first, second,
        files={"remarks-2.csv": f"expert,item,remark\nE03,a,{SCRIPT}\nE01,,整体可行\n"},
        rounds={1: {"sent": 6}, 2: {"sent": 5}},
        thresholds={
            "declared": "2026-01-05",
            "consensus": {"cv_below": "0.25", "agreement_at_least": "0.75", "agreeing_from": 4},
            "stability": {"cv_change_at_most": "0.1"},
        },
    )  # fmt: skip


def report(folder: Path, language: str = "zh", round: int = 0) -> PanelReport:
    return PanelReport.open(panel=str(folder), round=round, language=language)


@pytest.fixture(scope="module", params=["zh", "en"])
def told(request: pytest.FixtureRequest, two_rounds: Path) -> PanelReport:
    return report(two_rounds, request.param)


@pytest.fixture(scope="module")
def fragments(told: PanelReport) -> dict[str, Section]:
    return dict(zip(told.names, told, strict=True))


def cells(fragment: Section, caption: str) -> Iterator[list[str]]:
    """The rows of the table whose caption contains ``caption``, as plain text."""
    table = next(part for part in re.findall(r"<table.*?</table>", fragment.html, re.S) if caption in part)
    for row in re.findall(r"<tr.*?</tr>", table, re.S):
        yield [html.unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)]


class TestNumbers:
    def test_numbers_are_rounded_half_up_and_small_p_are_not_zero(self) -> None:
        assert [fixed(4.125, 2), fixed(-0.0449, 2), fixed(None, 2)] == ["4.13", "−0.04", None]
        assert [p_text(0.0004), p_text(0.0126), p_text(1.0), p_text(0.9999)] == ["<0.001", "0.013", "1.000", ">0.999"]
        assert [p_text(0.0004, sign=True), p_text(0.2, sign=True)] == ["< 0.001", "= 0.200"]


class TestReferenceValues:
    """Tables against published examples: none of the expected numbers comes from this library."""

    def test_concordance_is_corrected_for_ties(self, make: Make) -> None:
        ranks = rows("1,4.5,2,4.5,3,7.5,6,9,7.5,10", "2.5,1,2.5,4.5,4.5,8,9,6.5,10,6.5", "2,1,4.5,4.5,4.5,4.5,8,8,8,10")
        folder = make([item(name) for name in "abcdefghij"], ranks, scale={"min": 1, "max": 10, "step": "0.5"})
        found = report(folder)
        (row,) = list(cells(found.show("agreement"), "协调系数"))[1:]
        assert row[3:5] == ["3", "0.828"]
        assert row[6:9] == ["22.349", "9", "0.008"]
        assert row[10:12] == ["异常强", "0.796"]
        assert "W：第1级各条目: 0.828　异常强" in found.show("headline").text

    def test_means_spread_and_full_marks(self, make: Make) -> None:
        counts = {"a": (10, 12, 9, 2, 0), "b": (20, 11, 1, 1, 0), "c": (9, 17, 7, 0, 0), "d": (13, 14, 5, 1, 0)}
        columns = [[str(5 - place) for place, count in enumerate(c) for _ in range(count)] for c in counts.values()]
        found = report(make([item(name) for name in counts], rows(*map(",".join, zip(*columns, strict=True)))))
        table = list(cells(found.show("items"), "评分与权重"))[1:]
        assert [row[2] for row in table] == ["3.91", "4.52", "4.06", "4.18"]
        cvs = [float(row[4]) for row in table]
        assert cvs == pytest.approx([0.2338, 0.1578, 0.1735, 0.1933], abs=0.00056)  # three decimals against four
        assert [row[5] for row in table] == ["0.303", "0.606", "0.273", "0.394"]
        shown = list(cells(found.show("distribution"), "人数"))[1:]
        assert [tuple(map(int, reversed(row[1:6]))) for row in shown] == list(counts.values())


class TestEverySection:
    @pytest.mark.long
    def test_shows_itself_in_html_and_as_text(self, fragments: dict[str, Section]) -> None:
        for name, fragment in fragments.items():
            assert fragment.html, name
            assert fragment.text, name
            assert set(fragment._repr_mimebundle_()) >= {"text/html", "text/plain"}

    def test_gives_its_sentences_its_table_and_its_figure(self, fragments: dict[str, Section]) -> None:
        assert all(fragment.sentences for fragment in fragments.values())
        drawn = {name for name, fragment in fragments.items() if fragment.figure is not None}
        assert drawn == {"participation", "distribution", "agreement", "screening", "weights"}
        assert {name for name, fragment in fragments.items() if fragment.table is None} == {"headline"}
        assert list(fragments["items"].table.iloc[:, 1]) == ["5"] * 6

    def test_has_the_same_bytes_twice(self, two_rounds: Path, told: PanelReport, fragments: dict[str, Section]) -> None:
        again = report(two_rounds, told.page.language)
        for name in ("headline", "agreement", "weights", "how_to_repeat"):
            assert again.show(name).html == fragments[name].html, name

    def test_escapes_what_a_panel_says(self, fragments: dict[str, Section]) -> None:
        page = "".join(fragment.html for fragment in fragments.values())
        assert SCRIPT not in page
        assert "丁|<b>" not in page
        assert html.escape(SCRIPT) in page

    def test_is_in_the_language_that_was_asked(self, told: PanelReport, fragments: dict[str, Section]) -> None:
        text = fragments["agreement"].text + fragments["stability"].text + fragments["basis"].text
        if told.page.language == "en":
            assert not re.search(r"[\u4e00-\u9fff。，；：（）“”]", text.replace("丁", ""))
        else:
            assert "协调程度" in text


class TestTables:
    def test_hold_every_item_of_the_round(self, told: PanelReport, fragments: dict[str, Section]) -> None:
        names = [told.page.name(name) for name in ("x", "a", "b", "y", "c", "d")]
        word = "Item " if told.page.language == "en" else "项"
        assert names[:3] == [f"1 {word}x", f"1.1 {word}a", f"1.2 {word}b"]
        for section in ("items", "distribution", "screening", "consensus", "stability", "weights"):
            assert all(name in fragments[section].text for name in names), section

    def test_are_numbered_in_the_order_of_the_report(self, told: PanelReport, fragments: dict[str, Section]) -> None:
        page = "".join(fragment.html for fragment in fragments.values())
        found = [int(number) for number in re.findall(r"<caption>(?:表|Table )(\d+)", page)]
        assert found == list(range(1, len(found) + 1))
        assert len(found) == 10

    def test_weights_add_up_to_the_printed_digit(self, told: PanelReport, fragments: dict[str, Section]) -> None:
        caption = "第2轮权重" if told.page.language == "zh" else "Weights of round 2"
        table = {row[0].split()[0]: row for row in list(cells(fragments["weights"], caption))[1:]}
        for group in (("1", "2"), ("1.1", "1.2"), ("2.1", "2.2")):
            assert sum(round(float(table[code][2]) * 100) for code in group) == 10_000
        leaves = ("1.1", "1.2", "2.1", "2.2")
        assert sum(round(float(table[code][5]) * 100) for code in leaves) == 10_000

    def test_boundaries_are_mean_and_sample_deviation_of_the_level(self, told: PanelReport) -> None:
        marks = told.page.one.round.marks
        for level, names in ((1, "xy"), (2, "abcd")):
            means = [fmean(float(marks[expert, name]) for expert in told.page.one.round.experts) for name in names]
            every = boundaries(told.page.analysis)
            limit = next(one.limit for one in every if one.level == level and one.statistic == "mean")
            assert limit == pytest.approx(fmean(means) - stdev(means))

    def test_boundaries_are_those_that_items_failed(self, told: PanelReport) -> None:
        limits = {(one.level, one.statistic): one.limit for one in boundaries(told.page.analysis)}
        failed = [
            (level, failure)
            for level, part in told.page.one.screening.items()
            for screened in part
            for failure in screened.failures.values()
        ]
        assert failed
        assert all(limits[level, failure.statistic] == pytest.approx(failure.limit) for level, failure in failed)

    def test_a_scale_of_many_marks_is_shown_in_ranges(self, make: Make) -> None:
        marks = rows("0,100", "35,80", "60,99")
        found = report(make([item("a"), item("b")], marks, scale={"min": 0, "max": 100}))
        assert [label for label, _ in bands(found.page)] == ["0–19 分", "20–39 分", "40–60 分", "61–80 分", "81–100 分"]
        assert [row[1:6] for row in list(cells(found.show("distribution"), "人数"))[1:]] == [
            ["1", "1", "1", "0", "0"], ["0", "0", "0", "1", "2"]]  # fmt: skip


class TestSentences:
    @pytest.mark.long
    def test_weak_agreement_is_called_weak_though_p_is_small(self) -> None:
        found = PanelReport.open(panel="s19-synthetic", language="en")
        matrix = found.page.one.round.matrix(["professional", "service", "learning"])
        chi2, p = stats.friedmanchisquare(*matrix.T)
        W = chi2 / (26 * 2)
        assert p < 0.001
        assert 0.2 < W < 0.4
        text = found.show("headline").text
        said = "The orders agree beyond chance; the agreement is weak, and a small p does not make it good."
        assert f"Items of level 1: W = {W:.3f}, p < 0.001. {said}" in text
        assert "A small p says that the orders agree beyond chance, not that they agree well" in text

    def test_agreement_that_may_be_chance_is_not_called_agreement(self, make: Make) -> None:
        found = report(make([item(name) for name in "abc"], rows("1,2,3", "3,2,1", "2,1,3")))
        text = found.show("agreement").text
        assert "不能排除排序一致出于偶然" in text
        assert "不像出于偶然，但" not in text

    def test_consensus_and_stability_are_told_apart(self, fragments: dict[str, Section], told: PanelReport) -> None:
        page = fragments["consensus"].html + fragments["stability"].html
        assert page.index('id="consensus"') < page.index('id="stability"')
        zh = told.page.language == "zh"
        # y has the marks 3 4 3 3 3, one of five from 4 on; d has 1 2 1 2 1, none, and a CV of 0.391; the others agree
        names = told.page.names(["y", "d"])
        said = (
            f"6 项中 4 项达到约定的全部共识阈值；没有达到的：{names}。"
            if zh
            else f"4 of 6 items reach all agreed thresholds of consensus; not so: {names}."
        )
        assert said in fragments["consensus"].text

    def test_the_number_of_tests_is_named(self, fragments: dict[str, Section], told: PanelReport) -> None:
        before, after = (one.round.marks for one in told.page.analysis.rounds)
        moved = {name for (expert, name), mark in after.items() if before[expert, name] != mark}
        assert moved == {"x", "a", "b", "y", "d"}
        text = fragments["stability"].text
        expected = (
            f"{len(moved)} 项各作一次"
            if told.page.language == "zh"
            else f"Each of {len(moved)} items has one two-sided"
        )
        assert expected in text
        assert "Holm" in text

    def test_forms_that_did_not_come_back_are_told(self, two_rounds: Path) -> None:
        first = report(two_rounds, round=1)
        text = first.show("headline").text
        assert "发出 6 份，收回 5 份" in text
        assert "83.3%" in text
        assert "没有收回的 1 份" in text


class TestWhatIsMissing:
    def test_undefined_statistics_are_named_with_their_reason(
        self, told: PanelReport, fragments: dict[str, Section]
    ) -> None:
        text = fragments["basis"].text
        zh = told.page.language == "zh"
        assert ("没有专家改变打分，无从检验" if zh else "no expert changed the mark") in text
        assert ("两轮打分全部相同，κ 没有定义" if zh else "all marks of both rounds are the same") in text
        assert told.page.name("c") in text

    @pytest.mark.long
    def test_a_panel_that_ties_everything_has_no_W(self, make: Make) -> None:
        found = report(make([item("a"), item("b")], rows("4,4", "3,3", "5,5")))
        assert "W 没有定义。每位专家对所有条目打分都相同" in found.show("agreement").text
        assert "W：第1级各条目: 未定义" in found.show("headline").text
        assert "nan" not in "".join(one.text for one in found).lower()

    def test_one_expert_and_one_item_are_told_and_not_refused(self, make: Make) -> None:
        found = report(make([item("a")], rows("4")), "en")
        page = "".join(one.text for one in found)
        assert "there is one item only, so W is not defined" in page
        assert "one answer has no sample standard deviation" in page

    def test_without_experts_thresholds_or_remarks_nothing_is_made_up(self, make: Make) -> None:
        found = report(make([item("a"), item("b")], rows("4,2", "3,5", "5,1")))
        text = found.show("headline").text
        assert "权威系数 Cr: — 没有 experts.csv" in text
        assert "没有约定阈值，不作判断" in text
        assert "首轮，无从比较" in text
        assert found.show("remarks").html == ""
        assert "<table" not in found.show("consensus").html + found.show("stability").html

    @pytest.mark.long
    def test_a_report_of_an_earlier_round_knows_nothing_of_later_ones(self, two_rounds: Path) -> None:
        first = report(two_rounds, round=1)
        page = "".join(one.html for one in first)
        assert "第2轮" not in re.sub(r'base64,[^"]+', "", page)
        assert "round-2.csv" not in page
        assert first.show("remarks").html == ""

    def test_remarks_stand_under_pseudonyms(self, fragments: dict[str, Section]) -> None:
        assert "E03" in fragments["remarks"].text
        assert "整体可行" in fragments["remarks"].text

    @pytest.mark.long
    def test_many_items_are_listed_by_number_and_cut_into_figures(self, make: Make) -> None:
        names = [f"i{number}" for number in range(40)]
        marks = [",".join(str((place * step) % 5 + 1) for place in range(40)) for step in (1, 2, 3)]
        found = report(make([item(name) for name in names], rows(*marks)))
        assert found.page.names(names[:7]) == "1、2、3、4、5、6、7"
        shown = found.show("distribution")
        assert [shown.text.count(f"图{number}　") for number in (1, 2, 3, 4)] == [0, 1, 1, 0]
        assert "评分分布（2/2）" in shown.text
        assert "只标出建议讨论或删除的" in found.show("screening").text

    def test_missing_marks_are_counted_and_the_dropped_named(self, make: Make) -> None:
        found = report(make([item(name) for name in "abc"], rows("5,4,3", "5,,3", "4,4,2")))
        assert "共有 1 处未答" in found.show("distribution").text
        assert "有 1 位专家未答全" in found.show("headline").text


def test_unknown_panels_rounds_and_languages_are_refused(two_rounds: Path) -> None:
    with pytest.raises(InputError, match="s19-synthetic"):
        PanelReport.open(panel="nowhere")
    with pytest.raises(InputError, match="found no answers of round 3, expected one of the rounds: 1, 2"):
        report(two_rounds, round=3)
    with pytest.raises(InputError, match="found 'fr', expected"):
        report(two_rounds, "fr")


def test_a_panel_is_shown_before_its_report(two_rounds: Path) -> None:
    read = read_panel(str(two_rounds))
    assert repr(read).splitlines()[1:] == ["round 1: 5 of 6 forms came back", "round 2: 5 of 5 forms came back"]
    first = read.until(1).last.frame
    assert first.loc["E02"].to_dict() == {"x": 4, "a": 5, "b": 3, "y": 4, "c": 4, "d": 2}
    assert read.until(0) is read


def test_the_report_says_how_to_make_it_again(
    two_rounds: Path, fragments: dict[str, Section], told: PanelReport
) -> None:
    text = fragments["how_to_repeat"].text
    for name in ("panel.yaml", "round-1.csv", "round-2.csv", "remarks-2.csv"):
        assert hashlib.sha256((two_rounds / name).read_bytes()).hexdigest() in text
    assert f"-p round 2 -p language {told.page.language}" in text
