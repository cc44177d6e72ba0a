"""Faults told in the terms of a source: its columns, and the text that stands there."""

from __future__ import annotations

import polars as pl

from auditlib.ledger.checks import REJECTS_SCHEMA, ROW
from auditlib.ledger.expectations import NOTHING
from auditlib.ledger.intake.mapping import RegisterMapping
from auditlib.ledger.privacy.find import NO_PERSONAL_DATA, withhold

__all__ = ["in_source_terms"]


def in_source_terms(faults: pl.DataFrame, declared: RegisterMapping, tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """The faults with the source's columns and the text that stands there: what its owner can search for."""
    origins = declared.all_columns
    cells = {
        file: {row[ROW]: row for row in table.filter(pl.col(ROW).is_in(faults["row"].implode())).iter_rows(named=True)}
        for file, table in tables.items()
    }
    rows = []
    for fault in faults.iter_rows(named=True):
        origin = origins.get(fault["column"])
        if origin is not None and origin.sources:
            fault["column"] = "+".join(origin.sources)
            # What is personal may be so only in the ledger's terms: two halves of a number that the mapping joins.
            known = declared.unpivot is None and fault["row"] in cells[fault["file"]]
            if known and origin.personal != "pseudonym" and fault["expected"] != NO_PERSONAL_DATA:
                written = [cells[fault["file"]][fault["row"]][source] for source in origin.sources]
                texts = (str(NOTHING) if value is None else withhold(str(value), persons=True) for value in written)
                fault["found"] = " + ".join(texts)
        rows.append(fault)
    return pl.DataFrame(rows, schema=REJECTS_SCHEMA)
