"""Words for the states of an indicator, an outcome and a gap."""

from __future__ import annotations

__all__ = ["OUTCOME_STATES", "POLICIES", "STATUSES"]

STATUSES = {"scored": "scored", "not_assessable": "not assessable", "needs_input": "needs input"}
"""Why an indicator has points or none."""

OUTCOME_STATES = {
    "holds": "holds",
    "undecided": "undecided",
    "barred": "ruled out",
    "waits": "waits for input",
    "no": "does not hold",
}
"""Whether an outcome holds for a unit."""

POLICIES = {"exclude": "left out; the rest is scored", "require": "no total until it is supplied or marked"}
"""What a scheme does without what its source does not give."""
