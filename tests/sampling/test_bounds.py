"""What a sample bounds: printed tables, and limits that keep their confidence over every possible population."""

from __future__ import annotations

from fractions import Fraction as F
from math import comb

import pytest

from auditlib.core.errors import AuditError
from auditlib.core.exact import Rounding, decimal_text
from auditlib.sampling.bounds import (
    bad_at_most,
    clopper_pearson,
    outward,
    poisson_factor,
    rate_at_most,
    stringer,
    wilson,
)  # fmt: skip

C95 = F("0.95")


def test_upper_clopper_pearson_a() -> None:
    pairs = [(59, 0), (60, 1), (100, 5), (93, 1)]
    expected = [0.04950760988822693, 0.07663999493450441, 0.1022533776432745, 0.049993978387988317]
    assert [rate_at_most(x, n, C95) for n, x in pairs] == pytest.approx(expected, rel=1e-12)


def test_upper_aicpa_a3_is_rounded_up() -> None:
    """AICPA (2017), table A-3: 1 in 25 is printed 17.7, to the nearest it were 17.6."""
    pairs = [(20, 0), (25, 1), (60, 3), (100, 5), (200, 10)]
    found = [decimal_text(100 * outward(x, n, C95), Rounding(1, "up")) for n, x in pairs]
    assert found == ["14", "17.7", "12.5", "10.3", "8.4"]


def test_upper_hypergeometric_touw() -> None:
    assert [bad_at_most(x, 102, 1200, F("0.90")) for x in range(4)] == [25, 43, 59, 75]


def test_factor_poisson_95() -> None:
    expected = [2.9957322735539895, 4.743864518390577, 6.295793621871988, 7.753656527932725]
    assert [poisson_factor(k, C95) for k in range(4)] == pytest.approx(expected, rel=1e-12)


def test_stringer_a_and_b() -> None:
    """jfa 0.7.3 ``.stringer``."""
    taints = [F(1, 4), F(1), F(1, 2)]
    assert stringer(taints, 100, C95) == pytest.approx(0.05761240426323715, rel=1e-12)
    assert stringer(taints, 100, C95, "poisson") == pytest.approx(0.058842947966464665, rel=1e-12)


@pytest.mark.parametrize(
    ("x", "n", "score", "exact"),
    [
        (81, 263, (0.2552885198782742, 0.36620957698280004), (0.25273674558527126, 0.36762192260135135)),
        (0, 20, (0, 0.16112515805281938), (0, 0.1684334709830853)),
        (0, 2, (0, 0.6576197724933469), (0, 0.841886116991581)),
    ],
)
def test_interval(x: int, n: int, score: tuple[float, float], exact: tuple[float, float]) -> None:
    """Newcombe (1998)."""
    assert wilson(x, n, C95) == pytest.approx(score, rel=1e-12)
    assert clopper_pearson(x, n, C95) == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize(("population", "n"), [(12, 5), (30, 11), (30, 30), (7, 1)])
def test_the_finite_limit_holds_its_confidence_whatever_the_population(population: int, n: int) -> None:
    limits = [bad_at_most(x, n, population, F("0.9")) for x in range(n + 1)]
    for bad in range(population + 1):
        missed = sum(
            comb(bad, x) * comb(population - bad, n - x)
            for x in range(max(0, n - population + bad), min(n, bad) + 1)
            if limits[x] < bad
        )
        assert F(missed, comb(population, n)) <= F(1, 10)


def test_a_limit_that_is_written_is_still_one() -> None:
    for x, n in [(0, 59), (1, 60), (5, 100), (40, 41), (7, 7)]:
        limit = outward(x, n, C95)
        tail = sum(comb(n, i) * limit**i * (1 - limit) ** (n - i) for i in range(x + 1))
        assert limit == 1 or tail <= F("0.05")
        assert float(limit) == pytest.approx(rate_at_most(x, n, C95), rel=1e-9)


def test_errors_beyond_the_sample_and_taints_beyond_the_whole_are_refused() -> None:
    with pytest.raises(AuditError, match="errors: found 6 of 5"):
        rate_at_most(6, 5, C95)
    with pytest.raises(AuditError, match="population: found 4"):
        bad_at_most(0, 5, 4, C95)
    with pytest.raises(AuditError, match="taints"):
        stringer([F(3, 2)], 10, C95)
