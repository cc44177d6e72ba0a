"""What the counts of a probe are called."""

from __future__ import annotations

from collections.abc import Mapping

from auditlib.core.exact import Rounding, decimal_text, exact
from auditlib.core.message import Joined, Message

__all__ = ["COUNTS", "counts_message"]

SHOWN = Rounding(4)

COUNTS: Mapping[str, Message] = {
    "window": Message("in the window"), "before": Message("in the window before"),
    "after": Message("in the window after"), "earlier": Message("in the window before that"),
    "closed": Message("closed"), "cases": Message("cases"), "late": Message("late"), "rows": Message("rows"),
    "fullest_minute": Message("in the fullest minute"), "batches": Message("minutes with a batch"),
    "in_batches": Message("in batches"), "late_in_batches": Message("of them late"), "outside": Message("outside"),
    "late_outside": Message("late outside"),
    "off": Message("off hours"), "peers_off": Message("of the others off hours"),
    "peers_closed": Message("closed by the others"), "peers": Message("of the others"),
    "round": Message("round"), "times": Message("times"), "digits": Message("last digits 0 to 9"),
    "first_digits": Message("first digits 1 to 9"),
    "average_frequency": Message("average frequency"), "commonest_minutes": Message("commonest minutes"),
    "at_commonest": Message("at the commonest"),
    "before_earlier": Message("received before a smaller number"),
    "after_later": Message("received after a larger number"),
    "greatest_lag_seconds": Message("seconds by which at most"), "entered": Message("entered"),
    "distinct": Message("different numbers"), "duplicated_numbers": Message("numbers that stand twice"),
    "surplus_rows": Message("surplus rows"), "gaps": Message("runs of missing numbers"),
    "missing": Message("numbers missing"),
    "longest_gap": Message("longest gap"),
    "opened_anew": Message("registered anew"), "late_opened_anew": Message("late and registered anew"),
    "peers_opened_anew": Message("of the others registered anew"), "while_open": Message("while the first was open"),
    "reopened": Message("opened again"), "peers_reopened": Message("of the others opened again"),
    "ratings": Message("ratings"), "dissatisfied": Message("dissatisfied"),
    "not_dissatisfied": Message("not dissatisfied"),
    "peers_ratings": Message("ratings of the others"), "peers_dissatisfied": Message("of the others dissatisfied"),
    "different_values": Message("different values"), "telephone": Message("by telephone"),
    "unrated": Message("unrated"), "late_unrated": Message("late and unrated"),
    "excluded": Message("excluded"), "excluded_late": Message("excluded and late"),
    "exclusions": Message("left out by this clause"), "late_among_them": Message("late among them"),
    "by_approver": Message("by this approver"), "by_approver_late": Message("late by this approver"),
    "beyond": Message("just beyond the limit"), "beyond_longer_kind": Message("of the longer kind beyond"),
    "longer_kind": Message("of the longer kind"), "peers_longer_kind": Message("of the others of the longer kind"),
    "peers_beyond_longer_kind": Message("of the longer kind beyond, of the others"),
    "within": Message("just within the limit"), "within_longer_kind": Message("of the longer kind within"),
    "withdrawn": Message("withdrawn"), "peers_withdrawn": Message("of the others withdrawn"),
    "late_withdrawn": Message("late and withdrawn"),
    "wrong": Message("in an impossible order"), "within_a_minute": Message("closed within a minute"),
    "same_second": Message("in the same second"),
    "summer_mode_second": Message("commonest second in summer"), "summer_at_mode": Message("at it in summer"),
    "summer_times": Message("times in summer"), "winter_mode_second": Message("commonest second in winter"),
    "winter_at_mode": Message("at it in winter"), "winter_times": Message("times in winter"),
}  # fmt: skip
"""The name of every count, as a line says it before its number."""


def counts_message(counts: Mapping[str, object]) -> tuple[Joined, ...]:
    """Counts in words: ``in the window 12, in the window before 4``."""
    return tuple(Joined(COUNTS.get(name, name), " ", _value(value)) for name, value in counts.items())


def _value(value: object) -> str:
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return decimal_text(exact(value), SHOWN) if isinstance(value, str) and "/" in value else str(value)
