"""A report says of its weights where they come from, and shows no grids of marks that nobody gave."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from auditlib.report.panel import PanelReport
from auditlib.runs.panel_report import panel_report

HEAD = (
    "panel: case\ntitle: {zh: 例, en: case}\nscale: {min: 1, max: 5}\nresampling: {draws: 100}\n"
    "items: [{id: A, title: {zh: 甲, en: A}}, {id: B, title: {zh: 乙, en: B}}, {id: C, title: {zh: 丙, en: C}}]\n"
)
MARKS = "expert,A,B,C\nE01,5,4,2\nE02,4,4,3\n"
JUDGED = "expert,item,over,judgement\n" + "".join(
    f"{expert},{one},{other},{value}\n"
    for expert, values in (("E01", ("2", "4", "2")), ("E02", ("1/2", "1", "2")))
    for (one, other), value in zip(("AB", "AC", "BC"), values, strict=True)
)
EXPERTS = "expert,Ca,Cs\nE01,1,1\nE02,0.5,0.5\n"


def report(folder: Path, more: str, files: dict[str, str]) -> PanelReport:
    (folder / "panel.yaml").write_text(HEAD + more, encoding="utf-8")
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return PanelReport.open(panel=str(folder), language="en")


@pytest.mark.parametrize(
    ("more", "method", "option", "ratio"),
    [
        ("", "Weights are shares of the means of a group", "weights from plain means", True),
        ("weights: {method: ahp}\n", "The weights of a group are by: AHP;", "weights by: AHP", False),
        ("weights: {method: fuzzy}\n", "The weights of a group are by: fuzzy Delphi;", "by: fuzzy Delphi", False),
        ("weights: {method: ahp}\nmean: authority_weighted\n", "a group are by: AHP;", "weights by: AHP", False),
    ],
)
def test_weights_are_called_shares_of_means_only_where_they_are(tmp_path, more, method, option, ratio) -> None:
    told = report(tmp_path, more, {"round-1.csv": MARKS, "pairwise-1.csv": JUDGED, "experts.csv": EXPERTS})
    assert method in told.show("items").text
    assert "weighted by each expert's authority" not in told.show("items").text
    assert option in told.show("basis").text
    assert option in told.show("reporting").text
    assert ("Weights are shares of means" in told.show("headline").text) == ratio


@pytest.mark.parametrize("more", ["weights: {method: authority_weighted}\n", "mean: authority_weighted\n"])
def test_means_weighted_by_authority_are_told_and_shown_however_they_are_declared(tmp_path, more) -> None:
    """Cr 1 and 0.5: A (5 + 4/2) / 1.5 = 4.67, B 4, C (2 + 3/2) / 1.5 = 2.33."""
    told = report(tmp_path, more, {"round-1.csv": MARKS, "experts.csv": EXPERTS})
    items = told.show("items")
    assert "weighted by each expert's authority" in items.text
    assert list(items.table.iloc[:, 3]) == ["4.67", "4.00", "2.33"]
    assert "weights from means weighted by authority" in told.show("basis").text


def test_experts_who_only_compare_leave_no_empty_grids(tmp_path) -> None:
    """Geometric means over two experts: A over B √(2 · 1/2) = 1, A over C √(4 · 1) = 2, B over C 2; so 2 : 2 : 1."""
    files = {"round-1.csv": "expert,A,B,C\nE01,,,\nE02,,,\n", "pairwise-1.csv": JUDGED}
    told = report(tmp_path, "weights: {method: ahp}\n", files)
    said = "The experts gave no marks; the weights are by: AHP."
    for name in ("items", "distribution", "agreement"):
        assert said in told.show(name).text, name
    assert told.show("distribution").figure is told.show("agreement").figure is None
    assert told.show("items").table.to_numpy().tolist() == [
        ["A A", "40.00", "40.00"], ["B B", "40.00", "40.00"], ["C C", "20.00", "20.00"],
    ]  # fmt: skip
    printed = {one.name: one.frame for one in told.show("weights").printed if hasattr(one, "frame")}
    assert printed["comparisons"].to_numpy().tolist() == [
        ["A A over B B", "2", "1.00", "1/2", "2"],
        ["A A over C C", "2", "2.00", "1", "4"],
        ["B B over C C", "2", "2.00", "2", "2"],
    ]
    assert sorted(told.page.numbers.values()) == list(range(1, len(told.page.numbers) + 1))
    assert told.page.figures == ["flow", "weights"]
    assert "nobody answered" not in told.show("basis").text


def test_one_mark_is_enough_for_the_tables_of_marks(tmp_path) -> None:
    files = {"round-1.csv": "expert,A,B,C\nE01,5,,\nE02,,,\n", "pairwise-1.csv": JUDGED}
    told = report(tmp_path, "weights: {method: ahp}\n", files)
    assert told.show("distribution").figure is not None
    assert "nobody answered" in told.show("basis").text
    assert "gave no marks" not in "".join(told.show(name).text for name in ("items", "distribution", "agreement"))


def test_the_first_screen_says_what_the_agreed_rules_come_to(tmp_path) -> None:
    """A 9 8: both appropriate; B 5 5 uncertain; C 2 1 inappropriate. Relevant from 7: A by both, B and C by none; κ*
    of none of two is (0 − 1/4) / (3/4) = −1/3. λmax of 2, 4, 2 is 3: CR 0; of 1/2, 1, 2 it is 3 too: CR 0."""
    more = (
        "weights: {method: ahp}\nthresholds: {appropriateness: true, content_validity: {relevant_from: 7},"
        " screening: {boundary_values: false}}\n"
    )
    files = {"round-1.csv": "expert,A,B,C\nE01,9,5,2\nE02,8,5,1\n", "pairwise-1.csv": JUDGED}
    (tmp_path / "panel.yaml").write_text(HEAD.replace("max: 5", "max: 9") + more, encoding="utf-8")
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    said = PanelReport.open(panel=str(tmp_path), language="en").show("headline").text
    assert "RAND/UCLA: of 3 items 1 is appropriate, 1 uncertain, 1 inappropriate; the experts disagree on 0." in said
    assert "S-CVI/UA = 0.333, S-CVI/Ave = 0.333; items whose κ* is below 0.60: 2 (B B, C C)." in said
    titled = (tmp_path / "panel.yaml").read_text(encoding="utf-8").replace("en: B}", 'en: "B, b"}')
    (tmp_path / "panel.yaml").write_text(titled, encoding="utf-8")
    said = PanelReport.open(panel=str(tmp_path), language="en").show("headline").text
    assert "items whose κ* is below 0.60: 2 (B B, b; C C)." in said
    assert "Comparisons (AHP): of 2 sets, one for each expert and group, 2 have a CR below 0.1." in said


def test_a_p_that_is_not_small_is_not_warned_of(tmp_path) -> None:
    """Two experts who order three items in opposite ways have W 0; four who agree have a p of 4/1296."""
    opposed = report(tmp_path, "", {"round-1.csv": "expert,A,B,C\nE01,5,3,1\nE02,1,3,5\n"})
    assert "A small p says" not in opposed.show("headline").text
    rows = "".join(f"E0{n},5,3,1\n" for n in range(1, 5))
    agreed = report(tmp_path, "", {"round-1.csv": f"expert,A,B,C\n{rows}"})
    assert "A small p says" in agreed.show("headline").text


@pytest.mark.xdist_group("panel-formats")
def test_the_report_is_also_a_document(tmp_path) -> None:
    folder, out = tmp_path / "panel", tmp_path / "out"
    folder.mkdir()
    report(folder, "", {"round-1.csv": MARKS})
    page = panel_report(folder, out, language="en", formats=["docx"])
    assert sorted(file.name for file in out.iterdir()) == ["round-1.docx", "round-1.html", "round-1.ipynb"]
    assert page == out / "round-1.html"
    text = "\n".join(paragraph.text for paragraph in docx.Document(out / "round-1.docx").paragraphs)
    assert "case: report of round 1 of the panel of experts" in text
