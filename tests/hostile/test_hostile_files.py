"""Files that are none, or have no end: refused with a message, within seconds and a gigabyte, at every door.

What is limited here is far above what people write; beside each hostile input stands one that must still be read.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from auditlib.core.errors import InputError
from auditlib.core.guards import DEPTH
from auditlib.core.yaml_file import read_tree
from auditlib.ledger.conditions import OPERATIONS, parse_sql
from auditlib.ledger.databases.asked import Allowed, DatabaseProcess, Failure
from auditlib.ledger.read import read_ledger
from auditlib.ledger.table_guards import guard_parquet, guard_workbook
from auditlib.ledger.tables.layout import Layout
from auditlib.ledger.tables.parquet_pieces import ParquetInPieces
from auditlib.ledger.tables.read_table import read_tables

resource = pytest.importorskip("resource")

REPOSITORY = Path(__file__).parents[2]
HEATING = REPOSITORY / "params" / "demonstrations" / "s22-heating"
GIGABYTE = 2**30
SECONDS = 20  # ten, and twice that for a busy machine


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    """Nothing here may wait for a file without end."""

    def waited(*anything: object) -> None:
        raise AssertionError(f"it took more than {SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, waited)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return shutil.copytree(HEATING, tmp_path / "ledger")


def pipe(file: Path) -> None:
    os.mkfifo(file)


def device(file: Path) -> None:
    file.symlink_to("/dev/zero")


def loop(file: Path) -> None:
    file.symlink_to(file)


def nowhere(file: Path) -> None:
    file.symlink_to(file.with_name("nobody-has-this"))


def folder(file: Path) -> None:
    file.mkdir()


def no_text(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00\x80" * 100)


PLACES = {
    "pipe": pipe, "device": device, "loop": loop, "nowhere": nowhere, "folder": folder, "bytes": no_text,
}  # fmt: skip
COMMANDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "register": ("l/cases.csv", ("score", "s22-heating", "--ledger", "{}/l", "--period", "2025-12")),
    "ledger note": ("l/ledger.yaml", ("score", "s22-heating", "--ledger", "{}/l", "--period", "2025-12")),
    "workbook": ("l/more.xlsx", ("score", "s22-heating", "--ledger", "{}/l", "--period", "2025-12")),
    "scheme": ("x.yaml", ("check", "{}/x.yaml")),
    "run file": ("x.yaml", ("run", "{}/x.yaml")),
    "mapping": ("x.yaml", ("intake", str(HEATING), "--mapping", "{}/x.yaml", "--out", "{}/out")),
    "panel": ("p/panel.yaml", ("delphi", "{}/p")),
    "manifest": ("r/manifest.json", ("verify", "{}/r")),
    "manifest of a site": ("r/manifest.json", ("site", "{}")),
    "result": ("a.json", ("diff", "{}/a.json", "{}/a.json")),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_no_file_is_refused_where_a_file_is_expected(run_cli, tmp_path, command, place) -> None:
    name, words = COMMANDS[command]
    shutil.copytree(HEATING, tmp_path / "l")
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.unlink(missing_ok=True)
    PLACES[place](file)
    said = run_cli(*(word.replace("{}", str(tmp_path)) for word in words))
    if (command, said.exit_code) == ("manifest of a site", 0):  # a folder without a manifest is no run of the site
        return
    assert said.exit_code == (1 if (command, place) == ("scheme", "bytes") else 2), said.output  # checked, and faulty
    assert "fault of auditlib" not in said.stderr
    assert file.name in said.output
    assert not (tmp_path / "out").exists()


def test_a_link_to_a_register_is_one(ledger, tmp_path) -> None:
    whole = read_ledger(ledger).registers["cases"].collect()
    (ledger / "cases.csv").rename(tmp_path / "elsewhere.csv")
    (ledger / "cases.csv").symlink_to(tmp_path / "elsewhere.csv")
    assert read_ledger(ledger).registers["cases"].collect().equals(whole)


# --- without end -------------------------------------------------------------------------------------

READ = """
import resource, sys
resource.setrlimit(resource.RLIMIT_DATA, ({bytes}, {bytes}))
from pathlib import Path
from auditlib.core.errors import InputError
from auditlib.core.yaml_file import read_tree
from auditlib.ledger.read import read_ledger
file = Path(sys.argv[1])
try:
    print("read", read_tree(file) if file.suffix == ".yaml" else read_ledger(file).rejected)
