"""A total above its full marks is printed with a word; a dimension's full marks are those of its indicators."""

from fractions import Fraction
from pathlib import Path

import pytest

from auditlib.core.message import told
from auditlib.core.period import Period
from auditlib.ledger.read import read_ledger
from auditlib.scoring.assess import assess

DEMONSTRATIONS = Path(__file__).parents[2] / "params" / "demonstrations"


def notices_of(scheme, period):
    _, result = assess(scheme, read_ledger(DEMONSTRATIONS / scheme), Period.parse(period), evidence=False)
    return result, [notice for notice in result.notices if notice.kind == "above_full_marks"]


def test_a_bonus_that_lifts_a_total_above_its_full_marks_is_told_with_the_dimension_that_it_lifts():
    result, notices = notices_of("s22-heating", "2025-12")
    # 10 + 15 + (10 + 2) + (5 + 1) = 43 of 40: the two bonuses of B1, whose other points are all there.
    (first,) = [unit for unit in result.units if unit.unit == "B1"]
    assert (first.total, first.total_of) == (Fraction(96), Fraction(93))
    assert [str(notice.message) for notice in notices] == [
        "the total is above the full marks of 93, as points come on top: B1 96",
        "Handling is above its full marks of 40, as points come on top: B1 43",
    ]
    assert [told(notice.message, "zh") for notice in notices] == [
        "总分超过满分93（有另加的分）：B1 96",
        "问题处理得分超过其满分40（有另加的分）：B1 43",
    ]
    assert {notice.units for notice in notices} == {("B1",)}


@pytest.mark.parametrize(("scheme", "period"), [("s20-office-evaluation", "2025"), ("s19-handling-posts", "2026-03")])
def test_totals_within_their_full_marks_need_no_word(scheme, period):
    assert notices_of(scheme, period)[1] == []
