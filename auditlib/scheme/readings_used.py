"""Which readings a rule and a duty depend on, through everything that they look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditlib.ledger.conditions import parse_sql
from auditlib.scheme.columns import column_inputs, duty_expressions, with_inputs
from auditlib.scheme.model import Scheme
from auditlib.scheme.reference_names import references_in

__all__ = ["readings_of_duties", "readings_of_rules"]


def readings_of_rules(raw: Any, scheme: Scheme) -> dict[tuple[str, str], tuple[str, ...]]:
    """For each rule the readings it depends on, through its quantities, measures and columns, in declared order."""
    reading_names = list(scheme.readings)

    def direct(value: Any) -> set[str]:
        return {name for name in references_in(value) if name in scheme.readings}

    columns = {
        (register, name): direct(raw["columns"][register][name])
        for register, by_name in scheme.columns.items()
        for name in by_name
    }

    def of_column(register: str, name: str, seen: frozenset[str] = frozenset()) -> set[str]:
        column = scheme.columns.get(register, {}).get(name)
        if column is None or name in seen:
            return set()
        found = set(columns[register, name])
        for inner in column_inputs(column):
            found |= of_column(register, inner, seen | {name})
        return found

    def of_measure(name: str) -> set[str]:
        measure = scheme.measures[name]
        found = direct((raw.get("measures") or {}).get(name))
        if measure.register_:
            used = [
                *(parse_sql(measure.where).columns if measure.where else ()),
                *((measure.column,) if measure.column else ()),
            ]
            for column in used:
                found |= of_column(measure.register_, column)
        return found

    def of_quantity(name: str) -> set[str]:
        if name in scheme.measures:
            return of_measure(name)
        sections = ("rates", "composites", "standings", "quantities")
        found = direct(next((raw[key][name] for key in sections if name in (raw.get(key) or {})), None))
        for inner in scheme.parts_of(name):
            found |= of_quantity(inner)
        return found

    result = {}
    raw_nodes = {item["id"]: item for key in ("indicators", "branches") for item in raw.get(key) or ()}
    for node, rule in ((one, rule) for one in scheme.nodes for rule in one.rules):
        found = direct(next(item for item in raw_nodes[node.id]["rules"] if item["id"] == rule.id))
        for quantity in (rule.quantity, rule.becomes_of):
            found |= of_quantity(quantity) if isinstance(quantity, str) else set()
        if rule.multiplier:
            found |= of_measure(rule.multiplier.of)
        result[node.id, rule.id] = tuple(name for name in reading_names if name in found)
    return result


def readings_of_duties(raw: Mapping[str, Any], scheme: Scheme) -> dict[str, tuple[str, ...]]:
    """For each duty the readings that it depends on: its own, those of its columns, and how time is counted."""
    of_columns = {
        name: set(references_in(column))
        for by_name in (raw.get("columns") or {}).values()
        for name, column in by_name.items()
    }
    of_counting = set(references_in(raw.get("counting") or {}))
    found: dict[str, tuple[str, ...]] = {}
    for written in raw.get("duties") or ():
        duty = scheme.duty(written["id"])
        used = set(references_in(written))
        used |= of_counting if duty.to is not None and (duty.start or duty.limits) else set()
        read = {name for _, sql, _ in duty_expressions(duty) for name in parse_sql(sql).columns}
        read |= {moment for moment in duty.moments if isinstance(moment, str)}
        for register in scheme.columns:
            for name in with_inputs(scheme, register, sorted(read)):
                used |= of_columns.get(name, set())
        found[duty.id] = tuple(name for name in scheme.readings if name in used)
    return found
