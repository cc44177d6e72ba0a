"""Acts from the two shapes in which systems export them: a log, a row an act, and a wide sheet, a column a step.

A wide sheet becomes a table for each step, so that a fault names the step and spoils no other act of its row. So does
a table whose columns become rows (`unpivot`) for each of these columns.
"""

from __future__ import annotations

import polars as pl

from auditlib.ledger.intake.mapping import RegisterMapping
from auditlib.ledger.intake.origin import SourceColumn

__all__ = ["ActNumbers", "step_tables"]


def step_tables(declared: RegisterMapping) -> dict[str, RegisterMapping]:
    """What a register is read by: itself, or for each step of a wide sheet the rows in which its time is filled.

    The same for each column that becomes rows.
    """
    if declared.unpivot is not None:
        whole = declared.unpivot
        return {
            column: declared.model_copy(update={"unpivot": whole.model_copy(update={"columns": (column,)})})
            for column in whole.columns
        }
    if declared.steps is None:
        return {"": declared}
    return {
        step: declared.model_copy(
            update={
                "steps": None,
                "filled": own["at"].column,
                "columns": {"act": SourceColumn(constant=step), **declared.columns, **own},
            }
        )
        for step, own in declared.steps.items()
    }


class ActNumbers:
    """Numbers for acts whose source has none: the case's, with the step or a count of the case's acts so far."""

    def __init__(self) -> None:
        self._before: dict[str, int] = {}

    def add(self, mapped: pl.DataFrame, step: str) -> pl.DataFrame:
        """The rows with a column ``act_id``, where they have none."""
        if "act_id" in mapped.columns:
            return mapped
        case = pl.col("case_id")
        if step:
            return mapped.with_columns(act_id=pl.format("{}-{}", case, pl.lit(step)))
        number = pl.int_range(1, pl.len() + 1).over("case_id") + case.replace_strict(
            self._before, default=0, return_dtype=pl.Int64
        )
        numbered = mapped.with_columns(act_id=pl.format("{}-{}", case, number))
        for name, count in mapped.drop_nulls("case_id").group_by("case_id").len().iter_rows():
            self._before[name] = self._before.get(name, 0) + count
        return numbered
