"""The made-up winter with manipulation planted in it: what it was, what it was made into, and a list of what was done.

Two snapshots of one ledger, the earlier one honest and taken soon after the month, the later one after somebody went
over it. Which cases are touched follows from the SHA-256 of plant and case: the same ledger gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from auditlib.core.cells import csv_text, inert_frame
from auditlib.core.errors import InputError
from auditlib.core.files import whole_folder
from auditlib.ledger.read import Ledger
from auditlib.ledger.registers import REGISTERS

__all__ = ["AFTER", "BEFORE", "LIST", "MONTH", "TAKEN", "write_planted"]

BEFORE, AFTER, LIST = "before", "after", "planted.csv"
MONTH = "2026-01"
TAKEN = datetime(2026, 2, 5)
"""When the earlier snapshot was taken."""
FIRST, LAST = datetime(2026, 1, 1), datetime(2026, 2, 1)
"""Cases received from the one to the other are touched."""
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ROOM = 50 * HOUR
"""So long was a case open that may be handled late without its closing having to move."""
COLUMNS = ("plant", "test", "unit", "case_id", "column", "before", "after")


@dataclass(frozen=True)
class _Plant:
    """A plant: what it is called, the test that should see it, whose cases, how many."""

    name: str
    test: str
    unit: str
    count: int


PLANTS = (
    _Plant("shaved", "bunching", "D03", 40),
    _Plant("batch", "batches", "D06", 25),
    _Plant("excluded", "exclusions", "D08", 14),
    _Plant("reclassified", "reclassified", "D09", 18),
    _Plant("registered_anew", "reregistered", "D01", 16),
    _Plant("unrated", "nonresponse", "D10", 24),
    _Plant("satisfied", "all_satisfied", "D12", 10**6),
    _Plant("removed", "restate/removed", "D02", 8),
    _Plant("rounded", "round_times", "D11", 10**6),
)
"""In this order: a case that one has touched is left to it."""
BATCH_AT = datetime(2026, 1, 28, 23, 57)
FREE = 19_801
"""The first number that no case of the winter has."""
APPROVER, OTHERS = "丙处", "甲处"


@dataclass
class _Changes:
    """Values by column and case, of both snapshots (``true``) and of the later one alone (``false``)."""

    true: dict[str, dict[str, Any]] = field(default_factory=dict)
    false: dict[str, dict[str, Any]] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    added: list[dict[str, Any]] = field(default_factory=list)
    excluded: list[dict[str, str]] = field(default_factory=list)
    listed: list[tuple[str, ...]] = field(default_factory=list)

    def really(self, case: str, column: str, value: Any) -> None:
        self.true.setdefault(column, {})[case] = value

    def made(self, plant: _Plant, row: dict[str, Any], column: str, value: Any) -> None:
        """A value in the later snapshot that differs from what was so."""
        case = row["case_id"]
        was = self.true.get(column, {}).get(case, row[column])
        self.false.setdefault(column, {})[case] = value
        self.tell(plant, row["unit"], case, column, was, value)

    def tell(self, plant: _Plant, unit: str, case: str, column: str, was: Any, value: Any) -> None:
        self.listed.append((plant.name, plant.test, unit, case, column, _cell(was), _cell(value)))


def _cell(value: Any) -> str:
    """A value as the registers write it."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else value.isoformat() if isinstance(value, datetime) else str(value)


def write_planted(ledger: Ledger, folder: Path) -> int:
    """Write both snapshots and the list into ``folder``, whole or not at all; gives how many values were planted.

    ``ledger`` is the made-up winter. Raises :class:`InputError` where it is another one, and where the folder is there.
    """
    if folder.exists():
        raise InputError.at(folder, "", "found it there already, expected a new folder")
    cases = ledger.registers["cases"].collect() if "cases" in ledger.registers else pl.DataFrame()
    units = set(cases["unit"]) if cases.width else set()
    if not {plant.unit for plant in PLANTS} <= units or ledger.note.mapping != "heating-winter":
        raise InputError.at(ledger.path, "", "found another ledger, expected that of the made-up winter")
    changes = _planted(cases)
    true = _with(cases, changes.true)
    others = {name: frame.collect() for name, frame in ledger.registers.items() if name != "cases"}
    after = _with(true, changes.false).filter(~pl.col("case_id").is_in(changes.gone))
    after = pl.concat([after, pl.DataFrame(changes.added, schema=after.schema)]).sort("case_id")
    excluded = pl.DataFrame(changes.excluded)
    with whole_folder(folder) as made:
        _write(made / BEFORE, {**others, "cases": true}, ledger, TAKEN)
        _write(made / AFTER, {**others, "cases": after, "exclusions": excluded}, ledger, ledger.as_of)
        (made / LIST).write_text(csv_text(COLUMNS, changes.listed), encoding="utf-8")
    return len(changes.listed)


