"""Reference values: published tables, R (fisher.test, prop.test, metafor, p.adjust), scipy, exact fractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import comb, prod

import pytest
from scipy import stats

from auditlib.chance.funnel import ALARM, WARNING, additive_limit, dispersion, funnel_limit, limits_of, verdict
from auditlib.chance.homogeneity import freeman_halton, homogeneity
from auditlib.chance.rank_sets import fisher, fisher_exact, rank_sets
from auditlib.chance.shrinkage import prior_of, shrunk
from auditlib.sampling.bounds import clopper_pearson, wilson

C95 = Fraction(95, 100)


@pytest.mark.parametrize(
    ("x", "n", "score", "exact"),
    [(81, 263, (0.2552885198782742, 0.36620957698280004), (0.25273674558527126, 0.36762192260135135)),
     (0, 20, (0, 0.16112515805281938), (0.0, 0.1684334709830853)),
     (0, 2, (0, 0.6576197724933469), (0.0, 0.841886116991581))],
)  # fmt: skip
def test_intervals_newcombe(x: int, n: int, score: tuple[float, float], exact: tuple[float, float]) -> None:
    assert wilson(x, n, C95) == pytest.approx(score, rel=1e-9)
    assert clopper_pearson(x, n, C95) == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize(
    ("n", "target", "limits"),
    [(50, Fraction(9, 10), (0.8002772723766355, 0.9661370730426563, 0.7398715812476105, 0.9961193495650348)),
     (200, Fraction(85, 100), (0.7962993627446259, 0.8952234611171352, 0.7649447034985458, 0.9199625698182934))],
)  # fmt: skip
def test_funnel_exact(n: int, target: Fraction, limits: tuple[float, ...]) -> None:
    assert [funnel_limit(n, target, p) for p in (*WARNING, *ALARM)] == pytest.approx(limits, rel=1e-9)


@pytest.mark.parametrize(
    ("n", "target"), [(1, Fraction(9, 10)), (7, Fraction(1, 3)), (23, Fraction(99, 100)), (60, Fraction(1, 50))]
)
def test_funnel_limits_are_those_of_fractions(n: int, target: Fraction) -> None:
    mass = [comb(n, k) * target**k * (1 - target) ** (n - k) for k in range(n + 1)]
    for p in (*WARNING, *ALARM):
        below, r = Fraction(0), 0
        while below + mass[r] <= p:
            below, r = below + mass[r], r + 1
        expected = (r - (below + mass[r] - p) / mass[r]) / n
        assert funnel_limit(n, target, p) == pytest.approx(float(expected), rel=1e-9, abs=1e-12)


def test_overdispersion_a() -> None:
    found = dispersion([45, 80, 170, 36, 270], [50, 100, 200, 50, 300])
    assert found is not None
    assert found.pooled == Fraction(601, 700)
    values = (float(found.pooled), found.q, found.p, found.phi, found.tau2)
    expected = (0.8585714285714285, 15.800265550681523, 0.0032992286503946804, 3.1600531101363045, 0.002907262939958593)
    assert values == pytest.approx(expected, rel=1e-9)
    assert found.kind == "more"
    wide = limits_of(50, found)
    assert wide is not None
    spread = float(stats.norm.ppf(0.975)) * (0.8585714285714285 * 0.14142857142857146 / 50 + found.tau2) ** 0.5
    assert wide[1:3] == pytest.approx((0.8585714285714285 - spread, 0.8585714285714285 + spread), rel=1e-9)
    assert wide[0] < funnel_limit(50, found.pooled, ALARM[0])


def test_units_that_do_one_work_are_judged_by_the_exact_tail() -> None:
    found = dispersion([9, 7, 8], [10, 10, 10])
    assert found is not None
    assert found.kind == "chance"
    share = Fraction(9, 10)
    low, low_warning, high_warning, high = limits_of(50, found, share) or (0, 0, 0, 0)
    assert (low, low_warning, high_warning) == pytest.approx(
        (0.7398715812476105, 0.8002772723766355, 0.9661370730426563), rel=1e-9
    )
    assert high == 1  # all 50 of 50 have a chance of 0.005, so that nothing is beyond
    for x in range(51):
        below = sum((comb(50, k) * share**k * (1 - share) ** (50 - k) for k in range(x + 1)), Fraction(0))
        above = 1 - below + comb(50, x) * share**x * (1 - share) ** (50 - x)
        tails = [below <= ALARM[0], above <= ALARM[0], below <= WARNING[0], above <= WARNING[0]]
        names = ("low_alarm", "high_alarm", "low_warning", "high_warning")
        expected = next((name for name, there in zip(names, tails, strict=True) if there), "inside")
        assert verdict(x, 50, found, share) == expected, x
    assert verdict(52, 52, found, Fraction(99, 100)) == "inside"


def test_units_that_do_different_work_have_no_limits() -> None:
    found = dispersion([900, 100, 500], [1000, 1000, 1000])
    assert found is not None
    assert found.kind == "different_work"
    assert limits_of(100, found) is None


@pytest.mark.parametrize(("hits", "cases"), [([5], [7]), ([0, 0], [3, 4]), ([3, 4], [3, 4])])
def test_without_a_difference_there_is_no_dispersion(hits: list[int], cases: list[int]) -> None:
    assert dispersion(hits, cases) is None
    assert homogeneity(hits, cases).p == 1


def test_rank_sets_a() -> None:
    assert rank_sets([90, 0, 45, 60], [100, 2, 50, 100], Fraction(5, 100)) == [(1, 3), (1, 4), (1, 3), (3, 4)]


@pytest.mark.parametrize(
    "table", [(90, 100, 0, 2), (45, 50, 60, 100), (0, 2, 60, 100), (3, 9, 8, 11), (0, 5, 0, 7), (250, 400, 260, 401)]
)
def test_fisher_is_scipys_and_the_exact_one(table: tuple[int, int, int, int]) -> None:
    x, n, y, m = table
    expected = stats.fisher_exact([[x, n - x], [y, m - y]]).pvalue
    assert fisher(x, n, y, m) == pytest.approx(expected, rel=1e-9)
    assert float(fisher_exact(x, n, y, m)) == pytest.approx(expected, rel=1e-9)


def test_equal_units_may_all_have_any_rank() -> None:
    assert rank_sets([9, 7, 8], [10, 10, 10]) == [(1, 3)] * 3


def test_homogeneity_exact() -> None:
    found = homogeneity([9, 7, 8], [10, 10, 10])
    assert found.p == pytest.approx(0.8465327775672603, rel=1e-9)
    assert (found.method, found.says_nothing) == ("exact", True)


@pytest.mark.parametrize(
    ("hits", "cases"), [([9, 7, 8], [10, 10, 10]), ([0, 2, 5, 1], [2, 9, 6, 3]), ([4, 4, 0], [4, 12, 7])]
)
def test_freeman_halton_is_the_sum_over_all_tables(hits: list[int], cases: list[int]) -> None:
    weight = {
        table: prod(comb(n, x) for x, n in zip(table, cases, strict=True))
        for table in product(*(range(n + 1) for n in cases)) if sum(table) == sum(hits)
    }  # fmt: skip
    likely = sum(ways for ways in weight.values() if ways <= weight[tuple(hits)])
    assert freeman_halton(hits, cases) == Fraction(likely, sum(weight.values()))


def test_two_units_are_fishers_test() -> None:
    assert freeman_halton([9, 2], [10, 8]) == fisher_exact(9, 10, 2, 8)


def test_large_tables_use_chi2_and_lopsided_ones_are_simulated() -> None:
    found = homogeneity([45, 80, 170, 36, 270], [50, 100, 200, 50, 300])
    assert found.method == "chi2"
    assert found.p == pytest.approx(0.0032992286503946804, rel=1e-9)
    lopsided = homogeneity([2700, 2750, 0, 2810], [3000, 3050, 1, 3120])
    assert lopsided.method == "simulated"
    assert lopsided == homogeneity([2700, 2750, 0, 2810], [3000, 3050, 1, 3120])  # its seed is the table


def test_a_simulated_table_agrees_with_the_exact_one(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = homogeneity([0, 2, 5, 1], [2, 9, 6, 3])
    monkeypatch.setattr("auditlib.chance.homogeneity.STEPS", 0)
    simulated = homogeneity([0, 2, 5, 1], [2, 9, 6, 3])
    assert (exact.method, simulated.method) == ("exact", "simulated")
    assert simulated.p == pytest.approx(exact.p, abs=4 * (exact.p * (1 - exact.p) / 100_000) ** 0.5)


def test_shrunk_rate() -> None:
    prior = Fraction(9), Fraction(1)
    assert [shrunk(x, n, prior) for x, n in ((0, 2), (90, 100), (2, 2))] == [
        Fraction(3, 4),
        Fraction(9, 10),
        Fraction(11, 12),
    ]


def test_the_prior_has_the_pooled_share_and_the_variance_between_units() -> None:
    found = dispersion([45, 80, 170, 36, 270], [50, 100, 200, 50, 300])
    assert found is not None
    prior = prior_of(found)
    assert prior is not None
    a, b = prior
    assert a / (a + b) == found.pooled
    assert float(a * b / ((a + b) ** 2 * (a + b + 1))) == pytest.approx(found.tau2, rel=1e-12)
    alike = dispersion([9, 7, 8], [10, 10, 10])
    assert alike is not None
    assert prior_of(alike) is None


def test_wider_limits_need_more_than_chance() -> None:
    assert additive_limit(50, Fraction(9, 10), Fraction(975, 1000), 0.01) > funnel_limit(
        50, Fraction(9, 10), Fraction(975, 1000)
    )
