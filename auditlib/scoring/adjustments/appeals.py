"""The appeal behind an adjustment, in the ledger that the adjustment names.

That is the ledger of the appeal, by its snapshot hash: it changes no more once the appeal is decided. The ledger that
is scored grows from month to month and has no hash that could be named beforehand; what binds an adjustment to it are
the cells themselves, each of which has to be as ``was`` says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import polars as pl

from auditlib.core.errors import InputError, Problem
from auditlib.core.message import Message, Notice
from auditlib.ledger.divided.divide import snapshot_of
from auditlib.ledger.read import Ledger
from auditlib.scoring.adjustments.declared import Adjustment, Adjustments

__all__ = ["KIND", "appeals_elsewhere", "appeals_in", "compare_appeals"]

KIND = "考核申诉"
"""The kind of case that is an appeal against an assessment; 申诉 is a consumer's."""


def appeals_in(ledger: Ledger, adjustments: Sequence[tuple[Adjustment, str]]) -> Iterator[Problem]:
    """What is wrong with the appeals that lie in ``ledger``: those that name it, and those of its own cases."""
    snapshot = f"sha256:{snapshot_of(ledger)}" if any(_named(one) for one, _ in adjustments) else None
    for one, file in adjustments:
        if one.appeal is None or (one.appeal.ledger is not None and one.appeal.ledger != snapshot):
            continue
        told = _fault(ledger, one)
        if told is not None:
            yield Problem(file, None, f"appeal.case_id {one.appeal.case_id}", told, one.clause)


def appeals_elsewhere(ledger: Ledger, adjustments: Sequence[Adjustment]) -> Iterator[Notice]:
    """Appeals that nobody has looked at, for they lie in another ledger than the one that is scored."""
    other = [one for one in adjustments if _named(one)]
    snapshot = f"sha256:{snapshot_of(ledger)}" if other else None
    for one in other:
        if one.appeal is not None and one.appeal.ledger is not None and one.appeal.ledger != snapshot:
            message = Message(
                "adjustment {id}: the appeal {case} lies in another ledger, {ledger}; auditlib adjustments --appeals "
                "looks at it there",
                id=one.adjustment, case=one.appeal.case_id, ledger=one.appeal.ledger[:19],
            )  # fmt: skip
            yield Notice("appeal_elsewhere", message)


def compare_appeals(ledgers: Sequence[Ledger], declared: Adjustments) -> None:
    """Holds every adjustment against the ledgers of appeals.

    Raises :class:`InputError` where one names a ledger that is none of these, where a ledger is named by none, and
    where the case that it names is not there, no appeal, or came in after the decision.
    """
    pairs = list(zip(declared.chain, declared.files, strict=True))
    known = {f"sha256:{snapshot_of(ledger)}": ledger for ledger in ledgers}
    named = {one.appeal.ledger for one, _ in pairs if one.appeal is not None}
    problems = []
    for one, file in pairs:
        if one.appeal is not None and one.appeal.ledger is not None and one.appeal.ledger not in known:
            told = f"found {one.appeal.ledger}, expected one of {', '.join(sorted(known))}"
            problems.append(Problem(file, None, "appeal.ledger", told))
    for snapshot, ledger in known.items():
        if snapshot not in named:
            problems.append(Problem(str(ledger.path), None, "", f"found {snapshot}, which no adjustment names"))
        problems += appeals_in(ledger, [(one, file) for one, file in pairs if _names(one, snapshot)])
    if problems:
        raise InputError(problems)


def _named(one: Adjustment) -> bool:
    return one.appeal is not None and one.appeal.ledger is not None


def _names(one: Adjustment, snapshot: str) -> bool:
    return one.appeal is not None and one.appeal.ledger == snapshot


def _fault(ledger: Ledger, one: Adjustment) -> str | None:
    assert one.appeal is not None
    cases = ledger.registers.get("cases")
    found = None if cases is None else cases.filter(pl.col("case_id") == one.appeal.case_id).collect()
    if found is None or found.is_empty():
        return None if one.appeal.ledger is None else "found no such case, expected it in the ledger that is named"
    row = found.row(0, named=True)
    if row.get("kind") != KIND:
        return f"found a case of kind {row.get('kind') or 'nothing'}, expected {KIND}"
    received: datetime = row["received_at"]
    if received > one.decided_at:
        return f"found a case received at {received.isoformat()}, expected no later than its decision"
    return None