def _planted(cases: pl.DataFrame) -> _Changes:
    changes, taken = _Changes(), set[str]()
    inside = cases.filter(
        pl.col("received_at").is_between(FIRST, LAST, closed="left")
        & (pl.col("entered_at") < TAKEN)
        & pl.col("closed_at").is_not_null()
    )
    for plant in PLANTS:
        own = inside.filter((pl.col("unit") == plant.unit) & ~pl.col("case_id").is_in(list(taken)))
        rows = [row for row in _in_order(plant, own) if WANTED[plant.name](row)][: plant.count]
        for number, row in enumerate(rows):
            taken.add(row["case_id"])
            DONE[plant.name](changes, plant, row, number)
    _innocent_exclusions(changes, inside.filter(~pl.col("case_id").is_in(list(taken))))
    return changes


def _in_order(plant: _Plant, rows: pl.DataFrame) -> list[dict[str, Any]]:
    return sorted(
        rows.iter_rows(named=True), key=lambda row: sha256(f"{plant.name}\n{row['case_id']}".encode()).digest()
    )


def _simple(row: dict[str, Any]) -> bool:
    """A complaint with the limit of 24 hours, open for so long that it may have been handled late."""
    return bool(row["kind"] == "投诉" and row["closed_at"] - row["received_at"] >= ROOM)


def _late(changes: _Changes, row: dict[str, Any], number: int, hours: int = 9) -> None:
    """Let a case really be handled from some minutes to some hours after its 24 hours."""
    after = timedelta(minutes=10 + number * 53 % (60 * hours), seconds=number * 17 % 60)
    changes.really(row["case_id"], "planned_at", row["received_at"] + 24 * HOUR + after)


def _shaved(changes: _Changes, plant: _Plant, row: dict[str, Any], number: int) -> None:
    _late(changes, row, number)
    before = timedelta(minutes=1 + number * 13 % 58, seconds=number * 29 % 60)
    changes.made(plant, row, "planned_at", row["received_at"] + 24 * HOUR - before)


def _batch(changes: _Changes, plant: _Plant, row: dict[str, Any], number: int) -> None:
    changes.made(plant, row, "closed_at", BATCH_AT + timedelta(seconds=number * 2))


def _excluded(changes: _Changes, plant: _Plant, row: dict[str, Any], number: int) -> None:
    if number < 12:
        _late(changes, row, number)
    changes.excluded.append(_exclusion(row["case_id"], APPROVER))
    changes.tell(plant, row["unit"], row["case_id"], "excluded", None, APPROVER)


def _innocent_exclusions(changes: _Changes, rows: pl.DataFrame) -> None:
    """Thirty cases that another office left out, whatever their times."""
    order = _in_order(_Plant("innocent", "", "", 0), rows.filter(pl.col("kind") == "投诉"))
    changes.excluded += [_exclusion(row["case_id"], OTHERS) for row in order[:30]]


def _exclusion(case: str, approver: str) -> dict[str, str]:
    return {"case_id": case, "reason": "用户原因无法入户", "approver": approver, "clause": "一"}


def _reclassified(changes: _Changes, plant: _Plant, row: dict[str, Any], number: int) -> None:
    if number % 3 == 2:  # what is handled close to its limit, and honestly
        changes.really(row["case_id"], "planned_at", row["received_at"] + 19 * HOUR + number * 15 * MINUTE)
        return
    changes.really(row["case_id"], "planned_at", row["received_at"] + 24 * HOUR + (10 + number * 17) * MINUTE)
    changes.made(plant, row, "kind", "复杂")


def _anew(changes: _Changes, plant: _Plant, row: dict[str, Any], number: int) -> None:
    _late(changes, row, number)
    start = row["closed_at"] + (3 + number) * HOUR
    times = {"received_at": 0, "entered_at": 1, "accepted_at": 10, "dispatched_at": 12, "contacted_at": 50,
             "planned_at": 300, "replied_at": 2900, "closed_at": 2950}  # fmt: skip
    new = {**row, **{name: start + minutes * (1 + number) * MINUTE / 7 for name, minutes in times.items()}}
    new |= {"case_id": f"GD-{FREE + number:06d}", "satisfaction": None, "survey_channel": None, "reviewed_at": None}
    changes.added.append({**new, "redone": None})
    changes.tell(plant, row["unit"], new["case_id"], "case_id", None, new["case_id"])


def _unrated(changes: _Changes, plant: _Plant, row: dict[str, Any], number: int) -> None:
    _late(changes, row, number)
    for column in ("satisfaction", "survey_channel", "reviewed_at", "redone"):
        if row[column] is not None:
            changes.made(plant, row, column, None)


