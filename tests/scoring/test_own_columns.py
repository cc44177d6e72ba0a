"""Columns of the ledger's own: declared by the scheme with their types, read so, and refused where they cannot be."""

from datetime import datetime

import pytest

from auditlib.core.errors import InputError
from auditlib.core.period import Period
from auditlib.ledger.read import read_ledger
from auditlib.scheme.load import load_scheme
from auditlib.scoring.score import score

SCHEME = """\
scheme: visits
version: "1"
title: {zh: 回访, en: Visits}
source: {document: visits.txt, title: {zh: 回访, en: Visits}, last_checked: 2026-01-01}
effective: {from: 2025-01-01}
periods: [month]
clauses:
  一: {quote: 回访两次以下的每件扣1分}
extra_columns:
  cases:
    visits: integer
    urgent: {type: boolean, title: {zh: 是否紧急, en: urgent}}
    visited_at: time
    promised_at: deadline
    region: text
    cost: number
words:
  cases:
    region: [东, 西]
measures:
  seldom: {title: {zh: 少, en: Few}, register: cases, where: visits < 2}
  urgent: {title: {zh: 急, en: Urgent}, register: cases, where: urgent and region = '东'}
  late: {title: {zh: 迟, en: Late}, register: cases, where: "coalesce(visited_at, as_of) > promised_at"}
  visits: {title: {zh: 次, en: Visits}, register: cases, sum: visits}
  cost: {title: {zh: 费, en: Cost}, register: cases, sum: cost}
indicators:
  - id: visits
    title: {zh: 回访, en: Visits}
    clause: 一
    max: null
    start: 0
    floor: null
    cap: null
    rules:
      - {id: seldom, clause: 一, title: {zh: 少, en: Few}, points: 1, per: seldom}
      - {id: urgent, clause: 一, title: {zh: 急, en: Urgent}, points: 1, per: urgent}
      - {id: late, clause: 一, title: {zh: 迟, en: Late}, points: 1, per: late}
      - {id: visits, clause: 一, title: {zh: 次, en: Visits}, points: 1, per: visits}
      - {id: cost, clause: 一, title: {zh: 费, en: Cost}, points: 1, per: cost}
ranking: {clause: null, by: total, order: descending, within: all, different_maxima: undecided, ties: undecided}
rounding: {digits: 2, mode: half_up}
"""
HEADER = "case_id,unit,received_at,visits,urgent,visited_at,promised_at,region,cost"
ROWS = (
    "C1,D1,2025-12-01T08:00:00,1,是,2025-12-04T00:00:01,2025-12-03,东,1/3",
    "C2,D1,2025-12-02T08:00:00,3,true,2025-12-05T10:00:00,2025-12-05,西,0.5",
    "C3,D1,2025-12-03T08:00:00,,0,,2025-12-10,东,",
)


def ledger(folder, *rows, as_of=None):
    folder.mkdir(exist_ok=True)
    (folder / "units.csv").write_text("unit,name\nD1,甲\n", encoding="utf-8")
    (folder / "cases.csv").write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    note = "" if as_of is None else f"as_of: {as_of}\n"
    (folder / "ledger.yaml").write_text(f"timezone: Asia/Shanghai\n{note}", encoding="utf-8")
    return read_ledger(folder)


def scored(tmp_path, *rows, look=datetime(2026, 1, 5), as_of=None):
    file = tmp_path / "visits.yaml"
    file.write_text(SCHEME, encoding="utf-8")
    resolved = load_scheme(file).resolve()
    result = score(resolved, ledger(tmp_path / "ledger", *rows, as_of=as_of), Period.parse("2025-12"), look)
    (unit,) = result.units
    return {line.rule: str(line.quantity) for line in unit.indicators[0].lines}


def test_extra_columns_are_counted_in_the_types_that_the_scheme_declares(tmp_path):
    # 1/3 + 0.5, exactly; a bare date as a limit lasts to the end of that day.
    assert scored(tmp_path, *ROWS) == {"seldom": "1", "urgent": "1", "late": "2", "visits": "4", "cost": "5/6"}


def test_a_time_of_an_extra_column_is_hidden_from_an_earlier_look_at_a_later_ledger(tmp_path):
    early = scored(tmp_path, *ROWS, look=datetime(2025, 12, 4, 12), as_of="2026-01-05T00:00:00")
    # On 4 December the visit of 5 December has not happened, and only the limit of C1 has passed.
    assert (early["late"], early["visits"]) == ("1", "4")


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("C9,D1,2025-12-01T08:00:00,twice,,,,,", "cases: C9, visits: found twice, expected a whole number"),
        (
            "C9,D1,2025-12-01T08:00:00,,maybe,,,,",
            "cases: C9, urgent: found maybe, expected true or false (also 是/否, 1/0)",
        ),
        ("C9,D1,2025-12-01T08:00:00,,,4 Dec,,,", "cases: C9, visited_at: found 4 Dec, expected an ISO 8601 time"),
        (
            "C9,D1,2025-12-01T08:00:00,,,2025-12-04T00:00:01+08:00,,,",
            "cases: C9, visited_at: found 2025-12-04T00:00:01+08:00, expected a time local to the ledger",
        ),
        (
            "C9,D1,2025-12-01T08:00:00,,,2026-12-04T00:00:01,,,",
            "cases: C9, visited_at: found 2026-12-04T00:00:01, expected a time no later than the as-of time",
        ),
        ("C9,D1,2025-12-01T08:00:00,,,,,,about 3", "cases: C9, cost: found about 3, expected an exact number"),
    ],
)
def test_a_value_that_is_not_of_the_declared_type_is_refused_with_its_row(tmp_path, row, fault):
    with pytest.raises(InputError) as caught:
        scored(tmp_path, *ROWS, row)
    (problem,) = str(caught.value).splitlines()
    assert problem.startswith(fault)


def test_a_declared_column_that_the_ledger_lacks_is_refused(tmp_path):
    file = tmp_path / "visits.yaml"
    file.write_text(SCHEME, encoding="utf-8")
    folder = tmp_path / "bare"
    folder.mkdir()
    (folder / "units.csv").write_text("unit\nD1\n", encoding="utf-8")
    (folder / "cases.csv").write_text("case_id,unit,received_at\nC1,D1,2025-12-01T08:00:00\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"cases\.visits: missing column; visits needs it"):
        score(load_scheme(file).resolve(), read_ledger(folder), Period.parse("2025-12"), datetime(2026, 1, 5))
