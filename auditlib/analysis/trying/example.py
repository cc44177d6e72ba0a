"""The present state of a unit as a worked example: its rows, and what they give."""

from __future__ import annotations

from typing import Any

import polars as pl
import yaml

from auditlib.analysis.trying.rows import as_cell
from auditlib.analysis.trying.state import State, Tried, look
from auditlib.analysis.trying.what_if import WhatIf
from auditlib.core.errors import InputError
from auditlib.core.message import COMMA
from auditlib.core.period import Period
from auditlib.ledger.registers import in_order
from auditlib.scoring.duties.compliance import comply
from auditlib.scoring.duties.written import compliance_json
from auditlib.scoring.needed import needed_columns

__all__ = ["example_text"]

MOST = 200
"""Rows of an example: more of them nobody reads."""
NOTED = ("timezone", "records", "precision", "not_personal")
SAYS = {"zh": "（请写明发生了什么）由 auditlib try 写出", "en": " (say here what happened), written by auditlib try"}


def example_text(tried: Tried, state: State, name: str, language: str = "zh") -> str:
    """A page with one example, as YAML: all units where the ledger is small, else the unit alone, without its rank.

    Other readings stand under `otherwise`, beside what the scheme's own give. Raises :class:`InputError` where the
    scheme is changed and not saved, and where the rows are too many for people to follow.
    """
    if changes := state.what_if.changes(state.scheme):
        listed = ", ".join(changes)
        told = f"found {listed} changed and not saved, expected it in the file, against which an example is held"
        raise InputError.at("example", "", told)
    rows, whole = _rows(state)
    natural = state
    if state.what_if.readings:
        natural = look(tried, WhatIf({}, state.what_if.values, state.what_if.rows))
    example: dict[str, Any] = {"id": name, "says": f"{state.unit.name} {state.result.period}{SAYS[language]}"}
    if supplied := state.what_if.supplied(state.scheme):
        example["set"] = dict(supplied)
    example |= {"ledger": rows, "expect": _expected(natural, whole)}
    if state.what_if.readings:
        example["otherwise"] = [{"reading": dict(state.what_if.readings), "expect": _expected(state, whole)}]
    page: dict[str, Any] = {"clauses": COMMA[language].join(state.resolved.scheme.clauses)}
    if _of_duties(state):
        page = {"judged": "duties", **page}
    page |= {"period": state.result.period, "as_of": state.result.as_of.isoformat()}
    note = state.ledger.note.model_dump(mode="json", exclude_defaults=True, include=set(NOTED))
    page |= ({"note": note} if note else {}) | {"examples": [example]}
    return yaml.safe_dump(page, allow_unicode=True, sort_keys=False, default_flow_style=None, width=120)


def _of_duties(state: State) -> bool:
    return not state.resolved.scheme.indicators


def _rows(state: State) -> tuple[dict[str, list[dict[str, Any]]], bool]:
    """The rows by register, and whether all units are among them."""
    scheme, ledger = state.resolved.scheme, state.ledger
    wanted = {"units", *needed_columns(scheme), "marks", "exclusions"}
    if scheme.duties:
        wanted |= {"cases", "acts", "events", "checks"}
    frames = {name: ledger.registers[name].collect() for name in in_order(wanted & ledger.registers.keys())}
    whole = sum(frame.height for frame in frames.values()) <= MOST
    if not whole:
        frames = {name: _of_unit(frame, state.unit.unit) for name, frame in frames.items()}
        if (count := sum(frame.height for frame in frames.values())) > MOST:
            told = f"found {count:,} rows of {state.unit.unit}, expected at most {MOST}"
            raise InputError.at("example", "", f"{told}: an example is a case that people can follow")
    return {
        name: [
            {column: as_cell(ledger.known[name], column, value) for column, value in row.items() if value is not None}
            for row in frame.iter_rows(named=True)
        ]
        for name, frame in frames.items()
    }, whole  # fmt: skip


def _of_unit(frame: pl.DataFrame, unit: str) -> pl.DataFrame:
    return frame.filter(pl.col("unit") == unit) if "unit" in frame.columns else frame.clear()


def _instances(state: State) -> dict[str, Any]:
    """What became of each instance of a duty, in the order in which examples are compared."""
    period = Period.parse(state.result.period)
    judged = comply(state.resolved, state.ledger, period, state.result.as_of, calendar=state.calendar)
    found: dict[str, list[dict[str, Any]]] = {}
    for unit in compliance_json(judged)["units"]:
        for one in unit["instances"]:
            told = {key: one[key] for key in ("case", "due", "status") if one[key] is not None}
            found.setdefault(one["duty"], []).append(told)
    return dict(found)


def _expected(state: State, whole: bool) -> dict[str, Any]:
    """What the unit got, as an example says it."""
    unit, result, scheme = state.unit, state.result, state.resolved.scheme
    if _of_duties(state):
        return _instances(state)
    measures = {name: result.text(value) for name, value in unit.measures.items() if not scheme.measures[name].context}
    scored = (*unit.indicators, *unit.branches)
    points = {one.id: result.text(one.points) for one in scored if one.met is None and one.points is not None}
    status = {one.id: one.status for one in unit.indicators if one.points is None and one.met is None}
    met = {one.id: one.met for one in unit.indicators if one.met is not None}
    rates = {name: result.text(value) for name, value in unit.rates.items()}
    own: dict[str, Any] = {"measures": measures, "rates": rates, "points": points, "status": status, "met": met}
    own = {key: value for key, value in own.items() if value}
    own["total"] = result.text(unit.total)
    if whole and unit.rank is not None:
        own["rank"] = unit.rank
        own |= {"outcomes": [one.id for one in unit.outcomes if one.decided]} if scheme.outcomes else {}
    return {"units": {unit.unit: own}}
