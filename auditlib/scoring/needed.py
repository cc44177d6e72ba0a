"""What a scheme needs of a ledger."""

from __future__ import annotations

from auditlib.scheme.columns import columns_of
from auditlib.scheme.model import Scheme

__all__ = ["needed_columns"]


def needed_columns(scheme: Scheme) -> dict[str, tuple[str, ...]]:
    """The registers and columns that a scheme reads, in the order of the registers; derived columns left out."""
    needed: dict[str, dict[str, None]] = {"units": {"unit": None}}
    for measure in scheme.measures.values():
        if measure.duty is not None:
            continue
        if measure.register_ is None:
            needed.setdefault("unit_facts", {}).update(dict.fromkeys(("unit", "period", "fact", "value")))
            continue
        register = scheme.known_registers[measure.register_]
        columns = needed.setdefault(register.name, {})
        columns.update(dict.fromkeys((*register.required, measure.at or register.at or "unit", "unit")))
        for name in columns_of(scheme, measure):
            if name == "group":
                needed["units"]["group"] = None  # every register has its unit's group beside its own columns
            elif name not in scheme.columns.get(register.name, {}):
                columns[name] = None
    return {name: tuple(needed[name]) for name in scheme.known_registers if name in needed}
