"""Decision tables: a column that the clauses give row by row, as the office that must handle a case, or its class."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from auditlib.core.values import Strict

__all__ = ["DecisionRow", "DecisionTable"]


class DecisionRow(Strict):
    """A row of a decision table: what it gives where ``when`` holds; without ``when``, where no row above does."""

    when: str | None = None
    gives: str


class DecisionTable(Strict):
    """A column by a decision table of the source: the office that must handle a case, or its class.

    ``hit: one``: two rows that fit leave it undecided, which is a fault of the source and no error; ``first``: the
    first that fits; ``highest``: of those that fit the one that stands first in ``order`` (等级从高).
    """

    clause: str
    hit: Literal["one", "first", "highest"]
    order: tuple[str, ...] = ()
    rows: Annotated[tuple[DecisionRow, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _ordered(self) -> DecisionTable:
        given = [row.gives for row in self.rows]
        if (self.hit == "highest") != bool(self.order):
            raise ValueError("found one of `hit: highest` and `order`, expected both or neither")
        if missing := [one for one in given if self.order and one not in self.order]:
            raise ValueError(f"found {missing[0]} given and not in order, expected every value in its place")
        if self.hit != "first" and any(row.when is None for row in self.rows):
            raise ValueError("found a row without when, expected it as the last row of `hit: first`")
        if any(row.when is None for row in self.rows[:-1]):
            raise ValueError("found a row without when above others, expected it as the last row")
        return self
