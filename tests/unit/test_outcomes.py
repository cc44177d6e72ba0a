"""What depends on the other units: standings, places, forced and barred units, exclusions, and composites."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from auditlib.ledger.read import read_ledger
from auditlib.period import Period
from auditlib.scheme.load import load_scheme
from auditlib.score import score

TITLE = {"zh": "甲", "en": "A"}
AS_OF = datetime(2025, 7, 5)


def count(where: str) -> dict[str, object]:
    return {"title": TITLE, "register": "cases", "where": where}


def base_scheme(**changes: object) -> dict[str, object]:
    """100 minus one for each late case."""
    return {
        "scheme": "small",
        "version": "1",
        "title": TITLE,
        "source": {"document": "small.txt", "title": TITLE, "last_checked": datetime(2026, 1, 1).date()},
        "effective": {"from": None},
        "periods": ["month"],
        "clauses": {"一": {"quote": "迟办一件扣一分"}},
        "measures": {"late": count("status = '迟'"), "grave": count("status = '重'"), "received": count("true = true")},
        "indicators": [
            {
                "id": "timely", "title": TITLE, "clause": "一", "max": 100, "start": 100, "floor": 0, "cap": 100,
                "rules": [{"id": "late", "clause": "一", "title": TITLE, "points": -1, "per": "late"}],
            }
        ],
        "ranking": {"clause": None, "by": "total", "order": "descending", "within": "group",
                    "different_maxima": "undecided", "ties": "undecided", "forced_last": "by_total"},
        "rounding": {"digits": 4, "mode": "half_up"},
    } | changes  # fmt: skip


def scored(folder: Path, scheme: dict[str, object], cases: dict[str, list[str]], groups=None, exclusions=()):  # type: ignore[no-untyped-def]
    """The scheme applied to units that have one case for each status in their list."""
    file = folder / "small.yaml"
    file.write_text(yaml.safe_dump(scheme, allow_unicode=True), encoding="utf-8")
    rows = [(f"{u}{n}", u, status) for u, statuses in cases.items() for n, status in enumerate(statuses)]
    lines = ["case_id,unit,received_at,status", *(f"{key},{unit},2025-06-10,{status}" for key, unit, status in rows)]
    (folder / "cases.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    units = ["unit,group", *(f"{unit},{(groups or {}).get(unit, '组')}" for unit in cases)]
    (folder / "units.csv").write_text("\n".join(units) + "\n", encoding="utf-8")
    if exclusions:
        listed = ["case_id,reason,approver,clause", *(f"{key},不可抗力,主管处,一" for key in exclusions)]
        (folder / "exclusions.csv").write_text("\n".join(listed) + "\n", encoding="utf-8")
    ledger = read_ledger(folder, AS_OF)
    assert ledger.rejects.is_empty()
    return score(load_scheme(file).resolve(), ledger, Period.parse("2025-06"), AS_OF)


def outcome(id: str, **keys: object) -> dict[str, object]:
    return {"id": id, "title": TITLE, "clause": "一"} | keys


def late(number: int) -> list[str]:
    return ["迟"] * number


def test_the_first_places_are_honoured_and_a_tie_across_the_edge_is_undecided_and_named(tmp_path) -> None:
    scheme = base_scheme(outcomes=[outcome("honour", place={"top": 2})])
    result = scored(tmp_path, scheme, {"A": late(0), "B": late(3), "C": late(3), "D": late(9)})
    given = {unit.unit: [(o.id, o.decided) for o in unit.outcomes] for unit in result.units}
    assert given == {"A": [("honour", True)], "B": [("honour", False)], "C": [("honour", False)], "D": []}
    assert "undecided tie: B, C" in result.warnings


def test_a_tie_inside_the_edge_decides_for_both(tmp_path) -> None:
    scheme = base_scheme(outcomes=[outcome("honour", place={"top": 2})])
    result = scored(tmp_path, scheme, {"A": late(1), "B": late(1), "C": late(3)})
    assert {u.unit: [o.decided for o in u.outcomes] for u in result.units} == {"A": [True], "B": [True], "C": []}


@pytest.mark.parametrize(("fills_up", "honoured"), [(False, {"A"}), (True, {"A", "C"})])
def test_a_barred_place_stays_empty_unless_the_next_unit_moves_up(tmp_path, fills_up, honoured) -> None:
    scheme = base_scheme(
        outcomes=[
            outcome("bar", quantity={"of": "grave", "at_least": 1}, bars=["honour"]),
            outcome("honour", place={"top": 2}, fills_up=fills_up),
        ]
    )
    result = scored(tmp_path, scheme, {"A": late(0), "B": ["重"], "C": late(1), "D": late(2)})
    assert {u.unit for u in result.units if any(o.id == "honour" for o in u.outcomes)} == honoured


def test_a_forced_last_unit_stands_behind_units_with_fewer_points(tmp_path) -> None:
    scheme = base_scheme(outcomes=[outcome("last", quantity={"of": "grave", "at_least": 1}, forces_last=True)])
    result = scored(tmp_path, scheme, {"A": ["重"], "B": late(2), "C": late(40)})
    assert [(unit.unit, unit.rank) for unit in result.units] == [("B", 1), ("C", 2), ("A", 3)]


def test_the_line_is_exact_and_its_bound_is_said(tmp_path) -> None:
    scheme = base_scheme(outcomes=[outcome("called_to_account", total={"below": 70})])
    result = scored(tmp_path, scheme, {"A": late(30), "B": late(31)})
    assert {u.unit: [o.id for o in u.outcomes] for u in result.units} == {"A": [], "B": ["called_to_account"]}


def test_units_are_ranked_in_the_group_that_the_scheme_moves_them_to(tmp_path) -> None:
    ranking = base_scheme()["ranking"] | {"regroup": {"A": "乙"}}  # type: ignore[operator]
    result = scored(
        tmp_path,
        base_scheme(ranking=ranking),
        {"A": late(5), "B": late(6), "C": late(1)},
        {"B": "乙", "C": "甲", "A": "甲"},
    )
    assert {(unit.unit, unit.ranked_in, unit.rank) for unit in result.units} == {
        ("A", "乙", 1),
        ("B", "乙", 2),
        ("C", "甲", 1),
    }


def test_excluded_cases_are_not_counted_and_the_score_with_them_stands_beside(tmp_path) -> None:
    result = scored(tmp_path, base_scheme(), {"A": late(3), "B": late(1)}, exclusions=["A0", "A1"])
    a, b = result.unit("A"), result.unit("B")
    assert (a.total, a.before_exclusions, a.excluded) == (99, 97, 2)
    assert (b.total, b.before_exclusions, b.excluded) == (99, 99, 0)
    plain = {unit["unit"]: unit for unit in result.to_json()["units"]}
    assert (plain["A"]["excluded"], plain["A"]["total_without_exclusions"]) == (2, "97")


def standing_scheme(average: str) -> dict[str, object]:
    rate = {"title": TITLE, "numerator": "late", "denominator": "received", "zero": "not_assessable", "show": "number"}
    return base_scheme(
        rates={"lateness": rate},
        standings={
            "place": {
                "title": TITLE, "index": "lateness", "average": average, "tables": {"组": [10, 9]},
                "then": 1, "still_equal": "first", "ties": "late",
            }
        },
        indicators=[
            {
                "id": "volume", "title": TITLE, "clause": "一", "max": 10, "start": 10, "floor": 0, "cap": 10,
                "rules": [{"id": "place", "clause": "一", "title": TITLE, "points": -1, "per": "place"}],
            }
        ],
    )  # fmt: skip


UNITS = {
    "A": [*late(9), "按"],
    "B": [*late(4), "按"],
    "C": [*late(4), "按"],
    "D": [*late(1), *["按"] * 9],
    "E": [*late(12), *["按"] * 3],
}


def test_only_units_above_the_average_lose_points_by_their_place(tmp_path) -> None:
    # Shares late: A 0.9, B 0.8, C 0.8, D 0.1, E 0.8; mean 0.68. E has more cases than B and C, which are equal.
    result = scored(tmp_path, standing_scheme("mean"), UNITS)
    assert {unit.unit: unit.total for unit in result.units} == {"A": 0, "E": 1, "B": 9, "C": 9, "D": 10}


def test_the_pooled_average_is_the_index_of_the_summed_counts(tmp_path) -> None:
    # 30 late of 45: 0.667; of 0.9, 0.8, 0.8, 0.1, 0.8 the same units are above it. With D large it sinks to 0.31.
    cases = UNITS | {"F": [*late(20), *["按"] * 40]}
    by_mean = {u.unit: u.total for u in scored(tmp_path, standing_scheme("mean"), cases).units}
    by_pool = {u.unit: u.total for u in scored(tmp_path, standing_scheme("pooled"), cases).units}
    assert Fraction(9 + 4 + 4 + 1 + 12 + 20, 10 + 5 + 5 + 10 + 15 + 60) == Fraction(10, 21)  # 0.476 > F's 0.333
    assert by_mean == by_pool == {"A": 0, "E": 1, "B": 9, "C": 9, "D": 10, "F": 10}


@pytest.mark.parametrize(
    ("missing", "expected"), [("renormalise", "0.9"), ("zero", "0.45"), ("full", "0.95"), ("not_assessable", None)]
)
def test_a_composite_says_what_a_part_of_nothing_becomes(tmp_path, missing, expected) -> None:
    rate = {"title": TITLE, "numerator": "late", "denominator": "received", "zero": "not_assessable", "show": "percent"}
    scheme = base_scheme(
        rates={"lateness": rate, "absent": rate | {"numerator": "grave", "denominator": "grave"}},
        composites={
            "both": {
                "title": TITLE,
                "parts": {"lateness": "0.5", "absent": "0.5"},
                "missing": missing,
                "show": "percent",
            }
        },
    )
    result = scored(tmp_path, scheme, {"A": [*late(9), "按"]})
    assert result.text(result.unit("A").rates["both"]) == expected


def test_a_range_that_a_person_decides_is_asked_for_until_it_is_decided(tmp_path) -> None:
    consequences = [
        {"id": "months", "who": TITLE, "what": TITLE, "low": 1, "high": 3},
        {"id": "fixed", "who": TITLE, "what": TITLE, "amount": 6, "each": True},
    ]
    scheme = base_scheme(
        outcomes=[
            outcome("sanction", quantity={"of": "grave", "at_least": 1}, evidence="grave", consequences=consequences)
        ]
    )
    (open_,) = scored(tmp_path, scheme, {"A": ["重", "重"]}).unit("A").outcomes
    assert (open_.count, open_.amounts, open_.needs, open_.evidence) == (2, {"fixed": 12}, ("months",), ("A0", "A1"))
    (tmp_path / "marks.csv").write_text("unit,period,indicator,points\nA,2025-06,months,2\n", encoding="utf-8")
    (decided,) = scored(tmp_path, scheme, {"A": ["重", "重"]}).unit("A").outcomes
    assert (decided.amounts, decided.needs) == ({"months": 2, "fixed": 12}, ())
