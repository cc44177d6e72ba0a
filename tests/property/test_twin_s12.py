"""s12-jiangsu-insurance against its slow twin; see random_ledgers for how many ledgers."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from ledgers_s12 import COLUMNS, SCHEME, assessments
from random_ledgers import Assessment, agreed, many_ledgers, score_by_auditlib
from twin_s12 import score
from with_outcomes import plain_with_outcomes


@many_ledgers
@given(assessments())
def test_every_line_total_rank_and_outcome_of_an_insurer_is_what_the_text_gives(drawn: Assessment) -> None:
    found = plain_with_outcomes(score_by_auditlib(SCHEME, drawn, COLUMNS))
    bonus = Fraction(drawn.supplied["third_bonus"]) if drawn.supplied else None
    facts = [row | {"value": Fraction(row["value"])} for row in drawn.registers["unit_facts"]]
    registers = drawn.registers | {"unit_facts": facts}
    expected = score(registers, drawn.period, drawn.as_of, drawn.taken, drawn.readings, bonus)
    agreed(found, expected)
