"""The check of a long ledger is kept; whatever it depends on has changed, the ledger is checked anew."""

import os
from datetime import datetime

import pytest

from auditlib.ledger import kept_check, read
from auditlib.ledger.read import read_ledger

ROWS = "case_id,unit,received_at\nA1,D1,2026-01-05T08:00:00\nA2,D1,2026-01-06T08:00:00\nA3,D1,2026-01-07\nA4,D1\n"


@pytest.fixture
def ledger(tmp_path, monkeypatch):
    """A ledger with a row too short, whose check is kept however short it is, in folders of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(kept_check, "LEAST", 0)
    folder = tmp_path / "ledger"
    folder.mkdir()
    (folder / "units.csv").write_text("unit\nD1\n")
    (folder / "cases.csv").write_text(ROWS)
    (folder / "ledger.yaml").write_text('as_of: "2026-02-01T00:00:00"\n')
    return folder


@pytest.fixture
def checks(monkeypatch):
    """Counts how often a ledger is checked cell by cell."""
    made = []
    real = read._check
    monkeypatch.setattr(read, "_check", lambda *given: made.append(given) or real(*given))
    return made


def told(book):
    rows = {name: frame.collect().rows() for name, frame in book.registers.items()}
    said = {text: str(words) for text, words in book.expectations.items()}
    return rows, book.rejects.rows(), book.accepted, book.rejected, said, book.ignored


def test_a_kept_check_tells_what_the_check_told(ledger, checks):
    first, second = told(read_ledger(ledger)), told(read_ledger(ledger))
    assert (len(checks), first) == (1, second)
    assert first[2:4] == ({"units": 1, "cases": 3}, {"units": 0, "cases": 1})
    assert [row[2:6] for row in first[1]] == [(5, "", "2 fields", "3 fields, as in the header")]


@pytest.mark.parametrize(
    "change",
    [
        lambda folder, patch: (folder / "cases.csv").write_text(ROWS.replace("A2,D1", "A2,D9")),
        lambda folder, patch: (folder / "units.csv").write_text("unit\nD2\n"),
        lambda folder, patch: (folder / "ledger.yaml").write_text('as_of: "2026-01-06T12:00:00"\n'),
        lambda folder, patch: patch.setattr(kept_check, "software", lambda: {"auditlib": "another version"}),
    ],
)
def test_a_changed_file_note_or_version_is_checked_anew(ledger, checks, monkeypatch, change):
    read_ledger(ledger)
    before = {file.name: file.stat() for file in ledger.iterdir()}
    change(ledger, monkeypatch)
    for file in ledger.iterdir():  # a change that leaves size and time as they were is seen, too
        os.utime(file, ns=(before[file.name].st_atime_ns, before[file.name].st_mtime_ns))
    book = read_ledger(ledger)
    assert len(checks) == 2
    if "D9" in (ledger / "cases.csv").read_text():
        assert ("A2", "D9") not in {row[:2] for row in book.registers["cases"].collect().rows()}
        assert "a unit of the register of units" in book.rejects["expected"].to_list()


def test_another_time_of_looking_is_another_check(ledger, checks):
    (ledger / "ledger.yaml").unlink()
    early, late = (read_ledger(ledger, datetime(2026, 1, day)) for day in (6, 31))
    assert (len(checks), early.accepted["cases"], late.accepted["cases"]) == (2, 1, 3)


@pytest.mark.parametrize("spoil", ["row", "seal", "key", "folder"])
def test_a_kept_check_that_is_not_as_it_was_sealed_is_not_taken(ledger, checks, tmp_path, spoil):
    first = told(read_ledger(ledger))
    (kept,) = (tmp_path / "cache" / "auditlib" / "checked").iterdir()
    if spoil == "row":
        file = kept / "cases.register.parquet"
        file.write_bytes(file.read_bytes().replace(b"A2", b"A9"))
    elif spoil == "seal":
        (kept / "seal.json").write_text((kept / "seal.json").read_text().replace('"cases": 3', '"cases": 2'))
    elif spoil == "key":
        (tmp_path / "state" / "auditlib" / "kept.key").write_bytes(b"x" * 32)
    else:
        kept.chmod(0o777)
    assert told(read_ledger(ledger)) == first
    assert len(checks) == 2


def test_the_kept_check_is_the_users_alone_and_of_long_ledgers_only(ledger, checks, tmp_path, monkeypatch):
    read_ledger(ledger)
    folder = tmp_path / "cache" / "auditlib" / "checked"
    assert [place.stat().st_mode & 0o077 for place in (folder, *folder.iterdir())] == [0, 0]
    monkeypatch.setattr(kept_check, "LEAST", 2**20)
    read_ledger(ledger)
    assert len(checks) == 2
