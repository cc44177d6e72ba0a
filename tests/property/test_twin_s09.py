"""s09-chengde-12315 and its annual variant against their slow twin; see random_ledgers for how many ledgers."""

from __future__ import annotations

from hypothesis import given
from ledgers_s09 import COLUMNS, assessments
from random_ledgers import Assessment, agreed, many_ledgers, plain, score_by_auditlib
from twin_s09 import scored


@many_ledgers
@given(assessments(yearly=False))
def test_every_line_total_and_rank_of_a_month_is_what_walking_the_clauses_gives(drawn: Assessment) -> None:
    found = plain(score_by_auditlib("s09-chengde-12315", drawn, COLUMNS))
    agreed(found, scored(drawn.registers, drawn.period, drawn.as_of, drawn.taken, drawn.readings, drawn.supplied))


@many_ledgers
@given(assessments(yearly=True))
def test_every_line_total_and_rank_of_a_year_is_what_walking_the_clauses_gives(drawn: Assessment) -> None:
    found = plain(score_by_auditlib("s09-chengde-12315-annual", drawn, COLUMNS))
    agreed(found, scored(drawn.registers, drawn.period, drawn.as_of, drawn.taken, drawn.readings, drawn.supplied))
