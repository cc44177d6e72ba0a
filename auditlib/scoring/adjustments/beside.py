"""A result beside what it was without adjustments: both totals and ranks, who else moved, and what readers are told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import polars as pl

from auditlib.core.message import Message, Notice
from auditlib.ledger.read import Ledger
from auditlib.scoring.adjustments.appeals import KIND, appeals_elsewhere
from auditlib.scoring.adjustments.overlay import Overlay
from auditlib.scoring.result import TOTAL, AppliedAdjustment, BeforeAdjustments, Result, UnitScore

__all__ = ["adjustment_notices", "applied_adjustments", "beside_unadjusted", "pending_appeals"]


def beside_unadjusted(result: Result, before: Result, overlay: Overlay) -> Result:
    """``result`` with what each unit had in ``before``, and notices on what was decided and who moved."""
    earlier = {unit.unit: unit for unit in before.units}
    units = tuple(_beside(unit, earlier.get(unit.unit), overlay) for unit in result.units)
    held = replace(result, units=units, adjustments=applied_adjustments(overlay))
    return replace(held, notices=(*held.notices, *_moves(held)))


def _beside(unit: UnitScore, before: UnitScore | None, overlay: Overlay) -> UnitScore:
    own = tuple(one.adjustment for one in overlay.applied if unit.unit in (overlay.units or {})[one.adjustment])
    outcomes = tuple(one.id for one in before.outcomes) if before else ()
    was = BeforeAdjustments(before.total if before else None, before.rank if before else None, outcomes, own)
    return replace(unit, before_adjustments=was)


def applied_adjustments(overlay: Overlay) -> tuple[AppliedAdjustment, ...]:
    """The adjustments that hold, as a result says them."""
    return tuple(
        AppliedAdjustment(
            one.adjustment, one.period, one.clause, one.decided_at, one.decided_by, one.reason,
            tuple((change.place, change.was, change.becomes, change.ref) for change in one.changes),
            (overlay.units or {})[one.adjustment],
        )
        for one in overlay.applied
    )  # fmt: skip


def _moves(result: Result) -> Iterator[Notice]:
    for unit in result.units:
        before = unit.before_adjustments
        if before is None or not unit.moved_by_adjustments:
            continue
        old, new = (result.quantity(unit.unit, TOTAL, total) or "—" for total in (before.total, unit.total))
        earlier, later = str(before.rank or "—"), str(unit.rank or "—")
        message = (
            Message(
                "{unit}: total {old} → {new}, rank {before} → {after} by adjustments",
                unit=unit.unit, old=old, new=new, before=earlier, after=later,
            )
            if before.own
            else Message(
                "{unit}: total {old} → {new}, rank {before} → {after} by adjustments of others",
                unit=unit.unit, old=old, new=new, before=earlier, after=later,
            )
        )  # fmt: skip
        yield Notice("moved_by_adjustments", message, (unit.unit,))


def adjustment_notices(overlay: Overlay) -> Iterator[Notice]:
    """What was decided on appeal and holds, and what was decided after the time of looking."""
    for one in overlay.applied:
        cells = "; ".join(f"{change.place}: {change.was or '—'} → {change.becomes or '—'}" for change in one.changes)
        units = (overlay.units or {})[one.adjustment]
        message = (
            Message(
                "adjustment {id}, decided by {by} at {at}, no clause provides for it: {reason}; {cells}",
                id=one.adjustment, by=one.decided_by, at=one.decided_at, reason=one.reason, cells=cells,
            )
            if one.clause is None
            else Message(
                "adjustment {id}, decided by {by} at {at} under {clause}: {reason}; {cells}",
                id=one.adjustment, by=one.decided_by, at=one.decided_at, clause=one.clause, reason=one.reason,
                cells=cells,
            )
        )  # fmt: skip
        yield Notice("adjusted", message, units)
    yield from appeals_elsewhere(overlay.original, overlay.applied)
    for one in overlay.later:
        message = Message(
            "adjustment {id} was decided at {at}, after the time of looking, and is not applied",
            id=one.adjustment, at=one.decided_at,
        )  # fmt: skip
        yield Notice("adjusted_later", message)


def pending_appeals(ledger: Ledger, as_of: datetime) -> Iterator[Notice]:
    """Appeals against an assessment that nobody has decided: the result stands while they are pending."""
    cases = ledger.registers.get("cases")
    if cases is None or not {"kind", "closed_at"} <= set(cases.collect_schema().names()):
        return
    closed = pl.col("closed_at").is_not_null() & (pl.col("closed_at") <= as_of)
    pending = (pl.col("kind") == KIND) & (pl.col("received_at") <= as_of) & ~closed
    found = cases.filter(pending).select("unit", "case_id").collect().sort("unit", "case_id")
    for unit, cases_of in found.group_by("unit", maintain_order=True).agg("case_id").iter_rows():
        message = Message(
            "unit {unit}: appeal {cases} is pending; the result stands until it is decided",
            unit=unit, cases=", ".join(cases_of),
        )  # fmt: skip
        yield Notice("appeal_pending", message, (unit,))
