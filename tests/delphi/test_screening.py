"""Which items are proposed for discussion or deletion, and by which numbers."""

import statistics

import pytest

from auditlib.delphi.statistics.descriptives import Descriptives
from auditlib.delphi.statistics.screening import Failure, boundary_value, boundary_values, limit, screen


def item(mean, full, cv, iqr=1.0):
    return Descriptives(20, mean=mean, cv=cv, iqr=iqr, full_mark_ratio=full)


ITEMS = {
    "a": item(4.6, 0.70, 0.10),
    "b": item(4.5, 0.60, 0.12),
    "c": item(4.4, 0.20, 0.11),
    "d": item(4.5, 0.65, 0.30),
    "e": item(2.5, 0.05, 0.40),
}


def test_an_item_that_fails_all_three_is_proposed_for_deletion_and_one_or_two_for_discussion():
    proposals = {found.item: found for found in screen(ITEMS, boundary_values())}
    assert [(found.item, found.verdict) for found in proposals.values()] == [
        ("a", "keep"),
        ("b", "keep"),
        ("c", "keep"),
        ("d", "keep"),
        ("e", "delete"),
    ]
    means = [described.mean for described in ITEMS.values()]
    cvs = [described.cv for described in ITEMS.values()]
    failures = proposals["e"].failures
    assert failures.keys() == {"mean", "full_mark_ratio", "cv"}
    assert failures["mean"].limit == pytest.approx(statistics.mean(means) - statistics.stdev(means))
    assert (failures["mean"].bound, failures["mean"].found) == ("at_least", 2.5)
    assert failures["cv"].limit == pytest.approx(statistics.mean(cvs) + statistics.stdev(cvs))
    assert (failures["cv"].bound, failures["cv"].found) == ("at_most", 0.40)


def test_the_divisor_of_the_boundary_is_the_panels_choice():
    """Full marks .70 .60 .20 .65 .05: mean .44, sd .2945 (sample) or .2634 (population); .16 lies between."""
    items = {**ITEMS, "c": item(4.4, 0.16, 0.11)}
    shares = [described.full_mark_ratio for described in items.values()]
    assert (
        statistics.mean(shares) - statistics.stdev(shares) < 0.16 < statistics.mean(shares) - statistics.pstdev(shares)
    )
    assert screen(items, boundary_values("sample"))[2].verdict == "keep"
    found = screen(items, boundary_values("population"))[2]
    assert (found.verdict, list(found.failures)) == ("discuss", ["full_mark_ratio"])


def test_equal_items_all_stay():
    items = {name: item(4.1, 0.1, 0.7) for name in "abcdefg"}
    assert {found.verdict for found in screen(items, boundary_values())} == {"keep"}


def test_a_limit_is_met_whatever_the_rounding_of_the_statistic():
    items = {"a": item(0.1 + 0.2, 0, 0), "b": item(0.3001, 0, 0)}  # 0.30000000000000004
    assert list(limit("mean", "at_most", 0.3)(items)) == ["b"]


def test_an_undefined_statistic_takes_no_part_and_does_not_fail():
    items = {**ITEMS, "f": Descriptives(0)}
    assert screen(items, boundary_values())[:5] == screen(ITEMS, boundary_values())
    assert screen(items, boundary_values())[5].verdict == "keep"


@pytest.mark.filterwarnings("error")
def test_one_item_alone_has_no_boundary():
    assert screen({"e": ITEMS["e"]}, boundary_values())[0].verdict == "keep"
    assert boundary_value({"e": ITEMS["e"]}, "cv") is None


def test_a_boundary_lies_one_standard_deviation_from_the_mean_on_the_side_of_the_worse():
    shares = [described.full_mark_ratio for described in ITEMS.values()]
    cvs = [described.cv for described in ITEMS.values()]
    full, cv = boundary_value(ITEMS, "full_mark_ratio"), boundary_value(ITEMS, "cv", "population")
    assert (full.bound, full.mean, full.sd) == (
        "at_least",
        *map(pytest.approx, (statistics.mean(shares), statistics.stdev(shares))),
    )
    assert full.limit == pytest.approx(statistics.mean(shares) - statistics.stdev(shares))
    assert (cv.bound, cv.limit) == ("at_most", pytest.approx(statistics.mean(cvs) + statistics.pstdev(cvs)))


def test_ones_own_criterion_is_a_function_from_the_items_to_those_that_fail():
    def too_few(items):
        return {name: Failure("n", found.n, "at_least", 15) for name, found in items.items() if found.n < 15}

    items = {**ITEMS, "a": Descriptives(12, mean=4.6, cv=0.1, iqr=1.0, full_mark_ratio=0.7)}
    criteria = {**boundary_values(), "answers": too_few, "spread": limit("iqr", "at_most", 1)}
    first, *_, last = screen(items, criteria)
    assert (first.verdict, first.failures) == ("discuss", {"answers": Failure("n", 12, "at_least", 15)})
    assert last.verdict == "discuss"  # it no longer fails every criterion


@pytest.mark.parametrize(("bound", "failing"), [("at_least", ["low"]), ("at_most", ["high"])])
def test_a_limit_itself_is_met(bound, failing):
    items = {"low": item(3.4, 0, 0), "even": item(3.5, 0, 0), "high": item(3.6, 0, 0)}
    assert list(limit("mean", bound, 3.5)(items)) == failing
