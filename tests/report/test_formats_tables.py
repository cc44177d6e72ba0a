"""The tables of a period for people: a workbook that adds itself up again, and CSV that starts no formula."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from demonstrations import scored_demonstration

from auditlib.core.cells import csv_text, inert
from auditlib.core.errors import InputError
from auditlib.core.exact import Rounding
from auditlib.core.table import Number
from auditlib.report.workbook.period import lines_csv, period_workbook, scores_csv
from auditlib.report.workbook.sheets import Formula, Sheet, workbook_bytes
from auditlib.scoring.result import PartScore

ROOT = Path(__file__).resolve().parents[2]
DEMONSTRATIONS = [
    ("boston311-timeliness", "2011-07"), ("s02-fujian-three-rates", "2025-12"), ("s04-hotline", "2025-12"),
    ("s04-hotline", "2025"), ("s09-chengde-12315", "2007-03"), ("s09-chengde-12315-annual", "2007"),
    ("s10-zero-complaint", "2008"), ("s12-jiangsu-insurance", "2025"), ("s14-bank-service", "2025Q3"),
    ("s18-anhui-telecom", "2014-03"), ("s19-handling-posts", "2026-03"), ("s20-office-evaluation", "2025"),
    ("s22-heating", "2025-12"), ("s22-heating", "2025"), ("s38-first-asked", "2011"),
]  # fmt: skip
CREATED = datetime(2026, 1, 5)
HOSTILE = "=HYPERLINK(1)"


@cache
def workbook(scheme: str, period: str, language: str = "zh") -> bytes:
    return period_workbook(scored_demonstration(scheme, period), language)


def opened(content: bytes, *, values: bool = True) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content), data_only=values)


def table(book: openpyxl.Workbook, sheet: str) -> list[dict[str, object]]:
    heads, *rows = book[sheet].iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def one_sheet(*row: object, **options: object) -> bytes:
    sheet = Sheet("s", [f"c{index}" for index in range(len(row))], [row], **options)  # type: ignore[arg-type]
    return workbook_bytes([sheet], "t", "&C&P", CREATED)


class TestCells:
    @pytest.mark.parametrize(
        "text", ["=1+1", "+A1", "-A1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "－1+1", "+1 × 2"]
    )
    def test_what_a_spreadsheet_would_run_is_quoted(self, text: str) -> None:
        assert inert(text) == f"'{text}"

    @pytest.mark.parametrize("text", ["-2", "+1", "-0.5", "12", "−1 × 2 = −2", "东区", "", "a=b"])
    def test_numbers_keep_their_sign_and_other_text_stays(self, text: str) -> None:
        assert inert(text) == text

    def test_a_table_of_csv_guards_its_headings_too(self) -> None:
        assert csv_text(["=a", "b"], [[-2, None]]) == "'=a,b\n-2,\n"


class TestASheet:
    def test_numbers_are_numbers_and_text_is_never_a_formula(self) -> None:
        third = Number(Fraction(1, 3), Rounding(4))
        book = opened(one_sheet(Number(Fraction("-0.5"), Rounding(4)), third, 7, HOSTILE, "007", None), values=False)
        cells = [cell for (cell,) in book["s"].iter_cols(min_row=2)]
        assert [cell.value for cell in cells] == [-0.5, pytest.approx(1 / 3, abs=1e-15), 7, HOSTILE, "007", None]
        assert [cell.data_type for cell in cells] == ["n", "n", "n", "s", "s", "n"]
        assert [cell.number_format for cell in cells[:3]] == ["0.0", "0.0000", "0"]

    def test_a_whole_number_with_more_digits_than_a_cell_keeps_is_text_and_points_are_always_a_number(self) -> None:
        fits, does_not = 123456789012345, 1234567890123456
        book = opened(one_sheet(fits, does_not, Number(Fraction("0.1234567890123456"), Rounding(4)), 10**20))
        assert [cell.value for (cell,) in book["s"].iter_cols(min_row=2)] == [
            fits, str(does_not), pytest.approx(0.1234567890123456, abs=1e-15), 10**20
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("value", "rounding", "form"),
        [
            ("2/3", Rounding(1), "0.0"),
            ("2/3", Rounding(1, "down"), "0.00"),  # 0.7 is what a spreadsheet makes of one decimal, and the scheme 0.6
            ("0.999", Rounding(1, "down"), "0.000"),
            ("0.25", Rounding(1, "half_even"), "0.00"),
            ("0.35", Rounding(1, "half_even"), "0.0"),
            ("2", Rounding(4, "down"), "0"),
        ],
    )
    def test_a_spreadsheet_that_rounds_otherwise_than_the_scheme_gets_more_decimals(
        self, value, rounding, form
    ) -> None:
        book = opened(one_sheet(Number(Fraction(value), rounding)), values=False)
        assert book["s"]["A2"].number_format == form

    def test_a_formula_carries_its_value_for_readers_that_do_not_calculate(self) -> None:
        content = one_sheet(2, Formula("A2*3", Number(Fraction(6), Rounding(0))))
        assert opened(content)["s"]["B2"].value == 6
        assert opened(content, values=False)["s"]["B2"].value == "=A2*3"

    def test_it_prints_across_a4_with_its_headings_on_every_page(self) -> None:
        page = opened(one_sheet("a", "b"))["s"]
        assert (page.page_setup.orientation, page.page_setup.paperSize, page.page_setup.fitToHeight) == (
            "landscape",
            9,
            0,
        )
        assert (page.freeze_panes, page.print_title_rows, page.print_area) == ("A2", "$1:$1", "'s'!$A$1:$B$2")
        assert page.auto_filter.ref == "A1:B2"

    def test_what_xml_cannot_hold_and_what_a_cell_cannot_is_shown_as_missing(self) -> None:
        book = opened(one_sheet("a\x07b", "x" * 40_000))
        assert book["s"]["A2"].value == "a\N{REPLACEMENT CHARACTER}b"
        assert len(book["s"]["B2"].value) == 32_767

    def test_a_table_longer_than_a_sheet_is_refused_by_name(self) -> None:
        sheet = Sheet("lines", ["a"], [("x",)] * 1_048_576)
        with pytest.raises(InputError, match="lines: found 1048576 rows"):
            workbook_bytes([sheet], "t", "&P", CREATED)


@pytest.mark.parametrize(("scheme", "period"), DEMONSTRATIONS)
class TestEveryDemonstration:
    @pytest.mark.long
    def test_the_stored_values_of_all_differences_are_zero(self, scheme: str, period: str) -> None:
        book = opened(workbook(scheme, period))
        found = [row["复算差异"] for sheet in book for row in table(book, sheet.title) if "复算差异" in row]
        assert {value for value in found if value is not None} <= {0}

    def test_lines_add_up_by_hand_to_the_points_within_floor_and_cap(self, scheme: str, period: str) -> None:
        book = opened(workbook(scheme, period))
        declared = {one.title("zh"): one for one in scored_demonstration(scheme, period).resolved.scheme.indicators}
        lines = table(book, "计分明细")
        for row in table(book, "复算"):
            own = [float(line["得分"] or 0) for line in lines if line["编号"] == row["编号"]]  # type: ignore[arg-type]
            assert own, row
            if row["系统得分"] is None:
                continue
            indicator = declared[str(row["指标"])]
            points = float(indicator.start) + sum(own)
            points = points if indicator.cap is None else min(points, float(indicator.cap))
            points = points if indicator.floor is None else max(points, float(indicator.floor))
            assert points == pytest.approx(row["系统得分"], abs=1e-9)


def without_values(content: bytes) -> bytes:
    """A workbook whose formulas have no stored value, so that a reader has to calculate."""
    memory = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(memory, "w") as new:
        for name in old.namelist():
            new.writestr(name, re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", old.read(name)))
    return memory.getvalue()


@pytest.fixture
def recalculated(tmp_path: Path) -> Callable[[dict[str, bytes]], dict[str, openpyxl.Workbook]]:
    """Lets LibreOffice calculate workbooks, all in one go, and opens what it gives."""
    office = shutil.which("libreoffice") or shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed: formulas are not calculated by another program")

    def calculate(books: dict[str, bytes]) -> dict[str, openpyxl.Workbook]:
        (tmp_path / "in").mkdir()
        for name, content in books.items():
            (tmp_path / "in" / f"{name}.xlsx").write_bytes(without_values(content))
        files = sorted((tmp_path / "in").iterdir())
        profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        command = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", tmp_path / "out", *files]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        return {file.stem: openpyxl.load_workbook(file, data_only=True) for file in (tmp_path / "out").iterdir()}

    return calculate


def assert_recalculated(ours: bytes, theirs: openpyxl.Workbook) -> int:
    """Every formula of ours comes to the value that we stored with it. Returns how many there are."""
    formulas, values = opened(ours, values=False), opened(ours)
    count = 0
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    count += 1
                    found, stored = (book[sheet.title][cell.coordinate].value for book in (theirs, values))
                    assert found == pytest.approx(stored, abs=1e-9), (sheet.title, cell.coordinate, cell.value)
    return count


@pytest.mark.long
def test_libreoffice_calculates_every_formula_to_the_stored_value(
    recalculated: Callable[[dict[str, bytes]], dict[str, openpyxl.Workbook]],
) -> None:
    books = {f"{scheme}_{period}": workbook(scheme, period) for scheme, period in DEMONSTRATIONS}
    theirs = recalculated(books)
    assert theirs.keys() == books.keys()
    counts = {name: assert_recalculated(content, theirs[name]) for name, content in books.items()}
    assert counts["s22-heating_2025"] > 100
    for name, book in theirs.items():
        differences = [row[head] for sheet in book for row in table(book, sheet.title) for head in row
                       if head == "复算差异"]  # fmt: skip
        assert {value for value in differences if value is not None} <= {0}, name


@pytest.mark.long
def test_a_point_changed_by_hand_shows_as_a_difference_when_calculated_again(
    recalculated: Callable[[dict[str, bytes]], dict[str, openpyxl.Workbook]],
) -> None:
    content = workbook("s22-heating", "2025-12", "zh")
    book = opened(content, values=False)
    column = [cell.value for cell in book["计分明细"][1]].index("得分") + 1
    row = next(row for row in range(2, 60) if book["计分明细"].cell(row, column).value == -1)
    book["计分明细"].cell(row, column).value = -2
    memory = io.BytesIO()
    book.save(memory)
    theirs = recalculated({"changed": memory.getvalue()})["changed"]
    assert [line["复算差异"] for line in table(theirs, "复算") if line["复算差异"]] == [-1]
    total = next(line["内容"] for line in table(theirs, "说明") if "复算差异合计" in str(line["条目"]))
    assert total == 1


class TestWhatTheWorkbookSays:
    def test_a_difference_is_shown_and_not_hidden(self) -> None:
        """A stored total that is a tenth too high."""
        scored = scored_demonstration("s22-heating", "2025-12")
        first, *others = scored.result.units
        assert first.total is not None
        wrong = replace(first, total=first.total + Fraction(1, 10))
        book = opened(period_workbook(replace(scored, result=replace(scored.result, units=(wrong, *others))), "en"))
        assert [row["Difference"] for row in table(book, "Indicators")] == [-0.1, 0, 0, 0]
        about = {row["Item"]: row["Content"] for row in table(book, book.sheetnames[0])}
        assert about["All differences (0 where all agree)"] == 0.1

    def test_a_rolled_up_total_is_the_weighted_mean_of_its_periods(self) -> None:
        book = opened(workbook("s22-heating", "2025", "en"), values=False)
        row = next(row for row in table(book, "Parts of the total") if row["Code"] == "B1")
        # 40 % the mean of the months, 30 % the quarters, 30 % the year: s22, 三
        assert re.fullmatch(
            r"=2/5\*AVERAGE\(C\d:N\d\)\+3/10\*AVERAGE\(O\d:R\d\)\+3/10\*AVERAGE\(S\d:S\d\)", str(row["Re-added"])
        )
        assert row["Stored total"] == 94.4

    def test_beside_the_indicators_of_a_year_stands_what_is_the_year_s_own(self) -> None:
        """The control: a month, whose points add up to its total."""
        year, month = (opened(workbook("s04-hotline", period, "zh")) for period in ("2025", "2025-03"))
        row = next(row for row in table(year, "各项指标") if row["代码"] == "区教体局")
        whole = next(row for row in table(year, "总分构成") if row["代码"] == "区教体局")
        # The year's own mark is 90; with the mean of twelve months, 92.8, it makes 182.8.
        assert (row["本期自身得分"], whole["系统总分"]) == (90, 182.8)
        assert "系统总分" not in row
        assert "系统总分" in table(month, "各项指标")[0]

    def test_a_unit_without_a_total_says_why(self) -> None:
        scored = scored_demonstration("s22-heating", "2025-12")
        waiting = replace(scored.result.units[0], total=None)
        book = opened(period_workbook(replace(scored, result=replace(scored.result, units=(waiting,))), "en"))
        row = table(book, "Indicators")[0]
        assert (row["Stored total"], row["Difference"]) == (None, None)
        assert row["Note"] == "The scheme gives no total until its gap is supplied"

    def test_parts_without_data_are_left_out_of_the_mean(self) -> None:
        scored = scored_demonstration("s22-heating", "2025")
        unit = next(unit for unit in scored.result.units if unit.unit == "B1")
        months = [part for part in unit.parts if part.weight == Fraction(2, 5)]
        assert [part.total for part in months if part.total is not None] == [94, 96]
        assert isinstance(months[0], PartScore)
        book = opened(period_workbook(scored, "en"))
        row = next(row for row in table(book, "Parts of the total") if row["Code"] == "B1")
        assert row["Re-added"] == pytest.approx(0.4 * (94 + 96) / 2 + 0.3 * 94 + 0.3 * 94)

    def test_names_from_data_start_no_formula_on_any_sheet(self) -> None:
        scored = scored_demonstration("s22-heating", "2025-12")
        units = tuple(replace(unit, unit=f"={unit.unit}", name=HOSTILE) for unit in scored.result.units)
        content = period_workbook(replace(scored, result=replace(scored.result, units=units)), "zh")
        book = opened(content, values=False)
        formulas = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
        assert formulas
        allowed = re.compile(r"=(SUM|SUMIFS|ROUND|MAX|MIN|SUMPRODUCT|[A-Z]+\d)")
        assert [text for text in formulas if not allowed.match(text) or "HYPERLINK" in text] == []

    def test_the_same_result_gives_the_same_bytes(self) -> None:
        assert period_workbook(scored_demonstration("s22-heating", "2025-12"), "zh") == workbook(
            "s22-heating", "2025-12", "zh"
        )

    def test_it_tells_what_it_was_made_from(self) -> None:
        scored = scored_demonstration("s22-heating", "2025-12")
        book = opened(period_workbook(scored, "en"))
        about = {str(row["Item"]): str(row["Content"]) for row in table(book, book.sheetnames[0])}
        assert scored.snapshot in " ".join(about.values())
        assert scored.scheme_sha256 in " ".join(about.values())
        assert {"version": "1", "Period": "2025-12", "Units": "4"}.items() <= about.items()


class TestCsv:
    def test_a_row_a_unit_opens_in_a_chinese_spreadsheet(self) -> None:
        content = scores_csv(scored_demonstration("s22-heating", "2025-12"))
        assert content.startswith("\N{ZERO WIDTH NO-BREAK SPACE}".encode())
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        assert {row["unit"]: row["total"] for row in rows} == {"B1": "96", "B2": "53", "B3": "53", "H1": "67"}

    def test_a_row_a_line_keeps_negative_numbers(self) -> None:
        content = lines_csv(scored_demonstration("s22-heating", "2025-12").result).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(content)))
        own = [row for row in rows if row["unit"] == "B2" and row["indicator"] == "resolution_rate"]
        assert (own[0]["quantity"], own[0]["points"]) == ("0.8", "-5")  # 4 ÷ 5, five points under 85 %

    def test_every_line_of_the_result_is_there_once(self) -> None:
        result = scored_demonstration("s12-jiangsu-insurance", "2025").result
        rows = list(csv.DictReader(io.StringIO(lines_csv(result).decode("utf-8-sig"))))
        assert len(rows) == sum(len(indicator.lines) for unit in result.units for indicator in unit.indicators)


@pytest.mark.long
def test_the_command_writes_the_workbook_that_a_run_writes(run_cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    ledger = ROOT / "params" / "demonstrations" / "s22-heating"
    common = ("score", "s22-heating", "--ledger", ledger, "--period", "2025-12", "--format", "xlsx")
    assert run_cli(*common, "--out", tmp_path / "a.xlsx").exit_code == 0
    assert (tmp_path / "a.xlsx").read_bytes() == workbook("s22-heating", "2025-12", "zh")
    assert run_cli(*common, "--out", tmp_path / "b.xlsx", "--unit", "B2", "--language", "en").exit_code == 0
    assert [row["Code"] for row in table(opened((tmp_path / "b.xlsx").read_bytes()), "Ranking")] == ["B2"]
