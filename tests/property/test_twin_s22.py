"""s22-heating against its slow twin; see random_ledgers for how many ledgers."""

from __future__ import annotations

from hypothesis import given
from ledgers_s22 import COLUMNS, assessments
from random_ledgers import Assessment, agreed, many_ledgers, plain, score_by_auditlib
from twin_s22 import scored


@many_ledgers
@given(assessments())
def test_every_line_total_and_rank_is_what_walking_the_clauses_gives(drawn: Assessment) -> None:
    found = plain(score_by_auditlib("s22-heating", drawn, COLUMNS))
    agreed(found, scored(drawn.registers, drawn.period, drawn.as_of, drawn.taken, drawn.readings, drawn.supplied))
