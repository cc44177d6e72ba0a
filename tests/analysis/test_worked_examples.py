"""Worked examples through the command: those of shipped schemes come out, and what does not is named by its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditlib.analysis.examples.compare import compare_page
from auditlib.analysis.examples.page import read_pages
from auditlib.scheme.load import load_scheme

ROOT = Path(__file__).parents[2]
SCHEME = ROOT / "params" / "schemes" / "s20-office-evaluation.yaml"
ALSO_DUTIES = ("s10-zero-complaint", "s13-reception-desk", "s20-office-evaluation")
"""Schemes with readings, with mappings merged into one another, with refusals, with duties and calendars otherwise."""


@pytest.mark.long
@pytest.mark.parametrize("name", ALSO_DUTIES)
def test_the_examples_of_a_shipped_scheme_come_out(name: str, run_cli) -> None:
    done = run_cli("examples", name, ROOT / "tests" / "spec" / name)
    assert (done.exit_code, done.stdout) == (0, "")
    count = int(done.stderr.split()[0])
    pages = read_pages(ROOT / "tests" / "spec" / name)
    assert count == sum(len(example.variants) for _, page in pages for example in page.examples) > 4


PAGE = """\
clauses: 一
period: {period}
as_of: "2025-12-31T00:00:00"
examples:
  - id: one
    says: 什么都没有发生。
    ledger: {{units: [{{unit: 甲}}]}}
    expect: {expect}
"""


def compared(tmp_path: Path, expect: str, period: str = "2025") -> list[str]:
    (tmp_path / "page.yaml").write_text(PAGE.format(expect=expect, period=period), encoding="utf-8")
    scheme = load_scheme(SCHEME)
    found = [
        one
        for tree, page in read_pages(tmp_path / "page.yaml", "page.yaml")
        for one in compare_page(scheme, tree, page)
    ]
    return [str(fault) for one in found for fault in one.faults]


def test_a_fault_says_what_was_found_and_expected_and_where(tmp_path) -> None:
    assert compared(tmp_path, "{total: null}") == []
    (fault,) = compared(tmp_path, '{total: "3"}')
    assert fault == "page.yaml:8:14: examples[0].expect.total: one: found nothing, expected 3"


def test_a_key_that_nobody_knows_and_a_name_that_is_not_there_are_faults(tmp_path) -> None:
    (fault,) = compared(tmp_path, "{totals: 3}")
    assert "found totals, expected one of points, lines" in fault
    (fault,) = compared(tmp_path, "{points: {nothing: 3}}")
    assert fault.endswith("one: found no such name in the result, expected 3")


def test_a_refusal_is_compared_with_its_whole_message(tmp_path) -> None:
    said = "s20-office-evaluation: period: found 2025-06, expected one of: quarter, year"
    (fault,) = compared(tmp_path, "{total: null}", period="2025-06")
    assert "expected nothing" in fault
    found = fault.partition("found ")[2].rpartition(", expected")[0]
    assert found.startswith(said.split(":")[0])
    assert compared(tmp_path, '{refused: "' + found + '"}', period="2025-06") == []


def test_rows_that_no_ledger_takes_are_a_fault_of_the_example(tmp_path) -> None:
    text = PAGE.format(expect="{total: null}", period="2025").replace(
        "units: [", "cases: [{received_at: gestern}], units: ["
    )
    (tmp_path / "page.yaml").write_text(text, encoding="utf-8")
    ((tree, page),) = read_pages(tmp_path / "page.yaml", "page.yaml")
    (found,) = compare_page(load_scheme(SCHEME), tree, page)
    assert "cases.received_at: found gestern" in str(found.faults[0])


def test_a_page_of_another_form_and_an_empty_folder_are_refused(tmp_path, run_cli) -> None:
    (tmp_path / "page.yaml").write_text("clauses: 一\nexample: []\n", encoding="utf-8")
    refused = run_cli("examples", SCHEME, tmp_path / "page.yaml")
    assert refused.exit_code == 2
    assert "unknown key `example`; did you mean `examples`?" in refused.stderr
    (tmp_path / "none").mkdir()
    assert "found no worked examples" in run_cli("examples", SCHEME, tmp_path / "none").stderr
