"""Sizes of samples: printed tables, and the definition tried out in fractions. Each test is named by its example."""

from __future__ import annotations

from fractions import Fraction as F
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlib.core.errors import AuditError
from auditlib.sampling.allocation import allocate, sizes_by_stratum
from auditlib.sampling.sizes import Target, bad_ones, look_risk, sample_size, stage_size, stop_or_go_risk


def binomial(confidence: str, tolerable: str) -> Target:
    return Target("binomial", F(confidence), F(tolerable))


def finite(population: int, confidence: str, tolerable: str = "0", bad: int | None = None) -> Target:
    return Target("hypergeometric", F(confidence), F(tolerable), population, bad)


def sizes(target: Target, *allowed: int) -> list[int]:
    return [sample_size(target, k)[0] for k in allowed]


def test_size_binomial_95() -> None:
    """Touw & Hoogduin (2011), p. 123-126, as jfa quotes them."""
    assert sizes(binomial("0.95", "0.05"), 0, 1, 2, 3) == [59, 93, 124, 153]
    assert sizes(binomial("0.95", "0.01"), 0, 1, 2, 3) == [299, 473, 628, 773]


def test_size_aicpa_a1_5_rates() -> None:
    """AICPA Audit Guide: Audit Sampling (2017), table A-1."""
    rates = ["0.01", "0.02", "0.03"]
    assert [sample_size(binomial("0.95", "0.05"), expected_rate=F(r))[0] for r in rates] == [93, 181, 361]


def test_size_aicpa_a2_misprint() -> None:
    """Table A-2 prints 112 for 7 % and 3.25 %; at 112 the risk is above 10 %."""
    target = binomial("0.90", "0.07")
    assert sample_size(target, expected_rate=F("0.0325"))[0] == 113
    assert float(look_risk(target, 112, 4)) == pytest.approx(0.10071157625566557, rel=1e-12)
    assert float(look_risk(target, 113, 4)) == pytest.approx(0.09659252129555145, rel=1e-12)


def test_size_float_trap() -> None:
    """ceil(400 · 0.035) is 14; in floats it is 15, and 423 cases are asked for in place of 400 (jfa)."""
    assert sample_size(binomial("0.90", "0.05"), expected_rate=F("0.035")) == (400, 14)
    assert sample_size(binomial("0.90", "0.08"), expected_rate=F("0.07")) == (1300, 91)
    risks = [look_risk(binomial("0.90", "0.05"), n, -(-35 * n // 1000)) for n in (401, 422, 423)]
    assert [risk <= F("0.1") for risk in risks] == [False, False, True]  # so no size is rounded up


def test_size_hypergeometric() -> None:
    assert sizes(finite(1000, "0.95", "0.05"), 0, 1, 2, 3) == [57, 90, 119, 146]
    assert sizes(finite(1200, "0.90", bad=60), 0, 2) == [45, 102]


def test_size_hypergeometric_float_trap() -> None:
    """ceil(100 · 0.07) are 7 bad ones; as a float 8, and 31 cases would be too few."""
    target = finite(100, "0.95", "0.07")
    assert (bad_ones(target), *sizes(target, 0), *sizes(finite(100, "0.95", bad=8), 0)) == (7, 34, 31)


def test_size_poisson_95_and_weighted_aicpa_c1() -> None:
    """AICPA (2017), table C-1: the expected taints are not rounded."""
    target = Target("poisson", F("0.95"), F("0.05"))
    assert sizes(target, 0, 1, 2, 3) == [60, 95, 126, 156]
    pairs = [("0.05", "0.005"), ("0.05", "0.01"), ("0.02", "0.004"), ("0.01", "0.002")]
    found = [sample_size(Target("poisson", F("0.95"), F(t)), expected_rate=F(e))[0] for t, e in pairs]
    assert found == [74, 93, 232, 463]


def test_size_discovery() -> None:
    assert [*sizes(finite(500, "0.95", bad=5), 0), *sizes(finite(2000, "0.95", bad=10), 0)] == [225, 517]


def test_stop_or_go_inflation_and_plan() -> None:
    """59, then 34 more, hold 5 % look by look and 7.48 % together; jfa prints 103 for equal stages at 3 %."""
    target = binomial("0.95", "0.05")
    found = [look_risk(target, 59, 0), look_risk(target, 93, 1), stop_or_go_risk(target, 59, 0, 34, 1)]
    assert list(map(float, found)) == pytest.approx([0.048494525249423236, 0.04997579524261654, 0.0748210602433016])
    assert [stage_size(binomial("0.95", "0.03")), stage_size(target)] == [103, 61]


def test_a_finite_ledger_is_looked_at_twice_without_putting_cases_back() -> None:
    """By hand: of 10 cases 4 are bad; 3 with none, or one and then 2 more of the 7 left with none of its 3 bad."""
    target = finite(10, "0.95", bad=4)
    by_hand = F(comb(6, 3), comb(10, 3)) + F(4 * comb(6, 2), comb(10, 3)) * F(comb(4, 2), comb(7, 2))
    assert stop_or_go_risk(target, 3, 0, 2, 1) == by_hand


@given(st.integers(2, 60), st.data())
def test_the_size_is_the_smallest_one_that_holds_the_risk(population: int, data: st.DataObject) -> None:
    bad = data.draw(st.integers(1, population))
    allowed = data.draw(st.integers(0, bad - 1))
    found, _ = sample_size(finite(population, "0.9", bad=bad), allowed)

    def risk(n: int) -> F:
        ways = sum(comb(bad, k) * comb(population - bad, n - k) for k in range(min(allowed, n) + 1))
        return F(ways, comb(population, n))

    assert risk(found) <= F(1, 10) < risk(found - 1)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: finite(100, "1.2", "0.05"), "confidence: found 6/5"),
        (lambda: binomial("0.95", "0"), "tolerable: found 0"),
        (lambda: finite(100, "0.95", bad=101), "bad: found 101, expected 1 to 100"),
        (lambda: Target("hypergeometric", F("0.95"), F("0.05")), "population: found none"),
        (lambda: sample_size(finite(10, "0.95", bad=3), 3), "found 10 cases, of which no sample"),
        (lambda: sample_size(binomial("0.95", "0.05"), expected_rate=F("0.05")), "expected errors: found 1/20"),
    ],
)
def test_what_cannot_be_planned_is_said(make, said: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(AuditError, match=said):
        make()


def test_allocate_proportional_neyman() -> None:
    """By hand 37.5, 18.75, 3.75; and 18.46, 23.08, 18.46: of two equal remainders the earlier stratum has it."""
    assert allocate(60, [1000, 500, 100]) == [37, 19, 4]
    assert allocate(60, [1000, 500, 100], [F(2), F(5), F(20)]) == [19, 23, 18]


def test_a_stratum_is_taken_whole_before_the_rest_is_shared_out_and_a_claim_a_unit_needs_the_size_in_each() -> None:
    assert allocate(30, [5, 100, 100], [F(90), F(1), F(1)]) == [5, 13, 12]
    assert sizes_by_stratum(59, dict.fromkeys("abcdefghijkl", 500), "each", {}) == dict.fromkeys("abcdefghijkl", 59)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=6), st.data())
def test_what_is_allocated_adds_up_and_fits(counts: list[int], data: st.DataObject) -> None:
    n = data.draw(st.integers(0, sum(counts)))
    spreads = [F(data.draw(st.integers(0, 9))) for _ in counts]
    found = allocate(n, counts, spreads)
    assert sum(found) == n
    assert all(0 <= one <= count for one, count in zip(found, counts, strict=True))
