"""The notebook on a revision of weights, run as people run it, and the sliders that it shows in JupyterLab."""

from __future__ import annotations

import shlex
import shutil
from datetime import date
from fractions import Fraction
from pathlib import Path

import nbformat
import papermill
import pytest

from auditlib.core.errors import InputError
from auditlib.report.revision import RevisionReport
from auditlib.report.revision_sliders import rank_table, shared_out, weight_sliders
from auditlib.revision.revise import revise
from auditlib.scheme.load import load_scheme


SCHEME = """\
scheme: small
version: "1"
title: {zh: 小办法, en: Small scheme}
source: {document: d.txt, title: {zh: 来源, en: Source}, last_checked: 2026-01-01}
effective: {from: 2025-01-01}
periods: [month]
clauses:
  一: {quote: 迟办每件扣1分}
  二: {quote: 未解决每件扣1分}
readings:
  late_bound:
    clause: 一
    question: {zh: 迟办如何认定, en: What is late}
    use: strict
    options:
      strict: {value: closed_at > due_at, zh: 过期即迟, en: past the limit}
      lenient: {value: "closed_at > due_at and resolved", zh: 过期而已解决才算迟, en: past the limit and solved}
measures:
  late: {title: {zh: 迟办件, en: late}, register: cases, where: $late_bound}
  unsolved: {title: {zh: 未解决件, en: unsolved}, register: cases, where: resolved is not true}
indicators:
  - {id: speed, title: {zh: 时效, en: Speed}, clause: 一, max: 10, start: 10, floor: 0, cap: 10,
     rules: [{id: late, clause: 一, title: {zh: 迟办, en: late}, points: -1, per: late}]}
  - {id: result, title: {zh: 解决, en: Result}, clause: 二, max: 10, start: 10, floor: 0, cap: 10,
     rules: [{id: unsolved, clause: 二, title: {zh: 未解决, en: unsolved}, points: -1, per: unsolved}]}
ranking: {clause: null, by: total, order: descending, within: all, different_maxima: undecided, ties: undecided}
rounding: {digits: 4, mode: half_up}
"""
LATE_AND_UNSOLVED = {"甲": (0, 3), "乙": (2, 0), "丙": (5, 5)}
"""So many of 6 cases: 甲 17 and 乙 18 of 20 under equal weights. With 16 and 4 points 甲 has 18.8 and 乙 16.8."""
PANEL = """\
panel: p
title: {zh: 组, en: Panel}
synthetic: true
scale: {min: 1, max: 9}
items:
  - {id: speed, title: {zh: 时效, en: Speed}}
  - {id: result, title: {zh: 解决, en: Result}}
resampling: {draws: 100}
"""


@pytest.fixture(scope="module")
def parameters(tmp_path_factory) -> dict[str, object]:
    """A scheme, its revision by a panel whose mean marks are 8 and 2, and a month of three units."""
    folder = tmp_path_factory.mktemp("revision")
    old, panel, ledger = folder / "small.yaml", folder / "panel", folder / "ledger"
    old.write_text(SCHEME, encoding="utf-8")
    panel.mkdir()
    (panel / "panel.yaml").write_text(PANEL, encoding="utf-8")
    (panel / "round-1.csv").write_text("expert,speed,result\nE01,9,1\nE02,7,3\nE03,8,2\n")
    new = folder / "small@2.yaml"
    new.write_text(revise(load_scheme(old), panel, date(2026, 7, 1)).text, encoding="utf-8")
    _write_ledger(ledger)
    return {
        "old": str(old), "new": str(new), "ledger": str(ledger), "period": "2026-01", "panel": str(panel),
        "draws": 200, "points": 32, "vary_readings": ["late_bound"],
    }  # fmt: skip


