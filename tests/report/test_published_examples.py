"""Published examples run as panels: each number that a publication prints beside that of the rendered report."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from auditlib.cli import main

pytestmark = pytest.mark.long

PANELS = ("published-ahp", "published-rand", "published-content-validity")
PLAIN = {"accepted": "appropriate", "****": "excellent", "***": "good"}
"""Words of a publication, in those of the report."""

Table = dict[str, dict[str, str]]


def rows_of(root: Path, name: str) -> list[list[str]]:
    """The rows of all tables of a page of the handbook: table, row, column, printed, report, why they differ."""
    text = (root / "docs" / name).read_text(encoding="utf-8").replace(r"\*", "*")
    rows = [[cell.strip() for cell in line[1:-1].split("|")] for line in text.splitlines() if line.startswith("| ")]
    return [row for row in rows if len(row) == 6 and row[0] not in ("table", "表", "---")]


def plain(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", markup)).strip()


def cells(row: str) -> list[str]:
    return [plain(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)]


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The pages of all three panels, made by the command."""
    pages = []
    for panel in PANELS:
        out = tmp_path_factory.mktemp(panel)
        done = CliRunner().invoke(main, ["panel", "report", panel, "--out", str(out), "--language", "en"])
        assert done.exit_code == 0, done.output
        pages.append((out / "round-1.html").read_text(encoding="utf-8"))
    return "".join(pages)


@pytest.fixture(scope="module")
def tables(reports: str) -> dict[str, Table]:
    """The tables of the reports by caption; their rows by any of their first two cells, and cells by heading."""
    found: dict[str, Table] = {}
    for table in re.findall(r"<table.*?</table>", reports, re.S):
        caption = re.search(r"<caption[^>]*>(?:Table \d+\. )?(.*?)</caption>", table, re.S)
        heads, *rows = map(cells, re.findall(r"<tr.*?</tr>", table, re.S))
        assert caption
        held = found.setdefault(plain(caption[1]), {})
        for row in rows:
            held[row[0]] = held[row[1]] = dict(zip(heads, row, strict=True))
    return found


def test_every_number_of_the_page_stands_in_the_report(root, tables) -> None:
    rows = rows_of(root, "published-examples.md")
    assert len(rows) == 8 + 28 + 3 + 5 + 14 + 30
    shown = [tables[table][row][column] for table, row, column, *_ in rows]
    assert shown == [report for *_, report, _ in rows]


def test_every_number_that_is_printed_is_that_of_the_report(root) -> None:
    """A word is the publication's own, a share may be printed as such and in percent, and digits may be fewer."""
    for *_, column, printed, report, why in rows_of(root, "published-examples.md"):
        if not re.fullmatch(r"[\d.]+", printed):
            assert PLAIN.get(printed, printed) == report
        elif why == "in percent":
            assert round(float(printed) * 100, 6) == float(report)
        else:
            assert float(printed) == float(report), column
        assert (printed == report) == (not why) or column == "IPRAS"


def test_the_whole_instrument_is_as_printed(reports) -> None:
    """BMC Health Services Research 17 (2017) 2469, table 10: S-CVI/UA 0.67, S-CVI/AVE 0.93."""
    assert "S-CVI/UA = 0.667, S-CVI/Ave = 0.933" in plain(reports)


def test_both_languages_of_the_page_have_the_same_numbers(root) -> None:
    numbers = [
        [[cell for cell in row[3:5] if re.fullmatch(r"[\d./*]+", cell)] for row in rows_of(root, name)]
        for name in ("published-examples.md", "published-examples.zh.md")
    ]
    assert numbers[0] == numbers[1]


def test_the_spoilt_comparison_is_named(tables) -> None:
    """λmax of 9.669 is far from 8: the report says with which comparison to begin (neighbourhood over condition, 6)."""
    row = tables["Consistency of the comparisons by expert"]["E01"]
    assert row["Acceptable"] == "no"
    assert row["Spoiled most by"].startswith("3 over 7: 6, the others imply 0.")
