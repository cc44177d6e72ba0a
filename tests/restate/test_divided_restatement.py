"""Two snapshots in equally many parts: what is told of them is the same as of the whole, whoever compares the parts."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.core.period import Period
from auditlib.ledger.divided.divide import parts_of, write_divided
from auditlib.ledger.divided.parts import Part, divided
from auditlib.ledger.read import Ledger, read_ledger
from auditlib.ledger.registers import REGISTERS, UNIT, Column, Register
from auditlib.ledger.restatement.paired_parts import PartsQuestion, PartTold, told_of_part
from auditlib.ledger.restatement.restatement import restated
from auditlib.restate.restatement import restate, restatement_json
from auditlib.runs.cluster.by_parts import CountingByParts
from auditlib.scoring.assess import resolve_scheme
from auditlib.scoring.counts import Count

TAKEN = datetime(2026, 2, 1)
UNITS = ["U1", "U2", "U3", "U4", "U5"]


@dataclass(frozen=True)
class PartHere:
    """A part whose rows are in the memory."""

    frames: Mapping[str, pl.DataFrame]

    def registers(self) -> Mapping[str, pl.LazyFrame]:
        return {name: frame.lazy() for name, frame in self.frames.items()}


def asked_here(pairs: Sequence[tuple[Part, Part]]) -> Callable[[PartsQuestion], Callable[[], list[list[PartTold]]]]:
    """Every pair of parts compared here; questions and answers go through what a network would make of them."""

    def ask(question: PartsQuestion) -> Callable[[], list[list[PartTold]]]:
        sent = pickle.dumps(question)
        answers = [pickle.dumps(told_of_part(pickle.loads(sent), *pair)) for pair in pairs]
        return lambda: [pickle.loads(answer) for answer in answers]

    return ask


@dataclass(frozen=True)
class Here:
    """Compares and counts the parts of two ledgers in this process."""

    pairs: Sequence[tuple[Part, Part]]

    def asked(self, question: PartsQuestion) -> Callable[[], Sequence[Sequence[PartTold]]]:
        return asked_here(self.pairs)(question)

    def counted(self, ledger: Ledger, parts: Sequence[Part]) -> Count:
        assert len(parts) == len(self.pairs)
        sent = pickle.loads(pickle.dumps(list(parts)))
        return CountingByParts(ledger, sent, lambda asked: asked(lambda function, *given: function(*given)))


days = st.integers(0, 58)
maybe = st.none() | days
case = st.tuples(st.sampled_from([*UNITS, None]), days, maybe, maybe, st.sampled_from([None, "满意", "不满意"]))
cases = st.dictionaries(st.sampled_from("ABCDEFGHIJ"), case, max_size=10)
rating = st.tuples(st.sampled_from(UNITS), days, st.sampled_from(["优", "良"]))
owed = st.tuples(st.sampled_from(UNITS), st.just("月报"), days, maybe)
snapshots = st.tuples(cases, st.lists(rating, max_size=8), st.lists(owed, max_size=5))

Snapshot = tuple[dict[str, tuple[Any, ...]], list[tuple[Any, ...]], list[tuple[Any, ...]]]


def registers(snapshot: Snapshot) -> dict[str, pl.LazyFrame]:
    """The registers of a drawn snapshot: cases, and two without a key, in which rows may be alike."""
    of_cases, ratings, submissions = snapshot

    def table(names: str, rows: Sequence[tuple[Any, ...]]) -> pl.LazyFrame:
        schema = {name: pl.Datetime("us") if name.endswith("at") else pl.String for name in names.split()}
        told = [
            tuple(TAKEN + timedelta(days=value - 31) if isinstance(value, int) else value for value in row)
            for row in rows
        ]
        return pl.DataFrame(told, schema=schema, orient="row").lazy()

    return {
        "cases": table("case_id unit received_at entered_at closed_at satisfaction",
                       [(key, *one) for key, one in of_cases.items()]),
        "ratings": table("unit at grade", ratings),
        "submissions": table("unit kind due_at submitted_at", submissions),
        "units": pl.LazyFrame({"unit": UNITS}),
    }  # fmt: skip


@pytest.mark.long
@given(snapshots, snapshots, st.integers(1, 7), st.sampled_from([TAKEN, None]))
@settings(max_examples=10, deadline=None)
def test_whatever_changed_the_parts_tell_what_the_whole_tells(
    before: Snapshot, after: Snapshot, count: int, taken: datetime | None
) -> None:
    sides = [registers(side) for side in (before, after)]
    pairs = list(zip(*([PartHere(one) for one in divided(side, count)] for side in sides), strict=True))
    whole, parts = restated(*sides, taken), restated(*sides, taken, parts=asked_here(pairs))
    assert json.dumps(parts.plain()) == json.dumps(whole.plain())
    assert [parts.rows.schema, parts.cells.schema, parts.totals.schema] == [
        whole.rows.schema, whole.cells.schema, whole.totals.schema,
    ]  # fmt: skip


def test_a_case_that_went_to_a_unit_of_another_part_is_moved_and_neither_gone_nor_new() -> None:
    """Of three parts U1 and U3 lie in different ones; the register of one side alone is looked at as well."""
    at = TAKEN - timedelta(days=20)
    before, after = (
        {"cases": pl.LazyFrame({"case_id": ["A", "B"], "unit": [unit, "U1"], "received_at": [at, at]})}
        for unit in ("U1", "U3")
    )
    after["ratings"] = pl.LazyFrame({"unit": ["U3"], "at": [at], "grade": ["优"]})
    sides = [list(divided(side, 3)) for side in (before, after)]
    places = [[n for n, part in enumerate(side) if "A" in part["cases"]["case_id"]] for side in sides]
    assert places[0] != places[1]
    pairs = [(PartHere(one), PartHere(other)) for one, other in zip(*sides, strict=True)]
    found = restated(before, after, TAKEN, parts=asked_here(pairs))
    assert found.rows.select("key", "class").rows()[0] == ("A", "moved")
    assert found.rows.filter(pl.col("register") == "ratings")["class"].to_list() == ["added"]
    totals = {one["unit"]: one for one in found.totals.to_dicts() if one["register"] == "cases"}
    assert [totals["U1"][name] for name in ("before", "moved_out", "removed", "after")] == [2, 1, 0, 1]
    assert [totals["U3"][name] for name in ("before", "moved_in", "added", "after")] == [0, 1, 0, 1]


def test_a_register_of_ones_own_is_compared_in_its_parts() -> None:
    number = Column("visit_id", "text", "its number", "走访号", required=True)
    own = Register("visits", "a visit", "走访", (UNIT, number), key=("visit_id",))
    before, after = (
        {"visits": pl.LazyFrame({"visit_id": ["V1", "V2"], "unit": [unit, "U1"]})} for unit in ("U1", "U3")
    )
    pairs = [(PartHere(one), PartHere(other)) for one, other in zip(divided(before, 3), divided(after, 3), strict=True)]
    known = {**REGISTERS, "visits": own}
    whole, parts = (restated(before, after, TAKEN, known, ask) for ask in (None, asked_here(pairs)))
    assert parts.plain() == whole.plain()
    assert parts.rows.select("register", "key", "class").rows() == [("visits", "V1", "moved")]


@pytest.fixture(scope="module")
def ledgers(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The S22 demonstration, and a month later with ratings rewritten, a case moved; each whole and in parts."""
    place = tmp_path_factory.mktemp("restated")
    source = root / "params" / "demonstrations" / "s22-heating"
    table = pl.read_csv(source / "cases.csv", infer_schema=False)
    bad = (pl.col("unit") == "B2") & (pl.col("satisfaction") == "不满意")
    ids = table["case_id"].to_list()
    unit = pl.when(pl.col("case_id") == ids[1]).then(pl.lit("B1")).otherwise("unit")
    rating = pl.when(bad).then(pl.lit("满意")).otherwise("satisfaction")
    changed = table.with_columns(satisfaction=rating, unit=unit)
    assert table["unit"][1] != "B1"
    for name, day, rows in (("old", "2026-01-20", table), ("new", "2026-02-20", changed)):
        (place / name).mkdir()
        for file in source.glob("*.csv"):
            (place / name / file.name).write_bytes(file.read_bytes())
        rows.write_csv(place / name / "cases.csv")
        (place / name / "ledger.yaml").write_text(f"as_of: {day}T00:00:00\n", encoding="utf-8")
        write_divided(read_ledger(place / name), place / f"{name} in parts", 3)
    return place


@pytest.mark.long
def test_the_points_of_the_parts_are_those_of_the_whole(ledgers: Path) -> None:
    december = Period.parse("2025-12")
    scheme = resolve_scheme("s22-heating", december)
    whole = [read_ledger(ledgers / name) for name in ("old", "new")]
    parts = [read_ledger(ledgers / f"{name} in parts") for name in ("old", "new")]
    apart = Here(list(zip(*map(parts_of, parts), strict=True)))
    expected = restatement_json(restate(*whole, scheme, december))
    found = restatement_json(restate(*parts, scheme, december, apart))
    assert json.dumps(found) == json.dumps(expected)
    assert {kind for one in found["points"] for kind in one["classes"]} == {"rewritten", "moved"}
    assert any(one["rank_before"] != one["rank_after"] for one in found["points"])
    assert (found["scheme"], found["period"]) == ("s22-heating", "2025-12")
