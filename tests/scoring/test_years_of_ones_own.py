"""Years that do not begin with January, and years of which the ledger has the months alone."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from small_scheme import base_scheme

from auditlib.core.errors import InputError
from auditlib.core.period import Period
from auditlib.ledger.read import read_ledger
from auditlib.scheme.formers.elsewhere import OverPeriods
from auditlib.scheme.load import load_scheme
from auditlib.scoring.dry_run import dry_run
from auditlib.scoring.past import periods_over
from auditlib.scoring.result import Result
from auditlib.scoring.score import score


@pytest.mark.parametrize(
    ("starts", "begins"), [(1, None), (4, None), (4, "2025-04-01"), (4, "2025-05-01"), (7, "2024-01-01")]
)
def test_a_scheme_with_a_year_of_its_own_scores_registers_without_rows(starts, begins, tmp_path) -> None:
    scheme = base_scheme(periods=["year"], year_starts=starts, effective={"from": begins})
    file = tmp_path / "small.yaml"
    file.write_text(yaml.safe_dump(scheme, allow_unicode=True, sort_keys=False), encoding="utf-8")
    assert dry_run(load_scheme(file)) == ()


@pytest.mark.parametrize(
    ("period", "starts", "year"),
    [
        ("2025Q1", 4, "FY2024-04"), ("2025Q2", 4, "FY2025-04"), ("2025-12", 1, "2025"), ("2025-W01", 1, "2025"),
        ("2024-W01", 1, "2024"), ("2025-W14", 4, "FY2025-04"), ("2025-W13", 4, "FY2024-04"),
        ("FY2024-04", 4, "FY2024-04"),
    ],
)  # fmt: skip
def test_the_year_around_a_period_is_the_schemes_own_and_of_a_week_that_of_its_thursday(period, starts, year) -> None:
    """2025-W01 begins on 30 December 2024; 2025-W14 on 31 March 2025, its Thursday is 3 April."""
    asked = Period.parse(period)
    assert [str(asked.year_of(starts)), str(asked.around("year", starts))] == [year, year]
    assert str(asked.last_of("year", starts)) == year


def test_years_in_a_row_are_those_of_the_scheme() -> None:
    over = OverPeriods.model_validate({"over": "n", "each": "year", "last": 2, "take": "sum", "missing": "zero"})
    assert [str(one) for one in periods_over(over, Period.parse("2025Q2"), 4)] == ["FY2024-04", "FY2025-04"]
    assert [str(one) for one in periods_over(over, Period.parse("2025Q2"))] == ["2024", "2025"]


def test_a_window_of_years_counts_the_years_of_the_scheme(tmp_path) -> None:
    rows = ["2023-03-31", "2023-04-01", "2024-03-31", "2024-04-01", "2025-06-01"]
    two_years = {"title": {"zh": "两年", "en": "two years"}, "register": "cases", "window": {"last": 2, "of": "year"}}
    counted = {}
    for starts in (1, 4):
        scheme = base_scheme(periods=["quarter"], year_starts=starts)
        scheme["measures"] |= {"two_years": two_years}
        counted[starts] = _scored(tmp_path / str(starts), scheme, "2025Q2", rows).units[0].measures["two_years"]
    # from 1 January 2024 on, or from 1 April 2024 on
    assert counted == {1: 3, 4: 2}


MONTHLY: dict[str, Any] = {
    "fact": {"fact": "score", "otherwise": "not_assessable"},
    "mean": {"over": "fact", "each": "month", "inside": "year", "take": "mean", "missing": "left_out"},
    "last": {"earlier": "mean", "by": "year", "missing": "not_assessable"},
}


def _of_months(folder: Path, period: str, months: dict[str, int], **more: Any) -> Result:
    scheme = base_scheme(periods=["year"], quantities=deepcopy(MONTHLY), **more)
    return _scored(folder, scheme, period, [], months)


def test_a_year_of_which_the_ledger_has_the_months_alone_has_data(tmp_path) -> None:
    result = _of_months(tmp_path, "2025", {"2024-03": 2, "2024-04": 4, "2025-01": 7})
    assert (result.units[0].rates["mean"], result.units[0].rates["last"]) == (7, 3)
    assert not {notice.kind for notice in result.notices} & {"no_data", "mark_not_used"}
    assert "not used" not in " ".join(str(notice.message) for notice in result.notices)


def test_so_has_a_fiscal_year(tmp_path) -> None:
    result = _of_months(tmp_path, "FY2025-04", {"2024-04": 2, "2025-03": 4, "2025-04": 7}, year_starts=4)
    assert (result.units[0].rates["mean"], result.units[0].rates["last"]) == (7, 3)


@pytest.mark.parametrize(
    ("period", "starts", "told"),
    [("2025", 4, "FY2025-04 begins on 2025-04-01"), ("FY2025-07", 4, "FY2025-04 begins on 2025-04-01"),
     ("FY2025-04", 1, "2025 begins on 2025-01-01")],
)  # fmt: skip
def test_a_year_that_is_not_the_schemes_own_is_refused_with_the_name_of_the_one_of_that_number(
    period, starts, told, tmp_path
) -> None:
    with pytest.raises(InputError, match=f"found {period}, expected the scheme's own year, .*: {told}"):
        _of_months(tmp_path, period, {"2025-04": 7}, year_starts=starts)


def test_a_year_of_which_the_ledger_has_nothing_has_none(tmp_path) -> None:
    result = _of_months(tmp_path, "2025", {"2023-12": 2, "2026-01": 4})
    assert (result.units[0].rates["mean"], result.units[0].rates["last"]) == (None, None)
    assert "no_data" in {notice.kind for notice in result.notices}


def test_facts_of_months_that_nothing_is_taken_over_are_told(tmp_path) -> None:
    scheme = base_scheme(periods=["year"], quantities={"fact": MONTHLY["fact"]})
    result = _scored(tmp_path, scheme, "2025", [], {"2025-01": 7})
    assert "not used" in " ".join(str(notice.message) for notice in result.notices)
    assert result.units[0].measures["fact"] is None


def test_an_earlier_value_is_explained_without_what_the_quantity_is_now(tmp_path) -> None:
    rules = [
        {"id": "before", "points": 1, "per": "last"},
        {"id": "change", "points": 1, "per": {"add": {"mean": 1, "last": -1}}},
    ]
    scheme = base_scheme(periods=["year"], quantities=deepcopy(MONTHLY))
    scheme["indicators"][0]["rules"] = [one | {"clause": "一", "title": "甲"} for one in rules]  # type: ignore[index]
    result = _scored(tmp_path, scheme, "2025", [], {"2024-04": 4, "2025-01": 7})
    before, change = (
        {one.quantity: one.value for one in line.workings} for line in result.units[0].indicators[0].lines
    )
    assert before == {"last": 4}
    assert (change["last"], change["mean"]) == (4, 7)  # here both are looked at


def _scored(folder: Path, scheme: Any, period: str, days: list[str], facts: dict[str, int] | None = None) -> Result:
    """A unit with a case on each of these days, and with a score in each of these periods."""
    folder.mkdir(exist_ok=True)
    (folder / "small.yaml").write_text(yaml.safe_dump(scheme, allow_unicode=True, sort_keys=False), encoding="utf-8")
    (folder / "units.csv").write_text("unit\nA\n", encoding="utf-8")
    columns = "case_id,unit,received_at,status\n"
    (folder / "cases.csv").write_text(
        columns + "".join(f"{n},A,{day} 09:00,好\n" for n, day in enumerate(days)), encoding="utf-8"
    )
    given = "".join(f"A,{one},score,{value}\n" for one, value in (facts or {}).items())
    (folder / "unit_facts.csv").write_text("unit,period,fact,value\n" + given, encoding="utf-8")
    asked = Period.parse(period)
    ledger = read_ledger(folder, datetime(2026, 12, 31))
    return score(load_scheme(folder / "small.yaml").resolve(on=asked.first), ledger, asked)
