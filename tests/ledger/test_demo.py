"""The made-up winter: the same bytes from the same seed, its planted faults, and nothing that names a person."""

import csv
import hashlib
import io
import re
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from auditlib.core.yaml_file import read_yaml
from auditlib.ledger.demonstration import winter as made_up
from auditlib.ledger.demonstration.export import write_heating_winter
from auditlib.ledger.intake.mapping import Mapping
from auditlib.ledger.intake.take_in import take_in
from auditlib.ledger.tables.read_table import read_table

MAPPING = Path(__file__).parents[2] / "params" / "mappings" / "heating-winter.yaml"


@pytest.fixture(scope="module")
def winter(tmp_path_factory):
    folder = tmp_path_factory.mktemp("winter")
    write_heating_winter(folder)
    return folder


@pytest.fixture(scope="module")
def faults(winter):
    return rows(winter / "faults.csv")[1:]


@pytest.fixture(scope="module")
def intake(winter):
    return take_in([winter], read_yaml(Mapping, MAPPING))


def rows(file):
    """The rows of an exported table as text; a workbook's sheet likewise."""
    if file.suffix == ".xlsx":
        table, _ = read_table(file, file.stem)
        return [table.columns[1:], *([value or "" for value in row[1:]] for row in table.iter_rows())]
    text = file.read_bytes().decode("gb18030" if file.name == made_up.TICKETS else "utf-8")
    return list(csv.reader(io.StringIO(text, newline="")))


def digests(folder):
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())}


def test_the_same_seed_gives_the_same_bytes(winter, tmp_path):
    write_heating_winter(tmp_path)
    assert digests(tmp_path) == digests(winter)
    assert len(digests(winter)) == 6


def test_another_seed_gives_another_winter(winter, tmp_path):
    write_heating_winter(tmp_path, seed=2026)
    ours, theirs = digests(winter), digests(tmp_path)
    assert all(
        ours[name] != theirs[name] for name in (made_up.TICKETS, made_up.EVENTS, made_up.SUBMISSIONS, "README.txt")
    )


def test_a_winter_has_about_twenty_thousand_tickets(intake):
    assert 18_000 < intake.registers["cases"].height < 22_000


def test_exactly_the_planted_rows_are_rejected(intake, faults):
    planted = {(file, int(row), column) for file, row, column, *_ in faults}
    assert set(intake.rejects.select("file", "row", "column").iter_rows()) == planted
    assert len(faults) == len(planted) == sum(intake.rejected.values())
    assert 35 <= len(faults) <= 50


def test_every_listed_fault_stands_where_the_list_says(winter, faults):
    tables = {file: rows(winter / file) for file in {fault[0] for fault in faults}}
    for file, row, column, kind, found in faults:
        header, line = tables[file][0], tables[file][int(row) - 1]
        assert line[header.index(column) if column else len(header)] == found, (file, row)
        if kind.startswith("duplicate"):
            assert line == tables[file][int(row) - 2]
        elif kind == "closed before received":
            received = line[header.index("提交时间")]
            assert datetime.strptime(found, made_up.TIME) < datetime.strptime(received, made_up.TIME)


def test_a_fault_is_planted_in_a_copy_so_that_no_clean_row_is_lost(winter, faults):
    tickets = rows(winter / made_up.TICKETS)
    planted = {int(row) for file, row, *_ in faults if file == made_up.TICKETS}
    problems = [line[tickets[0].index("问题代号")] for line in tickets]
    assert all(problems[row - 1] == problems[row - 2] for row in planted)


def test_the_tickets_are_a_raw_export_in_gb18030(winter):
    content = (winter / made_up.TICKETS).read_bytes()
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")
    header, first = rows(winter / made_up.TICKETS)[:2]
    assert header[:3] == ["工单编号", "所属分公司", "诉求类别"]
    assert re.fullmatch(r"20\d\d/\d\d/\d\d \d\d:\d\d:\d\d", first[header.index("提交时间")])


def test_what_happened_to_a_ticket_happened_in_order_and_before_the_export(intake):
    cases = intake.registers["cases"]
    assert cases["closed_at"].max() <= made_up.AS_OF
    for before, after in (
        ("received_at", "accepted_at"),
        ("accepted_at", "dispatched_at"),
        ("accepted_at", "contacted_at"),
        ("contacted_at", "planned_at"),
        ("contacted_at", "replied_at"),
        ("replied_at", "closed_at"),
        ("closed_at", "reviewed_at"),
    ):
        assert (cases[before] <= cases[after]).all(), (before, after)


def test_the_new_branch_has_no_ticket_before_december(intake):
    cases = intake.registers["cases"]
    assert cases.filter(cases["unit"] == "D12")["received_at"].min() >= datetime(2025, 12, 1)


def test_one_branch_drowns_in_the_cold_snap(intake):
    cases = intake.registers["cases"]
    snap = cases.filter(cases["received_at"].dt.date().is_between(made_up.SNAP_FIRST, made_up.SNAP_LAST))
    assert snap["unit"].value_counts(sort=True)["unit"][0] == made_up.COLLAPSED
    solved = snap.group_by("unit").agg(pl.col("resolved").mean()).sort("resolved")
    assert solved["unit"][0] == made_up.COLLAPSED


def test_nothing_looks_like_a_telephone_number_or_an_identity_card(winter):
    for file in winter.iterdir():
        text = file.read_text("utf-8") if file.suffix == ".txt" else "\n".join(map(",".join, rows(file)))
        assert not re.search(r"\d{7,}", text), file.name


def test_the_folder_and_its_mapping_say_that_they_are_synthetic(winter, intake):
    readme = (winter / "README.txt").read_text("utf-8")
    assert "合成数据" in readme
    assert "synthetic" in readme
    assert "2025" in readme
    assert intake.mapping.synthetic
    assert "合成" in intake.mapping.title.zh
    assert "synthetic" in intake.mapping.title.en
