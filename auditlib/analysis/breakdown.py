"""A result as accounts: for every unit the entries that add up to its total, each with its clause.

An account is drawn up from a fresh result exactly, or from the JSON of an earlier one, whose numbers are rounded as
the scheme declares; what rounding leaves between the entries and the total is an entry of its own.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from auditlib.analysis.tree import branch_effects, shares
from auditlib.core.errors import InputError, Problem
from auditlib.core.guards import text_of
from auditlib.core.period import Period
from auditlib.core.values import Number
from auditlib.core.yaml_file import dotted
from auditlib.scheme.load import Resolved
from auditlib.scoring.result import PartScore, Result, ScoreLine, UnitScore
from auditlib.scoring.totals import paired

__all__ = ["Account", "Entry", "Key", "ResultAccount", "account_of", "read_account"]

Key = tuple[str, ...]
"""What an entry is for: ``("line", indicator, rule)``, ``("start", indicator)``, ``("bounds", indicator)``,
``("weight", indicator)`` (what of it does not reach the total), ``("branch", node)``, ``("base",)``,
``("part", period)``, ``("rounding",)``."""


@dataclass(frozen=True)
class Entry:
    """One amount of an account. Where it does not count, it is shown and no part of the total."""

    clause: str
    points: Fraction
    quantity: Fraction | None = None
    evidence: tuple[str, ...] = ()
    readings: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    """Told beside other differences; that a reading is decided otherwise is said once for the whole result."""
    counts: bool = True


@dataclass(frozen=True)
class Account:
    """One unit: its entries, whose counting points add up to ``total`` where it has one, and what else is said."""

    name: str
    total: Fraction | None
    rank: int | None
    entries: Mapping[Key, Entry]
    facts: Mapping[str, str | None]


@dataclass(frozen=True)
class ResultAccount:
    """Every unit of a result, and what the result is of."""

    heads: Mapping[str, str | None]
    units: Mapping[str, Account]


def account_of(resolved: Resolved, result: Result) -> ResultAccount:
    """The accounts of a fresh result: exact, with starts, bounds and base each by itself."""
    plain = result.to_json()
    roll_up = resolved.scheme.roll_up.get(Period.parse(result.period).granularity)
    clause = roll_up.clause if roll_up else ""
    units = {
        unit.unit: Account(unit.name, unit.total, unit.rank, dict(_entries(resolved, unit, clause)), _facts(own))
        for unit, own in zip(result.units, plain["units"], strict=True)
    }
    return ResultAccount(_heads(plain), units)


def _entries(resolved: Resolved, unit: UnitScore, roll_up: str) -> Iterator[tuple[Key, Entry]]:
    own = not unit.parts  # a rolled-up total is made of periods; the lines of its own period only explain one of them
    base, reach = resolved.scheme.base, shares(resolved.scheme, unit)
    if base is not None:
        yield ("base",), Entry(base.clause, base.points, counts=own)
    for indicator, scored in paired(resolved.scheme, unit.indicators):
        if scored.points is not None:
            yield ("start", scored.id), Entry(indicator.clause, indicator.start, counts=own)
            yield from _lines(scored.id, scored.lines, own)
            raw = scored.points if scored.raw is None else scored.raw
            yield ("bounds", scored.id), Entry(indicator.clause, scored.points - raw, counts=own)
            if reach[scored.id] != 1:
                yield ("weight", scored.id), Entry(indicator.clause, scored.points * (reach[scored.id] - 1), counts=own)
    for effect in branch_effects(resolved.scheme, unit):
        yield ("branch", effect.branch.id), Entry(effect.branch.clause, effect.points, counts=own)
    yield from _parts(unit.parts, roll_up)


def _lines(indicator: str, lines: Sequence[ScoreLine | _Line], counts: bool) -> Iterator[tuple[Key, Entry]]:
    """The score lines; a rule that has several (a multiplier, several marks) numbers the further ones."""
    seen: dict[str, int] = {}
    for line in lines:
        seen[line.rule] = number = seen.get(line.rule, 0) + 1
        key = ("line", indicator, line.rule, *([str(number)] if number > 1 else []))
        readings, points = tuple(sorted(line.readings.items())), line.points or Fraction(0)
        yield key, Entry(line.clause, points, line.quantity, tuple(line.evidence), readings, counts)


def _parts(parts: Sequence[PartScore | _Part], clause: str) -> Iterator[tuple[Key, Entry]]:
    """What each period brings into a rolled-up total: its weight, shared with the others of its kind that count."""
    known = Counter(Period.parse(part.period).granularity for part in parts if part.total is not None)
    for part in parts:
        if part.total is not None:
            share = part.weight / known[Period.parse(part.period).granularity]
            yield ("part", part.period), Entry(clause, share * part.total, part.total)


# --- the JSON of an earlier result --------------------------------------------------------------------


class _Stored(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, arbitrary_types_allowed=True)


class _Line(_Stored):
    rule: str
    clause: str
    quantity: Number | None
    points: Number | None
    evidence: tuple[str, ...]
    readings: dict[str, str] = {}


class _Indicator(_Stored):
    id: str
    points: Number | None
    lines: tuple[_Line, ...]


class _Part(_Stored):
    period: str
    weight: Number
    total: Number | None


class _Unit(_Stored):
    unit: str
    name: str = ""
    total: Number | None
    rank: int | None
    indicators: tuple[_Indicator, ...]
    roll_up: tuple[_Part, ...] = ()


class _Result(_Stored):
    scheme: str
    version: str
    period: str
    units: tuple[_Unit, ...]


def read_account(file: Path) -> ResultAccount:
    """The accounts of a result that ``score --format json`` wrote.

    Raises :class:`InputError` naming what is missing or no such value.
    """
    try:
        plain = json.loads(text_of(file))
        stored = _Result.model_validate(plain)
    except json.JSONDecodeError as error:
        raise InputError.at(file, "", f"not JSON: {error.msg}", line=error.lineno) from None
    except ValidationError as error:
        raise InputError(
            Problem(str(file), None, dotted(fault["loc"]), f"{_found(fault)}, expected a result of `auditlib score`")
            for fault in error.errors(include_url=False)
        ) from None
    except (RecursionError, ValueError) as error:  # nested too deep, a number of too many digits
        found = str(error).splitlines()[0]
        raise InputError.at(file, "", f"found {found}, expected the JSON of a result") from None
    units = {
        unit.unit: Account(unit.name, unit.total, unit.rank, dict(_stored_entries(unit)), _facts(own))
        for unit, own in zip(stored.units, plain["units"], strict=True)
    }
    return ResultAccount(_heads(plain), units)


def _found(fault: Any) -> str:
    return "found nothing" if fault["type"] == "missing" else f"found {fault['input']!r}"


def _stored_entries(unit: _Unit) -> Iterator[tuple[Key, Entry]]:
    """As :func:`_entries`, with start and bounds together, and what else the total holds as one remainder."""
    own = not unit.roll_up
    added = Fraction(0)
    for indicator in unit.indicators:
        if indicator.points is not None:
            yield from _lines(indicator.id, indicator.lines, own)
            lines = sum((line.points or Fraction(0) for line in indicator.lines), Fraction(0))
            clause = indicator.lines[0].clause if indicator.lines else ""  # start and bounds are of the same clause
            yield ("bounds", indicator.id), Entry(clause, indicator.points - lines, counts=own)
            added += indicator.points
    parts = dict(_parts(unit.roll_up, ""))
    yield from parts.items()
    if unit.total is not None:
        counted = added if own else sum((entry.points for entry in parts.values()), Fraction(0))
        yield ("rounding",), Entry("", unit.total - counted)


def _heads(plain: Mapping[str, Any]) -> dict[str, str | None]:
    """What a result is of; every adjustment and every warning by itself: the notices say the same with their kinds."""
    told = ("units", "warnings", "notices", "adjustments")
    heads = dict(_flat({key: value for key, value in plain.items() if key not in told}))
    for one in plain.get("adjustments", ()):
        cells = "; ".join(f"{cell['cell']}: {cell['was']} → {cell['becomes']}" for cell in one["changes"])
        heads[f"adjustment {one['id']}"] = f"{one['decided_at']} {one['decided_by']}: {cells}"
    return heads | {f"note: {text}": "given" for text in plain.get("warnings", ())}


def _facts(unit: Mapping[str, Any]) -> dict[str, str | None]:
    """All that a result says of a unit but the entries of its account."""
    plain = {key: value for key, value in unit.items() if key not in ("unit", "indicators", "roll_up")}
    facts = dict(_flat(plain))
    for indicator in unit["indicators"]:
        kept = {key: value for key, value in indicator.items() if key not in ("id", "lines")}
        facts |= _flat({indicator["id"]: kept})
        for line in indicator["lines"]:
            name = f"{indicator['id']}.{line['rule']}"
            if indicator["points"] is None:
                facts |= _flat({name: {key: value for key, value in line.items() if key not in ("rule", "clause")}})
            elif "reason" in line:
                facts[f"{name}.reason"] = line["reason"]
    return facts


def _flat(value: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str | None]]:
    for key, item in value.items():
        name = f"{above}{key}"
        if isinstance(item, dict):
            yield from _flat(item, f"{name}.")
        elif isinstance(item, list) and any(isinstance(one, dict) for one in item):
            for number, one in enumerate(item, start=1):
                yield from _flat(one, f"{name}.{one.get('id', number)}.")
        elif isinstance(item, list):
            yield name, ", ".join(map(str, item)) or None
        else:
            yield name, None if item is None else str(item)
