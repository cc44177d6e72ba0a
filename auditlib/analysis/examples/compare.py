"""Worked examples scored, and what comes out otherwise than they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import polars as pl

from auditlib.analysis.examples.page import Case, ExamplePage, Variant
from auditlib.analysis.examples.rows import UNIT, example_ledger
from auditlib.core.calendars import PUBLISHED, CalendarChoice
from auditlib.core.errors import InputError, Problem
from auditlib.core.period import Period
from auditlib.core.worktime import Calendar, days_from
from auditlib.core.yaml_file import Tree
from auditlib.scheme.load import Resolved, SchemeFile
from auditlib.scoring.assess import calendar_of
from auditlib.scoring.duties.compliance import comply
from auditlib.scoring.duties.rows import DutyRows
from auditlib.scoring.duties.written import compliance_json
from auditlib.scoring.result import OutcomeScore, Result, UnitScore
from auditlib.scoring.score import score

__all__ = ["Compared", "compare_page"]

Path_ = tuple[str | int, ...]
Found = Iterator[tuple[Path_, Any, Any]]
"""Where an expectation stands in the example, what was found, and what is expected."""


@dataclass(frozen=True)
class Compared:
    """A worked example under one choice of readings: what came out otherwise than it says, each with its place."""

    example: str
    readings: Mapping[str, str]
    faults: tuple[Problem, ...]


def compare_page(
    scheme: SchemeFile, tree: Tree, page: ExamplePage, days: CalendarChoice = PUBLISHED
) -> Iterator[Compared]:
    """Every example of a page, under the scheme's own readings and each other way that it names.

    Raises :class:`InputError` for rows that no ledger takes, and for readings that the scheme does not have.
    """
    for index, example in enumerate(page.examples):
        for number, variant in enumerate(example.variants):
            at: Path_ = ("examples", index, *(("otherwise", number - 1) if number else ()), "expect")
            try:
                found = list(_found(scheme, Case(page, example), variant, days))
            except InputError as error:
                found = [(("refused",), str(error), variant.expect.get("refused"))]
            faults = tuple(
                tree.problem((*at, *path), f"{example.id}: found {_said(found)}, expected {_said(wanted)}")
                for path, found, wanted in found
                if found != wanted
            )
            yield Compared(example.id, variant.reading, faults)


def _said(value: Any) -> str:
    return "nothing" if value is None else str(value)


def _found(scheme: SchemeFile, case: Case, variant: Variant, days: CalendarChoice) -> Found:
    page, example = case.page, case.example
    period = Period.parse(example.period or page.period)
    as_of = datetime.fromisoformat(example.as_of or page.as_of)
    supplied = {name: str(value) for name, value in (variant.set or example.set).items()}
    resolved = scheme.resolve(variant.reading, supplied, period.first)
    ledger = example_ledger(case, as_of, f"{scheme.natural.scheme}: {example.id}", scheme.natural.extra_registers)
    calendar = _weekends() if variant.calendar else calendar_of(resolved, days)
    if page.judged == "duties":
        yield from _judged(resolved, variant.expect, ledger, period, as_of, calendar)
        return
    result = score(resolved, ledger, period, as_of, calendar=calendar)
    expected = dict(variant.expect)
    if "refused" in expected:
        yield ("refused",), None, expected.pop("refused")
    for unit, own in {UNIT: expected, **expected.pop("units", {})}.items():
        for path, found, wanted in _of_unit(result, result.unit(unit), own) if own else ():
            yield (path if own is expected else ("units", unit, *path)), found, wanted


def _weekends() -> Calendar:
    first, last = date(2004, 1, 1), date(2099, 12, 31)
    return Calendar("weekends", first, last, pl.Series([day.weekday() < 5 for day in days_from(first, last)]))


def _of_unit(result: Result, unit: UnitScore, expected: Mapping[str, Any]) -> Found:
    """What one unit got, key by key as the example asks. Raises :class:`InputError` for a key that nobody knows."""
    indicators = {one.id: one for one in (*unit.indicators, *unit.branches)}
    lines = [line for indicator in indicators.values() for line in indicator.lines]
    named: dict[str, Callable[[str], Any]] = {
        "points": lambda key: result.text(indicators[key].points),
        "lines": lambda key: _sum(result, [line.points for line in lines if line.rule == key]),
        "status": lambda key: indicators[key].status,
        "met": lambda key: indicators[key].met,
        "rates": lambda key: result.text(unit.rates[key]),
        "measures": lambda key: result.text(unit.measures[key]),
        "evidence": lambda key: [case for line in lines if line.rule == key for case in line.evidence],
        "amounts": lambda key: next((result.text(o.amounts[key]) for o in unit.outcomes if key in o.amounts), None),
    }
    whole: dict[str, Callable[[], Any]] = {
        "total": lambda: result.text(unit.total),
        "total_of": lambda: result.text(unit.total_of),
        "rank": lambda: unit.rank,
        "tie": lambda: sorted(unit.tie),
        "outcomes": lambda: _ids(one for one in unit.outcomes if one.decided),
        "undecided": lambda: _ids(one for one in unit.outcomes if not one.decided),
        "needs": lambda: [need for outcome in unit.outcomes for need in outcome.needs],
    }
    for what, wanted in expected.items():
        if what in whole:
            yield (what,), whole[what](), wanted
        elif what not in named:
            known = ", ".join([*named, *whole, "units", "refused"])
            raise InputError.at("expect", what, f"found {what}, expected one of {known}")
        else:
            for key, value in wanted.items():
                try:
                    yield (what, key), named[what](key), value
                except KeyError:
                    yield (what, key), "no such name in the result", value


def _ids(outcomes: Iterator[OutcomeScore]) -> list[str]:
    return [one.id for one in outcomes]


def _sum(result: Result, points: list[Fraction | None]) -> str | None:
    known = [value for value in points if value is not None]
    return result.text(sum(known, Fraction(0))) if known else None


# --- duties ---


def _judged(
    resolved: Resolved, expected: Mapping[str, Any], ledger: Any, period: Period, as_of: datetime,
    calendar: Calendar | None,
) -> Found:  # fmt: skip
    result = comply(resolved, ledger, period, as_of, calendar=calendar, left=True)
    written = [one for unit in compliance_json(result)["units"] for one in unit["instances"]]
    for name, wanted in expected.items():
        if name == "columns":
            cases = DutyRows.of(resolved, ledger, period, as_of, calendar).cases.sort("case_id")
            for column, values in wanted.items():
                yield (name, column), cases[column].to_list(), values if isinstance(values, list) else [values]
            continue
        own = [one for one in written if one["duty"] == name]
        own = [one for one in own if one["status"] != "not_applicable"] or own
        each = wanted if isinstance(wanted, list) else [wanted]
        if len(own) != len(each):
            yield (name,), f"{len(own)} instances", f"{len(each)} instances"
            continue
        for number, (one, values) in enumerate(zip(own, each, strict=True)):
            place = (name, number) if isinstance(wanted, list) else (name,)
            flat = _flat(one)
            yield from (((*place, key), flat.get(key), value) for key, value in values.items())


def _flat(one: dict[str, Any]) -> dict[str, Any]:
    """An instance with what is measured of it side by side, and its parts by name."""
    late = one.get("late") or one.get("overdue") or {}
    more = {f"late_{name}": value for name, value in late.items()}
    more |= {f"elapsed_{name}": value for name, value in one.get("elapsed", {}).items()}
    more |= {name: part["status"] for name, part in one.get("parts", {}).items()}
    more |= {"cap": one.get("extended", {}).get("cap"), "civil_code": one.get("civil_code_203", {}).get("due")}
    return one | more
