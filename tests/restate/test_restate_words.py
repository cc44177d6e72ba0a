"""What `restate` prints: classes and columns in words, Chinese first."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from auditlib.ledger.restatement.pair import CLASSES
from auditlib.restate.favour import OTHERS
from auditlib.restate.words import CLASS_WORDS


def test_every_class_has_words() -> None:
    assert set(CLASS_WORDS) == {*CLASSES, OTHERS}


@pytest.fixture
def snapshots(root: Path, tmp_path: Path) -> tuple[Path, Path]:
    """The demonstration, and the same with one case gone and one closing moved forward by a day."""
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        shutil.copytree(root / "params" / "demonstrations" / "s22-heating", folder)
    cases = pl.read_csv(new / "cases.csv", infer_schema=False)
    first = cases.filter(pl.col("closed_at").is_not_null())["case_id"][0]
    earlier = pl.col("closed_at").str.to_datetime().dt.offset_by("-1d").dt.strftime("%Y-%m-%dT%H:%M:%S")
    moved = pl.when(pl.col("case_id") == first).then(earlier).otherwise(pl.col("closed_at")).alias("closed_at")
    cases.with_columns(moved).filter(pl.col("case_id") != cases["case_id"][-1]).write_csv(new / "cases.csv")
    return old, new


@pytest.mark.long
def test_tables_are_in_the_language_that_is_asked_for(run_cli, snapshots: tuple[Path, Path]) -> None:  # type: ignore[no-untyped-def]
    asked = ("restate", *snapshots, "--scheme", "s22-heating", "--period", "2025-12")
    zh, en = run_cli(*asked), run_cli(*asked, "--language", "en")
    assert (zh.exit_code, en.exit_code) == (0, 0), zh.output + en.output
    assert "登记簿\t类别\t行数\t需询问" in zh.stdout
    assert "“诉求登记簿”（cases）\t移除\t1\t询问" in zh.stdout or "（cases）\t移除\t1\t询问" in zh.stdout
    assert "Register\tClass\tRows\tTo be asked about" in en.stdout
    assert "cases\trewritten\t1\task" in en.stdout
    assert "Unit\tPoints before\tPoints after" in en.stdout
    assert "单位\t原得分\t现得分" in zh.stdout
