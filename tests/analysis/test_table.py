"""A scored result as a weighted sum: what it takes over, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from auditlib.analysis.weights.table import WeightedTable, exact_ranks, weighted_table
from auditlib.core.errors import InputError
from auditlib.core.period import Period
from auditlib.ledger.read import read_ledger
from auditlib.scoring.assess import assess

GROUP = "综合管理类"


@pytest.fixture(scope="module")
def result(root):
    """The office evaluation of the demonstration: 80 points for satisfaction, 20 for rectification."""
    ledger = read_ledger(root / "params" / "demonstrations" / "s20-office-evaluation")
    return assess("s20-office-evaluation", ledger, Period.parse("2025"))[1]


def changed(result, **changes):
    """The result with another first unit of the group."""
    first = next(unit for unit in result.units if unit.ranked_in == GROUP)
    return replace(result, units=tuple(replace(u, **changes) if u is first else u for u in result.units))


def test_maxima_become_weights_and_totals_and_ranks_stay(result):
    table = weighted_table(result, GROUP)
    units = [unit for unit in result.units if unit.ranked_in == GROUP]
    assert table.indicators == ("satisfaction", "rectification")
    assert table.weights == (Fraction(4, 5), Fraction(1, 5))
    assert table.full == 100
    assert dict(zip(table.units, table.totals, strict=True)) == {unit.unit: unit.total for unit in units}
    assert dict(zip(table.units, table.ranks, strict=True)) == {unit.unit: unit.rank for unit in units}


def test_units_stand_in_the_order_of_their_codes_whatever_their_ranks(result):
    """So that the tables of two readings, under which the ranks differ, have their units in the same places."""
    by_rank = [unit.unit for unit in result.units if unit.ranked_in == GROUP]
    assert by_rank != sorted(by_rank)
    assert weighted_table(result, GROUP).units == tuple(sorted(by_rank))


def test_units_and_indicators_can_be_left_out(result):
    whole = weighted_table(result, GROUP)
    table = weighted_table(result, GROUP, without_units=[whole.units[0]], without_indicators=["satisfaction"])
    assert table.units == whole.units[1:]
    assert table.indicators == ("rectification",)
    assert table.weights == (1,)
    assert table.full == 20


def test_an_indicator_that_nobody_has_scored_is_left_out(result):
    def unscored(unit):
        satisfaction = replace(unit.indicator("satisfaction"), points=None, status="needs_input")
        rest = unit.indicator("rectification")
        return replace(unit, indicators=(satisfaction, rest), total=rest.points, rank=None)

    table = weighted_table(replace(result, units=tuple(map(unscored, result.units))), GROUP)
    assert table.indicators == ("rectification",)


def test_an_indicator_without_points_for_one_unit_is_refused_by_name(result):
    first = next(unit for unit in result.units if unit.ranked_in == GROUP)
    rest = first.indicator("rectification")
    lacking = (replace(first.indicator("satisfaction"), points=None, status="not_assessable"), rest)
    odd = changed(result, indicators=lacking, total=rest.points, rank=None)
    with pytest.raises(InputError) as caught:
        weighted_table(odd, GROUP)
    assert [(problem.path, problem.message) for problem in caught.value.problems] == [
        (f"{first.unit}.satisfaction", "found not_assessable, expected points for every unit")
    ]


def test_a_total_that_is_not_the_sum_of_the_indicators_is_refused(result):
    with pytest.raises(InputError, match="found 120, expected the sum of the indicators"):
        weighted_table(changed(result, total=Fraction(120)), GROUP)


def test_an_indicator_without_a_maximum_is_refused(result):
    first = next(unit for unit in result.units if unit.ranked_in == GROUP)
    unbounded = tuple(replace(entry, max=None) for entry in first.indicators)
    with pytest.raises(InputError, match="satisfaction: found the maximum None"):
        weighted_table(changed(result, indicators=unbounded), GROUP)


def test_an_order_that_is_not_the_one_of_the_totals_is_refused(result):
    """As of units that a rule forces to the end, or of totals where less is better."""
    with pytest.raises(InputError, match="found it ranked above G1, which has the higher total"):
        weighted_table(changed(result, rank=9), GROUP)


@pytest.mark.parametrize(
    ("group", "options", "message"),
    [
        ("谁", {}, "found 谁, expected one of"),
        (GROUP, {"without_units": ["Q9"]}, "without_units: found Q9"),
        (GROUP, {"without_indicators": ["other"]}, "without_indicators: found other"),
    ],
)
def test_a_name_that_the_result_does_not_know_is_refused(result, group, options, message):
    with pytest.raises(InputError, match=message):
        weighted_table(result, group, **options)


def test_leaving_out_everything_is_refused(result):
    units = [unit.unit for unit in result.units if unit.ranked_in == GROUP]
    with pytest.raises(InputError, match="found every unit"):
        weighted_table(result, GROUP, without_units=units)


def test_equal_totals_share_the_better_rank():
    assert exact_ranks([Fraction(1, 3), Fraction(1), Fraction("0.5"), Fraction(1, 2)]) == (4, 1, 2, 2)


def test_all_that_is_wrong_with_a_table_is_said_at_once():
    with pytest.raises(InputError) as caught:
        WeightedTable(("A", "A"), ("a", "b"), ((Fraction(1),),), (Fraction(1, 3), Fraction(1, 3)))
    assert [problem.path for problem in caught.value.problems] == ["units", "values", "values.A", "weights"]
