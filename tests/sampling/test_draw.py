"""Which cases are drawn: the printed examples, hashes that coreutils gives, and what no order of rows changes."""

from __future__ import annotations

import random
from fractions import Fraction as F

from hypothesis import given
from hypothesis import strategies as st

from auditlib.sampling.draw import (
    commitment,
    draw_seed,
    every_interval,
    interval_hits,
    random_start,
    smallest,
    taken_whole,
)  # fmt: skip

IDS = [f"GD-{number:06}" for number in range(1, 21)]
TOUW = dict(zip("ABCDEFGHIJ", map(F, [7, 3, 4, 9, 0, 1, 8, 2, 6, 5]), strict=True))
HEAVY = dict(zip("ABCDEFGHIJ", map(F, [10, 1, 1, 1, 1, 1, 1, 1, 1, 2]), strict=True))


def test_select_hash_a_and_c() -> None:
    """Each hash computed with ``sha256sum``: another nonce gives another sample."""
    a = draw_seed("0" * 64, "attribute-95-5", "7f3a")
    assert a == "7e334c00b7398ccd5e582f25cbaaab1ffe54a3541bbddc4d4ab4bda3e87dd6cd"
    assert smallest(a, IDS, 5) == ["GD-000012", "GD-000002", "GD-000016", "GD-000007", "GD-000006"]
    c = draw_seed("0" * 64, "attribute-95-5", "7f3b")
    assert c == "75435b4525d9d6780e716f3dc8abc66cd336d0db17f9fec19d33b1e8269b8222"
    assert smallest(c, IDS, 5) == ["GD-000007", "GD-000018", "GD-000011", "GD-000013", "GD-000003"]


def test_the_commitment_is_what_a_shell_computes() -> None:
    """``printf 'attribute-95-5\\n7f3a' | sha256sum``."""
    assert commitment("attribute-95-5", "7f3a") == "36c079b707a4c02efc21971da14ff10fe5e38052518663967cb7e1cf6f4893da"


def test_the_order_of_rows_changes_nothing_and_more_cases_begin_with_the_fewer() -> None:
    shuffled = IDS[:]
    random.Random(4).shuffle(shuffled)
    assert smallest("s", shuffled, 7) == smallest("s", IDS, 7)
    assert smallest("s", IDS, 12)[:7] == smallest("s", IDS, 7)


def test_select_interval_weights() -> None:
    """Touw & Hoogduin (2011), p. 34."""
    assert interval_hits(list(TOUW), list(TOUW.values()), 5, F(2)) == ["A", "C", "D", "G", "I"]


def test_select_interval_certainty() -> None:
    """Points 3, 8, 13, 18: the case heavier than the interval of 5 is hit twice, or taken whole."""
    assert interval_hits(list(HEAVY), list(HEAVY.values()), 4, F(3)) == ["A", "A", "D", "I"]
    assert taken_whole(HEAVY, 4) == (["A"], 3)


def test_select_interval_items() -> None:
    """Touw & Hoogduin (2011), p. 31."""
    assert every_interval(list("ABCDE"), 2, F("2.5"), F("1.2")) == ["B", "D"]


def test_what_is_taken_whole_makes_the_interval_smaller_for_the_next() -> None:
    weights = {"a": F(60), "b": F(25), **{f"c{n}": F(3) for n in range(5)}}
    assert taken_whole(weights, 3) == (["a", "b"], 1)  # 100/3, then 40/2, then 15/1
    assert taken_whole({"a": F(1), "b": F(0)}, 5) == (["a"], 4)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12).filter(any), st.integers(1, 8), st.integers(1, 100))
def test_a_case_is_hit_as_often_as_its_weight_holds_intervals_give_or_take_one(
    weights: list[int], n: int, part: int
) -> None:
    """From every start but nought itself, which lies before the first case and has a chance of 1 in 2²⁵⁶."""
    ids = [f"K{place}" for place in range(len(weights))]
    interval = F(sum(weights), n)
    hits = interval_hits(ids, list(map(F, weights)), n, interval * F(part, 100))
    assert len(hits) == n
    for id, weight in zip(ids, weights, strict=True):
        assert abs(hits.count(id) - weight / interval) < 1


def test_a_random_start_lies_in_the_first_interval() -> None:
    starts = [random_start(f"seed {n}", F(10)) for n in range(400)]
    assert all(0 <= start < 10 for start in starts)
    assert sum(start < 5 for start in starts) in range(160, 241)  # four standard deviations about 200
