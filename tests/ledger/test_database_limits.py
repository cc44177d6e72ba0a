"""Databases of strangers' mappings: a query without end is ended, and no password goes where it alone says."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from test_databases import asked, hotline, mapping_of, server

from auditlib.core.errors import InputError
from auditlib.ledger.databases import asked as limits
from auditlib.ledger.databases.address import address_of
from auditlib.ledger.databases.asked import Allowed
from auditlib.ledger.intake.take_in import take_in

__all__ = ["hotline", "server"]  # fixtures

COUNTING = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t {limit}) SELECT 'A' || n AS id, "
COUNTING += "'U' AS unit, '2026-01-01 00:00:00' AS received FROM t"
ENDLESS = COUNTING.format(limit="")
COLUMNS = {"case_id": {"column": "id"}, "unit": {"column": "unit"},
           "received_at": {"column": "received", "time": "%Y-%m-%d %H:%M:%S"}}  # fmt: skip


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(limits, "MORE", 0)


@pytest.fixture
def sqlite_file(tmp_path):
    with sqlite3.connect(tmp_path / "a.db") as database:
        database.execute("CREATE TABLE cases (id, unit)")
    database.close()
    return tmp_path / "a.db"


def mapping(folder, query, database):
    cases = {"from": asked(query, database), "columns": COLUMNS}
    return mapping_of(folder, "", registers={"cases": cases})


def children():
    """The processes that this one started and that have not ended."""
    return {word for task in Path("/proc/self/task").iterdir() for word in (task / "children").read_text().split()}


def refused(sources, declared, **allowed):
    before = children()
    with pytest.raises(InputError) as caught:
        take_in(sources, declared, allowed=Allowed(**allowed))
    assert children() <= before
    return str(caught.value)


def test_an_sqlite_query_without_a_row_and_without_an_end_is_ended(tmp_path, sqlite_file):
    told = refused([sqlite_file], mapping(tmp_path, f"{ENDLESS} WHERE n < 0", "a.db"), seconds=1)
    assert "a.db[cases]: query: found no end of the answer in 1 s, expected a query that ends" in told


def test_a_view_without_an_end_is_ended(tmp_path, sqlite_file):
    with sqlite3.connect(sqlite_file) as database:
        database.execute(f"CREATE VIEW endless AS {ENDLESS} WHERE n < 0")
    database.close()
    told = refused([sqlite_file], mapping(tmp_path, "SELECT * FROM endless", "a.db"), seconds=1)
    assert "found no end of the answer in 1 s" in told


def test_an_sqlite_answer_without_an_end_is_ended_by_its_size(tmp_path, sqlite_file):
    told = refused([sqlite_file], mapping(tmp_path, ENDLESS, "a.db"), size=2**23)
    assert "a.db[cases]: query: found an answer of more than 8 MB, expected one with an end" in told


def test_a_query_that_takes_its_time_and_ends_is_answered(tmp_path, sqlite_file):
    query = COUNTING.format(limit="LIMIT 200000") + " WHERE n % 100000 = 0 ORDER BY n"
    taken = take_in([sqlite_file], mapping(tmp_path, query, "a.db"), allowed=Allowed(seconds=60, size=2**23))
    assert taken.registers["cases"]["case_id"].to_list() == ["A100000", "A200000"]


def test_a_duckdb_query_without_an_end_is_ended(tmp_path):
    duckdb = pytest.importorskip("duckdb", reason="needs the extra `database`")
    with duckdb.connect(str(tmp_path / "a.duckdb")) as database:
        database.execute("CREATE TABLE cases (id TEXT)")
    pairs = "range(1000000000) a, range(1000000000) b"
    query = f"SELECT 'A' AS id, 'U' AS unit, '2026-01-01 00:00:00' AS received FROM {pairs} WHERE a.range + b.range < 0"
    told = refused([tmp_path / "a.duckdb"], mapping(tmp_path, query, "a.duckdb"), seconds=1)
    assert "a.duckdb[cases]: query: found no end of the answer in 1 s" in told


def test_a_postgresql_query_without_an_end_is_ended_by_its_server(tmp_path, hotline, monkeypatch):
    monkeypatch.setattr(limits, "MORE", 20)
    query = "SELECT 'A' AS id, 'U' AS unit, '2026-01-01 00:00:00' AS received FROM pg_sleep(600)"
    started = time.monotonic()
    told = refused([], mapping(tmp_path, query, "${HOTLINE}"), seconds=1)
    assert "HOTLINE[cases]: query: found no end of the answer in 1 s" in told
    assert time.monotonic() - started < 15
    hotline("DO $$ BEGIN IF EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' "
            "AND state = 'active' AND pid <> pg_backend_pid()) THEN RAISE 'it goes on'; END IF; END $$")  # fmt: skip


def test_a_postgresql_answer_without_an_end_is_ended_by_its_size(tmp_path, hotline):
    query = "SELECT 'A' || generate_series(1, 1000000000000) AS id, 'U' AS unit, '2026-01-01 00:00:00' AS received"
    told = refused([], mapping(tmp_path, query, "${HOTLINE}"), size=2**22, seconds=60)
    assert "found an answer of more than 4 MB" in told


def test_a_server_that_is_not_there_is_told_for_every_query(tmp_path):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        place = f"postgresql://127.0.0.1:{nobody.getsockname()[1]}/x"
        cases = {"from": asked("SELECT 1 AS id", place), "columns": COLUMNS}
        units = {"from": asked("SELECT 2 AS id", place), "columns": {"unit": {"column": "id"}}}
        declared = mapping_of(tmp_path, "", registers={"cases": cases, "units": units})
        told = refused([], declared, hosts=frozenset({"127.0.0.1"}))
    assert told.count("cannot be read: the connection is refused") == 2
    assert "broke off" not in told


def test_a_server_that_says_nothing_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "OPENING", 1)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setenv("HOTLINE", f"postgresql://127.0.0.1:{silent.getsockname()[1]}/x")
        told = refused([], mapping(tmp_path, "SELECT 1 AS id", "${HOTLINE}"))
    assert "found no answer in 1 s, expected a database that lets one in" in told


def test_what_asks_a_database_ends_with_a_command_that_is_killed(tmp_path, sqlite_file):
    mapping(tmp_path, f"{ENDLESS} WHERE n < 0", "a.db")
    words = ["intake", sqlite_file, "--mapping", tmp_path / "m.yaml", "--out", tmp_path / "out"]
    program = [sys.executable, "-c", "from auditlib.cli import main; main()", *map(str, words)]
    with subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as command:
        place = Path(f"/proc/{command.pid}/task/{command.pid}/children")
        until = time.monotonic() + 60
        while not (asking := place.read_text().split()) and time.monotonic() < until:
            time.sleep(0.05)
        assert asking
        time.sleep(0.5)
        command.kill()
    until = time.monotonic() + 10
    while any(Path(f"/proc/{one}/cmdline").exists() for one in asking) and time.monotonic() < until:
        time.sleep(0.05)
    left = [one for one in asking if Path(f"/proc/{one}/cmdline").exists()]
    for one in left:
        os.kill(int(one), signal.SIGKILL)
    assert not left


def test_the_command_says_how_long_a_query_may_take(tmp_path, sqlite_file, run_cli):
    mapping(tmp_path, f"{ENDLESS} WHERE n < 0", "a.db")
    done = run_cli("intake", sqlite_file, "--mapping", tmp_path / "m.yaml", "--out", tmp_path / "out",
                   "--query-seconds", 1)  # fmt: skip
    assert done.exit_code == 2
    assert "say --query-seconds where one takes longer" in done.output
    assert not (tmp_path / "out").exists()


@pytest.fixture
def listening(monkeypatch):
    """A port of this machine, and whether somebody came; nothing of the environment names its host."""
    for name in ("PGHOST", "PGHOSTADDR", "PGPASSFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PGPASSWORD", "geheim-9z")
    monkeypatch.setenv("HOME", os.devnull)
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        port.listen()
        guests: list[object] = []

        def receive():
            with contextlib.suppress(OSError):
                while True:
                    guest, who = port.accept()
                    guests.append(who)
                    guest.close()

        threading.Thread(target=receive, daemon=True).start()
        yield port.getsockname()[1], guests
        port.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost,127.0.0.1", "user@127.0.0.1"])
def test_a_host_that_only_a_mapping_names_is_asked_nothing(tmp_path, listening, host):
    port, guests = listening
    told = refused([], mapping(tmp_path, "SELECT 1 AS id", f"postgresql://{host}:{port}/x"))
    assert "127.0.0.1, which the mapping alone names; expected one that you name" in told
    assert not guests


@pytest.mark.parametrize("way", ["--allow-host", "PGHOST", "PGPASSFILE"])
def test_a_host_that_the_user_names_is_asked(tmp_path, listening, monkeypatch, way):
    port, guests = listening
    if way == "PGHOST":
        monkeypatch.setenv("PGHOST", "127.0.0.1")
    if way == "PGPASSFILE":
        (tmp_path / "passwords").write_text(f"# a comment\n127.0.0.1:{port}:*:*:geheim-9z\n")
        monkeypatch.setenv("PGPASSFILE", str(tmp_path / "passwords"))
    hosts = frozenset({"127.0.0.1"} if way == "--allow-host" else ())
    told = refused([], mapping(tmp_path, "SELECT 1 AS id", f"postgresql://127.0.0.1:{port}/x"), hosts=hosts)
    assert "geheim" not in told
    assert guests


def test_a_list_of_passwords_for_every_host_names_none(tmp_path):
    (tmp_path / "passwords").write_text("*:*:*:*:geheim-9z\n\\[\\:\\:1]:5432:*:*:x\n")
    environment = {"PGPASSFILE": str(tmp_path / "passwords")}
    with pytest.raises(InputError, match="which the mapping alone names"):
        address_of("postgresql://db.example.org/x", (), environment)
    assert address_of("postgresql://DB.example.org/x", {"db.EXAMPLE.org"}, environment).label == "x"
    assert address_of("postgresql:///x", (), environment).label == "x"  # wherever libpq finds it by itself


@pytest.mark.parametrize(
    "address",
    ["postgresql:///x?host=db.example.org", "postgresql://localhost/x?hostaddr=192.0.2.1", "postgresql:///x?service=a",
     "postgresql:///x?passfile=/etc/shadow", "postgresql://localhost/x?sslmode=disable", "postgresql://a@b@c/x",
     "postgresql://%6cocalhost/x", "postgresql:///x?sslkey=/etc/k", "postgresql://localhost/x?options=-cfoo"],
)  # fmt: skip
def test_an_address_of_a_mapping_leads_nowhere_else(tmp_path, address):
    with pytest.raises(InputError, match="found more than a host, a name and a stronger sslmode"):
        mapping(tmp_path, "SELECT 1", address)
    mapping(tmp_path, "SELECT 1", "postgresql://auditor@[::1]:5432,db.example.org/x?sslmode=verify-full")


def test_a_duckdb_keeps_to_little_of_the_memory_and_sets_aside_where_the_intake_may(tmp_path):
    duckdb = pytest.importorskip("duckdb", reason="needs the extra `database`")
    with duckdb.connect(str(tmp_path / "a.duckdb")) as database:
        database.execute("CREATE TABLE cases (id TEXT)")
    settings = "memory_limit", "max_temp_directory_size", "temp_directory"
    told = " || '|' || ".join(f"current_setting('{name}')" for name in settings)
    query = f"SELECT {told} AS id, 'U' AS unit, '2026-01-01 00:00:00' AS received"
    taken = take_in([tmp_path / "a.duckdb"], mapping(tmp_path, query, "a.duckdb"))
    memory, disk, folder = taken.registers["cases"]["case_id"][0].split("|")
    assert (memory, disk) == ("1.8 GiB", "14.9 GiB")  # 2 and 16 GB
    assert not Path(folder).is_relative_to(tmp_path)
    assert not Path(folder).parent.exists()  # it went with the intake
