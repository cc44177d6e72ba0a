"""Real input, end to end: the City of Boston's 311 requests of the second half of 2011.

The expected counts were computed from the same export by others; see the data's own notes.
"""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from pathlib import Path

import pytest

from auditlib.core.exact import Rounding, decimal_text

pytestmark = pytest.mark.shared
MONTHS = ["2011-07", "2011-08", "2011-09", "2011-10", "2011-11", "2011-12"]
EXPORT = "boston311_2011h2_slim.csv.gz"


@pytest.fixture(scope="module")
def published(shared_data: Path) -> dict[tuple[str, str], dict[str, str]]:
    with (shared_data / "boston2011h2_month_dept.csv").open(encoding="utf-8") as stream:
        return {(row["month"], row["department"]): row for row in csv.DictReader(stream)}


@pytest.fixture(scope="module")
def ledger(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from click.testing import CliRunner

    from auditlib.cli import main

    folder = tmp_path_factory.mktemp("boston") / "ledger"
    arguments = ["intake", str(shared_data / EXPORT), "--mapping", "boston311", "--out", str(folder)]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    return folder


@pytest.mark.parametrize("month", MONTHS)
def test_counts_by_month_and_department_equal_the_published_ones(month, ledger, published, run_cli) -> None:
    done = run_cli("score", "boston311-timeliness", "--ledger", ledger, "--period", month, "--format", "json")
    assert done.exit_code == 0, done.output
    scored = {unit["unit"]: unit for unit in json.loads(done.stdout)["units"]}
    expected = {department: row for (m, department), row in published.items() if m == month}
    assert expected
    assert set(expected) <= set(scored)
    for department, unit in scored.items():
        counts = unit["measures"]
        if department not in expected:
            assert counts["received"] == 0
            continue
        row = expected[department]
        assert counts["received"] == int(row["received"])
        assert counts["closed"] == int(row["closed"])
        assert counts["open"] == int(row["open"])
        assert counts["flagged_on_time"] == int(row["flag_ontime"])
        assert counts["flagged_overdue"] == int(row["flag_overdue"])
        assert counts["unflagged"] == int(row["flag_blank"])
        rate = row["ontime_rate_targeted"]
        assert (unit["rates"]["on_time"] is None) == (rate == "")
        if rate:  # the published rate is the quotient of two counts, written as a binary float
            assert counts["targeted_on_time"] / counts["targeted"] == float(rate)
            assert unit["rates"]["on_time"] == decimal_text(
                Fraction(counts["targeted_on_time"], counts["targeted"]), Rounding(4)
            )


def test_the_three_denominators_are_three_readings_with_three_rates(ledger, published, run_cli) -> None:
    rates = {}
    for name in ("flagged", "targeted", "targeted_closed"):
        done = run_cli(
            "score", "boston311-timeliness", "--ledger", ledger, "--period", "2011-07", "--unit", "INFO",
            "--reading", f"denominator={name}", "--format", "json",
        )  # fmt: skip
        rates[name] = json.loads(done.stdout)["units"][0]["rates"]["on_time"]
    info = published["2011-07", "INFO"]
    on_time, overdue = int(info["flag_ontime"]), int(info["flag_overdue"])
    assert rates["flagged"] == decimal_text(Fraction(on_time, on_time + overdue), Rounding(4))
    assert rates["targeted"] == decimal_text(Fraction(info["ontime_rate_targeted"]), Rounding(4))
    assert len(set(rates.values())) == 3


def test_the_published_flag_agrees_with_the_times(ledger) -> None:
    """43,664 of 43,664 closed requests with a target and a flag: closed in time means ONTIME."""
    import polars as pl

    from auditlib.ledger.read import read_ledger

    cases = read_ledger(ledger).registers["cases"].collect()
    assert cases.height == 58_251
    compared = cases.filter(
        pl.col("closed_at").is_not_null() & pl.col("due_at").is_not_null() & pl.col("published_flag").is_not_null()
    )
    assert compared.height == 43_664
    on_time = compared["closed_at"] <= compared["due_at"]
    assert (on_time == (compared["published_flag"] == "ONTIME")).all()


def test_the_snapshot_does_not_hang_on_the_format_of_the_ledger(ledger, shared_data, tmp_path, run_cli) -> None:
    done = run_cli(
        "intake", shared_data / EXPORT, "--mapping", "boston311", "--out", tmp_path / "p", "--format", "parquet"
    )
    assert done.exit_code == 0
    snapshot = [line for line in (ledger / "ledger.yaml").read_text().splitlines() if line.startswith("snapshot")]
    assert snapshot == [
        line for line in (tmp_path / "p" / "ledger.yaml").read_text().splitlines() if line.startswith("snapshot")
    ]
