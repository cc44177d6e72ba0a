"""Ledgers that lie in databases: the same snapshot as from a CSV of the same content, one view, no secret told."""

import csv
import hashlib
import io
import shutil
import socket
import sqlite3
import sys

import polars as pl
import pytest
import yaml
from adbc_driver_postgresql import dbapi as postgresql
from postgresql_server import SECRET, running, why_not

from auditlib.core.errors import InputError
from auditlib.core.yaml_file import read_yaml
from auditlib.ledger.databases.answers import Databases
from auditlib.ledger.databases.query import Query
from auditlib.ledger.intake.mapping import Mapping
from auditlib.ledger.intake.pieces import Pieces
from auditlib.ledger.intake.take_in import take_in
from auditlib.ledger.intake.write import write_ledger
from auditlib.ledger.read import read_ledger
from auditlib.ledger.tables import parquet_pieces


@pytest.fixture(scope="session")
def server():
    if (reason := why_not()) is not None:
        pytest.skip(reason)
    with running() as address:
        yield address


@pytest.fixture
def hotline(server, monkeypatch):
    """The server's database, empty, named by the environment; runs statements on it."""
    monkeypatch.setenv("HOTLINE", server)

    def run(*statements):
        with postgresql.connect(server, autocommit=True) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    run("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    return run


TIME = "%Y-%m-%d %H:%M:%S"
COLUMNS = {
    "case_id": {"column": "id"}, "unit": {"column": "unit"}, "kind": {"column": "kind"},
    "received_at": {"column": "received", "time": TIME}, "due_at": {"column": "due", "time": "%Y-%m-%d"},
    "closed_at": {"column": "closed", "time": f"{TIME}%z"}, "resolved": {"column": "resolved"},
    "missing_items": {"column": "missing"},
}  # fmt: skip
EXTRA = {"fee": {"column": "fee"}}
HEADER = "id,unit,kind,received,due,closed,resolved,missing,fee\n"
ROWS = (
    "A1,东区,投诉,2026-01-05 08:30:00,2026-01-10,2026-01-06 01:00:00+00:00,true,0,12.50\n"
    "A2,西区,,2026-01-06 08:30:00,,,false,3,0.10\n"
    'A3,东区,"咨询, 复杂",2026-01-06 08:30:01,2026-02-28,2026-01-31 23:59:59+08:00,,,\n'
    "A4,西区,举报,2026-01-07 00:00:00,2026-01-09,2026-01-08 00:00:00+08:00,true,1,1000000.00\n"
)
TYPED = (
    "CREATE TABLE cases (id text, unit varchar(20), kind text, received timestamp, due date, closed timestamptz, "
    "resolved boolean, missing integer, fee numeric(12,2))",
    "SET TimeZone TO 'Asia/Shanghai'",
    "INSERT INTO cases VALUES ('A1','东区','投诉','2026-01-05 08:30','2026-01-10','2026-01-06 09:00',true,0,12.5), "
    "('A2','西区',null,'2026-01-06 08:30',null,null,false,3,0.1), "
    "('A3','东区','咨询, 复杂','2026-01-06 08:30:01','2026-02-28','2026-01-31 23:59:59',null,null,null), "
    "('A4','西区','举报','2026-01-07','2026-01-09','2026-01-08',true,1,1000000)",
)


def mapping_of(folder, source, **changes):
    """A mapping of units and cases from one source, which is a pattern of files or a query."""
    cases = {"from": source, "columns": COLUMNS | changes.pop("columns", {}), "extra_columns": EXTRA}
    units = {"from": source, "distinct": True, "columns": {"unit": {"column": "unit"}}}
    written = {
        "mapping": "t",
        "title": {"zh": "试", "en": "t"},
        "registers": {"units": units, "cases": cases},
        **changes,
    }
    file = folder / "m.yaml"
    file.write_text(yaml.safe_dump(written, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return read_yaml(Mapping, file)


def asked(query, database="${HOTLINE}"):
    return {"database": database, "query": query}


def of_csv(folder, text=HEADER + ROWS, **changes):
    (folder / "cases.csv").write_text(text, encoding="utf-8")
    return take_in([folder / "cases.csv"], mapping_of(folder, "cases.csv", **changes))


def refused(folder, query, database="${HOTLINE}"):
    with pytest.raises(InputError) as caught:
        take_in([], mapping_of(folder, asked(query, database)))
    assert SECRET not in str(caught.value)
    return str(caught.value)


def test_a_postgresql_ledger_has_the_snapshot_of_its_csv_whatever_the_types(tmp_path, hotline):
    hotline(*TYPED)
    taken = take_in([], mapping_of(tmp_path, asked("SELECT * FROM cases ORDER BY id")))
    expected = of_csv(tmp_path)
    assert expected.registers["cases"]["closed_at"].dt.to_string("iso").to_list()[0] == "2026-01-06 09:00:00.000000"
    for name in ("units", "cases"):
        assert taken.registers[name].equals(expected.registers[name])
    assert taken.snapshot == expected.snapshot
    assert taken.rejects.is_empty()
    assert [doubt.kind for doubt in taken.doubts] == [doubt.kind for doubt in expected.doubts]
    hotline("UPDATE cases SET fee = 12.51 WHERE id = 'A1'")
    assert take_in([], mapping_of(tmp_path, asked("SELECT * FROM cases ORDER BY id"))).snapshot != expected.snapshot


def test_an_sqlite_ledger_has_the_snapshot_of_its_csv_whatever_its_cells_hold(tmp_path, monkeypatch):
    """The first thousands of a column are empty, and a number stands among texts: no type fits them all."""
    expected = of_csv(tmp_path, HEADER + "".join(f"B{n},东区,,2026-01-01 00:00:00,,,,,\n" for n in range(3_000)) + ROWS)
    file = tmp_path / "hotline.sqlite"
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE cases (id, unit, kind, received, due, closed, resolved, missing, fee)")
        fill = "INSERT INTO cases VALUES (?, '东区', null, '2026-01-01 00:00:00', null, null, null, null, null)"
        database.executemany(fill, ((f"B{number}",) for number in range(3_000)))
        rows = [[cell or None for cell in row] for row in csv_rows(ROWS)]
        rows[1][7], rows[1][8] = 3, "0.10"
        database.executemany("INSERT INTO cases VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    database.close()
    taken = take_in([file], mapping_of(tmp_path, asked("SELECT * FROM cases ORDER BY rowid; ", "*.sqlite")))
    assert taken.snapshot == expected.snapshot
    assert taken.registers["cases"].height == 3_004


def csv_rows(text):
    return list(csv.reader(io.StringIO(text)))


def test_a_parquet_file_of_typed_columns_has_the_snapshot_of_its_csv(tmp_path):
    rows = [[cell or None for cell in row] for row in csv_rows(ROWS)]
    typed = pl.DataFrame(rows, schema=HEADER.strip().split(","), orient="row").with_columns(
        pl.col("received").str.to_datetime(TIME),
        pl.col("due").str.to_date("%Y-%m-%d"),
        pl.col("closed").str.to_datetime(f"{TIME}%z").dt.convert_time_zone("America/New_York"),
        pl.col("resolved") == "true",
        pl.col("missing").cast(pl.Int64),
    )
    typed.write_parquet(tmp_path / "cases.parquet")
    taken = take_in([tmp_path / "cases.parquet"], mapping_of(tmp_path, "*.parquet"))
    assert taken.rejects.is_empty()
    assert taken.snapshot == of_csv(tmp_path).snapshot


def test_a_long_answer_is_taken_in_piece_by_piece_with_the_same_outcome(tmp_path, hotline, monkeypatch):
    hotline(*TYPED, "INSERT INTO cases SELECT 'C' || n, CASE n % 3 WHEN 0 THEN '东区' ELSE '北区' END, null, "
            "timestamp '2026-01-01' + n * interval '1 minute', date '2026-02-01', null, n % 2 = 0, n % 5 - 1, n / 4.0 "
            "FROM generate_series(1, 500) AS n")  # fmt: skip
    mapping = mapping_of(tmp_path, asked("SELECT * FROM cases ORDER BY id"))
    whole = take_in([], mapping)
    monkeypatch.setattr(parquet_pieces, "ROWS", 37)
    taken = take_in([], mapping, pieces=Pieces(tmp_path / "pieces", large=0))
    assert list(taken.large) == ["cases"]
    assert taken.snapshot == whole.snapshot
    assert taken.rejects.height == 100
    assert taken.rejects.equals(whole.rejects)
    assert [str(doubt.message) for doubt in taken.doubts] == [str(doubt.message) for doubt in whole.doubts]


def test_times_by_type_are_read_whatever_the_format_and_none_is_lost(tmp_path, hotline):
    hotline("CREATE TABLE t (id text, unit text, kind text, received timestamp, due timestamptz, closed timestamptz, "
            "resolved boolean, missing int, fee float8)",
            "INSERT INTO t VALUES "
            "('A', 'U', 'k', '2026-03-02 04:05:06.000007', '2026-03-04 00:00+00', null, true, 1, 0.1), "
            "('B', 'U', 'k', 'infinity', null, 'infinity', true, 1, 'NaN'), "
            "('C', 'U', 'k', '2026-03-02', null, '-infinity', true, 1, 1e20)")  # fmt: skip
    columns = {
        "received_at": {"column": "received", "time": "%Y-%d-%m %H:%M:%S%.f"},
        "due_at": {"column": "due", "time": TIME},
        "closed_at": {"column": "closed", "time": "%d/%m/%Y"},
    }
    taken = take_in([], mapping_of(tmp_path, asked("SELECT * FROM t ORDER BY id"), columns=columns))
    (row,) = taken.registers["cases"].iter_rows(named=True)
    assert (str(row["received_at"]), str(row["due_at"])) == ("2026-03-02 04:05:06.000007", "2026-03-04 08:00:00")
    told = taken.rejects.select("file", "row", "column", "found").rows()
    label = "HOTLINE[units+cases]"
    assert set(told) == {
        (label, 3, "received", "infinity"), (label, 3, "closed", "infinity"), (label, 4, "closed", "-infinity"),
    }  # fmt: skip
    assert row["fee"] == "0.1"


def test_values_of_every_type_come_as_postgresql_writes_them(tmp_path, hotline):
    hotline("CREATE TYPE mood AS ENUM ('满意', '不满意')")
    values = {
        "'满意'::mood": "满意", "'12:30'::time": "12:30:00", "3.50::numeric": "3.50", "1e20::float8": "1e+20",
        "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "'[1,3)'::int4range": "[1,3)",
        "ARRAY[1,2]": "{1,2}", "'ab'::char(5)": "ab", "9007199254740993": "9007199254740993",
    }  # fmt: skip
    cells = ", ".join(f"{cell} AS v{number}" for number, cell in enumerate(values))
    query = f"SELECT 'A' AS case_id, 'U' AS unit, DATE '2026-01-01' AS received_at, {cells}"
    columns = {name: {"column": name} for name in ("case_id", "unit", "received_at")}
    extra = {f"v{number}": {"column": f"v{number}"} for number in range(len(values))}
    cases = {"from": asked(query), "columns": columns, "extra_columns": extra}
    taken = take_in([], mapping_of(tmp_path, "", registers={"cases": cases})).registers["cases"]
    assert taken.select(list(extra)).row(0) == tuple(values.values())


def test_all_registers_see_the_database_at_one_moment(tmp_path, hotline, monkeypatch):
    """Between the two queries of one intake another session adds a case, and commits."""
    hotline(*TYPED)
    plain, seen = Databases.answer, []

    def answered(self, query, address, label):
        answer = plain(self, query, address, label)
        seen.append(pl.read_parquet(answer.file))
        if len(seen) == 1:
            hotline("INSERT INTO cases VALUES ('A5', '东区', 'x', '2026-01-01', null, null, null, null, null)")
        return answer

    monkeypatch.setattr(Databases, "answer", answered)
    mapping = mapping_of(tmp_path, asked("SELECT * FROM cases ORDER BY id"))
    units = mapping.registers["units"].model_copy(update={"from_": Query(**asked("SELECT unit FROM cases ORDER BY 1"))})
    mapping = mapping.model_copy(update={"registers": {**mapping.registers, "units": units}})
    taken = take_in([], mapping)
    assert len(seen) == 2
    assert taken.registers["cases"].height == 4
    assert taken.registers["units"]["unit"].to_list() == ["东区", "西区"]


def test_the_note_holds_the_query_and_its_hash_and_the_ledger_is_read_without_the_database(tmp_path, hotline, server):
    hotline(*TYPED)
    query = "SELECT * FROM cases ORDER BY id"
    taken = take_in([], mapping_of(tmp_path, asked(query)))
    write_ledger(taken, tmp_path / "out")
    hotline("DROP TABLE cases")
    text = (tmp_path / "out" / "ledger.yaml").read_text(encoding="utf-8")
    note = yaml.safe_load(text)
    assert note["queries"]["cases"]["query"] == query
    assert note["queries"]["cases"]["database"] == "HOTLINE"
    assert note["queries"]["cases"]["sha256"] == hashlib.sha256(query.encode()).hexdigest()
    ledger = read_ledger(tmp_path / "out")
    assert ledger.accepted == {"units": 2, "cases": 4}
    for file in (tmp_path / "out").iterdir():
        content = file.read_text(encoding="utf-8")
        assert SECRET not in content
        assert str(server) not in content


QUERY_ERRORS = {
    "SELECT * FROM absent": 'found what the database cannot answer: relation "absent" does not exist',
    "SELECT absent FROM cases": 'found what the database cannot answer: column "absent" does not exist',
    "SELECT * FRM cases": "found what the database cannot answer: syntax error at or near",
    "SELECT id, kind AS id FROM cases": "id: found the column twice, expected each column once",
    "WITH gone AS (DELETE FROM cases RETURNING *) SELECT * FROM gone": "found a query that writes",
    "SELECT nextval('numbers') AS id": "found a query that writes",
    "SELECT * FROM cases FOR UPDATE": "found a query that writes",
    "SELECT kind::int AS id FROM cases": "the database broke off, expected an answer",
}


@pytest.mark.parametrize(("query", "message"), QUERY_ERRORS.items())
def test_a_query_that_cannot_be_answered_is_told_without_values_of_its_rows(tmp_path, hotline, query, message):
    hotline(*TYPED, "CREATE SEQUENCE numbers")
    told = refused(tmp_path, query)
    assert "HOTLINE[units+cases]" in told
    assert message in told
    assert "投诉" not in told
    assert take_in([], mapping_of(tmp_path, asked("SELECT * FROM cases"))).registers["cases"].height == 4


SQLITE_ERRORS = {
    "SELECT * FROM absent": "found what the database cannot answer: no such table: absent",
    "SELECT id, id FROM cases": "id: found the column twice",
    "WITH one AS (SELECT 1) DELETE FROM cases": "found what the database cannot answer",
    "SELECT x'ff' AS id, unit FROM cases": "found text that is not UTF-8",
}


@pytest.mark.parametrize(("query", "message"), SQLITE_ERRORS.items())
def test_a_query_that_an_sqlite_file_cannot_answer_is_told(tmp_path, query, message):
    with sqlite3.connect(tmp_path / "a.db") as database:
        database.execute("CREATE TABLE cases (id, unit)")
        database.execute("INSERT INTO cases VALUES ('A', 'U')")
    database.close()
    before = (tmp_path / "a.db").read_bytes()
    with pytest.raises(InputError) as caught:
        take_in([tmp_path], mapping_of(tmp_path, asked(query, "a.db")))
    assert f"a.db[units+cases]: {message}" in str(caught.value).replace("query: ", "")
    assert (tmp_path / "a.db").read_bytes() == before


def test_an_sqlite_file_that_a_program_left_half_written_is_told_and_a_log_beside_it_is_read(tmp_path):
    source = tmp_path / "src"
    source.mkdir()
    query = asked("SELECT id AS case_id, unit, '2026-01-01' AS received_at FROM cases ORDER BY id", "a.db")
    columns = {name: {"column": name} for name in ("case_id", "unit", "received_at")}
    mapping = mapping_of(tmp_path, "", registers={"cases": {"from": query, "columns": columns}})
    with sqlite3.connect(tmp_path / "a.db") as database:
        database.execute("CREATE TABLE cases (id text, unit text)")
        database.executemany("INSERT INTO cases VALUES (?, ?)", ((str(number), "U" * 99) for number in range(5000)))
        database.commit()
        database.execute("PRAGMA cache_size = 5")  # so that the change reaches the file before it ends
        database.execute("UPDATE cases SET unit = 'V' || unit")
        for name in ("a.db", "a.db-journal"):
            shutil.copy(tmp_path / name, source)
        with pytest.raises(InputError, match="found a change that was never ended, in a journal beside the file"):
            take_in([source], mapping)
        database.rollback()
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("UPDATE cases SET unit = 'W'")
        database.commit()
        taken = take_in([tmp_path], mapping)
    database.close()
    assert taken.registers["cases"]["unit"].unique().to_list() == ["W"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("DELETE FROM cases", "found DELETE, expected a query that begins with SELECT or WITH"),
        ("SELECT 1; COMMIT; DELETE FROM cases", "found several statements, expected one query"),
        ("/* SELECT */ COMMIT", "found COMMIT, expected"),
        ("-- only a comment", "expected a query that begins with SELECT or WITH"),
        ("SELECT * FROM cases WHERE phone = '13800138000'", "found personal data, expected a query without"),
    ],
)
def test_a_query_that_is_none_is_refused_before_any_database_is_opened(tmp_path, query, message):
    with pytest.raises(InputError) as caught:
        mapping_of(tmp_path, asked(query))
    assert message in str(caught.value)
    assert "13800138000" not in str(caught.value)


def test_an_order_is_one_of_the_whole_answer():
    ordered = ["SELECT 1 ORDER BY 1", "SELECT * FROM (SELECT 2) x\norder  by 1;", "SELECT ';' AS a -- ;\n ORDER BY a"]
    without = [
        "SELECT 'ORDER BY'",
        "SELECT * FROM (SELECT 1 ORDER BY 1) x",
        "SELECT row_number() OVER (ORDER BY a) FROM t",
    ]
    assert [Query(**asked(query)).is_ordered for query in ordered] == [True] * 3
    assert [Query(**asked(query)).is_ordered for query in without] == [False] * 3


def closed_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("postgresql://auditor:{secret}@127.0.0.1:{port}/postgres", "cannot be read: the connection is refused"),
        ("host=127.0.0.1 port={port} user=auditor password={secret}", "cannot be read: the connection is refused"),
        ("postgresql://auditor:geheim@{secret}@127.0.0.1:{port}/postgres", "cannot be read: its host is not known"),
        (
            "postgresql://auditor@127.0.0.1:{port}/postgres?sslmode={secret}",
            "cannot be read: no connection could be made",
        ),
        ("{secret}.sqlite", "No such file or directory, expected an SQLite or DuckDB database"),
    ],
)
def test_a_database_that_does_not_answer_is_told_without_its_address(tmp_path, monkeypatch, address, message):
    port = closed_port()
    monkeypatch.setenv("HOTLINE", address.format(secret=SECRET, port=port))
    told = refused(tmp_path, "SELECT 1")
    assert message in told
    assert "geheim" not in told
    assert str(port) not in told


def test_wrong_passwords_and_missing_variables_services_and_databases_are_told(tmp_path, server, monkeypatch):
    monkeypatch.setenv("HOTLINE", server.replace(SECRET, "wrong-8y"))
    assert "the password is wrong" in (told := refused(tmp_path, "SELECT 1"))
    assert "wrong-8y" not in told
    monkeypatch.setenv("HOTLINE", server.replace("/postgres?", "/nothing?"))
    assert "the server has no such database" in refused(tmp_path, "SELECT 1")
    monkeypatch.delenv("HOTLINE")
    assert "${HOTLINE}: found no such variable in the environment" in refused(tmp_path, "SELECT 1")
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    (tmp_path / "services").write_text("[other]\nhost=nowhere\n")
    assert "the service file has no such service" in refused(tmp_path, "SELECT 1", "service=hotline")


def test_a_service_file_names_server_and_password(tmp_path, server, hotline, monkeypatch):
    hotline(*TYPED)
    lines = [
        "[hotline]",
        f"host={server.partition('host=')[2]}",
        "user=auditor",
        f"password={SECRET}",
        "dbname=postgres",
    ]
    (tmp_path / "services").write_text("\n".join(lines) + "\n")
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    taken = take_in([], mapping_of(tmp_path, asked("SELECT * FROM cases", "service=hotline")))
    assert taken.snapshot == of_csv(tmp_path).snapshot
    assert taken.queries["cases"]["database"] == "hotline"


@pytest.mark.parametrize(
    "address",
    [f"postgresql://auditor:{SECRET}@host/name", f"postgres://host/name?password={SECRET}", f"host=x password={SECRET}",
     f"mysql://auditor:{SECRET}@host", f"postgresql://auditor:{SECRET}@[host", f"postgresql://a:${{{SECRET}}}@host/x"],
)  # fmt: skip
def test_a_mapping_holds_no_password(tmp_path, address):
    with pytest.raises(InputError) as caught:
        mapping_of(tmp_path, asked("SELECT 1", address))
    assert SECRET not in str(caught.value)


def test_a_missing_driver_is_named_with_its_extra(tmp_path, monkeypatch):
    monkeypatch.setenv("HOTLINE", "postgresql://host/name")
    monkeypatch.setitem(sys.modules, "adbc_driver_postgresql", None)
    monkeypatch.setitem(sys.modules, "adbc_driver_postgresql.dbapi", None)
    assert "pip install 'auditlib[database]'" in refused(tmp_path, "SELECT 1")


@pytest.mark.parametrize("change", [{"sheet": "a"}, {"header": 2}, {"separator": ";"}, {"file_name": "file"}])
def test_what_only_a_file_has_is_refused_beside_a_query(tmp_path, change):
    units = {"from": asked("SELECT 1"), "columns": {"unit": {"column": "unit"}}, **change}
    with pytest.raises(InputError, match="beside a query, which has no file"):
        mapping_of(tmp_path, "x", registers={"units": units})


def test_one_file_is_asked_and_not_one_of_several(tmp_path):
    for name in ("a.db", "b.db"):
        (tmp_path / name).write_bytes(b"SQLite format 3\0")
    for pattern, found in (("*.db", "a.db, "), ("c.db", "found no file, ")):
        with pytest.raises(InputError, match="expected one file") as caught:
            take_in([tmp_path], mapping_of(tmp_path, asked("SELECT 1", pattern)))
        assert found in str(caught.value)
    (tmp_path / "c.db").write_text("no database")
    with pytest.raises(InputError, match="found another kind of file, expected an SQLite or DuckDB database"):
        take_in([tmp_path], mapping_of(tmp_path, asked("SELECT 1", "c.db")))


def test_an_intake_from_files_alone_asks_for_them(tmp_path):
    with pytest.raises(InputError, match="found no SOURCE on the command line"):
        take_in([], mapping_of(tmp_path, "cases.csv"))


def test_the_command_needs_no_source_for_a_database_and_tells_no_secret(tmp_path, hotline, server, run_cli):
    hotline(*TYPED, "UPDATE cases SET due = null, received = null WHERE id = 'A2'")
    mapping_of(tmp_path, asked("SELECT * FROM cases ORDER BY id"))
    done = run_cli("intake", "--mapping", tmp_path / "m.yaml", "--out", tmp_path / "out", "--profile")
    assert done.exit_code == 1, done.output
    assert "rejected: HOTLINE[units+cases]:3: received: found nothing" in done.output
    written = [file.read_text(encoding="utf-8") for file in (tmp_path / "out").iterdir()]
    for text in (done.output, *written):
        assert SECRET not in text
        assert server not in text
        assert ".parquet" not in text
    refused = run_cli("intake", tmp_path, "--mapping", tmp_path / "m.yaml", "--out", tmp_path / "other")
    assert refused.exit_code == 2
    assert "found a source, expected none" in refused.output