def _satisfied(changes: _Changes, plant: _Plant, row: dict[str, Any], number: int) -> None:
    changes.made(plant, row, "satisfaction", "满意")
    for column in ("reviewed_at", "redone"):
        if row[column] is not None:
            changes.made(plant, row, column, None)


def _removed(changes: _Changes, plant: _Plant, row: dict[str, Any], number: int) -> None:
    _late(changes, row, number)
    changes.gone.append(row["case_id"])
    changes.tell(plant, row["unit"], row["case_id"], "case_id", row["case_id"], None)


def _rounded(changes: _Changes, plant: _Plant, row: dict[str, Any], number: int) -> None:
    since = (row["contacted_at"] - datetime(1970, 1, 1)) % (30 * MINUTE)
    changes.made(plant, row, "contacted_at", row["contacted_at"] + (30 * MINUTE - since) % (30 * MINUTE))


def _early(row: dict[str, Any]) -> bool:
    """Closed by the time of the batch, and not long before; no review comes after it."""
    return bool(timedelta() < BATCH_AT - row["closed_at"] < 4 * 24 * HOUR and row["reviewed_at"] is None)


def _contacted(row: dict[str, Any]) -> bool:
    times = [row[name] for name in ("planned_at", "replied_at", "closed_at") if row[name] is not None]
    return row["contacted_at"] is not None and min(times) - row["contacted_at"] > 30 * MINUTE


WANTED = {
    "shaved": _simple, "batch": _early, "excluded": _simple, "reclassified": _simple, "registered_anew": _simple,
    "unrated": lambda row: _simple(row) and row["satisfaction"] is not None,
    "satisfied": lambda row: row["satisfaction"] == "不满意", "removed": _simple, "rounded": _contacted,
}  # fmt: skip
DONE = {
    "shaved": _shaved, "batch": _batch, "excluded": _excluded, "reclassified": _reclassified, "registered_anew": _anew,
    "unrated": _unrated, "satisfied": _satisfied, "removed": _removed, "rounded": _rounded,
}  # fmt: skip


def _with(cases: pl.DataFrame, values: dict[str, dict[str, Any]]) -> pl.DataFrame:
    """The cases with other values, by column and case."""
    changed = []
    for column, own in values.items():
        new = pl.DataFrame({"case_id": list(own), column: list(own.values())},
                           schema={"case_id": pl.String, column: cases.schema[column]})  # fmt: skip
        joined = cases.select("case_id").join(new, on="case_id", how="left", maintain_order="left")
        touched = pl.col("case_id").is_in(list(own))
        changed.append(pl.when(touched).then(pl.lit(joined[column])).otherwise(pl.col(column)).alias(column))
    return cases.with_columns(changed)


def _write(folder: Path, registers: dict[str, pl.DataFrame], ledger: Ledger, as_of: datetime | None) -> None:
    """A ledger as it was known at a time: what happened later is not in it."""
    assert as_of is not None
    folder.mkdir()
    for name, rows in registers.items():
        known = rows
        for step in _known(name, rows, as_of):
            known = step(known)
        times = pl.col(pl.Datetime("us")).dt.strftime("%Y-%m-%dT%H:%M:%S%.6f").str.strip_suffix(".000000")
        inert_frame(known.with_columns(times)).write_csv(folder / f"{name}.csv")
    title = ledger.note.title.model_dump() if ledger.note.title is not None else None
    note = {"title": title, "synthetic": True, "timezone": ledger.note.timezone, "as_of": as_of.isoformat()}
    (folder / "ledger.yaml").write_text(yaml.safe_dump(note, allow_unicode=True, sort_keys=False), encoding="utf-8")


RATED = ("status", "resolved", "satisfaction", "survey_channel", "reviewed_at", "redone")
"""What is known of a case once it is closed."""


def _known(name: str, rows: pl.DataFrame, as_of: datetime) -> Iterator[Any]:
    times: Sequence[str] = [
        column.name for column in REGISTERS[name].columns if column.type == "time" and column.name in rows.columns
    ]
    firsts = [one for one in ("received_at", "entered_at", "at") if one in times and name != "units"]
    if name == "units":
        return
    if name == "submissions":
        yield lambda frame: frame.filter(pl.col("due_at") <= as_of)
    for first in firsts:
        yield lambda frame, first=first: frame.filter(pl.col(first).is_null() | (pl.col(first) <= as_of))
    late = {one: pl.when(pl.col(one) <= as_of).then(pl.col(one)) for one in times if one not in firsts}
    yield lambda frame: frame.with_columns(**late)
    if name == "cases":
        is_open = pl.col("closed_at").is_null()
        kept = {one: pl.when(~is_open).then(pl.col(one)) for one in RATED if one != "status"}
        yield lambda frame: frame.with_columns(
            status=pl.when(is_open).then(pl.lit("在办")).otherwise(pl.col("status")), **kept
        )