def _write_ledger(folder: Path) -> None:
    folder.mkdir()
    rows = ["case_id,unit,received_at,due_at,closed_at,resolved"]
    for unit, (late, unsolved) in LATE_AND_UNSOLVED.items():
        for number in range(6):
            closed = "2026-01-09T00:00:00" if number < late else "2026-01-03T00:00:00"
            solved = "0" if number < unsolved else "1"
            rows.append(f"{unit}{number},{unit},2026-01-02T00:00:00,2026-01-05T00:00:00,{closed},{solved}")
    (folder / "cases.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    units = "".join(f"{unit},{unit}分公司\n" for unit in LATE_AND_UNSOLVED)
    (folder / "units.csv").write_text(f"unit,name\n{units}", encoding="utf-8")
    (folder / "ledger.yaml").write_text('as_of: "2026-02-01T00:00:00"\n')


@pytest.fixture(scope="module")
def revision(parameters) -> RevisionReport:
    return RevisionReport.open(**parameters)


@pytest.mark.long
def test_the_notebook_runs_by_plain_papermill_and_tells_who_moves_and_why(root, parameters, tmp_path) -> None:
    target = tmp_path / "out.ipynb"
    notebook = root / "notebooks" / "weight_revision.ipynb"
    papermill.execute_notebook(notebook, target, parameters=parameters, progress_bar=False, kernel_name="python3")
    cells = nbformat.read(target, as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    text = "\n".join(output["data"]["text/plain"] for cell in code for output in cell.outputs if "data" in output)
    assert "3个有名次的单位中，2个名次改变" in text
    assert "名次变动全由权重引起" in text
    assert "甲分公司\t\t17 / 20\t18.8 / 20\t2\t1\t↑1" in text
    assert "文件夹内容与新版所引散列一致" in text
    assert [cell.outputs for cell in code if "interactive" in cell.metadata.tags] == [[]]


def test_what_moves_a_unit_adds_up_indicator_by_indicator(revision) -> None:
    moves = {move.new.unit: move for move in revision.scored.comparison.moves}
    # speed: −1 becomes −1.6 a case and 10 becomes 16; result: −1 becomes −0.4 and 10 becomes 4
    assert moves["甲"].by_indicator == {"speed": 6, "result": Fraction(4) - Fraction(12, 10) - 7}
    assert moves["乙"].by_indicator == {"speed": 16 - 2 * Fraction(16, 10) - 8, "result": -6}
    assert (moves["甲"].places, moves["乙"].places, moves["丙"].places) == (1, -1, 0)
    pulls = revision.scored.comparison.pulls(moves["甲"])
    mean = Fraction(6 + Fraction(48, 10) + (16 - 8 - 5), 3)
    assert pulls["speed"] == 6 - mean


def test_each_section_gives_its_sentences_its_table_and_its_figure(revision) -> None:
    shown = dict(zip(revision.names, revision, strict=True))
    assert all(section.sentences for section in shown.values())
    assert [name for name, section in shown.items() if section.figure is not None] == ["slopes", "intervals", "drivers"]
    assert [name for name, section in shown.items() if section.table is None] == ["headline"]
    places = revision.scored.ranks.set_index("unit")["places"]
    assert places.to_dict() == {"甲": 1, "乙": -1, "丙": 0}


def test_ranks_under_experts_drawn_anew_are_those_of_every_panel(revision) -> None:
    """With 3 experts of weights 9:1, 7:3 and 8:2, speed never has less than 7 tenths, where 甲 is ahead."""
    (found,) = revision.scored.uncertainty.values()
    assert found.units == ("丙", "乙", "甲")
    assert found.rank_interval(1.0).tolist() == [[3, 3], [2, 2], [1, 1]]


def test_a_moved_weight_takes_from_the_others_in_proportion() -> None:
    weights = [Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)]
    assert shared_out(weights, 0, Fraction(1, 4)) == [Fraction(1, 4), Fraction(1, 2), Fraction(1, 4)]
    assert shared_out([Fraction(1), Fraction(0), Fraction(0)], 0, Fraction(0)) == [0, Fraction(1, 2), Fraction(1, 2)]


def test_a_slider_moves_the_ranks_and_all_weights_add_up(revision) -> None:
    (table,) = revision.scored.tables.values()
    names = {unit: unit for unit in table.units}
    assert list(rank_table(table, [Fraction(1, 5), Fraction(4, 5)], names, "zh").iloc[:, 1]) == ["乙", "甲", "丙"]
    left, ranks = weight_sliders(revision).children
    _, speed, result, reset = left.children
    assert (speed.children[0].value, result.children[0].value) == (800, 200)
    assert ranks.value.index("甲分公司") < ranks.value.index("乙分公司")
    speed.children[0].value = 200
    assert result.children[0].value == 800
    assert ranks.value.index("乙分公司") < ranks.value.index("甲分公司")
    reset.click()
    assert speed.children[0].value == 800


def test_two_schemes_of_different_names_are_no_two_versions(parameters, tmp_path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(SCHEME.replace("scheme: small", "scheme: other"), encoding="utf-8")
    with pytest.raises(InputError, match="new: found other, expected another version of small"):
        RevisionReport.open(**parameters | {"new": str(other)})


def test_without_a_new_version_it_is_what_the_panel_makes_of_the_old_one(parameters, revision, tmp_path, run_cli, monkeypatch) -> None:
    alone = tmp_path / "small.yaml"
    alone.write_text(SCHEME, encoding="utf-8")
    draft = RevisionReport.open(**{**parameters, "old": str(alone), "new": ""})
    totals = {move.new.unit: move.new.total for move in draft.scored.comparison.moves}
    assert totals == {"甲": Fraction(188, 10), "乙": Fraction(168, 10), "丙": 20 - 5 * Fraction(16, 10) - 5 * Fraction(4, 10)}
    assert totals == {move.new.unit: move.new.total for move in revision.scored.comparison.moves}
    # The first printed command writes the very version that was scored, and the others name it.
    commands = dict(draft.scored.commands("zh"))
    assert list(commands) == ["Write the new version", "Check the new version", "Clause by clause", "This report"]
    monkeypatch.chdir(tmp_path)
    done = run_cli(*shlex.split(commands["Write the new version"])[1:])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "small@2.yaml").read_bytes() == draft.scored.new.file.read_bytes()
    assert commands["Check the new version"] == "auditlib check small@2.yaml"
    assert '"new": ""' in commands["This report"]
    assert "Write the new version" not in dict(revision.scored.commands("zh"))


@pytest.mark.parametrize(
    ("more", "files", "said"),
    [
        ("", {}, "panels of 3 experts, drawn anew from the panel with replacement"),
        (
            "weights: {method: ahp}\n",
            {"pairwise-1.csv": "expert,item,over,judgement\nE01,speed,result,4\n"},
            "The experts are not drawn anew, because the panel's weights are no means of marks.",
        ),
        (
            "mean: authority_weighted\n",
            {"experts.csv": "expert,Ca,Cs\nE01,1,1\nE02,1,1\nE03,1,1\n"},
            "The experts are not drawn anew, because their marks are weighted by authority.",
        ),
        (
            "",
            {"round-1.csv": "expert,speed,result\nE01,9,1\nE02,7,3\nE03,8,\n"},
            "The experts are not drawn anew, because some marks are missing.",
        ),
    ],
)
def test_experts_are_drawn_anew_only_where_weights_are_means_of_whole_marks(parameters, tmp_path, more, files, said):
    """80 to 20 by every way; where experts are not drawn, weights are drawn around these."""
    alone, panel = tmp_path / "small.yaml", tmp_path / "panel"
    alone.write_text(SCHEME, encoding="utf-8")
    shutil.copytree(parameters["panel"], panel)
    (panel / "panel.yaml").write_text(PANEL + more, encoding="utf-8")
    for name, text in files.items():
        (panel / name).write_text(text, encoding="utf-8")
    given = {**parameters, "old": str(alone), "new": "", "panel": str(panel), "vary_readings": []}
    told = RevisionReport.open(**given, language="en")
    assert {move.new.unit: move.new.total for move in told.scored.comparison.moves}["甲"] == Fraction(188, 10)
    assert said in told.show("intervals").text
    assert ("Dirichlet" in told.show("intervals").text) == ("not drawn" in said)


def test_without_a_new_version_and_without_a_panel_there_is_nothing_to_compare(parameters) -> None:
    with pytest.raises(InputError, match="parameters: new: found neither a new version nor a panel"):
        RevisionReport.open(**{**parameters, "new": "", "panel": ""})
