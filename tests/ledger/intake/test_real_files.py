"""Real files of others go through intake with counts equal to those of the csv module, which knows nothing of it."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import Counter
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from auditlib.core.exact import exact

pytestmark = pytest.mark.shared
ANIMALS, CFPB = "boston311_animals_2013_2019_slim.csv.gz", "cfpb_sample_2011_2015.csv.gz"
BANKS, INSURERS = "china/cbirc_bank_complaints_2020Q2.csv", "china/cbirc_insurance_2022Q2_top10.csv"
TELECOM = "china/miit_telecom_2012Q1.csv"

ANIMALS_MAPPING = """
mapping: boston-animals
title: {zh: 波士顿市动物与虫害请求, en: Boston animal and pest requests}
timezone: America/New_York
as_of: "2023-01-01T00:00:00"
registers:
  units: {distinct: true, columns: {unit: {column: department}}}
  cases:
    keep_closed_before_opened: {zh: 来源时间相差数小时, en: "the source's times are shifted by hours"}
    columns:
      case_id: {column: case_enquiry_id}
      unit: {column: department}
      channel: {column: source}
      category: {column: type}
      received_at: {column: open_dt, time: "%Y-%m-%d %H:%M:%S"}
      due_at: {column: sla_target_dt, time: "%Y-%m-%d %H:%M:%S"}
      closed_at: {column: closed_dt, time: "%Y-%m-%d %H:%M:%S"}
      status: {column: case_status}
      outcome: {column: closure_code}
    extra_columns:
      published_flag: {column: on_time}
"""
CFPB_MAPPING = """
mapping: cfpb
title: {zh: 美国消费者金融投诉, en: US consumer finance complaints}
timezone: America/New_York
as_of: "2016-01-01T00:00:00"
registers:
  units: {distinct: true, columns: {unit: {column: Company}}}
  cases:
    columns:
      case_id: {column: ComplaintId}
      unit: {column: Company}
      channel: {column: SubmittedVia}
      category: {column: Product}
      received_at: {column: DateReceived, time: "%Y-%m-%d"}
      outcome: {column: CompanyResponseConsumer}
    extra_columns:
      sent_to_company: {column: DateSentCompany}
      timely: {column: TimelyResponseSts}
      disputed: {column: ConsumerDisputedSts}
"""
FACTS_MAPPING = """
mapping: published
title: {{zh: 公布的投诉表, en: A published table}}
registers:
  units: {{distinct: true, columns: {{unit: {{column: {unit}}}}}}}
  unit_facts:
    unpivot: {{columns: [{columns}], name: 项目, value: 数值}}
    columns:
      unit: {{column: {unit}}}
      period: {{constant: {period}}}
      fact: {{column: 项目}}
      value: {{column: 数值}}
"""


def rows_of(file: Path) -> list[dict[str, str]]:
    """The rows of a file, by Python's own reader."""
    content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


@pytest.fixture
def taken(shared_data: Path, tmp_path: Path, run_cli: Any):  # type: ignore[no-untyped-def]
    """Takes a file in by a mapping; gives the exit code, the folder and the profile."""

    def intake(name: str, mapping: str) -> tuple[int, Path, dict[str, Any]]:
        (tmp_path / "mapping.yaml").write_text(mapping, encoding="utf-8")
        out = tmp_path / "ledger"
        done = run_cli(
            "intake", shared_data / name, "--mapping", tmp_path / "mapping.yaml", "--out", out, "--profile",
            "--format", "parquet",
        )  # fmt: skip
        return done.exit_code, out, json.loads((out / "profile.json").read_text(encoding="utf-8"))

    return intake


def read(out: Path, register: str = "cases") -> pl.DataFrame:
    return pl.read_parquet(out / f"{register}.parquet")


def by_month_and_unit(rows: list[dict[str, str]], at: str, unit: str) -> Counter[tuple[str, str]]:
    return Counter((row[at][:7], row[unit]) for row in rows if row[at])


