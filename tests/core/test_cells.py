"""A frame is written so that no spreadsheet runs a cell or a name of it, and comes back as it was."""

from __future__ import annotations

import polars as pl
import pytest

from auditlib.core.cells import csv_text, inert_frame, lively


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "@SUM", "+1", "＝1", "-", "'=1"])
def test_a_name_of_a_column_starts_no_formula_and_comes_back(name) -> None:
    frame = pl.DataFrame({name: ["=1", "a"], "plain": ["-2", "'"]})
    written = inert_frame(frame).write_csv().encode()
    assert written.startswith(b"'") or written.startswith(b"\"'")
    assert lively(pl.read_csv(written, infer_schema=False), written).equals(frame)


def test_ordinary_names_stay() -> None:
    frame = pl.DataFrame({"case_id": ["=1"], "备注": ["x"], "'quoted'": ["y"]})
    assert inert_frame(frame).columns == frame.columns


@pytest.mark.parametrize("text", ["=1", "-x", "-2", "'a", "@SUM", "＝1", "'", ""])
def test_a_cell_comes_back_as_it_was(text) -> None:
    written = csv_text(["text", "more"], [[text, "x"]]).encode()
    assert not written.splitlines()[1].startswith((b"=", b"+", b"@"))
    read = lively(pl.read_csv(written, infer_schema=False), written)
    assert read.rows() == [(text or None, "x")]
