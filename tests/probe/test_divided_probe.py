"""A ledger in parts under a probe: what is found is the same as of the whole, whoever counts the parts."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from honest import closed_by_office_hours

from auditlib.core.period import Period
from auditlib.ledger.demonstration.planted import AFTER, MONTH
from auditlib.ledger.divided.divide import parts_of, write_divided
from auditlib.ledger.read import Ledger, read_ledger
from auditlib.probe.counted import TESTS
from auditlib.probe.divided import DIVISIBLE, PartQuestion, Parts, part_families
from auditlib.probe.probe import probe, probe_json
from auditlib.probe.settings import Settings
from auditlib.scoring.assess import resolve_scheme

UNITS = 9


def asked_here(ledger: Ledger, asked: list[PartQuestion]) -> Parts:
    """Every part asked in this process; questions and answers go through what a network would make of them."""

    def ask(question: PartQuestion) -> Callable[[], Sequence[Any]]:
        asked.append(question)
        sent = pickle.dumps(question)
        answers = [pickle.dumps(part_families(pickle.loads(sent), part)) for part in parts_of(ledger)]
        return lambda: [pickle.loads(answer) for answer in answers]

    return ask


def uneven(seed: int) -> pl.DataFrame:
    """Cases of nine units: some have no ratings at all, one closes in batches, one leaves out its seconds, one is the
    only one to withdraw, one closes before it received."""
    numbers = np.random.default_rng(seed)
    cases = closed_by_office_hours(seed, 24, units=UNITS, cases=120)
    rating = pl.Series(numbers.choice(["满意", "基本满意", "不满意"], cases.height, p=[0.8, 0.12, 0.08]))
    unit = pl.col("unit")
    closed = pl.col("closed_at")
    seconds = pl.duration(seconds=pl.Series(numbers.integers(0, 60, cases.height)))
    return cases.with_columns(
        satisfaction=pl.when(unit.is_in(["D01", "D05"])).then(None).otherwise(rating),
        withdrawn=pl.when(unit == "D02").then(pl.int_range(pl.len()) % 9 == 0).otherwise(pl.lit(False)),
        survey_channel=pl.when(unit == "D03").then(pl.lit("电话")).otherwise(pl.lit("短信")),
        accepted_at=pl.when(unit == "D04").then(pl.col("received_at") + timedelta(minutes=7)),
        amount=pl.int_range(pl.len()) * 37 + 11,
        closed_at=pl.when(unit == "D06")
        .then(closed.dt.truncate("1h"))
        .when(unit == "D07")
        .then(closed.dt.truncate("1d") + timedelta(hours=16))
        .when((unit == "D08") & (pl.int_range(pl.len()) % 40 == 0))
        .then(pl.col("received_at") - timedelta(hours=1))
        .otherwise(closed.dt.truncate("1m") + seconds),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger as it is, and the same in as many parts, of which some have no unit, some have several."""
    place = tmp_path_factory.mktemp("divided")
    own = place / "whole"
    own.mkdir()
    uneven(4).write_csv(own / "cases.csv", datetime_format="%Y-%m-%dT%H:%M:%S")
    (own / "units.csv").write_text("unit\n" + "".join(f"D{n:02}\n" for n in range(UNITS)), encoding="utf-8")
    (own / "ledger.yaml").write_text("as_of: 2026-03-31T00:00:00\n", encoding="utf-8")
    write_divided(read_ledger(own), place / "parts", 6)
    return place


SETTINGS = [Settings(), Settings.model_validate({"batch": 4, "phone_share": "0.7", "amount": "amount", "level": "0.2"})]


@pytest.mark.parametrize("settings", SETTINGS, ids=["as they are", "others"])
def test_a_probe_of_the_parts_is_that_of_the_whole(folder: Path, settings: Settings) -> None:
    whole, parts = (read_ledger(folder / name) for name in ("whole", "parts"))
    assert sum(part.registers()["cases"].collect().is_empty() for part in parts_of(parts)) > 0
    expected = probe_json(probe(whole, settings))
    asked: list[PartQuestion] = []
    found = probe_json(probe(parts, settings, parts=asked_here(parts, asked)))
    assert json.dumps(found) == json.dumps(expected)
    assert asked[0].own_settings == settings
    assert set(asked[0].tests) == DIVISIBLE - ({"benford"} if settings.amount is None else set())
    states = {one["test"]: one["state"] for one in found["results"]}
    assert {"all_satisfied", "withdrawn", "round_times", "impossible"} <= states.keys()
    assert found["head"]["fact"] > 0
    assert found["head"]["signal"] + found["head"]["strong"] > 0


@pytest.mark.parametrize("test", sorted(DIVISIBLE - {"benford"}))
def test_each_test_by_itself(folder: Path, test: str) -> None:
    ledger = read_ledger(folder / "parts")
    expected, found = (
        probe_json(probe(ledger, Settings(), only=[test], parts=ask)) for ask in (None, asked_here(ledger, []))
    )
    assert found == expected


def test_a_column_without_seconds_is_not_looked_at_for_second_0_in_either_way(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "whole"
    own.mkdir()
    for name in ("units.csv", "ledger.yaml"):
        (own / name).write_bytes((folder / "whole" / name).read_bytes())
    cases = pl.read_csv(folder / "whole" / "cases.csv", try_parse_dates=True)
    cases = cases.with_columns(pl.col("closed_at").dt.truncate("1m"))
    cases.write_csv(own / "cases.csv", datetime_format="%Y-%m-%dT%H:%M:%S")
    write_divided(read_ledger(own), tmp_path / "parts", 3)
    ledger = read_ledger(tmp_path / "parts")
    expected, found = (probe_json(probe(ledger, Settings(), parts=ask)) for ask in (None, asked_here(ledger, [])))
    assert found == expected
    clocks = {one["clock"] for one in found["families"] if one["test"] == "round_times"}
    assert "closed_at/second_0" not in clocks
    assert "closed_at/half_hour" in clocks


@pytest.mark.long
def test_with_a_scheme_the_late_cases_are_those_by_its_clocks(planted: Path, tmp_path: Path) -> None:
    january = Period.parse(MONTH)
    scheme = resolve_scheme("s22-heating", january)
    expected = probe_json(probe(read_ledger(planted / AFTER), Settings(), scheme, january))
    write_divided(read_ledger(planted / AFTER), tmp_path / "parts", 4)
    ledger = read_ledger(tmp_path / "parts")
    asked: list[PartQuestion] = []
    found = probe_json(probe(ledger, Settings(), scheme, january, parts=asked_here(ledger, asked)))
    assert json.dumps(found) == json.dumps(expected)
    assert asked[0].late
    assert set(found["head"]) == set(expected["head"])


def test_every_divisible_test_is_one() -> None:
    assert set(TESTS) > DIVISIBLE
