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
