"""Ledgers that lie in a DuckDB file: the same snapshot as from a CSV, read only, and nothing beside the file read."""

from __future__ import annotations

import hashlib
import sys

import pytest
from test_databases import HEADER, ROWS, TYPED, asked, mapping_of, of_csv

from auditlib.core.errors import InputError
from auditlib.ledger.intake.pieces import Pieces
from auditlib.ledger.intake.take_in import take_in
from auditlib.ledger.tables import parquet_pieces

duckdb = pytest.importorskip("duckdb", reason="needs the extra `database`")


@pytest.fixture
def file(tmp_path):
    """A file with the rows of the CSV, each column of its own type."""
    place = tmp_path / "hotline.duckdb"
    with duckdb.connect(str(place)) as database:
        for statement in TYPED:
            database.execute(statement.replace("SET TimeZone TO", "SET TimeZone ="))
    return place


def taken(file, query, folder, **changes):
    return take_in([file], mapping_of(folder, asked(query, file.name), **changes))


def test_a_duckdb_ledger_has_the_snapshot_of_its_csv_whatever_the_types(file, tmp_path):
    expected = of_csv(tmp_path)
    found = taken(file, "SELECT * FROM cases ORDER BY id", tmp_path)
    for name in ("units", "cases"):
        assert found.registers[name].equals(expected.registers[name])
    assert found.snapshot == expected.snapshot
    assert found.rejects.is_empty()
    with duckdb.connect(str(file)) as database:
        database.execute("UPDATE cases SET fee = 12.51 WHERE id = 'A1'")
    assert taken(file, "SELECT * FROM cases ORDER BY id", tmp_path).snapshot != expected.snapshot


def test_many_files_brought_together_in_one_duckdb_file_are_one_register(tmp_path):
    """As an office does that has a table of years of monthly files: their order and number change nothing."""
    place = tmp_path / "years.duckdb"
    lines = ROWS.splitlines(keepends=True)
    for number, line in enumerate(lines):
        (tmp_path / f"part{number}.csv").write_text(HEADER + line, encoding="utf-8")
    with duckdb.connect(str(place)) as database:
        database.execute(
            f"CREATE TABLE cases AS FROM read_csv('{tmp_path}/part*.csv', all_varchar = true, quote = '\"')"
        )
    assert taken(place, "SELECT * FROM cases ORDER BY id", tmp_path).snapshot == of_csv(tmp_path).snapshot


def test_a_long_answer_is_taken_in_piece_by_piece_with_the_same_outcome(file, tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_pieces, "ROWS", 2)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    mapping = mapping_of(tmp_path, asked("SELECT * FROM cases ORDER BY id", file.name))
    assert take_in([file], mapping, None, Pieces(scratch, large=1)).snapshot == of_csv(tmp_path).snapshot


def test_infinite_times_are_no_times(file, tmp_path):
    query = (
        "SELECT * REPLACE (TIMESTAMP 'infinity' AS received, TIMESTAMPTZ '-infinity' AS closed) FROM cases ORDER BY id"
    )
    found = taken(file, query, tmp_path)
    assert found.accepted["cases"] == 0
    assert {"infinity", "-infinity"} <= set(found.rejects["found"])


ERRORS = {
    "SELECT id, unit FROM nowhere": "found what the database cannot answer: Table with name nowhere does not exist",
    "SELECT nothing FROM cases": "found what the database cannot answer: Referenced column",
    "SELECT id, FROM FROM cases": "found what the database cannot answer: syntax error",
    "SELECT * FROM read_csv('/etc/passwd')": "found a query that reads files",
    "SELECT * FROM 'https://127.0.0.1:9/cases.parquet'": "found ",
    "SELECT id AS unit, unit FROM cases": "found the column twice",
    "SELECT *, CAST(unit AS INTEGER) AS n FROM cases": "the database broke off",
}


@pytest.mark.parametrize(("query", "message"), ERRORS.items())
def test_a_query_that_cannot_be_answered_is_told_without_values_of_its_rows(file, tmp_path, query, message):
    before = hashlib.sha256(file.read_bytes()).digest()
    with pytest.raises(InputError) as caught:
        taken(file, query, tmp_path)
    said = str(caught.value)
    assert message in said
    assert "东区" not in said
    assert "root:" not in said
    assert hashlib.sha256(file.read_bytes()).digest() == before


def test_another_kind_of_file_is_told(tmp_path):
    (tmp_path / "hotline.duckdb").write_bytes(b"no database" * 9)
    with pytest.raises(InputError, match="found another kind of file, expected an SQLite or DuckDB database"):
        taken(tmp_path / "hotline.duckdb", "SELECT 1", tmp_path)


def test_a_file_that_a_program_is_writing_is_told(file, tmp_path):
    with pytest.raises(InputError, match=r"cannot be read|another program is writing"):
        _asked_while_open(file, tmp_path)


def _asked_while_open(file, folder):
    import subprocess

    writes = f"import duckdb, sys; c = duckdb.connect({str(file)!r}); print('open', flush=True); sys.stdin.readline()"
    with subprocess.Popen([sys.executable, "-c", writes], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == b"open\n"
            taken(file, "SELECT * FROM cases", folder)
        finally:
            other.kill()


def test_a_missing_driver_is_named_with_its_extra(file, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "adbc_driver_duckdb", None)
    monkeypatch.setitem(sys.modules, "adbc_driver_duckdb.dbapi", None)
    with pytest.raises(InputError, match=r"pip install 'auditlib\[database\]'"):
        taken(file, "SELECT * FROM cases", tmp_path)