except InputError as error:
    print("refused", str(error)[:500])
"""


def read_within_a_gigabyte(file: Path) -> str:
    program = [sys.executable, "-c", READ.format(bytes=GIGABYTE), str(file)]
    answer = subprocess.run(program, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


HEADER = (HEATING / "cases.csv").read_bytes().splitlines(keepends=True)[0]


def gzip_bomb(ledger: Path) -> None:
    (ledger / "cases.csv").unlink()
    with gzip.open(ledger / "cases.csv.gz", "wb", 1) as packed:
        packed.write(HEADER)
        for _ in range(1500):
            packed.write(bytes(2**20))


def workbook_bomb(ledger: Path) -> None:
    file = ledger / "more.xlsx"
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book,
        book.open("xl/worksheets/sheet1.xml", "w") as sheet,
    ):
        for _ in range(1500):
            sheet.write(b" " * 2**20)


def far_cell(ledger: Path) -> None:
    sheet = '<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    with zipfile.ZipFile(ledger / "more.xlsx", "w") as book:
        book.writestr("xl/worksheets/sheet1.xml", sheet)


def wide(ledger: Path) -> None:
    (ledger / "cases.csv").write_text(",".join(f"c{number}" for number in range(3_000_000)) + "\n")


@pytest.mark.long
@pytest.mark.parametrize(
    ("make", "found"),
    [
        (gzip_bomb, "in a packed file of"), (workbook_bomb, "in a packed file of"), (far_cell, "found a cell in row"),
        (wide, "found 3,000,000 columns"),
    ],
)  # fmt: skip
def test_what_unpacks_without_end_is_refused(ledger, make: Callable[[Path], None], found) -> None:
    signal.alarm(3 * SECONDS)  # making it takes time, too
    make(ledger)
    assert found in read_within_a_gigabyte(ledger)


@pytest.mark.long
def test_a_packed_register_is_read(ledger) -> None:
    content = (ledger / "cases.csv").read_bytes()
    (ledger / "cases.csv").unlink()
    (ledger / "cases.csv.gz").write_bytes(gzip.compress(content))
    assert read_within_a_gigabyte(ledger).startswith("read")


LAUGHS = "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]\n" if n else "x0: &x0 a\n" for n in range(12))
ENDLESS = {
    "flow": "a: " + "[" * 100_000,
    "block": "".join(" " * level + "a:\n" for level in range(2_000)),
    "mappings": "{a: " * 900 + "1" + "}" * 900,
    "aliases": LAUGHS,
    "itself": "a: &a [*a]\n",
    "size": "a: " + "x" * 83_000_000,
    "many": "\n".join("- 1" for _ in range(1_000_000)),
    "digits": "a: " + "9" * 5_000,
    "fraction": "a: 0." + "9" * 5_000,
    "sexagesimal": "a: " + ":".join(["59"] * 5_000),
    "tag": "a: !!python/object/apply:os.system ['true']\n",
    "day": "a: 9999-99-99\n",
}


@pytest.mark.long
@pytest.mark.parametrize("name", ENDLESS)
def test_yaml_without_end_is_refused(tmp_path, name) -> None:
    (tmp_path / "x.yaml").write_text(ENDLESS[name])
    answer = read_within_a_gigabyte(tmp_path / "x.yaml")
    assert answer.startswith("refused") or (name in ("tag", "sexagesimal") and "Tree" in answer)


def test_yaml_as_people_write_it_is_read(tmp_path) -> None:
    deep = DEPTH - 2
    (tmp_path / "x.yaml").write_text(f"a: &a [1, 2]\nb: [*a, *a]\nc: {'[' * deep}{']' * deep}\nd: {'9' * 400}\n")
    tree = read_tree(tmp_path / "x.yaml")
    assert tree.value["b"] == [[1, 2], [1, 2]]
    assert tree.value["d"] == int("9" * 400)


# --- conditions --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("n = 1 or " * 20_000 + "n = 1", "found an expression of"),
        ("n = 1 or " * OPERATIONS + "n = 1", "found an expression of"),
        ("n" + " + n" * 3_000 + " > 0", "found an expression of"),
        ("a = '" + "x" * 100_000 + "'", "found an expression of"),
        ("(" * 5_000 + "n" + ")" * 5_000 + " = 1", "found"),
        ("abs(" * 500 + "n" + ")" * 500 + " = 1", "found"),
        ("replace(" * 12 + "a" + ", 'x', 'xxxxxxxxxx')" * 12 + " = 'x'", "may make texts of more than"),
        ("concat(" * 9 + "a" + ",a,a,a,a,a,a,a,a,a)" * 9 + " = 'x'", None),
        ("replace(a, '', a) = 'x'", None),
        ("regexp_like(a, '(x{1000}){1000}')", "cannot be searched for"),
        ("regexp_like(a, '(')", "cannot be searched for"),
        ("regexp_like(a, '^1[3-9]')", None),
        ("n in (" + ", ".join(str(number) for number in range(3_000)) + ")", None),
        (" or ".join(f"a = 'x{number}'" for number in range(100)), None),
    ],
)
def test_a_condition_has_a_bounded_length_depth_and_result(sql, found) -> None:
    if found is None:
        row = pl.DataFrame({"a": ["x" * 50], "n": [1]}).lazy().select(x=parse_sql(sql).expression).collect()
        assert row.height == 1
    else:
        with pytest.raises(ValueError, match=found):
            parse_sql(sql)


def test_a_ledger_that_is_refused_says_where(ledger) -> None:
    (ledger / "cases.csv").unlink()
    os.mkfifo(ledger / "cases.csv")
    with pytest.raises(InputError, match=r"cases\.csv: found a pipe, expected an ordinary file"):
        read_ledger(ledger)


# --- workbooks and Parquet whose few bytes stand for many cells ----------------------------------------------

SHEET = '<?xml version="1.0"?><worksheet><sheetData>{}</sheetData></worksheet>'
CORNERS = (
    "<row r{0}={1}1{1}><c r{0}={1}A1{1}><v>1</v></c></row><row r{0}={1}{3}{1}><c r{0}={1}{2}{3}{1}><v>1</v></c></row>"
)


@pytest.mark.parametrize(
    ("part", "sheet"),
    [
        ("xl/worksheets/sheet1.xml", CORNERS.format("", '"', "XFD", 6000)),
        ("xl/worksheets/sheet1.xml", CORNERS.format("", "'", "Z", 1_048_576)),
        ("xl/elsewhere.XML", CORNERS.format(" ", '"', "XFD", 99_999)),
        ("xl/elsewhere.xml", CORNERS.format("\n", "'", "AZ", 1_048_576)),
    ],
)
def test_a_cell_far_from_all_others_is_refused_however_it_is_written(tmp_path, part, sheet) -> None:
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as book:
        book.writestr(part, SHEET.format(sheet))
    with pytest.raises(InputError, match="found a cell in row"):
        guard_workbook(tmp_path / "x.xlsx")


def test_far_cells_of_many_sheets_count_together(tmp_path) -> None:
    """Two sheets of two million cells are read, and ten are not: all of them lie in the memory at once."""
    for sheets, refused in ((2, False), (10, True)):
        with zipfile.ZipFile(tmp_path / f"{sheets}.xlsx", "w") as book:
            for number in range(sheets):
                corners = CORNERS.format("", '"', "B", 60_000 + number)
                book.writestr(
                    f"xl/worksheets/sheet{number}.xml", SHEET.format(corners + CORNERS.format("", '"', "AF", 2))
                )
        if refused:
            with pytest.raises(InputError, match="found a cell in row"):
                guard_workbook(tmp_path / f"{sheets}.xlsx")
        else:
            guard_workbook(tmp_path / f"{sheets}.xlsx")


@pytest.mark.long
def test_a_sheet_as_people_fill_it_is_no_bomb(tmp_path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "x.xlsx"))
    sheet = book.add_worksheet()
    for row in range(2_000):
        sheet.write_row(row, 0, [f"v{row}", *range(1000 + 60 * row, 1060 + 60 * row)])
    sheet.write(40_000, 3, "a stray word")
    book.close()
    table = next(read_tables(tmp_path / "x.xlsx", Layout()))
    assert (table.rows.height, table.rows.width) == (
        2_000,
        62,
    )  # 1,999 rows and a stray word; row numbers and 61 columns


@pytest.mark.parametrize("sign", ["<c ", "<row ", "<c r='A1'><f "])
def test_a_comment_in_a_sheet_is_looked_through_once(tmp_path, sign) -> None:
    made = tmp_path / "made.xlsx"
    book = xlsxwriter.Workbook(str(made))
    book.add_worksheet().write_column(0, 0, ["a", "1"])
    book.close()
    with zipfile.ZipFile(made) as read, zipfile.ZipFile(tmp_path / "x.xlsx", "w", zipfile.ZIP_DEFLATED) as written:
        for name in read.namelist():
            told = f"<!-- <f{sign * 300_000} --><sheetData>".encode() if name.endswith("sheet1.xml") else b"<sheetData>"
            written.writestr(name, read.read(name).replace(b"<sheetData>", told))
    started = time.process_time()
    assert next(read_tables(tmp_path / "x.xlsx", Layout())).rows.height == 1
    assert time.process_time() - started < SECONDS / 2


OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
ODS = (
    f'<?xml version="1.0"?><office:document-content xmlns:office="{OFFICE}office:1.0" xmlns:table="{OFFICE}table:1.0" '
    f'xmlns:text="{OFFICE}text:1.0"><office:body><office:spreadsheet><table:table table:name="s"><table:table-row>'
    '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell></table:table-row>'
    "<table:table-row>"
    '<table:table-cell office:value-type="string"><text:p>1</text:p></table:table-cell></table:table-row>'
    "</table:table></office:spreadsheet></office:body>"
    "</office:document-content>"
)


@pytest.mark.parametrize(("name", "refused"), [("case_id", False), ('<text:s text:c="2000000000"/>', True)])
def test_a_sheet_of_opendocument_is_read_in_another_process_first(tmp_path, name, refused) -> None:
    with zipfile.ZipFile(tmp_path / "x.ods", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("content.xml", ODS.format(name))
        book.writestr(
            "META-INF/manifest.xml", f'<?xml version="1.0"?><m:manifest xmlns:m="{OFFICE}manifest:1.0"></m:manifest>'
        )
    if refused:
        with pytest.raises(InputError, match="found cells that break their reader, or need more than 1,024 MB"):
            next(read_tables(tmp_path / "x.ods", Layout()))
    else:
        assert next(read_tables(tmp_path / "x.ods", Layout())).rows.columns[1:] == ["case_id"]


@pytest.mark.long
def test_a_parquet_file_of_one_endless_cell_is_refused(tmp_path) -> None:
    pl.DataFrame({"case_id": ["a" * 200_000_000]}).write_parquet(tmp_path / "x.parquet")
    with pytest.raises(InputError, match="in a packed file of"):
        guard_parquet(tmp_path / "x.parquet")
    pl.DataFrame({"case_id": ["a"] * 2_000_000}).write_parquet(tmp_path / "same.parquet")
    guard_parquet(tmp_path / "same.parquet")


def test_a_damaged_page_of_a_parquet_file_is_refused(tmp_path) -> None:
    """A zero where a page says how many of its values are empty: its reader breaks off, whole or piece by piece."""
    file = tmp_path / "x.parquet"
    pl.DataFrame({"case_id": [f"A{n % 7}" if n % 3 else None for n in range(40)]}).write_parquet(file)
    assert next(read_tables(file, Layout())).rows.height == 40
    content, refused = file.read_bytes(), []
    for place in range(80, 110):
        file.write_bytes(content[:place] + bytes([0]) + content[place + 1 :])
        try:
            pl.read_parquet(file)
        except pl.exceptions.PanicException:
            refused.append(place)
        except pl.exceptions.PolarsError:  # what its reader says by itself
            pass
    assert refused
    file.write_bytes(content[: refused[0]] + bytes([0]) + content[refused[0] + 1 :])
    for read in (lambda: next(read_tables(file, Layout())), lambda: list(ParquetInPieces(file).tables())):
        with pytest.raises(InputError, match="found damaged data, expected a Parquet file"):
            read()


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_a_workbook_that_was_damaged_on_its_way_is_refused(tmp_path, part) -> None:
    """Its reader asks for no checksum: a bit that turned makes another number of a case."""
    file = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(str(file)) as book:
        sheet = book.add_worksheet()
        for row, texts in enumerate((("case_id", "n"), ("A1", 7), ("A2", 8))):
            sheet.write_row(row, 0, texts)
    assert next(read_tables(file, Layout())).rows["case_id"].to_list() == ["A1", "A2"]
    with zipfile.ZipFile(file) as book, zipfile.ZipFile(tmp_path / "y.xlsx", "w") as plain:
        for entry in book.infolist():
            plain.writestr(entry.filename, book.read(entry))
    assert next(read_tables(tmp_path / "y.xlsx", Layout())).rows["case_id"].to_list() == ["A1", "A2"]
    content = (tmp_path / "y.xlsx").read_bytes()
    sound, wrong = (b"<v>7</v>", b"<v>6</v>") if "sheet" in part else (b"<t>A1</t>", b"<t>A3</t>")
    assert content.count(sound) == 1
    (tmp_path / "y.xlsx").write_bytes(content.replace(sound, wrong))
    with pytest.raises(InputError, match="found damaged data, expected a workbook") as caught:
        next(read_tables(tmp_path / "y.xlsx", Layout()))
    assert part in str(caught.value)


@pytest.mark.long
def test_modules_that_lie_where_the_user_is_are_not_run(tmp_path, monkeypatch) -> None:
    """Whoever sends a folder of exports may put a program beside them, under the name of a module that is read."""
    sound = io.BytesIO()
    with zipfile.ZipFile(sound, "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("content.xml", ODS.format("case_id"))
        book.writestr(
            "META-INF/manifest.xml", f'<?xml version="1.0"?><m:manifest xmlns:m="{OFFICE}manifest:1.0"></m:manifest>'
        )
    (tmp_path / "x.ods").write_bytes(sound.getvalue())
    for name in ("resource", "fastexcel", "polars", "json", "pyarrow", "adbc_driver_manager", "contextlib"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    monkeypatch.chdir(tmp_path)
    assert next(read_tables(Path("x.ods"), Layout())).rows.columns[1:] == ["case_id"]
    assert not (tmp_path / "ran").exists()
    asked = DatabaseProcess(Allowed())
    with contextlib.suppress(Failure):
        asked.open("sqlite", "file:nothing?mode=ro")
    asked.close()
    assert not (tmp_path / "ran").exists()
