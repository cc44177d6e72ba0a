"""The JSON Schema of a scheme file: every key with its meaning, and ``$name`` wherever a value may stand elsewhere."""

from __future__ import annotations

from typing import Any

from auditlib.core.json_schema import declared_schema
from auditlib.scheme.conditions import PART_SCHEMA
from auditlib.scheme.formers.quantity import FORMERS
from auditlib.scheme.model import Scheme

__all__ = ["scheme_schema"]

AS_WRITTEN = ("Clause", "Reading", "Option", "Gap", "Source", "KnownFinding", "Text")
"""Parts of a file that are read as they are written, so that ``$`` is no reference there."""
OF_MEASURES = {"type": ["string", "object"], "description": "A measure by itself, or the weight of each of several."}
ALWAYS = ["scheme", "version", "title", "source", "effective", "periods", "clauses"]
OF_POINTS = {
    "required": ["rounding"],
    "allOf": [
        {"anyOf": [{"required": ["measures"]}, {"required": ["quantities"]}]},
        {"anyOf": [{"required": ["indicators"]}, {"required": ["tree"]}]},
        {"anyOf": [{"required": ["ranking"]}, {"required": ["rankings"]}]},
    ],
}
COMMON = {
    "id": "The name in commands and results: letters, digits, _ or -.",
    "clause": "The clause of the source that says so, a key under `clauses`.",
    "title": "What people read: a text, or {zh: …, en: …}.",
    "when": "A condition: in rules and outcomes on quantities, in columns and duties SQL over one row.",
    "periods": "The kinds of period in which it holds.",
    "show": "How people write it: `percent` or `number`.",
    "digits": "How many decimals are shown; nothing is rounded before a threshold or a rank.",
}
MORE: dict[str, dict[str, Any]] = {
    "Scheme": {
        "required": ["scheme", "version"],
        "if": {"required": ["extends"]},
        "else": {"required": ALWAYS, "if": {"required": ["duties"]}, "else": OF_POINTS},
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
    schema = declared_schema(Scheme, references=AS_WRITTEN, more=MORE, common=COMMON)
    parts: dict[str, Any] = schema["$defs"]
    _with_quantities(schema["properties"], parts)
    _with_nodes(schema["properties"], parts)
    found = _with_parts(schema)
    return found | {"$defs": dict(sorted(found["$defs"].items()))}


QUANTITY = {"$ref": "#/$defs/Quantity"}
CONDITION = {"$ref": "#/$defs/UnitCondition"}
REFERENCE = {"type": "string", "pattern": r"^\$"}
NOTHING = {"type": "null"}


def _or(*kinds: dict[str, Any], **said: Any) -> dict[str, Any]:
    return {"anyOf": [*kinds]} | {key: value for key, value in said.items() if value}


def _with_quantities(sections: dict[str, Any], parts: dict[str, Any]) -> None:
    """What a quantity may be, wherever one may stand: its name, a number, or one of the words that form it."""
    counted = parts["Measure"]["properties"]
    shared = ("title", "unit", "low", "high", "context")
    rows = {
        key: counted[key]
        for key in (*shared, "where", "sum", "distinct", "median", "longest", "empty", "at", "window", "undecided")
    }
    facts = {key: counted[key] for key in (*shared, "otherwise", "part_of")}
    said = {"rows": "The register whose rows are counted.", "fact": "The name of a value of `unit_facts`."}
    for word, keys, doc in (
        ("rows", rows, "Counts rows of a register, or takes the sum, the middle or the greatest of a column."),
        ("fact", facts, "A value that the ledger gives of a unit and period."),
    ):
        parts[word.capitalize()] = {
            "type": "object", "description": doc, "additionalProperties": False, "required": [word],
            "properties": {word: {"type": "string", "description": said[word]}} | keys,
        }  # fmt: skip
    parts["LeastOrGreatest"]["anyOf"] = [{"required": ["least"]}, {"required": ["greatest"]}]
    formed = [*dict.fromkeys(former.__name__ for former in FORMERS.values()), "Rows", "Fact"]
    parts["Quantity"] = {
        "description": 'The name of a quantity, a number such as 12, "-0.5", 95% or 1pp, or one word that forms one.',
        "anyOf": [{"type": ["integer", "string"]}, *({"$ref": f"#/$defs/{name}"} for name in formed)],
    }
    sections["quantities"] = {
        "type": "object", "additionalProperties": QUANTITY, "description": sections["quantities"]["description"],
    }  # fmt: skip


def _with_nodes(sections: dict[str, Any], parts: dict[str, Any]) -> None:
    """Rules, nodes, rankings and outcomes as a file writes them: with quantities and conditions inside."""
    rule = parts["Rule"]["properties"]
    for key, kinds in (
        ("points", (QUANTITY,)), ("per", (QUANTITY,)), ("becomes", (QUANTITY,)), ("when", (CONDITION, REFERENCE)),
        ("target", (CONDITION, REFERENCE)), ("step", ({"$ref": "#/$defs/StepsBy"}, REFERENCE)),
    ):  # fmt: skip
        rule[key] = _or(*kinds, NOTHING, description=rule[key].get("description"))
    for name in ("Indicator", "Branch"):
        for key in ("start", "floor", "cap"):
            one = parts[name]["properties"][key]
            parts[name]["properties"][key] = _or(QUANTITY, NOTHING, description=one.get("description"))
    branch, leaf = parts.pop("Branch"), parts["Indicator"]
    keys = (leaf["properties"] | branch["properties"]).items()
    keys = {key: one for key, one in keys if key not in ("dimension", "children")}
    nodes = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Node"}, "description": "The nodes under it."}
    parts["Node"] = {
        "type": "object", "additionalProperties": False, "required": ["id", "title", "clause"],
        "anyOf": [{"required": ["rules"]}, {"required": ["nodes"]}], "properties": keys | {"nodes": nodes},
        "description": f"A leaf: {leaf['description']}\n\nOr with `nodes`: {branch['description']}",
    }  # fmt: skip
    sections["tree"] = nodes | {"description": "Nodes with points in one another, in the place of `indicators`."}
    by = parts["FurtherRanking"]["properties"]["by"]
    keyed = {"type": "array", "minItems": 1, "items": _or({"$ref": "#/$defs/Key"}, QUANTITY)}
    parts["FurtherRanking"]["properties"]["by"] = _or(keyed, REFERENCE, description=by.get("description"))
    amount = parts["Consequence"]["properties"]["amount"]
    parts["Consequence"]["properties"]["amount"] = _or(QUANTITY, NOTHING, description=amount.get("description"))


def _with_parts(value: Any) -> Any:
    """The schema with what quantities there are in every place where one may stand."""
    if isinstance(value, list):
        return [_with_parts(one) for one in value]
    if not isinstance(value, dict):
        return value
    if PART_SCHEMA.items() <= value.items():
        rest = {key: one for key, one in value.items() if key not in PART_SCHEMA}
        return {"allOf": [QUANTITY]} | rest if rest else QUANTITY
    return {key: _with_parts(one) for key, one in value.items()}
