"""Repeats counted by correction: the same sums as with every row compared at once."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import polars as pl
import pytest
import yaml
from small_scheme import TITLE, base_scheme

from auditlib.core.period import Period
from auditlib.scheme.load import load_scheme
from auditlib.scoring import corrections
from auditlib.scoring.corrections import correctable
from auditlib.scoring.counting import Counter

AS_OF = datetime(2025, 7, 5)
PERSON = {"same": ["person_key", "problem_key"], "order": "received_at", "where": "status <> '好'"}
REPEATS = {
    "again": {"title": TITLE, "earlier": {**PERSON, "within": {"days": 10, "ends": "day"}}},
    "ever": {"title": TITLE, "earlier": {**PERSON, "same": ["unit", "person_key"], "within": None}},
}
MEASURES = {
    "received": {"where": "true = true"},
    "again": {"where": "again"},
    "not_again": {"where": "not again and status = '迟'"},
    "ever": {"where": "ever", "window": "to_date"},
    "items": {"where": "again or ever", "sum": "missing_items"},
}


def loaded(tmp_path, columns=REPEATS, measures=MEASURES):  # type: ignore[no-untyped-def]
    own = {name: {"title": TITLE, "register": "cases", **spec} for name, spec in measures.items()}
    text = base_scheme(columns={"cases": columns}, measures={**own, "late": own["received"]})
    file = tmp_path / "small.yaml"
    file.write_text(yaml.safe_dump(text, allow_unicode=True), encoding="utf-8")
    return load_scheme(file).natural


def cases(seed: int, size: int) -> pl.LazyFrame:
    """Cases of three units from few people, some of them unknown, some at the same time."""
    made = random.Random(seed)
    start = datetime(2025, 5, 1)
    rows = [
        {
            "case_id": f"C{number:03}",
            "unit": made.choice("ABC"),
            "received_at": start + timedelta(days=made.randrange(70), hours=made.choice((0, 9, 17))),
            "person_key": made.choice(["p", "q", "r", None]),
            "problem_key": made.choice(["x", "y", None]),
            "status": made.choice(["迟", "重", "按", "好"]),
            "missing_items": made.choice([0, 1, 2, None]),
        }
        for number in range(size)
    ]
    text = dict.fromkeys(("case_id", "unit", "person_key", "problem_key", "status"), pl.String)
    return pl.LazyFrame(rows, schema={**text, "received_at": pl.Datetime("us"), "missing_items": pl.Int64}).select(
        "case_id", "unit", "received_at", "person_key", "problem_key", "status", "missing_items"
    )


@pytest.mark.parametrize("size", [0, 1, 12, 60])
def test_corrected_sums_and_their_evidence_are_those_of_comparing_all_rows(tmp_path, monkeypatch, size) -> None:
    scheme = loaded(tmp_path)
    changed = 0
    for seed in range(6):
        registers = {"cases": cases(seed, size), "units": pl.LazyFrame({"unit": ["A", "B", "C"]})}
        counters = [Counter(scheme, registers, Period.parse("2025-06"), AS_OF) for _ in "12"]
        assert correctable(counters[0], "cases", list(MEASURES)).keys() == REPEATS.keys()
        by_correction = counters[0].counts(), counters[0].evidence(MEASURES)
        with monkeypatch.context() as patched:
            patched.setattr(corrections, "correctable", lambda *_: {})
            at_once = counters[1].counts(), counters[1].evidence(MEASURES)
        assert by_correction == at_once
        changed += sum(int(own["again"] or 0) + int(own["ever"] or 0) for own in at_once[0].values())
    assert (changed > 0) == (size > 1), "the control: there are repeats to correct"


def test_a_repeat_by_hand(tmp_path) -> None:
    """p comes about x on 1 June, ten days later, and eleven days after that; q comes once."""
    rows = [("C1", 1, "p"), ("C2", 11, "p"), ("C3", 22, "p"), ("C4", 12, "q")]
    registers = {
        "units": pl.LazyFrame({"unit": ["A"]}),
        "cases": pl.LazyFrame(
            {
                "case_id": [key for key, _, _ in rows],
                "unit": "A",
                "received_at": [datetime(2025, 6, day) for _, day, _ in rows],
                "person_key": [person for _, _, person in rows],
                "problem_key": "x",
                "status": "迟",
                "missing_items": [1, 2, 4, 8],
            },
            schema_overrides={"received_at": pl.Datetime("us")},
        ),
    }
    counter = Counter(loaded(tmp_path), registers, Period.parse("2025-06"), AS_OF)
    (own,) = counter.counts().values()
    assert {name: int(own[name] or 0) for name in MEASURES} == {
        "received": 4, "again": 1, "not_again": 3, "ever": 2, "items": 6,
    }  # fmt: skip
    assert counter.evidence(["again", "ever"]) == {"again": {"A": ["C2"]}, "ever": {"A": ["C2", "C3"]}}


def test_where_many_rows_have_another_near_all_are_compared_at_once(tmp_path, monkeypatch) -> None:
    scheme, registers = loaded(tmp_path), {"cases": cases(1, 60), "units": pl.LazyFrame({"unit": ["A", "B", "C"]})}
    few, many = (Counter(scheme, registers, Period.parse("2025-06"), AS_OF) for _ in "12")
    counted = few.counts()
    monkeypatch.setattr(corrections, "FEW", 5)
    assert corrections.corrected(many, "cases", list(MEASURES), correctable(many, "cases", list(MEASURES))) is None
    assert many.counts() == counted


def test_a_median_of_repeats_is_taken_of_all_rows(tmp_path) -> None:
    median = {"waited": {"where": "again", "median": "missing_items", "empty": "not_assessable"}}
    scheme = loaded(tmp_path, measures={**MEASURES, **median})
    registers = {"cases": cases(3, 40), "units": pl.LazyFrame({"unit": ["A", "B", "C"]})}
    counter = Counter(scheme, registers, Period.parse("2025-06"), AS_OF)
    assert correctable(counter, "cases", [*MEASURES, "waited"]) == {}
    assert counter.counts()["A"]["received"] == counter.counts(["received"])["A"]["received"]
