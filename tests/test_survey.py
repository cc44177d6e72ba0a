"""Clauses of published rule sets from outside the sources, each worked: written, scored, and what comes out."""

from __future__ import annotations

import pytest

from auditlib.proofs.check import check_scheme
from tests.worked import clauses_of, exact, found_of, scored_clause

CLAUSES = clauses_of()


def test_no_clause_is_worked_twice() -> None:
    ids = [id for id, _ in CLAUSES]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("id", "clause"), CLAUSES, ids=[id for id, _ in CLAUSES])
def test_a_clause_comes_out_as_its_words_say_and_reaches_nothing_that_check_proves_unreachable(
    id, clause, tmp_path
) -> None:
    result = scored_clause(tmp_path, clause)
    assert found_of(result, clause) == {unit: exact(value) for unit, value in clause["expected"].items()}
    reached: set[str] = set()
    for unit in result.units:
        reached |= {name for name, value in unit.measures.items() if value}
        reached |= {one.id for one in unit.outcomes}
        nodes = (*unit.indicators, *unit.branches)
        reached |= {f"{node.id}.{line.rule}" for node in nodes for line in node.lines if line.points}
    findings = check_scheme(tmp_path / "clause.yaml").findings
    assert reached.isdisjoint(one.at for one in findings if one.kind == "unreachable")
