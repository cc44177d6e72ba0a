"""The folder to begin in: whole or not at all, nothing overwritten unasked, found from within."""

from __future__ import annotations

import filecmp
import os
from pathlib import Path

import pytest

from auditlib.core.errors import InputError
from auditlib.core.home import home
from auditlib.runs import demo_folder

LEDGER = "reports/ledgers/heating-winter"


@pytest.fixture(autouse=True)
def small_winter(monkeypatch) -> None:
    """A ledger of one file: the winter itself has tests of its own, and takes seconds."""

    def write(run) -> None:
        for folder, name in ((run.ledger, "units.csv"), (f"{run.ledger}-export", "faults.csv")):
            Path(folder).mkdir(parents=True)
            (Path(folder) / name).write_text("unit,name\nD1,x\n", encoding="utf-8")

    monkeypatch.setattr(demo_folder, "make_demonstration", write)


def written(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_it_holds_what_is_shipped_and_the_ledger_and_is_a_home_of_its_own(root, tmp_path, monkeypatch) -> None:
    folder = tmp_path / "new" / "demo"
    count = demo_folder.write_demo_folder(folder)
    found = written(folder)
    assert len(found) == count
    assert {f"{LEDGER}/units.csv", f"{LEDGER}-export/faults.csv", "params/runs/demo.yaml"} <= found.keys()
    shipped = [file for part in ("params", "notebooks", "docs") for file in (root / part).rglob("*")]
    shipped = [file for file in shipped if file.is_file() and ".ipynb_checkpoints" not in file.parts]
    assert all(filecmp.cmp(file, folder / file.relative_to(root), shallow=False) for file in shipped)
    assert len(shipped) == count - 2
    assert list(folder.parent.iterdir()) == [folder]
    monkeypatch.chdir(folder / "notebooks")
    assert home().samefile(folder)


def test_its_reports_are_in_the_language_that_was_asked_for(tmp_path) -> None:
    demo_folder.write_demo_folder(tmp_path / "demo", "en")
    assert "\nlanguage: en\n" in (tmp_path / "demo" / demo_folder.RUN_FILE).read_text(encoding="utf-8")


def test_nothing_that_is_there_is_overwritten_unasked(tmp_path, run_cli) -> None:
    own = tmp_path / "params" / "runs" / "demo.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("mine")
    refused = run_cli("demo", tmp_path)
    assert refused.exit_code == 2
    assert "found params/runs/demo.yaml, expected another folder, or --replace" in refused.stderr
    assert written(tmp_path) == {"params/runs/demo.yaml": b"mine"}
    (tmp_path / "file").write_text("mine")
    refused = run_cli("demo", tmp_path / "file")
    assert refused.exit_code == 2
    assert "found a file, expected a folder" in refused.stderr


def test_with_replace_files_of_the_same_names_are_new_and_others_stay(root, tmp_path) -> None:
    for name in ("params/runs/demo.yaml", "params/runs/own.yaml", "notes.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("mine")
    count = demo_folder.write_demo_folder(tmp_path, replace=True)
    found = written(tmp_path)
    assert len(found) == count + 2
    assert found["params/runs/own.yaml"] == found["notes.txt"] == b"mine"
    assert found["params/runs/demo.yaml"] == (root / "params" / "runs" / "demo.yaml").read_bytes()


@pytest.mark.parametrize("there", [False, True], ids=["a new folder", "a folder that is there"])
def test_a_demonstration_that_cannot_be_finished_leaves_nothing_of_itself(tmp_path, monkeypatch, there) -> None:
    folder = tmp_path / "demo"
    if there:
        (folder / "params" / "runs").mkdir(parents=True)
        (folder / "params" / "runs" / "demo.yaml").write_text("mine")
    before = written(tmp_path)
    folders = sorted(tmp_path.rglob("*"))
    moved = 0
    real = os.replace

    def full(source, target) -> None:
        nonlocal moved
        moved += 1
        if moved == 60:
            raise OSError(28, "No space left on device", str(target))
        real(source, target)

    def no_ledger(run) -> None:
        raise OSError(28, "No space left on device", run.ledger)

    if there:
        monkeypatch.setattr(demo_folder.os, "replace", full)
    else:
        monkeypatch.setattr(demo_folder, "make_demonstration", no_ledger)
    with pytest.raises(OSError, match="No space left"):
        demo_folder.write_demo_folder(folder, replace=True)
    assert written(tmp_path) == before
    assert sorted(tmp_path.rglob("*")) == folders


def test_the_commands_are_printed_for_the_folder_where_one_stands(tmp_path, monkeypatch, run_cli) -> None:
    monkeypatch.chdir(tmp_path)
    told = run_cli("demo", "my demo").stdout
    commands = [line.strip() for line in told.splitlines() if line.startswith("  ")]
    assert commands[0] == "cd 'my demo'"
    assert [command.split()[:2] for command in commands[1:]] == [["auditlib", w] for w in ("run", "explain", "verify")]
    monkeypatch.chdir(tmp_path / "my demo")
    again = run_cli("demo", ".", "--replace").stdout
    assert [line.strip() for line in again.splitlines() if line.startswith("  ")] == commands[1:]


def test_a_run_file_without_its_line_of_language_is_refused(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(demo_folder, "SHOWN_LANGUAGE", "\nlanguage: xx\n")
    with pytest.raises(InputError, match="expected the line 'language: xx'"):
        demo_folder.write_demo_folder(tmp_path / "demo", "en")
    assert list(tmp_path.iterdir()) == []


def test_planted_manipulation_comes_with_it_where_it_is_asked_for(tmp_path, monkeypatch, run_cli) -> None:
    def plant(ledger, folder) -> int:
        (folder / "after").mkdir(parents=True)
        (folder / "planted.csv").write_text("plant\nshaved\n", encoding="utf-8")
        return 1

    monkeypatch.setattr(demo_folder, "write_planted", plant)
    monkeypatch.setattr(demo_folder, "read_ledger", lambda path: path)
    folder = tmp_path / "demo"
    assert run_cli("demo", folder).exit_code == 0
    assert not (folder / f"{LEDGER}-planted").exists()
    done = run_cli("demo", folder, "--planted", "--replace")
    assert done.exit_code == 0, done.output
    assert (folder / f"{LEDGER}-planted" / "planted.csv").is_file()
    assert f"auditlib probe {LEDGER}-planted/after --scheme s22-heating" in done.output
    assert f"auditlib restate {LEDGER}-planted/before {LEDGER}-planted/after" in done.output
    again = run_cli("demo", folder, "--planted")
    assert (again.exit_code, "expected another folder, or --replace" in again.stderr) == (2, True)
