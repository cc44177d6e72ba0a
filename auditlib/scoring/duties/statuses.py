"""The closed list of statuses, and the table of instances that every shape of duty gives."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from auditlib.core.values import Text
from auditlib.scheme.duties import Duty
from auditlib.scheme.quantities import DutyStatus
from auditlib.scoring.duties.found import START, UNIT
from auditlib.scoring.duties.limits import BY_THE_CLOCK, CIVIL, EXTENDED, SOFT, TARGET
from auditlib.scoring.duties.rows import CASE, KEY

__all__ = ["INSTANCES", "RATED", "STATUS", "STATUSES", "Judged", "conformed"]

STATUSES: dict[DutyStatus, Text] = {
    "met": Text(zh="按期履行", en="met"),
    "late": Text(zh="逾期履行", en="late"),
    "missed": Text(zh="应履行而未履行", en="missed"),
    "done": Text(zh="已履行,时限未定", en="done, no limit set"),
    "running": Text(zh="在期内", en="running"),
    "excused": Text(zh="免责", en="excused"),
    "handed_over": Text(zh="已移交", en="handed over"),
    "not_assessable": Text(zh="无法判断", en="not assessable"),
    "no_record": Text(zh="未见违反", en="no breach on record"),
    "not_applicable": Text(zh="不适用", en="not applicable"),
}
"""Every status, as people call it."""

RATED: tuple[DutyStatus, ...] = ("met", "late", "missed")
"""Those that a rate is a share of."""

STATUS = "status"

INSTANCES: dict[str, pl.DataType] = {
    "duty": pl.String(), "key": pl.String(), "case": pl.String(), "unit": pl.String(), "at": pl.Datetime("us"),
    "start": pl.Datetime("us"), "first_due": pl.Datetime("us"), "too_late": pl.Datetime("us"),
    "target": pl.Datetime("us"), "civil_code": pl.Datetime("us"), "by_the_clock": pl.Boolean(), "soft": pl.Boolean(),
    "extension": pl.String(), "until": pl.Datetime("us"), "cap": pl.Datetime("us"), "done": pl.Datetime("us"),
    "done_acts": pl.List(pl.String), "status": pl.String(), "way": pl.Int64(), "lacking": pl.List(pl.String),
    "missing": pl.List(pl.String),
    "parts": pl.List(pl.Struct({"name": pl.String, "status": pl.String, "done": pl.Datetime("us")})),
}  # fmt: skip
"""The columns of a table of instances: one row for each row that a duty applies to."""


@dataclass(frozen=True)
class Judged:
    """The instances of a duty (:data:`INSTANCES`), and the rows that it does not apply to, with their unit and time."""

    instances: pl.LazyFrame
    left: pl.LazyFrame


def conformed(duty: Duty, table: pl.LazyFrame) -> pl.LazyFrame:
    """A judged table in the columns of :data:`INSTANCES`; what a shape does not give is empty."""
    renamed = {
        "key": KEY, "case": CASE, "unit": UNIT, "at": "\x00own", "start": START, "target": TARGET, "civil_code": CIVIL,
        "by_the_clock": BY_THE_CLOCK, "soft": SOFT, "until": EXTENDED,
    }  # fmt: skip
    have = table.collect_schema()
    columns = []
    for name, dtype in INSTANCES.items():
        source = renamed.get(name, name)
        if name == "duty":
            columns.append(pl.lit(duty.id).alias(name))
        elif source in have:
            columns.append(pl.col(source).cast(dtype).alias(name))
        elif isinstance(dtype, pl.List) and name != "parts":
            columns.append(pl.lit([], dtype).alias(name))
        else:
            columns.append(pl.lit(None, dtype).alias(name))
    return table.select(columns)
