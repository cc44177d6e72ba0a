"""Every worked example, scored as a user would score it, under the scheme's own readings and under the others."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from auditlib.ledger.read import read_ledger
from auditlib.period import Period
from auditlib.registers import REGISTERS
from auditlib.scheme.load import load_scheme
from auditlib.score import score
from auditlib.worktime import china

HERE = Path(__file__).parent
SCHEMES = HERE.parent.parent / "params" / "schemes"


def examples() -> Iterator[Any]:
    for file in sorted(HERE.glob("*/*.yaml")):
        page = yaml.safe_load(file.read_text(encoding="utf-8"))
        for example in page["examples"]:
            variants = [{"reading": {}, "expect": example["expect"]}, *example.get("otherwise", [])]
            for variant in variants:
                names = "+".join(variant["reading"].values()) or "natural"
                yield pytest.param(
                    page, example, variant, file.parent.name, id=f"{file.parent.name}/{example['id']}/{names}"
                )


def write_ledger(folder: Path, page: dict[str, Any], example: dict[str, Any]) -> None:
    """The example's rows over the page's usual ones, as CSV files with every column the registers know."""
    registers = {name: list(rows) for name, rows in page.get("ledger", {}).items()} | example.get("ledger", {})
    registers.setdefault("units", [{"unit": "甲"}])
    for name in page.get("registers", []):
        registers.setdefault(name, [])
    for name, rows in registers.items():
        columns = [column.name for column in REGISTERS[name].columns]
        key = REGISTERS[name].key[-1] if REGISTERS[name].key else None
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, columns)
            writer.writeheader()
            number = 0
            for row in rows:
                full = page.get("usual", {}).get(name, {}) | row
                for _ in range(full.pop("times", 1)):
                    number += 1
                    line = {"unit": "甲"} | {
                        k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in full.items()
                    }
                    if key in ("case_id", "event_id"):
                        line.setdefault(key, f"{number:04d}")
                    for keyed in ("person_key", "problem_key"):
                        if keyed in columns:
                            line.setdefault(keyed, f"{keyed[0]}{number}")
                    writer.writerow(line)


@pytest.mark.parametrize(("page", "example", "variant", "scheme"), list(examples()))
def test_worked_example(page: Any, example: Any, variant: Any, scheme: str, tmp_path: Path) -> None:
    write_ledger(tmp_path, page, example)
    period = Period.parse(example.get("period", page.get("period")))
    as_of = datetime.fromisoformat(example.get("as_of", page.get("as_of")))
    supplied = {name: str(value) for name, value in example.get("set", {}).items()}
    resolved = load_scheme(SCHEMES / f"{scheme}.yaml").resolve(variant["reading"], supplied, period.first)
    ledger = read_ledger(tmp_path, as_of)
    assert ledger.rejects.is_empty(), ledger.rejects
    result = score(resolved, ledger, period, as_of, calendar=china())
    unit = result.unit("甲")
    expected = variant["expect"]
    for indicator, points in expected.get("points", {}).items():
        assert result.text(unit.indicator(indicator).points) == points, (
            f"{indicator}: {unit.indicator(indicator).lines}"
        )
    for rule, points in expected.get("lines", {}).items():
        lines = [
            line.points for i in unit.indicators for line in i.lines if line.rule == rule and line.points is not None
        ]
        assert result.text(sum(lines, start=0 * lines[0]) if lines else None) == points, rule
    for indicator, status in expected.get("status", {}).items():
        assert unit.indicator(indicator).status == status
    for rate, value in expected.get("rates", {}).items():
        assert result.text(unit.rates[rate]) == value
    for key in ("total", "total_of"):
        if key in expected:
            assert result.text(getattr(unit, key)) == expected[key]
    if "evidence" in expected:
        for rule, ids in expected["evidence"].items():
            assert [c for i in unit.indicators for line in i.lines if line.rule == rule for c in line.evidence] == ids


def test_every_committed_scheme_has_worked_examples() -> None:
    ours = {"boston311-timeliness"}  # its examples are the published counts of the city's own export
    assert {file.stem for file in SCHEMES.glob("*.yaml")} - ours == {file.parent.name for file in HERE.glob("*/*.yaml")}


def test_every_example_of_the_sources_that_a_scheme_scores_is_a_worked_example(shared_data: Path) -> None:
    known = shared_data.parent / "examples.json"
    if not known.exists():
        pytest.skip(f"the examples of the sources are not at {known}")
    ours = {schemes.split("-")[0].upper() for schemes in (file.stem for file in SCHEMES.glob("s*.yaml"))}
    wanted = {entry["id"] for entry in json.loads(known.read_text(encoding="utf-8")) if entry["system"] in ours}
    have = {
        example["id"]
        for file in HERE.glob("*/*.yaml")
        for example in yaml.safe_load(file.read_text(encoding="utf-8"))["examples"]
    }
    assert {id for id in wanted if not any(name == id or name.startswith(f"{id}-") for name in have)} == set()


def test_every_quoted_clause_stands_in_its_source_to_the_letter(shared_data: Path) -> None:
    seeds = shared_data.parent / "seeds"
    if not seeds.is_dir():
        pytest.skip(f"the source documents are not at {seeds}")
    for file in sorted(SCHEMES.glob("s*.yaml")):
        scheme = load_scheme(file).natural
        text = (seeds / scheme.source.document).read_text(encoding="utf-8")
        assert hashlib.sha256(text.encode()).hexdigest() == scheme.source.sha256
        for name, clause in scheme.clauses.items():
            if not clause.quote.startswith("("):  # what is missing from the source is said in brackets
                for part in clause.quote.split("……"):
                    assert part in text, f"{file.stem} {name}: {part}"
