"""A restatement with what it means: control totals of cases, completeness by age, and in whose favour it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Protocol

import polars as pl

from auditlib.analysis.checks.draw import ledger_seed
from auditlib.core.distributions import digits_text
from auditlib.core.errors import InputError
from auditlib.core.exact import full_text
from auditlib.core.period import Period
from auditlib.ledger.divided.parts import Part
from auditlib.ledger.read import Ledger
from auditlib.ledger.restatement.paired_parts import PartsQuestion, PartTold
from auditlib.ledger.restatement.restatement import Restatement, restated
from auditlib.restate.favour import Favour, favours, sign_test
from auditlib.scheme.load import Resolved
from auditlib.scoring.counts import Count

__all__ = ["AGES", "Restated", "RestatedApart", "completeness", "restate", "restatement_json"]

SCHEMA = "auditlib-restate/1"
AGES = (1, 2, 7, 30)
"""Days after its receipt by which a case should have been entered."""
LAG = ("unit", "received_at", "entered_at")


class RestatedApart(Protocol):
    """Who compares and counts two snapshots that lie in equally many parts."""

    def asked(self, question: PartsQuestion) -> Callable[[], Sequence[Sequence[PartTold]]]:
        """Asks every part what became of its rows; what comes back waits for the answers."""

    def counted(self, ledger: Ledger, parts: Sequence[Part]) -> Count:
        """Who counts the rows of a ledger in these parts."""


@dataclass(frozen=True)
class Restated:
    """Two snapshots of one ledger compared; ``favour`` is empty where no scheme was given."""

    old: str
    new: str
    taken: datetime
    found: Restatement
    ages: tuple[dict[str, Any], ...]
    told_apart: bool
    """Whether entry times tell late arrivals from rows that were inserted."""
    favour: tuple[Favour, ...] = ()
    only_in_one: tuple[str, ...] = ()
    """Registers that one snapshot has and the other has not."""
    scheme: str | None = None
    period: str | None = None

    def count(self, *kinds: str) -> int:
        """How many rows are in one of these classes."""
        return self.found.rows.filter(pl.col("class").is_in(kinds)).height


def restate(
    old: Ledger, new: Ledger, resolved: Resolved | None = None, period: Period | None = None,
    apart: RestatedApart | None = None,
) -> Restated:  # fmt: skip
    """Every difference between two snapshots, in one class each; with a scheme and period in whose favour they are.

    ``apart`` compares and counts the parts that both snapshots lie in; what is found is the same.
    Raises :class:`InputError` where the first does not say when it was taken, where it was taken after the second, and
    where no case is in both.
    """
    taken = old.as_of
    if taken is None:
        said = "found no time, expected `as_of: …`, when the first snapshot was taken: it decides what is late"
        raise InputError.at(old.path / "ledger.yaml", "as_of", said)
    if new.as_of is not None and new.as_of < taken:
        raise InputError.at(new.path / "ledger.yaml", "as_of", f"found {new.as_of}, expected no earlier than {taken}")
    if "cases" not in old.registers or "cases" not in new.registers:
        raise InputError.at(new.path, "cases", "expected a register of cases in both snapshots")
    asked = apart.asked if apart is not None else None
    found = restated(old.registers, new.registers, taken, {**old.known, **new.known}, asked)
    cases = found.registers().row(by_predicate=pl.col("register") == "cases", named=True)
    if cases["before"] and cases["removed"] == cases["before"]:
        raise InputError.at(
            new.path, "cases", f"found no case of {old.path}, expected a later snapshot of the same ledger"
        )
    names = [name for name in new.registers["cases"].collect_schema().names() if name in LAG]
    after = new.registers["cases"].select(names).collect()
    points: tuple[Favour, ...] = ()
    if resolved is not None and period is not None:
        counted = apart.counted if apart is not None else None
        points = favours(old, new, found.rows, resolved, period, taken, counted)
    return Restated(
        ledger_seed(old), ledger_seed(new), taken, found, tuple(completeness(after)), "entered_at" in after.columns,
        points, tuple(sorted(old.registers.keys() ^ new.registers.keys())),
        resolved.scheme.scheme if resolved is not None else None, None if period is None else str(period),
    )  # fmt: skip


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
    plain = found.found.plain()
    return {
        "schema": SCHEMA, "old": found.old, "new": found.new, "taken": found.taken.isoformat(),
        "scheme": found.scheme, "period": found.period,
        "late_arrivals_told_apart": found.told_apart,
        "registers": {one["register"]: _register(found.found, one) for one in plain["registers"]},
        "registers_in_one_alone": list(found.only_in_one),
        "differences": plain["rows"],
        "totals": [_total(one) for one in plain["totals"] if one["register"] == "cases"],
        "completeness": list(found.ages),
        "points": [
            {"unit": one.unit, "before": _points(one.before), "after": _points(one.after),
             "classes": {kind: full_text(value) for kind, value in one.parts.items()},
             "interaction": _points(one.interaction),
             "rank_before": one.ranks[0], "rank_after": one.ranks[1], "ranks_alone": dict(one.ranks_alone)}
            for one in found.favour
        ],
        "direction": {"units_gaining": gains, "units_losing": losses,
                      "p": digits_text(sign_test(gains, losses)) if gains + losses else None},
    }  # fmt: skip


def _register(found: Restatement, counts: dict[str, Any]) -> dict[str, Any]:
    own = pl.col("register") == counts["register"]
    cells = found.columns().filter(own).group_by("column").agg(pl.col("cells").sum()).sort("column")
    return {
        "rows_before": counts["before"], "rows_after": counts["after"],
        "unchanged": counts["before"] - counts["removed"] - counts["changed"],
        "added": counts["added"], "removed": counts["removed"], "changed": counts["changed"],
        "cells_changed": dict(cells.iter_rows()),
        "classes": dict(found.classes().filter(own).select("class", "rows").iter_rows()),
    }  # fmt: skip


def _total(one: dict[str, Any]) -> dict[str, Any]:
    """Cases of a unit and month of receipt: opening + in − out = closing."""
    facts = ("closed_before", "closed_after", "seconds_before", "seconds_after")
    return {
        "unit": one["unit"], "month": one["month"], "opening": one["before"], "in": one["added"] + one["moved_in"],
        "out": one["removed"] + one["moved_out"], "closing": one["after"], **{name: one[name] for name in facts},
    }  # fmt: skip


def _points(value: Fraction | None) -> str | None:
    return None if value is None else full_text(value)
