"""Names in files that others send: none leads to code, to another folder, through the whole disk, or into a loop."""

from __future__ import annotations

import os
import time
from pathlib import Path

import polars as pl
import pytest
import yaml

from auditlib.core.errors import InputError
from auditlib.core.files import whole_folder
from auditlib.core.home import find
from auditlib.ledger.intake.spoilt_ids import id_doubts
from auditlib.ledger.parse import parse_column
from auditlib.ledger.privacy.find import find_personal
from auditlib.ledger.registers import REGISTERS
from auditlib.runs.runfile import read_run
from auditlib.runs.up_to_date import run_key


def run_file(root: Path, folder: Path, **changes: object) -> Path:
    content = yaml.safe_load((root / "params" / "runs" / "sample.yaml").read_text(encoding="utf-8")) | changes
    file = folder / "run.yaml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return file


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "..", "a/../../evil", "C:evil", "..\\evil", ".hidden", ""])
def test_a_run_file_names_no_notebook_outside_of_the_folder_of_notebooks(root, tmp_path, name) -> None:
    with pytest.raises(InputError, match=r"expected the name of a notebook alone|expected (some )?text"):
        read_run(run_file(root, tmp_path, notebooks=[{"notebook": name, "per": "unit"}]))
    assert read_run(run_file(root, tmp_path, notebooks=[{"notebook": "unit_audit", "per": "unit"}])).notebooks


def test_a_run_over_a_large_folder_does_not_walk_through_it(root, tmp_path) -> None:
    deep = tmp_path / "ledger" / "a" / "b" / "c"
    deep.mkdir(parents=True)
    run = read_run(run_file(root, tmp_path, ledger=str(tmp_path / "ledger")))
    before = run_key(run)
    (deep / "unread.csv").write_text("x", encoding="utf-8")
    assert run_key(run) == before
    (tmp_path / "ledger" / "a" / "part.parquet").write_bytes(b"x")
    assert run_key(run) != before


def test_a_run_is_looked_at_again_when_an_adjustment_is_added(root, tmp_path, monkeypatch) -> None:
    home = tmp_path / "home"
    (home / "params").mkdir(parents=True)
    (home / "params" / "schemes").symlink_to(root / "params" / "schemes")
    monkeypatch.setenv("AUDITLIB_HOME", str(home))
    run = read_run(run_file(root, tmp_path))
    before = run_key(run)
    (home / "params" / "adjustments" / "s22-heating").mkdir(parents=True)
    (home / "params" / "adjustments" / "s22-heating" / "a.yaml").write_text("adjustment: a\n", encoding="utf-8")
    assert run_key(run) != before


def test_a_name_that_no_file_can_have_is_refused() -> None:
    with pytest.raises(InputError, match="found a name that the system refuses"):
        find("9" * 300)


def test_a_number_of_thousands_of_digits_is_none() -> None:
    points = next(column for column in REGISTERS["marks"].columns if column.name == "points")
    texts = pl.Series("points", ["9" * 5000, "9" * 400, "1/" + "3" * 500, "-0.5"])
    assert [value is None for value in parse_column(texts, points, "Asia/Shanghai")] == [True, False, True, False]


@pytest.mark.parametrize(
    ("ids", "told"), [(["9" * 5000], False), (["9" * 309], False), (["20260000000000000000"], True)]
)
def test_an_id_of_hundreds_of_digits_is_no_number_of_a_spreadsheet(ids, told) -> None:
    cases = pl.LazyFrame({"case_id": ids})
    assert any(doubt.kind == "ids_without_ends" for doubt in id_doubts(cases)) == told


@pytest.mark.parametrize("unit", ["a", "a.", "中a", "1", "微信", "x@a.", "一", "138 ", "1号楼"])
def test_a_text_of_a_million_letters_is_searched_in_time(unit) -> None:
    """Four times the text may take about four times as long, and not sixteen times."""

    def seconds(length: int) -> float:
        text = unit * (length // len(unit)) + "@ 京"
        started = time.process_time()
        find_personal(text)
        return time.process_time() - started

    seconds(1000)
    assert seconds(48_000) < 9 * seconds(12_000) + 0.2


@pytest.mark.parametrize("form", ["json", "csv", "xlsx"])
def test_no_output_takes_the_place_of_a_pipe_or_a_device(run_cli, tmp_path, form) -> None:
    """As the one who may write into /dev, --out /dev/null left an ordinary file there for everyone."""
    pipe = tmp_path / f"pipe.{form}"
    os.mkfifo(pipe)
    asked = ["s22-heating", "--ledger", "s22-heating", "--period", "2025-12", "--accept-rejects", "--format", form]
    done = run_cli("score", *asked, "--out", pipe)
    assert (done.exit_code, pipe.is_fifo()) == (2, True)
    assert f"{pipe}: found a pipe, expected a place for an ordinary file" in done.output
    with pytest.raises(InputError, match="found a pipe"), whole_folder(pipe, replace=True):
        raise AssertionError
    link = tmp_path / f"link.{form}"
    link.symlink_to(pipe)
    assert run_cli("score", *asked, "--out", link).exit_code == 0  # the link is replaced, not what it leads to
    assert (link.is_symlink(), pipe.is_fifo()) == (False, True)