def test_six_years_of_animal_requests(taken, shared_data) -> None:
    rows = rows_of(shared_data / ANIMALS)
    code, out, told = taken(ANIMALS, ANIMALS_MAPPING)
    early = [row for row in rows if row["closed_dt"] and row["closed_dt"] < row["open_dt"]]
    cases = read(out)
    assert code == 0
    assert len(rows) == cases.height == 40_417, "as the notes of the data say"
    assert {row["case_enquiry_id"] for row in rows} == set(cases["case_id"])
    received = Counter(zip(cases["received_at"].dt.strftime("%Y-%m"), cases["unit"], strict=True))
    assert received == by_month_and_unit(rows, "open_dt", "department")
    assert cases["closed_at"].count() == sum(bool(row["closed_dt"]) for row in rows)
    assert cases["due_at"].count() == sum(bool(row["sla_target_dt"]) for row in rows)
    assert cases.filter(pl.col("closed_at") < pl.col("received_at")).height == len(early)
    assert Counter(cases["published_flag"]) == Counter(row["on_time"] or None for row in rows)
    totals = next(one for one in told["registers"] if one["name"] == "cases")["totals"]
    assert {(one["month"], one["unit"]): one["rows"] for one in totals} == received


def test_an_as_of_before_the_last_closing_rejects_what_was_closed_later_and_nothing_else(taken, shared_data) -> None:
    limit = "2020-06-01 00:00:00"
    rows = rows_of(shared_data / ANIMALS)
    code, out, told = taken(ANIMALS, ANIMALS_MAPPING.replace("2023-01-01", "2020-06-01"))
    later = [row for row in rows if row["closed_dt"] > limit or row["open_dt"] > limit]
    assert (code, told["rows"]["cases"]["rejected"]) == (1, len(later))
    assert read(out).height == len(rows) - len(later)
    assert not {row["case_enquiry_id"] for row in later} & set(read(out)["case_id"])


def test_consumer_complaints_of_four_years(taken, shared_data) -> None:
    rows = rows_of(shared_data / CFPB)
    code, out, _ = taken(CFPB, CFPB_MAPPING)
    cases = read(out)
    assert (code, cases.height, len(rows)) == (0, 9_224, 9_224), "as the notes of the data say"
    assert Counter(zip(cases["received_at"].dt.strftime("%Y-%m"), cases["unit"], strict=True)) == by_month_and_unit(
        rows, "DateReceived", "Company"
    )
    assert cases["timely"].to_list().count("No") == 152
    assert cases["disputed"].to_list().count("Yes") == 1_673
    assert cases["outcome"].to_list().count("In progress") == 614
    assert read(out, "units").height == len({row["Company"] for row in rows})
    sent = pl.Series([datetime.fromisoformat(row["DateSentCompany"]) for row in rows]).dt.strftime("%Y-%m-%d")
    assert cases["sent_to_company"].to_list() == sent.to_list()


@pytest.mark.parametrize(
    ("name", "unit", "period", "columns"),
    [
        (BANKS, "银行", "2020Q2", ("投诉量", "占比%")),
        (INSURERS, "公司", "2022Q2", ("投诉量", "占比%")),
        (TELECOM, "企业", "2012Q1", ("用户服务", "网络质量", "收费争议", "企业总量")),
    ],
)
def test_published_chinese_tables_become_facts_of_units(taken, shared_data, name, unit, period, columns) -> None:
    rows = rows_of(shared_data / name)
    code, out, _ = taken(name, FACTS_MAPPING.format(unit=unit, period=period, columns=", ".join(columns)))
    assert code == 0
    facts = {(one["unit"], one["fact"]): exact(one["value"]) for one in read(out, "unit_facts").iter_rows(named=True)}
    assert facts == {(row[unit], column): exact(row[column]) for row in rows for column in columns}
    if name == TELECOM:
        for company in {key for key, _ in facts}:
            assert sum((facts[company, one] for one in columns[:3]), Fraction(0)) == facts[company, columns[3]]


def test_a_column_of_percentages_is_no_number_and_every_row_says_so(taken) -> None:
    columns = "企业总量, 申诉量占比"
    code, out, told = taken(TELECOM, FACTS_MAPPING.format(unit="企业", period="2012Q1", columns=columns))
    assert (code, told["rows"]["unit_facts"]) == (1, {"seen": 6, "accepted": 3, "rejected": 3})
    assert [reason["column"] for reason in told["reasons"]] == ["申诉量占比"]
    found = sorted(one["found"] for one in told["reasons"][0]["examples"])
    assert found == ["25.4%", "37.0%", "37.6%"]
    assert set(read(out, "unit_facts")["fact"]) == {"企业总量"}
