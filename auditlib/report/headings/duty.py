"""Headings of the report on duties."""

from __future__ import annotations

__all__ = ["DUTY"]

DUTY = {
    "unknown": "What cannot be assessed",
    "overdue": "Running and overdue",
    "counts": "Duties by status",
    "by_unit": "Units by status",
    "all": "Every duty of the case",
    "breaches": "Late and missed",
    "margins": "How much of the limit was left",
    "routing": "Who had to handle what",
    "timeline": "The case in order of time",
    "clocks": "The clocks of the case",
    "notices": "What else to know",
    "unit": "Unit",
    "duty": "Duty",
    "clause": "Clause",
    "case": "Case",
    "due": "Ends",
    "status": "Status",
    "late": "Over by",
    "left": "Days left",
    "missing": "What is not recorded",
    "count": "Number",
    "evidence": "Evidence",
    "rate": "Rate",
    "when": "When",
    "happened": "What happened",
    "margin": "Working days left",
    "notice": "Notice",
}
