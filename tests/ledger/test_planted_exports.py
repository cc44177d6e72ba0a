"""The winter with planted manipulation: the same bytes, a list of every value, nothing that a ledger would refuse."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import polars as pl
import pytest

from auditlib.core.errors import InputError
from auditlib.core.yaml_file import read_yaml
from auditlib.ledger.demonstration.export import write_heating_winter
from auditlib.ledger.demonstration.planted import AFTER, BEFORE, LIST, PLANTS, TAKEN, write_planted
from auditlib.ledger.intake.mapping import Mapping
from auditlib.ledger.intake.take_in import take_in
from auditlib.ledger.intake.write import write_ledger
from auditlib.ledger.read import Ledger, read_ledger

MAPPING = Path(__file__).parents[2] / "params" / "mappings" / "heating-winter.yaml"


@pytest.fixture(scope="module")
def winter(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    folder = tmp_path_factory.mktemp("winter")
    write_heating_winter(folder / "export")
    write_ledger(take_in([folder / "export"], read_yaml(Mapping, MAPPING)), folder / "ledger")
    return read_ledger(folder / "ledger")


@pytest.fixture(scope="module")
def planted(winter: Ledger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted") / "planted"
    write_planted(winter, folder)
    return folder


def listed(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / LIST).read_text(encoding="utf-8").splitlines()))


def test_the_same_winter_gives_the_same_bytes(winter: Ledger, planted: Path, tmp_path: Path) -> None:
    count = write_planted(winter, tmp_path / "again")
    assert count == len(listed(planted))
    for file in planted.rglob("*.*"):
        again = tmp_path / "again" / file.relative_to(planted)
        assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(file.read_bytes()).digest()


def test_no_row_is_refused_and_the_earlier_snapshot_knows_nothing_later(planted: Path) -> None:
    for name in (BEFORE, AFTER):
        assert read_ledger(planted / name).rejects.height == 0
    cases = read_ledger(planted / BEFORE).registers["cases"].collect()
    times = [name for name, dtype in cases.schema.items() if dtype == pl.Datetime("us")]
    assert all(cases[name].max() <= TAKEN for name in times)  # type: ignore[operator]


def test_the_list_is_what_differs_in_the_cases_that_were_touched(planted: Path) -> None:
    """Every value of the list stands there, and no other case of January differs in what was known by then."""
    before, after = (
        pl.read_csv(planted / name / "cases.csv", infer_schema=False).rows_by_key("case_id", named=True, unique=True)
        for name in (BEFORE, AFTER)
    )
    rows = listed(planted)
    assert {one["plant"] for one in rows} == {plant.name for plant in PLANTS}
    touched = {one["case_id"] for one in rows}
    for one in rows:
        case, column = one["case_id"], one["column"]
        if column == "excluded":
            continue
        if column == "case_id":
            assert (case in before, case in after) == (bool(one["before"]), bool(one["after"]))
            continue
        was, became = before[case][column] or "", after[case][column] or ""
        assert became == one["after"]
        assert was in (one["before"], "")  # empty where it came after the earlier snapshot
        assert one["before"] != one["after"]
    for case, row in before.items():
        if case not in touched:
            assert after[case]["planned_at"] == row["planned_at"] or row["planned_at"] is None
            assert after[case]["received_at"] == row["received_at"]
            assert after[case]["kind"] == row["kind"]
    excluded = pl.read_csv(planted / AFTER / "exclusions.csv")
    own = [one["case_id"] for one in rows if one["column"] == "excluded"]
    assert set(own) == set(excluded.filter(pl.col("approver") == "丙处")["case_id"])
    assert excluded.height == len(own) + 30


def test_another_ledger_and_a_folder_that_is_there_are_refused(winter: Ledger, planted: Path, root: Path) -> None:
    with pytest.raises(InputError, match="expected a new folder"):
        write_planted(winter, planted)
    other = read_ledger(root / "params" / "demonstrations" / "s22-heating")
    with pytest.raises(InputError, match="expected that of the made-up winter"):
        write_planted(other, planted.with_name("other"))
    assert not planted.with_name("other").exists()
