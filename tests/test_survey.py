"""Clauses of published rule sets from outside the sources, each worked: written, scored, and what comes out."""

from __future__ import annotations

import pytest

from tests.worked import clauses_of, exact, found_of, scored_clause

CLAUSES = clauses_of()


def test_no_clause_is_worked_twice() -> None:
    ids = [id for id, _ in CLAUSES]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("id", "clause"), CLAUSES, ids=[id for id, _ in CLAUSES])
def test_a_clause_comes_out_as_its_words_say(id, clause, tmp_path) -> None:
    found = found_of(scored_clause(tmp_path, clause), clause)
    assert found == {unit: exact(value) for unit, value in clause["expected"].items()}
