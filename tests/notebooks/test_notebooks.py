"""The notebooks, run as people run them: by plain papermill, and by a run file."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import nbformat
import papermill
import pytest
import yaml

from auditlib.core.file_names import file_name
from auditlib.runs.parameters import check_parameters



@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two small branches in December 2025, one of them late with a contact."""
    folder = tmp_path_factory.mktemp("ledger")
    start = datetime(2025, 12, 1, 8)
    rows = []
    for number in range(20):
        received = start + timedelta(days=number)
        contacted = received + timedelta(hours=5 if number == 3 else 1)
        times = (received, received, received, contacted, contacted, received + timedelta(days=1))
        unit = "A" if number % 2 else "B"
        rows.append(",".join([f"C{number:02}", unit, "投诉", f"P{number}", "Q", *(t.isoformat() for t in times), "是,满意,,,0"]))
    header = (
        "case_id,unit,kind,person_key,problem_key,received_at,entered_at,accepted_at,contacted_at,planned_at,closed_at,"
        "resolved,satisfaction,reviewed_at,redone,missing_items,replied_at"
    )
    (folder / "cases.csv").write_text("\n".join([header, *(f"{row}," for row in rows)]) + "\n", encoding="utf-8")
    (folder / "units.csv").write_text("unit,name,group\nA,甲分公司,市区\nB,<b>乙</b>分公司,市区\n", encoding="utf-8")
    (folder / "events.csv").write_text("event_id,unit,at,kind,count\n")
    (folder / "submissions.csv").write_text("unit,kind,due_at,submitted_at,valid,missing_items\nA,制度,,2025-10-01,,0\n")
    (folder / "ledger.yaml").write_text('as_of: "2026-01-05T00:00:00"\n')
    return folder


def run_file(folder: Path, folder_of_ledger: Path, **changes: object) -> Path:
    content = {
        "run": "small",
        "title": {"zh": "小批次", "en": "Small run"},
        "scheme": "s22-heating",
        "ledger": str(folder_of_ledger),
        "periods": ["2025-12"],
        "notebooks": [{"notebook": "period_ranking", "per": "period"}, {"notebook": "unit_audit", "per": "unit"}],
    }
    file = folder / "run.yaml"
    file.write_text(yaml.safe_dump(content | changes, allow_unicode=True), encoding="utf-8")
    return file


def outputs(notebook: nbformat.NotebookNode) -> str:
    return "".join(
        "".join(output["data"].get("text/html", ""))
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "data" in output
    )


@pytest.mark.long
@pytest.mark.parametrize(("name", "own"), [("unit_audit", {"unit": "A"}), ("period_ranking", {})])
def test_a_notebook_runs_by_plain_papermill_and_tells_the_scores(root, ledger, tmp_path, name, own) -> None:
    parameters = {"scheme": "s22-heating", "ledger": str(ledger), "period": "2025-12", "language": "zh"} | own
    target = tmp_path / "out.ipynb"
    papermill.execute_notebook(
        root / "notebooks" / f"{name}.ipynb", target, parameters=parameters, progress_bar=False, kernel_name="python3"
    )
    text = outputs(nbformat.read(target, as_version=4))
    assert "甲分公司" in text
    assert "热力信访考核方案" in text
    if name == "unit_audit":
        assert "C03" in text  # the case that was contacted five hours late


