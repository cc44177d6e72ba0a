"""Reports as official papers: the layout of GB/T 9704-2012, the words and numbers of the page, the same bytes."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import docx
import lxml.html
import pandas as pd
import pytest
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from nbformat.v4 import new_code_cell, new_notebook, new_output

from auditlib.core.numerals import chinese_number
from auditlib.core.values import Text
from auditlib.objections.issue import Issue, Terms, TermsOfObjection
from auditlib.report.markup import Stack, render_table
from auditlib.report.pages.render import render_html
from auditlib.report.papers.blocks import Grid, GridCell, Heading, Picture, Said, blocks_of
from auditlib.report.papers.paper import paper_of
from auditlib.report.papers.tables import fit, plain_xml
from auditlib.report.papers.texts import CellLine
from auditlib.report.tables import frame
from auditlib.report.unit import UnitReport

ROOT = Path(__file__).parents[2]
TERMS = Terms(
    "june",
    Issue(
        issuer=Text(zh="客户服务部", en="Customer Service"),
        date=date(2026, 1, 8),
        number="客服〔2026〕3号",
    ),
    TermsOfObjection(deadline=date(2026, 1, 20), contact=Text(zh="考核办公室", en="Office")),
)
KNOWN = {"unit": "B2", "name": "西区分公司", "period": "2025-12"}
NUMBER = re.compile(r"[−+]?\d[\d,.]*")


def unit_page(language: str) -> str:
    report = UnitReport.open(
        scheme="s22-heating", ledger=str(ROOT / "params" / "demonstrations" / "s22-heating"), period="2025-12",
        unit="B2", language=language,
    )  # fmt: skip
    outputs = [new_output("display_data", section._repr_mimebundle_()) for section in report if section]
    cells = [new_code_cell("", outputs=[output], id=f"a{number}") for number, output in enumerate(outputs)]
    return render_html(new_notebook(cells=cells), title="B2", language=language)


@pytest.fixture(scope="module", params=["zh", "en"])
def made(request: Any) -> tuple[str, str, Any]:
    """Language, page and paper of a unit."""
    page = unit_page(request.param)
    return request.param, page, docx.Document(io.BytesIO(paper_of(page, request.param, TERMS, KNOWN)))


def page_of(markup: str) -> str:
    return f"<html><body><main>{markup}</main></body></html>"


def paper(markup: str, language: str = "zh") -> Any:
    return docx.Document(io.BytesIO(paper_of(page_of(markup), language)))


def text_of(element: Any) -> str:
    return "".join(node.text or "" for node in element.iter(qn("w:t")))


@pytest.mark.long
def test_the_page_has_the_type_area_of_the_standard(made: tuple[str, str, Any]) -> None:
    """37 mm above and 28 mm left of 156 × 225 mm on A4; a table that is wider lies across its page."""
    upright = [one for one in made[2].sections if one.orientation == WD_ORIENT.PORTRAIT]
    assert upright
    for section in upright:
        width, height = section.page_width.mm, section.page_height.mm
        assert (round(width), round(height)) == (210, 297)
        assert (round(section.top_margin.mm), round(section.left_margin.mm)) == (37, 28)
        area = (
            width - section.left_margin.mm - section.right_margin.mm,
            height - section.top_margin.mm - section.bottom_margin.mm,
        )
        assert (round(area[0]), round(area[1])) == (156, 225)


@pytest.mark.parametrize(
    ("style", "face", "size", "pitch"),
    [("Title", "方正小标宋简体", 22, 36), ("Heading 1", "黑体", 16, 28), ("Heading 2", "楷体", 16, 28),
     ("Normal", "仿宋", 16, 28)],
)  # fmt: skip
def test_fonts_and_lines_are_those_of_the_standard(
    made: tuple[str, str, Any], style: str, face: str, size: int, pitch: int
) -> None:
    found = made[2].styles[style]
    assert found.element.rPr.rFonts.get(qn("w:eastAsia")) == face
    assert (found.font.size.pt, found.paragraph_format.line_spacing.pt) == (size, pitch)


def test_pages_are_numbered_outside_between_strokes(made: tuple[str, str, Any]) -> None:
    section = made[2].sections[0]
    assert made[2].settings.odd_and_even_pages_header_footer
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        element = footer.paragraphs[0]._p
        assert text_of(element) == "— 1 —"
        assert [one.get(qn("w:instr")).strip() for one in element.iter(qn("w:fldSimple"))] == ["PAGE"]
        assert element.pPr.find(qn("w:jc")).get(qn("w:val")) == side
    assert made[2].styles["Footer"].font.size.pt == 14


def test_every_number_of_the_tables_of_the_page_stands_in_the_paper_and_no_other(made: tuple[str, str, Any]) -> None:
    _, page, written = made
    document = lxml.html.fromstring(page)
    on_page: list[str] = []
    for table in document.iter("table"):
        if "issue" not in (table.get("class") or "") and not table.xpath("ancestor::*[contains(@class, 'printed')]"):
            on_page += [token for cell in table.iter("td", "th") for token in NUMBER.findall(" ".join(cell.itertext()))]
    tables = written.tables[:-3]  # the last three are the form
    in_paper = [
        token
        for table in tables
        for cell in table._tbl.iter(qn("w:tc"))
        for token in NUMBER.findall(" ".join(text_of(paragraph) for paragraph in cell.iter(qn("w:p"))))
    ]
    assert len(on_page) > 200
    assert sorted(in_paper) == sorted(on_page)


def test_headings_are_those_of_the_page_in_its_order_numbered_as_papers_are(made: tuple[str, str, Any]) -> None:
    language, page, written = made
    document = lxml.html.fromstring(page)
    expected = [
        " ".join(one.text_content().split())
        for one in document.iter("h2")
        if not one.xpath("ancestor::*[contains(@class, 'repeat') or contains(@class, 'issue')]")
    ]
    found = [one.text for one in written.paragraphs if one.style.name == "Heading 1"]
    mark = (lambda n: f"{chinese_number(n)}、") if language == "zh" else (lambda n: f"{n}. ")
    assert found[:-1] == [mark(number) + text for number, text in enumerate(expected, 1)]
    assert found[-1] == mark(len(found)) + {"zh": "签发与异议", "en": "Issue and objections"}[language]


def test_it_ends_with_its_annexes_who_issued_it_and_a_form_of_objection(made: tuple[str, str, Any]) -> None:
    language, _, written = made
    texts = [one.text for one in written.paragraphs]
    right = [one.text for one in written.paragraphs if one.style.name == "Paper Right"]
    titles = [one.text for one in written.paragraphs if one.style.name == "Title"]
    corner = [one.text for one in written.paragraphs if one.style.name == "Paper Flush"]
    if language == "zh":
        assert right == ["客户服务部", "2026年1月8日"]
        assert titles[1:] == ["如何复核本报告", "考核结果异议表"]
        assert corner == ["附件1", "附件2"]
        assert "附件：1. 如何复核本报告" in texts
        assert "客服〔2026〕3号" in texts
    else:
        assert right == ["Customer Service", "2026-01-08"]
        assert corner == ["Annex 1", "Annex 2"]
    cells = [cell.text for cell in written.tables[-3]._cells]
    assert "西区分公司 B2" in cells


def test_figures_keep_their_texts_and_their_size_within_the_page(made: tuple[str, str, Any]) -> None:
    _, page, written = made
    drawings = lxml.html.fromstring(page).xpath("//figure//svg[@role='img']")
    inline = list(written.element.body.iter(qn("wp:inline")))
    assert [one.docPr.get("descr") for one in inline] == [one.get("aria-label") for one in drawings]
    assert len({one.docPr.get("id") for one in inline}) == len(inline) > 3
    assert all(one.extent.cx <= 156 * 36000 + 1 and one.extent.cy <= 225 * 36000 for one in inline)


@pytest.mark.long
def test_the_same_page_gives_the_same_bytes_in_another_process_at_another_time(tmp_path: Path) -> None:
    page = unit_page("zh")
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    program = (
        "import sys, hashlib, time, pathlib\n"
        "real = time.localtime\n"
        "time.localtime = lambda *given: real(*(given or (10**9,)))\n"
        "from auditlib.report.papers.paper import paper_of\n"
        "print(hashlib.sha256(paper_of(pathlib.Path(sys.argv[1]).read_text('utf-8'), 'zh')).hexdigest())"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", program, tmp_path / "page.html"], capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed, "TZ": zone, "PATH": ""},
        ).stdout.strip()
        for seed, zone in (("1", "Asia/Shanghai"), ("2", "UTC"))
    ]  # fmt: skip
    assert said == [hashlib.sha256(paper_of(page, "zh")).hexdigest()] * 2
    with zipfile.ZipFile(io.BytesIO(paper_of(page, "zh"))) as archive:
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [name for name in archive.namelist() if "thumbnail" in name]
        assert b"2000-01-01" in archive.read("docProps/core.xml")


def test_a_table_too_wide_for_a_page_that_stands_lies_and_one_that_fits_does_not() -> None:
    row = tuple(GridCell((CellLine("1234.56"),), number=True) for _ in range(20))
    head = tuple(GridCell((CellLine("办理及时率"),)) for _ in range(20))
    assert fit(Grid("", head, (row,))).across
    narrow = fit(Grid("", head[:5], (row[:5],)))
    assert not narrow.across
    assert narrow.size == 10.5
    for fitted in (narrow, fit(Grid("", head, (row,)))):
        assert sum(fitted.widths) <= (637.1 if fitted.across else 442.1)
    wide = "".join(f"<td class='number'>{number}.25</td>" for number in range(20))
    heads = "".join(f"<th scope='col'>第{number}项指标</th>" for number in range(20))
    made = paper(
        f"<h2>甲</h2><table><caption>乙</caption><thead><tr>{heads}</tr></thead><tbody><tr>{wide}</tr></tbody></table><h2>丙</h2>"
    )
    assert [one.orientation for one in made.sections] == [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE, WD_ORIENT.PORTRAIT]


def order_of(paper: bytes) -> list[str]:
    """What stands in a paper, in turn: texts, tables, and where a section ends that stands or lies."""
    found = []
    for element in docx.Document(io.BytesIO(paper)).element.body:
        ends = element.find(f"{qn('w:pPr')}/{qn('w:sectPr')}")
        if element.tag == qn("w:tbl"):
            found.append("table")
        elif ends is not None:
            found.append("lies" if ends.find(qn("w:pgSz")).get(qn("w:orient")) == "landscape" else "stands")
        elif text := "".join(run.text for run in element.iter(qn("w:t"))):
            found.append(text)
    return found


def test_the_heading_of_a_table_that_lies_goes_with_it_and_no_page_between_two_of_them_is_empty() -> None:
    wide = render_table(
        pd.DataFrame([["a long cell of words"] * 12], columns=[f"Measure {n}" for n in range(12)]), "Wide", "en"
    )
    small = render_table(pd.DataFrame([["x", "y"]], columns=["A", "B"]), "Small", "en")
    body = f"<h2>One</h2><p>Said.</p><h2>Two</h2>{wide}{wide}<h2>Three</h2>{wide}<h2>Four</h2>{small}"
    page = f"<html><body><main><h1>Title</h1>{body}</main></body></html>"
    lying = ["Wide", "table", "lies"]
    assert order_of(paper_of(page, "en")) == [
        "Title", "1. One", "Said.", "stands", "2. Two", *lying, *lying, "3. Three", *lying, "4. Four", "Small", "table",
    ]  # fmt: skip


def test_a_folded_table_whose_summary_is_its_caption_is_called_so_once() -> None:
    table = render_table(pd.DataFrame([["x", "y"]], columns=["A", "B"]), "By expert", "en")
    page = "<html><body><main><details><summary>{}</summary>{}</details></main></body></html>"
    (grid,) = blocks_of(page.format("By expert", table))[0]
    assert grid.caption == "By expert"
    said, _ = blocks_of(page.format("Every expert", table))[0]
    assert said == Said("Every expert", "note")


@pytest.mark.parametrize(("lines", "together"), [(1, True), (2, True), (4, False)])
def test_a_short_table_stays_on_one_page_and_one_of_tall_rows_goes_on_at_once(lines: int, together: bool) -> None:
    cell = "<br>".join(["x"] * lines)
    rows = "".join(f"<tr><th>{number}</th><td>{cell}</td></tr>" for number in range(6))
    table = paper(f"<h2>T</h2><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>{rows}</tbody></table>").tables[
        0
    ]
    kept = [bool(row._tr.xpath(".//w:keepNext")) for row in table.rows]
    assert kept == [True, *[together] * 5, False]


def test_what_only_a_screen_has_is_left_out_and_what_is_folded_stands_open() -> None:
    body, annex = blocks_of(page_of(
        "<nav><a>别的</a></nav><h2>甲 <button>按</button></h2><p hidden>藏</p><p>乙</p>"
        "<details class='data'><summary>数据表（1 行）</summary>"
        "<table><tr><th scope='row'>a</th><td>1</td></tr></table></details>"
        "<details class='data'><summary class='many' data-print='（见电子版）'>数据表（99 行）</summary>"
        "<table><tr><td>9</td></tr></table></details>"
        "<script>x</script><section class='repeat'><h2>如何复核</h2><pre>命令</pre></section>"
    ))  # fmt: skip
    assert body[0] == Heading(1, "甲")
    assert body[1] == Said("乙")
    assert isinstance(body[2], Grid)
    assert body[3:] == [Said("数据表（99 行）（见电子版）", "note")]
    assert annex == [Heading(1, "如何复核"), Said("命令", "code")]


def test_a_figure_that_papers_cannot_show_is_told_by_its_sentence() -> None:
    body, _ = blocks_of(page_of("<figure><svg><text>1</text></svg><figcaption>共失 40 分</figcaption></figure>"))
    assert body == [Said("共失 40 分")]
    assert not any(isinstance(one, Picture) for one in body)


def test_cells_keep_their_lines_and_characters_that_xml_may_not_hold_are_left_out() -> None:
    table = render_table(
        frame([(Stack("一<甲>", ("二 & 三",)), "−1\n−2")], ("rule", "points"), "zh"), "t", "zh", show_caption=False
    )
    made = paper(f"<h2>甲</h2>{table}")
    cells = list(made.tables[0]._cells)
    assert [one.text for one in cells[2].paragraphs] == ["一<甲>", "二 & 三"]
    assert [one.text for one in cells[3].paragraphs] == ["−1", "−2"]
    assert plain_xml("甲\x0b\ufffe\ud800乙&") == "甲乙&amp;"


def test_a_line_before_a_hash_is_not_torn_apart() -> None:
    made = paper(f"<h2>甲</h2><p>台账快照 {'6b85837c' * 8}</p><p>办结时间从无空格的一长句也照样排齐，{'长' * 40}。</p>")
    hashed, long_sentence = (one for one in made.paragraphs if "快照" in one.text or "照样" in one.text)
    assert hashed.alignment == WD_ALIGN_PARAGRAPH.LEFT
    assert long_sentence.alignment is None, "as its style says: filled up"


@pytest.mark.parametrize(("number", "written"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九")])
def test_numbers_of_headings_are_written_as_papers_write_them(number: int, written: str) -> None:
    assert chinese_number(number) == written


def test_what_is_not_to_be_broken_has_room_in_wider_fonts_too() -> None:
    """In DejaVu Serif, which programs take where Times New Roman is missing, a small letter is 0.64 of its size."""
    heads = ("Duty", "not assessable", "missed", "running", "excused", "handed over", "Rate")
    row = (GridCell((CellLine("papers are not asked for twice"),)), *[GridCell((CellLine("1"),), number=True)] * 6)
    fitted = fit(Grid("", tuple(GridCell((CellLine(head),)) for head in heads), (row,)))
    for head, width in zip(heads, fitted.widths, strict=True):
        longest = max(len(word) for word in head.split())
        assert width - 6 >= 0.6 * fitted.size * longest


def test_a_main_point_has_its_title_apart_from_what_it_says() -> None:
    body, _ = blocks_of(
        '<main><ol class="points"><li><strong>Who stands where</strong> A leads.</li>'
        "<li><strong>先看甲</strong> 末位。</li><li>plain</li></ol></main>"
    )
    assert [(one.lead, one.text) for one in body if isinstance(one, Said)] == [
        ("1. Who stands where: ", "A leads."), ("2. 先看甲：", "末位。"), ("3. ", "plain"),
    ]  # fmt: skip
