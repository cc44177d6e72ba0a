"""A panel of three levels, as docs/panels.md goes: from a survey export to a revised scheme and its tables."""

from __future__ import annotations

import copy
import re
from fractions import Fraction
from pathlib import Path

import docx
import pytest
import yaml

from auditlib.core.errors import InputError
from auditlib.delphi.analysis import analyse
from auditlib.delphi.rounds import read_panel
from auditlib.revision.scored import RevisedPeriod
from auditlib.scheme.load import load_scheme

GROUPS = {"conduct": ("management", "handling"), "outcome": ("rating", "tasks")}


@pytest.fixture(scope="module")
def declared(root: Path) -> dict:
    """The items of the shipped panel on s22-heating under two headings of their own."""
    found = yaml.safe_load((root / "params" / "panels" / "s22-weights" / "panel.yaml").read_text(encoding="utf-8"))
    by_id = {item["id"]: item for item in found["items"]}
    titles = {"conduct": {"zh": "过程", "en": "Conduct"}, "outcome": {"zh": "结果", "en": "Outcome"}}
    found["items"] = [
        {"id": name, "title": titles[name], "items": [by_id[one] for one in parts]} for name, parts in GROUPS.items()
    ]
    found["rounds"] = {1: {"sent": 3, "opened": "2026-08-03"}, 2: {"sent": 3, "opened": "2026-09-07"}}
    found["resampling"] = {"draws": 100, "seed": 22}
    return found


def export_of(text: str, marks: dict[str, list[int]], bases: str = "大") -> str:
    """What Wenjuanxing exports of a questionnaire that was made from the survey text: a row an expert."""
    headers, kinds, question = ["序号", "提交答卷时间", "所用时间", "来自IP"], [], ""
    for line in text.splitlines():
        if matched := re.match(r"(\d+、.+?)　\[(.+?题)", line):
            question, kind = matched[1], matched[2]
            kinds.append(kind)
            headers += [] if kind.startswith("矩阵") else [question]
        elif line.startswith("  ") and "：" not in line:
            headers.append(f"{question}—{line.strip()}")
    rows = []
    for number, (expert, own) in enumerate(marks.items(), start=1):
        cells, left = [str(number), "2026/8/5 10:11:12", "300秒", "1.2.3.4(北京)"], iter(own)
        for header in headers[4:]:
            what = header.rpartition("—")[2]
            if "专家代号" in header:
                cells.append(expert)
            elif what in ("实践经验", "理论分析", "同行了解或文献", "直觉"):
                cells.append(bases)
            elif header.endswith("熟悉程度"):
                cells.append("很熟悉")
            elif "意见" in header:
                cells.append("专项任务宜细化" if number == 1 else "(空)")
            else:
                cells.append(str(next(left)))
        rows.append(cells)
    return "".join(f"{','.join(row)}\n" for row in [headers, *rows])