@pytest.mark.long
def test_a_run_makes_every_report_and_an_index_and_shows_names_as_text(ledger, tmp_path, run_cli) -> None:
    out = tmp_path / "reports"
    done = run_cli("run", run_file(tmp_path, ledger), "--out", out, "--jobs", 2)
    assert done.exit_code == 0, done.output
    assert "3 reports made, 0 were finished, 0 failed" in done.stdout
    made = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file() and ".run" not in path.parts}
    stems = ("2025-12/A", "2025-12/B", "2025-12/period_ranking")
    reports = {f"{stem}.{end}" for stem in stems for end in ("html", "ipynb")}
    record = {"2025-12/scores.json", "rows.csv", "schemes/s22-heating.yaml", "run-log.json"}
    record |= {f"2025-12/{name}" for name in ("scores.xlsx", "scores.csv", "lines.csv")}
    assert made == reports | record | {"index.html", "manifest.json", "ro-crate-metadata.json", "attestation.json"}
    index = (out / "index.html").read_text(encoding="utf-8")
    assert "2025-12/A.html" in index
    page = (out / "2025-12" / "B.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;乙&lt;/b&gt;分公司" in page
    assert "<b>乙" not in page + index


@pytest.mark.long
def test_a_failed_notebook_is_kept_and_marked_and_the_others_are_finished(root, ledger, tmp_path, run_cli, monkeypatch) -> None:
    home = tmp_path / "home"
    (home / "notebooks").mkdir(parents=True)
    (home / "params").symlink_to(root / "params")
    (home / "notebooks" / "unit_audit.ipynb").write_text(
        json.dumps(
            {
                "cells": [
                    {"cell_type": "code", "id": "parameters", "metadata": {"tags": ["parameters"]}, "execution_count": None,
                     "outputs": [], "source": "scheme: str = ''\nledger: str = ''\nunit: str = None\nperiod: str = ''\nas_of: str = ''\nlanguage: str = 'zh'"},
                    {"cell_type": "code", "id": "fail", "metadata": {}, "execution_count": None, "outputs": [],
                     "source": "print('begun', unit)\nassert unit != 'A', 'unit A cannot be told'"},
                ],
                "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
                "nbformat": 4, "nbformat_minor": 5,
            }
        )
    )  # fmt: skip
    monkeypatch.setenv("AUDITLIB_HOME", str(home))
    out = tmp_path / "reports"
    file = run_file(tmp_path, ledger, notebooks=[{"notebook": "unit_audit", "per": "unit"}])
    done = run_cli("run", file, "--out", out, "--jobs", 1)
    assert done.exit_code == 1
    assert "1 reports made, 0 were finished, 1 failed" in done.stdout
    assert "unit A cannot be told" in done.stderr
    kept = nbformat.read(out / "2025-12" / "A.ipynb", as_version=4)
    assert kept.metadata.papermill.exception
    assert "begun A" in str(kept.cells)
    assert "unit A cannot be told" in (out / "2025-12" / "A.html").read_text(encoding="utf-8")
    assert "A.html" in (out / "index.html").read_text(encoding="utf-8")
    assert not nbformat.read(out / "2025-12" / "B.ipynb", as_version=4).metadata.papermill.get("exception")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"unit": "A", "unti": "A"}, "unti: unknown parameter, expected one of scheme, ledger, unit, period"),
        ({"unit": 7}, "unit: found 7 (int), expected str"),
        ({"language": True}, "language: found True (bool), expected str"),
    ],
)
def test_faulty_parameters_are_named_before_a_kernel_starts(root, parameters, message) -> None:
    problems = check_parameters(root / "notebooks" / "unit_audit.ipynb", parameters)
    assert any(message in str(problem) for problem in problems), problems


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scheme": "s99"}, "found no scheme s99"),
        ({"units": ["A", "Z"]}, "found Z, expected units assessed in 2025-12: A, B"),
        ({"periods": ["December"]}, "'December' is not a period"),
        ({"notebooks": [{"notebook": "nothing", "per": "unit"}]}, "no such notebook, expected one of delphi_panel, duty_audit, ledger_audit, panel_walkthrough, period_ranking, unit_audit, weight_revision"),
        ({"notebooks": [{"notebook": "unit_audit", "per": "unit", "parameters": {"colour": "red"}}]}, "colour: unknown parameter"),
        ({"notebooks": [{"notebook": "unit_audit", "per": "unit", "parameters": {"as_of": 5}}]}, "found as_of among the parameters, expected it at the top of the run file"),
        ({"ledger": "nowhere"}, "no such ledger"),
        ({"language": "fr"}, "language: found 'fr', expected zh or en"),
        ({"perids": []}, "unknown key `perids`; did you mean `periods`?"),
    ],
)  # fmt: skip
def test_a_faulty_run_stops_with_a_message_and_writes_nothing(ledger, tmp_path, run_cli, changes, message) -> None:
    done = run_cli("run", run_file(tmp_path, ledger, **changes), "--out", tmp_path / "reports")
    assert done.exit_code == 2, done.output
    assert message in done.stderr
    assert not (tmp_path / "reports").exists()


def test_names_of_units_become_harmless_file_names() -> None:
    assert file_name("D01") == "D01"
    assert (file_name("COM"), file_name("CON2"), file_name("nulla")) == ("COM", "CON2", "nulla")
    for device in ("CON", "nul", "Aux", "PRN", "com1", "LPT9", "COM²", "LPT³"):  # of Windows, whatever ending follows
        assert file_name(device).startswith(f"{device}-")
    assert file_name("东城分公司") == "东城分公司"
    for hostile in ("../../etc/passwd", "a/b", "<script>", "x" * 300, "", "..", "a b"):
        name = file_name(hostile)
        assert "/" not in name
        assert name not in ("", ".", "..")
        assert len(name) < 100
    assert file_name("a/b") != file_name("a_b")
