"""Every worked example, scored as a user would score it, under the scheme's own readings and under the others."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from spec_pages import SCHEMES, pages, write_ledger

from auditlib.core.errors import InputError
from auditlib.core.period import Period
from auditlib.core.worktime import china
from auditlib.ledger.read import read_ledger
from auditlib.scheme.load import load_scheme
from auditlib.scoring.result import Result
from auditlib.scoring.score import score

HERE = Path(__file__).parent


def examples() -> Iterator[Any]:
    for file, page in pages():
        if page.get("judged") == "duties":
            continue
        for example in page["examples"]:
            variants = [{"reading": {}, "expect": example["expect"]}, *example.get("otherwise", [])]
            for variant in variants:
                names = "+".join(variant["reading"].values()) or "natural"
                yield pytest.param(
                    page, example, variant, file.parent.name, id=f"{file.parent.name}/{example['id']}/{names}"
                )


@pytest.mark.parametrize(("page", "example", "variant", "scheme"), list(examples()))
def test_worked_example(page: Any, example: Any, variant: Any, scheme: str, tmp_path: Path) -> None:
    file = load_scheme(SCHEMES / f"{scheme}.yaml")
    write_ledger(tmp_path, page, example, file.natural.known_registers)
    if "note" in example:
        note = yaml.safe_dump(example["note"], allow_unicode=True)
        (tmp_path / "ledger.yaml").write_text(note, encoding="utf-8")
    period = Period.parse(str(example.get("period", page.get("period"))))
    as_of = datetime.fromisoformat(example.get("as_of", page.get("as_of")))
    supplied = {name: str(value) for name, value in example.get("set", {}).items()}
    resolved = file.resolve(variant["reading"], supplied, period.first)
    ledger = read_ledger(tmp_path, as_of, file.natural.extra_registers)
    assert ledger.rejects.is_empty(), ledger.rejects
    expected = dict(variant["expect"])
    if "refused" in expected:
        with pytest.raises(InputError) as refused:
            score(resolved, ledger, period, as_of, calendar=china())
        assert str(refused.value) == expected["refused"]
        return
    result = score(resolved, ledger, period, as_of, calendar=china())
    for name, of_unit in ({"甲": expected} | expected.pop("units", {})).items():
        if of_unit:
            compare(result, name, of_unit)


def compare(result: Result, name: str, expected: dict[str, Any]) -> None:
    """What one unit got against what the example says, key by key; a key that nobody knows is an error."""
    unit = result.unit(name)
    lines = [line for indicator in unit.indicators for line in indicator.lines]
    found: dict[str, Callable[[str], Any]] = {
        "points": lambda key: result.text(unit.indicator(key).points),
        "lines": lambda key: text_of_sum(result, [line.points for line in lines if line.rule == key]),
        "status": lambda key: unit.indicator(key).status,
        "met": lambda key: unit.indicator(key).met,
        "rates": lambda key: result.text(unit.rates[key]),
        "measures": lambda key: result.text(unit.measures[key]),
        "evidence": lambda key: [case for line in lines if line.rule == key for case in line.evidence],
        "amounts": lambda key: next(result.text(o.amounts[key]) for o in unit.outcomes if key in o.amounts),
    }
    whole: dict[str, Callable[[], Any]] = {
        "total": lambda: result.text(unit.total),
        "total_of": lambda: result.text(unit.total_of),
        "rank": lambda: unit.rank,
        "tie": lambda: sorted(unit.tie),
        "outcomes": lambda: [outcome.id for outcome in unit.outcomes if outcome.decided],
        "undecided": lambda: [outcome.id for outcome in unit.outcomes if not outcome.decided],
        "needs": lambda: [need for outcome in unit.outcomes for need in outcome.needs],
    }
    assert expected.keys() <= found.keys() | whole.keys()
    for what, value in expected.items():
        if what in whole:
            assert whole[what]() == value, what
        else:
            assert {key: found[what](key) for key in value} == value, lines


def text_of_sum(result: Result, points: list[Fraction | None]) -> str | None:
    known = [value for value in points if value is not None]
    return result.text(sum(known, Fraction(0))) if known else None


def test_every_committed_scheme_has_worked_examples() -> None:
    ours = {"boston311-timeliness"}  # its examples are the published counts of the city's own export
    assert {file.stem for file in SCHEMES.glob("*.yaml")} - ours == {file.parent.name for file in HERE.glob("*/*.yaml")}


OF_THE_PANEL = {"S19-1", "S19-3", "S19-6", "S19-7", "S19-9"}
"""Examples of S19's panel and its printed weights, not of the scheme that uses them: tests/delphi."""


def test_every_example_of_the_sources_that_a_scheme_scores_is_a_worked_example(shared_data: Path) -> None:
    known = shared_data.parent / "examples.json"
    if not known.exists():
        pytest.skip(f"the examples of the sources are not at {known}")
    ours = {schemes.split("-")[0].upper() for schemes in (file.stem for file in SCHEMES.glob("s*.yaml"))}
    wanted = {entry["id"] for entry in json.loads(known.read_text(encoding="utf-8")) if entry["system"] in ours}
    wanted -= OF_THE_PANEL
    have = {example["id"] for _, page in pages() for example in page["examples"]}
    have |= {name for _, page in pages() for name in page.get("elsewhere", {})}
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
