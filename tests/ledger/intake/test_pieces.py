"""A long text is taken in piece by piece: whatever the size of a piece, the outcome is that of the whole."""

import random

import polars as pl
import pytest
from test_kinds import HEADER, mapping_of

from auditlib.core.errors import InputError
from auditlib.ledger.intake.pieces import Pieces
from auditlib.ledger.intake.profile import profile
from auditlib.ledger.intake.take_in import take_in
from auditlib.ledger.intake.write import write_ledger
from auditlib.ledger.tables.layout import Layout
from auditlib.ledger.tables.text_pieces import text_in_pieces

FAULTS = (
    "A{i},东区,坏,2026-01-10 08:30:00,,在办,",  # a time that cannot be read
    "A3,西区,2026-01-05 08:30:00,2026-01-10 08:30:00,,在办,",  # an id that was there before
    "A{i},西区,2026-01-05",  # too few fields
    "A{i},只此区,坏,,,,",  # a unit of rejected rows alone
    "合计,{i},,,,,",
    "",
    "A{i},东区,2026-01-05 08:30:00,2026-01-01 08:30:00,,已办结,联系人张伟13812345678",
    'A{i},"东\n区",2026-01-05 08:30:00,2026-01-10 08:30:00,,在办,"满意, ""很"""',
    "A{i},东区,2026-01-05 08:30:00,2099-12-31 00:00:00,,在办,—",
    "a3,ＡＢ区,2026-01-05 08:30:00,2026-01-10 08:30:00,,在办,",
)


def rows(count, *, shuffled):
    rng = random.Random(7)
    lines = [
        f"A{i},{rng.choice(['东区', '西区', 'AB区'])},2026-01-{1 + i % 28:02} 08:30:00,2026-02-10 08:30:00,"
        f"{rng.choice(['', '2026-02-05 10:00:00'])},办理,满意"
        for i in range(count)
    ]
    for i in range(count, count + 40):
        lines.insert(rng.randrange(10, len(lines)), rng.choice(FAULTS).format(i=i))
    if shuffled:
        rng.shuffle(lines)
    return HEADER + "\n".join(lines) + "\n"


def outcome(folder, sources, mapping, pieces, form="csv"):
    taken = take_in(sources, mapping, pieces=pieces)
    write_ledger(taken, folder / "led", form=form, beside={"profile.json": repr(profile(taken))})
    said = sorted(str(doubt.message) for doubt in taken.doubts)
    return taken, said, {file.name: file.read_bytes() for file in sorted((folder / "led").iterdir())}


@pytest.mark.parametrize(("size", "shuffled", "encoding"), [(700, False, "utf-8"), (5000, True, "gb18030")])
def test_pieces_give_the_same_bytes_as_the_whole(tmp_path, size, shuffled, encoding):
    source = tmp_path / "src"
    for number, folder in enumerate("ab"):
        (source / folder).mkdir(parents=True)
        text = rows(120, shuffled=shuffled)
        text = text if number else text.replace("\nA", "\nB")
        (source / folder / "cases.csv").write_bytes(text.encode(encoding))
    mapping, sources = mapping_of(tmp_path, top={"personal": "mask"}), [source / "a", source / "b"]
    told: list[tuple[str, int, int, int]] = []
    pieces = Pieces(tmp_path / "scratch", lambda *far: told.append(far), True, size, 0)
    whole, said, files = outcome(tmp_path / "whole", sources, mapping, None)
    taken, pieces_said, pieces_files = outcome(tmp_path / "pieces", sources, mapping, pieces)
    assert taken.large.keys() == {"cases"}
    assert whole.rejects.height > 20
    assert pieces_said == said
    assert pieces_files == files
    assert taken.seen == whole.seen
    assert len(told) > 6
    # Progress ends with all bytes of both files, and with every line that is not blank or the rest of a quoted one.
    assert told[-1][:3] == ("cases", *[sum(file.stat().st_size for file in source.rglob("*.csv"))] * 2)
    assert told[-1][3] == taken.seen["cases"]


def test_a_long_register_in_parquet_has_the_rows_of_the_whole(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "cases.csv").write_text(rows(100, shuffled=True), encoding="utf-8")
    mapping, sources = mapping_of(tmp_path, top={"personal": "mask"}), [tmp_path / "src"]
    outcome(tmp_path / "whole", sources, mapping, None, "parquet")
    outcome(tmp_path / "pieces", sources, mapping, Pieces(tmp_path / "scratch", size=900, large=0), "parquet")
    tables = [pl.read_parquet(tmp_path / form / "led" / "cases.parquet") for form in ("whole", "pieces")]
    assert tables[0].equals(tables[1])
    assert tables[0].height > 80


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda text: text + 'A99,"东区,2026-01-05 08:30:00,,,,\n', "a quote that is never closed"),
        (lambda text: text.replace("A5,", '"A5,', 1).replace("A9,", 'A9",', 1), "a quote that swallows the rows"),
        (lambda text: text.replace("单位,", "承办,", 1), "missing column"),
        (lambda text: text.replace("满意度", "单位", 1), "the column twice"),
    ],
)
def test_what_the_whole_refuses_pieces_refuse(tmp_path, change, found):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "cases.csv").write_text(change(rows(60, shuffled=False)), encoding="utf-8")
    mapping = mapping_of(tmp_path)
    for pieces in (None, Pieces(tmp_path / "scratch", size=3000, large=0)):
        with pytest.raises(InputError, match=found):
            take_in([tmp_path / "src"], mapping, pieces=pieces)


def test_a_row_without_an_end_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("auditlib.ledger.tables.text_pieces.LINE", 5_000)
    file = tmp_path / "cases.csv"
    file.write_bytes(b"id,unit\n" + b"x" * 20_000)
    with pytest.raises(InputError, match="found a row of more than"):
        text_in_pieces(file, Layout(), 1_000)
    file.write_bytes(b"id,unit\n" + b"".join(b"%d,%s\n" % (n, b"x" * 2_000) for n in range(10)))
    text = text_in_pieces(file, Layout(), 1_000)
    assert sum(table.rows.height for table in text.tables()) == 10
