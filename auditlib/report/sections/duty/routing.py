"""Who had to handle what: what the decision tables of the source give for the cases of the period."""

from __future__ import annotations

import pandas as pd
import polars as pl

from auditlib.report.duty_page import DutyPage
from auditlib.report.headings.duty import DUTY
from auditlib.report.markup import UnitName
from auditlib.report.section import NOTHING, Section, joined_sections, table_section

__all__ = ["section"]


def section(page: DutyPage) -> Section:
    """For each decision table a row a unit and a column a value; nothing where no duty looks at such a table, nor
    on the page of a case."""
    names = page.compliance.decided["column"].unique(maintain_order=True).to_list()
    shown = names if page.view.case is None else ()
    return joined_sections(*(_matrix(page, name) for name in shown)) if shown else NOTHING


def _matrix(page: DutyPage, name: str) -> Section:
    decided = page.compliance.decided.filter(pl.col("column") == name)
    column = page.scheme.columns["cases"][name]
    assert column.choose is not None
    given = dict.fromkeys(row.gives for row in column.choose.rows)
    values = [*given, *sorted(set(decided["value"].drop_nulls()) - given.keys())]
    found = {(unit, value): count for _, unit, value, count in decided.iter_rows()}
    undecided = any(value is None for _, value in found)
    columns: list[str | None] = [*(v for v in values if any(value == v for _, value in found))]
    columns += [None] if undecided else []
    actors = page.scheme.actors
    heads = [
        page.t("undecided") if v is None else actors[v](page.language) if v in actors else v for v in columns
    ]  # fmt: skip
    units = list(dict.fromkeys(unit for unit, _ in found))
    rows = [
        [UnitName(page.name(unit), unit), *(str(found.get((unit, value), "")) for value in columns)] for unit in units
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=[page.t(DUTY["unit"]), *heads], dtype=object)
    title = f"{page.t(DUTY['routing'])}{page.t(': ')}{column.title(page.language) if column.title else name}"
    note = page.t(
        "By the decision table of {clause}: cases received in the period, by the unit that has them and what the table "
        "gives.",
        clause=column.choose.clause,
    )  # fmt: skip
    return table_section(f"routing-{name}", title, table, page.language, note, numbers=heads)
