"""The snapshot hash: the same for the same content however it is stored, another for any other content."""

import gzip
import hashlib
from datetime import datetime, timedelta

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.ledger import snapshot
from auditlib.ledger.read import read_ledger
from auditlib.ledger.snapshot import snapshot_hash

HEADER = ["case_id", "unit", "received_at", "kind", "resolved", "missing_items", "天气"]
ROWS = [
    ["C1", "D1", "2025-12-01T08:30:00", "投诉", "true", "2", "雪"],
    ["C2", "D2", "2025-12-02T00:00:00", "", "false", "", ""],
    ["C3", "D1", "2025-12-03T10:00:00", "咨询", "", "0", "晴"],
]


def csv(header, rows):
    return "".join(",".join(row) + "\n" for row in [header, *rows]).encode()


def ledger_hash(folder, files):
    folder.mkdir()
    for name, content in {"units.csv": b"unit\nD1\nD2\n", **files}.items():
        (folder / name).write_bytes(content)
    ledger = read_ledger(folder)
    assert ledger.rejects.is_empty()
    return snapshot_hash(ledger.registers)


def reordered(order):
    return [HEADER[i] for i in order], [[row[i] for i in order] for row in ROWS]


def parquet_bytes(folder):
    file = folder / "made.parquet"
    pl.read_csv(csv(HEADER, ROWS), infer_schema=False).write_parquet(file)
    return file.read_bytes()


def typed_parquet_bytes(folder):
    file = folder / "typed.parquet"
    frame = pl.read_csv(csv(HEADER, ROWS), infer_schema=False).with_columns(
        pl.col("received_at").str.to_datetime(time_unit="ms"),
        pl.col("resolved").replace_strict({"true": True, "false": False}, default=None),
        pl.col("missing_items").cast(pl.Int32),
    )
    frame.write_parquet(file)
    return file.read_bytes()


def xlsx_bytes(folder):
    file = folder / "made.xlsx"
    with xlsxwriter.Workbook(str(file)) as book:
        sheet = book.add_worksheet("cases")
        for number, row in enumerate([HEADER, *ROWS]):
            for position, value in enumerate(row):
                if value:
                    sheet.write_string(number, position, value)
    return file.read_bytes()


SAME = {
    "rows in another order": lambda _: {"cases.csv": csv(HEADER, ROWS[::-1])},
    "columns in another order": lambda _: {"cases.csv": csv(*reordered([6, 2, 0, 5, 1, 4, 3]))},
    "split into two files": lambda _: {"cases-1.csv": csv(HEADER, ROWS[:1]), "cases-2.csv": csv(HEADER, ROWS[1:])},
    "an empty extra column": lambda _: {"cases.csv": csv([*HEADER, "note"], [[*row, ""] for row in ROWS])},
    "an empty known column": lambda _: {"cases.csv": csv([*HEADER, "outcome"], [[*row, ""] for row in ROWS])},
    "GB18030": lambda _: {"cases.csv": csv(HEADER, ROWS).decode().encode("gb18030")},
    "gzip": lambda _: {"cases.csv.gz": gzip.compress(csv(HEADER, ROWS))},
    "Parquet": lambda folder: {"cases.parquet": parquet_bytes(folder)},
    "Parquet with types": lambda folder: {"cases.parquet": typed_parquet_bytes(folder)},
    "XLSX": lambda folder: {"book.xlsx": xlsx_bytes(folder)},
    "Chinese booleans": lambda _: {
        "cases.csv": csv(HEADER, ROWS).replace(b"true", "是".encode()).replace(b"false", b"0")
    },
    "times with an offset": lambda _: {
        "cases.csv": csv(HEADER, ROWS).replace(b"2025-12-01T08:30:00", b"2025-12-01T00:30:00Z")
    },
    "quoted values": lambda _: {
        "cases.csv": b'"' + csv(HEADER, ROWS).strip().replace(b",", b'","').replace(b"\n", b'"\n"') + b'"\n'
    },
}


@pytest.mark.parametrize("change", SAME)
def test_the_hash_does_not_hang_on_how_the_content_is_stored(tmp_path, change):
    assert ledger_hash(tmp_path / "b", SAME[change](tmp_path)) == ledger_hash(
        tmp_path / "a", {"cases.csv": csv(HEADER, ROWS)}
    )


@pytest.mark.parametrize("row", range(3))
@pytest.mark.parametrize("position", range(7))
def test_any_changed_value_changes_the_hash(tmp_path, row, position):
    other = [
        "C9",
        "D1" if ROWS[row][1] == "D2" else "D2",
        "2025-12-03T10:00:01",
        "举报",
        "true" if row else "false",
        "9",
        "雨",
    ]
    rows = [list(values) for values in ROWS]
    rows[row][position] = other[position]
    assert ledger_hash(tmp_path / "b", {"cases.csv": csv(HEADER, rows)}) != ledger_hash(
        tmp_path / "a", {"cases.csv": csv(HEADER, ROWS)}
    )


