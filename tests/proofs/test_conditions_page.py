"""The page on conditions says what holds: what it tells to write is accepted, what it tells not to write is refused."""

import re
from pathlib import Path

import pytest
import yaml

from auditlib.ledger.conditions import parse_sql
from auditlib.ledger.registers import REGISTERS
from auditlib.proofs.three_valued import unseen_by
from auditlib.scheme.column_kinds import ColumnKinds
from auditlib.scheme.model import Scheme

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("conditions.md", "conditions.zh.md")
CODE = re.compile(r"`([^`]+)`")
FILLED = ("case_id", "unit", "received_at")
MINI = Path(__file__).parents[1] / "bad" / "unknown_measure.yaml"


def small():
    """A scheme as plain values."""
    plain = yaml.load(MINI.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    plain["columns"]["cases"].pop("days_late")
    return plain


def kinds():
    """The columns of cases, with those of other registers that the page names too."""
    plain = small()
    plain["extra_columns"] = {"cases": {"points": "number", "count": "integer"}}
    return ColumnKinds.of(Scheme.model_validate(plain), "cases")


def tables(page):
    """The rows of the tables of a page, each as its cells, by the number of their cells."""
    lines = (DOCS / page).read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return [row for row in rows if len(row) == 3], [row for row in rows if len(row) == 2]


def is_expression(text):
    return not re.match(r"[a-z_]+:", text)


def faults(sql):
    known = kinds()
    try:
        found = known.of_sql(sql)
    except ValueError as error:
        return [str(error)]
    missing = [name for name in re.findall(r'"([^"]+)"', sql) if name not in known]
    return [*found.faults, *missing]


@pytest.mark.parametrize("page", PAGES)
def test_what_the_page_tells_to_write_is_accepted_and_what_it_tells_not_to_write_is_refused(page):
    typed, _ = tables(page)
    right = [sql for _, write, _ in typed[1:] for sql in CODE.findall(write) if is_expression(sql)]
    wrong = [sql for _, _, instead in typed[1:] for sql in CODE.findall(instead)]
    assert {sql: found for sql in right if (found := faults(sql))} == {}
    assert [sql for sql in wrong if not faults(sql)] == []
    assert (len(right), len(wrong)) == (11, 12)


@pytest.mark.parametrize("page", PAGES)
def test_what_the_page_tells_to_write_of_empty_columns_leaves_no_row_unseen(page):
    _, empty = tables(page)
    written = [sql for _, write in empty[1:] for sql in CODE.findall(write)]
    assert len(written) == 5
    for sql in written:
        assert faults(sql) == []
        assert list(unseen_by(kinds(), parse_sql(sql).tree, FILLED)) == [], sql


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_the_page_are_sections_of_a_scheme(page):
    blocks = re.findall(r"```yaml\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    plain = small()
    for block in blocks:
        plain |= yaml.safe_load(block)
    scheme = Scheme.model_validate(plain)
    assert set(scheme.ledger_columns("cases")) == {c.name for c in REGISTERS["cases"].columns} | {"region", "urgent"}
    assert scheme.words["cases"]["kind"] == ("咨询", "建议", "投诉")


def test_the_two_pages_say_the_same():
    def code(page):
        return [[CODE.findall(cell) for cell in row] for rows in tables(page) for row in rows]

    assert code("conditions.md") == code("conditions.zh.md")
