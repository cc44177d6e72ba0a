"""Differences as tables and as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from auditlib.analysis.breakdown import Entry, Key
from auditlib.analysis.diff import Change, ResultDiff, UnitDiff
from auditlib.core.exact import Rounding, decimal_text, full_text
from auditlib.core.table import Table
from auditlib.scheme.compare import Amendment

__all__ = [
    "amendments_json",
    "amendments_table",
    "change_rows",
    "fact_rows",
    "head_rows",
    "result_diff_json",
    "unit_rows",
]

SHOWN = Rounding(4)
FEW = 5
"""So many case ids are shown in a table; the JSON has all."""


def amendments_table(amendments: Sequence[Amendment], language: str) -> Table:
    """The synopsis of two schemes: clause, what, old, new, and what the source says there."""
    headers = ("clause", "what", "old", "new", "source")
    rows = [
        [
            ", ".join(own.clauses),
            f"{own.section}.{own.name}".rstrip("."),
            own.old and own.old(language),
            own.new and own.new(language),
            own.why(language),
        ]
        for own in amendments
    ]
    return Table(headers, rows)


def amendments_json(amendments: Sequence[Amendment]) -> list[dict[str, Any]]:
    """The synopsis as plain values."""
    return [
        {
            "clauses": list(own.clauses),
            "section": own.section,
            "name": own.name,
            "kind": own.kind,
            "old": own.old and own.old.model_dump(),
            "new": own.new and own.new.model_dump(),
            "why": own.why.model_dump(),
        }
        for own in amendments
    ]


def head_rows(found: ResultDiff) -> Table:
    """What the two results are of, where that differs."""
    return Table(("what", "old", "new"), found.heads)


def unit_rows(found: ResultDiff) -> Table:
    """Every unit that differs: totals, ranks, and what each clause changes in its total."""
    headers = ("unit", "name", "total", "", "change", "rank", "", "by clause")
    rows = []
    for unit in found.units:
        shown = unit.new or unit.old
        by_clause = "; ".join(f"{clause} {_signed(delta)}" for clause, delta in unit.by_clause().items())
        rows.append(
            [
                unit.unit,
                shown.name if shown else "",
                *(_text(account.total) if account else "not there" for account in (unit.old, unit.new)),
                _signed(unit.delta),
                *(account.rank if account else None for account in (unit.old, unit.new)),
                by_clause if unit.delta is not None else "",
            ]
        )
    return Table(headers, rows)


def change_rows(found: ResultDiff) -> Table:
    """Every entry that differs, by unit and clause, with what it counted and the cases that came or went."""
    headers = ("unit", "clause", "what", "old", "new", "change", "counted", "cases")
    rows = []
    for unit in found.units:
        for change in unit.changes:
            delta = _signed(change.delta) if change.counts else f"({_signed(change.delta)})"
            points = [_points(change.old), _points(change.new), delta]
            rows.append([unit.unit, change.clause, _named(change.key), *points, _counted(change), _cases(change)])
    return Table(headers, rows)


def fact_rows(found: ResultDiff) -> Table:
    """What else differs of each unit: outcomes, statuses, counts, rates; not what the other tables have already."""
    told = ("total", "rank", "points")
    rows = [[unit.unit, *fact] for unit in found.units for fact in unit.facts if fact[0].split(".")[-1] not in told]
    return Table(("unit", "what", "old", "new"), rows)


def result_diff_json(found: ResultDiff) -> dict[str, Any]:
    """Two results' differences as plain values; points exact, as decimals where they end and as fractions where not."""
    return {
        "equal": found.equal,
        "heads": [{"what": what, "old": old, "new": new} for what, old, new in found.heads],
        "units": [_unit(unit) for unit in found.units],
    }


def _unit(unit: UnitDiff) -> dict[str, Any]:
    return {
        "unit": unit.unit,
        "old": None if unit.old is None else {"total": _exact(unit.old.total), "rank": unit.old.rank},
        "new": None if unit.new is None else {"total": _exact(unit.new.total), "rank": unit.new.rank},
        "change": _exact(unit.delta),
        "by_clause": {clause: _exact(delta) for clause, delta in unit.by_clause().items()},
        "changes": [
            {
                "what": list(change.key),
                "clause": change.clause,
                "old": _entry(change.old),
                "new": _entry(change.new),
                "change": _exact(change.delta),
                "counts": change.counts,
                "cases_added": list(change.evidence[0]),
                "cases_gone": list(change.evidence[1]),
            }
            for change in unit.changes
        ],
        "facts": [{"what": what, "old": old, "new": new} for what, old, new in unit.facts],
    }


def _entry(entry: Entry | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    return {"points": _exact(entry.points), "quantity": _exact(entry.quantity), "readings": dict(entry.readings)}


def _named(key: Key) -> str:
    kind, *rest = key
    words = {
        "line": "",
        "start": "starting points",
        "bounds": "bounds",
        "base": "base",
        "part": "period",
        "rounding": "base and rounding",
    }[kind]
    return f"{'.'.join(rest)} {words}".strip() if kind != "part" else f"{words} {rest[0]}"


def _counted(change: Change) -> str:
    """What the rule looked at, before and after; readings that were decided otherwise."""
    old, new = (entry.quantity if entry else None for entry in (change.old, change.new))
    parts = [] if old == new else [f"{_text(old) or '—'} → {_text(new) or '—'}"]
    if change.old and change.new and change.old.readings != change.new.readings:
        before = dict(change.old.readings)
        parts += [
            f"{n}: {before.get(n, '—')} → {option}" for n, option in change.new.readings if before.get(n) != option
        ]
    return "; ".join(parts)


def _cases(change: Change) -> str:
    added, gone = change.evidence
    return " ".join([f"+{case}" for case in added[:FEW]] + [f"−{case}" for case in gone[:FEW]]) + (
        " …" if max(len(added), len(gone)) > FEW else ""
    )


def _points(entry: Entry | None) -> str | None:
    return None if entry is None else _text(entry.points)


def _text(value: Fraction | None) -> str | None:
    return None if value is None else decimal_text(value, SHOWN)


def _signed(value: Fraction | None) -> str:
    if value is None:
        return ""
    return f"+{_text(value)}" if value > 0 else f"{_text(value)}"


def _exact(value: Fraction | None) -> str | None:
    """A number without loss; None stays None."""
    return None if value is None else full_text(value)
