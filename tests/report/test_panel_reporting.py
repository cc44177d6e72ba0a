"""What a paper has to tell of a panel, its tables as DOCX and CSV, and published examples number by number."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from pathlib import Path

import docx
import pytest
import yaml

from auditlib.core.errors import InputError
from auditlib.delphi.reporting import CHECKLIST, Reporting
from auditlib.delphi.rounds import read_panel
from auditlib.delphi.thresholds import ConsensusThresholds
from auditlib.report.panel import PanelReport
from auditlib.report.panel_export import export_panel
from auditlib.report.panel_sliders import declaration, moved_limits, threshold_sliders, verdicts


@pytest.fixture(scope="module")
def folder(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped panel with what those who run it say of it, replies, and an item that is dropped."""
    target = tmp_path_factory.mktemp("panel") / "s19"
    shutil.copytree(root / "params" / "panels" / "s19-synthetic", target)
    declared = yaml.safe_load((target / "panel.yaml").read_text(encoding="utf-8"))
    years = [
        {"title": {"zh": "五年以上", "en": "over five"}, "experts": 20},
        {"title": {"zh": "其他", "en": "other"}, "experts": 6},
    ]
    why = {"zh": "筛选", "en": "Screening"}
    declared |= {
        "resampling": {"draws": 200, "seed": 19},
        "weights": {"method": "mean", "compare": ["fuzzy"]},
        "rounds": {
            1: {"sent": 30, "opened": "2026-03-02", "closed": "2026-03-20", "objective": why},
            2: {"sent": 26, "opened": "2026-04-06"},
        },
        "reporting": {
            "funding": {"zh": "无专项经费。", "en": "No funding."},
            "consensus_rationale": {"zh": "依文献惯例。", "en": "As is usual."},
            "characteristics": [{"title": {"zh": "年限", "en": "Years"}, "values": years}],
        },
    }  # fmt: skip
    (target / "panel.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True, sort_keys=False), encoding="utf-8")
    with (target / "remarks-1.csv").open(encoding="utf-8") as file:
        said = next(csv.DictReader(file))
    reply = f"expert,item,reply\n{said['expert']},{said['item']},已改写；电13812345678\n"
    (target / "replies-1.csv").write_text(reply, encoding="utf-8")
    return target


def told(folder: Path, number: int = 2, language: str = "en") -> PanelReport:
    return PanelReport.open(panel=str(folder), round=number, language=language)


def test_the_checklist_holds_all_of_accord_and_credes_once() -> None:
    accord = [one.accord for one in CHECKLIST if one.accord]
    assert accord == [
        "T1", *(f"I{n}" for n in range(1, 4)), *(f"M{n}" for n in range(1, 22)), *(f"R{n}" for n in range(1, 6)),
        "D1", "D2", "O1", "O2", "O3",
    ]  # fmt: skip
    assert {int(n) for one in CHECKLIST for n in one.credes.split(", ") if n} == set(range(1, 17))
    keys = [one.key for one in CHECKLIST if one.key]
    assert keys == [name for name in Reporting.model_fields if name != "characteristics"]


def test_the_checklist_says_what_is_given_and_what_is_not(folder) -> None:
    section = told(folder).show("reporting")
    rows = {row[1] or row[2]: row for row in section.table.itertuples(index=False, name=None)}
    assert rows["O3"][3:] == ("yes", "No funding.")
    assert rows["O2"][3:] == ("no", None)
    assert rows["M12"][3] == "yes"
    assert rows["M12"][4].startswith("As is usual. CV < 0.25; at least 75")
    assert rows["M11"][3:] == ("in part", "Round 1: Screening.")
    assert rows["R1"][3:] == ("in part", "Round 1: 2026-03-02 to 2026-03-20. Round 2: 2026-04-06 to not stated.")
    assert rows["R3"][3] == "yes, from the files"
    assert "Round 1: 26 of 30 forms (86.7\N{NO-BREAK SPACE}%)." in rows["R3"][4]
    assert rows["T1"][3] == "in the paper"
    states = list(section.table["Given"])
    assert f"{states.count('no')} are missing" in section.sentences[0]
    assert f"Of the {len(CHECKLIST) - 1} things" in section.sentences[0]


@pytest.mark.long
def test_flow_characteristics_replies_and_weights_by_round_stand_in_the_report(folder) -> None:
    report = told(folder)
    participation = report.show("participation")
    assert participation.figure is not None
    assert "26 experts answered every round" in participation.text
    assert "76.9" in participation.text  # 20 of 26
    weights = report.show("weights").text
    assert "Weights and ranks by round" in weights
    assert "Weights by method" in weights
    assert "Ranks by method" in weights
    remarks = told(folder, 1).show("remarks")
    assert "1 is answered" in remarks.sentences[0]
    assert "138" not in remarks.text
    assert "手机号已隐去" in remarks.text


def test_a_reply_to_nothing_is_refused(folder, tmp_path) -> None:
    target = tmp_path / "panel"
    shutil.copytree(folder, target)
    (target / "replies-1.csv").write_text("expert,item,reply\nE99,,Yes\n", encoding="utf-8")
    with pytest.raises(InputError, match="found E99 on the whole, expected a remark of the round"):
        read_panel(target)


@pytest.mark.long
def test_the_export_is_the_report_as_three_line_tables_and_the_same_twice(folder, tmp_path) -> None:
    report = told(folder)
    files = export_panel(report, tmp_path / "out")
    (document,) = [file for file in files if file.suffix == ".docx"]
    read = docx.Document(document)
    captions = [paragraph.text for paragraph in read.paragraphs if paragraph.text.startswith("Table ")]
    numbered = [int(caption.split(".")[0].removeprefix("Table ")) for caption in captions]
    assert numbered == list(range(1, len(numbered) + 1)) == sorted(report.page.numbers.values())
    tables = [file for file in files if file.suffix == ".csv"]
    assert len(read.tables) == len(tables)
    for table, file in zip(read.tables, tables, strict=True):
        rows = list(csv.reader(io.StringIO(file.read_bytes().decode("utf-8-sig"))))
        shown = [[cell.text.strip("\N{IDEOGRAPHIC SPACE} ") for cell in row.cells] for row in table.rows]
        assert shown[0] == rows[0]
        plain = [["—" if not cell else cell.removeprefix("'") for cell in row] for row in rows[1:]]
        assert [[cell or "—" for cell in row] for row in shown[1:]] == plain
    drawn = [paragraph.text for paragraph in read.paragraphs if paragraph.text.startswith("Figure ")]
    assert len(read.inline_shapes) == len(drawn) == len(report.page.figures)
    again = export_panel(told(folder), tmp_path / "again")
    assert [file.read_bytes() for file in again] == [file.read_bytes() for file in files]
    with zipfile.ZipFile(document) as archive:
        assert str(tmp_path) not in archive.read("word/document.xml").decode("utf-8")


@pytest.mark.long
def test_an_export_replaces_nothing_unasked(folder, tmp_path, run_cli) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine", encoding="utf-8")
    done = run_cli("panel", "export", folder, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert (tmp_path / "out" / "mine.txt").read_text(encoding="utf-8") == "mine"


# --- published examples, number by number -------------------------------------------------------------------

HEAD = "panel: case\ntitle: {zh: 例, en: case}\nscale: {min: 1, max: 9}\nitems: "


def written(folder: Path, text: str, files: dict[str, str]) -> PanelReport:
    folder.mkdir()
    (folder / "panel.yaml").write_text(text, encoding="utf-8")
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    return told(folder, 1)


def test_the_rand_report_is_the_published_example_number_by_number(tmp_path) -> None:
    """BMJ Open 2012;2:e001431, table 1: fifteen panellists; median 7.0, 30th and 70th percentiles 7.0 and 8.0, IPR 1.0,
    IPRAS 6.1, no disagreement, appropriate."""
    marks = ["4", "5", "6", "7", "7", "7", "7", "7", "8", "8", "8", "8", "8", "9", "9"]
    rows = "expert,A\n" + "".join(f"E{n:02},{mark}\n" for n, mark in enumerate(marks, start=1))
    text = f"{HEAD}[{{id: A, title: {{zh: 项, en: Criterion}}}}]\nthresholds: {{appropriateness: true}}\n"
    section = written(tmp_path / "rand", text, {"round-1.csv": rows}).show("consensus")
    (table,) = [one for one in section.printed if one.name == "appropriateness"]
    (row,) = table.frame.itertuples(index=False, name=None)
    assert row == ("A Criterion", "7.0", "1.00", "6.10", "0.16", "no", "no", "appropriate")


def test_the_ahp_report_is_saatys_example_number_by_number(tmp_path) -> None:
    """Saaty, Int. J. Services Sciences 1 (2008) 83-98: consumption of drinks in the United States; priorities 0.177,
    0.019, 0.042, 0.116, 0.190, 0.129, 0.327, CR 0.022."""
    upper = ["9 5 2 1 1 1/2", "1/3 1/9 1/9 1/9 1/9", "1/3 1/4 1/3 1/9", "1/2 1 1/3", "2 1/2", "1/3"]
    names = dict(zip("ABCDEFG", ("Coffee", "Wine", "Tea", "Beer", "Sodas", "Milk", "Water"), strict=True))
    items = ", ".join(f"{{id: {i}, title: {{zh: 项{i}, en: {name}}}}}" for i, name in names.items())
    judged = "expert,item,over,judgement\n" + "".join(
        f"E01,{'ABCDEFG'[i]},{'ABCDEFG'[i + 1 + k]},{value}\n"
        for i, row in enumerate(upper)
        for k, value in enumerate(row.split())
    )
    files = {"round-1.csv": "expert,A,B,C,D,E,F,G\nE01,,,,,,,\n", "pairwise-1.csv": judged}
    report = written(tmp_path / "ahp", f"{HEAD}[{items}]\nweights: {{method: ahp}}\n", files)
    printed = {one.name: one.frame for one in report.show("weights").printed if hasattr(one, "frame")}
    shares = [round(float(share), 3) for share in printed["weights"].iloc[:, 1]]
    assert shares == [0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327]
    assert printed["ahp"].iloc[0, 4] == "0.022"
    assert printed["ahp"].iloc[0, 5] == "yes"


# --- sliders ------------------------------------------------------------------------------------------------


def test_moved_thresholds_make_items_fall_and_come_in(folder) -> None:
    page = told(folder).page
    agreed = page.declared.thresholds.consensus
    same = moved_limits(agreed, {n: getattr(agreed, n) for n in ("cv_below", "agreement_at_least", "agreeing_from")})
    assert same == agreed
    assert set(verdicts(page, same).iloc[:, -1]) == {""}
    nothing = verdicts(page, ConsensusThresholds(iqr_at_most=0, mean_at_least=5))
    assert "falls out" in set(nothing.iloc[:, -1])
    everything = verdicts(page, ConsensusThresholds(mean_at_least=1))
    assert set(everything.iloc[:, -2]) == {"yes"}
    assert list(everything.iloc[:, -1]).count("comes in") == 4
    assert declaration(same) == 'consensus: {cv_below: "0.25", agreement_at_least: "0.75", agreeing_from: 4}'


def test_the_widget_follows_its_sliders(folder) -> None:
    box = threshold_sliders(told(folder))
    controls, table = box.children[0].children, box.children[1]
    before = table.value
    mean = next(
        row.children[1] for row in controls if hasattr(row, "children") and "Mean" in row.children[1].description
    )
    switch = next(row.children[0] for row in controls if hasattr(row, "children") and row.children[1] is mean)
    switch.value, mean.value = True, "5"
    assert table.value != before
    assert "falls out" in table.value
    assert any("mean_at_least: 5" in one.value for one in controls if hasattr(one, "value"))
