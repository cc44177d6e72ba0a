"""Worked clauses: a clause of a published rule set, how it is written, small inputs, and what comes out.

A file of ``tests/survey`` is one rule set: ``set`` names it, ``clauses`` has for each clause its ``id``, what it
``says``, a fragment of a scheme (``quantities``, ``tree``, ``rankings``, ``outcomes``, ``columns``) and what is
``given``: facts by unit, or by period and unit, and registers as CSV under ``rows`` (with ``times`` as the first column
each row stands for so many). ``days`` are the years of a calendar of the rules' own. ``expected`` is by unit what
``show`` names: the points of a node (``points``), the value of a quantity, ``outcomes``, ``amounts`` of their
consequences, ``rank``, or ``total``; or a list of them. What the source leaves out is a gap, and ``supplied`` fills it.
"""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from auditlib.core.calendars import PUBLISHED, CalendarChoice
from auditlib.core.period import Period
from auditlib.core.values import number
from auditlib.ledger.read import read_ledger
from auditlib.ledger.registers import REGISTERS
from auditlib.scheme.load import load_scheme
from auditlib.scoring.assess import calendar_of
from auditlib.scoring.result import Result, UnitScore
from auditlib.scoring.score import score

__all__ = ["TITLE", "clauses_of", "found_of", "named", "scored_clause"]

TITLE = {"zh": "甲", "en": "A"}
PERIOD = "2025-06"
MAIN = {"id": "main", "by": [{"points": "total"}], "ties": "shared"}
OWN = (
    "columns", "extra_columns", "calendar", "year_starts", "words", "values", "readings", "gaps", "periods", "roll_up",
    "earlier_as_of",
)  # fmt: skip
SURVEY = Path(__file__).parent / "survey"


def clauses_of(folder: Path = SURVEY) -> list[tuple[str, dict[str, Any]]]:
    """Every worked clause by its id."""
    files = sorted(folder.glob("*.yaml"))
    sets = [yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader) for file in files]
    return [(clause["id"], clause) for one in sets for clause in one["clauses"]]


def named(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Nodes with the titles and clauses that a scheme file has, and a fragment leaves out."""
    for node in nodes:
        for index, rule in enumerate(node.get("rules", ())):
            rule.update({"id": rule.get("id", f"r{index}"), "clause": "一", "title": TITLE})
        node.update({"title": TITLE, "clause": "一"})
        named(node.get("nodes", []))
    return nodes


def scored_clause(folder: Path, clause: dict[str, Any]) -> Result:
    """A clause as a scheme file and a ledger in files, scored as anyone would. Raises :class:`InputError`."""
    given = clause["given"]
    by_period = given if all(str(key)[:2] in ("20", "FY") for key in given) else {clause.get("period", PERIOD): given}
    facts = {name for units in by_period.values() for own in units.values() for name in own}
    asked = clause.get("period", PERIOD)
    kind = Period.parse(str(asked)).granularity
    quantities = {name: {"fact": name, "otherwise": "not_assessable", "low": "-1000000"} for name in facts}
    scheme = {
        "scheme": "clause", "version": "1", "title": TITLE, "effective": {"from": None}, "periods": [kind],
        "source": {"document": "none.txt", "title": TITLE, "last_checked": "2026-01-01"},
        "clauses": {"一": {"quote": str(clause["says"])}}, "measures": {}, "rounding": {"digits": 4, "mode": "half_up"},
        "quantities": quantities | clause.get("quantities", {}),
        "tree": named(deepcopy(clause.get("tree") or [{"id": "none", "rules": [{"points": 0, "per": {"add": [1]}}]}])),
        "rankings": clause.get("rankings") or [MAIN | {"within": "group" if "groups" in clause else "all"}],
        "outcomes": [one | {"title": TITLE, "clause": "一"} for one in clause.get("outcomes", ())],
    } | {key: clause[key] for key in OWN if key in clause}  # fmt: skip
    text = yaml.safe_dump(scheme, allow_unicode=True, sort_keys=False)
    (folder / "clause.yaml").write_text(text, encoding="utf-8")
    units = list(dict.fromkeys([*(u for own in by_period.values() for u in own), *clause.get("units", ())]))
    groups = clause.get("groups", {})
    lines = "".join(f"{unit},{groups.get(unit, '')}\n" for unit in units)
    (folder / "units.csv").write_text(f"unit,group\n{lines}", encoding="utf-8")
    rows = [
        f"{unit},{period},{name},{number(value)}\n"
        for period, own in by_period.items()
        for unit, values in own.items()
        for name, value in values.items()
    ]
    (folder / "unit_facts.csv").write_text("unit,period,fact,value\n" + "".join(rows), encoding="utf-8")
    for register, table in clause.get("rows", {}).items():
        (folder / f"{register}.csv").write_text(repeated(register, table), encoding="utf-8")
    period = Period.parse(str(asked))
    as_of = datetime.fromisoformat(str(clause["as_of"])) if "as_of" in clause else period.end
    days = PUBLISHED
    if "days" in clause:
        days = CalendarChoice(str(folder))
        (folder / f"{clause['calendar']}.yaml").write_text(yaml.safe_dump({"years": clause["days"]}), encoding="utf-8")
    resolved = load_scheme(folder / "clause.yaml").resolve({}, clause.get("supplied"), period.first)
    return score(resolved, read_ledger(folder, as_of), period, calendar=calendar_of(resolved, days))


def repeated(register: str, table: str) -> str:
    """A register whose first column is ``times`` with every row so often, numbered where the register has a key."""
    head, *lines = table.splitlines()
    if not head.startswith("times,"):
        return table
    rows = [rest for times, rest in (line.split(",", 1) for line in lines) for _ in range(int(times))]
    found = [head.removeprefix("times,"), *rows]
    if REGISTERS[register].key:
        (key,) = REGISTERS[register].key
        found = [f"{n or key},{row}" for n, row in enumerate(found)]
    return "".join(f"{row}\n" for row in found)


def found_of(result: Result, clause: dict[str, Any]) -> dict[str, Any]:
    """By unit what a clause shows: the points of a node, the value of a quantity, the outcomes, or the rank."""
    show = clause.get("show", "points")
    if isinstance(show, list):
        return {unit.unit: [_found(result, unit, one) for one in show] for unit in result.units}
    return {unit.unit: _found(result, unit, show) for unit in result.units}


def _found(result: Result, unit: UnitScore, show: str) -> Any:
    nodes = {one.id: one for one in (*unit.indicators, *unit.branches)}
    if show == "total":
        return unit.total
    if show == "outcomes":
        return [one.id for one in unit.outcomes if one.decided]
    if show == "amounts":
        return [amount for one in unit.outcomes if one.decided for amount in one.amounts.values()]
    if show == "rank":
        return unit.rank
    if show in {ranking for other in result.units for ranking in other.ranks}:
        return unit.ranks[show].rank if show in unit.ranks else None
    if show in nodes:
        return nodes[show].met if nodes[show].met is not None else nodes[show].points
    return unit.rates[show] if show in unit.rates else unit.measures[show]


def exact(expected: Any) -> Any:
    """A number of a worked file as a fraction, also in a list; anything else as it is."""
    if isinstance(expected, list):
        return [exact(one) for one in expected]
    if (
        isinstance(expected, bool)
        or expected is None
        or (isinstance(expected, str) and expected[0] not in "-0123456789")
    ):
        return expected
    return number(expected)
