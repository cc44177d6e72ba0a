"""A restatement: the differences of every register, control totals by unit and month, completeness by age."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import polars as pl

from auditlib.analysis.checks.draw import ledger_seed
from auditlib.core.distributions import digits_text
from auditlib.core.errors import InputError
from auditlib.core.exact import full_text
from auditlib.core.period import Period
from auditlib.ledger.read import Ledger
from auditlib.ledger.registers import REGISTERS
from auditlib.restate.classes import CLASSES, Compared, compare_rows
from auditlib.restate.favour import Favour, favours, sign_test
from auditlib.scheme.load import Resolved

__all__ = ["AGES", "Restated", "completeness", "control_totals", "restate", "restatement_json"]

SCHEMA = "auditlib-restate/1"
AGES = (1, 2, 7, 30)
"""Days after its receipt by which a case should have been entered."""


@dataclass(frozen=True)
class Restated:
    """Two snapshots of one ledger compared; ``favour`` is empty where no scheme was given."""

    old: str
    new: str
    taken: datetime
    registers: tuple[Compared, ...]
    totals: tuple[dict[str, Any], ...]
    ages: tuple[dict[str, Any], ...]
    told_apart: bool
    """Whether entry times tell late arrivals from rows that were inserted."""
    favour: tuple[Favour, ...] = ()
    keyless: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Of registers whose rows have no key: how many rows are gone, and how many are new."""
    only_in_one: tuple[str, ...] = ()
    """Registers that one snapshot has and the other has not."""

    def count(self, *kinds: str) -> int:
        return sum(one.count(*kinds) for one in self.registers)


def restate(old: Ledger, new: Ledger, resolved: Resolved | None = None, period: Period | None = None) -> Restated:
    """Every difference between two snapshots, in one class each; with a scheme and period in whose favour they are.

    Raises :class:`InputError` where the first does not say when it was taken, where it was taken after the second, and
    where no case is in both.
    """
    taken = old.as_of
    if taken is None:
        said = "found no time, expected `as_of: …`, when the first snapshot was taken: it decides what is late"
        raise InputError.at(old.path / "ledger.yaml", "as_of", said)
    if new.as_of is not None and new.as_of < taken:
        raise InputError.at(new.path / "ledger.yaml", "as_of", f"found {new.as_of}, expected no earlier than {taken}")
    names = [name for name in REGISTERS if REGISTERS[name].key and name in old.registers and name in new.registers]
    if "cases" not in names:
        raise InputError.at(new.path, "cases", "expected a register of cases in both snapshots")
    sides = {name: (old.registers[name].collect(), new.registers[name].collect()) for name in names}
    compared = tuple(compare_rows(name, before, after, taken) for name, (before, after) in sides.items())
    cases = next(one for one in compared if one.register == "cases")
    if cases.before and cases.removed == cases.before:
        raise InputError.at(
            new.path, "cases", f"found no case of {old.path}, expected a later snapshot of the same ledger"
        )
    before, after = sides["cases"]
    found = favours(old, new, compared, resolved, period, taken) if resolved is not None and period is not None else ()
    return Restated(
        ledger_seed(old), ledger_seed(new), taken, compared, tuple(control_totals(before, after, cases)),
        tuple(completeness(after)), "entered_at" in after.columns, found, _keyless(old, new),
        tuple(sorted(old.registers.keys() ^ new.registers.keys())),
    )  # fmt: skip


def _keyless(old: Ledger, new: Ledger) -> dict[str, tuple[int, int]]:
    """By register without a key, the rows of either side that the other does not have, each as often as it stands."""
    found = {}
    for name in REGISTERS:
        if REGISTERS[name].key or name not in old.registers or name not in new.registers:
            continue
        sides = [ledger.registers[name].collect() for ledger in (old, new)]
        columns = sorted({*sides[0].columns, *sides[1].columns})
        counts = [
            frame.with_columns(pl.lit(None).alias(one) for one in columns if one not in frame.columns)
            .group_by(columns)
            .len()
            for frame in sides
        ]
        both = counts[0].join(counts[1], on=columns, how="full", suffix="_new", nulls_equal=True)
        more = pl.col("len").fill_null(0).cast(pl.Int64) - pl.col("len_new").fill_null(0).cast(pl.Int64)
        gone, came = both.select(
            more.clip(lower_bound=0).sum().alias("gone"), (-more).clip(lower_bound=0).sum().alias("came")
        ).row(0)
        found[name] = (gone, came)
    return found


