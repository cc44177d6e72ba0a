"""Ranks of ledgers whose cases are drawn anew: beside the same ledgers written out and scored whole."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from small_scheme import AS_OF, base_scheme, scored

from auditlib.chance.totals import _draw, total_ranks
from auditlib.core.errors import InputError
from auditlib.core.period import Period
from auditlib.ledger.read import read_ledger
from auditlib.scheme.load import load_scheme
from auditlib.scoring.assess import calendar_of, resolve_scheme
from auditlib.scoring.counts import Question, take_tally
from auditlib.scoring.row_counts import INSIDE, patterns_of

JUNE = Period.parse("2025-06")
CASES = {"A": ["按"] * 6 + ["迟"], "B": ["按"] * 3 + ["迟", "重"], "C": ["迟"] * 3, "D": ["按"]}


def small(folder: Path, cases: dict[str, list[str]]):  # type: ignore[no-untyped-def]
    scored(folder, base_scheme(), cases)
    return load_scheme(folder / "small.yaml", "small.yaml").resolve({}, {}, JUNE.first), read_ledger(folder, AS_OF)


@pytest.mark.long
def test_ranks_are_those_of_the_ledgers_that_were_drawn(tmp_path: Path) -> None:
    """The slow twin: each drawn ledger is written with its cases in it, and scored like any other."""
    (tmp_path / "own").mkdir()
    resolved, ledger = small(tmp_path / "own", CASES)
    found = total_ranks(resolved, ledger, JUNE, AS_OF, draws=40)
    counter = Question(resolved.scheme, JUNE, AS_OF, None, ledger.as_of).counter(ledger.registers)
    patterns = patterns_of(counter, "cases")
    counts = take_tally(Question(resolved.scheme, JUNE, AS_OF), ledger.registers).counts
    drawn = {unit: _draw(patterns, unit, found.seed, 40, counts[unit]) for unit in CASES}  # type: ignore[arg-type]
    ranks: dict[str, list[int]] = {unit: [] for unit in CASES}
    for number in range(40):
        folder = tmp_path / str(number)
        folder.mkdir()
        cases = {}
        for unit, all_draws in drawn.items():
            late, grave, received = (int(all_draws[number][name]) for name in ("late", "grave", "received"))
            assert received == len(CASES[unit])
            cases[unit] = ["迟"] * late + ["重"] * grave + ["按"] * (received - late - grave)
        for one in scored(folder, base_scheme(), cases).units:
            assert one.rank is not None
            ranks[one.unit].append(one.rank)
    for unit in found.units:
        ordered = sorted(ranks[unit.unit])
        assert (unit.best, unit.worst) == (ordered[1], ordered[-2]), unit  # 40 draws: one at either end is left out
        assert unit.first == Fraction(ordered.count(1), 40)


def test_a_unit_that_cannot_differ_keeps_its_points(tmp_path: Path) -> None:
    resolved, ledger = small(tmp_path, {"A": ["按"] * 5, "B": ["迟"] * 5})
    found = {one.unit: one for one in total_ranks(resolved, ledger, JUNE, AS_OF, draws=30).units}
    assert [(found[unit].best, found[unit].worst) for unit in "AB"] == [(1, 1), (2, 2)]
    assert (found["B"].first, found["B"].last, found["A"].cases) == (0, 1, 5)


def test_the_same_ledger_gives_the_same_ranks_whatever_the_order_of_its_rows(tmp_path: Path) -> None:
    resolved, ledger = small(tmp_path, CASES)
    again = read_ledger(tmp_path, AS_OF)
    turned = {name: frame.reverse() for name, frame in again.registers.items()}
    from dataclasses import replace

    assert total_ranks(resolved, ledger, JUNE, AS_OF, draws=25) == total_ranks(
        resolved, replace(again, registers=turned), JUNE, AS_OF, draws=25
    )


@pytest.mark.parametrize(
    ("scheme", "period"),
    [("s22-heating", "2025-12"), ("s21-prefecture-centre", "2024"), ("s04-hotline", None),
     ("s12-jiangsu-insurance", None), ("s27-tianjin-insurance", None), ("boston311-timeliness", None)],
)  # fmt: skip
def test_patterns_add_up_to_what_is_counted(root: Path, scheme: str, period: str | None) -> None:
    """Row by row and at once: every measure of the demonstration ledgers."""
    from auditlib.scoring.duties.measures import duty_additions, duty_tally

    ledger = read_ledger(root / "params" / "demonstrations" / scheme)
    months = Counter(
        ledger.registers["cases"].select(pl.col("received_at").dt.strftime("%Y-%m")).collect()["received_at"]
    )
    when = Period.parse(period or max(months))
    resolved = resolve_scheme(scheme, when)
    if when.granularity not in resolved.scheme.periods:
        when = Period.parse(str(when)[:4])
    look, calendar = ledger.as_of or when.end, calendar_of(resolved)
    question = Question(resolved.scheme, when, look, calendar, ledger.as_of)
    counts = take_tally(question, ledger.registers).counts
    owed = duty_tally(resolved, ledger, when, look, calendar, exclude=True).counts
    patterns = patterns_of(
        question.counter(ledger.registers), "cases", duty_additions(resolved, ledger, when, look, calendar)
    )
    assert patterns.table.filter(pl.col(INSIDE)).height
    for name, scale in patterns.scales.items():
        sums = dict(patterns.table.group_by("unit").agg((pl.col(name) * pl.col("rows")).sum()).iter_rows())
        for unit, total in sums.items():
            expected = owed[name].get(unit, 0) if name in owed else counts.get(unit, {}).get(name, 0)
            assert Fraction(total, scale) == expected, (name, unit)


@pytest.mark.parametrize(("period", "message"), [("2025", "rolled up; expected a part of it"), ("2025-12", None)])
def test_a_total_that_is_rolled_up_is_refused(root: Path, period: str, message: str | None) -> None:
    ledger = read_ledger(root / "params" / "demonstrations" / "s22-heating")
    when = Period.parse(period)
    resolved = resolve_scheme("s22-heating", when)
    if message is None:
        assert total_ranks(resolved, ledger, when, draws=2, calendar=calendar_of(resolved)).draws == 2
    else:
        with pytest.raises(InputError, match=message):
            total_ranks(resolved, ledger, when, draws=2, calendar=calendar_of(resolved))
