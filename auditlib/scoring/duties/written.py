"""A compliance result as JSON and as rows: what programs and spreadsheets read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import accumulate
from typing import Any

from auditlib.core.exact import decimal_text
from auditlib.core.message import told
from auditlib.scheme.duty_clock import MOMENT
from auditlib.scoring.duties.compliance import Compliance
from auditlib.scoring.duties.instance_counts import DutyCount

__all__ = ["INSTANCE_HEADERS", "compliance_json", "count_rows", "evidence_of", "instance_rows"]

LATE = {"working_days": "late_working_days", "calendar_days": "late_calendar_days", "minutes": "late_minutes"}
INSTANCE_HEADERS = (
    "unit", "duty", "clause", "case", "row", "from", "first_due", "due", "extended_by", "done", "status",
    "late_working_days", "late_calendar_days", "late_minutes", "lacking", "missing", "soft", "evidence",
    "check",
)  # fmt: skip
"""The columns of a list of instances, in CSV and XLSX."""


def compliance_json(result: Compliance) -> dict[str, Any]:
    """The result as JSON: counts and rates by unit and duty, and each instance with what it rests on."""
    scheme = result.resolved.scheme
    by_unit: dict[str, list[dict[str, Any]]] = {unit: [] for unit in result.units}
    for row in result.instances.iter_rows(named=True):
        by_unit.setdefault(row["unit"], []).append(_instance(result, row))
    return {
        "scheme": scheme.scheme,
        "version": scheme.version,
        "period": str(result.period),
        "as_of": result.as_of.isoformat(),
        "readings": dict(result.resolved.readings),
        "units": [
            {"unit": unit, "duties": [_counted(result, unit, one) for one in counts], "instances": by_unit[unit]}
            for unit, counts in result.units.items()
        ],
        **({"adjustments": [one.to_json() for one in result.adjustments]} if result.adjustments else {}),
        "warnings": [str(notice.message) for notice in result.notices],
        "notices": [
            {"kind": one.kind, "en": str(one.message), "zh": told(one.message, "zh")} for one in result.notices
        ],
    }


def _counted(result: Compliance, unit: str, one: DutyCount) -> dict[str, Any]:
    before = result.before.get((unit, one.duty.id))
    margins = list(one.margins)
    spread = {"min": margins[0], "median": _median_low(one.margins), "max": margins[-1]} if margins else None
    return {
        "id": one.duty.id,
        "clause": one.duty.clause,
        "counts": dict(one.counts),
        "soft": dict(one.soft),
        "rate": rate_text(result, one),
        "margin_working_days": spread,
        "moved": one.moved,
        **({} if before is None else {"before_adjustments": dict(before)}),
    }


def _median_low(margins: Mapping[int, int]) -> int:
    """The middle one, of an even number the lower."""
    passed = accumulate(margins.values())
    return next(one for one, up_to in zip(margins, passed, strict=True) if 2 * up_to >= sum(margins.values()))


def rate_text(result: Compliance, one: DutyCount) -> str | None:
    """The rate after the scheme's declared rounding; None where nothing could be assessed."""
    return None if one.rate is None else decimal_text(one.rate, result.resolved.scheme.rounding.rounding())


def _instance(result: Compliance, row: Mapping[str, Any]) -> dict[str, Any]:
    duty = result.resolved.scheme.duty(row["duty"])
    clocked = bool(row["by_the_clock"])
    found: dict[str, Any] = {
        "duty": row["duty"],
        "case": row["case"],
        "row": row["key"],
        "from": _time(row["start"]),
        "first_due": _due(row["first_due"], clocked),
        "due": _due(row["too_late"], clocked),
        "done": _time(row["done"]),
        "status": row["status"],
        "lacking": list(row["lacking"] or ()),
        "missing": list(row["missing"] or ()),
        "evidence": list(evidence_of(row, duty.of)),
    }
    if row["extension"] is not None:
        found["extended"] = {
            "act": row["extension"], "until": _day_or_time(row["until"]), "cap": _day_or_time(row["cap"]),
        }  # fmt: skip
    if row["status"] == "late" or (row["status"] == "excused" and row["done"] is not None):
        found["late"] = {name: row[column] for name, column in LATE.items()}
    elif row["status"] in ("missed", "excused") and row["too_late"] is not None:
        found["overdue"] = {name: row[column] for name, column in LATE.items()}
    if row["target"] is not None:
        found["target"] = _due(row["target"], clocked)
    if row["elapsed_minutes"] is not None:
        found["elapsed"] = {"minutes": row["elapsed_minutes"], "working_days": row["elapsed_working_days"]}
    if row["margin_working_days"] is not None:
        found["margin_working_days"] = row["margin_working_days"]
    if row["civil_code"] is not None:
        met = row["done"] is not None and row["done"] < row["civil_code"]
        found["civil_code_203"] = {"due": _due(row["civil_code"], clocked), "met": met}
    if row["soft"]:
        found["soft"] = True
    if row["check"] is not None:
        found["check"] = {"check_id": row["check"], "result": row["check_result"]}
    if row["way"]:
        found["way"] = row["way"]
    if row["parts"]:
        found["parts"] = {
            part["name"]: {"status": part["status"], "done": _time(part["done"])} for part in row["parts"]
        }
    found["readings"] = dict(result.resolved.duty_readings(row["duty"]))
    return found


def evidence_of(row: Mapping[str, Any], of: str) -> Iterator[str]:
    """The rows behind an instance, as ``register:key``."""
    yield f"{of}:{row['key']}"
    for act in (row["extension"], *(row["done_acts"] or ())):
        if act is not None:
            yield act if act.partition(":")[0] in ("acts", "events", "checks") else f"acts:{act}"


def instance_rows(result: Compliance) -> Iterator[tuple[Any, ...]]:
    """A row for each instance under :data:`INSTANCE_HEADERS`."""
    for row in result.instances.iter_rows(named=True):
        one = _instance(result, row)
        late = one.get("late") or one.get("overdue") or {}
        duty = result.resolved.scheme.duty(row["duty"])
        yield (
            row["unit"], row["duty"], duty.clause, row["case"], row["key"], one["from"], one["first_due"], one["due"],
            row["extension"], one["done"], row["status"], late.get("working_days"), late.get("calendar_days"),
            late.get("minutes"), "; ".join(one["lacking"]), "; ".join(one["missing"]), bool(row["soft"]),
            " ".join(one["evidence"]), " ".join(one["check"].values()) if "check" in one else None,
        )  # fmt: skip


def count_rows(result: Compliance) -> Iterator[tuple[str, DutyCount, str | None]]:
    """A line for each unit and duty, in order: the unit, the counts, the rate."""
    for unit, counts in result.units.items():
        for one in counts:
            yield unit, one, rate_text(result, one)


def _time(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def _due(too_late: datetime | None, clocked: bool) -> str | None:
    """The last moment in time: its day where it ends with a day."""
    return None if too_late is None else _day_or_time(too_late - MOMENT, clocked)


def _day_or_time(last: datetime | None, clocked: bool = False) -> str | None:
    if last is None:
        return None
    following = last + MOMENT
    return last.date().isoformat() if not clocked and following.time() == datetime.min.time() else last.isoformat()