@pytest.mark.parametrize("rows", [ROWS[:2], [*ROWS, ["C4", *ROWS[0][1:]]]], ids=["removed", "added"])
def test_a_row_added_or_removed_changes_the_hash(tmp_path, rows):
    assert ledger_hash(tmp_path / "b", {"cases.csv": csv(HEADER, rows)}) != ledger_hash(
        tmp_path / "a", {"cases.csv": csv(HEADER, ROWS)}
    )


def test_the_name_of_an_extra_column_is_part_of_the_content(tmp_path):
    assert ledger_hash(tmp_path / "b", {"cases.csv": csv([*HEADER[:-1], "气温"], ROWS)}) != ledger_hash(
        tmp_path / "a", {"cases.csv": csv(HEADER, ROWS)}
    )


# Texts that try to read like the borders between values, columns and rows.
NASTY = st.one_of(st.none(), st.text("ab1:\\ \x1c\x1d\x1e\x1f，", max_size=4), st.text('é投😀\n"\x00', max_size=4))
NAIVE = st.datetimes(datetime(2025, 1, 1), datetime(2025, 1, 1) + timedelta(seconds=2)).map(lambda d: d.replace(fold=0))
ROW = st.fixed_dictionaries(
    {
        "case_id": NASTY,
        "kind": NASTY,
        "n": st.one_of(st.none(), st.integers(-20, 20)),
        "ok": st.one_of(st.none(), st.booleans()),
        "at": st.one_of(st.none(), NAIVE),
    }
)
SCHEMA = {"case_id": pl.String, "kind": pl.String, "n": pl.Int64, "ok": pl.Boolean, "at": pl.Datetime("us")}


def bag(rows):
    """The content by hand: the rows with their filled values, in no order."""
    return sorted(repr(sorted((key, value) for key, value in row.items() if value is not None)) for row in rows)


@settings(max_examples=25)
@given(st.lists(ROW, max_size=3), st.lists(ROW, max_size=3), st.randoms())
def test_two_tables_have_one_hash_exactly_when_they_hold_the_same_rows(one, other, random):
    first = snapshot_hash({"cases": pl.DataFrame(one, schema=SCHEMA)})
    assert (first == snapshot_hash({"cases": pl.DataFrame(other, schema=SCHEMA)})) == (bag(one) == bag(other))
    shuffled = random.sample(one, len(one))
    columns = random.sample(list(SCHEMA), len(SCHEMA))
    assert snapshot_hash({"cases": pl.DataFrame(shuffled, schema=SCHEMA).select(columns).lazy()}) == first


@settings(max_examples=25)
@given(ROW, st.sampled_from(["case_id", "kind"]), NASTY)
def test_one_changed_text_changes_the_hash(row, key, text):
    changed = row | {key: text}
    same = snapshot_hash({"cases": pl.DataFrame([row], schema=SCHEMA)}) == snapshot_hash(
        {"cases": pl.DataFrame([changed], schema=SCHEMA)}
    )
    assert same == (row[key] == text)


def by_hand(rows):
    """The hash by its definition: every row as text, sorted in the memory, hashed in one go."""
    since = datetime(1970, 1, 1)
    texts = []
    for row in rows:
        text = b""
        for name in sorted(key for key, value in row.items() if value is not None):
            value = row[name]
            if isinstance(value, datetime):
                value = (value - since) // timedelta(microseconds=1)
            said = (str(value).lower() if isinstance(value, bool) else str(value)).encode()
            text += b"%d:%s%d:%s" % (len(name.encode()), name.encode(), len(said), said)
        texts.append(text)
    height = f"cases\x1d{len(rows)}\x1d".encode()
    return hashlib.sha256(height + b"\x1e".join(sorted(texts))).hexdigest()


FAR = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(lambda d: d.replace(fold=0))
LONG = st.lists(ROW | st.fixed_dictionaries({"at": FAR, "case_id": NASTY}), max_size=14)


@pytest.mark.parametrize("waiting", [0, 4, 100], ids=["from the disk", "either way", "as they come"])
def test_a_register_read_in_parts_has_the_hash_of_its_sorted_rows(monkeypatch, waiting):
    monkeypatch.setattr(snapshot, "ROWS", 2)
    monkeypatch.setattr(snapshot, "GROUP", 1)
    monkeypatch.setattr(snapshot, "WAITING", waiting)

    @settings(max_examples=40, deadline=None)
    @given(LONG, st.booleans())
    def same(rows, by_time):
        if by_time:
            rows = sorted(rows, key=lambda row: (row["at"] is None, row["at"] or datetime.max))
        assert snapshot_hash({"cases": pl.DataFrame(rows, schema=SCHEMA)}) == by_hand(rows)

    same()


def test_the_same_rows_in_another_register_are_other_content():
    frame = pl.DataFrame({"unit": ["D1"]})
    assert snapshot_hash({"cases": frame}) != snapshot_hash({"events": frame})


def test_the_hash_is_sha256_in_hexadecimal():
    assert len(snapshot_hash({})) == 64
    assert int(snapshot_hash({"units": pl.DataFrame({"unit": ["D1"]})}), 16) >= 0
