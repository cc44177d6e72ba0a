"""What indicators came to in a past ledger becomes the data of a panel, and its entropy and CRITIC weights."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import yaml

from auditlib.analysis.assessment import assess
from auditlib.core.errors import InputError
from auditlib.delphi.analysis import analyse
from auditlib.delphi.rounds import read_panel

S22 = ("--scheme", "s22-heating", "--ledger", "s22-heating", "--period", "2025-12")


@pytest.fixture
def folder(root: Path, tmp_path: Path) -> Path:
    target = tmp_path / "s22"
    shutil.copytree(root / "params" / "panels" / "s22-weights", target)
    declared = yaml.safe_load((target / "panel.yaml").read_text(encoding="utf-8"))
    declared["weights"] = {"method": "mean", "compare": ["entropy", "critic"]}
    declared["resampling"] = {"draws": 100, "seed": 1}
    (target / "panel.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    return target


@pytest.mark.long
def test_data_are_the_points_of_the_ledger_over_full_marks(folder, run_cli) -> None:
    done = run_cli("panel", "data", folder, *S22)
    assert done.exit_code == 0, done.stderr
    assert "no unit has points of: tasks, clipped_item" in done.stderr
    assert "left out: H1 in 2025-12, which has no points of repeat_rate" in done.stderr
    data = read_panel(folder).data
    assert [unit for unit, _ in data.rows] == ["B1", "B2", "B3"]
    assert data.origin.scheme == "s22-heating"
    unit = assess(scheme="s22-heating", ledger="s22-heating", period="2025-12").unit("B2").score
    points = {own.id: own.points for own in unit.indicators}
    most = {own.id: own.max for own in unit.indicators}
    assert data.values["register"][1] == points["register"] / most["register"]
    group = ("policy", "register", "training", "equipment")
    whole = sum((points[one] for one in group), Fraction(0)) / sum((most[one] for one in group), Fraction(0))
    assert data.values["management"][1] == whole


@pytest.mark.long
def test_weights_are_those_of_the_formulas_and_what_lacks_is_told(folder, run_cli) -> None:
    assert run_cli("panel", "data", folder, *S22).exit_code == 0
    panel = read_panel(folder)
    analysis = analyse(panel)
    group = ("survey_coverage", "satisfaction", "dissatisfied_review")
    table = np.array([[float(panel.data.values[item][row]) for item in group] for row in range(3)])
    shares = table / table.sum(axis=0)
    diversity = 1 + (shares * np.log(shares)).sum(axis=0) / np.log(3)
    scaled = (table - table.min(axis=0)) / np.ptp(table, axis=0)
    information = scaled.std(axis=0) * (1 - np.corrcoef(scaled.T)).sum(axis=0)
    by = {one.method: one.weights for one in analysis.last.by_method}
    assert [float(by["entropy"][i].weight) for i in group] == pytest.approx(list(diversity / diversity.sum()))
    assert [float(by["critic"][i].weight) for i in group] == pytest.approx(list(information / information.sum()))
    assert by["entropy"]["special_tasks"].weight is None
    told = [note.en for note in analysis.notes if "without weights by entropy: " in note.en]
    assert len(told) == len(analysis.rounds)  # once a round, however many groups
    assert all(note.endswith("; special_tasks, clipped_item") for note in told)


def test_data_are_not_written_over_and_strange_items_are_named(folder, run_cli) -> None:
    assert run_cli("panel", "data", folder, *S22).exit_code == 0
    again = run_cli("panel", "data", folder, *S22)
    assert again.exit_code == 2
    assert "expected no data yet, or --replace" in again.stderr
    text = (folder / "panel.yaml").read_text(encoding="utf-8").replace("id: policy", "id: policies")
    (folder / "panel.yaml").write_text(text, encoding="utf-8")
    for file in folder.glob("*.csv"):
        file.unlink()
    strange = run_cli("panel", "data", folder, *S22, "--replace")
    assert strange.exit_code == 2
    assert "policies: found an item, expected the id of an indicator with full marks" in strange.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("unit,policy\nB1,x\nB2,1\n", "found x, expected a number"),
        ("unit,policy\nB1,1\nB1,2\n", "found B1 again, expected each unit once in a period"),
        ("unit,weather\nB1,1\n", "unknown column, expected unit, period or an item's id"),
        ("policy\n1\n", "missing column"),
    ],
)
def test_faulty_data_are_refused(folder, text, message) -> None:
    (folder / "data.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_panel(folder)
    assert any(message in str(problem) for problem in caught.value.problems)
