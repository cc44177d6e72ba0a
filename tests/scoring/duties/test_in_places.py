"""Duties judged at several places, each with all rows of its cases, are what they are in one place."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from demonstrations import DEMONSTRATIONS, OF_DUTIES

from auditlib.core.period import Period
from auditlib.core.worktime import china
from auditlib.ledger.divided.divide import write_divided
from auditlib.ledger.divided.parts import DIVIDED, divided
from auditlib.ledger.read import Ledger, read_ledger
from auditlib.runs.cluster.by_parts import CountingByParts
from auditlib.scheme.load import Resolved, find_scheme, load_scheme
from auditlib.scoring.duties.compliance import Compliance, comply
from auditlib.scoring.duties.in_places import MEETING, DutyQuestion, rows_by_place
from auditlib.scoring.duties.in_turn import JudgedInTurn
from auditlib.scoring.score import score

MEASURED = ("s38-first-asked", "s02-fujian-three-rates", "s12-jiangsu-insurance")

ASK_FOR_EARLIER = {"s28-gansu-health"}
"""A repeat is told by cases that meet at other places, so that the duties are judged by who asked."""


@dataclass(frozen=True)
class TablePart:
    """A part that is sent, with its rows."""

    tables: Mapping[str, pl.DataFrame]

    def registers(self) -> Mapping[str, pl.LazyFrame]:
        return {name: table.lazy() for name, table in self.tables.items()}


def sent(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


class Machines:
    """Takes tasks as other machines would: what goes there and what comes back is sent."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, ask: Callable[[Callable[..., Any]], list[Any]]) -> list[Any]:
        def submit(function: Callable[..., Any], *arguments: Any) -> Any:
            self.asked.append(function.__name__)
            return sent(function(*sent(arguments)))

        return ask(submit)


def by_parts(ledger: Ledger, count: int, machines: Machines | None = None) -> CountingByParts:
    parts = [TablePart(tables) for tables in divided(ledger.registers, count)]
    return CountingByParts(ledger, parts, machines or Machines(), few=0)


def demonstration(name: str) -> tuple[Resolved, Ledger, Period]:
    ledger = read_ledger(DEMONSTRATIONS / name)
    return load_scheme(find_scheme(name)).resolve(), ledger, Period.parse(ledger.note.period or "2025")


def told(found: Compliance) -> dict[str, Any]:
    """Everything but the instances, which are listed where somebody asks for them."""
    measures = [name for name, one in found.resolved.scheme.measures.items() if one.duty is not None]
    return {
        "units": found.units, "notices": found.notices, "decided": found.decided.rows(),
        "measures": {name: vars(found.measured(name)) for name in measures},
    }  # fmt: skip


def troubled(ledger: Ledger) -> Ledger:
    """The ledger with acts that the reader must be told of, and a leg of another unit beside every case."""
    registers = dict(ledger.registers)
    acts = registers["acts"].collect()
    units = registers["units"].collect()["unit"]
    others = acts.with_columns(
        act_id=pl.format("x{}", "act_id"), unit=pl.lit(units[0]), at=pl.col("at") + timedelta(hours=1)
    )
    strange = acts.head(7).with_columns(act_id=pl.format("y{}", "act_id"), act=pl.lit("从未有过"))
    strays = acts.head(6).with_columns(act_id=pl.format("z{}", "act_id"), case_id=pl.lit("没有的件"))
    early = acts.head(5).with_columns(act_id=pl.format("e{}", "act_id"), at=pl.col("at") - timedelta(days=4000))
    registers["acts"] = pl.concat([acts, others, strange, strays, early]).lazy()
    return replace(ledger, registers=registers)


@pytest.mark.long
@pytest.mark.parametrize("name", OF_DUTIES)
def test_duties_judged_in_three_parts_are_those_of_the_whole(name: str) -> None:
    resolved, ledger, period = demonstration(name)
    own = troubled(ledger) if "acts" in ledger.registers else ledger
    machines = Machines()
    here = comply(resolved, own, period, ledger.as_of, calendar=china())
    there = comply(resolved, own, period, ledger.as_of, calendar=china(), elsewhere=by_parts(own, 3, machines))
    assert told(there) == told(here)
    assert machines.asked.count("judged_at") == (0 if name in ASK_FOR_EARLIER else 3)
    if own is not ledger:
        assert {"act_of_no_case", "unknown_act", "act_before_case"} <= {notice.kind for notice in here.notices}


@pytest.mark.long
@pytest.mark.parametrize("name", MEASURED)
def test_a_score_that_counts_duties_is_the_same_in_parts(name: str) -> None:
    resolved, ledger, period = demonstration(name)
    here = score(resolved, ledger, period, ledger.as_of, calendar=china(), duties=True)
    there = score(
        resolved, ledger, period, ledger.as_of, calendar=china(), duties=True, count=by_parts(ledger, 3)
    )  # fmt: skip
    assert there == here


@pytest.mark.long
@pytest.mark.parametrize("name", ["s01-airport", "s28-gansu-health", "s36-agriculture"])
def test_duties_judged_some_cases_after_the_others_are_those_of_the_whole(name: str, tmp_path: Path) -> None:
    resolved, ledger, period = demonstration(name)
    bare = {name: frame for name, frame in ledger.registers.items() if name not in ("acts", "events", "checks")}
    alone = replace(ledger, registers=bare)
    write_divided(alone, tmp_path / "parts", 3)
    others = [troubled(ledger)] if "acts" in ledger.registers else []
    for own in (ledger, *others, alone, read_ledger(tmp_path / "parts")):
        in_turn = JudgedInTurn(own, at_once=max(1, sum(own.accepted.get(register, 0) for register in MEETING) // 3))
        here = comply(resolved, own, period, ledger.as_of, calendar=china())
        there = comply(resolved, own, period, ledger.as_of, calendar=china(), elsewhere=in_turn)
        assert told(there) == told(here)
        question = DutyQuestion(resolved, period, here.as_of, china(), True, own.note, str(own.path))
        assert (in_turn.judged(question) is None) == (name in ASK_FOR_EARLIER)


@pytest.mark.long
def test_a_small_ledger_is_judged_at_once() -> None:
    resolved, ledger, period = demonstration("s38-first-asked")
    question = DutyQuestion(resolved, period, period.end, china(), True, ledger.note, str(ledger.path))
    assert JudgedInTurn(ledger).judged(question) is None
    assert JudgedInTurn(ledger, at_once=10).judged(question) is not None


def test_a_case_meets_its_acts_whatever_units_they_lie_with() -> None:
    _, ledger, _ = demonstration("s38-first-asked")
    registers = {
        **ledger.registers,
        "acts": troubled(ledger).registers["acts"].filter(~pl.col("act_id").str.contains("^z")),
    }
    parts = [TablePart(tables) for tables in divided(registers, 4)]
    lying = [set(part.tables["acts"]["case_id"]) for part in parts]
    assert any(one & other for one in lying for other in lying if one is not other)
    spread = [rows_by_place(3, part, ["cases", "acts"]) for part in parts]
    for place in range(3):
        cases = {case for rows in spread for case in rows[place]["cases"]["case_id"]}
        acts = {case for rows in spread for case in rows[place]["acts"]["case_id"]}
        assert acts <= cases
    met = sum(rows[place]["acts"].height for rows in spread for place in range(3))
    assert met == registers["acts"].collect().height


def test_all_registers_that_lie_in_parts_and_duties_look_at_have_a_place() -> None:
    assert set(MEETING) == set(DIVIDED) - {"ratings"}
