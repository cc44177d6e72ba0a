"""Conditions of a mapping: over the texts of a source, refused where they would compare texts with something else."""

import pytest
import yaml

from auditlib.core.errors import InputError
from auditlib.core.yaml_file import read_yaml
from auditlib.ledger.intake.mapping import Mapping


def read(folder, where="类别 = '投诉'", sql="coalesce(名称, '无')"):
    columns = {"unit": {"column": "单位"}, "name": {"sql": sql}}
    written = {
        "mapping": "small",
        "title": {"zh": "小映射", "en": "Small mapping"},
        "registers": {"units": {"where": where, "columns": columns}},
    }
    file = folder / "small.yaml"
    file.write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")
    return read_yaml(Mapping, file)


def test_conditions_over_the_texts_of_a_source_are_read(tmp_path):
    assert read(tmp_path).registers["units"].where == "类别 = '投诉'"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"where": "数量 > 5"},
            "found `数量 > 5`, text compared with a number; expected text in single quotes (a source's",
        ),
        ({"where": "类别"}, "found where: 类别, text, expected a condition, true or false of a row"),
        ({"where": "类别 = '投诉' 甲"}, "found the word 甲 after the complete expression `类别 = '投诉'`"),
        ({"where": "类别 ="}, "found '类别 =', which is not an SQL expression"),
        ({"sql": "名称 + 1"}, "found `名称 + 1`, text and a number; expected numbers (a source's columns are text)"),
        ({"sql": "名称 is true"}, "found `名称 is true`, text beside true or false"),
    ],
)
def test_what_does_not_go_together_is_refused_before_any_source_is_read(tmp_path, changed, message):
    with pytest.raises(InputError) as caught:
        read(tmp_path, **changed)
    assert message in str(caught.value)


def cases(folder, columns, **more):
    required = "      case_id: {column: a}\n      unit: {column: b}\n      received_at: {column: c, time: '%Y-%m-%d'}\n"
    lines = "".join(f"      {name}: {origin}\n" for name, origin in columns.items())
    text = "mapping: t\ntitle: {zh: 试, en: t}\nregisters:\n  cases:\n"
    text += "".join(f"    {key}: {value}\n" for key, value in more.items()) + "    columns:\n" + required + lines
    file = folder / "m.yaml"
    file.write_text(text, encoding="utf-8")
    return read_yaml(Mapping, file)


@pytest.mark.parametrize(
    ("columns", "more", "message"),
    [
        (
            {"colsed_at": "{column: d}"},
            {},
            "m.yaml:9:7: registers.cases.columns.colsed_at: found the column colsed_at; did",
        ),
        ({"closedat": "{column: d}"}, {}, "did you mean `closed_at`?"),
        ({"satisfacton": "{column: d}"}, {}, "did you mean `satisfaction`?"),
        (
            {"closed_at": "{colum: d}"},
            {},
            "m.yaml:9:19: registers.cases.columns.closed_at.colum: unknown key `colum`; did you",
        ),
        (
            {},
            {"seperator": "','"},
            "m.yaml:5:5: registers.cases.seperator: unknown key `seperator`; did you mean `separator`?",
        ),
        ({}, {"encoding": "utf-9"}, "found 'utf-9', expected an encoding such as utf-8, gb18030, big5 or utf-16"),
        ({}, {"separator": "';;'"}, "found ';;', expected one sign"),
        ({}, {"latest": "exported"}, "found latest: exported, expected a mapped column, or file"),
        ({"due_at": "{constant: x, time: '%Y'}"}, {}, "found time beside constant"),
        ({"due_at": "{sql: \"d = 'x'\", time: '%Y'}"}, {}, "found time beside sql that gives true or false"),
        ({"due_at": "{column: d, values: {a: b}, time: '%Y'}"}, {}, "found values and time"),
        ({"kind": "{column: d, otherwise: keep}"}, {}, "found otherwise without values"),
        ({"due_at": "{column: d, time: 'yyyy-mm-dd'}"}, {}, "found the format 'yyyy-mm-dd', expected one with a year"),
        ({}, {"extra_columns": "{closed_at: {column: d}}"}, "found closed_at, which is a column of the register"),
    ],
)
def test_what_nobody_reads_is_refused_with_its_line(tmp_path, columns, more, message):
    with pytest.raises(InputError) as caught:
        cases(tmp_path, columns, **more)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("columns", "more"),
    [
        ({"published_flag": "{column: d}", "region": "{column: e}", "closed_by": "{column: f}"}, {}),
        ({}, {"extra_columns": "{closedat: {column: d}}"}),
        ({"due_at": "{sql: \"d || ' ' || e\", time: '%Y-%m-%d %H:%M'}"}, {}),
        ({"due_at": "{column: d, time: ['%Y-%m-%d', excel]}"}, {"header": "[1, 2]", "empty": "—", "footer": "2"}),
    ],
)
def test_what_a_scheme_may_ask_for_is_accepted(tmp_path, columns, more):
    assert "case_id" in cases(tmp_path, columns, **more).registers["cases"].columns
