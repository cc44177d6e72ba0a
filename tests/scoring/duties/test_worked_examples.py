"""Every worked example of a duty, judged as a user would judge it, under the scheme's own readings and the others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from spec.test_spec import write_ledger

from auditlib.core.period import Period
from auditlib.core.worktime import Calendar, china, days_from
from auditlib.ledger.read import read_ledger
from auditlib.scheme.load import load_scheme
from auditlib.scoring.duties.compliance import Compliance, comply
from auditlib.scoring.duties.rows import DutyRows
from auditlib.scoring.duties.written import compliance_json

HERE = Path(__file__).parent


def pages() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted(HERE.glob("*.examples.yaml")):
        yield file.name.removesuffix(".examples.yaml"), yaml.safe_load(file.read_text(encoding="utf-8"))


def examples() -> Iterator[Any]:
    for scheme, page in pages():
        for example in page["examples"]:
            variants = [{"expect": example["expect"]}, *example.get("otherwise", [])]
            for number, variant in enumerate(variants):
                name = "+".join([*variant.get("reading", {}).values(), *map(str, variant.get("set", {}).values())])
                named = f"{scheme}/{example['id']}/{number}-{name or variant.get('calendar', 'natural')}"
                yield pytest.param(page, example, variant, scheme, id=named)


def weekends() -> Calendar:
    """A calendar that knows weekends and no holidays."""
    first, last = date(2004, 1, 1), date(2026, 12, 31)
    return Calendar("weekends", first, last, np.array([day.weekday() < 5 for day in days_from(first, last)]))


def judged(page: Any, example: Any, variant: Any, scheme: str, folder: Path) -> tuple[Compliance, DutyRows]:
    write_ledger(folder, page, example)
    note = page.get("note", {}) | example.get("note", {})
    (folder / "ledger.yaml").write_text(yaml.safe_dump(note, allow_unicode=True), encoding="utf-8")
    period = Period.parse(str(example.get("period", page.get("period"))))
    as_of = datetime.fromisoformat(example.get("as_of", page.get("as_of")))
    supplied = {name: str(value) for name, value in variant.get("set", example.get("set", {})).items()}
    resolved = load_scheme(HERE / f"{scheme}.yaml").resolve(variant.get("reading", {}), supplied, period.first)
    ledger = read_ledger(folder, as_of)
    assert ledger.rejects.is_empty(), ledger.rejects
    calendar = weekends() if variant.get("calendar") == "weekends" else china()
    result = comply(resolved, ledger, period, as_of, calendar=calendar, left=True)
    return result, DutyRows.of(resolved, ledger, period, as_of, calendar)


@pytest.mark.parametrize(("page", "example", "variant", "scheme"), list(examples()))
def test_worked_example_of_a_duty(page: Any, example: Any, variant: Any, scheme: str, tmp_path: Path) -> None:
    result, rows = judged(page, example, variant, scheme, tmp_path)
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


def test_every_example_of_the_sources_that_is_a_duty_is_a_worked_example(shared_data: Path) -> None:
    known = shared_data.parent / "duties" / "examples.json"
    if not known.exists():
        pytest.skip(f"the examples of duties are not at {known}")
    schemes = {scheme.split("-")[0].upper() for scheme, _ in pages()}
    wanted = {entry["id"] for entry in json.loads(known.read_text(encoding="utf-8")) if entry["system"] in schemes}
    have = {example["id"] for _, page in pages() for example in page["examples"]}
    elsewhere = {one for _, page in pages() for one in page.get("elsewhere", {})}
    assert {one for one in wanted - elsewhere if not any(n == one or n.startswith(f"{one}-") for n in have)} == set()
