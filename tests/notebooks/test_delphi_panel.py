"""The notebook of a panel, run as people run it, against what the analysis of the same panel gives as JSON."""

from __future__ import annotations

import html
import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
import yaml

from auditlib.delphi.analysis import analyse
from auditlib.delphi.rounds import read_panel
from auditlib.report.pages.render import render_html

pytestmark = pytest.mark.long

SCHMIDT = {0.1: "很弱", 0.3: "弱", 0.5: "中等", 0.7: "强", 0.9: "异常强"}


@pytest.fixture(scope="module")
def page(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of the notebook, executed once by plain papermill with its parameter file."""
    parameters = yaml.safe_load((root / "params" / "notebooks" / "delphi_panel.yaml").read_text(encoding="utf-8"))
    target = tmp_path_factory.mktemp("out") / "out.ipynb"
    papermill.execute_notebook(
        root / "notebooks" / "delphi_panel.ipynb", target, parameters=parameters, progress_bar=False,
        kernel_name="python3", cwd=root,
    )  # fmt: skip
    return render_html(nbformat.read(target, as_version=4))


@pytest.fixture(scope="module")
def rounds(root: Path) -> list[dict[str, Any]]:
    return analyse(read_panel(root / "params" / "panels" / "s19-synthetic")).to_json()["rounds"]


@pytest.fixture(scope="module")
def tables(page: str) -> dict[str, list[list[str]]]:
    """The rows of every numbered table by the title in its caption, as plain text."""
    found = {}
    for table in re.findall(r"<table.*?</table>", page, re.S):
        caption = re.search(r"<caption[^>]*>(?:表\d+\u3000)?(.*?)</caption>", table, re.S)
        rows = re.findall(r"<tr.*?</tr>", table, re.S)
        assert caption
        found[caption[1]] = [[plain(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)] for row in rows[1:]]
    return found


def plain(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


def printed(value: float | None, digits: int = 3) -> str:
    if value is None:
        return "—"
    return str(Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)).replace("-", "−")


def p_printed(p: float | None) -> str:
    return "—" if p is None else "<0.001" if p < 0.001 else printed(float(p))


def test_every_item_stands_in_the_table_with_its_numbers(tables, rounds) -> None:
    items = [item for group in rounds[1]["groups"] if group["kind"] == "siblings" for item in group["items"]]
    rows = {row[0].split(" ", 1)[1]: row[1:] for row in tables["第2轮评分与权重"]}
    assert len(rows) == len(items) == 14
    for item in items:
        numbers = [
            printed(item["mean"], 2),
            printed(item["sd"], 2),
            printed(item["cv"]),
            printed(item["full_mark_ratio"]),
        ]
        quartiles = [f"{item[name]:g}" for name in ("q1", "median", "q3")]
        weights = [item["published_weight"], item["published_combined_weight"]]
        assert rows[item["title"]["zh"]] == [str(item["n"]), *numbers, *quartiles, *weights]


def test_agreement_is_printed_for_every_group_and_round(tables, rounds) -> None:
    rows = tables["Kendall 协调系数 W"]
    assert len(rows) == sum(len(one["groups"]) for one in rounds) == 10
    by_W = {(row[2], row[4]): row for row in rows}
    for one in rounds:
        for group in one["groups"]:
            row = by_W[str(one["round"]), printed(group["W"])]
            span = group["W_interval"]
            word = SCHMIDT[min(SCHMIDT, key=lambda point: abs(point - group["W"]))]
            assert row[3] == "26"
            assert row[5] == f"{printed(span['low'])}–{printed(span['high'])}"
            assert row[6:8] == [printed(group["chi2"]), str(group["df"])]
            assert row[8:11] == [p_printed(group["p"]), p_printed(group["p_exact"]), word]
            assert row[11:] == [printed(group["W_uncorrected"]), printed(group["alpha"])]
            assert group["chi2"] == pytest.approx(26 * group["df"] * group["W"])  # χ² = m(n − 1)W


def test_a_weak_W_with_a_small_p_is_called_weak(page, rounds) -> None:
    first = rounds[1]["groups"][0]
    assert first["p_exact"] < 0.001
    assert abs(first["W"] - 0.3) < 0.1
    said = "排序一致不像出于偶然，但协调程度为“弱”，不能只凭 p 值称为协调。"
    assert f"第1级各条目：W = {printed(first['W'])}，p < 0.001。{said}" in plain(page)


def test_consensus_and_stability_are_reported_apart(page, tables, rounds) -> None:
    assert page.index('id="consensus"') < page.index('id="stability"')
    for found, row in zip(rounds[1]["consensus"], tables["第2轮共识"], strict=True):
        both = found["cv"] < 0.25 and found["agreement"] >= 0.75
        assert row[1] == printed(found["cv"])
        assert row[3] == printed(found["agreement"] * 100, 1)
        assert row[5] == ("是" if both else "否")
    for found, row in zip(rounds[1]["stability"], tables["第1轮至第2轮的变化"], strict=True):
        assert row[2:4] == [printed(found["cv_before"]), printed(found["cv_after"])]
        assert row[5:8] == [
            printed(found["kappa_linear"]),
            p_printed(found["wilcoxon_p"]),
            p_printed(found["wilcoxon_p_holm"]),
        ]
    tests = sum(found["wilcoxon_p"] is not None for found in rounds[1]["stability"])
    assert f"{tests} 项各作一次双侧 Wilcoxon 符号秩检验" in plain(page)


def test_proposals_give_their_reasons(tables, rounds) -> None:
    words = {"keep": "保留", "discuss": "讨论", "delete": "删除"}
    for found, row in zip(rounds[1]["screening"], tables["第2轮筛选建议"], strict=True):
        assert row[1] == words[found["verdict"]]
        for failure in found["failures"]:
            assert printed(failure["found"]) in row[2]
            assert printed(failure.get("at_least", failure.get("at_most"))) in row[2]


def test_synthetic_data_and_what_is_undefined_are_named(page) -> None:
    text = plain(page)
    assert "合成数据：评分是编造的，不是真实调查" in text
    assert "没有专家改变打分，无从检验" in text


def test_the_notebook_defines_nothing_stores_nothing_and_takes_its_parameter_file(root) -> None:
    notebook = nbformat.read(root / "notebooks" / "delphi_panel.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell for cell in code if "parameters" in cell.metadata.get("tags", [])] == [code[0]]
    assert not any(re.search(r"^\s*(def|class|lambda|for|if) ", cell.source, re.M) for cell in code)
    assert not any(cell.outputs or cell.execution_count for cell in code)
    given = yaml.safe_load((root / "params" / "notebooks" / "delphi_panel.yaml").read_text(encoding="utf-8"))
    assert list(given) == re.findall(r"^(\w+):", code[0].source, re.M)
