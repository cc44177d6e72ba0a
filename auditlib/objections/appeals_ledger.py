"""Objections as a ledger of appeals: cases of kind 考核申诉 with their first acts, for duties to judge."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date

import yaml

from auditlib.objections.proposal import Proposal
from auditlib.scoring.adjustments.appeals import KIND

__all__ = ["appeals_ledger"]

TOLD, FILED = "告知结果", "提出申诉"
"""The acts with which an appeal begins: the unit is told its result, and objects to it."""


def appeals_ledger(proposals: Iterable[Proposal], issued: date) -> dict[str, bytes]:
    """The files of a ledger with every proposal as an appeal, by name; ``issued`` is when the results were.

    The case and the acts carry the number of the proposal, so that an adjustment finds its appeal. What was answered,
    and when, is for whoever keeps the ledger to add.
    """
    ordered = sorted(proposals, key=lambda one: one.proposed)
    cases = [[one.proposed, one.unit, KIND, f"{one.filed_on}T00:00:00"] for one in ordered]
    acts = [
        [f"{one.proposed}-{number}", one.proposed, one.unit, act, f"{day}T00:00:00"]
        for one in ordered
        for number, (act, day) in enumerate(((TOLD, issued), (FILED, one.filed_on)), 1)
    ]
    units = [[unit, unit] for unit in sorted({one.unit for one in ordered})]
    note = {
        "title": {"zh": "考核异议", "en": "Objections to assessment results"},
        "records": {"acts": [TOLD, FILED]},
    }  # fmt: skip
    return {
        "ledger.yaml": yaml.safe_dump(note, allow_unicode=True, sort_keys=False).encode(),
        "cases.csv": _csv(["case_id", "unit", "kind", "received_at"], cases),
        "acts.csv": _csv(["act_id", "case_id", "unit", "act", "at"], acts),
        "units.csv": _csv(["unit", "name"], units),
    }


def _csv(head: list[str], rows: Iterable[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    return text.getvalue().encode()
