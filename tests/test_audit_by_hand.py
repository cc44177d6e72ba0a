"""Sizes, limits, tails and counts of an audit beside values that are worked here, in whole numbers and fractions."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction as F
from math import comb
from typing import Any

import polars as pl
import pytest
from test_audit_examples import RULES

from auditlib.ledger.restatement.restatement import restated

MAY = datetime(2026, 5, 1)


def tail(hits: int, population: int, bad: int, drawn: int) -> F:
    """P(at least so many hits) of a draw without replacement, by counting draws."""
    ways = sum(comb(bad, k) * comb(population - bad, drawn - k) for k in range(hits, min(bad, drawn) + 1))
    return F(ways, comb(population, drawn))


def coins(hits: int, thrown: int, share: F) -> F:
    """P(at least so many hits) of independent throws."""
    return sum((comb(thrown, k) * share**k * (1 - share) ** (thrown - k) for k in range(hits, thrown + 1)), F(0))


def smallest_draw(population: int, bad: int, risk: F) -> int:
    """The smallest draw that misses every bad one with at most this risk, tried one by one."""
    return next(n for n in range(1, population + 1) if F(comb(population - bad, n), comb(population, n)) <= risk)


WORKED: list[tuple[str, dict[str, Any], Any]] = [
    # ceil(50 · 0.09) = ceil(4.5): five bad ones must be found
    ("size-hypergeometric", {"model": "hypergeometric", "population": 50, "tolerable": "0.09", "confidence": "0.9"},
     [smallest_draw(50, 5, F(1, 10))]),
    ("size-discovery", {"model": "discovery", "population": 300, "bad": 2, "confidence": "0.95"},
     [smallest_draw(300, 2, F(1, 20))]),
    # 0.5^n ≤ 0.05 from n = 5 on; with one allowed (n + 1)/2^n from n = 8 on: 9/256
    ("size-binomial", {"model": "binomial", "tolerable": "0.5", "confidence": "0.95", "allowed": [0, 1]}, [5, 8]),
    # n · 0.1 ≥ 2.9957: thirty
    ("size-poisson", {"model": "poisson", "tolerable": "0.1", "confidence": "0.95", "allowed": 0}, [30]),
    # 10 of 1,000 : 300 : 50 are 7.4, 2.2, 0.37: the largest remainder goes first; by spread 1000 : 600 : 1000
    ("allocate-", {"N": [1000, 300, 50], "S": ["1", "2", "20"], "n": 10}, [[8, 2, 0], [4, 2, 4]]),
    # the last stratum would get 12 of 3 and is taken whole; 12 are shared out over 100 : 100
    ("allocate-", {"N": [100, 100, 3], "S": ["1", "1", "1000"], "n": 15}, [[8, 7, 0], [6, 6, 3]]),
    # sums 4 4 5 10, interval 5: the points 5 and 10
    ("select-interval-w", {"ids": ["A", "B", "C", "D"], "weights": [4, 0, 1, 5], "n": 2, "start": "5"}, ["C", "D"]),
    ("upper-hypergeometric-", {"population": 20, "n": 10, "x": [0, 1], "confidence": "0.9"},
     [max(k for k in range(21) if 1 - tail(x + 1, 20, k, 10) > F(1, 10)) for x in (0, 1)]),
    ("window-placebo-", {"in_window": 9, "placebo_before": 5, "placebo_after": 4}, coins(9, 18, F(1, 3))),
    # 1/2, 1/3, 1/6: all three 1/36; two 1/2·1/3·5/6 + 1/2·2/3·1/6 + 1/2·1/3·1/6 = 8/36
    ("window-clock-", {"p_i": ["1/2", "1/3", "1/6"], "in_window": 2}, F(9, 36)),
    ("window-peers-x", {"unit_in_window": 4, "unit_closed": 5, "peers_in_window": 3, "peers_closed": 15},
     tail(4, 20, 7, 5)),
    # four closings in ten minutes, no two in one: 10·9·8·7 of 10⁴
    ("batch-", {"at_least": 2, "closings": 4, "minutes": 10}, 1 - F(10 * 9 * 8 * 7, 10**4)),
    ("round-times", {"at_minute_0_or_30": 3, "closings": 5}, coins(3, 5, F(1, 30))),
    # 3 4 9 12 13: without 5 to 8, and 10 and 11; 12 stands twice
    ("sequence-gaps", {"numbers": [12, 3, 4, 9, 12, 13]},
     {"rows": 6, "distinct": 5, "duplicated_numbers": 1, "surplus_rows": 1, "gaps": 2, "missing": 6, "longest_gap": 4}),
    # 3 after 5, 1 after 5, 5 as great as the greatest; the pairs 5-3, 5-1, 3-1
    ("number-order-", {"numbers": [1, 2, 3, 4, 5], "received_day": [2, 5, 3, 1, 5]}, [2, 4, 4]),
    ("all-satisfied", {"unit_not_satisfied": 0, "unit_ratings": 10, "peers_not_satisfied": 6, "peers_ratings": 20},
     F(comb(24, 10), comb(30, 10))),
    ("nonresponse-bounds", {"closed": 40, "rated": 30, "satisfied": 24}, [24 / 40, 24 / 30, 34 / 40]),
    ("exclusions-late", {"cases": 20, "late": 6, "excluded": 4, "excluded_late": 3}, tail(3, 20, 6, 4)),
    ("average-frequency", {"values": [5, 5, 7, 7, 7, 9]}, F(4 + 9 + 1, 6)),
    # sorted .01 .02 .03 .2: ·4/1 ·4/2 ·4/3 ·1 = .04 .04 .04 .2; Holm ·4 ·3 ·2 ·1 = .04 .06 .06 .2
    ("adjust-a", {"p": [0.02, 0.2, 0.01, 0.03]}, [[0.04, 0.2, 0.04, 0.04], [0.06, 0.2, 0.04, 0.06]]),
    ("restatement-direction", {"changes_gaining": 8, "changes_losing": 2}, F(45 + 10 + 1, 1024)),
    ("late-arrival-lag", {"entered_minus_received_hours": [0, 24, 25, 49], "rule_limit_hours": 24,
                          "complete_within_hours": 48}, [2, 0.75]),
]  # fmt: skip


def same(found: Any, expected: Any) -> None:
    if isinstance(expected, dict):
        assert found == expected
    elif isinstance(expected, list):
        found = found if isinstance(found, list) else [found]
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            same(one, other)
    elif isinstance(expected, float | F):
        assert float(found) == pytest.approx(float(expected), rel=1e-9)
    else:
        assert found == expected


@pytest.mark.parametrize(("name", "given", "expected"), WORKED, ids=[f"{n}-{one[0]}" for n, one in enumerate(WORKED)])
def test_a_value_is_the_one_that_is_worked_by_counting(name: str, given: dict[str, Any], expected: Any) -> None:
    rule = RULES[max((known for known in RULES if name.startswith(known)), key=len)]
    same(rule(given), expected)


def test_every_difference_has_the_class_that_the_time_of_the_first_snapshot_gives_it() -> None:
    """Taken on 1 May: what was there before it and was not shown is asked about, what came after it is expected."""
    before, after = datetime(2026, 4, 20), datetime(2026, 5, 3)
    columns = ("case_id", "unit", "entered_at", "closed_at", "kind")
    old = [
        ("gone", "甲", before, before, "投诉"), ("open", "甲", before, None, "投诉"),
        ("late", "甲", before, None, "投诉"), ("told", "甲", before, before, "投诉"),
        ("kind", "甲", before, before, "投诉"), ("unit", "甲", before, before, "投诉"),
        ("same", "甲", before, before, "投诉"),
    ]  # fmt: skip
    new = [
        ("open", "甲", before, after, "投诉"), ("late", "甲", before, before, "投诉"),
        ("told", "甲", before, after, "投诉"), ("kind", "甲", before, before, "复杂"),
        ("unit", "乙", before, before, "投诉"), ("same", "甲", before, before, "投诉"),
        ("came", "甲", after, None, "投诉"), ("slid", "甲", before, None, "投诉"),
    ]  # fmt: skip
    schema = {name: pl.Datetime("us") if name.endswith("_at") else pl.String for name in columns}
    sides = [{"cases": pl.DataFrame(rows, schema=schema, orient="row").lazy()} for rows in (old, new)]
    found = {row["key"]: row["class"] for row in restated(*sides, MAY).plain()["rows"]}
    assert found == {
        "gone": "removed", "open": "progress", "late": "filled_in_late", "told": "rewritten", "kind": "rewritten",
        "unit": "moved", "came": "late_arrival", "slid": "inserted",
    }  # fmt: skip
