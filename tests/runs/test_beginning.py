"""What `auditlib new` writes: clean by its own check, right by its own examples, scored, and told to editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from jsonschema import Draft202012Validator

from auditlib.runs.beginning.folder import BEGINNINGS, Like, write_beginning

KINDS = [kind for kind in BEGINNINGS if kind != "panel"]
LANGUAGES = ("zh", "en")


@pytest.fixture
def begun(tmp_path: Path, monkeypatch, run_cli):  # type: ignore[no-untyped-def]
    """Writes a beginning, enters it, and runs commands in it."""

    def begin(like: Like, language: str) -> Any:
        write_beginning(tmp_path / "our-rules", like, language)
        monkeypatch.chdir(tmp_path / "our-rules")
        return run_cli

    return begin


def test_there_is_a_beginning_of_every_kind_that_is_offered() -> None:
    assert set(get_args(Like)) == set(BEGINNINGS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("like", KINDS)
def test_a_beginning_is_clean_and_its_worked_examples_come_out(like: Like, language: str, begun) -> None:
    run = begun(like, language)
    checked = run("check", "scheme.yaml", "--ledger", "ledger")
    assert (checked.exit_code, checked.stdout) == (0, "")
    compared = run("examples", "scheme.yaml", "examples")
    assert (compared.exit_code, compared.stdout) == (0, "")
    assert "0 come out otherwise" in compared.stderr
    assert not compared.stderr.startswith("0 worked")


# By hand from the five cases: E1 has C2 a day late and C3 open and late, W1 one dissatisfied of two.
POINTS = {
    "points": {"E1": ("56", "40", "96", 1), "W1": ("60", "35", "95", 2)},
    "rates": {"E1": ("0", "40", "40", 2), "W1": ("60", "0", "60", 1)},  # 1 of 3 in time: 61 whole points below
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("like", POINTS)
def test_it_scores_at_once(like: Like, language: str, begun) -> None:
    run = begun(like, language)
    done = run("score", "scheme.yaml", "--ledger", "ledger", "--period", "2025-06", "--format", "json")
    assert done.exit_code == 0
    found = {
        unit["unit"]: (*(one["points"] for one in unit["indicators"]), unit["total"], unit["rank"])
        for unit in json.loads(done.stdout)["units"]
    }
    assert found == POINTS[like]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_became_of_the_duties_is_told_at_once(language: str, begun) -> None:
    """By hand: C5 was never recorded, C3 not answered and C4 only by word of mouth, and W1 shirked once."""
    run = begun("duties", language)
    done = run("duties", "scheme.yaml", "--ledger", "ledger", "--period", "2025-06", "--format", "json")
    assert done.exit_code == 0
    counts = {
        (unit["unit"], duty["id"]): {status: n for status, n in duty["counts"].items() if n}
        for unit in json.loads(done.stdout)["units"]
        for duty in unit["duties"]
    }
    assert counts["W1", "record"] == {"met": 2, "missed": 1}
    assert counts["W1", "answer"] == {"met": 1, "missed": 2}
    assert counts["E1", "pass_on"] == {"met": 1, "late": 1}
    assert counts["W1", "no_shirking"]["missed"] == 1


@pytest.mark.parametrize(
    ("language", "written"), [("zh", "15日内书面答复"), ("en", "Answered in writing within 15 days")]
)
def test_the_command_shows_them_and_goes_on_in_its_language(language, written, tmp_path, monkeypatch, run_cli) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    told = run_cli("new", "duties", "--like", "duties", "--language", language).stdout
    (line,) = [one.split("\t") for one in told.splitlines() if one.startswith("W1\t" + written)]
    # Two were missed and one was met, of three that could be judged.
    assert (line[4], line[6], line[-1]) == ("2", "1", "0.3333")
    (command,) = [one for one in told.splitlines() if one.strip().startswith("auditlib duties")]
    assert command.endswith("--language en") is (language == "en")


@pytest.mark.parametrize("like", BEGINNINGS)
def test_editors_are_told_of_each_file_and_each_is_valid(like: Like, tmp_path) -> None:
    folder = tmp_path / "x"
    write_beginning(folder, like)
    settings = json.loads((folder / ".vscode" / "settings.json").read_text(encoding="utf-8"))
    told = {pattern: folder / schema for schema, (pattern,) in settings["yaml.schemas"].items()}
    files = {file for file in folder.rglob("*.yaml") if ".vscode" not in file.parts}
    seen = set()
    for pattern, schema in told.items():
        validator = Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))
        for file in folder.glob(pattern.lstrip("/")):
            content = yaml.load(file.read_text(encoding="utf-8"), yaml.CBaseLoader)  # structure alone: all is text
            assert content
            assert not [
                fault for fault in validator.iter_errors(as_json(file)) if fault.validator != "format"
            ], file  # fmt: skip
            seen.add(file)
    assert seen == files
    named = "panel.yaml" if like == "panel" else "scheme.yaml"
    assert "yaml-language-server: $schema=./schema.json" in (folder / named).read_text(encoding="utf-8").splitlines()[0]


def as_json(file: Path) -> Any:
    """The content of a YAML file as an editor sees it, days as text."""
    return json.loads(json.dumps(yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader), default=str))


def test_the_id_is_the_name_of_the_folder_where_it_can_be_one(tmp_path) -> None:
    write_beginning(tmp_path / "bureau-7")
    write_beginning(tmp_path / "我们的办法")
    first = (tmp_path / "bureau-7" / "scheme.yaml").read_text(encoding="utf-8")
    assert "\nscheme: bureau-7 " in first
    assert "\nrun: bureau-7\n" in (tmp_path / "bureau-7" / "run.yaml").read_text(encoding="utf-8")
    assert "\nscheme: my-rules " in (tmp_path / "我们的办法" / "scheme.yaml").read_text(encoding="utf-8")


def test_nothing_that_is_there_is_touched(tmp_path, run_cli) -> None:
    (tmp_path / "own.txt").write_text("mine")
    refused = run_cli("new", tmp_path)
    assert refused.exit_code == 2
    assert "found files in it, expected a new folder, or an empty one" in refused.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["own.txt"]
    (tmp_path / "empty").mkdir()
    assert run_cli("new", tmp_path / "empty").exit_code == 0


@pytest.mark.parametrize(("like", "language"), [("rates", "en"), ("duties", "zh")])
def test_its_run_makes_its_reports(like: Like, language: str, begun) -> None:
    run = begun(like, language)
    done = run("run", "run.yaml")
    assert done.exit_code == 0, done.output
    assert Path("reports/our-rules/index.html").is_file()
    again = run("run", "run.yaml")
    assert "nothing to do" in again.stdout


def test_a_panel_has_its_statistics_and_its_report_at_once(begun) -> None:
    run = begun("panel", "en")
    found = json.loads(run("delphi", ".", "--format", "json").stdout)
    assert found["panel"] == "our-rules"
    done = run("panel", "report", ".", "--out", "reports", "--language", "en")
    assert (done.exit_code, done.stdout) == (0, "open reports/round-1.html\n")
    page = Path("reports/round-1.html").read_text(encoding="utf-8")
    assert "Expert panel on weights" in page
    assert run("panel", "report", ".", "--out", "reports", "--round", "2").exit_code == 2
