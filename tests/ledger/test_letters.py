"""Two letters of the sources that are no rules: what intake makes of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import yaml

from auditlib.core.yaml_file import read_yaml
from auditlib.ledger.intake.mapping import Mapping
from auditlib.ledger.intake.take_in import Intake, take_in


def taken_in(folder: Path, columns: dict[str, object], header: str, *rows: str) -> Intake:
    """The cases of an export with these rows."""
    mapping = {
        "mapping": "letters", "title": {"zh": "来信", "en": "Letters"},
        "registers": {"cases": {"from": "letters.csv", "columns": columns}},
    }  # fmt: skip
    (folder / "letters.csv").write_text("\n".join((header, *rows, "")), encoding="utf-8")
    (folder / "letters.yaml").write_text(yaml.safe_dump(mapping, allow_unicode=True), encoding="utf-8")
    return take_in([folder / "letters.csv"], read_yaml(Mapping, folder / "letters.yaml"))


def test_a_letter_to_mankind_is_no_case(tmp_path: Path) -> None:
    columns = {"case_id": {"column": "编号"}, "unit": {"column": "被投诉单位"}, "received_at": {"column": "收到"}}
    found = taken_in(tmp_path, columns, "编号,被投诉单位,收到", "L1,,2015-05-20", "L2,甲,2015-05-20")
    assert found.registers["cases"]["case_id"].to_list() == ["L2"]
    fault = found.rejects.row(0, named=True)
    assert (fault["row"], fault["column"]) == (2, "被投诉单位")


def test_a_day_that_is_not_its_weekday_is_asked_back(tmp_path: Path) -> None:
    assert date(2012, 5, 5).strftime("%A") == "Saturday"
    columns = {
        "case_id": {"column": "编号"}, "unit": {"column": "被投诉单位"},
        "received_at": {"column": "日期", "time": "%A, %B %d, %Y"}, "note": {"column": "内容", "personal": "mask"},
    }  # fmt: skip
    found = taken_in(
        tmp_path, columns, "编号,被投诉单位,日期,内容",
        'L1,甲,"Tuesday, May 5, 2012",她很忙',
        'L2,甲,"Saturday, May 5, 2012","a salesperson, Ms. Wang, told me to find one myself"',
        'L3,甲,"Saturday, May 5, 2012",业务员王女士态度生硬',
    )  # fmt: skip
    assert found.registers["cases"]["case_id"].to_list() == ["L2", "L3"]
    fault = found.rejects.row(0, named=True)
    assert (fault["column"], fault["found"]) == ("日期", "Tuesday, May 5, 2012")
    kept = "".join(found.registers["cases"]["note"].to_list())
    assert "Wang" not in kept
    assert "王" not in kept
    assert "态度生硬" in kept
