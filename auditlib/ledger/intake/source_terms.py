"""Faults of rows in the terms of the source: its columns, and the text that stands there."""

from __future__ import annotations

import polars as pl

from auditlib.ledger.checks import REJECTS_SCHEMA, ROW
from auditlib.ledger.expectations import NOTHING
from auditlib.ledger.intake.mapping import RegisterMapping
from auditlib.ledger.privacy.find import NO_PERSONAL_DATA, withhold

__all__ = ["in_source_terms"]


def in_source_terms(faults: pl.DataFrame, tables: dict[str, tuple[RegisterMapping, pl.DataFrame]]) -> pl.DataFrame:
    """The faults with the source's columns and the text that stands there: what its owner can search for."""
    named = pl.col(ROW).is_in(faults["row"].implode())
    cells = {
        file: {row[ROW]: row for row in table.filter(named).iter_rows(named=True)}
        for file, (_, table) in tables.items()
    }  # fmt: skip
    rows = []
    for fault in faults.iter_rows(named=True):
        declared, _ = tables.get(fault["file"], (None, None))
        origin = declared.all_columns.get(fault["column"]) if declared is not None else None
        if declared is not None and origin is not None and origin.sources:
            fault["column"] = "+".join(_in_the_file(source, declared) for source in origin.sources)
            # What is personal may be so only in the ledger's terms: two halves of a number that the mapping joins.
            known = fault["row"] in cells[fault["file"]]
            if known and origin.personal != "pseudonym" and fault["expected"] != NO_PERSONAL_DATA:
                written = [cells[fault["file"]][fault["row"]][source] for source in origin.sources]
                texts = (str(NOTHING) if value is None else withhold(str(value), persons=True) for value in written)
                fault["found"] = " + ".join(texts)
        rows.append(fault)
    return pl.DataFrame(rows, schema=REJECTS_SCHEMA)


def _in_the_file(source: str, declared: RegisterMapping) -> str:
    """What a column is called in the file: that of values is the one that became rows."""
    made = declared.unpivot
    return made.columns[0] if made is not None and source in (made.value, made.name) else source
