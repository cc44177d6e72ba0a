"""A divided ledger comes with its own seal: hashes that are right say nothing of what the files hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from auditlib.cli import main
from auditlib.core.errors import InputError
from auditlib.ledger.divided.divide import write_divided
from auditlib.ledger.find import find_ledger
from auditlib.ledger.read import read_ledger

PART = "cases/bucket=001.parquet"


@pytest.fixture
def divided(tmp_path: Path) -> Path:
    write_divided(read_ledger(find_ledger("s22-heating")), tmp_path / "divided", 3)
    return tmp_path / "divided"


def seal_again(folder: Path) -> None:
    """What who changes a part does to its seal."""
    seal = json.loads((folder / "partitions.json").read_text(encoding="utf-8"))
    files = seal["registers"]["cases"]["files"]
    files[PART] = hashlib.sha256((folder / PART).read_bytes()).hexdigest()
    (folder / "partitions.json").write_text(json.dumps(seal), encoding="utf-8")


def score(folder: Path) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["score", "s22-heating", "--ledger", str(folder), "--period", "2025-12"])
    return done.exit_code, done.output


def rewritten(change: Callable[[pl.DataFrame], pl.DataFrame]) -> Callable[[Path], None]:
    return lambda file: change(pl.read_parquet(file)).write_parquet(file)


SPOILT = {
    "text": (lambda file: file.write_text("unit,case_id"), "found damaged data"),
    "half": (lambda file: file.write_bytes(file.read_bytes()[:-900]), "found damaged data"),
    "nothing": (lambda file: file.write_bytes(b""), "found damaged data"),
    "a column less": (rewritten(lambda rows: rows.drop("kind")), "kind: found other columns than in bucket=000"),
    "times as text": (
        rewritten(lambda rows: rows.with_columns(pl.col("received_at").cast(pl.String))),
        "received_at: found other columns than in bucket=000",
    ),
    "rows twice": (rewritten(lambda rows: pl.concat([rows, rows])), "registers.cases.rows: found"),
}


@pytest.mark.parametrize("kind", SPOILT)
def test_a_part_that_is_not_what_its_seal_says_is_refused_when_the_ledger_is_opened(divided, kind) -> None:
    spoil, told = SPOILT[kind]
    spoil(divided / PART)
    seal_again(divided)
    with pytest.raises(InputError, match=told):
        read_ledger(divided)


def test_damaged_pages_are_told_with_their_file_when_they_are_counted(divided) -> None:
    file = divided / PART
    content = bytearray(file.read_bytes())
    start = len(content) // 4
    content[start : start + 400] = bytes(400)
    file.write_bytes(content)
    seal_again(divided)
    code, said = score(divided)
    assert code == 2
    assert f"{PART}: found damaged data, expected a part as auditlib partition writes it" in said
    assert "fault of auditlib" not in said


def test_a_part_that_was_written_again_with_the_same_rows_is_read(divided) -> None:
    """The control: other bytes under their own hash."""
    before = score(divided)
    pl.read_parquet(divided / PART).write_parquet(divided / PART, compression="snappy")
    seal_again(divided)
    assert score(divided) == before
    assert before[0] == 0
