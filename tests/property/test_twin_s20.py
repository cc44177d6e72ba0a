"""s20-office-evaluation against its slow twin; see random_ledgers for how many ledgers."""

from __future__ import annotations

from hypothesis import given
from ledgers_s20 import COLUMNS, SCHEME, assessments
from random_ledgers import Assessment, agreed, many_ledgers, score_by_auditlib
from twin_s20 import score
from with_outcomes import plain_with_outcomes


@many_ledgers
@given(assessments())
def test_every_line_total_rank_and_outcome_of_an_office_is_what_the_text_gives(drawn: Assessment) -> None:
    found = plain_with_outcomes(score_by_auditlib(SCHEME, drawn, COLUMNS))
    agreed(found, score(drawn.registers, int(drawn.period), drawn.as_of, drawn.taken, drawn.readings))
