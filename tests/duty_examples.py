"""Worked examples of duties: a page's examples with their other readings, judged and compared as users would."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from spec_pages import write_ledger

from auditlib.core.period import Period
from auditlib.core.worktime import Calendar, china, days_from
from auditlib.ledger.read import read_ledger
from auditlib.scheme.duties import DutyStart
from auditlib.scheme.load import load_scheme
from auditlib.scheme.model import Scheme
from auditlib.scoring.duties.compliance import Compliance, comply
from auditlib.scoring.duties.rows import DutyRows
from auditlib.scoring.duties.written import compliance_json

__all__ = ["Page", "compared", "left_out", "variants_of"]

Page = tuple[Path, dict[str, Any]]
"""A scheme file and its page of examples."""


def variants_of(pages: Iterable[Page]) -> Iterator[Any]:
    """Every example of the pages, under the scheme's own readings and each other way that it names."""
    for scheme, page in pages:
        for example in page["examples"]:
            variants = [{"expect": example["expect"]}, *example.get("otherwise", [])]
            for number, variant in enumerate(variants):
                name = "+".join([*variant.get("reading", {}).values(), *map(str, variant.get("set", {}).values())])
                named = f"{scheme.stem}/{example['id']}/{number}-{name or variant.get('calendar', 'natural')}"
                yield pytest.param(page, example, variant, scheme, id=named)


def weekends() -> Calendar:
    """A calendar that knows weekends and no holidays."""
    first, last = date(2004, 1, 1), date(2026, 12, 31)
    return Calendar("weekends", first, last, pl.Series([day.weekday() < 5 for day in days_from(first, last)]))


def of_duties(scheme: Scheme, names: Collection[str]) -> Scheme:
    """The scheme with the named duties, those from whose ends their clocks run, and its first one.

    An example speaks of a few of up to 74. All of a scheme together its demonstration judges.
    """
    wanted = {scheme.duties[0].id, *names}
    after = {duty.id: duty.start.due for duty in scheme.duties if isinstance(duty.start, DutyStart)}
    while more := {after[name] for name in wanted & after.keys()} - wanted:
        wanted |= more
    return scheme.model_copy(update={"duties": tuple(duty for duty in scheme.duties if duty.id in wanted)})


def judged(page: Any, example: Any, variant: Any, scheme: Path, folder: Path) -> tuple[Compliance, DutyRows]:
    write_ledger(folder, page, example)
    note = page.get("note", {}) | example.get("note", {})
    (folder / "ledger.yaml").write_text(yaml.safe_dump(note, allow_unicode=True), encoding="utf-8")
    period = Period.parse(str(example.get("period", page.get("period"))))
    as_of = datetime.fromisoformat(example.get("as_of", page.get("as_of")))
    supplied = {name: str(value) for name, value in variant.get("set", example.get("set", {})).items()}
    resolved = load_scheme(scheme).resolve(variant.get("reading", {}), supplied, period.first)
    if "columns" not in variant["expect"]:  # which are made for the duties that read them
        resolved = replace(resolved, scheme=of_duties(resolved.scheme, variant["expect"]))
    ledger = read_ledger(folder, as_of)
    assert ledger.rejects.is_empty(), ledger.rejects
    calendar = weekends() if variant.get("calendar") == "weekends" else china()
    result = comply(resolved, ledger, period, as_of, calendar=calendar, left=True)
    return result, DutyRows.of(resolved, ledger, period, as_of, calendar)


def compared(page: Any, example: Any, variant: Any, scheme: Path, folder: Path) -> None:
    """Asserts that every duty and column is what the example says."""
    result, rows = judged(page, example, variant, scheme, folder)
    written = [one for unit in compliance_json(result)["units"] for one in unit["instances"]]
    for name, expected in variant["expect"].items():
        if name == "columns":
            found = {column: rows.cases.sort("case_id")[column].to_list() for column in expected}
            assert found == {
                column: values if isinstance(values, list) else [values] for column, values in expected.items()
            }
            continue
        own = [one for one in written if one["duty"] == name]
        of = [one for one in own if one["status"] != "not_applicable"] or own
        each = expected if isinstance(expected, list) else [expected]
        assert len(of) == len(each), (name, own)
        for one, values in zip(of, each, strict=True):
            assert {key: flat(one).get(key) for key in values} == values, (name, one)


def flat(one: dict[str, Any]) -> dict[str, Any]:
    """An instance with what is measured of it side by side, and its parts by name."""
    late = one.get("late") or one.get("overdue") or {}
    more = {f"late_{name}": value for name, value in late.items()}
    more |= {f"elapsed_{name}": value for name, value in one.get("elapsed", {}).items()}
    more |= {name: part["status"] for name, part in one.get("parts", {}).items()}
    more |= {"cap": one.get("extended", {}).get("cap"), "civil_code": one.get("civil_code_203", {}).get("due")}
    return one | more


def left_out(pages: Iterable[Page], known: Iterable[dict[str, Any]]) -> set[str]:
    """The known examples of the pages' systems that are neither on a page nor told there to be elsewhere."""
    listed = list(pages)
    systems = {scheme.stem.split("-")[0].upper() for scheme, _ in listed}
    wanted = {entry["id"] for entry in known if entry["system"] in systems}
    have = {example["id"] for _, page in listed for example in page["examples"]}
    wanted -= {one for _, page in listed for one in page.get("elsewhere", {})}
    return {one for one in wanted if not any(name == one or name.startswith(f"{one}-") for name in have)}