@pytest.mark.long
def test_from_an_export_to_a_revised_scheme_and_a_document(declared, tmp_path, run_cli) -> None:
    folder = tmp_path / "our-panel"
    folder.mkdir()
    (folder / "panel.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True, sort_keys=False), encoding="utf-8")
    assert run_cli("panel", "new", folder, "--experts", "3").exit_code == 0
    text = (folder / "questionnaires" / "round-1" / "survey.txt").read_text(encoding="utf-8")
    count = len(read_panel(folder).declared.asked(1))
    assert count == 2 + 4 + 13
    marks = {f"E0{n}": [9 - (place * n) % 5 for place in range(count)] for n in (1, 2, 3)}
    (tmp_path / "export.csv").write_text(export_of(text, marks), encoding="utf-8")
    done = run_cli("panel", "read", tmp_path / "export.csv", "--survey", "wenjuanxing", "--panel", folder)
    assert done.exit_code == 0, done.stderr
    assert "round 1: 3 experts" in done.stderr

    reply = "expert,item,reply\nE01,,已在第2轮细化\n"
    (folder / "replies-1.csv").write_text(reply, encoding="utf-8")
    assert run_cli("panel", "new", folder).exit_code == 0
    text = (folder / "questionnaires" / "round-2" / "survey.txt").read_text(encoding="utf-8")
    assert "判断的依据" not in text  # asked once
    (tmp_path / "second.csv").write_text(export_of(text, marks), encoding="utf-8")
    done = run_cli(
        "panel", "read", tmp_path / "second.csv", "--survey", "wenjuanxing", "--panel", folder, "--round", "2"
    )
    assert done.exit_code == 0, done.stderr

    analysis = analyse(read_panel(folder))
    weights = {name: found.weight for name, found in analysis.last.items.items()}
    assert weights["policy"].parent == "management"
    assert weights["management"].parent == "conduct"
    down = weights["conduct"].weight * weights["management"].weight * weights["policy"].weight
    assert weights["policy"].combined == down
    leaves = [found for name, found in weights.items() if name not in {one.parent for one in weights.values()}]
    assert sum(leaf.combined for leaf in leaves) == 1

    target = tmp_path / "s22-heating@2.yaml"
    done = run_cli("revise", "s22-heating", "--panel", folder, "--effective", "2026-11-01", "--out", target)
    assert done.exit_code == 0, done.stderr
    assert run_cli("check", target).exit_code == 0
    most = {one.id: one.max for one in load_scheme(target).natural.indicators}
    assert sum(most.values(), Fraction(0)) == sum(
        (one.max for one in load_scheme(Path("params/schemes/s22-heating.yaml")).natural.indicators), Fraction(0)
    )
    assert float(most["policy"]) == pytest.approx(100 * float(down), abs=0.02)

    done = run_cli("panel", "export", folder, "--out", tmp_path / "tables")
    assert done.exit_code == 0, done.stderr
    document = docx.Document(tmp_path / "tables" / "tables.docx")
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "各轮的权重与名次" in text
    cells = {cell.text.strip("\N{IDEOGRAPHIC SPACE}") for table in document.tables for cell in table.rows[1].cells}
    assert any(cell.endswith("过程") for cell in cells)


def test_a_heading_above_indicators_that_is_no_dimension_is_refused(declared, tmp_path, run_cli) -> None:
    folder = tmp_path / "panel"
    folder.mkdir()
    flat = {**declared, "items": [{"id": "conduct", "title": {"zh": "过程", "en": "Conduct"},
                                   "items": declared["items"][0]["items"][0]["items"]}]}  # fmt: skip
    (folder / "panel.yaml").write_text(yaml.safe_dump(flat, allow_unicode=True), encoding="utf-8")
    (folder / "round-1.csv").write_text("expert,conduct,policy,register,training,equipment\nE01,9,9,8,7,6\n", "utf-8")
    done = run_cli(
        "revise", "s22-heating", "--panel", folder, "--effective", "2026-11-01", "--out", tmp_path / "x.yaml"
    )
    assert done.exit_code == 2
    assert "or one above dimensions alone" in done.stderr


@pytest.mark.long
def test_items_between_a_dimension_and_its_indicators_only_group_them(declared, tmp_path, run_cli) -> None:
    declared = copy.deepcopy(declared) | {"panel": "grouped"}
    dimension = declared["items"][0]["items"][0]
    assert dimension["id"] == "management"
    (papers, means) = dimension["items"][:2], dimension["items"][2:]
    dimension["items"] = [
        {"id": "papers", "title": {"zh": "制度与台账", "en": "Papers"}, "items": papers},
        {"id": "means", "title": {"zh": "人员与设备", "en": "Means"}, "items": means},
    ]
    folder = tmp_path / "panel"
    folder.mkdir()
    (folder / "panel.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True, sort_keys=False), encoding="utf-8")
    items = [item.id for item in read_panel(folder).declared.asked(1)]
    rows = [["expert", *items], *([f"E0{n}", *("3" if item == "means" else "6" for item in items)] for n in (1, 2))]
    (folder / "round-1.csv").write_text("".join(f"{','.join(row)}\n" for row in rows), encoding="utf-8")
    target = tmp_path / "s22-heating@2.yaml"
    done = run_cli("revise", "s22-heating", "--panel", folder, "--effective", "2026-11-01", "--out", target)
    assert done.exit_code == 0, done.stderr
    most = {one.id: one.max for one in load_scheme(target).natural.indicators}
    # A half for each of two above the dimensions, a half for the dimension, two thirds and one third, a half each.
    assert [float(most[name]) for name in ("policy", "training")] == pytest.approx([100 / 12, 100 / 24], abs=0.02)

    asked = {"old": "s22-heating", "new": str(target), "ledger": "s22-heating", "period": "2025-12"}
    with pytest.raises(InputError, match=r"panel: found s22-weights, expected grouped, whose weights .*, or none"):
        RevisedPeriod.open(**asked, panel="s22-weights")
    assert RevisedPeriod.open(**asked, panel=str(folder)).panel.declared.panel == "grouped"

    target.unlink()
    other = dimension["items"][0]["items"].pop()
    declared["items"][0]["items"][1]["items"].append(other)
    (folder / "panel.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True, sort_keys=False), encoding="utf-8")
    done = run_cli(
        "revise", "s22-heating", "--panel", folder, "--effective", "2026-11-01", "--out", tmp_path / "x.yaml"
    )
    assert done.exit_code == 2
    assert f"{other['id']}: found it under handling, expected it under management" in done.stderr