def control_totals(old: pl.DataFrame, new: pl.DataFrame, cases: Compared) -> list[dict[str, Any]]:
    """By unit and month of receipt: rows and closed ones, and what came and went; opening + in − out = closing."""
    keys = ["unit", "month"]
    sides = []
    for frame in (old, new):
        month = pl.col("received_at").dt.strftime("%Y-%m").alias("month")
        closed = pl.col("closed_at") if "closed_at" in frame.columns else pl.lit(None, pl.Datetime("us"))
        took = (closed - pl.col("received_at")).dt.total_seconds()
        sides.append(
            frame.group_by("unit", month).agg(
                pl.len().alias("rows"), closed.count().alias("closed"), took.sum().alias("seconds")
            )
        )
    both = sides[0].join(sides[1], on=keys, how="full", suffix="_after", coalesce=True).fill_null(0).sort(keys)
    places = [
        dict(
            frame.select(
                "case_id", pl.struct("unit", pl.col("received_at").dt.strftime("%Y-%m").alias("month"))
            ).iter_rows()
        )
        for frame in (old, new)
    ]
    came, went = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for one in cases.differences:
        was, is_ = (tuple(place[one.key].values()) if one.key in place else None for place in places)
        if was != is_:
            went.update([was] if was else [])
            came.update([is_] if is_ else [])
    rows = []
    for row in both.iter_rows(named=True):
        place = (row["unit"], row["month"])
        rows.append({
            "unit": row["unit"], "month": row["month"], "opening": row["rows"], "in": came[place], "out": went[place],
            "closing": row["rows_after"], "closed_before": row["closed"], "closed_after": row["closed_after"],
            "seconds_before": row["seconds"], "seconds_after": row["seconds_after"],
        })  # fmt: skip
    return rows


def completeness(cases: pl.DataFrame, ages: Sequence[int] = AGES) -> list[dict[str, Any]]:
    """By unit how many cases have an entry time, and which share was entered within so many days of the receipt."""
    if "entered_at" not in cases.columns:
        return []
    lag = pl.col("entered_at") - pl.col("received_at")
    table = cases.filter(pl.col("entered_at").is_not_null()).group_by("unit").agg(
        pl.len().alias("entered"), *((lag <= timedelta(days=age)).sum().alias(str(age)) for age in ages)
    )  # fmt: skip
    return [
        {"unit": row["unit"], "entered": row["entered"],
         "within_days": {str(age): full_text(Fraction(row[str(age)], row["entered"])) for age in ages}}
        for row in table.sort("unit").iter_rows(named=True)
    ]  # fmt: skip


def restatement_json(found: Restated) -> dict[str, Any]:
    """The restatement as data: every difference with its class and cells, totals, completeness, points by class."""
    changes = [one.change for one in found.favour if one.change]
    gains, losses = sum(change > 0 for change in changes), sum(change < 0 for change in changes)
    return {
        "schema": SCHEMA, "old": found.old, "new": found.new, "taken": found.taken.isoformat(),
        "late_arrivals_told_apart": found.told_apart,
        "registers": {
            one.register: {
                "rows_before": one.before, "rows_after": one.after, "unchanged": one.unchanged, "added": one.added,
                "removed": one.removed, "changed": len(one.differences) - one.added - one.removed,
                "cells_changed": one.cells_changed,
                "classes": {kind: one.count(kind) for kind in CLASSES if one.count(kind)},
            }
            for one in found.registers
        },
        "registers_without_key": {name: {"gone": gone, "new": came} for name, (gone, came) in found.keyless.items()},
        "registers_in_one_alone": list(found.only_in_one),
        "differences": [
            {"register": one.register, "key": one.key, "unit": one.unit, "class": one.kind,
             "cells": {name: [_written(old), _written(new)] for name, (old, new) in one.cells.items()}}
            for compared in found.registers
            for one in compared.differences
        ],
        "totals": list(found.totals),
        "completeness": list(found.ages),
        "points": [
            {"unit": one.unit, "before": _points(one.before), "after": _points(one.after),
             "classes": {kind: full_text(value) for kind, value in one.parts.items()},
             "interaction": _points(one.interaction)}
            for one in found.favour
        ],
        "direction": {"units_gaining": gains, "units_losing": losses,
                      "p": digits_text(sign_test(gains, losses)) if gains + losses else None},
    }  # fmt: skip


def _written(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _points(value: Fraction | None) -> str | None:
    return None if value is None else full_text(value)
