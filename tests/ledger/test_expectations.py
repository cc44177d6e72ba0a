"""Rejected rows: their list stays in English, and whatever it says of a row is told to readers in both languages."""

from datetime import datetime
from itertools import pairwise

import polars as pl
import pytest
import yaml
from chinese import latin

from auditlib.analysis.request import Reject
from auditlib.analysis.scored_periods import rejects_of
from auditlib.core.message import told
from auditlib.core.yaml_file import read_yaml
from auditlib.ledger.divided.divide import write_divided
from auditlib.ledger.expectations import NOTHING, filled, not_later, only_once, standing, taken_at
from auditlib.ledger.intake.mapping import Mapping
from auditlib.ledger.intake.take_in import take_in
from auditlib.ledger.intake.write import write_ledger
from auditlib.ledger.parse import EXPECTED
from auditlib.ledger.read import read_ledger
from auditlib.ledger.registers import REGISTERS
from auditlib.report.tables import reject_table

AS_OF = datetime(2026, 1, 2)
NOTE = f"as_of: {AS_OF.isoformat()}\n"
CELLS = {
    "text": "k", "time": "2025-06-02T08:00:00", "deadline": "2025-06-02", "boolean": "是", "integer": "1",
    "number": "1/2", "period": "2025-06",
}  # fmt: skip
LONG = ["甲", "乙", "丙", "丁", "戊", "己", "庚"]


def csv_of(register):
    """Rows of a register with every fault that is looked for."""

    def row(change=lambda column: None, **cells):
        values = {column.name: change(column) for column in register.columns}
        sound = {column.name: CELLS[column.type] for column in register.columns}
        return sound | {name: value for name, value in values.items() if value is not None} | cells

    own = {name: "U1" for name in ("unit",) if register.column(name) and register.name == "units"}
    rows = [
        row(**own),
        row(**own),  # the same key once more
        row(lambda column: "?"),
        row(lambda column: ""),
        row(lambda column: "-1" if column.type == "integer" else None),
        row(lambda column: "2027-01-01" if column.type == "time" else None),
        row(lambda column: "2025-01-01" if column.type == "time" and column.name != "received_at" else None),
        row(lambda column: "13800138000" if column.type == "text" else None),
    ]
    lines = [",".join([*one.values(), "x"]) for one in rows]
    return "\n".join([",".join([*rows[0], "more"]), *lines, f"{lines[0]},too,many"]) + "\n"


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    folder = tmp_path_factory.mktemp("faulty")
    for register in REGISTERS.values():
        (folder / f"{register.name}.csv").write_text(csv_of(register), encoding="utf-8")
    (folder / "ledger.yaml").write_text(NOTE, encoding="utf-8")
    return read_ledger(folder)


def texts(ledger):
    return {*ledger.rejects["expected"]}


def test_everything_that_is_expected_of_a_row_is_told_in_chinese(faulty):
    wanted = standing(AS_OF).keys() - {str(NOTHING), str(EXPECTED["text"])}  # every text is one
    counts = {text for text in texts(faulty) if "in the header" in text}
    assert texts(faulty) - counts == wanted
    assert len(counts) == len({len(register.columns) for register in REGISTERS.values()})
    names = {name for register in REGISTERS.values() for name in (register.name, *(c.name for c in register.columns))}
    for text in texts(faulty):
        assert told(faulty.expectations[text], "en") == text
        chinese = told(faulty.expectations[text], "zh")
        assert latin(chinese) - {"ISO", "T", "Q", "H", "true", "false"} == set(), chinese
        assert not latin(chinese) & names


def test_what_was_found_is_told_where_it_is_no_datum(faulty):
    found = {reject.found for reject in rejects_of(faulty) if not isinstance(reject.found, str)}
    assert NOTHING in found
    fields = {told(one, "zh") for one in found - {NOTHING}}
    assert fields == {f"{len(register.columns) + 3} 个字段" for register in REGISTERS.values()}
    (case,) = (reject for reject in rejects_of(faulty) if (reject.register, reject.column) == ("cases", ""))
    assert told(case.expected, "zh") == f"{len(REGISTERS['cases'].columns) + 1} 个字段，与表头一致"


