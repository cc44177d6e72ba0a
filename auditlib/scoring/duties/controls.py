"""What people found who looked at duties that are computed: shown beside the records, which stand."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from auditlib.core.message import Message, Notice
from auditlib.scheme.duties import Duty
from auditlib.scoring.duties.rows import KEY, DutyRows

__all__ = ["CONTROLS", "beside_checks", "contradicted", "control_notice"]

CONTROLS = {"check": pl.String, "check_result": pl.String}
"""Beside an instance: the key and the result of the last answer that a person gave on its case."""
SAYS_OTHERWISE = {
    "符合": ("late", "missed"),
    "不符合": ("met", "done", "no_record"),
    "不适用": ("met", "late", "missed"),
}
"""The statuses that an answer contradicts."""
SHOWN = 5


def beside_checks(rows: DutyRows, table: pl.LazyFrame) -> pl.LazyFrame:
    """The instances with :data:`CONTROLS`; empty where nobody looked, and for duties that a person answers anyway."""
    computed = [duty.id for duty in rows.scheme.duties if duty.asked is None]
    if "checks" not in rows.registers:
        return table.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in CONTROLS.items())
    checks = rows.rows("checks").filter(pl.col("duty").is_in(computed) & pl.col("case_id").is_not_null())
    last = checks.sort("at", KEY).group_by("duty", "case_id", maintain_order=True).last()
    found = last.select("duty", pl.col("case_id").alias("case"), check=KEY, check_result="result")
    return table.join(found.lazy(), on=["duty", "case"], how="left", maintain_order="left")


def contradicted(table: pl.DataFrame) -> list[str]:
    """The checks that say otherwise than the records, by key, of one duty's instances."""
    wrong = [
        (pl.col("check_result") == answer) & pl.col("status").is_in(statuses)
        for answer, statuses in SAYS_OTHERWISE.items()
    ]
    return table.filter(pl.any_horizontal(wrong))["check"].drop_nulls().unique().sort().to_list()


def control_notice(duty: Duty, checks: Sequence[str]) -> Notice:
    """Where a person says otherwise than the records."""
    more = "" if len(checks) <= SHOWN else f" … ({len(checks)})"
    message = Message(
        "{duty}: checks {rows} say otherwise than the records, which stand; both are shown",
        duty=duty.title, rows=", ".join(checks[:SHOWN]) + more,
    )  # fmt: skip
    return Notice("checked_otherwise", message)
