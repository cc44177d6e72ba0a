"""The JSON Schema of a scheme file: every key with its meaning, and ``$name`` wherever a value may stand elsewhere."""

from __future__ import annotations

from typing import Any

from auditlib.core.json_schema import declared_schema
from auditlib.scheme.model import Scheme

__all__ = ["scheme_schema"]

AS_WRITTEN = ("Clause", "Reading", "Option", "Gap", "Source", "KnownFinding", "Text")
"""Parts of a file that are read as they are written, so that ``$`` is no reference there."""
OF_MEASURES = {"type": ["string", "object"], "description": "A measure by itself, or the weight of each of several."}
ALWAYS = ["scheme", "version", "title", "source", "effective", "periods", "clauses"]
OF_POINTS = ["measures", "indicators", "ranking", "rounding"]
COMMON = {
    "id": "The name in commands and results: letters, digits, _ or -.",
    "clause": "The clause of the source that says so, a key under `clauses`.",
    "title": "What people read: a text, or {zh: …, en: …}.",
    "when": "A condition: in rules a bound on a quantity, elsewhere SQL over one row.",
    "periods": "The kinds of period in which it holds.",
    "show": "How people write it: `percent` or `number`.",
    "digits": "How many decimals are shown; nothing is rounded before a threshold or a rank.",
}
MORE: dict[str, dict[str, Any]] = {
    "Scheme": {
        "required": ["scheme", "version"],
        "if": {"required": ["extends"]},
        "else": {"required": ALWAYS, "if": {"required": ["duties"]}, "else": {"required": OF_POINTS}},
    },
    "Rate": {
        "properties": {
            "numerator": OF_MEASURES,
            "denominator": OF_MEASURES,
            "cases": {
                "type": ["string", "object"],
                "description": "Numerator and denominator at once, for a reading that changes both: `cases: $reading`.",
            },
        }
    },
}


def scheme_schema() -> dict[str, Any]:
    """The schema as plain values, ready to be written as JSON."""
    return declared_schema(Scheme, references=AS_WRITTEN, more=MORE, common=COMMON)