def test_a_text_that_only_looks_like_a_sentence_of_the_list_is_told_as_it_stands(tmp_path):
    (tmp_path / "units.csv").write_text("unit,valid_from\nU1,3 fields\n", encoding="utf-8")
    (reject,) = rejects_of(read_ledger(tmp_path))
    assert reject.found == "3 fields"
    unknown = Reject("cases", "cases.csv", 2, "kind", "x", "something new", None)
    assert reject_table([unknown], None, "zh", AS_OF)["要求"].tolist() == ["something new"]


def test_a_key_is_told_by_the_titles_of_its_columns():
    register = REGISTERS["unit_facts"]
    assert told(only_once(register), "zh") == "被考核单位代码＋考核期＋数据项不得重复，前面已有一行"
    assert str(only_once(register)) == "unit + period + fact only once; an earlier row has it"


def test_one_english_text_is_told_in_one_way():
    told_so = {}
    for register in REGISTERS.values():
        required = [filled(column) for column in register.columns if column.required]
        for message in [*required, *([only_once(register)] if register.key else [])]:
            assert told_so.setdefault(str(message), told(message, "zh")) == told(message, "zh")


def test_the_as_of_time_is_the_value_of_an_expectation():
    assert taken_at(not_later(AS_OF)) == AS_OF
    assert [taken_at(one) for one in (NOTHING, str(not_later(AS_OF)))] == [None, None]


def taken_in(folder):
    """A ledger of a source with words, a time and a row that the mapping does not expect, taken in and divided."""
    source = folder / "cases.csv"
    source.write_text(
        "号,类,级,时\n1,x,甲,2025/06/02\n2,投诉,x,2025/06/02\n3,投诉,甲,soon\n4,投诉,甲,2025/06/02,y\n",
        encoding="utf-8",
    )
    columns = {
        "case_id": {"column": "号"},
        "unit": {"constant": "U1"},
        "kind": {"column": "类", "values": {"投诉": "投诉", "咨询": "咨询"}},
        "category": {"column": "级", "values": {word: word for word in LONG}},
        "received_at": {"column": "时", "time": "%Y/%m/%d"},
    }
    written = {
        "mapping": "m",
        "title": {"zh": "甲", "en": "A"},
        "as_of": "2026-01-02",
        "registers": {"cases": {"columns": columns}},
    }
    (folder / "m.yaml").write_text(yaml.safe_dump(written, allow_unicode=True, sort_keys=False), encoding="utf-8")
    write_ledger(take_in([source], read_yaml(Mapping, folder / "m.yaml")), folder / "ledger")
    ledger = read_ledger(folder / "ledger")
    write_divided(ledger, folder / "divided", 2)
    return ledger, read_ledger(folder / "divided")


def test_what_a_mapping_expects_is_told_of_the_ledger_that_was_made_by_it(tmp_path):
    first, second = taken_in(tmp_path)
    zh = ["4 个字段，与表头一致", "投诉、咨询之一", "时间，写法如 2026/01/31", "甲、乙、丙等 7 个之一"]
    en = ["4 fields, as in the header", "a time such as 2026/01/31", "one of 投诉, 咨询", "one of 甲, 乙, 丙 … (7)"]
    for ledger in (first, second):
        assert sorted(ledger.rejects["expected"].unique()) == [
            "4 fields, as in the header",
            "a time written as %Y/%m/%d",
            "one of 投诉, 咨询",
            f"one of {', '.join(LONG)}",
        ]
        rejects = [reject for reject in rejects_of(ledger) if reject.expected]
        assert sorted({told(reject.expected, "zh") for reject in rejects}) == zh
        assert sorted({told(reject.expected, "en") for reject in rejects}) == en
        assert told(next(reject.found for reject in rejects if not reject.column), "zh") == "5 个字段"
    assert all(one.equals(other) for one, other in pairwise([first.rejects, second.rejects]))


def test_a_ledger_says_nothing_of_its_rejected_rows_that_every_ledger_says(tmp_path):
    (tmp_path / "cases.csv").write_text("case_id,unit,received_at\nC1,U1,soon\n", encoding="utf-8")
    (tmp_path / "ledger.yaml").write_text(NOTE, encoding="utf-8")
    write_divided(read_ledger(tmp_path), tmp_path / "divided", 1)
    assert "expectations" not in (tmp_path / "divided" / "ledger.yaml").read_text(encoding="utf-8")
    divided = read_ledger(tmp_path / "divided")
    assert isinstance(divided.rejects, pl.DataFrame)
    assert [told(reject.expected, "zh") for reject in rejects_of(divided)] == ["ISO 8601 时间，如 2025-12-01T08:30:00"]
